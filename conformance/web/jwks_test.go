package web

import (
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

const (
	issuer   = "https://issuer.example"
	audience = "api"
)

// peer is another library's client of JWK Sets, in a program of ours.
type peer struct {
	name       string
	command    []string
	algorithms []jwt.Algorithm
	noKey      string // what it says of a token whose key is not in the set
}

var shared = []jwt.Algorithm{jwt.RS256, jwt.PS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA}

var peers = []peer{
	{"jose", []string{"node", "../node/remote.mjs"}, append([]jwt.Algorithm{jwt.Ed25519}, shared...),
		"JWKSNoMatchingKey: no applicable key found in the JSON Web Key Set"},
	{"PyJWKClient", []string{"/usr/bin/python3", "pyjwkclient.py"}, shared, "PyJWKClientError: Unable to find a signing key that matches"},
}

func forEachPeer(t *testing.T, test func(t *testing.T, peer peer, p *program)) {
	for _, peer := range peers {
		t.Run(peer.name, func(t *testing.T) { test(t, peer, start(t, peer.command[0], peer.command[1:]...)) })
	}
}

// publisher is an issuer with a key for each algorithm, whose set jwks.Handler publishes.
type publisher struct {
	url  string
	set  atomic.Pointer[jwt.KeySet]
	keys map[jwt.Algorithm]*jwt.PrivateKey
}

func newPublisher(t *testing.T) *publisher {
	p := &publisher{keys: map[jwt.Algorithm]*jwt.PrivateKey{}}
	server := httptest.NewServer(jwks.Handler(p.set.Load))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// publish makes a key for each algorithm in place of the old ones.
func (p *publisher) publish(t *testing.T, kid string, algs []jwt.Algorithm) {
	var public []jwt.VerificationKey
	for _, alg := range algs {
		key, err := jwt.GeneratePrivateKey(alg, jwt.WithKeyID(kid+"-"+alg.String()))
		require.NoError(t, err)
		p.keys[alg] = key
		public = append(public, key.Public())
	}
	set, err := jwt.NewKeySet(public...)
	require.NoError(t, err)
	p.set.Store(set)
}

func (p *publisher) sign(t *testing.T, alg jwt.Algorithm) string {
	raw, err := jwt.Sign(claims(), p.keys[alg], alg)
	require.NoError(t, err)
	return raw
}

func claims() jwt.MapClaims {
	return jwt.MapClaims{"iss": issuer, "sub": "susan", "aud": audience, "exp": time.Now().Add(time.Hour).Unix()}
}

// TestOurSetsAreRead: clients of other libraries read what jwks.Handler publishes, and follow
// a rotation.
func TestOurSetsAreRead(t *testing.T) {
	forEachPeer(t, func(t *testing.T, peer peer, program *program) {
		ours := newPublisher(t)
		old := map[jwt.Algorithm]string{}
		for _, kid := range []string{"one", "two"} {
			ours.publish(t, kid, peer.algorithms)
			for _, alg := range peer.algorithms {
				token := ours.sign(t, alg)
				res := program.must(request{Op: "verify", URL: ours.url, Alg: alg.String(), Token: token})
				require.Equal(t, "susan", res.Claims["sub"], alg)

				_, err := program.call(request{Op: "verify", URL: ours.url, Alg: alg.String(), Token: token[:len(token)-8] + "AAAAAAAA"})
				require.ErrorContains(t, err, "ignature", "%s: the peer does verify", alg)
				if before := old[alg]; before != "" {
					_, err = program.call(request{Op: "verify", URL: ours.url, Alg: alg.String(), Token: before})
					require.ErrorContains(t, err, peer.noKey, alg)
				}
				old[alg] = token
			}
		}
		require.Len(t, old, len(peer.algorithms))
	})
}

// TestTheirSetsAreRead: a jwks.Source reads what other libraries publish, and follows a
// rotation.
func TestTheirSetsAreRead(t *testing.T) {
	forEachPeer(t, func(t *testing.T, peer peer, program *program) {
		var names []string
		for _, alg := range peer.algorithms {
			names = append(names, alg.String())
		}
		url := program.must(request{Op: "publish", Algs: names, KeyID: "one"}).URL
		now := time.Now()
		source, err := jwks.New(url, jwks.AllowHTTP(), jwks.WithClock(func() time.Time { return now }))
		require.NoError(t, err)
		verify := func(alg jwt.Algorithm, token string) (*jwt.Token[jwt.MapClaims], error) {
			return jwt.Verify[jwt.MapClaims](token, jwt.KeyFunc(source.Keys), []jwt.Algorithm{alg}, jwt.WithIssuer(issuer), jwt.WithAudience(audience))
		}
		old := map[jwt.Algorithm]string{}
		for _, alg := range peer.algorithms {
			old[alg] = program.must(request{Op: "sign", Alg: alg.String(), Claims: claims()}).Token
			tok, err := verify(alg, old[alg])
			require.NoError(t, err, alg)
			require.Equal(t, "susan", tok.Subject)
			require.Equal(t, "one-"+alg.String(), tok.KeyID)
		}

		program.must(request{Op: "publish", Algs: names, KeyID: "two"})
		now = now.Add(30 * time.Second) // the cooldown after the fetch
		for _, alg := range peer.algorithms {
			tok, err := verify(alg, program.must(request{Op: "sign", Alg: alg.String(), Claims: claims()}).Token)
			require.NoError(t, err, alg)
			require.Equal(t, "two-"+alg.String(), tok.KeyID)
			_, err = verify(alg, old[alg])
			require.ErrorIs(t, err, jwt.ErrKeyNotFound, alg)
		}
		set, err := source.Keys(t.Context(), jwt.Header{KeyID: "two-RS256"})
		require.NoError(t, err)
		require.Len(t, set.(*jwt.KeySet).Keys(), len(peer.algorithms))
		require.Empty(t, set.(*jwt.KeySet).Skipped())
	})
}
