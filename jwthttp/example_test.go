package jwthttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

var (
	secretBytes = []byte("0123456789abcdef0123456789abcdef")
	secret, _   = jwt.NewSecretKey(secretBytes)
)

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

func ExampleMiddleware() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		panic(err)
	}
	list := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "3 orders") })
	mux := http.NewServeMux()
	mux.Handle("GET /orders", jwthttp.Middleware(verifier)(list))

	call(mux, "GET", issue("orders:read"))
	call(mux, "GET", "")
	call(mux, "GET", "undefined")
	// Output:
	// 200 3 orders
	// 401 Unauthorized
	//     Bearer
	// 401 Unauthorized
	//     Bearer error="invalid_token", error_description="the token is malformed"
}

// The middleware authenticates, and each route says what it takes. A realm of the middleware
// is part of every challenge.
func ExampleRequireScopes() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		panic(err)
	}
	done := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "done") })
	mux := http.NewServeMux()
	mux.Handle("GET /orders", jwthttp.RequireScopes("orders:read")(done))
	mux.Handle("DELETE /orders", jwthttp.RequireScopes("orders:read", "orders:write")(done))
	service := jwthttp.Middleware(verifier, jwthttp.WithAuthParam("realm", "orders"))(mux)

	call(service, "GET", issue("orders:read"))
	call(service, "DELETE", issue("orders:read"))
	call(service, "DELETE", issue("orders:read orders:write"))
	// Output:
	// 200 done
	// 403 Forbidden
	//     Bearer realm="orders", error="insufficient_scope", scope="orders:read orders:write"
	// 200 done
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

// Without the middleware: the token alone, and every answer written by hand.
func ExampleBearerToken() {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := jwthttp.BearerToken(r)
		switch {
		case errors.Is(err, jwthttp.ErrNoToken):
			http.Error(w, "log in", http.StatusUnauthorized)
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
	// 401 log in
	// 200 welcome back, susan
	// 400 bad request
	// 401 log in again
}

// An AWS load balancer has logged the user in, and passes on who it is.
func ExampleFromHeader() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.AllowPaddedBase64())
	if err != nil {
		panic(err)
	}
	guard := jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromHeader("X-Amzn-Oidc-Data")))
	page := guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
		fmt.Fprintln(w, "hello", tok.Subject)
	}))

	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Amzn-Oidc-Data", issue(""))
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	fmt.Print(w.Body)
	// Output: hello susan
}

// A session in a cookie. The browser sends it with every request to this site, also when a
// page of another site has caused the request: CrossOriginProtection refuses that.
func ExampleFromCookie() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp"))
	if err != nil {
		panic(err)
	}
	guard := jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromCookie("__Host-session")))
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ordered") })
	service := http.NewCrossOriginProtection().Handler(guard(orders))

	for _, site := range []string{"same-origin", "cross-site"} { // as the browser says
		r := httptest.NewRequest("POST", "/orders", nil)
		r.Header.Set("Sec-Fetch-Site", site)
		r.AddCookie(&http.Cookie{Name: "__Host-session", Value: issue(""), Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		fmt.Print(site, ": ", w.Code, " ", w.Body)
	}
	// Output:
	// same-origin: 200 ordered
	// cross-site: 403 cross-origin request detected from Sec-Fetch-Site header
}

// Programs send the Authorization header, browsers a cookie. A browser cannot be made to send
// the header, so the header needs no protection against other sites.
func ExampleWithTokenFrom() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		panic(err)
	}
	fromCookie := jwthttp.FromCookie("__Host-session")
	guard := jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(func(r *http.Request) (string, error) {
		raw, err := jwthttp.BearerToken(r)
		if errors.Is(err, jwthttp.ErrNoToken) {
			return fromCookie(r)
		}
		return raw, err
	}))
	page := guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "welcome") }))

	call(page, "GET", issue(""))
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-session", Value: issue("")})
	w := httptest.NewRecorder()
	page.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 200 welcome
	// 200 welcome
}

// A page for everybody that greets those who are logged in. A token that is present must be
// valid all the same.
func ExampleOptional() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		panic(err)
	}
	page := jwthttp.Middleware(verifier, jwthttp.Optional())(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tok, ok := jwthttp.TokenFromContext[Claims](r.Context()); ok {
			fmt.Fprintln(w, "welcome back,", tok.Subject)
			return
		}
		fmt.Fprintln(w, "welcome")
	}))
	call(page, "GET", "")
	call(page, "GET", issue(""))
	call(page, "GET", "a.b.c")
	// Output:
	// 200 welcome
	// 200 welcome back, susan
	// 401 Unauthorized
	//     Bearer error="invalid_token", error_description="the token is malformed"
}

// The test of a handler needs no key and no signature.
func ExampleContextWithToken() {
	orders := jwthttp.RequireScopes("orders:read")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
		fmt.Fprintln(w, "orders of", tok.Subject)
	}))

	r := httptest.NewRequest("GET", "/orders", nil)
	w := httptest.NewRecorder()
	orders.ServeHTTP(w, r.WithContext(jwthttp.ContextWithToken(r.Context(), &jwt.Token[Claims]{
		RegisteredClaims: jwt.RegisteredClaims{Subject: "susan"},
		Payload:          `{"scope":"orders:read"}`, // what RequireScopes reads
	})))
	fmt.Print(w.Body)
	// Output: orders of susan
}

// One claims type for issuers that write a string, and for those that write an array.
func ExampleScopes() {
	type claims struct {
		Scope jwthttp.Scopes `json:"scope"`
	}
	for _, scope := range []any{"orders:read orders:write", []string{"orders:read", "orders:write"}} {
		raw, err := jwt.Sign(map[string]any{"scope": scope}, secret, jwt.HS256)
		if err != nil {
			panic(err)
		}
		tok, err := jwt.Verify[claims](raw, secret, []jwt.Algorithm{jwt.HS256})
		if err != nil {
			panic(err)
		}
		fmt.Println(tok.Claims.Scope.Has("orders:write"), tok.Claims.Scope.Has("orders"))
	}
	// Output:
	// true false
	// true false
}

// revocable is a verifier of the application, which asks one more question.
type revocable struct {
	*jwt.Verifier[Claims]
	revoked map[string]bool
}

func (v revocable) VerifyContext(ctx context.Context, token string) (*jwt.Token[Claims], error) {
	tok, err := v.Verifier.VerifyContext(ctx, token)
	if err == nil && v.revoked[tok.ID] {
		return nil, fmt.Errorf("%w: %q is revoked", jwt.ErrInvalidToken, tok.ID)
	}
	return tok, err
}

func ExampleTokenVerifier() {
	verifier, err := jwt.NewVerifier[Claims](secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("jti"))
	if err != nil {
		panic(err)
	}
	v := revocable{verifier, map[string]bool{"7": true}}
	page := jwthttp.Middleware(v)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "welcome") }))

	for _, id := range []string{"6", "7"} {
		raw, err := jwt.Sign(jwt.RegisteredClaims{ID: id}, secret, jwt.HS256)
		if err != nil {
			panic(err)
		}
		call(page, "GET", raw)
	}
	// Output:
	// 200 welcome
	// 401 Unauthorized
	//     Bearer error="invalid_token", error_description="the token is not valid"
}
