// Package gateway_test runs one test suite against the gateway before and after the port.
package gateway_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"example.com/jwt"
	after "example.com/jwt/examples/migration/gateway/after"
	before "example.com/jwt/examples/migration/gateway/before"
	"example.com/jwt/jwks"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

var sides = map[string]func(context.Context, before.Config) (http.Handler, error){
	"before": before.New,
	"after": func(ctx context.Context, config before.Config) (http.Handler, error) {
		return after.New(ctx, after.Config(config))
	},
}

type user struct {
	Email string   `json:"email,omitempty"`
	Roles []string `json:"roles,omitempty"`
	jwt.RegisteredClaims
}

// setup is a gateway between a provider and a backend that answers with the name of its caller.
type setup struct {
	issuer  *jwttest.Issuer
	gateway http.Handler
	user    user
}

func newSetup(t *testing.T, side string, change func(*before.Config)) *setup {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // both log what they refuse
	issuer := jwttest.NewIssuer(t)
	keys := httptest.NewTLSServer(jwks.Handler(issuer.KeySet))
	t.Cleanup(keys.Close)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s [%s] token:%q", r.Header.Get("X-User"), r.Header.Get("X-Email"), r.Header.Get("X-Roles"), r.Header.Get("Authorization"))
	}))
	t.Cleanup(backend.Close)
	target, err := url.Parse(backend.URL)
	require.NoError(t, err)
	config := before.Config{
		JWKS: keys.URL, Issuer: issuer.URL(), Audience: "shop", Backend: target, Client: keys.Client(), Now: issuer.Clock(),
	}
	change(&config)
	gateway, err := sides[side](t.Context(), config)
	require.NoError(t, err)
	return &setup{issuer, gateway, user{
		Email: "susan@example.com", Roles: []string{"admin", "editor"},
		RegisteredClaims: jwt.RegisteredClaims{Issuer: issuer.URL(), Subject: "susan", Audience: jwt.Audience{"shop"}},
	}}
}

func each(t *testing.T, test func(t *testing.T, s *setup)) {
	for side := range sides {
		t.Run(side, func(t *testing.T) { test(t, newSetup(t, side, func(*before.Config) {})) })
	}
}

func (s *setup) sign(life time.Duration) string {
	return s.issuer.Sign(s.user, jwt.WithExpiresIn(life))
}

func (s *setup) get(path, authorization string) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
	r.Header.Set("X-User", "root")
	if authorization != "" {
		r.Header.Set("Authorization", authorization)
	}
	s.gateway.ServeHTTP(w, r)
	return w
}

func (s *setup) status(token string) int { return s.get("/", "Bearer "+token).Code }

func TestForward(t *testing.T) {
	each(t, func(t *testing.T, s *setup) {
		w := s.get("/", "Bearer "+s.sign(time.Hour))
		require.Equal(t, 200, w.Code)
		require.Equal(t, `susan susan@example.com [admin,editor] token:""`, w.Body.String())
		require.Equal(t, 200, s.get("/", "bearer "+s.sign(time.Hour)).Code)
		require.Equal(t, 204, s.get("/health", "").Code)
		for _, authorization := range []string{"", "Basic c3VzYW46c2VzYW1l"} {
			w := s.get("/", authorization)
			require.Equal(t, 401, w.Code)
			require.Equal(t, "Bearer", w.Header().Get("WWW-Authenticate"))
		}
	})
}

func TestBadTokens(t *testing.T) {
	each(t, func(t *testing.T, s *setup) {
		for _, bad := range s.issuer.BadTokens(s.user, jwt.WithExpiresIn(time.Hour)) {
			w := s.get("/", "Bearer "+bad.Token)
			require.Equal(t, 401, w.Code, bad.Name)
			require.Contains(t, w.Header().Get("WWW-Authenticate"), `error="invalid_token"`, bad.Name)
		}
		require.Equal(t, 401, s.status(s.issuer.Sign(s.user)), "a token that never expires")
		require.Equal(t, 200, s.status(s.sign(time.Hour)))
		s.user.Email = ""
		require.Equal(t, 401, s.status(s.sign(time.Hour)), "Validate refuses it")
	})
}

func TestLeeway(t *testing.T) {
	each(t, func(t *testing.T, s *setup) {
		token := s.sign(time.Minute)
		s.issuer.Advance(time.Minute + 29*time.Second)
		require.Equal(t, 200, s.status(token))
		s.issuer.Advance(2 * time.Second)
		require.Equal(t, 401, s.status(token))
	})
}

func TestRotation(t *testing.T) {
	each(t, func(t *testing.T, s *setup) {
		old := s.sign(time.Hour)
		require.Equal(t, 200, s.status(old))
		s.issuer.Rotate()
		s.issuer.Advance(time.Minute)
		require.Equal(t, 200, s.status(s.sign(time.Hour)), "a key that was published later")
		require.Equal(t, 200, s.status(old))
	})
}

// TestOutage is the only intended difference. If the provider is down, the token is not at
// fault. Both gateways start without the provider.
func TestOutage(t *testing.T) {
	for side, status := range map[string]int{"before": 401, "after": 503} {
		t.Run(side, func(t *testing.T) {
			s := newSetup(t, side, func(config *before.Config) { config.JWKS = "https://127.0.0.1:1/" })
			require.Equal(t, status, s.status(s.sign(time.Hour)))
		})
	}
}
