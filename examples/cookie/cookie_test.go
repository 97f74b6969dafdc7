package cookie

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestSessions(t *testing.T) {
	service := func(secret string) http.Handler {
		h, err := New([]byte(secret), func(r *http.Request) (string, Session, bool) {
			user, password, _ := r.BasicAuth()
			return user, Session{Admin: user == "susan"}, password == "sesame"
		})
		require.NoError(t, err)
		return h
	}
	const secret = "a secret of a test, 32 bytes long"
	h := service(secret)
	do := func(h http.Handler, method, path, site, password string, cookies ...*http.Cookie) *http.Response {
		w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, nil)
		r.Header.Set("Sec-Fetch-Site", site)
		r.SetBasicAuth("susan", password)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		h.ServeHTTP(w, r)
		return w.Result()
	}
	require.Equal(t, 401, do(h, "POST", "/login", "same-origin", "wrong").StatusCode)
	require.Equal(t, 403, do(h, "POST", "/login", "cross-site", "sesame").StatusCode)
	res := do(h, "POST", "/login", "same-origin", "sesame")
	require.Equal(t, 200, res.StatusCode)
	require.Len(t, res.Cookies(), 1)
	c := res.Cookies()[0]
	require.True(t, c.Secure && c.HttpOnly && c.MaxAge == 3600 && c.SameSite == http.SameSiteLaxMode)

	me := do(h, "GET", "/me", "same-origin", "", c)
	body, err := io.ReadAll(me.Body)
	require.NoError(t, err)
	require.Equal(t, "susan, admin: true\n", string(body))
	require.Equal(t, 401, do(h, "GET", "/me", "same-origin", "").StatusCode)
	require.Equal(t, 400, do(h, "GET", "/me", "same-origin", "", c, c).StatusCode)
	require.Equal(t, 401, do(service(secret+"!"), "GET", "/me", "same-origin", "", c).StatusCode)

	require.Equal(t, 403, do(h, "POST", "/logout", "cross-site", "", c).StatusCode)
	gone := do(h, "POST", "/logout", "same-origin", "", c).Cookies()
	require.Len(t, gone, 1)
	require.True(t, gone[0].MaxAge < 0 && gone[0].Name == c.Name)

	_, err = New([]byte("too short"), nil)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}
