// Package interop exchanges tokens and keys with other people's libraries, in both
// directions. A library or program that is missing fails the tests.
package interop

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

const (
	issuer   = "https://issuer.example"
	audience = "api"
)

// peer is a library: it signs with a key of ours, and verifies with one.
type peer interface {
	sign(alg, kid string, key keyText, claims []byte) (string, error)
	verify(alg string, key keyText, token string) ([]byte, error)
}

// jwkPeer is a peer with JWKs of its own.
type jwkPeer interface {
	peer
	generate(alg, kid string) (private, public []byte, err error)
	verifySet(alg string, jwks []byte, token string) ([]byte, error)
}

// The algorithms, and which of them peers lack.
const (
	rsaAndHMAC = "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512"
	withECDSA  = rsaAndHMAC + " ES256 ES384 ES512"
	withEdDSA  = withECDSA + " EdDSA"
	all        = withEdDSA + " Ed25519" // RFC 9864 is of October 2025
)

type entry struct {
	name       string
	peer       peer
	algorithms string
	forms      string // of the keys it reads
}

func peers(t *testing.T) []entry {
	node := start(t, "node", "../node/peer.mjs")
	python := start(t, "/usr/bin/python3", "pyjwt.py")
	return []entry{
		{"golang-jwt", golangJWT{}, withEdDSA, formPEM},
		{"go-jose", goJose{}, withEdDSA, formPEM + " " + formJWK},
		{"jwx", jwx{}, all, formPEM + " " + formJWK},
		{"PyJWT", python.use("PyJWT"), withEdDSA, formPEM + " " + formJWK + " " + formSSH},
		{"jose", node.use("jose"), all, formPEM + " " + formJWK},
		{"jsonwebtoken", node.use("jsonwebtoken"), withECDSA, formPEM},
	}
}

// userClaims has what libraries get wrong: a large integer, and text that some escape.
type userClaims struct {
	Name   string   `json:"name"`
	Roles  []string `json:"roles"`
	Number int64    `json:"n"`
}

type allClaims struct {
	jwt.RegisteredClaims
	userClaims
}

func newClaims() allClaims {
	now := time.Now()
	return allClaims{
		jwt.RegisteredClaims{
			Issuer: issuer, Subject: "zoë", Audience: jwt.Audience{audience, "other"}, ID: "1",
			ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour)),
			NotBefore: jwt.NewNumericDate(now.Add(-time.Minute)),
			IssuedAt:  jwt.NewNumericDate(now),
		},
		userClaims{Name: "<Zoë> & \u2028 \U0001D11E", Roles: []string{"a", "b"}, Number: 1<<53 - 1},
	}
}

// checkTheirs verifies a token of a peer into a struct.
func checkTheirs(t *testing.T, token string, keys jwt.KeySource, alg jwt.Algorithm, kid string, want allClaims) {
	t.Helper()
	tok, err := jwt.Verify[userClaims](token, keys, []jwt.Algorithm{alg},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithSubject("zoë"), jwt.WithMaxAge(time.Hour), jwt.WithRequiredClaims("exp", "nbf"))
	require.NoError(t, err)
	require.Equal(t, want.userClaims, tok.Claims)
	require.Equal(t, want.RegisteredClaims, tok.RegisteredClaims)
	require.Equal(t, kid, tok.Header.KeyID)
	require.Equal(t, kid, tok.KeyID)
}

// checkOurs lets a peer verify a token of ours, and refuse a changed one.
func checkOurs(t *testing.T, token string, want allClaims, verify func(token string) ([]byte, error)) {
	t.Helper()
	got, err := verify(token)
	require.NoError(t, err)
	wanted, err := json.Marshal(want)
	require.NoError(t, err)
	require.JSONEq(t, string(wanted), string(got))
	_, err = verify(change(token))
	require.Error(t, err, "a changed token")
}

// change changes the first character of the signature.
func change(token string) string {
	at := strings.LastIndexByte(token, '.') + 1
	first := "A"
	if token[at] == 'A' {
		first = "B"
	}
	return token[:at] + first + token[at+1:]
}

func sign(t *testing.T, claims allClaims, key jwt.SigningKey, alg jwt.Algorithm) string {
	t.Helper()
	token, err := jwt.Sign(claims, key, alg)
	require.NoError(t, err)
	return token
}

func TestInterop(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	keys := map[string]*ownKey{}
	for name := range strings.FieldsSeq(all) {
		alg, err := jwt.ParseAlgorithm(name)
		require.NoError(t, err)
		keys[name] = newOwnKey(t, alg, rsaKey)
	}
	counts := map[string]int{}
	for _, e := range peers(t) {
		for alg := range strings.FieldsSeq(e.algorithms) {
			counts["peers with an algorithm"]++
			for form := range strings.FieldsSeq(e.forms) {
				if form == formSSH && isHMAC(alg) {
					continue // no secret has that form
				}
				t.Run(e.name+"/"+alg+"/"+form, func(t *testing.T) { exchange(t, e.peer, keys[alg], form) })
				counts["signed by them, verified by us"]++
				counts["signed by us, verified by them"]++
			}
			if p, ok := e.peer.(jwkPeer); ok && strings.Contains(e.forms, formJWK) {
				t.Run(e.name+"/"+alg+"/their JWK", func(t *testing.T) { useTheirKey(t, p, keys[alg].alg) })
				counts["their JWK used by us"]++
			}
		}
		if p, ok := e.peer.(jwkPeer); ok && strings.Contains(e.forms, formJWK) {
			algs := slices.DeleteFunc(strings.Fields(e.algorithms), isHMAC)
			t.Run(e.name+"/sets", func(t *testing.T) { exchangeSets(t, p, algs, keys) })
			counts["keys of their JWK Sets used by us"] += len(algs)
			counts["keys of our JWK Sets used by them"] += len(algs)
		}
	}
	t.Logf("interoperation: %v", counts)
	require.Equal(t, map[string]int{
		"peers with an algorithm":           79,
		"signed by them, verified by us":    143,
		"signed by us, verified by them":    143,
		"their JWK used by us":              54,
		"keys of their JWK Sets used by us": 42,
		"keys of our JWK Sets used by them": 42,
	}, counts)
}

// exchange passes a token each way with one key of ours.
func exchange(t *testing.T, p peer, key *ownKey, form string) {
	alg, claims := key.alg.String(), newClaims()
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	token, err := p.sign(alg, key.signing.KeyID(), key.privateText[form], payload)
	require.NoError(t, err)
	checkTheirs(t, token, key.verifying, key.alg, key.signing.KeyID(), claims)

	checkOurs(t, sign(t, claims, key.signing, key.alg), claims, func(token string) ([]byte, error) {
		return p.verify(alg, key.publicText[form], token)
	})
}

// useTheirKey reads a key pair that the peer has made, and passes a token each way with it.
func useTheirKey(t *testing.T, p jwkPeer, alg jwt.Algorithm) {
	name, kid, claims := alg.String(), "their "+alg.String(), newClaims()
	private, public, err := p.generate(name, kid)
	require.NoError(t, err)
	signing, verifying := parseTheirs(t, name, private, public)
	require.Equal(t, kid, signing.KeyID())
	checkOurs(t, sign(t, claims, signing, alg), claims, func(token string) ([]byte, error) {
		return p.verify(name, keyText{formJWK, string(public)}, token)
	})
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	token, err := p.sign(name, kid, keyText{formJWK, string(private)}, payload)
	require.NoError(t, err)
	checkTheirs(t, token, verifying, alg, kid, claims)
}

func parseTheirs(t *testing.T, alg string, private, public []byte) (jwt.SigningKey, jwt.VerificationKey) {
	t.Helper()
	if isHMAC(alg) {
		secret, err := jwt.ParseSecretKey(private)
		require.NoError(t, err)
		return secret, secret
	}
	key, err := jwt.ParsePrivateKey(private)
	require.NoError(t, err)
	verifying, err := jwt.ParsePublicKey(public)
	require.NoError(t, err)
	require.True(t, key.Public().Equal(verifying))
	return key, verifying
}

// exchangeSets reads a set of the peer's keys here, and one of ours there; kid selects.
func exchangeSets(t *testing.T, p jwkPeer, algs []string, keys map[string]*ownKey) {
	var theirs []json.RawMessage
	var ours []jwt.VerificationKey
	tokens := map[string]string{}
	claims := newClaims()
	payload, err := json.Marshal(claims)
	require.NoError(t, err)
	for _, alg := range algs {
		private, public, err := p.generate(alg, "their "+alg)
		require.NoError(t, err)
		theirs = append(theirs, public)
		tokens[alg], err = p.sign(alg, "their "+alg, keyText{formJWK, string(private)}, payload)
		require.NoError(t, err)
		ours = append(ours, keys[alg].public)
	}
	text, err := json.Marshal(map[string]any{"keys": theirs})
	require.NoError(t, err)
	set, err := jwt.ParseKeySet(text)
	require.NoError(t, err)
	require.Empty(t, set.Skipped())
	require.Len(t, set.Keys(), len(algs))
	set2, err := jwt.NewKeySet(ours...)
	require.NoError(t, err)
	published, err := set2.MarshalJSON()
	require.NoError(t, err)
	for _, alg := range algs {
		checkTheirs(t, tokens[alg], set, keys[alg].alg, "their "+alg, claims)
		checkOurs(t, sign(t, claims, keys[alg].signing, keys[alg].alg), claims, func(token string) ([]byte, error) {
			return p.verifySet(alg, published, token)
		})
	}
}
