//lint:file-ignore SA5008,U1000 Odd tags and members that are never read are what is tested.

package jsonplan_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

// memberNames are all names that the members of a randomStruct can have.
var memberNames = []string{"A", "B", "x", "y", "é", "٣9", "²", "-", "E0", "E1", "E2"}

// tags are chosen from more than once, so that most names occur more than once, and an odd one
// seldom.
var tags = append(oddTags(),
	"", "", "", "", `json:"A"`, `json:"B"`, `json:"B,omitempty"`, `json:"x"`, `json:"x"`, `json:"y"`, `json:"y,string"`,
	`json:",omitempty,string"`, `json:"-"`, `json:"-,"`, `json:"é"`, `json:"٣9"`, `xml:"x"`,
)

// blockTags are tags with the names of the Block.
var blockTags = []string{"", "", "", `json:"a"`, `json:"b"`, `json:"x"`}

// randomStruct makes a struct type whose members come from embedded structs as well, some of which
// are of one type. The types in pool are among the structs that it embeds; new ones are added.
func randomStruct(r *rand.Rand, pool *[]reflect.Type, tags []string, depth int) reflect.Type {
	leaves := []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[*int](), reflect.TypeFor[any]()}
	var fields []reflect.StructField
	for _, name := range []string{"E0", "A", "E1", "B", "E2"} {
		f := reflect.StructField{Name: name, Type: leaves[r.IntN(len(leaves))], Tag: reflect.StructTag(tags[r.IntN(len(tags))])}
		if name[0] == 'E' {
			if depth == 0 || r.IntN(3) == 0 {
				continue
			}
			if f.Anonymous = true; len(*pool) > 0 && r.IntN(2) == 0 {
				f.Type = (*pool)[r.IntN(len(*pool))]
			} else {
				f.Type = randomStruct(r, pool, tags, depth-1)
			}
			if f.Type.Name() != "" {
				f.Name = f.Type.Name()
			}
			if r.IntN(3) > 0 {
				f.Tag = ""
			}
			if r.IntN(4) == 0 {
				f.Type = reflect.PointerTo(f.Type)
			}
		} else if r.IntN(3) == 0 {
			continue
		}
		if !slices.ContainsFunc(fields, func(other reflect.StructField) bool { return other.Name == f.Name }) {
			fields = append(fields, f)
		}
	}
	t := reflect.StructOf(fields)
	*pool = append(*pool, t)
	return t
}

// membersDoc makes an object of all the names, in random order, with values that tell them apart.
func membersDoc(r *rand.Rand, names []string, value func(i int) string) string {
	var members []string
	for k, i := range r.Perm(len(names)) {
		members = append(members, space(r)+quote(names[i])+space(r)+":"+space(r)+value(k))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// TestFieldsOfEmbeddedStructsAreThoseOfTheStandardLibrary: which field a name means depends on
// depth, tags and ambiguity.
func TestFieldsOfEmbeddedStructsAreThoseOfTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	accepted := 0
	for range 400 {
		target := randomStruct(r, new([]reflect.Type), tags, 3)
		for _, value := range []func(int) string{
			strconv.Itoa,
			func(i int) string { return `"` + strconv.Itoa(i) + `"` },
			func(int) string { return "null" },
			func(int) string { return randomJSON(r, 1) },
		} {
			for _, name := range memberNames { // one at a time, since the first error ends a document
				accepted += boolean(compareDecode(t, target, membersDoc(r, []string{name}, value)))
			}
			accepted += boolean(compareDecode(t, target, membersDoc(r, memberNames, value)))
		}
		v := reflect.New(target)
		fill(r, v.Elem(), 4)
		compareEncode(t, v)
	}
	require.Greater(t, accepted, 400*20, "too few documents fit")
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// secretive has most members only by way of the structs that it embeds.
type secretive struct {
	a scalars
	b int
	*hiddenOuter
	Open int
}

type hiddenOuter struct{ Deeper }

// shut has no field that can be set, and halfShut has one that can.
type (
	shut struct {
		*empty
		*behind
	}
	halfShut struct {
		*behind
		B int
	}
	behind struct{ A int }
	empty  struct{ hidden int }
)

type Deeper struct {
	J int `json:"j"`
}

// Loop, and Ping with Pong, embed themselves.
type Loop struct {
	*Loop
	A int `json:"a"`
	C []int
}

type Ping struct {
	*Pong
	A int `json:"a"`
}

type Pong struct {
	*Ping
	A string `json:"a"`
	B string `json:"b"`
}

// Single is like Block, with one member.
type Single struct {
	A string `json:"a"`
}

type (
	hostPointer struct{ *Block }
	hostNamed   struct{ Block Block }
	hostTagged  struct {
		Block `json:"x"`
	}
	hostHides struct {
		Block
		B int `json:"b"`
	}
	hostHidesFirst struct {
		A int `json:"a"`
		Block
	}
	Other     struct{ Block }
	hostInner struct {
		C int `json:"c"`
		block2
		D any `json:"d"`
	}
	hostBehind struct{ *Other }
	hostOuter  struct {
		hostInner
		E string `json:"e"`
	}
	hostNear struct {
		Other
		Block
		C int `json:"c"`
	}
	hostNeighbour struct {
		Near
		Block
	}
	Near     struct{ A string }
	hostPart struct {
		Other
		A string `json:"a"`
		C string `json:"c"`
		D string `json:"d"`
	}
	hostSingle   struct{ Single }
	hostNothing  struct{ C int }
	hostOfHidden struct {
		unexportedBlock
		C int `json:"c"`
	}
	unexportedBlock struct {
		A string   `json:"a"`
		B []string `json:"b"`
	}
)

// blockTest has a Block that is copied and appended as the fields themselves would be, and counts.
type blockTest struct {
	cache            *jsonplan.Cache
	copied, appended int
	refuses          bool
}

// blockMark stands for the marks that a Block reports.
const blockMark = 1 << 6

func newBlockTest[B any](append func(dst []byte, b *B) []byte) *blockTest {
	t := &blockTest{}
	t.cache = &jsonplan.Cache{Block: &jsonplan.Block{
		Type: reflect.TypeFor[B](),
		Copy: func(dst, known any, list []string) []string {
			t.copied++
			*dst.(*B) = *known.(*B)
			return list
		},
		Append: func(dst []byte, v any) ([]byte, uint8, bool) {
			t.appended++
			if t.refuses {
				return append(dst, new(B)), blockMark, false
			}
			b, ok := v.(*B)
			if !ok {
				copied := v.(B)
				b = &copied
			}
			return append(dst, b), blockMark, true
		},
	}}
	return t
}

func appendBlock(dst []byte, b *Block) []byte {
	text, err := stdEncode(b)
	if err != nil || text == "{}" {
		return dst
	}
	return append(append(dst, ','), text[1:len(text)-1]...)
}

func appendSingle(dst []byte, s *Single) []byte {
	text, _ := stdEncode(s)
	return append(append(dst, ','), text[1:len(text)-1]...)
}

// TestBlocksAreAsGoodAsTheirFields: whatever is around a Block, reading and writing it as a whole
// makes no difference, and is done where no other field hides one of its own.
func TestBlocksAreAsGoodAsTheirFields(t *testing.T) {
	hosts := []reflect.Type{
		reflect.TypeFor[Block](), reflect.TypeFor[hostPointer](), reflect.TypeFor[hostNamed](), reflect.TypeFor[hostTagged](), reflect.TypeFor[hostHides](),
		reflect.TypeFor[hostHidesFirst](), reflect.TypeFor[hostInner](), reflect.TypeFor[hostBehind](), reflect.TypeFor[hostOuter](),
		reflect.TypeFor[hostNear](), reflect.TypeFor[hostNeighbour](), reflect.TypeFor[hostPart](), reflect.TypeFor[hostSingle](), reflect.TypeFor[hostNothing](),
		reflect.TypeFor[hostOfHidden](), reflect.TypeFor[block2](), reflect.TypeFor[*Block](), reflect.TypeFor[*hostInner](), reflect.TypeFor[any](),
	}
	hosts = append(hosts, reflect.StructOf([]reflect.StructField{
		{Name: "Other", Anonymous: true, Type: reflect.TypeFor[Other]()},
		{Name: "Third", Anonymous: true, Type: reflect.TypeFor[struct{ Block }]()},
	}), reflect.StructOf([]reflect.StructField{ // the second member of the Block is ambiguous, and another follows the first
		{Name: "Block", Anonymous: true, Type: reflect.TypeFor[Block]()},
		{Name: "Rival", Anonymous: true, Type: reflect.TypeFor[struct {
			X int `json:"x"`
			B int `json:"b"`
		}]()},
	}))
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		pool := []reflect.Type{reflect.TypeFor[Block]()}
		hosts = append(hosts, randomStruct(r, &pool, tags, 2), randomStruct(r, &pool, blockTags, 2))
	}
	used := 0
	for _, host := range hosts {
		used += boolean(newBlockTest(appendBlock).check(t, r, host, &Block{"known", []string{"p", "q"}}))
	}
	require.Greater(t, used, 20)
	require.True(t, newBlockTest(appendSingle).check(t, r, reflect.TypeFor[hostSingle](), &Single{"known"}))
	require.True(t, newBlockTest(appendSingle).check(t, r, reflect.TypeFor[Single](), &Single{"known"}))
	require.False(t, newBlockTest(appendSingle).check(t, r, reflect.TypeFor[hostHidesFirst](), &Single{"known"}))
}

// check compares the host with and without the Block, and reports whether it is used.
func (b *blockTest) check(t *testing.T, r *rand.Rand, host reflect.Type, block any) bool {
	plain := host
	for plain.Kind() == reflect.Pointer {
		plain = plain.Elem()
	}
	want := plain.Kind() == reflect.Struct && showsBlock(plain, plain, nil, reflect.ValueOf(block).Elem())
	for _, pad := range []int{0, 3, 62, 63, 64, 70} {
		doc := `{"a":"known","b":["p","q"],"c":3,"d":"D","e":"E","x":"5"}`
		var padding []string
		for i := range pad {
			padding = append(padding, `"pad`+strconv.Itoa(i)+`":0`)
		}
		if pad > 0 {
			doc = "{" + strings.Join(padding, ",") + "," + doc[1:]
		}
		b.copied = 0
		var s strictjson.Scanner
		members, err := s.Object(doc)
		require.NoError(t, err)
		known := jsonplan.Known{Block: block}
		for i, m := range members {
			name := m.Name(doc)
			if _, ok := reflect.TypeOf(block).Elem().FieldByName(strings.ToUpper(name)); ok && len(name) == 1 && name[0] >= 'a' && i < 64 {
				known.Members |= 1 << i
			}
		}
		plan, err := b.cache.Decoder(host)
		require.NoError(t, err)
		got, naive := reflect.New(host), reflect.New(host)
		err, naiveErr := plan.Decode(doc, members, known, got.Elem()), plan.Decode(doc, members, jsonplan.Known{}, naive.Elem())
		require.Equal(t, naiveErr == nil, err == nil, "%v: %v, %v", host, err, naiveErr)
		if err == nil {
			require.Equal(t, naive.Interface(), got.Interface(), "%v", host)
		}
		if !folds(host, doc) {
			std := reflect.New(host)
			require.Equal(t, stdDecode(doc, std.Elem()) == nil, err == nil, "%v: %v", host, err)
			if err == nil {
				require.Equal(t, std.Interface(), naive.Interface(), "%v", host)
			}
		}
		require.Equal(t, boolean(want), b.copied, "%v", host)
	}
	for range 3 {
		v := reflect.New(host)
		fill(r, v.Elem(), 4)
		naive, stdErr := stdEncode(v.Interface())
		for _, b.refuses = range []bool{false, true} {
			b.appended = 0
			got, info, err := b.cache.Append(nil, v.Interface())
			require.Equal(t, stdErr == nil, err == nil, "%v: %v, %v", host, err, stdErr)
			if err != nil {
				continue
			}
			require.Equal(t, naive, string(got), "%v", host)
			used := want && naive != "null"
			if used {
				require.Positive(t, b.appended, "%v", host)
			}
			require.Equal(t, used && !b.refuses, info.Marks == blockMark, "%v", host)
			got, info, err = b.cache.Append(got[:0], []any{v.Interface(), map[string]any{"x": v.Interface()}})
			require.NoError(t, err)
			require.Equal(t, "["+naive+`,{"x":`+naive+"}]", string(got))
			require.Zero(t, info.Marks, "it is not the outermost object")
		}
	}
	return want
}

// showsBlock reports whether the members of a block that is t, or embedded in t by value, are those
// of the outer struct's object, as encoding/json says.
func showsBlock(outer, t reflect.Type, path []int, block reflect.Value) bool {
	if t == block.Type() {
		v := reflect.New(outer)
		at := v.Elem().FieldByIndex(path)
		if !at.CanSet() {
			return false
		}
		at.Set(block)
		for name, member := range membersOf(block.Interface()) {
			if !reflect.DeepEqual(member, membersOf(v.Interface())[name]) {
				return false
			}
		}
		return true
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Type.Kind() == reflect.Struct && showsBlock(outer, f.Type, append(slices.Clone(path), i), block) {
			return true
		}
	}
	return false
}

func membersOf(v any) (members map[string]any) {
	if text, err := stdEncode(v); err == nil {
		_ = stdDecode(text, reflect.ValueOf(&members).Elem())
	}
	return members
}
