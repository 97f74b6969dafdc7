package base64url_test

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"

	"example.com/jwt/internal/base64url"
	"github.com/stretchr/testify/require"
)

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// payload has the length of a usual token's claims.
var payload = bytes.Repeat([]byte(`{"iss":"https://auth.example.com/","sub":"0123~\u0e01?>"}`), 5)[:233]

func TestLengthsAreThoseOfTheStandardLibrary(t *testing.T) {
	for n := range 1000 {
		require.Equal(t, base64.RawURLEncoding.EncodedLen(n), base64url.EncodedLen(n))
		if n%4 == 1 {
			require.Equal(t, -1, base64url.DecodedLen(n))
		} else {
			require.Equal(t, base64.RawURLEncoding.DecodedLen(n), base64url.DecodedLen(n))
			require.Equal(t, n, base64url.EncodedLen(base64url.DecodedLen(n)))
		}
	}
}

func TestEncodingIsThatOfTheStandardLibraryAndDecodesToItsSource(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		for range 20 {
			src := make([]byte, n)
			for i := range src {
				src[i] = byte(rng.Uint32())
			}
			text := base64url.AppendEncode(nil, src)
			require.Equal(t, base64.RawURLEncoding.EncodeToString(src), string(text))
			back, ok := base64url.AppendDecode(nil, string(text))
			require.True(t, ok)
			require.True(t, bytes.Equal(src, back))
		}
	}
}

func TestEveryPairOfCharactersIsEncoded(t *testing.T) {
	var src, want []byte
	for x := range 4096 {
		y := 4095 - x
		src = append(src, byte(x>>4), byte(x<<4|y>>8), byte(y))
		want = append(want, alphabet[x>>6], alphabet[x&63], alphabet[y>>6], alphabet[y&63])
	}
	require.Equal(t, string(want), string(base64url.AppendEncode(nil, src)))
}

func TestEveryByteInEveryPlaceIsDecodedOrRefused(t *testing.T) {
	for _, size := range []int{2, 3, 4, 6, 7, 8, 10, 11, 12, 16, 19, 24} {
		for place := range size {
			for c := range 256 {
				text := []byte(strings.Repeat("A", size))
				text[place] = byte(c)
				checkAgainstStandardLibrary(t, string(text))
			}
		}
	}
}

func TestEveryLastGroupHasOneText(t *testing.T) {
	for _, test := range []struct {
		name, group string
		step        int
	}{
		{"one byte after nothing", "A", 16},
		{"one byte after eight characters", "AAAAAAAA_", 16},
		{"two bytes after nothing", "-_", 4},
		{"two bytes after four characters", "zzzzA9", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			for v := range 64 {
				_, ok := base64url.AppendDecode(nil, test.group+alphabet[v:v+1])
				require.Equal(t, v%test.step == 0, ok, "last character %q", alphabet[v])
			}
		})
	}
}

func TestTextsOutsideTheEncodingAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"one character":              "A",
		"five characters":            "AAAAA",
		"nine characters":            "AAAAAAAAA",
		"padding, one byte":          "AA==",
		"padding, two bytes":         "AAA=",
		"padding after whole groups": "AAAA====",
		"plus":                       "AAA+AAAA",
		"slash":                      "AAA/AAAA",
		"line feed at the end":       "AAAA\n",
		"line feeds, whole groups":   "AAAA\n\n\n\n",
		"CR LF inside":               "AA\r\nAAAA",
		"space":                      "AAA AAAA",
		"tab":                        "\tAAAAAAA",
		"NUL":                        "AAAAAAA\x00",
		"dot":                        "AAAA.AAA",
		"a letter outside ASCII":     "AA\u00e9AAAA",
		"full-width letter":          "\uff21AAAAA",
		"byte 0xff":                  "AAAAAA\xffA",
		"byte with the high bit":     "AAAAAA\xc1A",
		"bits after one byte":        "AB",
		"bits after two bytes":       "AAB",
		"bits after nine bytes":      "AAAAAAAAAAAAAB"[:14],
	} {
		t.Run(name, func(t *testing.T) {
			dst := make([]byte, 3, 64)
			copy(dst, "abc")
			got, ok := base64url.AppendDecode(dst, text)
			require.False(t, ok)
			require.Equal(t, "abc", string(got))
		})
	}
}

func TestAppendingKeepsWhatIsThereAndTouchesNothingBehind(t *testing.T) {
	for n := range 60 {
		src := payload[:n]
		text := base64.RawURLEncoding.EncodeToString(src)
		for name, try := range map[string]struct {
			appendTo func([]byte) []byte
			want     string
		}{
			"encode": {func(b []byte) []byte { return base64url.AppendEncode(b, src) }, text},
			"decode": {func(b []byte) []byte { b, _ = base64url.AppendDecode(b, text); return b }, string(src)},
		} {
			guard := bytes.Repeat([]byte{0xAA}, 3+len(try.want)+16)
			copy(guard, "abc")
			got := try.appendTo(guard[:3])
			require.Equal(t, "abc"+try.want, string(got), name)
			require.Same(t, &guard[0], &got[0], "%s moved although there was room", name)
			require.Equal(t, bytes.Repeat([]byte{0xAA}, 16), guard[3+len(try.want):], "%s wrote behind its result", name)

			moved := try.appendTo([]byte("abc")[:3:3])
			require.Equal(t, "abc"+try.want, string(moved), name)
		}
	}
}

// checkAgainstStandardLibrary compares the decoder with the standard library's strict one, which in
// addition skips CR and LF.
func checkAgainstStandardLibrary(t *testing.T, text string) {
	t.Helper()
	want, err := base64.RawURLEncoding.Strict().DecodeString(text)
	wantOK := err == nil && strings.Trim(text, alphabet) == "" && !strings.ContainsAny(text, "\r\n")
	got, ok := base64url.AppendDecode([]byte("x"), text)
	require.Equal(t, wantOK, ok, "%q", text)
	if !wantOK {
		require.Equal(t, "x", string(got), "%q", text)
		return
	}
	require.Equal(t, "x"+string(want), string(got), "%q", text)
	require.Equal(t, text, string(base64url.AppendEncode(nil, got[1:])))
}

// FuzzDecode states that the decoder is the standard library's, less the two characters which that
// one skips, and that what it accepts is what the encoder writes.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "A", "AA", "AB", "AAA", "AAAA", "AA==", "AA\r\nAA", "eyJhbGciOiJub25lIn0", "_-_-_-_-_-_"} {
		f.Add(seed)
	}
	f.Fuzz(checkAgainstStandardLibrary)
}

// FuzzEncode states that the encoder is the standard library's and that the decoder undoes it.
func FuzzEncode(f *testing.F) {
	f.Add([]byte(nil))
	f.Add(payload)
	f.Fuzz(func(t *testing.T, src []byte) {
		text := string(base64url.AppendEncode(nil, src))
		require.Equal(t, base64.RawURLEncoding.EncodeToString(src), text)
		back, ok := base64url.AppendDecode(nil, text)
		require.True(t, ok)
		require.True(t, bytes.Equal(src, back))
	})
}

func BenchmarkDecode(b *testing.B) {
	text := base64.RawURLEncoding.EncodeToString(payload)
	std, src := base64.RawURLEncoding.Strict(), []byte(text)
	dst := make([]byte, 0, len(payload))
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			base64url.AppendDecode(dst, text)
		}
	})
	b.Run("std", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			_, _ = std.Decode(dst[:cap(dst)], src)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	dst := make([]byte, 0, base64url.EncodedLen(len(payload)))
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(payload)))
		for b.Loop() {
			base64url.AppendEncode(dst, payload)
		}
	})
	b.Run("std", func(b *testing.B) {
		b.SetBytes(int64(len(payload)))
		for b.Loop() {
			base64.RawURLEncoding.Encode(dst[:cap(dst)], payload)
		}
	})
}
