package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

// Claims is what this service reads of a token, beside the registered claims.
type Claims struct {
	Scope string `json:"scope"`
}

// newOrders is the service. A test gives it other keys, and a clock with the options.
func newOrders(issuer string, keys jwt.KeySource, opts ...jwt.VerifyOption) (http.Handler, error) {
	opts = append([]jwt.VerifyOption{jwt.WithIssuer(issuer), jwt.WithAudience("orders"), jwt.WithRequiredClaims("exp", "sub")}, opts...)
	verifier, err := jwt.NewVerifier[Claims](keys, []jwt.Algorithm{jwt.ES256}, opts...)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", requireScope("orders:read", list))
	mux.HandleFunc("DELETE /orders/{id}", requireScope("orders:write", remove))
	return jwthttp.Middleware(verifier)(mux), nil
}

// requireScope lets tokens with a scope through: the middleware has said who calls, this
// says what they may do.
func requireScope(scope string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[Claims](r.Context())
		if !ok || !slices.Contains(strings.Fields(tok.Claims.Scope), scope) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+scope+`"`)
			http.Error(w, "the token lacks the scope "+scope, http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func list(w http.ResponseWriter, r *http.Request) {
	tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"customer": tok.Subject, "orders": []int{17, 23}})
}

func remove(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
