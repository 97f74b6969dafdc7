package jwt

import (
	"bytes"
	"slices"
	"strings"

	"example.com/jwt/internal/strictjson"
)

// maxJWK is the longest text of one JWK that is looked at, in bytes.
const maxJWK = 64 << 10

// jwkMembers are the members of a JWK that mean anything to this package; others are
// ignored (RFC 7517, Section 4), also x5c, x5u and their like.
var jwkMembers = []string{
	"kty", "use", "key_ops", "alg", "kid", "keys",
	"n", "e", "crv", "x", "y",
	"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv",
}

// privateMembers are the members of jwkMembers that no public JWK has; "priv" is that
// of kty AKP, which is no key of this package but must not be published either.
var privateMembers = jwkMembers[11:]

// jwk is the text of a JWK that has been read as JSON, and what it says of its use.
type jwk struct {
	text    string
	members map[string]strictjson.Member // those of jwkMembers alone

	kty string
	kid string
	alg algorithm // 0: not bound
	ops keyOps
}

// ParseSecretKey reads a JWK of kty "oct" (RFC 7518, Section 6.4), such as
// [SecretKey.ExportJWK] writes. The secret obeys the rules of [NewSecretKey], and the
// JWK's kid, alg, use and key_ops are obeyed too. A secret that is not a JWK goes to
// NewSecretKey.
func ParseSecretKey(jwk []byte, opts ...KeyOption) (*SecretKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("ParseSecretKey", "WithPassphrase", "WithThumbprintKeyID"); err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(bytes.TrimLeft(jwk, " \t\r\n"), []byte("{")) {
		return nil, failf(ErrInvalidKey, "this is not the JSON text of a JWK: NewSecretKey takes the bytes of a secret")
	}
	j, err := readJWK(jwk)
	if err != nil {
		return nil, err
	}
	return j.secretKey(cfg)
}

// parsePublicJWK reads a JWK that must be public.
func parsePublicJWK(text []byte, cfg *keyConfig) (*PublicKey, error) {
	j, err := readJWK(text)
	if err != nil {
		return nil, err
	}
	return j.publicKey(cfg)
}

// parsePrivateJWK reads a JWK that must be private.
func parsePrivateJWK(text []byte, cfg *keyConfig) (*PrivateKey, error) {
	j, err := readJWK(text)
	if err != nil {
		return nil, err
	}
	return j.privateKey(cfg)
}

// readJWK reads the text of one JWK, whose kinds of values are checked on use.
func readJWK(text []byte) (*jwk, error) {
	if len(text) > maxJWK {
		return nil, failf(ErrInvalidKey, "a JWK of %d bytes is too long: want at most %d", len(text), maxJWK)
	}
	j, err := readMembers(string(text))
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "this is not the JSON text of a JWK")
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
		if name := m.Name(text); slices.Contains(jwkMembers, name) {
			j.members[strings.Clone(name)] = m
		}
	}
	return j, nil
}

func (j *jwk) publicKey(cfg *keyConfig) (*PublicKey, error) {
	if j.kty == "oct" {
		return nil, failf(ErrInvalidKey, `this JWK is a secret (kty "oct"), not a public key: use ParseSecretKey`)
	}
	if name := j.private(); name != "" {
		return nil, failf(ErrInvalidKey, "this JWK is a private key (it has %q) where a public one belongs: use ParsePrivateKey(...).Public()", name)
	}
	cfg, err := j.configure(cfg, opVerify)
	if err != nil {
		return nil, err
	}
	public, err := j.public(cfg.weak)
	if err != nil {
		return nil, err
	}
	k, err := newPublic(public, cfg)
	if err != nil {
		return nil, err
	}
	if err := j.bind(k.m); err != nil {
		return nil, err
	}
	return k, nil
}

func (j *jwk) privateKey(cfg *keyConfig) (*PrivateKey, error) {
	if j.kty == "oct" {
		return nil, failf(ErrInvalidKey, `this JWK is a secret (kty "oct"), not a private key: use ParseSecretKey`)
	}
	if !j.has("d") {
		return nil, failf(ErrInvalidKey, `this JWK has no "d", so it is not a private key: use ParsePublicKey if it is public`)
	}
	cfg, err := j.configure(cfg, opSign)
	if err != nil {
		return nil, err
	}
	signer, err := j.signer(cfg.weak)
	if err != nil {
		return nil, err
	}
	k, err := newPrivate(signer, cfg)
	if err != nil {
		return nil, err
	}
	if err := j.checkCRT(k.k.signer); err != nil {
		return nil, err
	}
	if err := j.bind(k.k.material); err != nil {
		return nil, err
	}
	return k, nil
}

func (j *jwk) secretKey(cfg *keyConfig) (*SecretKey, error) {
	if j.kty != "oct" {
		return nil, failf(ErrInvalidKey, `this JWK is of kty %s, not a secret ("oct"): use ParsePrivateKey or ParsePublicKey`, quote(j.kty))
	}
	cfg, err := j.configure(cfg, opAll)
	if err != nil {
		return nil, err
	}
	secret, err := j.octets("k")
	if err != nil {
		return nil, err
	}
	cfg.ops = j.ops
	k, err := newSecret(secret, cfg)
	if err != nil {
		return nil, err
	}
	if err := j.bind(k.k.material); err != nil {
		return nil, err
	}
	return k, nil
}

// configure reads what the JWK says of its use, which must allow one of the operations,
// and gives the options with what they leave to the JWK filled in. The key_ops of a key
// pair end here: once they have allowed what the key is read for, nothing is left to
// restrict, and Public() of a private key is not bound by them.
func (j *jwk) configure(cfg *keyConfig, op keyOps) (*keyConfig, error) {
	if err := j.readUse(op); err != nil {
		return nil, err
	}
	own := *cfg
	if own.kid == "" && !own.thumbprint {
		own.kid = j.kid
	}
	if own.alg != 0 && j.alg != 0 && own.alg != j.alg {
		return nil, failf(ErrInvalidOption, "WithAlgorithm says %s, but the JWK's alg is %s: leave the option out", own.alg, j.alg)
	}
	return &own, nil
}

// bind binds the key to the JWK's alg. It is not left to the options, because a key that
// contradicts itself is no mistake of the calling program.
func (j *jwk) bind(m *material) error {
	if j.alg == 0 {
		return nil
	}
	if s := j.alg.scheme(); !s.family.fits(s, m) {
		return failf(ErrInvalidKey, "the JWK's alg is %s, which needs %s, but it is %s", s.name, s.family.need(s), m.describe())
	}
	m.bound = j.alg
	return nil
}

// readType reads "kty", which all else depends on.
func (j *jwk) readType() (err error) {
	if !j.has("kty") && j.has("keys") {
		return failf(ErrInvalidKey, "this is a JWK Set, not one key: use ParseKeySet")
	}
	if j.kty, err = j.str("kty"); err != nil {
		return err
	}
	switch j.kty {
	case "RSA", "EC", "OKP", "oct":
		return nil
	}
	return failf(ErrInvalidKey, "a JWK of kty %s is not supported: want RSA, EC, OKP or oct", quote(j.kty))
}

// readUse reads kid, alg, use and key_ops; one of the operations must be allowed.
func (j *jwk) readUse(op keyOps) (err error) {
	if j.has("kid") {
		if j.kid, err = j.str("kid"); err != nil {
			return err
		}
	}
	use := ""
	if j.has("use") {
		if use, err = j.str("use"); err != nil {
			return err
		}
		if use != "sig" {
			return failf(ErrInvalidKey, `the JWK's use is %s, so it is not for signatures: want "sig"`, quote(use))
		}
	}
	if j.has("alg") {
		name, err := j.str("alg")
		if err != nil {
			return err
		}
		if j.alg = algorithmByName(name); j.alg == 0 {
			return failf(ErrInvalidKey, "the JWK's alg is %s, which is not a signature algorithm of this package", quote(name))
		}
	}
	j.ops = opAll
	if j.has("key_ops") {
		return j.readOps(op, use)
	}
	return nil
}

func (j *jwk) readOps(op keyOps, use string) error {
	m := j.members["key_ops"]
	if m.Kind() != strictjson.Array {
		return failf(ErrInvalidKey, "the JWK's key_ops is not an array of strings")
	}
	j.ops = 0
	seen := make(map[string]bool)
	for raw := range strictjson.Elements(m.Raw(j.text)) {
		if strictjson.KindOf(raw) != strictjson.String {
			return failf(ErrInvalidKey, "the JWK's key_ops is not an array of strings")
		}
		name := strictjson.Unquote(raw)
		if seen[name] {
			return failf(ErrInvalidKey, "the JWK's key_ops names %s twice", quote(name))
		}
		seen[name] = true
		switch {
		case name == "sign":
			j.ops |= opSign
		case name == "verify":
			j.ops |= opVerify
		case use != "":
			return failf(ErrInvalidKey, `the JWK's use is "sig", but its key_ops names %s: they contradict each other`, quote(name))
		}
	}
	if j.ops&op == 0 {
		want := map[keyOps]string{opSign: `"sign"`, opVerify: `"verify"`, opAll: `"sign" or "verify"`}[op]
		return failf(ErrInvalidKey, "the JWK's key_ops does not name %s, so it can't be used for that", want)
	}
	return nil
}

func (j *jwk) has(name string) bool {
	_, ok := j.members[name]
	return ok
}

// private names the first private member that the JWK has, whatever its value; or "".
func (j *jwk) private() string {
	if i := slices.IndexFunc(privateMembers, j.has); i >= 0 {
		return privateMembers[i]
	}
	return ""
}

// str gives a member's string, which is a copy: keys must not hold on to whole texts.
func (j *jwk) str(name string) (string, error) {
	m, ok := j.members[name]
	if !ok {
		return "", failf(ErrInvalidKey, "the JWK has no %q", name)
	}
	if m.Kind() != strictjson.String {
		return "", failf(ErrInvalidKey, "the JWK's %s is not a string", name)
	}
	return strings.Clone(m.String(j.text)), nil
}
