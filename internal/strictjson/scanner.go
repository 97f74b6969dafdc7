package strictjson

import (
	"hash/maphash"
	"math"
	"unicode/utf8"
)

// maxScratch bounds, in bytes, each piece of scratch that a Scanner keeps from one text to the
// next. It has room for the members of any token of 64 KiB.
const maxScratch = 256 << 10

// Scanner validates texts and indexes objects. The zero value is ready for use. Reuse it, for
// instance from a pool, to scan without allocations: it keeps no reference to a text, and no large
// scratch. It is not for concurrent use.
type Scanner struct {
	members []Member // of all open objects, the outermost first; at the end, of the outermost
	high    uint64   // OR of the words of all strings: a high bit means that there is UTF-8 to check
	fault   fault
	at      int // where the fault is

	// Scratch and secrets of the search for duplicate names.
	multiplier uint64 // odd; 0 in a new Scanner
	seed       maphash.Seed
	unescaped  []byte
	heads      []uint32
	next       []uint32
}

// Object validates a text that is exactly one object, with or without white space around it, and
// returns its members in order. The slice is valid until the next call; copies of its members stay
// valid for the text. The error is a *SyntaxError.
func (s *Scanner) Object(text string) ([]Member, error) {
	s.scan(text, true)
	members := s.members
	if err := s.finish(text); err != nil {
		return nil, err
	}
	return members, nil
}

// Value validates a text that is exactly one value of any kind, by the same rules as Object, and
// returns its kind. The error is a *SyntaxError.
func (s *Scanner) Value(text string) (Kind, error) {
	start := s.scan(text, false)
	if err := s.finish(text); err != nil {
		return Invalid, err
	}
	return kinds[text[start]], nil
}

// scan validates a text and returns the offset of its value.
func (s *Scanner) scan(text string, object bool) int {
	s.members, s.high, s.fault = s.members[:0], 0, faultNone
	if s.multiplier == 0 {
		s.seed = maphash.MakeSeed()
		s.multiplier = maphash.String(s.seed, "multiplier") | 1
	}
	if uint64(len(text)) > math.MaxUint32 {
		return s.fail(0, faultSize)
	}
	start := skipSpace(text, 0)
	if object && start < len(text) && text[start] != '{' && kinds[text[start]] != Invalid {
		return s.fail(start, faultNotObject)
	}
	i := s.value(text, start, 0)
	if uint(i) < uint(len(text)) {
		if i = skipSpace(text, i); i < len(text) {
			return s.invalid(i)
		}
	}
	if i >= 0 && s.high&highBits != 0 && !utf8.ValidString(text) {
		return s.fail(invalidUTF8(text), faultUTF8)
	}
	return start
}

// finish drops scratch that is too large to be kept for the next text, which is probably a small
// one, and returns the error of the scan.
func (s *Scanner) finish(text string) error {
	if cap(s.members) > maxScratch/24 { // the size of a Member
		s.members = nil
	}
	if cap(s.heads) > maxScratch/4 {
		s.heads, s.next = nil, nil
	}
	if cap(s.unescaped) > maxScratch {
		s.unescaped = nil
	}
	if s.fault != faultNone {
		return s.syntaxError(text)
	}
	return nil
}

// value validates the value at i, inside depth levels of nesting, and returns the offset behind it.
// Like all methods below it returns -1 after it has recorded a fault.
func (s *Scanner) value(text string, i, depth int) int {
	if i >= len(text) {
		return s.invalid(i)
	}
	switch kinds[text[i]] {
	case String:
		i, _ = s.str(text, i+1)
		return i
	case Number:
		return s.number(text, i)
	case True, False, Null:
		return s.literal(text, i)
	case Array:
		return s.array(text, i, depth+1)
	case Object:
		return s.object(text, i, depth+1)
	}
	return s.invalid(i)
}

// array validates the array at i.
func (s *Scanner) array(text string, i, depth int) int {
	if depth > MaxDepth {
		return s.fail(i, faultDepth)
	}
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == ']' {
		return i + 1
	}
	for {
		if i < len(text) && text[i] == '"' {
			i, _ = s.str(text, i+1)
		} else {
			i = s.value(text, skipSpace(text, i), depth)
		}
		if uint(i) >= uint(len(text)) || text[i] != ',' {
			if i < 0 {
				return i
			}
			if i = skipSpace(text, i); i >= len(text) || text[i] != ',' {
				break
			}
		}
		i++
	}
	if i >= len(text) || text[i] != ']' {
		return s.invalid(i)
	}
	return i + 1
}

// object validates the object at i. It appends its members to s.members, and removes those of an
// inner object again.
func (s *Scanner) object(text string, i, depth int) int {
	if depth > MaxDepth {
		return s.fail(i, faultDepth)
	}
	i = skipSpace(text, i+1)
	if i < len(text) && text[i] == '}' {
		return i + 1
	}
	base := len(s.members)
	if i = s.memberList(text, i, base, depth); i < 0 {
		return i
	}
	if i >= len(text) || text[i] != '}' {
		return s.invalid(i)
	}
	if len(s.members)-base > smallObject {
		if again := s.duplicate(text, base); again >= 0 {
			return s.fail(again, faultDuplicate)
		}
	}
	if depth > 1 {
		s.members = s.members[:base]
	}
	return i + 1
}

// memberList validates members separated by commas from i on and returns the offset of what follows
// the last one.
func (s *Scanner) memberList(text string, i, base, depth int) int {
	var seen uint64
	for {
		if uint(i) >= uint(len(text)) || text[i] != '"' {
			if i = skipSpace(text, i); i >= len(text) || text[i] != '"' {
				return s.invalid(i)
			}
		}
		i++
		var name, info uint64
		if i <= len(text)-8 {
			x := word(text[i:])
			if claim := uint32(x) & 0xFFFFFF; smallLetters(claim) && uint16(x>>24) == '"'|':'<<8 {
				// The constant step lets the processor run ahead: it need not wait for the length
				// of the name.
				name, info = uint64(i)|uint64(i+3)<<32, (uint64(claim)|3<<56)*s.multiplier&printBits|uint64(claim)<<shortShift
				i += 5
			}
		}
		if name == 0 {
			if name, info = s.name(text, i); name == 0 {
				return -1
			}
			if i = skipSpace(text, int(name>>32)+1); i >= len(text) || text[i] != ':' {
				return s.invalid(i)
			}
			i++
		}
		if uint(i) >= uint(len(text)) || text[i] <= ' ' {
			if i = skipSpace(text, i); i >= len(text) {
				return s.invalid(i)
			}
		}

		kind, raw := kinds[text[i]], i
		info |= uint64(kind)
		bit := uint64(1) << (info >> 58)
		if seen&bit != 0 && s.repeated(text, base, Member{name: uint32(name), nameEnd: uint32(name >> 32), info: info}) {
			return s.fail(int(uint32(name))-1, faultDuplicate)
		}
		seen |= bit

		switch kind {
		case String:
			var escaped bool
			if i, escaped = s.str(text, i+1); escaped {
				info |= valueEscaped
			}
		case Number:
			i = s.number(text, i)
		case True, False, Null:
			i = s.literal(text, i)
		default:
			i = s.value(text, i, depth)
		}
		s.members = append(s.members, Member{uint32(name), uint32(name >> 32), uint32(raw), uint32(i), info})
		if uint(i) >= uint(len(text)) || text[i] != ',' {
			if i < 0 {
				return i
			}
			if i = skipSpace(text, i); i >= len(text) || text[i] != ',' {
				return i
			}
		}
		i++
	}
}
