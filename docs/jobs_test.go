package docs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// newIssuers makes the policies from the configuration.
func newIssuers(keys map[string]jwt.KeySource) (*jwt.Issuers[UserClaims], error) {
	var verifiers []*jwt.Verifier[UserClaims]
	for issuer, source := range keys {
		v, err := jwt.NewVerifier[UserClaims](source, []jwt.Algorithm{jwt.ES256},
			jwt.WithIssuer(issuer), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp", "sub"))
		if err != nil {
			return nil, fmt.Errorf("the policy for %s: %w", issuer, err)
		}
		verifiers = append(verifiers, v)
	}
	return jwt.NewIssuers(verifiers...)
}

// Tenants verifies tokens by a table of issuers that changes while the program runs.
type Tenants struct {
	issuers atomic.Pointer[jwt.Issuers[UserClaims]]
}

// Replace puts another table in place of the last one, which stays if there is an error.
func (t *Tenants) Replace(keys map[string]jwt.KeySource) error {
	issuers, err := newIssuers(keys)
	if err != nil {
		return err
	}
	t.issuers.Store(issuers)
	return nil
}

// VerifyContext makes Tenants a jwthttp.TokenVerifier. Before the first table, no token is
// accepted.
func (t *Tenants) VerifyContext(ctx context.Context, raw string) (*jwt.Token[UserClaims], error) {
	return t.issuers.Load().VerifyContext(ctx, raw)
}

var _ jwthttp.TokenVerifier[UserClaims] = (*Tenants)(nil)

func TestTenants(t *testing.T) {
	red, err := jwt.GeneratePrivateKey(jwt.ES256)
	require.NoError(t, err)
	blue, err := jwt.GeneratePrivateKey(jwt.ES256)
	require.NoError(t, err)
	sign := func(key *jwt.PrivateKey, issuer string) string {
		raw, err := jwt.Sign(jwt.MapClaims{"iss": issuer, "sub": "u-17", "aud": "api"}, key, jwt.ES256, jwt.WithExpiresIn(time.Minute))
		require.NoError(t, err)
		return raw
	}
	var tenants Tenants
	verify := func(key *jwt.PrivateKey, issuer string) error {
		_, err := tenants.VerifyContext(t.Context(), sign(key, issuer))
		return err
	}
	require.ErrorIs(t, verify(red, "https://red.example"), jwt.ErrInvalidOption)
	table := map[string]jwt.KeySource{"https://red.example": red.Public()}
	require.NoError(t, tenants.Replace(table))
	require.NoError(t, verify(red, "https://red.example"))
	require.ErrorIs(t, verify(blue, "https://blue.example"), jwt.ErrKeyNotFound)
	table["https://blue.example"] = blue.Public()
	require.NoError(t, tenants.Replace(table))
	require.NoError(t, verify(blue, "https://blue.example"))
	require.ErrorIs(t, verify(red, "https://blue.example"), jwt.ErrInvalidSignature)
	require.ErrorIs(t, tenants.Replace(map[string]jwt.KeySource{"": red.Public()}), jwt.ErrInvalidOption)
	require.NoError(t, verify(red, "https://red.example"))
}

// DenyList holds the jti of revoked tokens until they expire. This one is in memory; several
// instances would share a table, or a cache whose entries expire.
type DenyList struct {
	mu      sync.Mutex
	revoked map[string]time.Time
}

// Revoke adds a verified token, which must have a jti and an exp.
func (d *DenyList) Revoke(id string, expires time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.revoked == nil {
		d.revoked = map[string]time.Time{}
	}
	d.revoked[id] = expires
}

// Revoked reports whether a token was revoked, and removes entries that have expired.
func (d *DenyList) Revoked(id string, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for other, expires := range d.revoked {
		if !now.Before(expires) {
			delete(d.revoked, other)
		}
	}
	_, revoked := d.revoked[id]
	return revoked
}

// requireNotRevoked belongs inside the middleware that verifies the token.
func requireNotRevoked(denied *DenyList, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[UserClaims](r.Context())
		if !ok || denied.Revoked(tok.ID, time.Now()) {
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "the session has ended", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestDenyList(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	verifier, err := jwt.NewVerifier[UserClaims](issuer.KeySet(), []jwt.Algorithm{jwt.ES256}, jwt.WithRequiredClaims("exp", "jti"))
	require.NoError(t, err)
	var denied DenyList
	mux := http.NewServeMux()
	mux.Handle("POST /logout", logout(&denied))
	mux.Handle("GET /", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	service := jwthttp.Middleware(verifier)(requireNotRevoked(&denied, mux))
	token := issuer.Sign(jwt.MapClaims{"jti": "t-1"}, jwt.WithExpiresIn(time.Hour))
	call := func(method, path string) int {
		r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer "+token)
		service.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, http.StatusOK, call("GET", "/"))
	require.Equal(t, http.StatusNoContent, call("POST", "/logout"))
	require.Equal(t, http.StatusUnauthorized, call("GET", "/"))
	require.True(t, denied.Revoked("t-1", time.Now()))
	require.False(t, denied.Revoked("t-1", time.Now().Add(2*time.Hour)), "the token has expired itself")
}

func logout(denied *DenyList) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[UserClaims](r.Context())
		if ok {
			denied.Revoke(tok.ID, tok.ExpiresAt.Time)
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// AccessToken has the claims that RFC 9068 adds to the registered ones.
type AccessToken struct {
	ClientID string         `json:"client_id"`
	Scope    jwthttp.Scopes `json:"scope"`
}

// newAccessTokenVerifier does what RFC 9068, Section 4, requires of a resource server.
func newAccessTokenVerifier(issuer, resource string, keys jwt.KeySource, opts ...jwt.VerifyOption) (*jwt.Verifier[AccessToken], error) {
	policy := []jwt.VerifyOption{
		jwt.WithType("at+jwt"), jwt.WithIssuer(issuer), jwt.WithAudience(resource),
		jwt.WithRequiredClaims("exp", "sub", "client_id", "iat", "jti"),
	}
	return jwt.NewVerifier[AccessToken](keys, []jwt.Algorithm{jwt.RS256, jwt.ES256}, append(policy, opts...)...)
}

func TestAccessTokens(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	v, err := newAccessTokenVerifier(issuer.URL(), "https://orders.example", issuer.KeySet(), jwt.WithClock(issuer.Clock()))
	require.NoError(t, err)
	claims := jwt.MapClaims{
		"iss": issuer.URL(), "aud": "https://orders.example", "sub": "u-17", "jti": "a-1", "client_id": "shop", "scope": "read write",
	}
	tok, err := v.Verify(issuer.Sign(claims, jwt.WithType("at+jwt"), jwt.WithExpiresIn(time.Hour)))
	require.NoError(t, err)
	require.True(t, tok.Claims.Scope.Has("read"))
	require.False(t, tok.Claims.Scope.Has("rea"))
	_, err = v.Verify(issuer.Sign(claims, jwt.WithType("application/AT+JWT"), jwt.WithExpiresIn(time.Hour)))
	require.NoError(t, err)
	_, err = v.Verify(issuer.Sign(claims, jwt.WithExpiresIn(time.Hour)))
	require.ErrorIs(t, err, jwt.ErrUnexpectedType, "an ID token is no access token")
	delete(claims, "client_id")
	_, err = v.Verify(issuer.Sign(claims, jwt.WithType("at+jwt"), jwt.WithExpiresIn(time.Hour)))
	require.ErrorIs(t, err, jwt.ErrMissingClaim)
}

// Keys are the keys of an issuer: one that signs, and a published set with that one and others.
type Keys struct {
	signer    atomic.Pointer[jwt.Signer]
	published atomic.Pointer[jwt.KeySet]
}

// Use sets the key that signs and the keys that are published. Call it when the program starts,
// and for each step of a rotation.
func (k *Keys) Use(signs *jwt.PrivateKey, published ...jwt.VerificationKey) error {
	signer, err := jwt.NewSigner(signs, jwt.ES256, jwt.WithExpiresIn(10*time.Minute))
	if err != nil {
		return err
	}
	set, err := jwt.NewKeySet(published...)
	if err != nil {
		return err
	}
	k.published.Store(set) // before anything is signed with the new key
	k.signer.Store(signer)
	return nil
}

func TestRotation(t *testing.T) {
	generate := func() *jwt.PrivateKey {
		key, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithThumbprintKeyID())
		require.NoError(t, err)
		return key
	}
	current, next := generate(), generate()
	var keys Keys
	require.NoError(t, keys.Use(current, current.Public()))
	mux := http.NewServeMux()
	mux.Handle("GET /jwks.json", jwks.Handler(keys.published.Load))
	server := httptest.NewServer(mux)
	defer server.Close()
	source, err := jwks.New(server.URL+"/jwks.json", jwks.AllowHTTP())
	require.NoError(t, err)
	verify := func() {
		raw, err := keys.signer.Load().Sign(jwt.RegisteredClaims{Subject: "u-17"})
		require.NoError(t, err)
		require.NoError(t, source.Refresh(t.Context()))
		_, err = jwt.Verify[jwt.MapClaims](raw, jwt.KeyFunc(source.Keys), []jwt.Algorithm{jwt.ES256})
		require.NoError(t, err)
	}
	verify()
	require.NoError(t, rotate(&keys, current, next, func(time.Duration) { verify() }))
	verify()
	require.Len(t, keys.published.Load().Keys(), 1)
}

// rotate replaces a key. In a service, a scheduler does the waiting.
func rotate(keys *Keys, current, next *jwt.PrivateKey, wait func(time.Duration)) error {
	// 1. Publish the next key. Verifiers may use a cached set for an hour.
	if err := keys.Use(current, current.Public(), next.Public()); err != nil {
		return err
	}
	wait(time.Hour)
	// 2. Sign with it. Tokens signed with the old key stay valid until they expire.
	if err := keys.Use(next, current.Public(), next.Public()); err != nil {
		return err
	}
	wait(10 * time.Minute)
	// 3. Remove the old key from the set.
	return keys.Use(next, next.Public())
}

// status is what a service without jwthttp answers.
func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, jwt.ErrKeysUnavailable):
		return http.StatusServiceUnavailable
	case errors.Is(err, jwt.ErrInvalidToken):
		return http.StatusUnauthorized
	}
	return http.StatusInternalServerError
}

func TestStatus(t *testing.T) {
	for want, err := range map[int]error{
		http.StatusOK:                  nil,
		http.StatusUnauthorized:        jwt.ErrExpired,
		http.StatusServiceUnavailable:  errors.Join(jwt.ErrKeysUnavailable, jwt.ErrKeyNotFound),
		http.StatusInternalServerError: jwt.ErrInvalidKey,
	} {
		require.Equal(t, want, status(err))
	}
}
