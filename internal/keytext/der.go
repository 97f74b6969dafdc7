package keytext

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"reflect"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/mldsa"
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
	if info.Algorithm.Algorithm.Equal(oidECDSA) && isCompressed(info.Key.Bytes) {
		return nil, rewritable{"the ECDSA public key is not an uncompressed point", uncompressed}
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

// parseCertificate reads the public key of a certificate, and nothing else of it: not even
// crypto/x509 is asked, which refuses serial numbers, names and extensions that say nothing
// about the key (RFC 5280, Section 4.1).
func parseCertificate(der []byte) (crypto.PublicKey, error) {
	var outer, cert, key cryptobyte.String
	input := cryptobyte.String(der)
	ok := input.ReadASN1(&outer, cbasn1.SEQUENCE) && input.Empty() &&
		outer.ReadASN1(&cert, cbasn1.SEQUENCE) && outer.SkipASN1(cbasn1.SEQUENCE) && outer.SkipASN1(cbasn1.BIT_STRING) && outer.Empty() &&
		cert.SkipOptionalASN1(cbasn1.Tag(0).ContextSpecific().Constructed()) && // version
		cert.SkipASN1(cbasn1.INTEGER) && // serial number
		cert.SkipASN1(cbasn1.SEQUENCE) && // algorithm of the signature
		cert.SkipASN1(cbasn1.SEQUENCE) && // issuer
		cert.SkipASN1(cbasn1.SEQUENCE) && // validity
		cert.SkipASN1(cbasn1.SEQUENCE) && // subject
		cert.ReadASN1Element(&key, cbasn1.SEQUENCE)
	for ok && !cert.Empty() { // unique identifiers, extensions
		var element cryptobyte.String
		var tag cbasn1.Tag
		ok = cert.ReadAnyASN1(&element, &tag) && tag&0xc0 == 0x80
	}
	if !ok {
		return nil, malformed{asn1.StructuralError{Msg: "no certificate"}}
	}
	return parsePKIX(key)
}

// isCompressed reports whether a point has its x alone, or both in a form that says so.
func isCompressed(point []byte) bool {
	return len(point) > 0 && (point[0] == 2 || point[0] == 3 || point[0] == 6 || point[0] == 7)
}

// sameDER decodes a structure and fails unless re-encoding yields the same bytes.
func sameDER(der []byte, structure any) error {
	if _, err := asn1.Unmarshal(der, structure); err != nil {
		return malformed{err}
	}
	again, err := asn1.Marshal(reflect.ValueOf(structure).Elem().Interface())
	if err != nil || !bytes.Equal(again, der) {
		return notCanonical()
	}
	return nil
}

func notCanonical() error {
	return rewritable{"the key's DER is not canonical, or has more in it than the key", ""}
}

var (
	oidKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 15}

	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidECDSA   = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
	oidP256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidP384    = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	oidP521    = asn1.ObjectIdentifier{1, 3, 132, 0, 35}
)

// mldsaNames are the parameter sets of ML-DSA (RFC 9881, Section 2).
var mldsaNames = map[string]string{
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
}

const dsaKey = "a DSA key, for which there is no JOSE algorithm"

// otherAlgorithms are those of keys that people have, but that can't be used here.
var otherAlgorithms = map[string]string{
	"1.3.101.110":           "an X25519 key, which is for key agreement and can't sign",
	"1.3.101.111":           "an X448 key, which is for key agreement and can't sign",
	"1.3.101.113":           "an Ed448 key, which is not supported",
	"1.2.840.10040.4.1":     dsaKey,
	"1.2.840.113549.1.1.7":  "an RSA key for RSAES-OAEP, which can't sign",
	"1.2.840.113549.1.1.10": "an RSA key for RSASSA-PSS alone, which is not supported (a plain one, as of `openssl genrsa 3072`, signs PS256 too)",
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
// ECDSA (RFC 5480, Section 2.1.1), none for Ed25519 (RFC 8410, Section 3) and ML-DSA (RFC 9881,
// Section 2).
func checkAlgorithm(a pkix.AlgorithmIdentifier) error {
	var want []byte
	switch {
	case a.Algorithm.Equal(oidRSA):
		want = asn1.NullBytes
	case a.Algorithm.Equal(oidECDSA):
		var curve asn1.ObjectIdentifier
		if err := sameDER(a.Parameters.FullBytes, &curve); err != nil {
			return rewritable{"the ECDSA key does not name its curve", namedCurve}
		}
		if curveByOID(curve) == nil {
			return otherCurve(curve)
		}
		return nil
	case a.Algorithm.Equal(oidEd25519):
	case mldsaNames[a.Algorithm.String()] != "":
		if _, err := mldsa.ByName(mldsaNames[a.Algorithm.String()]); err != nil {
			return err
		}
	default:
		what := otherAlgorithms[a.Algorithm.String()]
		if what == "" {
			what = "a key of the algorithm " + excerpt.Quote(a.Algorithm.String()) + ", which is not supported"
		}
		return noCure(what)
	}
	switch {
	case bytes.Equal(a.Parameters.FullBytes, want):
		return nil
	case want == nil: // not even openssl reads such a key
		return errors.New("the algorithm of the key has parameters, which this algorithm does not have: no command corrects that, so export the key anew")
	}
	return notCanonical()
}

func otherCurve(oid asn1.ObjectIdentifier) error {
	name := otherCurves[oid.String()]
	if name == "" {
		name = excerpt.Quote(oid.String())
	}
	return noCure("an ECDSA key on the curve " + name + ", which is not supported")
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
