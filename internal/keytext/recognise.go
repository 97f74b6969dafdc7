package keytext

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Form says in words what a text or some bytes are, for error messages.
type Form string

const (
	NoForm          Form = ""
	FormPEM         Form = "a PEM text"
	FormRFC4716     Form = "an RFC 4716 public key"
	FormPuTTY       Form = "a PuTTY key file"
	FormSSHPrivate  Form = "an OpenSSH private key"
	FormSSHPublic   Form = "an OpenSSH public key"
	FormPublicDER   Form = "a public key in DER"
	FormPrivateDER  Form = "a private key in DER"
	FormCertificate Form = "a certificate or a request for one in DER"
	FormPKCS7       Form = "a PKCS #7 file"
	FormPKCS12      Form = "a PKCS #12 file"
	FormDER         Form = "a key or certificate in DER" // damaged, or among other bytes
	FormJWK         Form = "a JWK or JWK Set"
	FormXML         Form = "an RSA key in XML"
)

// cures say how a key comes into a form that this package reads.
var cures = map[Form]string{
	FormRFC4716:     "`ssh-keygen -i -f FILE` prints it as an OpenSSH line",
	FormPuTTY:       "`puttygen FILE -O private-openssh-new -o OUT` writes the private key, and -O public-openssh the public one",
	FormSSHPrivate:  "want it between the BEGIN and END lines of OPENSSH PRIVATE KEY",
	FormPublicDER:   "`openssl pkey -pubin -inform DER -in FILE` writes it as PEM",
	FormPrivateDER:  "`openssl pkey -inform DER -in FILE` writes it as PEM",
	FormCertificate: "`openssl x509 -inform DER -in FILE` writes a certificate as PEM",
	FormPKCS7:       "`openssl pkcs7 -inform DER -print_certs -in FILE` prints its certificates: want one of them",
	FormPKCS12:      "`openssl pkcs12 -nocerts -nodes -in FILE` writes its private key as PEM, and `openssl pkcs12 -nokeys -clcerts -in FILE` its certificate",
}

// notAKey says what a text is that no parser takes, and what to do about it.
func notAKey(text, want string) error {
	if strings.Contains(text, beginsBlock) {
		return mangled(text)
	}
	if err := encodedOnce(text); err != nil {
		return err
	}
	switch form := Recognise([]byte(text)); form {
	case NoForm:
		return fmt.Errorf("this is not the text of a key: want %s", want)
	case FormPublicDER, FormPrivateDER, FormCertificate, FormPKCS7, FormPKCS12:
		return fmt.Errorf("this is %s, encoded once more: `base64 -d` decodes base64 and `xxd -r -p` hex, then %s", form, cures[form])
	case FormXML:
		return fmt.Errorf("this is %s: want %s", form, want)
	case FormPEM, FormJWK, FormSSHPublic, FormDER:
		return fmt.Errorf("this is %s with something around it, or encoded once more: want %s", form, want)
	default:
		return fmt.Errorf("this is %s: %s", form, cures[form])
	}
}

// notPrivate says what a text is that is neither PEM nor JWK.
func notPrivate(text string) error {
	if isLine(text) {
		return found(PublicKey, "this is %s: it can't sign; use ParsePublicKey", FormSSHPublic)
	}
	return notAKey(text, "the private key alone, in PEM or OpenSSH format or as a JWK")
}

// leastModulus is the size in bytes from which two numbers in DER are an RSA key.
const leastModulus = 64

// derForm recognises the structures that keys come in, whatever their algorithm, by the types of
// their elements. White space around them is what an editor or a shell leaves.
func derForm(b []byte) Form {
	var all cryptobyte.String
	rest := cryptobyte.String(bytes.TrimLeft(b, " \t\r\n"))
	if !rest.ReadASN1(&all, asn1.SEQUENCE) || len(bytes.TrimSpace(rest)) > 0 {
		return NoForm
	}
	var elements [16]cryptobyte.String
	var types [16]byte
	n := 0
	for ; !all.Empty(); n++ {
		var tag asn1.Tag
		if n == len(types) || !all.ReadAnyASN1(&elements[n], &tag) {
			return NoForm
		}
		types[n] = byte(tag)
	}
	has := func(start string) bool { return n >= len(start) && string(types[:len(start)]) == start }
	version := func(v byte) bool { return len(elements[0]) == 1 && elements[0][0] == v }
	switch {
	case has("\x30\x03") && isAlgorithm(elements[0]):
		return FormPublicDER
	case has("\x30\x30\x03") && isAlgorithm(elements[1]):
		return FormCertificate
	case has("\x02\x30\x04") && isAlgorithm(elements[1]), // PKCS #8
		has("\x30\x04") && isAlgorithm(elements[0]), // encrypted PKCS #8
		has("\x02\x02\x02\x02\x02\x02"),             // PKCS #1
		has("\x02\x04") && version(1):               // SEC 1
		return FormPrivateDER
	case has("\x02\x02") && len(elements[0]) >= leastModulus && (elements[0][0] == 0 || len(elements[1]) <= 8): // PKCS #1
		return FormPublicDER
	case has("\x02\x30") && version(3) && isAlgorithm(elements[1]):
		return FormPKCS12
	case has("\x06\xa0") && bytes.HasPrefix(elements[0], []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07")):
		return FormPKCS7
	}
	return NoForm
}

// isAlgorithm reports whether the content of a sequence is an object identifier, and perhaps one
// element that belongs to it.
func isAlgorithm(s cryptobyte.String) bool {
	var tag asn1.Tag
	if !s.SkipASN1(asn1.OBJECT_IDENTIFIER) {
		return false
	}
	return s.Empty() || s.ReadAnyASN1(new(cryptobyte.String), &tag) && s.Empty()
}

// element returns the element that DER starts with, or nothing.
func element(b cryptobyte.String) []byte {
	var e cryptobyte.String
	var tag asn1.Tag
	b.ReadAnyASN1Element(&e, &tag)
	return e
}
