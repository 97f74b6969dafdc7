package keytext

import (
	"bytes"
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

// cures say how to convert a key into a form that this package reads.
var cures = map[Form]string{
	FormRFC4716:     "`ssh-keygen -i -f FILE` prints it as an OpenSSH line",
	FormPuTTY:       "`puttygen FILE -O private-openssh-new -o OUT` writes the private key, and -O public-openssh the public one",
	FormSSHPrivate:  "want it between the BEGIN and END lines of OPENSSH PRIVATE KEY",
	FormPublicDER:   "`openssl pkey -pubin -inform DER -in FILE` writes it as PEM",
	FormPrivateDER:  "`openssl pkey -inform DER -in FILE` writes it as PEM",
	FormCertificate: "`openssl x509 -inform DER -in FILE` writes it as PEM",
	FormRequest:     "`openssl req -pubkey -noout -inform DER -in FILE` prints its public key",
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
	case FormXML:
		return fmt.Errorf("this is %s: want %s", form, want)
	case FormRFC4716, FormPuTTY, FormSSHPrivate:
		return fmt.Errorf("this is %s: %s", form, cures[form])
	default:
		return fmt.Errorf("this is %s with something around it, or encoded once more: want %s", form, want)
	}
}

// notPrivate says what a text is that is neither PEM nor JWK.
func notPrivate(text string) error {
	if isLine(text) {
		return found(PublicKey, "this is %s: it can't sign; use ParsePublicKey", FormSSHPublic)
	}
	return notAKey(text, "the private key alone, in PEM or OpenSSH format or as a JWK")
}

// isLine reports whether a text has a line of OpenSSH in it, as it is.
func isLine(text string) bool {
	return Recognise([]byte(text)) == FormSSHPublic && encodedOnce(text) == nil
}

// repairs writes a PEM text anew whose line breaks were lost, escaped or added to, or that has
// quotes or other text around it in its lines. Perl is on every Debian and macOS machine.
const repairs = `perl -0ne '($h,$b,$t)=/(-+BEGIN [^-]+-+)(.*?)(-+END [^-]+-+)/s; $b=~s/\\[nr]|[^\w+\/=]//g; print "$h\n$b\n$t\n"' FILE`

// mangledBy rejects a PEM text that is complete except for its layout.
func mangledBy(format string, args ...any) error {
	return fmt.Errorf(format+": `"+strings.ReplaceAll(repairs, "%", "%%")+"` writes it anew", args...)
}

// mangled says what has happened to a text that has a PEM block in it, which begins no line.
func mangled(text string) error {
	before, after, _ := strings.Cut(text, beginsBlock)
	line := before[strings.LastIndexAny(before, "\r\n")+1:]
	switch {
	case !strings.Contains(after, "-----END "):
		return errors.New("the PEM text has no end line: it is damaged")
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

// anyBase64 decodes base64 in either alphabet, padded or not.
const anyBase64 = "perl -MMIME::Base64 -0ne 'tr{-_}{+/}; print decode_base64($_)' FILE"

// encodedOnce says what a text is that is nothing but a key in base64 or hex, or nil. The commands
// ignore line breaks of Windows, which GNU's base64 does with -i alone.
func encodedOnce(text string) error {
	digits := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
	decoder, plain := "xxd -r -p FILE", []byte(nil)
	var err error
	if plain, err = hex.DecodeString(digits); err != nil {
		decoder = "base64 -di FILE"
		if plain, err = base64.StdEncoding.DecodeString(digits); err != nil {
			decoder = anyBase64
			digits = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(digits, "="))
			if plain, err = base64.RawStdEncoding.DecodeString(digits); err != nil {
				return nil
			}
		}
	}
	switch form := derForm(plain); {
	case form == FormPKCS12:
		return fmt.Errorf("this is %s, encoded once more: `%s > OUT` decodes it, and %s", form, decoder, strings.ReplaceAll(cures[form], "FILE", "OUT"))
	case form != NoForm:
		command, purpose, _ := strings.Cut(strings.TrimPrefix(cures[form], "`"), " -in FILE")
		return fmt.Errorf("this is %s, encoded once more: `%s | %s%s", form, decoder, command, purpose)
	case bytes.IndexByte(plain, 0) < 0 && Recognise(plain) != NoForm: // a text, unlike the blobs of OpenSSH
		return fmt.Errorf("this is a key text that is encoded once more: `%s` decodes it", decoder)
	}
	return nil
}

// keyInJSON says which member of a JSON object that is no JWK has the key, or returns err.
func keyInJSON(text string, err error) error {
	var members map[string]any
	if !strings.Contains(text, beginsBlock) || json.Unmarshal([]byte(text), &members) != nil {
		return err
	}
	if kty, _ := members["kty"].(string); slices.Contains(ktys, kty) || members["keys"] != nil { // beside whose numbers some issuers put PEM
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if value, _ := members[name].(string); isPEM(strings.TrimLeft(value, blanks)) {
			what := "JSON that is no JWK"
			if members["type"] == "service_account" {
				what = "the JSON of a Google service account"
			}
			return fmt.Errorf("this is %s: its member %s is the key: decode the JSON, and pass that text alone", what, excerpt.Quote(name))
		}
	}
	return errors.New("this is JSON that is no JWK, and has a PEM text somewhere in it: decode the JSON, and pass that text alone")
}
