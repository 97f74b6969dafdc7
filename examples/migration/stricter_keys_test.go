//lint:file-ignore SA1019 The tests compare what golang-jwt does with encrypted PEM.

package migration_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"example.com/jwt"
	"github.com/MicahParks/keyfunc/v3"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
)

func strictKeys() map[string]proof {
	public := publicPEM(rsa2048())
	der := must(x509.MarshalPKIXPublicKey(&rsa2048().PublicKey))
	return map[string]proof{
		"an HMAC secret under 32 bytes":                             {"InsecureAllowWeakKey", []attempt{hmacKey([]byte("secret"), jwt.HS256)}},
		"an empty HMAC secret":                                      {"", []attempt{hmacKey([]byte{}, jwt.HS256)}},
		"under 48 bytes for HS384, under 64 for HS512":              {"InsecureAllowWeakKey", []attempt{hmacKey(secret, jwt.HS384), hmacKey(secret, jwt.HS512)}},
		"a public key in PEM as an HMAC secret":                     {"", []attempt{hmacKey(public, jwt.HS256)}},
		"an RSA key under 2048 bits":                                {"InsecureAllowWeakKey", []attempt{rsaText(publicPEM(rsa1024()), rsa1024())}},
		"an RSA key with the public exponent 3":                     {"InsecureAllowWeakKey", []attempt{rsaText(publicPEM(exponent3()), exponent3())}},
		"PEM with a second public key, or with headers":             {"", []attempt{rsaText(bytes.Repeat(public, 2), rsa2048()), rsaText(bytes.Replace(public, []byte("KEY-----\n"), []byte("KEY-----\nComment: a\n\n"), 1), rsa2048())}},
		"a PEM label that is not what the block holds":              {"", []attempt{rsaText(block("RSA PUBLIC KEY", der), rsa2048()), rsaText(block("KEY", der), rsa2048())}},
		"encrypted PEM":                                             {"", []attempt{encryptedPEM()}},
		"an Ed25519 key of small order, with which anyone can sign": {"", []attempt{smallOrder()}},
		"a PS* signature whose salt is not as long as the hash":     {"", []attempt{longSalt()}},
		"a secret in a JWK Set, with keyfunc (v5)":                  {"", []attempt{secretInSet()}},
		"more than 16 keys for a token without `kid` (v5)":          {"", []attempt{manyKeys()}},
	}
}

func encryptedPEM() attempt {
	der := x509.MarshalPKCS1PrivateKey(rsa2048())
	text := pem.EncodeToMemory(must(x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", der, []byte("sesame"), x509.PEMCipherAES256)))
	return attempt{
		func() error { _, err := jwt5.ParseRSAPrivateKeyFromPEMWithPassword(text, "sesame"); return err },
		func() error { _, err := jwt4.ParseRSAPrivateKeyFromPEMWithPassword(text, "sesame"); return err },
		func(bool) error {
			_, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("sesame")))
			return err
		},
	}
}

// smallOrder uses the neutral element as a key, for which the same signature fits every token.
func smallOrder() attempt {
	one := append([]byte{1}, make([]byte, 31)...)
	raw := encode(`{"alg":"EdDSA"}`) + "." + encode(`{"sub":"admin"}`) + "." + encode(string(one)+string(make([]byte, 32)))
	return attempt{
		func() error {
			_, err := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return ed25519.PublicKey(one), nil })
			return err
		},
		func() error {
			_, err := jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return ed25519.PublicKey(one), nil })
			return err
		},
		func(bool) error { _, err := jwt.NewPublicKey(ed25519.PublicKey(one)); return err },
	}
}

func longSalt() attempt {
	input := encode(`{"alg":"PS256"}`) + "." + encode(`{}`)
	hash := sha256.Sum256([]byte(input))
	signature := must(rsa.SignPSS(rand.Reader, rsa2048(), crypto.SHA256, hash[:], &rsa.PSSOptions{SaltLength: 64}))
	raw := input + "." + encode(string(signature))
	return attempt{
		func() error {
			_, err := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return &rsa2048().PublicKey, nil })
			return err
		},
		func() error {
			_, err := jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return &rsa2048().PublicKey, nil })
			return err
		},
		func(bool) error {
			key := must(jwt.NewPublicKey(&rsa2048().PublicKey))
			_, err := jwt.Verify[jwt.MapClaims](raw, key, []jwt.Algorithm{jwt.PS256})
			return err
		},
	}
}

func secretInSet() attempt {
	set := []byte(`{"keys":[{"kty":"oct","alg":"HS256","kid":"1","k":"` + encode(string(secret)) + `"}]}`)
	return attempt{
		func() error {
			keys, err := keyfunc.NewJWKSetJSON(set)
			if err != nil {
				return err
			}
			_, err = jwt5.Parse(headed(`{"alg":"HS256","kid":"1"}`), keys.Keyfunc)
			return err
		},
		nil,
		func(bool) error { _, err := jwt.ParseKeySet(set); return err },
	}
}

func manyKeys() attempt {
	return attempt{
		func() error {
			var set jwt5.VerificationKeySet
			for i := range 17 {
				set.Keys = append(set.Keys, []byte(fmt.Sprint("another", i)))
			}
			set.Keys = append(set.Keys, secret)
			_, err := jwt5.Parse(token(`{}`), func(*jwt5.Token) (any, error) { return set, nil })
			return err
		},
		nil,
		func(bool) error {
			var keys []jwt.VerificationKey
			for i := range 17 {
				keys = append(keys, must(jwt.GenerateSecretKey(jwt.HS256, jwt.WithKeyID(fmt.Sprint(i)))))
			}
			keys = append(keys, must(jwt.NewSecretKey(secret)))
			_, err := jwt.Verify[jwt.MapClaims](token(`{}`), must(jwt.NewKeySet(keys...)), hs256)
			return err
		},
	}
}

// hmacKey signs and verifies with a secret.
func hmacKey(key []byte, alg jwt.Algorithm) attempt {
	return attempt{
		func() error {
			raw, err := jwt5.New(jwt5.GetSigningMethod(alg.String())).SignedString(key)
			if err != nil {
				return err
			}
			_, err = jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return key, nil })
			return err
		},
		func() error {
			raw, err := jwt4.New(jwt4.GetSigningMethod(alg.String())).SignedString(key)
			if err != nil {
				return err
			}
			_, err = jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return key, nil })
			return err
		},
		func(allow bool) error {
			k, err := jwt.NewSecretKey(key, weakKeys(allow)...)
			if err != nil {
				return err
			}
			_, err = jwt.NewSigner(k, alg)
			return err
		},
	}
}

// rsaText parses an RSA public key and uses it to verify a token that private has signed.
func rsaText(text []byte, private *rsa.PrivateKey) attempt {
	raw := must(jwt5.New(jwt5.SigningMethodRS256).SignedString(private))
	return attempt{
		func() error {
			key, err := jwt5.ParseRSAPublicKeyFromPEM(text)
			if err != nil {
				return err
			}
			_, err = jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return key, nil })
			return err
		},
		func() error {
			key, err := jwt4.ParseRSAPublicKeyFromPEM(text)
			if err != nil {
				return err
			}
			_, err = jwt4.Parse(raw, func(*jwt4.Token) (any, error) { return key, nil })
			return err
		},
		func(allow bool) error {
			key, err := jwt.ParsePublicKey(text, weakKeys(allow)...)
			if err != nil {
				return err
			}
			_, err = jwt.Verify[jwt.MapClaims](raw, key, []jwt.Algorithm{jwt.RS256})
			return err
		},
	}
}
