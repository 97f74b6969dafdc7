package jwt

import (
	"reflect"
	"strings"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/nearmiss"
	"example.com/jwt/internal/strictjson"
)

// RegisteredClaims are the claims defined by RFC 7519, Section 4.1. It has no JSON methods, so that
// a claims type can embed it, which is useful for signing. [Verify] checks these claims in any
// case, and a [Token] has them: a claims type that does not embed it is smaller and faster to
// verify.
type RegisteredClaims struct {
	Issuer    string      `json:"iss,omitempty"`
	Subject   string      `json:"sub,omitempty"`
	Audience  Audience    `json:"aud,omitempty"`
	ExpiresAt NumericDate `json:"exp,omitzero"`
	NotBefore NumericDate `json:"nbf,omitzero"`
	IssuedAt  NumericDate `json:"iat,omitzero"`
	ID        string      `json:"jti,omitempty"`
}

// MapClaims holds claims without a type of their own. Numbers decode as [json.Number], so that no
// digit is lost: number, ok := claims["user_id"].(json.Number), and then number.Int64() or
// number.Float64(). A type assertion to float64 never succeeds.
type MapClaims = map[string]any

// ClaimsValidator is implemented by claims types, T or *T, that have rules of their own. [Verify]
// calls Validate after all other checks have passed. Its error matches [ErrInvalidClaims], or
// [ErrKeysUnavailable] if the error that Validate returns does.
//
// A T without this method is rejected with [ErrInvalidOption] if it or a struct embedded in it has
// a Validate with another signature, or a Valid that returns an error: neither is ever called. So
// is one that embeds two types with this method, of which Go promotes neither. Types of other
// fields are not examined.
type ClaimsValidator interface{ Validate() error }

// claimSet is a set of registered claims.
type claimSet uint8

const (
	hasIss claimSet = 1 << iota
	hasSub
	hasAud
	hasExp
	hasNbf
	hasIat
	hasJti

	areDates   = hasExp | hasNbf | hasIat
	areStrings = hasIss | hasSub | hasJti | hasAud
)

// plans is the only cache of this package: how to decode and encode each claims type.
var plans = jsonplan.Cache{CodecFor: codecFor, Block: &registeredBlock, Refuse: nearmiss.Check, Watch: claimMark, Legal: legalClaim}

var (
	dateCodec     = jsonplan.Codec{Decode: decodeDateAny, Append: appendDateAny}
	audienceCodec = jsonplan.Codec{Decode: decodeAudienceAny, Append: appendAudienceAny}

	registeredBlock = jsonplan.Block{Type: reflect.TypeFor[RegisteredClaims](), Copy: copyRegistered, Of: registeredOf, Append: appendRegistered}
)

// claimsDecoder returns the plan for decoding a payload into a claims type.
func claimsDecoder(t reflect.Type) (*jsonplan.Decoder, error) {
	plan, err := plans.Decoder(t)
	if err != nil {
		return nil, wrapf(ErrInvalidOption, err, "the claims type can't be used")
	}
	return plan, nil
}

func codecFor(t reflect.Type) *jsonplan.Codec {
	switch t {
	case reflect.TypeFor[NumericDate]():
		return &dateCodec
	case reflect.TypeFor[Audience]():
		return &audienceCodec
	}
	return nil
}

func decodeDateAny(raw string, dst any) error     { return decodeDate(raw, dst.(*NumericDate)) }
func decodeAudienceAny(raw string, dst any) error { return decodeAudience(raw, dst.(*Audience)) }

func appendDateAny(dst []byte, v any) ([]byte, error) {
	if d, ok := v.(*NumericDate); ok {
		return appendDate(dst, *d)
	}
	return appendDate(dst, v.(NumericDate))
}

func appendAudienceAny(dst []byte, v any) ([]byte, error) {
	if a, ok := v.(*Audience); ok {
		return appendAudience(dst, *a)
	}
	return appendAudience(dst, v.(Audience))
}

// copyRegistered copies registered claims into a field of the claims type.
func copyRegistered(dst, known any, list []string) []string {
	return dst.(*RegisteredClaims).copy(known.(*RegisteredClaims), list)
}

// copy copies the audience too, so that a change to one does not change the other.
func (c *RegisteredClaims) copy(known *RegisteredClaims, list []string) []string {
	*c = *known
	if len(c.Audience) > 0 {
		at := len(list)
		list = append(list, c.Audience...)
		c.Audience = list[at:len(list):len(list)]
	}
	return list
}

// registered is promoted to the structs that embed the claims: a way to them without reflection.
func (c *RegisteredClaims) registered() *RegisteredClaims { return c }

type embedsRegistered interface{ registered() *RegisteredClaims }

// registeredOf returns the registered claims that a struct embeds, given a pointer to it, or nil.
func registeredOf(outer any) any {
	if c, ok := outer.(embedsRegistered); ok {
		return c.registered()
	}
	return nil
}

// appendRegistered writes what the plan would write according to the struct's tags.
func appendRegistered(dst []byte, v any) (_ []byte, claims uint8, ok bool) {
	c, isPointer := v.(*RegisteredClaims)
	if !isPointer {
		own := v.(RegisteredClaims)
		c = &own
	}
	var has claimSet
	ok = true
	if c.Issuer != "" {
		has |= hasIss
		dst, ok = strictjson.AppendQuote(append(dst, `,"iss":`...), c.Issuer)
	}
	if c.Subject != "" && ok {
		has |= hasSub
		dst, ok = strictjson.AppendQuote(append(dst, `,"sub":`...), c.Subject)
	}
	if len(c.Audience) > 0 && ok {
		has |= hasAud
		dst, ok = appendRecipients(append(dst, `,"aud":`...), c.Audience)
	}
	if !c.ExpiresAt.IsZero() && ok {
		has |= hasExp
		dst, ok = appendSeconds(append(dst, `,"exp":`...), c.ExpiresAt.Unix())
	}
	if !c.NotBefore.IsZero() && ok {
		has |= hasNbf
		dst, ok = appendSeconds(append(dst, `,"nbf":`...), c.NotBefore.Unix())
	}
	if !c.IssuedAt.IsZero() && ok {
		has |= hasIat
		dst, ok = appendSeconds(append(dst, `,"iat":`...), c.IssuedAt.Unix())
	}
	if c.ID != "" && ok {
		has |= hasJti
		dst, ok = strictjson.AppendQuote(append(dst, `,"jti":`...), c.ID)
	}
	return dst, uint8(has), ok
}

// subjects are the values of "sub" that a reader accepts.
type subjects bool

const (
	textSubject subjects = false // a string, as RFC 7519, Section 4.1.2, demands
	anySubject  subjects = true  // an integer too
)

// payloadIndex is a scanned payload.
type payloadIndex struct {
	text    string
	members []strictjson.Member // valid until the scanner's next use
	has     claimSet
	read    uint64   // which of the first 64 members are registered claims
	lists   []string // those so far, which share an array
}

// scan scans the payload x.text and reads its registered claims by exact name. It is the only
// reader of these claims, for tokens and for what is about to be signed. Comparing the names as
// numbers is faster than comparing strings.
func (x *payloadIndex) scan(scanner *strictjson.Scanner, c *RegisteredClaims, sub subjects, class error) error {
	text := x.text
	members, err := scanner.Object(text)
	if err != nil {
		return wrapf(class, err, "the payload is not a strict JSON object")
	}
	x.members = members
	for i := range members {
		m := &members[i]
		var claim claimSet
		var into *string
		var date *NumericDate
		switch m.Short() {
		case 'i' | 's'<<8 | 's'<<16:
			claim, into = hasIss, &c.Issuer
		case 's' | 'u'<<8 | 'b'<<16:
			claim, into = hasSub, &c.Subject
		case 'a' | 'u'<<8 | 'd'<<16:
			claim = hasAud
		case 'e' | 'x'<<8 | 'p'<<16:
			claim, date = hasExp, &c.ExpiresAt
		case 'n' | 'b'<<8 | 'f'<<16:
			claim, date = hasNbf, &c.NotBefore
		case 'i' | 'a'<<8 | 't'<<16:
			claim, date = hasIat, &c.IssuedAt
		case 'j' | 't'<<8 | 'i'<<16:
			claim, into = hasJti, &c.ID
		default:
			continue
		}
		var ok bool
		switch {
		case into != nil:
			ok = setString(into, m, text)
		case date != nil:
			ok = setDate(date, m, text)
		default:
			ok = x.setAudience(c, m.Raw(text))
		}
		if !ok {
			if claim != hasSub || sub != anySubject || !isInteger(m, text) {
				return claimFault(claim, m, text, sub, class)
			}
			c.Subject = m.Raw(text) // its digits as written
		}
		x.has |= claim
		x.read |= 1 << uint(i) // 0 from 64 on
	}
	return nil
}

func (x *payloadIndex) setAudience(c *RegisteredClaims, raw string) (ok bool) {
	list, err := appendNames(x.lists, raw)
	if err == nil {
		c.Audience = list[len(x.lists):len(list):len(list)]
		x.lists = list
	}
	return err == nil
}

func setString(dst *string, m *strictjson.Member, text string) (ok bool) {
	if m.Kind() != strictjson.String {
		return false
	}
	*dst = m.String(text)
	return true
}

func setDate(dst *NumericDate, m *strictjson.Member, text string) (ok bool) {
	if m.Kind() == strictjson.Number {
		dst.Time, ok = parseDate(m.Raw(text))
	}
	return ok
}

// registeredBit returns the bit of a registered claim's name, or 0. Looking for the name among the
// members instead would be slower.
func registeredBit(name string) claimSet {
	switch name {
	case "iss":
		return hasIss
	case "sub":
		return hasSub
	case "aud":
		return hasAud
	case "exp":
		return hasExp
	case "nbf":
		return hasNbf
	case "iat":
		return hasIat
	case "jti":
		return hasJti
	}
	return 0
}

// present reports whether the payload has the claim with a value other than null.
func (x *payloadIndex) present(name string) bool {
	if bit := registeredBit(name); bit != 0 {
		return x.has&bit != 0
	}
	for _, m := range x.members {
		if m.Name(x.text) == name {
			return m.Kind() != strictjson.Null
		}
	}
	return false
}

func claimMark(name string) uint8 { return uint8(registeredBit(name)) }

// legalClaim reports whether scan would accept the value of a claim, given its compact, valid text.
func legalClaim(mark uint8, text []byte) bool {
	claim := claimSet(mark)
	switch strictjson.KindOf(string(text[:1])) {
	case strictjson.String:
		return claim&areStrings != 0
	case strictjson.Array:
		return claim == hasAud && holdsStrings(text)
	case strictjson.Number:
		if claim&areDates == 0 {
			return false
		}
		_, ok := parseDate(string(text))
		return ok
	}
	return false
}

// holdsStrings reports whether an array has only strings in it.
func holdsStrings(array []byte) bool {
	i := 1
	for array[i] == '"' {
		if i, _ = strictjson.SkipString(array, i); array[i] == ',' {
			i++
		}
	}
	return array[i] == ']'
}

func isInteger(m *strictjson.Member, text string) bool {
	return m.Kind() == strictjson.Number && !strings.ContainsAny(m.Raw(text), ".eE")
}

// claimFault says why a registered claim can't have the value of m, and adds the cure if there is
// one.
func claimFault(claim claimSet, m *strictjson.Member, text string, sub subjects, class error) error {
	got, want := m.Kind().String(), "a string"
	switch {
	case claim == hasSub && sub == anySubject:
		want = "a string or an integer"
	case claim == hasSub && isInteger(m, text):
		got = "an integer"
		if class == ErrMalformed {
			want += " (AllowNumericSubject accepts an integer)"
		}
	case claim == hasAud:
		if want = "a string or an array of strings"; m.Kind() == strictjson.Array {
			got = "an array with something else in it"
		}
	case claim&areDates != 0 && m.Kind() == strictjson.Number:
		got, want = "a number out of range", "a date from the year 1 to 9999, in seconds"
	case claim&areDates != 0:
		want = "a number of seconds since 1970"
		if class == ErrInvalidOption {
			want += " (use NewNumericDate)"
		}
	}
	return &ClaimError{Claim: m.Name(text), Got: got, Want: want, Err: class}
}
