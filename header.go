package jwt

import (
	"encoding/json"

	"example.com/jwt/internal/strictjson"
)

// Header is the header of a token (RFC 7515, Section 4): the parameters that nearly
// all tokens have as fields, the others through [Header.Param]. A parameter that
// the token does not have is "".
type Header struct {
	Algorithm   string // "alg"
	KeyID       string // "kid"
	Type        string // "typ"
	ContentType string // "cty"

	segment string // as in the token, without padding: what Param reads
}

// Param gives the JSON text of a parameter of the header by its exact name; false if
// the token has none of that name. The result is a copy.
func (h Header) Param(name string) (json.RawMessage, bool) {
	s := getScratch()
	defer s.release()
	if h.segment == "" || !s.decode(h.segment) {
		return nil, false
	}
	text := string(s.buf)
	members, err := s.scanner.Object(text)
	if err != nil {
		return nil, false
	}
	for _, m := range members {
		if m.Name(text) == name {
			return json.RawMessage(m.Raw(text)), true
		}
	}
	return nil, false
}

// header decodes and checks a header: strict JSON, no crit, no b64, an alg, and
// strings where there must be strings (RFC 7515, Section 4).
func (s *scratch) header(segment string) (Header, error) {
	if !s.decode(segment) {
		if isBearer(segment) {
			return Header{}, errBearer
		}
		return Header{}, errHeaderBase64
	}
	h := Header{segment: segment}
	if h.readUsual(s.buf) {
		return h, nil
	}
	if err := s.readHeader(&h, string(s.buf)); err != nil {
		return Header{}, err
	}
	return h, nil
}

// readHeader reads a header of any form.
func (s *scratch) readHeader(h *Header, text string) error {
	members, err := s.scanner.Object(text)
	if err != nil {
		return wrapf(ErrMalformed, err, "the header is not a strict JSON object")
	}
	hasAlg := false
	for _, m := range members {
		name := m.Name(text)
		if err := h.set(name, m, text); err != nil {
			return err
		}
		hasAlg = hasAlg || name == "alg"
	}
	if !hasAlg {
		return failf(ErrMalformed, `the header has no "alg"`)
	}
	return nil
}

func (h *Header) set(name string, m strictjson.Member, text string) error {
	var field *string
	switch name {
	case "alg":
		field = &h.Algorithm
	case "kid":
		field = &h.KeyID
	case "typ":
		field = &h.Type
	case "cty":
		field = &h.ContentType
	case "crit":
		return failf(ErrMalformed, `the header has a "crit": no extension is implemented, so the token must be refused (RFC 7515, Section 4.1.11)`)
	case "b64":
		return failf(ErrMalformed, `the header has a "b64", which JWTs must not use (RFC 7797, Section 7)`)
	default:
		return nil
	}
	if m.Kind() != strictjson.String {
		return failf(ErrMalformed, "the header's %q is %s, want a string", name, m.Kind())
	}
	*field = m.String(text)
	return nil
}

// readUsual reads the headers that nearly all issuers write: alg, typ and kid in any
// order, strings of plain ASCII, and no white space. It reports false for every other
// text, good or bad, and leaves that to readHeader: 15 % of an HS256 verification.
func (h *Header) readUsual(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	var alg, typ, kid []byte
	for next := byte('{'); text[0] == next; next = ',' {
		name, value, rest := plainMember(text[1:])
		var into *[]byte
		switch string(name) {
		case "alg":
			into = &alg
		case "typ":
			into = &typ
		case "kid":
			into = &kid
		default:
			return false
		}
		if *into != nil || value == nil || len(rest) == 0 {
			return false
		}
		*into, text = value, rest
	}
	if alg == nil || string(text) != "}" {
		return false
	}
	h.Algorithm, h.Type, h.KeyID = algorithmName(alg), typeName(typ), string(kid)
	return true
}

// plainMember cuts `"abc":"value"` into its parts, and what follows. The name has three
// letters; a value that could mean something else than its bytes is nil.
func plainMember(text []byte) (name, value, rest []byte) {
	const start = len(`"abc":"`)
	if len(text) < start || text[0] != '"' || string(text[4:start]) != `":"` {
		return nil, nil, nil
	}
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return text[1:4], text[start:i], text[i+1:]
		case c < ' ' || c == '\\' || c >= 0x7F:
			return nil, nil, nil
		}
	}
	return nil, nil, nil
}

// algorithmName and typeName give the text without allocating the usual ones.
func algorithmName(text []byte) string {
	for i := range schemes {
		if schemes[i].name == string(text) {
			return schemes[i].name
		}
	}
	return string(text)
}

func typeName(text []byte) string {
	switch string(text) {
	case "JWT":
		return "JWT"
	case "at+jwt":
		return "at+jwt"
	}
	return string(text)
}
