package jwks_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// serve makes one request to a handler; the headers are names and values in turn.
func serve(h http.Handler, method string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/jwks.json", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandler(t *testing.T) {
	set := newSet(t, pair(t, "a").Public(), pair(t, "b").Public())
	text, err := set.MarshalJSON()
	require.NoError(t, err)
	h := jwks.Handler(func() *jwt.KeySet { return set })

	get := serve(h, "GET")
	require.Equal(t, 200, get.Code)
	require.Equal(t, string(text), get.Body.String())
	require.Equal(t, "application/jwk-set+json", get.Header().Get("Content-Type"))
	require.Equal(t, "public, max-age=600", get.Header().Get("Cache-Control"))
	etag := get.Header().Get("ETag")
	require.Regexp(t, `^"[A-Za-z0-9_-]{22}"$`, etag, "strong")

	head := serve(h, "HEAD")
	require.Equal(t, 200, head.Code)
	require.Empty(t, head.Body.String())
	require.Equal(t, get.Header(), head.Header())

	for _, copies := range []string{etag, "W/" + etag, `"x", ` + etag, "*"} {
		for _, method := range []string{"GET", "HEAD"} {
			current := serve(h, method, "If-None-Match", copies)
			require.Equal(t, 304, current.Code, copies)
			require.Empty(t, current.Body.String())
			require.Equal(t, etag, current.Header().Get("ETag"))
			require.Equal(t, "public, max-age=600", current.Header().Get("Cache-Control"))
		}
	}
	require.Equal(t, 200, serve(h, "GET", "If-None-Match", `"x"`).Code)

	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		refused := serve(h, method)
		require.Equal(t, 405, refused.Code)
		require.Equal(t, "GET, HEAD", refused.Header().Get("Allow"))
	}
}

// TestHandlerFollowsTheFunction: the tag changes with the content, and with nothing else.
func TestHandlerFollowsTheFunction(t *testing.T) {
	a, b := pair(t, "a").Public(), pair(t, "b").Public()
	var set atomic.Pointer[jwt.KeySet]
	h := jwks.Handler(set.Load)
	set.Store(newSet(t, a))
	first := serve(h, "GET")
	set.Store(newSet(t, a))
	require.Equal(t, first.Header(), serve(h, "GET").Header())
	set.Store(newSet(t, a, b))
	second := serve(h, "GET", "If-None-Match", first.Header().Get("ETag"))
	require.Equal(t, 200, second.Code)
	require.NotEqual(t, first.Body.String(), second.Body.String())
	require.NotEqual(t, first.Header().Get("ETag"), second.Header().Get("ETag"))
	set.Store(newSet(t))
	require.JSONEq(t, `{"keys":[]}`, serve(h, "GET").Body.String())
}

func TestHandlerPublishesNoSecret(t *testing.T) {
	secret, err := jwt.GenerateSecretKey(jwt.HS256)
	require.NoError(t, err)
	withSecret := newSet(t, pair(t, "a").Public(), secret)
	for _, set := range []func() *jwt.KeySet{
		nil,
		func() *jwt.KeySet { return nil },
		func() *jwt.KeySet { return new(jwt.KeySet) },
		func() *jwt.KeySet { return withSecret },
	} {
		w := serve(jwks.Handler(set), "GET")
		require.Equal(t, 500, w.Code)
		require.Equal(t, "the key set cannot be published\n", w.Body.String())
		require.Empty(t, w.Header().Get("ETag")+w.Header().Get("Cache-Control"))
	}
}
