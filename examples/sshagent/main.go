// Sshagent signs tokens with a key in ssh-agent. The private key may be on a smart card, in a
// password manager or on another machine, and is never in this process.
//
//	go run ./examples/sshagent -socket "$SSH_AUTH_SOCK"
//
// Without -socket it starts an agent in memory.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"example.com/jwt"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

func main() {
	log.SetFlags(0)
	socket := flag.String("socket", "", "the agent's socket, $SSH_AUTH_SOCK; none starts an agent in memory")
	flag.Parse()
	if err := run(*socket); err != nil {
		log.Fatal(err)
	}
}

func run(socket string) error {
	conn, err := dial(socket)
	if err != nil {
		return err
	}
	defer conn.Close()
	return signWithAll(agent.NewClient(conn))
}

func dial(socket string) (io.ReadWriteCloser, error) {
	if socket == "" {
		return agentInMemory()
	}
	return net.Dial("unix", socket)
}

// signWithAll signs a token with each of the agent's keys, and verifies it with the content of
// the key's .pub file.
func signWithAll(keys agent.Agent) error {
	signers, err := keys.Signers()
	if err != nil {
		return err
	}
	used := 0
	for _, signer := range signers {
		name := signer.PublicKey().Type() + " " + ssh.FingerprintSHA256(signer.PublicKey())
		err := signAndVerify(signer)
		if errors.Is(err, jwt.ErrInvalidKey) { // a security key, a certificate, or a weak one
			fmt.Println(name, "is of no use:", err)
			continue
		}
		if err != nil {
			return err
		}
		fmt.Println(name, "has signed a token")
		used++
	}
	if used == 0 {
		return errors.New("the agent has no key that can sign tokens: ssh-add FILE gives it one")
	}
	return nil
}

func signAndVerify(signer ssh.Signer) error {
	private, err := jwt.NewSSHKey(signer, jwt.WithThumbprintKeyID())
	if err != nil {
		return err
	}
	alg, err := algorithmOf(signer.PublicKey())
	if err != nil {
		return err
	}
	token, err := jwt.Sign(jwt.RegisteredClaims{Subject: "deploy"}, private, alg, jwt.WithExpiresIn(5*time.Minute))
	if err != nil {
		return err
	}
	// The other machine only has the .pub file.
	public, err := jwt.ParsePublicKey(ssh.MarshalAuthorizedKey(signer.PublicKey()))
	if err != nil {
		return err
	}
	_, err = jwt.Verify[jwt.MapClaims](token, public, []jwt.Algorithm{alg}, jwt.WithSubject("deploy"))
	return err
}

// algorithmOf returns the algorithm for a kind of key. Only an issuer may choose it like this: a
// verifier's list must not depend on what it receives.
func algorithmOf(public ssh.PublicKey) (jwt.Algorithm, error) {
	switch public.Type() {
	case ssh.KeyAlgoRSA:
		return jwt.RS256, nil
	case ssh.KeyAlgoECDSA256:
		return jwt.ES256, nil
	case ssh.KeyAlgoECDSA384:
		return jwt.ES384, nil
	case ssh.KeyAlgoECDSA521:
		return jwt.ES512, nil
	case ssh.KeyAlgoED25519:
		return jwt.EdDSA, nil
	}
	return nil, fmt.Errorf("no algorithm for keys of type %s", public.Type())
}

// agentInMemory serves two keys over a pipe, as ssh-agent does over a socket.
func agentInMemory() (io.ReadWriteCloser, error) {
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	keyring := agent.NewKeyring()
	for _, key := range []any{&edKey, rsaKey} {
		if err := keyring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
			return nil, err
		}
	}
	client, server := net.Pipe()
	go func() {
		_ = agent.ServeAgent(keyring, server) // ends with io.EOF when the client leaves
		_ = server.Close()
	}()
	return client, nil
}
