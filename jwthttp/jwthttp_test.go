package jwthttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
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

func TestBearerToken(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		token  string
		err    error
	}{
		{name: "one token", values: []string{"Bearer a.b-c_d.e"}, token: "a.b-c_d.e"},
		{name: "scheme in lower case", values: []string{"bearer t"}, token: "t"},
		{name: "scheme in any case", values: []string{"bEARER t"}, token: "t"},
		{name: "several spaces", values: []string{"Bearer   t"}, token: "t"},
		{name: "the whole alphabet", values: []string{"Bearer azAZ09-._~+/=="}, token: "azAZ09-._~+/=="},
		{name: "no header", err: jwthttp.ErrNoToken},
		{name: "empty header", values: []string{""}, err: jwthttp.ErrNoToken},
		{name: "another scheme", values: []string{"Basic dTpw"}, err: jwthttp.ErrNoToken},
		{name: "a scheme that starts like ours", values: []string{"BearerX t"}, err: jwthttp.ErrNoToken},
		{name: "a token without scheme", values: []string{"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}, err: jwthttp.ErrNoToken},
		{name: "a tab instead of a space", values: []string{"Bearer\tt"}, err: jwthttp.ErrNoToken},
		{name: "a tab after the space", values: []string{"Bearer \tt"}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme alone", values: []string{"Bearer"}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme and space", values: []string{"Bearer "}, err: jwthttp.ErrInvalidRequest},
		{name: "padding alone", values: []string{"Bearer =="}, err: jwthttp.ErrInvalidRequest},
		{name: "padding inside", values: []string{"Bearer a=.b"}, err: jwthttp.ErrInvalidRequest},
		{name: "two tokens", values: []string{"Bearer a b"}, err: jwthttp.ErrInvalidRequest},
		{name: "a list", values: []string{"Bearer a,Bearer b"}, err: jwthttp.ErrInvalidRequest},
		{name: "quoted", values: []string{`Bearer "a"`}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme twice", values: []string{"Bearer Bearer a"}, err: jwthttp.ErrInvalidRequest},
		{name: "not ASCII", values: []string{"Bearer ä"}, err: jwthttp.ErrInvalidRequest},
		{name: "two headers", values: []string{"Bearer a", "Bearer a"}, err: jwthttp.ErrInvalidRequest},
		{name: "two headers, one of another scheme", values: []string{"Basic dTpw", "Bearer a"}, err: jwthttp.ErrInvalidRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/?access_token=query", strings.NewReader("access_token=form"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "access_token", Value: "cookie"})
			for _, value := range test.values {
				r.Header.Add("Authorization", value)
			}
			token, err := jwthttp.BearerToken(r)
			require.Equal(t, test.token, token)
			if test.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.err)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
			require.Regexp(t, `^jwthttp: [^%]+$`, err.Error())
			for _, value := range test.values {
				if len(value) > len("Bearer ") {
					require.NotContains(t, err.Error(), value)
				}
			}
		})
	}
}

func TestBearerTokenAlphabet(t *testing.T) {
	const b64token = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/"
	accepted := 0
	for c := range 256 {
		_, err := jwthttp.BearerToken(&http.Request{Header: http.Header{"Authorization": {"Bearer a" + string([]byte{byte(c)}) + "b"}}})
		if strings.IndexByte(b64token, byte(c)) >= 0 {
			require.NoError(t, err, "%q", c)
			accepted++
		} else {
			require.ErrorIs(t, err, jwthttp.ErrInvalidRequest, "%q", c)
		}
	}
	require.Len(t, b64token, accepted)
	_, err := jwthttp.BearerToken(&http.Request{})
	require.ErrorIs(t, err, jwthttp.ErrNoToken)
}

func TestResponses(t *testing.T) {
	const bearer = "Bearer error="
	good := issue("orders:read")
	now := time.Now()
	at := func(d time.Duration) jwt.VerifyOption { return jwt.WithClock(func() time.Time { return now.Add(d) }) }
	outage := errors.New("connect to 10.0.0.7: refused")
	early, err := jwt.Sign(jwt.RegisteredClaims{NotBefore: jwt.NewNumericDate(now.Add(time.Hour))}, secret, jwt.HS256)
	require.NoError(t, err)

	for _, test := range []struct {
		name      string
		v         *jwt.Verifier[Claims]
		header    []string
		status    int
		challenge string
		retry     string
	}{
		{name: "good", header: []string{"Bearer " + good}, status: 200},
		{name: "no token", status: 401, challenge: "Bearer"},
		{name: "another scheme", header: []string{"Basic dTpw"}, status: 401, challenge: "Bearer"},
		{name: "two headers", header: []string{"Bearer " + good, "Bearer " + good}, status: 400,
			challenge: bearer + `"invalid_request", error_description="want one Authorization header, with one bearer token"`},
		{name: "not a token", header: []string{"Bearer undefined"}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is malformed"`},
		{name: "too long", v: verifier(t, secret, jwt.WithMaxSize(len(good)-1)), header: []string{"Bearer " + good}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is malformed"`},
		{name: "expired", v: verifier(t, secret, at(time.Hour)), header: []string{"Bearer " + good}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is expired"`},
		{name: "expired, but forged", v: verifier(t, secret, at(time.Hour)), header: []string{"Bearer " + good + "AA"}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is not valid"`},
		{name: "not yet valid", header: []string{"Bearer " + early}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is not valid yet"`},
		{name: "wrong issuer", v: verifier(t, secret, jwt.WithIssuer("https://inner.example")), header: []string{"Bearer " + good}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is not valid"`},
		{name: "unknown key", v: verifier(t, failing(jwt.ErrKeyNotFound)), header: []string{"Bearer " + good}, status: 401,
			challenge: bearer + `"invalid_token", error_description="the token is not valid"`},
		{name: "keys unavailable", v: verifier(t, failing(outage)), header: []string{"Bearer " + good}, status: 503, retry: "10"},
		{name: "keys unavailable, because of a token of its own", v: verifier(t, failing(fmt.Errorf("log in: %w", jwt.ErrExpired))),
			header: []string{"Bearer " + good}, status: 503, retry: "10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := test.v
			if v == nil {
				v = verifier(t, secret)
			}
			status, header, body, reached := serve(jwthttp.Middleware(v), test.header...)
			require.Equal(t, test.status, status)
			require.Equal(t, test.status == 200, reached)
			require.Equal(t, test.challenge, header.Get("WWW-Authenticate"))
			require.Equal(t, test.retry, header.Get("Retry-After"))
			if test.status != 200 {
				require.Equal(t, http.StatusText(test.status)+"\n", body)
			}
		})
	}
}

func TestErrorHandler(t *testing.T) {
	v := verifier(t, secret)
	with := func(handle func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
		return jwthttp.Middleware(v, jwthttp.WithErrorHandler(handle))
	}
	t.Run("one that only logs leaves the default response", func(t *testing.T) {
		var logged error
		status, header, body, _ := serve(with(func(_ http.ResponseWriter, _ *http.Request, err error) { logged = err }), "Bearer x.y.z")
		require.ErrorIs(t, logged, jwt.ErrMalformed)
		require.Equal(t, 401, status)
		require.Contains(t, header.Get("WWW-Authenticate"), "invalid_token")
		require.Equal(t, "Unauthorized\n", body)
	})
	t.Run("one that only writes a body sends the status", func(t *testing.T) {
		status, header, body, _ := serve(with(func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("Content-Type", "text/x-test")
			_, err := io.WriteString(w, "a")
			require.NoError(t, err)
			_, err = io.WriteString(w, "b")
			require.NoError(t, err)
		}))
		require.Equal(t, 401, status)
		require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
		require.Equal(t, "text/x-test", header.Get("Content-Type"))
		require.Equal(t, "ab", body)
	})
	t.Run("one that writes the status has its way", func(t *testing.T) {
		status, header, body, _ := serve(with(func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Del("WWW-Authenticate")
			w.WriteHeader(http.StatusNotFound)
		}))
		require.Equal(t, 404, status)
		require.NotContains(t, header, "Www-Authenticate")
		require.Empty(t, body)
	})
	t.Run("it is not called for a good token", func(t *testing.T) {
		_, _, _, reached := serve(with(func(http.ResponseWriter, *http.Request, error) { t.Error("called") }), "Bearer "+issue(""))
		require.True(t, reached)
	})
}

func TestAuthParams(t *testing.T) {
	middleware := jwthttp.Middleware(verifier(t, secret), jwthttp.WithAuthParam("realm", `a "b" \c`), jwthttp.WithAuthParam("scope", "x y"))
	_, header, _, _ := serve(middleware)
	require.Equal(t, []string{`Bearer realm="a \"b\" \\c", scope="x y"`}, header.Values("WWW-Authenticate"))
	_, header, _, _ = serve(middleware, "Bearer a")
	require.Equal(t, []string{`Bearer realm="a \"b\" \\c", scope="x y", error="invalid_token", error_description="the token is malformed"`},
		header.Values("WWW-Authenticate"))
	_, header, _, _ = serve(jwthttp.Middleware(verifier(t, failing(io.EOF)), jwthttp.WithAuthParam("realm", "a")), "Bearer "+issue(""))
	require.NotContains(t, header, "Www-Authenticate")
}

func TestConstructionMistakesPanic(t *testing.T) {
	v := verifier(t, secret)
	handle := func(http.ResponseWriter, *http.Request, error) {}
	for name, construct := range map[string]func(){
		"a nil verifier":             func() { jwthttp.Middleware[Claims](nil) },
		"a zero verifier":            func() { jwthttp.Middleware(new(jwt.Verifier[Claims])) },
		"a nil handler":              func() { jwthttp.Middleware(v)(nil) },
		"a nil option":               func() { jwthttp.Middleware(v, nil) },
		"a foreign option":           func() { jwthttp.Middleware(v, struct{ jwthttp.Option }{}) },
		"a nil error handler":        func() { jwthttp.Middleware(v, jwthttp.WithErrorHandler(nil)) },
		"two error handlers":         func() { jwthttp.Middleware(v, jwthttp.WithErrorHandler(handle), jwthttp.WithErrorHandler(handle)) },
		"an empty name":              func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("", "x")) },
		"a name that is no token":    func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("a b", "x")) },
		"a name that is not ASCII":   func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("ä", "x")) },
		"the name error":             func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("Error", "x")) },
		"the name error_description": func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("error_description", "x")) },
		"an empty value":             func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "")) },
		"a line break in a value":    func() { jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "a\r\nX: y")) },
		"the same name in another case": func() {
			jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "a"), jwthttp.WithAuthParam("Realm", "b"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() { require.Regexp(t, "^jwthttp: ", recover()) }()
			construct()
		})
	}
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

// TestInformationalResponse: one that an error handler sends is not yet the answer.
func TestInformationalResponse(t *testing.T) {
	guard := jwthttp.Middleware(verifier(t, secret), jwthttp.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, _ error) {
		w.WriteHeader(http.StatusEarlyHints)
	}))
	server := httptest.NewServer(guard(http.NotFoundHandler()))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	require.Equal(t, "Unauthorized\n", string(body))
}
