package migration_test

import (
	"crypto"
	"fmt"
	"testing"
	"time"

	"example.com/jwt"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// TestTokensStayTheSame: each library verifies what the other signs, with every algorithm.
func TestTokensStayTheSame(t *testing.T) {
	tried := 0
	for _, name := range jwt5.GetAlgorithms() {
		if name == "none" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			alg, err := jwt.ParseAlgorithm(name)
			require.NoError(t, err)
			private, public, signing, verifying := pair(t, alg)
			for _, raw := range []string{
				must(jwt5.NewWithClaims(jwt5.GetSigningMethod(name), jwt5.MapClaims{"sub": "susan"}).SignedString(private)),
				must(jwt4.NewWithClaims(jwt4.GetSigningMethod(name), jwt4.MapClaims{"sub": "susan"}).SignedString(private)),
				must(jwt.Sign(jwt.MapClaims{"sub": "susan"}, signing, alg)),
			} {
				_, err := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return public, nil })
				require.NoError(t, err)
				_, err = jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return public, nil })
				require.NoError(t, err)
				tok, err := jwt.Verify[jwt.MapClaims](raw, verifying, []jwt.Algorithm{alg})
				require.NoError(t, err)
				require.Equal(t, "susan", tok.Subject)
			}
		})
		tried++
	}
	require.Equal(t, 13, tried)
}

// pair returns keys for one algorithm, in the form that each library needs.
func pair(t *testing.T, alg jwt.Algorithm) (private, public any, signing jwt.SigningKey, verifying jwt.KeySource) {
	if alg.String()[:2] == "HS" {
		long := []byte(fmt.Sprintf("%64s", secret))
		key, err := jwt.NewSecretKey(long)
		require.NoError(t, err)
		return long, long, key, key
	}
	key, err := jwt.GeneratePrivateKey(alg)
	require.NoError(t, err)
	text, err := key.MarshalPEM()
	require.NoError(t, err)
	for _, parse := range []func([]byte) (crypto.PrivateKey, error){
		func(text []byte) (crypto.PrivateKey, error) { return jwt5.ParseRSAPrivateKeyFromPEM(text) },
		func(text []byte) (crypto.PrivateKey, error) { return jwt5.ParseECPrivateKeyFromPEM(text) },
		jwt5.ParseEdPrivateKeyFromPEM,
	} {
		if private, err = parse(text); err == nil {
			break
		}
	}
	require.NoError(t, err)
	return private, key.Public().Crypto(), key, key.Public()
}

// TestParserOptions: an option of golang-jwt and its equivalent accept and reject the same.
func TestParserOptions(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	clock := func() time.Time { return now }
	padded := seal(encode(`{"alg":"HS256" }`)+"==", encode(`{"a":1}`)+"==")
	options := map[string]struct {
		v5        jwt5.ParserOption
		here      jwt.VerifyOption
		good, bad string
	}{
		"WithIssuer":             {jwt5.WithIssuer("a"), jwt.WithIssuer("a"), token(`{"iss":"a"}`), token(`{}`)},
		"WithSubject":            {jwt5.WithSubject("a"), jwt.WithSubject("a"), token(`{"sub":"a"}`), token(`{"sub":"b"}`)},
		"WithAudience":           {jwt5.WithAudience("a", "b"), jwt.WithAudience("a", "b"), token(`{"aud":["b","c"]}`), token(`{"aud":"c"}`)},
		"WithExpirationRequired": {jwt5.WithExpirationRequired(), jwt.WithRequiredClaims("exp"), token(`{"exp":4102444800}`), token(`{}`)},
		"WithNotBeforeRequired":  {jwt5.WithNotBeforeRequired(), jwt.WithRequiredClaims("nbf"), token(`{"nbf":1}`), token(`{}`)},
		"WithTimeFunc":           {jwt5.WithTimeFunc(clock), jwt.WithClock(clock), token(`{"exp":1700000001}`), token(`{"exp":1700000000}`)},
		"WithPaddingAllowed":     {jwt5.WithPaddingAllowed(), jwt.AllowPaddedBase64(), padded, padded + "==="},
		"WithLeeway": {jwt5.WithLeeway(time.Minute), jwt.WithLeeway(time.Minute),
			token(fmt.Sprintf(`{"exp":%d}`, time.Now().Unix()-30)), token(fmt.Sprintf(`{"exp":%d}`, time.Now().Unix()-90))},
	}
	for name, o := range options {
		t.Run(name, func(t *testing.T) {
			_, err := parse5(o.good, o.v5)
			require.NoError(t, err)
			_, err = verify[jwt.MapClaims](o.good, o.here)
			require.NoError(t, err)
			_, err = parse5(o.bad, o.v5)
			require.Error(t, err)
			_, err = verify[jwt.MapClaims](o.bad, o.here)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
		})
	}
}
