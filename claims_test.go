package jwt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

type (
	byValue   struct{ jwt.RegisteredClaims }
	byPointer struct{ *jwt.RegisteredClaims }
	named     struct{ Registered jwt.RegisteredClaims }
	without   struct {
		Name string `json:"name"`
	}
	hiding struct {
		jwt.RegisteredClaims
		Exp string `json:"-"`
		X   any    `json:"exp"`
	}
	unmarshaling struct{ jwt.RegisteredClaims }
)

func (u *unmarshaling) UnmarshalJSON([]byte) error { return nil }

// TestChecksDoNotDependOnT: whatever T does with the dates, an expired token is refused.
func TestChecksDoNotDependOnT(t *testing.T) {
	expired, valid := token(`{"exp":1,"name":"x"}`), token(`{"exp":99999999999,"name":"x"}`)
	refuses[byValue](t, expired, valid)
	refuses[byPointer](t, expired, valid)
	refuses[named](t, expired, valid)
	refuses[without](t, expired, valid)
	refuses[hiding](t, expired, valid)
	refuses[unmarshaling](t, expired, valid)
	refuses[*byValue](t, expired, valid)
	refuses[any](t, expired, valid)
	refuses[jwt.MapClaims](t, expired, valid)
	refuses[jwt.RegisteredClaims](t, expired, valid)
	refuses[json.RawMessage](t, expired, valid)
}

func refuses[T any](t *testing.T, expired, valid string) {
	tok, err := jwt.Verify[T](expired, secretKey(t), hs256, atNow())
	require.ErrorIs(t, err, jwt.ErrExpired)
	require.Nil(t, tok)
	tok, err = jwt.Verify[T](valid, secretKey(t), hs256, atNow())
	require.NoError(t, err)
	require.Equal(t, time.Unix(99999999999, 0).UTC(), tok.ExpiresAt.Time)
}

func TestNamesReachOnlyTheirOwnFields(t *testing.T) {
	tok, err := jwt.Verify[struct {
		Exp  int64  `json:"exp"`
		Role string `json:"role"`
	}](token(`{"exp":99999999999,"EXP":5,"Role":"admin","ROLE":"admin"}`), secretKey(t), hs256, atNow())
	require.NoError(t, err)
	require.Equal(t, int64(99999999999), tok.Claims.Exp)
	require.Empty(t, tok.Claims.Role)
}

func TestPayloadThatDoesNotFitT(t *testing.T) {
	_, err := jwt.Verify[struct {
		Roles []string `json:"roles"`
	}](token(`{"roles":["a",1]}`), secretKey(t), hs256)
	require.ErrorIs(t, err, jwt.ErrInvalidClaims)
	require.NotErrorIs(t, err, jwt.ErrMalformed)
	require.ErrorContains(t, err, "roles[1]")
}

// TestClaimsTypesThatCannotWork: no verifier is made for a type that no token fits, or whose own
// check would never be called.
func TestClaimsTypesThatCannotWork(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{refused[chan int](t), "no JSON object can be decoded into a Go chan int"},
		{refused[func()](t), "no JSON object can be decoded into a Go func()"},
		{refused[jwt.Audience](t), "no JSON object can be decoded into a Go jwt.Audience"},
		{refused[*jwt.NumericDate](t), "no JSON object can be decoded into a Go *jwt.NumericDate"},
		{refused[time.Time](t), "no JSON object can be decoded into a Go time.Time"},
		{refused[struct{ *picky }](t), "an embedded pointer to an unexported struct cannot be set"},
		{refused[legacyClaims](t), "the method Valid() error of jwt_test.legacyClaims is never called: add Validate() error, which may return nil"},
		{refused[*legacyClaims](t), "of jwt_test.legacyClaims is never called: add Validate() error, which may return nil"},
		{refused[twoChecks](t), "the method Validate() error of jwt_test.picky is never called, because jwt_test.twoChecks has no Validate() error: add one, which may return nil"},
	} {
		require.ErrorIs(t, row.err, jwt.ErrInvalidOption)
		require.ErrorContains(t, row.err, "jwt: the claims type can't be used: ")
		require.ErrorContains(t, row.err, row.want)
	}
	for range 2 {
		_, err := jwt.Verify[curedClaims](token(`{}`), secretKey(t), hs256)
		require.NoError(t, err)
	}
}

func refused[T any](t *testing.T) error {
	_, err := jwt.Verify[T](token(`{}`), secretKey(t), hs256)
	_, again := jwt.NewVerifier[T](secretKey(t), hs256)
	require.Equal(t, err, again)
	return err
}

type (
	legacyClaims struct{ jwt.RegisteredClaims }
	curedClaims  struct{ legacyClaims }
	twoChecks    struct {
		Picky
		otherPicky
	}
	Picky      = picky
	otherPicky struct{ Role string }
)

func (legacyClaims) Valid() error   { return errNoRole }
func (curedClaims) Validate() error { return nil }
func (otherPicky) Validate() error  { return nil }

// TestNumericSubject: only the verifier that asks for it accepts an integer, and every
// RegisteredClaims of the claims type has its digits, wherever it is embedded.
func TestNumericSubject(t *testing.T) {
	const digits = "-123456789012345678901234567890"
	raw := token(`{"iss":"i","sub":` + digits + `,"aud":"a"}`)
	_, err := verify(t, raw, jwt.AllowAnyAudience())
	require.EqualError(t, err, "jwt: malformed token: sub is an integer, want a string (AllowNumericSubject accepts an integer)")
	require.ErrorIs(t, err, jwt.ErrMalformed)

	opts := []jwt.VerifyOption{jwt.AllowNumericSubject(), jwt.AllowAnyAudience(), jwt.WithSubject(digits)}
	subject[jwt.RegisteredClaims](t, raw, opts, func(c jwt.RegisteredClaims) any { return c.Subject }, digits)
	subject[byValue](t, raw, opts, func(c byValue) any { return c.Subject }, digits)
	subject[*byValue](t, raw, opts, func(c *byValue) any { return c.Subject }, digits)
	subject[byPointer](t, raw, opts, func(c byPointer) any { return c.Subject + c.Audience[0] }, digits+"a")
	subject[struct{ byPointer }](t, raw, opts, func(c struct{ byPointer }) any { return c.Subject }, digits)
	subject[inPart](t, raw, opts, func(c inPart) any { return c.Subject + c.Issuer }, digits+"i")
	subject[named](t, raw, opts, func(c named) any { return c.Registered.Subject }, "")
	subject[jwt.MapClaims](t, raw, opts, func(c jwt.MapClaims) any { return c["sub"] }, json.Number(digits))
	subject[struct{ Sub float64 }](t, token(`{"sub":5,"Sub":6}`), []jwt.VerifyOption{jwt.AllowNumericSubject()}, func(c struct{ Sub float64 }) any { return c.Sub }, 6.0)
	subject[ownSubject](t, token(`{"sub":5}`), []jwt.VerifyOption{jwt.AllowNumericSubject()}, func(c ownSubject) any { return c.Sub }, 5)
	_, err = jwt.Verify[struct {
		Sub string `json:"sub"`
	}](raw, secretKey(t), hs256, opts...)
	require.ErrorIs(t, err, jwt.ErrInvalidClaims, "a field of its own gets the number")

	var others strings.Builder
	for i := range 70 {
		fmt.Fprintf(&others, `"a%d":0,`, i)
	}
	subject[byValue](t, token("{"+others.String()+`"sub":7}`), []jwt.VerifyOption{jwt.AllowNumericSubject()}, func(c byValue) any { return c.Subject }, "7")

	_, err = verify(t, token(`{"sub":12}`), jwt.AllowNumericSubject(), jwt.WithSubject("13"))
	require.ErrorIs(t, err, jwt.ErrInvalidSubject)
	_, err = verify(t, token(`{"sub":"12"}`), jwt.AllowNumericSubject(), jwt.WithSubject("12"))
	require.NoError(t, err)
	for _, sub := range []string{"1.0", "1e3", "1E3", "true", "null", "[1]", "{}"} {
		_, err = verify(t, token(`{"sub":`+sub+`}`), jwt.AllowNumericSubject())
		require.ErrorIs(t, err, jwt.ErrMalformed, sub)
		require.ErrorContains(t, err, "want a string or an integer")
		_, err = jwt.ParseUnverified(token(`{"sub":` + sub + `}`))
		require.ErrorIs(t, err, jwt.ErrMalformed, sub)
	}
	for _, claim := range []string{"iss", "jti"} {
		_, err = verify(t, token(`{"`+claim+`":1}`), jwt.AllowNumericSubject())
		require.EqualError(t, err, "jwt: malformed token: "+claim+" is a number, want a string")
	}
	unverified, err := jwt.ParseUnverified(raw)
	require.NoError(t, err)
	require.Equal(t, digits, unverified.UnverifiedClaims.Subject)
}

type (
	ownSubject struct {
		Sub int `json:"sub"`
	}
	inPart struct { // its Issuer is one of its own
		jwt.RegisteredClaims
		Issuer string `json:"iss"`
	}
)

func subject[T any](t *testing.T, raw string, opts []jwt.VerifyOption, get func(T) any, want any) {
	t.Helper()
	tok, err := jwt.Verify[T](raw, secretKey(t), hs256, opts...)
	require.NoError(t, err)
	require.Equal(t, want, get(tok.Claims))
}

type picky struct {
	Role string `json:"role"`
}

var errNoRole = errors.New("no role")

func (p picky) Validate() error {
	if p.Role == "" {
		return errNoRole
	}
	return nil
}

type pickyPointer struct{ picky }

func (p *pickyPointer) Validate() error { return p.picky.Validate() }

func TestValidateRunsLastAndCanOnlyRefuse(t *testing.T) {
	validates[picky](t)
	validates[*picky](t)
	validates[pickyPointer](t)
	validates[*pickyPointer](t)
}

func validates[T any](t *testing.T) {
	_, err := jwt.Verify[T](token(`{}`), secretKey(t), hs256, atNow())
	require.ErrorIs(t, err, jwt.ErrInvalidClaims)
	require.ErrorIs(t, err, errNoRole)
	_, err = jwt.Verify[T](token(`{"exp":1}`), secretKey(t), hs256, atNow())
	require.ErrorIs(t, err, jwt.ErrExpired)
	require.NotErrorIs(t, err, errNoRole)
	tok, err := jwt.Verify[T](token(`{"role":"a"}`), secretKey(t), hs256, atNow())
	require.NoError(t, err)
	require.NotNil(t, tok)
}

func TestNumericDateIsReadExactly(t *testing.T) {
	utc := func(sec, nsec int64) time.Time { return time.Unix(sec, nsec).UTC() }
	for text, want := range map[string]time.Time{
		"0":                                      utc(0, 0),
		"-0":                                     utc(0, 0),
		"-0.0e5":                                 utc(0, 0),
		"1":                                      utc(1, 0),
		"-1.5":                                   utc(-2, 500000000),
		"1528560773.5386891":                     utc(1528560773, 538689100),
		"1528560773.5386891239999":               utc(1528560773, 538689123),
		"1.5285607735386891e9":                   utc(1528560773, 538689100),
		"15285607735386891E-7":                   utc(1528560773, 538689100),
		"0.000000001e+9":                         utc(1, 0),
		"253402300799.999999999999":              utc(253402300799, 999999999),
		"2534023007990e-1":                       utc(253402300799, 0),
		"-62135596799":                           utc(-62135596799, 0),
		"0e999999999999999999999":                utc(0, 0),
		"1e-999999999999999999999":               utc(0, 0),
		"0." + strings.Repeat("0", 99) + "1e100": utc(1, 0),
		"1" + strings.Repeat("0", 100) + "e-100": utc(1, 0),
	} {
		var d jwt.NumericDate
		require.NoError(t, json.Unmarshal([]byte(text), &d), text)
		require.Equal(t, want, d.Time, text)
		tok, err := verify(t, token(`{"exp":`+text+`}`), jwt.AllowExpired())
		require.NoError(t, err)
		require.Equal(t, want, tok.ExpiresAt.Time)
	}
	for _, text := range []string{"253402300800", "253402300799.5e1", "-62135596800", "-62135596799.1", "1e300", "-1e300", "1e400", "1e99999999999999999999", "18446744073709551616", "1528560773000"} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), new(jwt.NumericDate)), jwt.ErrInvalidClaims, text)
		_, err := verify(t, token(`{"nbf":`+text+`}`))
		require.ErrorIs(t, err, jwt.ErrMalformed, text)
		var claim *jwt.ClaimError
		require.ErrorAs(t, err, &claim)
		require.Equal(t, "nbf", claim.Claim)
	}
	for _, text := range []string{`"1"`, `true`, `[]`, `{}`} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), new(jwt.NumericDate)), jwt.ErrInvalidClaims, text)
	}
	d := jwt.NewNumericDate(now)
	require.NoError(t, json.Unmarshal([]byte("null"), &d))
	require.Equal(t, jwt.NewNumericDate(now), d)
}

func TestNumericDateIsWrittenInWholeSeconds(t *testing.T) {
	for _, tt := range []struct {
		at   time.Time
		want string
	}{
		{time.Unix(5, 999999999), "5"},
		{time.Unix(-5, 1), "-5"},
		{time.Unix(253402300799, 999999999), "253402300799"},
		{time.Unix(-62135596799, 0), "-62135596799"},
	} {
		text, err := json.Marshal(jwt.NumericDate{Time: tt.at})
		require.NoError(t, err)
		require.Equal(t, tt.want, string(text))
	}
	for _, at := range []time.Time{{}, time.Unix(253402300800, 0)} {
		_, err := json.Marshal(jwt.NumericDate{Time: at})
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
	require.True(t, jwt.NewNumericDate(time.Now()) == jwt.NewNumericDate(jwt.NewNumericDate(time.Now()).Time) || time.Now().Nanosecond() < 1e6)
	for _, at := range []time.Time{{}, time.Time{}.Add(time.Millisecond), time.Time{}.Add(time.Second - 1).Local()} {
		d := jwt.NewNumericDate(at)
		require.False(t, d.IsZero())
		_, err := json.Marshal(d)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
	text, err := json.Marshal(jwt.RegisteredClaims{})
	require.NoError(t, err)
	require.Equal(t, "{}", string(text))
}

func TestAudienceReadsAndWritesBothForms(t *testing.T) {
	for text, want := range map[string]jwt.Audience{`"a"`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}, ` [ "\u0061" ] `: {"a"}, `null`: nil} {
		var a jwt.Audience
		require.NoError(t, json.Unmarshal([]byte(text), &a), text)
		require.Equal(t, want, a, text)
	}
	for _, text := range []string{`1`, `{}`, `[1]`, `["a",null]`, `true`} {
		require.ErrorIs(t, json.Unmarshal([]byte(text), new(jwt.Audience)), jwt.ErrInvalidClaims, text)
	}
	require.Error(t, new(jwt.Audience).UnmarshalJSON([]byte(`["`)))
	for want, a := range map[string]jwt.Audience{`"a"`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}} {
		text, err := json.Marshal(a)
		require.NoError(t, err)
		require.Equal(t, want, string(text))
	}
}

func TestParseUnverified(t *testing.T) {
	tok, err := jwt.ParseUnverified(signed(`{"alg":"none","kid":"k"}`, `{"iss":"x","exp":1,"aud":["a"]}`))
	require.NoError(t, err)
	require.Equal(t, "k", tok.UnverifiedHeader.KeyID)
	require.Equal(t, "none", tok.UnverifiedHeader.Algorithm)
	require.Equal(t, "x", tok.UnverifiedClaims.Issuer)
	require.Equal(t, `{"iss":"x","exp":1,"aud":["a"]}`, tok.UnverifiedPayload)
	for _, bad := range []string{"", "a.b", signed(`{}`, `{}`), signed(`{"alg":"x"}`, `[]`), signed(`{"alg":"x"}`, `{"exp":"1"}`), token(`{}`) + "\n", token(`{}`)[:30] + ".x.", "!.e30.", "e30.!." + strings.Repeat("a", 70000), seal("eyJhbGciOiJ4In0.!")} {
		tok, err := jwt.ParseUnverified(bad)
		require.ErrorIs(t, err, jwt.ErrMalformed, "%.40q", bad)
		require.Nil(t, tok)
	}
}

// TestMethodsOfClaimsRefuseWhatIsNotJSON: encoding/json never gives them such texts, a
// program can.
func TestMethodsOfClaimsRefuseWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{"", " ", "1 2", "{", "01", `"`, "\xff", "1e"} {
		require.ErrorIs(t, new(jwt.NumericDate).UnmarshalJSON([]byte(text)), jwt.ErrInvalidClaims, "%q", text)
		require.ErrorIs(t, new(jwt.Audience).UnmarshalJSON([]byte(text)), jwt.ErrInvalidClaims, "%q", text)
	}
	var d jwt.NumericDate
	require.NoError(t, d.UnmarshalJSON([]byte(" 5 ")))
	require.Equal(t, int64(5), d.Unix())
	_, err := jwt.Audience{"a", "\xff"}.MarshalJSON()
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}
