// Package chi is the API with chi, which takes net/http middleware as it is.
package chi

import (
	"encoding/json"
	"net/http"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/go-chi/chi/v5"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) http.Handler {
	r := chi.NewRouter()
	r.Use(jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders")))
	r.With(jwthttp.RequireScopes(orders.Read)).Get("/orders", list)
	r.With(jwthttp.RequireScopes(orders.Write)).Delete("/orders/{id}", remove)
	return r
}

func list(w http.ResponseWriter, r *http.Request) {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](r.Context())
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(orders.List(tok.Subject))
}

func remove(w http.ResponseWriter, r *http.Request) {
	if !orders.Delete(chi.URLParam(r, "id")) {
		http.Error(w, "no such order", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
