package strictjson_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func members(t *testing.T, text string) []strictjson.Member {
	t.Helper()
	var s strictjson.Scanner
	got, err := s.Object(text)
	require.NoError(t, err, "%q", text)
	return got
}

func TestMembersOfAnObject(t *testing.T) {
	text := ` { "iss":"https://a.example" ,"a\u0062\n":"x\ty\ud83d\ude00",` + "\t\"\":null,\r\n\"true\" : true,\"f\":false, \"exp\":-1.5e3\t,\"in\":{\"iss\":{\"iss\":1},\"b\":2},\"aud\":[ 1 , [ ] ]," +
		`"caf` + "\u00e9" + `":"` + "\u4e2d" + `","e":{},"a longer name":""}  `
	want := []struct {
		name, raw string
		kind      strictjson.Kind
		value     string
	}{
		{"iss", `"https://a.example"`, strictjson.String, "https://a.example"},
		{"ab\n", `"x\ty\ud83d\ude00"`, strictjson.String, "x\ty\U0001f600"},
		{"", "null", strictjson.Null, ""},
		{"true", "true", strictjson.True, ""},
		{"f", "false", strictjson.False, ""},
		{"exp", "-1.5e3", strictjson.Number, ""},
		{"in", `{"iss":{"iss":1},"b":2}`, strictjson.Object, ""},
		{"aud", "[ 1 , [ ] ]", strictjson.Array, ""},
		{"caf\u00e9", "\"\u4e2d\"", strictjson.String, "\u4e2d"},
		{"e", "{}", strictjson.Object, ""},
		{"a longer name", `""`, strictjson.String, ""},
	}
	got := members(t, text)
	require.Len(t, got, len(want))
	for i, m := range got {
		require.Equal(t, want[i].name, m.Name(text))
		require.Equal(t, want[i].raw, m.Raw(text))
		require.True(t, strings.HasPrefix(text[m.Offset():], want[i].raw))
		require.Equal(t, want[i].kind, m.Kind())
		require.Equal(t, want[i].kind, strictjson.KindOf(m.Raw(text)))
		require.Equal(t, short(want[i].name), m.Short())
		if m.Kind() == strictjson.String {
			require.Equal(t, want[i].value, m.String(text))
		}
	}
}

func TestMembersOfEveryLengthAtEveryDistanceFromTheEnd(t *testing.T) {
	const letters = "abcdefghijklmnopqrst"
	var s strictjson.Scanner
	for name := range 20 {
		for value := range 20 {
			for _, digits := range []string{"1", "1234567", "12345678", "123456789", "12345678901234567"} {
				for rest := range 10 {
					text := `{"` + letters[:name] + `":"` + letters[:value] + `","A":` + digits + "}" + strings.Repeat(" ", rest)
					got, err := s.Object(text)
					require.NoError(t, err, "%q", text)
					require.Len(t, got, 2, "%q", text)
					require.Equal(t, letters[:name], got[0].Name(text), "%q", text)
					require.Equal(t, short(letters[:name]), got[0].Short(), "%q", text)
					require.Equal(t, letters[:value], got[0].String(text), "%q", text)
					require.Equal(t, "A", got[1].Name(text), "%q", text)
					require.Equal(t, digits, got[1].Raw(text), "%q", text)
				}
			}
		}
	}
}

func TestAMemberIsSmall(t *testing.T) {
	require.LessOrEqual(t, reflect.TypeFor[strictjson.Member]().Size(), uintptr(24))
}

func TestKindOfNoValueIsInvalid(t *testing.T) {
	for _, raw := range []string{"", " ", "x", "}", "]", ",", ":", "+1", "\x00", "\xff", "\ufeff"} {
		require.Equal(t, strictjson.Invalid, strictjson.KindOf(raw), "%q", raw)
	}
}

func TestANameTwiceInOneObjectIsRefused(t *testing.T) {
	filler := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"f%d":%d,`, i, i)
		}
		return b.String()
	}
	for name, pair := range map[string][2]string{
		"empty":                  {``, ``},
		"one letter":             {`a`, `a`},
		"registered claim":       {`exp`, `exp`},
		"seven bytes":            {`abcdefg`, `abcdefg`},
		"eight bytes":            {`abcdefgh`, `abcdefgh`},
		"long":                   {`a name of more than eight bytes`, `a name of more than eight bytes`},
		"outside ASCII":          {"caf\u00e9", "caf\u00e9"},
		"second escaped":         {`alg`, `al\u0067`},
		"first escaped":          {`al\u0067`, `alg`},
		"escaped in two ways":    {`\u0061lg`, `al\u0067`},
		"escaped alike":          {`\u0061lg`, `\u0061lg`},
		"hex in two cases":       {`\u00E9`, `\u00e9`},
		"escape and UTF-8":       {"caf\u00e9", `caf\u00e9`},
		"pair and UTF-8":         {`\ud83d\ude00`, "\U0001f600"},
		"solidus":                {`a/b`, `a\/b`},
		"two escapes of a quote": {`\"`, `\u0022`},
		"long, escaped":          {`a name of more than eight bytes`, `a name of more than \u0065ight bytes`},
		"seven bytes, escaped":   {`abcdefg`, `\u0061bcdefg`},
		"eight bytes, escaped":   {`abcdefgh`, `abcdefg\u0068`},
		"NUL":                    {`\u0000`, `\u0000`},
	} {
		for _, between := range []int{0, 1, 10, 30, 31, 32, 33, 64, 300} {
			for place, format := range map[string]string{
				"outermost": "%s", "in an object": `{"abc":%s}`, "in an array": `[[],%s]`, "deep": `[{"a":[{"a":%s}]},1]`, "far from the end": `%s                `,
			} {
				first, second := `"`+pair[0]+`":1,`, `"`+pair[1]+`":2`
				for order, inner := range []string{first + filler(between) + second, filler(between) + first + second, first + second + "," + filler(between) + `"z":0`} {
					text := fmt.Sprintf(format, "{"+inner+"}")
					require.ErrorContains(t, valid(text), "duplicate member name ", "%s, %d between, %s, %d", name, between, place, order)
				}
			}
		}
	}
}

func TestDifferentNamesAreAccepted(t *testing.T) {
	for _, count := range []int{1, 2, 31, 32, 33, 34, 100, 2000} {
		for name, format := range map[string]string{
			"numbers": "%d", "three letters": "%c%c%c", "long": "a longer prefix %d", "escaped": `\u0061%d`, "escaped and long": `a longer prefix \n%d`,
			"outside ASCII": "\u00e9%d", "NULs": "", "same ends": "aaaaaaaa%daaaaaaaa", "letters and one escape": "",
		} {
			var b strings.Builder
			for i := range min(count, 26*26*26) {
				switch name {
				case "three letters":
					fmt.Fprintf(&b, `,"`+format+`":0`, 'a'+i/676, 'a'+i/26%26, 'a'+i%26)
				case "NULs":
					fmt.Fprintf(&b, `,"%s":0`, strings.Repeat(`\u0000`, i%100)+strings.Repeat("0", i/100))
				case "letters and one escape":
					fmt.Fprintf(&b, `,"%s":0`, []string{"a", `\u0062`}[i%2]+fmt.Sprint(i))
				default:
					fmt.Fprintf(&b, `,"`+format+`":0`, i)
				}
			}
			text := "{" + b.String()[1:] + "}"
			require.Len(t, members(t, text), count, "%d %s", count, name)
			require.NoError(t, valid(`[{"a":`+text+`},`+text+"]"), "%d %s", count, name)
		}
	}
}

func TestAnObjectInsideDoesNotCountForTheOneAround(t *testing.T) {
	for _, text := range []string{
		`{"a":{"b":{"a":1,"b":2},"a":3},"b":[{"a":1},{"a":1}],"c":{"c":{"c":{}}}}`,
		`{"iss":{"iss":{"iss":1}},"sub":[{"iss":1,"sub":2},{"iss":1}]}`,
	} {
		require.NoError(t, valid(text), "%q", text)
	}
	require.Error(t, valid(`{"a":{"b":1},"a":1}`), "the name before an inner object is still known behind it")
	require.Error(t, valid(`{"a":1,"b":{"c":{}},"c":[{"b":1}],"b":0}`))
}

func TestManyMembersKeepTheirOrder(t *testing.T) {
	var s strictjson.Scanner
	for _, count := range []int{5000, 40000, 3, 1000} {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, `,"claim%d":{"in":[%d]}`, i, i)
		}
		text := "{" + b.String()[1:] + "}"
		got, err := s.Object(text)
		require.NoError(t, err)
		require.Len(t, got, count)
		for i, m := range got {
			if m.Name(text) != fmt.Sprintf("claim%d", i) || m.Raw(text) != fmt.Sprintf(`{"in":[%d]}`, i) {
				require.Fail(t, "wrong member", "%d: %s", i, m.Raw(text))
			}
		}
	}
}

// TestHostileTextsTakeLinearTime would run into the timeout of the test if any of these were
// quadratic.
func TestHostileTextsTakeLinearTime(t *testing.T) {
	const count = 200_000
	build := func(open, format, end string) string {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, format, i)
		}
		return open + strings.TrimSuffix(b.String(), ",") + end
	}
	long := strings.Repeat("x", 1000)
	for name, text := range map[string]string{
		"many names":           build("{", `"%d":0,`, "}"),
		"many escaped names":   build("{", `"\u0061%d":0,`, "}"),
		"many inner objects":   build("[", `{"a":%d},`, "]"),
		"many escaped objects": build("[", `{"\u0061":%d},`, "]"),
		"long names, one end":  build("{", `"`+long[:50]+`%d":0,`, "}"),
		"one escaped string":   `"` + strings.Repeat(`\u0041`, count) + `"`,
		"outside ASCII":        `"` + strings.Repeat("\u00e9", count) + `"`,
		"white space":          "[" + strings.Repeat("  \n\t", count) + "]",
		"digits":               strings.Repeat("1", 10*count),
		"escapes, one by one":  build("[", `"\n%d",`, "]"),
		"one long name":        `{"` + strings.Repeat(`\\`, 10*count) + `":1}`,
	} {
		require.NoError(t, valid(text), name)
	}
}

func TestKindsAreNamedWithTheirArticle(t *testing.T) {
	var s strictjson.Scanner
	for text, want := range map[string]string{`null`: "null", `true`: "a boolean", `false`: "a boolean", `1`: "a number", `""`: "a string", `[]`: "an array", `{}`: "an object"} {
		kind, err := s.Value(text)
		require.NoError(t, err)
		require.Equal(t, want, kind.String())
	}
	require.Equal(t, "nothing", strictjson.Invalid.String())
}

func TestShortNamesInEverySpelling(t *testing.T) {
	for _, text := range []string{
		`{"exp":1}`, `{"exp":1,"a":"long enough for a word"}`, `{"exp" :1,"a":"long enough for a word"}`, `{"\u0065xp":1}`,
		`{"e\u0078p":1,"a":"long enough for a word"}`, `{ "exp" : 1 }`,
	} {
		require.Equal(t, short("exp"), members(t, text)[0].Short(), text)
	}
	for _, text := range []string{`{"":1}`, `{"ex":1}`, `{"expo":1}`, `{"ex\u0070o":1}`, `{"exp\u0000":1}`, `{"expiration":1}`, `{"EXP":1}`, `{"e\u00e9p":1}`, `{"\u0000exp":1}`} {
		require.NotEqual(t, short("exp"), members(t, text)[0].Short(), text)
	}
	// The print and the number are of the same bytes, so that a name beyond ASCII has one too.
	require.Equal(t, short("\u20ac"), members(t, "{\"\u20ac\":1}")[0].Short())
}
