package providers

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFirebaseSession(t *testing.T) {
	keys := rsaKeys()
	set := object{"9Vq9Ew": certificatePEM(t, keys[0]), "b1g2Cw": certificatePEM(t, keys[1])}
	client := internet(t, map[string]http.HandlerFunc{
		"www.googleapis.com": at("/identitytoolkit/v3/relyingparty/publicKeys", func(w http.ResponseWriter, r *http.Request) {
			answer(set, "Content-Type", "application/json; charset=UTF-8", "Cache-Control", "public, max-age=21600, must-revalidate, no-transform")(w, r)
		}),
	})
	payload := object{
		"iss": "https://session.firebase.google.com/orders-1", "aud": "orders-1", "sub": "u17", "user_id": "u17", "auth_time": in(-time.Minute),
		"email": "susan@example.com", "email_verified": true, "firebase": object{"sign_in_provider": "password"}, "iat": in(0), "exp": in(5 * 24 * time.Hour),
	}
	do := func(guard func(http.Handler) http.Handler, method, site, token string) int {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: token})
		r.Header.Set("Sec-Fetch-Site", site)
		guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
		return w.Code
	}
	guard, err := FirebaseSession(client, "orders-1", "session")
	require.NoError(t, err)
	good := sign(t, keys[1], raw, object{"kid": "b1g2Cw"}, payload)
	require.Equal(t, 200, do(guard, "POST", "same-origin", good))
	require.Equal(t, 403, do(guard, "POST", "cross-site", good))
	require.Equal(t, 401, do(guard, "GET", "same-origin", sign(t, keys[0], raw, object{"kid": "b1g2Cw"}, payload)), "the other key")
	idToken := with(payload, object{"iss": "https://securetoken.google.com/orders-1"})
	require.Equal(t, 401, do(guard, "GET", "same-origin", sign(t, keys[1], raw, object{"kid": "b1g2Cw"}, idToken)))
	require.Equal(t, 401, do(guard, "GET", "same-origin", sign(t, keys[1], raw, object{"kid": "b1g2Cw"}, with(payload, object{"aud": "orders-2"}))))

	for _, broken := range []object{{"9Vq9Ew": "no certificate"}, {"9Vq9Ew": 1}} {
		set = broken
		guard, err := FirebaseSession(client, "orders-1", "session")
		require.NoError(t, err)
		require.Equal(t, 503, do(guard, "GET", "same-origin", good))
	}
}
