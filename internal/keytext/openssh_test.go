//lint:file-ignore SA1019 The scalar of a key is changed to one that must be refused.

package keytext_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

// opensshFrame is what stands around an OpenSSH private key.
type opensshFrame struct {
	Cipher, KDF, Options string
	Keys                 uint32
	Public, Private      []byte
	Rest                 []byte `ssh:"rest"`
}

// opensshText writes a key in OpenSSH format after a change of its frame.
func opensshText(t testing.TB, key any, change func(*opensshFrame)) []byte {
	t.Helper()
	const magic = "openssh-key-v1\x00"
	block, err := ssh.MarshalPrivateKey(key, "a comment")
	require.NoError(t, err)
	var frame opensshFrame
	require.NoError(t, ssh.Unmarshal(block.Bytes[len(magic):], &frame))
	change(&frame)
	block.Bytes = append([]byte(magic), ssh.Marshal(frame)...)
	return pem.EncodeToMemory(block)
}

func TestOpenSSHFramesThatAreRefused(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	require.NoError(t, parsePrivate(opensshText(t, key, func(*opensshFrame) {})))
	other, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, 32)))
	require.NoError(t, err)
	bcrypt := func(rounds uint32, salt ...byte) string {
		return string(ssh.Marshal(struct {
			Salt   []byte
			Rounds uint32
		}{salt, rounds}))
	}
	var rows []refusal
	for _, row := range []struct {
		name, want string
		change     func(*opensshFrame)
	}{
		{"no key", "holds 0 keys, want 1", func(f *opensshFrame) { f.Keys = 0 }},
		{"two keys", "holds 2 keys, want 1", func(f *opensshFrame) { f.Keys = 2 }},
		{"bytes after it", "has bytes after it", func(f *opensshFrame) { f.Rest = []byte{0} }},
		{"another public key", "does not belong to the public key in its file", func(f *opensshFrame) { f.Public = other.Marshal() }},
		{"a public key cut off", "can't be read", func(f *opensshFrame) { f.Public = f.Public[:len(f.Public)-1] }},
		{"no public key", "not the text of a key", func(f *opensshFrame) { f.Public = nil }},
		{"a security key", "FIDO", func(f *opensshFrame) {
			f.Public = ssh.Marshal(struct{ Kind, Key, App string }{"sk-ssh-ed25519@openssh.com", "x", "ssh:"})
		}},
		{"a DSA key", "DSA", func(f *opensshFrame) { f.Public = ssh.Marshal(struct{ Kind, P string }{"ssh-dss", "x"}) }},
		{"an ML-DSA key", "an ML-DSA key in OpenSSH format (\"ssh-mldsa-65\"), which is a draft: want it in PEM or as a JWK", func(f *opensshFrame) {
			f.Public = ssh.Marshal(struct{ Kind, Key string }{"ssh-mldsa-65", "x"})
		}},
		{"a private key cut off", "can't be read", func(f *opensshFrame) { f.Private = f.Private[:40] }},
		{"check numbers that differ", "can't be read", func(f *opensshFrame) { f.Private[0] ^= 1 }},
		{"wrong padding", "can't be read", func(f *opensshFrame) { f.Private = append(f.Private, 9) }},
		{"a cipher without derivation", "`ssh-keygen -p -Z aes256-ctr -f FILE`", func(f *opensshFrame) { f.Cipher = "aes256-ctr" }},
		{"a derivation without cipher", "`ssh-keygen -p -Z aes256-ctr -f FILE`", func(f *opensshFrame) { f.KDF = "bcrypt" }},
		{"an unknown cipher", `cipher "chacha20-poly1305@openssh.com"`, func(f *opensshFrame) {
			f.Cipher, f.KDF, f.Options = "chacha20-poly1305@openssh.com", "bcrypt", bcrypt(16, 1)
		}},
		{"the older mode without salt", "can't be read", func(f *opensshFrame) { f.Cipher, f.KDF, f.Options = "aes256-cbc", "bcrypt", bcrypt(16) }},
		{"an unknown derivation", `derivation "scrypt"`, func(f *opensshFrame) { f.Cipher, f.KDF = "aes256-ctr", "scrypt" }},
		{"257 rounds", "more than 256 rounds of key derivation: `ssh-keygen -p -a 64 -f FILE`", func(f *opensshFrame) { f.Cipher, f.KDF, f.Options = "aes256-ctr", "bcrypt", bcrypt(257, 1) }},
		{"256 rounds without salt", "can't be read", func(f *opensshFrame) { f.Cipher, f.KDF, f.Options = "aes256-ctr", "bcrypt", bcrypt(256) }},
		{"4 billion rounds", "more than 256 rounds", func(f *opensshFrame) { f.Cipher, f.KDF, f.Options = "aes256-ctr", "bcrypt", bcrypt(1<<32-1, 1) }},
		{"no rounds", "can't be read", func(f *opensshFrame) { f.Cipher, f.KDF, f.Options = "aes256-ctr", "bcrypt", bcrypt(0, 1) }},
		{"derivation options of none", "can't be read", func(f *opensshFrame) { f.Options = "x" }},
	} {
		rows = append(rows, refusal{row.name, string(opensshText(t, key, row.change)), row.want})
	}
	checkRefusals(t, rows, func(text []byte) error {
		_, _, err := keytext.Private(text, []byte(passphrase), false)
		return err
	})
}

// The numbers of a key that is not encrypted are bounded before anything is computed.
func TestOpenSSHNumbersThatAreRefused(t *testing.T) {
	pair, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	huge := new(big.Int).Lsh(big.NewInt(1), 65535)
	huge.SetBit(huge, 0, 1)
	private := func(n, e, d, p, q *big.Int) func(*opensshFrame) {
		return func(f *opensshFrame) {
			var check struct {
				A, B uint32
				Rest []byte `ssh:"rest"`
			}
			require.NoError(t, ssh.Unmarshal(f.Private, &check))
			f.Private = ssh.Marshal(struct {
				A, B                uint32
				Kind                string
				N, E, D, Iqmp, P, Q *big.Int
				Comment             string
			}{check.A, check.B, "ssh-rsa", n, e, d, big.NewInt(1), p, q, ""})
			for i := byte(1); len(f.Private)%8 != 0; i++ {
				f.Private = append(f.Private, i)
			}
		}
	}
	e, p, q := big.NewInt(int64(pair.E)), pair.Primes[0], pair.Primes[1]
	require.NoError(t, parsePrivate(opensshText(t, pair, private(pair.N, e, pair.D, p, q))))
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	rows := []refusal{{"a modulus of 1024 bits", string(opensshText(t, short, func(*opensshFrame) {})), "an RSA key of 1024 bits is too weak"}}
	for name, change := range map[string]func(*opensshFrame){
		"a modulus of 65536 bits":     private(huge, e, pair.D, p, q),
		"a prime of 65536 bits":       private(pair.N, e, pair.D, huge, q),
		"an exponent of 65536 bits":   private(pair.N, huge, pair.D, p, q),
		"an even exponent":            private(pair.N, big.NewInt(65538), pair.D, p, q),
		"another private exponent":    private(pair.N, e, other.D, p, q),
		"another prime":               private(pair.N, e, pair.D, p, other.Primes[0]),
		"another key altogether":      private(other.N, e, other.D, other.Primes[0], other.Primes[1]),
		"no primes":                   private(pair.N, e, pair.D, new(big.Int), new(big.Int)),
		"a negative private exponent": private(pair.N, e, new(big.Int).Neg(pair.D), p, q),
	} {
		rows = append(rows, refusal{name, string(opensshText(t, pair, change)), ""})
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, d := range map[string]*big.Int{"zero": new(big.Int), "negative": new(big.Int).Neg(ec.D), "huge": huge, "another": new(big.Int).Add(ec.D, big.NewInt(1))} {
		rows = append(rows, refusal{"ECDSA: " + name, string(opensshText(t, ec, func(f *opensshFrame) {
			var head struct {
				A, B       uint32
				Kind, Name string
				Point      []byte
				Rest       []byte `ssh:"rest"`
			}
			require.NoError(t, ssh.Unmarshal(f.Private, &head))
			head.Rest = ssh.Marshal(struct {
				D       *big.Int
				Comment string
			}{d, ""})
			f.Private = ssh.Marshal(head)
			for i := byte(1); len(f.Private)%8 != 0; i++ {
				f.Private = append(f.Private, i)
			}
		})), ""})
	}
	checkRefusals(t, rows, parsePrivate)
}

// TestErrorsAboutKeyTextsAreShort: the packages that read keys quote what they do not know,
// in full and with its control characters.
func TestErrorsAboutKeyTextsAreShort(t *testing.T) {
	long := "\n" + strings.Repeat("x", 20_000)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	inFile := func(f *opensshFrame) {
		var check struct {
			A, B uint32
			Rest []byte `ssh:"rest"`
		}
		require.NoError(t, ssh.Unmarshal(f.Private, &check))
		f.Private = ssh.Marshal(struct {
			A, B        uint32
			Kind, Curve string
			Point       []byte
			D           *big.Int
			Comment     string
		}{check.A, check.B, "ecdsa-sha2-nistp256", long, []byte{4}, big.NewInt(1), ""})
	}
	for name, err := range map[string]error{
		"a curve in a line": parsePublic([]byte(sshBlob("ecdsa-sha2-nistp256", []byte(long), []byte{4}))),
		"a curve in a file": parsePrivate(opensshText(t, ec, inFile)),
		"a label":           parsePublic([]byte("-----BEGIN " + long[1:] + "-----\nAAAA\n-----END " + long[1:] + "-----")),
	} {
		require.ErrorContains(t, err, "xxx", name)
		require.Less(t, len(err.Error()), 500, name)
		require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), name)
	}
}

// sshBlob is a line of any type, with the fields of its blob after the type.
func sshBlob(name string, fields ...[]byte) string {
	blob := ssh.Marshal(struct{ Name string }{name})
	for _, field := range fields {
		blob = append(blob, ssh.Marshal(struct{ Field []byte }{field})...)
	}
	return name + " " + b64std(blob)
}

// Programs ask for the passphrase when they know that one is missing or wrong.
func TestPassphrasesAreTypedErrors(t *testing.T) {
	text, public := testkeys.Pair(t, "../../testdata/keys/ed25519-passphrase")
	_, _, err := keytext.Private(text, nil, false)
	missing, ok := errors.AsType[*ssh.PassphraseMissingError](err)
	require.True(t, ok)
	require.Equal(t, strings.Fields(string(public))[:2], strings.Fields(string(ssh.MarshalAuthorizedKey(missing.PublicKey))))
	require.Equal(t, keytext.Encrypted, found(t, err))

	_, _, err = keytext.Private(text, []byte("wrong"), false)
	require.ErrorIs(t, err, x509.IncorrectPasswordError)
	require.Equal(t, keytext.WrongPassword, found(t, err))
	_, _, err = keytext.Private(text, []byte(passphrase), false)
	require.NoError(t, err)
}

func found(t *testing.T, err error) keytext.Found {
	t.Helper()
	e, ok := errors.AsType[*keytext.Error](err)
	require.True(t, ok, "%v", err)
	return e.Found
}

func TestOtherKeysAreTypedErrors(t *testing.T) {
	line := "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
	pemPrivate, pemPublic := testkeys.Pair(t, "../../testdata/keys/openssl-ed25519")
	public := func(text string) error { return parsePublic([]byte(text)) }
	private := func(text string) error { return parsePrivate([]byte(text)) }
	secret := func(text string) error { return parseSecret([]byte(text)) }
	set := func(text string) error { _, err := keytext.Set([]byte(text)); return err }
	for _, row := range []struct {
		want  keytext.Found
		parse func(string) error
		text  string
	}{
		{keytext.PublicKey, private, line}, {keytext.PublicKey, private, string(pemPublic)}, {keytext.PublicKey, private, testkeys.RFCPublicEC}, {keytext.PublicKey, secret, testkeys.RFCPublicEC},
		{keytext.PrivateKey, public, string(pemPrivate)}, {keytext.PrivateKey, public, testkeys.RFCPrivateEC}, {keytext.PrivateKey, secret, testkeys.RFCPrivateEC},
		{keytext.SecretKey, public, testkeys.RFCSecret}, {keytext.SecretKey, private, testkeys.RFCSecret},
		{keytext.KeySet, public, `{"keys":[]}`}, {keytext.SingleKey, set, testkeys.RFCPublicEC},
		{keytext.ManyLines, public, line + "\n" + line}, {keytext.LineOfFile, public, "no-pty " + line},
	} {
		require.Equal(t, row.want, found(t, row.parse(row.text)), row.text)
	}
}
