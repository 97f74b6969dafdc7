package differential

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	golang "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/stretchr/testify/require"
)

// The verifiers that the library is compared with: two ways to use golang-jwt, whose
// parser depends on the claims type, and two of jwx, which verifies in another function
// if the key comes from a set.
const (
	golangMap    = "golang-jwt, map"
	golangStruct = "golang-jwt, struct"
	goJose       = "go-jose"
	jwxKey       = "jwx, key"
	jwxSet       = "jwx, set"
)

var peerNames = []string{golangMap, golangStruct, goJose, jwxKey, jwxSet}

// verifiers verify with one policy.
type verifiers struct {
	policy *policy
	own    *jwt.Verifier[jwt.MapClaims]
	peers  map[string]func(token string) error
}

func newVerifiers(t *testing.T, p *policy) *verifiers {
	t.Helper()
	return &verifiers{p, newOwn(t, p), map[string]func(string) error{
		golangMap:    newGolang(p, func() golang.Claims { return golang.MapClaims{} }),
		golangStruct: newGolang(p, func() golang.Claims { return new(golang.RegisteredClaims) }),
		goJose:       newGoJose(p),
		jwxKey:       newJWX(t, p, false),
		jwxSet:       newJWX(t, p, true),
	}}
}

func newOwn(t *testing.T, p *policy) *jwt.Verifier[jwt.MapClaims] {
	t.Helper()
	alg, err := jwt.ParseAlgorithm(p.key.alg)
	require.NoError(t, err)
	opts := []jwt.VerifyOption{jwt.WithClock(func() time.Time { return now })}
	if p.profile {
		opts = append(opts, jwt.WithIssuer(issuer), jwt.WithAudience(audience))
	} else {
		opts = append(opts, jwt.AllowAnyAudience())
	}
	v, err := jwt.NewVerifier[jwt.MapClaims](p.key.own, []jwt.Algorithm{alg}, opts...)
	require.NoError(t, err)
	return v
}

// newGolang looks at the kid as its Keyfunc is meant to.
func newGolang(p *policy, claims func() golang.Claims) func(string) error {
	opts := []golang.ParserOption{golang.WithValidMethods([]string{p.key.alg}), golang.WithTimeFunc(func() time.Time { return now })}
	if p.profile {
		opts = append(opts, golang.WithIssuer(issuer), golang.WithAudience(audience))
	}
	parser := golang.NewParser(opts...)
	find := func(t *golang.Token) (any, error) {
		if kid, ok := t.Header["kid"].(string); ok && kid != "" && kid != keyID {
			return nil, errors.New("unknown kid")
		}
		return p.key.public, nil
	}
	return func(token string) error {
		_, err := parser.ParseWithClaims(token, claims(), find)
		return err
	}
}

// newGoJose gives the key without a set, in which go-jose would look for a kid only.
func newGoJose(p *policy) func(string) error {
	algs := []jose.SignatureAlgorithm{jose.SignatureAlgorithm(p.key.alg)}
	expected := josejwt.Expected{Time: now}
	if p.profile {
		expected.Issuer, expected.AnyAudience = issuer, josejwt.Audience{audience}
	}
	return func(token string) error {
		tok, err := josejwt.ParseSigned(token, algs)
		if err != nil {
			return err
		}
		if kid := tok.Headers[0].KeyID; kid != "" && kid != keyID {
			return errors.New("unknown kid")
		}
		var claims josejwt.Claims
		var members map[string]any
		if err := tok.Claims(p.key.public, &claims, &members); err != nil {
			return err
		}
		return claims.ValidateWithLeeway(expected, 0)
	}
}

func newJWX(t *testing.T, p *policy, inSet bool) func(string) error {
	t.Helper()
	alg, ok := jwa.LookupSignatureAlgorithm(p.key.alg)
	require.True(t, ok)
	key, err := jwk.Import(p.key.public)
	require.NoError(t, err)
	require.NoError(t, key.Set(jwk.KeyIDKey, keyID))
	require.NoError(t, key.Set(jwk.AlgorithmKey, alg))
	opts := []jwxjwt.ParseOption{jwxjwt.WithClock(jwxjwt.ClockFunc(func() time.Time { return now })), jwxjwt.WithKey(alg, key)}
	if inSet {
		set := jwk.NewSet()
		require.NoError(t, set.AddKey(key))
		opts[1] = jwxjwt.WithKeySet(set, jws.WithRequireKid(false))
	}
	if p.profile {
		opts = append(opts, jwxjwt.WithIssuer(issuer), jwxjwt.WithAudience(audience))
	}
	opts = slices.Clip(opts)
	return func(token string) error {
		_, err := jwxjwt.Parse([]byte(token), opts...)
		return err
	}
}

// verify asks a peer; a panic is a refusal.
func (v *verifiers) verify(peer, token string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return v.peers[peer](token)
}
