// Quickstart follows an article on JSON Web Tokens: tokens signed with a shared secret, tokens
// signed with an RSA key from ssh-keygen and verified with its public line, and then the same
// with a new key pair.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.com/jwt"
	"golang.org/x/crypto/ssh"
)

// User has the claims of the article's tokens. The dates are checked even if a claims type does
// not have them.
type User struct {
	ID    int      `json:"user_id"`
	Name  string   `json:"username,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	if err := sharedSecret(); err != nil {
		return err
	}
	if err := publicKeyOfTheArticle(); err != nil {
		return err
	}
	return ownKeyPair()
}

func sharedSecret() error {
	fmt.Println("1. HS256: one secret signs and verifies")
	key, err := jwt.NewSecretKey([]byte(articleSecret))
	if err != nil {
		return err
	}
	v, err := jwt.NewVerifier[User](key, []jwt.Algorithm{jwt.HS256})
	if err != nil {
		return err
	}
	show(v, "the article's token", tokenHS256)
	show(v, "its token that expired in 2018", tokenExpired)
	show(v, "with its last character changed", tokenTampered)
	return nil
}

func publicKeyOfTheArticle() error {
	fmt.Println("\n2. RS256: the article's public key, as ssh-keygen wrote it")
	key, err := jwt.ParsePublicKey([]byte(articlePublicKey))
	if err != nil {
		return err
	}
	v, err := jwt.NewVerifier[User](key, []jwt.Algorithm{jwt.RS256})
	if err != nil {
		return err
	}
	show(v, "the article's token", tokenRS256)
	_, err = jwt.NewSecretKey([]byte(articlePublicKey))
	fmt.Printf("   the public key as a secret: %v\n", err)
	return nil
}

// ownKeyPair plays two services: one keeps the private file, the other has the .pub file.
func ownKeyPair() error {
	fmt.Println("\n3. EdDSA: a key pair of our own, in files like those of ssh-keygen")
	dir, err := os.MkdirTemp("", "quickstart")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "jwt-key")
	if err := writeKeyPair(file); err != nil {
		return err
	}

	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	private, err := jwt.ParsePrivateKey(text)
	if err != nil {
		return err
	}
	user := User{ID: 123, Name: "susan", Roles: []string{"user", "moderator"}}
	token, err := jwt.Sign(user, private, jwt.EdDSA, jwt.WithExpiresIn(10*time.Minute))
	if err != nil {
		return err
	}
	expired, err := jwt.Sign(map[string]any{"user_id": 123, "exp": jwt.NewNumericDate(time.Now().Add(-3 * time.Hour))}, private, jwt.EdDSA)
	if err != nil {
		return err
	}

	line, err := os.ReadFile(file + ".pub")
	if err != nil {
		return err
	}
	public, err := jwt.ParsePublicKey(line)
	if err != nil {
		return err
	}
	v, err := jwt.NewVerifier[User](public, []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		return err
	}
	show(v, "signed with the private file", token)
	show(v, "expired", expired)
	show(v, "tampered with", tamper(token))
	fmt.Printf("   %s\n", v)
	return nil
}

// writeKeyPair writes the files that `ssh-keygen -t ed25519 -f file` writes.
func writeKeyPair(file string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "quickstart")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		return err
	}
	sshPublic, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	return os.WriteFile(file+".pub", ssh.MarshalAuthorizedKey(sshPublic), 0o644)
}

// show verifies a token and prints the result.
func show(v *jwt.Verifier[User], what, token string) {
	tok, err := v.Verify(token)
	switch {
	case err == nil:
		fmt.Printf("   %s: valid, %s\n", what, tok.Payload)
	case errors.Is(err, jwt.ErrExpired):
		fmt.Printf("   %s: authentic, but %v\n", what, err)
	case errors.Is(err, jwt.ErrInvalidSignature):
		fmt.Printf("   %s: forged, %v\n", what, err)
	default:
		fmt.Printf("   %s: refused, %v\n", what, err)
	}
}

// tamper changes one character in the middle of the payload.
func tamper(token string) string {
	b := []byte(token)
	if at := len(b) / 2; b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return string(b)
}
