package jwthttp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

func TestTokensAreKeyedByType(t *testing.T) {
	v := verifier(t, secret)
	admin, err := jwt.NewVerifier[jwt.MapClaims](secret, hs256)
	require.NoError(t, err)
	_, ok := jwthttp.TokenFromContext[Claims](context.Background())
	require.False(t, ok)

	var typed *jwt.Token[Claims]
	var untyped *jwt.Token[jwt.MapClaims]
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		typed, _ = jwthttp.TokenFromContext[Claims](r.Context())
		untyped, _ = jwthttp.TokenFromContext[jwt.MapClaims](r.Context())
	})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+issue("x"))
	jwthttp.Middleware(v)(h).ServeHTTP(httptest.NewRecorder(), r)
	require.Equal(t, "x", typed.Claims.Scope)
	require.Nil(t, untyped)
	jwthttp.Middleware(v)(jwthttp.Middleware(admin)(h)).ServeHTTP(httptest.NewRecorder(), r)
	require.Equal(t, "susan", typed.Subject)
	require.Equal(t, "x", untyped.Claims["scope"])
}

// TestContextWithToken: the token is found under its own T, values and deadlines from further
// out stay, and the nearest token of a T is the one.
func TestContextWithToken(t *testing.T) {
	parent, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "here"))
	first, second := &jwt.Token[Claims]{KeyID: "1"}, &jwt.Token[Claims]{KeyID: "2"}
	ctx := jwthttp.ContextWithToken(parent, first)
	got, ok := jwthttp.TokenFromContext[Claims](ctx)
	require.True(t, ok)
	require.Same(t, first, got)
	_, ok = jwthttp.TokenFromContext[jwt.MapClaims](ctx)
	require.False(t, ok)
	require.Equal(t, "here", ctx.Value(contextKey{}))

	inner := jwthttp.ContextWithToken(jwthttp.ContextWithToken(ctx, second), &jwt.Token[jwt.MapClaims]{KeyID: "3"})
	got, _ = jwthttp.TokenFromContext[Claims](inner)
	require.Same(t, second, got)
	_, ok = jwthttp.TokenFromContext[Claims](jwthttp.ContextWithToken[Claims](ctx, nil))
	require.False(t, ok, "a nil token is none")

	child, stop := context.WithCancel(inner)
	defer stop()
	cancel()
	<-child.Done()
	require.ErrorIs(t, child.Err(), context.Canceled)
}
