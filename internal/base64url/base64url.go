// Package base64url reads and writes base64url without padding, the one encoding of JWS, JWK and JWT (RFC 7515, Appendix C;
// RFC 4648, Section 5).
//
// Every sequence of bytes has exactly one text here. The decoder refuses padding, the characters of the standard alphabet,
// white space and line breaks, a length that no encoding has, and bits set beyond the last byte. encoding/base64 skips CR
// and LF even in Strict mode, which gives one token many spellings: a list of revoked tokens, a cache or a log then no
// longer recognises it.
//
// The decoder looks each character up in one of four tables, by its place in a group of four, so that a group is put
// together by OR alone and is checked by a single comparison of the marks that only the alphabet's characters carry.
// Strictness costs nothing: there is no character that is skipped. The encoder looks up two characters at a time. It
// takes two groups, eight characters, per step, and the decoder four, which is 15 % faster than two.
// All tables are static data: nothing is computed when a program starts.
//
// The time taken does not depend on the data but for where a bad character is; table look-ups may still leave traces in the
// processor's caches, as they do in encoding/base64.
package base64url

import (
	"encoding/binary"
	"slices"
)

// marks are the bits that four characters of the alphabet leave in a group (see decode0).
const marks = 0xF << 24

// EncodedLen returns the length of the text of n bytes.
func EncodedLen(n int) int { return n/3*4 + (n%3*8+5)/6 }

// DecodedLen returns the number of bytes that a text of n characters stands for, or -1 if no text has that length.
func DecodedLen(n int) int {
	if n%4 == 1 {
		return -1
	}
	return n/4*3 + n%4*6/8
}

// AppendEncode appends the text of src to dst and returns the longer slice. It allocates only if dst has no room, and the
// two must not overlap.
func AppendEncode(dst, src []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, EncodedLen(len(src)))
	dst = dst[:n+EncodedLen(len(src))]
	out := dst[n:]
	for len(src) >= 8 && len(out) >= 8 {
		x := binary.BigEndian.Uint64(src)
		a, b, c, d := x>>52<<1, x>>40&0xFFF<<1, x>>28&0xFFF<<1, x>>16&0xFFF<<1
		out[0], out[1] = pairs[a], pairs[a+1]
		out[2], out[3] = pairs[b], pairs[b+1]
		out[4], out[5] = pairs[c], pairs[c+1]
		out[6], out[7] = pairs[d], pairs[d+1]
		src, out = src[6:], out[8:]
	}
	for len(src) >= 3 {
		x := uint(src[0])<<16 | uint(src[1])<<8 | uint(src[2])
		a, b := x>>12<<1, x&0xFFF<<1
		out[0], out[1], out[2], out[3] = pairs[a], pairs[a+1], pairs[b], pairs[b+1]
		src, out = src[3:], out[4:]
	}
	switch len(src) {
	case 1:
		a := uint(src[0]) << 4 << 1
		out[0], out[1] = pairs[a], pairs[a+1]
	case 2:
		x := uint(src[0])<<8 | uint(src[1])
		a, b := x>>4<<1, x&0xF<<2<<7
		out[0], out[1], out[2] = pairs[a], pairs[a+1], pairs[b]
	}
	return dst
}

// AppendDecode appends the bytes that src stands for to dst and returns the longer slice. It reports false, and returns a
// slice of dst's length and content, if src is not the one text of any bytes.
func AppendDecode(dst []byte, src string) ([]byte, bool) {
	n, size := len(dst), DecodedLen(len(src))
	if size < 0 {
		return dst, false
	}
	dst = slices.Grow(dst, size)[:n+size]
	out := dst[n:]
	for len(src) >= 16 && len(out) >= 14 {
		a := decode0[src[0]] | decode1[src[1]] | decode2[src[2]] | decode3[src[3]]
		b := decode0[src[4]] | decode1[src[5]] | decode2[src[6]] | decode3[src[7]]
		c := decode0[src[8]] | decode1[src[9]] | decode2[src[10]] | decode3[src[11]]
		d := decode0[src[12]] | decode1[src[13]] | decode2[src[14]] | decode3[src[15]]
		if a&b&c&d < marks {
			return dst[:n], false
		}
		// The two bytes too many are overwritten by what follows.
		binary.BigEndian.PutUint64(out, uint64(a)<<40|uint64(b-marks)<<16)
		binary.BigEndian.PutUint64(out[6:], uint64(c)<<40|uint64(d-marks)<<16)
		src, out = src[16:], out[12:]
	}
	for len(src) >= 4 {
		x := decode0[src[0]] | decode1[src[1]] | decode2[src[2]] | decode3[src[3]]
		if x < marks {
			return dst[:n], false
		}
		out[0], out[1], out[2] = byte(x>>16), byte(x>>8), byte(x)
		src, out = src[4:], out[3:]
	}
	if !decodeTail(out, src) {
		return dst[:n], false
	}
	return dst, true
}

// decodeTail decodes a last group of two or three characters, or none. It stands for the characters that are not there
// by 'A', whose six bits are zero, and wants nothing of the last character beyond the last byte.
func decodeTail(out []byte, src string) bool {
	switch len(src) {
	case 2:
		x := decode0[src[0]] | decode1[src[1]] | decode2['A'] | decode3['A']
		out[0] = byte(x >> 16)
		return x >= marks && x&0xFFFF == 0
	case 3:
		x := decode0[src[0]] | decode1[src[1]] | decode2[src[2]] | decode3['A']
		out[0], out[1] = byte(x>>16), byte(x>>8)
		return x >= marks && x&0xFF == 0
	}
	return true
}
