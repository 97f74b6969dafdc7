package jwt_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

func TestDatesAndLeeway(t *testing.T) {
	at := now.Unix()
	for _, tt := range []struct {
		payload string
		leeway  time.Duration
		want    error
	}{
		{fmt.Sprintf(`{"exp":%d}`, at), 0, jwt.ErrExpired},
		{fmt.Sprintf(`{"exp":%d}`, at+1), 0, nil},
		{fmt.Sprintf(`{"exp":%d}`, at-5), 5 * time.Second, jwt.ErrExpired},
		{fmt.Sprintf(`{"exp":%d}`, at-4), 5 * time.Second, nil},
		{fmt.Sprintf(`{"nbf":%d}`, at), 0, nil},
		{fmt.Sprintf(`{"nbf":%d.000000001}`, at), 0, jwt.ErrNotYetValid},
		{fmt.Sprintf(`{"nbf":%d}`, at+5), 5 * time.Second, nil},
		{fmt.Sprintf(`{"nbf":%d}`, at+6), 5 * time.Second, jwt.ErrNotYetValid},
		{fmt.Sprintf(`{"iat":%d}`, at+60), 0, nil},
		{fmt.Sprintf(`{"iat":%d}`, at+61), 0, jwt.ErrNotYetValid},
		{fmt.Sprintf(`{"iat":%d}`, at+65), 5 * time.Second, nil},
	} {
		_, err := verify(t, token(tt.payload), jwt.WithLeeway(tt.leeway))
		if tt.want == nil {
			require.NoError(t, err, tt.payload)
		} else {
			require.ErrorIs(t, err, tt.want, tt.payload)
		}
	}
}

func TestRequiredClaimsAddUp(t *testing.T) {
	opts := []jwt.VerifyOption{jwt.WithRequiredClaims("a", "b"), jwt.WithRequiredClaims("b"), jwt.WithRequiredClaims("c")}
	_, err := verify(t, token(`{"a":1,"b":1,"c":1}`), opts...)
	require.NoError(t, err)
	for _, name := range []string{"a", "b", "c"} {
		_, err := verify(t, token(strings.Replace(`{"a":1,"b":1,"c":1}`, `"`+name, `"x`, 1)), opts...)
		require.EqualError(t, err, `jwt: missing claim: there is no "`+name+`"`, "it is reported once")
	}
	_, err = verify(t, token(`{}`), append(opts, jwt.WithRequiredClaims())...)
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

func TestAllFailingClaimsAreReportedInOrder(t *testing.T) {
	_, err := verify(t, token(`{"exp":1,"nbf":99999999999,"iat":99999999999,"iss":"evil","aud":["x"],"sub":"b"}`),
		jwt.WithIssuer("good"), jwt.WithAudience("api"), jwt.WithSubject("a"), jwt.WithRequiredClaims("role"))
	for _, want := range []error{jwt.ErrExpired, jwt.ErrNotYetValid, jwt.ErrInvalidIssuer, jwt.ErrInvalidAudience, jwt.ErrInvalidSubject, jwt.ErrMissingClaim} {
		require.ErrorIs(t, err, want)
	}
	var first *jwt.ClaimError
	require.ErrorAs(t, err, &first)
	require.Equal(t, "exp", first.Claim)
	require.Equal(t, time.Unix(1, 0).UTC(), first.Got)
	at := -1
	for _, name := range []string{"exp was", "nbf is", "iat is", "iss is", "aud is", "sub is", `"role"`} {
		next := strings.Index(err.Error(), name)
		require.Greater(t, next, at, "%s in %s", name, err)
		at = next
	}
}

func TestOnlyFailingClaimsAreReported(t *testing.T) {
	at := now.Unix()
	good := fmt.Sprintf(`{"exp":%d,"nbf":%d,"iat":%d,"iss":"me","aud":"api","sub":"a","role":1}`, at+9, at-9, at-9)
	opts := []jwt.VerifyOption{jwt.WithIssuer("me"), jwt.WithAudience("api"), jwt.WithSubject("a"), jwt.WithRequiredClaims("role"), jwt.WithMaxAge(time.Minute)}
	_, err := verify(t, token(good), opts...)
	require.NoError(t, err)
	for claim, edit := range map[string][2]string{
		"exp": {fmt.Sprintf(`"exp":%d`, at+9), `"exp":1`}, "nbf": {fmt.Sprintf(`"nbf":%d`, at-9), `"nbf":99999999999`}, "iat": {fmt.Sprintf(`"iat":%d`, at-9), `"iat":1`},
		"iss": {`"me"`, `"b"`}, "aud": {`"api"`, `"b"`}, "sub": {`"a"`, `"b"`}, "role": {`"role"`, `"x"`},
	} {
		_, err := verify(t, token(strings.Replace(good, edit[0], edit[1], 1)), opts...)
		failed, ok := err.(*jwt.ClaimError)
		require.True(t, ok, "%s: %v", claim, err)
		require.Equal(t, claim, failed.Claim)
	}
}

// TestClaimErrorsDoNotReachThePolicy: a program may sort or change what an error wants.
func TestClaimErrorsDoNotReachThePolicy(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.WithIssuer("a", "b"), jwt.WithAudience("c", "d"))
	require.NoError(t, err)
	for _, payload := range []string{`{"iss":"evil","aud":"c"}`, `{"iss":"a","aud":"evil"}`, `{"aud":"c"}`, `{"iss":"a"}`} {
		for range 2 {
			_, err = v.Verify(token(payload))
			var claim *jwt.ClaimError
			require.ErrorAs(t, err, &claim, payload)
			want, ok := claim.Want.([]string)
			require.True(t, ok)
			require.NotContains(t, want, "evil")
			want[0], want[1] = "evil", "evil"
		}
	}
}

func TestMissingClaimsMatchBothErrors(t *testing.T) {
	for _, tt := range []struct {
		opt   jwt.VerifyOption
		want  error
		claim string
	}{
		{jwt.WithIssuer("x"), jwt.ErrInvalidIssuer, "iss"},
		{jwt.WithAudience("x", "y"), jwt.ErrInvalidAudience, "aud"},
		{jwt.WithSubject("x"), jwt.ErrInvalidSubject, "sub"},
		{jwt.WithMaxAge(time.Hour), jwt.ErrExpired, "iat"},
		{jwt.WithRequiredClaims("jti"), jwt.ErrMissingClaim, "jti"},
	} {
		_, err := verify(t, token(`{}`), tt.opt)
		require.ErrorIs(t, err, tt.want)
		require.ErrorIs(t, err, jwt.ErrMissingClaim)
		var claim *jwt.ClaimError
		require.ErrorAs(t, err, &claim)
		require.Equal(t, tt.claim, claim.Claim)
		require.Nil(t, claim.Got)
	}
}

func TestPolicyOptions(t *testing.T) {
	at := now.Unix()
	many := strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12")
	for _, tt := range []struct {
		name, token string
		opt         jwt.VerifyOption
		want        error
	}{
		{"one of the issuers", token(`{"iss":"b"}`), jwt.WithIssuer("a", "b"), nil},
		{"issuer prefix", token(`{"iss":"https://a.example/"}`), jwt.WithIssuer("https://a.example"), jwt.ErrInvalidIssuer},
		{"one of the audiences", token(`{"aud":["x","b"]}`), jwt.WithAudience("a", "b"), nil},
		{"none of the audiences", token(`{"aud":"x"}`), jwt.WithAudience("a", "b"), jwt.ErrInvalidAudience},
		{"one of many audiences", token(`{"aud":["x","12"]}`), jwt.WithAudience(many...), nil},
		{"none of many audiences", token(`{"aud":["x","13"]}`), jwt.WithAudience(many...), jwt.ErrInvalidAudience},
		{"any audience", token(`{"aud":"x"}`), jwt.AllowAnyAudience(), nil},
		{"subject", token(`{"sub":"a"}`), jwt.WithSubject("a"), nil},
		{"required", token(`{"role":0}`), jwt.WithRequiredClaims("role"), nil},
		{"young enough", token(fmt.Sprintf(`{"iat":%d}`, at-3600)), jwt.WithMaxAge(time.Hour), nil},
		{"too old", token(fmt.Sprintf(`{"iat":%d}`, at-3601)), jwt.WithMaxAge(time.Hour), jwt.ErrExpired},
		{"expired allowed", token(`{"exp":1}`), jwt.AllowExpired(), nil},
		{"expired allowed, not a date", token(`{"exp":"x"}`), jwt.AllowExpired(), jwt.ErrMalformed},
		{"typ", signed(`{"alg":"HS256","typ":"AT+JWT"}`, `{}`), jwt.WithType("at+jwt"), nil},
		{"typ with application/", signed(`{"alg":"HS256","typ":"application/at+jwt"}`, `{}`), jwt.WithType("at+jwt"), nil},
		{"typ asked with application/", signed(`{"alg":"HS256","typ":"at+jwt"}`, `{}`), jwt.WithType("application/at+jwt"), nil},
		{"other typ", token(`{}`), jwt.WithType("at+jwt"), jwt.ErrUnexpectedType},
		{"no typ", signed(`{"alg":"HS256"}`, `{}`), jwt.WithType("at+jwt"), jwt.ErrUnexpectedType},
		{"typ by Unicode folding", signed(`{"alg":"HS256","typ":"ſ"}`, `{}`), jwt.WithType("s"), jwt.ErrUnexpectedType},
		{"size", token(`{}`), jwt.WithMaxSize(20), jwt.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := verify(t, tt.token, tt.opt)
			if tt.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tt.want)
			}
		})
	}
}

func TestVerifierDescribesItsPolicy(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t, jwt.WithKeyID("k1")), []jwt.Algorithm{jwt.HS256, jwt.RS256},
		jwt.WithIssuer("me"), jwt.WithAudience("a", "b"), jwt.WithSubject("s"), jwt.WithRequiredClaims("exp"), jwt.WithType("at+jwt"),
		jwt.WithMaxAge(time.Hour), jwt.WithLeeway(time.Second), jwt.WithMaxSize(1000), jwt.AllowPaddedBase64())
	require.NoError(t, err)
	require.Equal(t, `jwt.Verifier: algorithms HS256, RS256; a secret key of 64 bytes with kid "k1"; typ "at+jwt"; exp must be in the future if present; iss one of ["me"]; aud one of ["a" "b"]; sub "s"; required ["exp"]; at most 1h0m0s old; leeway 1s; at most 1000 bytes; padded base64 accepted`, v.String())
	any1, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return nil, nil }), hs256, jwt.AllowExpired(), jwt.AllowAnyAudience(), jwt.AllowNumericSubject())
	require.NoError(t, err)
	require.Contains(t, any1.String(), "keys from a KeyFunc; a past exp is accepted; any aud; an integer as sub is accepted; leeway")
}

// TestTypIsComparedAsASCII: typ is compared as ASCII.
func TestTypIsComparedAsASCII(t *testing.T) {
	for _, tt := range []struct {
		asked, typ string
		want       error
	}{
		{"at+jwt", "At+Jwt", nil},
		{"application/at+jwt", "APPLICATION/at+jwt", nil},
		{"application/a/b", "a/b", jwt.ErrUnexpectedType},
		{"a/b", "application/a/b", jwt.ErrUnexpectedType},
		{"k", "\u212a", jwt.ErrUnexpectedType},
		{"jwt", "application/", jwt.ErrUnexpectedType},
		{"jwt", "jwt ", jwt.ErrUnexpectedType},
	} {
		_, err := verify(t, signed(`{"alg":"HS256","typ":"`+tt.typ+`"}`, `{}`), jwt.WithType(tt.asked))
		if tt.want == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, tt.want, "%q for %q", tt.typ, tt.asked)
		}
	}
}

// TestFractionsOfASecondAreNotRounded: neither those of the claims nor those of the clock.
func TestFractionsOfASecondAreNotRounded(t *testing.T) {
	for _, tt := range []struct {
		payload string
		after   time.Duration // how long after now the clock is
		want    error
	}{
		{`{"exp":1795521600.5}`, 499_999_999, nil},
		{`{"exp":1795521600.5}`, 500_000_000, jwt.ErrExpired},
		{`{"exp":1795521600.5}`, 700_000_000, jwt.ErrExpired},
		{`{"exp":1795521601}`, 999_999_999, nil},
		{`{"nbf":1795521600.5}`, 499_999_999, jwt.ErrNotYetValid},
		{`{"nbf":1795521600.5}`, 500_000_000, nil},
		{`{"iat":1795521660.5}`, 499_999_999, jwt.ErrNotYetValid},
		{`{"iat":1795521660.5}`, 500_000_000, nil},
	} {
		_, err := jwt.Verify[jwt.MapClaims](token(tt.payload), secretKey(t), hs256, jwt.WithClock(func() time.Time { return now.Add(tt.after) }))
		if tt.want == nil {
			require.NoError(t, err, "%s after %v", tt.payload, tt.after)
		} else {
			require.ErrorIs(t, err, tt.want, "%s after %v", tt.payload, tt.after)
		}
	}
}
