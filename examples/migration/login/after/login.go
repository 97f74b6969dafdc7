// Package login is a login service with HS256. Access tokens are valid for 15 minutes, refresh
// tokens for 30 days and one use.
package login

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/jwt"
)

const (
	issuer      = "https://login.example"
	accessLife  = 15 * time.Minute
	refreshLife = 30 * 24 * time.Hour
)

// claims are those of both kinds of token, which use distinguishes.
type claims struct {
	Use     string   `json:"use"`
	Session string   `json:"sid"`
	Roles   []string `json:"roles,omitempty"`
	jwt.RegisteredClaims
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

type service struct {
	signer   *jwt.Signer
	verifier *jwt.Verifier[claims]
	logouts  *jwt.Verifier[claims]
	check    func(name, password string) (roles []string, ok bool)
	now      func() time.Time

	mu       sync.Mutex
	sessions map[string]string // session to the jti of its newest refresh token
}

// New creates the service. check knows the users, and now is the clock.
func New(secret []byte, check func(name, password string) ([]string, bool), now func() time.Time) (http.Handler, error) {
	key, err := jwt.NewSecretKey(secret)
	if err != nil {
		return nil, err
	}
	s := &service{check: check, now: now, sessions: map[string]string{}}
	if s.signer, err = jwt.NewSigner(key, jwt.HS256); err != nil {
		return nil, err
	}
	policy := []jwt.VerifyOption{jwt.WithIssuer(issuer), jwt.WithRequiredClaims("exp"), jwt.WithClock(now)}
	if s.verifier, err = jwt.NewVerifier[claims](key, []jwt.Algorithm{jwt.HS256}, policy...); err != nil {
		return nil, err
	}
	policy = append(policy, jwt.AllowExpired())
	if s.logouts, err = jwt.NewVerifier[claims](key, []jwt.Algorithm{jwt.HS256}, policy...); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", s.login)
	mux.HandleFunc("POST /refresh", s.refresh)
	mux.HandleFunc("POST /logout", s.logout)
	mux.HandleFunc("GET /me", s.me)
	return mux, nil
}

func (s *service) login(w http.ResponseWriter, r *http.Request) {
	var user struct{ Name, Password string }
	if err := json.NewDecoder(r.Body).Decode(&user); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	roles, ok := s.check(user.Name, user.Password)
	if !ok {
		http.Error(w, "wrong name or password", http.StatusUnauthorized)
		return
	}
	s.answer(w, user.Name, rand.Text(), roles)
}

// refresh exchanges a refresh token for new tokens. One that was used before ends the session,
// because two parties have it.
func (s *service) refresh(w http.ResponseWriter, r *http.Request) {
	c, err := verify(r, s.verifier, "refresh")
	if err != nil {
		refuse(w, err)
		return
	}
	s.mu.Lock()
	newest := s.sessions[c.Session]
	delete(s.sessions, c.Session)
	s.mu.Unlock()
	if newest != c.ID {
		refuse(w, errors.New("the refresh token was used before"))
		return
	}
	s.answer(w, c.Subject, c.Session, c.Roles)
}

// logout ends the session of an access token, which may have expired.
func (s *service) logout(w http.ResponseWriter, r *http.Request) {
	c, err := verify(r, s.logouts, "access")
	if err != nil {
		refuse(w, err)
		return
	}
	s.mu.Lock()
	delete(s.sessions, c.Session)
	s.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (s *service) me(w http.ResponseWriter, r *http.Request) {
	c, err := verify(r, s.verifier, "access")
	if err != nil {
		refuse(w, err)
		return
	}
	fmt.Fprintf(w, "%s %s", c.Subject, strings.Join(c.Roles, ","))
}

// verify returns the claims of the request's token.
func verify(r *http.Request, v *jwt.Verifier[claims], use string) (*claims, error) {
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, errors.New("no bearer token")
	}
	tok, err := v.Verify(raw)
	if err != nil {
		return nil, err
	}
	if tok.Claims.Use != use {
		return nil, fmt.Errorf("not a token for %s", use)
	}
	return &tok.Claims, nil
}

func (s *service) answer(w http.ResponseWriter, name, session string, roles []string) {
	id := rand.Text()
	access, err := s.sign(claims{Use: "access", Session: session, Roles: roles}, name, "", accessLife)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	refresh, err := s.sign(claims{Use: "refresh", Session: session, Roles: roles}, name, id, refreshLife)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	s.sessions[session] = id
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(tokens{access, refresh})
}

func (s *service) sign(c claims, name, id string, life time.Duration) (string, error) {
	now := s.now()
	c.RegisteredClaims = jwt.RegisteredClaims{
		Issuer:    issuer,
		Subject:   name,
		ID:        id,
		IssuedAt:  jwt.NewNumericDate(now),
		ExpiresAt: jwt.NewNumericDate(now.Add(life)),
	}
	return s.signer.Sign(c)
}

func refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, jwt.ErrExpired) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="expired"`)
	} else {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	http.Error(w, "unauthorized", http.StatusUnauthorized)
}
