package jwt

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"slices"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keytext"
)

const (
	// maxAuthorizedText and maxAuthorizedLines bound an authorized_keys file.
	maxAuthorizedText  = 1 << 20
	maxAuthorizedLines = 1000

	// maxCandidates is how many keys of a set are tried on one token, and maxModuli how many
	// bits of modulus the RSA keys among them have together: they bound the cost of a forged token.
	maxCandidates = 16
	maxModuli     = 1 << 16

	// maxSetModulus is the size of the largest RSA key that is read from a set, whose author may
	// be less trusted than the author of a key file.
	maxSetModulus = 8192
)

// KeySet is an immutable set of verification keys, for services that rotate theirs or
// trust several. A token's kid selects the keys that have exactly that kid; with a kid that
// the set lacks, the keys without kid are tried; without a kid, all keys that fit. At most 16
// keys are tried, and RSA keys of at most 65,536 bits together; if more would serve, a token fails
// with [ErrKeyNotFound]. It is safe for concurrent use. A zero KeySet fails with [ErrInvalidKey]
// wherever it is used.
type KeySet struct {
	keys    []VerificationKey // nil in a zero KeySet only
	skipped []*skippedKey

	all     []*checkedKey
	unnamed []*checkedKey
	byKid   map[string][]*checkedKey
}

// NewKeySet returns a set of the given keys, in that order. Different keys may have the same kid:
// all of them are tried, so that sets can be merged. The same key with the same kid and binding is
// kept once. It returns [ErrInvalidKey] for a zero key, and for nil an error that also matches
// [ErrInvalidOption].
func NewKeySet(keys ...VerificationKey) (*KeySet, error) {
	s := newKeySet()
	for i, key := range keys {
		m, err := checkedKeyOf(key)
		if err != nil {
			return nil, wrapf(ErrInvalidKey, err, "key %d of the set", i)
		}
		s.add(key, m)
	}
	return s, nil
}

// ParseKeySet reads a JWK Set of public keys (RFC 7517, Section 5) of at most 100 entries and 1
// MiB. A key that cannot be used for any reason, such as an unknown kty, RSA of more than 8192
// bits, or a use other than signatures, is left out and listed in [KeySet.Skipped], so that one new
// kind of key does not break a provider's set. It returns [ErrInvalidKey] for a set that contains a
// secret or a private key. A set without usable keys is no error.
func ParseKeySet(jwks []byte) (*KeySet, error) {
	entries, err := keytext.Set(jwks)
	if err != nil {
		return nil, invalidKey(err)
	}
	s := newKeySet()
	for i, entry := range entries {
		key, err := keyOfEntry(entry)
		if err != nil {
			s.skip(entry.Use.KeyID, wrapf(ErrInvalidKey, err, "entry %d of the JWK Set is skipped", i))
			continue
		}
		s.add(key, key.checked)
	}
	return s, nil
}

// ParseAuthorizedKeys reads an OpenSSH authorized_keys file as a set of keys to trust,
// of at most 1,000 lines and 1 MiB; each key's kid is its thumbprint (RFC 7638). A line
// that says more or less than "trust this key" is left out and listed in
// [KeySet.Skipped]: one with options, a certificate, a security key (sk-*), DSA, RSA of less than
// 2048 or more than 8192 bits, and what cannot be read. It returns [ErrInvalidKey] for a file
// without a usable key.
func ParseAuthorizedKeys(data []byte) (*KeySet, error) {
	if len(data) > maxAuthorizedText {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d bytes is too long: want at most %d", len(data), maxAuthorizedText)
	}
	if lines := bytes.Count(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) + 1; lines > maxAuthorizedLines {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d lines is too long: want at most %d", lines, maxAuthorizedLines)
	}
	s := newKeySet()
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		number++
		line = bytes.Trim(line, " \t\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, err := readAuthorizedKey(line)
		if err != nil {
			s.skip("", wrapf(ErrInvalidKey, err, "line %d of the authorized_keys file is skipped", number))
			continue
		}
		s.add(key, key.checked)
	}
	if len(s.keys) > 0 {
		return s, nil
	}
	if len(s.skipped) > 0 {
		return nil, failf(ErrInvalidKey, "none of the keys in the authorized_keys file can be used").because(s.Skipped(), len(s.skipped))
	}
	return nil, failf(ErrInvalidKey, "the authorized_keys file has no key")
}

func readAuthorizedKey(line []byte) (*PublicKey, error) {
	public, err := keytext.AuthorizedKey(line, false)
	if err != nil {
		return nil, err
	}
	return newSetKey(public, &keyConfig{thumbprint: true})
}

// newSetKey makes a key of a set's text, within the bound of sets.
func newSetKey(key crypto.PublicKey, cfg *keyConfig) (*PublicKey, error) {
	if k, ok := key.(*rsa.PublicKey); ok && k.N.BitLen() > maxSetModulus {
		return nil, failf(ErrInvalidKey, "an RSA key of %d bits is too large for a set: want at most %d (NewKeySet takes larger ones from ParsePublicKey)", k.N.BitLen(), maxSetModulus)
	}
	return newPublic(key, cfg)
}

func (s *KeySet) keySource() {}

// Keys returns the keys of the set in order, in a new slice.
func (s *KeySet) Keys() []VerificationKey { return slices.Clone(s.keys) }

// Skipped returns the reasons why [ParseKeySet] or [ParseAuthorizedKeys] left out keys: one error
// for each key, which matches [ErrInvalidKey]. Log them.
func (s *KeySet) Skipped() []error {
	var errs []error
	for _, e := range s.skipped {
		errs = append(errs, e)
	}
	return errs
}

// String describes the set by how many keys it has, and how many were skipped.
func (s KeySet) String() string {
	switch {
	case s.isZero():
		return "jwt: no key set"
	case len(s.skipped) > 0:
		return fmt.Sprintf("jwt: key set (keys: %d, skipped: %d)", s.len(), len(s.skipped))
	}
	return fmt.Sprintf("jwt: key set (keys: %d)", s.len())
}

// Format prints what String returns, whatever the verb.
func (s KeySet) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue logs what String returns.
func (s KeySet) LogValue() slog.Value { return slog.StringValue(s.String()) }

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

// list returns the keys among which those for a token's kid are, by the one rule: where keys of
// the set have exactly that kid, only those are tried, fit or not.
func (s *KeySet) list(kid string) []*checkedKey {
	if kid == "" {
		return s.all
	}
	if named, ok := s.byKid[kid]; ok {
		return named
	}
	return s.unnamed
}

// candidates appends the keys that serve a token with this algorithm and kid to dst. It reports
// false if these are more than may be tried.
func (s *KeySet) candidates(dst []*checkedKey, sc *scheme, kid string) ([]*checkedKey, bool) {
	found, moduli := 0, 0
	for _, m := range s.list(kid) {
		if !m.serves(sc, opVerify) {
			continue
		}
		if m.kind == kindRSA {
			moduli += m.rsa.N.BitLen()
		}
		if found++; found > maxCandidates || moduli > maxModuli {
			return dst, false
		}
		dst = append(dst, m)
	}
	return dst, true
}

// tooMany says why none of the keys that serve a token with this kid is tried.
func (s *KeySet) tooMany(kid string) error {
	bound := fmt.Sprintf("at most %d are tried, and RSA keys of %d bits together", maxCandidates, maxModuli)
	switch _, named := s.byKid[kid]; {
	case kid == "":
		return failf(ErrKeyNotFound, "too many of the %d keys could have signed the token (%s): it must have a kid", s.len(), bound)
	case named:
		return failf(ErrKeyNotFound, "too many keys have the kid %s of the token (%s): each key must have a kid of its own", excerpt.Quote(kid), bound)
	default:
		return failf(ErrKeyNotFound, "no key has the kid %s of the token, and too many have none (%s): the token must name the kid of a key", excerpt.Quote(kid), bound)
	}
}

// reasons says why no key of the set serves a token with this algorithm and kid: why entries that
// might have were skipped, first those with its kid, and why the keys of its list do not fit. It
// returns a few of the reasons, and how many there are.
func (s *KeySet) reasons(sc *scheme, kid string) (first []error, total int) {
	skippedWith := func(want string) {
		for _, e := range s.skipped {
			if e.kid != want && kid != "" {
				continue
			}
			if total++; total <= excerpt.MaxReasons {
				first = append(first, e)
			}
		}
	}
	skippedWith(kid)
	list := s.list(kid)
	for _, m := range list[:min(len(list), excerpt.MaxReasons)] {
		first = append(first, m.unfit(sc, opVerify))
	}
	total += len(list)
	if _, named := s.byKid[kid]; kid != "" && !named {
		skippedWith("")
	}
	return first, total
}

func (s *KeySet) len() int { return len(s.all) }

// isZero reports whether the set was made without its constructors.
func (s *KeySet) isZero() bool { return s == nil || s.keys == nil }

func newKeySet() *KeySet {
	return &KeySet{keys: []VerificationKey{}, byKid: make(map[string][]*checkedKey)}
}

// add takes one key up unless the set has it already.
func (s *KeySet) add(key VerificationKey, m *checkedKey) {
	same := s.unnamed
	if m.kid != "" {
		same = s.byKid[m.kid]
	}
	if slices.ContainsFunc(same, m.isTwin) {
		return
	}
	s.keys, s.all = append(s.keys, key), append(s.all, m)
	if m.kid == "" {
		s.unnamed = append(s.unnamed, m)
	} else {
		s.byKid[m.kid] = append(s.byKid[m.kid], m)
	}
}

func (s *KeySet) skip(kid string, why error) {
	s.skipped = append(s.skipped, &skippedKey{kid, why})
}

// skippedKey is why an entry of a set is not used.
type skippedKey struct {
	kid string
	why error
}

func (e *skippedKey) Error() string { return e.why.Error() }
func (e *skippedKey) Unwrap() error { return e.why }

// KeyID returns the kid of the entry, or "". Package jwks finds the reason for a kid by it.
func (e *skippedKey) KeyID() string { return e.kid }

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
		key, err = newSetKey(e.Key, &cfg)
	}
	if err != nil && e.Use.KeyID != "" {
		return nil, wrapf(ErrInvalidKey, err, "kid %s", excerpt.Quote(e.Use.KeyID))
	}
	return key, err
}
