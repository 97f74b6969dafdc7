package differential

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// facts is what a slow and simple reader finds in a token: it shares no code with the
// library, and reads on where the library would have refused already.
type facts struct {
	token     string
	policy    *policy
	parts     []string // nil unless there are three
	signed    bool     // the signature is good, over the segments as received
	reencoded bool     // if not: it is over the segments trimmed, or decoded and encoded again
	otherSalt bool     // if not: it is with a salt of another length, for RSA-PSS

	header, payload jsonFacts
}

// jsonFacts is what there is to say about a JSON text.
type jsonFacts struct {
	raw        []byte
	first      json.RawMessage // the first value
	whole      bool            // a JSON value and nothing else
	object     bool
	utf8       bool
	surrogates bool // no lone ones among the escapes
	unique     bool // no duplicate member at any depth
	huge       bool // a number that a float64 cannot hold
	depth      int
	members    map[string]json.RawMessage // the last of each name
}

var base64URL = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// examine reads a token with a key.
func examine(token string, p *policy) *facts {
	f := &facts{token: token, policy: p}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return f
	}
	f.parts = parts
	header, payload, signature := lenient(parts[0]), lenient(parts[1]), lenient(parts[2])
	f.header, f.payload = examineJSON(header), examineJSON(payload)
	f.examineSignature(parts[0]+"."+parts[1], header, payload, signature)
	return f
}

// examineSignature looks for what the signature is over, if it is not what it should be.
func (f *facts) examineSignature(input string, header, payload, signature []byte) {
	k := f.policy.key
	f.signed = k.naive([]byte(input), signature)
	if f.signed {
		return
	}
	others := []string{
		input,
		encode(header) + "." + encode(payload),
		encode(f.header.first) + "." + encode(payload),
		strings.TrimLeft(input, " \t\r\n"),
	}
	for i, other := range others {
		good := k.naive([]byte(other), signature)
		f.otherSalt = !good && k.anySalt != nil && k.anySalt([]byte(other), signature)
		if f.reencoded = i > 0 && (good || f.otherSalt); good || f.otherSalt {
			return
		}
	}
}

func encode(text []byte) string { return base64.RawURLEncoding.EncodeToString(text) }

func isCanonical(segment string) bool {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	return err == nil && base64URL.MatchString(segment) && encode(text) == segment
}

// lenient decodes what any decoder could make of a segment: other alphabets, padding,
// white space and left-over bits are all forgiven.
func lenient(segment string) []byte {
	segment = strings.NewReplacer("+", "-", "/", "_", "=", "", "\r", "", "\n", "", " ", "", "\t", "").Replace(segment)
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return nil
	}
	return text
}

func examineJSON(raw []byte) jsonFacts {
	f := jsonFacts{raw: raw, whole: json.Valid(raw), utf8: utf8.Valid(raw), surrogates: !hasLoneSurrogate(raw), unique: true}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&f.first) != nil {
		return f
	}
	f.object = f.first[0] == '{'
	d = json.NewDecoder(bytes.NewReader(f.first))
	d.UseNumber()
	f.walk(d, 0)
	if f.object {
		_ = json.Unmarshal(f.first, &f.members)
	}
	return f
}

// walk reads one value, counts levels and looks for duplicate names.
func (f *jsonFacts) walk(d *json.Decoder, depth int) {
	f.depth = max(f.depth, depth)
	t, err := d.Token()
	if err != nil {
		return
	}
	if n, isNumber := t.(json.Number); isNumber {
		_, err := n.Float64()
		f.huge = f.huge || err != nil
	}
	delim, ok := t.(json.Delim)
	if !ok {
		return
	}
	f.depth = max(f.depth, depth+1)
	names := map[string]bool{}
	for d.More() {
		if delim == '{' {
			name, err := d.Token()
			if err == io.EOF || err != nil {
				return
			}
			f.unique = f.unique && !names[name.(string)]
			names[name.(string)] = true
		}
		f.walk(d, depth+1)
	}
	_, _ = d.Token()
}

// hasLoneSurrogate looks at the \u escapes of a text: half of a pair without the other.
func hasLoneSurrogate(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		unit := escape(raw, i-1)
		switch {
		case unit < 0xD800 || unit > 0xDFFF:
		case unit > 0xDBFF:
			return true
		default:
			low := escape(raw, i+5)
			if low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 10
		}
	}
	return false
}

// escape gives the code unit of a \u escape that starts at an index, or -1.
func escape(raw []byte, at int) int64 {
	if at+6 > len(raw) || raw[at] != '\\' || raw[at+1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(raw[at+2:at+6]), 16, 32)
	if err != nil {
		return -1
	}
	return int64(unit)
}

// kind names the kind of a member by its first character; "" if it is not there.
func (f *jsonFacts) kind(name string) string {
	raw, ok := f.members[name]
	if !ok {
		return ""
	}
	switch raw[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 'n':
		return "null"
	case 't', 'f':
		return "boolean"
	}
	return "number"
}

func (f *jsonFacts) text(name string) string {
	var s string
	_ = json.Unmarshal(f.members[name], &s)
	return s
}

// date gives a number claim in nanoseconds, without what is smaller; ok is false for
// what is no number or out of the range of NumericDate.
func (f *jsonFacts) date(name string) (nanos *big.Int, ok bool) {
	if f.kind(name) != "number" {
		return nil, false
	}
	text := string(f.members[name])
	if _, exponent, found := strings.Cut(strings.ToLower(text), "e"); found {
		n, err := strconv.Atoi(exponent)
		zero := strings.Trim(strings.Split(strings.ToLower(text), "e")[0], "-0.") == ""
		switch {
		case zero || err == nil && n < -400:
			return new(big.Int), true
		case err != nil || n > 400:
			return nil, false
		}
	}
	r, isNumber := new(big.Rat).SetString(text)
	if !isNumber {
		return nil, false
	}
	r.Mul(r, big.NewRat(1e9, 1))
	nanos = new(big.Int).Quo(r.Num(), r.Denom())
	least := new(big.Int).Mul(big.NewInt(-62135596799), big.NewInt(1e9))
	most := new(big.Int).Mul(big.NewInt(253402300800), big.NewInt(1e9))
	return nanos, nanos.Cmp(least) >= 0 && nanos.Cmp(most) < 0
}

// audiences gives the values of aud; ok is false if it is of a wrong type.
func (f *jsonFacts) audiences() (names []string, ok bool) {
	raw := f.members["aud"]
	switch f.kind("aud") {
	case "string":
		return []string{f.text("aud")}, true
	case "array":
		var values []any
		_ = json.Unmarshal(raw, &values)
		for _, v := range values {
			name, isText := v.(string)
			if !isText {
				return nil, false
			}
			names = append(names, name)
		}
		return names, true
	}
	return nil, false
}
