package migration_test

import (
	"context"
	"crypto"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	jwt5 "github.com/golang-jwt/jwt/v5"
	request5 "github.com/golang-jwt/jwt/v5/request"
	"github.com/stretchr/testify/require"
)

// mistake is an error of golang-jwt with something that causes it, tried in both libraries.
type mistake struct {
	old error
	try func() (old, here error)
}

// unused are the errors that golang-jwt v5 never returns, or only in code that cannot be reached.
var unused = []string{"ErrTokenInvalidId", "ErrHashUnavailable"}

// TestErrors provokes each error of golang-jwt in both libraries. The error of this library
// matches all that the second cell names before its first semicolon.
func TestErrors(t *testing.T) {
	mistakes := claimMistakes(t)
	for name, m := range keyMistakes() {
		mistakes[name] = m
	}
	for _, row := range rows(t, "### Errors") {
		for _, name := range names(row[0]) {
			m, ok := mistakes[name]
			delete(mistakes, name)
			if !ok {
				require.Contains(t, unused, name)
				require.True(t, strings.HasPrefix(row[1], "none"), name)
				continue
			}
			old, here := m.try()
			require.ErrorIs(t, old, m.old, name)
			answer, _, _ := strings.Cut(row[1], ";")
			require.NotEmpty(t, names(answer), name)
			for _, class := range names(answer) {
				require.Contains(t, errorsHere, class)
				require.ErrorIs(t, here, errorsHere[class], name)
			}
		}
	}
	require.Empty(t, mistakes, "mistakes without a row")
}

func claimMistakes(t *testing.T) map[string]mistake {
	reading := func(old error, raw string, v5 jwt5.ParserOption, opts ...jwt.VerifyOption) mistake {
		return mistake{old, func() (error, error) {
			_, old := parse5(raw, v5)
			_, here := verify[jwt.MapClaims](raw, opts...)
			return old, here
		}}
	}
	good := token(`{}`)
	forged := good[:len(good)-8] + strings.Repeat("A", 8)
	future := jwt.NewNumericDate(time.Now().Add(time.Hour))
	plain := jwt5.WithLeeway(0)
	return map[string]mistake{
		"ErrTokenMalformed":            reading(jwt5.ErrTokenMalformed, "a.b.c", plain),
		"ErrTokenUnverifiable":         reading(jwt5.ErrTokenUnverifiable, headed(`{"alg":"HS1"}`), plain),
		"ErrTokenSignatureInvalid":     reading(jwt5.ErrTokenSignatureInvalid, forged, plain),
		"ErrSignatureInvalid":          reading(jwt5.ErrSignatureInvalid, forged, plain),
		"ErrTokenInvalidClaims":        reading(jwt5.ErrTokenInvalidClaims, token(`{"exp":1}`), plain),
		"ErrTokenExpired":              reading(jwt5.ErrTokenExpired, token(`{"exp":1}`), plain),
		"ErrTokenNotValidYet":          reading(jwt5.ErrTokenNotValidYet, signed(t, jwt.RegisteredClaims{NotBefore: future}), plain),
		"ErrTokenUsedBeforeIssued":     reading(jwt5.ErrTokenUsedBeforeIssued, signed(t, jwt.RegisteredClaims{IssuedAt: future}), jwt5.WithIssuedAt()),
		"ErrTokenInvalidIssuer":        reading(jwt5.ErrTokenInvalidIssuer, token(`{"iss":"a"}`), jwt5.WithIssuer("b"), jwt.WithIssuer("b")),
		"ErrTokenInvalidAudience":      reading(jwt5.ErrTokenInvalidAudience, token(`{"aud":"a"}`), jwt5.WithAudience("b"), jwt.WithAudience("b")),
		"ErrTokenInvalidSubject":       reading(jwt5.ErrTokenInvalidSubject, token(`{"sub":"a"}`), jwt5.WithSubject("b"), jwt.WithSubject("b")),
		"ErrTokenRequiredClaimMissing": reading(jwt5.ErrTokenRequiredClaimMissing, good, jwt5.WithExpirationRequired(), jwt.WithRequiredClaims("exp")),
		"ErrInvalidType":               reading(jwt5.ErrInvalidType, token(`{"exp":"soon"}`), plain),
		"NoneSignatureTypeDisallowedError": {jwt5.NoneSignatureTypeDisallowedError, func() (error, error) {
			raw := encode(`{"alg":"none"}`) + "." + encode(`{}`) + "."
			_, old := jwt5.Parse(raw, key5)
			_, here := verify[jwt.MapClaims](raw)
			return old, here
		}},
		"request.ErrNoTokenInRequest": {request5.ErrNoTokenInRequest, func() (error, error) {
			r := must(http.NewRequest(http.MethodGet, "/", nil))
			_, old := request5.BearerExtractor{}.ExtractToken(r)
			_, here := jwthttp.BearerToken(r)
			return old, here
		}},
	}
}

func keyMistakes() map[string]mistake {
	forged := func(old error, alg jwt.Algorithm) mistake {
		return mistake{old, func() (error, error) {
			raw := must(jwt.Sign(jwt.MapClaims{}, must(jwt.GeneratePrivateKey(alg)), alg))
			public := must(jwt.GeneratePrivateKey(alg)).Public()
			_, old := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return public.Crypto(), nil })
			_, here := jwt.Verify[jwt.MapClaims](raw, public, []jwt.Algorithm{alg})
			return old, here
		}}
	}
	// wrong parses a valid key for another algorithm.
	wrongPrivate := func(old error, parse func([]byte) error, have, want jwt.Algorithm) mistake {
		return mistake{old, func() (error, error) {
			text := must(must(jwt.GeneratePrivateKey(have)).MarshalPEM())
			_, here := jwt.NewSigner(must(jwt.ParsePrivateKey(text)), want)
			return parse(text), here
		}}
	}
	wrongPublic := func(old error, parse func([]byte) error, have, want jwt.Algorithm) mistake {
		return mistake{old, func() (error, error) {
			text := must(must(jwt.GeneratePrivateKey(have)).Public().MarshalPEM())
			_, here := jwt.NewVerifier[jwt.MapClaims](must(jwt.ParsePublicKey(text)), []jwt.Algorithm{want})
			return parse(text), here
		}}
	}
	return map[string]mistake{
		"ErrECDSAVerification":   forged(jwt5.ErrECDSAVerification, jwt.ES256),
		"ErrEd25519Verification": forged(jwt5.ErrEd25519Verification, jwt.EdDSA),
		"ErrNotRSAPrivateKey":    wrongPrivate(jwt5.ErrNotRSAPrivateKey, only(jwt5.ParseRSAPrivateKeyFromPEM), jwt.ES256, jwt.RS256),
		"ErrNotRSAPublicKey":     wrongPublic(jwt5.ErrNotRSAPublicKey, only(jwt5.ParseRSAPublicKeyFromPEM), jwt.ES256, jwt.RS256),
		"ErrNotECPrivateKey":     wrongPrivate(jwt5.ErrNotECPrivateKey, only(jwt5.ParseECPrivateKeyFromPEM), jwt.EdDSA, jwt.ES256),
		"ErrNotECPublicKey":      wrongPublic(jwt5.ErrNotECPublicKey, only(jwt5.ParseECPublicKeyFromPEM), jwt.EdDSA, jwt.ES256),
		"ErrNotEdPrivateKey":     wrongPrivate(jwt5.ErrNotEdPrivateKey, only(jwt5.ParseEdPrivateKeyFromPEM), jwt.ES256, jwt.EdDSA),
		"ErrNotEdPublicKey":      wrongPublic(jwt5.ErrNotEdPublicKey, only(jwt5.ParseEdPublicKeyFromPEM), jwt.ES256, jwt.EdDSA),
		"ErrKeyMustBePEMEncoded": {jwt5.ErrKeyMustBePEMEncoded, func() (error, error) {
			_, old := jwt5.ParseRSAPublicKeyFromPEM([]byte("no key"))
			_, here := jwt.ParsePublicKey([]byte("no key"))
			return old, here
		}},
		"ErrInvalidKeyType": {jwt5.ErrInvalidKeyType, func() (error, error) {
			_, old := jwt5.New(jwt5.SigningMethodRS256).SignedString(secret)
			_, here := jwt.NewSigner(must(jwt.NewSecretKey(secret)), jwt.RS256)
			return old, here
		}},
		"ErrInvalidKey": {jwt5.ErrInvalidKey, func() (error, error) {
			key := must(jwt.GeneratePrivateKey(jwt.ES384, jwt.WithKeyID("p-384")))
			_, old := jwt5.New(jwt5.SigningMethodES256).SignedString(must(jwt5.ParseECPrivateKeyFromPEM(must(key.MarshalPEM()))))
			_, here := jwt.NewSigner(key, jwt.ES256)
			return old, here
		}},
	}
}

// only drops what a parser of golang-jwt returns besides its error.
func only[K crypto.PrivateKey](parse func([]byte) (K, error)) func([]byte) error {
	return func(text []byte) error { _, err := parse(text); return err }
}

func failing(err error) jwt.KeyFunc {
	return func(context.Context, jwt.Header) (jwt.KeySource, error) { return nil, err }
}
