// Kms signs tokens with keys that never leave a key management service. A program needs
// signer.go; service.go simulates the service.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log"
	"time"

	"example.com/jwt"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	onCurve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	kms := &demoKMS{keys: map[string]crypto.Signer{"tokens-ec": onCurve, "tokens-rsa": rsaKey}}
	for _, use := range []struct {
		key string
		alg jwt.Algorithm
	}{{"tokens-ec", jwt.ES256}, {"tokens-rsa", jwt.RS256}, {"tokens-rsa", jwt.PS256}} {
		if err := signAndVerify(ctx, kms, use.key, use.alg); err != nil {
			return err
		}
	}
	return outage(ctx, kms)
}

// signAndVerify plays an issuer whose key is in the KMS, and a service that has the public key.
func signAndVerify(ctx context.Context, kms KMS, name string, alg jwt.Algorithm) error {
	signer, err := newTokenSigner(ctx, kms, name, alg)
	if err != nil {
		return err
	}
	token, err := signer.Sign(jwt.RegisteredClaims{Subject: "u-17"})
	if err != nil {
		return err
	}
	text, err := kms.PublicKey(ctx, name)
	if err != nil {
		return err
	}
	public, err := jwt.ParsePublicKey(text)
	if err != nil {
		return err
	}
	tok, err := jwt.Verify[jwt.MapClaims](token, public, []jwt.Algorithm{alg})
	if err != nil {
		return err
	}
	fmt.Printf("%s signed %s with kid %s for %s\n", name, tok.Header.Algorithm, tok.Header.KeyID, tok.Subject)
	return nil
}

// newTokenSigner creates the one signer of a service.
func newTokenSigner(ctx context.Context, kms KMS, name string, alg jwt.Algorithm) (*jwt.Signer, error) {
	remote, err := NewSigner(ctx, kms, name)
	if err != nil {
		return nil, err
	}
	key, err := jwt.NewPrivateKey(remote, jwt.WithKeyID(name))
	if err != nil {
		return nil, err
	}
	return jwt.NewSigner(key, alg, jwt.WithExpiresIn(5*time.Minute))
}

// outage shows what a caller sees if the KMS fails: an error that no token is to blame for.
func outage(ctx context.Context, kms *demoKMS) error {
	signer, err := newTokenSigner(ctx, kms, "tokens-ec", jwt.ES256)
	if err != nil {
		return err
	}
	kms.busy = true
	_, err = signer.Sign(jwt.RegisteredClaims{Subject: "u-17"})
	if !errors.Is(err, jwt.ErrKeysUnavailable) || !errors.Is(err, errThrottled) {
		return fmt.Errorf("a busy KMS gave %w", err)
	}
	fmt.Println("an HTTP service answers 503:", err)
	return nil
}
