package jwt

import (
	"context"
	"slices"
	"strings"

	"example.com/jwt/internal/excerpt"
)

// Issuers verifies the tokens of several issuers, each by a [Verifier] with its own keys,
// algorithms and audience (RFC 8725, Section 3.8). Create it once with [NewIssuers]; it is safe for
// concurrent use. The methods of a zero Issuers return [ErrInvalidOption].
type Issuers[T any] struct {
	verifiers []*Verifier[T]
	byName    map[string]*Verifier[T]
	maxSize   int  // the largest of the verifiers'
	padded    bool // one of them has AllowPaddedBase64
}

// NewIssuers returns a verifier that chooses one of several by the token's "iss". It returns
// [ErrInvalidOption] if there is none, if one is nil, zero or without [WithIssuer], and if two
// share a name, because either could then decide whose keys may sign for it.
func NewIssuers[T any](verifiers ...*Verifier[T]) (*Issuers[T], error) {
	if len(verifiers) == 0 {
		return nil, failf(ErrInvalidOption, "NewIssuers: no verifier is given")
	}
	s := &Issuers[T]{verifiers: slices.Clone(verifiers), byName: map[string]*Verifier[T]{}}
	owner := map[string]int{} // which verifier has a name
	for i, v := range verifiers {
		if v == nil || v.p == nil {
			return nil, failf(ErrInvalidOption, "NewIssuers: verifier %d was not made by NewVerifier", i)
		}
		if v.p.issuers == nil {
			return nil, failf(ErrInvalidOption, "NewIssuers: verifier %d has no WithIssuer", i)
		}
		for _, name := range v.p.issuers {
			if other, ok := owner[name]; ok && other != i {
				return nil, failf(ErrInvalidOption, "NewIssuers: two verifiers accept the issuer %s: use one, with all its keys", excerpt.Quote(name))
			}
			owner[name], s.byName[name] = i, v
		}
		s.maxSize = max(s.maxSize, v.p.maxSize)
		s.padded = s.padded || v.p.padded
	}
	return s, nil
}

// Verify verifies a token by the verifier for its "iss", as [Verifier.Verify] does. On any error
// the token is nil.
func (s *Issuers[T]) Verify(token string) (*Token[T], error) {
	return s.VerifyContext(context.Background(), token)
}

// VerifyContext is like [Issuers.Verify], and passes the context to the [KeyFunc]. To choose the
// verifier, it first reads the "iss" of the payload, strictly and before any signature is checked;
// nothing else depends on that reading. It returns [ErrKeyNotFound] for an issuer without a
// verifier and for a token without "iss", and [ErrMalformed] for an "iss" that is not a string.
func (s *Issuers[T]) VerifyContext(ctx context.Context, token string) (*Token[T], error) {
	if s == nil || s.verifiers == nil {
		return nil, failf(ErrInvalidOption, "the Issuers was not made by NewIssuers")
	}
	name, err := readIssuer(token, s.maxSize, s.padded)
	if err != nil {
		return nil, err
	}
	v := s.byName[name]
	if v == nil {
		return nil, failf(ErrKeyNotFound, "none of the %d verifiers is for the token's issuer, %s", len(s.verifiers), excerpt.Quote(name))
	}
	// The verifier reads the token anew, by its own limits: what it accepts must not depend on the
	// others.
	return v.VerifyContext(ctx, token)
}

// String describes the policies in words, in the order given, for an audit log. It contains no key
// material.
func (s *Issuers[T]) String() string {
	if s == nil || s.verifiers == nil {
		return "jwt.Issuers: not made by NewIssuers"
	}
	policies := make([]string, len(s.verifiers))
	for i, v := range s.verifiers {
		policies[i] = "{" + v.p.describe() + "}"
	}
	return "jwt.Issuers: " + strings.Join(policies, " or ")
}

// readIssuer returns the "iss" of an unverified token.
func readIssuer(token string, maxSize int, padded bool) (name string, err error) {
	w := getScratch()
	defer w.release()
	var seg segments
	if err := seg.split(token, maxSize, padded); err != nil {
		return "", err
	}
	payload, err := w.payload(seg.payload)
	if err != nil {
		return "", err
	}
	members, err := w.scanner.Object(payload)
	if err != nil {
		return "", wrapf(ErrMalformed, err, "the payload is not a strict JSON object")
	}
	for i := range members {
		if m := &members[i]; m.Name(payload) == "iss" {
			if !setString(&name, m, payload) {
				return "", claimFault(hasIss, m, payload, textSubject, ErrMalformed)
			}
			return name, nil
		}
	}
	return "", failf(ErrKeyNotFound, `the token has no "iss", by which its verifier is chosen`)
}
