//go:build go1.27

package jwt

// The algorithms of RFC 9964, with Go 1.27 and later: signatures of ML-DSA (FIPS 204), which stand
// up to quantum computers, over the signing input itself and with an empty context. They sign with
// a [PrivateKey] and verify with its [PublicKey]. docs/post-quantum.md says what they cost.
const (
	MLDSA44 algorithm = iota + Ed25519 + 1 // ML-DSA-44, signatures of 2420 bytes
	MLDSA65                                // ML-DSA-65, signatures of 3309 bytes
	MLDSA87                                // ML-DSA-87, signatures of 4627 bytes
)
