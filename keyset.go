package jwt

import (
	"bytes"
	"slices"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keytext"
)

const (
	// maxAuthorizedText and maxAuthorizedLines bound an authorized_keys file.
	maxAuthorizedText  = 1 << 20
	maxAuthorizedLines = 1000

	// maxCandidates is how many keys of a set are tried on one token.
	maxCandidates = 16
)

// KeySet is an immutable set of verification keys, for services that rotate theirs or
// trust several. A token's kid selects the keys that have exactly that kid; with a kid that
// the set lacks, the keys without kid are tried; without a kid, all keys that fit. At most 16
// keys are tried. It is safe for concurrent use. A zero KeySet fails with [ErrInvalidKey]
// wherever it is used.
type KeySet struct {
	keys    []VerificationKey // nil in a zero KeySet only
	skipped []error

	all     []*checkedKey
	unnamed []*checkedKey
	byKid   map[string][]*checkedKey
}

// NewKeySet makes a set of the given keys, in that order. It returns [ErrInvalidKey] for two
// different keys of one kind with the same kid, since a token's kid would not tell them apart.
// The same key twice is kept once.
func NewKeySet(keys ...VerificationKey) (*KeySet, error) {
	s := newKeySet()
	for i, key := range keys {
		m, err := checkedKeyOf(key)
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
	entries, err := keytext.Set(jwks)
	if err != nil {
		return nil, invalidKey(err)
	}
	s := newKeySet()
	for i, entry := range entries {
		key, err := keyOfEntry(entry)
		if err != nil {
			s.skipped = append(s.skipped, wrapf(ErrInvalidKey, err, "entry %d of the JWK Set is skipped", i))
			continue
		}
		if err := s.add(key, key.checked); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ParseAuthorizedKeys reads an OpenSSH authorized_keys file as a set of keys to trust,
// of at most 1,000 lines and 1 MiB; each key's kid is its thumbprint (RFC 7638). A line
// that says more or less than "trust this key" is left out and listed in
// [KeySet.Skipped]: one with options, a certificate, a security key (sk-*), DSA, a weak
// key, and what cannot be read. It returns
// [ErrInvalidKey] for a file without a usable key.
func ParseAuthorizedKeys(data []byte) (*KeySet, error) {
	if len(data) > maxAuthorizedText {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d bytes is too long: want at most %d", len(data), maxAuthorizedText)
	}
	if lines := bytes.Count(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) + 1; lines > maxAuthorizedLines {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d lines is too long: want at most %d", lines, maxAuthorizedLines)
	}
	s := newKeySet()
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.Trim(line, " \t\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, err := readAuthorizedKey(line)
		if err != nil {
			s.skipped = append(s.skipped, wrapf(ErrInvalidKey, err, "line %d of the authorized_keys file is skipped", number))
			continue
		}
		if err := s.add(key, key.checked); err != nil {
			return nil, err // unreachable: the kid of different keys differs
		}
	}
	if len(s.keys) > 0 {
		return s, nil
	}
	if len(s.skipped) > 0 {
		return nil, wrapf(ErrInvalidKey, s.skipped[0], "none of the keys in the authorized_keys file can be used")
	}
	return nil, failf(ErrInvalidKey, "the authorized_keys file has no key")
}

func readAuthorizedKey(line []byte) (*PublicKey, error) {
	public, err := keytext.AuthorizedKey(line, false)
	if err != nil {
		return nil, err
	}
	return newPublic(public, &keyConfig{thumbprint: true})
}

func (s *KeySet) keySource() {}

// Keys returns the keys of the set in their order; the slice is the caller's.
func (s *KeySet) Keys() []VerificationKey { return slices.Clone(s.keys) }

// Skipped says which keys [ParseKeySet] or [ParseAuthorizedKeys] left out and why, one
// error for each, which matches [ErrInvalidKey]; worth a line in the log.
func (s *KeySet) Skipped() []error { return slices.Clone(s.skipped) }

// MarshalJSON returns the JWK Set to publish (RFC 7517, Section 5). It fails with
// [ErrInvalidKey] for a set that holds a secret, and for a zero KeySet.
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
		dst = m.appendJWK(dst)
	}
	return append(dst, "]}"...), nil
}

// candidates appends the keys that serve a token with this algorithm and kid to dst, by
// the one rule: where keys of the set have exactly the token's kid, only those are
// tried, fit or not. It stops at one more than maxCandidates.
func (s *KeySet) candidates(dst []*checkedKey, sc *scheme, kid string) []*checkedKey {
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
	return &KeySet{keys: []VerificationKey{}, byKid: make(map[string][]*checkedKey)}
}

// add takes one key up unless the set has it already.
func (s *KeySet) add(key VerificationKey, m *checkedKey) error {
	same := s.unnamed
	if m.kid != "" {
		same = s.byKid[m.kid]
	}
	for _, x := range same {
		switch {
		case x.kind != m.kind:
		case !x.sameKey(m):
			if m.kid != "" {
				return failf(ErrInvalidKey, "two different keys of kty %s have the kid %s: give each its own", m.kty(), excerpt.Quote(m.kid))
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

// checkedKeyOf resolves a key argument without calling a method of a foreign type.
func checkedKeyOf(key VerificationKey) (*checkedKey, error) {
	var m *checkedKey
	switch k := key.(type) {
	case *SecretKey:
		if k != nil {
			m = k.checkedKey()
		}
	case *PublicKey:
		if k != nil {
			m = k.checkedKey()
		}
	default:
		if !isNil(key) {
			return nil, failf(ErrInvalidKey, "a %T is not a key of this package: want a *SecretKey or a *PublicKey", key)
		}
	}
	switch {
	case isNil(key):
		return nil, failf(ErrInvalidKey, "the key is nil").and(ErrInvalidOption)
	case m == nil:
		return nil, failf(ErrInvalidKey, "the key is a zero value: make it with a constructor")
	}
	return m, nil
}

// keyOfEntry makes the key of an entry, or says why there is none.
func keyOfEntry(e keytext.Entry) (key *PublicKey, err error) {
	var cfg keyConfig
	if err = e.Err; err == nil {
		err = cfg.adopt(e.Use)
	}
	if err == nil {
		key, err = newPublic(e.Key, &cfg)
	}
	if err != nil && e.Use.KeyID != "" {
		return nil, wrapf(ErrInvalidKey, err, "kid %s", excerpt.Quote(e.Use.KeyID))
	}
	return key, err
}
