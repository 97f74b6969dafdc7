// Package conformance runs the library against other people's programs. A program that is
// missing fails its tests.
package conformance

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

const passphrase = "correct horse"

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var diagnostics strings.Builder
	cmd.Stderr = &diagnostics
	out, err := cmd.Output()
	require.NoError(t, err, "%s %q: %s", name, args, diagnostics.String())
	return string(out)
}

// shell runs a command line as an error message proposes it, with a name for FILE.
func shell(t *testing.T, line, file string) []byte {
	t.Helper()
	return []byte(run(t, "sh", "-c", "set -e; cd '"+filepath.Dir(file)+"'; "+strings.ReplaceAll(line, "FILE", filepath.Base(file))))
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return text
}

func write(t *testing.T, name string, text []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// checkPair signs with the private file and verifies with the public one.
func checkPair(t *testing.T, private, public []byte, alg jwt.Algorithm) {
	t.Helper()
	key, err := jwt.ParsePrivateKey(private, jwt.WithPassphrase([]byte(passphrase)))
	require.NoError(t, err)
	pub, err := jwt.ParsePublicKey(public)
	require.NoError(t, err)
	raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: "a"}, key, alg)
	require.NoError(t, err)
	tok, err := jwt.Verify[jwt.RegisteredClaims](raw, pub, []jwt.Algorithm{alg})
	require.NoError(t, err)
	require.Equal(t, "a", tok.Subject)
}

// checkWritten lets ssh-keygen and openssl read what the library writes.
func checkWritten(t *testing.T, key *jwt.PrivateKey) {
	t.Helper()
	text := func(marshal func() ([]byte, error)) []byte {
		text, err := marshal()
		require.NoError(t, err)
		return text
	}
	privateText, publicText, lineText := text(key.MarshalPEM), text(key.Public().MarshalPEM), text(key.Public().MarshalAuthorizedKey)
	private, public, line := write(t, "private", privateText), write(t, "public", publicText), write(t, "line", lineText)

	// openssl reads both halves, finds that they belong together, and writes them alike.
	require.Equal(t, string(publicText), run(t, "openssl", "pkey", "-in", private, "-pubout"))
	require.Equal(t, string(publicText), run(t, "openssl", "pkey", "-pubin", "-in", public))
	require.Equal(t, string(privateText), run(t, "openssl", "pkey", "-in", private))
	run(t, "openssl", "pkey", "-in", private, "-check", "-noout")

	// ssh-keygen knows the line, by the fingerprint that it should have.
	parsed, _, _, _, err := ssh.ParseAuthorizedKey(lineText)
	require.NoError(t, err)
	require.Contains(t, run(t, "ssh-keygen", "-l", "-f", line), " "+ssh.FingerprintSHA256(parsed)+" ")
	if strings.HasPrefix(string(lineText), "ssh-ed25519 ") { // ssh-keygen 9.2 reads and writes no Ed25519 in PEM
		return
	}
	require.Equal(t, string(lineText), run(t, "ssh-keygen", "-i", "-m", "PKCS8", "-f", public))
	require.Equal(t, string(publicText), run(t, "ssh-keygen", "-e", "-m", "PKCS8", "-f", line))
	require.Equal(t, string(lineText), run(t, "ssh-keygen", "-y", "-f", private))
}

// algorithms gives one of each kind of key, and a size that ssh-keygen calls it by.
var kinds = []struct {
	name, bits, curve string
	alg               jwt.Algorithm
}{
	{"rsa", "2048", "", jwt.RS256},
	{"rsa", "3072", "", jwt.PS384},
	{"rsa", "4096", "", jwt.RS512},
	{"ecdsa", "256", "prime256v1", jwt.ES256},
	{"ecdsa", "384", "secp384r1", jwt.ES384},
	{"ecdsa", "521", "secp521r1", jwt.ES512},
	{"ed25519", "256", "", jwt.EdDSA},
}

func TestKeysOfSSHKeygen(t *testing.T) {
	for _, kind := range kinds {
		formats := []string{"RFC4716", "PEM", "PKCS8"} // RFC4716 is ssh-keygen's name for its own format
		if kind.name == "ed25519" {
			formats = formats[:1]
		}
		for _, format := range formats {
			t.Run(kind.name+kind.bits+" "+format, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "key")
				run(t, "ssh-keygen", "-q", "-t", kind.name, "-b", kind.bits, "-m", format, "-N", "", "-C", "a comment", "-f", file)
				checkPair(t, read(t, file), read(t, file+".pub"), kind.alg)
				key, err := jwt.ParsePrivateKey(read(t, file))
				require.NoError(t, err)
				checkWritten(t, key)

				run(t, "ssh-keygen", "-q", "-p", "-m", format, "-N", passphrase, "-f", file)
				if format == "PEM" {
					_, err := jwt.ParsePrivateKey(read(t, file), jwt.WithPassphrase([]byte(passphrase)))
					require.ErrorContains(t, err, "`openssl pkcs8 -topk8 -in FILE` encrypts it anew")
					require.NoError(t, os.WriteFile(file, shell(t, "openssl pkcs8 -topk8 -in FILE"+passOptions, file), 0o600))
				}
				_, err = jwt.ParsePrivateKey(read(t, file))
				require.ErrorContains(t, err, "pass WithPassphrase")
				checkPair(t, read(t, file), read(t, file+".pub"), kind.alg)
			})
		}
	}
}

func TestCiphersOfSSHKeygen(t *testing.T) {
	for cipher, reads := range map[string]bool{"aes256-ctr": true, "aes256-cbc": true, "aes128-ctr": false, "aes256-gcm@openssh.com": false, "chacha20-poly1305@openssh.com": false} {
		t.Run(cipher, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "key")
			run(t, "ssh-keygen", "-q", "-t", "ed25519", "-Z", cipher, "-N", passphrase, "-f", file)
			if !reads {
				_, err := jwt.ParsePrivateKey(read(t, file), jwt.WithPassphrase([]byte(passphrase)))
				require.ErrorContains(t, err, "`ssh-keygen -p -Z aes256-ctr -f FILE` rewrites it")
				run(t, "ssh-keygen", "-q", "-p", "-Z", "aes256-ctr", "-P", passphrase, "-N", passphrase, "-f", file)
			}
			checkPair(t, read(t, file), read(t, file+".pub"), jwt.EdDSA)
		})
	}
}

// opensslCommands make a key of the kind in every way that openssl has.
func opensslCommands(name, bits, curve string) []string {
	switch name {
	case "rsa":
		return []string{
			"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:" + bits,
			"openssl genrsa " + bits,
			"openssl genrsa -traditional " + bits,
		}
	case "ecdsa":
		return []string{
			"openssl ecparam -genkey -name " + curve,
			"openssl ecparam -genkey -noout -name " + curve,
			"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve,
			"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:" + curve + " | openssl pkey -traditional",
			"openssl ecparam -genkey -name " + curve + " | openssl pkcs8 -topk8 -nocrypt",
			"openssl ecparam -genkey -name " + curve + " | openssl ec -no_public",
		}
	}
	return []string{"openssl genpkey -algorithm ed25519", "openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -nocrypt"}
}

func TestKeysOfOpenSSL(t *testing.T) {
	for _, kind := range kinds {
		for _, command := range opensslCommands(kind.name, kind.bits, kind.curve) {
			t.Run(command, func(t *testing.T) {
				text := shell(t, command, write(t, "unused", nil))
				file := write(t, "key", text)
				public := []byte(run(t, "openssl", "pkey", "-in", file, "-pubout"))
				certificate := []byte(run(t, "openssl", "req", "-x509", "-key", file, "-subj", "/CN=test"))
				checkPair(t, text, public, kind.alg)
				checkPair(t, text, certificate, kind.alg)
				if kind.name == "rsa" {
					checkPair(t, text, []byte(run(t, "openssl", "rsa", "-in", file, "-RSAPublicKey_out")), kind.alg)
				}
				key, err := jwt.ParsePrivateKey(text)
				require.NoError(t, err)
				checkWritten(t, key)
			})
		}
	}
}

// Both passphrases of openssl, as options.
const passOptions = " -passin 'pass:" + passphrase + "' -passout 'pass:" + passphrase + "'"

func TestEncryptedKeysOfOpenSSL(t *testing.T) {
	file := write(t, "key", []byte(run(t, "openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")))
	public := []byte(run(t, "openssl", "pkey", "-in", file, "-pubout"))
	commands := []string{"openssl pkcs8 -topk8 -in FILE", "openssl pkcs8 -topk8 -iter 600000 -in FILE", "openssl pkey -aes-256-cbc -in FILE", "openssl pkey -aes-128-cbc -in FILE", "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes256 -pass 'pass:" + passphrase + "'"}
	for _, cipher := range []string{"aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des3"} {
		for _, hash := range []string{"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512-224", "SHA512-256"} {
			commands = append(commands, "openssl pkcs8 -topk8 -v2 "+cipher+" -v2prf hmacWith"+hash+" -in FILE")
		}
	}
	for _, command := range commands {
		t.Run(command, func(t *testing.T) {
			options := passOptions
			if strings.Contains(command, "genpkey") {
				options = ""
			}
			text := shell(t, command+options, file)
			_, err := jwt.ParsePrivateKey(text)
			require.ErrorContains(t, err, "this is an encrypted PKCS #8 key: pass WithPassphrase")
			_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("wrong")))
			require.ErrorIs(t, err, x509.IncorrectPasswordError)
			key, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
			require.NoError(t, err)
			checkWritten(t, key)
			if options != "" {
				checkPair(t, text, public, jwt.ES384)
			}
		})
	}
}

// What is encrypted in another way is read after the command of the error.
func TestOtherEncryptionsOfOpenSSL(t *testing.T) {
	const legacy = " -provider legacy -provider default"
	file := write(t, "key", []byte(run(t, "openssl", "genpkey", "-algorithm", "ed25519")))
	public := []byte(run(t, "openssl", "pkey", "-in", file, "-pubout"))
	for _, options := range []string{
		"-scrypt", "-v2 aes-256-cbc -iter 2000001", "-v2 camellia-256-cbc", "-v2 aes-256-ecb", "-v2 aes-256-cbc -v2prf hmacWithMD5", "-v2 rc2" + legacy, "-v2 des" + legacy,
		"-v1 PBE-SHA1-3DES", "-v1 PBE-SHA1-2DES", "-v1 PBE-MD5-DES" + legacy, "-v1 PBE-SHA1-DES" + legacy, "-v1 PBE-SHA1-RC2-64" + legacy, "-v1 PBE-SHA1-RC2-128" + legacy, "-v1 PBE-SHA1-RC2-40" + legacy, "-v1 PBE-SHA1-RC4-128" + legacy, "-v1 PBE-SHA1-RC4-40" + legacy,
	} {
		t.Run(options, func(t *testing.T) {
			text := shell(t, "openssl pkcs8 -topk8 "+options+" -in FILE"+passOptions, file)
			_, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.NotErrorIs(t, err, x509.IncorrectPasswordError)
			_, command, found := strings.Cut(err.Error(), "`")
			require.True(t, found, err)
			command, _, _ = strings.Cut(command, "`")
			checkPair(t, shell(t, command+passOptions, write(t, "encrypted", text)), public, jwt.EdDSA)
		})
	}
}

func TestGeneratedKeysAreReadByOthers(t *testing.T) {
	for _, alg := range []jwt.Algorithm{jwt.RS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(alg)
			require.NoError(t, err)
			checkWritten(t, key)
			jwk, err := key.ExportJWK()
			require.NoError(t, err)
			again, err := jwt.ParsePrivateKey(jwk)
			require.NoError(t, err)
			checkWritten(t, again)
		})
	}
}
