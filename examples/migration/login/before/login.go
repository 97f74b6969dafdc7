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

	"github.com/golang-jwt/jwt/v5"
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
	secret []byte
	parser *jwt.Parser
	check  func(name, password string) (roles []string, ok bool)
	now    func() time.Time

	mu       sync.Mutex
	sessions map[string]string // session to the jti of its newest refresh token
}

// New creates the service. check knows the users, and now is the clock.
func New(secret []byte, check func(name, password string) ([]string, bool), now func() time.Time) (http.Handler, error) {
	if len(secret) < 32 {
		return nil, errors.New("the secret needs 32 bytes")
	}
	s := &service{
		secret: secret,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{"HS256"}),
			jwt.WithIssuer(issuer),
			jwt.WithExpirationRequired(),
			jwt.WithTimeFunc(now),
		),
		check:    check,
		now:      now,
		sessions: map[string]string{},
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
	c, err := s.verify(r, "refresh", false)
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
	c, err := s.verify(r, "access", true)
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
	c, err := s.verify(r, "access", false)
	if err != nil {
		refuse(w, err)
		return
	}
	fmt.Fprintf(w, "%s %s", c.Subject, strings.Join(c.Roles, ","))
}

// verify returns the claims of the request's token.
func (s *service) verify(r *http.Request, use string, mayBeExpired bool) (*claims, error) {
	raw, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, errors.New("no bearer token")
	}
	var c claims
	_, err := s.parser.ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) { return s.secret, nil })
	if err != nil && !(mayBeExpired && errors.Is(err, jwt.ErrTokenExpired)) {
		return nil, err
	}
	if c.Use != use {
		return nil, fmt.Errorf("not a token for %s", use)
	}
	return &c, nil
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
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(s.secret)
}

func refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, jwt.ErrTokenExpired) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="expired"`)
	} else {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	http.Error(w, "unauthorized", http.StatusUnauthorized)
}
