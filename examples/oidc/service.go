package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
)

// Claims is what the provider says of a user, beside the registered claims.
type Claims struct {
	Name string `json:"name"`
}

// newService is the API. It starts whether the provider is up or not: keys are fetched when
// the first token needs them, and again when a token names a key that is not known yet.
func newService(issuer, audience string, clock func() time.Time, opts ...jwks.Option) (http.Handler, error) {
	keys, err := jwks.Discover(issuer, append(opts, jwks.WithClock(clock))...)
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[Claims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256, jwt.ES256},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "sub"), jwt.WithClock(clock))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[Claims](r.Context())
		if !ok { // only without the middleware below
			http.Error(w, "no token", http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s is %s\n", tok.Subject, tok.Claims.Name)
	})
	all := http.NewServeMux()
	all.Handle("/", jwthttp.Middleware(verifier, jwthttp.WithErrorHandler(logRefusal))(mux))
	all.HandleFunc("GET /ready", func(w http.ResponseWriter, r *http.Request) {
		if _, err := keys.Keys(r.Context(), jwt.Header{}); err != nil { // waits for them at the start
			http.Error(w, "no keys", http.StatusServiceUnavailable)
		}
	})
	return all, nil
}

// logRefusal only logs: the middleware writes the response.
func logRefusal(_ http.ResponseWriter, r *http.Request, err error) {
	slog.WarnContext(r.Context(), "request refused", "path", r.URL.Path, "error", err)
}

// serve answers requests until ctx ends, and then those that are under way.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	})
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
