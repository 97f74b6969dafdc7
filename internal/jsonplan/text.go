package jsonplan

import (
	"math/bits"

	"example.com/jwt/internal/strictjson"
)

// The functions of this file walk over text that strictjson has accepted, so that they check nothing: they find where a
// value ends.

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
)

func load32(s string, i int) uint32 {
	s = s[i : i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// load64 is written so that the compiler makes one load of it.
func load64(s string, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// zeroBytes marks, in the high bit of each byte, which bytes of x are zero; the lowest mark is exact.
func zeroBytes(x uint64) uint64 { return (x - lowBits) &^ x & highBits }

func skipSpace(s string, i int) int {
	for s[i] <= ' ' {
		i++
	}
	return i
}

// stringEnd returns the index after the string that begins at i, and whether it has an escape.
func stringEnd(s string, i int) (end int, escaped bool) {
	i++
	for {
		for i+8 <= len(s) {
			x := load64(s, i)
			if m := zeroBytes(x^('"'*lowBits)) | zeroBytes(x^('\\'*lowBits)); m != 0 {
				i += bits.TrailingZeros64(m) / 8
				break
			}
			i += 8
		}
		switch s[i] {
		case '"':
			return i + 1, escaped
		case '\\':
			escaped = true
			i += 2
		default:
			i++
		}
	}
}

// stringAt returns the string that begins at i, decoded, and the index after it.
func stringAt(s string, i int) (string, int) {
	end, escaped := stringEnd(s, i)
	if escaped {
		return strictjson.Unquote(s[i:end]), end
	}
	return s[i+1 : end-1], end
}

// atomEnd returns the index after the number or literal that begins at i.
func atomEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			return i
		}
	}
	return i
}

// valueEnd returns the index after the value that begins at i.
func valueEnd(s string, i int) int {
	switch s[i] {
	case '"':
		end, _ := stringEnd(s, i)
		return end
	case '{', '[':
		return containerEnd(s, i)
	}
	return atomEnd(s, i)
}

func containerEnd(s string, i int) int {
	depth := 0
	for {
		switch s[i] {
		case '"':
			i, _ = stringEnd(s, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// nextElement returns, for the index after an element of an array or a member of an object, the index of the next one,
// or 0 and the index after the container.
func nextElement(s string, i int) (next, end int) {
	i = skipSpace(s, i)
	if s[i] == ',' {
		return skipSpace(s, i+1), 0
	}
	return 0, i + 1
}

// firstElement is nextElement for the index of a container's opening bracket.
func firstElement(s string, i int) (next, end int) {
	i = skipSpace(s, i+1)
	if s[i] == ']' || s[i] == '}' {
		return 0, i + 1
	}
	return i, 0
}

// memberValue returns the index of the value whose name ends before i.
func memberValue(s string, i int) int {
	return skipSpace(s, skipSpace(s, i)+1)
}
