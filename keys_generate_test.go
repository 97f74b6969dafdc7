package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

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

// Equal and Crypto look at the key alone, not at its name and binding.
func TestEqualKeysAndTheirCopies(t *testing.T) {
	others := sshKeyPairs(t)
	for name, pair := range sshKeyPairs(t) {
		key, err := jwt.NewPrivateKey(pair, jwt.WithKeyID("a"))
		require.NoError(t, err)
		other, err := jwt.NewPrivateKey(others[name])
		require.NoError(t, err)
		require.False(t, key.Equal(other), name)
		require.False(t, other.Public().Equal(key.Public()), name)

		copied := key.Crypto()
		require.IsType(t, pair, copied)
		require.True(t, copied.(interface{ Equal(crypto.PrivateKey) bool }).Equal(pair), name)
		again, err := jwt.NewPrivateKey(copied)
		require.NoError(t, err)
		require.True(t, key.Equal(again), name)
		switch k := copied.(type) { // whoever changes the copy does not change the key
		case *rsa.PrivateKey:
			k.D.SetInt64(3)
			k.Primes[0].SetInt64(3)
			k.Precomputed.Dp.SetInt64(3)
		case *ecdsa.PrivateKey:
			//lint:ignore SA1019 The copy is spoilt on purpose.
			k.D.SetInt64(3)
		case ed25519.PrivateKey:
			clear(k)
		}
		require.True(t, key.Crypto().(interface{ Equal(crypto.PrivateKey) bool }).Equal(pair), name)

		held := &opaqueSigner{pair}
		foreign, err := jwt.NewPrivateKey(held)
		require.NoError(t, err)
		require.Same(t, held, foreign.Crypto())
		second, err := jwt.NewPrivateKey(&opaqueSigner{pair})
		require.NoError(t, err)
		require.True(t, foreign.Equal(second), name)
		require.True(t, foreign.Equal(key), name)
		require.False(t, foreign.Equal(other), name)

		signer, err := ssh.NewSignerFromKey(pair)
		require.NoError(t, err)
		agent, err := jwt.NewSSHKey(signer)
		require.NoError(t, err)
		require.Nil(t, agent.Crypto(), name)
		require.True(t, agent.Equal(key), name)
	}
	var private jwt.PrivateKey
	var secret jwt.SecretKey
	require.Nil(t, private.Crypto())
	require.False(t, private.Equal(&private) || private.Equal(nil) || (*jwt.PrivateKey)(nil).Equal(&private))
	require.False(t, secret.Equal(&secret) || secret.Equal(nil) || (*jwt.SecretKey)(nil).Equal(&secret))

	one, two := secretKey(t), secretKey(t, jwt.WithKeyID("a"), jwt.WithAlgorithm(jwt.HS256))
	require.True(t, one.Equal(two))
	for _, bytes := range [][]byte{testSecret[1:], append([]byte("x"), testSecret[1:]...), append(testSecret[:63:63], 'x')} {
		other, err := jwt.NewSecretKey(bytes)
		require.NoError(t, err)
		require.False(t, one.Equal(other))
	}
}
