package strictjson_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func TestElementsAreTheTextsOfTheValues(t *testing.T) {
	for array, want := range map[string][]string{
		"[]":              nil,
		"[ \n]":           nil,
		"[1]":             {"1"},
		"[ 1 ]":           {"1"},
		"[1,2]":           {"1", "2"},
		"[true,null ,-1]": {"true", "null", "-1"},
		`["a","b"]`:       {`"a"`, `"b"`},
		`[ "," , "]" , "[" , "\"" , "\\" , "{" ]`: {`","`, `"]"`, `"["`, `"\""`, `"\\"`, `"{"`},
		`[[],[[]],[1,[2]]]`:                       {"[]", "[[]]", "[1,[2]]"},
		`[{},{"a":1,"b":[2]},{ "}" : "{" }]`:      {"{}", `{"a":1,"b":[2]}`, `{ "}" : "{" }`},
		`[{"a":1},2,{"b":{"c":null}},[false]]`:    {`{"a":1}`, "2", `{"b":{"c":null}}`, "[false]"},
		"[1.5e+7,\t0\r,[ ] , { } ]":               {"1.5e+7", "0", "[ ]", "{ }"},
		`[[1,2],"\\",[3 , 4]]`:                    {"[1,2]", `"\\"`, "[3 , 4]"},
		`["a longer string with \" in it",false]`: {`"a longer string with \" in it"`, "false"},
	} {
		require.NoError(t, valid(array), "the test is wrong about %q", array)
		require.Equal(t, want, slices.Collect(strictjson.Elements(array)), "%q", array)
	}
}

func TestElementsStopWhenTheLoopDoes(t *testing.T) {
	count := 0
	for range strictjson.Elements(`[1,[2],"3"]`) {
		if count++; count == 2 {
			break
		}
	}
	require.Equal(t, 2, count)
}

// checkWalk walks over an object, and meets the members that the Scanner has found.
func checkWalk(t *testing.T, text string, members []strictjson.Member) {
	t.Helper()
	count := 0
	next, end := strictjson.FirstElement(text, strings.IndexByte(text, '{'))
	for ; next > 0; count++ {
		require.Less(t, count, len(members), "%q", text)
		m := &members[count]
		name, after := strictjson.StringAt(text, next)
		require.Equal(t, m.Name(text), name, "%q", text)
		inBytes, escaped := strictjson.SkipString([]byte(text), next)
		require.Equal(t, after, inBytes, "%q", text)
		require.Equal(t, strings.Contains(text[next:after], `\`), escaped, "%q", text)

		value := strictjson.MemberValue(text, after)
		require.Equal(t, m.Offset(), value, "%q", text)
		after = strictjson.SkipValue(text, value)
		require.Equal(t, m.Raw(text), text[value:after], "%q", text)
		next, end = strictjson.NextElement(text, after)
	}
	require.Len(t, members, count, "%q", text)
	require.Empty(t, strings.TrimLeft(text[end:], " \t\r\n"), "%q", text)
}

func TestWalkMeetsTheMembers(t *testing.T) {
	for _, text := range []string{
		"{}", " { \n} ", `{"a":1}`, usual, `{ "a" : [ ] , "b\"" : { "c" : "}" } , "" : null }`,
		"{\"a\":-1.5e+7\t,\"b\":true\r\n,\"c\":\"\\\\\",\"d\":[{},[\"]\"]]}\n",
	} {
		checkWalk(t, text, members(t, text))
	}
	require.Equal(t, 12, strictjson.SkipValue(`"text alone"`, 0))
	require.Equal(t, 3, strictjson.SkipValue("1.5", 0))
}
