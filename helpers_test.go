package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

var rawURL = base64.RawURLEncoding

// testSecret is 64 bytes, enough for every HS algorithm.
var testSecret = []byte(strings.Repeat("0123456789abcdef", 4))

var hs256 = []jwt.Algorithm{jwt.HS256}

// now is the time of all tests that need one.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func atNow() jwt.Option { return jwt.WithClock(func() time.Time { return now }) }

func secretKey(t testing.TB, opts ...jwt.KeyOption) *jwt.SecretKey {
	k, err := jwt.NewSecretKey(testSecret, opts...)
	require.NoError(t, err)
	return k
}

// signed signs any header and payload text with testSecret, as only a test would.
func signed(header, payload string) string {
	return forge.Token(header, payload, forge.HMAC(crypto.SHA256, testSecret))
}

// seal appends the HS256 signature of an input.
func seal(input string) string { return forge.Seal(input, forge.HMAC(crypto.SHA256, testSecret)) }

// token signs a payload text with testSecret.
func token(payload string) string { return signed(`{"alg":"HS256","typ":"JWT"}`, payload) }

// verify verifies a token of testSecret at the time now.
func verify(t testing.TB, token string, opts ...jwt.VerifyOption) (*jwt.Token[jwt.MapClaims], error) {
	return jwt.Verify[jwt.MapClaims](token, secretKey(t), hs256, append(opts, atNow())...)
}

// keyFile reads one of the private keys of testdata/keys as the standard library has it.
func keyFile[K crypto.Signer](t testing.TB, name string) K {
	return testkeys.Private[K](t, "testdata/keys/"+name)
}

// publicOf makes this package's key of the public half.
func publicOf(t testing.TB, key crypto.Signer, opts ...jwt.KeyOption) *jwt.PublicKey {
	public, err := jwt.NewPublicKey(key.Public(), opts...)
	require.NoError(t, err)
	return public
}

// hashOf returns the hash of an ECDSA algorithm.
func hashOf(alg jwt.Algorithm) crypto.Hash {
	return map[jwt.Algorithm]crypto.Hash{jwt.ES256: crypto.SHA256, jwt.ES384: crypto.SHA384, jwt.ES512: crypto.SHA512}[alg]
}

// curves are the ECDSA algorithms and a key of each.
func curves(t testing.TB) map[jwt.Algorithm]*ecdsa.PrivateKey {
	return map[jwt.Algorithm]*ecdsa.PrivateKey{
		jwt.ES256: keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default"),
		jwt.ES384: keyFile[*ecdsa.PrivateKey](t, "ecdsa384-default"),
		jwt.ES512: keyFile[*ecdsa.PrivateKey](t, "ecdsa521-default"),
	}
}
