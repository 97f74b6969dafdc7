package keytext_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

func TestSecretsThatAreNoKeysAreAccepted(t *testing.T) {
	for _, secret := range []string{
		"ssh-is-fun and a long passphrase of words 12345", "a random, long, sequence of characters that only the server knows",
		`{"this":"is a JSON object, but no key at all"}`, strings.Repeat("0", 64), "AAAAB3NzaC1yc2E and thirty-two bytes in all", `[1,2,3] is thirty-two bytes long, yes`,
		strings.Repeat("MIIB", 16), strings.Repeat("AAAA", 16), strings.Repeat("{", 64), strings.Repeat("\x30\x1e", 16), strings.Repeat("a ", 1<<20),
		"BEGIN PUBLIC KEY is not all that a PEM text has", strings.Repeat(`\"`, 32),
		"\x30\x1e\x02\x0d" + strings.Repeat("n", 13) + "\x02\x0d" + strings.Repeat("e", 13), // two numbers in DER, too small for a key
	} {
		require.Empty(t, keytext.Recognise([]byte(secret)), "%.80q", secret)
	}
}

// A program with a random secret must never fail to start because of the guard, also if
// the secret starts as DER or an ssh blob does.
func TestRandomSecretsAreAccepted(t *testing.T) {
	for _, start := range []string{"", "0", "\x30\x1e", "\x30\x1e\x02\x01\x00\x30", "\x30\x81\x3d", "\x30\x1e\x06\x03", "\x00\x00\x00\x07", "{"} {
		for range 200 {
			for _, size := range []int{32, 48, 64} {
				secret := make([]byte, size)
				_, _ = rand.Read(secret[copy(secret, start):])
				for _, text := range [][]byte{secret, []byte(base64.StdEncoding.EncodeToString(secret)), []byte(base64.RawURLEncoding.EncodeToString(secret)), []byte(hex.EncodeToString(secret))} {
					require.Empty(t, keytext.Recognise(text), "%x", text)
				}
			}
		}
	}
}

// disguises are what happens to a key text on its way into an environment variable, a
// YAML file or a secret manager.
var disguises = map[string]func(string) string{
	"as it is":               func(s string) string { return s },
	"without a final break":  func(s string) string { return strings.TrimSpace(s) },
	"with white space":       func(s string) string { return " \t\r\n" + s + "\n\n" },
	"with CRLF":              func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
	"with breaks as \\n":     func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) },
	"with breaks as blanks":  func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
	"without breaks":         func(s string) string { return strings.ReplaceAll(s, "\n", "") },
	"after a byte order":     func(s string) string { return "\ufeff" + s },
	"in quotes":              func(s string) string { return `"` + s + `"` },
	"under a comment":        func(s string) string { return "# our key, as of 2026\n" + s },
	"in YAML":                func(s string) string { return "key: |\n  " + strings.ReplaceAll(s, "\n", "\n  ") },
	"in a shell script":      func(s string) string { return "export KEY='" + s + "'" },
	"in a JSON string":       func(s string) string { return inJSON(s) },
	"in a JSON string twice": func(s string) string { return inJSON(inJSON(s)) },
	"in base64":              func(s string) string { return b64std([]byte(s)) },
	"in base64url":           func(s string) string { return b64([]byte(s)) },
	"in lines of base64":     func(s string) string { return wrap(b64std([]byte(s)), 76) },
}

func inJSON(s string) string {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(err)
	}
	return buf.String()
}

func TestKeysInDisguiseAreNoSecrets(t *testing.T) {
	public, err := filepath.Glob("../../testdata/keys/*.pub")
	require.NoError(t, err)
	others, err := filepath.Glob("../../testdata/keys/*.*")
	require.NoError(t, err)
	files := append(public, others...)
	files = append(files, "../../testdata/keys/rsa2048-default", "../../testdata/keys/ed25519-passphrase", "../../testdata/keys/refused/rfc4716")
	require.Greater(t, len(files), 60)
	texts := map[string]string{"public RSA JWK": testkeys.RFCPublicRSA, "private EC JWK": testkeys.RFCPrivateEC, "secret JWK": testkeys.RFCSecret, "JWK Set": `{"keys":[` + testkeys.RFCPublicOKP + `]}`}
	for _, file := range files {
		if text, err := os.ReadFile(file); filepath.Base(file) != "README.md" {
			require.NoError(t, err)
			texts[filepath.Base(file)] = string(text)
		}
	}
	for name, text := range texts {
		for how, disguise := range disguises {
			require.NotEmpty(t, keytext.Recognise([]byte(disguise(text))), "%s %s", name, how)
		}
	}
}

// The bytes inside of PEM and of an OpenSSH line are keys as well, in lines or not.
func TestBodiesOfKeysAreNoSecrets(t *testing.T) {
	var bodies [][]byte
	names := append(keyFiles(t), "../../testdata/keys/openssl-genpkey-rsa.crt", "../../testdata/keys/openssl-genpkey-rsa.pkcs1", "../../testdata/keys/refused/encrypted-pkcs8", "../../testdata/keys/refused/request", "../../testdata/keys/refused/ed448-public")
	for _, name := range names {
		for _, suffix := range []string{"", ".pem", ".pub"} {
			text, err := os.ReadFile(name + suffix)
			if err != nil {
				continue
			}
			block, rest := pem.Decode(text)
			if block != nil && block.Type == "EC PARAMETERS" {
				block, _ = pem.Decode(rest)
			}
			if block != nil {
				bodies = append(bodies, block.Bytes)
				continue
			}
			blob, err := base64.StdEncoding.DecodeString(strings.Fields(string(text))[1])
			require.NoError(t, err)
			bodies = append(bodies, blob)
		}
	}
	der, err := filepath.Glob("../../testdata/keys/refused/*.der")
	require.NoError(t, err)
	require.Len(t, der, 5)
	for _, file := range append(der, "../../testdata/keys/refused/pkcs12.p12", "../../testdata/keys/refused/pkcs7.p7b") {
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		bodies = append(bodies, body)
	}
	require.Greater(t, len(bodies), 60)
	for _, body := range bodies {
		for _, secret := range []string{
			string(body), string(body) + "\n", " \n" + string(body), b64std(body), b64(body), wrap(b64std(body), 64), wrap(b64std(body), 70), wrap(b64(body), 76),
			"KEY=" + b64std(body), "a comment: " + wrap(b64std(body), 64), `{"key":"` + b64std(body) + `"}`, strings.ReplaceAll(wrap(b64std(body), 64), "\n", `\n`),
			"x509: " + b64std(body) + " # the end",
		} {
			require.NotEmpty(t, keytext.Recognise([]byte(secret)), "%.200q", secret)
		}
	}
}

// keyFiles returns the names of the private keys in testdata/keys.
func keyFiles(t testing.TB) []string {
	publics, err := filepath.Glob("../../testdata/keys/*.pub")
	require.NoError(t, err)
	require.Len(t, publics, 30)
	var names []string
	for _, p := range publics {
		names = append(names, strings.TrimSuffix(p, ".pub"))
	}
	return names
}
