// Typed shows claims as a Go type: fields with types of the program, the registered claims, and
// a Validate method with the program's own checks.
package main

import (
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"example.com/jwt"
)

// Plan is one of three strings. Any other string fails to decode.
type Plan string

// UnmarshalText is called by the library for a claim that is a string.
func (p *Plan) UnmarshalText(text []byte) error {
	if !slices.Contains([]string{"free", "team", "company"}, string(text)) {
		return fmt.Errorf("no plan is called %q", text)
	}
	*p = Plan(text)
	return nil
}

// Session has the claims in the tokens of this program. It embeds the registered claims to sign
// them; a verifier reads and checks them even if the type does not have them.
type Session struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Plan  Plan     `json:"plan"`
	Seats int      `json:"seats,omitempty"`
	Roles []string `json:"roles"`
}

// Validate runs after the signature and all other claims have been checked. It can only reject.
func (s *Session) Validate() error {
	switch {
	case s.Subject == "":
		return errors.New("a session needs a sub")
	case s.Plan == "free" && s.Seats > 1:
		return fmt.Errorf("the free plan has one seat, not %d", s.Seats)
	}
	return nil
}

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	key, err := jwt.GenerateSecretKey(jwt.HS256)
	if err != nil {
		return err
	}
	signer, err := jwt.NewSigner(key, jwt.HS256, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		return err
	}
	verifier, err := jwt.NewVerifier[Session](key, []jwt.Algorithm{jwt.HS256},
		jwt.WithIssuer("https://login.example"), jwt.WithRequiredClaims("exp", "plan"))
	if err != nil {
		return err
	}
	registered := jwt.RegisteredClaims{Issuer: "https://login.example", Subject: "u-17"}
	for _, claims := range []any{
		Session{RegisteredClaims: registered, Name: "Susan", Plan: "team", Seats: 12, Roles: []string{"admin"}},
		Session{RegisteredClaims: registered, Name: "Susan", Plan: "free", Seats: 12},
		Session{RegisteredClaims: registered, Name: "Susan", Plan: "galactic"},
		jwt.MapClaims{"iss": "https://login.example", "sub": "u-17", "name": "Susan"},
		jwt.MapClaims{"iss": "https://login.example", "sub": "u-17", "plan": "team", "seats": "twelve"},
	} {
		token, err := signer.Sign(claims)
		if err != nil {
			return err
		}
		show(verifier, token)
	}
	return nil
}

// show verifies a token and prints the result. All tokens here are signed with the right key, so
// every error is about their claims.
func show(v *jwt.Verifier[Session], token string) {
	tok, err := v.Verify(token)
	switch {
	case err == nil:
		fmt.Printf("valid: %s (%s), plan %s, %d seats, roles %v\n",
			tok.Claims.Name, tok.Subject, tok.Claims.Plan, tok.Claims.Seats, tok.Claims.Roles)
	case errors.Is(err, jwt.ErrInvalidClaims):
		fmt.Println("refused:", err)
	default:
		fmt.Println("unexpected:", err)
	}
}
