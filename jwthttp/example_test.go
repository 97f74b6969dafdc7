package jwthttp_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

// Claims is what the issuer of these examples says of a caller, beside the registered
// claims: Scope as OAuth 2.0 writes it (RFC 9068, Section 2.2.3).
type Claims struct {
	Scope string `json:"scope"`
}

var secret, _ = jwt.NewSecretKey([]byte("0123456789abcdef0123456789abcdef"))

// issue makes a token for susan, as another service would.
func issue(scope string) string {
	raw, err := jwt.Sign(struct {
		jwt.RegisteredClaims
		Claims
	}{jwt.RegisteredClaims{Subject: "susan"}, Claims{scope}}, secret, jwt.HS256, jwt.WithExpiresIn(time.Minute))
	if err != nil {
		panic(err)
	}
	return raw
}

// call sends a request to a handler and prints what a client sees of the response.
func call(h http.Handler, method, token string) {
	r := httptest.NewRequest(method, "/orders", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, _ := io.ReadAll(w.Body)
	fmt.Println(w.Code, strings.TrimSpace(string(body)))
	if challenge := w.Header().Get("WWW-Authenticate"); challenge != "" {
		fmt.Println("   ", challenge)
	}
}

// The middleware says who calls. What the caller may do is the application's to say: here
// a few lines that ask for a scope.
func ExampleMiddleware() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		panic(err)
	}
	authenticated := jwthttp.Middleware(verifier)

	requireScope := func(scope string, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tok, ok := jwthttp.TokenFromContext[Claims](r.Context())
			if !ok || !slices.Contains(strings.Fields(tok.Claims.Scope), scope) {
				w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="insufficient_scope", scope="%s"`, scope))
				http.Error(w, "not allowed", http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	list := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "3 orders") })

	mux := http.NewServeMux()
	mux.Handle("GET /orders", authenticated(list))
	mux.Handle("DELETE /orders", authenticated(requireScope("orders:write", list)))

	call(mux, "GET", issue("orders:read"))
	call(mux, "GET", "")
	call(mux, "GET", "undefined")
	call(mux, "DELETE", issue("orders:read"))
	call(mux, "DELETE", issue("orders:read orders:write"))
	// Output:
	// 200 3 orders
	// 401 Unauthorized
	//     Bearer
	// 401 Unauthorized
	//     Bearer error="invalid_token", error_description="the token is malformed"
	// 403 not allowed
	//     Bearer error="insufficient_scope", scope="orders:write"
	// 200 3 orders
}

func ExampleTokenFromContext() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		panic(err)
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[Claims](r.Context())
		if !ok { // the handler is not behind the middleware
			http.Error(w, "no token", http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "orders of %s, who may %s", tok.Subject, tok.Claims.Scope)
	})
	call(jwthttp.Middleware(verifier)(orders), "GET", issue("orders:read"))
	call(orders, "GET", issue("orders:read"))
	// Output:
	// 200 orders of susan, who may orders:read
	// 500 no token
}

// The handler logs the error, which may say more than the client is told, and writes a
// body. The status and the challenge are prepared.
func ExampleWithErrorHandler() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithAudience("orders"))
	if err != nil {
		panic(err)
	}
	guard := jwthttp.Middleware(verifier, jwthttp.WithErrorHandler(func(w http.ResponseWriter, r *http.Request, err error) {
		fmt.Println("log:", r.Method, r.URL.Path, err)
		w.Header().Set("Content-Type", "application/problem+json")
		fmt.Fprintln(w, `{"title":"please log in"}`)
	}))
	call(guard(http.NotFoundHandler()), "GET", issue("orders:read"))
	// Output:
	// log: GET /orders jwt: wrong audience: there is no "aud", want "orders"
	// 401 {"title":"please log in"}
	//     Bearer error="invalid_token", error_description="the token is not valid"
}

func ExampleWithAuthParam() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		panic(err)
	}
	guard := jwthttp.Middleware(verifier, jwthttp.WithAuthParam("realm", "orders"),
		jwthttp.WithAuthParam("resource_metadata", "https://api.example/.well-known/oauth-protected-resource"))
	call(guard(http.NotFoundHandler()), "GET", "")
	// Output:
	// 401 Unauthorized
	//     Bearer realm="orders", resource_metadata="https://api.example/.well-known/oauth-protected-resource"
}

// A page for everybody, that greets those who are logged in. A token that is there must be
// good all the same.
func ExampleBearerToken() {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := jwthttp.BearerToken(r)
		switch {
		case errors.Is(err, jwthttp.ErrNoToken):
			fmt.Fprintln(w, "welcome")
			return
		case err != nil: // ErrInvalidRequest
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		tok, err := jwt.Verify[Claims](raw, secret, []jwt.Algorithm{jwt.HS256})
		if err != nil {
			http.Error(w, "log in again", http.StatusUnauthorized)
			return
		}
		fmt.Fprintln(w, "welcome back,", tok.Subject)
	})
	call(page, "GET", "")
	call(page, "GET", issue(""))
	call(page, "GET", "two words")
	call(page, "GET", "a.b.c")
	// Output:
	// 200 welcome
	// 200 welcome back, susan
	// 400 bad request
	// 401 log in again
}
