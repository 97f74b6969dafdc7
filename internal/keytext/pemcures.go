package keytext

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/jwt/internal/excerpt"
)

// rewritable is the refusal of a key that openssl writes as it should be.
type rewritable struct {
	text    string
	options string // of openssl, that the rewriting needs
}

func (r rewritable) Error() string { return r.text }

// Options of openssl for keys of elliptic curves.
const (
	namedCurve   = " -ec_param_enc named_curve"
	uncompressed = " -ec_conv_form uncompressed"
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

// explain puts an error of a parser into words that say what to do with the block.
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
	if label := labelOf(b.der); label != "" && label != b.label {
		return fmt.Errorf("the PEM block says %s and holds what belongs into %s: `sed 's/%s-----/%s-----/' FILE` corrects it", excerpt.Quote(b.label), excerpt.Quote(label), b.label, label)
	}
	if structural := (asn1.StructuralError{}); errors.As(err, &structural) { // says nothing to who has not written the parser
		return fmt.Errorf("the content of the PEM block %s is not what its label says", excerpt.Quote(b.label))
	}
	return fmt.Errorf("the content of the PEM block %s is not what its label says, or not supported: %w", excerpt.Quote(b.label), abridged{err})
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

// checkCurve fails unless EC PARAMETERS beside the key say what the key says itself.
func (b *block) checkCurve(key crypto.PublicKey) error {
	if b.curve == nil {
		return nil
	}
	if ec, ok := key.(*ecdsa.PublicKey); !ok || ec.Curve != b.curve {
		return rewritable{fmt.Sprintf("the EC PARAMETERS beside the key name %s, which is not its curve", b.curve.Params().Name), ""}
	}
	return nil
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

// noCure refuses a key that no program can make usable.
func noCure(what string) error {
	return fmt.Errorf("this is %s: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. No command changes that: make another key, such as `ssh-keygen -t ed25519` does", what)
}

// repairs writes a PEM text anew whose line breaks were lost, escaped or added to, or that has
// quotes or other text around it in its lines. Perl is on every Debian and macOS machine.
const repairs = `perl -0ne '($h,$b,$t)=/(-+BEGIN [^-]+-+)(.*?)(-+END [^-]+-+)/s; $b=~s/\\[nr]|[^\w+\/=]//g; print "$h\n$b\n$t\n"' FILE`

// mangledBy is the refusal of a PEM text that is whole but for its layout.
func mangledBy(format string, args ...any) error {
	return fmt.Errorf(format+": `"+strings.ReplaceAll(repairs, "%", "%%")+"` writes it anew", args...)
}

// mangled says what has happened to a text that has a PEM block in it, which begins no line.
func mangled(text string) error {
	before, after, _ := strings.Cut(text, beginsBlock)
	line := before[strings.LastIndexAny(before, "\r\n")+1:]
	switch {
	case strings.Contains(after, `\n`):
		return mangledBy(`the line breaks of the PEM text are written \n, and perhaps quotes stand around it`)
	case strings.TrimLeft(line, " \t") == "" && line != "":
		return mangledBy("the lines of the PEM text are indented")
	case line != "":
		return mangledBy("there are quotes or other text before the PEM block in its first line")
	case strings.Contains(after, "\r") && !strings.Contains(after, "\n"):
		return mangledBy("the line breaks of the PEM text are carriage returns alone")
	}
	return mangledBy("the line breaks of the PEM text are lost, or were turned into blanks")
}

// encodedOnce says what a text is that is nothing but a key in base64 or hex, or nil.
func encodedOnce(text string) error {
	digits := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
	decoder, plain := "xxd -r -p FILE", []byte(nil)
	var err error
	if plain, err = hex.DecodeString(digits); err != nil {
		decoder = "base64 -d FILE"
		if plain, err = base64.StdEncoding.DecodeString(digits); err != nil {
			return nil
		}
	}
	if text := string(plain); isPEM(text) || strings.HasPrefix(text, "ssh-") || strings.HasPrefix(text, "ecdsa-") || strings.HasPrefix(text, "{") {
		return fmt.Errorf("this is a key text that is encoded once more: `%s` decodes it", decoder)
	}
	switch form := derForm(plain); form {
	case FormPublicDER, FormPrivateDER, FormCertificate, FormPKCS7:
		command, purpose, _ := strings.Cut(strings.TrimPrefix(cures[form], "`"), " -in FILE")
		return fmt.Errorf("this is %s, encoded once more: `%s | %s%s", form, decoder, command, purpose)
	}
	return nil
}

// keyInJSON says which member of a JSON object that is no JWK has the key, or returns err.
func keyInJSON(text string, err error) error {
	var members map[string]any
	if !strings.Contains(text, beginsBlock) || json.Unmarshal([]byte(text), &members) != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if value, ok := members[name].(string); ok && isPEM(strings.TrimLeft(value, blanks)) {
			what := "JSON that is no JWK"
			if members["type"] == "service_account" {
				what = "the JSON of a Google service account"
			}
			return fmt.Errorf("this is %s: its member %s is the key: decode the JSON, and pass that text alone", what, excerpt.Quote(name))
		}
	}
	return err
}
