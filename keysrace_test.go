package jwt_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// Under -race: keys, sets, signers and verifiers are shared without locks.
func TestKeysAreShared(t *testing.T) {
	type pair struct {
		signer *jwt.Signer
		key    *jwt.PrivateKey
	}
	algs := []jwt.Algorithm{jwt.RS256, jwt.PS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA, jwt.Ed25519, jwt.HS256}
	var pairs []pair
	var keys []jwt.VerificationKey
	for _, alg := range algs[:len(algs)-1] {
		key, err := jwt.ParsePrivateKey([]byte(testkeys.Edit(t, testkeys.RFCPrivateRSA, "alg", alg.String())), jwt.WithThumbprintKeyID())
		if alg != jwt.RS256 && alg != jwt.PS256 {
			key, err = jwt.GeneratePrivateKey(alg, jwt.WithThumbprintKeyID())
		}
		require.NoError(t, err)
		signer, err := jwt.NewSigner(key, alg)
		require.NoError(t, err)
		pairs, keys = append(pairs, pair{signer, key}), append(keys, key.Public())
	}
	public, err := jwt.NewKeySet(keys...)
	require.NoError(t, err)
	secret, err := jwt.GenerateSecretKey(jwt.HS256, jwt.WithKeyID("secret"))
	require.NoError(t, err)
	all, err := jwt.NewKeySet(append(keys, secret)...)
	require.NoError(t, err)
	verifier, err := jwt.NewVerifier[jwt.MapClaims](all, algs)
	require.NoError(t, err)
	hmac, err := jwt.NewSigner(secret, jwt.HS256)
	require.NoError(t, err)
	published, err := public.MarshalJSON()
	require.NoError(t, err)

	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			for n := range 8 {
				p := pairs[(i+n)%len(pairs)]
				for _, signer := range []*jwt.Signer{p.signer, hmac} {
					raw, err := signer.Sign(jwt.RegisteredClaims{Subject: "shared"})
					assert.NoError(t, err)
					tok, err := verifier.Verify(raw)
					if assert.NoError(t, err) {
						assert.Equal(t, "shared", tok.Subject)
					}
				}
				again, err := public.MarshalJSON()
				assert.NoError(t, err)
				assert.Equal(t, published, again)
				text, err := p.key.ExportJWK()
				assert.NoError(t, err)
				back, err := jwt.ParsePrivateKey(text)
				assert.NoError(t, err)
				assert.True(t, back.Public().Equal(p.key.Public()))
				assert.Equal(t, p.key.KeyID(), p.key.Public().Thumbprint())
				_, err = secret.ExportJWK()
				assert.NoError(t, err)
				all.Keys()[n] = nil
				_ = p.key.String()
			}
		})
	}
	group.Wait()
}
