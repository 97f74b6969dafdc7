package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"

	"golang.org/x/crypto/ssh/agent"

	"example.com/jwt"
)

// mustRead reads a file of testdata, in place of a program's own.
func mustRead(file string) []byte {
	text, err := os.ReadFile("testdata/keys/" + file)
	if err != nil {
		log.Fatal(err)
	}
	return text
}

// A secret is at least 32 random bytes, as `openssl rand -base64 32` prints them.
func ExampleNewSecretKey() {
	config := "ZMb1a5SKW1mmBGQJhmQXQqzJ5bo6zC9VwjJRZBPYVfY=" // from os.Getenv, a mounted file, a vault
	secret, err := base64.StdEncoding.DecodeString(config)
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.NewSecretKey(secret)
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, key, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, key)
	// Output: susan jwt: secret key (a secret key of 32 bytes, redacted)
}

// A public key is no secret: whoever knows it could sign. The mistake is found when the
// program starts, in whatever form the key comes.
func ExampleNewSecretKey_publicKey() {
	_, err := jwt.NewSecretKey(mustRead("ed25519-default.pub"))
	fmt.Println(err)
	// Output: jwt: this is an OpenSSH public key, or a part of one, not a secret: anyone who has it could sign; use ParsePublicKey or ParsePrivateKey with RS256, ES256 or EdDSA
}

// The two files of `ssh-keygen -t ed25519`: the issuer has the private one, and whoever
// verifies has the .pub file.
func ExampleParsePrivateKey() {
	key, err := jwt.ParsePrivateKey(mustRead("ed25519-default"))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}

	public, err := jwt.ParsePublicKey(mustRead("ed25519-default.pub"))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, public, []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject)
	// Output: susan
}

// A private JWK names its own kid and algorithm.
func ExampleParsePrivateKey_jwk() {
	key, err := jwt.ParsePrivateKey([]byte(`{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"2026-11",
		"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	// Output: jwt: private key (an Ed25519 key, kid "2026-11", redacted)
}

// Without the passphrase the error says what is missing; a wrong one is told as such.
func ExampleWithPassphrase() {
	text := mustRead("ecdsa256-passphrase")
	_, err := jwt.ParsePrivateKey(text)
	fmt.Println(err)

	key, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte("correct horse")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	// Output:
	// jwt: this is an encrypted OpenSSH private key: pass WithPassphrase
	// jwt: private key (an ECDSA P-256 key, redacted)
}

// PEM of openssl, an OpenSSH line and a JWK are told apart by their content.
func ExampleParsePublicKey() {
	for _, text := range []string{
		"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea susan@laptop",
		`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
	} {
		key, err := jwt.ParsePublicKey([]byte(text))
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(key.Thumbprint())
	}
	// Output:
	// kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
	// kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
	// kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
}

// Of a certificate the key alone is taken: dates, chain and usages are not checked.
func ExampleParsePublicKey_certificate() {
	key, err := jwt.ParsePublicKey(mustRead("openssl-genpkey-rsa.crt"), jwt.WithThumbprintKeyID())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.KeyID())
	// Output: afU-IXAAVe1lA0LSQ5FZ_Tuiotk2EsrZSwTE65ZdXzc
}

// A JWK of kty "oct" holds a secret, as some configurations have it.
func ExampleParseSecretKey() {
	key, err := jwt.ParseSecretKey([]byte(`{"kty":"oct","alg":"HS256","kid":"a","k":"ZMb1a5SKW1mmBGQJhmQXQqzJ5bo6zC9VwjJRZBPYVfY"}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	// Output: jwt: secret key (a secret key of 32 bytes, kid "a", redacted)
}

// hsm stands for the client of an HSM or a cloud's KMS: it shows the public key and signs
// digests, and the private key never leaves it.
type hsm struct{ inside *ecdsa.PrivateKey }

func (h hsm) Public() crypto.PublicKey { return h.inside.Public() }

func (h hsm) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return h.inside.Sign(rand, digest, opts)
}

// Any crypto.Signer signs, whatever it does behind. Its signatures are verified before
// they are returned; when it fails, the error matches ErrKeysUnavailable.
func ExampleNewPrivateKey_kms() {
	inside, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.NewPrivateKey(hsm{inside}, jwt.WithKeyID("projects/a/keys/1"), jwt.WithAlgorithm(jwt.ES256))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.ES256)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{jwt.ES256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, tok.KeyID)

	_, err = key.MarshalPEM()
	fmt.Println(err)
	// Output:
	// susan projects/a/keys/1
	// jwt: the private key is held by its signer and can't be written
}

// A key of crypto/ecdsa, crypto/rsa or crypto/ed25519 is copied.
func ExampleNewPrivateKey() {
	pair, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	private, err := jwt.NewPrivateKey(pair)
	if err != nil {
		log.Fatal(err)
	}
	public, err := jwt.NewPublicKey(&pair.PublicKey)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(private, public.Equal(private.Public()))
	// Output: jwt: private key (an ECDSA P-384 key, redacted) true
}

func ExampleNewPublicKey() {
	pair, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	_, err = jwt.NewPublicKey(&pair.PublicKey)
	fmt.Println(errors.Is(err, jwt.ErrInvalidKey), err)
	// Output: true jwt: the ECDSA key is on another curve than P-256, P-384 and P-521 of crypto/elliptic
}

// runAgent stands for ssh-agent: it holds the key of testdata/keys/ed25519-default, as
// after `ssh-add`. A program dials the real one:
//
//	conn, err := net.Dial("unix", os.Getenv("SSH_AUTH_SOCK"))
func runAgent() net.Conn {
	key, err := sshRawKey(mustRead("ed25519-default"))
	if err != nil {
		log.Fatal(err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		log.Fatal(err)
	}
	conn, other := net.Pipe()
	go func() { _ = agent.ServeAgent(keyring, other) }()
	return conn
}

// A key in ssh-agent, on a smart card or in a password manager issues tokens and stays
// where it is. Who has the .pub file verifies them.
func ExampleNewSSHKey() {
	conn := runAgent() // net.Dial("unix", os.Getenv("SSH_AUTH_SOCK"))
	defer conn.Close()
	signers, err := agent.NewClient(conn).Signers()
	if err != nil {
		log.Fatal(err)
	}
	key, err := jwt.NewSSHKey(signers[0])
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}

	public, err := jwt.ParsePublicKey(mustRead("ed25519-default.pub"))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, public, []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject)
	// Output: susan
}

// A generated key is bound to its algorithm. ExportJWK and MarshalPEM keep it for the next
// start of the program.
func ExampleGeneratePrivateKey() {
	key, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithThumbprintKeyID())
	if err != nil {
		log.Fatal(err)
	}
	text, err := key.ExportJWK()
	if err != nil {
		log.Fatal(err)
	}
	again, err := jwt.ParsePrivateKey(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.Public().Equal(key.Public()), again.KeyID() == key.Public().Thumbprint())

	_, err = jwt.NewSigner(key, jwt.ES384)
	fmt.Println(err)
	// Output:
	// true true
	// jwt: ES384 needs an ECDSA P-384 key, got an ECDSA P-256 key (ES256?)
}

// The secret is as long as the hash of the algorithm.
func ExampleGenerateSecretKey() {
	key, err := jwt.GenerateSecretKey(jwt.HS512, jwt.WithKeyID("2026-11"))
	if err != nil {
		log.Fatal(err)
	}
	text, err := key.ExportJWK() // to a vault
	if err != nil {
		log.Fatal(err)
	}
	again, err := jwt.ParseSecretKey(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again)
	// Output: jwt: secret key (a secret key of 64 bytes, kid "2026-11", redacted)
}

// No verb of fmt prints a key, no logger logs it, and encoding/json refuses it.
func ExampleSecretKey_LogValue() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Info("start", "key", demoKey(jwt.WithKeyID("a")))
	fmt.Printf("%x\n", demoKey())
	// Output:
	// level=INFO msg=start key="jwt: secret key (a secret key of 32 bytes, kid \"a\", redacted)"
	// jwt: secret key (a secret key of 32 bytes, redacted)
}
