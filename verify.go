package jwt

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/jsonplan"
)

// Verifier verifies tokens with claims of type T by one policy and its keys. Create it once with
// [NewVerifier]; it is safe for concurrent use. The methods of a zero Verifier return
// [ErrInvalidOption].
type Verifier[T any] struct {
	p         *policy
	plan      *jsonplan.Decoder
	validates bool
	embeds    bool // T has the registered claims where their method registered says
}

// result is a token and, in the same allocation, the array that its lists of strings share unless
// they need a longer one.
type result[T any] struct {
	Token[T]
	lists [8]string
}

// Verify verifies a token with one of the keys and returns its claims, decoded into a T. The list
// of allowed algorithms must not be empty. The package documentation lists the checks and their
// order. Verify returns an error that matches [ErrInvalidToken] if the token is at fault, and
// otherwise one that matches [ErrInvalidOption], [ErrInvalidKey] or [ErrKeysUnavailable].
func Verify[T any](token string, keys KeySource, algs []Algorithm, opts ...VerifyOption) (*Token[T], error) {
	v, err := NewVerifier[T](keys, algs, opts...)
	if err != nil {
		return nil, err
	}
	return v.Verify(token)
}

// NewVerifier returns a verifier. It returns [ErrInvalidOption] for a mistake in the policy: no
// algorithm, an empty, contradictory or repeated option, a T that no JSON object can be decoded
// into, or one with a check that would never be called (see [ClaimsValidator]). It returns
// [ErrInvalidKey] if none of the keys fits any of the algorithms. The list may contain algorithms
// that no key has today, since keys rotate.
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
	p.prepare()
	plan, err := claimsDecoder(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	_, promotes := any((*T)(nil)).(embedsRegistered)
	return &Verifier[T]{p, plan, mayValidate[T](), promotes && plan.EmbedsBlock()}, nil
}

// Verify verifies a token and returns its claims, as the function [Verify] does. On any error the
// token is nil.
func (v *Verifier[T]) Verify(token string) (*Token[T], error) {
	return v.VerifyContext(context.Background(), token)
}

// VerifyContext is like [Verifier.Verify], and passes the context to the [KeyFunc].
func (v *Verifier[T]) VerifyContext(ctx context.Context, token string) (*Token[T], error) {
	if v == nil || v.p == nil {
		return nil, failf(ErrInvalidOption, "the Verifier was not made by NewVerifier")
	}
	w := getScratch()
	defer w.release()
	header, keyID, payload, err := v.p.open(ctx, w, token)
	if err != nil {
		return nil, err
	}
	var r result[T]
	t := &r.Token
	t.Header, t.Payload, t.KeyID = *header, payload, keyID
	index := payloadIndex{text: payload, lists: r.lists[:0]}
	if err := v.p.read(w, header.Type, &t.RegisteredClaims, &index); err != nil {
		return nil, err
	}
	if v.embeds {
		index.lists = any(&t.Claims).(embedsRegistered).registered().copy(&t.RegisteredClaims, index.lists)
	}
	known := jsonplan.Known{Block: &t.RegisteredClaims, Placed: v.embeds, Members: index.read, List: index.lists}
	if err := v.plan.Decode(payload, index.members, known, reflect.ValueOf(&t.Claims).Elem()); err != nil {
		return nil, unfitPayload(err)
	}
	if v.validates {
		if err := validate(&t.Claims); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Decode decodes the verified payload into another type, for instance one chosen at run time, by
// the same rules as into T, Validate included (see [ClaimsValidator]). It returns
// [ErrInvalidOption] unless dst is a non-nil pointer to a type that [NewVerifier] would accept, and
// otherwise the errors of [Verify] about a payload. *dst is set, to a fresh value, only if all
// succeeds. The payload is scanned again; an integer as "sub" is always accepted.
func (t *Token[T]) Decode(dst any) error { return decodePayload(t.Payload, dst) }

func decodePayload(payload string, dst any) error {
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return failf(ErrInvalidOption, "Decode: got %T, want a pointer that is not nil", dst)
	}
	plan, err := claimsDecoder(target.Type().Elem())
	if err != nil {
		return err
	}
	w := getScratch()
	defer w.release()
	var c RegisteredClaims
	index := payloadIndex{text: payload, lists: []string{}}
	if err := index.scan(&w.scanner, &c, anySubject, ErrMalformed); err != nil {
		return err
	}
	fresh := reflect.New(target.Type().Elem())
	known := jsonplan.Known{Block: &c, Members: index.read, List: index.lists}
	if err := plan.Decode(payload, index.members, known, fresh.Elem()); err != nil {
		return unfitPayload(err)
	}
	own, ok := fresh.Interface().(ClaimsValidator)
	if !ok {
		own, ok = fresh.Elem().Interface().(ClaimsValidator)
	}
	if ok {
		if err := validationError(own.Validate()); err != nil {
			return err
		}
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// String describes the policy in words, for an audit log. It contains no key material.
func (v *Verifier[T]) String() string {
	if v == nil || v.p == nil {
		return "jwt.Verifier: not made by NewVerifier"
	}
	return "jwt.Verifier: " + v.p.describe()
}

// mayValidate reports whether T or *T has a Validate method. If T is an interface, the decoded
// value is a map, which has none. A type assertion is much cheaper than [reflect.Type.Implements].
func mayValidate[T any]() bool {
	var zero T
	_, value := any(zero).(ClaimsValidator)
	_, pointer := any(&zero).(ClaimsValidator)
	return value || pointer
}

func validate[T any](claims *T) error {
	c, ok := any(claims).(ClaimsValidator)
	if !ok {
		c = any(*claims).(ClaimsValidator) // see mayValidate
	}
	return validationError(c.Validate())
}

// unfitPayload converts an error of decoding, which may be one of the claims type's own methods.
func unfitPayload(err error) error {
	return foreignError(err, "the payload does not fit the claims type", ErrInvalidClaims)
}

// validationError converts what Validate returns. A service that Validate asks may be down, which
// is not the token's fault.
func validationError(err error) error {
	if err == nil {
		return nil
	}
	f := foreignError(err, "the claims' Validate rejects the token", ErrKeysUnavailable, ErrInvalidClaims)
	if f.class == ErrKeysUnavailable {
		f.text = "the claims' Validate can't decide"
	}
	return f
}

// open checks the form of a token and its signature, and only then decodes the payload.
func (p *policy) open(ctx context.Context, w *scratch, token string) (h *Header, keyID, payload string, err error) {
	var seg segments
	if err = seg.split(token, p.maxSize, p.padded); err != nil {
		return nil, "", "", err
	}
	if h, keyID, err = p.authenticate(ctx, w, &seg); err != nil {
		return nil, "", "", err
	}
	payload, err = w.payload(seg.payload)
	return h, keyID, payload, err
}

// read reads the registered claims of an authenticated payload, and checks them and the type.
func (p *policy) read(w *scratch, typ string, c *RegisteredClaims, index *payloadIndex) error {
	if err := index.scan(&w.scanner, c, p.subjects, ErrMalformed); err != nil {
		return err
	}
	if err := p.checkType(typ); err != nil {
		return err
	}
	return p.check(c, index)
}

// authenticate finds the key and checks the signature. It parses nothing but the header, and not
// even that if it is a known one that leads to one key.
func (p *policy) authenticate(ctx context.Context, w *scratch, seg *segments) (*Header, string, error) {
	k := p.known.find(seg.header)
	if k == nil || k.key == nil {
		return p.authenticateAny(ctx, w, seg)
	}
	if fault := w.signature(seg.signature); fault != nil {
		return nil, "", fault
	}
	if !k.scheme.family.verify(k.scheme, k.key, seg.input, w.buf) {
		return nil, "", errSignature
	}
	return &k.Header, k.key.kid, nil
}

// authenticateAny is authenticate for all headers and keys.
func (p *policy) authenticateAny(ctx context.Context, w *scratch, seg *segments) (*Header, string, error) {
	header, s, err := p.header(w, seg.header)
	if err != nil {
		return nil, "", err
	}
	keys := p.keyring
	if p.find != nil {
		if keys, err = p.found(ctx, *header); err != nil {
			return nil, "", err
		}
	}
	var few bool
	if w.keys, few = keys.candidates(w.keys[:0], s, header.KeyID); !few {
		return nil, "", keys.set.tooMany(header.KeyID)
	}
	if len(w.keys) == 0 {
		return nil, "", keys.noKey(s, header.KeyID)
	}
	if fault := w.signature(seg.signature); fault != nil {
		return nil, "", fault
	}
	for _, m := range w.keys {
		if s.family.verify(s, m, seg.input, w.buf) {
			if p.find != nil || len(w.keys) > 1 {
				p.known.add(header, s, nil)
			} else {
				p.known.add(header, s, m)
			}
			return header, m.kid, nil
		}
	}
	return nil, "", errSignature
}

// header returns the header, which it parses unless it is a known one, and finds its algorithm
// among those allowed.
func (p *policy) header(w *scratch, segment string) (h *Header, s *scheme, err error) {
	for _, s := range p.schemes {
		if segment == s.usual.segment {
			return &s.usual, s, nil
		}
	}
	if k := p.known.find(segment); k != nil {
		return &k.Header, k.scheme, nil
	}
	if w.head, err = w.header(segment); err != nil {
		return nil, nil, err
	}
	for _, s := range p.schemes {
		if w.head.Algorithm == s.name {
			return &w.head, s, nil
		}
	}
	return nil, nil, failf(ErrAlgorithmNotAllowed, "the token's algorithm is %s; allowed: %s", excerpt.Quote(w.head.Algorithm), p.algorithms())
}

const (
	// maxKnownHeaders bounds what a verifier keeps: an issuer may write a new header for each token.
	maxKnownHeaders = 64
	// maxKnownHeader is the length of the longest header segment that is kept.
	maxKnownHeader = 512
)

// knownHeader is a parsed header, and what follows from it alone.
type knownHeader struct {
	Header
	scheme *scheme
	key    *checkedKey // the only one to try, unless there are several, or a KeyFunc
}

// knownHeaders are some of the headers under which a verifier has seen good signatures, so that
// nobody without a key can add any. An issuer writes the same few headers again and again, most
// write a single one. The map of the others is replaced by a larger one, never changed.
type knownHeaders struct {
	first  atomic.Pointer[knownHeader]
	others atomic.Pointer[map[string]*knownHeader]
	used   atomic.Bool
}

func (h *knownHeaders) find(segment string) *knownHeader {
	k := h.first.Load()
	if k == nil || k.segment == segment {
		return k
	}
	if others := h.others.Load(); others != nil {
		return (*others)[segment]
	}
	return nil
}

// add does nothing for the first token, which may be the only one.
func (h *knownHeaders) add(header *Header, s *scheme, key *checkedKey) {
	if !h.used.Load() {
		h.used.Store(true)
		return
	}
	others := h.others.Load()
	if others != nil && len(*others) == maxKnownHeaders-1 || len(header.segment) > maxKnownHeader || h.find(header.segment) != nil {
		return
	}
	k := &knownHeader{*header, s, key}
	k.segment = strings.Clone(k.segment) // the token need not stay in memory
	if h.first.Load() == nil {
		h.first.CompareAndSwap(nil, k)
		return
	}
	more := map[string]*knownHeader{}
	if others != nil {
		more = maps.Clone(*others)
	}
	more[k.segment] = k
	h.others.CompareAndSwap(others, &more)
}

// found returns the keys that the KeyFunc finds.
func (p *policy) found(ctx context.Context, h Header) (keyring, error) {
	source, err := p.find(ctx, h)
	if err != nil {
		f := foreignError(err, "the KeyFunc failed", ErrKeysUnavailable, ErrKeyNotFound, ErrKeysUnavailable)
		if f.class == ErrKeyNotFound {
			f.text = "the KeyFunc has no key for the token"
		}
		return keyring{}, f
	}
	if isNil(source) {
		return keyring{}, failf(ErrKeyNotFound, "the KeyFunc has no key for the token (kid %s)", excerpt.Quote(h.KeyID))
	}
	keys, ok := keyringOf(source)
	if !ok {
		return keyring{}, failf(ErrKeysUnavailable, "the KeyFunc returned a %T: want a key or a *KeySet", source)
	}
	if keys.key == nil && keys.set.isZero() {
		return keyring{}, failf(ErrKeysUnavailable, "the KeyFunc returned a key or a set that was not made by a constructor of this package").and(ErrInvalidKey)
	}
	return keys, nil
}
