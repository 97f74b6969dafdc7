package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// newTestService returns an issuer, a function that calls a service which trusts it, and claims
// that the service accepts.
func newTestService(t *testing.T) (issuer *jwttest.Issuer, call func(method, path, token string) int, claims func() jwt.MapClaims) {
	issuer = jwttest.NewIssuer(t)
	service, err := newOrders(issuer.URL(), issuer.KeySet(), jwt.WithClock(issuer.Clock()))
	require.NoError(t, err)
	call = func(method, path, token string) int {
		r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		service.ServeHTTP(w, r)
		return w.Code
	}
	return issuer, call, func() jwt.MapClaims {
		return jwt.MapClaims{"iss": issuer.URL(), "sub": "susan", "aud": "orders", "scope": "orders:read"}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	issuer, call, claims := newTestService(t)
	for name, test := range map[string]struct {
		method, path string
		change       func(jwt.MapClaims)
		want         int
	}{
		"a reader reads":             {"GET", "/orders", func(jwt.MapClaims) {}, 200},
		"a reader deletes nothing":   {"DELETE", "/orders/17", func(jwt.MapClaims) {}, 403},
		"a writer deletes":           {"DELETE", "/orders/17", func(c jwt.MapClaims) { c["scope"] = "orders:read orders:write" }, 204},
		"no scope":                   {"GET", "/orders", func(c jwt.MapClaims) { delete(c, "scope") }, 403},
		"part of a scope":            {"GET", "/orders", func(c jwt.MapClaims) { c["scope"] = "orders" }, 403},
		"no subject":                 {"GET", "/orders", func(c jwt.MapClaims) { delete(c, "sub") }, 401},
		"a scope of another type":    {"GET", "/orders", func(c jwt.MapClaims) { c["scope"] = 7 }, 401},
		"one of two audiences":       {"GET", "/orders", func(c jwt.MapClaims) { c["aud"] = []string{"bills", "orders"} }, 200},
		"no audience":                {"GET", "/orders", func(c jwt.MapClaims) { delete(c, "aud") }, 401},
		"a page that does not exist": {"GET", "/bills", func(jwt.MapClaims) {}, 404},
	} {
		t.Run(name, func(t *testing.T) {
			c := claims()
			test.change(c)
			token := issuer.Sign(c, jwt.WithExpiresIn(time.Hour))
			require.Equal(t, test.want, call(test.method, test.path, token))
		})
	}
	require.Equal(t, http.StatusUnauthorized, call("GET", "/orders", ""), "without a token")
}

func TestBadTokensAreRejected(t *testing.T) {
	issuer, call, claims := newTestService(t)
	for _, bad := range issuer.BadTokens(claims(), jwt.WithExpiresIn(time.Hour)) {
		require.Equal(t, http.StatusUnauthorized, call("GET", "/orders", bad.Token), bad.Name)
	}
}

func TestATokenEnds(t *testing.T) {
	issuer, call, claims := newTestService(t)
	token := issuer.Sign(claims(), jwt.WithExpiresIn(time.Hour))
	issuer.Advance(time.Hour - time.Second)
	require.Equal(t, http.StatusOK, call("GET", "/orders", token))
	issuer.Advance(time.Second)
	require.Equal(t, http.StatusUnauthorized, call("GET", "/orders", token))
}

func TestTheProgramRuns(t *testing.T) {
	require.NoError(t, run())
}
