package keytext_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
)

// attribute is one of a PKCS #8 key (RFC 5958, Section 2), with a set of values.
func attribute(t *testing.T, oid asn1.ObjectIdentifier, values ...any) []byte {
	var set []byte
	for _, value := range values {
		set = append(set, marshal(t, value).FullBytes...)
	}
	return marshal(t, struct {
		Type   asn1.ObjectIdentifier
		Values asn1.RawValue
	}{oid, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: set}}).FullBytes
}

func TestAttributesOfPKCS8MustAllowSignatures(t *testing.T) {
	keyUsage := asn1.ObjectIdentifier{2, 5, 29, 15}
	usage := func(bits byte, length int) []byte {
		return attribute(t, keyUsage, asn1.BitString{Bytes: []byte{bits}, BitLength: length})
	}
	name := attribute(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}, "a friendly name")
	windows := []byte{0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80} // has bits of zero
	for _, row := range []struct {
		name       string
		attributes [][]byte
		want       string
	}{
		{"digitalSignature", [][]byte{usage(0x80, 1)}, ""},
		{"digitalSignature as Windows writes it", [][]byte{windows}, ""},
		{"digitalSignature and keyEncipherment", [][]byte{usage(0xa0, 3)}, ""},
		{"another attribute", [][]byte{name}, ""},
		{"another attribute and digitalSignature", [][]byte{name, windows}, ""},
		{"none in the set", [][]byte{nil}, ""},
		{"keyAgreement", [][]byte{usage(0x08, 5)}, "does not include digitalSignature"},
		{"nonRepudiation", [][]byte{usage(0x40, 2)}, "does not include digitalSignature"},
		{"no bits", [][]byte{usage(0, 0)}, "does not include digitalSignature"},
		{"after another attribute", [][]byte{name, usage(0x20, 3)}, "does not include digitalSignature"},
		{"a second value", [][]byte{attribute(t, keyUsage, asn1.BitString{Bytes: []byte{0x80}, BitLength: 1}, asn1.BitString{Bytes: []byte{8}, BitLength: 5})}, "does not include digitalSignature"},
		{"no value", [][]byte{attribute(t, keyUsage)}, "is empty, so it must not sign"},
		{"another attribute without value", [][]byte{attribute(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}), windows}, ""},
		{"no bit string", [][]byte{attribute(t, keyUsage, 128)}, "does not include digitalSignature"},
		{"no attribute", [][]byte{{5, 0}}, "can't be read"},
		{"a byte after the last", [][]byte{name, {0}}, "can't be read"},
	} {
		for _, file := range []string{"ecdsa256-pkcs8", "rsa2048-pkcs8", "openssl-ed25519"} {
			t.Run(row.name+", "+file, func(t *testing.T) {
				label, der := readBlock(t, file)
				want, _, err := keytext.Private(pemText(label, der), nil, false)
				require.NoError(t, err)
				got, _, err := keytext.Private(pemText(label, sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
					return append(e, tagged(0, true, bytes.Join(row.attributes, nil)))
				})), nil, false)
				if row.want != "" {
					require.ErrorContains(t, err, row.want)
					return
				}
				require.NoError(t, err)
				require.Equal(t, want, got)
			})
		}
	}
}

// Zeros before a scalar say nothing, so that keys with too few or too many are the same key.
func TestScalarsMayHaveOtherLengths(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		size := (curve.Params().BitSize + 7) / 8
		oid := map[int]asn1.ObjectIdentifier{32: {1, 2, 840, 10045, 3, 1, 7}, 48: {1, 3, 132, 0, 34}, 66: {1, 3, 132, 0, 35}}[size]
		for zeros, scalar := range map[int][]byte{0: bytes.Repeat([]byte{1}, size), 1: bytes.Repeat([]byte{0xff}, size-1), 2: bytes.Repeat([]byte{3}, size-2), size - 1: {5}} {
			want, err := ecdsa.ParseRawPrivateKey(curve, append(make([]byte, zeros), scalar...))
			require.NoError(t, err)
			point, err := want.PublicKey.Bytes()
			require.NoError(t, err)
			for _, written := range []int{0, zeros, zeros + 1, zeros + 3} {
				inner := marshal(t, struct {
					Version int
					Key     []byte
					Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
					Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
				}{1, append(make([]byte, written), scalar...), oid, asn1.BitString{Bytes: point, BitLength: 8 * len(point)}}).FullBytes
				outer := marshal(t, struct {
					Version   int
					Algorithm pkix.AlgorithmIdentifier
					Key       []byte
				}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, Parameters: marshal(t, oid)}, inner}).FullBytes
				for label, der := range map[string][]byte{"EC PRIVATE KEY": inner, "PRIVATE KEY": outer} {
					got, _, err := keytext.Private(pemText(label, der), nil, false)
					require.NoError(t, err, "%s: %d bytes, %s", label, written+len(scalar), curve.Params().Name)
					require.True(t, want.Equal(got))
				}
			}
		}
	}
}

// Rust's ring tags the public key of an Ed25519 key explicitly, where RFC 5958 has an implicit tag.
func TestPublicKeyAsRingTagsIt(t *testing.T) {
	_, pair, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	first, err := x509.MarshalPKCS8PrivateKey(pair)
	require.NoError(t, err)
	public := pair[ed25519.SeedSize:]
	second := func(version int, der []byte, content ...byte) []byte {
		return sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
			return append([]asn1.RawValue{marshal(t, version)}, append(e[1:], tagged(1, true, content))...)
		})
	}
	bits := append([]byte{3, 33, 0}, public...)
	got, _, err := keytext.Private(pemText("PRIVATE KEY", second(1, first, bits...)), nil, false)
	require.NoError(t, err)
	require.Equal(t, pair, got)

	other := bytes.Clone(bits)
	other[5] ^= 1
	_, ec := readBlock(t, "ecdsa256-pkcs8")
	ecKey, err := x509.ParsePKCS8PrivateKey(ec)
	require.NoError(t, err)
	point, err := ecKey.(*ecdsa.PrivateKey).PublicKey.Bytes()
	require.NoError(t, err)
	for name, der := range map[string][]byte{
		"another public key": second(1, first, other...), "the first version": second(0, first, bits...), "more": second(1, first, append(bits, 0)...),
		"no tag inside": second(1, first, bits[2:]...), "nothing": second(1, first), "a bit less": second(1, first, append([]byte{3, 33, 1}, public...)...),
	} {
		require.Error(t, parsePrivate(pemText("PRIVATE KEY", der)), name)
	}
	require.ErrorContains(t, parsePrivate(pemText("PRIVATE KEY", second(1, ec, append([]byte{3, 66, 0}, point...)...))), "tagged wrongly")
}

// Of a certificate the key alone is taken, so that nothing else in it is a reason to refuse it.
func TestCertificatesWithOddParts(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(0x7f), Subject: pkix.Name{CommonName: "a"}, NotAfter: time.Unix(4e9, 0), DNSNames: []string{"a.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, ec.Public(), ec)
	require.NoError(t, err)
	edit := func(change func([]asn1.RawValue) []asn1.RawValue) []byte {
		return sequence(t, der, func(outer []asn1.RawValue) []asn1.RawValue {
			outer[0] = asn1.RawValue{FullBytes: sequence(t, outer[0].FullBytes, change)}
			return outer
		})
	}
	replace := func(at int, with asn1.RawValue) []byte {
		return edit(func(e []asn1.RawValue) []asn1.RawValue { e[at] = with; return e })
	}
	serial := func(content ...byte) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagInteger, Bytes: content} }
	extensions := func(content []byte) asn1.RawValue {
		return tagged(3, true, asn1Sequence(t, content))
	}
	alternative := marshal(t, pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: []byte("no names")}).FullBytes
	for name, odd := range map[string][]byte{
		"as it was": der, "a negative serial number": replace(1, serial(0x80)), "serial number 0": replace(1, serial(0)), "a serial number of 40 bytes": replace(1, serial(bytes.Repeat([]byte{1}, 40)...)),
		"an extension that can't be read": replace(len(elements(t, der))-1, extensions(alternative)), "an extension twice": replace(len(elements(t, der))-1, extensions(append(alternative, alternative...))),
		"no version":      edit(func(e []asn1.RawValue) []asn1.RawValue { return e[1:] }),
		"no extensions":   edit(func(e []asn1.RawValue) []asn1.RawValue { return e[:len(e)-1] }),
		"another version": replace(0, tagged(0, true, []byte{2, 1, 9})),
	} {
		key, _, err := keytext.Public(pemText("CERTIFICATE", odd), false)
		require.NoError(t, err, name)
		require.True(t, ec.PublicKey.Equal(key), name)
		require.ErrorContains(t, parsePrivate(pemText("CERTIFICATE", odd)), "use ParsePublicKey")
	}
	for name, bad := range map[string][]byte{
		"more after it": append(bytes.Clone(der), 0), "no key": edit(func(e []asn1.RawValue) []asn1.RawValue { return e[:6] }),
		"something universal at the end": edit(func(e []asn1.RawValue) []asn1.RawValue { return append(e, asn1.NullRawValue) }),
		"no signature":                   sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue { return e[:2] }),
		"something after the signature":  sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue { return append(e, asn1.NullRawValue) }),
	} {
		require.ErrorContains(t, parsePublic(pemText("CERTIFICATE", bad)), "not what its label says", name)
	}
}

// elements are those of the part of a certificate that is signed.
func elements(t *testing.T, certificate []byte) []asn1.RawValue {
	var outer, inner []asn1.RawValue
	_, err := asn1.Unmarshal(certificate, &outer)
	require.NoError(t, err)
	_, err = asn1.Unmarshal(outer[0].FullBytes, &inner)
	require.NoError(t, err)
	return inner
}

func asn1Sequence(t *testing.T, content []byte) []byte {
	return marshal(t, asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: content}).FullBytes
}
