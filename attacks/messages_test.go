package attacks_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// TestErrorsTellNoSecrets runs all vectors: no message has a part of the token, of the
// signature that would have been right, of the key or of a payload that is not authentic.
func TestErrorsTellNoSecrets(t *testing.T) {
	refusals := 0
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			if _, err := v.verify(t); err != nil {
				refusals++
				checkMessage(t, &v, err)
			}
		}
	}
	require.Greater(t, refusals, 400)
}

func checkMessage(t *testing.T, v *vector, err error) {
	message := err.Error()
	require.True(t, strings.HasPrefix(message, "jwt: "), "%s: %s", v.ID, message)
	require.LessOrEqual(t, len(message), 400, "%s: %s", v.ID, message)
	require.False(t, strings.ContainsFunc(message, unicode.IsControl), "%s: %q", v.ID, message)
	for _, secret := range v.secrets(t, errors.As(err, new(*jwt.ClaimError))) {
		for part := range slices.Chunk([]byte(secret), 10) {
			if len(part) == 10 && len(bytes.Trim(part, string(part[:1]))) > 0 { // ten times the same character says nothing
				require.NotContains(t, message, string(part), v.ID)
			}
		}
	}
}

// keyTextRuns are the parts of a key text that hold key material, in any base64.
var keyTextRuns = regexp.MustCompile(`[A-Za-z0-9+/_-]{40,}`)

// secrets are the texts that no message about a vector may repeat. The value of a claim
// that is refused is none: it stands in an authentic token.
func (v *vector) secrets(t *testing.T, claimRefused bool) []string {
	segments := strings.Split(v.token(t)[:min(len(v.token(t)), 100_000)], ".")
	var secrets []string
	for i, segment := range segments {
		secrets = append(secrets, segment)
		if decoded, err := base64.RawURLEncoding.DecodeString(segment); err == nil && i > 0 && !claimRefused {
			secrets = append(secrets, string(decoded))
		}
	}
	if v.Key.Kind != "hmac" {
		return append(secrets, keyTextRuns.FindAllString(v.Key.Value, -1)...)
	}
	secret, err := base64.RawURLEncoding.DecodeString(v.Key.Value)
	require.NoError(t, err)
	texts := [][]byte{secret}
	if len(segments) >= 2 {
		for _, h := range []func() hash.Hash{sha256.New, sha512.New384, sha512.New} {
			mac := hmac.New(h, secret)
			mac.Write([]byte(segments[0] + "." + segments[1]))
			texts = append(texts, mac.Sum(nil))
		}
	}
	for _, text := range texts {
		secrets = append(secrets, string(text), hex.EncodeToString(text), base64.RawURLEncoding.EncodeToString(text), base64.StdEncoding.EncodeToString(text))
	}
	return secrets
}
