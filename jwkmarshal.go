package jwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/strictjson"
)

// jwkMember is one member of a JWK that is written; the value needs no escapes.
type jwkMember struct{ name, value string }

// MarshalJSON gives the key as a public JWK (RFC 7517) with use "sig", its kid, and alg
// if it is bound to one. The result is deterministic, and [ParsePublicKey] reads it back
// as an equal key. A zero PublicKey is [ErrInvalidKey].
func (k *PublicKey) MarshalJSON() ([]byte, error) {
	if k == nil || k.m == nil {
		return nil, failf(ErrInvalidKey, "a zero PublicKey has no JWK: make it with a constructor")
	}
	return k.m.appendPublicJWK(nil), nil
}

// Thumbprint gives the SHA-256 thumbprint of the key (RFC 7638), in base64url; "" for a
// zero PublicKey. It depends on the key alone, not on its kid or binding.
func (k *PublicKey) Thumbprint() string {
	if k.m == nil {
		return ""
	}
	return k.m.thumbprint()
}

// ExportJWK gives the secret as a JWK of kty "oct" with its kid and binding, for
// [ParseSecretKey]. It is the one way out of a SecretKey: whoever has the result can sign.
func (k *SecretKey) ExportJWK() ([]byte, error) {
	if k.k == nil {
		return nil, failf(ErrInvalidKey, "a zero SecretKey has no JWK: make it with a constructor")
	}
	return k.k.appendJWK(nil, false, jwkMember{"k", encode(k.k.secret)}), nil
}

// ExportJWK gives the key pair as a private JWK with its kid and binding, for
// [ParsePrivateKey] (RFC 7517); publish Public() instead. A key that a [crypto.Signer] or
// an ssh agent holds can't leave it: that is [ErrInvalidKey].
func (k *PrivateKey) ExportJWK() ([]byte, error) {
	if k.k == nil {
		return nil, failf(ErrInvalidKey, "a zero PrivateKey has no JWK: make it with a constructor")
	}
	members, err := k.k.privateMembers()
	if err != nil {
		return nil, err
	}
	return k.k.appendJWK(nil, false, members...), nil
}

// appendPublicJWK appends what may be published; the key is not a secret.
func (m *material) appendPublicJWK(dst []byte) []byte {
	return m.appendJWK(dst, true)
}

// appendJWK appends the JWK of the key in a fixed order: what the key is for ("use" is
// the use of public keys), which one it is, the key itself, and what is private of it.
func (m *material) appendJWK(dst []byte, public bool, private ...jwkMember) []byte {
	dst = append(dst, `{"kty":"`+m.kty()+`"`...)
	if public {
		dst = appendMember(dst, jwkMember{"use", "sig"})
	}
	if m.bound != 0 {
		dst = appendMember(dst, jwkMember{"alg", m.bound.String()})
	}
	switch m.ops {
	case opSign:
		dst = append(dst, `,"key_ops":["sign"]`...)
	case opVerify:
		dst = append(dst, `,"key_ops":["verify"]`...)
	}
	if m.kid != "" {
		dst = append(dst, `,"kid":`...)
		dst, _ = strictjson.AppendQuote(dst, m.kid) // no constructor takes a kid that is not UTF-8
	}
	for _, member := range append(m.publicMembers(), private...) {
		dst = appendMember(dst, member)
	}
	return append(dst, '}')
}

// thumbprint hashes the required members in the order of their names (RFC 7638, Section
// 3); "" for a secret, whose thumbprint would say something of it.
func (m *material) thumbprint() string {
	if m.kind == kindSecret {
		return ""
	}
	members := append(m.publicMembers(), jwkMember{"kty", m.kty()})
	slices.SortFunc(members, func(a, b jwkMember) int { return strings.Compare(a.name, b.name) })
	var text []byte
	for _, member := range members {
		text = appendMember(text, member)
	}
	text[0] = '{'
	sum := sha256.Sum256(append(text, '}'))
	return encode(sum[:])
}

// kty is the JWK's name for the kind of key.
func (m *material) kty() string {
	return [...]string{kindSecret: "oct", kindRSA: "RSA", kindECDSA: "EC", kindEd25519: "OKP"}[m.kind]
}

// publicMembers are the required members of the public key; none for a secret.
func (m *material) publicMembers() []jwkMember {
	switch m.kind {
	case kindRSA:
		return []jwkMember{{"n", encode(m.rsa.N.Bytes())}, {"e", encode(big.NewInt(int64(m.rsa.E)).Bytes())}}
	case kindECDSA:
		point, _ := m.ecdsa.Bytes() // 4‖x‖y of a point that newMaterial has checked
		size := fieldSize(m.ecdsa.Curve)
		return []jwkMember{{"crv", m.ecdsa.Curve.Params().Name}, {"x", encode(point[1 : 1+size])}, {"y", encode(point[1+size:])}}
	case kindEd25519:
		return []jwkMember{{"crv", "Ed25519"}, {"x", encode(m.ed25519)}}
	}
	return nil
}

// privateMembers are the members that a private JWK has besides.
func (k *signing) privateMembers() ([]jwkMember, error) {
	if k.foreign {
		return nil, failf(ErrInvalidKey, "the private key is held elsewhere, by a crypto.Signer or an ssh agent, and can't be exported")
	}
	switch key := k.signer.(type) {
	case *rsa.PrivateKey:
		return []jwkMember{
			{"d", encode(key.D.Bytes())},
			{"p", encode(key.Primes[0].Bytes())}, {"q", encode(key.Primes[1].Bytes())},
			{"dp", encode(key.Precomputed.Dp.Bytes())}, {"dq", encode(key.Precomputed.Dq.Bytes())},
			{"qi", encode(key.Precomputed.Qinv.Bytes())},
		}, nil
	case *ecdsa.PrivateKey:
		scalar, err := key.Bytes()
		if err != nil {
			return nil, wrapf(ErrInvalidKey, err, "the ECDSA private key is out of range")
		}
		return []jwkMember{{"d", encode(scalar)}}, nil
	case ed25519.PrivateKey:
		return []jwkMember{{"d", encode(key.Seed())}}, nil
	}
	return nil, failf(ErrInvalidKey, "a private key of type %T can't be exported", k.signer)
}

func appendMember(dst []byte, m jwkMember) []byte {
	return append(dst, `,"`+m.name+`":"`+m.value+`"`...)
}

func encode(octets []byte) string { return string(base64url.AppendEncode(nil, octets)) }
