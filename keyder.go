package jwt

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
	"math/big"
	"reflect"
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

// publicInfo is a public key of any algorithm (RFC 5280, Section 4.1.2.7).
type publicInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
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
		return nil, failf(ErrInvalidKey, "the PKCS #8 key has attributes beside the key, which could say that it is not for signatures: want the key alone")
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
		return nil, failf(ErrInvalidKey, "the PKCS #8 key is of another version than 1 or 2, or does not belong to the public key beside it")
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
		return nil, err
	}
	if err := checkRSA(sizes.N, sizes.E, weak); err != nil {
		return nil, err
	}
	if sizes.Version != 0 {
		return nil, failf(ErrInvalidKey, "an RSA key of more than two primes is not supported")
	}
	for _, x := range [...]*big.Int{sizes.D, sizes.P, sizes.Q} {
		if x.BitLen() > sizes.N.BitLen() {
			return nil, failf(ErrInvalidKey, "a private number of the RSA key is larger than its modulus")
		}
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil {
		return nil, err
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
			return nil, failf(ErrInvalidKey, "the ECDSA private key is on %s, but what stands before it says %s", own.Params().Name, curve.Params().Name)
		}
		curve = own
	}
	if curve == nil || inner.Version != 1 || len(inner.Key) != fieldSize(curve) {
		return nil, failf(ErrInvalidKey, "the ECDSA private key does not name its curve, or is not as long as a scalar of it")
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, inner.Key)
	if err != nil {
		return nil, failf(ErrInvalidKey, "the ECDSA private key is out of range for %s", curve.Params().Name)
	}
	public, err := key.PublicKey.Bytes()
	if err != nil || !isBits(inner.Public, public) {
		return nil, failf(ErrInvalidKey, "the ECDSA private key does not belong to the public key beside it, or that is not an uncompressed point")
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
		return nil, failf(ErrInvalidKey, "an Ed25519 private key has %d bytes, got %d", ed25519.SeedSize, len(seed))
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// parsePKIX reads a public key of any algorithm.
func parsePKIX(der []byte) (crypto.PublicKey, error) {
	var info publicInfo
	if err := sameDER(der, &info); err != nil {
		return nil, err
	}
	if err := checkAlgorithm(info.Algorithm); err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, err
	}
	if again, err := x509.MarshalPKIXPublicKey(key); err != nil || !bytes.Equal(again, der) {
		return nil, notCanonical()
	}
	return key, nil
}

// parsePKCS1Public reads an RSA public key (RFC 8017, Appendix A.1.1).
func parsePKCS1Public(der []byte) (crypto.PublicKey, error) {
	key, err := x509.ParsePKCS1PublicKey(der)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(x509.MarshalPKCS1PublicKey(key), der) {
		return nil, notCanonical()
	}
	return key, nil
}

// parseCertificate reads the public key of a certificate, and nothing else of it.
func parseCertificate(der []byte) (crypto.PublicKey, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return parsePKIX(cert.RawSubjectPublicKeyInfo)
}

// isBits reports whether an optional public key is absent or the one it must be.
func isBits(got asn1.BitString, want []byte) bool {
	return got.BitLength == 0 || got.BitLength == 8*len(want) && bytes.Equal(got.Bytes, want)
}

// sameDER reads a structure, and is an error unless it is written the same again.
func sameDER(der []byte, structure any) error {
	rest, err := asn1.Unmarshal(der, structure)
	if err != nil {
		return err
	}
	again, err := asn1.Marshal(reflect.ValueOf(structure).Elem().Interface())
	if err != nil || len(rest) > 0 || !bytes.Equal(again, der) {
		return notCanonical()
	}
	return nil
}

func notCanonical() error {
	return failf(ErrInvalidKey, "the key's DER is not canonical, or has more in it than the key")
}

var (
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidECDSA   = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidP256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidP384    = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	oidP521    = asn1.ObjectIdentifier{1, 3, 132, 0, 35}
)

// otherAlgorithms are those of keys that people have, but that can't be used here.
var otherAlgorithms = map[string]string{
	"1.3.101.110":           "an X25519 key, which is for key agreement and can't sign",
	"1.3.101.111":           "an X448 key, which is for key agreement and can't sign",
	"1.3.101.113":           "an Ed448 key, which is not supported",
	"1.2.840.10040.4.1":     "a DSA key, for which there is no JOSE algorithm",
	"1.2.840.113549.1.1.7":  "an RSA key for RSAES-OAEP, which can't sign",
	"1.2.840.113549.1.1.10": "an RSA key for RSASSA-PSS alone, which is not supported: a plain RSA key (rsaEncryption) signs PS256 too",
}

// otherCurves are the names of curves that no algorithm of this package uses.
var otherCurves = map[string]string{
	"1.3.132.0.10":          "secp256k1 (ES256K)",
	"1.3.132.0.33":          "P-224",
	"1.2.840.10045.3.1.1":   "P-192",
	"1.3.36.3.3.2.8.1.1.7":  "brainpoolP256r1",
	"1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
	"1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
}

// checkAlgorithm is an error for a key that can't sign tokens, and for parameters that
// its algorithm does not have: NULL for RSA (RFC 3279, Section 2.3.1), a named curve for
// ECDSA (RFC 5480, Section 2.1.1), none for Ed25519 (RFC 8410, Section 3).
func checkAlgorithm(a pkix.AlgorithmIdentifier) error {
	var want []byte
	switch {
	case a.Algorithm.Equal(oidRSA):
		want = asn1.NullBytes
	case a.Algorithm.Equal(oidECDSA):
		var curve asn1.ObjectIdentifier
		if err := sameDER(a.Parameters.FullBytes, &curve); err != nil {
			return failf(ErrInvalidKey, "the ECDSA key does not name its curve: `openssl pkey -ec_param_enc named_curve` writes it so")
		}
		if curveByOID(curve) == nil {
			return otherCurve(curve)
		}
		return nil
	case a.Algorithm.Equal(oidEd25519):
	default:
		what := otherAlgorithms[a.Algorithm.String()]
		if what == "" {
			what = "a key of the algorithm " + quote(a.Algorithm.String()) + ", which is not supported"
		}
		return failf(ErrInvalidKey, "this is %s: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519", what)
	}
	if !bytes.Equal(a.Parameters.FullBytes, want) {
		return notCanonical()
	}
	return nil
}

func otherCurve(oid asn1.ObjectIdentifier) error {
	name := otherCurves[oid.String()]
	if name == "" {
		name = quote(oid.String())
	}
	return failf(ErrInvalidKey, "an ECDSA key on the curve %s is not supported: want P-256, P-384 or P-521", name)
}

// curveOf gives the curve that checkAlgorithm has found.
func curveOf(a pkix.AlgorithmIdentifier) elliptic.Curve {
	var oid asn1.ObjectIdentifier
	_, _ = asn1.Unmarshal(a.Parameters.FullBytes, &oid)
	return curveByOID(oid)
}

func curveByOID(oid asn1.ObjectIdentifier) elliptic.Curve {
	switch {
	case oid.Equal(oidP256):
		return elliptic.P256()
	case oid.Equal(oidP384):
		return elliptic.P384()
	case oid.Equal(oidP521):
		return elliptic.P521()
	}
	return nil
}
