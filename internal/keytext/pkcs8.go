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
	"example.com/jwt/internal/mldsa"
)

// pkcs8 is a private key of any algorithm: PKCS #8 (RFC 5208, Section 5), and its second
// version with the public key beside the private one (RFC 5958, Section 2).
type pkcs8 struct {
	Version    int
	Algorithm  pkix.AlgorithmIdentifier
	Key        []byte
	Attributes asn1.RawValue `asn1:"optional,tag:0"`
	Public     asn1.RawValue `asn1:"optional,tag:1"`
}

// sec1 is an ECDSA private key (RFC 5915, Section 3).
type sec1 struct {
	Version int
	Key     []byte
	Curve   asn1.RawValue  `asn1:"optional,tag:0"`
	Public  asn1.BitString `asn1:"optional,explicit,tag:1"`
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
	if len(outer.Attributes.FullBytes) > 0 && !outer.Attributes.IsCompound { // as with the curve of SEC 1
		return nil, malformed{asn1.StructuralError{Msg: "no attributes"}}
	}
	if err := checkAttributes(outer.Attributes.Bytes); err != nil {
		return nil, err
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
	case mldsaNames[outer.Algorithm.Algorithm.String()] != "":
		var own *mldsa.PrivateKey
		if own, err = parseMLDSA(outer.Key, mldsaNames[outer.Algorithm.Algorithm.String()]); err == nil {
			key, public = own, own.PublicKey().Bytes()
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
	if len(outer.Public.FullBytes) == 0 {
		if outer.Version != 0 {
			return nil, rewritable{"the PKCS #8 key is of another version than 1, and has no public key beside it", ""}
		}
		return key, nil
	}
	if !isPublicBeside(outer.Public, public) {
		return nil, errors.New("the PKCS #8 key does not belong to the public key beside it")
	}
	if _, isEd25519 := key.(ed25519.PrivateKey); outer.Version != 1 || outer.Public.IsCompound && !isEd25519 {
		return nil, errors.New("the PKCS #8 key has a public key beside it that is tagged wrongly, or is not of version 2 (RFC 5958, Section 2): x509.ParsePKCS8PrivateKey of Go reads it, for NewPrivateKey")
	}
	return key, nil
}

// isPublicBeside reports whether the public key of a PKCS #8 key is the one it must be. The tag is
// implicit (RFC 5958, Section 2); Rust's ring writes an explicit one with Ed25519 keys.
func isPublicBeside(got asn1.RawValue, want []byte) bool {
	bits := append([]byte{0}, want...) // all bits of the last byte are used
	if got.IsCompound {
		inner, err := asn1.Marshal(asn1.BitString{Bytes: want, BitLength: 8 * len(want)})
		return err == nil && bytes.Equal(got.Bytes, inner)
	}
	return bytes.Equal(got.Bytes, bits)
}

// checkAttributes fails for a key that its attributes do not allow to sign, and ignores whatever
// else they say. Windows writes the attribute keyUsage into all keys that it exports.
func checkAttributes(attributes []byte) error {
	for len(attributes) > 0 {
		var attribute struct {
			Type   asn1.ObjectIdentifier
			Values []asn1.RawValue `asn1:"set"`
		}
		rest, err := asn1.Unmarshal(attributes, &attribute)
		if err != nil {
			return rewritable{"the PKCS #8 key has attributes beside the key that can't be read", ""}
		}
		attributes = rest
		if !attribute.Type.Equal(oidKeyUsage) {
			continue
		}
		if len(attribute.Values) == 0 {
			return errors.New("the keyUsage of the PKCS #8 key is empty, so it must not sign tokens: make or export a key that may")
		}
		for _, value := range attribute.Values {
			var usage asn1.BitString
			if _, err := asn1.Unmarshal(value.FullBytes, &usage); err != nil || usage.At(0) == 0 {
				return errors.New("the keyUsage of the PKCS #8 key does not include digitalSignature, so it must not sign tokens: make or export a key that may")
			}
		}
	}
	return nil
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
	if err := keycheck.PrivateRSA(&rsa.PrivateKey{PublicKey: rsa.PublicKey{N: sizes.N}, D: sizes.D, Primes: []*big.Int{sizes.P, sizes.Q}}); err != nil {
		return nil, err
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

// parseSEC1 reads an ECDSA private key. The curve is what stands beside it, or nil. Leading zeros
// of the scalar may be missing or too many, against RFC 5915, Section 3: OpenSSL before 1.0.2 and
// Mbed TLS have written such keys.
func parseSEC1(der []byte, curve elliptic.Curve) (*ecdsa.PrivateKey, error) {
	var inner sec1
	if err := sameDER(der, &inner); err != nil {
		return nil, err
	}
	curve, err := inner.curve(curve)
	if err != nil {
		return nil, err
	}
	scalar := bytes.TrimLeft(inner.Key, "\x00")
	size := keycheck.FieldSize(curve)
	if inner.Version != 1 {
		return nil, fmt.Errorf("the ECDSA private key has version %d, want 1 (RFC 5915, Section 3)", inner.Version)
	}
	if len(scalar) > size {
		return nil, fmt.Errorf("the ECDSA private key is out of range for %s", curve.Params().Name)
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, append(make([]byte, size-len(scalar)), scalar...))
	if err != nil {
		return nil, fmt.Errorf("the ECDSA private key is out of range for %s", curve.Params().Name)
	}
	public, err := key.PublicKey.Bytes()
	switch {
	case err == nil && isBits(inner.Public, public):
		return key, nil
	case isCompressed(inner.Public.Bytes):
		return nil, rewritable{"the public key beside the ECDSA private key is not an uncompressed point", uncompressed}
	}
	return nil, errors.New("the ECDSA private key does not belong to the public key beside it")
}

// curve returns the curve that the key names, or else the one that stands beside it.
func (s *sec1) curve(beside elliptic.Curve) (elliptic.Curve, error) {
	if len(s.Curve.FullBytes) == 0 {
		if beside == nil {
			return nil, noCurve(len(s.Key))
		}
		return beside, nil
	}
	if !s.Curve.IsCompound { // another spelling of the tag, which encoding/asn1 lets pass
		return nil, malformed{asn1.StructuralError{Msg: "no curve"}}
	}
	var oid asn1.ObjectIdentifier
	if sameDER(s.Curve.Bytes, &oid) != nil {
		return nil, rewritable{"the ECDSA key does not name its curve", namedCurve}
	}
	own := curveByOID(oid)
	switch {
	case own == nil:
		return nil, otherCurve(oid)
	case beside != nil && beside != own:
		return nil, rewritable{fmt.Sprintf("the ECDSA private key is on %s, and what stands beside it says %s", own.Params().Name, beside.Params().Name), ""}
	}
	return own, nil
}

// noCurve says how a key gets a curve, which it has if its scalar is as long as those of one.
func noCurve(size int) error {
	name := map[int]string{32: "prime256v1", 48: "secp384r1", 66: "secp521r1"}[size]
	if name == "" {
		return errors.New("the ECDSA private key does not name its curve")
	}
	return fmt.Errorf("the ECDSA private key does not name its curve: `openssl ecparam -name %s | cat - FILE` puts one before it", name)
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

// parseMLDSA reads an ML-DSA private key, whose seed is one of its three forms (RFC 9881, Section 6).
// The standard library has no use for the expanded key, from which no seed can be computed.
func parseMLDSA(der []byte, name string) (*mldsa.PrivateKey, error) {
	params, err := mldsa.ByName(name)
	if err != nil {
		return nil, err
	}
	const seedTag, expandedTag, bothTag = 0x80, asn1.TagOctetString, 0x20 | asn1.TagSequence
	var form asn1.RawValue
	if err := sameDER(der, &form); err != nil {
		return nil, err
	}
	switch form.FullBytes[0] {
	case seedTag:
		key, err := mldsa.NewPrivateKey(params, form.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the %s private key can't be read: %w", name, err)
		}
		return key, nil
	case expandedTag:
		return nil, fmt.Errorf("the %s private key is in the expanded form, without its seed, and no program can compute that: make another key, as `openssl genpkey -algorithm %s -provparam ml-dsa.output_formats=seed-only` does", name, name)
	case bothTag:
		return nil, fmt.Errorf("the %s private key is in the form with seed and expanded key: `openssl pkey -provparam ml-dsa.output_formats=seed-only -in FILE` (OpenSSL 3.5) writes the seed alone", name)
	}
	return nil, notCanonical()
}

// isBits reports whether an optional public key is absent or the one it must be.
func isBits(got asn1.BitString, want []byte) bool {
	return got.BitLength == 0 || got.BitLength == 8*len(want) && bytes.Equal(got.Bytes, want)
}
