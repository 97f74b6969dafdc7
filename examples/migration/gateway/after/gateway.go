// Package gateway is a reverse proxy that admits only users of an identity provider, and tells
// the service behind it who they are. It fetches the provider's keys.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
)

// Config configures a gateway. Client fetches the keys, and Now is the clock.
type Config struct {
	JWKS, Issuer, Audience string
	Backend                *url.URL
	Client                 *http.Client
	Now                    func() time.Time
}

type claims struct {
	Email string   `json:"email"`
	Roles []string `json:"roles"`
	jwt.RegisteredClaims
}

// Validate is called for every token whose other claims are valid.
func (c claims) Validate() error {
	if c.Email == "" {
		return errors.New("the token has no email")
	}
	return nil
}

// New creates the gateway, which does nothing in the background.
func New(_ context.Context, config Config) (http.Handler, error) {
	keys, err := jwks.New(config.JWKS, jwks.WithHTTPClient(config.Client), jwks.WithClock(config.Now))
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[claims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256, jwt.ES256},
		jwt.WithIssuer(config.Issuer),
		jwt.WithAudience(config.Audience),
		jwt.WithRequiredClaims("exp"),
		jwt.WithLeeway(30*time.Second),
		jwt.WithClock(config.Now),
	)
	if err != nil {
		return nil, err
	}
	authenticate := jwthttp.Middleware(verifier, jwthttp.WithErrorHandler(logRefusal))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", authenticate(&httputil.ReverseProxy{Rewrite: forward(config.Backend)}))
	return mux, nil
}

// logRefusal only logs, because the middleware answers.
func logRefusal(_ http.ResponseWriter, r *http.Request, err error) {
	slog.WarnContext(r.Context(), "request refused", "path", r.URL.Path, "error", err)
}

// forward replaces the token with headers that only the gateway can set.
func forward(backend *url.URL) func(*httputil.ProxyRequest) {
	return func(r *httputil.ProxyRequest) {
		r.SetURL(backend)
		r.Out.Header.Del("Authorization")
		tok, ok := jwthttp.TokenFromContext[claims](r.In.Context())
		if !ok {
			panic("the proxy was reached without a token")
		}
		r.Out.Header.Set("X-User", tok.Subject)
		r.Out.Header.Set("X-Email", tok.Claims.Email)
		r.Out.Header.Set("X-Roles", strings.Join(tok.Claims.Roles, ","))
	}
}
