// Package ordertest tests the services of the other folders: the same requests, and the same
// answers, whatever the framework.
package ordertest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// Issuer is a jwttest.Issuer with the tokens of this API, and its verifiers.
type Issuer struct {
	*jwttest.Issuer
	t *testing.T
}

// NewIssuer returns an issuer for one test.
func NewIssuer(t *testing.T) Issuer { return Issuer{jwttest.NewIssuer(t), t} }

// Verifier returns the verifier of a service.
func (i Issuer) Verifier() *jwt.Verifier[orders.Claims] { return i.verifier(i.KeySet()) }

// Down returns the verifier of a service that gets no keys.
func (i Issuer) Down() *jwt.Verifier[orders.Claims] {
	return i.verifier(jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) {
		return nil, errors.New("connect to 10.0.0.7: refused")
	}))
}

func (i Issuer) verifier(keys jwt.KeySource) *jwt.Verifier[orders.Claims] {
	v, err := orders.NewVerifier(i.URL(), keys, jwt.WithClock(i.Clock()))
	require.NoError(i.t, err)
	return v
}

// Claims returns good claims of susan.
func (i Issuer) Claims(scope string) jwt.MapClaims {
	return jwt.MapClaims{"iss": i.URL(), "sub": "susan", "aud": "https://orders.example", "scope": scope}
}

// Token returns susan's token with these scopes.
func (i Issuer) Token(scope string) string {
	return i.Sign(i.Claims(scope), jwt.WithExpiresIn(time.Hour))
}

// Serve is how most frameworks answer a request in a test.
func Serve(h http.Handler) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result(), nil
	}
}

// HTTP tests a service over HTTP. newService makes one, and returns how it answers.
func HTTP(t *testing.T, newService func(*jwt.Verifier[orders.Claims]) func(*http.Request) (*http.Response, error)) {
	issuer := NewIssuer(t)
	const (
		rejected     = `Bearer realm="orders", error="invalid_token", error_description="the token is `
		insufficient = `Bearer realm="orders", error="insufficient_scope", scope=`
	)
	reader, writer := "Bearer "+issuer.Token(orders.Read), "Bearer "+issuer.Token(orders.Read+" "+orders.Write)
	up, down := newService(issuer.Verifier()), newService(issuer.Down())
	for _, test := range []struct {
		name, method, path string
		service            func(*http.Request) (*http.Response, error)
		authorization      []string
		status             int
		challenge, body    string
	}{
		{"a reader lists", "GET", "/orders", up, []string{reader}, 200, "", `["susan's order 17","susan's order 23"]`},
		{"a reader deletes nothing", "DELETE", "/orders/17", up, []string{reader}, 403, insufficient + `"orders:write"`, "Forbidden"},
		{"a writer deletes", "DELETE", "/orders/17", up, []string{writer}, 204, "", ""},
		{"but not what isn't there", "DELETE", "/orders/18", up, []string{writer}, 404, "", "no such order"},
		{"another scope lists nothing", "GET", "/orders", up, []string{"Bearer " + issuer.Token("openid")}, 403, insufficient + `"orders:read"`, "Forbidden"},
		{"no token", "GET", "/orders", up, nil, 401, `Bearer realm="orders"`, "Unauthorized"},
		{"no token deletes", "DELETE", "/orders/17", up, nil, 401, `Bearer realm="orders"`, "Unauthorized"},
		{"not a token", "GET", "/orders", up, []string{"Bearer undefined"}, 401, rejected + `malformed"`, "Unauthorized"},
		{"an old token", "GET", "/orders", up, []string{"Bearer " + issuer.Expired(issuer.Claims(orders.Read))}, 401, rejected + `expired"`, "Unauthorized"},
		{"a forged token", "GET", "/orders", up, []string{"Bearer " + issuer.Forged(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour))}, 401, rejected + `not valid"`, "Unauthorized"},
		{"for another service", "DELETE", "/orders/17", up, []string{"Bearer " + issuer.OtherAudience(issuer.Claims(orders.Write), jwt.WithExpiresIn(time.Hour))}, 401, rejected + `not valid"`, "Unauthorized"},
		{"two headers", "GET", "/orders", up, []string{reader, writer}, 400,
			`Bearer realm="orders", error="invalid_request", error_description="want one Authorization header, with one bearer token"`, "Bad Request"},
		{"no keys", "GET", "/orders", down, []string{reader}, 503, "", "Service Unavailable"},
		{"no keys, no token", "GET", "/orders", down, nil, 401, `Bearer realm="orders"`, "Unauthorized"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, nil)
			r.Header["Authorization"] = test.authorization
			resp, err := test.service(r)
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, test.status, resp.StatusCode, "%s", body)
			require.Equal(t, test.challenge, resp.Header.Get("WWW-Authenticate"))
			require.Equal(t, test.body, strings.TrimSpace(string(body)))
			require.Equal(t, test.status == 503, resp.Header.Get("Retry-After") != "")
		})
	}
	for _, bad := range issuer.BadTokens(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour)) {
		r := httptest.NewRequest("GET", "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+bad.Token)
		resp, err := up(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 401, resp.StatusCode, bad.Name)
	}
}
