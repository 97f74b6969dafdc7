package strictjson

import (
	"strconv"
	"unicode/utf8"

	"example.com/jwt/internal/excerpt"
)

// The faults of a text.
const (
	faultNone fault = iota
	faultCharacter
	faultLiteral
	faultUTF8
	faultSurrogate
	faultDepth
	faultDuplicate
	faultNotObject
	faultSize
)

type fault uint8

// SyntaxError describes why and where a text was rejected. Its message quotes at most one character
// or one member name of the text.
type SyntaxError struct {
	Offset int    // of the offending byte; the length of the text if it ends too early
	what   string // the fault in words, without the place
}

// Error returns the fault and its offset, as in "invalid character 'x' at offset 12".
func (e *SyntaxError) Error() string { return e.what + " at offset " + strconv.Itoa(e.Offset) }

// fail records a fault and returns -1.
func (s *Scanner) fail(i int, f fault) int {
	s.at, s.fault = i, f
	return -1
}

// invalid records that the character at i must not be there, or that the text ends too early, and
// returns -1.
func (s *Scanner) invalid(i int) int { return s.fail(i, faultCharacter) }

// syntaxError returns the error for the recorded fault. It does not keep the text alive.
func (s *Scanner) syntaxError(text string) *SyntaxError {
	e := &SyntaxError{Offset: s.at}
	switch s.fault {
	case faultCharacter:
		e.what = describe(text[s.at:])
	case faultLiteral:
		e.what = "invalid literal"
	case faultUTF8:
		e.what = "invalid UTF-8"
	case faultSurrogate:
		e.what = "escape of a lone surrogate"
	case faultDepth:
		e.what = "more than " + strconv.Itoa(MaxDepth) + " levels of nesting"
	case faultDuplicate:
		name, _ := StringAt(text, s.at)
		e.what = "duplicate member name " + excerpt.Quote(name)
	case faultNotObject:
		e.what = "value other than an object"
	case faultSize:
		e.what = "text of 4 GiB or more"
	}
	return e
}

// describe returns what is wrong with the first character of rest.
func describe(rest string) string {
	r, n := utf8.DecodeRuneInString(rest)
	switch {
	case n == 0:
		return "unexpected end of text"
	case n == 1 && r == utf8.RuneError:
		return "invalid UTF-8"
	}
	return "invalid character " + strconv.QuoteRune(r)
}
