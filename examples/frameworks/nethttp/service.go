// Package nethttp is the API with the standard library alone.
package nethttp

import (
	"encoding/json"
	"net/http"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /orders", jwthttp.RequireScopes(orders.Read)(http.HandlerFunc(list)))
	mux.Handle("DELETE /orders/{id}", jwthttp.RequireScopes(orders.Write)(http.HandlerFunc(remove)))
	return jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders"))(mux)
}

func list(w http.ResponseWriter, r *http.Request) {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](r.Context())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(orders.List(tok.Subject))
}

func remove(w http.ResponseWriter, r *http.Request) {
	if !orders.Delete(r.PathValue("id")) {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
