package jwt_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
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

// forge signs any header and payload text with testSecret, as only a test would.
func forge(header, payload string) string {
	return seal(rawURL.EncodeToString([]byte(header)) + "." + rawURL.EncodeToString([]byte(payload)))
}

// seal appends the HS256 signature of an input.
func seal(input string) string {
	mac := hmac.New(sha256.New, testSecret)
	mac.Write([]byte(input))
	return input + "." + rawURL.EncodeToString(mac.Sum(nil))
}

// token signs a payload text with testSecret.
func token(payload string) string { return forge(`{"alg":"HS256","typ":"JWT"}`, payload) }

// verify verifies a token of testSecret at the time now.
func verify(t testing.TB, token string, opts ...jwt.VerifyOption) (*jwt.Token[jwt.MapClaims], error) {
	return jwt.Verify[jwt.MapClaims](token, secretKey(t), hs256, append(opts, atNow())...)
}
