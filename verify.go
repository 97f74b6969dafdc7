package jwt

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/jsonplan"
)

const (
	// maxSignature is more than the longest signature, that of an RSA key of 16384 bits.
	maxSignature = 4096
	// maxLeeway is the largest clock skew that WithLeeway accepts.
	maxLeeway = time.Hour
)

// Verifier is a policy for tokens with claims of type T, and the keys to verify them
// with: made once by [NewVerifier], safe for concurrent use. A zero Verifier refuses
// everything with [ErrInvalidOption].
type Verifier[T any] struct {
	p         *policy
	plan      *jsonplan.Decoder
	validates bool
}

// result is a token and the array that its lists of strings share, unless they need a
// longer one: one allocation.
type result[T any] struct {
	Token[T]
	lists [4]string
}

// policy is the part of a Verifier that does not depend on T.
type policy struct {
	verifyConfig
	schemes []*scheme
	keyring // unless there is a KeyFunc
	find    KeyFunc
}

// keyring is a key or a set of keys.
type keyring struct {
	key *material
	set *KeySet
}

// Verify checks a token with the keys given, and returns its claims decoded into a T.
// The list of allowed algorithms must not be empty. The package documentation lists
// the checks and their order. Errors that match [ErrInvalidToken] are the token's
// fault; others are [ErrInvalidOption], [ErrInvalidKey] and [ErrKeysUnavailable].
func Verify[T any](token string, keys KeySource, algs []Algorithm, opts ...VerifyOption) (*Token[T], error) {
	v, err := NewVerifier[T](keys, algs, opts...)
	if err != nil {
		return nil, err
	}
	return v.Verify(token)
}

// NewVerifier makes a verifier. Mistakes in the policy are [ErrInvalidOption]: no
// algorithm, an empty, contradictory or repeated option, a T that no JSON object can
// be decoded into. Keys of which none can serve any of the algorithms are
// [ErrInvalidKey]; a list wider than today's keys is fine, since keys rotate.
func NewVerifier[T any](keys KeySource, algs []Algorithm, opts ...VerifyOption) (*Verifier[T], error) {
	p := &policy{verifyConfig: verifyConfig{maxSize: defaultMaxSize, given: make([]string, 0, len(opts))}}
	p.now = time.Now
	if err := p.allow(algs); err != nil {
		return nil, err
	}
	if err := p.apply(opts); err != nil {
		return nil, err
	}
	if err := p.use(keys); err != nil {
		return nil, err
	}
	t := reflect.TypeFor[T]()
	plan, err := plans.Decoder(t)
	if err != nil {
		return nil, wrapf(ErrInvalidOption, err, "no token's claims can be decoded into %s", t)
	}
	return &Verifier[T]{p, plan, mayValidate[T]()}, nil
}

// Verify checks a token and returns its claims, as the function [Verify] does. On any
// error the token is nil.
func (v *Verifier[T]) Verify(token string) (*Token[T], error) {
	return v.VerifyContext(context.Background(), token)
}

// VerifyContext is Verify with a context, which reaches the [KeyFunc].
func (v *Verifier[T]) VerifyContext(ctx context.Context, token string) (*Token[T], error) {
	if v == nil || v.p == nil {
		return nil, failf(ErrInvalidOption, "the Verifier was not made by NewVerifier")
	}
	s := getScratch()
	defer s.release()
	seg, err := split(token, v.p.maxSize, v.p.padded)
	if err != nil {
		return nil, err
	}
	header, keyID, err := v.p.authenticate(ctx, s, &seg)
	if err != nil {
		return nil, err
	}
	payload, err := s.payload(seg.payload)
	if err != nil {
		return nil, err
	}
	var r result[T]
	t := &r.Token
	t.Header, t.Payload, t.KeyID = header, payload, keyID
	index, err := s.registered(payload, &t.RegisteredClaims, r.lists[:0], ErrMalformed)
	if err != nil {
		return nil, err
	}
	if err := v.p.checkType(header.Type); err != nil {
		return nil, err
	}
	if err := v.p.check(&t.RegisteredClaims, index); err != nil {
		return nil, err
	}
	if err := v.plan.Decode(payload, index.members, jsonplan.Known{Block: &t.RegisteredClaims, Members: index.read, List: index.lists}, reflect.ValueOf(&t.Claims).Elem()); err != nil {
		return nil, wrapf(ErrInvalidClaims, err, "the payload does not fit the claims type")
	}
	if v.validates {
		if err := validate(&t.Claims); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// String describes the policy in words, for an audit log. It has no key material.
func (v *Verifier[T]) String() string {
	if v == nil || v.p == nil {
		return "jwt.Verifier: not made by NewVerifier"
	}
	return "jwt.Verifier: " + v.p.describe()
}

// mayValidate reports whether T or *T has a Validate: *T has none if T is a pointer. An
// interface holds a map after decoding, which has none. Asking the interface tables is much
// cheaper than [reflect.Type.Implements].
func mayValidate[T any]() bool {
	var zero T
	_, value := any(zero).(ClaimsValidator)
	_, pointer := any(&zero).(ClaimsValidator)
	return value || pointer
}

func validate[T any](claims *T) error {
	c, ok := any(claims).(ClaimsValidator)
	if !ok {
		if c, ok = any(*claims).(ClaimsValidator); !ok {
			return nil
		}
	}
	if err := c.Validate(); err != nil {
		return wrapf(ErrInvalidClaims, err, "the claims' Validate refuses the token")
	}
	return nil
}

// allow takes the list of algorithms.
func (p *policy) allow(algs []Algorithm) error {
	if len(algs) == 0 {
		return failf(ErrInvalidOption, "no algorithm is allowed: name those that your issuer signs with, such as []jwt.Algorithm{jwt.RS256}")
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

// use takes the keys, and makes sure that they can serve at all.
func (p *policy) use(keys KeySource) error {
	if isNil(keys) {
		return failf(&both{ErrInvalidOption, ErrInvalidKey}, "the key is nil")
	}
	switch k := keys.(type) {
	case *SecretKey:
		p.key = k.verification()
	case *PublicKey:
		p.key = k.verification()
	case *KeySet:
		p.set = k
	case KeyFunc:
		p.find = k
		return nil
	default:
		return failf(ErrInvalidKey, "a key of type %T is not of this package", keys)
	}
	if p.key == nil && p.set == nil {
		return failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	for _, s := range p.schemes {
		fits := func(m *material) bool { return m.serves(s, opVerify) }
		if p.key != nil && fits(p.key) || p.set != nil && slices.ContainsFunc(p.set.all, fits) {
			return nil
		}
	}
	if p.key != nil {
		return p.key.unfit(p.schemes[0], opVerify)
	}
	if p.set.len() == 0 {
		return failf(ErrInvalidKey, "the set has no keys that can be used")
	}
	return failf(ErrInvalidKey, "none of the set's %d keys can serve %s", p.set.len(), p.algorithms())
}

// authenticate finds the key and checks the signature. It parses the header and
// nothing else.
func (p *policy) authenticate(ctx context.Context, s *scratch, seg *segments) (Header, string, error) {
	header, sc, err := p.header(s, seg.header)
	if err != nil {
		return Header{}, "", err
	}
	keys := p.keyring
	if p.find != nil {
		if keys, err = p.found(ctx, header); err != nil {
			return Header{}, "", err
		}
	}
	s.keys = keys.candidates(s.keys[:0], sc, header.KeyID)
	if err := keys.checkCandidates(len(s.keys), sc, header.KeyID); err != nil {
		return Header{}, "", err
	}
	if base64url.DecodedLen(len(seg.signature)) > maxSignature || !s.decode(seg.signature) {
		return Header{}, "", errSignature
	}
	for _, m := range s.keys {
		if sc.family.verify(sc, m, seg.input, s.buf) {
			return header, m.kid, nil
		}
	}
	return Header{}, "", errSignature
}

var errSignature = &failure{class: ErrInvalidSignature, text: "the signature does not match: the token was changed, or signed with another key"}

// header reads the header, and finds its algorithm among those allowed.
func (p *policy) header(s *scratch, segment string) (Header, *scheme, error) {
	for _, sc := range p.schemes {
		if segment == sc.header {
			return Header{Algorithm: sc.name, Type: "JWT", segment: segment}, sc, nil
		}
	}
	h, err := s.header(segment)
	if err != nil {
		return Header{}, nil, err
	}
	for _, sc := range p.schemes {
		if h.Algorithm == sc.name {
			return h, sc, nil
		}
	}
	return Header{}, nil, failf(ErrAlgorithmNotAllowed, "the token's algorithm is %s; allowed: %s", excerpt.Quote(h.Algorithm), p.algorithms())
}

// found asks the KeyFunc.
func (p *policy) found(ctx context.Context, h Header) (keyring, error) {
	source, err := p.find(ctx, h)
	switch {
	case errors.Is(err, ErrKeyNotFound):
		return keyring{}, wrapf(ErrKeyNotFound, outside{err}, "the KeyFunc has no key for the token")
	case err != nil:
		return keyring{}, wrapf(ErrKeysUnavailable, outside{err}, "the KeyFunc failed")
	case isNil(source):
		return keyring{}, failf(ErrKeyNotFound, "the KeyFunc has no key for the token (kid %s)", excerpt.Quote(h.KeyID))
	}
	var keys keyring
	switch k := source.(type) {
	case *SecretKey:
		keys.key = k.verification()
	case *PublicKey:
		keys.key = k.verification()
	case *KeySet:
		keys.set = k
	default:
		return keyring{}, failf(ErrKeysUnavailable, "the KeyFunc returned a %T: want a key or a *KeySet", source)
	}
	if keys.key == nil && keys.set.isZero() {
		return keyring{}, failf(&both{ErrKeysUnavailable, ErrInvalidKey}, "the KeyFunc returned a key or a set that was not made by a constructor of this package")
	}
	return keys, nil
}

// candidates appends the keys that serve a token: one rule for keys and sets. A key
// serves if it fits the algorithm, and if the token names no kid, the key has none, or
// both are equal.
func (r keyring) candidates(dst []*material, s *scheme, kid string) []*material {
	if r.set != nil {
		return r.set.candidates(dst, s, kid)
	}
	if (kid == "" || r.key.kid == "" || r.key.kid == kid) && r.key.serves(s, opVerify) {
		dst = append(dst, r.key)
	}
	return dst
}

func (r keyring) checkCandidates(n int, s *scheme, kid string) error {
	total := 1
	if r.set != nil {
		total = r.set.len()
	}
	switch {
	case n > maxCandidates:
		return failf(ErrKeyNotFound, "more than %d of the %d keys could have signed the token: it must name a kid", maxCandidates, total)
	case n == 0 && kid == "":
		return failf(ErrKeyNotFound, "no key fits: the token uses %s and names no kid; keys: %d", s.name, total)
	case n == 0:
		return failf(ErrKeyNotFound, "no key fits: the token uses %s with kid %s; keys: %d", s.name, excerpt.Quote(kid), total)
	}
	return nil
}

// checkType compares the header's typ with the one asked for.
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

// mediaType leaves out "application/", as typ may (RFC 7515, Section 4.1.9).
func mediaType(typ string) string {
	const prefix = "application/"
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) && !strings.Contains(typ[len(prefix):], "/") {
		return typ[len(prefix):]
	}
	return typ
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}

func (p *policy) algorithms() string {
	names := make([]string, len(p.schemes))
	for i, s := range p.schemes {
		names[i] = s.name
	}
	return strings.Join(names, ", ")
}

// describe is the policy in words.
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
