package conformance

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// sshAgent is an ssh-agent process of the test's own, with a connection to it.
type sshAgent struct {
	agent.ExtendedAgent
	socket  string
	process *os.Process
	asked   chan struct{} // one for each request once it is watched
}

// watchedConn tells when a request has been written.
type watchedConn struct {
	net.Conn
	asked chan struct{}
}

func (c watchedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	select {
	case c.asked <- struct{}{}:
	default:
	}
	return n, err
}

func startAgent(t *testing.T) *sshAgent {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // t.TempDir is too long for a socket's path
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	a := &sshAgent{socket: filepath.Join(dir, "s"), asked: make(chan struct{}, 1)}
	cmd := exec.Command("ssh-agent", "-D", "-a", a.socket)
	require.NoError(t, cmd.Start())
	a.process = cmd.Process
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var conn net.Conn
	require.Eventually(t, func() bool {
		conn, err = net.Dial("unix", a.socket)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond, "ssh-agent does not listen")
	t.Cleanup(func() { _ = conn.Close() })
	a.ExtendedAgent = agent.NewClient(watchedConn{conn, a.asked})
	return a
}

// add gives a key file to the agent with ssh-add, which asks for the passphrase by ask.
func (a *sshAgent) add(t *testing.T, file, ask string) {
	t.Helper()
	cmd := exec.Command("ssh-add", "-q", file)
	cmd.Env = append(os.Environ(), "SSH_AUTH_SOCK="+a.socket, "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "ssh-add: %s", out)
}

// signer finds the agent's signer for a .pub file.
func (a *sshAgent) signer(t *testing.T, file string) ssh.Signer {
	t.Helper()
	want, _, _, _, err := ssh.ParseAuthorizedKey(read(t, file))
	require.NoError(t, err)
	signers, err := a.Signers()
	require.NoError(t, err)
	for _, signer := range signers {
		if bytes.Equal(signer.PublicKey().Marshal(), want.Marshal()) {
			return signer
		}
	}
	require.Fail(t, "the agent has no such key", file)
	return nil
}

// agentKeys are the kinds of keys that ssh-keygen makes, and what they sign.
var agentKeys = []struct {
	kind, bits string
	algs       []jwt.Algorithm
}{
	{"rsa", "2048", []jwt.Algorithm{jwt.RS256, jwt.RS512}},
	{"rsa", "3072", []jwt.Algorithm{jwt.RS256, jwt.RS512}},
	{"ecdsa", "256", []jwt.Algorithm{jwt.ES256}},
	{"ecdsa", "384", []jwt.Algorithm{jwt.ES384}},
	{"ecdsa", "521", []jwt.Algorithm{jwt.ES512}},
	{"ed25519", "256", []jwt.Algorithm{jwt.EdDSA, jwt.Ed25519}},
}

// keygen makes a key with ssh-keygen and gives its file.
func keygen(t *testing.T, kind, bits, passphrase string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), kind+bits)
	run(t, "ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", passphrase, "-C", "of the agent", "-f", file)
	return file
}

// askpass is a program that prints the passphrase.
func askpass(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "askpass")
	require.NoError(t, os.WriteFile(file, []byte("#!/bin/sh\necho '"+passphrase+"'\n"), 0o700))
	return file
}

func TestTokensOfAnAgentVerifyWithThePubFile(t *testing.T) {
	a := startAgent(t)
	var trusted []byte
	for _, k := range agentKeys {
		file := keygen(t, k.kind, k.bits, passphrase)
		a.add(t, file, askpass(t))
		require.NoError(t, os.Remove(file)) // the key is in the agent alone
		trusted = append(trusted, read(t, file+".pub")...)
		key, err := jwt.NewSSHKey(a.signer(t, file+".pub"), jwt.WithThumbprintKeyID())
		require.NoError(t, err)
		public, err := jwt.ParsePublicKey(read(t, file+".pub"))
		require.NoError(t, err)
		require.True(t, public.Equal(key.Public()))
		for _, alg := range k.algs {
			t.Run(k.kind+k.bits+" "+alg.String(), func(t *testing.T) {
				signer, err := jwt.NewSigner(key, alg)
				require.NoError(t, err)
				for range 20 { // r or s has a leading zero now and then
					raw, err := signer.Sign(jwt.RegisteredClaims{Subject: "agent"})
					require.NoError(t, err)
					tok, err := jwt.Verify[jwt.MapClaims](raw, public, []jwt.Algorithm{alg})
					require.NoError(t, err)
					require.Equal(t, "agent", tok.Subject)
					require.Equal(t, public.Thumbprint(), tok.Header.KeyID)
				}
			})
		}
		if k.kind == "rsa" {
			for _, alg := range []jwt.Algorithm{jwt.RS384, jwt.PS256, jwt.PS384, jwt.PS512} {
				_, err := jwt.NewSigner(key, alg)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				require.ErrorContains(t, err, "can't sign "+alg.String()+": use RS256 or RS512")
			}
		}
		_, err = key.MarshalPEM()
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = key.ExportJWK()
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}

	// What ssh-add lists is a file of trusted keys.
	cmd := exec.Command("ssh-add", "-L")
	cmd.Env = append(os.Environ(), "SSH_AUTH_SOCK="+a.socket)
	listed, err := cmd.Output()
	require.NoError(t, err)
	for _, text := range [][]byte{listed, trusted} {
		set, err := jwt.ParseAuthorizedKeys(text)
		require.NoError(t, err)
		require.Len(t, set.Keys(), len(agentKeys))
		require.Empty(t, set.Skipped())
	}
}

func TestAnAgentServesManyAtOnce(t *testing.T) {
	a := startAgent(t)
	file := keygen(t, "ecdsa", "256", "")
	a.add(t, file, "")
	key, err := jwt.NewSSHKey(a.signer(t, file+".pub"))
	require.NoError(t, err)
	signer, err := jwt.NewSigner(key, jwt.ES256)
	require.NoError(t, err)
	var group sync.WaitGroup
	errs := make([]error, 64)
	for i := range errs {
		group.Go(func() {
			raw, err := signer.Sign(jwt.RegisteredClaims{Subject: "agent"})
			if err == nil {
				_, err = jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{jwt.ES256})
			}
			errs[i] = err
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// requireUnavailable demands that the service is at fault, not the token or the key.
func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	for _, class := range []error{jwt.ErrInvalidToken, jwt.ErrInvalidKey, jwt.ErrInvalidOption} {
		require.NotErrorIs(t, err, class)
	}
}

func TestAnAgentThatRefuses(t *testing.T) {
	a := startAgent(t)
	for _, k := range agentKeys {
		file := keygen(t, k.kind, k.bits, "")
		a.add(t, file, "")
		key, err := jwt.NewSSHKey(a.signer(t, file+".pub"))
		require.NoError(t, err)
		signer, err := jwt.NewSigner(key, k.algs[0])
		require.NoError(t, err)
		sign := func() error {
			raw, err := signer.Sign(jwt.RegisteredClaims{})
			if err != nil {
				require.Empty(t, raw)
			}
			return err
		}
		require.NoError(t, sign())
		require.NoError(t, a.Lock([]byte("locked")))
		requireUnavailable(t, sign())
		require.NoError(t, a.Unlock([]byte("locked")))
		require.NoError(t, sign())
		require.NoError(t, a.RemoveAll())
		requireUnavailable(t, sign())
	}
}

func TestAnAgentKilledInTheMiddle(t *testing.T) {
	for _, k := range agentKeys {
		t.Run(k.kind+k.bits, func(t *testing.T) {
			a := startAgent(t)
			file := keygen(t, k.kind, k.bits, "")
			a.add(t, file, "")
			key, err := jwt.NewSSHKey(a.signer(t, file+".pub"))
			require.NoError(t, err)
			signer, err := jwt.NewSigner(key, k.algs[0])
			require.NoError(t, err)
			_, err = signer.Sign(jwt.RegisteredClaims{})
			require.NoError(t, err)

			require.NoError(t, a.process.Signal(syscall.SIGSTOP)) // it holds still while the request comes
			select {
			case <-a.asked:
			default:
			}
			failed := make(chan error, 1)
			go func() {
				_, err := signer.Sign(jwt.RegisteredClaims{})
				failed <- err
			}()
			<-a.asked
			require.NoError(t, a.process.Kill())
			err = <-failed
			requireUnavailable(t, err)
			require.ErrorContains(t, err, "agent: client error")

			_, err = signer.Sign(jwt.RegisteredClaims{}) // nor afterwards
			requireUnavailable(t, err)
		})
	}
}

// An agent also holds the certificate of a key, which signs more than the key does.
func TestCertificatesOfAnAgentAreRefused(t *testing.T) {
	a := startAgent(t)
	authority, file := keygen(t, "ed25519", "256", ""), keygen(t, "ecdsa", "256", "")
	run(t, "ssh-keygen", "-q", "-s", authority, "-I", "a user", "-n", "user", file+".pub")
	a.add(t, file, "")
	_, err := jwt.NewSSHKey(a.signer(t, file+"-cert.pub"))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "certificate")
	_, err = jwt.NewSSHKey(a.signer(t, file+".pub"))
	require.NoError(t, err)
}
