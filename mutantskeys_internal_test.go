package jwt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysAreComparedByKind(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), 100)
	one := &material{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}
	require.True(t, one.sameKey(&material{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}))
	require.False(t, one.sameKey(&material{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 5}}))
	require.False(t, (&material{kind: kindSecret}).sameKey(&material{kind: kindEd25519}))
	require.Equal(t, "jwt: no private key", (*signing)(nil).describeKey("private key"))
}

func TestAKeyServesWithinItsBounds(t *testing.T) {
	for _, row := range []struct {
		ops   keyOps
		bound algorithm
		op    keyOps
		want  bool
		why   string
	}{
		{opAll, 0, opSign, true, ""}, {opAll, EdDSA, opVerify, true, ""}, {opVerify, 0, opVerify, true, ""},
		{opVerify, 0, opSign, false, "sign"}, {opSign, 0, opVerify, false, "verify"}, {opSign, EdDSA, opVerify, false, "key_ops"},
		{opAll, Ed25519, opVerify, false, "bound to Ed25519"},
	} {
		m := &material{kind: kindEd25519, ops: row.ops, bound: row.bound}
		require.Equal(t, row.want, m.serves(&schemes[EdDSA], row.op), row)
		if !row.want {
			require.ErrorContains(t, m.unfit(&schemes[EdDSA], row.op), row.why)
		}
	}
}

func TestBoundsOfRSAKeys(t *testing.T) {
	n := func(bits uint) *big.Int { return new(big.Int).SetBit(big.NewInt(1), int(bits)-1, 1) }
	for _, row := range []struct {
		n, e *big.Int
		weak bool
		want bool
	}{
		{n(2048), big.NewInt(65537), false, true}, {n(2047), big.NewInt(65537), false, false}, {n(16384), big.NewInt(65537), false, true},
		{n(16385), big.NewInt(65537), false, false}, {n(1024), big.NewInt(3), true, true}, {n(1023), big.NewInt(3), true, false},
		{n(2048), big.NewInt(65535), false, false}, {n(2048), big.NewInt(1), true, false}, {n(2048), big.NewInt(65538), false, false},
		{n(2048), big.NewInt(1<<31 - 1), false, true}, {n(2048), big.NewInt(1<<31 + 1), false, false},
		{n(2048), nil, false, false}, {nil, big.NewInt(3), false, false}, {new(big.Int).Neg(n(2048)), big.NewInt(65537), false, false},
		{new(big.Int).Add(n(2048), big.NewInt(1)), big.NewInt(65537), false, false},
	} {
		require.Equal(t, row.want, checkRSA(row.n, row.e, row.weak) == nil, "%v %v", row.n, row.e)
	}
}

// A private exponent need not be the smallest: one as long as the modulus is good.
func TestRSAPrivateExponentAsLongAsTheModulus(t *testing.T) {
	text, err := os.ReadFile("testdata/keys/openssl-genpkey-rsa.pem")
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	k := parsed.(*rsa.PrivateKey)
	one := big.NewInt(1)
	p, q := new(big.Int).Sub(k.Primes[0], one), new(big.Int).Sub(k.Primes[1], one)
	step := new(big.Int).Mul(p, q)
	step.Div(step, new(big.Int).GCD(nil, nil, p, q))
	d := new(big.Int).Set(k.D)
	for d.BitLen() < k.N.BitLen() {
		d.Add(d, step)
	}
	require.Equal(t, k.N.BitLen(), d.BitLen())
	_, err = copyRSAPrivate(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.NoError(t, err)
	for d.BitLen() == k.N.BitLen() {
		d.Add(d, step)
	}
	_, err = copyRSAPrivate(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.ErrorIs(t, err, ErrInvalidKey)
}

func TestKeysThatLackAPart(t *testing.T) {
	for _, k := range []*ecdsa.PublicKey{
		{}, {Curve: elliptic.P256()}, {Curve: elliptic.P256(), X: big.NewInt(1)}, {Curve: elliptic.P256(), Y: big.NewInt(1)},
		{X: big.NewInt(1), Y: big.NewInt(1)}, {Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, {Curve: elliptic.P224(), X: big.NewInt(1), Y: big.NewInt(1)},
	} {
		require.Nil(t, copyECDSAPublic(k))
		_, err := newMaterial(k, false)
		require.ErrorIs(t, err, ErrInvalidKey)
	}
	for _, n := range []int{0, 31, 32, 63, 65} {
		_, err := copyEd25519Private(make(ed25519.PrivateKey, n))
		require.ErrorIs(t, err, ErrInvalidKey)
	}
	p := bytes.Repeat([]byte{0xff}, 32) // 2^255-19, an encoding of 0
	p[0], p[31] = 0xed, 0x7f
	require.ErrorContains(t, checkEd25519(p), "not a canonical point")
}

func TestOneKeyWithDifferentOperationsIsTwoKeysOfASet(t *testing.T) {
	secret := func(ops string) *SecretKey {
		k, err := ParseSecretKey([]byte(`{"kty":"oct"` + ops + `,"k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`))
		require.NoError(t, err)
		return k
	}
	set, err := NewKeySet(secret(""), secret(`,"key_ops":["verify"]`), secret(""))
	require.NoError(t, err)
	require.Equal(t, 2, set.len())
	_, err = materialOf(struct{ VerificationKey }{})
	require.ErrorContains(t, err, "is not a key of this package")
	_, err = ParseKeySet([]byte(`{"kty":"no matter","keys":[]}`))
	require.NoError(t, err)
}

func TestSetWithoutAnyKeyThatServesSaysWhy(t *testing.T) {
	empty, err := NewKeySet()
	require.NoError(t, err)
	_, err = NewVerifier[MapClaims](empty, []Algorithm{HS256})
	require.ErrorIs(t, err, ErrInvalidKey)
	require.ErrorContains(t, err, "no keys that can be used")
	set, err := NewKeySet(namedKey(t, Ed25519, "a"))
	require.NoError(t, err)
	_, err = NewVerifier[MapClaims](set, []Algorithm{HS256})
	require.ErrorIs(t, err, ErrInvalidKey)
	require.ErrorContains(t, err, "none of the set's 1 keys can serve HS256")
}
