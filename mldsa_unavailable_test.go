//go:build !go1.27 || fips140v1.0

package jwt_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/mldsa"
	"example.com/jwt/internal/testkeys"
)

// Where there is no ML-DSA, nothing makes a key of it, and the error says what is missing.
func TestMLDSAIsUnavailable(t *testing.T) {
	if len(mldsa.All()) == 0 {
		needsGo127(t)
	} else {
		needsAnotherFIPSModule(t)
	}
	_, err := jwt.NewPrivateKey(new(mldsa.PrivateKey))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = jwt.NewPublicKey(new(mldsa.PublicKey))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

// Before Go 1.27 whatever is of ML-DSA is refused, and the reason is the version.
func needsGo127(t *testing.T) {
	const want = " needs a program that is built with Go 1.27 or later"
	for _, size := range []string{"44", "65", "87"} {
		name := "ML-DSA-" + size
		_, err := jwt.ParseAlgorithm(name)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, name+want)
		private, public := testkeys.Pair(t, "testdata/keys/mldsa/mldsa"+size)
		_, err = jwt.ParsePrivateKey(private)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, name+want)
		_, err = jwt.ParsePublicKey(public)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, name+want)
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
	require.EqualError(t, set.Skipped()[0], `jwt: entry 0 of the JWK Set is skipped: kid "new": ML-DSA-65`+want)
	_, err = jwt.ParsePrivateKey([]byte(`{"kty":"AKP","alg":"ML-DSA-65","pub":"AAAA","priv":"AAAA"}`))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "ML-DSA-65"+want)
}

// The FIPS 140-3 module of Go 1.24 has no ML-DSA: no constructor makes a key of it.
func needsAnotherFIPSModule(t *testing.T) {
	const want = "unavailable in FIPS 140-3 Go Cryptographic Module v1.0.0"
	private, public := testkeys.Pair(t, "testdata/keys/mldsa/mldsa65")
	alg, err := jwt.ParseAlgorithm("ML-DSA-65")
	require.NoError(t, err)
	_, err = jwt.GeneratePrivateKey(alg)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, want)
	_, err = jwt.ParsePrivateKey(private)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, want)
	_, err = jwt.ParsePublicKey(public)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, want)
	_, err = jwt.ParsePublicKey([]byte(`{"kty":"AKP","alg":"ML-DSA-44","pub":"` + b64(make([]byte, 1312)) + `"}`))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, want)
}
