package jwt

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

// Signer signs claims with one key and algorithm. Create it once with [NewSigner]; it is safe for
// concurrent use. The methods of a zero Signer return [ErrInvalidOption].
type Signer struct{ p *signPolicy }

// signPolicy is what a Signer adds to the claims, and the key that it signs with.
type signPolicy struct {
	signConfig
	scheme *scheme
	key    *keyPair
	header string // the encoded header, with its dot
}

// Sign returns a signed token with the claims: a struct, a map, or anything else that encodes as a
// JSON object. They are encoded as by encoding/json, but without HTML escaping. The header has alg,
// typ, the key's kid, and the parameters added by options.
//
// Sign returns [ErrInvalidOption] for claims that [Verify] would call malformed, with a
// [*ClaimError] if a single claim is at fault, [ErrInvalidKey] for a key that does not fit the
// algorithm, and [ErrKeysUnavailable] when an external signer fails. A token over 64 KiB can be
// verified only [WithMaxSize].
func Sign(claims any, key SigningKey, alg Algorithm, opts ...SignOption) (string, error) {
	s, err := NewSigner(key, alg, opts...)
	if err != nil {
		return "", err
	}
	return s.Sign(claims)
}

// NewSigner returns a signer. It returns [ErrInvalidKey] for a key that does not fit the algorithm
// (RFC 7518, Section 3.1), and [ErrInvalidOption] for an empty or repeated option.
func NewSigner(key SigningKey, alg Algorithm, opts ...SignOption) (*Signer, error) {
	s, err := schemeOf(alg)
	if err != nil {
		return nil, err
	}
	p := &signPolicy{scheme: s, signConfig: signConfig{typ: "JWT", now: time.Now}}
	if err := p.apply(opts); err != nil {
		return nil, err
	}
	if p.key, err = keyPairOf(key); err != nil {
		return nil, err
	}
	if !p.key.serves(s, opSign) {
		return nil, p.key.unfit(s, opSign)
	}
	if err := p.key.canSign(s); err != nil {
		return nil, err
	}
	header, err := p.encodeHeader()
	if err != nil {
		return nil, err
	}
	p.header = header
	return &Signer{p}, nil
}

// Sign returns a signed token with the claims, as the function [Sign] does.
func (s *Signer) Sign(claims any) (string, error) {
	if s == nil || s.p == nil {
		return "", failf(ErrInvalidOption, "the Signer was not made by NewSigner")
	}
	w := getScratch()
	defer w.release()
	if err := s.p.encodeClaims(w, claims); err != nil {
		return "", err
	}
	w.buf = append(w.buf[:0], s.p.header...)
	w.buf = base64url.AppendEncode(w.buf, w.json)
	signature, err := s.p.sign(w)
	if err != nil {
		return "", err
	}
	w.buf = append(w.buf, '.')
	w.buf = base64url.AppendEncode(w.buf, signature)
	return string(w.buf), nil
}

// String describes the signer by its algorithm and its key, without key material.
func (s Signer) String() string {
	if s.p == nil {
		return "jwt: no signer"
	}
	return s.p.key.describeKey(s.p.scheme.name + " signer")
}

// Format prints what String returns, whatever the verb.
func (s Signer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue logs what String returns.
func (s Signer) LogValue() slog.Value { return slog.StringValue(s.String()) }

// keyPairOf resolves a key argument. Only this package's own types count.
func keyPairOf(key SigningKey) (*keyPair, error) {
	if isNil(key) {
		return nil, failf(ErrInvalidOption, "the key is nil").and(ErrInvalidKey)
	}
	var k *keyPair
	switch key := key.(type) {
	case *SecretKey:
		k = key.pair
	case *PrivateKey:
		k = key.pair
	default:
		return nil, failf(ErrInvalidKey, "a key of type %T is not of this package", key)
	}
	if k == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	return k, nil
}

// sign signs w.buf, and writes the signature over w.json, which is no longer needed.
func (p *signPolicy) sign(w *scratch) ([]byte, error) {
	signature, err := p.ask(w.json[:0], w.buf)
	if err != nil && p.key.foreign {
		return nil, foreignError(err, "the key's signer failed", ErrKeysUnavailable)
	}
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "%s can't sign with this key", p.scheme.name)
	}
	if p.key.foreign && !p.scheme.family.verify(p.scheme, p.key.checkedKey, string(w.buf), signature) {
		return nil, failf(ErrKeysUnavailable, "the key's signer returned a signature that does not verify with its public key")
	}
	w.json = signature
	return signature, nil
}

// ask asks the key's owner for a signature: an ssh signer, or the algorithm's family.
func (p *signPolicy) ask(dst, input []byte) ([]byte, error) {
	if p.key.ssh != nil {
		return p.key.signSSH(p.scheme, dst, input)
	}
	return p.scheme.family.sign(p.scheme, p.key, dst, input)
}

// encodeClaims writes the payload into w.json.
func (p *signPolicy) encodeClaims(w *scratch, claims any) error {
	text, info, err := plans.Append(w.json[:0], claims)
	if err != nil {
		return refusedClaims(err)
	}
	w.json = text
	has := claimSet(info.Marks)
	if kind := strictjson.KindOf(string(text[:1])); kind != strictjson.Object {
		return failf(ErrInvalidOption, "the claims are %s in JSON, want an object: use a struct or a map", kind)
	}
	if !info.Trusted {
		var registered RegisteredClaims
		index := payloadIndex{text: string(text)}
		if err := index.scan(&w.scanner, &registered, textSubject, ErrInvalidOption); err != nil {
			return err
		}
		has = index.has
	}
	if p.expiresIn > 0 {
		return p.addDates(w, has)
	}
	return nil
}

// addDates adds exp, and iat unless the claims have it. Both are based on the same whole second:
// whoever caps the lifetime of a token compares the difference.
func (p *signPolicy) addDates(w *scratch, has claimSet) error {
	if has&hasExp != 0 {
		return &ClaimError{Claim: "exp", Err: failf(ErrInvalidOption, "WithExpiresIn is given, but the claims have a date already")}
	}
	now, d := p.now().Unix(), int64(p.expiresIn/time.Second)
	if now < minDate || now > maxDate-d {
		return &ClaimError{Claim: "exp", Err: failf(ErrInvalidOption, "WithExpiresIn leads to a date out of range")}
	}
	text := w.json[:len(w.json)-1]
	if len(text) > 1 {
		text = append(text, ',')
	}
	if has&hasIat == 0 {
		text, _ = appendSeconds(append(text, `"iat":`...), now)
		text = append(text, ',')
	}
	text, _ = appendSeconds(append(text, `"exp":`...), now+d)
	w.json = append(text, '}')
	return nil
}

// refusedClaims converts an error of the encoder to one that names the claim.
func refusedClaims(err error) error {
	refused := foreignError(err, "the claims can't be encoded", ErrInvalidOption)
	var at *jsonplan.EncodeError
	if errors.As(err, &at) && at.Path != "" {
		return &ClaimError{Claim: at.Path, Err: refused}
	}
	return refused
}

// encodeHeader writes the header: alg, typ, kid, then the others sorted by name.
func (p *signPolicy) encodeHeader() (string, error) {
	text := append([]byte(`{"alg":"`), p.scheme.name...)
	text = append(text, `","typ":`...)
	text, _ = strictjson.AppendQuote(text, p.typ)
	if p.key.kid != "" {
		text = append(text, `,"kid":`...)
		text, _ = strictjson.AppendQuote(text, p.key.kid)
	}
	slices.SortFunc(p.headers, func(a, b headerParam) int { return strings.Compare(a.name, b.name) })
	for _, h := range p.headers {
		var err error
		text = append(text, ',')
		text, _ = strictjson.AppendQuote(text, h.name)
		text = append(text, ':')
		if text, _, err = plans.Append(text, h.value); err != nil {
			return "", foreignError(err, "WithHeader: the value of "+excerpt.Quote(h.name)+" can't be encoded", ErrInvalidOption)
		}
	}
	text = append(text, '}')
	if base64url.EncodedLen(len(text)) > maxHeaderSegment {
		return "", failf(ErrInvalidOption, "the header of %d bytes is too long: its segment must not be over 16 KiB", len(text))
	}
	if len(p.headers) > 0 {
		var s strictjson.Scanner
		if _, err := s.Object(string(text)); err != nil {
			return "", wrapf(ErrInvalidOption, err, "WithHeader: the header is not strict JSON")
		}
	}
	return string(append(base64url.AppendEncode(nil, text), '.')), nil
}
