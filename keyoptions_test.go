package jwt_test

import (
	"crypto/ed25519"
	"crypto/fips140"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

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
				free, err := jwt.ParsePrivateKey(text)
				require.NoError(t, err)
				_, err = jwt.NewPrivateKey(&opaqueSigner{free.Crypto()}, jwt.WithAlgorithm(alg))
				require.ErrorIs(t, err, jwt.ErrInvalidOption, "%s %s", name, alg)
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

func TestGenerateRefusesWhatDoesNotApply(t *testing.T) {
	for name, row := range map[string]struct {
		alg  jwt.Algorithm
		opts []jwt.KeyOption
		want string
	}{
		"a secret for a key pair's algorithm": {jwt.RS256, nil, "use GeneratePrivateKey"},
		"nil":                                 {nil, nil, "algorithm"},
		"a number out of the list":            {jwt.HS256 + 100, nil, "algorithm"},
		"foreign":                             {struct{ jwt.Algorithm }{jwt.HS256}, nil, "algorithm"},
		"another algorithm":                   {jwt.HS256, []jwt.KeyOption{jwt.WithAlgorithm(jwt.HS384)}, "WithAlgorithm says HS384"},
		"a passphrase":                        {jwt.HS256, []jwt.KeyOption{jwt.WithPassphrase([]byte("x"))}, "WithPassphrase"},
		"a weak key":                          {jwt.HS256, []jwt.KeyOption{jwt.InsecureAllowWeakKey()}, "InsecureAllowWeakKey"},
		"a thumbprint of a secret":            {jwt.HS256, []jwt.KeyOption{jwt.WithThumbprintKeyID()}, "WithThumbprintKeyID"},
		"an empty kid":                        {jwt.HS256, []jwt.KeyOption{jwt.WithKeyID("")}, "kid"},
		"a nil option":                        {jwt.HS256, []jwt.KeyOption{nil}, "option"},
	} {
		t.Run("GenerateSecretKey, "+name, func(t *testing.T) {
			key, err := jwt.GenerateSecretKey(row.alg, row.opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, row.want)
		})
	}
	for name, row := range map[string]struct {
		alg  jwt.Algorithm
		opts []jwt.KeyOption
		want string
	}{
		"a key pair for a secret's algorithm": {jwt.HS512, nil, "use GenerateSecretKey"},
		"nil":                                 {nil, nil, "algorithm"},
		"another algorithm":                   {jwt.EdDSA, []jwt.KeyOption{jwt.WithAlgorithm(jwt.Ed25519)}, "WithAlgorithm says Ed25519"},
		"a passphrase":                        {jwt.EdDSA, []jwt.KeyOption{jwt.WithPassphrase([]byte("x"))}, "WithPassphrase"},
		"a weak key":                          {jwt.RS256, []jwt.KeyOption{jwt.InsecureAllowWeakKey()}, "InsecureAllowWeakKey"},
	} {
		t.Run("GeneratePrivateKey, "+name, func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(row.alg, row.opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, row.want)
		})
	}
}

// inFIPS runs a test in a process of its own, since the mode is fixed when a program starts. It
// reports whether this is that process.
func inFIPS(t *testing.T, mode string) bool {
	const mark = "JWT_TEST_FIPS"
	if os.Getenv(mark) == mode {
		require.True(t, fips140.Enabled())
		return true
	}
	run := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	run.Env = append(os.Environ(), mark+"="+mode, "GODEBUG=fips140="+mode)
	output, err := run.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "--- PASS: "+t.Name())
	return false
}

// TestKeysThatFIPSForbids: what crypto/hmac would panic about, and crypto/rsa would call a bad
// signature, is an error of the key's constructor.
func TestKeysThatFIPSForbids(t *testing.T) {
	if !inFIPS(t, "only") {
		return
	}
	weak := jwt.InsecureAllowWeakKey()
	_, err := jwt.NewSecretKey(make([]byte, 13), weak)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "a secret of 13 bytes is not allowed in FIPS 140-only mode: want at least 14")
	_, err = jwt.ParseSecretKey([]byte(`{"kty":"oct","k":"AAAA"}`), weak)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	short, err := jwt.NewSecretKey(make([]byte, 14), weak)
	require.NoError(t, err)
	raw, err := jwt.Sign(jwt.MapClaims{}, short, jwt.HS512)
	require.NoError(t, err)
	_, err = jwt.Verify[jwt.MapClaims](raw, short, []jwt.Algorithm{jwt.HS512})
	require.NoError(t, err)

	text, err := os.ReadFile("testdata/keys/rsa2048-pem")
	require.NoError(t, err)
	key, err := jwt.ParsePrivateKey(text)
	require.NoError(t, err)
	good := key.Public().Crypto().(*rsa.PublicKey)
	odd := func(bits int) *big.Int { return new(big.Int).SetBit(big.NewInt(1), bits-1, 1) }
	for want, public := range map[string]*rsa.PublicKey{
		"smaller than 2048 bits":  {N: odd(1024), E: 65537},
		"odd size":                {N: odd(2049), E: 65537},
		"public exponent <= 2¹⁶":  {N: good.N, E: 3},
		"exponent <= 2¹⁶ is not ": {N: good.N, E: 65535},
	} {
		_, err = jwt.NewPublicKey(public, weak)
		require.ErrorIs(t, err, jwt.ErrInvalidKey, want)
		require.ErrorContains(t, err, want)
		set, err := jwt.ParseKeySet(fmt.Appendf(nil, `{"keys":[{"kty":"RSA","n":"%s","e":"%s"}]}`,
			base64.RawURLEncoding.EncodeToString(public.N.Bytes()), base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes())))
		require.NoError(t, err)
		require.Empty(t, set.Keys(), want)
		require.Len(t, set.Skipped(), 1)
	}
	for _, alg := range []jwt.Algorithm{jwt.RS256, jwt.PS512} {
		raw, err = jwt.Sign(jwt.MapClaims{}, key, alg)
		require.NoError(t, err)
		_, err = jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
		require.NoError(t, err)
	}
}

// TestFIPSForbidsPrimesOfDifferentSizes: crypto/rsa refuses them in the middle of a PSS signature.
func TestFIPSForbidsPrimesOfDifferentSizes(t *testing.T) {
	if !inFIPS(t, "only") {
		return
	}
	prime := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(3), bits-2)
		for n.SetBit(n, 0, 1); !n.ProbablyPrime(10); n.Add(n, big.NewInt(2)) {
		}
		return n
	}
	p, q := prime(1000), prime(1048)
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	d := new(big.Int).ModInverse(big.NewInt(65537), phi)
	require.NotNil(t, d)
	_, err := jwt.NewPrivateKey(&rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}, D: d, Primes: []*big.Int{p, q}})
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "primes of different sizes")
}
