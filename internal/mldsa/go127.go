//go:build go1.27

package mldsa

import "crypto/mldsa"

// PrivateKeySize is the size of a private key, which is its seed, in bytes.
const PrivateKeySize = mldsa.PrivateKeySize

// The types of crypto/mldsa.
type (
	Parameters = mldsa.Parameters
	PublicKey  = mldsa.PublicKey
	PrivateKey = mldsa.PrivateKey
)

// All returns the parameter sets, in the order of their strength.
func All() []Parameters {
	return []Parameters{mldsa.MLDSA44(), mldsa.MLDSA65(), mldsa.MLDSA87()}
}

// GenerateKey makes a key pair at random.
func GenerateKey(params Parameters) (*PrivateKey, error) { return mldsa.GenerateKey(params) }

// NewPrivateKey returns the key pair of a seed.
func NewPrivateKey(params Parameters, seed []byte) (*PrivateKey, error) {
	return mldsa.NewPrivateKey(params, seed)
}

// NewPublicKey decodes a public key.
func NewPublicKey(params Parameters, encoding []byte) (*PublicKey, error) {
	return mldsa.NewPublicKey(params, encoding)
}

// Verify reports whether a signature of the message, with an empty context, is valid.
func Verify(key *PublicKey, message, sig []byte) bool {
	return mldsa.Verify(key, message, sig, nil) == nil
}
