package keytext

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

const (
	// maxGuessed bounds how many places of a text are looked at as the start of a key.
	maxGuessed = 64
	// leastModulus is the size in bits from which two numbers in DER are an RSA key.
	leastModulus = 512
	// maxWireKind bounds the name of an ssh key type, in bytes.
	maxWireKind = 64
	// pemInBase64 and opensshInBase64 are how the base64 of such texts starts.
	pemInBase64     = "LS0tLS1CRUdJTi"
	opensshInBase64 = "b3BlbnNzaC1rZXktdj"
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
	FormJWK         Form = "a JWK or JWK Set"
)

// Recognise says what a secret really is, if it is a public or private key in any of
// the usual forms, also in base64 or inside a JSON string. A public key that passes for a
// secret lets anybody sign (RFC 8725, Section 2.1). Random bytes must never be taken for a
// key, so it judges by a full parse wherever a short prefix could occur among them.
func Recognise(secret []byte) Form {
	if form := plainForm(secret); form != NoForm {
		return form
	}
	if len(secret) > maxSetText {
		return NoForm
	}
	return encodedForm(string(secret))
}

// plainForm finds keys that are not encoded once more.
func plainForm(b []byte) Form {
	text := string(b)
	switch {
	case strings.Contains(text, "-----BEGIN "):
		return FormPEM
	case strings.Contains(text, "---- BEGIN SSH2 "):
		return FormRFC4716
	case strings.Contains(text, "PuTTY-User-Key-File-"):
		return FormPuTTY
	case strings.Contains(text, openSSHMagic):
		return FormSSHPrivate
	case isWireKey(bytes.TrimLeft(b, " \t\r\n")):
		return FormSSHPublic
	case isJWKText(text), strings.Contains(text, `\`) && isJWKText(unescape(text)):
		return FormJWK
	}
	return derForm(b)
}

// encodedForm finds the base64 of keys, in lines or not, with whatever stands around it.
// Both alphabets are read.
func encodedForm(text string) Form {
	words := strings.FieldsFunc(strings.NewReplacer("-", "+", "_", "/").Replace(unescape(text)), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '+' && r != '/'
	})
	rest := strings.Join(words, "")
	switch {
	case strings.Contains(rest, pemInBase64):
		return FormPEM
	case strings.Contains(rest, opensshInBase64):
		return FormSSHPrivate
	}
	if b, err := base64.RawStdEncoding.DecodeString(rest); err == nil && len(b) > 0 {
		if form := Recognise(b); form != NoForm {
			return form
		}
	}
	guesses := 0
	for _, word := range words {
		if strings.HasPrefix(rest, "AAAA") || strings.HasPrefix(rest, "M") {
			if form := formAt(rest); form != NoForm {
				return form
			}
			if guesses++; guesses == maxGuessed {
				break
			}
		}
		rest = rest[len(word):]
	}
	return NoForm
}

// formAt finds a key at the start of a text in base64, whatever follows it: the first
// bytes say how long it is.
func formAt(text string) Form {
	head, _ := base64.RawStdEncoding.DecodeString(text[:len(text)&^3])
	if isWireKey(head) {
		return FormSSHPublic
	}
	var size int
	switch {
	case len(head) < 6 || head[0] != 0x30:
		return NoForm
	case head[1] < 0x80:
		size = 2 + int(head[1])
	case head[1] == 0x81:
		size = 3 + int(head[2])
	case head[1] == 0x82:
		size = 4 + int(binary.BigEndian.Uint16(head[2:]))
	default: // no key is as long as that
		return NoForm
	}
	digits := (8*size + 5) / 6
	if digits > len(text) {
		return NoForm
	}
	b, _ := base64.RawStdEncoding.DecodeString(text[:digits])
	return derForm(b)
}

// unescape undoes the escapes of a JSON string, once or more, as far as a key text has
// any; environment variables have line breaks as \n too.
func unescape(text string) string {
	return strings.NewReplacer(`\n`, " ", `\r`, " ", `\t`, " ", `\`, "").Replace(text)
}

// isWireKey tells an ssh public key by the name of its type and a field that fits after it.
func isWireKey(b []byte) bool {
	kind := wireKind(b)
	if rest := b[min(len(b), 4+len(kind)):]; len(rest) < 4 || uint64(binary.BigEndian.Uint32(rest)) > uint64(len(rest)-4) {
		return false
	}
	for _, prefix := range [...]string{"ssh-rsa", "ssh-dss", "ssh-ed25519", "ssh-ed448", "ssh-xmss", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "webauthn-sk-", "rsa-sha2-"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// wireKind returns the type that an ssh public key names, with its length before it, or "".
func wireKind(b []byte) string {
	if len(b) < 8 || binary.BigEndian.Uint32(b) > maxWireKind {
		return ""
	}
	n := int(binary.BigEndian.Uint32(b))
	if len(b) <= 4+n {
		return ""
	}
	return string(b[4 : 4+n])
}

// derForm parses the structures that keys come in, whatever their algorithm. White space
// around them is what an editor or a shell leaves.
func derForm(b []byte) Form {
	b = bytes.TrimLeft(b, " \t\r\n")
	parses := func(structure any) bool {
		rest, err := asn1.Unmarshal(b, structure)
		return err == nil && len(bytes.TrimSpace(rest)) == 0
	}
	if !parses(new([]asn1.RawValue)) {
		return NoForm
	}
	type (
		algorithm = pkix.AlgorithmIdentifier
		content   struct { // RFC 2315, Section 7
			Type    asn1.ObjectIdentifier
			Content asn1.RawValue `asn1:"explicit,tag:0"`
		}
	)
	var rsa struct{ N, E *big.Int }
	var ec struct {
		Version int
		Key     []byte
	}
	var pfx struct {
		Version int
		Safe    content
	}
	switch {
	case parses(new(struct {
		Algorithm algorithm
		Key       asn1.BitString
	})):
		return FormPublicDER
	case parses(new(struct {
		Content   asn1.RawValue
		Algorithm algorithm
		Signature asn1.BitString
	})):
		return FormCertificate
	case parses(new(struct {
		Version   int
		Algorithm algorithm
		Key       []byte
	})), parses(new(struct {
		Algorithm algorithm
		Encrypted []byte
	})), parses(new(struct{ Version, N, E, D, P, Q *big.Int })), parses(&ec) && ec.Version == 1:
		return FormPrivateDER
	case parses(&rsa) && rsa.N.BitLen() >= leastModulus:
		return FormPublicDER
	case parses(&pfx) && pfx.Version == 3:
		return FormPKCS12
	case parses(new(content)):
		return FormPKCS7
	}
	return NoForm
}

// isJWKText finds a JWK or a JWK Set, with whatever stands around it.
func isJWKText(text string) bool {
	for range maxGuessed {
		at := strings.IndexByte(text, '{')
		if at < 0 {
			return false
		}
		var one map[string]json.RawMessage
		if json.NewDecoder(strings.NewReader(text[at:])).Decode(&one) == nil && (one["kty"] != nil || one["keys"] != nil) {
			return true
		}
		text = text[at+1:]
	}
	return false
}

// cures say how a key comes into a form that this package reads.
var cures = map[Form]string{
	FormRFC4716:     "`ssh-keygen -i -f FILE` prints it as an OpenSSH line",
	FormPuTTY:       "`puttygen FILE -O private-openssh-new -o OUT` writes the private key, and -O public-openssh the public one",
	FormSSHPrivate:  "want it between the BEGIN and END lines of OPENSSH PRIVATE KEY",
	FormPublicDER:   "`openssl pkey -pubin -inform DER -in FILE` writes it as PEM",
	FormPrivateDER:  "`openssl pkey -inform DER -in FILE` writes it as PEM",
	FormCertificate: "`openssl x509 -inform DER -in FILE` writes a certificate as PEM",
	FormPKCS7:       "`openssl pkcs7 -inform DER -print_certs -in FILE` prints its certificates: want one of them",
	FormPKCS12:      "`openssl pkcs12 -nocerts -nodes -in FILE | openssl pkey` writes its private key as PEM, and `openssl pkcs12 -nokeys -clcerts -in FILE | openssl x509` its certificate",
}

// notAKey says what a text is that no parser takes, and what to do about it.
func notAKey(text, want string) error {
	switch form := Recognise([]byte(text)); form {
	case NoForm:
		return fmt.Errorf("this is not the text of a key: want %s", want)
	case FormPublicDER, FormPrivateDER, FormCertificate, FormPKCS7, FormPKCS12:
		return fmt.Errorf("this is %s, in base64: `base64 -d` decodes it, then %s", form, cures[form])
	case FormPEM, FormJWK, FormSSHPublic:
		return fmt.Errorf("this is %s with something around it, or encoded once more: want %s", form, want)
	default:
		return fmt.Errorf("this is %s: %s", form, cures[form])
	}
}

// notPrivate says what a text is that is neither PEM nor JWK.
func notPrivate(text string) error {
	if Recognise([]byte(text)) == FormSSHPublic {
		return found(PublicKey, "this is %s: it can't sign; use ParsePublicKey", FormSSHPublic)
	}
	return notAKey(text, "the private key alone, in PEM or OpenSSH format or as a JWK")
}
