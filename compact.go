package jwt

import (
	"encoding/json"
	"strings"
	"sync"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/strictjson"
)

const (
	// defaultMaxSize is the longest token that is read, without WithMaxSize.
	defaultMaxSize = 64 << 10
	// maxHeaderSegment bounds what is parsed before the signature is checked.
	maxHeaderSegment = 16 << 10
	// maxSignature is the longest signature, that of ML-DSA-87. One of an RSA key of 16384 bits has
	// 2048 bytes.
	maxSignature = 4627
)

// Errors that reject hostile input before anything is allocated.
var (
	errTooLong       = &failure{class: ErrMalformed, text: "the token is longer than the limit: WithMaxSize sets another"}
	errHeaderTooLong = &failure{class: ErrMalformed, text: "the token's header is longer than 16 KiB"}
	errEmpty         = &failure{class: ErrMalformed, text: "the token is empty"}
	errSegments      = &failure{class: ErrMalformed, text: "a signed token has three segments separated by dots"}
	errEncrypted     = &failure{class: ErrMalformed, text: "five segments: encrypted tokens (JWE) are not supported, only signed ones"}
	errBearer        = &failure{class: ErrMalformed, text: `the token starts with "Bearer ": cut that off, it belongs to the HTTP header`}
	errHeaderBase64  = &failure{class: ErrMalformed, text: "the header is not canonical base64url"}
	errHeaderSpace   = &failure{class: ErrMalformed, text: "the token begins with white space or a line break, or has some within its header: strings.TrimSpace cuts off what stands around it"}
	errHeaderPadded  = &failure{class: ErrMalformed, text: `the header ends with "=": AllowPaddedBase64 accepts that`}
	errPayloadBase64 = &failure{class: ErrMalformed, text: "the payload is not canonical base64url"}
	errPayloadPadded = &failure{class: ErrMalformed, text: `the payload ends with "=": AllowPaddedBase64 accepts that`}

	errSignature        = &failure{class: ErrInvalidSignature, text: "the signature does not match: the token was changed, or signed with another key"}
	errSignatureTooLong = &failure{class: ErrInvalidSignature, text: "the signature is longer than that of any algorithm"}
	errSignatureSpace   = &failure{class: ErrInvalidSignature, text: "the token ends with white space or a line break: cut it off, for instance with strings.TrimSpace"}
	errSignaturePadded  = &failure{class: ErrInvalidSignature, text: `the signature ends with "=": AllowPaddedBase64 accepts that`}
	errSignatureEquals  = &failure{class: ErrInvalidSignature, text: `the signature has a "=", and not as canonical padding`}
	errSignatureBase64  = &failure{class: ErrInvalidSignature, text: `the signature is in standard base64, and tokens use base64url: "-" for "+", and "_" for "/"`}
	errSignatureText    = &failure{class: ErrInvalidSignature, text: "the signature has a character that base64url does not have"}
	errSignatureEnd     = &failure{class: ErrInvalidSignature, text: "the signature is not canonical base64url, because its length or its last character is impossible: was the token cut off?"}
)

// ParseUnverified parses a token without any key, to choose a policy by its issuer or kid before
// verifying it. It is as strict about the form as [Verify], with the default size limit and
// [AllowNumericSubject], and checks neither the signature nor any date. All its errors match
// [ErrMalformed].
func ParseUnverified(token string) (*UnverifiedToken, error) {
	w := getScratch()
	defer w.release()
	var seg segments
	if err := seg.split(token, defaultMaxSize, false); err != nil {
		return nil, err
	}
	h, err := w.header(seg.header)
	if err != nil {
		return nil, err
	}
	if fault := w.signature(seg.signature); fault != nil {
		return nil, &failure{class: ErrMalformed, text: fault.text}
	}
	t := &UnverifiedToken{UnverifiedHeader: h}
	if t.UnverifiedPayload, err = w.payload(seg.payload); err != nil {
		return nil, err
	}
	index := payloadIndex{text: t.UnverifiedPayload, lists: []string{}}
	if err := index.scan(&w.scanner, &t.UnverifiedClaims, anySubject, ErrMalformed); err != nil {
		return nil, err
	}
	return t, nil
}

// Param returns the JSON text of the header parameter with that exact name, and whether the token
// has one. The result is a copy.
func (h Header) Param(name string) (json.RawMessage, bool) {
	w := getScratch()
	defer w.release()
	if !w.decode(h.segment) {
		return nil, false
	}
	text := string(w.buf)
	members, err := w.scanner.Object(text)
	if err != nil { // of a Header that a program has made
		return nil, false
	}
	for _, m := range members {
		if m.Name(text) == name {
			return json.RawMessage(m.Raw(text)), true
		}
	}
	return nil, false
}

// segments are the three parts of a token, and the text that the signature covers.
type segments struct{ header, payload, signature, input string }

// split cuts a token at its two dots, reading no more of it than necessary.
func (s *segments) split(token string, maxSize int, padded bool) error {
	if len(token) > maxSize {
		return errTooLong
	}
	first := strings.IndexByte(token, '.')
	rest := token[first+1:]
	second := strings.IndexByte(rest, '.')
	if first < 0 || second < 0 {
		return tooFewSegments(token)
	}
	*s = segments{token[:first], rest[:second], rest[second+1:], token[:first+1+second]}
	if third := strings.IndexByte(s.signature, '.'); third >= 0 {
		return tooManySegments(s.signature[third+1:])
	}
	if padded {
		s.header, s.payload, s.signature = unpad(s.header), unpad(s.payload), unpad(s.signature)
	}
	if len(s.header) > maxHeaderSegment {
		return errHeaderTooLong
	}
	return nil
}

// unpad removes the padding that makes the segment's length a multiple of four. Any other "="
// stays, and the decoder rejects it.
func unpad(segment string) string {
	if len(segment)%4 != 0 {
		return segment
	}
	if s, ok := strings.CutSuffix(segment, "=="); ok {
		return s
	}
	return strings.TrimSuffix(segment, "=")
}

// tooFewSegments names the usual mistakes that leave fewer than two dots.
func tooFewSegments(token string) error {
	switch {
	case token == "":
		return errEmpty
	case isBearer(token):
		return errBearer
	}
	return errSegments
}

// tooManySegments gets what follows the third dot: with one more dot there are five segments.
func tooManySegments(rest string) error {
	if _, fifth, four := strings.Cut(rest, "."); four && strings.IndexByte(fifth, '.') < 0 {
		return errEncrypted
	}
	return errSegments
}

func isBearer(text string) bool {
	return len(text) >= 7 && strings.EqualFold(text[:7], "bearer ")
}

// scratch is the working memory of one call of Sign or Verify.
type scratch struct {
	scanner strictjson.Scanner
	buf     []byte // decoded or encoded bytes
	json    []byte // JSON being written
	keys    []*checkedKey
	head    Header
}

var scratches sync.Pool

func getScratch() *scratch {
	if w, ok := scratches.Get().(*scratch); ok {
		return w
	}
	return new(scratch)
}

// release returns the scratch to the pool, without its large buffers.
func (w *scratch) release() {
	if cap(w.buf) > maxScratch {
		w.buf = nil
	}
	if cap(w.json) > maxScratch {
		w.json = nil
	}
	clear(w.keys)
	w.keys = w.keys[:0]
	if w.head.segment != "" {
		w.head = Header{}
	}
	scratches.Put(w)
}

// decode decodes a segment into w.buf.
func (w *scratch) decode(segment string) (ok bool) {
	w.buf, ok = base64url.AppendDecode(w.buf[:0], segment)
	return ok
}

// isPadded reports whether AllowPaddedBase64 is all that a segment lacks.
func (w *scratch) isPadded(segment string) bool {
	bare := unpad(segment)
	return len(bare) < len(segment) && w.decode(bare) // what has no padding is not decoded twice
}

// signature decodes the signature into w.buf, or returns what is wrong with its text.
func (w *scratch) signature(segment string) *failure {
	switch {
	case base64url.DecodedLen(len(segment)) > maxSignature:
		return errSignatureTooLong
	case w.decode(segment):
		return nil
	case strings.IndexByte(" \t\r\n", segment[len(segment)-1]) >= 0:
		return errSignatureSpace
	case w.isPadded(segment):
		return errSignaturePadded
	case strings.IndexByte(segment, '=') >= 0:
		return errSignatureEquals
	case strings.ContainsAny(segment, "+/"):
		return errSignatureBase64
	case strings.ContainsFunc(segment, notBase64URL):
		return errSignatureText
	}
	return errSignatureEnd
}

func notBase64URL(r rune) bool {
	return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
}

// payload decodes the payload into a string of its own. A long one passes through the buffer in
// pieces, so that memory never holds it twice.
func (w *scratch) payload(segment string) (string, error) {
	const chunk = 16 << 10 // a multiple of four characters
	if len(segment) <= chunk {
		if !w.decode(segment) {
			return "", w.payloadFault(segment)
		}
		return string(w.buf), nil
	}
	n := base64url.DecodedLen(len(segment))
	if n < 0 {
		return "", errPayloadBase64
	}
	var text strings.Builder
	text.Grow(n)
	for rest := segment; len(rest) > 0; {
		part := rest[:min(chunk, len(rest))]
		if !w.decode(part) {
			return "", w.payloadFault(segment)
		}
		text.Write(w.buf)
		rest = rest[len(part):]
	}
	return text.String(), nil
}

func (w *scratch) payloadFault(segment string) error {
	if w.isPadded(segment) {
		return errPayloadPadded
	}
	return errPayloadBase64
}

// header decodes and checks a header: strict JSON, no crit, no b64, an alg, and strings where RFC
// 7515, Section 4, wants strings.
func (w *scratch) header(segment string) (Header, error) {
	if !w.decode(segment) {
		if isBearer(segment) {
			return Header{}, errBearer
		}
		if strings.ContainsAny(segment, " \t\r\n") {
			return Header{}, errHeaderSpace
		}
		if w.isPadded(segment) {
			return Header{}, errHeaderPadded
		}
		return Header{}, errHeaderBase64
	}
	h := Header{segment: segment}
	if h.readUsual(w.buf) {
		return h, nil
	}
	if err := h.readAny(&w.scanner, string(w.buf)); err != nil {
		return Header{}, err
	}
	return h, nil
}

// readUsual reads the headers that nearly all issuers write: alg, typ and kid in any order, strings
// of plain ASCII, and no white space. It reports false for every other text, good or bad, and
// leaves that to readAny.
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
		if *into != nil || len(rest) == 0 {
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

// plainMember splits `"abc":"value"` into its parts and what follows. The name has three letters; a
// value that may mean something other than its bytes is nil.
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

// algorithmName and typeName return the text, and allocate nothing for the usual ones.
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

// readAny reads a header of any form.
func (h *Header) readAny(scanner *strictjson.Scanner, text string) error {
	members, err := scanner.Object(text)
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
		return failf(ErrMalformed, `the header has a "crit": no extension is implemented, so the token must be rejected (RFC 7515, Section 4.1.11)`)
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
