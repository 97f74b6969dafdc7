//go:build !go1.27

package jwt_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

const needsGo127 = " needs a program that is built with Go 1.27 or later"

// Before Go 1.27 whatever is of ML-DSA is refused, and the reason is the version.
func TestMLDSANeedsGo127(t *testing.T) {
	for _, size := range []string{"44", "65", "87"} {
		name := "ML-DSA-" + size
		_, err := jwt.ParseAlgorithm(name)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, name+needsGo127)
		private, public := testkeys.Pair(t, "testdata/keys/mldsa/mldsa"+size)
		_, err = jwt.ParsePrivateKey(private)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, name+needsGo127)
		_, err = jwt.ParsePublicKey(public)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, name+needsGo127)
		raw, err := os.ReadFile("testdata/vectors/mldsa" + size + ".jwt")
		require.NoError(t, err)
		_, err = verify(t, strings.TrimSpace(string(raw)))
		require.ErrorIs(t, err, jwt.ErrAlgorithmNotAllowed)
	}
	_, err := jwt.ParseAlgorithm("ML-DSA-45")
	require.ErrorContains(t, err, "unknown algorithm")

	set, err := jwt.ParseKeySet([]byte(setText(`{"kty":"AKP","kid":"new","alg":"ML-DSA-65","pub":"AAAA"}`)))
	require.NoError(t, err)
	require.Len(t, set.Skipped(), 1)
	require.EqualError(t, set.Skipped()[0], `jwt: entry 0 of the JWK Set is skipped: kid "new": ML-DSA-65`+needsGo127)
	_, err = jwt.ParsePrivateKey([]byte(`{"kty":"AKP","alg":"ML-DSA-65","pub":"AAAA","priv":"AAAA"}`))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "ML-DSA-65"+needsGo127)
}
