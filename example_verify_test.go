package jwt_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"example.com/jwt"
)

func ExampleVerify() {
	raw := demoToken(jwt.MapClaims{"sub": "susan", "roles": []string{"editor"}, "exp": jwt.NewNumericDate(time.Now().Add(time.Hour))})

	type Session struct {
		Roles []string `json:"roles"`
	}
	tok, err := jwt.Verify[Session](raw, demoKey(), []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, tok.Claims.Roles)
	// Output: susan [editor]
}

// Without a type for the claims, numbers decode to json.Number, so that no digit is lost.
func ExampleVerify_mapClaims() {
	raw := demoToken(jwt.MapClaims{"user_id": int64(9007199254740993)})

	tok, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v %T\n", tok.Claims["user_id"], tok.Claims["user_id"])
	// Output: 9007199254740993 json.Number
}

// Decode reads the claims into a type that is known only at run time, by the same rules as Verify.
func ExampleToken_Decode() {
	type User struct {
		Name string `json:"name"`
	}
	types := map[string]any{"user": new(User), "order": new(Order)}

	raw := demoToken(jwt.MapClaims{"kind": "user", "name": "Susan"})
	tok, err := jwt.Verify[struct {
		Kind string `json:"kind"`
	}](raw, demoKey(), []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	claims, ok := types[tok.Claims.Kind]
	if !ok {
		log.Fatal("a token of an unknown kind")
	}
	if err := tok.Decode(claims); err != nil {
		log.Fatal(err)
	}
	fmt.Println(claims.(*User).Name)
	// Output: Susan
}

// A token in a log is what identifies it. Its other claims are never logged.
func ExampleToken_LogValue() {
	raw := demoToken(jwt.MapClaims{"iss": "https://login.example", "sub": "u-17", "aud": "api", "jti": "8dd2", "email": "susan@example.com"})
	tok, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithAudience("api"))
	if err != nil {
		log.Fatal(err)
	}
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Info("order placed", "token", tok)
	// Output: level=INFO msg="order placed" token.alg=HS256 token.iss=https://login.example token.sub=u-17 token.aud=[api] token.jti=8dd2
}

// Any error that matches ErrInvalidToken is the token's fault; the others are not.
func ExampleVerify_errors() {
	verify := func(raw string) {
		_, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, noon())
		switch {
		case errors.Is(err, jwt.ErrExpired):
			fmt.Println("authentic, but too old: log in again")
		case errors.Is(err, jwt.ErrInvalidToken):
			fmt.Println("401 Unauthorized:", err)
		case err != nil:
			fmt.Println("503 Service Unavailable:", err)
		}
	}
	expired := demoToken(jwt.MapClaims{"exp": 1528560773})
	verify(expired)
	verify(expired[:len(expired)-4] + "AAAA")
	verify("Bearer " + expired)
	// Output:
	// authentic, but too old: log in again
	// 401 Unauthorized: jwt: the signature does not match: the token was changed, or signed with another key
	// 401 Unauthorized: jwt: the token starts with "Bearer ": cut that off, it belongs to the HTTP header
}

func ExampleNewVerifier() {
	verifier, err := jwt.NewVerifier[jwt.MapClaims](demoKey(), []jwt.Algorithm{jwt.HS256},
		jwt.WithIssuer("https://login.example"),
		jwt.WithAudience("api"),
		jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = verifier.Verify(demoToken(jwt.MapClaims{"iss": "https://evil.example", "aud": "api", "sub": "susan"}))
	fmt.Println(err)
	// Output: jwt: wrong issuer: iss is "https://evil.example", want "https://login.example"; missing claim: there is no "exp"
}

func ExampleVerifier_String() {
	verifier, err := jwt.NewVerifier[jwt.MapClaims](demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithIssuer("https://login.example"), jwt.WithLeeway(5*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verifier)
	// Output: jwt.Verifier: algorithms HS256; a secret key of 32 bytes; exp must be in the future if present; iss one of ["https://login.example"]; no aud; leeway 5s; at most 65536 bytes
}

// The context reaches the KeyFunc, which may have to ask another service for a key.
func ExampleVerifier_VerifyContext() {
	find := jwt.KeyFunc(func(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return demoKey(), nil
	})
	verifier, err := jwt.NewVerifier[jwt.MapClaims](find, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = verifier.VerifyContext(ctx, demoToken(struct{}{}))
	fmt.Println(errors.Is(err, jwt.ErrKeysUnavailable), errors.Is(err, context.Canceled), errors.Is(err, jwt.ErrInvalidToken))
	// Output: true true false
}

// A KeyFunc finds the key of a token by what its header says. It is called only for an
// algorithm that is allowed.
func ExampleKeyFunc() {
	tenants := map[string]*jwt.SecretKey{"tenant-7": demoKey()}
	find := jwt.KeyFunc(func(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
		key, ok := tenants[h.KeyID]
		if !ok {
			return nil, jwt.ErrKeyNotFound
		}
		return key, nil
	})
	verifier, err := jwt.NewVerifier[jwt.MapClaims](find, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	for _, kid := range []string{"tenant-7", "tenant-8"} {
		raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, demoKey(jwt.WithKeyID(kid)), jwt.HS256)
		if err != nil {
			log.Fatal(err)
		}
		_, err = verifier.Verify(raw)
		fmt.Println(kid, errors.Is(err, jwt.ErrKeyNotFound))
	}
	// Output:
	// tenant-7 false
	// tenant-8 true
}

// A service with several issuers chooses the verifier by what the token says of itself,
// and lets that verifier decide.
func ExampleParseUnverified() {
	verifier, err := jwt.NewVerifier[jwt.MapClaims](demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithIssuer("https://a.example"))
	if err != nil {
		log.Fatal(err)
	}
	verifiers := map[string]*jwt.Verifier[jwt.MapClaims]{"https://a.example": verifier}

	raw := demoToken(jwt.MapClaims{"iss": "https://a.example", "sub": "susan"})
	unverified, err := jwt.ParseUnverified(raw)
	if err != nil {
		log.Fatal(err)
	}
	verifier, ok := verifiers[unverified.UnverifiedClaims.Issuer]
	if !ok {
		log.Fatal("unknown issuer")
	}
	tok, err := verifier.Verify(raw)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject)
	// Output: susan
}

func ExampleWithMaxAge() {
	raw := demoToken(jwt.MapClaims{"iat": 1795510800}) // 09:00, with no exp
	_, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithMaxAge(time.Hour), noon())
	fmt.Println(err)
	// Output: jwt: token is expired: iat was 2026-11-24T09:00:00Z, 3 hours ago
}

// Whoever logs out, or refreshes a session, may do so with a token that has expired.
func ExampleAllowExpired() {
	raw := demoToken(jwt.MapClaims{"jti": "42", "exp": 1528560773})
	tok, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.AllowExpired())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("revoke", tok.ID)
	// Output: revoke 42
}

// Load balancers of AWS pad the three segments.
func ExampleAllowPaddedBase64() {
	raw := "eyJhbGciOiJIUzI1NiJ9.eyJlbWFpbCI6InN1c2FuQGV4YW1wbGUuY29tIn0=.2wT10e_90JPuEgpRrQFeiHvTM0nAqjhJccPMCf3Lw2w="
	_, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256})
	fmt.Println(errors.Is(err, jwt.ErrInvalidToken))

	tok, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.AllowPaddedBase64())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Claims["email"])
	// Output:
	// true
	// susan@example.com
}

// A typ keeps the kinds of tokens of one issuer apart: an ID token is no access token.
func ExampleWithType() {
	access := demoToken(jwt.MapClaims{"sub": "susan"}, jwt.WithType("at+jwt"))
	other := demoToken(jwt.MapClaims{"sub": "susan"})
	for _, raw := range []string{access, other} {
		_, err := jwt.Verify[jwt.MapClaims](raw, demoKey(), []jwt.Algorithm{jwt.HS256}, jwt.WithType("at+jwt"))
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// jwt: unexpected token type: typ is "JWT", want "at+jwt"
}

// Each issuer has its own keys and its own policy. The token's iss chooses which.
func ExampleNewIssuers() {
	verifier := func(iss string, key *jwt.SecretKey, opts ...jwt.VerifyOption) *jwt.Verifier[jwt.MapClaims] {
		v, err := jwt.NewVerifier[jwt.MapClaims](key, []jwt.Algorithm{jwt.HS256}, append(opts, jwt.WithIssuer(iss))...)
		if err != nil {
			log.Fatal(err)
		}
		return v
	}
	partner, err := jwt.GenerateSecretKey(jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}
	issuers, err := jwt.NewIssuers(
		verifier("https://login.example", demoKey()),
		verifier("https://partner.example", partner, jwt.WithAudience("orders")),
	)
	if err != nil {
		log.Fatal(err)
	}

	tok, err := issuers.Verify(demoToken(jwt.MapClaims{"iss": "https://login.example", "sub": "susan"}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Issuer, tok.Subject)

	// This one claims to be the partner's, whose key did not sign it.
	_, err = issuers.Verify(demoToken(jwt.MapClaims{"iss": "https://partner.example", "aud": "orders"}))
	fmt.Println(errors.Is(err, jwt.ErrInvalidSignature))
	_, err = issuers.Verify(demoToken(jwt.MapClaims{"iss": "https://evil.example"}))
	fmt.Println(err)
	// Output:
	// https://login.example susan
	// true
	// jwt: none of the 2 verifiers is for the token's issuer, "https://evil.example"
}
