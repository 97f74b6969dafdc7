package jwks

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"example.com/jwt"
)

// cacheControl lets caches keep a set for 10 minutes. That is what sources use without it,
// and far less than the hour that a key should be published before it signs.
const cacheControl = "public, max-age=600"

// Handler publishes the set that the function returns, asked on each request, so that keys
// can rotate: as application/jwk-set+json (RFC 7517, Section 8.5) with an ETag of the
// content and Cache-Control max-age=600, to GET and HEAD, with 304 for a copy that is
// current. No function, no set, and a set with secrets, which is never published, are
// answered with 500.
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
