package nethttp

import (
	"encoding/json"
	"net/http"
)

// Metadata publishes what a client needs to know to get a token for resource (RFC 9728).
func Metadata(resource, issuer string, scopes ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Access-Control-Allow-Origin", "*")  // public, also for clients in browsers,
		w.Header().Set("Access-Control-Allow-Headers", "*") // which ask first, with OPTIONS
		_ = json.NewEncoder(w).Encode(map[string]any{
			"resource": resource, "authorization_servers": []string{issuer},
			"scopes_supported": scopes, "bearer_methods_supported": []string{"header"},
		})
	})
}
