//lint:file-ignore SA5008,SA4026 Odd tags and values are what is tested.

package jsonplan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

type (
	inner struct {
		A int    `json:"a"`
		B string `json:"b,omitempty"`
	}
	embedded1 struct {
		X int    `json:"x"`
		Y string `json:"y"`
	}
	Pointed struct {
		P *int `json:"p"`
		Y bool `json:"y"`
	}
	everything struct {
		embedded1
		*Pointed
		Name     string             `json:"name"`
		Dash     int                `json:"-,"`
		Ignored  int                `json:"-"`
		Int8     int8               `json:"i8"`
		Uint     uint               `json:"u"`
		Float    float32            `json:"f"`
		Bool     bool               `json:"ok"`
		Quoted   int                `json:"q,string"`
		QuotedP  *string            `json:"qs,string,omitempty"`
		List     []string           `json:"list"`
		Nested   inner              `json:"nested"`
		Many     []inner            `json:"many"`
		Array    [2]int             `json:"array"`
		Map      map[string]int     `json:"map"`
		IntMap   map[int]string     `json:"intmap"`
		Any      any                `json:"any"`
		Number   json.Number        `json:"number"`
		Raw      json.RawMessage    `json:"raw,omitempty"`
		Bytes    []byte             `json:"bytes"`
		Time     time.Time          `json:"time,omitzero"`
		Addr     netip.Addr         `json:"addr"`
		Addrs    map[netip.Addr]int `json:"addrs"`
		Next     *everything        `json:"next,omitempty"`
		Empty    map[string]any     `json:"empty,omitempty"`
		Untagged float64
	}
)

// targets make values to decode into.
var targets = []func() any{
	func() any { return new(everything) },
	func() any { return new(map[string]any) },
	func() any { return new(any) },
	func() any { return new(map[string]inner) },
	func() any { return new(map[string][]string) },
	func() any { return new(map[string]*float64) },
	func() any { return new(map[string]json.RawMessage) },
	func() any { return new(map[string]bool) },
	func() any { return new(json.RawMessage) },
	func() any { return new(*inner) },
	func() any { return new(struct{ Pointed }) },
}

var documents = []string{
	`{}`, ` { "x" : 1 , "y" : "a" } `, `{"a":1,"b":"\u00e9\n"}`, `{"name":"n","-":5,"Ignored":7,"i8":-128,"u":3,"f":1.5,"ok":true,"q":"12","qs":"\"in\""}`,
	`{"list":["a","b\\\"",""],"many":[{"a":1},{"b":"x"},null],"array":[1,2,3],"map":{"k":1},"intmap":{"-1":"x"}}`,
	`{"array":[1],"any":{"n":12345678901234567890,"l":[1,"x",null,true,{}],"e":[]},"number":1e5,"raw":{"z":[ 1 , 2 ]},"bytes":"AQI="}`,
	`{"time":"2026-11-24T12:00:00Z","addr":"127.0.0.1","addrs":{"::1":1},"next":{"next":{"name":"deep"}},"p":5,"Untagged":1e-7}`,
	`{"list":null,"map":null,"any":null,"nested":null,"next":null,"name":null,"q":null,"qs":null,"raw":null,"bytes":null,"time":null,"p":null,"array":null,"number":null}`,
	`{"i8":128}`, `{"i8":1.0}`, `{"u":-1}`, `{"f":1e300}`, `{"name":5}`, `{"list":[1]}`, `{"q":5}`, `{"q":"x"}`, `{"bytes":"!"}`, `{"addr":"x"}`, `{"intmap":{"x":"y"}}`, `{"nested":[]}`, `{"number":"12"}`, `{"number":"x"}`, `{"ok":1}`, `{"k":[],"l":["a"]}`, `{"k":true}`, `{"k":{"a":1,"b":"c"}}`,
}

// folds reports whether a name of the document matches a field only by folding.
func folds(text string) bool {
	var walk func(v any) bool
	names := map[string]string{}
	for _, n := range []string{"x", "y", "p", "name", "-", "i8", "u", "f", "ok", "q", "qs", "list", "nested", "many", "array", "map", "intmap", "any", "number", "raw", "bytes", "time", "addr", "addrs", "next", "empty", "Untagged", "a", "b"} {
		names[strings.ToLower(n)] = n
	}
	walk = func(v any) bool {
		switch v := v.(type) {
		case map[string]any:
			for name, value := range v {
				for lower, exact := range names {
					if strings.EqualFold(name, lower) && name != exact {
						return true
					}
				}
				if walk(value) {
					return true
				}
			}
		case []any:
			for _, value := range v {
				if walk(value) {
					return true
				}
			}
		}
		return false
	}
	var v any
	return json.Unmarshal([]byte(text), &v) == nil && walk(v)
}

func decodeBoth(t *testing.T, text string, target func() any) {
	var s strictjson.Scanner
	members, err := s.Object(text)
	if err != nil || folds(text) {
		return
	}
	want, got := target(), target()
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	wantErr := dec.Decode(want)
	var cache Cache
	plan, err := cache.Decoder(reflect.TypeOf(got).Elem())
	require.NoError(t, err)
	gotErr := plan.Decode(text, members, Known{}, reflect.ValueOf(got).Elem())
	if wantErr == nil && gotErr == nil {
		require.Equal(t, want, got, text)
		encodeBoth(t, got)
		return
	}
	if wantErr == nil && strings.Contains(gotErr.Error(), "option") || gotErr != nil && strings.Contains(gotErr.Error(), "same key") {
		return // stricter on purpose
	}
	require.Equal(t, wantErr == nil, gotErr == nil, "%T %s: encoding/json says %v, we say %v", want, text, wantErr, gotErr)
}

func encodeBoth(t *testing.T, v any) {
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	wantErr := enc.Encode(v)
	var cache Cache
	got, info, err := cache.Append([]byte("x"), v)
	require.Equal(t, wantErr == nil, err == nil, "%#v: encoding/json says %v, we say %v", v, wantErr, err)
	if err != nil {
		return
	}
	require.Equal(t, "x"+strings.TrimSuffix(want.String(), "\n"), string(got))
	if info.Trusted {
		var s strictjson.Scanner
		_, err := s.Object(string(got[1:]))
		require.NoError(t, err)
	}
}

func TestDecodesAndEncodesLikeEncodingJSON(t *testing.T) {
	for _, text := range documents {
		for _, target := range targets {
			decodeBoth(t, text, target)
		}
	}
}

func FuzzLikeEncodingJSON(f *testing.F) {
	for _, text := range documents {
		for i := range targets {
			f.Add(text, uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, i uint8) { decodeBoth(t, text, targets[int(i)%len(targets)]) })
}

type textual string

func (s textual) MarshalText() ([]byte, error) { return []byte("<" + s + ">"), nil }

type pointerMarshaler struct{ A int }

func (*pointerMarshaler) MarshalJSON() ([]byte, error) { return []byte(` [ "p" ] `), nil }

func TestEncodesValuesLikeEncodingJSON(t *testing.T) {
	n, s := 5, "x"
	for _, v := range []any{
		nil, true, -5, uint8(5), 1.5, float32(0.1), 1e21, 1e-7, 1e20, -0.0, "<a>&\u2028\x7f\x00", []int(nil), []int{}, [2]bool{true}, []byte(nil), []byte{1, 2, 3}, map[string]int(nil),
		map[string]int{"b": 1, "a": 2}, map[int]string{10: "a", 9: "b"}, map[netip.Addr]int{netip.MustParseAddr("::1"): 1}, &n, (*int)(nil), &s, textual("t"),
		pointerMarshaler{1}, &pointerMarshaler{1}, []pointerMarshaler{{1}}, map[string]pointerMarshaler{"a": {1}}, []*pointerMarshaler{nil}, struct {
			A any `json:"a,omitempty"`
			B *int
			C int     `json:",string"`
			D bool    `json:",string"`
			E string  `json:",string"`
			F float64 `json:",string"`
			G *int    `json:",string"`
		}{C: 1, E: "q\""}, everything{}, &everything{Pointed: &Pointed{}}, json.Number(""), json.Number("1.5e3"), json.Number("x"), json.RawMessage(`{ "a" : 1 }`), time.Unix(0, 0).UTC(), make(chan int), func() {}, complex(1, 2), math.NaN(), math.Inf(1),
		map[string]any{"c": make(chan int)}, []any{1, "a", nil, map[string]any{}}, map[bool]int{true: 1},
	} {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) { encodeBoth(t, v) })
	}
}

// TestTextKeysOfStringKind: encoding/json takes the string, and under GOEXPERIMENT=jsonv2
// the text; this package is the same in both.
func TestTextKeysOfStringKind(t *testing.T) {
	var cache Cache
	got, _, err := cache.Append(nil, map[textual]int{"k": 1})
	require.NoError(t, err)
	require.Equal(t, `{"k":1}`, string(got))
}

type cyclic struct{ Next *cyclic }
type endless *endless

func TestRefusesWhatHasNoStrictText(t *testing.T) {
	loop := &cyclic{}
	loop.Next = loop
	var chain endless
	chain = &chain
	deep := any(1)
	for range strictjson.MaxDepth + 1 {
		deep = []any{deep}
	}
	self := []any{nil}
	self[0] = self
	for _, v := range []any{"\xff", map[string]int{"\xff": 1}, loop, chain, deep, self, json.RawMessage(`{"a":1,"a":2}`), json.RawMessage("\"\xff\""), map[twin]int{{1}: 1, {2}: 2}} {
		var cache Cache
		_, _, err := cache.Append(nil, v)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "\xff")
	}
}

type twin struct{ n int }

func (twin) MarshalText() ([]byte, error) { return []byte("same"), nil }

func TestTypesThatNeverHoldAnObject(t *testing.T) {
	var cache Cache
	for _, v := range []any{make(chan int), func() {}, 5, "x", []int{}, [1]int{}, time.Time{}, new(int), new(error)} {
		_, err := cache.Decoder(reflect.TypeOf(v))
		if _, ok := v.(time.Time); ok {
			require.NoError(t, err) // it has an UnmarshalJSON, which may say what it likes
			continue
		}
		require.Error(t, err, "%T", v)
	}
}

func TestErrorsNameThePathAndNoValue(t *testing.T) {
	for text, want := range map[string]string{
		`{"many":[{"a":1},{"a":"secret"}]}`: `claim "many[1].a": cannot decode a string into a Go int`,
		`{"list":["x",5]}`:                  `claim "list[1]": cannot decode a number into a Go string`,
		`{"name":{"secret":1}}`:             `claim "name": cannot decode an object into a Go string`,
	} {
		var s strictjson.Scanner
		members, err := s.Object(text)
		require.NoError(t, err)
		var cache Cache
		plan, err := cache.Decoder(reflect.TypeFor[everything]())
		require.NoError(t, err)
		var v everything
		require.EqualError(t, plan.Decode(text, members, Known{}, reflect.ValueOf(&v).Elem()), want)
	}
}

func TestPlansAreMadeConcurrently(t *testing.T) {
	var cache Cache
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for _, text := range documents[:7] {
				var s strictjson.Scanner
				members, _ := s.Object(text)
				plan, err := cache.Decoder(reflect.TypeFor[everything]())
				if err != nil {
					t.Error(err)
					return
				}
				var v everything
				if err := plan.Decode(text, members, Known{}, reflect.ValueOf(&v).Elem()); err != nil {
					t.Error(text, err)
				}
				if _, _, err := cache.Append(nil, &v); err != nil {
					t.Error(text, err)
				}
			}
		})
	}
	wg.Wait()
}
