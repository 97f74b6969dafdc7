package testkeys

import (
	"crypto"
	"crypto/ed25519"
	"os"
	"testing"

	"golang.org/x/crypto/ssh"
)

// Pair reads the two files of a key pair in testdata/keys. The private one may end in .pem.
func Pair(t testing.TB, name string) (private, public []byte) {
	t.Helper()
	private, err := os.ReadFile(name)
	if err != nil {
		private, err = os.ReadFile(name + ".pem")
	}
	must(t, err)
	public, err = os.ReadFile(name + ".pub")
	must(t, err)
	return private, public
}

// Private reads the private key of a pair as the standard library has it.
func Private[K crypto.Signer](t testing.TB, name string) K {
	t.Helper()
	text, _ := Pair(t, name)
	key, err := ssh.ParseRawPrivateKey(text)
	must(t, err)
	if ed, ok := key.(*ed25519.PrivateKey); ok {
		key = *ed
	}
	return key.(K)
}
