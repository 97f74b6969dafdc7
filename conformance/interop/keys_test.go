package interop

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// Forms of key text. A secret has no PEM form: its bytes take that place.
const (
	formPEM = "pem"
	formJWK = "jwk"
	formSSH = "ssh"
)

// keyText is a key as it is given to a peer.
type keyText struct {
	Form string `json:"form"`
	Text string `json:"text"` // of a secret in the form "pem": base64url
}

// ownKey is a key of this library.
type ownKey struct {
	alg       jwt.Algorithm
	signing   jwt.SigningKey
	verifying jwt.VerificationKey
	public    *jwt.PublicKey // nil for a secret

	privateText, publicText map[string]keyText
}

func isHMAC(alg string) bool { return strings.HasPrefix(alg, "HS") }

// rsaKey is shared by the six RSA algorithms: what differs is the key's binding.
func newOwnKey(t *testing.T, alg jwt.Algorithm, rsaKey *rsa.PrivateKey) *ownKey {
	t.Helper()
	name := alg.String()
	if isHMAC(name) {
		return newOwnSecret(t, alg)
	}
	opts := []jwt.KeyOption{jwt.WithAlgorithm(alg), jwt.WithKeyID("our " + name)}
	var key *jwt.PrivateKey
	var err error
	if name[1] == 'S' && name[0] != 'E' {
		key, err = jwt.NewPrivateKey(rsaKey, opts...)
	} else {
		key, err = jwt.GeneratePrivateKey(alg, opts[1:]...)
	}
	require.NoError(t, err)
	write := func(form string, text []byte, err error) keyText {
		require.NoError(t, err)
		return keyText{form, string(text)}
	}
	pkcs8, pemErr := key.MarshalPEM()
	jwk, jwkErr := key.ExportJWK()
	pkix, pkixErr := key.Public().MarshalPEM()
	publicJWK, publicErr := key.Public().MarshalJSON()
	line, lineErr := key.Public().MarshalAuthorizedKey()
	return &ownKey{
		alg: alg, signing: key, verifying: key.Public(), public: key.Public(),
		privateText: map[string]keyText{
			formPEM: write(formPEM, pkcs8, pemErr),
			formJWK: write(formJWK, jwk, jwkErr),
			formSSH: write(formPEM, pkcs8, pemErr), // no peer reads OpenSSH private keys
		},
		publicText: map[string]keyText{
			formPEM: write(formPEM, pkix, pkixErr),
			formJWK: write(formJWK, publicJWK, publicErr),
			formSSH: write(formSSH, line, lineErr),
		},
	}
}

func newOwnSecret(t *testing.T, alg jwt.Algorithm) *ownKey {
	t.Helper()
	key, err := jwt.GenerateSecretKey(alg, jwt.WithKeyID("our "+alg.String()))
	require.NoError(t, err)
	jwk, err := key.ExportJWK()
	require.NoError(t, err)
	var members struct{ K string }
	require.NoError(t, json.Unmarshal(jwk, &members))
	texts := map[string]keyText{formPEM: {formPEM, members.K}, formJWK: {formJWK, string(jwk)}}
	return &ownKey{alg: alg, signing: key, verifying: key, privateText: texts, publicText: texts}
}

// native gives a key in the standard library's type, for the peers in Go; a secret as bytes.
func (k keyText) native(alg string) (any, error) {
	if isHMAC(alg) {
		return base64.RawURLEncoding.DecodeString(k.Text)
	}
	block, _ := pem.Decode([]byte(k.Text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	if block.Type == "PUBLIC KEY" {
		return x509.ParsePKIXPublicKey(block.Bytes)
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}

// generateNative makes a key without this library, for the peers in Go.
func generateNative(alg string) (any, error) {
	switch alg {
	case "HS256", "HS384", "HS512":
		secret := make([]byte, 64)
		_, err := rand.Read(secret)
		return secret, err
	case "ES256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ES512":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "EdDSA", "Ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return rsa.GenerateKey(rand.Reader, 2048)
}

// publicOf gives the public half; a secret is its own.
func publicOf(key any) any {
	if signer, ok := key.(crypto.Signer); ok {
		return signer.Public()
	}
	return key
}
