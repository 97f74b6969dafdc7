package jsonplan

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// decodeKind is what a plan does with a value. A switch on it is faster than a closure per type: it
// keeps the decoder's state on the stack and lets the compiler see all calls.
type decodeKind uint8

const (
	decodeNull decodeKind = iota // only null fits
	decodeBool
	decodeInt
	decodeUint
	decodeFloat
	decodeString
	decodeNumber  // json.Number
	decodeRaw     // json.RawMessage
	decodeAny     // an empty interface
	decodeAnyMap  // map[string]any, or a type of that shape
	decodeStrings // []string
	decodeBytes   // a slice of byte kind: base64, or an array of numbers
	decodeSlice
	decodeArray
	decodeMap
	decodeStruct
	decodePointer
	decodeCodec
	decodeJSON // UnmarshalJSON
	decodeText // UnmarshalText
)

// keyKind is how member names are converted to the keys of a map.
type keyKind uint8

const (
	noKey keyKind = iota
	stringKey
	intKey
	uintKey
	jsonKey // UnmarshalJSON, which encoding/json prefers if a key has both
	textKey
)

// noPointer is the reason why fields behind such a pointer cannot be decoded.
const noPointer = "an embedded pointer to an unexported struct cannot be set"

// decodeNode is the plan of one type. Nodes refer to each other as the types do, possibly in
// cycles, and do not change once they are in a Cache.
type decodeNode struct {
	kind   decodeKind
	key    keyKind
	typ    reflect.Type
	reason string        // of decodeNull, if there is a special one
	elem   *decodeNode   // of slices, arrays, maps and pointers
	fields []decodeField // of structs
	names  nameTable     // of fields
	block  span          // among the fields
	apart  bool          // none of the fields has the name of one of the Block's
	codec  *Codec
}

type decodeField struct {
	node        *decodeNode
	first       int   // index in the struct
	rest        []int // and further, through embedded structs
	ofBlock     int   // 1 + its index in the Block, if that struct declares it
	quoted      bool
	unreachable bool
}

// decodeBuilder compiles the plan of a type and of all types that it refers to.
type decodeBuilder struct {
	cache *Cache
	nodes map[nodeKey]*decodeNode
}

func newDecoder(c *Cache, t reflect.Type) *Decoder {
	b := decodeBuilder{cache: c, nodes: map[nodeKey]*decodeNode{}}
	d := &Decoder{node: b.node(t, false), block: c.Block}
	if ok, reason := d.node.holdsObject(); !ok {
		d.refused = &TypeError{t, reason}
	} else if c.Refuse != nil {
		d.refused = c.Refuse(t)
	}
	return d
}

// holdsObject reports whether some object could be decoded, and if not, the reason if there is a
// special one.
func (n *decodeNode) holdsObject() (ok bool, reason string) {
	switch n.kind {
	case decodeJSON:
		return n.typ != reflect.TypeFor[time.Time](), ""
	case decodeRaw, decodeAny, decodeAnyMap, decodeMap:
		return true, ""
	case decodeStruct:
		open := func(f decodeField) bool { return !f.unreachable && f.node.reason != noPointer }
		if len(n.fields) > 0 && !slices.ContainsFunc(n.fields, open) {
			return false, noPointer
		}
		return true, ""
	case decodePointer:
		return n.elem.holdsObject()
	}
	return false, n.reason
}

// value returns the plan of a type as a field or an element. There encoding/json takes the address
// of a value to find its methods only if the type has a name.
func (b *decodeBuilder) value(t reflect.Type) *decodeNode { return b.node(t, t.Name() == "") }

// node returns the plan of a type, without its methods if plain is set.
func (b *decodeBuilder) node(t reflect.Type, plain bool) *decodeNode {
	plain = plain && t.Kind() == reflect.Struct // no other type without a name has methods
	key := nodeKey{t, plain}
	if n := b.nodes[key]; n != nil {
		return n
	}
	n := &decodeNode{typ: t}
	b.nodes[key] = n
	if plain || !b.own(n, t) {
		b.byKind(n, t)
	}
	return n
}

// own fills in the plan of a type that decodes itself or is defined by encoding/json.
func (b *decodeBuilder) own(n *decodeNode, t reflect.Type) bool {
	if n.codec = b.cache.codec(t); n.codec != nil {
		n.kind = decodeCodec
		return true
	}
	m := unmarshalMethods(reflect.PointerTo(t))
	switch {
	case t == reflect.TypeFor[json.Number]():
		n.kind = decodeNumber
	case t == reflect.TypeFor[json.RawMessage]():
		n.kind = decodeRaw
	case m == 0:
		return false
	case m&jsonMethod != 0:
		n.kind = decodeJSON
	default:
		n.kind = decodeText
	}
	return true
}

func (b *decodeBuilder) byKind(n *decodeNode, t reflect.Type) {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		n.kind = decodeBool
	case isInt(k):
		n.kind = decodeInt
	case isUint(k):
		n.kind = decodeUint
	case k == reflect.Float32 || k == reflect.Float64:
		n.kind = decodeFloat
	case k == reflect.String:
		n.kind = decodeString
	case k == reflect.Interface && t.NumMethod() == 0:
		n.kind = decodeAny
	case endlessPointer(t):
		n.reason = "its pointers never end"
	case k == reflect.Pointer:
		n.kind, n.elem = decodePointer, b.node(t.Elem(), false)
	case k == reflect.Slice:
		b.slice(n, t)
	case k == reflect.Array:
		n.kind, n.elem = decodeArray, b.value(t.Elem())
	case k == reflect.Map:
		b.maps(n, t)
	case k == reflect.Struct:
		b.structs(n, t)
	}
}

func (b *decodeBuilder) slice(n *decodeNode, t reflect.Type) {
	n.kind, n.elem = decodeSlice, b.value(t.Elem())
	switch {
	case t == reflect.TypeFor[[]string]():
		n.kind = decodeStrings
	case t.Elem().Kind() == reflect.Uint8:
		n.kind = decodeBytes
	}
}

func (b *decodeBuilder) maps(n *decodeNode, t reflect.Type) {
	n.key = keyKindOf(t.Key())
	if n.key == noKey {
		n.reason = "member names cannot be converted to its keys"
		return
	}
	n.kind, n.elem = decodeMap, b.value(t.Elem())
	if t.Key() == reflect.TypeFor[string]() && t.Elem() == reflect.TypeFor[any]() {
		n.kind = decodeAnyMap
	}
}

func (b *decodeBuilder) structs(n *decodeNode, t reflect.Type) {
	n.kind = decodeStruct
	var names []string
	fields := structFields(t)
	n.block = findSpan(t, fields, b.cache.Block)
	for _, f := range fields {
		names = append(names, f.name)
		ofBlock := 0
		if b.cache.Block != nil && f.owner == b.cache.Block.Type {
			ofBlock = 1 + f.index[len(f.index)-1]
		}
		n.fields = append(n.fields, decodeField{
			node: b.field(f), first: f.index[0], rest: f.index[1:], ofBlock: ofBlock,
			quoted: f.quoted, unreachable: f.unreachable,
		})
	}
	n.names = newNameTable(names)
	n.apart = true
	for _, name := range b.cache.blockNames() {
		n.apart = n.apart && n.names.find(name) < 0
	}
}

// field returns the plan of a field's value. Reflection cannot call methods of a read-only field,
// and cannot set it if it is a pointer; encoding/json panics there.
func (b *decodeBuilder) field(f field) *decodeNode {
	switch {
	case f.unreachable || f.readOnly && f.typ.Kind() == reflect.Pointer:
		return &decodeNode{typ: f.typ, reason: noPointer}
	case f.readOnly:
		return b.node(f.typ, true)
	}
	return b.value(f.typ)
}

func keyKindOf(t reflect.Type) keyKind {
	m := unmarshalMethods(reflect.PointerTo(t))
	switch k := t.Kind(); {
	case m == jsonMethod|textMethod:
		return jsonKey
	case m&textMethod != 0:
		return textKey
	case k == reflect.String:
		return stringKey
	case isInt(k):
		return intKey
	case isUint(k):
		return uintKey
	}
	return noKey
}

// endlessPointer reports whether a pointer type leads to nothing but pointers, as type P *P does.
func endlessPointer(t reflect.Type) bool {
	for seen := map[reflect.Type]bool{}; t.Kind() == reflect.Pointer; t = t.Elem() {
		if seen[t] {
			return true
		}
		seen[t] = true
	}
	return false
}
