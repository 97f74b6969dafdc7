package keytext

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keycheck"
	"example.com/jwt/internal/mldsa"
)

// crtMembers are the parameters that an RSA private key has all or none of.
var crtMembers = []string{"p", "q", "dp", "dq", "qi"}

// public builds the public key of any kty but oct.
func (j *jwk) public(weak bool) (crypto.PublicKey, error) {
	switch j.kty {
	case "RSA":
		return j.publicRSA(weak)
	case "EC":
		return j.publicEC()
	case "AKP":
		return j.publicAKP()
	default: // OKP: readType knows no other
		key, err := j.publicOKP()
		if err != nil {
			return nil, err
		}
		return keycheck.Public(key, weak) // is it a point at all?
	}
}

// signer builds the key pair of any kty but oct.
func (j *jwk) signer(weak bool) (crypto.Signer, error) {
	switch j.kty {
	case "RSA":
		return j.signerRSA(weak)
	case "EC":
		return j.signerEC()
	case "AKP":
		return j.signerAKP()
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
	if err := keycheck.RSA(n, e, weak); err != nil {
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
		return nil, errors.New(`an RSA key of more than two primes (the JWK has "oth") is not supported`)
	}
	d, err := j.integer("d")
	if err != nil {
		return nil, err
	}
	key := &rsa.PrivateKey{PublicKey: *public, D: d}
	given, err := j.crt(public.N)
	if err != nil {
		return nil, err
	}
	if given != nil { // which are checked, and cost less than to compute
		key.Primes = given[:2]
		key.Precomputed.Dp, key.Precomputed.Dq, key.Precomputed.Qinv = given[2], given[3], given[4]
	}
	if err := keycheck.CompleteRSA(key); err != nil {
		return nil, err
	}
	for i, want := range [...]*big.Int{key.Precomputed.Dp, key.Precomputed.Dq, key.Precomputed.Qinv} {
		if given != nil && given[2+i].Cmp(want) != 0 {
			return nil, fmt.Errorf("the RSA private key is inconsistent: the JWK's %s does not belong to its p, q and d", crtMembers[2+i])
		}
	}
	return key, nil
}

// crt reads the parameters of the Chinese remainder theorem (RFC 7518, Section 6.3.2), in the
// order of crtMembers; none if the JWK has none.
func (j *jwk) crt(n *big.Int) (given []*big.Int, err error) {
	if !slices.ContainsFunc(crtMembers, j.has) {
		return nil, nil
	}
	for i, name := range crtMembers {
		if !j.has(name) {
			return nil, fmt.Errorf("the RSA JWK has no %q: want p, q, dp, dq and qi, or none of them (RFC 7518, Section 6.3.2)", name)
		}
		number, err := j.integer(name)
		if err != nil {
			return nil, err
		}
		if i < 2 && number.BitLen() >= n.BitLen() {
			return nil, fmt.Errorf("the JWK's %s is not a factor of its n", name)
		}
		given = append(given, number)
	}
	return given, nil
}

func (j *jwk) publicEC() (*ecdsa.PublicKey, error) {
	name, err := j.str("crv")
	if err != nil {
		return nil, err
	}
	curve := keycheck.CurveByName(name)
	if curve == nil {
		return nil, fmt.Errorf("an EC JWK on the curve %s is not supported: want P-256, P-384 or P-521", excerpt.Quote(name))
	}
	point := []byte{4} // uncompressed (SEC 1, Section 2.3.3)
	for _, name := range []string{"x", "y"} {
		coordinate, err := j.fixed(name, keycheck.FieldSize(curve))
		if err != nil {
			return nil, err
		}
		point = append(point, coordinate...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, fmt.Errorf("the JWK's x and y are not a point on %s", name)
	}
	return key, nil
}

func (j *jwk) signerEC() (crypto.Signer, error) {
	public, err := j.publicEC()
	if err != nil {
		return nil, err
	}
	d, err := j.fixed("d", keycheck.FieldSize(public.Curve))
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseRawPrivateKey(public.Curve, d)
	if err != nil {
		return nil, fmt.Errorf("the JWK's d is out of range for %s", public.Curve.Params().Name)
	}
	if !key.PublicKey.Equal(public) {
		return nil, errors.New("the JWK's d does not belong to its x and y")
	}
	return key, nil
}

func (j *jwk) publicOKP() (ed25519.PublicKey, error) {
	name, err := j.str("crv")
	if err != nil {
		return nil, err
	}
	if name != "Ed25519" {
		return nil, fmt.Errorf("an OKP JWK on the curve %s is not supported: want Ed25519", excerpt.Quote(name))
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
		return nil, errors.New("the JWK's d does not belong to its x")
	}
	return key, nil
}

// publicAKP reads a key of ML-DSA (RFC 9964, Section 4), whose alg says how it is to be read.
func (j *jwk) publicAKP() (*mldsa.PublicKey, error) {
	params, err := j.parameters()
	if err != nil {
		return nil, err
	}
	encoding, err := j.fixed("pub", params.PublicKeySize())
	if err != nil {
		return nil, err
	}
	key, err := mldsa.NewPublicKey(params, encoding)
	if err != nil {
		return nil, fmt.Errorf("the JWK's pub is no key of %s: %w", params, err)
	}
	return key, nil
}

func (j *jwk) signerAKP() (crypto.Signer, error) {
	public, err := j.publicAKP()
	if err != nil {
		return nil, err
	}
	seed, err := j.fixed("priv", mldsa.PrivateKeySize)
	if err != nil {
		return nil, err
	}
	key, err := mldsa.NewPrivateKey(public.Parameters(), seed)
	if err != nil {
		return nil, fmt.Errorf("the JWK's priv is no key of %s: %w", public.Parameters(), err)
	}
	if !public.Equal(key.PublicKey()) {
		return nil, errors.New("the JWK's priv does not belong to its pub")
	}
	return key, nil
}

// parameters returns the parameter set that alg names, which an AKP key must have.
func (j *jwk) parameters() (mldsa.Parameters, error) {
	name, err := j.str("alg")
	if err != nil {
		return mldsa.Parameters{}, err
	}
	if !slices.Contains(mldsa.Names, name) {
		return mldsa.Parameters{}, fmt.Errorf("an AKP JWK for the alg %s is not supported: want one of %s", excerpt.Quote(name), strings.Join(mldsa.Names, ", "))
	}
	return mldsa.ByName(name)
}

func (j *jwk) octets(name string) ([]byte, error) {
	text, err := j.str(name)
	if err != nil {
		return nil, err
	}
	octets, ok := base64url.AppendDecode(nil, text)
	if !ok {
		return nil, fmt.Errorf("the JWK's %s is not canonical base64url without padding", name)
	}
	return octets, nil
}

func (j *jwk) fixed(name string, size int) ([]byte, error) {
	octets, err := j.octets(name)
	if err == nil && len(octets) != size {
		return nil, fmt.Errorf("the JWK's %s has %d bytes: want %d, leading zeros included", name, len(octets), size)
	}
	return octets, err
}

// integer returns a positive number. Leading zero bytes are ignored, although RFC 7518, Section 2,
// forbids them: Java's BigInteger.toByteArray writes one, and the number is the same.
func (j *jwk) integer(name string) (*big.Int, error) {
	octets, err := j.octets(name)
	if err != nil {
		return nil, err
	}
	n := new(big.Int).SetBytes(octets)
	if n.Sign() == 0 {
		return nil, fmt.Errorf("the JWK's %s is zero: want a positive number", name)
	}
	return n, nil
}
