package jwt_test

import (
	"context"
	"crypto"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

// issuer is one of the issuers of the tests: red, blue, green.
type issuer struct {
	name string
	key  *jwt.SecretKey
}

func newIssuer(t testing.TB, name string, opts ...jwt.KeyOption) issuer {
	key, err := jwt.NewSecretKey([]byte(strings.Repeat(name, 32)), opts...)
	require.NoError(t, err)
	return issuer{name, key}
}

func (i issuer) verifier(t testing.TB, opts ...jwt.VerifyOption) *jwt.Verifier[jwt.MapClaims] {
	v, err := jwt.NewVerifier[jwt.MapClaims](i.key, hs256, append(opts, jwt.WithIssuer(i.name), atNow())...)
	require.NoError(t, err)
	return v
}

// sign signs claims, with the issuer's name unless they have an iss.
func (i issuer) sign(t testing.TB, claims jwt.MapClaims) string {
	if _, ok := claims["iss"]; !ok {
		claims["iss"] = i.name
	}
	raw, err := jwt.Sign(claims, i.key, jwt.HS256)
	require.NoError(t, err)
	return raw
}

func issuersOf(t testing.TB, verifiers ...*jwt.Verifier[jwt.MapClaims]) *jwt.Issuers[jwt.MapClaims] {
	s, err := jwt.NewIssuers(verifiers...)
	require.NoError(t, err)
	return s
}

func TestIssuersChooseTheVerifierByIss(t *testing.T) {
	red, blue, green := newIssuer(t, "red"), newIssuer(t, "blue", jwt.WithKeyID("b")), newIssuer(t, "green")
	s := issuersOf(t, red.verifier(t), blue.verifier(t, jwt.WithAudience("api")))
	for _, row := range []struct {
		name, raw string
		want      string
	}{
		{"red", red.sign(t, jwt.MapClaims{"sub": "a"}), ""},
		{"blue", blue.sign(t, jwt.MapClaims{"aud": "api"}), ""},
		{"each with its audience: red", red.sign(t, jwt.MapClaims{"aud": "api"}), "ErrInvalidAudience ErrInvalidClaims ErrInvalidToken"},
		{"each with its audience: blue", blue.sign(t, jwt.MapClaims{}), "ErrInvalidAudience ErrInvalidClaims ErrInvalidToken ErrMissingClaim"},
		{"red in the name of blue", red.sign(t, jwt.MapClaims{"iss": "blue", "aud": "api"}), "ErrInvalidSignature ErrInvalidToken"},
		{"blue, which names its key, in the name of red", blue.sign(t, jwt.MapClaims{"iss": "red"}), "ErrInvalidSignature ErrInvalidToken"},
		{"nobody's", green.sign(t, jwt.MapClaims{}), "ErrInvalidToken ErrKeyNotFound"},
		{"no iss", signedBy(red, `{"sub":"a"}`), "ErrInvalidToken ErrKeyNotFound"},
		{"an empty iss", signedBy(red, `{"iss":""}`), "ErrInvalidToken ErrKeyNotFound"},
		{"iss in another case", signedBy(red, `{"ISS":"red"}`), "ErrInvalidToken ErrKeyNotFound"},
		{"iss in an inner object", signedBy(red, `{"a":{"iss":"red"}}`), "ErrInvalidToken ErrKeyNotFound"},
		{"iss escaped", signedBy(red, `{"\u0069ss":"r\u0065d"}`), ""},
		{"a number", signedBy(red, `{"iss":7}`), "ErrInvalidToken ErrMalformed"},
		{"null", signedBy(red, `{"iss":null}`), "ErrInvalidToken ErrMalformed"},
		{"an array", signedBy(red, `{"iss":["red"]}`), "ErrInvalidToken ErrMalformed"},
		{"iss twice", signedBy(red, `{"iss":"red","iss":"blue"}`), "ErrInvalidToken ErrMalformed"},
		{"not strict JSON", signedBy(red, `{"iss":"red","a":1,"a":2}`), "ErrInvalidToken ErrMalformed"},
		{"all else is the verifier's business", signedBy(red, `{"iss":"red","exp":"x"}`), "ErrInvalidToken ErrMalformed"},
		{"also when it is forged", forge.Token(`{"alg":"HS256"}`, `{"iss":"red","exp":"x"}`, forge.Unsigned), "ErrInvalidSignature ErrInvalidToken"},
		{"none", forge.Token(`{"alg":"none"}`, `{"iss":"red"}`, forge.Unsigned), "ErrAlgorithmNotAllowed ErrInvalidToken"},
		{"the header is the verifier's business, too", "e30." + forge.Encode(`{"iss":"red"}`) + ".", "ErrInvalidToken ErrMalformed"},
		{"not a token", "x", "ErrInvalidToken ErrMalformed"},
		{"not base64url", "e30.!.e30", "ErrInvalidToken ErrMalformed"},
	} {
		tok, err := s.Verify(row.raw)
		require.Equal(t, strings.Fields(row.want), append([]string{}, matched(err)...), "%s: %v", row.name, err)
		require.Equal(t, err == nil, tok != nil, row.name)
	}
	_, err := s.Verify(signedBy(red, `{"iss":7}`))
	var claim *jwt.ClaimError
	require.ErrorAs(t, err, &claim)
	require.Equal(t, "iss", claim.Claim)
	_, err = s.Verify(green.sign(t, jwt.MapClaims{"iss": strings.Repeat("é", 100) + "\n"}))
	require.EqualError(t, err, `jwt: none of the 2 verifiers is for the token's issuer, "`+strings.Repeat("é", 32)+`"…`)
}

func signedBy(i issuer, payload string) string {
	return forge.Token(`{"alg":"HS256"}`, payload, forge.HMAC(crypto.SHA256, []byte(strings.Repeat(i.name, 32))))
}

// TestIssuersReadAsTheMostLenientAndVerifyAsTheChosen: one verifier's limit or padding is not
// another's.
func TestIssuersReadAsTheMostLenientAndVerifyAsTheChosen(t *testing.T) {
	small, large := newIssuer(t, "small"), newIssuer(t, "large")
	strict, lenient := small.verifier(t, jwt.WithMaxSize(1000)), large.verifier(t, jwt.WithMaxSize(200_000), jwt.AllowPaddedBase64())
	for _, s := range []*jwt.Issuers[jwt.MapClaims]{issuersOf(t, strict, lenient), issuersOf(t, lenient, strict)} {
		filler := strings.Repeat("x", 100_000)
		_, err := s.Verify(large.sign(t, jwt.MapClaims{"x": filler}))
		require.NoError(t, err)
		_, err = s.Verify(small.sign(t, jwt.MapClaims{"x": filler}))
		require.ErrorIs(t, err, jwt.ErrMalformed)
		_, err = s.Verify(large.sign(t, jwt.MapClaims{"x": filler + filler}))
		require.ErrorIs(t, err, jwt.ErrMalformed)

		for i, who := range []issuer{small, large} {
			payload := forge.Encode(`{"iss":"`+who.name+`" }`) + "=="
			raw := forge.Seal(forge.Encode(`{"alg":"HS256"}`)+"."+payload, forge.HMAC(crypto.SHA256, []byte(strings.Repeat(who.name, 32))))
			_, err := s.Verify(raw)
			require.Equal(t, i == 1, err == nil, "%s: %v", who.name, err)
		}
	}
	_, err := issuersOf(t, strict).Verify("e30.e30=.e30")
	require.ErrorIs(t, err, jwt.ErrMalformed)
}

func TestIssuersAreRefusedWhenItIsUndecidedWhoSigns(t *testing.T) {
	red, blue := newIssuer(t, "red"), newIssuer(t, "blue")
	anyIssuer, err := jwt.NewVerifier[jwt.MapClaims](red.key, hs256)
	require.NoError(t, err)
	two, err := jwt.NewVerifier[jwt.MapClaims](blue.key, hs256, jwt.WithIssuer("green", "red"))
	require.NoError(t, err)
	twice, err := jwt.NewVerifier[jwt.MapClaims](blue.key, hs256, jwt.WithIssuer("blue", "blue"))
	require.NoError(t, err)
	same := red.verifier(t)
	for want, verifiers := range map[string][]*jwt.Verifier[jwt.MapClaims]{
		"no verifier is given":                           nil,
		"verifier 1 was not made by NewVerifier":         {red.verifier(t), nil},
		"verifier 0 was not made by NewVerifier":         {{}, red.verifier(t)},
		"verifier 1 has no WithIssuer":                   {red.verifier(t), anyIssuer},
		`two verifiers accept the issuer "red": use one`: {red.verifier(t), two},
		`two verifiers accept the issuer "red": `:        {same, same},
	} {
		s, err := jwt.NewIssuers(verifiers...)
		require.Nil(t, s)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, "jwt: NewIssuers: "+want)
	}
	issuersOf(t, red.verifier(t), twice)
	for _, zero := range []*jwt.Issuers[jwt.MapClaims]{nil, {}} {
		_, err := zero.Verify(red.sign(t, jwt.MapClaims{}))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		require.Equal(t, "jwt.Issuers: not made by NewIssuers", zero.String())
	}
}

// TestIssuersDoNotShareTheList: the program may change its slice afterwards.
func TestIssuersDoNotShareTheList(t *testing.T) {
	red, blue := newIssuer(t, "red"), newIssuer(t, "blue")
	list := []*jwt.Verifier[jwt.MapClaims]{red.verifier(t), blue.verifier(t)}
	s := issuersOf(t, list...)
	list[0] = nil
	require.Equal(t, "jwt.Issuers: {"+strings.TrimPrefix(red.verifier(t).String(), "jwt.Verifier: ")+"} or {"+strings.TrimPrefix(blue.verifier(t).String(), "jwt.Verifier: ")+"}", s.String())
	for _, verb := range []string{"%v", "%+v", "%s"} {
		text := fmt.Sprintf(verb, s)
		require.Contains(t, text, `iss one of ["red"]`)
		require.NotContains(t, text, "redredred")
	}
}

func TestIssuersPassTheContextOn(t *testing.T) {
	type key struct{}
	red := newIssuer(t, "red")
	find := jwt.KeyFunc(func(ctx context.Context, _ jwt.Header) (jwt.KeySource, error) {
		require.Equal(t, "x", ctx.Value(key{}))
		return red.key, nil
	})
	v, err := jwt.NewVerifier[jwt.MapClaims](find, hs256, jwt.WithIssuer("red"))
	require.NoError(t, err)
	_, err = issuersOf(t, v).VerifyContext(context.WithValue(t.Context(), key{}, "x"), red.sign(t, jwt.MapClaims{}))
	require.NoError(t, err)
}

// BenchmarkIssuers shows what choosing by iss adds to a Verifier: one decoding of the payload and
// one scan, also of a token that is forged.
func BenchmarkIssuers(b *testing.B) {
	red := newIssuer(b, "red")
	verifiers := []*jwt.Verifier[jwt.MapClaims]{red.verifier(b)}
	for i := range 20 {
		verifiers = append(verifiers, newIssuer(b, fmt.Sprintf("other%d", i)).verifier(b))
	}
	s := issuersOf(b, verifiers...)
	good := red.sign(b, jwt.MapClaims{"sub": "susan", "roles": []string{"editor"}, "exp": now.Unix() + 60})
	forged := func(payload string) string {
		return forge.Token(`{"alg":"HS256","typ":"JWT"}`, payload, forge.Unsigned)
	}
	var members strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&members, `"m%d":%d,`, i, i)
	}
	for _, row := range []struct{ name, raw string }{
		{"good", good},
		{"forged, 48 KB in one claim", forged(`{"iss":"red","x":"` + strings.Repeat("x", 48_000) + `"}`)},
		{"forged, 3000 claims", forged("{" + members.String() + `"iss":"red"}`)},
		{"forged, nobody's", forged(`{"iss":"nobody"}`)},
	} {
		for name, verify := range map[string]func(string) (*jwt.Token[jwt.MapClaims], error){"Verifier": verifiers[0].Verify, "Issuers": s.Verify} {
			b.Run(row.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, _ = verify(row.raw)
				}
			})
		}
	}
}
