package jwt_test

import (
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
