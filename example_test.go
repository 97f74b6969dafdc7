package jwt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"example.com/jwt"
)

// demoKey stands for a secret that a program reads from its configuration.
func demoKey(opts ...jwt.KeyOption) *jwt.SecretKey {
	key, err := jwt.NewSecretKey([]byte("these are 32 bytes for a secret."), opts...)
	if err != nil {
		log.Fatal(err)
	}
	return key
}

// demoToken is a token that somebody else has signed with demoKey.
func demoToken(claims any, opts ...jwt.SignOption) string {
	raw, err := jwt.Sign(claims, demoKey(), jwt.HS256, opts...)
	if err != nil {
		log.Fatal(err)
	}
	return raw
}

// noon stops the clock, so that the examples print the same every day. A program leaves
// it out.
func noon() jwt.Option {
	return jwt.WithClock(func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) })
}

func Example() {
	key, err := jwt.GeneratePrivateKey(jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	type Session struct {
		Roles []string `json:"roles"`
	}
	raw, err := jwt.Sign(Session{Roles: []string{"editor"}}, key, jwt.EdDSA, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		log.Fatal(err)
	}

	tok, err := jwt.Verify[Session](raw, key.Public(), []jwt.Algorithm{jwt.EdDSA}, jwt.WithRequiredClaims("exp"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Claims.Roles, time.Until(tok.ExpiresAt.Time) > 59*time.Minute)
	// Output: [editor] true
}

func ExampleSign() {
	key, err := jwt.NewSecretKey([]byte("these are 32 bytes for a secret."))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"user_id": 123}, key, jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(raw)
	// Output: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxMjN9.H8xdHmA5PgeGJ2wkXmd8rxfBuiro-5mPqJaeTq8_lrw
}

// A struct that embeds RegisteredClaims has the registered claims beside its own.
func ExampleSign_typedClaims() {
	type Session struct {
		jwt.RegisteredClaims
		Name  string `json:"name"`
		Admin bool   `json:"admin,omitempty"`
	}
	session := Session{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    "https://login.example",
			Audience:  jwt.Audience{"api"},
			ExpiresAt: jwt.NewNumericDate(time.Date(2026, 11, 24, 13, 0, 0, 0, time.UTC)),
		},
		Name: "Susan",
	}
	raw, err := jwt.Sign(session, demoKey(), jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}

	tok, err := jwt.Verify[Session](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithAudience("api"), noon())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Payload)
	// Output: {"iss":"https://login.example","aud":"api","exp":1795525200,"name":"Susan"}
}

func ExampleWithExpiresIn() {
	raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: "susan"}, demoKey(), jwt.HS256, jwt.WithExpiresIn(15*time.Minute), noon())
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.RegisteredClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, noon())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.IssuedAt.Format(time.TimeOnly), tok.ExpiresAt.Format(time.TimeOnly))
	// Output: 12:00:00 12:15:00
}

func ExampleWithHeader() {
	raw, err := jwt.Sign(struct{}{}, demoKey(jwt.WithKeyID("2026-11")), jwt.HS256, jwt.WithHeader("tenant", 7))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[struct{}](raw, demoKey(), []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	tenant, ok := tok.Header.Param("tenant")
	fmt.Println(tok.Header.KeyID, string(tenant), ok)
	// Output: 2026-11 7 true
}

// A Signer checks key, algorithm and options once, and then signs in many goroutines.
func ExampleNewSigner() {
	signer, err := jwt.NewSigner(demoKey(jwt.WithKeyID("k1")), jwt.HS256, jwt.WithType("at+jwt"), jwt.WithExpiresIn(time.Hour), noon())
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range []string{"susan", "miguel"} {
		raw, err := signer.Sign(jwt.RegisteredClaims{Subject: user})
		if err != nil {
			log.Fatal(err)
		}
		tok, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithType("at+jwt"), noon())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tok.Subject, tok.Header.KeyID, tok.Header.Type)
	}
	// Output:
	// susan k1 at+jwt
	// miguel k1 at+jwt
}

func ExampleParseAlgorithm() {
	for _, name := range []string{"ES256", "none", "es256"} {
		alg, err := jwt.ParseAlgorithm(name)
		fmt.Println(alg, err != nil)
	}
	// Output:
	// ES256 false
	// <nil> true
	// <nil> true
}

// ClaimError has the facts for a message of your own.
func ExampleClaimError() {
	_, err := jwt.Verify[jwt.MapClaims](demoToken(jwt.MapClaims{"exp": 1795519800}), demoKey(), []jwt.Algorithm{jwt.HS256}, noon())

	var claim *jwt.ClaimError
	if errors.As(err, &claim) {
		expired, now := claim.Got.(time.Time), claim.Want.(time.Time)
		fmt.Printf("%s: your session ended %v ago\n", claim.Claim, now.Sub(expired))
	}
	// Output: exp: your session ended 30m0s ago
}

// Order is a claims type with a rule of its own.
type Order struct {
	Amount int `json:"amount"`
}

// Validate is called by Verify after all other checks.
func (o Order) Validate() error {
	if o.Amount > 1000 {
		return errors.New("the amount is over 1000")
	}
	return nil
}

func ExampleClaimsValidator() {
	_, err := jwt.Verify[Order](demoToken(jwt.MapClaims{"amount": 5000}), demoKey(), []jwt.Algorithm{jwt.HS256})
	fmt.Println(errors.Is(err, jwt.ErrInvalidClaims), err)
	// Output: true jwt: the claims' Validate rejects the token: the amount is over 1000
}

// The zero NumericDate is an absent claim; the time of a NumericDate is a time.Time.
func ExampleNumericDate() {
	claims := jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC))}
	text, err := json.Marshal(claims)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text), claims.NotBefore.IsZero(), claims.ExpiresAt.Year())

	var read jwt.NumericDate
	if err := json.Unmarshal([]byte("1528560773.5386891"), &read); err != nil {
		log.Fatal(err)
	}
	fmt.Println(read)
	// Output:
	// {"exp":1795523400} true 2026
	// 2018-06-09 16:12:53.5386891 +0000 UTC
}

// An audience of one is written as a string; both forms are read.
func ExampleAudience() {
	for _, aud := range []jwt.Audience{{"api"}, {"api", "admin"}} {
		text, err := json.Marshal(jwt.RegisteredClaims{Audience: aud})
		if err != nil {
			log.Fatal(err)
		}
		var read jwt.RegisteredClaims
		if err := json.Unmarshal(text, &read); err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(text), len(read.Audience))
	}
	// Output:
	// {"aud":"api"} 1
	// {"aud":["api","admin"]} 2
}

// NewNumericDate makes a date for claims that have no fields of type RegisteredClaims, too.
func ExampleNewNumericDate() {
	type Invitation struct {
		Email   string          `json:"email"`
		Expires jwt.NumericDate `json:"exp"`
	}
	evening := time.Date(2026, 11, 24, 18, 30, 0, 0, time.FixedZone("CET", 60*60))
	text, err := json.Marshal(Invitation{"susan@example.com", jwt.NewNumericDate(evening)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	// Output: {"email":"susan@example.com","exp":1795541400}
}
