package attacks_test

import (
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/printer"
	gotoken "go/token"
	"path/filepath"

	"crypto"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

// testSecret is 64 bytes, enough for every HS algorithm.
var testSecret = []byte(strings.Repeat("0123456789abcdef", 4))

var hs256 = []jwt.Algorithm{jwt.HS256}

// mixed is a careless list of algorithms: symmetric and asymmetric ones.
var mixed = []jwt.Algorithm{jwt.HS256, jwt.RS256, jwt.PS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA}

// now is the time of all tests that need one.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func atNow() jwt.Option { return jwt.WithClock(func() time.Time { return now }) }

func secretKey(t testing.TB, opts ...jwt.KeyOption) *jwt.SecretKey {
	k, err := jwt.NewSecretKey(testSecret, opts...)
	require.NoError(t, err)
	return k
}

// signed signs any header and payload text with testSecret, as only a test would.
func signed(header, payload string) string {
	return forge.Token(header, payload, forge.HMAC(crypto.SHA256, testSecret))
}

// seal appends the HS256 signature of an input.
func seal(input string) string { return forge.Seal(input, forge.HMAC(crypto.SHA256, testSecret)) }

// token signs a payload text with testSecret.
func token(payload string) string { return signed(`{"alg":"HS256","typ":"JWT"}`, payload) }

// verify verifies a token of testSecret at the time now.
func verify(t testing.TB, token string, opts ...jwt.VerifyOption) (*jwt.Token[jwt.MapClaims], error) {
	return jwt.Verify[jwt.MapClaims](token, secretKey(t), hs256, append(opts, atNow())...)
}

// keyFile reads one of the private keys of testdata/keys as the standard library has it.
func keyFile[K crypto.Signer](t testing.TB, name string) K {
	return testkeys.Private[K](t, "../testdata/keys/"+name)
}

// publicOf makes this package's key of the public half.
func publicOf(t testing.TB, key crypto.Signer, opts ...jwt.KeyOption) *jwt.PublicKey {
	public, err := jwt.NewPublicKey(key.Public(), opts...)
	require.NoError(t, err)
	return public
}

// keyedWith signs by HMAC with any text as the secret.
func keyedWith(secret string) forge.Sign { return forge.HMAC(crypto.SHA256, []byte(secret)) }

func sshLine(t testing.TB, public crypto.PublicKey) string {
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// sshBlob is a public key in OpenSSH's form of any fields.
func sshBlob(name string, fields ...[]byte) string {
	blob := ssh.Marshal(struct{ Name string }{name})
	for _, field := range fields {
		blob = append(blob, ssh.Marshal(struct{ Field []byte }{field})...)
	}
	return name + " " + base64.StdEncoding.EncodeToString(blob)
}

func setText(entries ...string) string { return `{"keys":[` + strings.Join(entries, ",") + `]}` }

func unb64(t *testing.T, text string) []byte {
	octets, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return octets
}

// parseSources parses the files of package jwt that are no tests.
func parseSources(t *testing.T) []*ast.File {
	names, err := filepath.Glob("../*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files)
	return files
}

// printNode returns a part of the sources as it is written.
func printNode(t *testing.T, node ast.Node) string {
	var text strings.Builder
	require.NoError(t, printer.Fprint(&text, gotoken.NewFileSet(), node))
	return text.String()
}
