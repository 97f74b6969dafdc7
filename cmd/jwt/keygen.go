package main

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"example.com/jwt"
	"golang.org/x/crypto/ssh"
)

var keygenUsage = subcommand{
	name:  "keygen",
	does:  "make a key pair or a secret",
	usage: "-alg ALG -out FILE [flags]",
	about: `
Makes a key for one algorithm. For a key pair, FILE is the private key, which only its owner
can read, and FILE.pub is the public key. For HS256, HS384 and HS512, FILE is a secret in a
JWK, and there is no public file. No file is ever overwritten.
`,
	examples: `
# A key pair in OpenSSH format
jwt keygen -alg RS256 -out jwt-key

# The same, encrypted with a passphrase
jwt keygen -alg EdDSA -out locked-key -passphrase-file passphrase

# A key pair in PEM, for openssl
jwt keygen -alg ES256 -out key.pem -format pem

# A key pair as JWKs with a kid
jwt keygen -alg ES256 -out key.jwk -format jwk -kid 2026-11

# A secret
jwt keygen -alg HS256 -out secret.jwk
`,
	make: func() command { return new(keygen) },
}

type keygen struct {
	alg                              jwt.Algorithm
	out, format, kid, passphraseFile string
	thumbprint                       bool
}

func (k *keygen) define(f *flags) {
	f.algorithm(&k.alg, "the algorithm the key is for")
	f.text(&k.out, "out", "FILE", "where to write the private key or secret; the public key goes to FILE.pub")
	f.text(&k.format, "format", "FORMAT", "openssh (the default), pem (PKCS #8 and PKIX; the default for ML-DSA) or jwk")
	f.text(&k.kid, "kid", "KID", "the key's kid; jwk only")
	f.toggle(&k.thumbprint, "thumbprint", "use the key's thumbprint (RFC 7638) as its kid; jwk only")
	f.text(&k.passphraseFile, "passphrase-file", "FILE", "encrypt the private key with the passphrase in FILE; openssh only")
}

func (k *keygen) run(s *session, args []string) error {
	if err := k.check(args); err != nil {
		return err
	}
	opts, err := kidOptions(k.kid, k.thumbprint)
	if err != nil {
		return err
	}
	if usesSecret(k.alg) {
		return k.makeSecret(s, opts)
	}
	return k.makePair(s, opts)
}

func (k *keygen) check(args []string) error {
	secret := k.alg != nil && usesSecret(k.alg)
	if k.format == "" {
		k.format = "openssh"
		if secret {
			k.format = "jwk"
		} else if k.isMLDSA() {
			k.format = "pem"
		}
	}
	switch {
	case len(args) > 0:
		return usagef("unexpected arguments: keygen takes only flags")
	case k.alg == nil:
		return errNoAlgorithm
	case k.out == "":
		return usagef("-out is missing: give the file for the key")
	case k.out == "-":
		return usagef("-out wants a file: a private key is not written to stdout")
	case !slices.Contains([]string{"openssh", "pem", "jwk"}, k.format):
		return usagef("-format is unknown: want openssh, pem or jwk")
	case k.isMLDSA() && k.format == "openssh":
		return usagef("-format: an ML-DSA key has no OpenSSH format: use pem or jwk")
	case secret && k.format != "jwk":
		return usagef("-format: a secret is always written as a JWK: leave the flag out")
	case secret && k.thumbprint:
		return usagef("-thumbprint: a secret has no public thumbprint: use -kid")
	case k.format != "jwk" && (k.kid != "" || k.thumbprint):
		return usagef("only a JWK has a kid: use -format jwk, or set the kid with jwt sign -kid")
	case k.format != "openssh" && k.passphraseFile != "":
		return usagef("-passphrase-file: only the openssh format can be encrypted")
	}
	return nil
}

func (k *keygen) isMLDSA() bool { return k.alg != nil && strings.HasPrefix(k.alg.String(), "ML-DSA-") }

// generated is the result of keygen.
type generated struct {
	Algorithm  string `json:"alg"`
	Private    string `json:"private_file,omitempty"`
	Public     string `json:"public_file,omitempty"`
	Secret     string `json:"secret_file,omitempty"`
	KeyID      string `json:"kid,omitempty"`
	Thumbprint string `json:"thumbprint,omitempty"`
}

func (k *keygen) makeSecret(s *session, opts []jwt.KeyOption) error {
	if err := mustNotExist(k.out); err != nil {
		return err
	}
	key, err := jwt.GenerateSecretKey(k.alg, opts...)
	if err != nil {
		return err
	}
	text, err := key.ExportJWK()
	if err != nil {
		return err
	}
	if err := writeNew(k.out, append(text, '\n'), 0o600); err != nil {
		return err
	}
	if s.json {
		s.printJSON(generated{Algorithm: k.alg.String(), Secret: k.out, KeyID: key.KeyID()})
		return nil
	}
	fmt.Fprintf(&s.out, "secret       %s\n", showPath(k.out))
	return nil
}

func (k *keygen) makePair(s *session, opts []jwt.KeyOption) error {
	public := k.out + ".pub"
	for _, path := range []string{k.out, public} {
		if err := mustNotExist(path); err != nil {
			return err
		}
	}
	var passphrase []byte
	if k.passphraseFile != "" {
		var err error
		if passphrase, err = s.passphrase(k.passphraseFile); err != nil {
			return err
		}
	}
	key, err := jwt.GeneratePrivateKey(k.alg, opts...)
	if err != nil {
		return err
	}
	privateText, publicText, err := k.marshal(key, passphrase)
	if err != nil {
		return err
	}
	if err := writeNew(k.out, privateText, 0o600); err != nil {
		return err
	}
	if err := writeNew(public, publicText, 0o644); err != nil {
		return errors.Join(err, os.Remove(k.out))
	}
	if s.json {
		s.printJSON(generated{Algorithm: k.alg.String(), Private: k.out, Public: public, KeyID: key.KeyID(), Thumbprint: key.Public().Thumbprint()})
		return nil
	}
	fmt.Fprintf(&s.out, "private key  %s\npublic key   %s\nthumbprint   %s\n", showPath(k.out), showPath(public), key.Public().Thumbprint())
	return nil
}

// marshal encodes both halves of a key pair in the requested format.
func (k *keygen) marshal(key *jwt.PrivateKey, passphrase []byte) (private, public []byte, err error) {
	switch k.format {
	case "jwk":
		if private, err = key.ExportJWK(); err == nil {
			public, err = key.Public().MarshalJSON()
		}
		return append(private, '\n'), append(public, '\n'), err
	case "pem":
		if private, err = key.MarshalPEM(); err == nil {
			public, err = key.Public().MarshalPEM()
		}
		return private, public, err
	}
	if private, err = marshalOpenSSH(key, passphrase); err == nil {
		public, err = key.Public().MarshalAuthorizedKey()
	}
	return private, public, err
}

// marshalOpenSSH encodes a private key as ssh-keygen does.
func marshalOpenSSH(key *jwt.PrivateKey, passphrase []byte) ([]byte, error) {
	text, err := key.MarshalPEM()
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	inner, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	if passphrase == nil {
		block, err = ssh.MarshalPrivateKey(inner, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(inner, "", passphrase)
	}
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(block), nil
}

// mustNotExist fails early, before a key is made for nothing; only writeNew is free of races.
func mustNotExist(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("-out: %s already exists: choose another name, or remove it", showPath(path))
	}
	return nil
}

// writeNew writes a file that must not exist yet, and leaves no partial file behind.
func writeNew(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("-out: cannot write %s: %w", showPath(path), reason(err))
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("-out: cannot write %s: %w", showPath(path), reason(err)), os.Remove(path))
	}
	return nil
}
