package strictjson_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// escapes matches the escapes of a valid text one after the other: pairs of surrogates, lone
// surrogates, all others.
var escapes = regexp.MustCompile(`(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u[dD][89a-fA-F]..)|\\.`)

// strict is the package's rules put together from the standard library: an independent, slow
// reader.
func strict(text string) bool {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return false
	}
	for _, match := range escapes.FindAllStringSubmatch(text, -1) {
		if match[2] != "" {
			return false
		}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return strictTokens(dec, 0) == nil
}

func strictTokens(dec *json.Decoder, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth++; depth > 64 {
		return fmt.Errorf("too deep")
	}
	names := map[string]bool{}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if names[name.(string)] {
				return fmt.Errorf("again: %q", name)
			}
			names[name.(string)] = true
		}
		if err := strictTokens(dec, depth); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// checkAgainstNaive compares all that the package says about a text with what the standard library
// says.
func checkAgainstNaive(t *testing.T, s *strictjson.Scanner, text string) {
	t.Helper()
	kind, err := s.Value(text)
	require.Equal(t, strict(text), err == nil, "%q: %v", text, err)
	if err != nil {
		var syntax *strictjson.SyntaxError
		require.ErrorAs(t, err, &syntax)
		require.GreaterOrEqual(t, syntax.Offset, 0)
		require.LessOrEqual(t, syntax.Offset, len(text))
		require.Equal(t, strictjson.Invalid, kind)
		_, err := s.Object(text)
		require.Error(t, err, "%q", text)
		return
	}
	raw := strings.Trim(text, " \t\r\n")
	require.Equal(t, kind, strictjson.KindOf(raw), "%q", text)
	checkValue(t, raw)
	members, err := s.Object(text)
	require.Equal(t, kind == strictjson.Object, err == nil, "%q: %v", text, err)
	if err == nil {
		checkMembers(t, text, members)
	}
}

func checkMembers(t *testing.T, text string, members []strictjson.Member) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(text))
	_, err := dec.Token()
	require.NoError(t, err)
	for _, m := range members {
		name, err := dec.Token()
		require.NoError(t, err)
		var raw json.RawMessage
		require.NoError(t, dec.Decode(&raw))
		require.Equal(t, name, m.Name(text), "%q", text)
		require.Equal(t, string(raw), m.Raw(text), "%q", text)
		require.Equal(t, strictjson.KindOf(m.Raw(text)), m.Kind(), "%q", text)
		require.Equal(t, short(m.Name(text)), m.Short(), "%q", text)
		if m.Kind() == strictjson.String {
			require.Equal(t, strictjson.Unquote(m.Raw(text)), m.String(text), "%q", text)
		}
		checkValue(t, m.Raw(text))
	}
	require.False(t, dec.More(), "%q", text)
	checkWalk(t, text, members)
}

// short is what Member.Short is for a name.
func short(name string) (n uint32) {
	if len(name) == 3 {
		n = uint32(name[0]) | uint32(name[1])<<8 | uint32(name[2])<<16
	}
	return n
}

// checkValue compares what the package makes of one validated value with what encoding/json makes
// of it.
func checkValue(t *testing.T, raw string) {
	t.Helper()
	var want any
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&want))
	kind := strictjson.KindOf(raw)
	switch want := want.(type) {
	case nil:
		require.Equal(t, strictjson.Null, kind)
	case bool:
		require.Equal(t, map[bool]strictjson.Kind{false: strictjson.False, true: strictjson.True}[want], kind)
	case json.Number:
		require.Equal(t, strictjson.Number, kind)
		require.Equal(t, string(want), raw)
	case string:
		require.Equal(t, strictjson.String, kind)
		require.Equal(t, want, strictjson.Unquote(raw), "%q", raw)
	case map[string]any:
		require.Equal(t, strictjson.Object, kind)
	case []any:
		require.Equal(t, strictjson.Array, kind)
		var elements []json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(raw), &elements))
		i := 0
		for element := range strictjson.Elements(raw) {
			require.Equal(t, string(elements[i]), element, "%q", raw)
			checkValue(t, element)
			i++
		}
		require.Len(t, elements, i, "%q", raw)
	}
}

var seeds = []string{
	usual, "", "{}", "[]", `""`, "0", "null", " { } ", `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"a":{"b":1,"b":2}}`, `{"exp":1,"exp":1}`,
	`{"iss":"a\u00e9\ud83d\ude00","\u0000":[],"":{}}`, `["\ud800"]`, "[\"\xff\"]", "\ufeff{}", "[1,-0,1.5e+7,true,false,null,[[]],{\"x\":{}}]",
	"{\"caf\u00e9\":\"\u4e2d\u6587 and more text\",\"abcdefgh\":12345678.5}", "{} {}", "[1,]", "{\"a\":1,}", "[\"a\" , \"b\\\"]\" ]",
}

// FuzzScanner states that the scanner accepts exactly what a slow reader made of the standard
// library accepts, that names and values are what encoding/json decodes, and that a scanner that
// has read another text before does no worse.
func FuzzScanner(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, seeds[(i+1)%len(seeds)])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var s strictjson.Scanner
		checkAgainstNaive(t, &s, first)
		checkAgainstNaive(t, &s, second)
	})
}

// FuzzReuse states that a used scanner gives the same members and the same error as a new one.
func FuzzReuse(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, seeds[(i+1)%len(seeds)])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		var used, fresh strictjson.Scanner
		_, _ = used.Object(first)
		_, _ = used.Value(first)
		got, gotErr := used.Object(second)
		want, wantErr := fresh.Object(second)
		require.Equal(t, wantErr, gotErr)
		require.Len(t, got, len(want))
		for i, m := range want {
			require.Equal(t, m.Name(second), got[i].Name(second))
			require.Equal(t, m.Raw(second), got[i].Raw(second))
			require.Equal(t, m.Kind(), got[i].Kind())
			require.Equal(t, m.Short(), got[i].Short())
		}
	})
}

// FuzzQuote states that AppendQuote writes what encoding/json writes, refuses what is not UTF-8 and
// is undone by Unquote.
func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "abc", "a\"b\\c/d", "\x00\x01\x1f\x7f\b\f\n\r\t", "<&>", "\u2028\u2029\u202a", "caf\u00e9 \u4e2d\U0001f600", "\xff", "ab\xc3", "0123456789abcdef\n"} {
		f.Add(seed)
	}
	f.Fuzz(checkQuote)
}

func checkQuote(t *testing.T, s string) {
	t.Helper()
	got, ok := strictjson.AppendQuote([]byte("x"), s)
	require.Equal(t, utf8.ValidString(s), ok, "%q", s)
	if !ok {
		require.Equal(t, "x", string(got))
		return
	}
	var want strings.Builder
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(s))
	require.Equal(t, "x"+strings.TrimSuffix(want.String(), "\n"), string(got))
	require.Equal(t, s, strictjson.Unquote(string(got[1:])))
	require.NoError(t, valid(string(got[1:])), "%q", s)
}
