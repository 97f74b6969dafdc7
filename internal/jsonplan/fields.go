package jsonplan

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// tagPunctuation has the characters that encoding/json allows in a tag's name besides letters and
// digits.
const tagPunctuation = "!#$%&()*+-./:;<=>?@[]^_{|}~ "

// field is a member of the JSON object that a struct type is encoded as.
type field struct {
	name      string
	tagged    bool
	index     []int        // path from the outer struct, through embedded structs
	owner     reflect.Type // the struct that declares it
	typ       reflect.Type // of the Go field
	omitEmpty bool
	omitZero  bool
	quoted    bool // the option "string"

	// readOnly marks an embedded struct of unexported type that a tag makes a member of its own.
	// Reflection reaches its exported fields, but not its methods.
	readOnly bool
	// unreachable marks a field behind an embedded pointer to an unexported struct. It can be
	// encoded if the pointer is not nil, but never decoded, since reflection cannot set the
	// pointer.
	unreachable bool
}

// embedded is a struct whose fields are promoted to the outer one.
type embedded struct {
	typ         reflect.Type
	index       []int
	count       int // how often the type occurs at this depth
	unreachable bool
}

// candidate is the best field found so far for a name. If count is over 1, the name is ambiguous.
type candidate struct {
	field
	count int
}

// structFields returns the fields of struct type t that are members of its JSON object, in the
// order of their declaration. Go's rules for embedded fields decide between fields of the same
// name: the shallowest wins, then a tagged one, and an ambiguous name has no field.
func structFields(t reflect.Type) []field {
	found := map[string]*candidate{}
	seen := map[reflect.Type]bool{}
	for level := []embedded{{typ: t, count: 1}}; len(level) > 0; {
		var next []embedded
		for _, e := range level {
			if seen[e.typ] {
				continue
			}
			seen[e.typ] = true
			for i := range e.typ.NumField() {
				f, inner := examine(e, e.typ.Field(i), i)
				switch {
				case inner != nil:
					next = enqueue(next, *inner)
				case f != nil:
					contend(found, f, e.count)
				}
			}
		}
		level = next
	}
	var out []field
	for _, c := range found {
		if c.count == 1 {
			out = append(out, c.field)
		}
	}
	slices.SortFunc(out, func(a, b field) int { return slices.Compare(a.index, b.index) })
	return out
}

// examine returns field i of e as a member, or as a struct whose fields are promoted, or two nils
// if it is neither.
func examine(e embedded, sf reflect.StructField, i int) (*field, *embedded) {
	target := sf.Type // behind an unnamed pointer, for embedding and the option "string"
	if target.Name() == "" && target.Kind() == reflect.Pointer {
		target = target.Elem()
	}
	isStruct := target.Kind() == reflect.Struct
	if !sf.IsExported() && (!sf.Anonymous || !isStruct) {
		return nil, nil
	}
	tag := sf.Tag.Get("json")
	if tag == "-" {
		return nil, nil
	}
	name, options, _ := strings.Cut(tag, ",")
	if !validName(name) {
		name = ""
	}
	index := append(slices.Clip(slices.Clone(e.index)), i)
	if name == "" && sf.Anonymous && isStruct {
		hidden := e.unreachable || !sf.IsExported() && sf.Type.Kind() == reflect.Pointer
		return nil, &embedded{typ: target, index: index, count: 1, unreachable: hidden}
	}
	f := &field{
		name: name, tagged: name != "", index: index, owner: e.typ, typ: sf.Type,
		readOnly: !sf.IsExported(), unreachable: e.unreachable,
	}
	if name == "" {
		f.name = sf.Name
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			f.omitEmpty = true
		case "omitzero":
			f.omitZero = true
		case "string":
			f.quoted = isScalar(target.Kind())
		}
	}
	return f, nil
}

// enqueue adds an embedded struct to those of the next depth. If a type occurs there twice, its
// fields are ambiguous, so that one entry with a count is enough.
func enqueue(level []embedded, e embedded) []embedded {
	for i := range level {
		if level[i].typ == e.typ {
			level[i].count++
			return level
		}
	}
	return append(level, e)
}

// contend enters f for its name. It is called in order of depth.
func contend(found map[string]*candidate, f *field, count int) {
	best := found[f.name]
	switch {
	case best == nil:
		found[f.name] = &candidate{*f, count}
	case len(best.index) < len(f.index):
	case best.tagged == f.tagged:
		best.count += count
	case f.tagged:
		found[f.name] = &candidate{*f, count}
	}
}

// span is a run of a struct's fields that are those of a Block, and the path to the embedded
// struct, which is empty if the struct is the Block itself. The zero span is no such run.
type span struct {
	path     []int
	from, to int
}

// findSpan looks for the fields of a block among those of t.
func findSpan(t reflect.Type, fields []field, b *Block) span {
	if b == nil {
		return span{}
	}
	if t == b.Type {
		return span{to: len(fields)}
	}
	want := len(structFields(b.Type))
	for i, f := range fields {
		path, to := f.index[:len(f.index)-1], i+want
		outside := func(f field) bool { return !slices.Equal(f.index[:len(f.index)-1], path) }
		if to <= len(fields) && embeds(t, path, b.Type) && !slices.ContainsFunc(fields[i:to], outside) {
			return span{path, i, to}
		}
	}
	return span{}
}

// embeds reports whether path leads, through structs that are embedded by value, to an exported
// field of type want.
func embeds(t reflect.Type, path []int, want reflect.Type) bool {
	var exported bool
	for _, i := range path {
		if t.Kind() != reflect.Struct {
			return false
		}
		exported = t.Field(i).IsExported()
		t = t.Field(i).Type
	}
	return exported && t == want
}

// validName reports whether a tag may give a member this name; any other is ignored.
func validName(name string) bool {
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(tagPunctuation, r) {
			return false
		}
	}
	return true
}

// isScalar reports whether the option "string" applies to values of kind k.
func isScalar(k reflect.Kind) bool {
	switch k {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64:
		return true
	}
	return isInt(k) || isUint(k)
}

func isInt(k reflect.Kind) bool  { return reflect.Int <= k && k <= reflect.Int64 }
func isUint(k reflect.Kind) bool { return reflect.Uint <= k && k <= reflect.Uintptr }
