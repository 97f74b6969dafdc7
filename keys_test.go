//lint:file-ignore SA1019 Keys whose numbers a program has set itself must be refused or copied.

package jwt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// opaqueSigner is a crypto.Signer that is not of the standard library.
type opaqueSigner struct{ crypto.Signer }

// nilKeys are all the ways to give no key: each is a mistake of the program.
func TestNoKeyIsAMistakeOfTheProgram(t *testing.T) {
	for name, build := range map[string]func() error{
		"NewPrivateKey(nil)":     func() error { _, err := jwt.NewPrivateKey(nil); return err },
		"nil RSA private key":    func() error { _, err := jwt.NewPrivateKey((*rsa.PrivateKey)(nil)); return err },
		"nil ECDSA private key":  func() error { _, err := jwt.NewPrivateKey((*ecdsa.PrivateKey)(nil)); return err },
		"nil Ed25519 private":    func() error { _, err := jwt.NewPrivateKey(ed25519.PrivateKey(nil)); return err },
		"nil *Ed25519 private":   func() error { _, err := jwt.NewPrivateKey((*ed25519.PrivateKey)(nil)); return err },
		"nil foreign signer":     func() error { _, err := jwt.NewPrivateKey((*opaqueSigner)(nil)); return err },
		"NewPublicKey(nil)":      func() error { _, err := jwt.NewPublicKey(nil); return err },
		"nil RSA public key":     func() error { _, err := jwt.NewPublicKey((*rsa.PublicKey)(nil)); return err },
		"nil ECDSA public key":   func() error { _, err := jwt.NewPublicKey((*ecdsa.PublicKey)(nil)); return err },
		"nil Ed25519 public key": func() error { _, err := jwt.NewPublicKey((*ed25519.PublicKey)(nil)); return err },
		"nil Ed25519 public":     func() error { _, err := jwt.NewPublicKey(ed25519.PublicKey(nil)); return err },
		"NewSSHKey(nil)":         func() error { _, err := jwt.NewSSHKey(nil); return err },
		"NewKeySet(nil)":         func() error { _, err := jwt.NewKeySet(nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			err := build()
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, "nil")
		})
	}
}

// Structs that nobody has filled in, or that say wrong things, are refused and not used.
func TestBrokenKeysAreRefused(t *testing.T) {
	good, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	swapped := bytes.Clone(ed)
	swapped[40] ^= 1
	ec := func(curve elliptic.Curve, x, y, d *big.Int) *ecdsa.PrivateKey {
		return &ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: curve, X: x, Y: y}, D: d}
	}
	huge := new(big.Int).Lsh(big.NewInt(1), 65536)
	for name, key := range map[string]crypto.Signer{
		"an empty ECDSA key":         &ecdsa.PrivateKey{},
		"no curve":                   ec(nil, good.X, good.Y, good.D),
		"no coordinates":             ec(elliptic.P256(), nil, nil, good.D),
		"no scalar":                  ec(elliptic.P256(), good.X, good.Y, nil),
		"a zero scalar":              ec(elliptic.P256(), good.X, good.Y, new(big.Int)),
		"a negative scalar":          ec(elliptic.P256(), good.X, good.Y, new(big.Int).Neg(good.D)),
		"a huge scalar":              ec(elliptic.P256(), good.X, good.Y, huge),
		"another key's scalar":       ec(elliptic.P256(), good.X, good.Y, other.D),
		"a huge coordinate":          ec(elliptic.P256(), huge, good.Y, good.D),
		"a negative coordinate":      ec(elliptic.P256(), good.X, new(big.Int).Neg(good.Y), good.D),
		"another curve":              ec(elliptic.P384(), good.X, good.Y, good.D),
		"P-224":                      ec(elliptic.P224(), good.X, good.Y, good.D),
		"a foreign curve":            ec(&elliptic.CurveParams{Name: "P-256", BitSize: 256}, good.X, good.Y, good.D),
		"an empty RSA key":           &rsa.PrivateKey{},
		"an Ed25519 key of 63 bytes": ed[:63],
		"another Ed25519 public key": ed25519.PrivateKey(swapped),
		"a foreign signer without":   opaqueSigner{noPublic{}},
		"a foreign signer of X25519": opaqueSigner{otherPublic{}},
	} {
		t.Run(name, func(t *testing.T) {
			private, err := jwt.NewPrivateKey(key, jwt.InsecureAllowWeakKey())
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.Nil(t, private)
		})
	}
	for name, key := range map[string]crypto.PublicKey{
		"an empty ECDSA key": &ecdsa.PublicKey{}, "an empty RSA key": &rsa.PublicKey{}, "an RSA key by value": rsa.PublicKey{}, "an Ed25519 key of 31 bytes": ed25519.PublicKey(ed[:31]),
		"text": "ssh-ed25519 AAAA", "a private key": ed, "a pointer to a private key": &ed, "the point (0, 1)": ed25519.PublicKey(append([]byte{1}, make([]byte, 31)...)),
		"not a point": ed25519.PublicKey(append([]byte{2}, make([]byte, 31)...)), "P-224": ec(elliptic.P224(), good.X, good.Y, nil).Public(),
	} {
		t.Run("public: "+name, func(t *testing.T) {
			public, err := jwt.NewPublicKey(key, jwt.InsecureAllowWeakKey())
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.NotErrorIs(t, err, jwt.ErrInvalidOption)
			require.Nil(t, public)
		})
	}
}

type noPublic struct{ crypto.Signer }

func (noPublic) Public() crypto.PublicKey { return nil }

type otherPublic struct{ crypto.Signer }

func (otherPublic) Public() crypto.PublicKey { return []byte("x25519") }

// RFC 7518, Sections 3.3 and 3.5, and the bounds of the contract, from both sides.
func TestBoundsOfRSAKeys(t *testing.T) {
	odd := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits)
		return n.Sub(n, big.NewInt(1))
	}
	for _, row := range []struct {
		bits       uint
		e          int
		good, weak bool
	}{
		{2047, 65537, false, true}, {2048, 65537, true, true}, {16384, 65537, true, true}, {16385, 65537, false, false},
		{1023, 65537, false, false}, {1024, 65537, false, true},
		{2048, 65535, false, true}, {2048, 3, false, true}, {2048, 1, false, false}, {2048, 2, false, false}, {2048, 0, false, false}, {2048, -3, false, false},
		{2048, 65538, false, false}, {2048, 1<<31 - 1, true, true},
	} {
		for _, weak := range []bool{false, true} {
			key, err := jwt.NewPublicKey(&rsa.PublicKey{N: odd(row.bits), E: row.e}, weakIf(weak)...)
			want := row.good
			if weak {
				want = row.weak
			}
			require.Equal(t, want, err == nil, "%d bits, e %d, weak %t: %v", row.bits, row.e, weak, err)
			if err != nil {
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				require.Nil(t, key)
			}
		}
	}
	for name, n := range map[string]*big.Int{"nil": nil, "zero": {}, "negative": new(big.Int).Neg(odd(2048)), "even": new(big.Int).Lsh(big.NewInt(1), 2047)} {
		_, err := jwt.NewPublicKey(&rsa.PublicKey{N: n, E: 65537}, jwt.InsecureAllowWeakKey())
		require.ErrorIs(t, err, jwt.ErrInvalidKey, name)
	}
	if big := int64(1<<31 + 1); int64(int(big)) == big { // not on 32 bits
		_, err := jwt.NewPublicKey(&rsa.PublicKey{N: odd(2048), E: int(big)})
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// A weak key is allowed where its algorithm can work at all: PS512 needs room for two
// hashes (RFC 8017, Section 9.1.1).
func TestWeakKeysWorkWhereTheyCan(t *testing.T) {
	pair, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	key, err := jwt.NewPrivateKey(pair, jwt.InsecureAllowWeakKey())
	require.NoError(t, err)
	require.True(t, pair.Equal(key.Crypto()))
	for _, alg := range []jwt.Algorithm{jwt.RS256, jwt.RS512, jwt.PS256, jwt.PS384} {
		raw, err := jwt.Sign(jwt.MapClaims{}, key, alg)
		require.NoError(t, err)
		_, err = jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
		require.NoError(t, err)
	}
	_, err = jwt.NewSigner(key, jwt.PS512)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = jwt.NewVerifier[jwt.MapClaims](key.Public(), []jwt.Algorithm{jwt.PS512})
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = jwt.NewPrivateKey(pair, jwt.InsecureAllowWeakKey(), jwt.WithAlgorithm(jwt.PS512))
	require.ErrorIs(t, err, jwt.ErrInvalidOption)

	secret, err := jwt.NewSecretKey([]byte{1}, jwt.InsecureAllowWeakKey())
	require.NoError(t, err)
	raw, err := jwt.Sign(jwt.MapClaims{}, secret, jwt.HS512)
	require.NoError(t, err)
	_, err = jwt.Verify[jwt.MapClaims](raw, secret, []jwt.Algorithm{jwt.HS512})
	require.NoError(t, err)
}

// What a program does afterwards to what it has given does not reach the key.
func TestConstructorsCopy(t *testing.T) {
	signs := func(t *testing.T, key jwt.SigningKey, source jwt.KeySource, alg jwt.Algorithm) {
		raw, err := jwt.Sign(jwt.MapClaims{}, key, alg)
		require.NoError(t, err)
		_, err = jwt.Verify[jwt.MapClaims](raw, source, []jwt.Algorithm{alg})
		require.NoError(t, err)
	}
	t.Run("secret", func(t *testing.T) {
		secret := bytes.Repeat([]byte{7}, 32)
		key, err := jwt.NewSecretKey(secret)
		require.NoError(t, err)
		raw, err := jwt.Sign(jwt.MapClaims{}, key, jwt.HS256)
		require.NoError(t, err)
		clear(secret)
		_, err = jwt.Verify[jwt.MapClaims](raw, key, hs256)
		require.NoError(t, err)
	})
	t.Run("RSA", func(t *testing.T) {
		pair, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		private, err := jwt.NewPrivateKey(pair)
		require.NoError(t, err)
		public, err := jwt.NewPublicKey(&pair.PublicKey)
		require.NoError(t, err)
		for _, n := range []*big.Int{pair.N, pair.D, pair.Primes[0], pair.Primes[1], public.Crypto().(*rsa.PublicKey).N} {
			n.SetInt64(1)
		}
		signs(t, private, public, jwt.RS256)
		signs(t, private, private.Public(), jwt.PS256)
	})
	t.Run("ECDSA", func(t *testing.T) {
		pair, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		private, err := jwt.NewPrivateKey(pair)
		require.NoError(t, err)
		public, err := jwt.NewPublicKey(&pair.PublicKey)
		require.NoError(t, err)
		for _, n := range []*big.Int{pair.X, pair.Y, pair.D, public.Crypto().(*ecdsa.PublicKey).X} {
			n.SetInt64(1)
		}
		signs(t, private, public, jwt.ES256)
	})
	t.Run("Ed25519", func(t *testing.T) {
		pub, pair, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		private, err := jwt.NewPrivateKey(&pair)
		require.NoError(t, err)
		public, err := jwt.NewPublicKey(&pub)
		require.NoError(t, err)
		clear(pair)
		clear(pub)
		clear(public.Crypto().(ed25519.PublicKey))
		signs(t, private, public, jwt.EdDSA)
	})
	t.Run("texts and the passphrase", func(t *testing.T) {
		word := []byte(passphrase)
		opt := jwt.WithPassphrase(word)
		clear(word)
		for _, name := range []string{"ed25519-passphrase", "jwk/p256-private.json", "openssl-ed25519"} {
			text, err := readFirst(name)
			require.NoError(t, err)
			private, err := jwt.ParsePrivateKey(text, opt)
			require.NoError(t, err)
			jwk, err := private.ExportJWK()
			require.NoError(t, err)
			clear(text)
			again, err := private.ExportJWK()
			require.NoError(t, err)
			require.Equal(t, jwk, again)
		}
		text := []byte(testkeys.RFCSecret)
		secret, err := jwt.ParseSecretKey(text)
		require.NoError(t, err)
		clear(text)
		out, err := secret.ExportJWK()
		require.NoError(t, err)
		require.JSONEq(t, testkeys.RFCSecret, string(out))
	})
}

// crypto/rsa has keys without primes, which can be found, and of more than two.
func TestRSAKeysHaveTwoPrimes(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	alone := &rsa.PrivateKey{PublicKey: key.PublicKey, D: key.D}
	private, err := jwt.NewPrivateKey(alone, jwt.InsecureAllowWeakKey())
	require.NoError(t, err)
	text, err := private.MarshalPEM()
	require.NoError(t, err)
	again, err := jwt.ParsePrivateKey(text, jwt.InsecureAllowWeakKey())
	require.NoError(t, err)
	require.True(t, again.Public().Equal(private.Public()))
	require.Empty(t, alone.Primes)

	one := big.NewInt(1)
	for name, changed := range map[string]*rsa.PrivateKey{
		"no modulus":          {PublicKey: rsa.PublicKey{E: 65537}, D: key.D, Primes: key.Primes},
		"no exponent":         {PublicKey: key.PublicKey, Primes: key.Primes},
		"a zero exponent":     {PublicKey: key.PublicKey, D: new(big.Int)},
		"a negative exponent": {PublicKey: key.PublicKey, D: new(big.Int).Neg(key.D)},
		"another exponent":    {PublicKey: key.PublicKey, D: new(big.Int).Add(key.D, one)},
		"one prime":           {PublicKey: key.PublicKey, D: key.D, Primes: key.Primes[:1]},
		"a nil prime":         {PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{key.Primes[0], nil}},
		"prime 1":             {PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{one, key.N}},
		"prime 0":             {PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{new(big.Int), key.N}},
		"negative primes":     {PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{new(big.Int).Neg(key.Primes[0]), new(big.Int).Neg(key.Primes[1])}},
		"other primes":        {PublicKey: key.PublicKey, D: key.D, Primes: []*big.Int{key.Primes[0], key.Primes[0]}},
		"three primes":        {PublicKey: key.PublicKey, D: key.D, Primes: append([]*big.Int{one}, key.Primes...)},
	} {
		t.Run(name, func(t *testing.T) {
			private, err := jwt.NewPrivateKey(changed, jwt.InsecureAllowWeakKey())
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.Nil(t, private)
		})
	}
}

// Under -race: keys, sets, signers and verifiers are shared without locks.
func TestKeysAreShared(t *testing.T) {
	type pair struct {
		signer *jwt.Signer
		key    *jwt.PrivateKey
	}
	algs := []jwt.Algorithm{jwt.RS256, jwt.PS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA, jwt.Ed25519, jwt.HS256}
	var pairs []pair
	var keys []jwt.VerificationKey
	for _, alg := range algs[:len(algs)-1] {
		key, err := jwt.ParsePrivateKey([]byte(testkeys.Edit(t, testkeys.RFCPrivateRSA, "alg", alg.String())), jwt.WithThumbprintKeyID())
		if alg != jwt.RS256 && alg != jwt.PS256 {
			key, err = jwt.GeneratePrivateKey(alg, jwt.WithThumbprintKeyID())
		}
		require.NoError(t, err)
		signer, err := jwt.NewSigner(key, alg)
		require.NoError(t, err)
		pairs, keys = append(pairs, pair{signer, key}), append(keys, key.Public())
	}
	public, err := jwt.NewKeySet(keys...)
	require.NoError(t, err)
	secret, err := jwt.GenerateSecretKey(jwt.HS256, jwt.WithKeyID("secret"))
	require.NoError(t, err)
	all, err := jwt.NewKeySet(append(keys, secret)...)
	require.NoError(t, err)
	verifier, err := jwt.NewVerifier[jwt.MapClaims](all, algs)
	require.NoError(t, err)
	hmac, err := jwt.NewSigner(secret, jwt.HS256)
	require.NoError(t, err)
	published, err := public.MarshalJSON()
	require.NoError(t, err)

	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			for n := range 8 {
				p := pairs[(i+n)%len(pairs)]
				for _, signer := range []*jwt.Signer{p.signer, hmac} {
					raw, err := signer.Sign(jwt.RegisteredClaims{Subject: "shared"})
					assert.NoError(t, err)
					tok, err := verifier.Verify(raw)
					if assert.NoError(t, err) {
						assert.Equal(t, "shared", tok.Subject)
					}
				}
				again, err := public.MarshalJSON()
				assert.NoError(t, err)
				assert.Equal(t, published, again)
				text, err := p.key.ExportJWK()
				assert.NoError(t, err)
				back, err := jwt.ParsePrivateKey(text)
				assert.NoError(t, err)
				assert.True(t, back.Public().Equal(p.key.Public()))
				assert.Equal(t, p.key.KeyID(), p.key.Public().Thumbprint())
				_, err = secret.ExportJWK()
				assert.NoError(t, err)
				all.Keys()[n] = nil
				_ = p.key.String()
			}
		})
	}
	group.Wait()
}

func TestGeneratedKeysAreReadyToUse(t *testing.T) {
	for alg, bits := range map[jwt.Algorithm]int{
		jwt.PS256: 3072, jwt.ES256: 256, jwt.ES384: 384, jwt.ES512: 521, jwt.EdDSA: 0, jwt.Ed25519: 0,
	} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(alg, jwt.WithThumbprintKeyID())
			require.NoError(t, err)
			require.Equal(t, key.Public().Thumbprint(), key.KeyID())
			switch public := key.Public().Crypto().(type) {
			case *rsa.PublicKey:
				require.Equal(t, bits, public.N.BitLen())
			case *ecdsa.PublicKey:
				require.Equal(t, bits, public.Curve.Params().BitSize)
			case ed25519.PublicKey:
				require.Zero(t, bits)
			}
			text, err := key.ExportJWK()
			require.NoError(t, err)
			var members map[string]string
			require.NoError(t, json.Unmarshal(text, &members))
			require.Equal(t, alg.String(), members["alg"])

			unnamed, err := jwt.GeneratePrivateKey(alg, jwt.WithAlgorithm(alg))
			require.NoError(t, err)
			require.Empty(t, unnamed.KeyID())
			require.False(t, unnamed.Public().Equal(key.Public()))
		})
	}
	for alg, size := range map[jwt.Algorithm]int{jwt.HS256: 32, jwt.HS384: 48, jwt.HS512: 64} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GenerateSecretKey(alg, jwt.WithKeyID("s"), jwt.WithAlgorithm(alg))
			require.NoError(t, err)
			require.Equal(t, "s", key.KeyID())
			text, err := key.ExportJWK()
			require.NoError(t, err)
			var members map[string]string
			require.NoError(t, json.Unmarshal(text, &members))
			require.Len(t, unb64(t, members["k"]), size)
			require.Equal(t, alg.String(), members["alg"])

			other, err := jwt.GenerateSecretKey(alg)
			require.NoError(t, err)
			require.Empty(t, other.KeyID())
			second, err := other.ExportJWK()
			require.NoError(t, err)
			require.NotContains(t, string(second), members["k"])
		})
	}
}

func TestRefusedSecretsSayWhatTheyAre(t *testing.T) {
	_, err := jwt.NewSecretKey([]byte(testkeys.RFCSecret))
	require.ErrorContains(t, err, `ParseSecretKey reads a JWK of kty "oct"`)
	pkcs12, err := os.ReadFile("testdata/keys/refused/pkcs12.p12")
	require.NoError(t, err)
	_, err = jwt.NewSecretKey(pkcs12)
	require.ErrorContains(t, err, "this is a PKCS #12 file, or a part of one, not a secret")
	_, err = jwt.NewSecretKey([]byte("openssh-key-v1\x00 and what follows it in the file"))
	require.ErrorContains(t, err, "this is an OpenSSH private key")
}

// FuzzNewSecretKey: the guard takes any bytes, in bounded time, says nothing of them, and
// lets nothing through that is read as a key.
func FuzzNewSecretKey(f *testing.F) {
	for _, seed := range []string{testkeys.RFCPublicRSA, inJSON(testkeys.RFCPublicEC), "MIIB", "AAAAC3NzaC1lZDI1NTE5AAAAIA", strings.Repeat("MA", 100), strings.Repeat("{", 100)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, secret []byte) {
		key, err := jwt.NewSecretKey(secret, jwt.InsecureAllowWeakKey())
		if err != nil {
			requireClass(t, err)
			return
		}
		for _, parse := range []string{"ParsePublicKey", "ParsePrivateKey", "ParseSecretKey"} {
			require.Error(t, parsers[parse](secret, jwt.InsecureAllowWeakKey()), parse)
		}
		text, err := key.ExportJWK()
		require.NoError(t, err)
		_, err = jwt.ParseSecretKey(text, jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
	})
}
