// Package conformance runs the library against other people's programs. A program that is
// missing fails its tests.
package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

const passphrase = "correct horse"

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	require.NoError(t, err, "%s %q: %s", name, args, out)
	return string(out)
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return text
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
	checkWritten(t, key)
}

// checkWritten lets ssh-keygen and openssl read what the library writes.
func checkWritten(t *testing.T, key *jwt.PrivateKey) {
	t.Helper()
	dir := t.TempDir()
	private, public, line := filepath.Join(dir, "private"), filepath.Join(dir, "public"), filepath.Join(dir, "line")
	for file, write := range map[string]func() ([]byte, error){private: key.MarshalPEM, public: key.Public().MarshalPEM, line: key.Public().MarshalAuthorizedKey} {
		text, err := write()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, text, 0o600))
	}
	run(t, "ssh-keygen", "-l", "-f", line)
	require.Equal(t, run(t, "openssl", "pkey", "-in", private, "-pubout"), string(read(t, public)))
	if text := read(t, line); string(text[:11]) != "ssh-ed25519" { // ssh-keygen 9.2 reads no Ed25519 in PKIX
		require.Equal(t, string(text), run(t, "ssh-keygen", "-i", "-m", "PKCS8", "-f", public))
	}
}

func TestKeysOfSSHKeygen(t *testing.T) {
	for _, kind := range []struct {
		name, bits string
		alg        jwt.Algorithm
		formats    []string
	}{
		{"rsa", "2048", jwt.RS256, []string{"RFC4716", "PEM", "PKCS8"}}, // RFC4716 is ssh-keygen's name for its own format
		{"rsa", "3072", jwt.PS384, []string{"RFC4716", "PEM", "PKCS8"}},
		{"rsa", "4096", jwt.RS512, []string{"RFC4716", "PEM", "PKCS8"}},
		{"ecdsa", "256", jwt.ES256, []string{"RFC4716", "PEM", "PKCS8"}},
		{"ecdsa", "384", jwt.ES384, []string{"RFC4716", "PEM", "PKCS8"}},
		{"ecdsa", "521", jwt.ES512, []string{"RFC4716", "PEM", "PKCS8"}},
		{"ed25519", "256", jwt.EdDSA, []string{"RFC4716"}},
	} {
		for _, format := range kind.formats {
			t.Run(kind.name+kind.bits+format, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "key")
				run(t, "ssh-keygen", "-q", "-t", kind.name, "-b", kind.bits, "-m", format, "-N", "", "-C", "a comment", "-f", file)
				checkPair(t, read(t, file), read(t, file+".pub"), kind.alg)
				if format == "RFC4716" {
					run(t, "ssh-keygen", "-q", "-p", "-N", passphrase, "-f", file)
					checkPair(t, read(t, file), read(t, file+".pub"), kind.alg)
				}
			})
		}
	}
}

func TestKeysOfOpenSSL(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "key")
	for _, tt := range []struct {
		alg  jwt.Algorithm
		args []string
	}{
		{jwt.RS256, []string{"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", file}},
		{jwt.RS256, []string{"genrsa", "-traditional", "-out", file, "2048"}},
		{jwt.ES256, []string{"ecparam", "-name", "prime256v1", "-genkey", "-out", file}},
		{jwt.ES384, []string{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", file}},
		{jwt.Ed25519, []string{"genpkey", "-algorithm", "ed25519", "-out", file}},
	} {
		run(t, "openssl", tt.args...)
		checkPair(t, read(t, file), []byte(run(t, "openssl", "pkey", "-in", file, "-pubout")), tt.alg)
		run(t, "openssl", "req", "-x509", "-key", file, "-subj", "/CN=test", "-out", file+".crt")
		checkPair(t, read(t, file), read(t, file+".crt"), tt.alg)
	}
}
