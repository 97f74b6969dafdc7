// Package api_test runs one test suite against the API before and after the port.
package api_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	after "example.com/jwt/examples/migration/api/after"
	before "example.com/jwt/examples/migration/api/before"
	"github.com/stretchr/testify/require"
)

type constructor func(kid string, private []byte, public map[string][]byte, check func(id, secret string) (string, bool), now func() time.Time) (http.Handler, error)

var sides = map[string]constructor{"before": before.New, "after": after.New}

// keys are those of 2025, which no longer signs, of 2026, and one that nobody trusts.
var keys = sync.OnceValue(func() map[string]*rsa.PrivateKey {
	made := map[string]*rsa.PrivateKey{}
	for _, kid := range []string{"2025", "2026", "stranger"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		made[kid] = key
	}
	return made
})

func privatePEM(kid string) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keys()[kid])})
}

func publicPEM(t *testing.T, kid string) []byte {
	der, err := x509.MarshalPKIXPublicKey(&keys()[kid].PublicKey)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

type client struct {
	service http.Handler
	now     time.Time
}

func newClient(t *testing.T, construct constructor, kid string) *client {
	c := &client{now: time.Now()}
	scopes := map[string]string{"shop": "orders:read orders:write", "report": "orders:read"}
	check := func(id, secret string) (string, bool) { return scopes[id], secret == "sesame" }
	public := map[string][]byte{"2025": publicPEM(t, "2025"), "2026": publicPEM(t, "2026")}
	service, err := construct(kid, privatePEM(kid), public, check, func() time.Time { return c.now })
	require.NoError(t, err)
	c.service = service
	return c
}

func (c *client) token(t *testing.T, id string) string {
	r, w := httptest.NewRequest("POST", "/token", nil), httptest.NewRecorder()
	r.SetBasicAuth(id, "sesame")
	c.service.ServeHTTP(w, r)
	require.Equal(t, 200, w.Code)
	var answer struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.Equal(t, 600, answer.Expires)
	return answer.Token
}

func (c *client) do(target, token string) *httptest.ResponseRecorder {
	method, path, _ := strings.Cut(target, " ")
	r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	c.service.ServeHTTP(w, r)
	return w
}

// refused returns what the challenge says about the token.
func (c *client) refused(t *testing.T, token string) string {
	t.Helper()
	w := c.do("GET /orders", token)
	require.Equal(t, 401, w.Code)
	return w.Header().Get("WWW-Authenticate")
}

// forge makes an RS256 token without any library.
func forge(t *testing.T, header, payload string, key *rsa.PrivateKey) string {
	encode := base64.RawURLEncoding.EncodeToString
	input := encode([]byte(header)) + "." + encode([]byte(payload))
	hash := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, hash[:])
	require.NoError(t, err)
	return input + "." + encode(signature)
}

func each(t *testing.T, test func(t *testing.T, c *client)) {
	for name, construct := range sides {
		t.Run(name, func(t *testing.T) { test(t, newClient(t, construct, "2026")) })
	}
}

func TestScopes(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		shop, report := c.token(t, "shop"), c.token(t, "report")
		w := c.do("GET /orders", report)
		require.Equal(t, 200, w.Code)
		require.Equal(t, "orders of report", w.Body.String())
		require.Equal(t, 201, c.do("POST /orders", shop).Code)
		require.Equal(t, 403, c.do("POST /orders", report).Code)
		require.Equal(t, "Bearer", c.refused(t, ""))
	})
}

func TestUnknownClient(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		require.Equal(t, 401, c.do("POST /token", "").Code)
	})
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, c *client) {
		const header, payload = `{"alg":"RS256","kid":"2026"}`, `{"iss":"https://api.example","aud":"orders","exp":4102444800,"scope":"orders:read"}`
		require.Equal(t, 200, c.do("GET /orders", forge(t, header, payload, keys()["2026"])).Code)
		for _, forged := range []string{
			forge(t, header, payload, keys()["stranger"]),
			forge(t, header, payload, keys()["2025"]),
			forge(t, `{"alg":"RS256","kid":"stranger"}`, payload, keys()["stranger"]),
			forge(t, `{"alg":"PS256","kid":"2026"}`, payload, keys()["2026"]),
			forge(t, `{"alg":"none","kid":"2026"}`, payload, keys()["2026"]),
			forge(t, header, strings.Replace(payload, "api.example", "other.example", 1), keys()["2026"]),
			forge(t, header, strings.Replace(payload, `"exp":4102444800,`, "", 1), keys()["2026"]),
		} {
			require.Contains(t, c.refused(t, forged), "the token is invalid")
		}
		require.Contains(t, c.refused(t, "a.b"), "malformed")
		require.Contains(t, c.refused(t, forge(t, header, strings.Replace(payload, `"orders"`, `"mail"`, 1), keys()["2026"])), "for another service")
		token := c.token(t, "shop")
		c.now = c.now.Add(11 * time.Minute)
		require.Contains(t, c.refused(t, token), "expired")
	})
}

// TestRotation: tokens of the previous key are valid until they expire.
func TestRotation(t *testing.T) {
	for name, construct := range sides {
		t.Run(name, func(t *testing.T) {
			old, current := newClient(t, construct, "2025"), newClient(t, construct, "2026")
			require.Equal(t, 200, current.do("GET /orders", old.token(t, "shop")).Code)
			require.Equal(t, 200, old.do("GET /orders", current.token(t, "shop")).Code)
		})
	}
}

// TestMixed: during a deployment both versions serve the same clients.
func TestMixed(t *testing.T) {
	old, ported := newClient(t, before.New, "2026"), newClient(t, after.New, "2026")
	require.Equal(t, 200, ported.do("GET /orders", old.token(t, "shop")).Code)
	require.Equal(t, 200, old.do("GET /orders", ported.token(t, "shop")).Code)
}

func TestBadKeys(t *testing.T) {
	for name, construct := range sides {
		_, err := construct("k", []byte("no key"), nil, nil, time.Now)
		require.Error(t, err, name)
		_, err = construct("2026", privatePEM("2026"), map[string][]byte{"2026": []byte("no key")}, nil, time.Now)
		require.ErrorContains(t, err, `key "2026"`, name)
	}
}
