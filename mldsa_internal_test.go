//go:build go1.27

package jwt

import (
	"crypto/mldsa"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/base64url"
)

// The examples of RFC 9964 sign a text rather than claims, so that they are no tokens to Verify.
func TestExamplesOfRFC9964(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/rfc9964.json")
	require.NoError(t, err)
	var vectors []struct{ Alg, Key, Token string }
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 3)
	for _, v := range vectors {
		key, err := ParsePrivateKey([]byte(v.Key))
		require.NoError(t, err)
		require.Equal(t, key.KeyID(), key.Public().Thumbprint())
		s := algorithmByName(v.Alg).scheme()
		dot := strings.LastIndexByte(v.Token, '.')
		sig, ok := base64url.AppendDecode(nil, v.Token[dot+1:])
		require.True(t, ok)
		m := key.pair.checkedKey
		require.True(t, s.family.verify(s, m, v.Token[:dot], sig))
		require.False(t, s.family.verify(s, m, v.Token[:dot]+"A", sig))
		require.False(t, s.family.verify(s, m, v.Token[:dot], sig[1:]))
		want, err := key.Crypto().(*mldsa.PrivateKey).SignDeterministic([]byte(v.Token[:dot]), nil)
		require.NoError(t, err)
		require.Equal(t, want, sig)
	}
}
