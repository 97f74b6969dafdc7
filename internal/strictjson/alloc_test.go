//go:build !race

package strictjson_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func TestAScannerInUseAllocatesNothing(t *testing.T) {
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, `,"claim%d":{"a":%d,"\u0062":[]}`, i, i)
	}
	for name, text := range map[string]string{
		"usual":         usual,
		"escaped names": `{"\u0061":1,"a longer \n name":2,"b":{"\u0061":1}}`,
		"outside ASCII": "{\"caf\u00e9\":\"\u4e2d\u6587\"}",
		"many members":  "{" + many.String()[1:] + "}",
		"long string":   `{"a":"` + strings.Repeat("x", 1_000_000) + `"}`,
		"deep":          strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64),
	} {
		t.Run(name, func(t *testing.T) {
			var s strictjson.Scanner
			require.Zero(t, testing.AllocsPerRun(10, func() {
				if _, err := s.Object(text); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Value(text); err != nil {
					t.Fatal(err)
				}
			}))
		})
	}
}

func TestMembersOfALargeObjectAreNotMovedOften(t *testing.T) {
	var many strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&many, `,"claim%d":%d`, i, i)
	}
	var s strictjson.Scanner
	text := "{" + many.String()[1:] + "}"
	require.LessOrEqual(t, testing.AllocsPerRun(5, func() {
		if _, err := s.Object(text); err != nil {
			t.Fatal(err)
		}
	}), 20.0)
}

// TestWhatHasNoEscapeIsNotCopiedAnywhere is about names and strings of all short lengths, near the
// end of a text too.
func TestWhatHasNoEscapeIsNotCopiedAnywhere(t *testing.T) {
	var s strictjson.Scanner
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for name := range len(letters) {
		for value := range len(letters) {
			for _, rest := range []string{"}", "          }"} {
				text := `{"` + letters[:name] + `":"` + letters[:value] + `"` + rest
				length := 0
				require.Zero(t, testing.AllocsPerRun(1, func() {
					members, _ := s.Object(text)
					length = len(members[0].Name(text)) + len(members[0].String(text))
				}), "%q", text)
				require.Equal(t, name+value, length, "%q", text)
			}
		}
	}
}

func TestWhatHasNoEscapeIsNotCopied(t *testing.T) {
	var s strictjson.Scanner
	members, err := s.Object(usual)
	require.NoError(t, err)
	length := 0
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for _, m := range members {
			length += len(m.Name(usual)) + len(m.Raw(usual))
			switch m.Kind() {
			case strictjson.String:
				length += len(m.String(usual)) + len(strictjson.Unquote(m.Raw(usual)))
			case strictjson.Array:
				for element := range strictjson.Elements(m.Raw(usual)) {
					length += len(strictjson.Unquote(element))
				}
			}
		}
	}))
	require.NotZero(t, length)
}

func TestQuotingAllocatesNothingWhereThereIsRoom(t *testing.T) {
	dst := make([]byte, 0, 1000)
	for _, s := range []string{"", "abc", "a longer text without anything in it", "a \"quoted\"\n text \u00e9\u2028", "not UTF-8 \xff"} {
		require.Zero(t, testing.AllocsPerRun(10, func() { strictjson.AppendQuote(dst, s) }), "%q", s)
	}
}

func TestRefusingDoesNotCostMemory(t *testing.T) {
	var s strictjson.Scanner
	text := `{"a":"` + strings.Repeat("x", 1_000_000) + `"`
	require.LessOrEqual(t, testing.AllocsPerRun(10, func() { _, _ = s.Object(text) }), 4.0)
}
