// Package login_test runs one test suite against the service before and after the port.
package login_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	after "example.com/jwt/examples/migration/login/after"
	before "example.com/jwt/examples/migration/login/before"
	"github.com/stretchr/testify/require"
)

var secret = []byte("32 bytes that nobody else knows.")

type constructor func([]byte, func(name, password string) ([]string, bool), func() time.Time) (http.Handler, error)

var sides = map[string]constructor{"before": before.New, "after": after.New}

// client calls one service and controls its clock.
type client struct {
	t       *testing.T
	service http.Handler
	now     time.Time
}

type pair struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func newClient(t *testing.T, construct constructor) *client {
	c := &client{t: t, now: time.Now()}
	check := func(name, password string) ([]string, bool) {
		return []string{"admin", "editor"}, name == "susan" && password == "sesame"
	}
	service, err := construct(secret, check, func() time.Time { return c.now })
	require.NoError(t, err)
	c.service = service
	return c
}

func (c *client) do(target, token, body string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	r, w := httptest.NewRequest(method, path, strings.NewReader(body)), httptest.NewRecorder()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	c.service.ServeHTTP(w, r)
	return w
}

func (c *client) status(target, token string) int { return c.do(target, token, "").Code }

func (c *client) tokens(w *httptest.ResponseRecorder) (p pair) {
	c.t.Helper()
	require.Equal(c.t, http.StatusOK, w.Code, w.Body)
	require.NoError(c.t, json.Unmarshal(w.Body.Bytes(), &p))
	return p
}

func (c *client) login() pair {
	c.t.Helper()
	return c.tokens(c.do("POST /login", "", `{"name":"susan","password":"sesame"}`))
}

func each(t *testing.T, test func(t *testing.T, c *client)) {
	for name, construct := range sides {
		t.Run(name, func(t *testing.T) { test(t, newClient(t, construct)) })
	}
}

func TestLogin(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		require.Equal(t, 401, c.do("POST /login", "", `{"name":"susan","password":"x"}`).Code)
		require.Equal(t, 400, c.do("POST /login", "", `{`).Code)
		p := c.login()
		w := c.do("GET /me", p.Access, "")
		require.Equal(t, 200, w.Code)
		require.Equal(t, "susan admin,editor", w.Body.String())
		require.Equal(t, 401, c.status("GET /me", ""))
		require.Equal(t, 401, c.status("GET /me", p.Refresh), "a refresh token is no access token")
		require.Equal(t, 401, c.status("POST /refresh", p.Access), "nor the other way round")
	})
}

func TestExpiry(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		p := c.login()
		c.now = c.now.Add(14 * time.Minute)
		require.Equal(t, 200, c.status("GET /me", p.Access))
		c.now = c.now.Add(2 * time.Minute)
		w := c.do("GET /me", p.Access, "")
		require.Equal(t, 401, w.Code)
		require.Contains(t, w.Header().Get("WWW-Authenticate"), "expired")
		c.now = c.now.Add(31 * 24 * time.Hour)
		require.Equal(t, 401, c.status("POST /refresh", p.Refresh))
	})
}

func TestRefresh(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		first := c.login()
		c.now = c.now.Add(time.Hour)
		second := c.tokens(c.do("POST /refresh", first.Refresh, ""))
		require.Equal(t, 200, c.status("GET /me", second.Access))
		require.Equal(t, 401, c.status("POST /refresh", first.Refresh), "it works once")
		require.Equal(t, 401, c.status("POST /refresh", second.Refresh), "and its reuse ends the session")
		c.tokens(c.do("POST /refresh", c.login().Refresh, ""))
	})
}

func TestLogout(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		p := c.login()
		c.now = c.now.Add(time.Hour)
		require.Equal(t, 401, c.status("GET /me", p.Access), "expired")
		require.Equal(t, 401, c.status("POST /logout", p.Access[:len(p.Access)-4]+"AAAA"))
		require.Equal(t, 204, c.status("POST /logout", p.Access), "an expired token can log out")
		require.Equal(t, 401, c.status("POST /refresh", p.Refresh))
	})
}

func TestForged(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		p := c.login()
		header, rest, _ := strings.Cut(p.Access, ".")
		payload, signature, _ := strings.Cut(rest, ".")
		_, other, _ := strings.Cut(c.login().Access, ".")
		_, foreign, _ := strings.Cut(other, ".")
		none := "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
		for _, raw := range []string{
			header + "." + payload + "." + foreign, header + "." + payload + ".", none + "." + payload + ".",
			none + "." + payload + "." + signature, header + "." + payload, "x", payload + "." + header + "." + signature,
		} {
			w := c.do("GET /me", raw, "")
			require.Equal(t, 401, w.Code, raw)
			require.NotContains(t, w.Header().Get("WWW-Authenticate"), "expired")
		}
	})
}

// TestPolicy: a valid signature is not enough.
func TestPolicy(t *testing.T) {
	const good = `{"iss":"https://login.example","sub":"susan","use":"access","sid":"1","exp":4102444800}`
	each(t, func(t *testing.T, c *client) {
		require.Equal(t, 200, c.status("GET /me", forge(good)))
		require.Equal(t, 401, c.status("GET /me", forge(strings.Replace(good, `,"exp":4102444800`, "", 1))), "it never expires")
		require.Equal(t, 401, c.status("GET /me", forge(strings.Replace(good, "login.example", "other.example", 1))))
	})
}

// forge makes an HS256 token with the right secret, without any library.
func forge(payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(`{"alg":"HS256"}`)) + "." + encode([]byte(payload))
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}

func TestWeakSecret(t *testing.T) {
	for name, construct := range sides {
		_, err := construct(secret[:31], nil, time.Now)
		require.Error(t, err, name)
	}
}

// TestMixed: during a deployment both versions serve the same users.
func TestMixed(t *testing.T) {
	old, ported := newClient(t, before.New), newClient(t, after.New)
	require.Equal(t, 200, ported.status("GET /me", old.login().Access))
	require.Equal(t, 200, old.status("GET /me", ported.login().Access))
}
