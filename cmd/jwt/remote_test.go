package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// provider serves a discovery document and a set on loopback.
func provider(t *testing.T) (server *httptest.Server, document *string) {
	text, err := os.ReadFile(filepath.Join(testKeys, "ed25519-default.pub"))
	require.NoError(t, err)
	key, err := jwt.ParsePublicKey(text, jwt.WithThumbprintKeyID())
	require.NoError(t, err)
	set, err := jwt.NewKeySet(key)
	require.NoError(t, err)
	document = new(string)
	mux := http.NewServeMux()
	mux.Handle("/keys", jwks.Handler(func() *jwt.KeySet { return set }))
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(*document))
	})
	server = httptest.NewServer(mux)
	t.Cleanup(server.Close)
	*document = `{"issuer":"` + server.URL + `","jwks_uri":"` + server.URL + `/keys"}`
	return server, document
}

// issue signs a token of the provider, named by thumbprint.
func issue(t *testing.T, issuer string, args ...string) string {
	r := process{}.run(append([]string{"sign", "-key", copyKey(t), "-alg", "EdDSA", "-thumbprint", "-expires", "5m", "-claims", `{"iss":"` + issuer + `"}`}, args...)...)
	require.Zero(t, r.status, r.stderr)
	return strings.TrimSpace(r.stdout)
}

// copyKey copies a private key to a file that only its owner can read.
func copyKey(t *testing.T) string {
	text, err := os.ReadFile(filepath.Join(testKeys, "ed25519-default"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

func TestKeysOverHTTP(t *testing.T) {
	server, _ := provider(t)
	token := issue(t, server.URL)
	for _, source := range [][]string{{"-jwks", server.URL + "/keys"}, {"-issuer", server.URL}} {
		r := process{}.run(append([]string{"verify", "-alg", "EdDSA", token}, source...)...)
		require.Zero(t, r.status, r.stderr)
		require.Contains(t, r.stdout, `"iss": "`+server.URL+`"`)

		r = process{}.run(append([]string{"verify", "-alg", "EdDSA", token[:len(token)-4] + "AAAA"}, source...)...)
		require.Equal(t, statusRefused, r.status)
	}
	other := issue(t, "https://other.example")
	require.Zero(t, process{}.run("verify", "-alg", "EdDSA", "-jwks", server.URL+"/keys", other).status)
	r := process{}.run("verify", "-alg", "EdDSA", "-issuer", server.URL, "-json", other)
	require.Equal(t, statusRefused, r.status)
	require.Contains(t, r.stdout, `{"valid":false,"error":"invalid_issuer",`)

	unknown := process{}.run("sign", "-key", copyKey(t), "-alg", "EdDSA", "-kid", "unknown", "-claims", "{}", "-expires", "5m")
	r = process{}.run("verify", "-alg", "EdDSA", "-jwks", server.URL+"/keys", "-json", strings.TrimSpace(unknown.stdout))
	require.Equal(t, statusRefused, r.status)
	require.Contains(t, r.stdout, `{"valid":false,"error":"key_not_found",`)
}

// If the keys cannot be fetched, nothing is known about the token: 2, not 1.
func TestKeysThatCantBeHad(t *testing.T) {
	server, document := provider(t)
	token := issue(t, server.URL)
	verify := func(args ...string) result {
		return process{}.run(append([]string{"verify", "-alg", "EdDSA", "-json", token}, args...)...)
	}
	r := verify("-jwks", server.URL+"/nothing")
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stdout, `{"error":"keys_unavailable","message":"`)
	require.Contains(t, r.stderr, "404")

	*document = `{"issuer":"https://other.example","jwks_uri":"` + server.URL + `/keys"}`
	r = verify("-issuer", server.URL)
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stderr, `issuer is "https://other.example"`)

	*document = `{"issuer":"` + server.URL + `","jwks_uri":"http://login.example/keys"}`
	r = verify("-issuer", server.URL)
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stderr, "login.example is not https, and not on loopback")

	server.Close()
	r = verify("-jwks", server.URL+"/keys")
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stderr, "connection refused")
}

// A provider that never answers costs -timeout, and the token is not called bad for it.
func TestTimeout(t *testing.T) {
	hang := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(hang) })
	for _, source := range []string{"-jwks", "-issuer"} {
		start := time.Now()
		r := process{}.run("verify", "-alg", "HS256", source, server.URL, "-timeout", "1s", token)
		require.Equal(t, statusTrouble, r.status, "a secret is never fetched")
		r = process{}.run("verify", "-alg", "EdDSA", source, server.URL, "-timeout", "1s", "-json", issue(t, server.URL))
		require.Equal(t, statusTrouble, r.status)
		require.Contains(t, r.stdout, `"error":"keys_unavailable"`)
		require.Contains(t, r.stderr, "hint: -timeout sets how long to wait for the keys; it was 1s\n")
		require.Less(t, time.Since(start), 5*time.Second, "the default is 10 s")
	}
}

// Keys that come over http could be from anyone, except on this machine.
func TestHTTPIsForLoopback(t *testing.T) {
	for _, url := range []string{"http://login.example/keys", "HTTP://login.example", "http://10.0.0.1", "http://127.0.0.1.login.example", "http://[::2]/"} {
		for _, source := range []string{"-jwks", "-issuer"} {
			r := process{}.run("verify", "-alg", "EdDSA", source, url, token)
			require.Equal(t, statusTrouble, r.status)
			require.Contains(t, r.stderr, "is not https", url)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1", "127.9.9.9", "::1"} {
		require.True(t, isLoopback(host), host)
	}
	r := process{}.run("verify", "-alg", "EdDSA", "-issuer", "login.example", token)
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stderr, "is not a URL")
	r = process{}.run("verify", "-alg", "EdDSA", "-jwks", "https://name:password@login.example", token)
	require.Equal(t, statusTrouble, r.status)
	require.NotContains(t, r.stderr, "name:")
	require.Contains(t, r.stderr, "user name or password")
}
