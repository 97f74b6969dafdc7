package jwt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"strconv"
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

func TestAuthorizedKeysAsATrustStore(t *testing.T) {
	pairs := sshKeyPairs(t)
	line := func(name string) string { return sshLine(t, pairs[name].Public()) }
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromSigner(pairs["Ed25519"])
	require.NoError(t, err)
	ed := pairs["Ed25519"].Public().(ed25519.PublicKey)

	lines := []struct{ text, key, skipped string }{
		{text: "# our services"},
		{text: ""},
		{text: "   \t"},
		{text: line("RSA") + " alice@example.com", key: "RSA"},
		{text: "  \t" + line("Ed25519") + "\r", key: "Ed25519"},
		{text: "  # " + line("P-256")},
		{text: line("P-384") + " a comment of several words, with \"quotes\" and #", key: "P-384"},
		{text: `restrict,command="/bin/echo no" ` + line("P-256"), skipped: "line 8 "},
		{text: `cert-authority ` + line("P-256"), skipped: "line 9 "},
		{text: sshLine(t, sshCertificate(t, signer)) + " alice", skipped: "line 10 "},
		{text: sshBlob("sk-ssh-ed25519@openssh.com", ed, []byte("ssh:")) + " token", skipped: "line 11 "},
		{text: sshBlob("ssh-dss", []byte{1}, []byte{1}, []byte{1}, []byte{1}), skipped: "line 12 "},
		{text: sshLine(t, &weak.PublicKey) + " old", skipped: "line 13 of the authorized_keys file is skipped: an RSA key of 1024 bits is too weak"},
		{text: "garbage", skipped: "line 14 "},
		{text: "ssh-ed25519 AAAA", skipped: "line 15 "},
		{text: strings.Replace(line("P-256"), "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", 1), skipped: "line 16 "},
		{text: sshBlob("ssh-ed25519", make([]byte, 32)), skipped: "line 17 "},
		{text: "-----BEGIN PUBLIC KEY-----", skipped: "line 18 "},
		{text: "{}", skipped: "line 19 "},
		{text: line("RSA") + " alice again"},
		{text: line("P-521"), key: "P-521"},
	}
	var text, wantSkipped []string
	var want []jwt.VerificationKey
	for _, l := range lines {
		text = append(text, l.text)
		if l.skipped != "" {
			wantSkipped = append(wantSkipped, "jwt: "+l.skipped)
		}
		if l.key != "" {
			key, err := jwt.NewPublicKey(pairs[l.key].Public(), jwt.WithThumbprintKeyID())
			require.NoError(t, err)
			want = append(want, key)
		}
	}
	set, err := jwt.ParseAuthorizedKeys([]byte(strings.Join(text, "\n"))) // no line break at the end
	require.NoError(t, err)
	require.Equal(t, want, set.Keys())
	require.Len(t, set.Skipped(), len(wantSkipped), "%v", set.Skipped())
	for i, err := range set.Skipped() {
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, wantSkipped[i])
		require.Equal(t, 1, strings.Count(err.Error(), "jwt: "))
		require.Less(t, len(err.Error()), 300)
	}
	published, err := set.MarshalJSON()
	require.NoError(t, err)
	again, err := jwt.ParseKeySet(published)
	require.NoError(t, err)
	require.Equal(t, set.Keys(), again.Keys())
}

func TestAuthorizedKeysFilesThatAreRefused(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	line := sshLine(t, key.Public())
	checkRefusals(t, []refusal{
		{"empty", "", "has no key"},
		{"comments alone", "# nothing\n\n", "has no key"},
		{"options alone", "restrict " + line + "\n", "none of the keys in the authorized_keys file can be used; reasons: line 1"},
		{"1,001 lines", strings.Repeat("#\n", 1000) + line, "1001 lines is too long"},
		{"1,001 whole lines", strings.Repeat("#\n", 1000) + line + "\n", "1001 lines is too long"},
		{"1 MiB and a byte", line + strings.Repeat(" ", 1<<20+1-len(line)), "too long"},
	}, func(text []byte) error {
		_, err := jwt.ParseAuthorizedKeys(text)
		return err
	})
	for name, text := range map[string]string{
		"1,000 lines":       strings.Repeat("#\n", 999) + line,
		"1,000 whole lines": strings.Repeat("#\n", 999) + line + "\n",
		"1 MiB":             line + strings.Repeat(" ", 1<<20-len(line)),
		"a byte order mark": "\ufeff" + line,
		"one before CRLF":   "\ufeff" + line + "\r\n",
		"one and a comment": "\ufeff# of Windows\r\n" + line + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			set, err := jwt.ParseAuthorizedKeys([]byte(text))
			require.NoError(t, err)
			require.Len(t, set.Keys(), 1)
		})
	}
}

func TestAuthorizedKeysVerifyTokens(t *testing.T) {
	pairs := sshKeyPairs(t)
	algs := map[string]jwt.Algorithm{"RSA": jwt.PS256, "P-256": jwt.ES256, "P-384": jwt.ES384, "P-521": jwt.ES512, "Ed25519": jwt.EdDSA}
	var text strings.Builder
	var allowed []jwt.Algorithm
	for name, pair := range pairs {
		text.WriteString(sshLine(t, pair.Public()) + " " + name + "\n")
		allowed = append(allowed, algs[name])
	}
	set, err := jwt.ParseAuthorizedKeys([]byte(text.String()))
	require.NoError(t, err)
	for name, pair := range pairs {
		for with, opts := range map[string][]jwt.KeyOption{"with kid": {jwt.WithThumbprintKeyID()}, "without kid": nil} {
			t.Run(name+" "+with, func(t *testing.T) {
				key, err := jwt.NewPrivateKey(pair, opts...)
				require.NoError(t, err)
				raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: name}, key, algs[name])
				require.NoError(t, err)
				tok, err := jwt.Verify[jwt.MapClaims](raw, set, allowed)
				require.NoError(t, err)
				require.Equal(t, key.Public().Thumbprint(), tok.KeyID)
			})
		}
		t.Run(name+" with another kid", func(t *testing.T) {
			key, err := jwt.NewPrivateKey(pair, jwt.WithKeyID(name))
			require.NoError(t, err)
			raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: name}, key, algs[name])
			require.NoError(t, err)
			_, err = jwt.Verify[jwt.MapClaims](raw, set, allowed)
			require.ErrorIs(t, err, jwt.ErrKeyNotFound)
			require.ErrorContains(t, err, strconv.Quote(name))
			require.ErrorContains(t, err, "5")
		})
	}
}

func TestManyAuthorizedKeys(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		fmt.Fprintf(&text, "%s user%d\n", sshLine(t, public), i)
	}
	set, err := jwt.ParseAuthorizedKeys([]byte(text.String()))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1000)
	require.Empty(t, set.Skipped())
}
