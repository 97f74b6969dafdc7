// Package jwttest provides a token issuer for the tests of programs that use package jwt:
// signing keys, a server that publishes them, a clock that the test controls, and tokens that
// a service must reject.
//
// A complete test of who a service lets in:
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
// A service that fetches its keys can discover them from [Issuer.URL]. It needs
// [jwks.AllowHTTP], because the server is on loopback, and [jwks.WithClock] so that the test
// controls when keys are fetched again.
//
// The keys are generated for one test. Do not use this package in production code.
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

// Issuer signs tokens and publishes its keys over HTTP on loopback until the test ends.
//
// It is safe for concurrent use, with one restriction: a method that fails ends the test with
// Fatalf, which must only be called from the test's own goroutine.
type Issuer struct {
	tb  testing.TB
	alg jwt.Algorithm
	url string

	mu     sync.Mutex
	now    time.Time
	made   int         // keys made so far
	key    issuerKey   // signs; the set has it, or its public half
	set    *jwt.KeySet // what verifies
	outage bool
}

// issuerKey is a *jwt.PrivateKey or a *jwt.SecretKey.
type issuerKey interface {
	jwt.SigningKey
	ExportJWK() ([]byte, error)
}

// Option is an option of [NewIssuer]. The interface is sealed.
type Option interface{ issuerOption() }

type algorithmOption struct{ alg jwt.Algorithm }

func (algorithmOption) issuerOption() {}

// WithAlgorithm makes the issuer sign with alg; the default is ES256. Generating an RSA key
// takes a few tenths of a second.
//
// With HS256, HS384 or HS512 the issuer has a shared secret, which [Issuer.KeySet] contains
// and which is not published: the server answers every request with 404.
func WithAlgorithm(alg jwt.Algorithm) Option { return algorithmOption{alg} }

// NewIssuer starts an issuer, which tb.Cleanup stops. Its clock starts within two seconds of
// the real time, never on a whole second, and stands still until [Issuer.Advance] moves it.
// An invalid option ends the test.
func NewIssuer(tb testing.TB, opts ...Option) *Issuer {
	tb.Helper()
	// A fraction of a second shows whether a service copes with dates that are rounded.
	i := &Issuer{tb: tb, now: time.Now().UTC().Truncate(time.Second).Add(-321 * time.Millisecond)}
	for _, opt := range opts {
		o, ok := opt.(algorithmOption)
		if !ok || o.alg == nil || i.alg != nil {
			tb.Fatalf("jwttest: NewIssuer: an option is nil, given twice, or not from this package")
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

// URL returns the issuer's identifier, which is both the "iss" of its tokens and the address
// of its server. The server has the metadata of OpenID Connect Discovery and RFC 8414 under
// /.well-known/, and the JWK Set. It has no endpoints for logging in.
func (i *Issuer) URL() string { return i.url }

// Sign signs claims with the current key, sets its kid, and uses the issuer's clock. It adds
// no claims: a realistic token has an iss, an aud and a sub, and an exp from
// [jwt.WithExpiresIn]. Claims that cannot be signed end the test.
func (i *Issuer) Sign(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.sign(i.current(), i.Clock(), claims, opts)
}

// Rotate generates a new key, publishes it next to the old ones, and signs with it from now
// on. This is a rotation without notice: a service has to fetch the keys before it can verify
// the next token.
func (i *Issuer) Rotate() {
	i.tb.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.made++
	i.key = i.generate(fmt.Sprintf("key-%d", i.made))
	i.publish(i.keys()...)
}

// RevokeOldKeys removes all keys except the current one from the published set, as an issuer
// does at the end of a rotation, or at once if a key was stolen. A service must reject tokens
// signed with the old keys after its next fetch.
func (i *Issuer) RevokeOldKeys() {
	i.tb.Helper()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.publish()
}

// SetOutage makes the server answer every request with status 503, or normally again. During
// an outage a service that has no keys yet must answer 503 and not 401, and one that has keys
// must keep working.
func (i *Issuer) SetOutage(on bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.outage = on
}

// KeySet returns the current set of public keys, for a verifier that does not fetch its keys.
// For HS256, HS384 and HS512 the set contains the secrets.
func (i *Issuer) KeySet() *jwt.KeySet {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.set
}

// Clock returns the issuer's clock, to share with a verifier through [jwt.WithClock].
func (i *Issuer) Clock() func() time.Time {
	return func() time.Time {
		i.mu.Lock()
		defer i.mu.Unlock()
		return i.now
	}
}

// Advance moves the issuer's clock forward by d, or back if d is negative.
func (i *Issuer) Advance(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

// usesSecret reports whether the issuer has a shared secret instead of a key pair.
func (i *Issuer) usesSecret() bool {
	return i.alg == jwt.HS256 || i.alg == jwt.HS384 || i.alg == jwt.HS512
}

// generate makes a key of the issuer's kind.
func (i *Issuer) generate(kid string) issuerKey {
	i.tb.Helper()
	var key issuerKey
	var err error
	if i.usesSecret() {
		key, err = jwt.GenerateSecretKey(i.alg, jwt.WithKeyID(kid))
	} else {
		key, err = jwt.GeneratePrivateKey(i.alg, jwt.WithKeyID(kid))
	}
	if err != nil {
		i.tb.Fatalf("jwttest: generating a key: %v", err)
	}
	return key
}

func (i *Issuer) current() issuerKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key
}

// keys returns the keys of the current set.
func (i *Issuer) keys() []jwt.VerificationKey {
	if i.set == nil {
		return nil
	}
	return i.set.Keys()
}

// publish makes the set of some older keys and the current one.
func (i *Issuer) publish(older ...jwt.VerificationKey) {
	i.tb.Helper()
	set, err := jwt.NewKeySet(append(older, verifies(i.key))...)
	if err != nil {
		i.tb.Fatalf("jwttest: making a key set: %v", err)
	}
	i.set = set
}

// verifies returns the key that verifies what key has signed.
func verifies(key issuerKey) jwt.VerificationKey {
	if private, ok := key.(*jwt.PrivateKey); ok {
		return private.Public()
	}
	return key.(*jwt.SecretKey)
}

func (i *Issuer) sign(key jwt.SigningKey, now func() time.Time, claims any, opts []jwt.SignOption) string {
	i.tb.Helper()
	raw, err := jwt.Sign(claims, key, i.alg, append([]jwt.SignOption{jwt.WithClock(now)}, opts...)...)
	if err != nil {
		i.tb.Fatalf("jwttest: signing the claims: %v", err)
	}
	return raw
}

func (i *Issuer) handler() http.Handler {
	mux := http.NewServeMux()
	if !i.usesSecret() {
		mux.HandleFunc("GET /.well-known/openid-configuration", i.serveMetadata)
		mux.HandleFunc("GET /.well-known/oauth-authorization-server", i.serveMetadata)
		mux.Handle("GET "+jwksPath, jwks.Handler(i.KeySet))
	}
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

// serveMetadata writes what OpenID Connect Discovery, Section 3, and RFC 8414, Section 2,
// require of an issuer that has no endpoints for logging in.
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
