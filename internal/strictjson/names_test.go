package strictjson_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// spellings are the ways to write a name of ASCII letters in a text: as it is, with one letter
// escaped, and with all.
func spellings(name string) []string {
	list := []string{name}
	all := ""
	for i := range len(name) {
		escape := fmt.Sprintf(`\u%04x`, name[i])
		list = append(list, name[:i]+escape+name[i+1:])
		all += escape
	}
	return append(list, all)
}

// spelledNames are names of all short lengths, and of three letters with each letter in each place.
func spelledNames() []string {
	names := []string{""}
	for n := range 11 {
		names = append(names, "bcdefghijklm"[:n+1])
	}
	for c := 'a'; c <= 'z'; c++ {
		names = append(names, string([]rune{c, 'n', 'o'}), string([]rune{'n', c, 'o'}), string([]rune{'n', 'o', c}))
	}
	return names
}

func TestANameIsFoundAgainInEverySpelling(t *testing.T) {
	var s strictjson.Scanner
	for _, name := range spelledNames() {
		for _, first := range spellings(name) {
			for _, second := range spellings(name) {
				for _, colon := range []string{":", " :"} {
					for _, tail := range []string{"}", ` , "z" : "far from the end" }`} {
						start := `{"` + first + `"` + colon + `1,"abc":2,`
						text := start + `"` + second + `"` + colon + "3" + tail
						_, err := s.Object(text)
						require.EqualError(t, err, fmt.Sprintf("duplicate member name %q at offset %d", name, len(start)), "%q", text)
					}
				}
			}
		}
	}
}

func TestMembersAreWhatTheyAreBehindNamesInEverySpelling(t *testing.T) {
	for _, name := range append(spelledNames(), "exp", "a name that is longer", "another name, and so on") {
		for _, spelling := range spellings(name) {
			for raw, kind := range map[string]strictjson.Kind{
				"null": strictjson.Null, "false": strictjson.False, "true": strictjson.True, "-1": strictjson.Number,
				`"x"`: strictjson.String, `"\n"`: strictjson.String, "[]": strictjson.Array, "{}": strictjson.Object,
			} {
				for _, tail := range []string{"}", "          }"} {
					text := `{"` + spelling + `":` + raw + tail
					m := members(t, text)[0]
					require.Equal(t, name, m.Name(text), "%q", text)
					require.Equal(t, kind, m.Kind(), "%q", text)
					require.Equal(t, raw, m.Raw(text), "%q", text)
					require.Equal(t, short(name), m.Short(), "%q", text)
					if kind == strictjson.String {
						require.Equal(t, strictjson.Unquote(raw), m.String(text), "%q", text)
					}
				}
			}
		}
	}
}

// TestANameTwiceIsFoundBehindMembersOfObjectsAround is about the members of open objects, which are
// all in one list.
func TestANameTwiceIsFoundBehindMembersOfObjectsAround(t *testing.T) {
	fill := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"f%d":0,`, i)
		}
		return b.String()
	}
	for _, around := range []int{0, 1, 10, 20, 29, 30, 31, 32, 33, 40, 70, 1100} {
		for _, inside := range []int{0, 1, 2, 10, 20, 29, 30, 31, 32, 33, 40, 70} {
			for _, format := range []string{`{%s"o":{%s}}`, `{%s"o":[1,{"x":{%s}}]}`, `{%s"o":{%s},"p":[{"q":2}]}`} {
				inner := `"a":1,` + fill(inside) + `"b":2`
				require.NoError(t, valid(fmt.Sprintf(format, fill(around), inner)))
				for _, twice := range []string{inner + `,"a":3`, inner + `,"b":3`, `"b":3,` + inner, fill(inside/2+1) + inner} {
					err := valid(fmt.Sprintf(format, fill(around), twice))
					if inside == 0 && strings.HasPrefix(twice, `"f`) {
						require.NoError(t, err)
						continue
					}
					require.ErrorContains(t, err, "duplicate member name", "%d around, %q", around, twice)
				}
			}
		}
	}
}
