package jwt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"example.com/jwt"
)

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
