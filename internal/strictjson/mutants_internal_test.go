package strictjson

import (
	"fmt"
	"hash/maphash"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesWithOnePrintAreToldApart makes prints collide, which nobody can without knowing the secrets: times one, the print
// of a name of up to four bytes is its length.
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

func TestEachPieceOfScratchIsKeptUpToItsBound(t *testing.T) {
	const words = maxScratch / 4
	for name, test := range map[string]struct {
		bound int
		put   func(s *Scanner, n int)
		size  func(s *Scanner) int
	}{
		"members":   {maxScratch / 24, func(s *Scanner, n int) { s.members = make([]Member, 0, n) }, func(s *Scanner) int { return cap(s.members) }},
		"heads":     {words, func(s *Scanner, n int) { s.heads = make([]uint32, n) }, func(s *Scanner) int { return cap(s.heads) }},
		"unescaped": {maxScratch, func(s *Scanner, n int) { s.unescaped = make([]byte, n) }, func(s *Scanner) int { return cap(s.unescaped) }},
		"next, which is shorter than heads": {words, func(s *Scanner, n int) { s.heads, s.next = make([]uint32, n), make([]uint32, n-1) },
			func(s *Scanner) int { return cap(s.next) }},
	} {
		const text = `{"a":1,"bcd":"far from the end"}`
		var s Scanner
		test.put(&s, test.bound)
		before := test.size(&s)
		_, err := s.Object(text)
		require.NoError(t, err)
		require.Equal(t, before, test.size(&s), name)

		test.put(&s, test.bound+1)
		_, err = s.Object(text)
		require.NoError(t, err)
		require.Less(t, test.size(&s), 100, name)
	}
}

func TestRoomForMembersFollowsTheText(t *testing.T) {
	scan := func(members int, rest string) int {
		var b strings.Builder
		for i := range members {
			fmt.Fprintf(&b, `"%04d":0,`, i)
		}
		var s Scanner
		text := "{" + b.String() + `"rest":"` + rest + `"}`
		s.scan(text, true)
		require.Equal(t, faultNone, s.fault)
		require.Len(t, s.members, members+1)
		return cap(s.members)
	}
	require.Less(t, scan(900, strings.Repeat("x", 1_000_000)), 1800, "some members do not foretell more of them")
	for _, members := range []int{2000, 3000, 5000, 9000} {
		require.Less(t, scan(members, ""), members*3/2, "%d equal members", members)
	}
}

// TestOnlyWhatHasAnEscapeIsMarkedSo is about what would be copied without need, in every place at the end of a text.
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

func TestEachFaultHasItsWords(t *testing.T) {
	known := map[string]fault{}
	for f := faultCharacter; f <= faultSize; f++ {
		s := Scanner{fault: f}
		message := s.syntaxError(`""`).Error()
		what, found := strings.CutSuffix(message, " at offset 0")
		require.True(t, found, message)
		require.NotEmpty(t, what, "fault %d", f)
		require.NotContains(t, known, what)
		known[what] = f
	}
}
