package jwt

import (
	"errors"
	"math/bits"
)

// The ASN.1 tags of a signature.
const (
	derInteger  = 0x02
	derSequence = 0x30
)

// appendFromDER appends the signature of a [crypto.Signer], in ASN.1, as r‖s.
func appendFromDER(dst, der []byte, size int) ([]byte, error) {
	body, rest, ok1 := cutDER(der, derSequence)
	r, body, ok2 := cutDER(body, derInteger)
	t, body, ok3 := cutDER(body, derInteger)
	if !ok1 || !ok2 || !ok3 || len(rest)+len(body) > 0 {
		return dst, errors.New("its signature is not the ASN.1 form of an ECDSA signature")
	}
	return appendRS(dst, r, t, size)
}

// appendRS appends r‖s, each as long as the field of a curve of that many bits. The numbers are
// big-endian and positive, with no leading zero except the one that keeps them positive.
func appendRS(dst, r, t []byte, size int) ([]byte, error) {
	length, at := (size+7)/8, len(dst)
	for _, n := range [][]byte{r, t} {
		if len(n) > 0 && n[0] == 0 {
			n = n[1:]
		}
		if len(n) == 0 || 8*(len(n)-1)+bits.Len8(n[0]) > size {
			return dst[:at], errors.New("its signature has a number that is out of range")
		}
		dst = append(dst, make([]byte, length-len(n))...)
		dst = append(dst, n...)
	}
	return dst, nil
}

// appendDER appends the ASN.1 form of r‖s. Unlike [math/big], it allocates nothing.
func appendDER(dst, r, t []byte) []byte {
	r, rSign := trimZeros(r)
	t, tSign := trimZeros(t)
	n := 2 + rSign + len(r) + 2 + tSign + len(t)
	dst = append(dst, derSequence)
	if n >= 0x80 {
		dst = append(dst, 0x81)
	}
	dst = append(dst, byte(n), derInteger, byte(rSign+len(r)))
	dst = append(append(dst, make([]byte, rSign)...), r...)
	dst = append(dst, derInteger, byte(tSign+len(t)))
	return append(append(dst, make([]byte, tSign)...), t...)
}

// trimZeros returns the digits of an INTEGER, and 1 if it needs a zero in front because its highest
// bit would be a sign.
func trimZeros(n []byte) (digits []byte, sign int) {
	for len(n) > 1 && n[0] == 0 {
		n = n[1:]
	}
	return n, int(n[0] >> 7)
}

// cutDER cuts an element with the given tag off the front of an ASN.1 text. It accepts DER only:
// the shortest length, and integers that are not negative and have no superfluous digit.
func cutDER(text []byte, tag byte) (content, rest []byte, ok bool) {
	if len(text) < 2 || text[0] != tag {
		return nil, nil, false
	}
	n, text := int(text[1]), text[2:]
	if n == 0x81 && len(text) > 0 && text[0] >= 0x80 {
		n, text = int(text[0]), text[1:]
	} else if n >= 0x80 {
		return nil, nil, false
	}
	if n == 0 || n > len(text) {
		return nil, nil, false
	}
	content, rest = text[:n], text[n:]
	if tag == derInteger && (content[0] >= 0x80 || n > 1 && content[0] == 0 && content[1] < 0x80) {
		return nil, nil, false
	}
	return content, rest, true
}
