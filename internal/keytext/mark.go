package keytext

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mark is a sequence of bytes by which a key text is recognised, whole or damaged.
type mark struct {
	text string
	form Form
	sure func(text []byte, at int) bool // nil if the text alone is enough
}

// marks are by their first byte. A random secret contains none of them, whether as raw bytes, in
// base64 or in hex, with a chance of more than 2^-48: raw bytes of 64 and the four alignments of
// their base64 offer less than 2^9 places, so that a mark needs 58 bits of its own. Eight bytes
// have 64, ten digits of base64url 60; a mark that is shorter, or that may be longer by what it
// stands among, has a func that asks for the rest. None is spelled in hexadecimal digits alone, in
// base64 either. Marks without NUL are found in UTF-16, too.
var marks = [256][]mark{
	'-': {
		{"-----BEGIN", FormPEM, nil}, {"--BEGIN ", FormPEM, nil}, {"--BEGIN+", FormPEM, nil}, {"-----END ", FormPEM, nil},
		{"-- BEGIN SSH2", FormRFC4716, nil}, {"--+BEGIN+SSH2", FormRFC4716, nil}, {"-- END SSH2 ", FormRFC4716, nil},
	},
	'P': {{"PuTTY-User-Key-File", FormPuTTY, nil}},
	'R': {{"RSAKeyValue", FormXML, nil}},
	'o': {{"openssh-key-v1", FormSSHPrivate, nil}},
	'e': {{"ecdsa-sha2-", FormSSHPublic, nil}},
	'w': {{"webauthn-sk-", FormSSHPublic, nil}},
	'r': {{"rsa-sha2-", FormSSHPublic, isName}},
	's': {
		{"ssh-ed25519", FormSSHPublic, nil},
		{"ssh-rsa", FormSSHPublic, isName}, {"ssh-dss", FormSSHPublic, isName}, {"ssh-ed448", FormSSHPublic, isName},
		{"ssh-xmss", FormSSHPublic, isName}, {"ssh-mldsa", FormSSHPublic, isName},
		{"sk-ssh-", FormSSHPublic, isName}, {"sk-ecdsa-", FormSSHPublic, isName},
	},
	'k': {{"kty", FormJWK, isMember}, {"keys", FormJWK, isMember}},
	'K': {{"Kty", FormJWK, isMember}},
	// object identifiers in DER, the shorter ones from their length on
	0x2a: {
		{"\x2a\x86\x48\x86\xf7\x0d\x01\x01", FormDER, nil}, // PKCS #1: RSA, RSASSA-PSS
		{"\x2a\x86\x48\x86\xf7\x0d\x01\x05", FormDER, nil}, // PKCS #5: PBES2
		{"\x2a\x86\x48\x86\xf7\x0d\x01\x07", FormDER, nil}, // PKCS #7, in which PKCS #12 is
		{"\x2a\x86\x48\x86\xf7\x0d\x01\x0c", FormDER, nil}, // PKCS #12
	},
	0x07: {
		{"\x07\x2a\x86\x48\xce\x3d\x02\x01", FormDER, nil}, // EC
		{"\x07\x2a\x86\x48\xce\x3d\x01\x01", FormDER, nil}, // the field of explicit parameters
		{"\x07\x2a\x86\x48\xce\x38\x04\x01", FormDER, nil}, // DSA
	},
	0x08: {{"\x08\x2a\x86\x48\xce\x3d\x03\x01", FormDER, nil}}, // P-256 and older curves
	0xa0: {{"\xa0\x07\x06\x05\x2b\x81\x04\x00", FormDER, nil}}, // P-384, P-521, secp256k1 in SEC 1
	0x60: {{"\x60\x86\x48\x01\x65\x03\x04\x03", FormDER, nil}}, // ML-DSA, SLH-DSA
	0x06: {{"\x06\x03\x2b\x65", FormDER, isEdwards}},           // Ed25519, Ed448, X25519, X448
	0x30: {{"\x30\x82", FormDER, isRSA}},                       // PKCS #1, which has none
}

// search looks for marks in a text and in whatever it is an encoding of. It tries every
// decoding that is possible, since a wrong guess decodes to noise, which ends the search.
type search struct {
	left int // bytes that may still be looked at: bounds the work for texts made to mislead
}

// Recognise returns what a secret really is or contains: a public or private key, whole or damaged,
// or the name of its type, whatever surrounds it, encoded in base64, hex, percent or backslash
// escapes or UTF-16, once or repeatedly. With a public key that passes for a secret, anyone could
// sign (RFC 8725, Section 2.1).
func Recognise(secret []byte) Form {
	s := search{left: 16*len(secret) + 4096}
	return s.view(secret)
}

func (s *search) view(b []byte) Form {
	if s.left -= len(b); s.left < 0 {
		return NoForm
	}
	if form := derForm(b); form != NoForm {
		return form
	}
	hidden := false
	for i, c := range b {
		for _, m := range marks[c] {
			if len(b)-i >= len(m.text) && string(b[i:i+len(m.text)]) == m.text && (m.sure == nil || m.sure(b, i)) {
				return m.form
			}
		}
		hidden = hidden || isHidden(c)
	}
	if hidden {
		if plain := unescape(b); len(plain) < len(b) {
			return s.view(plain)
		}
	}
	for len(b) > 0 {
		n := 0
		for n < len(b) && isText(b[n]) {
			n++
		}
		if n >= 8 { // the base64 of no mark is shorter
			if form := s.text(b[:n]); form != NoForm {
				return form
			}
		}
		b = b[min(n+1, len(b)):]
	}
	return NoForm
}

// text decodes a run of text, whatever separates its digits.
func (s *search) text(text []byte) Form {
	var starts []int // of words that could be DER in base64
	digits, hexits := make([]byte, 0, len(text)), make([]byte, 0, len(text))
	inWord := false
	for _, c := range text {
		switch {
		case isHex(c):
			hexits = append(hexits, c)
		case c|0x20 == 'x' && len(hexits) > 0 && hexits[len(hexits)-1] == '0': // 0x30, 0x82
			hexits = hexits[:len(hexits)-1]
		}
		if c == '-' {
			c = '+'
		} else if c == '_' {
			c = '/'
		}
		if !isDigit(c) {
			inWord = false
			continue
		}
		if c == 'M' && !inWord {
			starts = append(starts, len(digits))
		}
		inWord = true
		digits = append(digits, c)
	}
	decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	for skip := range min(4, len(digits)) {
		n, _ := base64.RawStdEncoding.Decode(decoded, digits[skip:])
		for _, at := range starts {
			if at%4 == skip {
				if form := derForm(element(decoded[at/4*3 : n])); form != NoForm {
					return form
				}
			}
		}
		if form := s.view(decoded[:n]); form != NoForm {
			return form
		}
	}
	for skip := range min(2, len(hexits)) {
		n, _ := hex.Decode(decoded, hexits[skip:])
		if form := s.view(decoded[:n]); form != NoForm {
			return form
		}
	}
	return NoForm
}

// unescape drops the NULs of UTF-16, or undoes one level of escapes if there are none.
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, 0) >= 0 {
		return bytes.ReplaceAll(b, []byte{0}, nil)
	}
	plain := make([]byte, 0, len(b))
	for len(b) > 0 {
		c, size := b[0], 1
		if isHidden(c) {
			c, size = escaped(b)
		}
		plain, b = append(plain, c), b[size:]
	}
	return plain
}

// escaped returns the byte that the start of b stands for, and how long that is: an escape by
// percent or backslash, white space of Unicode, a byte that was taken for Latin-1.
func escaped(b []byte) (c byte, size int) {
	if b[0] >= 0x80 {
		r, n := utf8.DecodeRune(b)
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
			return ' ', n
		case r < 0x100:
			return byte(r), n
		}
		return b[0], 1
	}
	for _, escape := range [...]struct {
		mark   string
		digits int
	}{{"%", 2}, {`\x`, 2}, {`\u`, 4}} {
		if text, ok := bytes.CutPrefix(b, []byte(escape.mark)); ok {
			if n, size := hexDigits(text, escape.digits); size > 0 {
				return byte(min(n, 0xff)), len(escape.mark) + size
			}
		}
	}
	if b[0] == '%' || len(b) == 1 {
		return b[0], 1
	}
	if i := strings.IndexByte("abfnrtv", b[1]); i >= 0 {
		return "\a\b\f\n\r\t\v"[i], 2
	}
	return b[1], 2
}

// hexDigits reads a number of count digits. Its size in bytes includes white space between them,
// since a program that wraps lines may break them, too; it is 0 if there are too few digits.
func hexDigits(text []byte, count int) (n, size int) {
	for i, c := range text {
		if c == ' ' || '\t' <= c && c <= '\r' {
			continue
		}
		if !isHex(c) {
			return 0, 0
		}
		digit, _ := strconv.ParseUint(string(rune(c)), 16, 8)
		n = n<<4 | int(digit)
		if count--; count == 0 {
			return n, i + 1
		}
	}
	return 0, 0
}
