// Package api is an API with its own token endpoint. It uses several RS256 keys from PEM files,
// selected by kid.
package api

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
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
	kid     string
	private *rsa.PrivateKey
	public  map[string]*rsa.PublicKey
	parser  *jwt.Parser
	check   func(id, secret string) (scope string, ok bool)
	now     func() time.Time
}

// New creates the API. It signs with the private key, whose name is kid, and accepts the public
// keys, which have their kids; all are PEM. check knows the clients, and now is the clock.
func New(kid string, private []byte, public map[string][]byte, check func(id, secret string) (string, bool), now func() time.Time) (http.Handler, error) {
	a := &api{kid: kid, public: map[string]*rsa.PublicKey{}, check: check, now: now}
	var err error
	if a.private, err = jwt.ParseRSAPrivateKeyFromPEM(private); err != nil {
		return nil, err
	}
	for kid, pem := range public {
		if a.public[kid], err = jwt.ParseRSAPublicKeyFromPEM(pem); err != nil {
			return nil, fmt.Errorf("key %q: %w", kid, err)
		}
	}
	a.parser = jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
	)
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
	tok := jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		Scope: scope,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			Subject:   id,
			Audience:  jwt.ClaimStrings{audience},
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(life)),
		},
	})
	tok.Header["kid"] = a.kid
	raw, err := tok.SignedString(a.private)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": raw, "token_type": "Bearer", "expires_in": life / time.Second})
}

// key returns the public key that a token names.
func (a *api) key(t *jwt.Token) (any, error) {
	kid, ok := t.Header["kid"].(string)
	if !ok {
		return nil, errors.New("the token has no kid")
	}
	key, ok := a.public[kid]
	if !ok {
		return nil, fmt.Errorf("unknown kid %q", kid)
	}
	return key, nil
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
		tok, err := a.parser.ParseWithClaims(raw, &claims{}, a.key)
		if err != nil {
			refuse(w, err)
			return
		}
		c, ok := tok.Claims.(*claims)
		if !ok || !slices.Contains(strings.Fields(c.Scope), scope) {
			http.Error(w, "insufficient scope", http.StatusForbidden)
			return
		}
		next(w, c.Subject)
	}
}

func refuse(w http.ResponseWriter, err error) {
	reason := "invalid"
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		reason = "malformed"
	case errors.Is(err, jwt.ErrTokenExpired):
		reason = "expired"
	case errors.Is(err, jwt.ErrTokenInvalidAudience):
		reason = "for another service"
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer error="invalid_token", error_description="the token is %s"`, reason))
	http.Error(w, "unauthorized", http.StatusUnauthorized)
}

func listOrders(w http.ResponseWriter, client string) { fmt.Fprintf(w, "orders of %s", client) }

func addOrder(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusCreated) }
