package strictjson_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func TestErrorsSayWhatIsWrongAndWhere(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "unexpected end of text at offset 0",
		" ":                               "unexpected end of text at offset 1",
		"x":                               "invalid character 'x' at offset 0",
		"[1,]":                            "invalid character ']' at offset 3",
		"[1 2]":                           "invalid character '2' at offset 3",
		"[1":                              "unexpected end of text at offset 2",
		"[1,":                             "unexpected end of text at offset 3",
		"[1,  ":                           "unexpected end of text at offset 5",
		"{}{}":                            "invalid character '{' at offset 2",
		"{} \t x":                         "invalid character 'x' at offset 5",
		"\ufeff{}":                        "invalid character '\\ufeff' at offset 0",
		"\xff":                            "invalid UTF-8 at offset 0",
		"\ufffd":                          "invalid character '\ufffd' at offset 0",
		"\u4e2d":                          "invalid character '\u4e2d' at offset 0",
		"\"\x00\"":                        `invalid character '\x00' at offset 1`,
		"\"a longer string\n\"":           `invalid character '\n' at offset 16`,
		`"abc`:                            "unexpected end of text at offset 4",
		`"abc\`:                           "unexpected end of text at offset 5",
		`"abc\n`:                          "unexpected end of text at offset 6",
		`"\ud800\u`:                       "unexpected end of text at offset 9",
		`"\ud800\udc0`:                    "unexpected end of text at offset 12",
		`"\ud800\udc0g"`:                  "invalid character 'g' at offset 12",
		"\"\\nabc\xffdefghijkl\"":         "invalid UTF-8 at offset 6",
		`"abc\x"`:                         "invalid character 'x' at offset 5",
		`"abc\u00g0"`:                     "invalid character 'g' at offset 8",
		`"\u0`:                            "unexpected end of text at offset 4",
		`"\ud800"`:                        "escape of a lone surrogate at offset 1",
		`"\udc00\ud800"`:                  "escape of a lone surrogate at offset 1",
		`"\ud800\u00zz"`:                  "invalid character 'z' at offset 11",
		"\"abc\xe9def\"":                  "invalid UTF-8 at offset 4",
		"\"\u00e9\u00e9abc\xed\xa0\x80\"": "invalid UTF-8 at offset 8",
		"-":                               "unexpected end of text at offset 1",
		"-x":                              "invalid character 'x' at offset 1",
		"01":                              "invalid character '1' at offset 1",
		"-00":                             "invalid character '0' at offset 2",
		"1.x":                             "invalid character 'x' at offset 2",
		"1e+":                             "unexpected end of text at offset 3",
		"1.5ee":                           "invalid character 'e' at offset 4",
		"nulx":                            "invalid literal at offset 0",
		"[true,fals]":                     "invalid literal at offset 6",
		`{"a" 1}`:                         "invalid character '1' at offset 5",
		`{"a":}`:                          "invalid character '}' at offset 5",
		`{"a":1,}`:                        "invalid character '}' at offset 7",
		`{"a":1 x`:                        "invalid character 'x' at offset 7",
		`{"exp":`:                         "unexpected end of text at offset 7",
		`{"iss":"a","exp":1,"exp":2}`:     `duplicate member name "exp" at offset 19`,
		`{"a":[{"b":1,"\u0062":2}]}`:      `duplicate member name "b" at offset 13`,
		`{"\n":1,"\u000a":2}`:             `duplicate member name "\n" at offset 8`,
		`{"` + strings.Repeat("x", 200) + `":1,"` + strings.Repeat("x", 200) + `":1}`: `duplicate member name "` + strings.Repeat("x", 64) + `"… at offset 206`,
		strings.Repeat("[", 65):     "more than 64 levels of nesting at offset 64",
		strings.Repeat(`{"a":`, 65): "more than 64 levels of nesting at offset 320",
	} {
		err := valid(text)
		var syntax *strictjson.SyntaxError
		require.ErrorAs(t, err, &syntax, "%q", text)
		require.Equal(t, want, err.Error(), "%q", text)
		require.True(t, strings.HasSuffix(err.Error(), fmt.Sprintf(" at offset %d", syntax.Offset)), "%q", text)
	}
}

func TestDuplicatesInALargeObjectAreFoundWhereTheyAre(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, `"n%d":0,`, i)
	}
	text := "{" + b.String() + `"n7":1,"z":2}`
	require.EqualError(t, valid(text), fmt.Sprintf(`duplicate member name "n7" at offset %d`, 1+b.Len()))
}

func TestErrorsQuoteOneCharacterAtMost(t *testing.T) {
	const secret = "kept to ourselves"
	for _, text := range []string{`"` + secret, `{"` + secret + `":1 1}`, `{"` + secret + `"}`, `{"a":"` + secret + "\x00\"}", `["` + secret + `"` + "\xff]", secret, `{"` + secret + `":{"a":1,"a":2}}`} {
		err := valid(text)
		require.Error(t, err)
		for word := range strings.FieldsSeq(secret) {
			require.NotContains(t, err.Error(), word, "%q", text)
		}
	}
}

func TestAScannerWorksOnAfterAnError(t *testing.T) {
	var s strictjson.Scanner
	for _, bad := range []string{"{\"a\":\"\xff\"}", `{"a":{"b":{"c":`, `{"a":1,"a":2}`, strings.Repeat(`{"a":`, 100), ""} {
		_, err := s.Object(bad)
		require.Error(t, err)
		members, err := s.Object(usual)
		require.NoError(t, err)
		require.Len(t, members, 10)
		require.Equal(t, "https://auth.example.com", members[0].String(usual))
	}
}
