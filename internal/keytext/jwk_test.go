package keytext_test

import (
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

func TestJWKTextThatIsRefused(t *testing.T) {
	rows := []refusal{
		{"cut off", testkeys.RFCPublicRSA[:40], "not the JSON text of a JWK"},
		{"duplicate member", strings.Replace(testkeys.RFCPublicRSA, `"e":`, `"e":"Aw","e":`, 1), `duplicate member name "e"`},
		{"duplicate member behind an escape", strings.Replace(testkeys.RFCPublicRSA, `"e":`, `"\u0065":"Aw","e":`, 1), "duplicate member name"},
		{"duplicate member inside", strings.Replace(testkeys.RFCPublicRSA, `"e":`, `"z":[{"a":1,"a":1}],"e":`, 1), "duplicate member name"},
		{"trailing data", testkeys.RFCPublicRSA + `{}`, "invalid character"},
		{"invalid UTF-8", strings.Replace(testkeys.RFCPublicRSA, `"2011`, "\"\xff2011", 1), "UTF-8"},
		{"too long", testkeys.RFCPublicRSA + strings.Repeat(" ", 64<<10), "too long"},
		{"empty object", `{}`, `no "kty"`},
		{"a set", `{"keys":[]}`, "ParseKeySet"},
		{"kty in capitals", `{"KTY":"RSA"}`, `no "kty"`},
		{"kty is a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "kty", 1), "kty is not a string"},
		{"kty is null", testkeys.Edit(t, testkeys.RFCPublicRSA, "kty", nil), `no "kty"`},
		{"kid is a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "kid", 1), "kid is not a string"},
		{"use is an array", testkeys.Edit(t, testkeys.RFCPublicRSA, "use", []string{"sig"}), "use is not a string"},
		{"use is enc", testkeys.Edit(t, testkeys.RFCPublicRSA, "use", "enc"), `use is "enc"`},
		{"alg is a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", 256), "alg is not a string"},
		{"alg is a number beside key_ops", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", 256, "key_ops", []string{"verify"}), "alg is not a string"},
		{"key_ops is an object", testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", map[string]int{"verify": 1}), "key_ops is not an array of strings"},
		{"key_ops is a string", testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", "verify"), "key_ops is not an array of strings"},
		{"key_ops has a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", []any{"verify", 1}), "key_ops is not an array of strings"},
		{"key_ops names one twice", testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", []string{"verify", "x", "x"}), `key_ops names "x" twice`},
		{"key_ops contradicts use", testkeys.Edit(t, testkeys.RFCPublicRSA, "use", "sig", "key_ops", []string{"verify", "encrypt"}), "contradict"},
	}
	checkRefusals(t, rows, parsePublic)
	private := make([]refusal, len(rows))
	for i, row := range rows {
		row.text = strings.Replace(strings.Replace(row.text, `"n":`, `"d":"`+testkeys.RFCD+`","n":`, 1), `"verify"`, `"sign"`, 1)
		private[i] = row
	}
	checkRefusals(t, private, parsePrivate)
}

func TestPublicJWKsThatAreRefused(t *testing.T) {
	rows := []refusal{
		{"unknown kty", `{"kty":"oct2","alg":"ES256","pub":"AA"}`, `kty "oct2" is not supported: want RSA, EC, OKP, AKP or oct`},
		{"kty in small letters", testkeys.Edit(t, testkeys.RFCPublicRSA, "kty", "rsa"), `kty "rsa"`},
		{"a secret", testkeys.RFCSecret, "ParseSecretKey"},
		{"an RSA private key", testkeys.RFCPrivateRSA, "ParsePrivateKey(...).Public()"},
		{"an EC private key", testkeys.RFCPrivateEC, "ParsePrivateKey(...).Public()"},
		{"an Ed25519 private key", testkeys.RFCPrivateOKP, "ParsePrivateKey(...).Public()"},
		{"key_ops that only sign", testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", []string{"sign"}), `does not name "verify"`},

		{"no n", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", testkeys.Drop{}), `no "n"`},
		{"no e", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", testkeys.Drop{}), `no "e"`},
		{"n is a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", 3233), "n is not a string"},
		{"e is a number", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", 65537), "e is not a string"},
		{"n with padding", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", testkeys.RFCN+"=="), "n is not canonical base64url"},
		{"n in standard base64", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", strings.ReplaceAll(testkeys.RFCN, "_", "/")), "n is not canonical base64url"},
		{"n with a line break", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", testkeys.RFCN[:64]+"\n"+testkeys.RFCN[64:]), "n is not canonical base64url"},
		{"n with stray bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", testkeys.RFCN[:341]+"x"), "n is not canonical base64url"},
		{"n is empty", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ""), `no "n"`},
		{"n is zero", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", "AA"), "n is zero: want a positive number"},
		{"n of 2047 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(2047)), "2047 bits is too weak"},
		{"n of 1024 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(1024)), "1024 bits is too weak"},
		{"n of 16385 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(16385)), "16385 bits is too large"},
		{"n of 65536 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(65536)), "65536 bits is too large"},
		{"n is even", testkeys.Edit(t, testkeys.RFCPublicRSA, "n", testkeys.RFCN[:341]+"A"), "not a positive odd number"},
		{"e is many zeros", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", b64(make([]byte, 300))), "e is zero"},
		{"e is 1", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "AQ"), "public exponent"},
		{"e is 3", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "Aw"), "public exponent"},
		{"e is even", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "AQAA"), "public exponent"},
		{"e of 32 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "gAAAAQ"), "public exponent (32 bits)"},
		{"e of 257 bits", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", ones(257)), "public exponent (257 bits)"},

		{"no crv", testkeys.Edit(t, testkeys.RFCPublicEC, "crv", testkeys.Drop{}), `no "crv"`},
		{"crv is a number", testkeys.Edit(t, testkeys.RFCPublicEC, "crv", 256), "crv is not a string"},
		{"a curve without algorithm", testkeys.Edit(t, testkeys.RFCPublicEC, "crv", "secp256k1"), `curve "secp256k1"`},
		{"P-224", testkeys.Edit(t, testkeys.RFCPublicEC, "crv", "P-224"), `curve "P-224"`},
		{"no x", testkeys.Edit(t, testkeys.RFCPublicEC, "x", testkeys.Drop{}), `no "x"`},
		{"no y", testkeys.Edit(t, testkeys.RFCPublicEC, "y", testkeys.Drop{}), `no "y"`},
		{"x of 31 bytes", testkeys.Edit(t, testkeys.RFCPublicEC, "x", b64(make([]byte, 31))), "x has 31 bytes: want 32"},
		{"y of 33 bytes", testkeys.Edit(t, testkeys.RFCPublicEC, "y", b64(append([]byte{0}, unb64(t, "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")...))), "y has 33 bytes: want 32"},
		{"y is empty", testkeys.Edit(t, testkeys.RFCPublicEC, "y", ""), `no "y"`},
		{"P-256 point on P-384", testkeys.Edit(t, testkeys.RFCPublicEC, "crv", "P-384"), "x has 32 bytes: want 48"},
		{"off the curve", testkeys.Edit(t, testkeys.RFCPublicEC, "y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI"), "not a point on P-256"},
		{"both coordinates zero", testkeys.Edit(t, testkeys.RFCPublicEC, "x", b64(make([]byte, 32)), "y", b64(make([]byte, 32))), "not a point on P-256"},
		{"x beyond the field", testkeys.Edit(t, testkeys.RFCPublicEC, "x", ones(256)), "not a point on P-256"},

		{"no crv of OKP", testkeys.Edit(t, testkeys.RFCPublicOKP, "crv", testkeys.Drop{}), `no "crv"`},
		{"X25519", testkeys.Edit(t, testkeys.RFCPublicOKP, "crv", "X25519"), `curve "X25519"`},
		{"Ed448", testkeys.Edit(t, testkeys.RFCPublicOKP, "crv", "Ed448", "x", b64(make([]byte, 57))), `curve "Ed448"`},
		{"no x of OKP", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", testkeys.Drop{}), `no "x"`},
		{"Ed25519 of 31 bytes", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", b64(make([]byte, 31))), "x has 31 bytes: want 32"},
		{"Ed25519 of 33 bytes", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", b64(make([]byte, 33))), "x has 33 bytes: want 32"},
		{"Ed25519 of order 1", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", octets(t, "01"+strings.Repeat("00", 31))), "small order"},
		{"Ed25519 of order 8", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", octets(t, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")), "small order"},
		{"Ed25519 not canonical", testkeys.Edit(t, testkeys.RFCPublicOKP, "x", octets(t, "ee"+strings.Repeat("ff", 30)+"7f")), "canonical"},
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		rows = append(rows, refusal{"private member " + name, testkeys.Edit(t, testkeys.RFCPublicRSA, name, "AA"), fmt.Sprintf("it has %q", name)})
	}
	checkRefusals(t, rows, parsePublic)
}

func TestPrivateJWKsThatAreRefused(t *testing.T) {
	const otherD = "d6Yn1XT0wZVkp9qVG9rdDG6nJr_JSzPRqmTT0b_b5tk"
	alone := testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", testkeys.Drop{}, "q", testkeys.Drop{}, "dp", testkeys.Drop{}, "dq", testkeys.Drop{}, "qi", testkeys.Drop{})
	// aloneOf has a power of the prime 2^bits-1 as its n, so that d = 65537^-1 mod n-n/p.
	aloneOf := func(bits uint, power int64) string {
		p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))
		n := new(big.Int).Exp(p, big.NewInt(power), nil)
		d := new(big.Int).ModInverse(big.NewInt(65537), new(big.Int).Sub(n, new(big.Int).Quo(n, p)))
		return testkeys.Edit(t, alone, "n", b64(n.Bytes()), "d", b64(d.Bytes()))
	}
	rows := []refusal{
		{"a public RSA key", testkeys.RFCPublicRSA, "use ParsePublicKey"},
		{"a public EC key", testkeys.RFCPublicEC, "use ParsePublicKey"},
		{"a public Ed25519 key", testkeys.RFCPublicOKP, "use ParsePublicKey"},
		{"a secret", testkeys.RFCSecret, "ParseSecretKey"},
		{"unknown kty", `{"kty":"oct2","d":"AA"}`, `kty "oct2"`},
		{"key_ops that only verify", testkeys.Edit(t, testkeys.RFCPrivateRSA, "key_ops", []string{"verify"}), `does not name "sign"`},
		{"broken public part", testkeys.Edit(t, testkeys.RFCPrivateRSA, "e", "AQ"), "public exponent"},

		{"more than two primes", testkeys.Edit(t, testkeys.RFCPrivateRSA, "oth", []any{map[string]string{"r": "AA"}}), `"oth"`},
		{"d is null", testkeys.Edit(t, testkeys.RFCPrivateRSA, "d", nil), "use ParsePublicKey"},
		{"p is a number", testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", 3), "p is not a string"},
		{"p is as long as n", testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", testkeys.RFCN), "p is not a factor"},
		{"q is longer than n", testkeys.Edit(t, testkeys.RFCPrivateRSA, "q", ones(4096)), "q is not a factor"},
		{"d longer than n", testkeys.Edit(t, testkeys.RFCPrivateRSA, "d", ones(2049)), "exponent"},
		{"other d", testkeys.Edit(t, testkeys.RFCPrivateRSA, "d", ones(2040)), "is inconsistent"},
		{"other p", testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", ones(1024)), "is inconsistent"},
		{"other q", testkeys.Edit(t, testkeys.RFCPrivateRSA, "q", ones(1024)), "is inconsistent"},
		{"p is 1", testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", "AQ"), "is inconsistent"},
		{"other n", testkeys.Edit(t, testkeys.RFCPrivateRSA, "n", ones(2048)), "is inconsistent"},
		{"other e", testkeys.Edit(t, testkeys.RFCPrivateRSA, "e", "AQAD"), "is inconsistent"},
		{"primes exchanged", testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", testkeys.RFCQ, "q", testkeys.RFCP, "dp", testkeys.RFCDQ, "dq", testkeys.RFCDP), "qi does not belong"},
		{"other dp", testkeys.Edit(t, testkeys.RFCPrivateRSA, "dp", testkeys.RFCDQ), "dp does not belong"},
		{"other dq", testkeys.Edit(t, testkeys.RFCPrivateRSA, "dq", testkeys.RFCDP), "dq does not belong"},
		{"other qi", testkeys.Edit(t, testkeys.RFCPrivateRSA, "qi", testkeys.RFCDP), "qi does not belong"},
		{"qi is empty", testkeys.Edit(t, testkeys.RFCPrivateRSA, "qi", ""), `no "qi"`},
		{"qi is zero", testkeys.Edit(t, testkeys.RFCPrivateRSA, "qi", "AAAA"), "qi is zero"},

		{"d alone, of another key", testkeys.Edit(t, alone, "d", ones(2040)), "exponent d does not belong to n and e"},
		{"d alone, even", testkeys.Edit(t, alone, "d", testkeys.RFCD[:341]+"A"), "exponent"},
		{"d alone, longer than n", testkeys.Edit(t, alone, "d", ones(2049)), "exponent"},
		{"d alone, n prime", aloneOf(2203, 1), "is a prime or a power of one"},
		{"d alone, n a square", aloneOf(1279, 2), "is a prime or a power of one"},
		{"d alone, n large", testkeys.Edit(t, alone, "n", ones(4097)), "add p, q, dp, dq and qi"},

		{"EC d of 31 bytes", testkeys.Edit(t, testkeys.RFCPrivateEC, "d", b64(make([]byte, 31))), "d has 31 bytes: want 32"},
		{"EC d of 33 bytes", testkeys.Edit(t, testkeys.RFCPrivateEC, "d", b64(make([]byte, 33))), "d has 33 bytes: want 32"},
		{"EC d is zero", testkeys.Edit(t, testkeys.RFCPrivateEC, "d", b64(make([]byte, 32))), "d is out of range"},
		{"EC d beyond the order", testkeys.Edit(t, testkeys.RFCPrivateEC, "d", ones(256)), "d is out of range"},
		{"EC d of another key", testkeys.Edit(t, testkeys.RFCPrivateEC, "d", otherD), "d does not belong to its x and y"},
		{"EC point off the curve", testkeys.Edit(t, testkeys.RFCPrivateEC, "y", ones(256)), "not a point"},
		{"X25519 pair", testkeys.Edit(t, testkeys.RFCPrivateOKP, "crv", "X25519"), `curve "X25519"`},
		{"Ed25519 d of 64 bytes", testkeys.Edit(t, testkeys.RFCPrivateOKP, "d", b64(make([]byte, 64))), "d has 64 bytes: want 32"},
		{"Ed25519 d of another key", testkeys.Edit(t, testkeys.RFCPrivateOKP, "d", otherD), "d does not belong to its x"},
		{"Ed25519 d with padding", testkeys.Edit(t, testkeys.RFCPrivateOKP, "d", otherD+"="), "d is not canonical"},
	}
	for _, name := range []string{"p", "q", "dp", "dq", "qi"} {
		rows = append(rows, refusal{"no " + name, testkeys.Edit(t, testkeys.RFCPrivateRSA, name, testkeys.Drop{}), fmt.Sprintf("no %q", name)})
		rows = append(rows, refusal{"only " + name, testkeys.Edit(t, alone, name, "AQ"), "or none of them"})
	}
	checkRefusals(t, rows, parsePrivate)
}

// read is what a parser makes of a text.
type read struct {
	key any
	use keytext.Use
	err string
}

func readWith[K any](parse func([]byte) (K, keytext.Use, error)) func(string) read {
	return func(text string) read {
		key, use, err := parse([]byte(text))
		if err != nil {
			return read{err: err.Error()}
		}
		return read{key: key, use: use}
	}
}

// Serializers that know all members of a JWK write them for a key that lacks them, too.
func TestEmptyMembersCountAsAbsent(t *testing.T) {
	public := readWith(func(text []byte) (crypto.PublicKey, keytext.Use, error) { return keytext.Public(text, false) })
	private := readWith(func(text []byte) (crypto.Signer, keytext.Use, error) { return keytext.Private(text, nil, false) })
	secret := readWith(keytext.Secret)
	entry := readWith(func(text []byte) (crypto.PublicKey, keytext.Use, error) {
		entries, err := keytext.Set([]byte(`{"keys":[` + string(text) + `]}`))
		if err != nil {
			return nil, keytext.Use{}, err
		}
		return entries[0].Key, entries[0].Use, entries[0].Err
	})
	for _, row := range []struct {
		text string
		read func(string) read
	}{
		{testkeys.RFCPublicRSA, public}, {testkeys.RFCPublicEC, public}, {testkeys.RFCPublicOKP, public},
		{testkeys.RFCPublicRSA, entry}, {testkeys.RFCPublicEC, entry}, {testkeys.RFCPublicOKP, entry}, {`{"kty":"new"}`, entry},
		{testkeys.RFCPrivateRSA, private}, {testkeys.RFCPrivateEC, private}, {testkeys.RFCPrivateOKP, private},
		{testkeys.RFCSecret, secret},
	} {
		text := testkeys.Edit(t, row.text, "use", "sig")
		require.Equal(t, text == testkeys.Edit(t, `{"kty":"new"}`, "use", "sig"), row.read(text).err != "")
		for _, name := range []string{"kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y", "pub", "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv", "x5c", "x5t"} {
			want := row.read(testkeys.Edit(t, text, name, 0, name, testkeys.Drop{}))
			for _, empty := range []string{`null`, `""`, `[]`, "[ \n]"} {
				got := row.read(strings.Replace(testkeys.Edit(t, text, name, "EMPTY"), `"EMPTY"`, empty, 1))
				require.Equal(t, want, got, "%s = %s in %s", name, empty, text)
			}
		}
	}
}

// Whether a text is one key or a set is not a matter of members that it may have besides.
func TestKeysAndSetsMayHaveMembersOfTheOther(t *testing.T) {
	require.NoError(t, parsePublic([]byte(testkeys.Edit(t, testkeys.RFCPublicEC, "keys", []any{}))))
	entries, err := keytext.Set([]byte(testkeys.Edit(t, setText(testkeys.RFCPublicEC), "kty", "RSA")))
	require.NoError(t, err)
	require.NoError(t, entries[0].Err)
}

func TestLeadingZerosOfRSANumbersAreIgnored(t *testing.T) {
	for _, name := range []string{"n", "e", "d", "p", "q", "dp", "dq", "qi"} {
		for _, zeros := range []int{1, 2, 300} {
			padded := func(text string) []byte {
				var members map[string]string
				require.NoError(t, json.Unmarshal([]byte(text), &members))
				return []byte(testkeys.Edit(t, text, name, b64(append(make([]byte, zeros), unb64(t, members[name])...))))
			}
			key, use, err := keytext.Private(padded(testkeys.RFCPrivateRSA), nil, false)
			require.NoError(t, err, name)
			out, err := keytext.AppendPrivateJWK(nil, key, use)
			require.NoError(t, err)
			require.JSONEq(t, testkeys.RFCPrivateRSA, string(out))
			if name != "n" && name != "e" {
				continue
			}
			public, use, err := keytext.Public(padded(testkeys.RFCPublicRSA), false)
			require.NoError(t, err, name)
			require.True(t, key.(*rsa.PrivateKey).PublicKey.Equal(public))
			require.JSONEq(t, testkeys.Edit(t, testkeys.RFCPublicRSA, "use", "sig"), string(keytext.AppendPublicJWK(nil, public, use)))
			require.Equal(t, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", keytext.Thumbprint(public)) // RFC 7638, Section 3.1
		}
	}
}

func TestJWKLimitIsInclusive(t *testing.T) {
	require.NoError(t, parsePublic([]byte(testkeys.RFCPublicEC+strings.Repeat(" ", 64<<10-len(testkeys.RFCPublicEC)))))
	require.NoError(t, parsePublic([]byte(testkeys.Edit(t, testkeys.RFCPublicEC, "kid", strings.Repeat("k", 60<<10)))))
	require.NoError(t, parseSecret([]byte(testkeys.RFCSecret+strings.Repeat(" ", 64<<10-len(testkeys.RFCSecret)))))
}

func TestSecretJWKsThatAreRefused(t *testing.T) {
	checkRefusals(t, []refusal{
		{"raw bytes", "0123456789abcdef0123456789abcdef", "not the JSON text of a JWK: NewSecretKey takes the bytes of a secret"},
		{"nothing", "", "not the JSON text of a JWK"},
		{"half of a JWK", testkeys.RFCSecret[:20], "not the JSON text of a JWK"},
		{"a public key", testkeys.RFCPublicRSA, `kty "RSA", not a secret`},
		{"a private key", testkeys.RFCPrivateOKP, `kty "OKP", not a secret`},
		{"a set", `{"keys":[` + testkeys.RFCSecret + `]}`, "pass one of its keys alone"},
		{"no k", testkeys.Edit(t, testkeys.RFCSecret, "k", testkeys.Drop{}), `no "k"`},
		{"k is null", testkeys.Edit(t, testkeys.RFCSecret, "k", nil), `no "k"`},
		{"k with padding", testkeys.Edit(t, testkeys.RFCSecret, "k", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), "k is not canonical"},
		{"K in capitals", testkeys.Edit(t, testkeys.RFCSecret, "k", testkeys.Drop{}, "K", strings.Repeat("A", 64)), `no "k"`},
		{"use is enc", testkeys.Edit(t, testkeys.RFCSecret, "use", "enc"), `use is "enc"`},
		{"key_ops for encryption", testkeys.Edit(t, testkeys.RFCSecret, "key_ops", []string{"encrypt"}), `does not name "sign" or "verify"`},
		{"too long", testkeys.RFCSecret + strings.Repeat(" ", 64<<10), "too long"},
	}, parseSecret)
}
