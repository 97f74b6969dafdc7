package differential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

const keyID = "1"

// now is the time of all tests here.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// key is a key pair or a secret, for one algorithm, with naive signing and verifying.
type key struct {
	alg     string
	tokens  int // how many of each policy: fewer where signing is slow
	public  any // in the standard library's type; the bytes of a secret
	own     jwt.KeySource
	sign    func(input []byte) []byte
	naive   func(input, signature []byte) bool
	anySalt func(input, signature []byte) bool // RSA-PSS: whatever the salt's length

	otherForms []func(input []byte) []byte // related signatures, good ones among them
}

// policy is what all verifiers are asked to check.
type policy struct {
	key     *key
	profile bool // issuer and audience are expected
}

const (
	issuer   = "https://issuer.example"
	audience = "api"
)

func newKeys(t *testing.T) []*key {
	t.Helper()
	ecdsaKey := readKey(t, "ecdsa256-pkcs8").(*ecdsa.PrivateKey)
	edKey := readKey(t, "openssl-ed25519.pem").(ed25519.PrivateKey)
	rsaKey := readKey(t, "openssl-genpkey-rsa.pem").(*rsa.PrivateKey)
	return []*key{newHMAC(t, []byte(strings.Repeat("a secret", 4))), newECDSA(t, ecdsaKey), newEd25519(t, edKey), newPSS(t, rsaKey)}
}

// readKey reads a key of the root module's tests, so that the same seed makes the same
// tokens.
func readKey(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile("../../testdata/keys/" + name)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	return k
}

func newHMAC(t *testing.T, secret []byte) *key {
	t.Helper()
	own, err := jwt.NewSecretKey(secret, jwt.WithKeyID(keyID))
	require.NoError(t, err)
	mac := func(input []byte) []byte {
		h := hmac.New(sha256.New, secret)
		h.Write(input)
		return h.Sum(nil)
	}
	return &key{
		alg: "HS256", tokens: 6000, public: secret, own: own, sign: mac,
		naive: func(input, sig []byte) bool { return hmac.Equal(mac(input), sig) },
		otherForms: []func([]byte) []byte{
			func(input []byte) []byte { return []byte(hex.EncodeToString(mac(input))) },
			func(input []byte) []byte { return mac(input)[:16] },
		},
	}
}

func newECDSA(t *testing.T, k *ecdsa.PrivateKey) *key {
	t.Helper()
	sign := func(input []byte) (r, s *big.Int) {
		text, err := k.Sign(nil, digest(input), crypto.SHA256) // deterministic (RFC 6979)
		require.NoError(t, err)
		var sig struct{ R, S *big.Int }
		_, err = asn1.Unmarshal(text, &sig)
		require.NoError(t, err)
		return sig.R, sig.S
	}
	return &key{
		alg: "ES256", tokens: 2500, public: &k.PublicKey, own: public(t, &k.PublicKey),
		sign: func(input []byte) []byte { return join(sign(input)) },
		naive: func(input, sig []byte) bool {
			if len(sig) != 64 {
				return false
			}
			r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
			return ecdsa.Verify(&k.PublicKey, digest(input), r, s)
		},
		otherForms: []func([]byte) []byte{
			func(input []byte) []byte { // a good signature too
				r, s := sign(input)
				return join(r, s.Sub(elliptic.P256().Params().N, s))
			},
			func(input []byte) []byte {
				r, s := sign(input)
				text, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
				require.NoError(t, err)
				return text
			},
		},
	}
}

// join writes r‖s.
func join(r, s *big.Int) []byte {
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return sig
}

func newEd25519(t *testing.T, k ed25519.PrivateKey) *key {
	t.Helper()
	publicKey := k.Public().(ed25519.PublicKey)
	order, ok := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	require.True(t, ok)
	return &key{
		alg: "EdDSA", tokens: 2500, public: publicKey, own: public(t, publicKey),
		sign:  func(input []byte) []byte { return ed25519.Sign(k, input) },
		naive: func(input, sig []byte) bool { return ed25519.Verify(publicKey, input, sig) },
		otherForms: []func([]byte) []byte{func(input []byte) []byte { // S plus the order of the group
			sig := ed25519.Sign(k, input)
			s := slices.Clone(sig[32:])
			slices.Reverse(s)
			copy(sig[32:], new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(s))
			slices.Reverse(sig[32:])
			return sig
		}},
	}
}

func newPSS(t *testing.T, k *rsa.PrivateKey) *key {
	t.Helper()
	salted := func(salt int) func([]byte) []byte {
		return func(input []byte) []byte {
			sig, err := rsa.SignPSS(rand.Reader, k, crypto.SHA256, digest(input), &rsa.PSSOptions{SaltLength: salt})
			require.NoError(t, err)
			return sig
		}
	}
	verify := func(input, sig []byte, salt int) bool {
		return rsa.VerifyPSS(&k.PublicKey, crypto.SHA256, digest(input), sig, &rsa.PSSOptions{SaltLength: salt}) == nil
	}
	return &key{
		alg: "PS256", tokens: 1000, public: &k.PublicKey, own: public(t, &k.PublicKey),
		sign:       salted(32),
		naive:      func(input, sig []byte) bool { return verify(input, sig, 32) },
		anySalt:    func(input, sig []byte) bool { return verify(input, sig, rsa.PSSSaltLengthAuto) },
		otherForms: []func([]byte) []byte{salted(20), salted(33), salted(222)},
	}
}

func digest(input []byte) []byte {
	d := sha256.Sum256(input)
	return d[:]
}

func public(t *testing.T, k crypto.PublicKey) *jwt.PublicKey {
	t.Helper()
	own, err := jwt.NewPublicKey(k, jwt.WithKeyID(keyID))
	require.NoError(t, err)
	return own
}
