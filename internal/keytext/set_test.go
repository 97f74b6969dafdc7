package keytext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

func setText(entries ...string) string { return `{"keys":[` + strings.Join(entries, ",") + `]}` }

func TestSetsThatAreRefused(t *testing.T) {
	tooMany := make([]string, 101)
	for i := range tooMany {
		tooMany[i] = `{}`
	}
	rows := []refusal{
		{"not JSON", "", "not the JSON text of a JWK Set"},
		{"an array", `[]`, "not the JSON text of a JWK Set"},
		{"null", `null`, "not the JSON text of a JWK Set"},
		{"trailing data", `{"keys":[]}{}`, "not the JSON text of a JWK Set"},
		{"two byte order marks", "\ufeff\ufeff" + setText(), "not the JSON text of a JWK Set"},
		{"a byte order mark after it", setText() + "\ufeff", "not the JSON text of a JWK Set"},
		{"keys twice", `{"keys":[],"keys":[]}`, "duplicate member name"},
		{"keys twice, once null", `{"keys":null,"keys":[]}`, "duplicate member name"},
		{"a member twice in an entry", `{"keys":[{"kty":"RSA","kty":"oct"}]}`, "duplicate member name"},
		{"an array of JWKs", `[` + testkeys.RFCPublicRSA + `]`, "it is a JWK or JWK Set with something around it, or encoded once more"},
		{"a set in base64", b64std([]byte(setText(testkeys.RFCPublicRSA))), "it is a JWK or JWK Set with something around it, or encoded once more"},
		{"a set in UTF-16", "\xff\xfe" + strings.Join(strings.Split(setText(), ""), "\x00") + "\x00", "`iconv -f UTF-16 -t UTF-8 FILE` converts it"},
		{"a key in PEM", file(t, "openssl-ecparam.pub"), "it is a PEM text; use ParsePublicKey, and NewKeySet for several"},
		{"a page", "<!DOCTYPE html>", "not the JSON text of a JWK Set: invalid character"},
		{"the metadata of an issuer", `{"issuer":"https://a.example","jwks_uri":"https://a.example/keys"}`, `its "jwks_uri" is the address of the set, which jwks.Discover finds`},
		{"Google's certificates", testkeys.Edit(t, `{}`, "kid", file(t, "openssl-genpkey-rsa.crt")), "JSON with keys in PEM, not a JWK Set"},
		{"one JWK", testkeys.RFCPublicRSA, "one JWK, not a JWK Set: use ParsePublicKey"},
		{"no keys", `{}`, `no "keys"`},
		{"keys in capitals", `{"Keys":[]}`, `no "keys"`},
		{"keys is null", `{"keys":null}`, `no "keys"`},
		{"keys is an empty text", `{"keys":""}`, `no "keys"`},
		{"keys is an object", `{"keys":{}}`, "not an array"},
		{"entry is null", setText(testkeys.RFCPublicRSA, "null"), "entry 1 of the JWK Set: it is not an object"},
		{"entry is a string", setText(`"x"`), "entry 0 of the JWK Set: it is not an object"},
		{"entry is an array", setText(`[]`), "entry 0 of the JWK Set: it is not an object"},
		{"a secret", setText(testkeys.RFCPublicRSA, testkeys.RFCSecret), "entry 1 of the JWK Set"},
		{"a secret without k", setText(`{"kty":"oct","kid":"x"}`), "a secret, which must not be in a set"},
		{"a private RSA key", setText(testkeys.RFCPrivateRSA), "must not be in a set"},
		{"a private EC key", setText(testkeys.RFCPublicEC, testkeys.RFCPrivateEC), "must not be in a set"},
		{"a private key for encryption", setText(testkeys.Edit(t, testkeys.RFCPrivateEC, "use", "enc")), "must not be in a set"},
		{"101 entries", setText(tooMany...), "more than 100 keys"},
		{"1 MiB and a byte", setText() + strings.Repeat(" ", 1<<20-10), "too long"},
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		for _, content := range []any{"AA", 0, false, []any{nil}, map[string]any{}} {
			text := setText(testkeys.Edit(t, `{"kty":"AKP"}`, name, content))
			rows = append(rows, refusal{fmt.Sprintf("private member %s is %v", name, content), text, fmt.Sprintf("it has %q", name)})
		}
	}
	checkRefusals(t, rows, func(text []byte) error {
		_, err := keytext.Set(text)
		return err
	})
}

// What makes a good key of another kty says nothing about a kty that nobody knows.
func TestEntriesOfUnknownTypesHaveNoKey(t *testing.T) {
	for _, text := range []string{testkeys.RFCPublicRSA, testkeys.RFCPublicEC, testkeys.RFCPublicOKP} {
		entries, err := keytext.Set([]byte(setText(testkeys.Edit(t, text, "kty", "new", "kid", "k"))))
		require.NoError(t, err)
		require.Nil(t, entries[0].Key)
		require.ErrorContains(t, entries[0].Err, `a JWK of kty "new" is not supported`)
		require.Equal(t, keytext.Use{KeyID: "k"}, entries[0].Use)
	}
}
