package jwt

import (
	"crypto/ecdsa"
	"errors"
	"math/bits"
)

// The tags of ASN.1 that a signature has.
const (
	derInteger  = 0x02
	derSequence = 0x30
)

// ecdsaFamily is ECDSA with a curve of its own for each algorithm, and signatures
// r‖s of fixed length (RFC 7518, Section 3.4).
type ecdsaFamily struct{}

func (ecdsaFamily) need(s *scheme) string { return "an ECDSA P-" + itoa(s.bits) + " key" }

func (ecdsaFamily) fits(s *scheme, m *material) bool {
	return m.kind == kindECDSA && m.ecdsa.Curve.Params().BitSize == s.bits
}

func (ecdsaFamily) verify(s *scheme, m *material, input string, sig []byte) bool {
	size := (s.bits + 7) / 8
	if len(sig) != 2*size {
		return false
	}
	d := s.digest.hashString(s, input)
	defer s.digest.put(d)
	return ecdsa.VerifyASN1(m.ecdsa, d.sum(), appendDER(d.buf[:0], sig[:size], sig[size:]))
}

func (ecdsaFamily) sign(s *scheme, k *signing, dst, input []byte) ([]byte, error) {
	if k.ssh != nil {
		return k.signSSH(s, dst, input)
	}
	d := s.digest.hash(s, input)
	defer s.digest.put(d)
	der, err := k.ask(d.sum(), s.hash)
	if err != nil {
		return dst, err
	}
	return ecdsaFromDER(s, dst, der)
}

// ecdsaFromDER converts the signature of a [crypto.Signer] to r‖s.
func ecdsaFromDER(s *scheme, dst, der []byte) ([]byte, error) {
	body, rest, ok1 := cutDER(der, derSequence)
	r, body, ok2 := cutDER(body, derInteger)
	t, body, ok3 := cutDER(body, derInteger)
	if !ok1 || !ok2 || !ok3 || len(rest)+len(body) > 0 {
		return dst, errors.New("its signature is not the ASN.1 form of an ECDSA signature")
	}
	return appendRS(s, dst, r, t)
}

// appendRS appends r‖s, each as long as the curve's field. The numbers are big-endian,
// positive, and without leading zeros but for one that keeps a sign away.
func appendRS(s *scheme, dst, r, t []byte) ([]byte, error) {
	size, at := (s.bits+7)/8, len(dst)
	for _, n := range [][]byte{r, t} {
		if len(n) > 0 && n[0] == 0 {
			n = n[1:]
		}
		if len(n) == 0 || 8*(len(n)-1)+bits.Len8(n[0]) > s.bits {
			return dst[:at], errors.New("its signature has a number that is out of range")
		}
		dst = append(dst, make([]byte, size-len(n))...)
		dst = append(dst, n...)
	}
	return dst, nil
}

// appendDER appends the ASN.1 form of r‖s. Going through [math/big] instead costs 12
// allocations.
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

// trimZeros gives the digits that an INTEGER has, and 1 if it needs a zero in front, so
// that its highest bit is no sign.
func trimZeros(n []byte) (digits []byte, sign int) {
	for len(n) > 1 && n[0] == 0 {
		n = n[1:]
	}
	return n, int(n[0] >> 7)
}

// cutDER cuts an element with the given tag off the front of an ASN.1 text. It takes DER
// alone: the shortest length, and integers that are not negative and have no digit too
// many.
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
