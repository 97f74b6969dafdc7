package jwt

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/jwt/internal/excerpt"
)

// issuedAtSlack is how far in the future "iat" may be, so that clock skew does not make fresh
// tokens fail.
const issuedAtSlack = time.Minute

// policy is what a verifier asks of keys, type and claims: the part of it that does not depend on
// T.
type policy struct {
	verifyConfig
	schemes []*scheme
	keyring // unless there is a KeyFunc
	find    KeyFunc
	known   knownHeaders

	// What holds needs, derived from the options by prepare.
	examined, needed claimSet // of the examined claims, a token has just those that are needed
	needsOther       []string // required claims that are not registered
	special          bool     // there is more to ask: explain does
	audienceSet      map[string]struct{}
}

// keyring is a key or a set of keys.
type keyring struct {
	key *checkedKey
	set *KeySet
}

// allow sets the algorithms.
func (p *policy) allow(algs []Algorithm) error {
	if len(algs) == 0 {
		return failf(ErrInvalidOption, "no algorithm is allowed: list those that your issuer uses, such as []jwt.Algorithm{jwt.RS256}")
	}
	p.schemes = make([]*scheme, 0, len(algs))
	for _, alg := range algs {
		s, err := schemeOf(alg)
		if err != nil {
			return err
		}
		p.schemes = append(p.schemes, s)
	}
	return nil
}

// use sets the keys. It fails unless one of them can serve one of the algorithms.
func (p *policy) use(keys KeySource) error {
	if isNil(keys) {
		return failf(ErrInvalidOption, "the key is nil").and(ErrInvalidKey)
	}
	if f, ok := keys.(KeyFunc); ok {
		p.find = f
		return nil
	}
	r, ok := keyringOf(keys)
	if !ok {
		return failf(ErrInvalidKey, "a key of type %T is not of this package", keys)
	}
	p.keyring = r
	if p.key == nil && p.set == nil {
		return failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	for _, s := range p.schemes {
		fits := func(m *checkedKey) bool { return m.serves(s, opVerify) }
		if p.key != nil && fits(p.key) || p.set != nil && slices.ContainsFunc(p.set.all, fits) {
			return nil
		}
	}
	if p.key != nil {
		return p.key.unfit(p.schemes[0], opVerify)
	}
	why, total := p.set.reasons(p.schemes[0], "")
	if p.set.len() == 0 {
		return failf(ErrInvalidKey, "the set has no keys that can be used").because(why, total)
	}
	return failf(ErrInvalidKey, "none of the set's %d keys can serve %s", p.set.len(), p.algorithms()).because(why, total)
}

// keyringOf resolves a key argument other than a [KeyFunc]. Only this package's own types count.
func keyringOf(keys KeySource) (r keyring, ok bool) {
	switch k := keys.(type) {
	case *SecretKey:
		return keyring{key: k.checkedKey()}, true
	case *PublicKey:
		return keyring{key: k.checkedKey()}, true
	case *KeySet:
		return keyring{set: k}, true
	}
	return keyring{}, false
}

// candidates appends the keys to try on a token. A single key is tried if it fits the algorithm,
// and unless the token and the key have different kids. It reports false if there are too many.
func (r keyring) candidates(dst []*checkedKey, s *scheme, kid string) ([]*checkedKey, bool) {
	if r.set != nil {
		return r.set.candidates(dst, s, kid)
	}
	if (kid == "" || r.key.kid == "" || r.key.kid == kid) && r.key.serves(s, opVerify) {
		dst = append(dst, r.key)
	}
	return dst, true
}

// noKey says why no key serves a token.
func (r keyring) noKey(s *scheme, kid string) error {
	var why []error
	total, keys := 1, 1
	switch {
	case r.set != nil:
		why, total = r.set.reasons(s, kid)
		keys = r.set.len()
	case kid != "" && r.key.kid != "" && r.key.kid != kid:
		why = []error{failf(ErrInvalidKey, "the key has the kid %s", excerpt.Quote(r.key.kid))}
	default:
		why = []error{r.key.unfit(s, opVerify)}
	}
	if kid == "" {
		return failf(ErrKeyNotFound, "no key fits: the token uses %s and has no kid; keys: %d", s.name, keys).because(why, total)
	}
	return failf(ErrKeyNotFound, "no key fits: the token uses %s with kid %s; keys: %d", s.name, excerpt.Quote(kid), keys).because(why, total)
}

// checkType compares the header's typ with the expected one.
func (p *policy) checkType(typ string) error {
	if p.typ == "" || strings.EqualFold(mediaType(p.typ), mediaType(typ)) && isASCII(typ) {
		return nil
	}
	e := &ClaimError{Claim: "typ", Want: p.typ, Err: ErrUnexpectedType}
	if typ != "" {
		e.Got = typ
	}
	return e
}

// mediaType removes "application/", which a typ may omit (RFC 7515, Section 4.1.9).
func mediaType(typ string) string {
	const prefix = "application/"
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) && !strings.Contains(typ[len(prefix):], "/") {
		return typ[len(prefix):]
	}
	return typ
}

// fewAudiences is the number of audiences up to which a list is searched faster than a map.
const fewAudiences = 8

// prepare derives from the options what holds needs.
func (p *policy) prepare() {
	for _, name := range p.required {
		bit := registeredBit(name)
		if p.needed |= bit; bit == 0 {
			p.needsOther = append(p.needsOther, name)
		}
	}
	noAudience := p.audiences == nil && !p.anyAudience
	if p.examined = p.needed; noAudience {
		p.examined |= hasAud
	}
	p.special = p.allowExpired || p.maxAge > 0 || noAudience && p.needed&hasAud != 0
	if len(p.audiences) > fewAudiences {
		p.audienceSet = make(map[string]struct{}, len(p.audiences))
		for _, name := range p.audiences {
			p.audienceSet[name] = struct{}{}
		}
	}
}

// check returns what is wrong with the claims. Nearly all tokens are right: holds finds that out
// with little code, and explain, which has more, makes the errors.
func (p *policy) check(c *RegisteredClaims, index *payloadIndex) error {
	var now time.Time
	if index.has&areDates != 0 || p.maxAge > 0 {
		now = p.now()
	}
	if p.holds(c, index, now) {
		return nil
	}
	return p.explain(c, index, now)
}

// holds reports whether nothing is wrong. If it reports false, explain decides.
func (p *policy) holds(c *RegisteredClaims, index *payloadIndex, now time.Time) bool {
	has := index.has
	if has&p.examined != p.needed || p.special {
		return false
	}
	early, late := now, now // by either clock
	if p.leeway != 0 {
		early, late = now.Add(-p.leeway), now.Add(p.leeway)
	}
	if has&hasExp != 0 && !early.Before(c.ExpiresAt.Time) ||
		has&hasNbf != 0 && late.Before(c.NotBefore.Time) ||
		has&hasIat != 0 && late.Before(c.IssuedAt.Time) {
		return false
	}
	for _, name := range p.needsOther {
		if !index.present(name) {
			return false
		}
	}
	return (p.issuers == nil || slices.Contains(p.issuers, c.Issuer)) &&
		(p.audiences == nil || p.isAudience(c.Audience)) &&
		(p.subject == "" || p.subject == c.Subject)
}

// explain reports all failing claims together, in the order exp, nbf, iat, iss, aud, sub, required;
// nil if there are none.
func (p *policy) explain(c *RegisteredClaims, index *payloadIndex, now time.Time) error {
	var failed claimErrors
	if index.has&areDates != 0 || p.maxAge > 0 {
		failed = p.checkDates(failed, c, index.has, now)
	}
	absent := func(claim string, err error, want any) {
		failed = append(failed, &ClaimError{Claim: claim, Want: want, Err: missing(err)})
	}
	if p.issuers != nil {
		if index.has&hasIss == 0 {
			absent("iss", ErrInvalidIssuer, oneOrMany(p.issuers))
		} else if !slices.Contains(p.issuers, c.Issuer) {
			failed = append(failed, &ClaimError{"iss", c.Issuer, oneOrMany(p.issuers), ErrInvalidIssuer})
		}
	}
	switch {
	case p.audiences != nil && index.has&hasAud == 0:
		absent("aud", ErrInvalidAudience, oneOrMany(p.audiences))
	case p.audiences != nil && !p.isAudience(c.Audience):
		failed = append(failed, &ClaimError{"aud", []string(c.Audience), oneOrMany(p.audiences), ErrInvalidAudience})
	case p.audiences == nil && !p.anyAudience && index.has&hasAud != 0:
		failed = append(failed, &ClaimError{"aud", []string(c.Audience), nil, ErrInvalidAudience})
	}
	if p.subject != "" {
		if index.has&hasSub == 0 {
			absent("sub", ErrInvalidSubject, p.subject)
		} else if c.Subject != p.subject {
			failed = append(failed, &ClaimError{"sub", c.Subject, p.subject, ErrInvalidSubject})
		}
	}
	for _, name := range p.required {
		if !index.present(name) {
			failed = append(failed, &ClaimError{Claim: name, Err: ErrMissingClaim})
		}
	}
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	return failed
}

func (p *policy) checkDates(failed claimErrors, c *RegisteredClaims, has claimSet, now time.Time) claimErrors {
	early, late := now, now // by either clock
	if p.leeway != 0 {
		early, late = now.Add(-p.leeway), now.Add(p.leeway)
	}
	if has&hasExp != 0 && !p.allowExpired && !early.Before(c.ExpiresAt.Time) {
		failed = append(failed, &ClaimError{"exp", c.ExpiresAt.Time, now, ErrExpired})
	}
	if has&hasNbf != 0 && late.Before(c.NotBefore.Time) {
		failed = append(failed, &ClaimError{"nbf", c.NotBefore.Time, now, ErrNotYetValid})
	}
	switch {
	case has&hasIat != 0 && late.Add(issuedAtSlack).Before(c.IssuedAt.Time):
		failed = append(failed, &ClaimError{"iat", c.IssuedAt.Time, now, ErrNotYetValid})
	case p.maxAge > 0 && has&hasIat == 0:
		failed = append(failed, &ClaimError{Claim: "iat", Err: missing(ErrExpired)})
	case p.maxAge > 0 && c.IssuedAt.Add(p.maxAge).Before(early):
		failed = append(failed, &ClaimError{"iat", c.IssuedAt.Time, now, ErrExpired})
	}
	return failed
}

// oneOrMany returns the expected value for a [ClaimError]: a string if there is one, and otherwise
// a copy of the list, so that changing it does not change the policy.
func oneOrMany(names []string) any {
	if len(names) == 1 {
		return names[0]
	}
	return slices.Clone(names)
}

// isAudience reports whether one of the names is among the policy's audiences. Its time is linear
// in either list.
func (p *policy) isAudience(names []string) bool {
	for _, name := range names {
		if p.audienceSet == nil {
			if slices.Contains(p.audiences, name) {
				return true
			}
		} else if _, ok := p.audienceSet[name]; ok {
			return true
		}
	}
	return false
}

func (p *policy) algorithms() string {
	names := make([]string, len(p.schemes))
	for i, s := range p.schemes {
		names[i] = s.name
	}
	return strings.Join(names, ", ")
}

// describe returns the policy in words.
func (p *policy) describe() string {
	parts := []string{"algorithms " + p.algorithms()}
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case p.find != nil:
		add("keys from a KeyFunc")
	case p.set != nil:
		add("a set of %d keys", p.set.len())
	case p.key.kid != "":
		add("%s with kid %s", p.key.describe(), excerpt.Quote(p.key.kid))
	default:
		add("%s", p.key.describe())
	}
	if p.typ != "" {
		add("typ %s", excerpt.Quote(p.typ))
	}
	if p.allowExpired {
		add("a past exp is accepted")
	} else {
		add("exp must be in the future if present")
	}
	if p.issuers != nil {
		add("iss one of %s", excerpt.List(p.issuers))
	}
	switch {
	case p.audiences != nil:
		add("aud one of %s", excerpt.List(p.audiences))
	case p.anyAudience:
		add("any aud")
	default:
		add("no aud")
	}
	if p.subject != "" {
		add("sub %s", excerpt.Quote(p.subject))
	}
	if p.subjects == anySubject {
		add("an integer as sub is accepted")
	}
	if p.required != nil {
		add("required %s", excerpt.List(p.required))
	}
	if p.maxAge > 0 {
		add("at most %s old", p.maxAge)
	}
	add("leeway %s", p.leeway)
	add("at most %d bytes", p.maxSize)
	if p.padded {
		add("padded base64 accepted")
	}
	return strings.Join(parts, "; ")
}
