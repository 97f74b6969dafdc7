package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"time"
)

// callTimeout limits one call of the service, because a crypto.Signer has no context.
const callTimeout = 5 * time.Second

// KMS is what a signer needs from a key management service. Client libraries have these two
// calls under similar names.
type KMS interface {
	// PublicKey returns the public key as PKIX PEM.
	PublicKey(ctx context.Context, key string) ([]byte, error)
	// Sign signs a digest. ECDSA signatures are in ASN.1.
	Sign(ctx context.Context, key, algorithm string, digest []byte) ([]byte, error)
}

// Signer makes a key in a KMS a crypto.Signer, for jwt.NewPrivateKey. The private key is never
// in this process.
type Signer struct {
	kms    KMS
	key    string
	public crypto.PublicKey
}

// NewSigner fetches the public key once. The library uses it to verify every signature before it
// returns a token.
func NewSigner(ctx context.Context, kms KMS, key string) (*Signer, error) {
	text, err := kms.PublicKey(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("the public key of %s: %w", key, err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("the public key of %s is not PEM", key)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the public key of %s: %w", key, err)
	}
	return &Signer{kms, key, public}, nil
}

// Public returns the public key.
func (s *Signer) Public() crypto.PublicKey { return s.public }

// Sign has the KMS sign a digest. It returns an error for combinations of key, hash and padding
// that it does not know, instead of guessing.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	algorithm, err := s.algorithm(opts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return s.kms.Sign(ctx, s.key, algorithm, digest)
}

// algorithm returns the KMS's name for the kind of key, the padding and the hash. As everywhere
// in package crypto, *rsa.PSSOptions means PSS, and a plain crypto.Hash means PKCS #1 v1.5.
func (s *Signer) algorithm(opts crypto.SignerOpts) (string, error) {
	if opts.HashFunc() != crypto.SHA256 {
		return "", fmt.Errorf("%s signs SHA-256 only", s.key)
	}
	switch s.public.(type) {
	case *ecdsa.PublicKey:
		return "ECDSA_SHA_256", nil
	case *rsa.PublicKey:
		if _, pss := opts.(*rsa.PSSOptions); pss {
			return "RSASSA_PSS_SHA_256", nil
		}
		return "RSASSA_PKCS1_V1_5_SHA_256", nil
	}
	return "", errors.New("the key is neither ECDSA nor RSA")
}
