package compared

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const issuer, keyID = "https://login.example", "k1"

// rsaKey signs the tokens.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// publicPEM is its public key, as text.
func publicPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// token returns a token signed with RS256, whose payload has these members beside iss.
func token(t *testing.T, members string) string {
	t.Helper()
	input := encode(`{"alg":"RS256","kid":"`+keyID+`"}`) + "." + encode(`{"iss":"`+issuer+`",`+members+`}`)
	digest := sha256.Sum256([]byte(input))
	signature, err := rsa.SignPKCS1v15(nil, rsaKey(), crypto.SHA256, digest[:])
	require.NoError(t, err)
	return input + "." + encode(string(signature))
}

// forged returns a token signed with HS256 and the text of the public key.
func forged(t *testing.T) string {
	t.Helper()
	input := encode(`{"alg":"HS256","kid":"`+keyID+`"}`) + "." + encode(`{"iss":"`+issuer+`",`+good()+`}`)
	mac := hmac.New(sha256.New, publicPEM(t))
	mac.Write([]byte(input))
	return input + "." + encode(string(mac.Sum(nil)))
}

// good returns claims that every library accepts, given the audience.
func good() string {
	return fmt.Sprintf(`"aud":"api","sub":"susan","exp":%d`, time.Now().Add(time.Hour).Unix())
}

func noAudience() string {
	return fmt.Sprintf(`"sub":"susan","exp":%d`, time.Now().Add(time.Hour).Unix())
}
func expired() string {
	return fmt.Sprintf(`"aud":"api","sub":"susan","exp":%d`, time.Now().Add(-time.Hour).Unix())
}
func duplicate() string { return good() + `,"sub":"admin"` }
