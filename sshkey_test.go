package jwt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

// sshLine is an authorized_keys line without options, comment and line break.
func sshLine(t testing.TB, public any) string {
	t.Helper()
	key, ok := public.(ssh.PublicKey)
	if !ok {
		var err error
		key, err = ssh.NewPublicKey(public)
		require.NoError(t, err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// sshKeyPairs are key pairs of each kind that ssh has in common with JWS.
func sshKeyPairs(t testing.TB) map[string]crypto.Signer {
	t.Helper()
	pairs := make(map[string]crypto.Signer)
	var err error
	pairs["RSA"], err = rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		pairs[curve.Params().Name], err = ecdsa.GenerateKey(curve, rand.Reader)
		require.NoError(t, err)
	}
	_, pairs["Ed25519"], err = ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return pairs
}

// sshCertificate certifies a key with itself.
func sshCertificate(t testing.TB, signer ssh.Signer) *ssh.Certificate {
	t.Helper()
	cert := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	require.NoError(t, cert.SignCert(rand.Reader, signer))
	return cert
}

// sshBlob is a line of any type, with the fields of its blob after the type.
func sshBlob(name string, fields ...[]byte) string {
	blob := ssh.Marshal(struct{ Name string }{name})
	for _, field := range fields {
		blob = append(blob, ssh.Marshal(struct{ Field []byte }{field})...)
	}
	return name + " " + b64std(blob)
}

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
