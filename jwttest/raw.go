package jwttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"example.com/jwt"
)

// Raw returns a token of header and payload, which it encodes and signs exactly as they are,
// with the current key and the issuer's algorithm. Neither needs to be valid: it makes
// authentic tokens that [Issuer.Sign] refuses to make, such as one whose "exp" is a string.
func (i *Issuer) Raw(header, payload string) string {
	i.tb.Helper()
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	signature, err := signature(i.current(), i.alg, []byte(input))
	if err != nil {
		i.tb.Fatalf("jwttest: signing raw text: %v", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// signature signs input as RFC 7518, Section 3, and RFC 8037 define the algorithm. Package jwt
// has no function for it, since it signs only what it can verify.
func signature(key issuerKey, alg jwt.Algorithm, input []byte) ([]byte, error) {
	if secret, ok := key.(*jwt.SecretKey); ok {
		return authenticate(secret, hashOf(alg), input)
	}
	private := key.(*jwt.PrivateKey).Crypto()
	hash := hashOf(alg)
	if hash == 0 {
		return private.Sign(rand.Reader, input, hash)
	}
	digest := hash.New()
	digest.Write(input)
	switch key := private.(type) {
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest.Sum(nil))
		if err != nil {
			return nil, err
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...), nil
	case *rsa.PrivateKey:
		if strings.HasPrefix(alg.String(), "PS") {
			return rsa.SignPSS(rand.Reader, key, hash, digest.Sum(nil), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.SignPKCS1v15(nil, key, hash, digest.Sum(nil))
	}
	return nil, fmt.Errorf("%s does not sign with a %T", alg, private)
}

// hashOf returns the hash in an algorithm's name, or 0 if the whole input is signed.
func hashOf(alg jwt.Algorithm) crypto.Hash {
	switch alg {
	case jwt.HS256, jwt.RS256, jwt.PS256, jwt.ES256:
		return crypto.SHA256
	case jwt.HS384, jwt.RS384, jwt.PS384, jwt.ES384:
		return crypto.SHA384
	case jwt.HS512, jwt.RS512, jwt.PS512, jwt.ES512:
		return crypto.SHA512
	}
	return 0
}

func authenticate(key *jwt.SecretKey, hash crypto.Hash, input []byte) ([]byte, error) {
	text, err := key.ExportJWK()
	if err != nil {
		return nil, err
	}
	var jwk struct{ K string }
	if err := json.Unmarshal(text, &jwk); err != nil {
		return nil, err
	}
	secret, err := base64.RawURLEncoding.DecodeString(jwk.K)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(hash.New, secret)
	mac.Write(input)
	return mac.Sum(nil), nil
}
