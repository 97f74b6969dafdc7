//lint:file-ignore SA5008,U1000 Odd tags and members that are never read are what is tested.

package jsonplan_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

// The types below share the member names a to j, so that one document means something to most of
// them.

type scalars struct {
	A bool    `json:"a"`
	B int8    `json:"b"`
	C int64   `json:"c"`
	D uint16  `json:"d"`
	E uint64  `json:"e"`
	F float32 `json:"f"`
	G float64 `json:"g"`
	H string  `json:"h"`
	I uintptr `json:"i"`
	J int     `json:"j"`
}

type (
	myString  string
	myInt     int16
	myUint    uint8
	myFloat   float64
	myBool    bool
	myBytes   []byte
	myByte    byte
	myStrings []string
	myAny     any
	myNumber  json.Number
	myRaw     json.RawMessage
	myMap     map[string]any
	myPointer *int
)

type named struct {
	A myString   `json:"a"`
	B myInt      `json:"b"`
	C myUint     `json:"c"`
	D myFloat    `json:"d"`
	E myBool     `json:"e"`
	F myBytes    `json:"f"`
	G []myByte   `json:"g"`
	H myStrings  `json:"h"`
	I myAny      `json:"i"`
	J []myString `json:"j"`
}

type containers struct {
	A []int            `json:"a"`
	B [2]string        `json:"b"`
	C map[string]int   `json:"c"`
	D []string         `json:"d"`
	E []byte           `json:"e"`
	F [3]byte          `json:"f"`
	G map[string][]any `json:"g"`
	H [][]string       `json:"h"`
	I []any            `json:"i"`
	J map[string]any   `json:"j"`
}

type pointers struct {
	A *int             `json:"a"`
	B **string         `json:"b"`
	C *[]string        `json:"c"`
	D *map[string]*int `json:"d"`
	E *any             `json:"e"`
	F *scalars         `json:"f"`
	G []*bool          `json:"g"`
	H *[1]*float64     `json:"h"`
	I myPointer        `json:"i"`
	J *json.Number     `json:"j"`
}

type standard struct {
	A json.Number                `json:"a"`
	B json.RawMessage            `json:"b"`
	C *json.RawMessage           `json:"c"`
	D any                        `json:"d"`
	E []json.Number              `json:"e"`
	F map[string]json.RawMessage `json:"f"`
	G time.Time                  `json:"g"`
	H *time.Time                 `json:"h"`
	I netip.Addr                 `json:"i"`
	J *big.Int                   `json:"j"`
}

type standardNames struct {
	A myNumber             `json:"a"`
	B myRaw                `json:"b"`
	C myMap                `json:"c"`
	D map[myString]any     `json:"d"`
	E map[string]myAny     `json:"e"`
	F []json.RawMessage    `json:"f"`
	G error                `json:"g"`
	H map[string]time.Time `json:"h"`
	I []netip.Addr         `json:"i"`
	J big.Int              `json:"j"`
}

type keys struct {
	A map[int8]int         `json:"a"`
	B map[uint16]string    `json:"b"`
	C map[myInt]any        `json:"c"`
	D map[textKey]int      `json:"d"`
	E map[netip.Addr]int   `json:"e"`
	F map[jsonKey]string   `json:"f"`
	I map[textString]int   `json:"i"`
	J map[uintptr]*scalars `json:"j"`
}

type options struct {
	A int       `json:"a,omitempty"`
	B string    `json:"b,omitempty"`
	C []int     `json:"c,omitempty"`
	D *int      `json:"d,omitempty"`
	E any       `json:"e,omitempty"`
	F time.Time `json:"f,omitzero"`
	G [0]int    `json:"g,omitempty"`
	H scalars   `json:"h,omitzero"`
	I int       `json:"-"`
	J int       `json:"-,"`
}

type zeros struct {
	A zeroByValue    `json:"a,omitzero"`
	B *zeroByValue   `json:"b,omitzero"`
	C zeroByPointer  `json:"c,omitzero"`
	D *zeroByPointer `json:"d,omitzero"`
	E zeroer         `json:"e,omitzero"`
	F map[string]int `json:"f,omitzero"`
	G []int          `json:"g,omitzero,omitempty"`
	H struct{}       `json:"h,omitzero"`
	I any            `json:"i,omitzero"`
	J func()         `json:"j,omitzero"`
}

type selfmade struct {
	A jsonValue    `json:"a"`
	B *jsonValue   `json:"b"`
	C jsonPointer  `json:"c"`
	D *jsonPointer `json:"d"`
	E textValue    `json:"e"`
	F *textValue   `json:"f"`
	G textPointer  `json:"g"`
	H *textPointer `json:"h"`
	I both         `json:"i"`
	J *both        `json:"j"`
}

type selfmadeParts struct {
	A []jsonPointer          `json:"a"`
	B [2]jsonPointer         `json:"b"`
	C map[string]jsonPointer `json:"c"`
	D []textPointer          `json:"d"`
	E map[string]textValue   `json:"e"`
	F []textByte             `json:"f"`
	G jsonMap                `json:"g"`
	H textSlice              `json:"h"`
	I mixed                  `json:"i"`
	J *mixed                 `json:"j"`
}

type codecs struct {
	A code                `json:"a"`
	B *code               `json:"b"`
	C []code              `json:"c"`
	D map[string]code     `json:"d"`
	E code                `json:"e,omitzero"`
	F *code               `json:"f,omitempty"`
	G [1]code             `json:"g"`
	H map[string]*code    `json:"h"`
	I struct{ J code }    `json:"i"`
	J map[string][]string `json:"j"`
}

type inner struct {
	A int    `json:"a"`
	B string `json:"b"`
	C []int
}

type Shown struct {
	C string `json:"c"`
	D int    `json:"d,omitempty"`
	H any
}

type hiddenPointer struct {
	I int `json:"i"`
}

type embedding struct {
	inner
	*Shown
	B int `json:"b"`
	E struct {
		inner
		F *inner `json:"f"`
	} `json:"e"`
	*hiddenPointer
}

type taggedEmbedding struct {
	inner   `json:"a"`
	*Shown  `json:"b"`
	Renamed `json:"c"`
	Zeroed  *Shown `json:"d"`
	error
	myInt `json:"e"`
	MyInt
}

type (
	Renamed struct{ A, B int }
	MyInt   int
)

type node struct {
	A int              `json:"a"`
	B *node            `json:"b"`
	C []node           `json:"c"`
	D map[string]node  `json:"d"`
	E map[string]*node `json:"e"`
	F []*node          `json:"f"`
	G any              `json:"g"`
	H [1]*node         `json:"h"`
}

type (
	tree   map[string]tree
	forest []forest
)

type selfmadeTop struct{ text string }

func (s *selfmadeTop) UnmarshalJSON(b []byte) error { s.text = string(b); return nil }
func (s selfmadeTop) MarshalJSON() ([]byte, error)  { return []byte(s.text), nil }

type selfmadeMap map[string]int

func (s *selfmadeMap) UnmarshalJSON(b []byte) error { *s = selfmadeMap{string(b): len(b)}; return nil }

// keep is what the methods below decode: the text that they were given.
func keep(dst *string, b []byte) error {
	*dst = string(b)
	if strings.Contains(*dst, "!") {
		return errors.New("refused")
	}
	clear(b) // the text is theirs
	return nil
}

type jsonValue struct{ text string }

func (v *jsonValue) UnmarshalJSON(b []byte) error { return keep(&v.text, b) }
func (v jsonValue) MarshalJSON() ([]byte, error)  { return orNull(v.text), nil }

type jsonPointer struct{ Text string }

func (v *jsonPointer) UnmarshalJSON(b []byte) error { return keep(&v.Text, b) }
func (v *jsonPointer) MarshalJSON() ([]byte, error) { return orNull(v.Text), nil }

func orNull(s string) []byte {
	if !json.Valid([]byte(s)) {
		return []byte("  null ")
	}
	return []byte(" " + s + "\n")
}

type textValue struct{ text string }

func (v *textValue) UnmarshalText(b []byte) error { return keep(&v.text, b) }
func (v textValue) MarshalText() ([]byte, error)  { return []byte(v.text), nil }

type textPointer struct{ Text string }

func (v *textPointer) UnmarshalText(b []byte) error { return keep(&v.Text, b) }
func (v *textPointer) MarshalText() ([]byte, error) { return []byte(v.Text), nil }

type both struct{ Text string }

func (v *both) UnmarshalJSON(b []byte) error { return keep(&v.Text, b) }
func (v *both) UnmarshalText(b []byte) error { return errors.New("UnmarshalJSON comes first") }
func (v *both) MarshalJSON() ([]byte, error) { return orNull(v.Text), nil }
func (v both) MarshalText() ([]byte, error)  { return []byte("text " + v.Text), nil }

// mixed has its text method on the value and its JSON method on the pointer.
type mixed struct{ Text string }

func (v *mixed) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, "json"), nil }
func (v mixed) MarshalText() ([]byte, error)  { return []byte("text"), nil }

type jsonInt int

func (v *jsonInt) UnmarshalJSON(b []byte) error { *v = jsonInt(len(b)); return nil }

type textInt int

func (v *textInt) UnmarshalText(b []byte) error { *v = textInt(len(b)); return nil }

type textByte byte

func (v *textByte) UnmarshalText(b []byte) error { *v = textByte(len(b)); return nil }
func (v textByte) MarshalText() ([]byte, error)  { return []byte{'a' + byte(v)%26}, nil }

type jsonMap map[string]int

func (v jsonMap) MarshalJSON() ([]byte, error) {
	return []byte(`{"size": ` + strconv.Itoa(len(v)) + `}`), nil
}

type textSlice []int

func (v textSlice) MarshalText() ([]byte, error) { return []byte(strconv.Itoa(len(v))), nil }

type textKey struct{ text string }

func (k *textKey) UnmarshalText(b []byte) error { return keep(&k.text, b) }
func (k textKey) MarshalText() ([]byte, error)  { return []byte(k.text), nil }

type jsonKey struct{ text string }

func (k *jsonKey) UnmarshalJSON(b []byte) error { k.text = "json " + string(b); return nil }
func (k *jsonKey) UnmarshalText(b []byte) error { return errors.New("UnmarshalJSON comes first") }
func (k jsonKey) MarshalText() ([]byte, error)  { return []byte(k.text), nil }

type textString string

func (k *textString) UnmarshalText(b []byte) error { *k = textString("text " + string(b)); return nil }

type zeroer interface{ IsZero() bool }

type zeroByValue struct{ N int }

func (z zeroByValue) IsZero() bool { return z.N == 1 }

type zeroByPointer struct{ N int }

func (z *zeroByPointer) IsZero() bool { return z.N == 1 }

// code has both a Codec and JSON methods that do the same.
type code struct{ n int64 }

func (c code) IsZero() bool { return c.n == 0 }

func (c *code) UnmarshalJSON(b []byte) error { return decodeCode(string(b), c) }
func (c code) MarshalJSON() ([]byte, error)  { return appendCode(nil, &c) }

func decodeCode(raw string, dst any) error {
	if raw == "null" {
		return nil
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	dst.(*code).n = n
	return err
}

func codeOf(v any) code {
	if p, ok := v.(*code); ok {
		return *p
	}
	return v.(code)
}

func appendCode(dst []byte, v any) ([]byte, error) {
	n := codeOf(v).n
	if n < 0 {
		return dst, errors.New("negative")
	}
	return strconv.AppendInt(dst, n, 10), nil
}

func codecFor(t reflect.Type) *jsonplan.Codec {
	if t == reflect.TypeFor[code]() {
		return &jsonplan.Codec{Decode: decodeCode, Append: appendCode}
	}
	return nil
}

// newCache watches the members a to g, whose values may be anything but null and objects.
func newCache() *jsonplan.Cache {
	return &jsonplan.Cache{CodecFor: codecFor, Watch: watch, Legal: legal}
}

func watch(name string) uint8 {
	if len(name) == 1 && name[0] >= 'a' && name[0] <= 'g' {
		return 1 << (name[0] - 'a')
	}
	return 0
}

func legal(_ uint8, text []byte) bool { return text[0] != 'n' && text[0] != '{' }

// targets are the types that the comparisons with encoding/json use.
func targets() []reflect.Type {
	return append(quirks(),
		reflect.TypeFor[scalars](), reflect.TypeFor[named](), reflect.TypeFor[containers](), reflect.TypeFor[pointers](),
		reflect.TypeFor[standard](), reflect.TypeFor[standardNames](), reflect.TypeFor[keys](), reflect.TypeFor[options](),
		reflect.TypeFor[zeros](), reflect.TypeFor[selfmade](), reflect.TypeFor[selfmadeParts](),
		reflect.TypeFor[codecs](), reflect.TypeFor[embedding](), reflect.TypeFor[taggedEmbedding](), reflect.TypeFor[node](),
		reflect.TypeFor[tree](), reflect.TypeFor[any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[myMap](),
		reflect.TypeFor[map[string]string](), reflect.TypeFor[map[string]scalars](), reflect.TypeFor[map[textKey]any](),
		reflect.TypeFor[*scalars](), reflect.TypeFor[**containers](), reflect.TypeFor[*map[string]*node](),
		reflect.TypeFor[selfmadeTop](), reflect.TypeFor[*selfmadeTop](), reflect.TypeFor[selfmadeMap](),
		reflect.TypeFor[json.RawMessage](), reflect.TypeFor[*any](), reflect.TypeFor[myAny](),
		reflect.TypeFor[map[string]map[int]forest](), reflect.TypeFor[struct{ scalars }](), reflect.TypeFor[struct{}](),
		reflect.TypeFor[secretive](), reflect.TypeFor[Loop](), reflect.TypeFor[Ping](),
	)
}

// decode decodes a document, which must be strict, with a plan.
func decode(c *jsonplan.Cache, doc string, dst reflect.Value) error {
	var s strictjson.Scanner
	members, err := s.Object(doc)
	if err != nil {
		return err
	}
	d, err := c.Decoder(dst.Type())
	if err != nil {
		return err
	}
	return d.Decode(doc, members, jsonplan.Known{}, dst)
}

func decodeInto[T any](doc string) (v T, err error) {
	err = decode(newCache(), doc, reflect.ValueOf(&v).Elem())
	return v, err
}

// stdDecode is decode by encoding/json, whose second implementation panics on some texts with the
// option "string".
func stdDecode(doc string, dst reflect.Value) (err error) {
	defer func() {
		if r := recover(); r != nil && jsonv2 {
			err = fmt.Errorf("panic: %v", r)
		} else if r != nil {
			panic(r)
		}
	}()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	return d.Decode(dst.Addr().Interface())
}

// stdEncode is Append by encoding/json.
func stdEncode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
