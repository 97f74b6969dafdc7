package strictjson

import (
	"math/bits"
	"unicode/utf8"
)

const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
)

// str validates a string from i on, which is behind its opening quote, and returns the offset
// behind its closing quote and whether there is an escape in it. UTF-8 is left to the end of the
// scan.
func (s *Scanner) str(text string, i int) (end int, escaped bool) {
	var high uint64
	for ; i <= len(text)-8; i += 8 {
		x := word(text[i:])
		high |= x
		if stop := interrupts(x); stop != 0 {
			s.high |= high
			i += bits.TrailingZeros64(stop) >> 3
			if text[i] == '"' {
				return i + 1, false
			}
			return s.oddString(text, i)
		}
	}
	s.high |= high
	return s.oddString(text, i)
}

// oddString is str for a string that has an escape, is not well-formed, or reaches into the last
// bytes of the text.
func (s *Scanner) oddString(text string, i int) (end int, escaped bool) {
	for {
		stop, high := run(text, i)
		s.high |= high
		if stop < len(text) && text[stop] == '"' {
			return stop + 1, escaped
		}
		if stop >= len(text) || text[stop] != '\\' {
			return s.invalid(stop), false
		}
		if i = s.escape(text, stop); i < 0 {
			return i, false
		}
		escaped = true
	}
}

// escape validates the escape at i, a surrogate pair as one.
func (s *Scanner) escape(text string, i int) int {
	if i+1 >= len(text) {
		return s.invalid(i + 1)
	}
	switch text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return s.invalid(i + 1)
	}
	r, n := hex4(text, i+2)
	if n < 4 {
		return s.invalid(i + 2 + n)
	}
	if r < 0xD800 || r > 0xDFFF {
		return i + 6
	}
	if r < 0xDC00 && i+7 < len(text) && text[i+6:i+8] == `\u` {
		low, n := hex4(text, i+8)
		if n < 4 {
			return s.invalid(i + 8 + n)
		}
		if 0xDC00 <= low && low <= 0xDFFF {
			return i + 12
		}
	}
	return s.fail(i, faultSurrogate)
}

// number validates the number at i, which begins with a digit or a minus sign.
func (s *Scanner) number(text string, i int) int {
	if text[i]-'1' >= 9 {
		return s.oddNumber(text, i)
	}
	if i <= len(text)-8 && allDigits(word(text[i:])) {
		i += 7
	}
	i++
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	if i < len(text) && (text[i] == '.' || text[i]|0x20 == 'e') {
		return s.fraction(text, i)
	}
	return i
}

// oddNumber is number for one that begins with a minus sign or a zero.
func (s *Scanner) oddNumber(text string, i int) int {
	if text[i] == '-' {
		i++
	}
	start := i
	i = digits(text, i)
	switch {
	case i == start:
		return s.invalid(i)
	case text[start] == '0' && i > start+1:
		return s.invalid(start + 1)
	}
	return s.fraction(text, i)
}

// fraction validates the fraction and the exponent at i, if there are any.
func (s *Scanner) fraction(text string, i int) int {
	if i < len(text) && text[i] == '.' {
		start := i + 1
		if i = digits(text, start); i == start {
			return s.invalid(i)
		}
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		start := i
		if i = digits(text, start); i == start {
			return s.invalid(i)
		}
	}
	return i
}

// literal validates the literal at i.
func (s *Scanner) literal(text string, i int) int {
	rest := text[i:]
	switch {
	case len(rest) >= 4 && (rest[:4] == "true" || rest[:4] == "null"):
		return i + 4
	case len(rest) >= 5 && rest[:5] == "false":
		return i + 5
	}
	return s.fail(i, faultLiteral)
}

// run returns the offset of the first byte from i on that interrupts a string, len(text) if there
// is none, and the OR of the words on the way.
func run(text string, i int) (stop int, high uint64) {
	for ; i <= len(text)-8; i += 8 {
		x := word(text[i:])
		high |= x
		if stop := interrupts(x); stop != 0 {
			return i + bits.TrailingZeros64(stop)>>3, high
		}
	}
	for ; i < len(text); i++ {
		c := text[i]
		if c < 0x20 || c == '"' || c == '\\' {
			break
		}
		high |= uint64(c)
	}
	return i, high
}

// digits returns the offset of the first byte from i on that is not a decimal digit.
func digits(text string, i int) int {
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	return i
}

// hex4 reads four hexadecimal digits at i. If there are fewer, n says how many.
func hex4(text string, i int) (r rune, n int) {
	for ; n < 4 && i+n < len(text); n++ {
		c := text[i+n]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, n
		}
		r = r<<4 | rune(c)
	}
	return r, n
}

// skipSpace returns the offset of the first byte from i on that is not white space.
func skipSpace(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

// invalidUTF8 returns the offset of the first byte that belongs to no UTF-8 sequence; there must be
// one.
func invalidUTF8(text string) int {
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// word returns the first eight bytes of s as a little-endian number. The compiler makes one load of
// it.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// interrupts sets the high bit of every byte of x that a string cannot hold unescaped: quote,
// backslash, control character. Bits above the lowest one that is set may be wrong, because that
// byte may have borrowed from the next.
func interrupts(x uint64) uint64 {
	// Flipping a bit puts the quote, 0x22, right behind the control characters, so that one
	// subtraction finds both.
	quote, backslash := x^0x02*ones, x^'\\'*ones
	return ((quote - 0x21*ones) | (backslash - ones)) &^ x & highBits
}

// smallLetters reports whether the low three bytes of x, whose high byte must be zero, are all from
// a to z. The first byte outside borrows or carries in one of the two differences, and nothing
// below it does.
func smallLetters(x uint32) bool { return ((x-0x616161)|(0x7A7A7A-x))&0x808080 == 0 }

// allDigits reports whether all bytes of x are decimal digits: values up to 9 once the bits of '0'
// are flipped, so that adding 0x76 leaves the high bit alone.
func allDigits(x uint64) bool {
	x ^= '0' * ones
	return (x|(x+0x76*ones))&highBits == 0
}
