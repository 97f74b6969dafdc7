package keytext

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"reflect"

	"example.com/jwt/internal/excerpt"
)

// publicInfo is a public key of any algorithm (RFC 5280, Section 4.1.2.7).
type publicInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Key       asn1.BitString
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
		return nil, malformed{err}
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
		return nil, malformed{err}
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
		return nil, malformed{err}
	}
	return parsePKIX(cert.RawSubjectPublicKeyInfo)
}

// sameDER decodes a structure and fails unless re-encoding yields the same bytes.
func sameDER(der []byte, structure any) error {
	rest, err := asn1.Unmarshal(der, structure)
	if err != nil {
		return malformed{err}
	}
	again, err := asn1.Marshal(reflect.ValueOf(structure).Elem().Interface())
	if err != nil || len(rest) > 0 || !bytes.Equal(again, der) {
		return notCanonical()
	}
	return nil
}

func notCanonical() error {
	return errors.New("the key's DER is not canonical, or has more in it than the key")
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

// checkAlgorithm fails for a key that can't sign tokens, and for parameters that
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
			return errors.New("the ECDSA key does not name its curve: `openssl pkey -ec_param_enc named_curve` writes it so")
		}
		if curveByOID(curve) == nil {
			return otherCurve(curve)
		}
		return nil
	case a.Algorithm.Equal(oidEd25519):
	default:
		what := otherAlgorithms[a.Algorithm.String()]
		if what == "" {
			what = "a key of the algorithm " + excerpt.Quote(a.Algorithm.String()) + ", which is not supported"
		}
		return fmt.Errorf("this is %s: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519", what)
	}
	if !bytes.Equal(a.Parameters.FullBytes, want) {
		return notCanonical()
	}
	return nil
}

func otherCurve(oid asn1.ObjectIdentifier) error {
	name := otherCurves[oid.String()]
	if name == "" {
		name = excerpt.Quote(oid.String())
	}
	return fmt.Errorf("an ECDSA key on the curve %s is not supported: want P-256, P-384 or P-521", name)
}

// curveOf returns the curve that checkAlgorithm has found.
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
