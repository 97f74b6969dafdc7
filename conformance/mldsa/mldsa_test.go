// Package mldsa exchanges ML-DSA keys and tokens with other people's libraries, in both directions.
// It needs Go 1.27, which the other tests here do not.
package mldsa

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/go-jose/go-jose/v4"
	"github.com/lestrrat-go/jwx/v4/jwa"
	"github.com/lestrrat-go/jwx/v4/jwk"
	"github.com/lestrrat-go/jwx/v4/jws"
	"github.com/stretchr/testify/require"
)

const payload = `{"sub":"susan"}`

// peer is a library, which reads our JWKs.
type peer struct {
	sign   func(alg string, private []byte) (string, error)
	verify func(alg string, public []byte, token string) ([]byte, error)
}

var peers = map[string]peer{
	"jwx": {
		func(alg string, private []byte) (string, error) {
			key, err := jwk.ParseKey(private)
			if err != nil {
				return "", err
			}
			raw, err := jws.Sign([]byte(payload), jws.WithKey(jwxAlgorithm(alg), key))
			return string(raw), err
		},
		func(alg string, public []byte, token string) ([]byte, error) {
			key, err := jwk.ParseKey(public)
			if err != nil {
				return nil, err
			}
			return jws.Verify([]byte(token), jws.WithKey(jwxAlgorithm(alg), key))
		},
	},
	"go-jose": {
		func(alg string, private []byte) (string, error) {
			var key jose.JSONWebKey
			if err := json.Unmarshal(private, &key); err != nil {
				return "", err
			}
			signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, nil)
			if err != nil {
				return "", err
			}
			signed, err := signer.Sign([]byte(payload))
			if err != nil {
				return "", err
			}
			return signed.CompactSerialize()
		},
		func(alg string, public []byte, token string) ([]byte, error) {
			var key jose.JSONWebKey
			if err := json.Unmarshal(public, &key); err != nil {
				return nil, err
			}
			signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err != nil {
				return nil, err
			}
			return signed.Verify(key)
		},
	},
}

func jwxAlgorithm(name string) jwa.SignatureAlgorithm {
	return map[string]jwa.SignatureAlgorithm{"ML-DSA-44": jwa.MLDSA44(), "ML-DSA-65": jwa.MLDSA65(), "ML-DSA-87": jwa.MLDSA87()}[name]
}

func TestPeers(t *testing.T) {
	for name, peer := range peers {
		for _, alg := range []jwt.Algorithm{jwt.MLDSA44, jwt.MLDSA65, jwt.MLDSA87} {
			t.Run(name+" "+alg.String(), func(t *testing.T) {
				key, err := jwt.GeneratePrivateKey(alg, jwt.WithThumbprintKeyID())
				require.NoError(t, err)
				private, err := key.ExportJWK()
				require.NoError(t, err)
				public, err := key.Public().MarshalJSON()
				require.NoError(t, err)

				raw, err := jwt.Sign(json.RawMessage(payload), key, alg)
				require.NoError(t, err)
				got, err := peer.verify(alg.String(), public, raw)
				require.NoError(t, err)
				require.JSONEq(t, payload, string(got))
				_, err = peer.verify(alg.String(), public, strings.Replace(raw, ".e", ".f", 1))
				require.Error(t, err)

				raw, err = peer.sign(alg.String(), private)
				require.NoError(t, err)
				tok, err := jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
				require.NoError(t, err)
				require.Equal(t, "susan", tok.Subject)
			})
		}
	}
}
