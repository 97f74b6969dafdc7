package strictjson_test

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// The classes of nst/JSONTestSuite, the collection that JSON parsers are commonly held against,
// written anew: "y" must be accepted, "n" refused, and of "i" RFC 8259 lets a parser decide. Here
// all malformed texts are refused, and of the well-formed ones those with duplicate names, lone
// surrogates, or too many levels.
var suite = map[string]map[string][]string{
	"y": {
		"array":     {`[[]   ]`, `[""]`, `[]`, `["a"]`, `[false]`, `[null, 1, "1", {}]`, `[null]`, "[1\n]", ` [1]`, `[1,null,null,null,2]`, `[2] `},
		"number":    {`[123e65]`, `[0e+1]`, `[0e1]`, `[ 4]`, `[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]`, `[20e1]`, `[-0]`, `[-123]`, `[-1]`, `[1E22]`, `[1E-2]`, `[1E+2]`, `[123e45]`, `[123.456e78]`, `[1e-2]`, `[1e+2]`, `[123]`, `[123.456789]`},
		"object":    {`{"asd":"sdf", "dfg":"fgh"}`, `{"asd":"sdf"}`, `{}`, `{"":0}`, `{"foo\u0000bar": 42}`, `{ "min": -1.0e+28, "max": 1.0e+28 }`, `{"x":[{"id": "xx"}], "id": "xx"}`, `{"a":[]}`, `{"title":"\u041f\u043e\u043b" }`, "{\n\"a\": \"b\"\n}"},
		"string":    {`["\u0060\u012a\u12AB"]`, `["\uD801\udc37"]`, `["\ud83d\ude39\ud83d\udc8d"]`, `["\"\\\/\b\f\n\r\t"]`, `["\\u0000"]`, `["\""]`, `["a/*b*/c/*d//e"]`, `["\\a"]`, `["\\n"]`, `["\u0012"]`, `["\uFFFF"]`, `["asd"]`, `[ "asd"]`, `["\uDBFF\uDFFF"]`, `["new\u00A0line"]`, "[\"\U0010ffff\"]", "[\"\uffff\"]", `["\u0000"]`, `["\u002c"]`, "[\"\u03c0\"]", "[\"\U0001bfff\"]", `["asd "]`, `" "`, `["\uD834\uDd1e"]`, `["\u0821"]`, `["\u0123"]`, "[\"\u2028\"]", "[\"\u2029\"]", `["\u0061\u30af\u30EA\u30b9"]`, `["new\u000Aline"]`, "[\"\x7f\"]", `["\uA66D"]`, `["\u005C"]`, "[\"\u2342\u3278\ubc14\"]", `["\u200B"]`, `["\u2064"]`, `["\uFDD0"]`, `["\uFFFE"]`, `["\u0022"]`, "[\"a\x7fa\"]"},
		"structure": {`false`, `42`, `-0.1`, `null`, `"asd"`, `true`, `""`, "[\"a\"]\n", `[true]`, ` [] `},
	},
	"n": {
		"array":     {`[1 true]`, "[a\xe5]", `["": 1]`, `[""],`, `[,1]`, `[1,,2]`, `["x",,]`, `["x"]]`, `["",]`, `["x"`, `[x`, `[3[4]]`, "[\xff]", `[1:2]`, `[,]`, `[-]`, `[   , ""]`, "[\"a\",\n4\n,1,", `[1,]`, `[1,,]`, "[\"\va\"\\f]", `[*]`, `[""`, `[1,`, "[1,\n1\n,1", `[{}`},
		"literal":   {`[fals]`, `[nul]`, `[tru]`, `[True]`, `[nulL]`, "123\x00"},
		"number":    {`[++1234]`, `[+1]`, `[+Inf]`, `[-01]`, `[-1.0.]`, `[-2.]`, `[-NaN]`, `[.-1]`, `[.2e-3]`, `[0.1.2]`, `[0.3e+]`, `[0.3e]`, `[0.e1]`, `[0E+]`, `[0E]`, `[0e+]`, `[0e]`, `[1.0e+]`, `[1.0e-]`, `[1.0e]`, `[1 000.0]`, `[1eE2]`, `[2.e+3]`, `[2.e-3]`, `[2.e3]`, `[9.e+]`, `[Inf]`, `[NaN]`, "[\uff11]", `[1+2]`, `[0x1]`, `[0x42]`, `[Infinity]`, `[0e+-1]`, `[-123.123foo]`, "[123\xe5]", "[1e1\xe5]", "[0\xe5]", `[-Infinity]`, `[-foo]`, `[- 1]`, `[-012]`, `[-.123]`, `[-1x]`, `[1ea]`, "[1e\xe5]", `[1.]`, `[.123]`, `[1.2a-3]`, `[1.8011670033376514H-308]`, `[012]`},
		"object":    {`["x", truth]`, `{[: "x"}`, `{"x", null}`, `{"x"::"b"}`, "{\U0001f1e8\U0001f1ed}", `{"a":"a" 123}`, `{key: 'value'}`, "{\"\xb9\":\"0\",}", `{"a" b}`, `{:"b"}`, `{"a" "b"}`, `{"a":`, `{"a"`, `{1:1}`, `{9999E9999:1}`, `{null:null,null:null}`, `{"id":0,,,,,}`, `{'a':0}`, `{"id":0,}`, `{"a":"b"}/**/`, `{"a":"b"}/**//`, `{"a":"b"}//`, `{"a":"b"}/`, `{"a":"b",,"c":"d"}`, `{a: "b"}`, `{"a":"a`, `{ "foo" : "bar", "a" }`, `{"a":"b"}#`},
		"single":    {` `},
		"string":    {`["\uD800\"]`, `["\uD800\u"]`, `["\uD800\u1"]`, `["\uD800\u1x"]`, "[\u00e9]", "[\"\\\x00\"]", `["\\\"]`, `["\x00"]`, `["\\\u0000"`, `["\]`, "[\"\\\t\"]", "[\"\\\U0001f300\"]", `["\u00A"]`, `["\uD834\uDd"]`, `["\uD800\uD800\x"]`, "[\"\\u\xe5\"]", `["\a"]`, `["\uqqqq"]`, "[\"\\\xe5\"]", `[\u0020"asd"]`, `[\n]`, `"`, `['single quote']`, `abc`, `["\`, "[\"a\x00a\"]", "[\"new\nline\"]", "[\"\t\"]", `"\UA66D"`, `""x`},
		"structure": {strings.Repeat("[", 100_000), "[\u2060]", "\ufeff", `<.>`, `[<null>]`, `[1]x`, `[1]]`, `["asd]`, "a\u00e5", `[True]`, `1]`, `{"x": true,`, `[][]`, `]`, "\xef\xbb{}", "\xe5", `[`, ``, "[\x00]", `2@`, `{}}`, `{"":`, `{"a":/*comment*/"b"}`, `{"a": true} "x"`, `['`, `[,`, strings.Repeat(`[{"":`, 50_000), `[{`, `["a`, `["a"`, `{`, `{]`, `{,`, `{[`, `{"a`, `{'a'`, `["\{["\{["\{["\{`, "\xe9", `*`, `{"a":"b"}#{}`, `[\u000A""]`, `[1`, `[ false, nul`, `[ true, fals`, `[ false, tru`, `{"asd":"asd"`, "\u00e5", "[\u2060]", "\xbb\xbf[]", "[\f]"},
	},
}

// choices are the texts of class "i", and those of class "y" that a token must not have.
var choices = []struct {
	name, text string
	accepted   bool
}{
	{"y_object_duplicated_key", `{"a":"b","a":"c"}`, false},
	{"y_object_duplicated_key_and_value", `{"a":"b","a":"b"}`, false},
	{"duplicate behind an escape", `{"a":1,"\u0061":2}`, false},
	{"duplicate inside", `[{"x":{"a":1,"a":1}}]`, false},
	{"i_number_double_huge_neg_exp", `[123.456e-789]`, true},
	{"i_number_huge_exp", `[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]`, true},
	{"i_number_neg_int_huge_exp", `[-1e+9999]`, true},
	{"i_number_pos_double_huge_exp", `[1.5e+9999]`, true},
	{"i_number_real_neg_overflow", `[-123123e100000]`, true},
	{"i_number_real_underflow", `[123e-10000000]`, true},
	{"i_number_too_big_neg_int", `[-123123123123123123123123123123]`, true},
	{"i_number_very_big_negative_int", `[-237462374673276894279832749832423479823246327846]`, true},
	{"i_object_key_lone_2nd_surrogate", `{"\uDFAA":0}`, false},
	{"i_string_1st_surrogate_but_2nd_missing", `["\uDADA"]`, false},
	{"i_string_1st_valid_surrogate_2nd_invalid", `["\uD888\u1234"]`, false},
	{"i_string_incomplete_surrogate_and_escape_valid", `["\uD800\n"]`, false},
	{"i_string_incomplete_surrogate_pair", `["\uDd1ea"]`, false},
	{"i_string_incomplete_surrogates_escape_valid", `["\uD800\uD800\n"]`, false},
	{"i_string_invalid_lonely_surrogate", `["\ud800"]`, false},
	{"i_string_invalid_surrogate", `["\ud800abc"]`, false},
	{"i_string_inverted_surrogates", `["\uDd1e\uD834"]`, false},
	{"i_string_lone_second_surrogate", `["\uDFAA"]`, false},
	{"i_string_invalid_utf-8", "[\"\xff\"]", false},
	{"i_string_iso_latin_1", "[\"\xe9\"]", false},
	{"i_string_lone_utf8_continuation_byte", "[\"\x81\"]", false},
	{"i_string_not_in_unicode_range", "[\"\xf4\xbf\xbf\xbf\"]", false},
	{"i_string_overlong_sequence_2_bytes", "[\"\xc0\xaf\"]", false},
	{"i_string_overlong_sequence_6_bytes", "[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", false},
	{"i_string_truncated-utf-8", "[\"\xe0\xff\"]", false},
	{"i_string_UTF-8_invalid_sequence", "[\"\u65e5\u0448\xfa\"]", false},
	{"i_string_UTF8_surrogate_U+D800", "[\"\xed\xa0\x80\"]", false},
	{"i_string_UTF-16LE_with_BOM", "\xff\xfe[\x00\"\x00\xe9\x00\"\x00]\x00", false},
	{"i_string_utf16BE_no_BOM", "\x00[\x00\"\x00\xe9\x00\"\x00]", false},
	{"i_string_utf16LE_no_BOM", "[\x00\"\x00\xe9\x00\"\x00]\x00", false},
	{"i_structure_500_nested_arrays", strings.Repeat("[", 500) + strings.Repeat("]", 500), false},
	{"i_structure_UTF-8_BOM_empty_object", "\ufeff{}", false},
	{"64 levels", strings.Repeat("[", 64) + strings.Repeat("]", 64), true},
	{"65 levels", strings.Repeat("[", 65) + strings.Repeat("]", 65), false},
}

func TestJSONTestSuiteClasses(t *testing.T) {
	texts := 0
	for expected, classes := range suite {
		for class, rows := range classes {
			for _, text := range rows {
				texts++
				require.Equal(t, expected == "y", json.Valid([]byte(text)), "the test is wrong about %q", text)
				require.Equal(t, expected == "y", valid(text) == nil, "%s_%s: %.100q", expected, class, text)
				requireObjectsOnly(t, text, expected == "y")
			}
		}
	}
	for _, c := range choices {
		texts++
		require.Equal(t, c.accepted, valid(c.text) == nil, "%s: %q", c.name, c.text)
		requireObjectsOnly(t, c.text, c.accepted)
	}
	require.Greater(t, texts, 250)
}

// requireObjectsOnly: a header and a payload are objects, whatever else the text may be.
func requireObjectsOnly(t *testing.T, text string, isValid bool) {
	var s strictjson.Scanner
	_, err := s.Object(text)
	isObject := strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{")
	require.Equal(t, isValid && isObject, err == nil, "%.100q", text)
}
