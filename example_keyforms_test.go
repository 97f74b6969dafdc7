package jwt_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"

	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

// withoutTime keeps the time out of a log, which would differ from run to run.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// sshRawKey is the key of an OpenSSH file as ssh-add reads it.
func sshRawKey(text []byte) (any, error) { return ssh.ParseRawPrivateKey(text) }

// demoPair is the key pair of RFC 8037, Appendix A.1, which everybody knows.
func demoPair(opts ...jwt.KeyOption) *jwt.PrivateKey {
	key, err := jwt.ParsePrivateKey([]byte(`{"kty":"OKP","crv":"Ed25519",
		"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`), opts...)
	if err != nil {
		log.Fatal(err)
	}
	return key
}

// A public key is a JWK wherever encoding/json writes it.
func ExamplePublicKey_MarshalJSON() {
	key := demoPair(jwt.WithKeyID("2026-11"), jwt.WithAlgorithm(jwt.EdDSA)).Public()
	text, err := json.Marshal(key)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output: {"kty":"OKP","use":"sig","alg":"EdDSA","kid":"2026-11","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
}

func ExamplePublicKey_MarshalPEM() {
	text, err := demoPair().Public().MarshalPEM()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(text))
	// Output:
	// -----BEGIN PUBLIC KEY-----
	// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
	// -----END PUBLIC KEY-----
}

func ExamplePublicKey_MarshalAuthorizedKey() {
	line, err := demoPair().Public().MarshalAuthorizedKey()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(line))
	// Output: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea
}

// The thumbprint of RFC 7638 depends on the key alone, so that every program names the
// key alike.
func ExamplePublicKey_Thumbprint() {
	fmt.Println(demoPair(jwt.WithKeyID("2026-11")).Public().Thumbprint())
	// Output: kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
}

// Equal compares the keys, whatever their names and uses.
func ExamplePublicKey_Equal() {
	named, bound := demoPair(jwt.WithKeyID("a")), demoPair(jwt.WithAlgorithm(jwt.Ed25519))
	fmt.Println(named.Public().Equal(bound.Public()))
	// Output: true
}

// Crypto gives the key to other packages.
func ExamplePublicKey_Crypto() {
	public := demoPair().Public().Crypto().(ed25519.PublicKey)
	fmt.Println(len(public))
	// Output: 32
}

func ExamplePrivateKey_Public() {
	key := demoPair(jwt.WithThumbprintKeyID())
	fmt.Println(key.Public().KeyID() == key.KeyID())
	// Output: true
}

// PKCS #8 is what openssl and most other programs read.
func ExamplePrivateKey_MarshalPEM() {
	text, err := demoPair().MarshalPEM()
	if err != nil {
		log.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	key, err := jwt.ParsePrivateKey(text)
	fmt.Println(first, key, err)
	// Output: -----BEGIN PRIVATE KEY----- jwt: private key (an Ed25519 key, redacted) <nil>
}

// Only ExportJWK writes the private part as JSON; json.Marshal refuses.
func ExamplePrivateKey_ExportJWK() {
	text, err := demoPair().ExportJWK()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))

	_, err = json.Marshal(demoPair())
	fmt.Println(errors.Is(err, jwt.ErrInvalidKey))
	// Output:
	// {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}
	// true
}

func ExampleSecretKey_ExportJWK() {
	text, err := demoKey(jwt.WithKeyID("a")).ExportJWK()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output: {"kty":"oct","kid":"a","k":"dGhlc2UgYXJlIDMyIGJ5dGVzIGZvciBhIHNlY3JldC4"}
}

// Tokens name the kid of the key that has signed them, and a set selects by it.
func ExampleWithKeyID() {
	raw, err := jwt.Sign(jwt.MapClaims{}, demoPair(jwt.WithKeyID("2026-11")), jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.ParseUnverified(raw)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.UnverifiedHeader.KeyID)
	// Output: 2026-11
}

// The thumbprint as kid needs no agreement: the issuer and who verifies both compute it.
func ExampleWithThumbprintKeyID() {
	raw, err := jwt.Sign(jwt.MapClaims{}, demoPair(jwt.WithThumbprintKeyID()), jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, demoPair(jwt.WithThumbprintKeyID()).Public(), []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.KeyID)
	// Output: kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
}

// A bound key serves one algorithm, also where a verifier allows more: a key for PS256
// does not verify RS256, although RSA can do both.
func ExampleWithAlgorithm() {
	key, err := jwt.ParsePublicKey(mustRead("rsa3072-default.pub"), jwt.WithAlgorithm(jwt.PS256))
	if err != nil {
		log.Fatal(err)
	}
	_, err = jwt.NewVerifier[jwt.MapClaims](key, []jwt.Algorithm{jwt.RS256})
	fmt.Println(err)
	// Output: jwt: this key is bound to PS256 (by WithAlgorithm or the JWK's alg) and can't be used for RS256
}

// The least sizes of RFC 7518 can be given up for old keys, never for key texts.
func ExampleInsecureAllowWeakKey() {
	_, err := jwt.NewSecretKey([]byte("short"))
	fmt.Println(err)
	_, err = jwt.NewSecretKey([]byte("short"), jwt.InsecureAllowWeakKey())
	fmt.Println(err)
	// Output:
	// jwt: a secret of 5 bytes is too short: want at least 32 random bytes (GenerateSecretKey makes one)
	// <nil>
}

// While keys change, both the old and the new one verify; each token names its own.
func ExampleNewKeySet() {
	old, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("2026-10"))
	if err != nil {
		log.Fatal(err)
	}
	now, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID("2026-11"))
	if err != nil {
		log.Fatal(err)
	}
	set, err := jwt.NewKeySet(now.Public(), old.Public())
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{}, old, jwt.ES256)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, set, []jwt.Algorithm{jwt.EdDSA, jwt.ES256})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.KeyID)
	// Output: 2026-10
}

// The keys of an identity provider. One that can't be used is left out, not fatal.
func ExampleParseKeySet() {
	set, err := jwt.ParseKeySet([]byte(`{"keys":[
		{"kty":"OKP","crv":"Ed25519","kid":"a","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
		{"kty":"OKP","crv":"X25519","kid":"b","use":"enc","x":"…"}]}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, key := range set.Keys() {
		fmt.Println("key", key.KeyID())
	}
	for _, err := range set.Skipped() {
		fmt.Println(err)
	}
	// Output:
	// key a
	// jwt: entry 1 of the JWK Set is skipped: kid "b": the JWK's use is "enc", so it is not for signatures: want "sig"
}

// What an issuer publishes, for instance under /.well-known/jwks.json.
func ExampleKeySet_MarshalJSON() {
	set, err := jwt.NewKeySet(demoPair(jwt.WithKeyID("2026-11")).Public())
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output: {"keys":[{"kty":"OKP","use":"sig","kid":"2026-11","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
}

// An authorized_keys file says whose tokens are trusted. Lines that say more than that are
// left out.
func ExampleParseAuthorizedKeys() {
	set, err := jwt.ParseAuthorizedKeys([]byte(`# who may deploy
ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea susan@laptop
command="/bin/backup" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea backup
`))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, demoPair(), jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, set, []jwt.Algorithm{jwt.EdDSA})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, "signed with", tok.KeyID)
	fmt.Println(len(set.Skipped()), "line is skipped")
	// Output:
	// susan signed with kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
	// 1 line is skipped
}

// Crypto returns the key for what else a program does with it, such as TLS.
func ExamplePrivateKey_Crypto() {
	signer := demoPair().Crypto()
	fmt.Printf("%T\n", signer)
	// Output: ed25519.PrivateKey
}

// The file is one that ssh-add, ssh and `ssh-keygen -y` read.
func ExamplePrivateKey_MarshalOpenSSH() {
	text, err := demoPair().MarshalOpenSSH()
	if err != nil {
		log.Fatal(err)
	}
	again, err := jwt.ParsePrivateKey(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.SplitN(string(text), "\n", 2)[0], again.Equal(demoPair()))
	// Output: -----BEGIN OPENSSH PRIVATE KEY----- true
}

// Keys are equal whatever they are called and bound to: has the key been rotated?
func ExamplePrivateKey_Equal() {
	other, err := jwt.GeneratePrivateKey(jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(demoPair().Equal(demoPair(jwt.WithKeyID("2026-11"))), demoPair().Equal(other))
	// Output: true false
}

// Equal takes the same time wherever two secrets of one length differ.
func ExampleSecretKey_Equal() {
	key, err := jwt.GenerateSecretKey(jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}
	text, err := key.ExportJWK()
	if err != nil {
		log.Fatal(err)
	}
	again, err := jwt.ParseSecretKey(text)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key.Equal(again))
	// Output: true
}
