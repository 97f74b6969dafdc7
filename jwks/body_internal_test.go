package jwks

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBombIsNotUnpacked: only as much of it is read as gives the most that is accepted.
func TestBombIsNotUnpacked(t *testing.T) {
	var member bytes.Buffer
	zw := gzip.NewWriter(&member)
	_, err := zw.Write(make([]byte, 1e6))
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	bomb := bytes.NewBuffer(bytes.Repeat(member.Bytes(), 100))
	size := bomb.Len()
	_, err = read(&http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}},
		Body:       io.NopCloser(bomb),
	}, false)
	require.EqualError(t, err, "the answer is longer than 1048576 bytes")
	require.Less(t, size-bomb.Len(), size/10)
}

// TestBeginning: a message repeats no more of a body than what could not be a part of a key.
func TestBeginning(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "<!doctype HTML>": "<!doctype HTML", "\ufeff\n <HTML lang=en>": "<HTML", "<script>": "<", "<?xml version": "<?xml",
		`{"keys":"secret"`: `{"`, `{ "k" : "c2VjcmV0" }`: `{ "`, "[[[[": "[[[[", "[1]": "[", "null": "null", "NULL": "NULL", "true": "true",
		"-----BEGIN PRIVATE KEY-----\nMC4C": "-----BEGIN", "--secret": "", "c2VjcmV0": "", "_-+/=": "", "\x1f\x8b\x08": "", "é": "",
		"((((((((((((((((((((((((((": "((((((((((((((((",
	} {
		require.Equal(t, want, beginning(body), "%q", body)
	}
}

// FuzzBeginning: what is repeated is short, is the body's, and holds no character of base64 but
// in words that are known.
func FuzzBeginning(f *testing.F) {
	f.Add("<html>", "MC4CAQAwBQYDK2Vw")
	f.Add("", "{")
	f.Fuzz(func(t *testing.T, noise, secret string) {
		got := beginning(noise + secret)
		require.LessOrEqual(t, len(got), maxBeginning)
		require.Contains(t, noise+secret, got)
		for _, text := range beginnings {
			if strings.EqualFold(got, text) {
				return
			}
		}
		require.False(t, strings.ContainsFunc(got, func(r rune) bool {
			return r >= 0x80 || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+/-_=", r)
		}), "%q", got)
	})
}
