package keytext

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"example.com/jwt/internal/keycheck"
)

// pkcs8 is a private key of any algorithm: PKCS #8 (RFC 5208, Section 5), and its second
// version with the public key beside the private one (RFC 5958, Section 2).
type pkcs8 struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	Key        []byte
	Attributes asn1.RawValue  `asn1:"optional,tag:0"`
	Public     asn1.BitString `asn1:"optional,tag:1"`
}

// sec1 is an ECDSA private key (RFC 5915, Section 3).
type sec1 struct {
	Version int
	Key     []byte
	Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// parsePKCS8 reads a private key of any algorithm.
func parsePKCS8(der []byte, weak bool) (crypto.Signer, error) {
	var outer pkcs8
	if err := sameDER(der, &outer); err != nil {
		return nil, err
	}
	if err := checkAlgorithm(outer.Algorithm); err != nil {
		return nil, err
	}
	if len(outer.Attributes.FullBytes) > 0 {
		return nil, errors.New("the PKCS #8 key has attributes beside the key, which could say that it is not for signatures: want the key alone")
	}
	var key crypto.Signer
	var public []byte
	var err error
	switch {
	case outer.Algorithm.Algorithm.Equal(oidRSA):
		var own *rsa.PrivateKey
		if own, err = parsePKCS1(outer.Key, weak); err == nil {
			key, public = own, x509.MarshalPKCS1PublicKey(&own.PublicKey)
		}
	case outer.Algorithm.Algorithm.Equal(oidECDSA):
		var own *ecdsa.PrivateKey
		if own, err = parseSEC1(outer.Key, curveOf(outer.Algorithm)); err == nil {
			key = own
			public, err = own.PublicKey.Bytes()
		}
	default:
		var own ed25519.PrivateKey
		if own, err = parseSeed(outer.Key); err == nil {
			key, public = own, own[ed25519.SeedSize:]
		}
	}
	if err != nil {
		return nil, err
	}
	if (outer.Version == 1) != (outer.Public.BitLength > 0) || outer.Version > 1 || !isBits(outer.Public, public) {
		return nil, errors.New("the PKCS #8 key is of another version than 1 or 2, or does not belong to the public key beside it")
	}
	return key, nil
}

// parsePKCS1 reads an RSA private key (RFC 8017, Appendix A.1.2). It looks at the sizes of
// the numbers before the standard library computes with them.
func parsePKCS1(der []byte, weak bool) (*rsa.PrivateKey, error) {
	var sizes struct {
		Version       int
		N, E, D, P, Q *big.Int
	}
	if _, err := asn1.Unmarshal(der, &sizes); err != nil {
		return nil, malformed{err}
	}
	if err := keycheck.RSA(sizes.N, sizes.E, weak); err != nil {
		return nil, err
	}
	if sizes.Version != 0 {
		return nil, errors.New("an RSA key of more than two primes is not supported")
	}
	for _, x := range [...]*big.Int{sizes.D, sizes.P, sizes.Q} {
		if x.BitLen() > sizes.N.BitLen() {
			return nil, errors.New("a private number of the RSA key is larger than its modulus")
		}
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, malformed{err}
	}
	if !bytes.Equal(x509.MarshalPKCS1PrivateKey(key), der) {
		return nil, notCanonical()
	}
	return key, nil
}

// parseSEC1 reads an ECDSA private key. The curve is what stands beside it, or nil.
func parseSEC1(der []byte, curve elliptic.Curve) (*ecdsa.PrivateKey, error) {
	var inner sec1
	if err := sameDER(der, &inner); err != nil {
		return nil, err
	}
	if inner.Curve != nil {
		own := curveByOID(inner.Curve)
		switch {
		case own == nil:
			return nil, otherCurve(inner.Curve)
		case curve != nil && curve != own:
			return nil, fmt.Errorf("the ECDSA private key is on %s, but what stands before it says %s", own.Params().Name, curve.Params().Name)
		}
		curve = own
	}
	if curve == nil || inner.Version != 1 || len(inner.Key) != keycheck.FieldSize(curve) {
		return nil, errors.New("the ECDSA private key does not name its curve, or is not as long as a scalar of it")
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, inner.Key)
	if err != nil {
		return nil, fmt.Errorf("the ECDSA private key is out of range for %s", curve.Params().Name)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil || !isBits(inner.Public, public) {
		return nil, errors.New("the ECDSA private key does not belong to the public key beside it, or that is not an uncompressed point")
	}
	return key, nil
}

// parseSeed reads an Ed25519 private key (RFC 8410, Section 7).
func parseSeed(der []byte) (ed25519.PrivateKey, error) {
	var seed []byte
	if err := sameDER(der, &seed); err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("an Ed25519 private key has %d bytes, got %d", ed25519.SeedSize, len(seed))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// isBits reports whether an optional public key is absent or the one it must be.
func isBits(got asn1.BitString, want []byte) bool {
	return got.BitLength == 0 || got.BitLength == 8*len(want) && bytes.Equal(got.Bytes, want)
}
