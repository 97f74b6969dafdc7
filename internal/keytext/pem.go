package keytext

import (
	"crypto"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/excerpt"
)

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
		return b, errors.New("there are two blocks of PEM: want one key and nothing else (of a certificate chain, the first certificate)")
	case rest != "":
		return b, errors.New("there is text after the block of PEM: want one key and nothing else")
	}
	return b, nil
}

// readAfterParameters reads the key that openssl writes after EC PARAMETERS; these say
// what the key says itself, its curve.
func readAfterParameters(parameters []byte, text string) (b block, rest string, err error) {
	var oid asn1.ObjectIdentifier
	if sameDER(parameters, &oid) != nil {
		return b, "", errors.New("the EC PARAMETERS do not name a curve: leave them out")
	}
	curve := curveByOID(oid)
	if curve == nil {
		return b, "", otherCurve(oid)
	}
	if b, rest, err = readBlock(text); err == nil && b.label != "EC PRIVATE KEY" {
		err = fmt.Errorf("EC PARAMETERS are followed by %s, want EC PRIVATE KEY", excerpt.Quote(b.label))
	}
	b.curve = curve
	return b, rest, err
}

// readBlock reads the block that text starts with, and returns the text after it. It is
// stricter than encoding/pem: no headers, no junk, canonical base64. The lines may have
// any length, since programs differ in it: 64 digits (RFC 7468, Section 2), 70 (OpenSSH),
// 76, or all in one line.
func readBlock(text string) (b block, rest string, err error) {
	first, body, _ := strings.Cut(text, "\n")
	label, ok := strings.CutPrefix(strings.TrimSuffix(first, "\r"), "-----BEGIN ")
	if label, ok2 := strings.CutSuffix(label, "-----"); ok && ok2 && !strings.Contains(label, "-----") {
		b.label = label
	} else {
		return b, "", errors.New(`the first line is not that of a PEM block (were its line breaks turned into \n or blanks?)`)
	}
	body, rest, ok = strings.Cut(body, "-----END "+b.label+"-----")
	if !ok || strings.Contains(body, "-----") {
		return b, "", fmt.Errorf("the PEM block %s has no end line", excerpt.Quote(b.label))
	}
	if rest != "" && rest[0] != '\n' && rest[0] != '\r' && rest[0] != ' ' && rest[0] != '\t' {
		return b, "", errors.New("there is text after the end line of the PEM block")
	}
	if strings.Contains(body, "Proc-Type:") {
		return b, "", found(Encrypted, "this is an encrypted PEM key: `ssh-keygen -p -f FILE` rewrites it in OpenSSH format, which WithPassphrase reads")
	}
	if strings.Contains(body, ":") {
		return b, "", errors.New("the PEM block has headers: want none")
	}
	if !strings.HasSuffix(body, "\n") {
		return b, "", errors.New("the end of the PEM block is not a line of its own (are the lines indented?)")
	}
	if b.der, ok = decodeLines(body); !ok {
		return b, "", fmt.Errorf("the PEM block %s is not canonical base64 in lines without blanks", excerpt.Quote(b.label))
	}
	return b, strings.TrimLeft(rest, blanks), nil
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
func (b block) privateKey(passphrase []byte, weak bool) (key crypto.Signer, err error) {
	switch b.label {
	case "OPENSSH PRIVATE KEY":
		key, err = parseOpenSSH(b.der, passphrase, weak)
	case "PRIVATE KEY":
		key, err = parsePKCS8(b.der, weak)
	case "RSA PRIVATE KEY":
		key, err = parsePKCS1(b.der, weak)
	case "EC PRIVATE KEY":
		key, err = parseSEC1(b.der, b.curve)
	case "ENCRYPTED PRIVATE KEY":
		var plain []byte
		if plain, err = decryptPKCS8(b.der, passphrase); err == nil {
			key, err = parsePKCS8(plain, weak)
		}
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		err = found(PublicKey, "this is a public key (%s): it can't sign; use ParsePublicKey", b.label)
	case "DSA PRIVATE KEY":
		err = errors.New("this is a DSA key, for which there is no JOSE algorithm: want RSA, ECDSA or Ed25519")
	default:
		err = fmt.Errorf("a PEM block %s is no private key of a supported kind: want RSA, ECDSA or Ed25519", excerpt.Quote(b.label))
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
		err = errors.New("this is a certificate request: `openssl req -pubkey -noout` prints its public key")
	default:
		if strings.HasSuffix(b.label, "PRIVATE KEY") {
			err = found(PrivateKey, "this is a private key (%s): keep it with the issuer; ParsePrivateKey and its Public() give the public one", excerpt.Quote(b.label))
		} else {
			err = fmt.Errorf("a PEM block %s is no public key of a supported kind: want PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE", excerpt.Quote(b.label))
		}
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return key, nil
}

// explain puts an error of a parser of the standard library into words of this package.
func (b block) explain(err error) error {
	if _, ok := err.(malformed); !ok {
		return err
	}
	if structural := (asn1.StructuralError{}); errors.As(err, &structural) { // says nothing to who has not written the parser
		return fmt.Errorf("the content of the PEM block %s is not what its label says", excerpt.Quote(b.label))
	}
	return fmt.Errorf("the content of the PEM block %s is not what its label says, or not supported: %w", excerpt.Quote(b.label), abridged{err})
}
