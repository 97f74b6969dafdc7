package jwt_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

// otherSigner shows one key and signs with another, or fails.
type otherSigner struct {
	ssh.Signer
	with ssh.AlgorithmSigner
	err  error
}

func (s otherSigner) Sign(r io.Reader, data []byte) (*ssh.Signature, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.with.Sign(r, data)
}

func (s otherSigner) SignWithAlgorithm(r io.Reader, data []byte, name string) (*ssh.Signature, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.with.SignWithAlgorithm(r, data, name)
}

func TestTokensOfAnSSHSigner(t *testing.T) {
	pairs, others := sshKeyPairs(t), sshKeyPairs(t)
	for name, algs := range map[string][]jwt.Algorithm{
		"RSA": {jwt.RS256, jwt.RS512}, "P-256": {jwt.ES256}, "P-384": {jwt.ES384}, "P-521": {jwt.ES512}, "Ed25519": {jwt.EdDSA, jwt.Ed25519},
	} {
		signer, err := ssh.NewSignerFromSigner(pairs[name])
		require.NoError(t, err)
		other, err := ssh.NewSignerFromSigner(others[name])
		require.NoError(t, err)
		for _, alg := range algs {
			t.Run(name+" "+alg.String(), func(t *testing.T) {
				key, err := jwt.NewSSHKey(signer, jwt.WithThumbprintKeyID())
				require.NoError(t, err)
				raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: "ssh"}, key, alg)
				require.NoError(t, err)
				tok, err := jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
				require.NoError(t, err)
				require.Equal(t, "ssh", tok.Subject)
				require.Equal(t, key.Public().Thumbprint(), tok.Header.KeyID)

				liar, err := jwt.NewSSHKey(otherSigner{Signer: signer, with: other.(ssh.AlgorithmSigner)})
				require.NoError(t, err)
				_, err = jwt.Sign(jwt.RegisteredClaims{}, liar, alg)
				require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
				require.ErrorContains(t, err, "does not verify")

				gone, err := jwt.NewSSHKey(otherSigner{Signer: signer, err: context.DeadlineExceeded})
				require.NoError(t, err)
				_, err = jwt.Sign(jwt.RegisteredClaims{}, gone, alg)
				require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
				require.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
	}
}

func TestSSHSignerIsRefusedBeforeItIsAsked(t *testing.T) {
	signer, err := ssh.NewSignerFromSigner(sshKeyPairs(t)["RSA"])
	require.NoError(t, err)
	key, err := jwt.NewSSHKey(signer)
	require.NoError(t, err)
	for _, alg := range []jwt.Algorithm{jwt.RS384, jwt.PS256, jwt.PS384, jwt.PS512} {
		_, err := jwt.NewSigner(key, alg)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, "RS256 or RS512")
		_, err = jwt.NewVerifier[jwt.MapClaims](key.Public(), []jwt.Algorithm{alg})
		require.NoError(t, err)
	}
}
