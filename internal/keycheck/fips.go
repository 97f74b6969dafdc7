package keycheck

import (
	"crypto"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
)

// minFIPSSecret is the shortest HMAC key of that mode, in bytes (NIST SP 800-131A, Section 10).
const minFIPSSecret = 14

// Secret fails for an HMAC key that is too short for GODEBUG=fips140=only, in which crypto/hmac
// would panic. In all other modes every secret is legal.
func Secret(secret []byte) error {
	if fips140.Enforced() && len(secret) < minFIPSSecret {
		return fmt.Errorf("a secret of %d bytes is not allowed in FIPS 140-only mode: want at least %d", len(secret), minFIPSSecret)
	}
	return nil
}

// fipsRSA and fipsPrivateRSA try a key in that mode. Its rules are those of the standard library,
// which knows them best, and it applies them only when a key is used: to a token or a signature,
// which is too late for an error about the key.
func fipsRSA(key *rsa.PublicKey) error {
	if !fips140.Enforced() {
		return nil
	}
	err := rsa.VerifyPKCS1v15(key, crypto.SHA256, make([]byte, sha256.Size), make([]byte, key.Size()))
	if errors.Is(err, rsa.ErrVerification) {
		return nil
	}
	return err
}

func fipsPrivateRSA(key *rsa.PrivateKey) error {
	if !fips140.Enforced() {
		return nil
	}
	_, err := rsa.SignPSS(rand.Reader, key, crypto.SHA256, make([]byte, sha256.Size), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	return err
}
