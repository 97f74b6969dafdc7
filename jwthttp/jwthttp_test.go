package jwthttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

var hs256 = []jwt.Algorithm{jwt.HS256}

// TestMain fails if the tests leave a goroutine behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 64<<10)
		fmt.Printf("%d goroutines, %d before the tests:\n%s\n", n, before, stacks[:runtime.Stack(stacks, true)])
		code = 1
	}
	os.Exit(code)
}

func verifier(t testing.TB, keys jwt.KeySource, opts ...jwt.VerifyOption) *jwt.Verifier[Claims] {
	t.Helper()
	v, err := jwt.NewVerifier[Claims](keys, hs256, opts...)
	require.NoError(t, err)
	return v
}

func failing(err error) jwt.KeyFunc {
	return func(context.Context, jwt.Header) (jwt.KeySource, error) { return nil, err }
}

// serve sends a request with these Authorization headers through a middleware.
func serve(middleware func(http.Handler) http.Handler, authorization ...string) (status int, header http.Header, body string, reached bool) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	w := httptest.NewRecorder()
	middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true })).ServeHTTP(w, r)
	return w.Code, w.Result().Header, w.Body.String(), reached
}

type contextKey struct{}

func TestRequestContextReachesTheKeyFunc(t *testing.T) {
	var seen any
	v := verifier(t, jwt.KeyFunc(func(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
		seen = ctx.Value(contextKey{})
		return secret, ctx.Err()
	}))
	h := jwthttp.Middleware(v)(http.NotFoundHandler())
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+issue(""))
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), contextKey{}, "here"))

	w := httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(ctx))
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, "here", seen)

	cancel()
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r.WithContext(ctx))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
}

// TestServer calls one middleware from many clients through a real server.
func TestServer(t *testing.T) {
	var opts []jwthttp.Option
	for _, name := range []string{"a", "b", "c", "d", "e"} { // enough that a slice has room for more
		opts = append(opts, jwthttp.WithAuthParam(name, "1"))
	}
	const bearer = `Bearer a="1", b="1", c="1", d="1", e="1"`
	middleware := jwthttp.Middleware(verifier(t, secret), opts...)
	server := httptest.NewServer(middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
		w.Header().Set("WWW-Authenticate", tok.Claims.Scope) // where the test looks for the answer
	})))
	defer server.Close()
	expired, err := jwt.Sign(jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(time.Now())}, secret, jwt.HS256)
	require.NoError(t, err)
	answer := func(authorization ...string) string {
		r, err := http.NewRequest(http.MethodGet, server.URL, nil)
		if err != nil {
			return err.Error()
		}
		r.Header["Authorization"] = authorization
		resp, err := server.Client().Do(r)
		if err != nil {
			return err.Error()
		}
		resp.Body.Close()
		return fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("WWW-Authenticate"))
	}
	var clients sync.WaitGroup
	for i := range 8 {
		scope := fmt.Sprint("scope-", i)
		for what, authorization := range map[string][]string{
			"200 " + scope:  {"Bearer " + issue(scope)},
			"401 " + bearer: nil,
			"401 " + bearer + `, error="invalid_token", error_description="the token is malformed"`:                                 {"Bearer a"},
			"401 " + bearer + `, error="invalid_token", error_description="the token is expired"`:                                   {"bearer " + expired},
			"400 " + bearer + `, error="invalid_request", error_description="want one Authorization header, with one bearer token"`: {"Bearer a", "bearer b"},
		} {
			clients.Go(func() {
				for range 10 {
					if got := answer(authorization...); got != what {
						t.Errorf("got %s, want %s", got, what)
					}
				}
			})
		}
	}
	clients.Wait()
}
