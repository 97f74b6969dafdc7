package keytext

import (
	"crypto"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/strictjson"
)

const (
	// maxSetKeys and maxSetText bound a JWK Set, in entries and bytes.
	maxSetKeys = 100
	maxSetText = 1 << 20
)

// Entry is one entry of a JWK Set: a public key that can be used, or why there is none.
type Entry struct {
	Key crypto.PublicKey
	Use Use
	Err error // why the entry cannot be used; then Key is nil, and Use has at most the kid
}

// Set reads a JWK Set of public keys (RFC 7517, Section 5) of at most 100 entries and 1 MiB. It
// fails for a secret or a private key among them, and for what is not a JSON object. A byte order
// mark before the text is ignored (RFC 8259, Section 8.1).
func Set(text []byte) ([]Entry, error) {
	texts, err := readSet(text)
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, len(texts))
	for i, text := range texts {
		if entries[i], err = readEntry(text); err != nil {
			return nil, fmt.Errorf("entry %d of the JWK Set: %w", i, err)
		}
	}
	return entries, nil
}

// readSet returns the texts of a JWK Set's entries, at most maxSetKeys of them.
func readSet(jwks []byte) ([]string, error) {
	if len(jwks) > maxSetText {
		return nil, fmt.Errorf("a JWK Set of %d bytes is too long: want at most %d", len(jwks), maxSetText)
	}
	j, err := readMembers(strings.TrimPrefix(string(jwks), byteOrderMark))
	if err != nil {
		return nil, notASet(string(jwks), err)
	}
	m, ok := j.members["keys"]
	switch {
	case !ok && j.has("kty"):
		return nil, found(SingleKey, "this is one JWK, not a JWK Set: use ParsePublicKey")
	case !ok && strings.Contains(j.text, `"jwks_uri"`):
		return nil, errors.New(`this is the metadata of an issuer, not a JWK Set: its "jwks_uri" is the address of the set, which jwks.Discover finds`)
	case !ok && strings.Contains(j.text, beginsBlock):
		return nil, errors.New("this is JSON with keys in PEM, not a JWK Set: take the address of the issuer's JWK Set, or pass each text to ParsePublicKey")
	case !ok:
		return nil, errors.New(`the JWK Set has no "keys"`)
	case m.Kind() != strictjson.Array:
		return nil, errors.New(`the JWK Set's "keys" is not an array`)
	}
	var entries []string
	for raw := range strictjson.Elements(m.Raw(j.text)) {
		if len(entries) == maxSetKeys {
			return nil, fmt.Errorf("the JWK Set has more than %d keys", maxSetKeys)
		}
		entries = append(entries, raw)
	}
	return entries, nil
}

// notASet says what a text is that is no JSON object, as err says.
func notASet(text string, err error) error {
	if err := wide(text); err != nil {
		return err
	}
	begin := text[:min(len(text), maxKeyText)]
	if !strings.HasPrefix(strings.TrimLeft(begin, blanks), "{") {
		switch form := Recognise([]byte(begin)); form {
		case NoForm:
		case FormJWK:
			return fmt.Errorf("this is not the JSON text of a JWK Set: it is %s with something around it, or encoded once more", form)
		default:
			return fmt.Errorf("this is not the JSON text of a JWK Set: it is %s; use ParsePublicKey, and NewKeySet for several", form)
		}
	}
	return fmt.Errorf("this is not the JSON text of a JWK Set: %w", err)
}

// readEntry judges one entry of a JWK Set. Its error means that the whole set must be rejected.
func readEntry(text string) (e Entry, err error) {
	if strictjson.KindOf(text) != strictjson.Object {
		return e, errors.New("it is not an object")
	}
	j, err := readMembers(text)
	if err != nil {
		return e, err
	}
	if name := j.private(); name != "" {
		return e, fmt.Errorf("it has %q, so it is a private key or a secret, which must not be in a set", name)
	}
	e.Err = j.readType()
	if j.kty == "oct" {
		return e, errors.New(`it is of kty "oct", a secret, which must not be in a set`)
	}
	if e.Err == nil {
		e.Key, e.Use, e.Err = j.publicKey(false)
	}
	e.Use.KeyID, _ = j.str("kid") // of what cannot be used, too; "" if it is not even a string
	return e, nil
}
