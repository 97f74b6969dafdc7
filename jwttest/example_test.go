package jwttest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwttest"
)

// exampleTB stands for the *testing.T that a test has and an example has not.
type exampleTB struct {
	testing.TB
	cleanups []func()
}

func (t *exampleTB) Helper()                           {}
func (t *exampleTB) Cleanup(f func())                  { t.cleanups = append(t.cleanups, f) }
func (t *exampleTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (t *exampleTB) end() {
	for _, f := range t.cleanups {
		f()
	}
}

func ExampleNewIssuer() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(jwt.EdDSA))
	verifier, err := jwt.NewVerifier[jwt.MapClaims](issuer.KeySet(), []jwt.Algorithm{jwt.EdDSA},
		jwt.WithIssuer(issuer.URL()), jwt.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	token := issuer.Sign(jwt.MapClaims{"iss": issuer.URL(), "sub": "susan"}, jwt.WithExpiresIn(time.Hour))
	tok, err := verifier.Verify(token)
	if err != nil {
		panic(err)
	}
	fmt.Println(tok.Subject, tok.KeyID)

	issuer.Advance(time.Hour)
	_, err = verifier.Verify(token)
	fmt.Println(errors.Is(err, jwt.ErrExpired))
	// Output:
	// susan key-1
	// true
}

func ExampleIssuer_BadTokens() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t)
	verifier, err := jwt.NewVerifier[jwt.MapClaims](issuer.KeySet(), []jwt.Algorithm{jwt.ES256},
		jwt.WithIssuer(issuer.URL()), jwt.WithAudience("orders"), jwt.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	claims := jwt.RegisteredClaims{Issuer: issuer.URL(), Audience: jwt.Audience{"orders"}}
	for _, bad := range issuer.BadTokens(claims, jwt.WithExpiresIn(time.Hour)) {
		_, err := verifier.Verify(bad.Token)
		fmt.Printf("%s: %s\n", bad.Name, bad.Err)
		if err == nil {
			fmt.Println("accepted!")
		}
	}
	// Output:
	// expired: jwt: token is expired
	// not yet valid: jwt: token is not valid yet
	// other issuer: jwt: wrong issuer
	// other audience: jwt: wrong audience
	// forged: jwt: invalid signature
	// tampered: jwt: invalid signature
	// alg none: jwt: algorithm not allowed
	// HS256 with the public key: jwt: algorithm not allowed
}

// A service with a shared secret. The issuer's server publishes nothing.
func ExampleWithAlgorithm() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(jwt.HS256))
	verifier, err := jwt.NewVerifier[jwt.MapClaims](issuer.KeySet(), []jwt.Algorithm{jwt.HS256},
		jwt.WithRequiredClaims("exp"), jwt.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	tok, err := verifier.Verify(issuer.Sign(jwt.MapClaims{"sub": "susan"}, jwt.WithExpiresIn(time.Hour)))
	if err != nil {
		panic(err)
	}
	fmt.Println(tok.Subject)
	// Output: susan
}

// A token that a broken issuer might send: authentic, but with an exp that is not a number.
func ExampleIssuer_Raw() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t)
	token := issuer.Raw(`{"alg":"ES256","kid":"key-1"}`, `{"sub":"susan","exp":"tomorrow"}`)
	_, err := jwt.Verify[jwt.MapClaims](token, issuer.KeySet(), []jwt.Algorithm{jwt.ES256})
	fmt.Println(errors.Is(err, jwt.ErrMalformed), errors.Is(err, jwt.ErrInvalidSignature))
	// Output: true false
}

// A service that on purpose checks neither issuer nor audience: the bad tokens one by one.
func ExampleIssuer() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t)
	verifier, err := jwt.NewVerifier[jwt.MapClaims](issuer.KeySet(), []jwt.Algorithm{jwt.ES256},
		jwt.AllowAnyAudience(), jwt.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	accepted := func(token string) bool {
		_, err := verifier.Verify(token)
		return err == nil
	}
	claims := jwt.MapClaims{"sub": "susan"}
	fmt.Println(accepted(issuer.Sign(claims)), accepted(issuer.OtherIssuer(claims)), accepted(issuer.OtherAudience(claims)))
	fmt.Println(accepted(issuer.Expired(claims)), accepted(issuer.NotYetValid(claims)))
	fmt.Println(accepted(issuer.Forged(claims)), accepted(issuer.Tampered(claims)))
	fmt.Println(accepted(issuer.AlgNone(claims)), accepted(issuer.HS256WithPublicKey(claims)))
	// Output:
	// true true true
	// false false
	// false false
	// false false
}

// A rotation while a service runs. Its source of keys shares the issuer's clock, so the test
// does not have to wait.
func ExampleIssuer_Rotate() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t)
	source, err := jwks.Discover(issuer.URL(), jwks.AllowHTTP(), jwks.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	verifier, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(source.Keys), []jwt.Algorithm{jwt.ES256},
		jwt.WithIssuer(issuer.URL()), jwt.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	claims := jwt.MapClaims{"iss": issuer.URL()}
	show := func(what, token string) {
		tok, err := verifier.Verify(token)
		if err != nil {
			fmt.Println(what, "key not found:", errors.Is(err, jwt.ErrKeyNotFound))
			return
		}
		fmt.Println(what, "verified with", tok.KeyID)
	}
	old := issuer.Sign(claims)
	show("old:", old)

	issuer.Rotate()
	issuer.Advance(30 * time.Second)
	show("new:", issuer.Sign(claims))
	show("old:", old)

	issuer.RevokeOldKeys()
	issuer.Advance(time.Hour)
	show("new:", issuer.Sign(claims))
	show("old:", old)
	// Output:
	// old: verified with key-1
	// new: verified with key-2
	// old: verified with key-1
	// new: verified with key-2
	// old: key not found: true
}

// A service that cannot get its keys is at fault itself: it answers 503, not 401.
func ExampleIssuer_SetOutage() {
	t := new(exampleTB) // a test has its *testing.T
	defer t.end()

	issuer := jwttest.NewIssuer(t)
	issuer.SetOutage(true)
	source, err := jwks.Discover(issuer.URL(), jwks.AllowHTTP(), jwks.WithClock(issuer.Clock()))
	if err != nil {
		panic(err)
	}
	token := issuer.Sign(jwt.MapClaims{"sub": "susan"})
	_, err = jwt.Verify[jwt.MapClaims](token, jwt.KeyFunc(source.Keys), []jwt.Algorithm{jwt.ES256})
	fmt.Println(errors.Is(err, jwt.ErrKeysUnavailable), errors.Is(err, jwt.ErrInvalidToken))

	issuer.SetOutage(false)
	issuer.Advance(time.Minute)
	_, err = jwt.Verify[jwt.MapClaims](token, jwt.KeyFunc(source.Keys), []jwt.Algorithm{jwt.ES256})
	fmt.Println(err)
	// Output:
	// true false
	// <nil>
}
