package keytext

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/excerpt"
)

// rewrites is the command that writes the key of a block in canonical form, or "".
func (b *block) rewrites() string {
	switch b.label {
	case pkcs8Label, pkcs1Label, sec1Label, encryptedLabel:
		return "openssl pkey -in FILE"
	case pkixLabel:
		return "openssl pkey -pubin -in FILE"
	case rsaPublicLabel:
		return "openssl rsa -RSAPublicKey_in -pubout -in FILE"
	case certLabel:
		return "openssl x509 -pubkey -noout -in FILE | openssl pkey -pubin"
	}
	return ""
}

// explain turns an error of a parser into one that says what to do with the block.
func (b *block) explain(err error) error {
	if r, ok := err.(rewritable); ok {
		if command := b.rewrites(); command != "" {
			return fmt.Errorf("%s: `%s%s` writes it anew", r.text, command, r.options)
		}
		return err
	}
	if _, ok := err.(malformed); !ok {
		return err
	}
	if err := b.mislabelled(); err != nil {
		return err
	}
	if structural := (asn1.StructuralError{}); errors.As(err, &structural) { // says nothing to who has not written the parser
		return fmt.Errorf("the content of the PEM block %s is not what its label says", excerpt.Quote(b.label))
	}
	return fmt.Errorf("the content of the PEM block %s is not what its label says, or not supported: %w", excerpt.Quote(b.label), abridged{err})
}

// A label is repeated in a command for sed only if it is short and has only these characters, none
// of which means anything to sed.
const (
	maxLabel    = 32
	labelDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
)

// mislabelled says how to correct the label of a block that holds what belongs into one with
// another label, or returns nil.
func (b *block) mislabelled() error {
	label := labelOf(b.der)
	if label == "" || label == b.label || len(b.label) > maxLabel || strings.Trim(b.label, labelDigits) != "" {
		return nil
	}
	return fmt.Errorf("the PEM block says %s and holds what belongs into %s: `sed 's/%s-----/%s-----/' FILE` corrects it", excerpt.Quote(b.label), excerpt.Quote(label), b.label, label)
}

// labelOf returns the label of a PEM block with this content, by the types of its elements.
func labelOf(der []byte) string {
	if bytes.HasPrefix(der, []byte(openSSHMagic)) {
		return opensshLabel
	}
	var e []asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &e); err != nil || len(rest) > 0 {
		return ""
	}
	var types []byte
	for _, element := range e {
		types = append(types, element.FullBytes[0])
	}
	has := func(start string) bool { return bytes.HasPrefix(types, []byte(start)) }
	switch {
	case has("\x02\x30\x04"):
		return pkcs8Label
	case has("\x02\x02\x02\x02\x02\x02\x02\x02\x02"):
		return pkcs1Label
	case has("\x02\x04"):
		return sec1Label
	case has("\x30\x30\x03"):
		return certLabel
	case string(types) == "\x30\x04":
		return encryptedLabel
	case string(types) == "\x30\x03":
		return pkixLabel
	case string(types) == "\x02\x02":
		return rsaPublicLabel
	}
	return ""
}

// notPublic says what a PEM block is that is no public key.
func notPublic(label string) error {
	switch {
	case label == "CERTIFICATE REQUEST" || label == "NEW CERTIFICATE REQUEST":
		return errors.New("this is a certificate request: `openssl req -pubkey -noout -in FILE` prints its public key")
	case label == "PKCS7" || label == "CMS":
		return errors.New("this is a PKCS #7 file: `openssl pkcs7 -print_certs -in FILE` prints its certificates")
	case strings.HasSuffix(label, certLabel):
		return fmt.Errorf("a PEM block %s is not read: `openssl x509 -in FILE` writes it as a plain CERTIFICATE", excerpt.Quote(label))
	}
	return fmt.Errorf("a PEM block %s is no public key of a supported kind: want PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE", excerpt.Quote(label))
}
