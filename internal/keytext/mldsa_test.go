//go:build go1.27

package keytext_test

import (
	"bytes"
	"crypto/mldsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
)

var oidMLDSA44 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17}

// mldsaPKCS8 writes a PKCS #8 key with any content.
func mldsaPKCS8(t *testing.T, version int, parameters asn1.RawValue, key []byte, more ...asn1.RawValue) []byte {
	der, err := asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
		Public    asn1.RawValue `asn1:"optional"`
	}{version, pkix.AlgorithmIdentifier{Algorithm: oidMLDSA44, Parameters: parameters}, key, append(more, asn1.RawValue{})[0]})
	require.NoError(t, err)
	return pemText("PRIVATE KEY", der)
}

func TestMLDSAPrivateKeysMustBeWhatTheySay(t *testing.T) {
	native, err := mldsa.GenerateKey(mldsa.MLDSA44())
	require.NoError(t, err)
	seed := append([]byte{0x80, 32}, native.Bytes()...)
	none := asn1.RawValue{}
	beside := func(public []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 1, Bytes: append([]byte{0}, public...)}
	}
	public := native.PublicKey().Bytes()
	require.NoError(t, parsePrivate(mldsaPKCS8(t, 0, none, seed)))
	require.NoError(t, parsePrivate(mldsaPKCS8(t, 1, none, seed, beside(public))))

	const canonical = "`openssl pkey -in FILE`"
	checkRefusals(t, []refusal{
		{"parameters", string(mldsaPKCS8(t, 0, asn1.NullRawValue, seed)), "has parameters, which this algorithm does not have"},
		{"another public key", string(mldsaPKCS8(t, 1, none, seed, beside(public[1:]))), "does not belong to the public key beside it"},
		{"the second version alone", string(mldsaPKCS8(t, 1, none, seed)), "no public key beside it"},
		{"a seed too short", string(mldsaPKCS8(t, 0, none, append([]byte{0x80, 31}, seed[3:]...))), "the ML-DSA-44 private key can't be read"},
		{"more than a seed", string(mldsaPKCS8(t, 0, none, append(bytes.Clone(seed), 5, 0))), canonical},
		{"a length in two bytes", string(mldsaPKCS8(t, 0, none, append([]byte{0x80, 0x81, 32}, seed[2:]...))), "content of the PEM block"},
		{"a seed as it is", string(mldsaPKCS8(t, 0, none, bytes.Repeat([]byte{0xff}, 32))), "content of the PEM block"}, // which random bytes may not be: they can start like DER
		{"another tag", string(mldsaPKCS8(t, 0, none, append([]byte{0x81, 32}, seed[2:]...))), canonical},
		{"no content", string(mldsaPKCS8(t, 0, none, nil)), "content of the PEM block"},
		{"the expanded form", string(mldsaPKCS8(t, 0, none, []byte{4, 2, 1, 2})), "make another key, as `openssl genpkey"},
		{"seed and expanded form", string(mldsaPKCS8(t, 0, none, []byte{0x30, 3, 4, 1, 1})), "`openssl pkey -provparam"},
	}, parsePrivate)
}

func TestMLDSAPublicKeysMustBeWhatTheySay(t *testing.T) {
	native, err := mldsa.GenerateKey(mldsa.MLDSA44())
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(native.Public())
	require.NoError(t, err)
	key, _, err := keytext.Public(pemText("PUBLIC KEY", der), false)
	require.NoError(t, err)
	require.True(t, native.PublicKey().Equal(key))

	write := func(parameters asn1.RawValue, key []byte, bits int) string {
		der, err := asn1.Marshal(struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}{pkix.AlgorithmIdentifier{Algorithm: oidMLDSA44, Parameters: parameters}, asn1.BitString{Bytes: key, BitLength: bits}})
		require.NoError(t, err)
		return string(pemText("PUBLIC KEY", der))
	}
	encoding := native.PublicKey().Bytes()
	checkRefusals(t, []refusal{
		{"parameters", write(asn1.NullRawValue, encoding, 8*1312), "has parameters, which this algorithm does not have"},
		{"a byte short", write(asn1.RawValue{}, encoding[1:], 8*1311), "content of the PEM block"},
		{"a bit short", write(asn1.RawValue{}, append(encoding[:1311:1311], 0), 8*1312-1), "not canonical"},
		{"a byte long", write(asn1.RawValue{}, append(encoding[:1312:1312], 0), 8*1313), "content of the PEM block"},
	}, parsePublic)
}
