package keytext

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/strictjson"
)

// jwkMembers are the members of a JWK that mean anything to this package; others are
// ignored (RFC 7517, Section 4), x5c and x5u included.
var jwkMembers = []string{
	"kty", "use", "key_ops", "alg", "kid", "keys",
	"n", "e", "crv", "x", "y", "pub",
	"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv",
}

// ktys are the kinds of keys that are read.
var ktys = []string{"RSA", "EC", "OKP", "AKP", "oct"}

// privateMembers are the members of jwkMembers that no public JWK has.
var privateMembers = jwkMembers[12:]

// jwk is the text of a JWK that has been read as JSON.
type jwk struct {
	text    string
	members map[string]strictjson.Member // those of jwkMembers that are not empty
	kty     string
}

// readJWK reads the text of one JWK, whose kinds of values are checked on use.
func readJWK(text string) (*jwk, error) {
	if len(text) > maxKeyText {
		return nil, fmt.Errorf("a JWK of %d bytes is too long: want at most %d", len(text), maxKeyText)
	}
	j, err := readMembers(text)
	if err != nil {
		return nil, fmt.Errorf("this is not the JSON text of a JWK: %w", err)
	}
	if err := j.readType(); err != nil {
		return nil, err
	}
	return j, nil
}

func readMembers(text string) (*jwk, error) {
	var scanner strictjson.Scanner
	members, err := scanner.Object(text)
	if err != nil {
		return nil, err
	}
	j := &jwk{text: text, members: make(map[string]strictjson.Member, len(jwkMembers))}
	for _, m := range members {
		if name := m.Name(text); slices.Contains(jwkMembers, name) && !isEmpty(name, m.Raw(text)) {
			j.members[strings.Clone(name)] = m
		}
	}
	return j, nil
}

// isEmpty reports whether a member counts as absent. Serializers that know all members of a JWK
// write null, "" or [] for those that a key does not have. An empty "keys" is an empty set.
func isEmpty(name, raw string) bool {
	switch strictjson.KindOf(raw) {
	case strictjson.Null:
		return true
	case strictjson.String:
		return raw == `""`
	case strictjson.Array:
		return name != "keys" && strings.Trim(raw[1:len(raw)-1], blanks) == ""
	}
	return false
}

// publicJWK reads a JWK that must be public.
func publicJWK(text string, weak bool) (crypto.PublicKey, Use, error) {
	j, err := readJWK(text)
	if err != nil {
		return nil, Use{}, err
	}
	return j.publicKey(weak)
}

// privateJWK reads a JWK that must be private.
func privateJWK(text string, weak bool) (crypto.Signer, Use, error) {
	j, err := readJWK(text)
	switch {
	case err != nil:
		return nil, Use{}, err
	case j.kty == "oct":
		return nil, Use{}, found(SecretKey, `this JWK is a secret (kty "oct"), not a private key: use ParseSecretKey`)
	case !j.has(j.secretMember()):
		return nil, Use{}, found(PublicKey, `this JWK has no %q, so it is not a private key: use ParsePublicKey if it is public`, j.secretMember())
	}
	use, err := j.pairUse(OpSign)
	if err != nil {
		return nil, Use{}, err
	}
	key, err := j.signer(weak)
	return key, use, err
}

// secretJWK reads a JWK that must be a secret.
func secretJWK(text string) ([]byte, Use, error) {
	j, err := readJWK(text)
	if err != nil {
		return nil, Use{}, err
	}
	if j.kty != "oct" {
		return nil, Use{}, j.notSecret()
	}
	use, err := j.use(OpAll)
	if err != nil {
		return nil, Use{}, err
	}
	secret, err := j.octets("k")
	return secret, use, err
}

func (j *jwk) notSecret() error {
	what := PublicKey
	if j.private() != "" {
		what = PrivateKey
	}
	return found(what, `this JWK is of kty %s, not a secret ("oct"): use ParsePrivateKey or ParsePublicKey`, excerpt.Quote(j.kty))
}

func (j *jwk) publicKey(weak bool) (crypto.PublicKey, Use, error) {
	if j.kty == "oct" {
		return nil, Use{}, found(SecretKey, `this JWK is a secret (kty "oct"), not a public key: use ParseSecretKey`)
	}
	if name := j.private(); name != "" {
		return nil, Use{}, found(PrivateKey, "this JWK is a private key (it has %q) where a public one belongs: use ParsePrivateKey(...).Public()", name)
	}
	use, err := j.pairUse(OpVerify)
	if err != nil {
		return nil, Use{}, err
	}
	key, err := j.public(weak)
	if err != nil {
		return nil, Use{}, err
	}
	return key, use, nil
}

// readType reads "kty", which all else depends on.
func (j *jwk) readType() (err error) {
	if !j.has("kty") && j.has("keys") {
		return found(KeySet, "this is a JWK Set, not one key: use ParseKeySet, or, for a private key or a secret, pass one of its keys alone")
	}
	if j.kty, err = j.str("kty"); err != nil {
		return err
	}
	if slices.Contains(ktys, j.kty) {
		return nil
	}
	return fmt.Errorf("a JWK of kty %s is not supported: want RSA, EC, OKP, AKP or oct", excerpt.Quote(j.kty))
}

// use reads kid, alg, use and key_ops; one of the operations must be allowed.
func (j *jwk) use(op Ops) (use Use, err error) {
	if j.has("kid") {
		if use.KeyID, err = j.str("kid"); err != nil {
			return Use{}, err
		}
	}
	purpose := ""
	if j.has("use") {
		if purpose, err = j.str("use"); err != nil {
			return Use{}, err
		}
		if purpose != "sig" {
			return Use{}, fmt.Errorf(`the JWK's use is %s, so it is not for signatures: want "sig"`, excerpt.Quote(purpose))
		}
	}
	if j.has("alg") {
		if use.Alg, err = j.str("alg"); err != nil {
			return Use{}, err
		}
	}
	use.Ops = OpAll
	if j.has("key_ops") {
		use.Ops, err = j.ops(purpose)
	}
	if err == nil && use.Ops&op == 0 {
		want := map[Ops]string{OpSign: `"sign"`, OpVerify: `"verify"`, OpAll: `"sign" or "verify"`}[op]
		return Use{}, fmt.Errorf("the JWK's key_ops does not name %s, so it can't be used for that", want)
	}
	return use, err
}

// pairUse is use for a key pair, whose key_ops end here: once they have allowed what the key
// is read for, nothing is left to restrict, and they do not bind the other half of the pair.
func (j *jwk) pairUse(op Ops) (Use, error) {
	use, err := j.use(op)
	use.Ops = OpAll
	return use, err
}

// ops reads key_ops. Other operations are ignored, unless use contradicts them.
func (j *jwk) ops(purpose string) (ops Ops, err error) {
	m := j.members["key_ops"]
	if m.Kind() != strictjson.Array {
		return 0, errors.New("the JWK's key_ops is not an array of strings")
	}
	seen := make(map[string]bool)
	for raw := range strictjson.Elements(m.Raw(j.text)) {
		if strictjson.KindOf(raw) != strictjson.String {
			return 0, errors.New("the JWK's key_ops is not an array of strings")
		}
		name := strictjson.Unquote(raw)
		if seen[name] {
			return 0, fmt.Errorf("the JWK's key_ops names %s twice", excerpt.Quote(name))
		}
		seen[name] = true
		switch {
		case name == "sign":
			ops |= OpSign
		case name == "verify":
			ops |= OpVerify
		case purpose != "":
			return 0, fmt.Errorf(`the JWK's use is "sig", but its key_ops names %s: they contradict each other`, excerpt.Quote(name))
		}
	}
	return ops, nil
}

func (j *jwk) has(name string) bool {
	_, ok := j.members[name]
	return ok
}

// secretMember is the member that makes a key pair private.
func (j *jwk) secretMember() string {
	if j.kty == "AKP" {
		return "priv"
	}
	return "d"
}

// private names the first private member that the JWK has, or "".
func (j *jwk) private() string {
	if i := slices.IndexFunc(privateMembers, j.has); i >= 0 {
		return privateMembers[i]
	}
	return ""
}

// str returns a member's string, which is a copy: keys must not hold on to whole texts.
func (j *jwk) str(name string) (string, error) {
	m, ok := j.members[name]
	if !ok {
		return "", fmt.Errorf("the JWK has no %q", name)
	}
	if m.Kind() != strictjson.String {
		return "", fmt.Errorf("the JWK's %s is not a string", name)
	}
	return strings.Clone(m.String(j.text)), nil
}
