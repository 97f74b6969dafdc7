package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// testService returns a function that calls the service, for /ready without a token.
func testService(t *testing.T, issuer *jwttest.Issuer) (status func(token string) int, claims any) {
	service, err := newService(issuer.URL(), "orders", issuer.Clock(), jwks.AllowHTTP())
	require.NoError(t, err)
	status = func(token string) int {
		r, w := httptest.NewRequest(http.MethodGet, "/me", nil), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer "+token)
		if token == "" {
			r = httptest.NewRequest(http.MethodGet, "/ready", nil)
		}
		service.ServeHTTP(w, r)
		if token != "" && w.Code == http.StatusOK {
			require.Equal(t, "susan is Susan B.\n", w.Body.String())
		}
		return w.Code
	}
	return status, jwt.MapClaims{"iss": issuer.URL(), "sub": "susan", "aud": "orders", "name": "Susan B."}
}

func TestBadTokensAreRefused(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	status, claims := testService(t, issuer)
	require.Equal(t, 200, status(issuer.Sign(claims, jwt.WithExpiresIn(time.Hour))))
	for _, bad := range issuer.BadTokens(claims, jwt.WithExpiresIn(time.Hour)) {
		require.Equal(t, 401, status(bad.Token), bad.Name)
	}
	require.Equal(t, 401, status(issuer.Sign(claims)), "a token that never expires")
}

func TestRotationWhileItRuns(t *testing.T) {
	issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(jwt.RS256))
	status, claims := testService(t, issuer)
	sign := func() string { return issuer.Sign(claims, jwt.WithExpiresIn(3*time.Hour)) }
	old := sign()
	require.Equal(t, 200, status(old))

	issuer.Rotate()
	require.Equal(t, 200, status(sign()), "at once, although the keys have just been fetched")
	require.Equal(t, 200, status(old), "the old key is still published")

	issuer.RevokeOldKeys()
	issuer.Advance(time.Hour)
	require.Equal(t, 200, status(sign()))
	// A lookup waits a second for the new keys; on a busy machine they may take longer.
	for late := time.Now().Add(20 * time.Second); status(old) == 200 && time.Now().Before(late); {
		time.Sleep(10 * time.Millisecond)
	}
	require.Equal(t, 401, status(old), "the old key is not trusted any more")
}

func TestOutageOfTheProvider(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	issuer.SetOutage(true)
	status, claims := testService(t, issuer)
	token := issuer.Sign(claims, jwt.WithExpiresIn(48*time.Hour))
	require.Equal(t, 503, status(token), "no keys yet: not the token's fault")
	require.Equal(t, 503, status(""), "nor is the service ready")

	issuer.SetOutage(false)
	issuer.Advance(time.Minute)
	require.Equal(t, 200, status(token))

	issuer.SetOutage(true)
	issuer.Advance(12 * time.Hour)
	require.Equal(t, 200, status(token), "the keys from before the outage")
	require.Equal(t, 200, status(""), "ready")
	issuer.Advance(13 * time.Hour)
	require.Equal(t, 503, status(token), "a day without the provider")
}

func TestDemonstration(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, demonstrate(t.Context(), &out))
	require.Equal(t, 4, strings.Count(out.String(), ": 200 u-248289 is Susan\n"))
	require.Equal(t, 1, strings.Count(out.String(), ": 401 "))
}

// TestShutdown: a request that is under way when the service is told to stop is answered.
func TestShutdown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			stop()
			for { // until nothing new is accepted
				conn, err := net.Dial("tcp", l.Addr().String())
				if err != nil {
					break
				}
				_ = conn.Close()
				time.Sleep(time.Millisecond)
			}
			w.WriteHeader(http.StatusNoContent)
		}))
	}()
	status, _, err := get(t.Context(), "http://"+l.Addr().String(), "")
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, status)
	require.NoError(t, <-done)
	require.ErrorContains(t, serve(t.Context(), l, nil), "closed")
}

func TestMistakes(t *testing.T) {
	require.ErrorIs(t, run(t.Context(), "http://login.example", "orders", "127.0.0.1:0"), jwt.ErrInvalidOption)
	require.ErrorIs(t, run(t.Context(), "https://login.example", "", "127.0.0.1:0"), jwt.ErrInvalidOption)
	require.Error(t, run(t.Context(), "https://login.example", "orders", "127.0.0.1:99999"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, run(ctx, "https://login.example", "orders", "127.0.0.1:0"))
}

// TestSize: the whole service is a page of code.
func TestSize(t *testing.T) {
	text, err := os.ReadFile("service.go")
	require.NoError(t, err)
	require.Less(t, bytes.Count(text, []byte("\n")), 80)
}
