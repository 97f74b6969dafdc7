package strictjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// places are surroundings of a value. The scanner reads eight bytes at a time where there are
// eight, so a value has to be tried at the end of a text as well as far from it.
var places = []string{
	"%",
	" \t\r\n% \t\r\n",
	"%                  ",
	"[%]",
	"[ % ]",
	`[%,"a string of more than eight bytes"]`,
	`["a string of more than eight bytes",%]`,
	`{"iss":%}`,
	`{"iss":%,"name":"a string of more than eight bytes"}`,
	`{ "iss" : % , "name" : [] }`,
	`{"a longer name than eight bytes":[{"x":%}]}`,
}

func valid(text string) error {
	var s strictjson.Scanner
	_, err := s.Value(text)
	return err
}

func TestValuesOfTheGrammarAreAcceptedInEveryPlace(t *testing.T) {
	for name, values := range map[string][]string{
		"literals": {"null", "true", "false"},
		"numbers": {"0", "-0", "1", "9", "10", "-1", "1234567", "12345678", "123456789", "1234567890123456789012345", "0.0", "-0.5",
			"1.5", "0.000001", "1e5", "1E5", "1e+5", "1e-5", "0e0", "0E+00", "-0.0e-0", "12345678.12345678e12345678", "1e400", "1528560773.5386891"},
		"strings": {`""`, `"a"`, `"abcdefg"`, `"abcdefgh"`, `"abcdefghi"`, `"sixteen letters."`, "\"\x7f\"", `"/"`, `"'"`, `" "`, `"{}[]:,"`,
			`"// no comment"`, "\"\u2028\u2029\"", "\"\ufeff\"", "\"\ufffe\uffff\"", "\"\U0010ffff\""},
		"escapes": {`"\""`, `"\\"`, `"\/"`, `"\b\f\n\r\t"`, `"\u0000"`, `"\u0022"`, `"\u005C"`, `"\u00e9"`, `"\uABCD"`, `"\uabcd"`, `"\uD7FF"`, `"\uE000"`,
			`"\uFFFF"`, `"\\u"`, `"\\ud800"`, `"\ud83d\ude00"`, `"\uD800\uDC00"`, `"\uDBFF\uDFFF"`, `"\ud83d\ude00\ud83d\ude00"`, `"a longer text\nwith an escape"`,
			`"1234567\""`, `"12345678\""`, `"123456\\"`, `"1234567\\"`, `"\u0041bcdefgh"`},
		"UTF-8": {"\"\u00e9\"", "\"\u0e01\"", "\"\u4e2d\u6587\"", "\"\U0001f600\"", "\"\u0080\u07ff\u0800\uffff\U00010000\"",
			"\"\ud7ff\ue000\"", "\"1234567\u00e9\"", "\"123456\U0001f600 and more\""},
		"arrays": {"[]", "[ ]", "[1]", "[null]", "[[]]", "[[],[[]]]", "[1,2,3]", "[ 1 , \"a\" , {} ]", "[\n]", `["a","b"]`, `[[],{}]`},
		"objects": {"{}", "{ }", `{"":0}`, `{"a":1}`, `{"abc":1}`, `{"abcd":1}`, `{ "a" : 1 , "b" : 2 }`, `{"a":{"a":{"a":{}}}}`, `{"iss":"a","ISS":"b","iSs":"c"}`,
			`{"a":1,"a ":2," a":3}`, `{"\n":1,"n":2}`, `{"abcdefg":1,"abcdefgh":2,"abcdefghi":3}`, `[{"a":1},{"a":1}]`, `{"a":{"b":1},"b":{"b":1,"a":2}}`,
			`{"\u0000":1,"\u0000\u0000":2,"":3}`, `{"\u0069ss":1,"ISS":2}`, "{\"\u00e9\":1,\"e\u0301\":2}", `{"__proto__":1}`, `{"exp" :1,"nbf": 2,"iat"` + "\n:3}"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, value := range values {
				require.True(t, json.Valid([]byte(value)), "the test is wrong about %q", value)
				for _, place := range places {
					text := strings.Replace(place, "%", value, 1)
					require.NoError(t, valid(text), "%q", text)
				}
			}
		})
	}
}

func TestValuesOutsideTheRulesAreRefusedInEveryPlace(t *testing.T) {
	for name, values := range map[string][]string{
		"literals": {"nul", "nulll", "nuLl", "Null", "NULL", "tru", "truth", "True", "fals", "falsy", "FALSE", "t", "f", "n", "undefined", "None",
			"nullnull", "true false", "nu ll"},
		"numbers: forms of other languages": {"NaN", "-NaN", "nan", "Infinity", "-Infinity", "inf", "+1", "++1", "0x10", "0X1F", "0b1", "0o7", "1_000", "1'000", "1f",
			"1L", "1n", "1.0.0", "$1", "1,5.", "\uff11", "\u0661", "\u2212 1", "1\u00a0"},
		"numbers: parts missing": {"-", "--1", "-a", ".5", "-.5", ".", "1.", "1.e5", "1.-5", "0.", "1e", "1e+", "1e-", "1E", "0e", "1.5e", "1e5.5", "1e5e5", "1e 5", "1 e5",
			"1 .5", "1. 5", "- 1", "1e+-5", "12345678.", "12345678e", "123456789.", "-12345678x"},
		"numbers: leading zeros": {"00", "01", "-00", "-01", "007", "00.5", "-012345678", "0123456789", "00000000", "000000000000"},
		"numbers: junk behind":   {"1a", "1\x00", "0a", "12345678a", "123456789012345678a", "1\"", "1:", "-0-", "1/", "1\x80", "12345678\xb0"},
		"strings: not closed":    {`"`, `"a`, `"abcdefg`, `"abcdefgh`, `"a\"`, `"abcdefgh\"`, `"\`, `"abcdefg\`, `"\u`, `"\u12`, `"\u1234`},
		"strings: other quotes":  {`'a'`, "`a`", `a"`, `"a'`, `\"a\"`, "\u201ca\u201d", `"a""b"`, `"a" "b"`, `"a"b`, `abc`},
		"strings: control characters": {"\"\x00\"", "\"\x01\"", "\"\x1f\"", "\"\n\"", "\"\r\"", "\"\t\"", "\"\b\"", "\"\x1b\"", "\"1234567\n\"", "\"12345678\n\"",
			"\"123\n56789\"", "\"12345678\x0012345678\"", "\"tab\there and more text\""},
		"escapes: unknown":    {`"\a"`, `"\0"`, `"\1"`, `"\x41"`, `"\v"`, `"\'"`, `"\ "`, `"\B"`, `"\N"`, `"\U0041"`, `"\` + "\n" + `"`, "\"\\\u00e9\"", `"\` + "\x00" + `"`, `"1234567\q"`, `"\e[0m"`},
		"escapes: not hex":    {`"\u"`, `"\u1"`, `"\u12"`, `"\u123"`, `"\u123g"`, `"\ug123"`, `"\u 123"`, `"\u-123"`, `"\u+123"`, `"\u{41}"`, `"\u12 4"`, `"\u00/0"`, `"\u00:0"`, `"\u00@0"`, `"\u00` + "`" + `0"`, `"\u00` + "\x10" + `0"`, `"\u00` + "\u00e9" + `"`, `"\u001` + "\xff" + `"`},
		"escapes: surrogates": {`"\ud800"`, `"\uD800"`, `"\udbff"`, `"\udc00"`, `"\uDFFF"`, `"\ud800a"`, `"\ud800\n"`, `"\ud800\\udc00"`, `"\ud800\u0041"`, `"\ud800\ud800"`, `"\udc00\ud800"`, `"\udc00\udc00"`, `"\udfff\udfff"`, `"\ud800\ue000"`, `"\ud800 \udc00"`, `"\ud83d\ude00\ud83d"`, `"\ude00\ud83d\ude00"`, `"\ud800\udc0"`, `"\ud800\udc0g"`, `"\ud800\u"`, `"\ud800\uDBFF"`, `"\ud800\Udc00"`, `"\ud800/udc00"`},
		"UTF-8: broken": {"\"\x80\"", "\"\xbf\"", "\"\xc3\"", "\"\xe4\xb8\"", "\"\xf0\x9f\x98\"", "\"\xff\"", "\"\xfe\"", "\"\xc3\xc3\"", "\"\xe4\xb8a\"", "\"a\xf8\x88\x80\x80\x80\"",
			"\"1234567\xe9\"", "\"12345678\xe9\"", "\"caf\xe9 au lait\"", "\"\xe4\xb8", "\"\u4e2d\xe6\x96\""},
		"UTF-8: overlong":       {"\"\xc0\x80\"", "\"\xc0\xaf\"", "\"\xc1\xbf\"", "\"\xe0\x80\xaf\"", "\"\xe0\x9f\xbf\"", "\"\xf0\x80\x80\xaf\"", "\"\xf0\x8f\xbf\xbf\""},
		"UTF-8: surrogates":     {"\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"", "\"\xed\xa0\xbd\xed\xb8\x80\""},
		"UTF-8: too large":      {"\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xf7\xbf\xbf\xbf\""},
		"UTF-8: in names":       {"{\"\xff\":1}", "{\"ab\xff\":1}", "{\"a longer name \xc0\x80\":1}", "{\"\xed\xa0\x80\":1}", "{\"\\ud800\":1}", "{\"abc\\udc00\":1}"},
		"UTF-8: outside":        {"\u00e9", "\ufeff1", "\u00a01", "\u2003{}", "\x85 1", "\xff", "{\u00e9}", "[\u2028]", "{\"a\"\u00a0:1}", "\ufeff{}"},
		"arrays":                {"[", "]", "[1", "[1,", "[,", "[,]", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1;2]", "[1}", "[}", "[1:2]", `["a":1]`, "[[]", "[]]", "[\"a\"", "[\"a\",", "[ , ]", "[1]]", "(1)", "[1,\x00]", "[1\x0b]", "[...]", "[\"a\" \"b\"]", "[\f]"},
		"objects":               {"{", "}", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,"a":1}`, `{,}`, `{"a":1,,"b":2}`, `{"a":1 "b":2}`, `{"a":1;"b":2}`, `{"a"=1}`, `{"a" 1}`, `{"a"::1}`, `{"a":1]`, `{]`, `{"a","b"}`, `{"a":}`, `{:1}`, `{1:1}`, `{null:1}`, `{a:1}`, `{'a':1}`, `{"a":1}}`, `{"a":{}`, `{"a" "b":1}`, `{"a":1:2}`, `{"a":1,"b"}`, `{"a":1,b:2}`, `{"exp`, `{"exp"`, `{"exp":`, `{"exp":1,"`, `{"exp":1,"nbf`, `{["a"]:1}`, `{"a":` + "\x00" + `1}`, `{"a"` + "\x0b" + `:1}`, `{"iss":1,"iss" :2}`},
		"objects: names":        {"{\"a\nb\":1}", "{\"ab\x00\":1}", "{\"ab\x1f\":1}", "{\"a longer name\n\":1}", `{"\x":1}`, `{"abc\":1}`, `{"ab\":1}`, `{"a longer name\q":1}`, `{"a`, `{"a longer name`},
		"comments":              {"/**/1", "1/**/", "// x\n1", "[1/*x*/]", "[1,//x\n2]", "# x\n1", `{"a"/**/:1}`, `{/**/}`, "<!-- x -->", "--1"},
		"other white space":     {"\v1", "\f1", "\x001", "1\x00", "\x1c1", "\x7f1", "\b1", "[1,\v2]", "{\f}"},
		"data behind the value": {"null null", "1 1", "{}{}", "{} {}", "[][]", "{},", "{};", `""""`, "{}x", "{}\x00", "{}//", "[]]", "{}}", "true,", "{}\ufeff", "{}\xff", "{} null"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, value := range values {
				for _, place := range places {
					text := strings.Replace(place, "%", value, 1)
					require.Error(t, valid(text), "%q", text)
				}
			}
		})
	}
}

func TestTextsThatAreNotOneValueAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":                     "",
		"white space":               " \n\t\r",
		"byte order mark":           "\ufeff",
		"mark before a value":       "\ufeff{}",
		"UTF-16, little-endian":     "{\x00}\x00",
		"UTF-16, big-endian":        "\x00{\x00}",
		"UTF-32":                    "{\x00\x00\x00}\x00\x00\x00",
		"UTF-16 with mark":          "\xff\xfe{\x00}\x00",
		"a comma":                   ",",
		"a colon":                   ":",
		"two values with comma":     "1,2",
		"members without an object": `"a":1`,
		"text sequence":             "\x1e{}\n",
		"base64":                    "eyJhbGciOiJub25lIn0",
		"second value after lines":  "{}\n{}\n",
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, valid(text)) })
	}
}

func TestEveryByteInEveryPlaceIsJudgedAsByASlowReader(t *testing.T) {
	for _, text := range []string{
		`{"iss":"https://a.example","x":[1,-2.5e+7,true,null],"exp":1767225600,"a longer name\t":{"b":"c\u0041d"},"z":12345678}`,
		" [ \"abc\\\"defgh\" , 0 , false,{ } ,[ ] , \"\\ud83d\\ude00\" , 100000000 ] ",
	} {
		for place := range len(text) {
			for c := range 0x80 {
				changed := text[:place] + string(rune(c)) + text[place+1:]
				require.Equal(t, strict(changed), valid(changed) == nil, "%q", changed)
			}
		}
		for end := range len(text) {
			require.Equal(t, strict(text[:end]), valid(text[:end]) == nil, "%q", text[:end])
		}
	}
}

func TestNestingEndsAtMaxDepth(t *testing.T) {
	nest := func(open, inner, end string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	for name, parts := range map[string][3]string{
		"arrays":                 {"[", "", "]"},
		"arrays around a value":  {"[", "1", "]"},
		"objects":                {`{"a":`, "1", "}"},
		"objects after a member": {`{"b":1,"abc":`, `""`, "}"},
		"arrays with more":       {"[1,", "2", ",3]"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, valid(nest(parts[0], parts[1], parts[2], strictjson.MaxDepth)))
			require.ErrorContains(t, valid(nest(parts[0], parts[1], parts[2], strictjson.MaxDepth+1)), "more than 64 levels of nesting")
			require.Error(t, valid(nest(parts[0], parts[1], parts[2], strictjson.MaxDepth-1)+parts[2]))
			require.ErrorContains(t, valid(strings.Repeat(parts[0], 1_000_000)), "more than 64 levels of nesting")
			require.ErrorContains(t, valid(strings.Repeat(parts[0], strictjson.MaxDepth)), "unexpected end of text")
		})
	}
	require.NoError(t, valid(nest(`[{"a":`, "1", "}]", strictjson.MaxDepth/2)), "mixed")
	require.Error(t, valid(nest(`[{"a":`, "[]", "}]", strictjson.MaxDepth/2)), "mixed")
	require.NoError(t, valid("["+strings.Repeat("[[]],", 1000)+"[]]"), "siblings are not levels")
}

func TestObjectTakesNothingButAnObject(t *testing.T) {
	var s strictjson.Scanner
	for _, text := range []string{"null", "true", "false", "0", "-1", `""`, `"{}"`, "[]", "[{}]", " [] ", ` "iss"`} {
		require.NoError(t, valid(text))
		_, err := s.Object(text)
		require.ErrorContains(t, err, "value other than an object at offset", "%q", text)
	}
	for _, text := range []string{"", " ", "x", "}", "{", "[", "{}}", "{}{}", "{} []", "\ufeff{}"} {
		_, err := s.Object(text)
		require.Error(t, err, "%q", text)
	}
	for _, text := range []string{"{}", " {}", "{} ", "\r\n{\t}\n"} {
		members, err := s.Object(text)
		require.NoError(t, err, "%q", text)
		require.Empty(t, members, "%q", text)
	}
}
