package main

import (
	"encoding/json"
	"net/http"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

// Claims are the claims this service needs, in addition to the registered ones.
type Claims struct {
	Scope jwthttp.Scopes `json:"scope"`
}

// newOrders creates the service. A test passes its own keys, and a clock in the options.
func newOrders(issuer string, keys jwt.KeySource, opts ...jwt.VerifyOption) (http.Handler, error) {
	opts = append([]jwt.VerifyOption{jwt.WithIssuer(issuer), jwt.WithAudience("orders"), jwt.WithRequiredClaims("exp", "sub")}, opts...)
	verifier, err := jwt.NewVerifier[Claims](keys, []jwt.Algorithm{jwt.ES256}, opts...)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /orders", jwthttp.RequireScopes("orders:read")(http.HandlerFunc(list)))
	mux.Handle("DELETE /orders/{id}", jwthttp.RequireScopes("orders:write")(http.HandlerFunc(remove)))
	return jwthttp.Middleware(verifier)(mux), nil
}

func list(w http.ResponseWriter, r *http.Request) {
	tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"customer": tok.Subject, "orders": []int{17, 23}})
}

func remove(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
