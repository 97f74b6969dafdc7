//go:build !go1.27

package mldsa

import (
	"crypto"
	"errors"
	"io"
)

// PrivateKeySize is the size of a private key, which is its seed, in bytes.
const PrivateKeySize = 32

var errUnavailable = errors.New("ML-DSA needs a program that is built with Go 1.27 or later")

// Parameters stands for a parameter set, of which there is none.
type Parameters struct{}

func (Parameters) String() string     { return "" }
func (Parameters) PublicKeySize() int { return 0 }
func (Parameters) SignatureSize() int { return 0 }

// PublicKey stands for a public key. No function returns one.
type PublicKey struct{}

func (*PublicKey) Bytes() []byte               { return nil }
func (*PublicKey) Equal(crypto.PublicKey) bool { return false }
func (*PublicKey) Parameters() Parameters      { return Parameters{} }

// PrivateKey stands for a private key. No function returns one.
type PrivateKey struct{}

func (*PrivateKey) Bytes() []byte            { return nil }
func (*PrivateKey) Public() crypto.PublicKey { return nil }
func (*PrivateKey) PublicKey() *PublicKey    { return nil }
func (*PrivateKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errUnavailable
}

// All returns nothing.
func All() []Parameters { return nil }

// GenerateKey fails.
func GenerateKey(Parameters) (*PrivateKey, error) { return nil, errUnavailable }

// NewPrivateKey fails.
func NewPrivateKey(Parameters, []byte) (*PrivateKey, error) { return nil, errUnavailable }

// NewPublicKey fails.
func NewPublicKey(Parameters, []byte) (*PublicKey, error) { return nil, errUnavailable }

// Verify reports false.
func Verify(*PublicKey, []byte, []byte) bool { return false }
