package jwt_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
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
				_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("wrong")))
				require.ErrorContains(t, err, "the passphrase of the OpenSSH private key is wrong")
			}
		})
	}
}

// requireRoundTrips writes a key in every form and reads it back.
func requireRoundTrips(t testing.TB, private *jwt.PrivateKey) {
	text, err := private.MarshalPEM()
	require.NoError(t, err)
	again, err := jwt.ParsePrivateKey(text)
	require.NoError(t, err)
	require.True(t, again.Public().Equal(private.Public()))
	requirePublicRoundTrips(t, private.Public())
}

func requirePublicRoundTrips(t testing.TB, public *jwt.PublicKey) {
	for _, write := range []func() ([]byte, error){public.MarshalPEM, public.MarshalAuthorizedKey, public.MarshalJSON} {
		text, err := write()
		require.NoError(t, err)
		again, err := jwt.ParsePublicKey(text)
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

func TestRefusedTexts(t *testing.T) {
	says := map[string]string{
		"encrypted-pem": "ssh-keygen -p -f FILE", "encrypted-pkcs8": "ssh-keygen -p -f FILE", "request": "certificate request",
		"x25519": "can't sign tokens", "x25519-public": "not supported", "rfc4716": "RFC 4716", "ssh-certificate": "OpenSSH certificate",
		"sk-ed25519": "FIDO", "options": "ParseAuthorizedKeys", "known-hosts": "a host", "comment-above": "more than one line", "two-lines": "more than one line",
		"two-blocks": "two blocks", "text-around": "text around the key", "text-after": "text after the block", "wrong-label": "not what its label says",
		"truncated": "line of its own", "empty": "empty", "large": "too long", "dsa": "",
	}
	files, err := filepath.Glob("testdata/keys/refused/*")
	require.NoError(t, err)
	require.Len(t, files, len(says))
	for _, file := range files {
		name := filepath.Base(file)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, private := jwt.ParsePrivateKey(text)
		require.ErrorIs(t, private, jwt.ErrInvalidKey, name)
		_, public := jwt.ParsePublicKey(text)
		require.ErrorIs(t, public, jwt.ErrInvalidKey, name)
		require.Contains(t, private.Error()+public.Error(), says[name], name)
		if name != "empty" {
			_, err = jwt.NewSecretKey(text)
			require.ErrorIs(t, err, jwt.ErrInvalidKey, name)
		}
	}
}

func TestHugeRSAKeysAreRefusedWhileParsing(t *testing.T) {
	n := new(big.Int).SetBit(big.NewInt(1), 65535, 1)
	wire := ssh.Marshal(struct {
		Kind string
		E, N *big.Int
	}{"ssh-rsa", big.NewInt(65537), n})
	_, err := jwt.ParsePublicKey([]byte("ssh-rsa " + base64.StdEncoding.EncodeToString(wire)))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	jwk := fmt.Sprintf(`{"kty":"RSA","e":"AQAB","n":%q}`, base64.RawURLEncoding.EncodeToString(n.Bytes()))
	_, err = jwt.ParsePublicKey([]byte(jwk))
	require.ErrorContains(t, err, "65536 bits is too large")
}

func TestLinesAndBlocksHaveOneSpelling(t *testing.T) {
	_, line := readKeyPair(t, "testdata/keys/ed25519-default")
	_, text := readKeyPair(t, "testdata/keys/openssl-ed25519")
	fields := strings.Fields(string(line))
	for _, bad := range []string{
		fields[0], fields[0] + " " + fields[1][:20], fields[0] + " " + fields[1] + "AAAA", "ssh-rsa " + fields[1], fields[0] + " !" + fields[1],
		strings.Replace(string(text), "\n", "\nX: y\n\n", 1), strings.Replace(string(text), "MC", "M C", 1), strings.Replace(string(text), "=", "", 1),
		strings.Replace(string(text), "BEGIN", "BEGIN X", 1), "-----BEGIN PUBLIC KEY-----", string(text) + "x", strings.Replace(string(text), "-----\n", "----\n", 1),
	} {
		_, err := jwt.ParsePublicKey([]byte(bad))
		require.ErrorIs(t, err, jwt.ErrInvalidKey, bad)
	}
	for _, good := range []string{fields[0] + " " + fields[1], fields[0] + "\t" + fields[1] + "  a comment with spaces\r\n"} {
		_, err := jwt.ParsePublicKey([]byte(good))
		require.NoError(t, err, good)
	}
	block, _ := pem.Decode(text)
	block.Bytes = append(block.Bytes, 0)
	_, err := jwt.ParsePublicKey(pem.EncodeToMemory(block))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

func TestSecretsThatAreNoKeysAreAccepted(t *testing.T) {
	for _, secret := range []string{
		"ssh-is-fun and a long passphrase of words 12345", "a random, long, sequence of characters that only the server knows",
		`{"this":"is a JSON object, but no key at all"}`, strings.Repeat("0", 64), "AAAAB3NzaC1yc2E and thirty-two bytes in all", `[1,2,3] is thirty-two bytes long, yes`,
	} {
		_, err := jwt.NewSecretKey([]byte(secret))
		require.NoError(t, err, secret)
	}
	_, line := readKeyPair(t, "testdata/keys/ed25519-default")
	wire, err := base64.StdEncoding.DecodeString(strings.Fields(string(line))[1])
	require.NoError(t, err)
	_, text := readKeyPair(t, "testdata/keys/openssl-ed25519")
	block, _ := pem.Decode(text)
	for _, secret := range []string{
		string(wire), string(block.Bytes), base64.StdEncoding.EncodeToString(block.Bytes), base64.RawURLEncoding.EncodeToString(block.Bytes),
		"\ufeff" + string(text), strings.ReplaceAll(string(text), "\n", `\n`), "openssh-key-v1\x00 and what follows it in the file",
		`  [{"kty":"OKP"}] and thirty-two bytes`, "# keys\n" + `{"keys":[]}` + strings.Repeat("\n", 32), "PuTTY-User-Key-File-3: ssh-ed25519 and so on",
	} {
		_, err := jwt.NewSecretKey([]byte(secret))
		require.ErrorIs(t, err, jwt.ErrInvalidKey, secret)
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

func FuzzParsePrivateKey(f *testing.F) {
	for _, name := range keyFiles(f) {
		private, _ := readKeyPair(f, name)
		f.Add(private)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := jwt.ParsePrivateKey(text); err == nil {
			requireRoundTrips(t, k)
		} else {
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	for _, name := range keyFiles(f) {
		_, public := readKeyPair(f, name)
		f.Add(public)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if k, err := jwt.ParsePublicKey(text); err == nil {
			requirePublicRoundTrips(t, k)
		} else {
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	})
}

// TestPublicHalvesMustBelong: crypto/x509 does not look at the public key beside an ECDSA
// private one.
func TestPublicHalvesMustBelong(t *testing.T) {
	for _, name := range []string{"testdata/keys/ecdsa256-pem", "testdata/keys/ecdsa256-pkcs8"} {
		text, _ := readKeyPair(t, name)
		block, _ := pem.Decode(text)
		changed := bytes.Clone(block.Bytes)
		changed[len(changed)-1] ^= 1
		_, err := jwt.ParsePrivateKey(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: changed}))
		require.ErrorContains(t, err, "does not belong", name)
	}
}

func TestExtraElementsAreRefused(t *testing.T) {
	for _, name := range []string{"rsa2048-pem", "rsa2048-pkcs8", "ecdsa256-pem", "ecdsa256-pkcs8", "openssl-ed25519"} {
		text, _ := readKeyPair(t, "testdata/keys/"+name)
		block, _ := pem.Decode(text)
		var all asn1.RawValue
		_, err := asn1.Unmarshal(block.Bytes, &all)
		require.NoError(t, err)
		all.FullBytes = nil
		all.Bytes = append(all.Bytes, 5, 0)
		der, err := asn1.Marshal(all)
		require.NoError(t, err)
		_, err = jwt.ParsePrivateKey(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: der}))
		require.ErrorIs(t, err, jwt.ErrInvalidKey, name)
	}
}
