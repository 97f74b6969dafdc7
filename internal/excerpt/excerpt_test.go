package excerpt_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/jwt/internal/excerpt"
	"github.com/stretchr/testify/require"
)

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func TestQuoteAndText(t *testing.T) {
	for s, kept := range map[string]string{
		"":              "",
		"abc":           "abc",
		repeat("x", 64): repeat("x", 64),
		repeat("x", 65): repeat("x", 64),
		repeat("é", 32): repeat("é", 32),
		repeat("é", 33): repeat("é", 32),
		repeat("é", 31) + "a" + repeat("é", 40): repeat("é", 31) + "a",
		"abc" + repeat("😀", 20):                 "abc" + repeat("😀", 15),
		repeat("\x80", 70):                      repeat("\x80", 64),
	} {
		more := ""
		if kept != s {
			more = "…"
		}
		require.Equal(t, kept+more, excerpt.Text(s), "%q", s)
		want := `"` + kept + `"` + more
		if !utf8.ValidString(kept) {
			want = `"` + repeat(`\x80`, len(kept)) + `"` + more
		}
		require.Equal(t, want, excerpt.Quote(s), "%q", s)
	}
	require.Equal(t, `"a\nb\"\x1b\u202e"`, excerpt.Quote("a\nb\"\x1b\u202e"))
}

func TestList(t *testing.T) {
	require.Equal(t, `[]`, excerpt.List(nil))
	require.Equal(t, `["a" "b\n"]`, excerpt.List([]string{"a", "b\n"}))
	require.Equal(t, `["a" "b" "c" "d"]`, excerpt.List([]string{"a", "b", "c", "d"}))
	require.Equal(t, `["`+repeat("x", 64)+`"… "b" "c" "d" and 2 more]`,
		excerpt.List([]string{repeat("x", 65), "b", "c", "d", "e", "f"}))
}

func TestError(t *testing.T) {
	for message, want := range map[string]string{
		"no":                   "no",
		"a\x1b[31m\r\nb\u009b": "a?[31m??b?",
		"a\xffb":               "ab",
		repeat("x", 256):       repeat("x", 256),
		repeat("x", 257):       repeat("x", 256) + "…",
		"m" + repeat("é", 200): "m" + repeat("é", 127) + "…",
		repeat("\x80", 300):    "…",
	} {
		require.Equal(t, want, excerpt.Error(errors.New(message)), "%q", message)
	}
}

func TestAge(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		0:                         "less than a second ago",
		time.Millisecond:          "in less than a second",
		-time.Second:              "1 second ago",
		-59 * time.Second:         "59 seconds ago",
		-90 * time.Second:         "1 minute ago",
		2 * time.Minute:           "in 2 minutes",
		time.Hour:                 "in 1 hour",
		-47 * time.Hour:           "1 day ago",
		-3 * 365 * 24 * time.Hour: "3 years ago",
	} {
		require.Equal(t, want, excerpt.Age(now.Add(d), now), "%s", d)
	}
	require.Equal(t, "in 7978 years", excerpt.Age(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), now))
	require.Equal(t, "2026 years ago", excerpt.Age(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), now))
}

func FuzzQuote(f *testing.F) {
	f.Add(repeat("é", 31) + "a" + repeat("é", 40))
	f.Fuzz(func(t *testing.T, s string) {
		text := strings.TrimSuffix(excerpt.Text(s), "…")
		require.LessOrEqual(t, len(text), 64)
		require.True(t, strings.HasPrefix(s, text))
		if utf8.ValidString(s) {
			require.True(t, utf8.ValidString(text), "a character was cut")
		}
	})
}
