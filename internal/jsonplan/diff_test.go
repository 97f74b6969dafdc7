package jsonplan_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/strictjson"
)

// shared has all plans that the comparisons need.
var shared = newCache()

// FuzzDecodeLikeStandardLibrary: whatever the document and the type, a plan accepts and gives what
// encoding/json does, and writes the result again as encoding/json does.
func FuzzDecodeLikeStandardLibrary(f *testing.F) {
	for _, doc := range seeds {
		f.Add(doc)
	}
	types := targets()
	f.Fuzz(func(t *testing.T, doc string) {
		for _, target := range types {
			compareDecode(t, target, doc)
		}
	})
}

// FuzzEncodeLikeStandardLibrary: whatever is in a value, a plan writes what encoding/json does.
func FuzzEncodeLikeStandardLibrary(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	types := targets()
	f.Fuzz(func(t *testing.T, a, b uint64) {
		r := rand.New(rand.NewPCG(a, b))
		for _, target := range types {
			v := reflect.New(target)
			fill(r, v.Elem(), 4)
			compareEncode(t, v)
		}
	})
}

func TestRandomDocumentsDecodeLikeStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	rounds := 120
	accepted := 0
	for range rounds {
		doc := randomObject(r, 3)
		for _, target := range targets() {
			if compareDecode(t, target, doc) {
				accepted++
			}
		}
		for _, target := range targets() {
			// What the type itself writes fits more of its fields than a document made without it.
			v := reflect.New(target)
			fill(r, v.Elem(), 3)
			if text, err := stdEncode(v.Interface()); err == nil && compareDecode(t, target, text) {
				accepted++
			}
		}
	}
	require.Greater(t, accepted, rounds*20, "too few documents fit")
}

func TestRandomValuesEncodeLikeStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	rounds := 120
	accepted := 0
	for range rounds {
		for _, target := range targets() {
			v := reflect.New(target)
			fill(r, v.Elem(), 4)
			if compareEncode(t, v) {
				accepted++
			}
		}
	}
	require.Greater(t, accepted, rounds*20, "too few values can be encoded")
}

// compareDecode reports whether both decoders accepted the document.
func compareDecode(t *testing.T, target reflect.Type, doc string) bool {
	var s strictjson.Scanner
	if _, err := s.Object(doc); err != nil || folds(target, doc) {
		return false
	}
	got, want := reflect.New(target).Elem(), reflect.New(target).Elem()
	err, stdErr := decode(shared, doc, got), stdDecode(doc, want)
	if stdErr == nil && err != nil && stricter(err) {
		return false
	}
	if (err == nil) != (stdErr == nil) {
		if jsonv2 { // its rules for the option "string" and for keys with methods are its own
			return false
		}
		t.Fatalf("%v from %q:\n ours: %v\n std:  %v", target, doc, err, stdErr)
	}
	if err != nil {
		return false
	}
	if !reflect.DeepEqual(want.Interface(), got.Interface()) {
		t.Fatalf("%v from %q:\n ours: %#v\n std:  %#v", target, doc, got.Interface(), want.Interface())
	}
	compareEncode(t, got.Addr())
	return true
}

// compareEncode encodes what v points to, by value and by pointer, and reports whether both
// encoders accepted the former.
func compareEncode(t *testing.T, v reflect.Value) bool {
	ok := true
	for _, x := range []any{v.Interface(), v.Elem().Interface()} {
		got, info, err := shared.Append([]byte("before"), x)
		want, stdErr := stdEncode(x)
		if stdErr == nil && err != nil && stricter(err) {
			return false
		}
		if (err == nil) != (stdErr == nil) {
			t.Fatalf("%T %#v:\n ours: %v\n std:  %v", x, x, err, stdErr)
		}
		if ok = err == nil; !ok {
			continue
		}
		if string(got) != "before"+want {
			t.Fatalf("%T:\n ours: %s\n std:  before%s", x, got, want)
		}
		var s strictjson.Scanner
		members, err := s.Object(want)
		if info.Trusted {
			require.NoError(t, err, "%T: %q", x, want)
			requireMarks(t, want, members, info.Marks)
		}
	}
	return ok
}

// requireMarks: the watched members of a trusted document are legal, and all of them are marked.
func requireMarks(t *testing.T, doc string, members []strictjson.Member, marks uint8) {
	var want uint8
	for _, m := range members {
		if mark := watch(m.Name(doc)); mark != 0 {
			want |= mark
			require.True(t, legal(mark, []byte(m.Raw(doc))), doc)
		}
	}
	require.Equal(t, want, marks, doc)
}

// stricter tells the errors for what only encoding/json accepts, as the package documentation lists
// it.
func stricter(err error) bool {
	for _, reason := range []string{`the option "string"`, "same key", "same text", "nested too deeply", "UTF-8", "lone surrogate"} {
		if strings.Contains(err.Error(), reason) {
			return true
		}
	}
	return false
}

// folds reports whether a name in the document is like that of a field but for its case.
func folds(target reflect.Type, doc string) bool {
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber() // it would stop at a number beyond float64
	var names []string
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if s, ok := token.(string); ok {
			names = append(names, s)
		}
	}
	for _, field := range fieldNames(target, map[reflect.Type]bool{}) {
		for _, name := range names {
			if name != field && strings.EqualFold(name, field) {
				return true
			}
		}
	}
	return false
}

func fieldNames(t reflect.Type, seen map[reflect.Type]bool) (names []string) {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return fieldNames(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			if name == "" || strings.ContainsAny(name, `"\²`) { // no legal names
				name = t.Field(i).Name
			}
			names = append(append(names, name), fieldNames(t.Field(i).Type, seen)...)
		}
	}
	return names
}
