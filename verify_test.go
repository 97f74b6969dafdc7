package jwt_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// TestProbes are the questions that other libraries answer in different ways.
func TestProbes(t *testing.T) {
	const typ = `{"alg":"HS256","typ":"JWT"}`
	good := token(`{"sub":"a"}`)
	sig := good[strings.LastIndex(good, ".")+1:]
	input := good[:strings.LastIndex(good, ".")]
	withLast := func(s string, c byte) string { return s[:len(s)-1] + string(c) }
	malformed, claims := jwt.ErrMalformed, jwt.ErrInvalidClaims
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"baseline", good, nil},
		{"duplicate payload member", token(`{"sub":"a","sub":"b"}`), malformed},
		{"duplicate nested member", token(`{"x":[{"a":1,"\u0061":2}]}`), malformed},
		{"duplicate header member alg", forge(`{"alg":"HS256","alg":"HS256"}`, `{}`), malformed},
		{"duplicate header alg none first", forge(`{"alg":"none","alg":"HS256"}`, `{}`), malformed},
		{"payload SUB", token(`{"SUB":"a"}`), nil},
		{"exp future then EXP past", token(`{"exp":99999999999,"EXP":1}`), nil},
		{"exp past then EXP future", token(`{"exp":1,"EXP":99999999999}`), jwt.ErrExpired},
		{"header ALG", forge(`{"ALG":"HS256"}`, `{}`), malformed},
		{"signature with trailing bits", withLast(good, sig[len(sig)-1]+1), jwt.ErrInvalidSignature},
		{"payload with trailing bits, signed so", seal(rawURL.EncodeToString([]byte(typ)) + ".e31"), malformed},
		{"signature and newline", good + "\n", jwt.ErrInvalidSignature},
		{"newline in signature", input + "." + sig[:9] + "\n" + sig[9:], jwt.ErrInvalidSignature},
		{"newline in payload, signed so", seal(rawURL.EncodeToString([]byte(typ)) + ".e\n30"), malformed},
		{"padded signature", good + "=", jwt.ErrInvalidSignature},
		{"leading space", " " + good, malformed},
		{"trailing space", good + " ", jwt.ErrInvalidSignature},
		{"fourth segment", good + ".x", malformed},
		{"five segments", good + ".x.y", malformed},
		{"two segments", input, malformed},
		{"one segment", "x", malformed},
		{"empty", "", malformed},
		{"crit", forge(`{"alg":"HS256","crit":["foo"],"foo":1}`, `{}`), malformed},
		{"crit empty", forge(`{"alg":"HS256","crit":[]}`, `{}`), malformed},
		{"crit kid", forge(`{"alg":"HS256","crit":["kid"],"kid":"1"}`, `{}`), malformed},
		{"crit not an array", forge(`{"alg":"HS256","crit":"x"}`, `{}`), malformed},
		{"b64 false", forge(`{"alg":"HS256","b64":false}`, `{}`), malformed},
		{"b64 true", forge(`{"alg":"HS256","b64":true}`, `{}`), malformed},
		{"alg none", forge(`{"alg":"none"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg nOnE", forge(`{"alg":"nOnE"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg hs256", forge(`{"alg":"hs256"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg HS512 over an HS256 signature", forge(`{"alg":"HS512"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg empty", forge(`{"alg":""}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"no alg", forge(`{}`, `{}`), malformed},
		{"alg not a string", forge(`{"alg":["HS256"]}`, `{}`), malformed},
		{"exp as text", token(`{"exp":"99999999999"}`), malformed},
		{"exp abc", token(`{"exp":"abc"}`), malformed},
		{"exp RFC 3339", token(`{"exp":"2036-01-01T00:00:00Z"}`), malformed},
		{"exp null", token(`{"exp":null}`), malformed},
		{"exp true", token(`{"exp":true}`), malformed},
		{"exp []", token(`{"exp":[]}`), malformed},
		{"exp 0", token(`{"exp":0}`), jwt.ErrExpired},
		{"exp -1", token(`{"exp":-1}`), jwt.ErrExpired},
		{"exp past", token(`{"exp":1700000000}`), jwt.ErrExpired},
		{"exp 1e10", token(`{"exp":1e10}`), nil},
		{"exp 1e300", token(`{"exp":1e300}`), malformed},
		{"exp 1e400", token(`{"exp":1e400}`), malformed},
		{"exp fraction, future", token(`{"exp":9999999999.25}`), nil},
		{"exp fraction, past", token(`{"exp":1528560773.5386891}`), jwt.ErrExpired},
		{"nbf 1e300", token(`{"nbf":1e300}`), malformed},
		{"nbf MaxInt64", token(`{"nbf":9223372036854775807}`), malformed},
		{"nbf far future", token(`{"nbf":99999999999}`), jwt.ErrNotYetValid},
		{"nbf as text", token(`{"nbf":"1"}`), malformed},
		{"iat future", token(`{"iat":99999999999}`), jwt.ErrNotYetValid},
		{"payload []", token(`[]`), malformed},
		{"payload null", token(`null`), malformed},
		{"payload text", token(`"str"`), malformed},
		{"payload empty", token(``), malformed},
		{"payload with trailing garbage", token(`{} x`), malformed},
		{"payload of two objects", token(`{}{}`), malformed},
		{"payload invalid UTF-8", token("{\"a\":\"\xff\"}"), malformed},
		{"payload lone surrogate", token(`{"a":"\ud800"}`), malformed},
		{"header with trailing garbage", forge(`{"alg":"HS256"} x`, `{}`), malformed},
		{"header with spaces", forge(` { "alg" : "HS256" } `, `{}`), nil},
		{"header kid", forge(`{"alg":"HS256","kid":"1"}`, `{}`), nil},
		{"header kid number", forge(`{"alg":"HS256","kid":1}`, `{}`), malformed},
		{"typ at+jwt", forge(`{"alg":"HS256","typ":"at+jwt"}`, `{}`), nil},
		{"typ number", forge(`{"alg":"HS256","typ":1}`, `{}`), malformed},
		{"cty null", forge(`{"alg":"HS256","cty":null}`, `{}`), malformed},
		{"extra header member", forge(`{"alg":"HS256","x":{"y":1}}`, `{}`), nil},
		{"sub number", token(`{"sub":1}`), malformed},
		{"aud number", token(`{"aud":1}`), malformed},
		{"aud mixed", token(`{"aud":[1,"x"]}`), malformed},
		{"aud null", token(`{"aud":null}`), malformed},
		{"aud without a policy", token(`{"aud":"x"}`), jwt.ErrInvalidAudience},
		{"aud [] without a policy", token(`{"aud":[]}`), jwt.ErrInvalidAudience},
		{"big integer", token(`{"n":123456789012345678901234567890}`), nil},
		{"1 MB payload", token(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`), malformed},
		{"65 levels", token(strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)), malformed},
		{"64 levels", token(strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)), nil},
		{"20000 levels", token(`{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}"), malformed},
		{"Bearer prefix", "Bearer " + good, malformed},
		{"header over 16 KiB", forge(`{"alg":"HS256","x":"`+strings.Repeat("x", 13000)+`"}`, `{}`), malformed},
		{"required claim null", token(`{"must":null}`), claims},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var opts []jwt.VerifyOption
			if tt.want == claims {
				opts = append(opts, jwt.WithRequiredClaims("must"))
			}
			tok, err := verify(t, tt.token, opts...)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Nil(t, tok)
			require.ErrorIs(t, err, tt.want)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
			require.True(t, strings.HasPrefix(err.Error(), "jwt: "), err.Error())
			require.LessOrEqual(t, len(err.Error()), 300)
		})
	}
}

func TestMessagesOfWrongForms(t *testing.T) {
	_, err := verify(t, "Bearer "+token(`{}`))
	require.ErrorContains(t, err, `cut that off`)
	_, err = verify(t, "a.b.c.d.e")
	require.ErrorContains(t, err, "encrypted tokens (JWE) are not supported")
	_, err = verify(t, strings.Repeat("a", 70000))
	require.ErrorContains(t, err, "WithMaxSize")
}

func TestForgedAndExpiredIsOnlyForged(t *testing.T) {
	good := token(`{"exp":1,"aud":"x"}`)
	_, err := verify(t, good[:len(good)-10]+"AAAAAAAAAA")
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	for _, other := range []error{jwt.ErrExpired, jwt.ErrInvalidClaims, jwt.ErrMalformed, jwt.ErrInvalidAudience} {
		require.NotErrorIs(t, err, other)
	}
}

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
	for _, tt := range []struct {
		name, token string
		opt         jwt.VerifyOption
		want        error
	}{
		{"one of the issuers", token(`{"iss":"b"}`), jwt.WithIssuer("a", "b"), nil},
		{"issuer prefix", token(`{"iss":"https://a.example/"}`), jwt.WithIssuer("https://a.example"), jwt.ErrInvalidIssuer},
		{"one of the audiences", token(`{"aud":["x","b"]}`), jwt.WithAudience("a", "b"), nil},
		{"none of the audiences", token(`{"aud":"x"}`), jwt.WithAudience("a", "b"), jwt.ErrInvalidAudience},
		{"any audience", token(`{"aud":"x"}`), jwt.AllowAnyAudience(), nil},
		{"subject", token(`{"sub":"a"}`), jwt.WithSubject("a"), nil},
		{"required", token(`{"role":0}`), jwt.WithRequiredClaims("role"), nil},
		{"young enough", token(fmt.Sprintf(`{"iat":%d}`, at-3600)), jwt.WithMaxAge(time.Hour), nil},
		{"too old", token(fmt.Sprintf(`{"iat":%d}`, at-3601)), jwt.WithMaxAge(time.Hour), jwt.ErrExpired},
		{"expired allowed", token(`{"exp":1}`), jwt.AllowExpired(), nil},
		{"expired allowed, not a date", token(`{"exp":"x"}`), jwt.AllowExpired(), jwt.ErrMalformed},
		{"typ", forge(`{"alg":"HS256","typ":"AT+JWT"}`, `{}`), jwt.WithType("at+jwt"), nil},
		{"typ with application/", forge(`{"alg":"HS256","typ":"application/at+jwt"}`, `{}`), jwt.WithType("at+jwt"), nil},
		{"typ asked with application/", forge(`{"alg":"HS256","typ":"at+jwt"}`, `{}`), jwt.WithType("application/at+jwt"), nil},
		{"other typ", token(`{}`), jwt.WithType("at+jwt"), jwt.ErrUnexpectedType},
		{"no typ", forge(`{"alg":"HS256"}`, `{}`), jwt.WithType("at+jwt"), jwt.ErrUnexpectedType},
		{"typ by Unicode folding", forge(`{"alg":"HS256","typ":"ſ"}`, `{}`), jwt.WithType("s"), jwt.ErrUnexpectedType},
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

func TestPaddedBase64OnlyWhereAllowedAndCanonical(t *testing.T) {
	padded := func(s string) string { return s + strings.Repeat("=", (4-len(s)%4)%4) }
	header, payload := padded(rawURL.EncodeToString([]byte(`{"alg":"HS256"}`))), padded(rawURL.EncodeToString([]byte(`{"a":1}`)))
	require.Contains(t, payload, "=")
	sealed := seal(header + "." + payload)
	_, err := verify(t, sealed)
	require.ErrorIs(t, err, jwt.ErrMalformed)
	_, err = verify(t, sealed+"=")
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	_, err = verify(t, sealed+"=", jwt.AllowPaddedBase64())
	require.NoError(t, err)
	_, err = verify(t, token(`{"a":1}`), jwt.AllowPaddedBase64())
	require.NoError(t, err)
	for _, tail := range []string{"==", "===", "=A", " ="} {
		_, err = verify(t, sealed+tail, jwt.AllowPaddedBase64())
		require.ErrorIs(t, err, jwt.ErrInvalidSignature, tail)
	}
}

func TestKeyFunc(t *testing.T) {
	ctx := context.WithValue(context.Background(), ctxKey{}, "yes")
	key := secretKey(t)
	cause := errors.New("boom")
	for _, tt := range []struct {
		name string
		find func() (jwt.KeySource, error)
		want error
		not  error
	}{
		{"a key", func() (jwt.KeySource, error) { return key, nil }, nil, nil},
		{"a set", func() (jwt.KeySource, error) { s, err := jwt.NewKeySet(key); return s, err }, nil, nil},
		{"nothing", func() (jwt.KeySource, error) { return nil, nil }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a typed nil", func() (jwt.KeySource, error) { return (*jwt.PublicKey)(nil), nil }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"not found", func() (jwt.KeySource, error) { return nil, fmt.Errorf("kid: %w", jwt.ErrKeyNotFound) }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a failure", func() (jwt.KeySource, error) { return nil, cause }, jwt.ErrKeysUnavailable, jwt.ErrInvalidToken},
		{"its cause", func() (jwt.KeySource, error) { return nil, cause }, cause, jwt.ErrInvalidToken},
		{"cancelled", func() (jwt.KeySource, error) { return nil, context.Canceled }, context.Canceled, jwt.ErrInvalidToken},
		{"another KeyFunc", func() (jwt.KeySource, error) {
			return jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return key, nil }), nil
		}, jwt.ErrKeysUnavailable, jwt.ErrInvalidToken},
		{"a zero key", func() (jwt.KeySource, error) { return &jwt.SecretKey{}, nil }, jwt.ErrKeysUnavailable, jwt.ErrInvalidToken},
		{"a zero set", func() (jwt.KeySource, error) { return &jwt.KeySet{}, nil }, jwt.ErrInvalidKey, jwt.ErrInvalidToken},
		{"an empty set", func() (jwt.KeySource, error) { return jwt.NewKeySet() }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a key with another kid", func() (jwt.KeySource, error) { return jwt.NewSecretKey(testSecret, jwt.WithKeyID("other")) }, jwt.ErrKeyNotFound, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(func(got context.Context, h jwt.Header) (jwt.KeySource, error) {
				require.Equal(t, "yes", got.Value(ctxKey{}))
				require.Equal(t, "k1", h.KeyID)
				require.Equal(t, "HS256", h.Algorithm)
				return tt.find()
			}), hs256, atNow())
			require.NoError(t, err)
			_, err = v.VerifyContext(ctx, forge(`{"alg":"HS256","kid":"k1"}`, `{}`))
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			if tt.not != nil {
				require.NotErrorIs(t, err, tt.not)
			}
			_, err = v.VerifyContext(ctx, forge(`{"alg":"none","kid":"k1"}`, `{}`))
			require.ErrorIs(t, err, jwt.ErrAlgorithmNotAllowed)
		})
	}
}

type ctxKey struct{}

func TestVerifierIsSafeForConcurrentUse(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.RegisteredClaims](secretKey(t), hs256, atNow())
	require.NoError(t, err)
	s, err := jwt.NewSigner(secretKey(t), jwt.HS256, atNow())
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for n := range 50 {
				subject := fmt.Sprint(i, n)
				raw, err := s.Sign(jwt.RegisteredClaims{Subject: subject})
				if err != nil {
					t.Error(err)
				}
				if tok, err := v.Verify(raw); err != nil || tok.Subject != subject || tok.Claims.Subject != subject {
					t.Error(tok, err)
				}
				if _, err := v.Verify(raw[:len(raw)-43] + strings.Repeat("A", 43)); !errors.Is(err, jwt.ErrInvalidSignature) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestVerifierDescribesItsPolicy(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t, jwt.WithKeyID("k1")), []jwt.Algorithm{jwt.HS256, jwt.RS256},
		jwt.WithIssuer("me"), jwt.WithAudience("a", "b"), jwt.WithSubject("s"), jwt.WithRequiredClaims("exp"), jwt.WithType("at+jwt"),
		jwt.WithMaxAge(time.Hour), jwt.WithLeeway(time.Second), jwt.WithMaxSize(1000), jwt.AllowPaddedBase64())
	require.NoError(t, err)
	require.Equal(t, `jwt.Verifier: algorithms HS256, RS256; a secret key of 64 bytes with kid "k1"; typ "at+jwt"; exp must be in the future if present; iss one of ["me"]; aud one of ["a" "b"]; sub "s"; required ["exp"]; at most 1h0m0s old; leeway 1s; at most 1000 bytes; padded base64 accepted`, v.String())
	any1, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return nil, nil }), hs256, jwt.AllowExpired(), jwt.AllowAnyAudience())
	require.NoError(t, err)
	require.Contains(t, any1.String(), "keys from a KeyFunc; a past exp is accepted; any aud")
}
