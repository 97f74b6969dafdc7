// Package attacks_test has one test for each published advisory about a JWT library that package jwt
// could have had too, and runs the vectors of testdata. The number of an advisory is in the name of its
// test; the comment says in one line what went wrong there.
package attacks_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

// attack is a token that some library has accepted, and the class this one refuses it with.
type attack struct {
	name, token string
	want        error
}

// refuseAll verifies genuine, which must be accepted, and then each attack with the same policy.
func refuseAll(t *testing.T, keys jwt.KeySource, algs []jwt.Algorithm, genuine string, attacks []attack, opts ...jwt.VerifyOption) {
	t.Helper()
	require.NotEmpty(t, attacks)
	v, err := jwt.NewVerifier[jwt.MapClaims](keys, algs, append(opts, atNow())...)
	require.NoError(t, err)
	_, err = v.Verify(genuine)
	require.NoError(t, err, "the genuine token")
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			tok, err := v.Verify(a.token)
			require.Nil(t, tok)
			require.ErrorIs(t, err, a.want)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
		})
	}
}

// otherEd25519 is a key that is not the one of testdata/keys.
func otherEd25519() crypto.Signer {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
}

// publicTexts are all forms in which a public key is published.
func publicTexts(t testing.TB, key crypto.Signer) map[string]string {
	public := publicOf(t, key)
	text := func(b []byte, err error) string {
		require.NoError(t, err)
		return string(b)
	}
	pem := text(public.MarshalPEM())
	line := sshLine(t, key.Public())
	jwk := text(public.MarshalJSON())
	return map[string]string{
		"PEM":                         pem,
		"PEM without the final break": strings.TrimSpace(pem),
		"PEM with CRLF":               strings.ReplaceAll(pem, "\n", "\r\n"),
		"PEM after white space":       "\n  " + pem,
		"PEM after a comment":         "# our key\n" + pem,
		"PEM after a byte order mark": "\ufeff" + pem,
		"OpenSSH line":                line,
		"OpenSSH line with comment":   line + " susan@example.com\n",
		"OpenSSH line after a space":  " " + line,
		"OpenSSH blob":                string(sshWire(t, key.Public())),
		"JWK":                         jwk,
		"JWK after white space":       "\n" + jwk,
		"JWK Set":                     `{"keys":[` + jwk + `]}`,
	}
}

func sshWire(t testing.TB, public crypto.PublicKey) []byte {
	key, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	return key.Marshal()
}

// requireNoSecret demands that a text is not taken for a secret, weak or not.
func requireNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, opts := range [][]jwt.KeyOption{nil, {jwt.InsecureAllowWeakKey()}} {
		key, err := jwt.NewSecretKey([]byte(text), opts...)
		require.Nil(t, key)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.False(t, errors.Is(err, jwt.ErrInvalidToken))
	}
}

// keysByKid finds keys as a program does that keeps them in a map.
func keysByKid(keys map[string]*jwt.PublicKey) jwt.KeyFunc {
	return func(_ context.Context, h jwt.Header) (jwt.KeySource, error) { return keys[h.KeyID], nil }
}

// large is a verifier whose owner has raised the limit to 32 MiB.
func large(t testing.TB) *jwt.Verifier[jwt.MapClaims] {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.WithMaxSize(32<<20), atNow())
	require.NoError(t, err)
	return v
}

// standard is a verifier with the standard limits.
func standard(t testing.TB) *jwt.Verifier[jwt.MapClaims] {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, atNow())
	require.NoError(t, err)
	return v
}
