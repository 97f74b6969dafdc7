package keytext

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/keycheck"
	"example.com/jwt/internal/mldsa"
	"example.com/jwt/internal/strictjson"
)

// member is one member of a JWK that is written; the value needs no escapes.
type member struct{ name, value string }

// AppendPublicJWK appends the JWK of a checked public key, with use "sig" (RFC 7517).
func AppendPublicJWK(dst []byte, key crypto.PublicKey, use Use) []byte {
	return appendJWK(dst, Kty(key), true, use, publicMembers(key))
}

// AppendPrivateJWK appends the JWK of a checked private key of the standard library.
func AppendPrivateJWK(dst []byte, key crypto.Signer, use Use) ([]byte, error) {
	private, err := privateMembersOf(key)
	if err != nil {
		return dst, err
	}
	public := key.Public()
	return appendJWK(dst, Kty(public), false, use, append(publicMembers(public), private...)), nil
}

// AppendSecretJWK appends the JWK of a secret.
func AppendSecretJWK(dst, secret []byte, use Use) []byte {
	return appendJWK(dst, "oct", false, use, []member{{"k", encode(secret)}})
}

// Thumbprint returns the SHA-256 thumbprint of a checked public key in base64url: the hash of
// its required members in the order of their names (RFC 7638, Section 3).
func Thumbprint(key crypto.PublicKey) string {
	members := append(publicMembers(key), member{"kty", Kty(key)})
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	var text []byte
	for _, m := range members {
		text = appendMember(text, m)
	}
	text[0] = '{'
	sum := sha256.Sum256(append(text, '}'))
	return encode(sum[:])
}

// Kty returns the JWK's name for the kind of a checked public key.
func Kty(key crypto.PublicKey) string {
	switch key.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "EC"
	case *mldsa.PublicKey:
		return "AKP"
	default:
		return "OKP"
	}
}

// appendJWK appends a JWK in a fixed order: what the key is for ("use" is the use of public
// keys), which one it is, and the key itself.
func appendJWK(dst []byte, kty string, public bool, use Use, key []member) []byte {
	dst = append(dst, `{"kty":"`+kty+`"`...)
	if public {
		dst = appendMember(dst, member{"use", "sig"})
	}
	if use.Alg != "" && kty != "AKP" { // whose alg is a member of the key
		dst = appendMember(dst, member{"alg", use.Alg})
	}
	switch use.Ops {
	case OpSign:
		dst = append(dst, `,"key_ops":["sign"]`...)
	case OpVerify:
		dst = append(dst, `,"key_ops":["verify"]`...)
	}
	if use.KeyID != "" {
		dst = append(dst, `,"kid":`...)
		dst, _ = strictjson.AppendQuote(dst, use.KeyID) // no constructor takes a kid that is not UTF-8
	}
	for _, m := range key {
		dst = appendMember(dst, m)
	}
	return append(dst, '}')
}

// publicMembers are the required members of the public key.
func publicMembers(key crypto.PublicKey) []member {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return []member{{"n", encode(k.N.Bytes())}, {"e", encode(big.NewInt(int64(k.E)).Bytes())}}
	case *ecdsa.PublicKey:
		point, _ := k.Bytes() // 4‖x‖y of a point that has been checked
		size := keycheck.FieldSize(k.Curve)
		return []member{{"crv", k.Curve.Params().Name}, {"x", encode(point[1 : 1+size])}, {"y", encode(point[1+size:])}}
	case ed25519.PublicKey:
		return []member{{"crv", "Ed25519"}, {"x", encode(k)}}
	case *mldsa.PublicKey:
		return []member{{"alg", k.Parameters().String()}, {"pub", encode(k.Bytes())}}
	}
	return nil
}

// privateMembersOf returns the members that a private JWK has besides.
func privateMembersOf(key crypto.Signer) ([]member, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return []member{
			{"d", encode(k.D.Bytes())},
			{"p", encode(k.Primes[0].Bytes())}, {"q", encode(k.Primes[1].Bytes())},
			{"dp", encode(k.Precomputed.Dp.Bytes())}, {"dq", encode(k.Precomputed.Dq.Bytes())},
			{"qi", encode(k.Precomputed.Qinv.Bytes())},
		}, nil
	case *ecdsa.PrivateKey:
		scalar, err := k.Bytes()
		if err != nil {
			return nil, fmt.Errorf("the ECDSA private key is out of range: %w", err)
		}
		return []member{{"d", encode(scalar)}}, nil
	case ed25519.PrivateKey:
		return []member{{"d", encode(k.Seed())}}, nil
	case *mldsa.PrivateKey:
		return []member{{"priv", encode(k.Bytes())}}, nil
	}
	return nil, fmt.Errorf("a private key of type %T can't be exported", key)
}

func appendMember(dst []byte, m member) []byte {
	return append(dst, `,"`+m.name+`":"`+m.value+`"`...)
}

func encode(octets []byte) string { return string(base64url.AppendEncode(nil, octets)) }
