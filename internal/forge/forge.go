// Package forge makes tokens that no issuer would sign: of any header and payload, with any
// signature. Tests alone use it.
package forge

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	_ "crypto/sha256" // for the hashes that callers name
	_ "crypto/sha512"
	"encoding/base64"
	"testing"
)

// Sign returns the signature of a signing input.
type Sign func(input string) []byte

// Encode returns the base64url of a text.
func Encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// Token returns a token with any two texts as header and payload.
func Token(header, payload string, sign Sign) string {
	return Seal(Encode(header)+"."+Encode(payload), sign)
}

// Seal appends a signature to any signing input.
func Seal(input string, sign Sign) string { return input + "." + Encode(string(sign(input))) }

// Unsigned returns no signature.
func Unsigned(string) []byte { return nil }

// HMAC signs with any bytes as the secret.
func HMAC(hash crypto.Hash, secret []byte) Sign {
	return func(input string) []byte {
		mac := hmac.New(hash.New, secret)
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
}

// Key signs with an RSA key, or, if opts has no hash, with an Ed25519 key.
func Key(t testing.TB, key crypto.Signer, opts crypto.SignerOpts) Sign {
	return func(input string) []byte {
		sig, err := key.Sign(rand.Reader, digest(opts.HashFunc(), input), opts)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

// ECDSA signs with any curve and hash, in the form that tokens have: r and s of equal length.
func ECDSA(t testing.TB, key *ecdsa.PrivateKey, hash crypto.Hash) Sign {
	return func(input string) []byte {
		r, s, err := ecdsa.Sign(rand.Reader, key, digest(hash, input))
		if err != nil {
			t.Fatal(err)
		}
		size := (key.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
}

func digest(hash crypto.Hash, input string) []byte {
	if hash == 0 {
		return []byte(input)
	}
	h := hash.New()
	h.Write([]byte(input))
	return h.Sum(nil)
}
