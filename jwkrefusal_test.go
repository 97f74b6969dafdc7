package jwt_test

import (
	"encoding/base64"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
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

// The parser leaves to this package what only it knows: algorithms, and how long a secret must be.
func TestJWKsThatFitNoAlgorithmAreRefused(t *testing.T) {
	rows := []refusal{
		{"alg is for encryption", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "RSA-OAEP"), `alg is "RSA-OAEP"`},
		{"alg is none", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "none"), `alg is "none"`},
		{"alg is long", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", strings.Repeat("x", 1000)), "…"},
	}
	checkRefusals(t, rows, parsePublic)
	private := make([]refusal, len(rows))
	for i, row := range rows {
		row.text = strings.Replace(row.text, `"n":`, `"d":"`+testkeys.RFCD+`","n":`, 1)
		private[i] = row
	}
	checkRefusals(t, append(private, []refusal{
		{"alg of another kind", testkeys.Edit(t, testkeys.RFCPrivateRSA, "alg", "ES256"), "ES256, which needs"},
	}...), parsePrivate)
	checkRefusals(t, []refusal{
		{"alg of another kind", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "ES256"), "ES256, which needs an ECDSA P-256 key, but it is an RSA key"},
		{"alg of another curve", testkeys.Edit(t, testkeys.RFCPublicEC, "alg", "ES384"), "ES384, which needs an ECDSA P-384 key"},
		{"alg of a secret", testkeys.Edit(t, testkeys.RFCPublicOKP, "alg", "HS256"), "HS256"},
	}, parsePublic)
	checkRefusals(t, []refusal{
		{"k is empty", testkeys.Edit(t, testkeys.RFCSecret, "k", ""), "0 bytes is too short"},
		{"k of 31 bytes", testkeys.Edit(t, testkeys.RFCSecret, "k", b64(make([]byte, 31))), "31 bytes is too short"},
		{"k is key text", testkeys.Edit(t, testkeys.RFCSecret, "k", b64([]byte(testkeys.RFCPublicOKP))), "not a secret"},
		{"alg needs more", testkeys.Edit(t, testkeys.RFCSecret, "k", b64(make([]byte, 32)), "alg", "HS384"), "HS384, which needs a secret key of at least 48 bytes"},
		{"alg of key pairs", testkeys.Edit(t, testkeys.RFCSecret, "alg", "RS256"), "RS256, which needs"},
	}, parseSecret)
}
