package keytext

import (
	"encoding/base64"
	"strings"
)

// maxKeyText bounds the text of one key.
const maxKeyText = 64 << 10

// What may stand around a key: white space, and before it what editors on Windows write.
const (
	blanks        = " \t\r\n"
	byteOrderMark = "\ufeff"
)

// How the texts of PEM and the content of OpenSSH private keys begin.
const (
	beginsBlock  = "-----BEGIN "
	openSSHMagic = "openssh-key-v1\x00"
)

// isPEM reports whether a line of the text begins a block.
func isPEM(text string) bool {
	return strings.HasPrefix(text, beginsBlock) || strings.Contains(text, "\n"+beginsBlock)
}

// strictBase64 decodes standard base64 with padding, and nothing but its one spelling.
func strictBase64(text string) ([]byte, bool) {
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	return b, err == nil
}
