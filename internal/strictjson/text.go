package strictjson

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Unquote returns the decoded text of a string, given with its quotes. The string must be one that
// a Scanner has accepted. The result is a substring of it unless it has an escape.
func Unquote(raw string) string {
	s := raw[1 : len(raw)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return unescape(s)
}

// unescape is not inlined, so that the methods of Member can be.
//
//go:noinline
func unescape(s string) string { return string(appendUnescaped(make([]byte, 0, len(s)), s)) }

// appendUnescaped appends the decoded text of what is between the quotes of a valid string.
func appendUnescaped(dst []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, _ := hex4(s, 0)
			s = s[4:]
			if utf16.IsSurrogate(r) {
				low, _ := hex4(s, 2)
				r, s = utf16.DecodeRune(r, low), s[6:]
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
}

// AppendQuote appends s as a JSON string, exactly as encoding/json does with SetEscapeHTML(false).
// If s is not valid UTF-8, it returns dst unchanged and false.
func AppendQuote(dst []byte, s string) ([]byte, bool) {
	if !isPlain(s) {
		return appendAny(dst, s)
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"'), true
}

// isPlain reports whether a string consists of ASCII characters that stand for themselves in JSON.
func isPlain(s string) bool {
	if len(s) < 8 {
		for i := range len(s) {
			if !isPlainByte(s[i]) {
				return false
			}
		}
		return true
	}
	for i := 0; i < len(s)-8; i += 8 {
		if !arePlain(word(s[i:])) {
			return false
		}
	}
	return arePlain(word(s[len(s)-8:])) // overlaps with the word before
}

// arePlain is isPlain for eight bytes. It takes the differences of interrupts: a byte beyond ASCII
// keeps its high bit in one of them.
func arePlain(x uint64) bool {
	return ((x^0x02*ones-0x21*ones)|(x^'\\'*ones-ones))&highBits == 0
}

// appendAny is AppendQuote for any string.
func appendAny(dst []byte, s string) ([]byte, bool) {
	n := len(dst)
	dst = append(dst, '"')
	done := 0
	for i := 0; ; {
		i = unquotable(s, i)
		if i >= len(s) {
			dst = append(dst, s[done:]...)
			return append(dst, '"'), true
		}
		if s[i] < utf8.RuneSelf {
			dst = append(dst, s[done:i]...)
			dst = appendEscaped(dst, s[i])
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if size == 1 { // no character beyond ASCII is so short
			return dst[:n], false
		}
		if r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[done:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, '8'+byte(r&1))
			done = i + size
		}
		i += size
	}
}

// unquotable returns the offset of the first byte from i on that is not plain, or len(s).
func unquotable(s string, i int) int {
	for i <= len(s)-8 && arePlain(word(s[i:])) {
		i += 8
	}
	for i < len(s) && isPlainByte(s[i]) {
		i++
	}
	return i
}

func isPlainByte(c byte) bool { return c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf }

// appendEscaped appends the escape of an ASCII character that a string can't hold as it is.
func appendEscaped(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
	case '\b':
		c = 'b'
	case '\f':
		c = 'f'
	case '\n':
		c = 'n'
	case '\r':
		c = 'r'
	case '\t':
		c = 't'
	default:
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	return append(dst, '\\', c)
}
