package jwt_test

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

type UserClaims struct {
	Roles []string `json:"roles"`
}

// The functions from here to the test are the README's snippets, word for word, which the
// test compares.

func readmeKeyPair(privateFile, publicFile []byte) error {
	private, err := jwt.ParsePrivateKey(privateFile)
	if err != nil {
		return err
	}
	raw, err := jwt.Sign(UserClaims{Roles: []string{"admin"}}, private, jwt.EdDSA, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		return err
	}
	public, err := jwt.ParsePublicKey(publicFile)
	if err != nil {
		return err
	}
	tok, err := jwt.Verify[UserClaims](raw, public, []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		return err
	}
	fmt.Println(tok.Claims.Roles, tok.ExpiresAt)
	return nil
}

func readmeSecret(secretBytes []byte) error {
	secret, err := jwt.NewSecretKey(secretBytes)
	if err != nil {
		return err
	}
	raw, err := jwt.Sign(jwt.MapClaims{"user_id": 123}, secret, jwt.HS256)
	if err != nil {
		return err
	}
	return readmeTyped(raw, secret)
}

func readmePolicy(public *jwt.PublicKey) error {
	verifier, err := jwt.NewVerifier[UserClaims](public, []jwt.Algorithm{jwt.RS256, jwt.ES256},
		jwt.WithIssuer("https://login.example"), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return err
	}
	_, err = verifier.Verify("a.b.c")
	readmeErrors(err)
	return nil
}

func readmeTyped(raw string, secret *jwt.SecretKey) error {
	type Session struct {
		jwt.RegisteredClaims
		Name string `json:"name"`
	}
	session, err := jwt.Verify[Session](raw, secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		return err
	}
	values, err := jwt.Verify[jwt.MapClaims](raw, secret, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		return err
	}
	fmt.Println(session.Claims.Name, values.Claims["user_id"])
	return nil
}

func readmeErrors(err error) {
	var claim *jwt.ClaimError
	switch {
	case errors.Is(err, jwt.ErrExpired): // authentic, but expired: never said of a forged token
	case errors.Is(err, jwt.ErrInvalidToken): // the token's fault: 401
	case err != nil: // the service's fault: 503
	}
	if errors.As(err, &claim) {
		fmt.Println(claim.Claim, claim.Got, claim.Want)
	}
}

func readmeKeys(oldFile, publicFile []byte) error {
	old, err := jwt.ParsePublicKey(oldFile, jwt.WithKeyID("2025"))
	if err != nil {
		return err
	}
	current, err := jwt.ParsePublicKey(publicFile, jwt.WithKeyID("2026"))
	if err != nil {
		return err
	}
	keys, err := jwt.NewKeySet(old, current)
	if err != nil {
		return err
	}
	find := jwt.KeyFunc(func(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
		return keys, nil
	})
	_, err = jwt.NewVerifier[UserClaims](find, []jwt.Algorithm{jwt.EdDSA})
	return err
}

func readmeSigners(kmsSigner crypto.Signer, sshSigner ssh.Signer) error {
	remote, err := jwt.NewPrivateKey(kmsSigner, jwt.WithKeyID("kms-1"))
	if err != nil {
		return err
	}
	agent, err := jwt.NewSSHKey(sshSigner)
	if err != nil {
		return err
	}
	fmt.Println(remote.KeyID(), agent.KeyID())
	return nil
}

func TestREADME(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	require.LessOrEqual(t, len(lines), 151)
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	unindented := strings.ReplaceAll(string(source), "\n\t", "\n")
	snippets := 0
	for i, part := range strings.Split(string(text), "```") {
		if code, ok := strings.CutPrefix(part, "go\n"); ok && i%2 == 1 {
			require.Contains(t, unindented, code)
			snippets++
		}
	}
	require.Equal(t, 7, snippets)
	require.Less(t, strings.Count(strings.SplitAfter(string(text), "```go")[0], "\n"), 25)

	private, public := readKeyPair(t, "testdata/keys/ed25519-default")
	require.NoError(t, readmeKeyPair(private, public))
	require.NoError(t, readmeSecret(testSecret))
	_, ecdsa := readKeyPair(t, "testdata/keys/ecdsa256-default")
	key, err := jwt.ParsePublicKey(ecdsa)
	require.NoError(t, err)
	require.NoError(t, readmePolicy(key))
	require.NoError(t, readmeKeys(ecdsa, public))
	signer, err := ssh.ParseRawPrivateKey(private)
	require.NoError(t, err)
	agent, err := ssh.NewSignerFromKey(signer)
	require.NoError(t, err)
	require.NoError(t, readmeSigners(signer.(crypto.Signer), agent))
}
