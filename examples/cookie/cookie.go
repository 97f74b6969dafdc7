// Package cookie keeps a login in a cookie: a token signed with a secret of the service, which no
// server has to store. It is there to be copied.
package cookie

import (
	"fmt"
	"net/http"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

// The prefix makes browsers refuse a cookie of this name that is not Secure or is of another host.
const (
	name     = "__Host-session"
	lifetime = time.Hour
)

// Session has the claims of the token, beside the registered ones.
type Session struct {
	Admin bool `json:"admin"`
}

type claims struct {
	jwt.RegisteredClaims
	Session
}

// New returns a service with a login. The secret is at least 32 random bytes from the
// configuration, such as the output of "openssl rand -base64 32": a new one ends all sessions.
// authenticate checks the password, or whatever else a login request has.
func New(secret []byte, authenticate func(*http.Request) (user string, s Session, ok bool)) (http.Handler, error) {
	key, err := jwt.NewSecretKey(secret)
	if err != nil {
		return nil, err
	}
	signer, err := jwt.NewSigner(key, jwt.HS256, jwt.WithExpiresIn(lifetime))
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[Session](key, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		user, s, ok := authenticate(r)
		if !ok {
			http.Error(w, "wrong user or password", http.StatusUnauthorized)
			return
		}
		token, err := signer.Sign(claims{jwt.RegisteredClaims{Subject: user}, s})
		if err != nil {
			http.Error(w, "no session", http.StatusInternalServerError)
			return
		}
		setCookie(w, token, int(lifetime.Seconds()))
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, _ *http.Request) {
		setCookie(w, "", -1) // whoever has copied the token can use it until it expires
	})
	loggedIn := jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromCookie(name)))
	mux.Handle("GET /me", loggedIn(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[Session](r.Context())
		if !ok { // only without the middleware
			http.Error(w, "no token", http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "%s, admin: %t\n", tok.Subject, tok.Claims.Admin)
	})))
	// Browsers send the cookie with requests that other sites cause.
	return http.NewCrossOriginProtection().Handler(mux), nil
}

// setCookie sets the session, or deletes it if maxAge is negative. Browsers take Secure cookies
// from http://localhost, too.
func setCookie(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
