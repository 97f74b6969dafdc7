package attacks_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

// The text of an RSA public key was the secret of an HS256 token.
func TestCVE_2016_10555_RSAPublicKeyAsSecret(t *testing.T) {
	confuse(t, "rsa2048-default", `{"alg":"RS256"}`, func(key crypto.Signer) func(string) []byte {
		return forge.Key(t, key.(*rsa.PrivateKey), crypto.SHA256)
	})
}

// The same, in a library that chose the function by the header's alg alone.
func TestCVE_2023_48238_PublicKeyInAnyEncodingAsSecret(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	var attacks []attack
	for name, secret := range map[string]string{
		"DER":                   string(spki),
		"PKCS #1 DER":           string(x509.MarshalPKCS1PublicKey(&key.PublicKey)),
		"base64 of the DER":     base64.StdEncoding.EncodeToString(spki),
		"the modulus":           string(key.N.Bytes()),
		"the modulus in base64": forge.Encode(string(key.N.Bytes())),
		"nothing":               "",
	} {
		attacks = append(attacks, attack{name, forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith(secret)), jwt.ErrKeyNotFound})
	}
	refuseAll(t, publicOf(t, key), mixed, forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA256)), attacks)
}

// The same with an elliptic-curve key.
func TestCVE_2024_37568_ECPublicKeyAsSecret(t *testing.T) {
	confuse(t, "ecdsa256-default", `{"alg":"ES256"}`, func(key crypto.Signer) func(string) []byte {
		return forge.ECDSA(t, key.(*ecdsa.PrivateKey), crypto.SHA256)
	})
}

// confuse tries every published form of a key as the secret of an HS256 token.
func confuse(t *testing.T, name, header string, sign func(crypto.Signer) func(string) []byte) {
	key := keyFile[crypto.Signer](t, name)
	var attacks []attack
	for form, secret := range publicTexts(t, key) {
		attacks = append(attacks, attack{form, forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith(secret)), jwt.ErrKeyNotFound})
		requireNoSecret(t, secret)
	}
	refuseAll(t, publicOf(t, key), mixed, forge.Token(header, `{}`, sign(key)), attacks)
}

// The check of secrets knew "BEGIN PUBLIC KEY" and missed "BEGIN RSA PUBLIC KEY".
func TestCVE_2017_11424_PKCS1LabelAsSecret(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	for _, label := range []string{"RSA PUBLIC KEY", "PUBLIC KEY", "CERTIFICATE", "EC PUBLIC KEY", "TRUSTED CERTIFICATE", "RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "X", ""} {
		requireNoSecret(t, string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: x509.MarshalPKCS1PublicKey(&key.PublicKey)})))
	}
	files, err := filepath.Glob("../testdata/keys/*")
	require.NoError(t, err)
	read := 0
	for _, name := range files {
		if text, err := os.ReadFile(name); err == nil && filepath.Base(name) != "README.md" {
			requireNoSecret(t, string(text))
			read++
		}
	}
	require.Greater(t, read, 40)
}

// A list of PEM headings left others out.
func TestCVE_2023_48223_AnyPEMAsSecret(t *testing.T) {
	text, public := testkeys.Pair(t, "../testdata/keys/openssl-genpkey-rsa")
	for _, secret := range []string{string(text), string(public), string(public) + string(public), "x" + string(public), string(public[:100])} {
		requireNoSecret(t, secret)
	}
}

// The mended check looked at the first byte: white space before the heading passed.
func TestCVE_2026_34950_WhiteSpaceBeforeThePEM(t *testing.T) {
	_, public := testkeys.Pair(t, "../testdata/keys/openssl-genpkey-rsa")
	for _, space := range []string{" ", "\n", "\r\n", "\t", "\v", "\f", "\u00a0", "\u2003", "\ufeff", "\x00", "\"", "# comment\n"} {
		requireNoSecret(t, space+string(public))
		requireNoSecret(t, space+string(public)+space)
	}
}

// The list of what is no secret missed the OpenSSH lines of newer key types.
func TestCVE_2022_29217_OpenSSHLineAsSecret(t *testing.T) {
	for name := range kinds(t) {
		line := sshLine(t, keyFile[crypto.Signer](t, name).Public())
		for _, secret := range []string{line, line + "\n", line + " comment", " " + line, "\t" + line, `command="x" ` + line, "# mine\n" + line, "host.example " + line} {
			requireNoSecret(t, secret)
		}
	}
	for _, file := range []string{"sk-ed25519", "rfc4716", "ssh-certificate", "options", "known-hosts", "dsa", "two-lines"} {
		text, err := os.ReadFile("../testdata/keys/refused/" + file)
		require.NoError(t, err)
		requireNoSecret(t, string(text))
	}
}

// An ECDSA key in OpenSSH format verified HMAC tokens.
func TestCVE_2024_33663_OpenSSHECDSAKeyAsSecret(t *testing.T) {
	key := keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default")
	public, err := jwt.ParsePublicKey([]byte(sshLine(t, key.Public())))
	require.NoError(t, err)
	var attacks []attack
	for form, secret := range publicTexts(t, key) {
		attacks = append(attacks, attack{form, forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith(secret)), jwt.ErrKeyNotFound})
	}
	refuseAll(t, public, mixed, forge.Token(`{"alg":"ES256"}`, `{}`, forge.ECDSA(t, key, crypto.SHA256)), attacks)
}

// JSON is no PEM, so the text of a JWK passed as a secret.
func TestCVE_2026_48526_JWKAsSecret(t *testing.T) {
	for name := range kinds(t) {
		jwk, err := publicOf(t, keyFile[crypto.Signer](t, name)).MarshalJSON()
		require.NoError(t, err)
		private, err := privateOf(t, name).ExportJWK()
		require.NoError(t, err)
		for _, secret := range []string{string(jwk), string(private), setText(string(jwk)), " \n" + string(jwk) + "\n", "// mine\n" + string(jwk), "[" + string(jwk) + "]"} {
			requireNoSecret(t, secret)
		}
	}
	requireNoSecret(t, testkeys.RFCSecret)
}

// The HMAC code read the absent "k" of an RSA JWK without "alg": an empty secret.
func TestCVE_2026_44699_JWKWithoutAlgAsEmptySecret(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	jwk, err := publicOf(t, key).MarshalJSON()
	require.NoError(t, err)
	require.NotContains(t, string(jwk), `"alg"`)
	public, err := jwt.ParsePublicKey(jwk)
	require.NoError(t, err)
	refuseAll(t, public, mixed, forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA256)), []attack{
		{"empty secret", forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith("")), jwt.ErrKeyNotFound},
	})
	_, err = jwt.ParseSecretKey(jwk)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	for _, text := range []string{`{"kty":"oct"}`, `{"kty":"oct","k":""}`, `{"kty":"oct","k":null}`} {
		for _, opts := range [][]jwt.KeyOption{nil, {jwt.InsecureAllowWeakKey()}} {
			_, err := jwt.ParseSecretKey([]byte(text), opts...)
			require.ErrorIs(t, err, jwt.ErrInvalidKey, text)
		}
	}
}

// In a ring of keys of several kinds, kid chose a key that the alg was not meant for.
func TestCVE_2021_46743_KidChoosesAKeyOfAnotherKind(t *testing.T) {
	rsaKey, ed := keyFile[*rsa.PrivateKey](t, "rsa2048-default"), keyFile[crypto.Signer](t, "ed25519-default")
	set, err := jwt.NewKeySet(publicOf(t, rsaKey, jwt.WithKeyID("rsa")), publicOf(t, ed, jwt.WithKeyID("ed")), secretKey(t, jwt.WithKeyID("hmac")))
	require.NoError(t, err)
	attacks := []attack{
		{"kid of the Ed25519 key, RS256", forge.Token(`{"alg":"RS256","kid":"ed"}`, `{}`, forge.Key(t, rsaKey, crypto.SHA256)), jwt.ErrKeyNotFound},
		{"kid of the secret, RS256", forge.Token(`{"alg":"RS256","kid":"hmac"}`, `{}`, forge.Key(t, rsaKey, crypto.SHA256)), jwt.ErrKeyNotFound},
	}
	for form, secret := range publicTexts(t, rsaKey) {
		attacks = append(attacks, attack{"kid of the RSA key, HS256 with its " + form, forge.Token(`{"alg":"HS256","kid":"rsa"}`, `{}`, keyedWith(secret)), jwt.ErrKeyNotFound})
	}
	refuseAll(t, set, mixed, signed(`{"alg":"HS256","kid":"hmac"}`, `{}`), attacks)
	find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return set, nil })
	refuseAll(t, find, mixed, signed(`{"alg":"HS256","kid":"hmac"}`, `{}`), attacks)
}
