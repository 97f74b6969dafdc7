package jsonplan_test

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"
)

var seeds = []string{
	`{}`, ` { } `, `{"a":null,"b":null,"c":null,"d":null,"e":null,"f":null,"g":null,"h":null,"i":null,"j":null,"C":null}`,
	`{"a":true,"b":-128,"c":9223372036854775807,"d":65535,"e":18446744073709551615,"f":3.4e38,"g":5e-324,"h":"\u00e9","i":1,"j":-0}`,
	`{"a":128,"b":128,"c":1e3,"d":-1,"e":1.0,"f":1e39,"g":1e400,"h":1,"i":-1,"j":9223372036854775808}`,
	`{"a":[1,2,3],"b":["x","y","z"],"c":{"k":1},"d":["r",null,"s"],"e":"YWJj","f":[1,2],"g":{"k":[1,"x"]},"h":[["a"],[]],"i":[{}],"j":{"k":[[]]}}`,
	`{"a":[],"b":[],"c":{},"d":[],"e":[1,2,3],"f":"YQ==","g":{},"h":[],"i":[],"j":{}}`,
	`{"a":1,"b":"s","c":["x"],"d":{"k":null,"l":2},"e":[1],"f":{"a":true,"h":"x"},"g":[true,null],"h":[1.5],"i":7,"j":"12"}`,
	`{"a":1e5,"b": {"x" : [1, 2]} ,"c":[1, 2],"d":{"x":[1,{"y":null}]},"e":[1,-2.5],"f":{"k": 1},"g":"2020-01-02T03:04:05Z","h":"2020-01-02T03:04:05.5+01:00","i":"::1","j":123456789012345678901234567890}`,
	`{"a":{"1":1,"-5":2},"b":{"7":"x"},"c":{"3":[]},"d":{"k":1,"l":2},"e":{"::1":1},"f":{"k":"x"},"i":{"k":1},"j":{"9":{"a":true}}}`,
	`{"a":{"1":1,"01":2},"b":{"+7":"x"},"c":{"300000":1}}`,
	`{"a":"5","b":"\"5\"","c":"true","d":"\"x\"","e":"1.5","f":"\"\\u0041\"","g":[1],"h":"[1, 2]","i":"\"abc\"","j":1}`,
	`{"a":"","b":"null","c":"yes","d":"x","e":"1e","f":"null","h":" 1","i":"1"}`,
	`{"a":"007"}`, `{"e":"-Inf"}`, `{"e":"0x1p-2"}`, `{"d":"\"\\'\""}`,
	`{"a": [1 , 2] ,"b":null,"c":"x","d":{"e":[]},"e":"x","f":"y","g":"\n","h":"\u2028","i":{},"j":1}`,
	`{"a":"!"}`, `{"e":"!"}`, `{"d":{"!":1}}`, `{"a":1,"b":2,"c":"x","d":3,"C":[1],"H":{},"i":1}`,
	`{"a":{"a":1,"b":{"a":2,"c":[{"a":3}]},"d":{"x":{"a":4}}},"b":{"a":5,"b":null,"c":[],"e":{"y":{"a":6}}}}`,
	`{"a":{"x":1,"y":2,"z":3},"b":{"x":1,"y":2,"z":3}}`, `{"c":{"A":1},"d":{"A":2},"h":5}`,
	`{"":{"":{}}}`, `{"a\u0062":1,"\u0061":2,"\ud83d\ude00":3}`, `{"a":[[[[[[]]]]]],"b":{"c":{"d":{"e":{}}}}}`,
	`{"-":1,"A":1}`, `{"I":1,"-":5}`,
}

var words = []string{"", "a", "x y", "é", "日本", "\u2028\u2029", "\x00\x1f\x7f", `"\/`, "<&>", "😀", "null", "true", "1", "-1.5", "2020-01-02T03:04:05Z", "::1", "YWJj", "\uFFFD", "!"}

var numbers = []string{"0", "-0", "1", "-1", "127", "255", "1.5", "1e2", "-1e-7", "9007199254740993", "18446744073709551615", "1e21", "1528560773.5386891"}

func word(r *rand.Rand) string   { return words[r.IntN(len(words))] }
func number(r *rand.Rand) string { return numbers[r.IntN(len(numbers))] }

func name(r *rand.Rand) string {
	if r.IntN(12) == 0 {
		return []string{"C", "H", "-", "k", "1", "22", "a", "c", "g", word(r)}[r.IntN(10)]
	}
	return string(rune('a' + r.IntN(10)))
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func space(r *rand.Rand) string { return []string{"", "", "", " ", "\n\t"}[r.IntN(5)] }

func randomObject(r *rand.Rand, depth int) string {
	var b strings.Builder
	b.WriteString("{" + space(r))
	seen := map[string]bool{}
	for range r.IntN(5) {
		name := name(r)
		if seen[name] {
			continue
		}
		if len(seen) > 0 {
			b.WriteString("," + space(r))
		}
		seen[name] = true
		b.WriteString(quote(name) + space(r) + ":" + space(r) + randomJSON(r, depth-1) + space(r))
	}
	return b.String() + "}"
}

func randomJSON(r *rand.Rand, depth int) string {
	switch kind := r.IntN(9); {
	case kind == 0:
		return "null"
	case kind == 1:
		return strconv.FormatBool(r.IntN(2) == 0)
	case kind <= 3:
		return number(r)
	case kind <= 5 || depth <= 0:
		return quote(word(r))
	case kind <= 7:
		return randomObject(r, depth)
	}
	var elements []string
	for range r.IntN(4) {
		elements = append(elements, randomJSON(r, depth-1))
	}
	return "[" + space(r) + strings.Join(elements, space(r)+","+space(r)) + "]"
}

// fill puts random values into v, and nothing into what it can't set.
func fill(r *rand.Rand, v reflect.Value, depth int) {
	if !v.CanSet() || r.IntN(8) == 0 {
		return
	}
	if special(r, v) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(r.Uint64() >> r.IntN(64))
	case reflect.Float32, reflect.Float64:
		v.SetFloat([]float64{0, 1, -1.5, 1e20, 1e21, 1e-6, 9.9e-7, float64(r.Uint32()) / 16, math.Float64frombits(r.Uint64()), float64(math.Float32frombits(r.Uint32()))}[r.IntN(10)])
	case reflect.String:
		v.SetString(word(r))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), depth)
		}
	default:
		if depth > 0 {
			fillParts(r, v, depth-1)
		}
	}
}

func fillParts(r *rand.Rand, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Array:
		for i := range v.Len() {
			fill(r, v.Index(i), depth)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), r.IntN(4), 4))
		for i := range v.Len() {
			fill(r, v.Index(i), depth)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(4) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(r, key, depth)
			fill(r, elem, depth)
			v.SetMapIndex(key, elem)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(r, v.Elem(), depth)
	case reflect.Interface:
		if x := reflect.ValueOf(randomAny(r, depth)); x.IsValid() && x.Type().AssignableTo(v.Type()) {
			v.Set(x)
		}
	}
}

// special fills the types whose fields can't be set or whose values are a language of their own.
func special(r *rand.Rand, v reflect.Value) bool {
	switch p := v.Addr().Interface().(type) {
	case *json.Number:
		*p = json.Number(number(r))
	case *json.RawMessage:
		*p = json.RawMessage(randomJSON(r, 2))
	case *time.Time:
		*p = time.Unix(r.Int64N(1<<32), r.Int64N(1e9)).UTC()
	case *netip.Addr:
		*p = netip.AddrFrom4([4]byte{1, byte(r.Uint32())})
	case *big.Int:
		p.SetUint64(r.Uint64())
	case *jsonValue:
		p.text = randomJSON(r, 2)
	case *jsonPointer:
		p.Text = randomJSON(r, 2)
	case *both:
		p.Text = randomJSON(r, 2)
	case *selfmadeTop:
		p.text = randomObject(r, 2)
	case *textValue:
		p.text = word(r)
	case *textKey:
		p.text = word(r)
	case *jsonKey:
		p.text = word(r)
	case *code:
		p.n = r.Int64N(1 << 40)
	default:
		return false
	}
	return true
}

func randomAny(r *rand.Rand, depth int) any {
	var v reflect.Value
	switch r.IntN(8) {
	case 0:
		return nil
	case 1:
		return word(r)
	case 2:
		return []any{true, 1, int64(-2), 2.5, json.Number("1e3"), float32(0.1), uint8(7), []string{"x"}, myString("m"), &zeroByValue{1}}[r.IntN(10)]
	case 3:
		v = reflect.New(reflect.TypeFor[map[string]any]())
	case 4:
		v = reflect.New(reflect.TypeFor[[]any]())
	default:
		types := targets()
		v = reflect.New(types[r.IntN(len(types))])
	}
	fill(r, v.Elem(), depth)
	if r.IntN(2) == 0 {
		return v.Interface()
	}
	return v.Elem().Interface()
}
