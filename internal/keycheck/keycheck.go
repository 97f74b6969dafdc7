//lint:file-ignore SA1019 The coordinates of a key from outside are compared with nil before any method is called.

// Package keycheck checks whether the numbers of a key are legal, and makes copies of keys
// that nobody else can change. It bounds every number before it computes with it, and never
// calls a method of another curve than those of crypto/elliptic.
package keycheck

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"example.com/jwt/internal/mldsa"
)

// Bounds of RSA keys: RFC 7518, Sections 3.3 and 3.5, for the least size, and what a
// verification may cost for the others.
const (
	minRSABits     = 2048
	minWeakRSABits = 1024
	maxRSABits     = 16384
	minRSAExponent = 65537
	maxRSAExponent = 1<<31 - 1
)

// Public returns a checked copy of a public key, which is an *rsa.PublicKey, an *ecdsa.PublicKey,
// an ed25519.PublicKey or an *mldsa.PublicKey, and fails for every other type. The key must not be
// nil. If weak is true, short RSA keys are legal too.
func Public(key crypto.PublicKey, weak bool) (crypto.PublicKey, error) {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if err := RSA(k.N, big.NewInt(int64(k.E)), weak); err != nil {
			return nil, err
		}
		return copyRSA(k), nil
	case *ecdsa.PublicKey:
		own, err := copyECDSA(k)
		if err != nil {
			return nil, err
		}
		return own, nil
	case ed25519.PublicKey:
		return copyEd25519(k)
	case *ed25519.PublicKey:
		return copyEd25519(*k)
	case *mldsa.PublicKey:
		return copyMLDSA(k)
	case crypto.Signer:
		return nil, fmt.Errorf("got a private key (%T) where a public key belongs: use NewPrivateKey(key) and its Public()", key)
	}
	return nil, fmt.Errorf("a public key of type %T is not supported: want *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey or, with Go 1.27, *mldsa.PublicKey (ParsePublicKey reads key texts)", key)
}

// Private returns a copy of a private key of the standard library, an *rsa.PrivateKey with
// its primes, an *ecdsa.PrivateKey, an ed25519.PrivateKey or an *mldsa.PrivateKey, after checking
// that its parts belong together. The key must not be nil. For any other signer it returns nil.
func Private(key crypto.Signer, weak bool) (crypto.Signer, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return copyRSAPrivate(k, weak)
	case *ecdsa.PrivateKey:
		return copyECDSAPrivate(k)
	case ed25519.PrivateKey:
		return copyEd25519Private(k)
	case *ed25519.PrivateKey:
		return copyEd25519Private(*k)
	case *mldsa.PrivateKey:
		return copyMLDSAPrivate(k)
	}
	return nil, nil
}

// Clone returns a copy of a key that [Public] has returned.
func Clone(key crypto.PublicKey) crypto.PublicKey {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return copyRSA(k)
	case *ecdsa.PublicKey:
		own, _ := copyECDSA(k)
		return own
	case ed25519.PublicKey:
		return slices.Clone(k)
	case *mldsa.PublicKey:
		own := *k
		return &own
	}
	return nil
}

// RSA bounds a modulus and its exponent before anything is computed with them.
func RSA(n, e *big.Int, weak bool) error {
	if n == nil || e == nil {
		return errors.New("the RSA key has no modulus or no exponent")
	}
	least, leastE := minRSABits, int64(minRSAExponent)
	if weak {
		least, leastE = minWeakRSABits, 3
	}
	switch bits := n.BitLen(); {
	case n.Sign() <= 0 || n.Bit(0) == 0:
		return errors.New("the RSA modulus is not a positive odd number")
	case bits < least:
		return fmt.Errorf("an RSA key of %d bits is too weak: want at least %d (RFC 7518, Section 3.3)", bits, least)
	case bits > maxRSABits:
		return fmt.Errorf("an RSA key of %d bits is too large: want at most %d", bits, maxRSABits)
	case e.BitLen() > 31 || e.Int64() < leastE || e.Bit(0) == 0:
		return fmt.Errorf("the RSA public exponent (%d bits) is not an odd number from %d to %d", e.BitLen(), leastE, maxRSAExponent)
	}
	return fipsRSA(&rsa.PublicKey{N: n, E: int(e.Int64())})
}

// CompleteRSA makes a private key whose modulus and exponent [RSA] has checked ready for use
// in place: it finds the primes of a key that has none, since the key could be neither
// checked nor written without them, and checks that all its numbers belong together. For a key
// that [rsa.PrivateKey.Precompute] has checked before, it costs little.
func CompleteRSA(key *rsa.PrivateKey) error {
	if err := PrivateRSA(key); err != nil {
		return err
	}
	if len(key.Primes) == 0 {
		primes, err := recoverPrimes(key.N, big.NewInt(int64(key.E)), key.D)
		if err != nil {
			return err
		}
		key.Primes = primes
	}
	given := key.Precomputed.Dp != nil
	key.Precompute()
	err := key.Validate()
	if err != nil && given { // the values that it came with may be all that is wrong
		key.Precomputed = rsa.PrecomputedValues{}
		key.Precompute()
		err = key.Validate()
	}
	if err != nil {
		return fmt.Errorf("the RSA private key is inconsistent: %w", err)
	}
	return fipsPrivateRSA(key)
}

// inCRT reports whether a key comes with values for the Chinese remainder theorem that are no
// longer than its modulus.
func inCRT(p *rsa.PrecomputedValues, bits int) bool {
	for _, n := range [...]*big.Int{p.Dp, p.Dq, p.Qinv} {
		if n == nil || n.Sign() <= 0 || n.BitLen() > bits {
			return false
		}
	}
	return true
}

// PrivateRSA bounds the private numbers of a key whose modulus [RSA] has bounded, before anything
// but a product is computed with them. The time grows with the cube of the larger prime, which may
// therefore be no longer than those of the largest key.
func PrivateRSA(key *rsa.PrivateKey) error {
	missing := func(n *big.Int) bool { return n == nil || n.Sign() <= 0 }
	tooLarge := func(n *big.Int) bool { return n.BitLen() > key.N.BitLen() || n.BitLen() > maxRSABits/2 }
	switch {
	case missing(key.D) || key.D.BitLen() > key.N.BitLen() || slices.ContainsFunc(key.Primes, missing):
		return errors.New("the RSA private key lacks its private exponent or a prime, or the exponent is larger than its modulus")
	case len(key.Primes) != 0 && len(key.Primes) != 2:
		return fmt.Errorf("an RSA key of %d primes is not supported: want two", len(key.Primes))
	case slices.ContainsFunc(key.Primes, tooLarge):
		return fmt.Errorf("a prime of the RSA key is larger than its modulus, or has more than %d bits", maxRSABits/2)
	case len(key.Primes) == 2 && new(big.Int).Mul(key.Primes[0], key.Primes[1]).Cmp(key.N) != 0:
		return errors.New("the RSA private key is inconsistent: its modulus is not the product of its primes")
	}
	return nil
}

// CurveByName returns the curve with a name such as P-256, or nil if JWS does not sign with it.
func CurveByName(name string) elliptic.Curve {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		if curve.Params().Name == name {
			return curve
		}
	}
	return nil
}

// FieldSize returns the length of a coordinate in bytes, which is that of a scalar too.
func FieldSize(curve elliptic.Curve) int { return (curve.Params().BitSize + 7) / 8 }

// supportedCurve returns the curve if JWS signs with it, or nil.
func supportedCurve(c elliptic.Curve) elliptic.Curve {
	switch c {
	case elliptic.P256(), elliptic.P384(), elliptic.P521():
		return c
	}
	return nil
}

func copyRSA(k *rsa.PublicKey) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).Set(k.N), E: k.E}
}

func copyRSAPrivate(k *rsa.PrivateKey, weak bool) (crypto.Signer, error) {
	if err := RSA(k.N, big.NewInt(int64(k.E)), weak); err != nil {
		return nil, err
	}
	if err := PrivateRSA(k); err != nil {
		return nil, err
	}
	own := &rsa.PrivateKey{PublicKey: *copyRSA(&k.PublicKey), D: new(big.Int).Set(k.D)}
	for _, prime := range k.Primes {
		own.Primes = append(own.Primes, new(big.Int).Set(prime))
	}
	if p := &k.Precomputed; inCRT(p, k.N.BitLen()) { // which are checked, and cost less than to compute
		own.Precomputed.Dp, own.Precomputed.Dq, own.Precomputed.Qinv = new(big.Int).Set(p.Dp), new(big.Int).Set(p.Dq), new(big.Int).Set(p.Qinv)
	}
	if err := CompleteRSA(own); err != nil {
		return nil, err
	}
	return own, nil
}

func copyECDSA(k *ecdsa.PublicKey) (*ecdsa.PublicKey, error) {
	curve := supportedCurve(k.Curve)
	if curve == nil {
		return nil, errors.New("the ECDSA key is on another curve than P-256, P-384 and P-521 of crypto/elliptic")
	}
	off := fmt.Errorf("the ECDSA key is not a point on its curve %s", curve.Params().Name)
	if k.X == nil || k.Y == nil {
		return nil, off
	}
	point, err := (&ecdsa.PublicKey{Curve: curve, X: k.X, Y: k.Y}).Bytes()
	if err != nil {
		return nil, off
	}
	own, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, off
	}
	return own, nil
}

func copyECDSAPrivate(k *ecdsa.PrivateKey) (crypto.Signer, error) {
	public, err := copyECDSA(&k.PublicKey)
	if err != nil {
		return nil, err
	}
	if k.D == nil || k.D.Sign() <= 0 {
		return nil, errors.New("the ECDSA private key has no scalar")
	}
	scalar, err := (&ecdsa.PrivateKey{PublicKey: *public, D: k.D}).Bytes()
	if err != nil {
		return nil, fmt.Errorf("the ECDSA private key is out of range: %w", err)
	}
	own, err := ecdsa.ParseRawPrivateKey(public.Curve, scalar)
	if err != nil {
		return nil, fmt.Errorf("the ECDSA private key is out of range: %w", err)
	}
	if !own.PublicKey.Equal(public) {
		return nil, errors.New("the ECDSA private key does not belong to its public key")
	}
	return own, nil
}

// copyMLDSA takes what a constructor of crypto/mldsa has made. Its methods panic on anything else,
// which can only be a zero value.
func copyMLDSA(k *mldsa.PublicKey) (crypto.PublicKey, error) {
	if *k == (mldsa.PublicKey{}) {
		return nil, errors.New("the ML-DSA public key is a zero value: make it with mldsa.NewPublicKey")
	}
	own := *k
	return &own, nil
}

func copyMLDSAPrivate(k *mldsa.PrivateKey) (crypto.Signer, error) {
	if *k == (mldsa.PrivateKey{}) {
		return nil, errors.New("the ML-DSA private key is a zero value: make it with mldsa.NewPrivateKey or mldsa.GenerateKey")
	}
	own := *k
	return &own, nil
}
