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

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
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

type contextKey struct{}

// New creates the gateway. Its background work ends with ctx.
func New(ctx context.Context, config Config) (http.Handler, error) {
	keys, err := keyfunc.NewDefaultOverrideCtx(ctx, []string{config.JWKS}, keyfunc.Override{Client: config.Client})
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256", "ES256"}),
		jwt.WithIssuer(config.Issuer),
		jwt.WithAudience(config.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(30*time.Second),
		jwt.WithTimeFunc(config.Now),
	)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("/", authenticate(parser, keys, &httputil.ReverseProxy{Rewrite: forward(config.Backend)}))
	return mux, nil
}

// authenticate stores the claims of the request's token in its context.
func authenticate(parser *jwt.Parser, keys keyfunc.Keyfunc, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := request.BearerExtractor{}.ExtractToken(r)
		if err != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "no token", http.StatusUnauthorized)
			return
		}
		var c claims
		if _, err := parser.ParseWithClaims(raw, &c, keys.KeyfuncCtx(r.Context())); err != nil {
			slog.WarnContext(r.Context(), "request refused", "path", r.URL.Path, "error", err)
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, &c)))
	})
}

// forward replaces the token with headers that only the gateway can set.
func forward(backend *url.URL) func(*httputil.ProxyRequest) {
	return func(r *httputil.ProxyRequest) {
		r.SetURL(backend)
		r.Out.Header.Del("Authorization")
		c, ok := r.In.Context().Value(contextKey{}).(*claims)
		if !ok {
			panic("the proxy was reached without a token")
		}
		r.Out.Header.Set("X-User", c.Subject)
		r.Out.Header.Set("X-Email", c.Email)
		r.Out.Header.Set("X-Roles", strings.Join(c.Roles, ","))
	}
}
