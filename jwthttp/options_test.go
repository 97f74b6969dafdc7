package jwthttp_test

import (
	"io"
	"net/http"
	"testing"

	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

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
		"a nil verifier":       func() { jwthttp.Middleware[Claims](nil) },
		"a typed nil verifier": func() { jwthttp.Middleware(verifierFunc(nil)) },
		"a nil interface":      func() { jwthttp.Middleware(jwthttp.TokenVerifier[Claims](nil)) },
		"a nil func":           func() { jwthttp.Middleware(v, jwthttp.WithTokenFrom(nil)) },
		"two funcs": func() {
			jwthttp.Middleware(v, jwthttp.WithTokenFrom(jwthttp.BearerToken), jwthttp.WithTokenFrom(jwthttp.BearerToken))
		},
		"optional twice":             func() { jwthttp.Middleware(v, jwthttp.Optional(), jwthttp.Optional()) },
		"a header without a name":    func() { jwthttp.FromHeader("") },
		"a header with a bad name":   func() { jwthttp.FromHeader("X Y") },
		"a cookie without a name":    func() { jwthttp.FromCookie("") },
		"a cookie with a bad name":   func() { jwthttp.FromCookie("a=b") },
		"no scope":                   func() { jwthttp.RequireScopes() },
		"an empty scope":             func() { jwthttp.RequireScopes("a", "") },
		"two scopes in one":          func() { jwthttp.RequireScopes("a b") },
		"a quote in a scope":         func() { jwthttp.RequireScopes(`a"b`) },
		"a nil handler of scopes":    func() { jwthttp.RequireScopes("a")(nil) },
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
