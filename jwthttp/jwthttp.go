// Package jwthttp protects net/http servers with the tokens that package jwt verifies
// (RFC 6750).
//
//	v, err := jwt.NewVerifier[Claims](keys, algs, jwt.WithIssuer(iss), jwt.WithAudience("orders"))
//	…
//	protect := jwthttp.Middleware(v)
//	mayWrite := jwthttp.RequireScopes("orders:write")
//	mux.Handle("GET /orders", protect(list))
//	mux.Handle("DELETE /orders/{id}", protect(mayWrite(remove)))
//
// In a handler, jwthttp.TokenFromContext[Claims](r.Context()) returns the verified token. The
// context knows it by its claims type alone.
// [Middleware] works with every router that accepts net/http middleware (docs/frameworks.md has
// the others), and with every [TokenVerifier]. [WithTokenFrom] reads the token from a proxy's
// header or a cookie instead of the Authorization header.
//
// # Responses to rejected requests
//
//	no token                                      401  WWW-Authenticate: Bearer
//	ErrInvalidRequest                             400  … error="invalid_request"
//	jwt.ErrInvalidToken                           401  … error="invalid_token"
//	ErrInsufficientScope                          403  … error="insufficient_scope", scope="…"
//	jwt.ErrKeysUnavailable                        503  Retry-After
//	anything else, such as jwt.ErrInvalidKey      500
//
// No response repeats an error's text. The challenge of an invalid token says that it is
// malformed, expired, not valid yet, or not valid, and no more. Use [WithErrorHandler] to
// log the error.
//
// # What is not here
//
// A token in the query string: URLs end up in access logs, browser histories and Referer
// headers, and whoever reads one there can use it until it expires (RFC 6750, Section 5.3;
// RFC 9700, Section 4.3.2, forbids it). Where a browser cannot set a header, as for
// WebSocket and EventSource, use a cookie ([FromCookie]).
//
// CORS: a browser's preflight requests carry no token. The handler that answers them goes
// around the middleware, not inside.
package jwthttp

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"example.com/jwt"
)

// TokenVerifier is what [Middleware] needs of a verifier: [*jwt.Verifier] and [*jwt.Issuers] have
// this method, and so may a type of the application. It must be safe for concurrent use. Errors are answered by
// their class: [jwt.ErrInvalidToken] with 401, [jwt.ErrKeysUnavailable] with 503, others with 500.
type TokenVerifier[T any] interface {
	VerifyContext(ctx context.Context, token string) (*jwt.Token[T], error)
}

// Middleware lets a request through only if v accepts its token, and puts the token into the
// request's context for [TokenFromContext] and [RequireScopes]. The token is read with
// [BearerToken] unless [WithTokenFrom] is given. The context of the request reaches v, and so
// a [jwt.KeyFunc]. The package documentation lists the responses to other requests.
//
// Mistakes in the program panic at start, as with [http.Handle]: a v that is nil or holds a nil
// pointer, an option that is nil, invalid or given twice, and a nil handler.
func Middleware[T any](v TokenVerifier[T], opts ...Option) func(http.Handler) http.Handler {
	if isNil(v) {
		panic("jwthttp: Middleware: the verifier is nil")
	}
	c := newConfig(opts)
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("jwthttp: Middleware: the handler is nil")
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tok, refused := authenticate(c, v, r)
			if refused != nil {
				c.refuse(w, r, refused)
				return
			}
			next.ServeHTTP(w, r.WithContext(&node[T]{r.Context(), tok, c}))
		})
	}
}

// authenticate returns the token of a request, or why it is refused; neither if there is
// none and none is needed.
func authenticate[T any](c *config, v TokenVerifier[T], r *http.Request) (*jwt.Token[T], *refusal) {
	raw, err := c.from(r)
	if err != nil {
		if c.optional && isAbsent(err) {
			return nil, nil
		}
		return nil, c.refuseRequest(err)
	}
	if raw == "" {
		return nil, refuseToken(errEmptyToken) // whatever v would say of it
	}
	tok, err := v.VerifyContext(r.Context(), raw)
	if err == nil && tok == nil {
		err = errors.New("jwthttp: the verifier returned neither a token nor an error")
	}
	if err != nil {
		return nil, refuseToken(err)
	}
	return tok, nil
}

// isNil reports whether v is nil or has a nil pointer, func or the like in it.
func isNil(v any) bool {
	switch value := reflect.ValueOf(v); value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan, reflect.UnsafePointer:
		return value.IsNil()
	}
	return false
}
