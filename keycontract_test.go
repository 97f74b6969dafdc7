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
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// The keys of RFC 7517, Appendix A.1, as they are printed there but for line breaks.
func TestSetOfRFC7517(t *testing.T) {
	set, err := jwt.ParseKeySet([]byte(`{"keys":
     [{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
      {"kty":"RSA","n":"` + testkeys.RFCN + `","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}`))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.Equal(t, "2011-04-29", set.Keys()[0].KeyID())
	require.Len(t, set.Skipped(), 1)
	require.ErrorContains(t, set.Skipped()[0], `use is "enc"`)
}

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

// WithAlgorithm binds a key to what it fits; the rest is a mistake of the program.
func TestKeysAreBoundToWhatTheyFit(t *testing.T) {
	fits := map[string][]jwt.Algorithm{
		"rsa2048-default":  {jwt.RS256, jwt.RS384, jwt.RS512, jwt.PS256, jwt.PS384, jwt.PS512},
		"ecdsa256-default": {jwt.ES256}, "ecdsa384-default": {jwt.ES384}, "ecdsa521-default": {jwt.ES512},
		"ed25519-default": {jwt.EdDSA, jwt.Ed25519},
	}
	for name, algs := range fits {
		text, err := readFirst(name)
		require.NoError(t, err)
		for alg := jwt.HS256; alg <= jwt.Ed25519; alg++ {
			private, err := jwt.ParsePrivateKey(text, jwt.WithAlgorithm(alg))
			if !strings.Contains(fmt.Sprint(algs), alg.String()) {
				require.ErrorIs(t, err, jwt.ErrInvalidOption, "%s %s", name, alg)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				continue
			}
			require.NoError(t, err, "%s %s", name, alg)
			for other := jwt.HS256; other <= jwt.Ed25519; other++ {
				_, sign := jwt.NewSigner(private, other)
				_, verify := jwt.NewVerifier[jwt.MapClaims](private.Public(), []jwt.Algorithm{other})
				require.Equal(t, other == alg, sign == nil, "%s bound to %s, signing %s", name, alg, other)
				require.Equal(t, other == alg, verify == nil, "%s bound to %s, verifying %s", name, alg, other)
				if other != alg {
					require.ErrorIs(t, sign, jwt.ErrInvalidKey)
					require.ErrorIs(t, verify, jwt.ErrInvalidKey)
				}
			}
		}
	}
}

// Options that are empty, given twice or contradict each other, in every constructor.
func TestKeyOptionsAreChecked(t *testing.T) {
	type foreign struct{ jwt.KeyOption }
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(ed)
	require.NoError(t, err)
	private, line := mustRead("ed25519-default"), mustRead("ed25519-default.pub")
	constructors := map[string]func(...jwt.KeyOption) error{
		"NewSecretKey":    func(o ...jwt.KeyOption) error { _, err := jwt.NewSecretKey(testSecret, o...); return err },
		"NewPrivateKey":   func(o ...jwt.KeyOption) error { _, err := jwt.NewPrivateKey(ed, o...); return err },
		"NewPublicKey":    func(o ...jwt.KeyOption) error { _, err := jwt.NewPublicKey(ed.Public(), o...); return err },
		"NewSSHKey":       func(o ...jwt.KeyOption) error { _, err := jwt.NewSSHKey(signer, o...); return err },
		"ParsePrivateKey": func(o ...jwt.KeyOption) error { _, err := jwt.ParsePrivateKey(private, o...); return err },
		"ParsePublicKey":  func(o ...jwt.KeyOption) error { _, err := jwt.ParsePublicKey(line, o...); return err },
		"ParseSecretKey": func(o ...jwt.KeyOption) error {
			_, err := jwt.ParseSecretKey([]byte(testkeys.RFCSecret), o...)
			return err
		},
		"GenerateSecretKey":  func(o ...jwt.KeyOption) error { _, err := jwt.GenerateSecretKey(jwt.HS256, o...); return err },
		"GeneratePrivateKey": func(o ...jwt.KeyOption) error { _, err := jwt.GeneratePrivateKey(jwt.EdDSA, o...); return err },
	}
	for name, build := range constructors {
		require.NoError(t, build(jwt.WithKeyID("a")), name)
		for what, opts := range map[string][]jwt.KeyOption{
			"nil":               {nil},
			"foreign":           {foreign{jwt.WithKeyID("a")}},
			"foreign, empty":    {foreign{}},
			"an empty kid":      {jwt.WithKeyID("")},
			"a kid of bytes":    {jwt.WithKeyID("\xff")},
			"twice":             {jwt.WithKeyID("a"), jwt.WithKeyID("a")},
			"weak twice":        {jwt.InsecureAllowWeakKey(), jwt.InsecureAllowWeakKey()},
			"two kinds of kid":  {jwt.WithKeyID("a"), jwt.WithThumbprintKeyID()},
			"no algorithm":      {jwt.WithAlgorithm(nil)},
			"a made-up one":     {jwt.WithAlgorithm(jwt.HS256 + 100)},
			"an unfit one":      {jwt.WithAlgorithm(jwt.RS256)},
			"no passphrase":     {jwt.WithPassphrase(nil)},
			"a passphrase here": {jwt.WithPassphrase([]byte("x"))},
		} {
			if err := build(opts...); name == "ParsePrivateKey" && what == "a passphrase here" {
				require.NoError(t, err, "it is ignored for a key that is not encrypted")
			} else {
				require.ErrorIs(t, err, jwt.ErrInvalidOption, "%s, %s", name, what)
			}
		}
	}
	for _, name := range []string{"NewSecretKey", "ParseSecretKey", "GenerateSecretKey"} {
		require.ErrorIs(t, constructors[name](jwt.WithThumbprintKeyID()), jwt.ErrInvalidOption, name)
	}
}

// readFirst reads a private key of testdata/keys by its name, with or without .pem.
func readFirst(name string) ([]byte, error) {
	if text, err := fileOf(name); err == nil {
		return text, nil
	}
	return fileOf(name + ".pem")
}

func fileOf(name string) ([]byte, error) { return os.ReadFile("testdata/keys/" + name) }

// What the key_ops of a secret do not name, it does not do.
func TestKeyOpsOfASecretAreObeyed(t *testing.T) {
	signs, err := jwt.ParseSecretKey([]byte(testkeys.Edit(t, testkeys.RFCSecret, "key_ops", []string{"sign"})))
	require.NoError(t, err)
	verifies, err := jwt.ParseSecretKey([]byte(testkeys.Edit(t, testkeys.RFCSecret, "key_ops", []string{"verify"})))
	require.NoError(t, err)

	_, err = jwt.NewSigner(verifies, jwt.HS256)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, `key_ops do not name "sign"`)
	_, err = jwt.NewVerifier[jwt.MapClaims](signs, hs256)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, `key_ops do not name "verify"`)

	raw, err := jwt.Sign(jwt.MapClaims{}, signs, jwt.HS256)
	require.NoError(t, err)
	_, err = jwt.Verify[jwt.MapClaims](raw, verifies, hs256)
	require.NoError(t, err)
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
