package jwks

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"example.com/jwt"
)

// cacheControl lets caches keep a set for 10 minutes. Sources assume as much without it, and it
// is far less than the hour for which a key should be published before it signs.
const cacheControl = "public, max-age=600"

// Handler serves the set that the function returns, which it calls for each request, so that
// keys can rotate. It answers GET and HEAD with application/jwk-set+json (RFC 7517, Section
// 8.5), an ETag of the content and Cache-Control max-age=600, and with 304 if the client's copy
// is current. It answers 500, and publishes nothing, if the function is nil or returns nil, a
// zero set, or a set that holds a secret.
func Handler(set func() *jwt.KeySet) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		body, err := marshal(set)
		if err != nil {
			http.Error(w, "the key set cannot be published", http.StatusInternalServerError)
			return
		}
		sum := sha256.Sum256(body)
		h := w.Header()
		h.Set("Content-Type", "application/jwk-set+json")
		h.Set("Cache-Control", cacheControl)
		h.Set("ETag", `"`+base64.RawURLEncoding.EncodeToString(sum[:16])+`"`)
		h.Set("X-Content-Type-Options", "nosniff")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

func marshal(set func() *jwt.KeySet) ([]byte, error) {
	if set == nil {
		return nil, invalid("the function of the handler is nil")
	}
	return set().MarshalJSON()
}
