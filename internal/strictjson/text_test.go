package strictjson_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

func TestUnquote(t *testing.T) {
	for raw, want := range map[string]string{
		`""`:                          "",
		`"abc"`:                       "abc",
		"\"caf\u00e9\"":               "caf\u00e9",
		`"\"\\\/\b\f\n\r\t"`:          "\"\\/\b\f\n\r\t",
		`"a\u0062c"`:                  "abc",
		`"\u0000"`:                    "\x00",
		`"\u00e9\u00E9"`:              "\u00e9\u00e9",
		`"\uFFFD\uffff"`:              "\ufffd\uffff",
		`"\ud83d\ude00!"`:             "\U0001f600!",
		`"\uD800\uDC00\uDBFF\uDFFF"`:  "\U00010000\U0010ffff",
		`"\\u0041"`:                   `\u0041`,
		`"long before \n long after"`: "long before \n long after",
	} {
		require.NoError(t, valid(raw), "the test is wrong about %q", raw)
		require.Equal(t, want, strictjson.Unquote(raw))
	}
}

func TestAppendQuoteWritesWhatTheStandardLibraryWrites(t *testing.T) {
	for c := range rune(0x3000) {
		if utf8.ValidRune(c) {
			checkQuote(t, string(c))
			checkQuote(t, "1234567"+string(c)+"1234567890")
		}
	}
	for length := range 40 {
		for place := range length {
			for _, c := range []string{"\"", "\\", "\n", "\u00e9", "\u2028"} {
				checkQuote(t, strings.Repeat("x", place)+c+strings.Repeat("x", length-place-1))
			}
		}
	}
	letters := []rune("abcdefghijklmnop\"\\\n\u0000\x7f<&>\u00e9\u2028\u2029\u4e2d\U0001f600")
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		var b strings.Builder
		for range rng.IntN(24) {
			b.WriteRune(letters[rng.IntN(len(letters))])
		}
		checkQuote(t, b.String())
	}
}

func TestAppendQuoteRefusesWhatIsNotUTF8(t *testing.T) {
	for _, s := range []string{"\xff", "\x80", "abc\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a longer text \xe4\xb8", "\"\n\xff\"", "\u4e2d\xb8"} {
		checkQuote(t, s)
		dst, ok := strictjson.AppendQuote([]byte("abc"), s)
		require.False(t, ok, "%q", s)
		require.Equal(t, "abc", string(dst), "%q", s)
	}
	for c := range 256 {
		checkQuote(t, "1234567"+string([]byte{byte(c)})+"1234567890")
	}
	_, ok := strictjson.AppendQuote(nil, "\ufffd")
	require.True(t, ok, "the replacement character itself is legal")
}
