package migration_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// TestDifferent checks each row of the table "What changes without an error".
func TestDifferent(t *testing.T) {
	checks := map[string]func(*testing.T){
		"a single audience is written as":       audienceOfOne,
		"numbers in a map":                      numbersInMap,
		"an `iat` from a clock that is ahead":   clockAhead,
		"`<`, `>` and `&` in claims":            htmlInClaims,
		"the token when there is an error":      tokenOnError,
		"fields the claims already had":         valuesBefore,
		"`Validate` of the claims runs":         validateRuns,
		"claims that do not fit the type":       unfitClaims,
		"a fractional `exp`":                    fractionOfExp,
		"a token's `kid`":                       tokensKid,
		"no `kid`, several keys":                severalKeys,
		"a Keyfunc that fails":                  failingKeyfunc,
		"a key that does not fit the algorithm": unfitKey,
	}
	for _, row := range rows(t, "## What changes without an error") {
		check, ok := checks[row[0]]
		require.True(t, ok, "no check for %q", row[0])
		delete(checks, row[0])
		t.Run(row[0], check)
	}
	require.Empty(t, checks, "checks without a row")
}

func payloadOf(t *testing.T, raw string) string {
	t.Helper()
	tok, err := jwt.ParseUnverified(raw)
	require.NoError(t, err)
	return tok.UnverifiedPayload
}

func signed5(t *testing.T, claims jwt5.Claims) string {
	t.Helper()
	raw, err := jwt5.NewWithClaims(jwt5.SigningMethodHS256, claims).SignedString(secret)
	require.NoError(t, err)
	return raw
}

func signed(t *testing.T, claims any) string {
	t.Helper()
	raw, err := jwt.Sign(claims, must(jwt.NewSecretKey(secret)), jwt.HS256)
	require.NoError(t, err)
	return raw
}

func audienceOfOne(t *testing.T) {
	old, now := signed5(t, jwt5.RegisteredClaims{Audience: jwt5.ClaimStrings{"a"}}), signed(t, jwt.RegisteredClaims{Audience: jwt.Audience{"a"}})
	require.Equal(t, `{"aud":["a"]}`, payloadOf(t, old))
	require.Equal(t, `{"aud":"a"}`, payloadOf(t, now))
	for _, raw := range []string{old, now} {
		_, err := parse5(raw, jwt5.WithAudience("a"))
		require.NoError(t, err)
		_, err = verify[jwt.MapClaims](raw, jwt.WithAudience("a"))
		require.NoError(t, err)
	}
	require.Equal(t, `{"aud":["a"]}`, payloadOf(t, signed(t, jwt.MapClaims{"aud": []string{"a"}})))
}

func numbersInMap(t *testing.T) {
	const payload = `{"id":12345678901234567890}`
	old, err := parse5(token(payload))
	require.NoError(t, err)
	require.Equal(t, float64(12345678901234567000), old["id"])
	tok, err := verify[jwt.MapClaims](token(payload))
	require.NoError(t, err)
	require.Equal(t, "12345678901234567890", tok.Claims["id"].(interface{ String() string }).String())
}

func clockAhead(t *testing.T) {
	raw := signed(t, jwt.RegisteredClaims{IssuedAt: jwt.NewNumericDate(time.Now().Add(30 * time.Second))})
	_, err := parse5(raw)
	require.NoError(t, err)
	_, err = parse5(raw, jwt5.WithIssuedAt())
	require.ErrorIs(t, err, jwt5.ErrTokenUsedBeforeIssued)
	_, err = parse4(raw)
	require.ErrorIs(t, err, jwt4.ErrTokenUsedBeforeIssued)
	_, err = verify[jwt.MapClaims](raw)
	require.NoError(t, err)
}

func htmlInClaims(t *testing.T) {
	require.Equal(t, `{"a":"\u003cb\u003e\u0026"}`, payloadOf(t, signed5(t, jwt5.MapClaims{"a": "<b>&"})))
	require.Equal(t, `{"a":"<b>&"}`, payloadOf(t, signed(t, jwt.MapClaims{"a": "<b>&"})))
}

func tokenOnError(t *testing.T) {
	forged := token(`{"sub":"admin"}`)
	forged = forged[:len(forged)-8] + strings.Repeat("A", 8)
	claims, err := parse5(forged)
	require.ErrorIs(t, err, jwt5.ErrTokenSignatureInvalid)
	require.Equal(t, "admin", claims["sub"], "what the forger wrote")
	tok, err := verify[jwt.MapClaims](forged)
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	require.Nil(t, tok)
}

func valuesBefore(t *testing.T) {
	old := jwt5.RegisteredClaims{Subject: "before"}
	_, err := jwt5.ParseWithClaims(token(`{}`), &old, key5)
	require.NoError(t, err)
	require.Equal(t, "before", old.Subject)
	tok, err := verify[jwt.RegisteredClaims](token(`{}`))
	require.NoError(t, err)
	require.Empty(t, tok.Claims.Subject)
}

var validated []string

type validating5 struct{ jwt5.RegisteredClaims }

func (validating5) Validate() error { validated = append(validated, "golang-jwt"); return nil }

type validating struct{ jwt.RegisteredClaims }

func (validating) Validate() error { validated = append(validated, "here"); return nil }

func validateRuns(t *testing.T) {
	validated = nil
	expired := token(`{"exp":1}`)
	_, err := jwt5.ParseWithClaims(expired, &validating5{}, key5)
	require.ErrorIs(t, err, jwt5.ErrTokenExpired)
	_, err = verify[validating](expired)
	require.ErrorIs(t, err, jwt.ErrExpired)
	require.Equal(t, []string{"golang-jwt"}, validated)
	_, err = verify[validating](token(`{}`))
	require.NoError(t, err)
	require.Equal(t, []string{"golang-jwt", "here"}, validated)
}

func unfitClaims(t *testing.T) {
	raw := token(`{"roles":1}`)
	var old struct {
		Roles []string `json:"roles"`
		jwt5.RegisteredClaims
	}
	_, err := jwt5.ParseWithClaims(raw, &old, key5)
	require.ErrorIs(t, err, jwt5.ErrTokenMalformed)
	type claims struct {
		Roles []string `json:"roles"`
	}
	_, err = verify[claims](raw)
	require.ErrorIs(t, err, jwt.ErrInvalidClaims)
	require.NotErrorIs(t, err, jwt.ErrMalformed)
}

func fractionOfExp(t *testing.T) {
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	raw := token(`{"exp":1700000000.5}`)
	_, err := parse5(raw, jwt5.WithTimeFunc(now))
	require.ErrorIs(t, err, jwt5.ErrTokenExpired)
	_, err = verify[jwt.MapClaims](raw, jwt.WithClock(now))
	require.NoError(t, err)
}

func tokensKid(t *testing.T) {
	raw := headed(`{"alg":"HS256","kid":"other"}`)
	_, err := parse5(raw)
	require.NoError(t, err)
	_, err = verify[jwt.MapClaims](raw)
	require.NoError(t, err, "a key without kid")
	named := must(jwt.NewSecretKey(secret, jwt.WithKeyID("mine")))
	_, err = jwt.Verify[jwt.MapClaims](raw, named, hs256)
	require.ErrorIs(t, err, jwt.ErrKeyNotFound)
}

func severalKeys(t *testing.T) {
	keys := must(jwt.NewKeySet(must(jwt.GenerateSecretKey(jwt.HS256, jwt.WithKeyID("a"))), must(jwt.NewSecretKey(secret, jwt.WithKeyID("b")))))
	tok, err := jwt.Verify[jwt.MapClaims](token(`{}`), keys, hs256)
	require.NoError(t, err)
	require.Equal(t, "b", tok.KeyID)
}

func failingKeyfunc(t *testing.T) {
	broken := errors.New("the database is down")
	_, err := jwt5.Parse(token(`{}`), func(*jwt5.Token) (any, error) { return nil, broken })
	require.ErrorIs(t, err, jwt5.ErrTokenUnverifiable)
	_, err = jwt.Verify[jwt.MapClaims](token(`{}`), failing(broken), hs256)
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, jwt.ErrInvalidToken)
}

func unfitKey(t *testing.T) {
	_, err := jwt5.Parse(token(`{}`), func(*jwt5.Token) (any, error) { return &rsa2048().PublicKey, nil })
	require.ErrorIs(t, err, jwt5.ErrTokenSignatureInvalid)
	_, err = jwt.NewVerifier[jwt.MapClaims](must(jwt.NewPublicKey(&rsa2048().PublicKey)), hs256)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

// TestAllowExpired: golang-jwt's pattern for refresh and logout accepts more than expired
// tokens, and AllowExpired does not.
func TestAllowExpired(t *testing.T) {
	stranger := token(`{"exp":1,"iss":"https://other.example"}`)
	_, err := parse5(stranger, jwt5.WithIssuer("https://login.example"))
	require.ErrorIs(t, err, jwt5.ErrTokenExpired)
	require.ErrorIs(t, err, jwt5.ErrTokenInvalidIssuer)
	_, err = verify[jwt.MapClaims](stranger, jwt.WithIssuer("https://login.example"))
	require.ErrorIs(t, err, jwt.ErrExpired)
	require.ErrorIs(t, err, jwt.ErrInvalidIssuer)
	_, err = verify[jwt.MapClaims](stranger, jwt.WithIssuer("https://login.example"), jwt.AllowExpired())
	require.ErrorIs(t, err, jwt.ErrInvalidIssuer)
	require.NotErrorIs(t, err, jwt.ErrExpired)
}
