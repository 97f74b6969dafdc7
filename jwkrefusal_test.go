package jwt_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// refusal is a JWK that must be refused, and a part of what the error must say.
type refusal struct{ name, text, want string }

func checkRefusals(t *testing.T, rows []refusal, parse func([]byte) error) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			err := parse([]byte(row.text))
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.NotErrorIs(t, err, jwt.ErrInvalidOption)
			require.ErrorContains(t, err, row.want)
			require.Regexp(t, `^jwt: `, err.Error())
			require.Equal(t, 1, strings.Count(err.Error(), "jwt: "))
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func parsePublic(text []byte) error {
	_, err := jwt.ParsePublicKey(text)
	return err
}

func parsePrivate(text []byte) error {
	_, err := jwt.ParsePrivateKey(text)
	return err
}

func parseSecret(text []byte) error {
	_, err := jwt.ParseSecretKey(text)
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

func TestJWKTextThatIsRefused(t *testing.T) {
	rows := []refusal{
		{"cut off", rfcPublicRSA[:40], "not the JSON text of a JWK"},
		{"duplicate member", strings.Replace(rfcPublicRSA, `"e":`, `"e":"Aw","e":`, 1), `duplicate member name "e"`},
		{"duplicate member behind an escape", strings.Replace(rfcPublicRSA, `"e":`, `"\u0065":"Aw","e":`, 1), "duplicate member name"},
		{"duplicate member inside", strings.Replace(rfcPublicRSA, `"e":`, `"z":[{"a":1,"a":1}],"e":`, 1), "duplicate member name"},
		{"trailing data", rfcPublicRSA + `{}`, "invalid character"},
		{"invalid UTF-8", strings.Replace(rfcPublicRSA, `"2011`, "\"\xff2011", 1), "UTF-8"},
		{"too long", rfcPublicRSA + strings.Repeat(" ", 64<<10), "too long"},
		{"empty object", `{}`, `no "kty"`},
		{"a set", `{"keys":[]}`, "ParseKeySet"},
		{"kty in capitals", `{"KTY":"RSA"}`, `no "kty"`},
		{"kty is a number", editJWK(t, rfcPublicRSA, "kty", 1), "kty is not a string"},
		{"kty is null", editJWK(t, rfcPublicRSA, "kty", nil), "kty is not a string"},
		{"kid is a number", editJWK(t, rfcPublicRSA, "kid", 1), "kid is not a string"},
		{"use is an array", editJWK(t, rfcPublicRSA, "use", []string{"sig"}), "use is not a string"},
		{"use is enc", editJWK(t, rfcPublicRSA, "use", "enc"), `use is "enc"`},
		{"use is empty", editJWK(t, rfcPublicRSA, "use", ""), `use is ""`},
		{"alg is a number", editJWK(t, rfcPublicRSA, "alg", 256), "alg is not a string"},
		{"alg is for encryption", editJWK(t, rfcPublicRSA, "alg", "RSA-OAEP"), `alg is "RSA-OAEP"`},
		{"alg is none", editJWK(t, rfcPublicRSA, "alg", "none"), `alg is "none"`},
		{"alg is long", editJWK(t, rfcPublicRSA, "alg", strings.Repeat("x", 1000)), "…"},
		{"key_ops is a string", editJWK(t, rfcPublicRSA, "key_ops", "verify"), "key_ops is not an array of strings"},
		{"key_ops has a number", editJWK(t, rfcPublicRSA, "key_ops", []any{"verify", 1}), "key_ops is not an array of strings"},
		{"key_ops is empty", editJWK(t, rfcPublicRSA, "key_ops", []string{}), "key_ops does not name"},
		{"key_ops names one twice", editJWK(t, rfcPublicRSA, "key_ops", []string{"verify", "x", "x"}), `key_ops names "x" twice`},
		{"key_ops contradicts use", editJWK(t, rfcPublicRSA, "use", "sig", "key_ops", []string{"verify", "encrypt"}), "contradict"},
	}
	checkRefusals(t, rows, parsePublic)
	private := make([]refusal, len(rows))
	for i, row := range rows {
		row.text = strings.Replace(strings.Replace(row.text, `"n":`, `"d":"`+rfcD+`","n":`, 1), `"verify"`, `"sign"`, 1)
		private[i] = row
	}
	checkRefusals(t, private, parsePrivate)
}

func TestPublicJWKsThatAreRefused(t *testing.T) {
	rows := []refusal{
		{"unknown kty", `{"kty":"AKP","alg":"ES256","pub":"AA"}`, `kty "AKP"`},
		{"kty in small letters", editJWK(t, rfcPublicRSA, "kty", "rsa"), `kty "rsa"`},
		{"a secret", rfcSecret, "ParseSecretKey"},
		{"an RSA private key", rfcPrivateRSA, "ParsePrivateKey(...).Public()"},
		{"an EC private key", rfcPrivateEC, "ParsePrivateKey(...).Public()"},
		{"an Ed25519 private key", rfcPrivateOKP, "ParsePrivateKey(...).Public()"},
		{"key_ops that only sign", editJWK(t, rfcPublicRSA, "key_ops", []string{"sign"}), `does not name "verify"`},
		{"alg of another kind", editJWK(t, rfcPublicRSA, "alg", "ES256"), "ES256, which needs an ECDSA P-256 key, but it is an RSA key"},
		{"alg of another curve", editJWK(t, rfcPublicEC, "alg", "ES384"), "ES384, which needs an ECDSA P-384 key"},
		{"alg of a secret", editJWK(t, rfcPublicOKP, "alg", "HS256"), "HS256"},

		{"no n", editJWK(t, rfcPublicRSA, "n", drop{}), `no "n"`},
		{"no e", editJWK(t, rfcPublicRSA, "e", drop{}), `no "e"`},
		{"n is a number", editJWK(t, rfcPublicRSA, "n", 3233), "n is not a string"},
		{"e is a number", editJWK(t, rfcPublicRSA, "e", 65537), "e is not a string"},
		{"n with padding", editJWK(t, rfcPublicRSA, "n", rfcN+"=="), "n is not canonical base64url"},
		{"n in standard base64", editJWK(t, rfcPublicRSA, "n", strings.ReplaceAll(rfcN, "_", "/")), "n is not canonical base64url"},
		{"n with a line break", editJWK(t, rfcPublicRSA, "n", rfcN[:64]+"\n"+rfcN[64:]), "n is not canonical base64url"},
		{"n with stray bits", editJWK(t, rfcPublicRSA, "n", rfcN[:341]+"x"), "n is not canonical base64url"},
		{"n with a leading zero", editJWK(t, rfcPublicRSA, "n", b64(append([]byte{0}, unb64(t, rfcN)...))), "n is empty or has a leading zero"},
		{"e with a leading zero", editJWK(t, rfcPublicRSA, "e", "AAEAAQ"), "e is empty or has a leading zero"},
		{"n is empty", editJWK(t, rfcPublicRSA, "n", ""), "n is empty"},
		{"n is zero", editJWK(t, rfcPublicRSA, "n", "AA"), "n is empty or has a leading zero"},
		{"n of 2047 bits", editJWK(t, rfcPublicRSA, "n", ones(2047)), "2047 bits is too weak"},
		{"n of 1024 bits", editJWK(t, rfcPublicRSA, "n", ones(1024)), "1024 bits is too weak"},
		{"n of 16385 bits", editJWK(t, rfcPublicRSA, "n", ones(16385)), "16385 bits is too large"},
		{"n of 65536 bits", editJWK(t, rfcPublicRSA, "n", ones(65536)), "65536 bits is too large"},
		{"n is even", editJWK(t, rfcPublicRSA, "n", rfcN[:341]+"A"), "not a positive odd number"},
		{"e is 1", editJWK(t, rfcPublicRSA, "e", "AQ"), "public exponent"},
		{"e is 3", editJWK(t, rfcPublicRSA, "e", "Aw"), "public exponent"},
		{"e is even", editJWK(t, rfcPublicRSA, "e", "AQAA"), "public exponent"},
		{"e of 32 bits", editJWK(t, rfcPublicRSA, "e", "gAAAAQ"), "public exponent (32 bits)"},
		{"e of 257 bits", editJWK(t, rfcPublicRSA, "e", ones(257)), "public exponent (257 bits)"},

		{"no crv", editJWK(t, rfcPublicEC, "crv", drop{}), `no "crv"`},
		{"crv is a number", editJWK(t, rfcPublicEC, "crv", 256), "crv is not a string"},
		{"a curve without algorithm", editJWK(t, rfcPublicEC, "crv", "secp256k1"), `curve "secp256k1"`},
		{"P-224", editJWK(t, rfcPublicEC, "crv", "P-224"), `curve "P-224"`},
		{"no x", editJWK(t, rfcPublicEC, "x", drop{}), `no "x"`},
		{"no y", editJWK(t, rfcPublicEC, "y", drop{}), `no "y"`},
		{"x of 31 bytes", editJWK(t, rfcPublicEC, "x", b64(make([]byte, 31))), "x has 31 bytes: want 32"},
		{"y of 33 bytes", editJWK(t, rfcPublicEC, "y", b64(append([]byte{0}, unb64(t, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")...))), "y has 33 bytes: want 32"},
		{"y is empty", editJWK(t, rfcPublicEC, "y", ""), "y has 0 bytes"},
		{"P-256 point on P-384", editJWK(t, rfcPublicEC, "crv", "P-384"), "x has 32 bytes: want 48"},
		{"off the curve", editJWK(t, rfcPublicEC, "y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"), "not a point on P-256"},
		{"both coordinates zero", editJWK(t, rfcPublicEC, "x", b64(make([]byte, 32)), "y", b64(make([]byte, 32))), "not a point on P-256"},
		{"x beyond the field", editJWK(t, rfcPublicEC, "x", ones(256)), "not a point on P-256"},

		{"no crv of OKP", editJWK(t, rfcPublicOKP, "crv", drop{}), `no "crv"`},
		{"X25519", editJWK(t, rfcPublicOKP, "crv", "X25519"), `curve "X25519"`},
		{"Ed448", editJWK(t, rfcPublicOKP, "crv", "Ed448", "x", b64(make([]byte, 57))), `curve "Ed448"`},
		{"no x of OKP", editJWK(t, rfcPublicOKP, "x", drop{}), `no "x"`},
		{"Ed25519 of 31 bytes", editJWK(t, rfcPublicOKP, "x", b64(make([]byte, 31))), "x has 31 bytes: want 32"},
		{"Ed25519 of 33 bytes", editJWK(t, rfcPublicOKP, "x", b64(make([]byte, 33))), "x has 33 bytes: want 32"},
		{"Ed25519 of order 1", editJWK(t, rfcPublicOKP, "x", octets(t, "01"+strings.Repeat("00", 31))), "small order"},
		{"Ed25519 of order 8", editJWK(t, rfcPublicOKP, "x", octets(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")), "small order"},
		{"Ed25519 not canonical", editJWK(t, rfcPublicOKP, "x", octets(t, "ee"+strings.Repeat("ff", 30)+"7f")), "canonical"},
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		rows = append(rows, refusal{"private member " + name, editJWK(t, rfcPublicRSA, name, nil), fmt.Sprintf("it has %q", name)})
	}
	checkRefusals(t, rows, parsePublic)
}

func TestPrivateJWKsThatAreRefused(t *testing.T) {
	const otherD = "d6Yn1XT0wZVkp9qVG9rdDG6nJr_JSzPRqmTT0b_b5tk"
	alone := editJWK(t, rfcPrivateRSA, "p", drop{}, "q", drop{}, "dp", drop{}, "dq", drop{}, "qi", drop{})
	prime := new(big.Int).Lsh(big.NewInt(1), 2203) // 2^2203-1, so d = 65537^-1 mod n-1
	prime.Sub(prime, big.NewInt(1))
	inverse := new(big.Int).ModInverse(big.NewInt(65537), new(big.Int).Sub(prime, big.NewInt(1)))
	require.NotNil(t, inverse)
	rows := []refusal{
		{"a public RSA key", rfcPublicRSA, "use ParsePublicKey"},
		{"a public EC key", rfcPublicEC, "use ParsePublicKey"},
		{"a public Ed25519 key", rfcPublicOKP, "use ParsePublicKey"},
		{"a secret", rfcSecret, "ParseSecretKey"},
		{"unknown kty", `{"kty":"AKP","d":"AA"}`, `kty "AKP"`},
		{"key_ops that only verify", editJWK(t, rfcPrivateRSA, "key_ops", []string{"verify"}), `does not name "sign"`},
		{"alg of another kind", editJWK(t, rfcPrivateRSA, "alg", "ES256"), "ES256, which needs"},
		{"broken public part", editJWK(t, rfcPrivateRSA, "e", "AQ"), "public exponent"},

		{"more than two primes", editJWK(t, rfcPrivateRSA, "oth", []any{}), `"oth"`},
		{"d is null", editJWK(t, rfcPrivateRSA, "d", nil), "d is not a string"},
		{"d with a leading zero", editJWK(t, rfcPrivateRSA, "d", b64(append([]byte{0}, unb64(t, rfcD)...))), "d is empty or has a leading zero"},
		{"p is a number", editJWK(t, rfcPrivateRSA, "p", 3), "p is not a string"},
		{"p is as long as n", editJWK(t, rfcPrivateRSA, "p", rfcN), "p is not a factor"},
		{"q is longer than n", editJWK(t, rfcPrivateRSA, "q", ones(4096)), "q is not a factor"},
		{"d longer than n", editJWK(t, rfcPrivateRSA, "d", ones(2049)), "exponent"},
		{"other d", editJWK(t, rfcPrivateRSA, "d", ones(2040)), "does not hold together"},
		{"other p", editJWK(t, rfcPrivateRSA, "p", ones(1024)), "does not hold together"},
		{"other q", editJWK(t, rfcPrivateRSA, "q", ones(1024)), "does not hold together"},
		{"p is 1", editJWK(t, rfcPrivateRSA, "p", "AQ"), "does not hold together"},
		{"other n", editJWK(t, rfcPrivateRSA, "n", ones(2048)), "does not hold together"},
		{"other e", editJWK(t, rfcPrivateRSA, "e", "AQAD"), "does not hold together"},
		{"primes exchanged", editJWK(t, rfcPrivateRSA, "p", rfcQ, "q", rfcP, "dp", rfcDQ, "dq", rfcDP), "qi does not belong"},
		{"other dp", editJWK(t, rfcPrivateRSA, "dp", rfcDQ), "dp does not belong"},
		{"other dq", editJWK(t, rfcPrivateRSA, "dq", rfcDP), "dq does not belong"},
		{"other qi", editJWK(t, rfcPrivateRSA, "qi", rfcDP), "qi does not belong"},
		{"qi is empty", editJWK(t, rfcPrivateRSA, "qi", ""), "qi is empty"},

		{"d alone, of another key", editJWK(t, alone, "d", ones(2040)), "exponent d does not belong to n and e"},
		{"d alone, even", editJWK(t, alone, "d", rfcD[:341]+"A"), "exponent"},
		{"d alone, longer than n", editJWK(t, alone, "d", ones(2049)), "exponent"},
		{"d alone, n prime", editJWK(t, alone, "n", b64(prime.Bytes()), "d", b64(inverse.Bytes())), "not the product of two primes"},
		{"d alone, n large", editJWK(t, alone, "n", ones(4097)), "add p, q, dp, dq and qi"},

		{"EC d of 31 bytes", editJWK(t, rfcPrivateEC, "d", b64(make([]byte, 31))), "d has 31 bytes: want 32"},
		{"EC d of 33 bytes", editJWK(t, rfcPrivateEC, "d", b64(make([]byte, 33))), "d has 33 bytes: want 32"},
		{"EC d is zero", editJWK(t, rfcPrivateEC, "d", b64(make([]byte, 32))), "d is out of range"},
		{"EC d beyond the order", editJWK(t, rfcPrivateEC, "d", ones(256)), "d is out of range"},
		{"EC d of another key", editJWK(t, rfcPrivateEC, "d", otherD), "d does not belong to its x and y"},
		{"EC point off the curve", editJWK(t, rfcPrivateEC, "y", ones(256)), "not a point"},
		{"X25519 pair", editJWK(t, rfcPrivateOKP, "crv", "X25519"), `curve "X25519"`},
		{"Ed25519 d of 64 bytes", editJWK(t, rfcPrivateOKP, "d", b64(make([]byte, 64))), "d has 64 bytes: want 32"},
		{"Ed25519 d of another key", editJWK(t, rfcPrivateOKP, "d", otherD), "d does not belong to its x"},
		{"Ed25519 d with padding", editJWK(t, rfcPrivateOKP, "d", otherD+"="), "d is not canonical"},
	}
	for _, name := range []string{"p", "q", "dp", "dq", "qi"} {
		rows = append(rows, refusal{"no " + name, editJWK(t, rfcPrivateRSA, name, drop{}), fmt.Sprintf("no %q", name)})
		rows = append(rows, refusal{"only " + name, editJWK(t, alone, name, "AQ"), "or none of them"})
	}
	checkRefusals(t, rows, parsePrivate)
}

func TestJWKLimitIsInclusive(t *testing.T) {
	require.NoError(t, parsePublic([]byte(rfcPublicEC+strings.Repeat(" ", 64<<10-len(rfcPublicEC)))))
	require.NoError(t, parsePublic([]byte(editJWK(t, rfcPublicEC, "kid", strings.Repeat("k", 60<<10)))))
}

func TestSecretJWKsThatAreRefused(t *testing.T) {
	checkRefusals(t, []refusal{
		{"raw bytes", "0123456789abcdef0123456789abcdef", "not the JSON text of a JWK: NewSecretKey takes the bytes of a secret"},
		{"nothing", "", "not the JSON text of a JWK"},
		{"half of a JWK", rfcSecret[:20], "not the JSON text of a JWK"},
		{"a public key", rfcPublicRSA, `kty "RSA", not a secret`},
		{"a private key", rfcPrivateOKP, `kty "OKP", not a secret`},
		{"a set", `{"keys":[` + rfcSecret + `]}`, "ParseKeySet"},
		{"no k", editJWK(t, rfcSecret, "k", drop{}), `no "k"`},
		{"k is null", editJWK(t, rfcSecret, "k", nil), "k is not a string"},
		{"k with padding", editJWK(t, rfcSecret, "k", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), "k is not canonical"},
		{"K in capitals", editJWK(t, rfcSecret, "k", drop{}, "K", strings.Repeat("A", 64)), `no "k"`},
		{"k is empty", editJWK(t, rfcSecret, "k", ""), "0 bytes is too short"},
		{"k of 31 bytes", editJWK(t, rfcSecret, "k", b64(make([]byte, 31))), "31 bytes is too short"},
		{"k is key text", editJWK(t, rfcSecret, "k", b64([]byte(rfcPublicOKP))), "not a secret"},
		{"alg needs more", editJWK(t, rfcSecret, "k", b64(make([]byte, 32)), "alg", "HS384"), "HS384, which needs a secret key of at least 48 bytes"},
		{"alg of key pairs", editJWK(t, rfcSecret, "alg", "RS256"), "RS256, which needs"},
		{"use is enc", editJWK(t, rfcSecret, "use", "enc"), `use is "enc"`},
		{"key_ops for encryption", editJWK(t, rfcSecret, "key_ops", []string{"encrypt"}), `does not name "sign" or "verify"`},
		{"too long", rfcSecret + strings.Repeat(" ", 64<<10), "too long"},
	}, parseSecret)
}
