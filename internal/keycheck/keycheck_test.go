package keycheck_test

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

	"example.com/jwt/internal/keycheck"
)

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
		require.Equal(t, row.want, keycheck.RSA(row.n, row.e, row.weak) == nil, "%v %v", row.n, row.e)
	}
}

// A private exponent need not be the smallest: one as long as the modulus is good.
func TestRSAPrivateExponentAsLongAsTheModulus(t *testing.T) {
	text, err := os.ReadFile("../../testdata/keys/openssl-genpkey-rsa.pem")
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
	_, err = keycheck.Private(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.NoError(t, err)
	for d.BitLen() == k.N.BitLen() {
		d.Add(d, step)
	}
	_, err = keycheck.Private(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.ErrorContains(t, err, "lacks its private exponent")
}

func TestKeysThatLackAPart(t *testing.T) {
	for _, k := range []*ecdsa.PublicKey{
		{}, {Curve: elliptic.P256()}, {Curve: elliptic.P256(), X: big.NewInt(1)}, {Curve: elliptic.P256(), Y: big.NewInt(1)},
		{X: big.NewInt(1), Y: big.NewInt(1)}, {Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, {Curve: elliptic.P224(), X: big.NewInt(1), Y: big.NewInt(1)},
	} {
		own, err := keycheck.Public(k, false)
		require.Error(t, err)
		require.Nil(t, own)
	}
	for _, n := range []int{0, 31, 32, 63, 65} {
		own, err := keycheck.Private(make(ed25519.PrivateKey, n), false)
		require.Error(t, err)
		require.Nil(t, own)
	}
	p := bytes.Repeat([]byte{0xff}, 32) // 2^255-19, an encoding of 0
	p[0], p[31] = 0xed, 0x7f
	_, err := keycheck.Public(ed25519.PublicKey(p), false)
	require.ErrorContains(t, err, "not a canonical point")
}

// A prime of 2^20 bits takes half a minute to compute with, one of 16382 bits eight times as long
// as those of the largest key: they are refused by their sizes.
func TestPrivateNumbersAreBoundedBeforeTheyAreComputedWith(t *testing.T) {
	odd := func(bits int) *big.Int { return new(big.Int).SetBit(big.NewInt(1), bits-1, 1) }
	three := big.NewInt(3)
	times3 := func(n *big.Int) *big.Int { return new(big.Int).Mul(n, three) }
	for want, key := range map[string]*rsa.PrivateKey{
		"prime of the RSA key is larger":       {PublicKey: rsa.PublicKey{N: odd(2048)}, D: three, Primes: []*big.Int{three, odd(1 << 20)}},
		"more than 8192 bits":                  {PublicKey: rsa.PublicKey{N: times3(odd(8193))}, D: three, Primes: []*big.Int{odd(8193), three}},
		"larger than its modulus":              {PublicKey: rsa.PublicKey{N: odd(2048)}, D: odd(2049), Primes: []*big.Int{three, three}},
		"not the product of its primes":        {PublicKey: rsa.PublicKey{N: odd(16384)}, D: three, Primes: []*big.Int{odd(8192), odd(8192)}},
		"RSA key of 3 primes is not supported": {PublicKey: rsa.PublicKey{N: odd(2048)}, D: three, Primes: []*big.Int{three, three, three}},
	} {
		key.E = 65537
		_, err := keycheck.Private(key, false)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, keycheck.CompleteRSA(key), want)
	}
	key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: times3(odd(8192)), E: 65537}, D: three, Primes: []*big.Int{odd(8192), three}}
	require.NoError(t, keycheck.PrivateRSA(key))
}
