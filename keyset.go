package jwt

import (
	"slices"

	"example.com/jwt/internal/strictjson"
)

const (
	// maxSetKeys and maxSetText bound a JWK Set, in entries and bytes.
	maxSetKeys = 100
	maxSetText = 1 << 20

	// maxCandidates is how many keys of a set are tried on one token.
	maxCandidates = 16
)

// KeySet is an immutable set of verification keys, for services that rotate theirs or
// trust several. A token's kid selects: where keys of the set have exactly that kid,
// only those are tried; otherwise, and for a token without kid, those that have none,
// or all; at most 16 keys are tried. It is safe for concurrent use. A zero KeySet is
// [ErrInvalidKey] where it is used.
type KeySet struct {
	keys    []VerificationKey // nil in a zero KeySet only
	skipped []error

	all     []*material
	unnamed []*material
	byKid   map[string][]*material
}

// NewKeySet makes a set of the given keys, in that order. Two different keys of one kind
// with the same kid are [ErrInvalidKey], since a token's kid would not tell them apart;
// the same key twice is kept once.
func NewKeySet(keys ...VerificationKey) (*KeySet, error) {
	s := newKeySet()
	for i, key := range keys {
		m, err := materialOf(key)
		if err != nil {
			return nil, wrapf(ErrInvalidKey, err, "key %d of the set", i)
		}
		if err := s.add(key, m); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ParseKeySet reads a JWK Set of public keys (RFC 7517, Section 5) of at most 100 entries
// and 1 MiB. A key that cannot be used for whatever reason, such as an unknown kty or
// one for encryption, is left out and listed in [KeySet.Skipped], so that one new kind of
// key does not break a provider's set; a secret or a private key among them is
// [ErrInvalidKey]. A set without usable keys is no error.
func ParseKeySet(jwks []byte) (*KeySet, error) {
	entries, err := readSet(jwks)
	if err != nil {
		return nil, err
	}
	s := newKeySet()
	for i, entry := range entries {
		key, unusable, err := readEntry(entry)
		switch {
		case err != nil:
			return nil, wrapf(ErrInvalidKey, err, "entry %d of the JWK Set", i)
		case unusable != nil:
			s.skipped = append(s.skipped, wrapf(ErrInvalidKey, unusable, "entry %d of the JWK Set is skipped", i))
			continue
		}
		if err := s.add(key, key.m); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Keys gives the keys of the set in their order; the slice is the caller's.
func (s *KeySet) Keys() []VerificationKey { return slices.Clone(s.keys) }

// Skipped says which keys [ParseKeySet] or [ParseAuthorizedKeys] left out and why, one
// error for each, which matches [ErrInvalidKey]; worth a line in the log.
func (s *KeySet) Skipped() []error { return slices.Clone(s.skipped) }

// MarshalJSON gives the JWK Set to publish (RFC 7517, Section 5). A set that holds a
// secret is [ErrInvalidKey], and so is a zero KeySet.
func (s *KeySet) MarshalJSON() ([]byte, error) {
	if s.isZero() {
		return nil, failf(ErrInvalidKey, "a zero KeySet has no JWK Set: make it with NewKeySet or ParseKeySet")
	}
	dst := []byte(`{"keys":[`)
	for i, m := range s.all {
		if m.kind == kindSecret {
			return nil, failf(ErrInvalidKey, "key %d of the set is a secret, which must not be published", i)
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = m.appendPublicJWK(dst)
	}
	return append(dst, "]}"...), nil
}

// candidates appends the keys that serve a token with this algorithm and kid to dst, by
// the one rule: where keys of the set have exactly the token's kid, only those are
// tried, fit or not. It stops at one more than maxCandidates.
func (s *KeySet) candidates(dst []*material, sc *scheme, kid string) []*material {
	list := s.all
	if kid != "" {
		named, ok := s.byKid[kid]
		if list = named; !ok {
			list = s.unnamed
		}
	}
	found := 0
	for _, m := range list {
		if m.serves(sc, opVerify) {
			dst = append(dst, m)
			if found++; found > maxCandidates {
				break
			}
		}
	}
	return dst
}

func (s *KeySet) len() int { return len(s.all) }

// isZero reports whether the set was made without its constructors.
func (s *KeySet) isZero() bool { return s == nil || s.keys == nil }

func newKeySet() *KeySet {
	return &KeySet{keys: []VerificationKey{}, byKid: make(map[string][]*material)}
}

// add takes one key up unless the set has it already.
func (s *KeySet) add(key VerificationKey, m *material) error {
	same := s.unnamed
	if m.kid != "" {
		same = s.byKid[m.kid]
	}
	for _, x := range same {
		switch {
		case x.kind != m.kind:
		case !x.sameKey(m):
			if m.kid != "" {
				return failf(ErrInvalidKey, "two different keys of kty %s have the kid %s: give each its own", m.kty(), quote(m.kid))
			}
		case x.bound == m.bound && x.ops == m.ops:
			return nil
		}
	}
	s.keys, s.all = append(s.keys, key), append(s.all, m)
	if m.kid == "" {
		s.unnamed = append(s.unnamed, m)
	} else {
		s.byKid[m.kid] = append(s.byKid[m.kid], m)
	}
	return nil
}

// materialOf resolves a key argument without calling a method of a foreign type.
func materialOf(key VerificationKey) (*material, error) {
	var m *material
	switch k := key.(type) {
	case *SecretKey:
		if k != nil {
			m = k.verification()
		}
	case *PublicKey:
		if k != nil {
			m = k.verification()
		}
	default:
		if !isNil(key) {
			return nil, failf(ErrInvalidKey, "a %T is not a key of this package: want a *SecretKey or a *PublicKey", key)
		}
	}
	switch {
	case isNil(key):
		return nil, failf(&both{ErrInvalidKey, ErrInvalidOption}, "the key is nil")
	case m == nil:
		return nil, failf(ErrInvalidKey, "the key is a zero value: make it with a constructor")
	}
	return m, nil
}

// readSet gives the texts of a JWK Set's entries, at most maxSetKeys of them.
func readSet(jwks []byte) ([]string, error) {
	if len(jwks) > maxSetText {
		return nil, failf(ErrInvalidKey, "a JWK Set of %d bytes is too long: want at most %d", len(jwks), maxSetText)
	}
	j, err := readMembers(string(jwks))
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "this is not the JSON text of a JWK Set")
	}
	m, ok := j.members["keys"]
	switch {
	case !ok && j.has("kty"):
		return nil, failf(ErrInvalidKey, "this is one JWK, not a JWK Set: use ParsePublicKey")
	case !ok:
		return nil, failf(ErrInvalidKey, `the JWK Set has no "keys"`)
	case m.Kind() != strictjson.Array:
		return nil, failf(ErrInvalidKey, `the JWK Set's "keys" is not an array`)
	}
	var entries []string
	for raw := range strictjson.Elements(m.Raw(j.text)) {
		if len(entries) == maxSetKeys {
			return nil, failf(ErrInvalidKey, "the JWK Set has more than %d keys", maxSetKeys)
		}
		entries = append(entries, raw)
	}
	return entries, nil
}

// readEntry reads one key of a JWK Set: a key, or why it is of no use, or why it must not
// be there at all.
func readEntry(text string) (key *PublicKey, unusable, err error) {
	if strictjson.KindOf(text) != strictjson.Object {
		return nil, nil, failf(ErrInvalidKey, "it is not an object")
	}
	j, err := readMembers(text)
	if err != nil {
		return nil, nil, err
	}
	if name := j.private(); name != "" {
		return nil, nil, failf(ErrInvalidKey, "it has %q, so it is a private key or a secret, which must not be in a set", name)
	}
	if unusable = j.readType(); unusable == nil {
		if j.kty == "oct" {
			return nil, nil, failf(ErrInvalidKey, `it is of kty "oct", a secret, which must not be in a set`)
		}
		key, unusable = j.publicKey(new(keyConfig))
	}
	if m, ok := j.members["kid"]; unusable != nil && ok && m.Kind() == strictjson.String {
		unusable = wrapf(ErrInvalidKey, unusable, "kid %s", quote(m.String(text)))
	}
	return key, unusable, nil
}
