package keytext

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

// isName reports whether the name of a key type, which is short enough to occur in random
// base64url, is one: its length is before it, or it is in a text, and there not in a long word
// whose other digits look random.
func isName(b []byte, at int) bool {
	if at > 0 && b[at-1] < '\t' || at > 1 && b[at-2] == 0 {
		return true
	}
	inWord := func(c byte) bool { return isAlnum(c) || c == '-' || c == '_' || c == '\r' || c == '\n' }
	from, to, random := at, at, 0
	for from > 0 && at-from < 64 && inWord(b[from-1]) {
		from--
	}
	for to < len(b) && to-at < 64 && inWord(b[to]) {
		to++
	}
	for _, c := range b[from:to] {
		if 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			random++
		}
	}
	return inText(b, at, 12) && (to-from < 32 || 5*random < to-from)
}

// isMember reports whether "kty" has a registered value (RFC 7518, Section 7.4), or whether it is
// a quoted name with any value, as "keys" must be. If it has but one of these, more must be text.
func isMember(b []byte, at int) bool {
	isSet := b[at+1] == 'e'
	from := at + len("kty")
	if isSet {
		from = at + len("keys")
	}
	to, apart := from, false
	for to < len(b) && isText(b[to]) && !isAlnum(b[to]) {
		apart = apart || !strings.ContainsRune("+/-_", rune(b[to])) // digits of base64 separate nothing
		to++
	}
	if !apart {
		return false
	}
	const quotes = `"'`
	between := string(b[from:to])
	quoted := at > 0 && strings.IndexByte(quotes, b[at-1]) >= 0 && strings.IndexAny(between, quotes) == 0 && strings.ContainsAny(between, ":=")
	known := !isSet && slices.ContainsFunc([]string{"RSA", "EC", "OKP", "oct", "AKP"}, func(value string) bool {
		return bytes.HasPrefix(b[to:], []byte(value))
	})
	return quoted && known || (quoted || known) && inText(b, at, 24)
}

// inText reports whether at least so many bytes around a place are text, or all of b.
func inText(b []byte, at, least int) bool {
	from, to := at, at
	for from > 0 && at-from < least {
		r, n := utf8.DecodeLastRune(b[:from])
		if n < 2 && !isText(byte(r)) {
			break
		}
		from -= n
	}
	for to < len(b) && to-at < least {
		r, n := utf8.DecodeRune(b[to:])
		if n < 2 && !isText(byte(r)) {
			break
		}
		to += n
	}
	return to-from >= least || to-from == len(b)
}

// isEdwards reports whether one of the short identifiers of Edwards curves stands alone in its
// sequence, or before a key of its length.
func isEdwards(b []byte, at int) bool {
	rest := b[at+4:]
	if len(rest) < 2 || rest[0] < 0x6e || rest[0] > 0x71 {
		return false
	}
	rest = rest[1:]
	return at > 1 && b[at-2] == 0x30 && b[at-1] == 5 && bytes.IndexByte([]byte("\x03\x04\x30"), rest[0]) >= 0 ||
		len(rest) > 2 && (rest[0] == 3 && rest[2] == 0 || rest[0] == 4 && rest[2] == 4) && bytes.IndexByte([]byte("\x21\x22\x39\x3a\x3b"), rest[1]) >= 0
}

// isRSA reports whether a sequence starts like a PKCS #1 key of 2048 bits and more: with a
// positive modulus that leaves room for an exponent of at most eight bytes in a public key.
func isRSA(b []byte, at int) bool {
	b = b[at+2:]
	if len(b) < 2 {
		return false
	}
	size := int(binary.BigEndian.Uint16(b))
	b, private := bytes.CutPrefix(b[2:], []byte("\x02\x01\x00"))
	if len(b) < 6 || b[0] != 2 || b[1] != 0x82 || b[4] != 0 || b[5] < 0x80 {
		return false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	left := size - 4 - n
	return 256 < n && n <= 2049 && (private && left > n || left > 2 && left < 11)
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
func isDigit(c byte) bool { return isAlnum(c) || c == '+' || c == '/' }
func isHex(c byte) bool   { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
func isText(c byte) bool  { return ' ' <= c && c <= '~' || '\t' <= c && c <= '\r' }

func isHidden(c byte) bool { return c == 0 || c == '%' || c == '\\' || c >= 0xc2 }
