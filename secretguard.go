package jwt

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"strings"
)

// looksLikeKey says what a secret really is, if it is a public or private key in any of
// the usual forms, and "" otherwise. A public key that passes for a secret lets anybody
// sign (RFC 8725, Section 2.1). It judges by a full parse wherever a short prefix could
// occur in a random secret.
func looksLikeKey(secret []byte) string {
	text := strings.TrimPrefix(string(secret), "\ufeff")
	switch {
	case strings.Contains(text, "-----BEGIN "):
		return "a PEM text"
	case strings.Contains(text, "---- BEGIN SSH2 "):
		return "an RFC 4716 key"
	case strings.Contains(text, "PuTTY-User-Key-File-"):
		return "a PuTTY key"
	case strings.HasPrefix(text, openSSHMagic):
		return "an OpenSSH private key"
	case isWireKey(secret):
		return "an OpenSSH public key"
	case isDERKey(secret), isDERKey(bytes.TrimSpace(secret)):
		return "a key or certificate in DER"
	case isJWKText(text):
		return "a JWK or JWK Set"
	}
	return looksLikeEncoded(text)
}

// looksLikeEncoded finds the base64 of keys: OpenSSH lines, with whatever stands around
// the key, and the body of a PEM without its frame.
func looksLikeEncoded(text string) string {
	if len(text) > maxSetText {
		return ""
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n\"',;", r) }) {
		if b, err := base64.StdEncoding.DecodeString(word); err == nil && isWireKey(b) {
			return "an OpenSSH public key"
		}
	}
	body := strings.Join(strings.Fields(strings.ReplaceAll(text, `\n`, " ")), "")
	for _, encoding := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := encoding.DecodeString(body); err == nil && isDERKey(b) {
			return "a key or certificate in DER, base64 encoded"
		}
	}
	return ""
}

// isWireKey tells an ssh public key by the name of its type.
func isWireKey(b []byte) bool {
	kind := wireKind(b)
	for _, prefix := range [...]string{"ssh-rsa", "ssh-dss", "ssh-ed25519", "ssh-ed448", "ssh-xmss", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "webauthn-sk-", "rsa-sha2-"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

// wireKind gives the type that an ssh public key names, with its length before it; "" if
// there is none.
func wireKind(b []byte) string {
	if len(b) < 8 || binary.BigEndian.Uint32(b) > maxQuoted {
		return ""
	}
	n := int(binary.BigEndian.Uint32(b))
	if len(b) <= 4+n {
		return ""
	}
	return string(b[4 : 4+n])
}

// isDERKey parses the structures that keys come in, whatever their algorithm: PKIX,
// PKCS #1, PKCS #8, also encrypted, SEC 1, certificates and requests.
func isDERKey(b []byte) bool {
	if len(b) < 8 || b[0] != 0x30 {
		return false
	}
	var sequence []asn1.RawValue
	if rest, err := asn1.Unmarshal(b, &sequence); err != nil || len(rest) > 0 {
		return false
	}
	for _, shape := range [...]any{
		&struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}{},
		&struct{ N, E *big.Int }{},
		&struct {
			Version   int
			Algorithm pkix.AlgorithmIdentifier
			Key       []byte
		}{},
		&struct {
			Algorithm pkix.AlgorithmIdentifier
			Encrypted []byte
		}{},
		&struct{ Version, N, E, D, P, Q *big.Int }{},
		&struct {
			Version int
			Key     []byte
		}{},
		&struct {
			Content   asn1.RawValue
			Algorithm pkix.AlgorithmIdentifier
			Signature asn1.BitString
		}{},
	} {
		if rest, err := asn1.Unmarshal(b, shape); err == nil && len(rest) == 0 {
			return true
		}
	}
	return false
}

// isJWKText finds a JWK or a JWK Set, with whatever stands around it.
func isJWKText(text string) bool {
	for tries := 0; tries < 64; tries++ {
		at := strings.IndexByte(text, '{')
		if at < 0 {
			return false
		}
		var one map[string]json.RawMessage
		if json.NewDecoder(strings.NewReader(text[at:])).Decode(&one) == nil && (one["kty"] != nil || one["keys"] != nil) {
			return true
		}
		text = text[at+1:]
	}
	return false
}
