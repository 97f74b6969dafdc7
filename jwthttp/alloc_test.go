//go:build !race

// The race detector makes pools lose things at random.

package jwthttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

// TestAllocations: beside the verification, a request costs the node of the context and the
// copy of the request that holds it.
func TestAllocations(t *testing.T) {
	v := verifier(t, secret)
	raw := issue("orders:read")
	found := 0
	h := jwthttp.Middleware(v)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if _, ok := jwthttp.TokenFromContext[Claims](r.Context()); ok {
			found++
		}
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer "+raw)
	w := httptest.NewRecorder()
	request := testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) })
	verification := testing.AllocsPerRun(100, func() { _, _ = v.VerifyContext(r.Context(), raw) })
	require.Equal(t, 101, found)
	require.LessOrEqual(t, request-verification, 2.0)
}
