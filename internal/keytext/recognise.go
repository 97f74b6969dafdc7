package keytext

import (
	"bytes"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Form describes a text or some bytes in words, for error messages.
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
	FormCertificate Form = "a certificate in DER"
	FormRequest     Form = "a certificate request in DER"
	FormPKCS7       Form = "a PKCS #7 file"
	FormPKCS12      Form = "a PKCS #12 file"
	FormDER         Form = "a key or certificate in DER" // damaged, or among other bytes
	FormJWK         Form = "a JWK or JWK Set"
	FormXML         Form = "an RSA key in XML"
)

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
	has := func(start string) bool { return string(types[:len(start)]) == start }
	version := func(v byte) bool { return len(elements[0]) == 1 && elements[0][0] == v }
	switch {
	case has("\x30\x03") && isAlgorithm(elements[0]):
		return FormPublicDER
	case has("\x30\x30\x03") && isAlgorithm(elements[1]) && isRequest(elements[0]):
		return FormRequest
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

// isRequest reports whether the content of what is signed is that of a certificate request, which
// has a version, a name and a key, and may have attributes (RFC 2986, Section 4.1).
func isRequest(s cryptobyte.String) bool {
	return s.SkipASN1(asn1.INTEGER) && s.SkipASN1(asn1.SEQUENCE) && s.SkipASN1(asn1.SEQUENCE) && (s.Empty() || s.PeekASN1Tag(asn1.Tag(0).ContextSpecific().Constructed()))
}

// element returns the element that DER starts with, or nothing.
func element(b cryptobyte.String) []byte {
	var e cryptobyte.String
	var tag asn1.Tag
	b.ReadAnyASN1Element(&e, &tag)
	return e
}
