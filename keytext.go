package jwt

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"strings"
)

// maxKeyText bounds the text of one key.
const maxKeyText = 64 << 10

// ParsePrivateKey reads a private key: what ssh-keygen writes (OpenSSH format, with
// [WithPassphrase] if it is encrypted), PKCS #8, PKCS #1 and SEC 1 in PEM, or a JWK (RFC
// 7517), of at most 64 KiB. The format is told by the content; lines of PEM may have any
// length. Anything but exactly one key, with white space around it and perhaps EC
// PARAMETERS before it, is an [ErrInvalidKey] that says what was found and what to do.
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
// (RFC 7517), of at most 64 KiB. Of a certificate it takes the key alone: dates, chain and
// usages are not checked. Anything but exactly one key is an [ErrInvalidKey] that says
// what was found and what to do.
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

// keyText bounds the text and trims white space. What is no text at all ends here.
func keyText(data []byte) (string, error) {
	if len(data) > maxKeyText {
		return "", failf(ErrInvalidKey, "a key text of %d bytes is too long: want at most %d", len(data), maxKeyText)
	}
	text := strings.Trim(string(data), " \t\r\n")
	switch form := derForm(data); {
	case text == "":
		return "", failf(ErrInvalidKey, "the key text is empty")
	case form != noForm:
		return "", failf(ErrInvalidKey, "this is %s: %s", form, cures[form])
	case strings.HasPrefix(text, "\ufeff"):
		return "", failf(ErrInvalidKey, "there is a byte order mark before the key: save the file without it")
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		return "", failf(ErrInvalidKey, "this is UTF-16 text: save the file as UTF-8 or ASCII")
	}
	return text, nil
}

// block is one block of PEM.
type block struct {
	label string
	der   []byte
	curve elliptic.Curve // of EC PARAMETERS before it, or nil
}

// onlyBlock reads a text that is one block of PEM, perhaps after EC PARAMETERS.
func onlyBlock(text string) (block, error) {
	b, rest, err := readBlock(text)
	if err == nil && b.label == "EC PARAMETERS" && rest != "" {
		b, rest, err = readAfterParameters(b.der, rest)
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

// readAfterParameters reads the key that openssl writes after EC PARAMETERS; these say
// what the key says itself, its curve.
func readAfterParameters(parameters []byte, text string) (b block, rest string, err error) {
	var oid asn1.ObjectIdentifier
	if sameDER(parameters, &oid) != nil {
		return b, "", failf(ErrInvalidKey, "the EC PARAMETERS do not name a curve: leave them out")
	}
	curve := curveByOID(oid)
	if curve == nil {
		return b, "", otherCurve(oid)
	}
	if b, rest, err = readBlock(text); err == nil && b.label != "EC PRIVATE KEY" {
		err = failf(ErrInvalidKey, "EC PARAMETERS are followed by %s, want EC PRIVATE KEY", quote(b.label))
	}
	b.curve = curve
	return b, rest, err
}

// readBlock reads the block that text starts with, and gives the text after it. It is
// stricter than encoding/pem: no headers, no junk, canonical base64. The lines may have
// any length, since programs differ in it: 64 digits (RFC 7468, Section 2), 70 (OpenSSH),
// 76, or all in one line.
func readBlock(text string) (b block, rest string, err error) {
	first, body, _ := strings.Cut(text, "\n")
	label, ok := strings.CutPrefix(strings.TrimSuffix(first, "\r"), "-----BEGIN ")
	if label, ok2 := strings.CutSuffix(label, "-----"); ok && ok2 && !strings.Contains(label, "-----") {
		b.label = label
	} else {
		return b, "", failf(ErrInvalidKey, `the first line is not that of a PEM block (were its line breaks turned into \n or blanks?)`)
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
		return b, "", failf(ErrInvalidKey, "the end of the PEM block is not a line of its own (are the lines indented?)")
	}
	if b.der, ok = decodeLines(body); !ok {
		return b, "", failf(ErrInvalidKey, "the PEM block %s is not canonical base64 in lines without blanks", quote(b.label))
	}
	return b, strings.TrimLeft(rest, " \t\r\n"), nil
}

// decodeLines decodes the body of a PEM block, none of whose lines may be empty.
func decodeLines(body string) ([]byte, bool) {
	var digits strings.Builder
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" {
			return nil, false
		}
		digits.WriteString(line)
	}
	return strictBase64(digits.String())
}

// privateKey reads the key of the block, by its label, which must be true.
func (b block) privateKey(cfg *keyConfig) (key crypto.Signer, err error) {
	switch b.label {
	case "OPENSSH PRIVATE KEY":
		key, err = parseOpenSSH(b.der, cfg.passphrase)
	case "PRIVATE KEY":
		key, err = parsePKCS8(b.der, cfg.weak)
	case "RSA PRIVATE KEY":
		key, err = parsePKCS1(b.der, cfg.weak)
	case "EC PRIVATE KEY":
		key, err = parseSEC1(b.der, b.curve)
	case "ENCRYPTED PRIVATE KEY":
		err = failf(ErrInvalidKey, "this is an encrypted PKCS #8 key: `ssh-keygen -p -f FILE` rewrites it in OpenSSH format, which WithPassphrase reads")
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		err = failf(ErrInvalidKey, "this is a public key (%s): it can't sign; use ParsePublicKey", b.label)
	case "DSA PRIVATE KEY":
		err = failf(ErrInvalidKey, "this is a DSA key, for which there is no JOSE algorithm: want RSA, ECDSA or Ed25519")
	default:
		err = failf(ErrInvalidKey, "a PEM block %s is no private key of a supported kind: want RSA, ECDSA or Ed25519", quote(b.label))
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return key, nil
}

// publicKey reads the key of the block, by its label, which must be true.
func (b block) publicKey() (key crypto.PublicKey, err error) {
	switch b.label {
	case "PUBLIC KEY":
		key, err = parsePKIX(b.der)
	case "RSA PUBLIC KEY":
		key, err = parsePKCS1Public(b.der)
	case "CERTIFICATE":
		key, err = parseCertificate(b.der)
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		err = failf(ErrInvalidKey, "this is a certificate request: `openssl req -pubkey -noout` prints its public key")
	default:
		if strings.HasSuffix(b.label, "PRIVATE KEY") {
			err = failf(ErrInvalidKey, "this is a private key (%s): keep it with the issuer; ParsePrivateKey and its Public() give the public one", quote(b.label))
		} else {
			err = failf(ErrInvalidKey, "a PEM block %s is no public key of a supported kind: want PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE", quote(b.label))
		}
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return key, nil
}

// explain puts an error of the standard library into words of this package.
func (b block) explain(err error) error {
	if _, own := err.(*failure); own {
		return err
	}
	if structural := (asn1.StructuralError{}); errors.As(err, &structural) { // says nothing to who has not written the parser
		return failf(ErrInvalidKey, "the content of the PEM block %s is not what its label says", quote(b.label))
	}
	return wrapf(ErrInvalidKey, foreign{err}, "the content of the PEM block %s is not what its label says, or not supported", quote(b.label))
}

// cures say how a key comes into a form that this package reads.
var cures = map[keyForm]string{
	formRFC4716:     "`ssh-keygen -i -f FILE` prints it as an OpenSSH line",
	formPuTTY:       "`puttygen FILE -O private-openssh-new -o OUT` writes the private key, and -O public-openssh the public one",
	formSSHPrivate:  "want it between the BEGIN and END lines of OPENSSH PRIVATE KEY",
	formPublicDER:   "`openssl pkey -pubin -inform DER -in FILE` writes it as PEM",
	formPrivateDER:  "`openssl pkey -inform DER -in FILE` writes it as PEM",
	formCertificate: "`openssl x509 -inform DER -in FILE` writes a certificate as PEM",
	formPKCS7:       "`openssl pkcs7 -inform DER -print_certs -in FILE` prints its certificates: want one of them",
	formPKCS12:      "`openssl pkcs12 -nocerts -nodes -in FILE | openssl pkey` writes its private key as PEM, and `openssl pkcs12 -nokeys -clcerts -in FILE | openssl x509` its certificate",
}

// notAKey says what a text is that no parser takes, and what to do about it.
func notAKey(text, want string) error {
	switch form := looksLikeKey([]byte(text)); form {
	case noForm:
		return failf(ErrInvalidKey, "this is not the text of a key: want %s", want)
	case formPublicDER, formPrivateDER, formCertificate, formPKCS7, formPKCS12:
		return failf(ErrInvalidKey, "this is %s, in base64: `base64 -d` decodes it, then %s", form, cures[form])
	case formPEM, formJWK, formSSHPublic:
		return failf(ErrInvalidKey, "this is %s with something around it, or encoded once more: want %s", form, want)
	default:
		return failf(ErrInvalidKey, "this is %s: %s", form, cures[form])
	}
}

// notPrivate says what a text is that is neither PEM nor JWK.
func notPrivate(text string) error {
	if looksLikeKey([]byte(text)) == formSSHPublic {
		return failf(ErrInvalidKey, "this is %s: it can't sign; use ParsePublicKey", formSSHPublic)
	}
	return notAKey(text, "the private key alone, in PEM or OpenSSH format or as a JWK")
}
