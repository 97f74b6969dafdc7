package strictjson

import (
	"math/bits"
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

// unquotable returns the offset of the first byte from i on that has to be escaped or is not ASCII,
// or len(s).
func unquotable(s string, i int) int {
	for ; i <= len(s)-8; i += 8 {
		x := word(s[i:])
		if stop := interrupts(x) | x&highBits; stop != 0 {
			return i + bits.TrailingZeros64(stop)>>3
		}
	}
	if i < len(s) && len(s) >= 8 {
		if x := word(s[len(s)-8:]); interrupts(x)|x&highBits == 0 {
			return len(s)
		}
	}
	for i < len(s) && s[i] >= 0x20 && s[i] != '"' && s[i] != '\\' && s[i] < utf8.RuneSelf {
		i++
	}
	return i
}

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
