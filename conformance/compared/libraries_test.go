package compared

import (
	"context"
	"crypto"
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
	"example.com/jwt/jwttest"
	middleware "github.com/auth0/go-jwt-middleware/v3"
	authjwks "github.com/auth0/go-jwt-middleware/v3/jwks"
	"github.com/auth0/go-jwt-middleware/v3/validator"
	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	golang "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/httprc/v3"
	jwa3 "github.com/lestrrat-go/jwx/v3/jwa"
	jwe3 "github.com/lestrrat-go/jwx/v3/jwe"
	jwk3 "github.com/lestrrat-go/jwx/v3/jwk"
	jwt3 "github.com/lestrrat-go/jwx/v3/jwt"
	jwa4 "github.com/lestrrat-go/jwx/v4/jwa"
	jwe4 "github.com/lestrrat-go/jwx/v4/jwe"
	jwk4 "github.com/lestrrat-go/jwx/v4/jwk"
	jwt4 "github.com/lestrrat-go/jwx/v4/jwt"
	"github.com/stretchr/testify/require"
)

// Each func verifies a token as the library's documentation says, with nothing but what the row
// is about left out. It first verifies a good one, so that a refusal has no other reason.
type verify func(token string) error

func accepts(t *testing.T, v verify, goodToken, token string) bool {
	t.Helper()
	require.NoError(t, v(goodToken))
	return v(token) == nil
}

// sshKey is a private key file of ssh-keygen, an RSA key.
func sshKey(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../testdata/keys/rsa2048-default")
	require.NoError(t, err)
	return text
}

var own = library{
	name: "this", module: "example.com/jwt", packages: "example.com/jwt/jwks example.com/jwt/jwthttp",
	accepts: map[string]func(t *testing.T) bool{
		refusals[0]: func(t *testing.T) bool {
			_, err := jwt.NewVerifier[jwt.MapClaims](ownKey(t), nil, jwt.WithAudience("api"))
			return err == nil
		},
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, ownVerify(t, jwt.WithAudience("api")), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool {
			return accepts(t, ownVerify(t), token(t, noAudience()), token(t, good()))
		},
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, ownVerify(t, jwt.WithAudience("api")), token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool {
			_, err := jwt.NewSecretKey(publicPEM(t))
			return err == nil
		},
	},
	says: map[string]string{features[0]: "yes", features[1]: "yes", features[2]: "yes", features[3]: "yes", features[4]: "yes", features[5]: ""},
}

func ownKey(t *testing.T) *jwt.PublicKey {
	t.Helper()
	key, err := jwt.NewPublicKey(rsaKey().Public())
	require.NoError(t, err)
	return key
}

func ownVerify(t *testing.T, opts ...jwt.VerifyOption) verify {
	t.Helper()
	v, err := jwt.NewVerifier[jwt.MapClaims](ownKey(t), []jwt.Algorithm{jwt.RS256}, opts...)
	require.NoError(t, err)
	return func(token string) error {
		_, err := v.Verify(token)
		return err
	}
}

var golangJWT = library{
	name: "golang-jwt", version: "5.3.1", module: "github.com/golang-jwt/jwt/v5", packages: "github.com/golang-jwt/jwt/v5",
	accepts: map[string]func(t *testing.T) bool{
		refusals[0]: func(t *testing.T) bool { return golangVerify(rsaKey().Public())(token(t, good())) == nil },
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, golangVerify(rsaKey().Public()), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool { return golangVerify(rsaKey().Public())(token(t, good())) == nil },
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, golangVerify(rsaKey().Public()), token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool { return golangVerify(publicPEM(t))(forged(t)) == nil },
		features[0]: func(t *testing.T) bool {
			_, err := golang.ParseRSAPrivateKeyFromPEM(sshKey(t))
			return err != nil
		},
	},
	says: map[string]string{features[1]: "with keyfunc", features[2]: "no", features[3]: "no", features[4]: "no", features[5]: ""},
}

func golangVerify(key any) verify {
	return func(token string) error {
		_, err := golang.Parse(token, func(*golang.Token) (any, error) { return key, nil })
		return err
	}
}

var jwx3 = library{
	name: "jwx", version: "3.4", module: "github.com/lestrrat-go/jwx/v3", packages: "github.com/lestrrat-go/jwx/v3/jwt",
	accepts: map[string]func(t *testing.T) bool{
		// With a key the algorithm is an argument; in a set a key must have one.
		refusals[0]: func(t *testing.T) bool {
			key, err := jwk3.Import(rsaKey().Public())
			require.NoError(t, err)
			require.NoError(t, key.Set(jwk3.KeyIDKey, keyID))
			set := jwk3.NewSet()
			require.NoError(t, set.AddKey(key))
			v := func(token string) error {
				_, err := jwt3.Parse([]byte(token), jwt3.WithKeySet(set))
				return err
			}
			refused := v(token(t, good())) != nil
			require.NoError(t, key.Set(jwk3.AlgorithmKey, jwa3.RS256()))
			require.NoError(t, v(token(t, good())))
			return !refused
		},
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, jwx3Verify(jwa3.RS256(), rsaKey().Public()), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool { return jwx3Verify(jwa3.RS256(), rsaKey().Public())(token(t, good())) == nil },
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, jwx3Verify(jwa3.RS256(), rsaKey().Public()), token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool { return jwx3Verify(jwa3.HS256(), publicPEM(t))(forged(t)) == nil },
		features[0]: func(t *testing.T) bool {
			_, err := jwk3.ParseKey(sshKey(t), jwk3.WithPEM(true))
			return err != nil
		},
	},
	says: map[string]string{features[1]: "yes", features[2]: "no", features[3]: "reads requests", features[4]: "no", features[5]: "JWE"},
}

func jwx3Verify(alg jwa3.SignatureAlgorithm, key any) verify {
	return func(token string) error {
		_, err := jwt3.Parse([]byte(token), jwt3.WithKey(alg, key))
		return err
	}
}

var jwx4 = library{
	name: "jwx", version: "4.6", module: "github.com/lestrrat-go/jwx/v4", packages: "github.com/lestrrat-go/jwx/v4/jwt",
	accepts: map[string]func(t *testing.T) bool{
		refusals[0]: func(t *testing.T) bool {
			key, err := jwk4.Import[jwk4.Key](rsaKey().Public())
			require.NoError(t, err)
			require.NoError(t, key.Set(jwk4.KeyIDKey, keyID))
			set := jwk4.NewSet()
			require.NoError(t, set.AddKey(key))
			v := func(token string) error {
				_, err := jwt4.Parse([]byte(token), jwt4.WithKeySet(set))
				return err
			}
			refused := v(token(t, good())) != nil
			require.NoError(t, key.Set(jwk4.AlgorithmKey, jwa4.RS256()))
			require.NoError(t, v(token(t, good())))
			return !refused
		},
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, jwx4Verify(jwa4.RS256(), rsaKey().Public()), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool { return jwx4Verify(jwa4.RS256(), rsaKey().Public())(token(t, good())) == nil },
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, jwx4Verify(jwa4.RS256(), rsaKey().Public()), token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool { return jwx4Verify(jwa4.HS256(), publicPEM(t))(forged(t)) == nil },
		features[0]: func(t *testing.T) bool {
			_, err := jwk4.ParseKey(sshKey(t), jwk4.WithX509(true))
			return err != nil
		},
	},
	says: map[string]string{features[1]: "with jwkfetch", features[2]: "no", features[3]: "reads requests", features[4]: "no", features[5]: "JWE"},
}

func jwx4Verify(alg jwa4.SignatureAlgorithm, key any) verify {
	return func(token string) error {
		_, err := jwt4.Parse([]byte(token), jwt4.WithKey(alg, key))
		return err
	}
}

var goJose = library{
	name: "go-jose", version: "4.1.9", module: "github.com/go-jose/go-jose/v4", packages: "github.com/go-jose/go-jose/v4/jwt",
	accepts: map[string]func(t *testing.T) bool{
		refusals[0]: func(t *testing.T) bool {
			_, err := josejwt.ParseSigned(token(t, good()), nil)
			return err == nil
		},
		refusals[1]: func(t *testing.T) bool {
			_, err := joseClaims(t, token(t, expired()))
			return err == nil
		},
		refusals[2]: func(t *testing.T) bool {
			claims, err := joseClaims(t, token(t, good()))
			require.NoError(t, err)
			return claims.Validate(josejwt.Expected{Issuer: issuer}) == nil
		},
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, func(token string) error {
				_, err := joseClaims(t, token)
				return err
			}, token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool {
			tok, err := josejwt.ParseSigned(forged(t), []jose.SignatureAlgorithm{jose.HS256})
			require.NoError(t, err)
			return tok.Claims(publicPEM(t), &josejwt.Claims{}) == nil
		},
	},
	says: map[string]string{features[0]: "no", features[1]: "no", features[2]: "no", features[3]: "no", features[4]: "no", features[5]: "JWE"},
}

func joseClaims(t *testing.T, token string) (claims josejwt.Claims, err error) {
	t.Helper()
	tok, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	require.NoError(t, err)
	return claims, tok.Claims(rsaKey().Public(), &claims)
}

var goOIDC = library{
	name: "go-oidc", version: "3.21", module: "github.com/coreos/go-oidc/v3", packages: "github.com/coreos/go-oidc/v3/oidc",
	accepts: map[string]func(t *testing.T) bool{
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, oidcVerify(&oidc.Config{ClientID: "api"}), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool { return oidcVerify(&oidc.Config{})(token(t, good())) == nil },
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, oidcVerify(&oidc.Config{ClientID: "api"}), token(t, good()), token(t, duplicate()))
		},
	},
	says: map[string]string{
		refusals[0]: "RS256 by default", refusals[4]: "no HMAC",
		features[0]: "no", features[1]: "yes", features[2]: "no", features[3]: "no", features[4]: "yes", features[5]: "login",
	},
}

func oidcVerify(config *oidc.Config) verify {
	v := oidc.NewVerifier(issuer, &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{rsaKey().Public()}}, config)
	return func(token string) error {
		_, err := v.Verify(context.Background(), token)
		return err
	}
}

var auth0 = library{
	name: "auth0 middleware", version: "3.1", module: "github.com/auth0/go-jwt-middleware/v3", packages: "github.com/auth0/go-jwt-middleware/v3 github.com/auth0/go-jwt-middleware/v3/jwks",
	accepts: map[string]func(t *testing.T) bool{
		refusals[0]: func(t *testing.T) bool {
			_, err := validator.New(auth0Key(rsaKey().Public()), validator.WithIssuer(issuer), validator.WithAudience("api"))
			return err == nil
		},
		refusals[1]: func(t *testing.T) bool {
			return accepts(t, auth0Verify(t, validator.RS256, rsaKey().Public()), token(t, good()), token(t, expired()))
		},
		refusals[2]: func(t *testing.T) bool {
			_, err := validator.New(auth0Key(rsaKey().Public()), validator.WithIssuer(issuer), validator.WithAlgorithm(validator.RS256))
			return err == nil
		},
		refusals[3]: func(t *testing.T) bool {
			return accepts(t, auth0Verify(t, validator.RS256, rsaKey().Public()), token(t, good()), token(t, duplicate()))
		},
		refusals[4]: func(t *testing.T) bool { return auth0Verify(t, validator.HS256, publicPEM(t))(forged(t)) == nil },
	},
	says: map[string]string{features[0]: "no", features[1]: "yes", features[2]: "yes", features[3]: "yes", features[4]: "no", features[5]: "DPoP"},
}

func auth0Key(key any) validator.Option {
	return validator.WithKeyFunc(func(context.Context) (any, error) { return key, nil })
}

func auth0Verify(t *testing.T, alg validator.SignatureAlgorithm, key any) verify {
	t.Helper()
	v, err := validator.New(auth0Key(key), validator.WithIssuer(issuer), validator.WithAudience("api"), validator.WithAlgorithm(alg))
	require.NoError(t, err)
	return func(token string) error {
		_, err := v.ValidateToken(context.Background(), token)
		return err
	}
}

// TestFeatures: what the table says a library has, it has.
func TestFeatures(t *testing.T) {
	_, err := jwt.ParsePrivateKey(sshKey(t))
	require.NoError(t, err)
	source, err := jwks.New("https://login.example/keys")
	require.NoError(t, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(source.Keys), []jwt.Algorithm{jwt.RS256}, jwt.WithIssuer(issuer))
	require.NoError(t, err)
	all, err := jwt.NewIssuers(v)
	require.NoError(t, err)
	require.NotNil(t, jwthttp.Middleware(all))
	require.NotNil(t, jwttest.NewIssuer(t))

	cache, err := jwk3.NewCache(t.Context(), httprc.NewClient())
	require.NoError(t, err)
	require.NoError(t, cache.Shutdown(t.Context()))
	r, err := http.NewRequest(http.MethodGet, "/", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token(t, good()))
	_, err = jwt3.ParseRequest(r, jwt3.WithKey(jwa3.RS256(), rsaKey().Public()))
	require.NoError(t, err)
	_, err = jwt4.ParseRequest(r, jwt4.WithKey(jwa4.RS256(), rsaKey().Public()))
	require.NoError(t, err)
	secret := make([]byte, 32)
	_, err = jwe3.Encrypt([]byte("text"), jwe3.WithKey(jwa3.DIRECT(), secret), jwe3.WithContentEncryption(jwa3.A256GCM()))
	require.NoError(t, err)
	_, err = jwe4.Encrypt([]byte("text"), jwe4.WithKey(jwa4.DIRECT(), secret), jwe4.WithContentEncryption(jwa4.A256GCM()))
	require.NoError(t, err)
	_, err = jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.DIRECT, Key: secret}, nil)
	require.NoError(t, err)

	require.NotNil(t, oidc.NewRemoteKeySet(t.Context(), "https://login.example/keys"))
	require.NoError(t, oidcVerify(&oidc.Config{ClientID: "api"})(oidctest.SignIDToken(rsaKey(), keyID, oidc.RS256, `{"iss":"`+issuer+`",`+good()+`}`)))

	address, err := url.Parse(issuer)
	require.NoError(t, err)
	_, err = authjwks.NewCachingProvider(authjwks.WithIssuerURL(address), authjwks.WithCacheTTL(time.Minute))
	require.NoError(t, err)
	provider, err := authjwks.NewMultiIssuerProvider()
	require.NoError(t, err)
	several, err := validator.New(validator.WithKeyFunc(provider.KeyFunc), validator.WithAlgorithm(validator.RS256), validator.WithAudience("api"),
		validator.WithIssuers([]string{"https://red.example/", "https://blue.example/"}))
	require.NoError(t, err)
	_, err = middleware.New(middleware.WithValidator(several), middleware.WithDPoPHeaderExtractor(func(*http.Request) (string, error) { return "", errors.New("none") }))
	require.NoError(t, err)
}
