package jwt_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

func TestGeneratedKeysAreReadyToUse(t *testing.T) {
	for alg, bits := range map[jwt.Algorithm]int{
		jwt.PS256: 3072, jwt.ES256: 256, jwt.ES384: 384, jwt.ES512: 521, jwt.EdDSA: 0, jwt.Ed25519: 0,
	} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(alg, jwt.WithThumbprintKeyID())
			require.NoError(t, err)
			require.Equal(t, key.Public().Thumbprint(), key.KeyID())
			switch public := key.Public().Crypto().(type) {
			case *rsa.PublicKey:
				require.Equal(t, bits, public.N.BitLen())
			case *ecdsa.PublicKey:
				require.Equal(t, bits, public.Curve.Params().BitSize)
			case ed25519.PublicKey:
				require.Zero(t, bits)
			}
			text, err := key.ExportJWK()
			require.NoError(t, err)
			var members map[string]string
			require.NoError(t, json.Unmarshal(text, &members))
			require.Equal(t, alg.String(), members["alg"])

			unnamed, err := jwt.GeneratePrivateKey(alg, jwt.WithAlgorithm(alg))
			require.NoError(t, err)
			require.Empty(t, unnamed.KeyID())
			require.False(t, unnamed.Public().Equal(key.Public()))
		})
	}
	for alg, size := range map[jwt.Algorithm]int{jwt.HS256: 32, jwt.HS384: 48, jwt.HS512: 64} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GenerateSecretKey(alg, jwt.WithKeyID("s"), jwt.WithAlgorithm(alg))
			require.NoError(t, err)
			require.Equal(t, "s", key.KeyID())
			text, err := key.ExportJWK()
			require.NoError(t, err)
			var members map[string]string
			require.NoError(t, json.Unmarshal(text, &members))
			require.Len(t, unb64(t, members["k"]), size)
			require.Equal(t, alg.String(), members["alg"])

			other, err := jwt.GenerateSecretKey(alg)
			require.NoError(t, err)
			require.Empty(t, other.KeyID())
			second, err := other.ExportJWK()
			require.NoError(t, err)
			require.NotContains(t, string(second), members["k"])
		})
	}
}

func TestGenerateRefusesWhatDoesNotApply(t *testing.T) {
	for name, row := range map[string]struct {
		alg  jwt.Algorithm
		opts []jwt.KeyOption
		want string
	}{
		"a secret for a key pair's algorithm": {jwt.RS256, nil, "use GeneratePrivateKey"},
		"nil":                                 {nil, nil, "algorithm"},
		"a number out of the list":            {jwt.HS256 + 100, nil, "algorithm"},
		"foreign":                             {struct{ jwt.Algorithm }{jwt.HS256}, nil, "algorithm"},
		"another algorithm":                   {jwt.HS256, []jwt.KeyOption{jwt.WithAlgorithm(jwt.HS384)}, "WithAlgorithm says HS384"},
		"a passphrase":                        {jwt.HS256, []jwt.KeyOption{jwt.WithPassphrase([]byte("x"))}, "WithPassphrase"},
		"a weak key":                          {jwt.HS256, []jwt.KeyOption{jwt.InsecureAllowWeakKey()}, "InsecureAllowWeakKey"},
		"a thumbprint of a secret":            {jwt.HS256, []jwt.KeyOption{jwt.WithThumbprintKeyID()}, "WithThumbprintKeyID"},
		"an empty kid":                        {jwt.HS256, []jwt.KeyOption{jwt.WithKeyID("")}, "kid"},
		"a nil option":                        {jwt.HS256, []jwt.KeyOption{nil}, "option"},
	} {
		t.Run("GenerateSecretKey, "+name, func(t *testing.T) {
			key, err := jwt.GenerateSecretKey(row.alg, row.opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, row.want)
		})
	}
	for name, row := range map[string]struct {
		alg  jwt.Algorithm
		opts []jwt.KeyOption
		want string
	}{
		"a key pair for a secret's algorithm": {jwt.HS512, nil, "use GenerateSecretKey"},
		"nil":                                 {nil, nil, "algorithm"},
		"another algorithm":                   {jwt.EdDSA, []jwt.KeyOption{jwt.WithAlgorithm(jwt.Ed25519)}, "WithAlgorithm says Ed25519"},
		"a passphrase":                        {jwt.EdDSA, []jwt.KeyOption{jwt.WithPassphrase([]byte("x"))}, "WithPassphrase"},
		"a weak key":                          {jwt.RS256, []jwt.KeyOption{jwt.InsecureAllowWeakKey()}, "InsecureAllowWeakKey"},
	} {
		t.Run("GeneratePrivateKey, "+name, func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(row.alg, row.opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, row.want)
		})
	}
}
