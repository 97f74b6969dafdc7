package strictjson

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesWithOnePrintAreToldApart makes prints collide, which nobody can without knowing the
// secrets: times one, the print of a name of up to four bytes is its length.
func TestNamesWithOnePrintAreToldApart(t *testing.T) {
	for _, count := range []int{2, 3, 31, 32, 33, 34, 100} {
		for form, format := range map[string]string{"plain": "%c%cxy", "escaped": `%c%c\u0078y`, "one of each": "%c%c%sy"} {
			var b strings.Builder
			for i := range count {
				args := []any{'a' + i/26, 'a' + i%26}
				if form == "one of each" {
					args = append(args, []string{"x", `\u0078`}[i%2])
				}
				fmt.Fprintf(&b, `,"`+format+`":0`, args...)
			}
			s := Scanner{multiplier: 1, seed: maphash.MakeSeed()}
			text := "{" + b.String()[1:] + "}"
			members, err := s.Object(text)
			require.NoError(t, err, "%d, %s", count, form)
			require.Len(t, members, count)
			require.Equal(t, members[0].info&printBits, members[count-1].info&printBits, "the test is wrong about the prints")
			for _, again := range []string{"aaxy", "abxy", `\u0061axy`, `a\u0062xy`} {
				_, err := s.Object(text[:len(text)-1] + `,"` + again + `":1}`)
				require.ErrorContains(t, err, "duplicate member name", "%d, %s", count, form)
			}
		}
	}
}

// TestOnlyWhatHasAnEscapeIsMarkedSo is about what would be copied without need, in every place at
// the end of a text.
func TestOnlyWhatHasAnEscapeIsMarkedSo(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	var s Scanner
	for name := range len(letters) {
		for value := range len(letters) {
			for _, escape := range []string{"", `\n`, `\u0041`, `\ud83d\ude00`} {
				for _, tail := range []string{"}", ` , "z" : "far from the end" }`} {
					for _, text := range []string{
						`{"` + letters[:name] + escape + `":"` + letters[:value] + `"` + tail,
						`{"` + letters[:name] + `":"` + escape + letters[:value] + `"` + tail,
					} {
						members, err := s.Object(text)
						require.NoError(t, err)
						m := &members[0]
						if strings.Contains(m.rawName(text), `\`) != (m.info&nameEscaped != 0) || strings.Contains(m.Raw(text), `\`) != (m.info&valueEscaped != 0) {
							require.Fail(t, "wrong mark", "%q", text)
						}
					}
				}
			}
		}
	}
}
