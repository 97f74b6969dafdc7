// Package strictjson reads JSON texts (RFC 8259) under the strict rules that security tokens need.
package strictjson

import (
	"hash/maphash"
	"math"
	"unicode/utf8"
)

// MaxDepth is the number of levels of nesting that are accepted, the outermost included.
const MaxDepth = 64

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds of JSON values.
const (
	Invalid Kind = iota
	Null
	False
	True
	Number
	String
	Array
	Object
)

// KindOf returns the kind of a valid value by the first byte of its text.
func KindOf(raw string) Kind {
	if raw == "" {
		return Invalid
	}
	return kindOf(raw[0])
}

func kindOf(c byte) Kind {
	switch c {
	case '"':
		return String
	case '{':
		return Object
	case '[':
		return Array
	case 't':
		return True
	case 'f':
		return False
	case 'n':
		return Null
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return Number
	}
	return Invalid
}

const (
	nameEscaped = 1 << iota
	valueEscaped
)

// Member is one member of the object that Scanner.Object has read. It holds offsets only: its methods must be given the
// text that was read.
type Member struct {
	name, nameEnd uint32
	raw, rawEnd   uint32
	kind          Kind
	flags         uint8
}

// Name returns the name, unescaped.
func (m Member) Name(text string) string {
	s := text[m.name:m.nameEnd]
	if m.flags&nameEscaped != 0 {
		return unescape(s)
	}
	return s
}

// Raw returns the exact text of the value.
func (m Member) Raw(text string) string { return text[m.raw:m.rawEnd] }

// Kind returns the kind of the value.
func (m Member) Kind() Kind { return m.kind }

// String returns the decoded value of a String member.
func (m Member) String(text string) string {
	s := text[m.raw+1 : m.rawEnd-1]
	if m.flags&valueEscaped != 0 {
		return unescape(s)
	}
	return s
}

// Escaped reports whether the value is a string with an escape in it.
func (m Member) Escaped() bool { return m.flags&valueEscaped != 0 }

// Scanner validates texts. The zero value is ready; reuse it to avoid allocations. It is not for concurrent use.
type Scanner struct {
	members []Member
	seed    maphash.Seed
	seeded  bool
	err     *SyntaxError
}

// Object reads a text that is exactly one object. The members are valid until the next call.
func (s *Scanner) Object(text string) ([]Member, error) {
	kind, err := s.Value(text)
	if err != nil {
		return nil, err
	}
	if kind != Object {
		return nil, &SyntaxError{Offset: skipSpace(text, 0), what: "not an object"}
	}
	return s.members, nil
}

// Value reads a text that is exactly one value of any kind.
func (s *Scanner) Value(text string) (Kind, error) {
	s.members = s.members[:0]
	if uint64(len(text)) > math.MaxUint32 {
		return Invalid, &SyntaxError{what: "text too long"}
	}
	s.err = nil
	start := skipSpace(text, 0)
	end := s.value(text, start, 0)
	if end >= 0 {
		if end = skipSpace(text, end); end != len(text) {
			end = s.invalid(text, end)
		}
	}
	if end < 0 {
		err := s.err
		s.err = nil
		return Invalid, err
	}
	return kindOf(text[start]), nil
}

func (s *Scanner) value(text string, i, depth int) int {
	if i >= len(text) {
		return s.invalid(text, i)
	}
	switch kindOf(text[i]) {
	case String:
		i, _ = s.str(text, i)
		return i
	case Number:
		return s.number(text, i)
	case True:
		return s.literal(text, i, "true")
	case False:
		return s.literal(text, i, "false")
	case Null:
		return s.literal(text, i, "null")
	case Array:
		return s.array(text, i, depth+1)
	case Object:
		return s.object(text, i, depth+1)
	}
	return s.invalid(text, i)
}

func (s *Scanner) literal(text string, i int, want string) int {
	for j := 0; j < len(want); j++ {
		if i+j >= len(text) || text[i+j] != want[j] {
			return s.invalid(text, i+j)
		}
	}
	return i + len(want)
}

func digits(text string, i int) int {
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	return i
}

func (s *Scanner) number(text string, i int) int {
	if text[i] == '-' {
		i++
	}
	if i < len(text) && text[i] == '0' {
		i++
	} else if end := digits(text, i); end > i {
		i = end
	} else {
		return s.invalid(text, i)
	}
	if i < len(text) && text[i] == '.' {
		end := digits(text, i+1)
		if end == i+1 {
			return s.invalid(text, end)
		}
		i = end
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		end := digits(text, i)
		if end == i {
			return s.invalid(text, end)
		}
		i = end
	}
	return i
}

func (s *Scanner) array(text string, i, depth int) int {
	if depth > MaxDepth {
		return s.fail(i, "nested too deeply")
	}
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == ']' {
		return i + 1
	}
	for {
		if i = s.value(text, i, depth); i < 0 {
			return i
		}
		i = skipSpace(text, i)
		switch {
		case i < len(text) && text[i] == ',':
			i = skipSpace(text, i+1)
		case i < len(text) && text[i] == ']':
			return i + 1
		default:
			return s.invalid(text, i)
		}
	}
}

func (s *Scanner) object(text string, i, depth int) int {
	if depth > MaxDepth {
		return s.fail(i, "nested too deeply")
	}
	base := len(s.members)
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == '}' {
		return i + 1
	}
	seen := map[string]bool{}
	for {
		if i >= len(text) || text[i] != '"' {
			return s.invalid(text, i)
		}
		var m Member
		start := i
		end, escaped := s.str(text, i)
		if end < 0 {
			return end
		}
		m.name, m.nameEnd = uint32(i+1), uint32(end-1)
		if escaped {
			m.flags |= nameEscaped
		}
		if seen[m.Name(text)] {
			s.err = &SyntaxError{Offset: start, what: "duplicate member name", name: m.Name(text)}
			return -1
		}
		seen[m.Name(text)] = true
		i = skipSpace(text, end)
		if i >= len(text) || text[i] != ':' {
			return s.invalid(text, i)
		}
		i = skipSpace(text, i+1)
		if i < len(text) && text[i] == '"' {
			end, escaped = s.str(text, i)
			if escaped {
				m.flags |= valueEscaped
			}
		} else {
			end = s.value(text, i, depth)
		}
		if end < 0 {
			return end
		}
		m.raw, m.rawEnd, m.kind = uint32(i), uint32(end), kindOf(text[i])
		s.members = append(s.members, m)
		i = skipSpace(text, end)
		switch {
		case i < len(text) && text[i] == ',':
			i = skipSpace(text, i+1)
		case i < len(text) && text[i] == '}':
			if depth > 1 {
				s.members = s.members[:base]
			}
			return i + 1
		default:
			return s.invalid(text, i)
		}
	}
}

func (s *Scanner) str(text string, i int) (end int, escaped bool) {
	for i++; i < len(text); {
		switch c := text[i]; {
		case c == '"':
			return i + 1, escaped
		case c == '\\':
			escaped = true
			if i = s.escape(text, i); i < 0 {
				return i, false
			}
		case c < 0x20:
			return s.invalid(text, i), false
		case c < utf8.RuneSelf:
			i++
		default:
			r, n := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && n == 1 {
				return s.fail(i, "invalid UTF-8"), false
			}
			i += n
		}
	}
	return s.invalid(text, i), false
}

func (s *Scanner) escape(text string, i int) int {
	if i+1 >= len(text) {
		return s.invalid(text, i+1)
	}
	switch text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return s.invalid(text, i+1)
	}
	r, ok := hex4(text, i+2)
	if !ok {
		return s.fail(i, "invalid escape")
	}
	if r < 0xD800 || r > 0xDFFF {
		return i + 6
	}
	if r < 0xDC00 && i+12 <= len(text) && text[i+6] == '\\' && text[i+7] == 'u' {
		if lo, ok := hex4(text, i+8); ok && 0xDC00 <= lo && lo <= 0xDFFF {
			return i + 12
		}
	}
	return s.fail(i, "lone surrogate")
}

func (s *Scanner) fail(i int, what string) int {
	s.err = &SyntaxError{Offset: i, what: what}
	return -1
}

func (s *Scanner) invalid(text string, i int) int {
	if i >= len(text) {
		return s.fail(len(text), "unexpected end")
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	s.err = &SyntaxError{Offset: i, what: "invalid character", r: r}
	return -1
}

func skipSpace(text string, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
		i++
	}
	return i
}

func hex4(text string, i int) (rune, bool) {
	if i+4 > len(text) {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[i : i+4]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
