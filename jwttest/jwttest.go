// Package jwttest has an issuer of tokens for the tests of programs that use package jwt:
// keys, the server that publishes them, a clock that the test moves, and tokens that a
// service must refuse.
//
// A service's own test of who it lets in, whole:
//
//	func TestOrders(t *testing.T) {
//		issuer := jwttest.NewIssuer(t)
//		api := newAPI(issuer.URL(), issuer.KeySet(), jwt.WithClock(issuer.Clock()))
//		status := func(token string) int {
//			r, w := httptest.NewRequest("GET", "/orders", nil), httptest.NewRecorder()
//			r.Header.Set("Authorization", "Bearer "+token)
//			api.ServeHTTP(w, r)
//			return w.Code
//		}
//		claims := jwt.RegisteredClaims{Issuer: issuer.URL(), Subject: "susan", Audience: jwt.Audience{"orders"}}
//		require.Equal(t, 200, status(issuer.Sign(claims, jwt.WithExpiresIn(time.Hour))))
//		for _, bad := range issuer.BadTokens(claims, jwt.WithExpiresIn(time.Hour)) {
//			require.Equal(t, 401, status(bad.Token), bad.Name)
//		}
//	}
//
// A service that fetches its keys discovers them from [Issuer.URL], with [jwks.AllowHTTP]
// since the server is on loopback, and [jwks.WithClock] for what takes time.
//
// The keys are made for one test and belong to nobody: nothing of this package is for a
// program in production.
package jwttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

// jwksPath is where the server has its JWK Set.
const jwksPath = "/jwks.json"

// Issuer signs tokens and publishes its keys over HTTP on loopback until the test ends. It
// is safe for concurrent use, except that a method which cannot do its work ends the test
// with Fatalf, which must not happen outside the test's goroutine.
type Issuer struct {
	tb  testing.TB
	alg jwt.Algorithm
	url string

	mu     sync.Mutex
	now    time.Time
	made   int             // keys made so far
	key    *jwt.PrivateKey // signs; its public half is in the set
	set    *jwt.KeySet     // what is published
	outage bool
}

// Option is an option of [NewIssuer]. The interface is sealed.
type Option interface{ issuerOption() }

type algorithmOption struct{ alg jwt.Algorithm }

func (algorithmOption) issuerOption() {}

// WithAlgorithm makes the issuer sign with alg instead of ES256, for a service that allows
// another only. Keys of the RSA algorithms take some tenths of a second to make. An HS*
// algorithm ends the test: secrets are not published.
func WithAlgorithm(alg jwt.Algorithm) Option { return algorithmOption{alg} }

// NewIssuer starts an issuer; tb.Cleanup stops it. Its clock starts at the real time, in
// whole seconds, and stands still until [Issuer.Advance] moves it. A mistake in the options
// ends the test.
func NewIssuer(tb testing.TB, opts ...Option) *Issuer {
	tb.Helper()
	i := &Issuer{tb: tb, now: time.Now().UTC().Truncate(time.Second)}
	for _, opt := range opts {
		o, ok := opt.(algorithmOption)
		if !ok || o.alg == nil || i.alg != nil {
			tb.Fatalf("jwttest: NewIssuer: an option is nil, given twice, or not of this package")
		}
		i.alg = o.alg
	}
	if i.alg == nil {
		i.alg = jwt.ES256
	}
	i.Rotate()
	server := httptest.NewServer(i.handler())
	tb.Cleanup(server.Close)
	i.url = server.URL
	return i
}

// URL is the issuer's identifier, the "iss" of its tokens, and where its server is: it has
// the documents of OpenID Connect Discovery and RFC 8414 under /.well-known/, and the JWK
// Set that they name. Nobody can log in there.
func (i *Issuer) URL() string { return i.url }

// Sign makes a token of claims with the current key, its kid and the issuer's clock. It adds
// no claims: a realistic token has an iss, an aud, a sub and an exp, which
// [jwt.WithExpiresIn] adds. Claims that cannot be signed end the test.
func (i *Issuer) Sign(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.sign(i.current(), i.Clock(), claims, opts)
}

// Rotate makes a new key, publishes it beside the old ones, and signs with it from now on:
// a rotation without notice, after which a service must fetch. A [jwks.Source] that has just
// fetched does so after its cooldown of 30 seconds: see the example.
func (i *Issuer) Rotate() {
	i.tb.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.made++
	key, err := jwt.GeneratePrivateKey(i.alg, jwt.WithKeyID(fmt.Sprintf("key-%d", i.made)))
	if err != nil {
		i.tb.Fatalf("jwttest: making a key: %v", err)
	}
	i.key = key
	i.publish(i.keys()...)
}

// RevokeOldKeys takes all keys but the current one out of the published set, as an issuer
// does at the end of a rotation, or at once when a key was stolen: tokens of the old keys
// must be refused from the next fetch on.
func (i *Issuer) RevokeOldKeys() {
	i.tb.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.publish()
}

// SetOutage makes the server answer everything with status 503, or answer again: a service
// without keys must answer 503 and not 401 then, and one that has keys must go on.
func (i *Issuer) SetOutage(on bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.outage = on
}

// KeySet is the set of public keys that is published now, for a verifier that is given its
// keys instead of fetching them.
func (i *Issuer) KeySet() *jwt.KeySet {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.set
}

// Clock is the issuer's clock, to share with a verifier through [jwt.WithClock].
func (i *Issuer) Clock() func() time.Time {
	return func() time.Time {
		i.mu.Lock()
		defer i.mu.Unlock()
		return i.now
	}
}

// Advance moves the issuer's clock by d, backwards if d is negative.
func (i *Issuer) Advance(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

func (i *Issuer) current() *jwt.PrivateKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key
}

// keys gives what is published.
func (i *Issuer) keys() []jwt.VerificationKey {
	if i.set == nil {
		return nil
	}
	return i.set.Keys()
}

// publish makes the set of some older keys and the current one.
func (i *Issuer) publish(older ...jwt.VerificationKey) {
	i.tb.Helper()
	set, err := jwt.NewKeySet(append(older, i.key.Public())...)
	if err != nil {
		i.tb.Fatalf("jwttest: making a key set: %v", err)
	}
	i.set = set
}

func (i *Issuer) sign(key *jwt.PrivateKey, now func() time.Time, claims any, opts []jwt.SignOption) string {
	i.tb.Helper()
	raw, err := jwt.Sign(claims, key, i.alg, append([]jwt.SignOption{jwt.WithClock(now)}, opts...)...)
	if err != nil {
		i.tb.Fatalf("jwttest: signing the claims: %v", err)
	}
	return raw
}

func (i *Issuer) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.serveMetadata)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", i.serveMetadata)
	mux.Handle("GET "+jwksPath, jwks.Handler(i.KeySet))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		outage := i.outage
		i.mu.Unlock()
		if outage {
			http.Error(w, "an outage", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// serveMetadata answers with what OpenID Connect Discovery, Section 3, and RFC 8414, Section
// 2, require of an issuer that has no endpoints to log in.
func (i *Issuer) serveMetadata(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"issuer":                                i.url,
		"jwks_uri":                              i.url + jwksPath,
		"response_types_supported":              []string{"id_token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{i.alg.String()},
	})
}
