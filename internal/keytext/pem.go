package keytext

import (
	"crypto/elliptic"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/excerpt"
)

// Labels of PEM blocks (RFC 7468).
const (
	ecParameters   = "EC PARAMETERS"
	pkcs8Label     = "PRIVATE KEY"
	pkcs1Label     = "RSA PRIVATE KEY"
	sec1Label      = "EC PRIVATE KEY"
	opensshLabel   = "OPENSSH PRIVATE KEY"
	encryptedLabel = "ENCRYPTED PRIVATE KEY"
	pkixLabel      = "PUBLIC KEY"
	rsaPublicLabel = "RSA PUBLIC KEY"
	certLabel      = "CERTIFICATE"
)

// block is one block of PEM.
type block struct {
	label string
	body  string // the lines between the first and the last
	der   []byte
	curve elliptic.Curve // of EC PARAMETERS beside it, or nil
}

// readPEM reads the blocks of a text. What stands around them is explanation (RFC 7468, Section
// 5.2), as `openssl x509 -text` and `openssl pkcs12` write, and has no mark of a key in it.
func readPEM(text string) ([]block, error) {
	var blocks []block
	var around strings.Builder
	for text != "" {
		text = strings.TrimPrefix(text, byteOrderMark) // of a file that was appended to another
		if !strings.HasPrefix(text, beginsBlock) {
			line, rest, _ := strings.Cut(text, "\n")
			around.WriteString(line)
			around.WriteByte('\n')
			text = rest
			continue
		}
		b, rest, err := readBlock(text)
		if err != nil {
			return nil, err
		}
		blocks, text = append(blocks, b), rest
	}
	if form := Recognise([]byte(around.String())); form != NoForm {
		return nil, fmt.Errorf("there is %s beside the PEM block: `sed -n '/^-----BEGIN/,/^-----END/p' FILE` leaves it out", form)
	}
	return blocks, nil
}

// readBlock reads the block that text starts with, and returns what follows its last line.
func readBlock(text string) (b block, rest string, err error) {
	first, body, _ := strings.Cut(text, "\n")
	label, ends := strings.CutSuffix(strings.TrimPrefix(strings.TrimRight(first, blanks), beginsBlock), "-----")
	if !ends || strings.Contains(label, "-----") {
		return b, "", mangled(text)
	}
	body, rest, ok := strings.Cut(body, "-----END "+label+"-----")
	if !ok || strings.Contains(body, "-----") {
		return b, "", fmt.Errorf("the PEM block %s has no end line", excerpt.Quote(label))
	}
	end, rest, _ := strings.Cut(rest, "\n")
	if strings.Trim(end, blanks) != "" {
		return b, "", mangledBy("there is text after the end line of the PEM block")
	}
	if body != "" && !strings.HasSuffix(body, "\n") {
		return b, "", mangledBy("the end of the PEM block is not a line of its own (are the lines indented?)")
	}
	return block{label: label, body: body}, rest, nil
}

// decode reads the DER of the block. It is stricter than encoding/pem: no headers, no junk,
// canonical base64. The lines may have any length, since programs differ in it: 64 digits (RFC
// 7468, Section 2), 70 (OpenSSH), 76, or all in one line.
func (b *block) decode() error {
	if strings.Contains(b.body, "Proc-Type:") {
		return found(Encrypted, "this is an encrypted PEM key (RFC 1423), which WithPassphrase does not read: `openssl pkey -in FILE` decrypts it, and `openssl pkcs8 -topk8 -in FILE` encrypts it anew as PKCS #8")
	}
	if strings.Contains(b.body, ":") {
		return errors.New("the PEM block has headers: `sed '/:/d;/^$/d' FILE` leaves them out")
	}
	var digits strings.Builder
	for line := range strings.Lines(b.body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line == "" || strings.Trim(line, blanks) != line {
			return mangledBy("the PEM block %s has blanks or blank lines in it", excerpt.Quote(b.label))
		}
		digits.WriteString(line)
	}
	der, ok := strictBase64(digits.String())
	if !ok {
		return fmt.Errorf("the PEM block %s is not canonical base64 in lines without blanks: it is damaged", excerpt.Quote(b.label))
	}
	b.der = der
	return nil
}
