// Package api is an API with its own token endpoint. It uses several RS256 keys from PEM files,
// selected by kid.
package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/jwt"
)

const (
	issuer   = "https://api.example"
	audience = "orders"
	life     = 10 * time.Minute
)

type claims struct {
	Scope string `json:"scope"`
	jwt.RegisteredClaims
}

type api struct {
	signer   *jwt.Signer
	verifier *jwt.Verifier[claims]
	check    func(id, secret string) (scope string, ok bool)
	now      func() time.Time
}

// New creates the API. It signs with the private key, whose name is kid, and accepts the public
// keys, which have their kids; all are PEM. check knows the clients, and now is the clock.
func New(kid string, private []byte, public map[string][]byte, check func(id, secret string) (string, bool), now func() time.Time) (http.Handler, error) {
	a := &api{check: check, now: now}
	key, err := jwt.ParsePrivateKey(private, jwt.WithKeyID(kid))
	if err != nil {
		return nil, err
	}
	if a.signer, err = jwt.NewSigner(key, jwt.RS256); err != nil {
		return nil, err
	}
	var accepted []jwt.VerificationKey
	for kid, pem := range public {
		key, err := jwt.ParsePublicKey(pem, jwt.WithKeyID(kid))
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", kid, err)
		}
		accepted = append(accepted, key)
	}
	keys, err := jwt.NewKeySet(accepted...)
	if err != nil {
		return nil, err
	}
	a.verifier, err = jwt.NewVerifier[claims](keys, []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithRequiredClaims("exp"),
		jwt.WithClock(now),
	)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", a.token)
	mux.HandleFunc("GET /orders", a.guard("orders:read", listOrders))
	mux.HandleFunc("POST /orders", a.guard("orders:write", addOrder))
	return mux, nil
}

// token answers a client's request for an access token (RFC 6749, Section 4.4).
func (a *api) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	scope, ok := a.check(id, secret)
	if !ok {
		http.Error(w, "unknown client", http.StatusUnauthorized)
		return
	}
	now := a.now()
	raw, err := a.signer.Sign(claims{
		Scope: scope,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Subject:   id,
			Audience:  jwt.Audience{audience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(life)),
		},
	})
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": raw, "token_type": "Bearer", "expires_in": life / time.Second})
}

// guard admits requests whose token has the scope.
func (a *api) guard(scope string, next func(w http.ResponseWriter, client string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "no token", http.StatusUnauthorized)
			return
		}
		tok, err := a.verifier.Verify(raw)
		if err != nil {
			refuse(w, err)
			return
		}
		if !slices.Contains(strings.Fields(tok.Claims.Scope), scope) {
			http.Error(w, "insufficient scope", http.StatusForbidden)
			return
		}
		next(w, tok.Subject)
	}
}

func refuse(w http.ResponseWriter, err error) {
	reason := "invalid"
	switch {
	case errors.Is(err, jwt.ErrMalformed):
		reason = "malformed"
	case errors.Is(err, jwt.ErrExpired):
		reason = "expired"
	case errors.Is(err, jwt.ErrInvalidAudience):
		reason = "for another service"
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="invalid_token", error_description="the token is %s"`, reason))
	http.Error(w, "unauthorized", http.StatusUnauthorized)
}

func listOrders(w http.ResponseWriter, client string) { fmt.Fprintf(w, "orders of %s", client) }

func addOrder(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusCreated) }
