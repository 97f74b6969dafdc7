package keycheck

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// copyEd25519 refuses the keys for which anyone can make signatures: the points of small
// order, in any spelling, and all other non-canonical points.
func copyEd25519(k ed25519.PublicKey) (crypto.PublicKey, error) {
	if len(k) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("an Ed25519 public key has %d bytes, got %d", ed25519.PublicKeySize, len(k))
	}
	if err := checkPoint(k); err != nil {
		return nil, err
	}
	return slices.Clone(k), nil
}

func copyEd25519Private(k ed25519.PrivateKey) (crypto.Signer, error) {
	if len(k) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("an Ed25519 private key has %d bytes, got %d", ed25519.PrivateKeySize, len(k))
	}
	own := ed25519.NewKeyFromSeed(k.Seed())
	if !bytes.Equal(own[ed25519.SeedSize:], k[ed25519.SeedSize:]) {
		return nil, errors.New("the Ed25519 private key does not belong to its public key")
	}
	return own, nil
}

// checkPoint decodes the point (RFC 8032, Section 5.1.3) and doubles it three times,
// which makes a point of small order the identity, whose y is 1.
func checkPoint(k ed25519.PublicKey) error {
	encoded := slices.Clone(k)
	encoded[31] &= 0x7f // the sign of x
	slices.Reverse(encoded)
	p := new(big.Int).Lsh(big.NewInt(1), 255)
	p.Sub(p, big.NewInt(19))
	y := new(big.Int).SetBytes(encoded)
	if y.Cmp(p) >= 0 {
		return errors.New("the Ed25519 public key is not a canonical point")
	}
	if big.Jacobi(xSquared(y, p), p) < 0 {
		return errors.New("the Ed25519 public key is not a point of the curve")
	}
	for range 3 {
		xx, yy := xSquared(y, p), new(big.Int).Mul(y, y)
		num := new(big.Int).Add(yy, xx)
		den := xx.Sub(xx.Add(xx, big.NewInt(2)), yy)
		y.Mul(num, den.ModInverse(den.Mod(den, p), p)).Mod(y, p)
	}
	if y.Cmp(big.NewInt(1)) == 0 {
		return errors.New("the Ed25519 public key is a point of small order, for which anyone can make signatures")
	}
	return nil
}

// xSquared solves the equation of the curve, -x² + y² = 1 + d·x²·y² with d =
// -121665/121666, for x².
func xSquared(y, p *big.Int) *big.Int {
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665))
	yy := new(big.Int).Mul(y, y)
	den := d.Mul(d, yy)
	den.Mod(den.Add(den, big.NewInt(1)), p)
	xx := yy.Sub(yy, big.NewInt(1))
	return xx.Mul(xx, den.ModInverse(den, p)).Mod(xx, p)
}
