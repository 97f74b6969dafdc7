package jsonplan_test

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/jsonplan"
)

type interfaces struct {
	A json.Marshaler
	B encoding.TextMarshaler
	C *json.Marshaler
	D []encoding.TextMarshaler
	E map[string]json.Marshaler
}

// TestInterfacesAndPointersEncodeAsInTheStandardLibrary: methods behind interfaces, and nil in
// every place.
func TestInterfacesAndPointersEncodeAsInTheStandardLibrary(t *testing.T) {
	var none json.Marshaler
	some := json.Marshaler(jsonValue{`{"a": 1}`})
	text := &textValue{"x"}
	for _, v := range []any{
		&interfaces{}, &interfaces{C: &none, D: []encoding.TextMarshaler{nil}, E: map[string]json.Marshaler{"x": nil}},
		&interfaces{A: some, B: text, C: &some, D: []encoding.TextMarshaler{text, *text}, E: map[string]json.Marshaler{"x": some}},
		&map[*textValue]int{nil: 1, text: 2}, &map[encoding.TextMarshaler]int{text: 2, textValue{"y"}: 3},
		&zeros{E: (*zeroByPointer)(nil)}, &zeros{E: (*zeroByValue)(nil)}, &zeros{E: zeroByValue{1}}, &zeros{E: zeroByValue{2}}, &zeros{E: &zeroByValue{1}},
		&zeros{E: &zeroByPointer{1}}, &zeros{E: &zeroByPointer{2}}, &zeros{A: zeroByValue{1}}, &zeros{C: zeroByPointer{1}}, &zeros{C: zeroByPointer{2}},
		&zeros{B: &zeroByValue{1}, D: &zeroByPointer{1}}, &zeros{B: &zeroByValue{2}, D: &zeroByPointer{2}},
	} {
		require.True(t, compareEncode(t, reflect.ValueOf(v)), "%T %+v", v, v)
	}
}

// TestOnlyCyclesHaveTooManyPointers: a thousand pointers in a chain are none, and neither are
// pointers side by side.
func TestOnlyCyclesHaveTooManyPointers(t *testing.T) {
	for n, ok := range map[int]bool{1: true, 999: true, 1000: true, 1001: false, 5000: false} {
		var chain endless
		for range n {
			next := chain
			chain = &next
		}
		got, _, err := newCache().Append(nil, chain)
		require.Equal(t, ok, err == nil, "%d: %v", n, err)
		if ok {
			require.Equal(t, "null", string(got))
		}
	}
	one := 1
	list := make([]*int, 3000)
	for i := range list {
		list[i] = &one
	}
	_, _, err := newCache().Append(nil, list)
	require.NoError(t, err)
	_, _, err = newCache().Append(nil, json.RawMessage("["+strings.Repeat("[],{},", 3000)+"0]"))
	require.NoError(t, err, "nor are brackets side by side levels")
}

// contrary has a Codec that does something else than its method; ordinary has no method.
type (
	contrary struct{}
	ordinary []int
)

func (contrary) MarshalJSON() ([]byte, error) { return []byte(`"method"`), nil }

// TestCodecsComeBeforeMethodsAndKinds: wherever a value stands, and through pointers; and what a
// Codec writes as the outermost value is not trusted.
func TestCodecsComeBeforeMethodsAndKinds(t *testing.T) {
	cache := &jsonplan.Cache{CodecFor: func(t reflect.Type) *jsonplan.Codec {
		if t == reflect.TypeFor[contrary]() || t == reflect.TypeFor[ordinary]() {
			return &jsonplan.Codec{Append: func(dst []byte, v any) ([]byte, error) { return append(dst, `{"c":1,"c":2}`...), nil }}
		}
		return nil
	}}
	for _, v := range []any{contrary{}, &contrary{}, ordinary{}, &ordinary{}, new(*contrary)} {
		got, info, err := cache.Append(nil, v)
		require.NoError(t, err)
		if reflect.TypeOf(v) == reflect.TypeFor[**contrary]() {
			require.Equal(t, "null", string(got))
			continue
		}
		require.Equal(t, `{"c":1,"c":2}`, string(got), "%T", v)
		require.False(t, info.Trusted, "%T", v)
		got, info, err = cache.Append(nil, map[string]any{"a": v, "b": []any{v}})
		require.NoError(t, err)
		require.Equal(t, `{"a":{"c":1,"c":2},"b":[{"c":1,"c":2}]}`, string(got), "%T", v)
		require.True(t, info.Trusted, "a Codec writes legal text")
	}
}

type (
	addressed   struct{ A int }
	withZero    struct{ N int }
	readOnlyTag struct {
		addressed `json:"a"`
		withZero  `json:"z,omitzero"`
	}
)

func (*addressed) MarshalJSON() ([]byte, error) { return []byte(`"method"`), nil }
func (withZero) IsZero() bool                   { return true }
func (*withZero) MarshalJSON() ([]byte, error)  { return []byte(`"method"`), nil } // of two, none is promoted

// TestReadOnlyMembersHaveNoMethods: where encoding/json panics, a member that reflection lets
// nobody call methods of is written as what it is, also if a plan with its methods exists.
func TestReadOnlyMembersHaveNoMethods(t *testing.T) {
	cache := newCache()
	for _, v := range []any{&addressed{1}, []withZero{{}}} {
		got, _, err := cache.Append(nil, v)
		require.NoError(t, err)
		require.Contains(t, string(got), `"method"`)
	}
	v := readOnlyTag{addressed{1}, withZero{2}}
	for want, v := range map[string]any{`{"a":{"A":1},"z":{"N":2}}`: &v, `{"a":{"A":0}}`: &readOnlyTag{}} {
		got, _, err := cache.Append(nil, v)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
}
