package jsonplan_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

// scalarTypes are all kinds that have no parts, and types that take several kinds of values.
var scalarTypes = append(undecodable(),
	reflect.TypeFor[bool](), reflect.TypeFor[string](), reflect.TypeFor[json.Number](), reflect.TypeFor[any](), reflect.TypeFor[[]byte](),
	reflect.TypeFor[int](), reflect.TypeFor[int8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](), reflect.TypeFor[int64](),
	reflect.TypeFor[uint](), reflect.TypeFor[uint8](), reflect.TypeFor[uint16](), reflect.TypeFor[uint32](), reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[*int](), reflect.TypeFor[**string](), reflect.TypeFor[myString](), reflect.TypeFor[myUint](),
	reflect.TypeFor[error](), reflect.TypeFor[json.RawMessage](),
)

// scalarTexts are JSON values at and beyond the bounds of the types, and what looks like one of
// them.
func scalarTexts() []string {
	texts := []string{"null", "true", "false", `"x"`, `""`, `"true"`, `"YQ=="`, `"YQ"`, "[]", "{}", "[1]", `{"a":1}`}
	for _, s := range []string{
		"0", "-0", "1", "-1", "1.0", "1.5", "-1.5", "1e0", "1E2", "1e-2", "9", "10", "99",
		"127", "128", "-128", "-129", "255", "256", "32767", "32768", "-32768", "-32769", "65535", "65536",
		"2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
		"3.4028235e38", "3.4028236e38", "-3.5e38", "1e-46", "1.7976931348623157e308", "1.7976931348623159e308", "-1e309", "5e-324", "1e-400",
	} {
		if texts = append(texts, s); len(s) < 4 {
			texts = append(texts, `"`+s+`"`)
		}
	}
	return append(texts, `" 1"`, `"1 "`, `"\t1"`, `"1\n"`, `"!1"`, `"1!"`, `"!"`, `"01"`, `"+1"`, `"1."`, `".5"`, `"1x"`, `"[1]"`, `"NaN"`, `"0x1"`, `"1_0"`, `"-"`, `" "`, `"\u0031"`)
}

// around are types that hold one of another type, and texts that hold one.
func around(t reflect.Type) map[string]reflect.Type {
	pair := reflect.StructOf([]reflect.StructField{{Name: "V", Type: t, Tag: `json:"v"`}, {Name: "W", Type: t, Tag: `json:"w"`}})
	name := reflect.TypeFor[string]()
	return map[string]reflect.Type{
		`{"w": % ,"v":%}`:                     pair,
		`{"x":{"w": % ,"v":%},"y":{"v":%}}`:   reflect.MapOf(name, pair),
		`{"k":[%, % ,%],"":[ % ]}`:            reflect.MapOf(name, reflect.SliceOf(t)),
		`{"j":[[%,%,%],[%]],"k":[[ ],[%,%]]}`: reflect.MapOf(name, reflect.SliceOf(reflect.ArrayOf(2, t))),
	}
}

// TestEveryScalarAnywhereDecodesAsInTheStandardLibrary: each kind of value, as any kind of type, in
// any kind of container.
func TestEveryScalarAnywhereDecodesAsInTheStandardLibrary(t *testing.T) {
	accepted := 0
	for _, scalar := range scalarTypes {
		for pattern, target := range around(scalar) {
			for _, text := range scalarTexts() {
				accepted += boolean(compareDecode(t, target, strings.ReplaceAll(pattern, "%", text)))
			}
		}
	}
	require.Greater(t, accepted, 2000)
}

// TestSeedsInsideOtherValues: what is in an element or a member ends where it should, so that the
// next one is read as well.
func TestSeedsInsideOtherValues(t *testing.T) {
	accepted := 0
	for _, target := range targets() {
		for pattern, outer := range around(target) {
			for _, doc := range seeds {
				accepted += boolean(compareDecode(t, outer, strings.ReplaceAll(pattern, "%", doc)))
			}
		}
	}
	require.Greater(t, accepted, 1000)
}

// TestOptionStringTakesWhatTheStandardLibraryTakesIfItIsJSON: text that is not exactly one JSON
// value is refused, and for any other the standard library is right.
func TestOptionStringTakesWhatTheStandardLibraryTakesIfItIsJSON(t *testing.T) {
	inner := append(scalarTexts(), "", " ", " 1", "1 ", "\t1", "1\r", " true ", ` "x"`, `"x" `, "null ", "007", "+1", "-Inf", "NaN", "0x1p-2", "1_000", "tru", `"`, `"\'"`, "1,", "!1", "1!", "\x00", "é")
	for _, scalar := range append(scalarTypes, reflect.TypeFor[[]int](), reflect.TypeFor[myPointer](), reflect.TypeFor[struct{ X int }]()) {
		kind := scalar.Kind()
		if kind == reflect.Pointer && scalar.Name() == "" {
			kind = scalar.Elem().Kind()
		}
		option := kind == reflect.Bool || kind == reflect.String || kind >= reflect.Int && kind <= reflect.Float64
		target := reflect.StructOf([]reflect.StructField{{Name: "V", Type: scalar, Tag: `json:"v,string"`}, {Name: "W", Type: reflect.TypeFor[int](), Tag: `json:"w"`}})
		check := func(text string, strict bool) {
			doc := `{"v":` + text + `,"w":1}`
			want := reflect.New(target).Elem()
			stdErr := stdDecode(doc, want)
			for _, where := range []struct{ before, after string }{{"", ""}, {`{"x":`, "}"}} {
				outer := target
				if where.before != "" {
					outer = reflect.MapOf(reflect.TypeFor[string](), target)
				}
				got := reflect.New(outer).Elem()
				err := decode(shared, where.before+doc+where.after, got)
				if option && !strict {
					require.ErrorContains(t, err, `the option "string" wants a string with the value in it`, "%v %s", scalar, doc)
					continue
				}
				if jsonv2 { // its rules for the option are its own
					continue
				}
				require.Equal(t, stdErr == nil, err == nil, "%v %s: %v, %v", scalar, doc, err, stdErr)
				if where.before != "" && err == nil {
					got = got.MapIndex(reflect.ValueOf("x"))
				}
				if err == nil {
					require.Equal(t, want.Interface(), got.Interface(), "%v %s", scalar, doc)
				}
			}
		}
		for _, text := range scalarTexts() {
			strict := text == "null"
			if text[0] == '"' {
				strict = exactlyJSON(text[1 : len(text)-1])
			}
			if !strings.Contains(text, `\`) {
				check(text, strict)
			}
		}
		for _, text := range inner {
			check(quote(text), exactlyJSON(text))
		}
	}
}

// exactlyJSON reports whether a text is one JSON value without anything around it.
func exactlyJSON(text string) bool {
	var s strictjson.Scanner
	_, err := s.Value(text)
	return err == nil && strings.TrimSpace(text) == text
}

// growing keeps what it had, and adds to it.
type growing struct{ text string }

func (g *growing) UnmarshalText(b []byte) error { g.text += string(b); return nil }
func (g growing) MarshalText() ([]byte, error)  { return []byte(g.text), nil }

type growingJSON struct{ growing }

func (g *growingJSON) UnmarshalJSON(b []byte) error { return g.UnmarshalText(b) }

// TestErrorsOfParts: an error names where the value was, its kind, and the Go type that it was for.
func TestErrorsOfParts(t *testing.T) {
	for _, test := range []struct {
		target any
		doc    string
		path   string
		typ    reflect.Type
		kind   strictjson.Kind
	}{
		{new(struct{ A, B []string }), `{"A":["x","y"],"B":["z",[]]}`, "B[1]", reflect.TypeFor[string](), strictjson.Array},
		{new(struct{ A, B []string }), `{"A":["x","y"],"B":["z",null,"",true]}`, "B[3]", reflect.TypeFor[string](), strictjson.True},
		{new(struct{ A []int }), `{"A":[1,2,{}]}`, "A[2]", reflect.TypeFor[int](), strictjson.Object},
		{new(struct{ A [2]map[string]int8 }), `{"A":[{},{"x":1,"y":300}]}`, "A[1].y", reflect.TypeFor[int8](), strictjson.Number},
		{new(struct{ A [][]string }), `{"A":[["x"],["y",1]]}`, "A[1][1]", reflect.TypeFor[string](), strictjson.Number},
		{new(struct{ A **bool }), `{"A":"x"}`, "A", reflect.TypeFor[bool](), strictjson.String},
		{new(map[int]string), `{"1":"x","x":"y"}`, "x", reflect.TypeFor[int](), strictjson.String},
		{new(map[uint8]string), `{"255":"x","256":"y"}`, "256", reflect.TypeFor[uint8](), strictjson.String},
		{new(map[string]float32), `{"a":1,"b":1e39}`, "b", reflect.TypeFor[float32](), strictjson.Number},
		{new(map[string]float64), `{"a":1,"b":-1e309}`, "b", reflect.TypeFor[float64](), strictjson.Number},
		{new(map[string]json.Number), `{"a":"1","b":"1 "}`, "b", reflect.TypeFor[json.Number](), strictjson.String},
		{new(secretive), `{"j":1}`, "j", reflect.TypeFor[int](), strictjson.Number},
		{new(struct {
			*hiddenOuter
			Open int
		}), `{"j":null}`, "j", reflect.TypeFor[int](), strictjson.Null},
		{new(struct {
			*hiddenPointer `json:"p"`
			Open           int
		}), `{"p":{"i":1}}`, "p", reflect.TypeFor[*hiddenPointer](), strictjson.Object},
	} {
		err := decode(newCache(), test.doc, reflect.ValueOf(test.target).Elem())
		var decodeError *jsonplan.DecodeError
		require.ErrorAs(t, err, &decodeError, test.doc)
		require.Equal(t, []any{test.path, test.typ, test.kind}, []any{decodeError.Path, decodeError.Type, decodeError.Kind}, test.doc)
		require.NoError(t, decodeError.Err)
	}
}

// TestPathsAreCut: of a name, and of a path in a message, 64 bytes are left, and 256 of the words
// of a method's error.
func TestPathsAreCut(t *testing.T) {
	for n, cut := range map[int]bool{63: false, 64: false, 65: true, 200: true} {
		name := strings.Repeat("n", n)
		shown := name
		if cut {
			shown = name[:64] + "…"
		}
		err := decode(newCache(), `{"`+name+`":"x"}`, reflect.ValueOf(new(map[string]int)).Elem())
		require.EqualError(t, err, `claim `+excerpt.Quote(name)+`: cannot decode a string into a Go int`)
		require.Equal(t, shown, err.(*jsonplan.DecodeError).Path)
		err = decode(newCache(), `{"x":{"`+name+`":"x"}}`, reflect.ValueOf(new(map[string]map[string]int)).Elem())
		require.Equal(t, "x."+shown, err.(*jsonplan.DecodeError).Path)
		require.EqualError(t, err, `claim `+excerpt.Quote("x."+name)+`: cannot decode a string into a Go int`)
	}
	for n, cut := range map[int]bool{255: false, 256: false, 257: true, 1000: true} {
		message := strings.Repeat("m", n)
		shown := message
		if cut {
			shown = message[:256] + "…"
		}
		err := decode(newCache(), `{"w":"`+message+`"}`, reflect.ValueOf(new(struct {
			W wordy `json:"w"`
		})).Elem())
		require.EqualError(t, err, `claim "w": cannot decode a string into a Go jsonplan_test.wordy: `+shown)
		var w wordy
		require.ErrorAs(t, err, &w)
	}
	for message, shown := range map[string]string{
		strings.Repeat("é", 200): strings.Repeat("é", 128) + "…", "m" + strings.Repeat("é", 200): "m" + strings.Repeat("é", 127) + "…",
		strings.Repeat("\x80", 300): "…",
	} {
		err := &jsonplan.DecodeError{Type: reflect.TypeFor[wordy](), Kind: strictjson.Null, Err: wordy(message)}
		require.EqualError(t, err, `cannot decode null into a Go jsonplan_test.wordy: `+shown, "without a path there is no claim to name")
	}
}

// wordy is both a value and the error of decoding it.
type wordy string

func (w *wordy) UnmarshalText(b []byte) error { return wordy(b) }
func (w wordy) Error() string                 { return string(w) }

// TestCodecsComeFirst: a Codec is asked for any type, with a name and methods or without, wherever
// it stands, and also about null.
func TestCodecsComeFirst(t *testing.T) {
	type plain struct{ n int }
	lists, plains := []string{}, []string{}
	cache := &jsonplan.Cache{CodecFor: func(t reflect.Type) *jsonplan.Codec {
		switch t {
		case reflect.TypeFor[[]int]():
			return &jsonplan.Codec{Decode: func(raw string, dst any) error {
				lists = append(lists, raw)
				*dst.(*[]int) = []int{len(raw)}
				return nil
			}}
		case reflect.TypeFor[plain]():
			return &jsonplan.Codec{Decode: func(raw string, dst any) error {
				plains = append(plains, raw)
				dst.(*plain).n = len(raw)
				return nil
			}}
		}
		return nil
	}}
	var got struct {
		A []int
		B [][]int
		C map[string][]int
		D plain
		E [1]plain
		F *plain
	}
	require.NoError(t, decode(cache, `{"A": 1 ,"B":[22,null],"C":{"x":"333"},"D":{ } ,"E":[null],"F":[[ ]]}`, reflect.ValueOf(&got).Elem()))
	require.Equal(t, []string{"1", "22", "null", `"333"`}, lists)
	require.Equal(t, []string{"{ }", "null", "[[ ]]"}, plains)
	require.Equal(t, []int{1}, got.A)
	require.Equal(t, [][]int{{2}, {4}}, got.B)
	require.Equal(t, map[string][]int{"x": {5}}, got.C)
	require.Equal(t, []any{plain{3}, [1]plain{{4}}, plain{5}}, []any{got.D, got.E, *got.F})
}
