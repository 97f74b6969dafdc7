// Package base64url encodes and decodes base64url without padding, the encoding of JWS, JWK and JWT
// (RFC 7515, Appendix C; RFC 4648, Section 5).
//
// Every sequence of bytes has exactly one text. The decoder rejects padding, the characters of the
// standard alphabet, white space and line breaks, impossible lengths, and bits set beyond the last
// byte. encoding/base64 skips CR and LF even in Strict mode, so that one token has many texts,
// which a list of revoked tokens, a cache or a log does not recognise.
//
// The decoder looks each character up in one of four tables, depending on its position in a group
// of four. A group is then assembled by OR alone, and checked by one comparison of the marks that
// only characters of the alphabet have. The encoder looks up two characters at a time. It handles
// two groups per step, and the decoder four. All tables are static data: nothing is computed when a
// program starts.
//
// The time does not depend on the data, except on the position of an invalid character. Table
// look-ups may still leave traces in the processor's caches, as in encoding/base64.
package base64url

import (
	"encoding/binary"
	"slices"
)

// marks are the bits that four characters of the alphabet set in a group (see decode0).
const marks = 0xF << 24

// EncodedLen returns the length of the text of n bytes.
func EncodedLen(n int) int { return n/3*4 + (n%3*8+5)/6 }

// DecodedLen returns the number of bytes encoded by a text of n characters, or -1 if no text has
// that length.
func DecodedLen(n int) int {
	if n%4 == 1 {
		return -1
	}
	return n/4*3 + n%4*6/8
}

// AppendEncode appends the text of src to dst and returns the extended slice. It allocates only if
// dst has no room. The two must not overlap.
func AppendEncode(dst, src []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, EncodedLen(len(src)))
	dst = dst[:n+EncodedLen(len(src))]
	out := dst[n:]
	// Eight bytes have eleven characters. Asking for more than the eight written saves computing
	// where out goes on if nothing is left of it.
	for len(src) >= 8 && len(out) >= 11 {
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

// AppendDecode appends the bytes encoded by src to dst and returns the extended slice. If src is
// not a canonical text, it returns dst unchanged and false.
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
		// The next write overwrites the two excess bytes.
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

// decodeTail decodes a last group of two or three characters, or none. It replaces missing
// characters by 'A', whose six bits are zero, and rejects a last character with bits beyond the
// last byte.
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
