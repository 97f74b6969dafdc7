// Package jwt signs and verifies JSON Web Tokens (RFC 7519) in their signed compact
// form (RFC 7515). This verifies one:
//
//	key, err := jwt.ParsePublicKey(file) // an OpenSSH .pub line, PEM, a certificate, a JWK
//	…
//	v, err := jwt.NewVerifier[UserClaims](key, []jwt.Algorithm{jwt.RS256},
//		jwt.WithIssuer("https://issuer.example"), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp"))
//	…
//	tok, err := v.Verify(raw)
//	// tok.Subject, tok.ExpiresAt, tok.Claims.Roles
//
// and [Sign] makes one: jwt.Sign(claims, privateKey, jwt.RS256, jwt.WithExpiresIn(time.Hour)).
// [Verify] and [Sign] are one-shot forms of [Verifier] and [Signer], which are made
// once and used by many goroutines.
//
// # Choosing an algorithm
//
// With [HS256] one secret signs and verifies: for a service that reads its own
// tokens. With all others the issuer keeps a [PrivateKey] and anybody verifies with
// the [PublicKey]: EdDSA is the fastest to sign, ES256 the most common on small
// devices, RS256 the fastest to verify and understood everywhere. PS256 is RS256 with
// a better padding, for those who demand it. If in doubt, take EdDSA where you write
// both sides, and otherwise what the other side says.
//
// A verifier names what its issuer signs with, and never takes that from a token.
//
// # Keys
//
// A key is parsed and checked once, by a constructor that knows what it is; a public
// key can't be taken for a secret.
//
//	a secret                                      NewSecretKey, GenerateSecretKey, ParseSecretKey
//	a file of ssh-keygen or openssl, or a JWK     ParsePrivateKey, ParsePublicKey
//	a key of the standard library, a KMS, an HSM  NewPrivateKey, NewPublicKey
//	a key in ssh-agent                            NewSSHKey
//	several keys, chosen by kid                   NewKeySet, ParseKeySet, ParseAuthorizedKeys
//	keys that are found when needed               KeyFunc; package jwks for those on the web
//
// The format of a text is told by its content. A token that names a kid is verified with
// the keys of that kid, or where there are none with those that have no kid; a token that
// names none with all that fit.
//
// # What Verify checks
//
// In this order, and a later check never runs when an earlier one has failed:
//
//	check                                        options
//	64 KiB at most                               WithMaxSize
//	three segments of canonical base64url        AllowPaddedBase64
//	a header of strict JSON, no crit, no b64
//	"alg" is one of those given
//	a key fits the algorithm and the kid
//	the signature is good
//	a payload of strict JSON, registered claims of legal types
//	"typ", only if asked for                     WithType
//	"exp" and "nbf", if present                  WithLeeway, AllowExpired, WithRequiredClaims
//	"iat" at most a minute in the future         WithLeeway, WithMaxAge
//	no "aud", or one that is expected            WithAudience, AllowAnyAudience
//	"iss" and "sub", only if asked for           WithIssuer, WithSubject
//	the payload fits T, and T's Validate agrees
//
// The failing claims are reported all together. None of these checks depends on T: the
// registered claims are read from the payload, not through T.
//
// # Errors
//
// [errors.Is] tells the classes of errors, and so whose fault one is:
//
//	ErrInvalidToken       the token's, an HTTP 401; more exactly
//	                      ErrMalformed, ErrAlgorithmNotAllowed, ErrKeyNotFound, ErrInvalidSignature,
//	                      ErrInvalidClaims with ErrExpired, ErrNotYetValid and the like
//	ErrKeysUnavailable    the service's, an HTTP 503: a KeyFunc or a foreign signer failed
//	ErrInvalidKey         the configuration's
//	ErrInvalidOption      the program's
//
// [ErrExpired] and the other claim errors are only ever returned for a token whose
// signature was good. [ClaimError] has the facts. On any error the token is nil. No
// message has a part of a token, a signature or a key in it.
//
// # Security considerations
//
// A token is signed, not encrypted: anybody can read it. It is good until it expires,
// for whoever has it: let it live for minutes. There is no "none", no key taken from a
// token, no fetching. A valid ECDSA signature has a second form, and a token a second
// text with it: identify tokens by their jti, never by their text. JSON is read strictly
// (valid UTF-8, no duplicate member at any depth, exact names, 64 levels), so that no two
// parsers can disagree on a token. SECURITY.md has the threat model.
//
// # Compatibility
//
// The package needs Go 1.26, keeps no state but caches and scratch, and starts no
// goroutines. The exported names, the classes of errors, the order of checks and what is
// accepted are stable; the texts of errors are not.
package jwt

import (
	"strings"
	"sync"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/strictjson"
)

const (
	// defaultMaxSize is the longest token that is looked at, without WithMaxSize.
	defaultMaxSize = 64 << 10
	// maxHeaderSegment bounds what is parsed before the signature is checked.
	maxHeaderSegment = 16 << 10
	// maxScratch is the largest buffer that goes back into a pool.
	maxScratch = 64 << 10
)

// Token is a verified token. It exists only if every check has passed.
type Token[T any] struct {
	Header           Header
	RegisteredClaims        // read from the payload by this package, never through T
	Claims           T      // the payload decoded into a fresh T
	Payload          string // the verified payload, JSON as received; string claims share its memory
	KeyID            string // kid of the key that verified it (which the token need not have named)
}

// UnverifiedToken is what a token claims to say. Nothing in it may be trusted: use it
// to choose a policy by issuer or kid, and then verify the token with that.
type UnverifiedToken struct {
	UnverifiedHeader  Header
	UnverifiedClaims  RegisteredClaims
	UnverifiedPayload string
}

// ParseUnverified reads a token without any key, to choose a policy by its issuer or
// kid before verifying it. It is as strict about the form as [Verify], with the
// default size limit, and checks neither the signature nor any date. All errors
// match [ErrMalformed].
func ParseUnverified(token string) (*UnverifiedToken, error) {
	s := getScratch()
	defer s.release()
	seg, err := split(token, defaultMaxSize, false)
	if err != nil {
		return nil, err
	}
	h, err := s.header(seg.header)
	if err != nil {
		return nil, err
	}
	if !s.decode(seg.signature) {
		return nil, failf(ErrMalformed, "the signature is not canonical base64url")
	}
	t := &UnverifiedToken{UnverifiedHeader: h}
	if t.UnverifiedPayload, err = s.payload(seg.payload); err != nil {
		return nil, err
	}
	if _, err := s.registered(t.UnverifiedPayload, &t.UnverifiedClaims, []string{}, ErrMalformed); err != nil {
		return nil, err
	}
	return t, nil
}

// segments are the three parts of a token, and what the signature covers.
type segments struct{ header, payload, signature, input string }

// split cuts a token at its two dots, without looking at more of it than it must.
func split(token string, maxSize int, padded bool) (segments, error) {
	if len(token) > maxSize {
		return segments{}, errTooLong
	}
	header, rest, one := strings.Cut(token, ".")
	payload, signature, two := strings.Cut(rest, ".")
	if !one || !two {
		return segments{}, tooFewSegments(token)
	}
	if third := strings.IndexByte(signature, '.'); third >= 0 {
		return segments{}, tooManySegments(signature[third+1:])
	}
	seg := segments{header, payload, signature, token[:len(header)+1+len(payload)]}
	if padded {
		seg.header, seg.payload, seg.signature = unpad(seg.header), unpad(seg.payload), unpad(seg.signature)
	}
	if len(seg.header) > maxHeaderSegment {
		return segments{}, errHeaderTooLong
	}
	return seg, nil
}

// unpad removes the padding that makes the segment's length a multiple of four; any
// other "=" stays, and is refused by the decoder.
func unpad(segment string) string {
	if len(segment)%4 != 0 {
		return segment
	}
	if s, ok := strings.CutSuffix(segment, "=="); ok {
		return s
	}
	return strings.TrimSuffix(segment, "=")
}

// Errors that refuse hostile input before anything is allocated.
var (
	errTooLong       = &failure{class: ErrMalformed, text: "the token is longer than the limit: WithMaxSize sets another"}
	errHeaderTooLong = &failure{class: ErrMalformed, text: "the token's header is longer than 16 KiB"}
	errEmpty         = &failure{class: ErrMalformed, text: "the token is empty"}
	errSegments      = &failure{class: ErrMalformed, text: "a signed token has three segments separated by dots"}
	errEncrypted     = &failure{class: ErrMalformed, text: "five segments: encrypted tokens (JWE) are not supported, only signed ones"}
	errBearer        = &failure{class: ErrMalformed, text: `the token starts with "Bearer ": cut that off, it belongs to the HTTP header`}
	errHeaderBase64  = &failure{class: ErrMalformed, text: "the header is not canonical base64url"}
	errPayloadBase64 = &failure{class: ErrMalformed, text: "the payload is not canonical base64url"}
)

// tooFewSegments tells the mistakes that leave a text with less than two dots.
func tooFewSegments(token string) error {
	switch {
	case token == "":
		return errEmpty
	case isBearer(token):
		return errBearer
	}
	return errSegments
}

// tooManySegments looks at what follows the third dot: one more makes five segments.
func tooManySegments(rest string) error {
	if _, fifth, four := strings.Cut(rest, "."); four && strings.IndexByte(fifth, '.') < 0 {
		return errEncrypted
	}
	return errSegments
}

func isBearer(text string) bool {
	return len(text) >= 7 && strings.EqualFold(text[:7], "bearer ")
}

// scratch is what one call of Sign or Verify works in.
type scratch struct {
	scanner strictjson.Scanner
	buf     []byte // decoded or encoded bytes
	json    []byte // JSON being written
	keys    []*material
}

var scratches sync.Pool

func getScratch() *scratch {
	if s, ok := scratches.Get().(*scratch); ok {
		return s
	}
	return new(scratch)
}

// release gives the scratch back; large buffers are left to the collector.
func (s *scratch) release() {
	if cap(s.buf) > maxScratch {
		s.buf = nil
	}
	if cap(s.json) > maxScratch {
		s.json = nil
	}
	clear(s.keys)
	s.keys = s.keys[:0]
	scratches.Put(s)
}

// decode decodes a segment into s.buf.
func (s *scratch) decode(segment string) (ok bool) {
	s.buf, ok = base64url.AppendDecode(s.buf[:0], segment)
	return ok
}

// payload decodes the payload into a string of its own. A long one goes through the
// buffer in pieces, so that it is never there twice.
func (s *scratch) payload(segment string) (string, error) {
	const chunk = 16 << 10 // a multiple of four characters
	if len(segment) <= chunk {
		if !s.decode(segment) {
			return "", errPayloadBase64
		}
		return string(s.buf), nil
	}
	n := base64url.DecodedLen(len(segment))
	if n < 0 {
		return "", errPayloadBase64
	}
	var text strings.Builder
	text.Grow(n)
	for len(segment) > 0 {
		part := segment[:min(chunk, len(segment))]
		if !s.decode(part) {
			return "", errPayloadBase64
		}
		text.Write(s.buf)
		segment = segment[len(part):]
	}
	return text.String(), nil
}
