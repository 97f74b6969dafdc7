package keytext

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testKeys = "../../testdata/keys"

// keyTexts are all files of testdata/keys, the bodies of PEM and of OpenSSH lines, and the forms
// of which there are no files.
func keyTexts(t testing.TB) map[string]string {
	texts := map[string]string{
		"JWK":          `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`,
		"JWK set":      `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`,
		"Python repr":  `{'kty': 'EC', 'crv': 'P-256', 'x': 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'}`,
		"YAML":         "e: AQAB\nkty: RSA\nkid: 2011-04-29\nn: 0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbf\n",
		"TOML":         "[key]\nkty = \"AKP\"\nalg = \"ML-DSA-44\"\npub = \"unH59k4RuutY-pxvu24U5h8YZD2rSVtHU5qRZsoBmBM\"\n",
		"environment":  "alg=ES256\nkty=EC\nx=f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\n",
		"Go map":       "map[crv:P-256 kty:EC x:f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU]",
		"Ruby hash":    `{"kty"=>"RSA", "e"=>"AQAB", "n"=>"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc"}`,
		"JSON of .NET": `{\u0022kty\u0022:\u0022EC\u0022,\u0022crv\u0022:\u0022P-256\u0022,\u0022x\u0022:\u0022f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\u0022}`,
		"XML of .NET":  "<RSAKeyValue><Modulus>0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
		"ML-DSA line":  "ssh-mldsa-65 AAAADHNzaC1tbGRzYS02NQAAB6A= a comment",
		"ML-DSA DER":   "\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00" + strings.Repeat("k", 1312),
	}
	require.NoError(t, filepath.WalkDir(testKeys, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "README.md" {
			return err
		}
		text, err := os.ReadFile(path)
		name := strings.TrimPrefix(path, testKeys)
		texts[name] = string(text)
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			texts[name+" as DER of "+block.Type] = string(block.Bytes)
		}
		if strings.HasPrefix(string(text), "ssh-") || strings.HasPrefix(string(text), "ecdsa-") {
			body, _ := base64.StdEncoding.DecodeString(strings.Fields(string(text))[1])
			texts[name+" as blob"] = string(body)
		}
		return err
	}))
	delete(texts, "/refused/empty")
	require.Greater(t, len(texts), 150)
	return texts
}

// refuses fails unless a text is recognised.
func refuses(t *testing.T, text, name string, how ...string) {
	t.Helper()
	if Recognise([]byte(text)) == NoForm {
		t.Errorf("%s %s is taken for a secret: %.60q", name, strings.Join(how, ", "), text)
	}
}

// hasOID is false for DER that has only its structure to be recognised by, and for what openssl
// calls a block of PEM, but is no key.
func hasOID(name string) bool {
	for _, other := range []string{"RSA PRIVATE KEY", "RSA PUBLIC KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "PARAMETERS", "pkcs1-"} {
		if strings.Contains(name, other) {
			return false
		}
	}
	return true
}

func TestMarksAreFoundInAnyEncoding(t *testing.T) {
	for name, text := range keyTexts(t) {
		for encoding, encode := range encodings {
			if hasOID(name) && !lossy(encoding, text) {
				refuses(t, encode(text), name, encoding)
			}
		}
	}
}

// One text of each kind that has marks, since damage does not depend on the key.
func TestMarksAreFoundInDamagedTexts(t *testing.T) {
	texts := keyTexts(t)
	kinds := []string{"JWK", "JWK set", "Python repr", "YAML", "TOML", "environment", "Go map", "Ruby hash", "JSON of .NET", "XML of .NET", "ML-DSA line", "ML-DSA DER", "/rsa2048-default", "/rsa2048-default.pub", "/rsa2048-default.pub as blob",
		"/ed25519-default as DER of OPENSSH PRIVATE KEY", "/ecdsa521-default.pub as blob", "/refused/sk-ed25519", "/refused/ssh-certificate", "/refused/dsa-public", "/refused/putty.ppk", "/refused/rfc4716", "/openssl-genpkey-rsa.pub", "/refused/public.der", "/refused/private.der", "/refused/certificate.der", "/refused/pkcs12.p12",
		"/openssl-ed25519.pem as DER of PRIVATE KEY", "/openssl-ed25519.pub as DER of PUBLIC KEY", "/refused/ed448-public as DER of PUBLIC KEY", "/refused/x25519-public as DER of PUBLIC KEY", "/refused/x448 as DER of PRIVATE KEY", "/refused/dsa-pkcs8 as DER of PRIVATE KEY",
		"/refused/rsa-pss-public as DER of PUBLIC KEY", "/encrypted/sha1-aes256 as DER of ENCRYPTED PRIVATE KEY", "/refused/explicit-curve-public as DER of PUBLIC KEY", "/openssl-ecparam.pem as DER of EC PRIVATE KEY"}
	for _, name := range kinds {
		text, ok := texts[name]
		require.True(t, ok, name)
		for encoding, encode := range encodings {
			if lossy(encoding, text) {
				continue
			}
			for damage, inflict := range damages {
				refuses(t, encode(inflict(text)), name, damage, encoding)
				if damage != "without its first byte" { // which takes three of a text in base64
					refuses(t, inflict(encode(text)), name, encoding, damage)
				}
			}
		}
	}
}

// What has no identifier of an algorithm is recognised whole, and RSA keys of 2048 bits and more
// by how they start.
func TestDERWithoutIdentifiersIsParsed(t *testing.T) {
	rsa1024, ec := pkcs1Public(1024), []byte("\x30\x25\x02\x01\x01\x04\x20"+strings.Repeat("k", 32))
	texts := map[string]string{"PKCS #1 of 1024 bits": string(rsa1024), "PKCS #1 that base64url writes with _": string(pkcs1Public(1456)), "SEC 1 without curve": string(ec), "an encryption that is unknown": "\x30\x10\x30\x06\x06\x02\x2a\x03\x05\x00\x04\x06secret",
		"a modulus of 511 bits": "\x30\x4a\x02\x40" + strings.Repeat("n", 64) + "\x02\x06" + strings.Repeat("e", 6), "a long exponent": "\x30\x55\x02\x41\x00" + strings.Repeat("\xff", 64) + "\x02\x10" + strings.Repeat("e", 16), "a key of an unknown algorithm": "\x30\x2a\x30\x05\x06\x03\x2b\x66\x70\x03\x21\x00" + strings.Repeat("k", 32),
		"PKCS #8 of an unknown algorithm": inDER("\x02\x01\x00", inDER(oid), octets), "a certificate of unknown algorithms": inDER(inDER(null), inDER(oid), bits)}
	for name, text := range keyTexts(t) {
		if !hasOID(name) && !strings.Contains(name, "PARAMETERS") && name != "/refused/encrypted-pem as DER of RSA PRIVATE KEY" {
			texts[name] = text
			for _, encoding := range []string{"as it is", "in base64", "in hex", "in base64 after words"} {
				if strings.Contains(name, "RSA") || strings.Contains(name, "pkcs1") {
					refuses(t, encodings[encoding](text[:len(text)/2]), name, "cut in half", encoding)
				}
			}
		}
	}
	require.Greater(t, len(texts), 12)
	for name, text := range texts {
		for _, encoding := range []string{"as it is", "with white space", "in base64", "in base64url", "in base64 twice", "in base64 three times", "in lines of base64", "in lines of it twice", "in base64 with \\n", "in base64 after key=", "in base64 after words", "in hex", "in base64 of hex", "in hex of base64", "in percent-encoding"} {
			refuses(t, encodings[encoding](text), name, encoding)
		}
	}
}

// pkcs1Public has the form of an RSA public key (RFC 8017, Appendix A.1.1).
func pkcs1Public(bits int) []byte {
	n := new(big.Int).SetBit(big.NewInt(1), bits-1, 1)
	return x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: n, E: 65537})
}

// inDER is a sequence, and what follows is in some.
func inDER(elements ...string) string {
	all := strings.Join(elements, "")
	return "\x30" + string([]byte{byte(len(all))}) + all
}

const null, oid, bits, octets = "\x05\x00", "\x06\x02\x2a\x03", "\x03\x05\x00bits", "\x04\x06octets"

// rows have one text for each of marks, which has no other mark.
var rows = map[string]string{
	"-----BEGIN": "-----BEGINPUBLICKEY-----", "--BEGIN ": "--BEGIN PUBLIC KEY--", "--BEGIN+": "---BEGIN+PUBLIC+KEY--", "-----END ": "=\n-----END PUBLIC KEY-----",
	"-- BEGIN SSH2": "--- BEGIN SSH2 PUBLIC KEY ----", "--+BEGIN+SSH2": "----+BEGIN+SSH2+PUBLIC+KEY", "-- END SSH2 ": "---- END SSH2 PUBLIC KEY ----",
	"PuTTY-User-Key-File": "PuTTY-User-Key-File-3", "RSAKeyValue": "</RSAKeyValue>", "openssh-key-v1": "openssh-key-v1\x00\x00", "ecdsa-sha2-": "ecdsa-sha2-nistp256",
	"webauthn-sk-": "webauthn-sk-something", "rsa-sha2-": "rsa-sha2-512 in a text", "ssh-ed25519": "ssh-ed25519 in a text", "ssh-rsa": "in a text: ssh-rsa", "ssh-dss": "ssh-dss in a text",
	"ssh-ed448": "ssh-ed448 in a text", "ssh-xmss": "ssh-xmss@openssh.com", "ssh-mldsa": "ssh-mldsa-44 in a text", "sk-ssh-": "sk-ssh-something", "sk-ecdsa-": "sk-ecdsa-something",
	"kty": "this is its kty: OKP, and this is its crv", "Kty": "this is its Kty = RSA, and this is its exponent", "keys": `{"keys": "of a set of keys"}`,
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01": "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a\x05", "\x2a\x86\x48\x86\xf7\x0d\x01\x05": "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d\x30",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x07": "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0", "\x2a\x86\x48\x86\xf7\x0d\x01\x0c": "\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01",
	"\x07\x2a\x86\x48\xce\x3d\x02\x01": "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06",
	"\x07\x2a\x86\x48\xce\x3d\x01\x01": "\x06\x07\x2a\x86\x48\xce\x3d\x01\x01\x02", "\x07\x2a\x86\x48\xce\x38\x04\x01": "\x06\x07\x2a\x86\x48\xce\x38\x04\x01\x30",
	"\x08\x2a\x86\x48\xce\x3d\x03\x01": "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", "\xa0\x07\x06\x05\x2b\x81\x04\x00": "\xa0\x07\x06\x05\x2b\x81\x04\x00\x0a",
	"\x60\x86\x48\x01\x65\x03\x04\x03": "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13", "\x06\x03\x2b\x65": "\x30\x05\x06\x03\x2b\x65\x6e\x03", "\x30\x82": "\x30\x82\x01\x0a\x02\x82\x01\x01\x00\xff",
}

func TestEveryMarkIsFound(t *testing.T) {
	count := 0
	for _, row := range marks {
		for _, m := range row {
			count++
			text := rows[m.text]
			require.NotEmpty(t, text, "%q", m.text)
			require.Equal(t, m.form, Recognise([]byte(text)), "%q", m.text)
			for _, encoding := range []string{"in base64", "in base64url", "in base64 twice", "in base64 after words", "in hex", "in capital hex", "in hex with colons", "in hex after a word", "as an array in hex", "as escapes in hex", "as Latin-1 in UTF-8", "in percent-encoding", "in UTF-16LE", "in UTF-16BE"} {
				if !strings.ContainsAny(m.text, "\x00\x30") || !strings.Contains(encoding, "UTF") {
					refuses(t, encodings[encoding](text), m.text, encoding)
				}
			}
		}
	}
	require.Len(t, rows, count)
}

func TestTextsThatMentionKeys(t *testing.T) {
	for _, text := range []string{
		"my ssh-rsa passphrase", "ssh-rsa", "a-key-of-us-is-of-type-ssh-rsa-and-it-is-as-good-as-any", "OUR KEYS OF 2026 ARE SSH2-ssh-rsa-4096", "größe:ssh-rsa", "ssh-dss:größe", "ecdsa-sha2-nistp256 and more", "sk-ssh-ed25519@openssh.com and more",
		"AAAAB3NzaC1yc2E and thirty-two bytes in all", "a file that starts with openssh-key-v1", "kty=EC", "{\"kty\": \"none of these\"}", "[kty] => RSA and so on and on and on", "('kty', 'OKP'), ('crv', 'Ed25519')",
		"the end of a file\n-----END PUBLIC KEY-----", "-----END\u00a0PUBLIC\u00a0KEY-----", "kty\t=\tEC, and what is beside it", "'keys' => and so on, at the start of a set", "\ufeff\"Kty\":\"RSA\"", "%u0000kty%3A%20%22AKP", "k%7\t4%\r79% 3a RSA, in lines that a program wrapped", "~ ssh-rsa ~~",
		"kty%3A+RSA, as a form of a page writes it", `{\u0022kty\u0022:\u0022EC`, "kty:" + strings.Repeat(" ", 24) + "RSA", inBase64(inBase64(inBase64(inBase64(inBase64("a: ssh-rsa and so on"))))),
		"keys " + inBase64(`{"kty":"EC"}`), inBase64("kty=EC"), "the Schlüssel: " + inBase64(`{"kty":"EC"}`), "\x07ssh-rsa\xf3\x01\x02\x03", "\x05\x06\x03\x2b\x65\x70\x03\x21\x00", "\x06\x03\x2b\x65\x71\x04\x3b\x04\x39", "kty: oct, and what is not random", "\x00\x00\x00\x09ssh-ed448\x00\x00\x00\x39\xff", "zero\u200bwidth: c3No\u200bLXJzYSBhbmQgc28gb24", "MIIB\u00a0IjANBgkqhk\u2028iG9w0BAQEFAAOC",
		"\x30\x82\x01\x08\x02\x82\x01\x01\x00\x80 is the start of 2048 bits with the exponent 3", "\x30\x82\x08\x0a\x02\x82\x08\x01\x00\xff and of 16384 bits",
	} {
		refuses(t, text, "a mention")
	}
	for _, text := range []string{
		"ssh-is-fun and a long passphrase of words 12345", "a random, long, sequence of characters that only the server knows", `{"this":"is a JSON object, but no key at all"}`, strings.Repeat("0", 64), "[1,2,3] is thirty-two bytes long, yes",
		strings.Repeat("MIIB", 16), strings.Repeat("AAAA", 16), strings.Repeat("{", 64), strings.Repeat("\x30\x1e", 16), "BEGIN PUBLIC KEY is not all that a PEM text has", strings.Repeat(`\"`, 32), strings.Repeat("U", 64),
		"\x30\x1e\x02\x0d" + strings.Repeat("n", 13) + "\x02\x0d" + strings.Repeat("e", 13), // two numbers in DER, too small for a key
		"a secret of random base64url: W3kRtYp0ZbC9dEfGhJk_ssh-rsa_\r\nLmNoPqRsTuVwXy", "ssh%-rsa, ssh-%zrsa and%20ssh-%zzrsa: per cent signs in a name", "ktyEC-and-what-else-is-in-random-base64url", "kty+EC/and/what/else/is/in/random/base64xxx", "the keys: [1, 2, 3] of a piano", "the keys: EC, RSA and what else there is", "monkeys and the like are 'keys' no more", `{"apikeys": ["a", "b"], "and": "more of them"}`, "a piano's 'keys: black and white' are many",
		"a text may end in the midst of kty: ", "a text may end in the midst of 'keys'", "thirty bytes and more behind kty",
		"\xf3kty:EC\xf3\x01\x02\x03\x04\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", "\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8ssh-rsa\x01\x02\x03\x04\x05\x06\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9", "\xf3'keys':\xf3\x01\x02\x03\x04\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9",
		"\x06\x03\x2b\x65\x70 is too short an OID to mark a key", "\x30\x82\x01\x0a\x02\x82\x01\x08\x00\xff and an impossible length", "\x30\x82\x10\x0a\x02\x82\x01\x01\x00\xff, much longer", "\x30\x82\x00\x50\x02\x82\x00\x48\x00\xff, which is no DER",
		"\x30\x82\x09\x0a\x02\x82\x09\x01\x00\xff is too long a modulus", "\x30\x82\x01\x0a\x02\x82\x01\x01\x00\x7f is not the shortest form", "\x30\x82\x01\x0a\x02\x82\x01\x01\xff\xff is negative",
		"\x30\x82\x01\x0a\x03\x82\x01\x01\x00\xff is no number", "\x30\x82\x01\x0a\x02\x81\x01\x01\x00\xff is none either",
		"what ends in the midst of \x06\x03\x2b\x65", "what ends in the midst of \x06\x03\x2b\x65\x70\x03\x21", "what ends in the midst of \x30\x82\x01\x0a\x02\x82",
		"\x30\x09\x06\x03\x2b\x65\x70\x03 is not alone", "\x30\x05\x06\x03\x2b\x65\x70\x20 precedes nothing", "\x06\x03\x2b\x65\x70\x03\x20\x00 is of another length", "\x06\x03\x2b\x65\x72\x03\x21\x00 is another algorithm", "\x06\x03\x2b\x65\x6d\x03\x21\x00 is, too",
		strings.ReplaceAll("neither string: OID\x05\x21\x00OID\x05\x21\x04OID\x03\x21\x01OID\x04\x21\x05", "OID", "\x06\x03\x2b\x65\x70"),
		"\x30\x25\x02\x01\x02\x04\x20" + strings.Repeat("k", 32), "\x30\x0b\x02\x01\x02\x30\x06\x06\x02\x2a\x03\x05\x00", // other versions of SEC 1 and PKCS #12
		"\x30\x16\x02\x10" + strings.Repeat("n", 16) + "\x02\x02\x01\x01", "\x30\x54\x02\x40" + strings.Repeat("n", 64) + "\x02\x10" + strings.Repeat("e", 16),
		inDER(inDER(null), bits), inDER(inDER(null), octets), inDER(inDER(oid)), inDER(inDER(oid, null, null), bits), inDER(inDER(null), inDER(null), bits), inDER(inDER("\x02\x01\x00", inDER(), inDER()), inDER(oid)),
		inDER("\x02\x01\x00", inDER(null), octets), inDER("\x02\x01\x01", null), inDER("\x02\x00", octets), inDER("\x02\x01\x03", inDER(null)), inDER("\x04\x01\x03", inDER(oid)),
		inDER("\x04\x40" + strings.Repeat("n", 64)), inDER(strings.Repeat(null, 17)), inDER("\x02\x01\x01", octets) + " and what else is random",
	} {
		require.Equal(t, NoForm, Recognise([]byte(text)), "%q", text)
	}
}

// A mark that is enough by itself is too long to be in random bytes, in random base64url or, as the
// base64 of what it is in, in hex.
func TestMarksAreLong(t *testing.T) {
	count := 0
	for first, row := range marks {
		for _, m := range row {
			count++
			require.EqualValues(t, first, m.text[0], "%q", m.text)
			if m.sure != nil {
				continue
			}
			require.GreaterOrEqual(t, 8*len(m.text), 64, "%q", m.text)
			if strings.Trim(m.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == "" {
				require.GreaterOrEqual(t, 6*len(m.text), 60, "%q", m.text)
			}
			for shift := range 3 {
				digits := inBase64(strings.Repeat("\x00", shift) + m.text)
				digits = digits[(8*shift+5)/6 : len(digits)-4]
				for _, hexits := range []string{"0123456789abcdef", "0123456789ABCDEF"} {
					require.NotEmpty(t, strings.Trim(digits, hexits), "%q", m.text)
				}
			}
		}
	}
	require.Greater(t, count, 25)
}

// JWT_RANDOM_SECRETS sets how many; .ci/run fuzz tries a million.
func TestRandomSecretsHaveNoMarks(t *testing.T) {
	secrets := 30_000
	if number := os.Getenv("JWT_RANDOM_SECRETS"); number != "" {
		var err error
		secrets, err = strconv.Atoi(number)
		require.NoError(t, err)
	}
	starts := []string{"", "", "0", "\x30\x1e", "\x30\x1e\x02\x01\x00\x30", "\x30\x81\x3d", "\x30\x1e\x06\x03", "\x00\x00\x00\x07", "{", "\x30\x82", "ssh-", "kty"}
	for i := range secrets {
		secret := make([]byte, []int{32, 48, 64, 128}[i%4])
		_, _ = rand.Read(secret[copy(secret, starts[i/4%len(starts)]):])
		for _, text := range [][]byte{secret, []byte(inBase64(string(secret))), []byte(base64.RawURLEncoding.EncodeToString(secret)), []byte(inHex(string(secret)))} {
			if form := Recognise(text); form != NoForm {
				t.Fatalf("%x is taken for %s", text, form)
			}
		}
	}
}

// misleading are texts of a mebibyte that look like keys everywhere, and are none.
var misleading = map[string]string{
	"lines of authorized_keys": strings.Repeat("ssh-foo AAAAB3NzaC1yc2 MIIBCgIgAQEA\n", 1<<20/36),
	"base64 at all alignments": strings.Repeat("U", 1<<20),
	"starts of DER":            strings.Repeat("MIIB ", 1<<20/5),
	"braces":                   strings.Repeat("{", 1<<20),
	"escapes of escapes":       "%" + strings.Repeat("25", 1<<19),
	"backslashes":              strings.Repeat(`\`, 1<<20),
	"hex":                      strings.Repeat("30", 1<<19),
	"names of members":         strings.Repeat(`kty;`, 1<<18),
	"members in noise":         strings.Repeat("\x01kty:EC\x01", 1<<20/8) + "\xff",
	"UTF-16":                   strings.Repeat("k\x00", 1<<19),
	"words":                    strings.Repeat("a ", 1<<19),
	"names in one word":        strings.Repeat("ssh-rsa9X", 1<<20/9),
}

func TestMisleadingTextsCostLittle(t *testing.T) {
	for name, text := range misleading {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		form := Recognise([]byte(text))
		runtime.ReadMemStats(&after)
		assert.Equal(t, NoForm, form, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), name)
	}
}

func BenchmarkRecognise(b *testing.B) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	texts := map[string]string{"32 bytes": string(secret), "32 bytes in base64": inBase64(string(secret)), "32 bytes in hex": inHex(string(secret))}
	maps.Copy(texts, misleading)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Recognise([]byte(texts[name]))
			}
		})
	}
}

// encodings are what happens to a key text on its way into an environment variable, a YAML file
// or a secret manager.
var encodings = map[string]func(string) string{
	"as it is":               func(s string) string { return s },
	"trimmed":                strings.TrimSpace,
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
	"in a JSON string":       inJSON,
	"in a JSON string twice": func(s string) string { return inJSON(inJSON(s)) },
	"as a Go string":         func(s string) string { return fmt.Sprintf("%q", s) },
	"as Latin-1 in UTF-8":    func(s string) string { return string(latin1(s)) },
	"in base64":              inBase64,
	"in base64url":           func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"in base64 twice":        func(s string) string { return inBase64(inBase64(s)) },
	"in base64 three times":  func(s string) string { return inBase64(inBase64(inBase64(s))) },
	"in lines of base64":     func(s string) string { return wrap(inBase64(s), 76, "\n") },
	"in lines of it twice":   func(s string) string { return wrap(inBase64(wrap(inBase64(s), 76, "\r\n")), 76, "\r\n") },
	"in base64 with \\n":     func(s string) string { return wrap(inBase64(s), 64, `\n`) },
	"in base64 with \\\\n":   func(s string) string { return wrap(inBase64(s), 64, `\\n`) },
	"in strings of base64":   func(s string) string { return `"` + wrap(inBase64(s), 64, "\"\n\"") + `"` },
	"in base64 after key=":   func(s string) string { return "key=" + inBase64(s) },
	"in base64 after words":  func(s string) string { return "our keys: " + inBase64(s) + " # and so on" },
	"in hex":                 inHex,
	"in capital hex":         func(s string) string { return strings.ToUpper(inHex(s)) },
	"in hex with colons":     func(s string) string { return wrap(inHex(s), 2, ":") },
	"in hex after a word":    func(s string) string { return "a log: " + inHex(s) },
	"as an array in hex":     func(s string) string { return "{0x" + wrap(inHex(s), 2, ", 0x") + "}" },
	"as escapes in hex":      func(s string) string { return `\x` + wrap(inHex(s), 2, `\x`) },
	"in base64 of hex":       func(s string) string { return inBase64(inHex(s)) },
	"in hex of base64":       func(s string) string { return inHex(inBase64(s)) },
	"in a query":             url.QueryEscape,
	"in a query twice":       func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"in a path":              url.PathEscape,
	"in percent-encoding":    func(s string) string { return "%" + wrap(inHex(s), 2, "%") },
	"in lines of percents":   func(s string) string { return wrap("%"+wrap(inHex(s), 2, "%"), 76, "\r\n\t ") },
	"in a query, in base64":  func(s string) string { return url.QueryEscape(inBase64(s)) },
	"in base64 of a query":   func(s string) string { return inBase64(url.QueryEscape(s)) },
	"in UTF-16LE":            func(s string) string { return inUTF16(s, 0) },
	"in UTF-16BE":            func(s string) string { return inUTF16(s, 8) },
	"in UTF-16 with order":   func(s string) string { return inUTF16("\ufeff"+s, 0) },
	"in base64 of UTF-16":    func(s string) string { return inBase64(inUTF16(s, 0)) },
	"in UTF-16 of base64":    func(s string) string { return inUTF16(inBase64(s), 8) },
}

// damages are what a copy by hand, a limit of a field and a string of C do to a text. All leave the
// first half of it.
var damages = map[string]func(string) string{
	"whole":                  func(s string) string { return s },
	"without its last byte":  func(s string) string { return s[:len(s)-1] },
	"without its last bytes": func(s string) string { return s[:len(s)-min(8, len(s)/2)] },
	"without its first byte": func(s string) string { return s[1:] },
	"cut in half":            func(s string) string { return s[:(len(s)+1)/2] },
	"with a NUL after it":    func(s string) string { return s + "\x00" },
	"with a NUL before it":   func(s string) string { return "\x00" + s },
	"with a NUL in it":       func(s string) string { return s[:len(s)/2] + "\x00" + s[len(s)/2:] },
	"between letters":        func(s string) string { return "x" + s + "x" },
	"before words":           func(s string) string { return s + " and more of it" },
	"twice":                  func(s string) string { return s + s },
}

// lossy reports whether an encoding of text is one that this is not, so that it would change it.
func lossy(encoding, text string) bool {
	return strings.HasPrefix(encoding, "in a JSON string") && !utf8.ValidString(text)
}

func inJSON(s string) string   { text, _ := json.Marshal(s); return string(text) }
func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
func inHex(s string) string    { return hex.EncodeToString([]byte(s)) }

func latin1(s string) []rune {
	runes := make([]rune, len(s))
	for i := range s {
		runes[i] = rune(s[i])
	}
	return runes
}

func inUTF16(s string, first int) string {
	runes := []rune(s)
	if !utf8.ValidString(s) || strings.Contains(s, "\x00") { // is no text
		runes = latin1(s)
	}
	var text []byte
	for _, unit := range utf16.Encode(runes) {
		text = append(text, byte(unit>>first), byte(unit>>(8-first)))
	}
	return string(text)
}

// wrap breaks a text into lines.
func wrap(text string, width int, between string) string {
	var lines []string
	for len(text) > width {
		lines, text = append(lines, text[:width]), text[width:]
	}
	return strings.Join(append(lines, text), between)
}
