// Package jwthttp guards net/http servers with the bearer tokens that package jwt verifies
// (RFC 6750).
//
//	v, err := jwt.NewVerifier[Claims](keys, algs, jwt.WithIssuer(iss), jwt.WithAudience("orders"))
//	…
//	mux.Handle("GET /orders", jwthttp.Middleware(v)(http.HandlerFunc(orders)))
//
// and in orders, jwthttp.TokenFromContext[Claims](r.Context()) is the verified token.
// [Middleware] works with every router that takes net/http handlers. It answers who calls;
// what the caller may do is for the application to say, from the claims (its example
// shows a scope).
//
// # What a refused request gets
//
//	no token                                      401  WWW-Authenticate: Bearer
//	ErrInvalidRequest                             400  … error="invalid_request"
//	jwt.ErrInvalidToken                           401  … error="invalid_token"
//	jwt.ErrKeysUnavailable                        503  Retry-After
//	anything else, such as jwt.ErrInvalidKey      500
//
// No response repeats an error's text: the challenge says of a token that it is malformed,
// expired, not valid yet, or not valid, and no more. [WithErrorHandler] is for the log.
//
// A browser's CORS preflight requests carry no token: what answers them goes around the
// middleware, not inside.
package jwthttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/jwt"
)

var (
	// ErrNoToken is returned when a request has no bearer token: no Authorization header,
	// or one of another scheme. The answer is a challenge without an error code (RFC 6750,
	// Section 3.1), with status 401.
	ErrNoToken error = errors.New("jwthttp: no bearer token")

	// ErrInvalidRequest is returned for an Authorization header that cannot be read as one
	// bearer token: given twice, or "Bearer" without what RFC 6750, Section 2.1, calls a
	// b64token. It is the client's mistake, with status 400.
	ErrInvalidRequest error = errors.New("jwthttp: invalid request")
)

// contextKey is the key of a *jwt.Token[T]: one for each T.
type contextKey[T any] struct{}

// BearerToken gives the token of a request's Authorization header (RFC 6750, Section 2.1);
// the scheme's case does not matter. A token in a form, a query (where logs and histories
// keep it) or a cookie is never looked at. The errors are [ErrNoToken] and
// [ErrInvalidRequest]. The token is not verified, and its length is bounded by the server's
// MaxHeaderBytes and by [jwt.WithMaxSize] only.
func BearerToken(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	switch len(values) {
	case 0:
		return "", ErrNoToken
	case 1:
	default:
		return "", fmt.Errorf("%w: %d Authorization headers, want one", ErrInvalidRequest, len(values))
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		// What stands there may be a token without its scheme: it is not repeated.
		return "", fmt.Errorf("%w: the scheme of the Authorization header is not Bearer", ErrNoToken)
	}
	token = strings.TrimLeft(token, " ")
	if !isB64Token(token) {
		return "", fmt.Errorf(`%w: want "Bearer", a space, and one token in the Authorization header`, ErrInvalidRequest)
	}
	return token, nil
}

// Middleware lets only those requests through whose bearer token v accepts, and puts the
// token into the request's context for [TokenFromContext]. The context reaches the
// verifier's [jwt.KeyFunc]. The package documentation lists what other requests get.
//
// A mistake in the program is found when it starts, as with [http.Handle]: Middleware
// panics if v was not made by [jwt.NewVerifier] or an option is nil, wrong or given twice,
// and the function it returns if its handler is nil.
func Middleware[T any](v *jwt.Verifier[T], opts ...Option) func(http.Handler) http.Handler {
	// An empty token is refused before any key is asked for; only what is no verifier says
	// that an option is wrong.
	if _, err := v.Verify(""); errors.Is(err, jwt.ErrInvalidOption) {
		panic("jwthttp: Middleware: the verifier was not made by jwt.NewVerifier")
	}
	c := newConfig(opts)
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("jwthttp: Middleware: the handler is nil")
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tok, err := verify(v, r)
			if err != nil {
				c.refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey[T]{}, tok)))
		})
	}
}

// TokenFromContext gives the token that a [Middleware] of the same T has verified; false if
// none has, or only one of another T. The token is shared: nobody should change it.
func TokenFromContext[T any](ctx context.Context) (*jwt.Token[T], bool) {
	tok, ok := ctx.Value(contextKey[T]{}).(*jwt.Token[T])
	return tok, ok
}

func verify[T any](v *jwt.Verifier[T], r *http.Request) (*jwt.Token[T], error) {
	raw, err := BearerToken(r)
	if err != nil {
		return nil, err
	}
	return v.VerifyContext(r.Context(), raw)
}

// isB64Token checks the syntax of RFC 6750, Section 2.1: at least one character of the
// alphabet, then any number of "=".
func isB64Token(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}
