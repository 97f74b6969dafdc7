package jwt

import (
	"strings"

	"example.com/jwt/internal/strictjson"
)

// Audience is the list of recipients of a token (RFC 7519, Section 4.1.3). It unmarshals from a
// string or an array of strings, and marshals one element as a string.
type Audience []string

// UnmarshalJSON decodes a string or an array of strings. It returns [ErrInvalidClaims] for anything
// else; null changes nothing.
func (a *Audience) UnmarshalJSON(text []byte) error {
	var s strictjson.Scanner
	if _, err := s.Value(string(text)); err != nil {
		return wrapf(ErrInvalidClaims, err, "aud is not strict JSON")
	}
	return decodeAudience(strings.TrimSpace(string(text)), a)
}

// MarshalJSON encodes one element as a string, and any other number of elements as an array. It
// returns [ErrInvalidOption] for invalid UTF-8.
func (a Audience) MarshalJSON() ([]byte, error) { return appendAudience(nil, a) }

func decodeAudience(raw string, a *Audience) error {
	if strictjson.KindOf(raw) == strictjson.Null {
		return nil
	}
	names, err := appendNames(Audience{}, raw)
	if err == nil {
		*a = names
	}
	return err
}

// appendNames appends the recipients in a validated value of "aud".
func appendNames(list []string, raw string) ([]string, error) {
	switch strictjson.KindOf(raw) {
	case strictjson.String:
		return append(list, strictjson.Unquote(raw)), nil
	case strictjson.Array:
		for element := range strictjson.Elements(raw) {
			if strictjson.KindOf(element) != strictjson.String {
				return nil, failf(ErrInvalidClaims, "aud is an array with %s in it, want strings", strictjson.KindOf(element))
			}
			list = append(list, strictjson.Unquote(element))
		}
		return list, nil
	}
	return nil, failf(ErrInvalidClaims, "aud is %s, want a string or an array of strings", strictjson.KindOf(raw))
}

func appendAudience(dst []byte, a Audience) ([]byte, error) {
	dst, ok := appendRecipients(dst, a)
	if !ok {
		return dst, failf(ErrInvalidOption, "aud is not valid UTF-8")
	}
	return dst, nil
}

// appendRecipients reports false for invalid UTF-8.
func appendRecipients(dst []byte, a Audience) (_ []byte, ok bool) {
	if len(a) == 1 {
		return strictjson.AppendQuote(dst, a[0])
	}
	dst = append(dst, '[')
	for i, name := range a {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, ok = strictjson.AppendQuote(dst, name); !ok {
			return dst, false
		}
	}
	return append(dst, ']'), true
}
