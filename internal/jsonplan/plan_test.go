package jsonplan_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

type (
	cyclic   struct{ Next *cyclic }
	endless  *endless
	textual  string
	failing  struct{}
	twin     struct{ n int }
	brackets struct{ depth int }
)

func (s textual) MarshalText() ([]byte, error) { return []byte("<" + s + ">"), nil }

var errFailing = errors.New("a method says no")

func (failing) MarshalJSON() ([]byte, error) { return nil, errFailing }
func (*failing) UnmarshalJSON([]byte) error  { return errFailing }
func (twin) MarshalText() ([]byte, error)    { return []byte("same"), nil }
func (b brackets) MarshalJSON() ([]byte, error) {
	return []byte(strings.Repeat("[", b.depth) + strings.Repeat("]", b.depth)), nil
}

type failingText struct{}

func (failingText) MarshalText() ([]byte, error) { return nil, errFailing }

// Block has a jsonplan.Block: the members a and b of an outermost object.
type Block struct {
	A string   `json:"a,omitempty"`
	B []string `json:"b,omitempty"`
}

func blockCache() *jsonplan.Cache {
	return &jsonplan.Cache{Block: &jsonplan.Block{
		Type: reflect.TypeFor[Block](),
		Copy: func(dst, known any, list []string) []string {
			*dst.(*Block) = *known.(*Block)
			return append(list, "copied")
		},
		Append: func(dst []byte, v any) ([]byte, uint8, bool) {
			if p, ok := v.(*Block); ok {
				v = *p
			}
			a := v.(Block).A
			return append(dst, `,"block":`+strconv.Quote(a)...), 1, a != "refuse"
		},
	}}
}

func TestTypesThatNeverHoldAnObject(t *testing.T) {
	var chain endless
	for _, v := range []any{make(chan int), func() {}, 5, "x", []int{}, [1]int{}, new(int), new(error), map[bool]int{}, chain, json.Number(""), time.Time{}, new(time.Time), code{}, new(code), shut{}, new(shut)} {
		_, err := newCache().Decoder(reflect.TypeOf(v))
		var typeError *jsonplan.TypeError
		require.ErrorAs(t, err, &typeError, "%T", v)
		require.Equal(t, reflect.TypeOf(v), typeError.Type)
		require.ErrorContains(t, err, "no JSON object can be decoded into a Go "+reflect.TypeOf(v).String())
	}
	for reason, v := range map[string]any{"its pointers never end": chain, "member names cannot be converted to its keys": map[bool]int{}, "an embedded pointer to an unexported struct cannot be set": shut{}} {
		_, err := newCache().Decoder(reflect.TypeOf(v))
		require.EqualError(t, err, "no JSON object can be decoded into a Go "+reflect.TypeOf(v).String()+": "+reason)
	}
	for _, v := range []any{struct{}{}, struct{ hidden int }{}, struct{ *empty }{}, halfShut{}, new(big.Int)} {
		_, err := newCache().Decoder(reflect.TypeOf(v))
		require.NoError(t, err, "%T: some object fits, or UnmarshalJSON may take one", v)
	}
}

// TestRefuseIsAskedOnceAboutATypeThatHoldsAnObject, and its answer is kept.
func TestRefuseIsAskedOnceAboutATypeThatHoldsAnObject(t *testing.T) {
	refused, asked := errors.New("refused"), map[reflect.Type]int{}
	cache := &jsonplan.Cache{Refuse: func(t reflect.Type) error {
		asked[t]++
		if t == reflect.TypeFor[halfShut]() {
			return refused
		}
		return nil
	}}
	for range 2 {
		_, err := cache.Decoder(reflect.TypeFor[halfShut]())
		require.Equal(t, refused, err)
		_, err = cache.Decoder(reflect.TypeFor[struct{ F halfShut }]())
		require.NoError(t, err)
		_, err = cache.Decoder(reflect.TypeFor[int]())
		require.ErrorAs(t, err, new(*jsonplan.TypeError))
	}
	require.Equal(t, map[reflect.Type]int{reflect.TypeFor[halfShut](): 1, reflect.TypeFor[struct{ F halfShut }](): 1}, asked)
}

func TestDecodeErrorsNameThePathAndNoValue(t *testing.T) {
	long := strings.Repeat("n", 100)
	for _, test := range []struct {
		target any
		doc    string
		want   string
	}{
		{new(node), `{"c":[{"a":1},{"a":"secret"}]}`, `claim "c[1].a": cannot decode a string into a Go int`},
		{new(containers), `{"d":["x",5]}`, `claim "d[1]": cannot decode a number into a Go string`},
		{new(scalars), `{"h":{"secret":1}}`, `claim "h": cannot decode an object into a Go string`},
		{new(scalars), `{"h":true}`, `claim "h": cannot decode a boolean into a Go string`},
		{new(scalars), `{"h":[]}`, `claim "h": cannot decode an array into a Go string`},
		{new(scalars), `{"b":128}`, `claim "b": cannot decode a number into a Go int8: it is out of range or not an integer`},
		{new(containers), `{"e":"!"}`, `claim "e": cannot decode a string into a Go []uint8: it is not base64`},
		{new(containers), `{"b":{}}`, `claim "b": cannot decode an object into a Go [2]string`},
		{new(containers), `{"b":["x",1]}`, `claim "b[1]": cannot decode a number into a Go string`},
		{new(containers), `{"c":{"k":"x"}}`, `claim "c.k": cannot decode a string into a Go int`},
		{new(containers), `{"c":[]}`, `claim "c": cannot decode an array into a Go map[string]int`},
		{new(containers), `{"j":[]}`, `claim "j": cannot decode an array into a Go map[string]interface {}`},
		{new(standard), `{"a":"x"}`, `claim "a": cannot decode a string into a Go json.Number: it holds no number`},
		{new(keys), `{"a":{"x":1}}`, `claim "a.x": cannot decode a string into a Go int8`},
		{new(keys), `{"a":{"1":1,"01":2}}`, `claim "a.01": cannot decode an object into a Go map[int8]int: another member has the same key`},
		{new(keys), `{"d":{"!":2}}`, `claim "d.!": cannot decode a string into a Go jsonplan_test.textKey: refused`},
		{new(textKeyed), `{"k":{"1":1,"2":2}}`, `claim "k.2": cannot decode an object into a Go map[jsonplan_test.onlyKey]int: another member has the same key`},
		{new(optionString), `{"a":5}`, `claim "a": cannot decode a number into a Go int: the option "string" wants a string with the value in it`},
		{new(embedding), `{"i":1}`, `claim "i": cannot decode a number into a Go int: an embedded pointer to an unexported struct cannot be set`},
		{new(struct{ C chan int }), `{"C":1}`, `claim "C": cannot decode a number into a Go chan int`},
		{new(struct{ P endless }), `{"P":1}`, `claim "P": cannot decode a number into a Go jsonplan_test.endless: its pointers never end`},
		{new(struct{ M map[bool]int }), `{"M":{}}`, `claim "M": cannot decode an object into a Go map[bool]int: member names cannot be converted to its keys`},
		{new(struct{ F failing }), `{"F":null}`, `claim "F": cannot decode null into a Go jsonplan_test.failing: a method says no`},
		{new(map[string]map[string]int), `{"` + long + `":{"x":""}}`, `claim "` + long[:64] + `"…: cannot decode a string into a Go int`},
		{new(map[string]int), `{"` + strings.Repeat("é", 40) + `":""}`, `claim "` + strings.Repeat("é", 32) + `"…: cannot decode a string into a Go int`},
	} {
		err := decode(newCache(), test.doc, reflect.ValueOf(test.target).Elem())
		require.EqualError(t, err, test.want)
		require.NotContains(t, err.Error(), "secret")
		var decodeError *jsonplan.DecodeError
		require.ErrorAs(t, err, &decodeError)
	}
	require.ErrorIs(t, decode(newCache(), `{}`, reflect.ValueOf(new(failing)).Elem()), errFailing)
}

type optionString struct {
	A int `json:"a,string"`
}

type textKeyed struct {
	K map[onlyKey]int `json:"k"`
}

type onlyKey struct{}

func (*onlyKey) UnmarshalText([]byte) error { return nil }

func TestEncodeErrorsNameThePathAndNoValue(t *testing.T) {
	loop := &cyclic{}
	loop.Next = loop
	var chain endless
	chain = &chain
	self := []any{nil}
	self[0] = self
	deep := func(levels int) (v any) {
		for range levels {
			v = []any{v}
		}
		return v
	}
	for _, test := range []struct {
		value any
		want  string
	}{
		{map[string]any{"a": []any{1, "\xff"}}, `claim "a[1]": cannot encode a Go string: it is not valid UTF-8`},
		{map[string]int{"\xff": 1}, `cannot encode a Go map[string]int: it is not valid UTF-8`},
		{map[string]any{"a": struct{ B []string }{[]string{"", "\xff"}}}, `claim "a.B[1]": cannot encode a Go string: it is not valid UTF-8`},
		{struct {
			A string `json:",string"`
		}{"\xff"}, `claim "A": cannot encode a Go string: it is not valid UTF-8`},
		{map[string]any{"c": make(chan int)}, `claim "c": cannot encode a Go chan int`},
		{map[string]any{"n": math.NaN()}, `claim "n": cannot encode a Go float64`},
		{map[bool]int{true: 1}, `cannot encode a Go map[bool]int: its keys cannot be converted to member names`},
		{json.Number("x"), `cannot encode a Go json.Number: it is not a JSON number`},
		{chain, `cannot encode a Go jsonplan_test.endless: it is a cycle of pointers`},
		{self, `cannot encode a Go []interface {}: it is nested too deeply, or in a cycle`},
		{map[twin]int{{1}: 1, {2}: 2}, `claim "same": cannot encode a Go map[jsonplan_test.twin]int: two of its keys have the same text`},
		{map[failingText]int{{}: 1}, `cannot encode a Go jsonplan_test.failingText: a method says no`},
		{map[string]any{"f": failing{}}, `claim "f": cannot encode a Go jsonplan_test.failing: a method says no`},
		{map[string]any{"f": &failing{}}, `claim "f": cannot encode a Go *jsonplan_test.failing: a method says no`},
		{struct{ F *failingText }{&failingText{}}, `claim "F": cannot encode a Go *jsonplan_test.failingText: a method says no`},
		{struct{ F json.Marshaler }{failing{}}, `claim "F": cannot encode a Go json.Marshaler: a method says no`},
		{map[string]any{"f": failingText{}}, `claim "f": cannot encode a Go jsonplan_test.failingText: a method says no`},
		{map[string]any{"f": code{-1}}, `claim "f": cannot encode a Go jsonplan_test.code: negative`},
		{map[interface{ MarshalText() ([]byte, error) }]int{nil: 1}, `cannot encode a Go interface { MarshalText() ([]uint8, error) }: a key is nil`},
	} {
		_, info, err := newCache().Append(nil, test.value)
		var encodeError *jsonplan.EncodeError
		require.ErrorAs(t, err, &encodeError)
		require.ErrorContains(t, err, test.want)
		require.Zero(t, info)
		require.NotContains(t, err.Error(), "\xff")
	}
	for _, refused := range []any{
		loop, deep(strictjson.MaxDepth + 1), json.RawMessage(`{"a":1,"a":2}`), json.RawMessage("\"\xff\""),
		brackets{strictjson.MaxDepth + 1}, []brackets{{strictjson.MaxDepth}},
	} {
		_, _, err := newCache().Append(nil, refused)
		require.Error(t, err, "%T", refused)
	}
	_, _, err := newCache().Append(nil, deep(strictjson.MaxDepth))
	require.NoError(t, err)
	_, _, err = newCache().Append(nil, failing{})
	require.ErrorIs(t, err, errFailing)
}

func TestEveryContainerCountsItsLevel(t *testing.T) {
	for _, leaf := range []any{[]any{}, map[string]any{}, []string{"x"}, []int{1}, [1]int{}, struct{}{}, map[string]int{"a": 1}, json.RawMessage(`[]`), brackets{1}} {
		v := leaf
		for range strictjson.MaxDepth - 1 {
			v = []any{v}
		}
		_, _, err := newCache().Append(nil, v)
		require.NoError(t, err, "%T", leaf)
		_, _, err = newCache().Append(nil, []any{v})
		require.Error(t, err, "%T", leaf)
	}
}

// TestInfoIsSureOfLegalMembersOnly: what is not certainly legal is not trusted.
func TestInfoIsSureOfLegalMembersOnly(t *testing.T) {
	for doc, trusted := range map[string]bool{
		`{}`: true, `{"a":1}`: true, `{"a":[null],"c":"x","g":false}`: true, `{"h":null,"aa":{}}`: true,
		`{"x":{"a":null}}`: true, `{"x":[{"a":{}}]}`: true, // not in the outermost object
		`{"a":null}`: false, `{"b":{}}`: false, `{"a":1,"g":null}`: false, `{"a":null,"g":1}`: false,
	} {
		value, err := decodeInto[map[string]any](doc)
		require.NoError(t, err)
		_, info, err := newCache().Append(nil, value)
		require.NoError(t, err)
		require.Equal(t, trusted, info.Trusted, doc)
		if trusted {
			var s strictjson.Scanner
			members, err := s.Object(doc)
			require.NoError(t, err)
			requireMarks(t, doc, members, info.Marks)
		}
	}
	for _, inner := range []any{json.RawMessage(`{}`), selfmadeTop{"{}"}, code{1}} {
		_, info, err := newCache().Append(nil, map[string]any{"x": inner})
		require.NoError(t, err)
		require.True(t, info.Trusted, "what a method writes inside is scanned, or certain")
	}
	for _, foreign := range []any{selfmadeTop{"{}"}, json.RawMessage(`{}`), &selfmadeTop{"{}"}, code{1}, "x", []any{}, nil} {
		_, info, err := newCache().Append(nil, foreign)
		require.NoError(t, err)
		require.False(t, info.Trusted, "%T", foreign)
	}
}

// TestTextKeysOfStringKind: encoding/json takes the string, and its second implementation the text.
func TestTextKeysOfStringKind(t *testing.T) {
	got, _, err := newCache().Append(nil, map[textual]int{"k": 1})
	require.NoError(t, err)
	require.Equal(t, `{"k":1}`, string(got))
}

func TestBlockIsCopiedAndNotDecoded(t *testing.T) {
	type outer struct {
		C string `json:"c"`
		block2
		D []string `json:"d"`
	}
	const doc = `{"d":["x","y"],"a":"1","b":["2"],"c":"3"}`
	var s strictjson.Scanner
	members, err := s.Object(doc)
	require.NoError(t, err)
	cache := blockCache()
	known := jsonplan.Known{Block: &Block{"known", nil}, Members: 1<<1 | 1<<2, List: make([]string, 0, 8)}
	var got outer
	plan, err := cache.Decoder(reflect.TypeFor[outer]())
	require.NoError(t, err)
	require.NoError(t, plan.Decode(doc, members, known, reflect.ValueOf(&got).Elem()))
	require.Equal(t, outer{"3", block2{Block{"known", nil}}, []string{"x", "y"}}, got)
	require.Equal(t, []string{"copied", "x", "y"}, known.List[:3])

	var plain outer
	require.NoError(t, plan.Decode(doc, members, jsonplan.Known{}, reflect.ValueOf(&plain).Elem()))
	require.Equal(t, outer{"3", block2{Block{"1", []string{"2"}}}, []string{"x", "y"}}, plain)

	var itself Block
	plan, err = cache.Decoder(reflect.TypeFor[Block]())
	require.NoError(t, err)
	require.NoError(t, plan.Decode(doc, members, known, reflect.ValueOf(&itself).Elem()))
	require.Equal(t, Block{"known", nil}, itself)

	const number = `{"a":1}`
	members, err = s.Object(number)
	require.NoError(t, err)
	err = plan.Decode(number, members, jsonplan.Known{}, reflect.ValueOf(&itself).Elem())
	require.ErrorContains(t, err, "cannot decode a number", "there is no other reading")
	var behind struct {
		*block2
		C int `json:"c"`
	}
	plan, err = cache.Decoder(reflect.TypeOf(behind))
	require.NoError(t, err)
	err = plan.Decode(number, members, jsonplan.Known{Block: &Block{"known", nil}}, reflect.ValueOf(&behind).Elem())
	require.ErrorContains(t, err, "an embedded pointer to an unexported struct cannot be set")

	for want, v := range map[string]any{
		`{"c":"c","block":"a","d":null}`: outer{C: "c", block2: block2{Block{A: "a"}}},
		`{"block":"x"}`:                  Block{A: "x"},
		`{"block":"y"}`:                  &Block{A: "y"},
		`{"a":"refuse"}`:                 Block{A: "refuse"},
	} {
		got, info, err := cache.Append(nil, v)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		require.True(t, info.Trusted)
		require.Equal(t, !strings.Contains(want, "refuse"), info.Marks == 1)
	}
}

type block2 struct{ Block }

func TestPlansAreMadeConcurrently(t *testing.T) {
	cache := newCache()
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for _, target := range targets() {
				v := reflect.New(target)
				if err := decode(cache, `{}`, v.Elem()); err != nil {
					t.Error(target, err)
				}
				if _, _, err := cache.Append(nil, &node{C: []node{{}}, B: &node{}}); err != nil {
					t.Error(target, err)
				}
			}
		})
	}
	wg.Wait()
}
