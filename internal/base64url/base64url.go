// Package base64url reads and writes base64url without padding, the one encoding of JWS and JWK (RFC 7515, Appendix C).
package base64url

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// EncodedLen returns the length of the encoding of n bytes.
func EncodedLen(n int) int { return n/3*4 + (n%3*8+5)/6 }

// DecodedLen returns the number of bytes that a text of n characters decodes to, or -1 if no canonical text has length n.
func DecodedLen(n int) int {
	if n%4 == 1 {
		return -1
	}
	return n/4*3 + n%4*6/8
}

// AppendEncode appends the encoding of src to dst.
func AppendEncode(dst, src []byte) []byte {
	var acc uint32
	bits := 0
	for _, b := range src {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 6 {
			bits -= 6
			dst = append(dst, alphabet[acc>>bits&63])
		}
	}
	if bits > 0 {
		dst = append(dst, alphabet[acc<<(6-bits)&63])
	}
	return dst
}

// AppendDecode appends what src encodes to dst. It reports false, and returns dst as it was, if src is not the canonical
// encoding of any bytes.
func AppendDecode(dst []byte, src string) ([]byte, bool) {
	if len(src)%4 == 1 {
		return dst, false
	}
	n := len(dst)
	var acc uint32
	bits := 0
	for i := 0; i < len(src); i++ {
		c := src[i]
		var v byte
		switch {
		case 'A' <= c && c <= 'Z':
			v = c - 'A'
		case 'a' <= c && c <= 'z':
			v = c - 'a' + 26
		case '0' <= c && c <= '9':
			v = c - '0' + 52
		case c == '-':
			v = 62
		case c == '_':
			v = 63
		default:
			return dst[:n], false
		}
		acc = acc<<6 | uint32(v)
		bits += 6
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(acc>>bits))
		}
	}
	if acc&(1<<bits-1) != 0 {
		return dst[:n], false
	}
	return dst, true
}
