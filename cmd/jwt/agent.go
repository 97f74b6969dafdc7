package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"example.com/jwt"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// agentKey finds a key in ssh-agent: the one that belongs to the public key file, or without a
// file the only one that can sign with the algorithm. The connection must stay open while the
// key is used.
func (s *session) agentKey(path string, alg jwt.Algorithm, opts []jwt.KeyOption) (*jwt.PrivateKey, io.Closer, error) {
	var wanted *jwt.PublicKey
	if path != "" {
		data, err := s.read("-key", path)
		if err != nil {
			return nil, nil, err
		}
		if wanted, err = jwt.ParsePublicKey(data); err != nil {
			return nil, nil, withHint(keyError("-key", path, err), "with -agent, -key is the public key file of the key to use")
		}
	}
	conn, err := s.dialAgent()
	if err != nil {
		return nil, nil, err
	}
	key, err := chooseKey(agent.NewClient(conn), wanted, alg, opts)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return key, conn, nil
}

func (s *session) dialAgent() (net.Conn, error) {
	socket := s.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, errors.New("there is no ssh-agent: SSH_AUTH_SOCK is not set (eval \"$(ssh-agent)\" starts one, ssh-add FILE adds a key)")
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, fmt.Errorf("ssh-agent does not answer: %w", err)
	}
	return conn, nil
}

func chooseKey(client agent.Agent, wanted *jwt.PublicKey, alg jwt.Algorithm, opts []jwt.KeyOption) (*jwt.PrivateKey, error) {
	signers, err := client.Signers()
	if err != nil {
		return nil, fmt.Errorf("ssh-agent does not list its keys: %w", err)
	}
	var fit []*jwt.PrivateKey
	var names []string
	for _, signer := range signers {
		key, err := jwt.NewSSHKey(signer, opts...)
		switch {
		case err != nil: // a certificate, a security key, or another kind that cannot sign tokens
		case wanted != nil && wanted.Equal(key.Public()):
			return key, nil
		case wanted == nil && canSign(key, alg):
			fit = append(fit, key)
			names = append(names, signer.PublicKey().Type()+" "+ssh.FingerprintSHA256(signer.PublicKey()))
		}
	}
	switch {
	case wanted != nil:
		return nil, fmt.Errorf("ssh-agent has %s, but not this one: ssh-add FILE adds it", count(len(signers), "key"))
	case len(fit) == 0:
		return nil, fmt.Errorf("ssh-agent has %s, but none that can sign %s: ssh-add FILE adds one", count(len(signers), "key"), alg)
	case len(fit) > 1:
		return nil, usagef("ssh-agent has %d keys that can sign %s (%s): choose one with -key and its public key file", len(fit), alg, strings.Join(names, ", "))
	}
	return fit[0], nil
}

func canSign(key *jwt.PrivateKey, alg jwt.Algorithm) bool {
	_, err := jwt.NewSigner(key, alg)
	return err == nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
