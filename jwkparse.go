package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"math/big"
	"slices"

	"example.com/jwt/internal/base64url"
)

// maxRecoveredBits bounds the RSA keys whose primes are computed from their exponents:
// the time grows with the cube of the size.
const maxRecoveredBits = 4096

// crtMembers are the parameters that an RSA private key has all or none of.
var crtMembers = []string{"p", "q", "dp", "dq", "qi"}

// public builds the public key of any kty but oct.
func (j *jwk) public(weak bool) (crypto.PublicKey, error) {
	switch j.kty {
	case "RSA":
		return j.publicRSA(weak)
	case "EC":
		return j.publicEC()
	default: // OKP: readType knows no other
		return j.publicOKP()
	}
}

// signer builds the key pair of any kty but oct.
func (j *jwk) signer(weak bool) (crypto.Signer, error) {
	switch j.kty {
	case "RSA":
		return j.signerRSA(weak)
	case "EC":
		return j.signerEC()
	default:
		return j.signerOKP()
	}
}

func (j *jwk) publicRSA(weak bool) (*rsa.PublicKey, error) {
	n, err := j.integer("n")
	if err != nil {
		return nil, err
	}
	e, err := j.integer("e")
	if err != nil {
		return nil, err
	}
	if err := checkRSA(n, e, weak); err != nil {
		return nil, err
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func (j *jwk) signerRSA(weak bool) (crypto.Signer, error) {
	public, err := j.publicRSA(weak)
	if err != nil {
		return nil, err
	}
	if j.has("oth") {
		return nil, failf(ErrInvalidKey, `an RSA key of more than two primes (the JWK has "oth") is not supported`)
	}
	d, err := j.integer("d")
	if err != nil {
		return nil, err
	}
	key := &rsa.PrivateKey{PublicKey: *public, D: d}
	if !slices.ContainsFunc(crtMembers, j.has) {
		return key, nil // copyRSAPrivate finds the primes
	}
	if missing := slices.IndexFunc(crtMembers, func(name string) bool { return !j.has(name) }); missing >= 0 {
		return nil, failf(ErrInvalidKey, "the RSA JWK has no %q: want p, q, dp, dq and qi, or none of them (RFC 7518, Section 6.3.2)", crtMembers[missing])
	}
	for _, name := range crtMembers[:2] {
		prime, err := j.integer(name)
		if err != nil {
			return nil, err
		}
		if prime.BitLen() >= public.N.BitLen() {
			return nil, failf(ErrInvalidKey, "the JWK's %s is not a factor of its n", name)
		}
		key.Primes = append(key.Primes, prime)
	}
	return key, nil
}

// checkCRT compares dp, dq and qi with what the checked key's are; it has computed them
// from p, q and d. RFC 7518, Section 6.3.2.
func (j *jwk) checkCRT(signer crypto.Signer) error {
	key, ok := signer.(*rsa.PrivateKey)
	if !ok || !j.has("p") {
		return nil
	}
	for i, want := range []*big.Int{key.Precomputed.Dp, key.Precomputed.Dq, key.Precomputed.Qinv} {
		name := crtMembers[2+i]
		got, err := j.integer(name)
		if err != nil {
			return err
		}
		if got.Cmp(want) != 0 {
			return failf(ErrInvalidKey, "the RSA private key does not hold together: the JWK's %s does not belong to its p, q and d", name)
		}
	}
	return nil
}

func (j *jwk) publicEC() (*ecdsa.PublicKey, error) {
	name, err := j.str("crv")
	if err != nil {
		return nil, err
	}
	curve := curveByName(name)
	if curve == nil {
		return nil, failf(ErrInvalidKey, "an EC JWK on the curve %s is not supported: want P-256, P-384 or P-521", quote(name))
	}
	point := []byte{4} // uncompressed (SEC 1, Section 2.3.3)
	for _, name := range []string{"x", "y"} {
		coordinate, err := j.fixed(name, fieldSize(curve))
		if err != nil {
			return nil, err
		}
		point = append(point, coordinate...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, failf(ErrInvalidKey, "the JWK's x and y are not a point on %s", name)
	}
	return key, nil
}

func (j *jwk) signerEC() (crypto.Signer, error) {
	public, err := j.publicEC()
	if err != nil {
		return nil, err
	}
	d, err := j.fixed("d", fieldSize(public.Curve))
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseRawPrivateKey(public.Curve, d)
	if err != nil {
		return nil, failf(ErrInvalidKey, "the JWK's d is out of range for %s", public.Curve.Params().Name)
	}
	if !key.PublicKey.Equal(public) {
		return nil, failf(ErrInvalidKey, "the JWK's d does not belong to its x and y")
	}
	return key, nil
}

func (j *jwk) publicOKP() (ed25519.PublicKey, error) {
	name, err := j.str("crv")
	if err != nil {
		return nil, err
	}
	if name != "Ed25519" {
		return nil, failf(ErrInvalidKey, "an OKP JWK on the curve %s is not supported: want Ed25519", quote(name))
	}
	return j.fixed("x", ed25519.PublicKeySize)
}

func (j *jwk) signerOKP() (crypto.Signer, error) {
	public, err := j.publicOKP()
	if err != nil {
		return nil, err
	}
	seed, err := j.fixed("d", ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	key := ed25519.NewKeyFromSeed(seed)
	if !public.Equal(key.Public()) {
		return nil, failf(ErrInvalidKey, "the JWK's d does not belong to its x")
	}
	return key, nil
}

func (j *jwk) octets(name string) ([]byte, error) {
	text, err := j.str(name)
	if err != nil {
		return nil, err
	}
	octets, ok := base64url.AppendDecode(nil, text)
	if !ok {
		return nil, failf(ErrInvalidKey, "the JWK's %s is not canonical base64url without padding", name)
	}
	return octets, nil
}

func (j *jwk) fixed(name string, size int) ([]byte, error) {
	octets, err := j.octets(name)
	if err == nil && len(octets) != size {
		return nil, failf(ErrInvalidKey, "the JWK's %s has %d bytes: want %d, with leading zeros", name, len(octets), size)
	}
	return octets, err
}

func (j *jwk) integer(name string) (*big.Int, error) {
	octets, err := j.octets(name)
	if err != nil {
		return nil, err
	}
	if len(octets) == 0 || octets[0] == 0 {
		return nil, failf(ErrInvalidKey, "the JWK's %s is empty or has a leading zero byte: want the shortest form of a positive number (RFC 7518, Section 2)", name)
	}
	return new(big.Int).SetBytes(octets), nil
}

// curveByName gives nil for a curve that JWS does not sign with.
func curveByName(name string) elliptic.Curve {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		if curve.Params().Name == name {
			return curve
		}
	}
	return nil
}

// fieldSize is the length of a coordinate in bytes, which is that of a scalar too.
func fieldSize(curve elliptic.Curve) int { return (curve.Params().BitSize + 7) / 8 }

// recoverPrimes factors n with the help of both exponents, for the legal JWK that has d
// alone (RFC 7518, Section 6.3.2) and the like *rsa.PrivateKey. e·d-1 is a multiple of the order of every number modulo n, so
// taking roots of a power that is 1 gives, for every second base, a root other than ±1,
// and that minus 1 has one of the primes as a factor (NIST SP 800-56B, Appendix C.1).
func recoverPrimes(n, e, d *big.Int) ([]*big.Int, error) {
	if n.BitLen() > maxRecoveredBits {
		return nil, failf(ErrInvalidKey, "an RSA key of %d bits without primes is not supported: give them (in a JWK, add p, q, dp, dq and qi)", n.BitLen())
	}
	one := big.NewInt(1)
	minusOne := new(big.Int).Sub(n, one)
	order := new(big.Int).Mul(e, d)
	order.Sub(order, one)
	twos := order.TrailingZeroBits()
	odd := new(big.Int).Rsh(order, twos)
	if d.BitLen() > n.BitLen() || twos == 0 || order.Sign() == 0 {
		return nil, failf(ErrInvalidKey, "the RSA private exponent d does not belong to n and e")
	}
	for base := int64(2); base < 128; base++ {
		if !big.NewInt(base).ProbablyPrime(0) {
			continue // says nothing that its factors have not said
		}
		root := new(big.Int).Exp(big.NewInt(base), odd, n)
		square := new(big.Int)
		for range twos {
			square.Mul(root, root).Mod(square, n)
			if square.Cmp(one) == 0 {
				break
			}
			root, square = square, root
		}
		switch {
		case square.Cmp(one) != 0:
			return nil, failf(ErrInvalidKey, "the RSA private exponent d does not belong to n and e")
		case root.Cmp(one) == 0 || root.Cmp(minusOne) == 0:
			continue
		}
		p := new(big.Int).GCD(nil, nil, root.Sub(root, one), n)
		return []*big.Int{p, new(big.Int).Quo(n, p)}, nil
	}
	return nil, failf(ErrInvalidKey, "the RSA modulus n is not the product of two primes")
}
