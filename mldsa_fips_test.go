//go:build go1.27 && fips140v1.0

package jwt_test

import (
	"crypto/mldsa"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// The FIPS 140-3 module of Go 1.24 has no ML-DSA: no constructor makes a key of it.
func TestMLDSANeedsAnotherFIPSModule(t *testing.T) {
	const want = "unavailable in FIPS 140-3 Go Cryptographic Module v1.0.0"
	private, public := testkeys.Pair(t, "testdata/keys/mldsa/mldsa65")
	_, err := jwt.GeneratePrivateKey(jwt.MLDSA65)
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
	_, err = jwt.NewPrivateKey(new(mldsa.PrivateKey))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = jwt.NewPublicKey(new(mldsa.PublicKey))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}
