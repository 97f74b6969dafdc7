package keytext_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
)

// An element too many could say what a key is not for, and is not read by crypto/x509.
func TestKeysWithMoreInThemAreRefused(t *testing.T) {
	more := func(e []asn1.RawValue) []asn1.RawValue { return append(e, asn1.NullRawValue) }
	for _, name := range []string{"rsa2048-pem", "rsa2048-pkcs8", "ecdsa256-pem", "ecdsa256-pkcs8", "openssl-ed25519"} {
		label, der := readBlock(t, name)
		for _, changed := range [][]byte{sequence(t, der, more), append(bytes.Clone(der), 5, 0), append(bytes.Clone(der), 0)} {
			err := parsePrivate(pemText(label, changed))
			require.Error(t, err, name)
		}
		private, _, err := keytext.Private(pemText(label, der), nil, false)
		require.NoError(t, err)
		public, err := x509.MarshalPKIXPublicKey(private.Public())
		require.NoError(t, err)
		for _, changed := range [][]byte{sequence(t, public, more), append(bytes.Clone(public), 0)} {
			err := parsePublic(pemText("PUBLIC KEY", changed))
			require.Error(t, err, name)
		}
		if key, ok := private.Public().(*rsa.PublicKey); ok {
			der := x509.MarshalPKCS1PublicKey(key)
			require.NoError(t, parsePublic(pemText("RSA PUBLIC KEY", der)))
			require.ErrorContains(t, parsePublic(pemText("RSA PUBLIC KEY", sequence(t, der, more))), "more in it than the key")
		}
	}
}

func TestPKCS8MustBeWhatItSays(t *testing.T) {
	algorithm := func(a pkix.AlgorithmIdentifier) func([]asn1.RawValue) []asn1.RawValue {
		return func(e []asn1.RawValue) []asn1.RawValue { return append([]asn1.RawValue{e[0], marshal(t, a)}, e[2:]...) }
	}
	version := func(n int) func([]asn1.RawValue) []asn1.RawValue {
		return func(e []asn1.RawValue) []asn1.RawValue { return append([]asn1.RawValue{marshal(t, n)}, e[1:]...) }
	}
	key := func(octets []byte) func([]asn1.RawValue) []asn1.RawValue {
		return func(e []asn1.RawValue) []asn1.RawValue { return append(e[:2:2], marshal(t, octets)) }
	}
	attributes := func(e []asn1.RawValue) []asn1.RawValue {
		return append(e, tagged(0, true, marshal(t, []asn1.ObjectIdentifier{{2, 5, 29, 15}}).FullBytes))
	}
	rsaOID, ecOID, edOID := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, asn1.ObjectIdentifier{1, 3, 101, 112}
	p384 := marshal(t, asn1.ObjectIdentifier{1, 3, 132, 0, 34})
	for _, row := range []struct {
		name, file string
		edit       func([]asn1.RawValue) []asn1.RawValue
		want       string
	}{
		{"RSA without parameters", "rsa2048-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: rsaOID}), "not canonical"},
		{"RSA with other parameters", "rsa2048-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: rsaOID, Parameters: p384}), "not canonical"},
		{"RSA called ECDSA", "rsa2048-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: ecOID, Parameters: p384}), "not what its label says"},
		{"ECDSA on another curve", "ecdsa256-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: ecOID, Parameters: p384}), "does not belong to the public key beside it"},
		{"ECDSA on two curves", "ecdsa256-pkcs8", func(e []asn1.RawValue) []asn1.RawValue {
			_, sec1 := readBlock(t, "ecdsa384-pem") // which names its curve
			return append(e[:2:2], marshal(t, sec1))
		}, "is on P-384, and what stands beside it says P-256"},
		{"ECDSA without curve", "ecdsa256-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: ecOID}), "does not name its curve"},
		{"ECDSA on an unknown curve", "ecdsa256-pkcs8", algorithm(pkix.AlgorithmIdentifier{Algorithm: ecOID, Parameters: marshal(t, asn1.ObjectIdentifier{1, 2, 3})}), `curve "1.2.3", which is not supported`},
		{"Ed25519 with parameters", "openssl-ed25519", algorithm(pkix.AlgorithmIdentifier{Algorithm: edOID, Parameters: asn1.NullRawValue}), "no command corrects that"},
		{"an unknown algorithm", "openssl-ed25519", algorithm(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 3}}), `algorithm "1.2.3"`},
		{"Ed25519 of 31 bytes", "openssl-ed25519", key(marshal(t, make([]byte, 31)).FullBytes), "has 32 bytes, got 31"},
		{"Ed25519 with more", "openssl-ed25519", key(append(marshal(t, make([]byte, 32)).FullBytes, 0)), "not canonical"},
		{"version 3", "openssl-ed25519", version(2), "another version"},
		{"version 2 without public key", "openssl-ed25519", version(1), "another version"},
		{"attributes with a primitive tag", "ecdsa256-pkcs8", func(e []asn1.RawValue) []asn1.RawValue { return append(e, tagged(0, false, nil)) }, "not what its label says"},
		{"attributes that are none", "ecdsa256-pkcs8", attributes, "attributes beside the key that can't be read"},
	} {
		t.Run(row.name, func(t *testing.T) {
			label, der := readBlock(t, row.file)
			err := parsePrivate(pemText(label, sequence(t, der, row.edit)))
			require.Error(t, err)
			require.ErrorContains(t, err, row.want)
		})
	}
}

// RFC 5958, Section 2, puts the public key beside the private one, as some programs do.
func TestPKCS8OfTheSecondVersion(t *testing.T) {
	for _, name := range []string{"rsa2048-pkcs8", "ecdsa256-pkcs8", "openssl-ed25519"} {
		label, der := readBlock(t, name)
		want, _, err := keytext.Private(pemText(label, der), nil, false)
		require.NoError(t, err)
		var bits []byte
		switch public := want.Public().(type) {
		case *rsa.PublicKey:
			bits = x509.MarshalPKCS1PublicKey(public)
		case *ecdsa.PublicKey:
			bits, err = public.Bytes()
			require.NoError(t, err)
		case ed25519.PublicKey:
			bits = public
		}
		second := func(version int, bits ...byte) []byte {
			return sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
				return append([]asn1.RawValue{marshal(t, version)}, append(e[1:], tagged(1, false, bits))...)
			})
		}
		got, _, err := keytext.Private(pemText(label, second(1, append([]byte{0}, bits...)...)), nil, false)
		require.NoError(t, err, name)
		require.Equal(t, want.Public(), got.Public())
		require.True(t, got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(want), name)

		other := bytes.Clone(bits)
		other[len(other)-1] ^= 1
		const another = "does not belong to the public key beside it"
		for what, changed := range map[string][]byte{
			"another public key": second(1, append([]byte{0}, other...)...), "a bit less": second(1, append([]byte{1}, bits[:len(bits)-1]...)...), "no bits": second(1, 0),
			"the first version, another key": second(0, append([]byte{0}, other...)...),
		} {
			require.EqualError(t, parsePrivate(pemText(label, changed)), "the PKCS #8 key "+another, "%s: %s", name, what)
		}
		first := second(0, append([]byte{0}, bits...)...)
		require.ErrorContains(t, parsePrivate(pemText(label, first)), "x509.ParsePKCS8PrivateKey of Go reads it", name) // openssl does not
		key, err := x509.ParsePKCS8PrivateKey(first)
		require.NoError(t, err)
		require.True(t, got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(key), name)
	}
}

// A bit less of the public key, which is zero, makes another spelling of the same bytes.
func TestPublicKeyBesideThePrivateOneHasAllItsBits(t *testing.T) {
	for unused, want := range []bool{true, false} {
		var ec *ecdsa.PrivateKey
		var point []byte
		for point == nil || point[64]&1 == 1 {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			require.NoError(t, err)
			ec = key
			point, err = key.PublicKey.Bytes()
			require.NoError(t, err)
		}
		der, err := x509.MarshalECPrivateKey(ec)
		require.NoError(t, err)
		err = parsePrivate(pemText("EC PRIVATE KEY", sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
			return append(e[:3:3], tagged(1, true, append([]byte{3, 66, byte(unused)}, point...)))
		})))
		require.Equal(t, want, err == nil, "%d bits less: %v", unused, err)
	}
	var pair ed25519.PrivateKey
	for pair == nil || pair[len(pair)-1]&1 == 1 {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		pair = key
	}
	first, err := x509.MarshalPKCS8PrivateKey(pair)
	require.NoError(t, err)
	for unused, want := range []bool{true, false} {
		der := sequence(t, first, func(e []asn1.RawValue) []asn1.RawValue {
			return append([]asn1.RawValue{marshal(t, 1)}, append(e[1:], tagged(1, false, append([]byte{byte(unused)}, pair[ed25519.SeedSize:]...)))...)
		})
		err := parsePrivate(pemText("PRIVATE KEY", der))
		require.Equal(t, want, err == nil, "%d bits less: %v", unused, err)
	}
}

// Compressed and hybrid points (SEC 1, Section 2.3.3) have a cure, and begin with a byte that says
// nothing of the kind in keys of other algorithms.
func TestPointsThatAreNotUncompressed(t *testing.T) {
	write := func(algorithm pkix.AlgorithmIdentifier, point []byte) []byte {
		return pemText("PUBLIC KEY", marshal(t, struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}{algorithm, asn1.BitString{Bytes: point, BitLength: 8 * len(point)}}).FullBytes)
	}
	p256 := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, Parameters: marshal(t, asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7})}
	for first, second := range map[byte]byte{2: 3, 3: 0, 6: 0, 7: 1} { // good points of Ed25519 begin so
		point := append([]byte{first, second}, make([]byte, 30)...)
		require.NoError(t, parsePublic(write(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 3, 101, 112}}, point)))
		require.ErrorContains(t, parsePublic(write(p256, point)), "not an uncompressed point: `openssl pkey -pubin -in FILE")
	}
	for _, point := range [][]byte{nil, {0}, make([]byte, 65), append([]byte{5}, make([]byte, 64)...), append([]byte{4}, make([]byte, 64)...)} {
		require.ErrorContains(t, parsePublic(write(p256, point)), "not what its label says, or not supported: ")
	}
	require.EqualError(t, parsePublic(pemText("PUBLIC KEY", []byte("\x30\x03\x02\x01\x00"))), `the content of the PEM block "PUBLIC KEY" is not what its label says`)
}

func TestSEC1MustBeWhatItSays(t *testing.T) {
	point := func(bits ...byte) asn1.RawValue {
		return tagged(1, true, append([]byte{3, byte(len(bits))}, bits...))
	}
	edit := func(at int, value asn1.RawValue) func([]asn1.RawValue) []asn1.RawValue {
		return func(e []asn1.RawValue) []asn1.RawValue {
			e[at] = value
			return e
		}
	}
	scalar := elliptic.P256().Params().N.Bytes()
	for _, row := range []struct {
		name string
		edit func([]asn1.RawValue) []asn1.RawValue
		want string
	}{
		{"another public key", func(e []asn1.RawValue) []asn1.RawValue {
			e[3].FullBytes[len(e[3].FullBytes)-1] ^= 1
			return e
		}, "does not belong to the public key beside it"},
		{"a compressed point", func(e []asn1.RawValue) []asn1.RawValue {
			x := e[3].Bytes[4:36]
			return append(e[:3], point(append([]byte{0, 2}, x...)...))
		}, "not an uncompressed point"},
		{"another version", edit(0, marshal(t, 2)), "has version 2, want 1"},
		{"a short zero", edit(1, marshal(t, make([]byte, 31))), "out of range for P-256"},
		{"a long scalar", edit(1, marshal(t, append([]byte{1}, make([]byte, 32)...))), "out of range for P-256"},
		{"zero", edit(1, marshal(t, make([]byte, 32))), "out of range for P-256"},
		{"the order", edit(1, marshal(t, scalar)), "out of range for P-256"},
		{"a primitive tag around the curve", func(e []asn1.RawValue) []asn1.RawValue {
			e[2] = tagged(0, false, e[2].Bytes)
			return e
		}, "not what its label says"},
		{"a curve without algorithm", edit(2, tagged(0, true, marshal(t, asn1.ObjectIdentifier{1, 3, 132, 0, 33}).FullBytes)), "curve P-224, which is not supported"},
	} {
		t.Run(row.name, func(t *testing.T) {
			label, der := readBlock(t, "ecdsa256-pem")
			err := parsePrivate(pemText(label, sequence(t, bytes.Clone(der), row.edit)))
			require.Error(t, err)
			require.ErrorContains(t, err, row.want)
		})
	}
	label, der := readBlock(t, "ecdsa256-pem")
	err := parsePrivate(pemText(label, sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue { return e[:3] })))
	require.NoError(t, err, "the public key is optional")
	err = parsePrivate(pemText(label, sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
		return []asn1.RawValue{e[0], marshal(t, make([]byte, 31))}
	})))
	require.EqualError(t, err, "the ECDSA private key does not name its curve", "and no curve has scalars of that length")
}

func TestPKCS1MustBeWhatItSays(t *testing.T) {
	label, der := readBlock(t, "rsa2048-pem")
	number := func(at int, n *big.Int) []byte {
		return sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue {
			e[at] = marshal(t, n)
			return e
		})
	}
	huge := new(big.Int).Lsh(big.NewInt(1), 65535)
	huge.SetBit(huge, 0, 1)
	for _, row := range []struct {
		name string
		der  []byte
		want string
	}{
		{"version 1", number(0, big.NewInt(1)), "more than two primes"},
		{"a modulus of 65536 bits", number(1, huge), "65536 bits is too large"},
		{"an even modulus", number(1, new(big.Int).Lsh(big.NewInt(1), 2047)), "odd"},
		{"a negative modulus", number(1, big.NewInt(-3)), "positive"},
		{"an even exponent", number(2, big.NewInt(65538)), "exponent"},
		{"an exponent of 257 bits", number(2, new(big.Int).SetBit(big.NewInt(1), 256, 1)), "exponent (257 bits)"},
		{"a private exponent of 65536 bits", number(3, huge), "larger than its modulus"},
		{"a prime of 65536 bits", number(4, huge), "larger than its modulus"},
		{"another prime", number(5, big.NewInt(3)), "not the product of its primes"},
		{"another CRT value", number(6, big.NewInt(3)), "not what its label says"},
		{"cut off", sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue { return e[:4] }), "not what its label says"},
	} {
		t.Run(row.name, func(t *testing.T) {
			checkRefusals(t, []refusal{{"PKCS #1", string(pemText(label, row.der)), row.want}}, parsePrivate)
			outer := marshal(t, struct {
				Version   int
				Algorithm pkix.AlgorithmIdentifier
				Key       []byte
			}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, row.der})
			checkRefusals(t, []refusal{{"PKCS #8", string(pemText("PRIVATE KEY", outer.FullBytes)), row.want}}, parsePrivate)
		})
	}
}

func TestPublicDERMustBeWhatItSays(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), 65535)
	huge.SetBit(huge, 0, 1)
	oddN := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 2048), big.NewInt(1))
	for _, row := range []struct {
		name string
		n, e *big.Int
		want string
	}{
		{"a modulus of 65536 bits", huge, big.NewInt(65537), "65536 bits is too large"},
		{"an even modulus", new(big.Int).Lsh(big.NewInt(1), 2047), big.NewInt(65537), "odd"},
		{"an even exponent", oddN, big.NewInt(65538), "exponent"},
		{"an exponent of 257 bits", oddN, new(big.Int).SetBit(big.NewInt(1), 256, 1), ""},
		{"a negative exponent", oddN, big.NewInt(-65537), ""},
		{"1024 bits", new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 1024), big.NewInt(1)), big.NewInt(65537), "too weak"},
	} {
		t.Run(row.name, func(t *testing.T) {
			inner := marshal(t, struct{ N, E *big.Int }{row.n, row.e}).FullBytes
			outer := marshal(t, struct {
				Algorithm pkix.AlgorithmIdentifier
				Key       asn1.BitString
			}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}, asn1.BitString{Bytes: inner, BitLength: 8 * len(inner)}})
			checkRefusals(t, []refusal{
				{"PKCS #1", string(pemText("RSA PUBLIC KEY", inner)), row.want},
				{"PKIX", string(pemText("PUBLIC KEY", outer.FullBytes)), row.want},
			}, parsePublic)
		})
	}
}
