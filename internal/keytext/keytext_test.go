package keytext_test

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

const passphrase = "correct horse"

// refusal is a text that must be refused, and a part of what the error must say.
type refusal struct{ name, text, want string }

func checkRefusals(t *testing.T, rows []refusal, parse func([]byte) error) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			err := parse([]byte(row.text))
			require.ErrorContains(t, err, row.want)
			require.NotContains(t, err.Error(), "jwt: ")
			require.NotContains(t, err.Error(), "``", "a command")
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func parsePublic(text []byte) error {
	_, _, err := keytext.Public(text, false)
	return err
}

func parsePrivate(text []byte) error {
	_, _, err := keytext.Private(text, nil, false)
	return err
}

func parseSecret(text []byte) error {
	_, _, err := keytext.Secret(text)
	return err
}

func b64(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }

func b64std(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }

// ones is a number of all ones, which is odd.
func ones(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits)
	return b64(n.Sub(n, big.NewInt(1)).Bytes())
}

func unb64(t *testing.T, text string) []byte {
	octets, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return octets
}

// octets reads hexadecimal digits, for encodings that are printed so.
func octets(t *testing.T, digits string) string {
	raw, err := hex.DecodeString(digits)
	require.NoError(t, err)
	return b64(raw)
}

func pemText(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

// readBlock returns the label and the DER of a key in testdata/keys.
func readBlock(t testing.TB, name string) (string, []byte) {
	t.Helper()
	text, _ := testkeys.Pair(t, "../../testdata/keys/"+name)
	block, _ := pem.Decode(text)
	require.NotNil(t, block)
	return block.Type, block.Bytes
}

// sequence edits the elements of a DER sequence.
func sequence(t testing.TB, der []byte, edit func([]asn1.RawValue) []asn1.RawValue) []byte {
	t.Helper()
	var elements []asn1.RawValue
	rest, err := asn1.Unmarshal(der, &elements)
	require.NoError(t, err)
	require.Empty(t, rest)
	out, err := asn1.Marshal(edit(elements))
	require.NoError(t, err)
	return out
}

func marshal(t testing.TB, value any) asn1.RawValue {
	t.Helper()
	der, err := asn1.Marshal(value)
	require.NoError(t, err)
	return asn1.RawValue{FullBytes: der}
}

// tagged is an element under a context-specific tag, as PKCS #8 and SEC 1 have them.
func tagged(tag int, constructed bool, content []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: constructed, Bytes: content}
}

// wrap breaks a text into lines.
func wrap(text string, width int) string {
	var lines []string
	for chunk := range slices.Chunk([]byte(text), width) {
		lines = append(lines, string(chunk))
	}
	return strings.Join(lines, "\n")
}

func TestLinesOfPEMMayHaveAnyLength(t *testing.T) {
	for _, name := range []string{"rsa2048-pkcs8", "ecdsa384-default", "openssl-ed25519", "ecdsa521-pem"} {
		label, der := readBlock(t, name)
		text, _ := testkeys.Pair(t, "../../testdata/keys/"+name)
		want, _, err := keytext.Private(text, nil, false)
		require.NoError(t, err)
		for _, width := range []int{1, 4, 63, 64, 70, 76, 1 << 16} {
			text := "-----BEGIN " + label + "-----\n" + strings.TrimSpace(wrap(b64std(der), width)) + "\n-----END " + label + "-----"
			got, _, err := keytext.Private([]byte(text), nil, false)
			require.NoError(t, err, "%s in lines of %d", name, width)
			require.Equal(t, want.Public(), got.Public())
		}
	}
}

func TestECParametersMustBeTheCurveOfTheKey(t *testing.T) {
	curves := map[string]asn1.ObjectIdentifier{
		"ecdsa256-pem": {1, 2, 840, 10045, 3, 1, 7}, "ecdsa384-pem": {1, 3, 132, 0, 34}, "ecdsa521-pem": {1, 3, 132, 0, 35},
	}
	for name := range curves {
		label, der := readBlock(t, name)
		anonymous := sequence(t, der, func(e []asn1.RawValue) []asn1.RawValue { return append(e[:2:2], e[3]) })
		err := parsePrivate(pemText(label, anonymous))
		require.ErrorContains(t, err, "does not name its curve")
		for other, oid := range curves {
			parameters := pemText("EC PARAMETERS", marshal(t, oid).FullBytes)
			for _, key := range [][]byte{der, anonymous} {
				err := parsePrivate(append(parameters, pemText(label, key)...))
				if other == name {
					require.NoError(t, err)
				} else {
					require.Error(t, err, "%s after the parameters of %s", name, other)
				}
			}
		}
		for _, parameters := range [][]byte{{5, 0}, append(marshal(t, curves[name]).FullBytes, 0), marshal(t, asn1.ObjectIdentifier{1, 2, 3}).FullBytes} {
			err := parsePrivate(append(pemText("EC PARAMETERS", parameters), pemText(label, der)...))
			require.Error(t, err)
		}
	}
}

func TestHugeRSAKeysAreRefusedWhileParsing(t *testing.T) {
	n := new(big.Int).SetBit(big.NewInt(1), 65535, 1)
	wire := ssh.Marshal(struct {
		Kind string
		E, N *big.Int
	}{"ssh-rsa", big.NewInt(65537), n})
	err := parsePublic([]byte("ssh-rsa " + base64.StdEncoding.EncodeToString(wire)))
	require.Error(t, err)
	jwk := fmt.Sprintf(`{"kty":"RSA","e":"AQAB","n":%q}`, base64.RawURLEncoding.EncodeToString(n.Bytes()))
	err = parsePublic([]byte(jwk))
	require.ErrorContains(t, err, "65536 bits is too large")
}

func TestLinesAndBlocksHaveOneSpelling(t *testing.T) {
	_, line := testkeys.Pair(t, "../../testdata/keys/ed25519-default")
	_, text := testkeys.Pair(t, "../../testdata/keys/openssl-ed25519")
	fields := strings.Fields(string(line))
	for _, bad := range []string{
		fields[0], fields[0] + " " + fields[1][:20], fields[0] + " " + fields[1] + "AAAA", "ssh-rsa " + fields[1], fields[0] + " !" + fields[1],
		strings.Replace(string(text), "\n", "\nX: y\n\n", 1), strings.Replace(string(text), "MC", "M C", 1), strings.Replace(string(text), "MC", "M\rC", 1), strings.Replace(string(text), "=", "", 1),
		strings.Replace(string(text), "BEGIN", "BEGIN X", 1), "-----BEGIN PUBLIC KEY-----", strings.TrimSpace(string(text)) + "x", strings.Replace(string(text), "-----\n", "----\n", 1),
		strings.Replace(string(text), "-----\n", "\n", 1), "ssh-ed25519 " + b64std([]byte("\x00\x00\x00\x0bssh-ed25")), fields[0] + " " + fields[1] + "!",
	} {
		err := parsePublic([]byte(bad))
		require.Error(t, err, bad)
	}
	for _, good := range []string{fields[0] + " " + fields[1], fields[0] + "\t" + fields[1] + "  a comment with spaces\r\n"} {
		err := parsePublic([]byte(good))
		require.NoError(t, err, good)
	}
	block, _ := pem.Decode(text)
	block.Bytes = append(block.Bytes, 0)
	err := parsePublic(pem.EncodeToMemory(block))
	require.Error(t, err)
}
