package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"

	"example.com/jwt"
)

// errThrottled is the answer of a KMS that is too busy.
var errThrottled = errors.New("kms: too many requests")

// demoKMS simulates the service. Its keys are in memory, and it fails on request.
type demoKMS struct {
	keys map[string]crypto.Signer
	busy bool
}

func (k *demoKMS) PublicKey(_ context.Context, key string) ([]byte, error) {
	signer, ok := k.keys[key]
	if !ok {
		return nil, fmt.Errorf("kms: there is no key %q", key)
	}
	public, err := jwt.NewPublicKey(signer.Public())
	if err != nil {
		return nil, err
	}
	return public.MarshalPEM()
}

func (k *demoKMS) Sign(_ context.Context, key, algorithm string, digest []byte) ([]byte, error) {
	signer, ok := k.keys[key]
	if !ok {
		return nil, fmt.Errorf("kms: there is no key %q", key)
	}
	if k.busy {
		return nil, errThrottled
	}
	var opts crypto.SignerOpts = crypto.SHA256
	if algorithm == "RSASSA_PSS_SHA_256" {
		opts = &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: rsa.PSSSaltLengthEqualsHash}
	}
	return signer.Sign(rand.Reader, digest, opts)
}
