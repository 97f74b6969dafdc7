//lint:file-ignore SA1019 Keys whose numbers a program has set itself must be refused.

package keycheck_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"slices"
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
	k := rsaKey(t)
	one := big.NewInt(1)
	p, q := new(big.Int).Sub(k.Primes[0], one), new(big.Int).Sub(k.Primes[1], one)
	step := new(big.Int).Mul(p, q)
	step.Div(step, new(big.Int).GCD(nil, nil, p, q))
	d := new(big.Int).Set(k.D)
	for d.BitLen() < k.N.BitLen() {
		d.Add(d, step)
	}
	require.Equal(t, k.N.BitLen(), d.BitLen())
	_, err := keycheck.Private(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.NoError(t, err)
	for d.BitLen() == k.N.BitLen() {
		d.Add(d, step)
	}
	_, err = keycheck.Private(&rsa.PrivateKey{PublicKey: k.PublicKey, D: d, Primes: k.Primes}, false)
	require.ErrorContains(t, err, "lacks its private exponent")
}

// A root of 1 is found after as many squarings as the primes, less 1, can be halved: once in the
// first key, and up to four times in the second.
func TestPrimesAreFoundFromTheExponents(t *testing.T) {
	for _, file := range []string{"rsa4096-pkcs8", "rsa2048-pkcs8", "rsa3072-pkcs8"} {
		key := rsaKeyOf(t, file)
		alone := &rsa.PrivateKey{PublicKey: key.PublicKey, D: key.D}
		require.NoError(t, keycheck.CompleteRSA(alone), file)
		require.ElementsMatch(t, key.Primes, alone.Primes, file)
		require.Equal(t, new(big.Int).Mul(alone.Primes[0], alone.Primes[1]), key.N)
	}
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

// hugeNumbers are good keys in which one number is replaced by one of 2^20 bits.
func hugeNumbers(t testing.TB) map[string]crypto.Signer {
	huge := new(big.Int).SetBit(big.NewInt(1), 1<<20, 1)
	keys := make(map[string]crypto.Signer)
	for name, replace := range map[string]func(k *rsa.PrivateKey){
		"RSA N":                func(k *rsa.PrivateKey) { k.N = huge },
		"RSA D":                func(k *rsa.PrivateKey) { k.D = huge },
		"RSA D, negative":      func(k *rsa.PrivateKey) { k.D = new(big.Int).Neg(huge) },
		"RSA first prime":      func(k *rsa.PrivateKey) { k.Primes[0] = huge },
		"RSA second prime":     func(k *rsa.PrivateKey) { k.Primes[1] = huge },
		"RSA third prime":      func(k *rsa.PrivateKey) { k.Primes = append(k.Primes, huge) },
		"RSA D, no primes":     func(k *rsa.PrivateKey) { k.D, k.Primes = huge, nil },
		"RSA a million primes": func(k *rsa.PrivateKey) { k.Primes = slices.Repeat([]*big.Int{huge}, 1<<20) },
	} {
		key := rsaKey(t)
		replace(key)
		keys[name] = key
	}
	for name, replace := range map[string]func(k *ecdsa.PrivateKey){
		"ECDSA X":           func(k *ecdsa.PrivateKey) { k.X = huge },
		"ECDSA Y":           func(k *ecdsa.PrivateKey) { k.Y = huge },
		"ECDSA Y, negative": func(k *ecdsa.PrivateKey) { k.Y = new(big.Int).Neg(huge) },
		"ECDSA D":           func(k *ecdsa.PrivateKey) { k.D = huge },
		"ECDSA curve":       func(k *ecdsa.PrivateKey) { k.Curve = hugeCurve(huge) },
	} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		replace(key)
		keys[name] = key
	}
	return keys
}

// hugeCurve has the name and the size of P-256, and nothing else of it.
func hugeCurve(n *big.Int) elliptic.Curve {
	return &elliptic.CurveParams{Name: "P-256", BitSize: 256, P: n, N: n, B: n, Gx: n, Gy: n}
}

func rsaKey(t testing.TB) *rsa.PrivateKey { return rsaKeyOf(t, "openssl-genpkey-rsa.pem") }

func rsaKeyOf(t testing.TB, file string) *rsa.PrivateKey {
	text, err := os.ReadFile("../../testdata/keys/" + file)
	require.NoError(t, err)
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	return key.(*rsa.PrivateKey)
}

// To compute with a prime of 2^20 bits takes half a minute. How long it takes to refuse one is
// measured by BenchmarkHugeNumbersAreRefused.
func TestHugeNumbersAreRefused(t *testing.T) {
	for name, key := range hugeNumbers(t) {
		_, err := keycheck.Private(key, true)
		require.Error(t, err, name)
	}
	for name, key := range map[string]crypto.PublicKey{
		"RSA N": hugeNumbers(t)["RSA N"].Public(), "ECDSA X": hugeNumbers(t)["ECDSA X"].Public(), "ECDSA curve": hugeNumbers(t)["ECDSA curve"].Public(),
		"Ed25519": make(ed25519.PublicKey, 1<<17),
	} {
		_, err := keycheck.Public(key, true)
		require.Error(t, err, name)
	}
	_, err := keycheck.Private(make(ed25519.PrivateKey, 1<<17), true)
	require.Error(t, err)
}

// What a program has put into the fields for the Chinese remainder theorem is neither used nor kept.
func TestPrecomputedNumbersOfAKeyAreNotUsed(t *testing.T) {
	huge := new(big.Int).SetBit(big.NewInt(1), 1<<20, 1)
	key, good := rsaKey(t), rsaKey(t)
	key.Precomputed = rsa.PrecomputedValues{Dp: huge, Dq: huge, Qinv: huge}
	own, err := keycheck.Private(key, false)
	require.NoError(t, err)
	require.Equal(t, good.Precomputed.Dp, own.(*rsa.PrivateKey).Precomputed.Dp)
	require.Equal(t, good.Precomputed.Qinv, own.(*rsa.PrivateKey).Precomputed.Qinv)
	_, err = own.Sign(rand.Reader, make([]byte, 32), crypto.SHA256)
	require.NoError(t, err)
}

// BenchmarkHugeNumbersAreRefused compares the cost of refusing with that of copying a good key,
// and with keys of the largest legal sizes that are wrong.
func BenchmarkHugeNumbersAreRefused(b *testing.B) {
	keys := hugeNumbers(b)
	keys["a good key"] = rsaKey(b)
	odd := func(bits int) *big.Int {
		n := new(big.Int).SetBit(new(big.Int), bits, 1)
		return n.Sub(n, big.NewInt(1))
	}
	n := odd(16384)
	public := rsa.PublicKey{N: n, E: 65537}
	keys["RSA-16384 with wrong primes"] = &rsa.PrivateKey{PublicKey: public, D: odd(16383), Primes: []*big.Int{odd(16381), odd(16379)}}
	keys["RSA-16384 with composite primes"] = &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(odd(8192), odd(8191)), E: 65537}, D: odd(16383), Primes: []*big.Int{odd(8192), odd(8191)}}
	keys["RSA-16384 with a tiny prime"] = &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(odd(16382), big.NewInt(3)), E: 65537}, D: odd(16383), Primes: []*big.Int{odd(16382), big.NewInt(3)}}
	keys["RSA-16384 without primes"] = &rsa.PrivateKey{PublicKey: public, D: odd(16383)}
	public.N = odd(4096)
	keys["RSA-4096 without primes"] = &rsa.PrivateKey{PublicKey: public, D: odd(4095)}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := keycheck.Private(keys[name], false)
				if (err == nil) != (name == "a good key") {
					b.Fatal(err)
				}
			}
		})
	}
}
