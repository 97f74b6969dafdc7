package jwt_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
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
	"example.com/jwt/internal/testkeys"
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

func TestKeysOfSSHKeygenAndOpenSSL(t *testing.T) {
	for _, name := range keyFiles(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, line := testkeys.Pair(t, name)
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
	require.Len(t, files, 11)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		source := map[string]string{"ecdsa": "openssl-ecparam", "rsa": "openssl-genpkey-rsa"}[filepath.Base(file)]
		if source == "" {
			source = "openssl-ed25519"
		}
		_, line := testkeys.Pair(t, "testdata/keys/"+source)
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
		require.NotContains(t, err.Error(), "line break")
		_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase+"\n")))
		require.ErrorIs(t, err, x509.IncorrectPasswordError)
		require.ErrorContains(t, err, "is wrong: it ends in a line break")
		_, err = jwt.ParsePublicKey(text)
		require.ErrorContains(t, err, "this is a private key")
	}
}

// hasOpenSSHForm is false for ML-DSA, and for RSA keys with a long exponent.
func hasOpenSSHForm(key *jwt.PublicKey) bool {
	switch key := key.Crypto().(type) {
	case *rsa.PublicKey:
		return key.E < 1<<24
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// requireRoundTrips writes a key in every form and reads it back.
func requireRoundTrips(t testing.TB, private *jwt.PrivateKey) {
	for name, write := range map[string]func() ([]byte, error){"PKCS #8": private.MarshalPEM, "JWK": private.ExportJWK, "OpenSSH": private.MarshalOpenSSH} {
		text, err := write()
		if name == "OpenSSH" && !hasOpenSSHForm(private.Public()) {
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			continue
		}
		require.NoError(t, err)
		again, err := jwt.ParsePrivateKey(text, jwt.InsecureAllowWeakKey())
		require.NoError(t, err, name)
		require.True(t, again.Equal(private), name)
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
		if name == "OpenSSH" && !hasOpenSSHForm(public) {
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
	_, text := testkeys.Pair(t, name)
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
	"encrypted-scrypt":         {"encrypted with scrypt: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes1-3des":     {"encrypted with PBES1, by SHA-1 and 3DES: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes1-des":      {"encrypted with PBES1, by MD5 and DES: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes2-rc2":      {"encrypted with RC2: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE` rewrites it", "this is a private key"},
	"encrypted-pbes2-camellia": {"encrypted with \"1.2.392.200011.61.1.1.1.4\": `openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE` rewrites it", "this is a private key"},
	"encrypted-rounds":         {"2000001 rounds of PBKDF2, want at most 2000000: `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE` rewrites it", "this is a private key"},
	"encrypted-pem":            {"`openssl pkey -in FILE` decrypts it", `this is a private key`},
	"request":                  {`no private key`, "this is a certificate request: `openssl req -pubkey -noout -in FILE`"},
	"x25519":                   {"an X25519 key, which is for key agreement and can't sign", "this is a private key"},
	"x25519-public":            {"use ParsePublicKey", "an X25519 key, which is for key agreement and can't sign"},
	"x448":                     {"an X448 key, which is for key agreement and can't sign", "this is a private key"},
	"ed448":                    {`an Ed448 key, which is not supported: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. No command changes that: make another key`, `this is a private key`},
	"ed448-public":             {`use ParsePublicKey`, `an Ed448 key, which is not supported: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. No command changes that: make another key`},
	"rsa-pss":                  {"a plain one, as of `openssl genrsa 3072`, signs PS256 too", `this is a private key`},
	"rsa-pss-public":           {`use ParsePublicKey`, "a plain one, as of `openssl genrsa 3072`, signs PS256 too"},
	"secp256k1":                {`secp256k1 (ES256K), which is not supported: want RSA, ECDSA on P-256`, `this is a private key`},
	"secp256k1-public":         {`use ParsePublicKey`, `secp256k1 (ES256K), which is not supported: want RSA`},
	"secp256k1-ecparam":        {`secp256k1 (ES256K), which is not supported`, `this is a private key`},
	"p224":                     {`P-224, which is not supported`, `this is a private key`},
	"p224-public":              {`use ParsePublicKey`, `P-224, which is not supported`},
	"dsa":                      {`a DSA key, for which there is no JOSE algorithm`, `this is a private key`},
	"dsa-pkcs8":                {"a DSA key, for which there is no JOSE algorithm", "this is a private key"},
	"dsa-traditional":          {"a DSA key, for which there is no JOSE algorithm", "this is a private key"},
	"dsa-public":               {"use ParsePublicKey", "a DSA key, for which there is no JOSE algorithm"},
	"private.der":              {"a private key in DER: `openssl pkey -inform DER -in FILE`", "a private key in DER"},
	"public.der":               {"a public key in DER", "a public key in DER: `openssl pkey -pubin -inform DER -in FILE`"},
	"pkcs1-private.der":        {"a private key in DER: `openssl pkey", "a private key in DER"},
	"pkcs1-public.der":         {"a public key in DER", "a public key in DER: `openssl pkey -pubin"},
	"certificate.der":          {"a certificate", "a certificate in DER: `openssl x509 -inform DER -in FILE`"},
	"pkcs12.p12":               {"a PKCS #12 file: `openssl pkcs12 -nocerts -nodes -in FILE`", "`openssl pkcs12 -nokeys -clcerts -in FILE`"},
	"pkcs7.p7b":                {"a PKCS #7 file", "a PKCS #7 file: `openssl pkcs7 -inform DER -print_certs -in FILE`"},
	"putty.ppk":                {"a PuTTY key file: `puttygen FILE -O private-openssh-new -o OUT`", "-O public-openssh"},
	"rfc4716":                  {"an RFC 4716 public key", "an RFC 4716 public key: `ssh-keygen -i -f FILE`"},
	"body-without-frame":       {"encoded once more", "encoded once more: `base64 -di FILE | openssl pkey -pubin -inform DER`"},
	"pem-in-base64":            {"a key text that is encoded once more: `base64 -di FILE`", "a key text that is encoded once more: `base64 -di FILE`"},
	"backslash-n":              {`line breaks of the PEM text are written \n`, `line breaks of the PEM text are written \n`},
	"line-breaks-as-blanks":    {"turned into blanks: `perl", "turned into blanks: `perl"},
	"utf-16":                   {"UTF-16 text: `iconv -f UTF-16 -t UTF-8 FILE`", "UTF-16 text: `iconv -f UTF-16 -t UTF-8 FILE`"},
	"ecparam-of-another-curve": {"on P-256, and what stands beside it says P-384: `openssl pkey -in FILE`", `this is a private key`},
	"ecparam-alone":            {"no private key", "no public key"},
	"ecparam-explicit":         {"the EC PARAMETERS do not name a curve: `openssl pkey -in FILE -ec_param_enc named_curve`", `this is a private key`},
	"explicit-curve-public":    {`use ParsePublicKey`, "does not name its curve: `openssl pkey -pubin -in FILE -ec_param_enc named_curve`"},
	"blank-line":               {"has blanks or blank lines in it: `perl", `this is a private key`},
	"indented":                 {"are the lines indented?", "are the lines indented?"},
	"ssh-certificate":          {`an OpenSSH public key`, `an OpenSSH certificate ("ssh-ed25519-cert-v01@openssh.com"): use the plain public key`},
	"sk-ed25519":               {"an OpenSSH public key", "FIDO security token"},
	"options":                  {`an OpenSSH public key: it can't sign`, "options, a host or a comment mark before the key: want the plain .pub line (`grep"},
	"known-hosts":              {"an OpenSSH public key: it can't sign", "options, a host or a comment mark before the key"},
	"comment-above":            {"an OpenSSH public key: it can't sign", "more than one line"},
	"two-lines":                {"an OpenSSH public key: it can't sign", "more than one line"},
	"two-blocks":               {`use ParsePublicKey`, "want one and nothing else (`openssl pkey -pubin -in FILE` prints the first)"},
	"hex":                      {`encoded once more`, "encoded once more: `xxd -r -p FILE | openssl pkey -pubin -inform DER`"},
	"quoted":                   {"quotes stand around it: `perl", "quotes stand around it: `perl"},
	"env-file":                 {`line breaks of the PEM text are written \n`, `line breaks of the PEM text are written \n`},
	"no-line-breaks":           {`line breaks of the PEM text are lost`, `line breaks of the PEM text are lost`},
	"carriage-returns":         {"carriage returns alone: `perl", "carriage returns alone: `perl"},
	"blanks-at-line-ends":      {`use ParsePublicKey`, "has blanks or blank lines in it: `perl"},
	"service-account.json":     {`Google service account: its member "private_key" is the key`, `its member "private_key" is the key`},
	"explicit-curve-private":   {"does not name its curve: `openssl pkey -in FILE -ec_param_enc named_curve`", `this is a private key`},
	"compressed-private":       {"not an uncompressed point: `openssl pkey -in FILE -ec_conv_form uncompressed`", `this is a private key`},
	"compressed-public":        {`use ParsePublicKey`, "not an uncompressed point: `openssl pkey -pubin -in FILE -ec_conv_form uncompressed`"},
	"curve-missing":            {"does not name its curve: `openssl ecparam -name prime256v1 | cat - FILE`", `this is a private key`},
	"rsa-without-null":         {`use ParsePublicKey`, "not canonical, or has more in it than the key: `openssl pkey -pubin -in FILE`"},
	"key-usage-agreement":      {`does not include digitalSignature`, `this is a private key`},
	"headers":                  {`use ParsePublicKey`, "the PEM block has headers: `sed"},
	"two-private-keys":         {"want one and nothing else (`openssl pkey -in FILE` prints the first)", `this is a private key`},
	"two-certificates":         {`use ParsePublicKey`, "the first of a chain, which `openssl x509 -in FILE` prints"},
	"trusted-certificate":      {`use ParsePublicKey`, "`openssl x509 -in FILE` writes it as a plain CERTIFICATE"},
	"pkcs7.pem":                {`no private key`, "`openssl pkcs7 -print_certs -in FILE`"},
	"line-before-block":        {"an OpenSSH public key beside the PEM block: `sed", "an OpenSSH public key beside the PEM block: `sed"},
	"wrong-label":              {"says \"EC PRIVATE KEY\" and holds what belongs into \"RSA PRIVATE KEY\": `sed", `this is a private key`},
	"truncated":                {"line of its own", "line of its own"},
	"request.der":              {"a certificate request in DER", "a certificate request in DER: `openssl req -pubkey -noout -inform DER -in FILE`"},
	"request-in-base64":        {"a certificate request in DER", "a certificate request in DER, encoded once more: `base64 -di FILE | openssl req -pubkey -noout -inform DER`"},
	"pem-in-base64-crlf":       {"encoded once more: `base64 -di FILE`", "encoded once more: `base64 -di FILE`"},
	"broken-line":              {"an OpenSSH public key: it can't sign", "broken into several: `tr"},
	"line-without-type":        {"an OpenSSH public key: it can't sign", "without the type before it: `(printf 'ssh-rsa '"},
	"options-after-tabs":       {"an OpenSSH public key: it can't sign", "options, a host or a comment mark before the key"},
	"large-openssh":            {"too long: want at most 65536 (`sed", "too long: want at most 65536 (`sed"},
	"empty":                    {"empty", "empty"},
	"pem-in-base64url":         {"encoded once more: `perl -MMIME::Base64", "encoded once more: `perl -MMIME::Base64"},
	"der-in-base64url":         {"encoded once more: `perl -MMIME::Base64", "a public key in DER, encoded once more: `perl -MMIME::Base64"},
	"utf-16-without-mark":      {"UTF-16LE text: `iconv -f UTF-16LE", "UTF-16LE text: `iconv -f UTF-16LE"},
	"label-made-up":            {"says \"ED25519 PRIVATE KEY\" and holds what belongs into \"PRIVATE KEY\": `sed", "this is a private key"},
	"encrypted-pbes2-blowfish": {"encrypted with Blowfish: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE` rewrites it", "this is a private key"},
	"large":                    {`too long`, "too long: want at most 65536 (`openssl pkey -pubin -in FILE`"},
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

// The files of testdata/keys/around have something around their key, or bend a rule of its form.
// Where the standard library reads them at all, it finds the same key.
func TestKeysAmongOtherThings(t *testing.T) {
	files, err := filepath.Glob("testdata/keys/around/*")
	require.NoError(t, err)
	require.Len(t, files, 13)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if !bytes.Contains(text, []byte("PRIVATE KEY-----")) {
			key, err := jwt.ParsePublicKey(text)
			require.NoError(t, err, file)
			requireKeyOfOthers(t, text, "", key)
			_, err = jwt.ParsePrivateKey(text)
			require.ErrorContains(t, err, "use ParsePublicKey", file)
			continue
		}
		key, err := jwt.ParsePrivateKey(text)
		require.NoError(t, err, file)
		requireKeyOfOthers(t, text, "PRIVATE KEY", key.Public())
		requireRoundTrips(t, key)
		_, err = jwt.ParsePublicKey(text)
		require.ErrorContains(t, err, "this is a private key", file)
	}
}

func TestKeysThatCanNotBeWritten(t *testing.T) {
	for _, k := range []*jwt.PrivateKey{nil, new(jwt.PrivateKey)} {
		for _, write := range []func() ([]byte, error){k.MarshalPEM, k.MarshalOpenSSH} {
			_, err := write()
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
	for _, k := range []*jwt.PublicKey{nil, new(jwt.PublicKey)} {
		for _, write := range []func() ([]byte, error){k.MarshalPEM, k.MarshalAuthorizedKey, k.MarshalJSON} {
			_, err := write()
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	k, err := jwt.NewPrivateKey(opaque{private, nil})
	require.NoError(t, err)
	_, err = k.MarshalPEM()
	require.ErrorContains(t, err, "held by its signer")
	_, err = k.MarshalOpenSSH()
	require.ErrorContains(t, err, "held by its signer")
	_, err = jwt.ParsePublicKey([]byte("x"), jwt.WithPassphrase([]byte("x")))
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
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

func TestRSAExponentsOfOpenSSHFiles(t *testing.T) {
	key, err := jwt.ParsePrivateKey(mustRead("rsa2048-default"))
	require.NoError(t, err)
	pair := key.Crypto().(*rsa.PrivateKey)
	one := big.NewInt(1)
	order := new(big.Int).Mul(new(big.Int).Sub(pair.Primes[0], one), new(big.Int).Sub(pair.Primes[1], one))
	pair.E = 1<<24 + 1
	for pair.D = nil; pair.D == nil; pair.E += 2 {
		pair.D = new(big.Int).ModInverse(big.NewInt(int64(pair.E+2)), order)
	}
	long, err := jwt.NewPrivateKey(&rsa.PrivateKey{PublicKey: pair.PublicKey, D: pair.D, Primes: pair.Primes})
	require.NoError(t, err)
	_, err = long.MarshalPEM()
	require.NoError(t, err)
	_, err = long.MarshalOpenSSH()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
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

// hasMLDSA reports whether this version of Go has ML-DSA.
func hasMLDSA() bool {
	_, err := jwt.ParseAlgorithm("ML-DSA-44")
	return err == nil
}

// takers names the constructors whose documentation names the form of a file in
// testdata/keys.
func takers(path string, text []byte) []string {
	name, public := filepath.Base(path), []string{"ParsePublicKey"}
	switch dir := filepath.Base(filepath.Dir(path)); {
	case dir == "refused" && (name == "comment-above" || name == "two-lines" || name == "line-before-block"), name == "authorized_keys":
		return []string{"ParseAuthorizedKeys"}
	case dir == "refused", dir == "mldsa" && !hasMLDSA():
		return nil
	case dir == "around" && !bytes.Contains(text, []byte("PRIVATE KEY-----")):
		return public
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
