package strictjson

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

// smallObject is the number of members up to which names are compared with each other when the set
// of 64 bits does not show that one is new.
const smallObject = 32

// name validates a name from i on, which is behind its opening quote. It returns its place and, as
// in Member.info, its fingerprint and whether it is escaped; or a place of 0 after it has recorded
// a fault.
//
// The fingerprint of a name under eight bytes is the name itself and its length, in one word, times
// a secret odd number: the upper k bits are the same for two such names with a probability of at
// most 2 in 2^k, whoever chose them.
func (s *Scanner) name(text string, i int) (place, info uint64) {
	if i <= len(text)-8 {
		x := word(text[i:])
		if stop := interrupts(x); stop != 0 {
			n := bits.TrailingZeros64(stop) &^ 7
			if end := i + n>>3; text[end] == '"' {
				s.high |= x
				x &= 1<<n - 1
				info = (x | uint64(n)<<53) * s.multiplier & printBits
				if n == 3*8 {
					info |= x << shortShift
				}
				return uint64(i) | uint64(end)<<32, info
			}
		}
	}
	end, escaped := s.str(text, i)
	if end < 0 {
		return 0, 0
	}
	end--
	info = s.print(text[i:end], escaped)
	if escaped {
		info |= nameEscaped
	}
	return uint64(i) | uint64(end)<<32, info
}

// print returns the fingerprint and the three bytes of a name of any form.
func (s *Scanner) print(raw string, escaped bool) uint64 {
	if !escaped && len(raw) >= 8 {
		return maphash.String(s.seed, raw) & printBits
	}
	s.unescaped = appendUnescaped(s.unescaped[:0], raw)
	n := len(s.unescaped)
	if n >= 8 {
		return maphash.Bytes(s.seed, s.unescaped) & printBits
	}
	x := uint64(n) << 56
	for i, c := range s.unescaped {
		x |= uint64(c) << (8 * i)
	}
	info := x * s.multiplier & printBits
	if n == 3 {
		info |= x << shortShift & shortBits
	}
	return info
}

// repeated reports whether a member has the name of an earlier one from base on. In a large object
// it leaves that to duplicate, and reserves room for further members. It is not inlined: it would
// take registers from the loop over members, which hardly ever calls it.
//
//go:noinline
func (s *Scanner) repeated(text string, base int, m Member) bool {
	if len(s.members)-base >= smallObject {
		s.reserve(text)
		return false
	}
	for i := range s.members[base:] {
		if o := &s.members[base+i]; (o.info^m.info)&printBits == 0 && sameName(text, o, &m) {
			return true
		}
	}
	return false
}

// reserve makes room, when many members have filled it, for as many as there will be if the text
// continues as it began.
func (s *Scanner) reserve(text string) {
	n := len(s.members)
	if n == cap(s.members) && n > 1000 {
		done := uint64(s.members[n-1].raw)
		s.members = slices.Grow(s.members, n/8+int(uint64(n)*(uint64(len(text))-done)/done))
	}
}

// duplicate looks for a name that occurs twice among the members from base on and returns the
// offset of its second occurrence, or -1. It uses a hash table with chains, which are short since
// the fingerprints are keyed.
func (s *Scanner) duplicate(text string, base int) int {
	members := s.members[base:]
	width := bits.Len(uint(len(members)))
	s.heads = resized(s.heads, 1<<width)
	s.next = resized(s.next, len(members))
	clear(s.heads)
	for i := range members {
		m := &members[i]
		head := &s.heads[m.info>>(64-width)]
		for k := *head; k != 0; k = s.next[k-1] {
			if sameName(text, &members[k-1], m) {
				return int(m.name) - 1
			}
		}
		s.next[i], *head = *head, uint32(i+1)
	}
	return -1
}

// sameName compares unescaped names. It allocates only for escaped ones with equal fingerprints,
// which are equal.
func sameName(text string, a, b *Member) bool {
	if (a.info^b.info)&printBits != 0 {
		return false
	}
	if (a.info|b.info)&nameEscaped == 0 {
		return a.rawName(text) == b.rawName(text)
	}
	return a.Name(text) == b.Name(text)
}

// resized returns a slice of n elements: s, if it has room for them.
func resized(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n)
	}
	return s[:n]
}
