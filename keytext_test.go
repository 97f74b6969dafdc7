package jwt_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

const passphrase = "correct horse"

// keyFiles gives the names of the private keys in testdata/keys.
func keyFiles(t testing.TB) []string {
	publics, err := filepath.Glob("testdata/keys/*.pub")
	require.NoError(t, err)
	require.Len(t, publics, 30)
	var names []string
	for _, p := range publics {
		names = append(names, strings.TrimSuffix(p, ".pub"))
	}
	return names
}

func readKeyPair(t testing.TB, name string) (private, public []byte) {
	private, err := os.ReadFile(name)
	if err != nil {
		private, err = os.ReadFile(name + ".pem")
	}
	require.NoError(t, err)
	public, err = os.ReadFile(name + ".pub")
	require.NoError(t, err)
	return private, public
}

func TestKeysOfSSHKeygenAndOpenSSL(t *testing.T) {
	for _, name := range keyFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, line := readKeyPair(t, name)
			public, err := jwt.ParsePublicKey(line)
			require.NoError(t, err)
			private, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
			require.NoError(t, err)
			require.True(t, private.Public().Equal(public))
			requireRoundTrips(t, private)

			windows := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
			again, err := jwt.ParsePrivateKey(append([]byte("\r\n \t"), windows...), jwt.WithPassphrase([]byte(passphrase)))
			require.NoError(t, err)
			require.True(t, again.Public().Equal(public))

			_, err = jwt.ParsePublicKey(text)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			_, err = jwt.ParsePrivateKey(line)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			for _, secret := range [][]byte{text, line, []byte("  # key\n" + string(line)), bytes.TrimSpace(text)} {
				_, err = jwt.NewSecretKey(secret, jwt.InsecureAllowWeakKey())
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
			if strings.Contains(name, "passphrase") {
				_, err = jwt.ParsePrivateKey(text)
				require.ErrorContains(t, err, "this is an encrypted OpenSSH private key: pass WithPassphrase")
				_, missing := errors.AsType[*ssh.PassphraseMissingError](err)
				require.True(t, missing)
				_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("wrong")))
				require.ErrorContains(t, err, "the passphrase of the OpenSSH private key is wrong")
				require.ErrorIs(t, err, x509.IncorrectPasswordError)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
		})
	}
}

func TestEncryptedPKCS8(t *testing.T) {
	files, err := filepath.Glob("testdata/keys/encrypted/*")
	require.NoError(t, err)
	require.Len(t, files, 9)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source := map[string]string{"ecdsa": "openssl-ecparam", "rsa": "openssl-genpkey-rsa"}[filepath.Base(file)]
		if source == "" {
			source = "openssl-ed25519"
		}
		_, line := readKeyPair(t, "testdata/keys/"+source)
		public, err := jwt.ParsePublicKey(line)
		require.NoError(t, err)
		private, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
		require.NoError(t, err, file)
		require.True(t, private.Public().Equal(public), file)

		_, err = jwt.ParsePrivateKey(text)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, "this is an encrypted PKCS #8 key: pass WithPassphrase")
		_, missing := errors.AsType[*ssh.PassphraseMissingError](err)
		require.True(t, missing)
		_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("wrong")))
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorIs(t, err, x509.IncorrectPasswordError)
		_, err = jwt.ParsePublicKey(text)
		require.ErrorContains(t, err, "this is a private key")
	}
}

// requireRoundTrips writes a key in every form and reads it back.
func requireRoundTrips(t testing.TB, private *jwt.PrivateKey) {
	for _, write := range []func() ([]byte, error){private.MarshalPEM, private.ExportJWK} {
		text, err := write()
		require.NoError(t, err)
		again, err := jwt.ParsePrivateKey(text, jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		require.True(t, again.Public().Equal(private.Public()))
		second, err := again.MarshalPEM()
		require.NoError(t, err)
		first, err := private.MarshalPEM()
		require.NoError(t, err)
		require.Equal(t, first, second)
	}
	requirePublicRoundTrips(t, private.Public())
}

func requirePublicRoundTrips(t testing.TB, public *jwt.PublicKey) {
	for name, write := range map[string]func() ([]byte, error){"PEM": public.MarshalPEM, "OpenSSH": public.MarshalAuthorizedKey, "JWK": public.MarshalJSON} {
		text, err := write()
		if key, ok := public.Crypto().(*rsa.PublicKey); ok && name == "OpenSSH" && key.E >= 1<<24 {
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			continue
		}
		require.NoError(t, err)
		again, err := jwt.ParsePublicKey(text, jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		require.True(t, again.Equal(public))
	}
}

func TestOtherPublicForms(t *testing.T) {
	const name = "testdata/keys/openssl-genpkey-rsa"
	_, text := readKeyPair(t, name)
	want, err := jwt.ParsePublicKey(text)
	require.NoError(t, err)
	for _, suffix := range []string{".pkcs1", ".crt"} {
		text, err := os.ReadFile(name + suffix)
		require.NoError(t, err)
		got, err := jwt.ParsePublicKey(text)
		require.NoError(t, err)
		require.True(t, got.Equal(want))
		_, err = jwt.ParsePrivateKey(text)
		require.ErrorContains(t, err, "use ParsePublicKey")
		_, err = jwt.NewSecretKey(text)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// refusedTexts says, for each file of testdata/keys/refused, what the errors of
// ParsePrivateKey and ParsePublicKey must say.
var refusedTexts = map[string]struct{ private, public string }{
	"encrypted-pem":            {"`ssh-keygen -p -f FILE` rewrites it", "`ssh-keygen -p -f FILE` rewrites it"},
	"encrypted-scrypt":         {"encrypted with scrypt: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes1-3des":     {"encrypted with PBES1, by SHA-1 and 3DES: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes1-des":      {"encrypted with PBES1, by MD5 and DES: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes2-rc2":      {"encrypted with RC2: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes2-camellia": {"encrypted with \"1.2.392.200011.61.1.1.1.4\": `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-rounds":         {"2000001 rounds of PBKDF2, want at most 2000000: `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE` rewrites it", "this is a private key"},
	"request":                  {"no private key", "this is a certificate request: `openssl req -pubkey -noout`"},
	"x25519":                   {"an X25519 key, which is for key agreement and can't sign", "this is a private key"},
	"x25519-public":            {"use ParsePublicKey", "an X25519 key, which is for key agreement and can't sign"},
	"x448":                     {"an X448 key, which is for key agreement and can't sign", "this is a private key"},
	"ed448":                    {"an Ed448 key, which is not supported: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519", "this is a private key"},
	"ed448-public":             {"use ParsePublicKey", "an Ed448 key, which is not supported: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519"},
	"rsa-pss":                  {"a plain RSA key (rsaEncryption) signs PS256 too", "this is a private key"},
	"rsa-pss-public":           {"use ParsePublicKey", "a plain RSA key (rsaEncryption) signs PS256 too"},
	"secp256k1":                {"secp256k1 (ES256K) is not supported: want P-256, P-384 or P-521", "this is a private key"},
	"secp256k1-public":         {"use ParsePublicKey", "secp256k1 (ES256K) is not supported: want P-256, P-384 or P-521"},
	"secp256k1-ecparam":        {"secp256k1 (ES256K) is not supported", "secp256k1 (ES256K) is not supported"},
	"p224":                     {"P-224 is not supported: want P-256, P-384 or P-521", "this is a private key"},
	"p224-public":              {"use ParsePublicKey", "P-224 is not supported: want P-256, P-384 or P-521"},
	"dsa":                      {"two blocks", "two blocks"},
	"dsa-pkcs8":                {"a DSA key, for which there is no JOSE algorithm", "this is a private key"},
	"dsa-traditional":          {"a DSA key, for which there is no JOSE algorithm", "this is a private key"},
	"dsa-public":               {"use ParsePublicKey", "a DSA key, for which there is no JOSE algorithm"},
	"private.der":              {"a private key in DER: `openssl pkey -inform DER -in FILE`", "a private key in DER"},
	"public.der":               {"a public key in DER", "a public key in DER: `openssl pkey -pubin -inform DER -in FILE`"},
	"pkcs1-private.der":        {"a private key in DER: `openssl pkey", "a private key in DER"},
	"pkcs1-public.der":         {"a public key in DER", "a public key in DER: `openssl pkey -pubin"},
	"certificate.der":          {"a certificate", "a certificate or a request for one in DER: `openssl x509 -inform DER -in FILE`"},
	"pkcs12.p12":               {"a PKCS #12 file: `openssl pkcs12 -nocerts -nodes -in FILE | openssl pkey`", "`openssl pkcs12 -nokeys -clcerts -in FILE | openssl x509`"},
	"pkcs7.p7b":                {"a PKCS #7 file", "a PKCS #7 file: `openssl pkcs7 -inform DER -print_certs -in FILE`"},
	"putty.ppk":                {"a PuTTY key file: `puttygen FILE -O private-openssh-new -o OUT`", "-O public-openssh"},
	"rfc4716":                  {"an RFC 4716 public key", "an RFC 4716 public key: `ssh-keygen -i -f FILE`"},
	"body-without-frame":       {"encoded once more", "a public key in DER, encoded once more: `base64 -d` decodes base64 and `xxd -r -p` hex, then `openssl pkey -pubin"},
	"pem-in-base64":            {"a PEM text with something around it, or encoded once more", "a PEM text with something around it, or encoded once more"},
	"backslash-n":              {`line breaks turned into \n or blanks?`, `line breaks turned into \n or blanks?`},
	"line-breaks-as-blanks":    {`line breaks turned into \n or blanks?`, `line breaks turned into \n or blanks?`},
	"byte-order-mark":          {"byte order mark before the key", "byte order mark before the key"},
	"utf-16":                   {"UTF-16 text: save the file as UTF-8", "UTF-16 text: save the file as UTF-8"},
	"ecparam-of-another-curve": {"the ECDSA private key is on P-256, but what stands before it says P-384", "this is a private key"},
	"ecparam-alone":            {"no private key", "no public key"},
	"ecparam-before-pkcs8":     {`EC PARAMETERS are followed by "PRIVATE KEY", want EC PRIVATE KEY`, "EC PARAMETERS are followed by"},
	"ecparam-explicit":         {"the EC PARAMETERS do not name a curve", "the EC PARAMETERS do not name a curve"},
	"explicit-curve-public":    {"use ParsePublicKey", "does not name its curve: `openssl pkey -ec_param_enc named_curve`"},
	"blank-line":               {"in lines without blanks", "in lines without blanks"},
	"indented":                 {"are the lines indented?", "are the lines indented?"},
	"ssh-certificate":          {"an OpenSSH public key", "an OpenSSH certificate"},
	"sk-ed25519":               {"an OpenSSH public key", "FIDO security token"},
	"options":                  {"an OpenSSH public key: it can't sign", "options, a host or a comment mark before the key"},
	"known-hosts":              {"an OpenSSH public key: it can't sign", "options, a host or a comment mark before the key"},
	"comment-above":            {"an OpenSSH public key: it can't sign", "more than one line"},
	"two-lines":                {"an OpenSSH public key: it can't sign", "more than one line"},
	"two-blocks":               {"two blocks", "two blocks"},
	"text-around":              {"a PEM text with something around it", "a PEM text with something around it"},
	"text-after":               {"text after the block", "text after the block"},
	"wrong-label":              {"not what its label says", "this is a private key"},
	"truncated":                {"line of its own", "line of its own"},
	"empty":                    {"empty", "empty"},
	"large":                    {"too long", "too long"},
}

func TestRefusedTexts(t *testing.T) {
	files, err := filepath.Glob("testdata/keys/refused/*")
	require.NoError(t, err)
	require.Len(t, files, len(refusedTexts))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			says, ok := refusedTexts[filepath.Base(file)]
			require.True(t, ok)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			checkRefusals(t, []refusal{{"private", string(text), says.private}}, parsePrivate)
			checkRefusals(t, []refusal{{"public", string(text), says.public}}, parsePublic)
			_, err = jwt.NewSecretKey(text, jwt.InsecureAllowWeakKey())
			if filepath.Base(file) != "empty" {
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
		})
	}
}

func TestKeysThatCanNotBeWritten(t *testing.T) {
	_, err := new(jwt.PrivateKey).MarshalPEM()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = new(jwt.PublicKey).MarshalPEM()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = new(jwt.PublicKey).MarshalAuthorizedKey()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	k, err := jwt.NewPrivateKey(opaque{private, nil})
	require.NoError(t, err)
	_, err = k.MarshalPEM()
	require.ErrorContains(t, err, "held by its signer")
	_, err = jwt.ParsePublicKey([]byte("x"), jwt.WithPassphrase([]byte("x")))
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

// addKeyTexts seeds a fuzz target with all of testdata/keys, good and bad.
func addKeyTexts(f *testing.F) {
	n := 0
	for _, pattern := range []string{"testdata/keys/*", "testdata/keys/refused/*", "testdata/keys/jwk/*"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil || len(text) > 2<<10 {
				continue // a directory, or a key that takes long to check
			}
			n++
			f.Add(text, n%2 == 0)
		}
	}
	require.Greater(f, n, 100)
}

func weakIf(weak bool) []jwt.KeyOption {
	if weak {
		return []jwt.KeyOption{jwt.InsecureAllowWeakKey()}
	}
	return nil
}

// FuzzParsePrivateKey: a key that is accepted comes back equal from every form.
func FuzzParsePrivateKey(f *testing.F) {
	addKeyTexts(f)
	f.Fuzz(func(t *testing.T, text []byte, weak bool) {
		k, err := jwt.ParsePrivateKey(text, weakIf(weak)...)
		if err != nil {
			requireClass(t, err)
			return
		}
		requireRoundTrips(t, k)
		_, err = jwt.ParsePublicKey(text, weakIf(weak)...)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.NewSecretKey(text, jwt.InsecureAllowWeakKey())
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

// FuzzParsePublicKey: a key that is accepted comes back equal from every form, and its
// text is neither a private key nor a secret.
func FuzzParsePublicKey(f *testing.F) {
	addKeyTexts(f)
	f.Fuzz(func(t *testing.T, text []byte, weak bool) {
		k, err := jwt.ParsePublicKey(text, weakIf(weak)...)
		if err != nil {
			requireClass(t, err)
			return
		}
		requirePublicRoundTrips(t, k)
		_, err = jwt.ParsePrivateKey(text, weakIf(weak)...)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.NewSecretKey(text, jwt.InsecureAllowWeakKey())
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

// OpenSSH lines hold exponents of up to 24 bits here: a longer one must not be written.
func TestRSAExponentsOfOpenSSHLines(t *testing.T) {
	n := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 2048), big.NewInt(1))
	for e, fits := range map[int]bool{65537: true, 1<<24 - 1: true, 1<<24 + 1: false, 1<<31 - 1: false} {
		key, err := jwt.NewPublicKey(&rsa.PublicKey{N: n, E: e})
		require.NoError(t, err)
		line, err := key.MarshalAuthorizedKey()
		if fits {
			require.NoError(t, err)
			requirePublicRoundTrips(t, key)
			continue
		}
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, "use MarshalPEM or MarshalJSON")
		require.Nil(t, line)
		for _, write := range []func() ([]byte, error){key.MarshalPEM, key.MarshalJSON} {
			text, err := write()
			require.NoError(t, err)
			again, err := jwt.ParsePublicKey(text)
			require.NoError(t, err)
			require.True(t, again.Equal(key))
		}
	}
}

// parsers are all constructors that take a key as text.
var parsers = map[string]func([]byte, ...jwt.KeyOption) error{
	"ParsePrivateKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParsePrivateKey(text, append(opts, jwt.WithPassphrase([]byte(passphrase)))...)
		return err
	},
	"ParsePublicKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParsePublicKey(text, opts...)
		return err
	},
	"ParseSecretKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParseSecretKey(text, opts...)
		return err
	},
	"ParseKeySet": func(text []byte, _ ...jwt.KeyOption) error {
		_, err := jwt.ParseKeySet(text)
		return err
	},
	"ParseAuthorizedKeys": func(text []byte, _ ...jwt.KeyOption) error {
		_, err := jwt.ParseAuthorizedKeys(text)
		return err
	},
	"NewSecretKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.NewSecretKey(text, opts...)
		return err
	},
}

// takers names the constructors whose documentation names the form of a file in
// testdata/keys.
func takers(path string, text []byte) []string {
	name, public := filepath.Base(path), []string{"ParsePublicKey"}
	switch dir := filepath.Base(filepath.Dir(path)); {
	case dir == "refused" && (name == "comment-above" || name == "two-lines"), name == "authorized_keys":
		return []string{"ParseAuthorizedKeys"}
	case dir == "refused":
		return nil
	case name == "secret.json":
		return []string{"ParseSecretKey"}
	case name == "set.json":
		return []string{"ParseKeySet"}
	case strings.HasSuffix(name, "-public.json"), strings.HasSuffix(name, ".crt"), strings.HasSuffix(name, ".pkcs1"):
		return public
	case !strings.HasSuffix(name, ".pub"):
		return []string{"ParsePrivateKey"}
	case bytes.HasPrefix(text, []byte("-----BEGIN ")):
		return public
	}
	return append(public, "ParseAuthorizedKeys") // a line is a file of one line
}

// No constructor takes a key text but those that name its form: with this matrix a public
// key can't become a secret, nor a private one be published.
func TestKeyTextsAreTakenByTheirOwnConstructorsAlone(t *testing.T) {
	files := 0
	require.NoError(t, filepath.WalkDir("testdata/keys", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "README.md" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		want := takers(path, text)
		for name, parse := range parsers {
			err := parse(text)
			if entry.Name() != "empty" && !strings.Contains(path, "passphrase") { // a line break is a weak secret; bcrypt takes long
				weak := parse(text, jwt.InsecureAllowWeakKey())
				require.Equal(t, err == nil, weak == nil, "%s(%s), weak keys allowed", name, path)
			}
			if len(want) > 0 && strings.Contains(strings.Join(want, " "), name) {
				require.NoError(t, err, "%s(%s)", name, path)
				continue
			}
			require.ErrorIs(t, err, jwt.ErrInvalidKey, "%s(%s)", name, path)
			require.NotErrorIs(t, err, jwt.ErrInvalidOption, "%s(%s)", name, path)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken, "%s(%s)", name, path)
		}
		return nil
	}))
	require.Greater(t, files, 120)
}

// vectorTakers is takers for the keys of testdata/vectors, by their content. Not every key
// there is good, so that it says who may take one.
func vectorTakers(text string) []string {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		return []string{"ParsePublicKey", "ParseAuthorizedKeys"}
	}
	var jwk map[string]any
	_ = json.Unmarshal([]byte(trimmed), &jwk)
	switch {
	case jwk["kty"] == "oct":
		return []string{"ParseSecretKey"}
	case jwk["keys"] != nil:
		return []string{"ParseKeySet"}
	case jwk["d"] != nil:
		return []string{"ParsePrivateKey"}
	}
	return []string{"ParsePublicKey"}
}

func TestKeysOfTheVectorsAreTakenByTheirOwnConstructorsAlone(t *testing.T) {
	seen, taken := map[string]bool{}, map[string]int{}
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			if v.Key.Kind == "hmac" || seen[v.Key.Value] {
				continue
			}
			seen[v.Key.Value] = true
			may := strings.Join(vectorTakers(v.Key.Value), " ")
			for name, parse := range parsers {
				if err := parse([]byte(v.Key.Value)); err == nil && name != "NewSecretKey" {
					require.Contains(t, may, name, "%s took the key of %s", name, v.ID)
					taken[name]++
					require.ErrorIs(t, parsers["NewSecretKey"]([]byte(v.Key.Value), jwt.InsecureAllowWeakKey()), jwt.ErrInvalidKey, v.ID)
				}
			}
		}
	}
	require.Greater(t, len(seen), 100)
	for _, name := range []string{"ParsePublicKey", "ParseAuthorizedKeys", "ParseSecretKey", "ParseKeySet"} {
		require.NotZero(t, taken[name], name)
	}
}
