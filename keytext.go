package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"reflect"
	"strings"
)

// maxKeyText bounds the text of one key.
const maxKeyText = 64 << 10

// ParsePrivateKey reads a private key: what ssh-keygen writes (OpenSSH format, with
// [WithPassphrase] if it is encrypted), PKCS #8, PKCS #1 and SEC 1 in PEM, or a JWK (RFC
// 7517). The format is told by the content. Anything but exactly one key, with white
// space around it, is an [ErrInvalidKey] that says what was found and what to do.
func ParsePrivateKey(data []byte, opts ...KeyOption) (*PrivateKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	text, err := keyText(data)
	switch {
	case err != nil:
		return nil, err
	case text[0] == '{':
		return parsePrivateJWK([]byte(text), cfg)
	case !strings.HasPrefix(text, "-----BEGIN "):
		return nil, notPrivate(text)
	}
	b, err := onlyBlock(text)
	if err != nil {
		return nil, err
	}
	signer, err := b.privateKey(cfg)
	if err != nil {
		return nil, err
	}
	return newPrivate(signer, cfg)
}

// ParsePublicKey reads a public key: a line of OpenSSH (ssh-rsa, ecdsa-sha2-nistp*,
// ssh-ed25519, with or without comment), PKIX, PKCS #1 or a certificate in PEM, or a JWK
// (RFC 7517). Of a certificate it takes the key alone: dates, chain and usages are not
// checked. Anything but exactly one key is an [ErrInvalidKey] that says what was found
// and what to do.
func ParsePublicKey(data []byte, opts ...KeyOption) (*PublicKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("ParsePublicKey", "WithPassphrase"); err != nil {
		return nil, err
	}
	text, err := keyText(data)
	switch {
	case err != nil:
		return nil, err
	case text[0] == '{':
		return parsePublicJWK([]byte(text), cfg)
	}
	var key crypto.PublicKey
	if strings.HasPrefix(text, "-----BEGIN ") {
		var b block
		if b, err = onlyBlock(text); err == nil {
			key, err = b.publicKey()
		}
	} else {
		key, _, err = parseAuthorizedLine([]byte(text))
	}
	if err != nil {
		return nil, err
	}
	return newPublic(key, cfg)
}

// MarshalPEM writes the private key as PKCS #8 in PEM (RFC 5958). A key that is held by a
// foreign signer can't leave it: that is [ErrInvalidKey].
func (k *PrivateKey) MarshalPEM() ([]byte, error) {
	if k == nil || k.k == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	if k.k.foreign {
		return nil, failf(ErrInvalidKey, "the private key is held by its signer and can't be written")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.k.signer)
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no PKCS #8 form")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// MarshalPEM writes the public key as PKIX in PEM (RFC 5280, Section 4.1.2.7). A zero key
// is [ErrInvalidKey].
func (k *PublicKey) MarshalPEM() ([]byte, error) {
	if k == nil || k.m == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	der, err := x509.MarshalPKIXPublicKey(k.m.public())
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no PKIX form")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// keyText bounds the text and trims white space.
func keyText(data []byte) (string, error) {
	if len(data) > maxKeyText {
		return "", failf(ErrInvalidKey, "a key text of %d bytes is too long: want at most %d", len(data), maxKeyText)
	}
	text := strings.Trim(string(data), " \t\r\n")
	if text == "" {
		return "", failf(ErrInvalidKey, "the key text is empty")
	}
	return text, nil
}

// block is one block of PEM.
type block struct {
	label string
	der   []byte
}

// onlyBlock reads a text that is one block of PEM, perhaps after EC PARAMETERS.
func onlyBlock(text string) (block, error) {
	b, rest, err := readBlock(text)
	if err == nil && b.label == "EC PARAMETERS" && rest != "" {
		if b, rest, err = readBlock(rest); err == nil && b.label != "EC PRIVATE KEY" {
			return b, failf(ErrInvalidKey, "EC PARAMETERS are followed by %s, want EC PRIVATE KEY", quote(b.label))
		}
	}
	switch {
	case err != nil:
		return b, err
	case strings.HasPrefix(rest, "-----BEGIN "):
		return b, failf(ErrInvalidKey, "there are two blocks of PEM: want one key and nothing else (of a certificate chain, the first certificate)")
	case rest != "":
		return b, failf(ErrInvalidKey, "there is text after the block of PEM: want one key and nothing else")
	}
	return b, nil
}

// readBlock reads the block that text starts with, and gives the text after it. It is
// stricter than encoding/pem: no headers, no junk, canonical base64.
func readBlock(text string) (b block, rest string, err error) {
	first, body, _ := strings.Cut(text, "\n")
	label, ok := strings.CutPrefix(strings.TrimSuffix(first, "\r"), "-----BEGIN ")
	if label, ok2 := strings.CutSuffix(label, "-----"); ok && ok2 && !strings.Contains(label, "-----") {
		b.label = label
	} else {
		return b, "", failf(ErrInvalidKey, "the first line is not that of a PEM block")
	}
	body, rest, ok = strings.Cut(body, "-----END "+b.label+"-----")
	if !ok || strings.Contains(body, "-----") {
		return b, "", failf(ErrInvalidKey, "the PEM block %s has no end line", quote(b.label))
	}
	if rest != "" && rest[0] != '\n' && rest[0] != '\r' && rest[0] != ' ' && rest[0] != '\t' {
		return b, "", failf(ErrInvalidKey, "there is text after the end line of the PEM block")
	}
	if strings.Contains(body, "Proc-Type:") {
		return b, "", failf(ErrInvalidKey, "this is an encrypted PEM key: `ssh-keygen -p -f FILE` rewrites it in OpenSSH format, which WithPassphrase reads")
	}
	if strings.Contains(body, ":") {
		return b, "", failf(ErrInvalidKey, "the PEM block has headers: want none")
	}
	if !strings.HasSuffix(body, "\n") {
		return b, "", failf(ErrInvalidKey, "the end of the PEM block is not a line of its own")
	}
	der, ok := strictBase64(strings.NewReplacer("\r\n", "", "\n", "").Replace(body))
	if !ok || len(der) == 0 {
		return b, "", failf(ErrInvalidKey, "the PEM block %s is not canonical base64", quote(b.label))
	}
	b.der = der
	return b, strings.TrimLeft(rest, " \t\r\n"), nil
}

// privateKey reads the key of the block, by its label, which must be true.
func (b block) privateKey(cfg *keyConfig) (crypto.Signer, error) {
	var key any
	var err error
	switch b.label {
	case "OPENSSH PRIVATE KEY":
		return parseOpenSSH(b.der, cfg.passphrase)
	case "PRIVATE KEY":
		if err = checkPKCS8(b.der, cfg.weak); err == nil {
			key, err = x509.ParsePKCS8PrivateKey(b.der)
		}
	case "RSA PRIVATE KEY":
		if err = checkPKCS1(b.der, cfg.weak); err == nil {
			key, err = x509.ParsePKCS1PrivateKey(b.der)
		}
	case "EC PRIVATE KEY":
		if err = oneValue(b.der); err == nil {
			key, err = x509.ParseECPrivateKey(b.der)
		}
	case "ENCRYPTED PRIVATE KEY":
		return nil, failf(ErrInvalidKey, "this is an encrypted PKCS #8 key: `ssh-keygen -p -f FILE` rewrites it in OpenSSH format, which WithPassphrase reads")
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, failf(ErrInvalidKey, "this is a public key (%s): it can't sign; use ParsePublicKey", b.label)
	default:
		return nil, failf(ErrInvalidKey, "a PEM block %s is no private key of a supported kind: want RSA, ECDSA or Ed25519", quote(b.label))
	}
	if err != nil {
		return nil, badBlock(b.label, err)
	}
	if err := checkCanonical(b.der, key); err != nil {
		return nil, err
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, failf(ErrInvalidKey, "the private key is of a kind that can't sign tokens (%T): want RSA, ECDSA or Ed25519", key)
}

// publicKey reads the key of the block, by its label, which must be true.
func (b block) publicKey() (crypto.PublicKey, error) {
	var key crypto.PublicKey
	var err error
	switch b.label {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(b.der)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(b.der)
	case "CERTIFICATE":
		var cert *x509.Certificate
		if cert, err = x509.ParseCertificate(b.der); err == nil {
			key = cert.PublicKey
		}
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return nil, failf(ErrInvalidKey, "this is a certificate request: `openssl req -pubkey -noout` prints its public key")
	default:
		if strings.HasSuffix(b.label, "PRIVATE KEY") {
			return nil, failf(ErrInvalidKey, "this is a private key (%s): keep it with the issuer; ParsePrivateKey and its Public() give the public one", quote(b.label))
		}
		return nil, failf(ErrInvalidKey, "a PEM block %s is no public key of a supported kind", quote(b.label))
	}
	if err != nil {
		return nil, badBlock(b.label, err)
	}
	return key, checkPublicForm(b.label, b.der, key)
}

func badBlock(label string, err error) error {
	if isOwn(err) {
		return err
	}
	return wrapf(ErrInvalidKey, err, "the content of the PEM block %s is not what its label says, or not supported", quote(label))
}

func isOwn(err error) bool {
	_, own := err.(*failure)
	return own
}

// oneValue is an error if there is anything after the DER value.
func oneValue(der []byte) error {
	var value asn1.RawValue
	rest, err := asn1.Unmarshal(der, &value)
	if err == nil && len(rest) > 0 {
		err = failf(ErrInvalidKey, "there are %d bytes after the key's DER", len(rest))
	}
	return err
}

// checkPKCS1 checks the numbers' sizes before the standard library computes with them.
func checkPKCS1(der []byte, weak bool) error {
	var key struct {
		Version       int
		N, E, D, P, Q *big.Int
	}
	if err := oneValue(der); err != nil {
		return err
	}
	if _, err := asn1.Unmarshal(der, &key); err != nil {
		return err
	}
	for _, x := range [...]*big.Int{key.D, key.P, key.Q} {
		if x.BitLen() > key.N.BitLen() {
			return failf(ErrInvalidKey, "a private number of the RSA key is larger than its modulus")
		}
	}
	return checkRSA(key.N, key.E, weak)
}

var (
	oidRSA  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidP256 = asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}
	oidP384 = asn1.ObjectIdentifier{1, 3, 132, 0, 34}
	oidP521 = asn1.ObjectIdentifier{1, 3, 132, 0, 35}
)

// pkcs8 is PKCS #8 in its first version, without attributes (RFC 5208, Section 5).
type pkcs8 struct {
	Version int
	Algo    pkix.AlgorithmIdentifier
	Key     []byte
}

// checkPKCS8 does what checkPKCS1 does for the key inside PKCS #8.
func checkPKCS8(der []byte, weak bool) error {
	var key pkcs8
	if err := sameDER(der, &key); err != nil {
		return err
	}
	if key.Algo.Algorithm.Equal(oidRSA) {
		return checkPKCS1(key.Key, weak)
	}
	return oneValue(key.Key)
}

// sec1 is an ECDSA private key (RFC 5915, Section 3).
type sec1 struct {
	Version int
	Key     []byte
	Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// checkCanonical compares the text with the key that was read from it: crypto/x509 passes
// over a public key or curve beside the private one, and over what follows the fields.
func checkCanonical(der []byte, key any) error {
	inside := der
	var outer pkcs8
	if sameDER(der, &outer) == nil {
		inside = outer.Key
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if !bytes.Equal(x509.MarshalPKCS1PrivateKey(k), inside) {
			return failf(ErrInvalidKey, "the RSA private key is not in its canonical form, with two primes and nothing else")
		}
	case *ecdsa.PrivateKey:
		var inner sec1
		public, err := k.PublicKey.Bytes()
		if err != nil || sameDER(inside, &inner) != nil || len(inner.Key) != (k.Curve.Params().BitSize+7)/8 {
			return failf(ErrInvalidKey, "the ECDSA private key is not in its canonical form")
		}
		if inner.Curve != nil && !inner.Curve.Equal(oidOf(k.Curve)) || inner.Public.BitLength != 0 && !bytes.Equal(inner.Public.Bytes, public) {
			return failf(ErrInvalidKey, "the ECDSA private key does not belong to the curve or the public key beside it")
		}
	}
	return nil
}

func oidOf(curve elliptic.Curve) asn1.ObjectIdentifier {
	switch curve {
	case elliptic.P256():
		return oidP256
	case elliptic.P384():
		return oidP384
	case elliptic.P521():
		return oidP521
	}
	return nil
}

// sameDER reads a structure, and is an error unless it is written the same again.
func sameDER(der []byte, structure any) error {
	rest, err := asn1.Unmarshal(der, structure)
	if err != nil {
		return err
	}
	again, err := asn1.Marshal(reflect.ValueOf(structure).Elem().Interface())
	if err != nil || len(rest) > 0 || !bytes.Equal(again, der) {
		return failf(ErrInvalidKey, "the key's DER is not canonical, or has more in it than the key")
	}
	return nil
}

// checkPublicForm is checkCanonical for public keys.
func checkPublicForm(label string, der []byte, key crypto.PublicKey) error {
	var again []byte
	switch k, isRSA := key.(*rsa.PublicKey); {
	case label == "PUBLIC KEY":
		again, _ = x509.MarshalPKIXPublicKey(key)
	case label == "RSA PUBLIC KEY" && isRSA:
		again = x509.MarshalPKCS1PublicKey(k)
	default:
		return nil
	}
	if again != nil && !bytes.Equal(again, der) {
		return failf(ErrInvalidKey, "the key's DER is not canonical, or has more in it than the key")
	}
	return nil
}

// notPrivate says what a text is that is neither PEM nor JWK.
func notPrivate(text string) error {
	switch what := looksLikeKey([]byte(text)); {
	case strings.HasPrefix(what, "an OpenSSH public"):
		return failf(ErrInvalidKey, "this is %s: it can't sign; use ParsePublicKey", what)
	case what != "":
		return failf(ErrInvalidKey, "this is %s: want the private key alone, in PEM or OpenSSH format or as a JWK", what)
	}
	return failf(ErrInvalidKey, "this is not the text of a private key: want PEM, the OpenSSH format or a JWK")
}
