package migration_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"sync"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
)

var (
	secret = []byte("32 bytes that nobody else knows.")
	hs256  = []jwt.Algorithm{jwt.HS256}
	hs256s = []string{"HS256"}
)

// errorsHere maps the names in the document to the errors of this module.
var errorsHere = map[string]error{
	"ErrMalformed": jwt.ErrMalformed, "ErrAlgorithmNotAllowed": jwt.ErrAlgorithmNotAllowed, "ErrKeyNotFound": jwt.ErrKeyNotFound,
	"ErrInvalidSignature": jwt.ErrInvalidSignature, "ErrInvalidClaims": jwt.ErrInvalidClaims, "ErrExpired": jwt.ErrExpired,
	"ErrNotYetValid": jwt.ErrNotYetValid, "ErrInvalidIssuer": jwt.ErrInvalidIssuer, "ErrInvalidAudience": jwt.ErrInvalidAudience,
	"ErrInvalidSubject": jwt.ErrInvalidSubject, "ErrMissingClaim": jwt.ErrMissingClaim, "ErrInvalidKey": jwt.ErrInvalidKey,
	"ErrInvalidOption": jwt.ErrInvalidOption, "ErrKeysUnavailable": jwt.ErrKeysUnavailable,
	"jwthttp.ErrNoToken": jwthttp.ErrNoToken, "jwthttp.ErrInvalidRequest": jwthttp.ErrInvalidRequest,
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// seal signs two segments with HS256, without any library.
func seal(header, payload string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(header + "." + payload))
	return header + "." + payload + "." + encode(string(mac.Sum(nil)))
}

func token(payload string) string {
	return seal(encode(`{"alg":"HS256","typ":"JWT"}`), encode(payload))
}

func headed(header string) string { return seal(encode(header), encode(`{}`)) }

func key5(*jwt5.Token) (any, error) { return secret, nil }

func key4(*jwt4.Token) (any, error) { return secret, nil }

// parse5 decodes a token into a map with golang-jwt v5.
func parse5(raw string, opts ...jwt5.ParserOption) (jwt5.MapClaims, error) {
	claims := jwt5.MapClaims{}
	_, err := jwt5.ParseWithClaims(raw, claims, key5, append([]jwt5.ParserOption{jwt5.WithValidMethods(hs256s)}, opts...)...)
	return claims, err
}

func parse4(raw string) (jwt4.MapClaims, error) {
	claims := jwt4.MapClaims{}
	_, err := jwt4.ParseWithClaims(raw, claims, key4, jwt4.WithValidMethods(hs256s))
	return claims, err
}

// verify does the same with this library.
func verify[T any](raw string, opts ...jwt.VerifyOption) (*jwt.Token[T], error) {
	key, err := jwt.NewSecretKey(secret)
	if err != nil {
		return nil, err
	}
	return jwt.Verify[T](raw, key, hs256, opts...)
}

// weakKeys returns the option that allows weak keys, or none.
func weakKeys(allow bool) []jwt.KeyOption {
	if allow {
		return []jwt.KeyOption{jwt.InsecureAllowWeakKey()}
	}
	return nil
}

func block(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

var rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

var rsa1024 = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 1024)) })

// exponent3 makes an RSA key of 2048 bits with the public exponent 3.
var exponent3 = sync.OnceValue(func() *rsa.PrivateKey {
	three, one := big.NewInt(3), big.NewInt(1)
	prime := func() (*big.Int, *big.Int) {
		for {
			p := must(rand.Prime(rand.Reader, 1024))
			phi := new(big.Int).Sub(p, one)
			if new(big.Int).Mod(phi, three).Sign() != 0 {
				return p, phi
			}
		}
	}
	for {
		p, phiP := prime()
		q, phiQ := prime()
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 3}, Primes: []*big.Int{p, q}}
		key.D = new(big.Int).ModInverse(three, new(big.Int).Mul(phiP, phiQ))
		if key.N.BitLen() == 2048 && key.D != nil && key.Validate() == nil {
			key.Precompute()
			return key
		}
	}
})

func publicPEM(key *rsa.PrivateKey) []byte {
	return block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(&key.PublicKey)))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
