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

// callTimeout bounds one call of the service: a crypto.Signer is given no context.
const callTimeout = 5 * time.Second

// KMS is what a signer needs of a key management service. The clients of the usual ones have
// these two calls under similar names.
type KMS interface {
	// PublicKey gives the public key of a key in PKIX PEM.
	PublicKey(ctx context.Context, key string) ([]byte, error)
	// Sign signs a digest. ECDSA signatures are in ASN.1.
	Sign(ctx context.Context, key, algorithm string, digest []byte) ([]byte, error)
}

// Signer is a key in a KMS as a crypto.Signer, which jwt.NewPrivateKey takes. The private
// key never is in this process.
type Signer struct {
	kms    KMS
	key    string
	public crypto.PublicKey
}

// NewSigner asks for the public key once: the library checks it, and with it every
// signature before a token is returned.
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

// Public gives the public key.
func (s *Signer) Public() crypto.PublicKey { return s.public }

// Sign has the KMS sign a digest. It must not be called with more than the algorithm names
// here allow, so an unknown combination is an error, not a guess.
func (s *Signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	algorithm, err := s.algorithm(opts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	return s.kms.Sign(ctx, s.key, algorithm, digest)
}

// algorithm names what the KMS must do: the kind of the key, the padding and the hash. The
// options are those of crypto: *rsa.PSSOptions asks for PSS, a plain crypto.Hash for PKCS #1.
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
