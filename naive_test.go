package jwt_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/jwt"
)

// naive is a second verifier, for the fuzz targets to compare with: written from the rules
// and the standard library alone, without regard to speed, and sharing nothing with the
// package. Its policy is that of naiveVerifier.
type naive struct {
	header, claims map[string]any
	headerRaw      map[string]json.RawMessage
	payload        string
	err            error // the class of the first check that fails
}

var naiveAlphabet = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// readNaive does all checks of the form; their class is ErrMalformed, but for a signature's.
func readNaive(raw string) (n naive, signature []byte, input string) {
	n.err = jwt.ErrMalformed
	segments := strings.Split(raw, ".")
	if len(raw) > 64<<10 || len(segments) != 3 || len(segments[0]) > 16<<10 {
		return n, nil, ""
	}
	header, ok := naiveBase64(segments[0])
	if !ok || !naiveHeader(&n, string(header)) {
		return n, nil, ""
	}
	n.err = nil
	if signature, ok = naiveBase64(segments[2]); !ok {
		n.err = jwt.ErrInvalidSignature
	}
	return n, signature, segments[0] + "." + segments[1]
}

// verifyNaive gives what naiveVerifier must say of a token.
func verifyNaive(raw string) naive {
	n, signature, input := readNaive(raw)
	if n.header != nil && n.header["alg"] != "HS256" {
		n.err = jwt.ErrAlgorithmNotAllowed
		return n
	}
	if n.err != nil {
		return n
	}
	mac := hmac.New(sha256.New, testSecret)
	mac.Write([]byte(input))
	if !hmac.Equal(mac.Sum(nil), signature) {
		n.err = jwt.ErrInvalidSignature
		return n
	}
	if !naivePayload(&n, input[strings.IndexByte(input, '.')+1:]) {
		n.err = jwt.ErrMalformed
		return n
	}
	at := naiveSeconds(now)
	if exp, ok := n.claims["exp"]; ok && at.Cmp(naiveDate(exp)) >= 0 {
		n.err = jwt.ErrExpired
	}
	if nbf, ok := n.claims["nbf"]; ok && at.Cmp(naiveDate(nbf)) < 0 {
		n.err = jwt.ErrNotYetValid
	}
	if iat, ok := n.claims["iat"]; ok && naiveSeconds(now.Add(time.Minute)).Cmp(naiveDate(iat)) < 0 {
		n.err = jwt.ErrNotYetValid
	}
	return n
}

func naiveBase64(segment string) ([]byte, bool) {
	decoded, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil || !naiveAlphabet.MatchString(segment) || base64.RawURLEncoding.EncodeToString(decoded) != segment {
		return nil, false
	}
	return decoded, true
}

func naiveHeader(n *naive, text string) bool {
	if !naiveJSON(text, &n.header) {
		n.header = nil
		return false
	}
	members := n.header
	n.header = nil
	for _, name := range []string{"crit", "b64"} {
		if _, ok := members[name]; ok {
			return false
		}
	}
	for _, name := range []string{"alg", "kid", "typ", "cty"} {
		value, ok := members[name]
		if _, isString := value.(string); ok && !isString || !ok && name == "alg" {
			return false
		}
	}
	n.header = members
	return json.Unmarshal([]byte(text), &n.headerRaw) == nil
}

func naivePayload(n *naive, segment string) bool {
	payload, ok := naiveBase64(segment)
	if !ok || !naiveJSON(string(payload), &n.claims) {
		return false
	}
	n.payload = string(payload)
	for name, value := range n.claims {
		switch name {
		case "iss", "sub", "jti":
			_, ok = value.(string)
		case "exp", "nbf", "iat":
			ok = naiveDate(value) != nil
		case "aud":
			_, ok = value.(string)
			if list, isList := value.([]any); isList {
				ok = true
				for _, element := range list {
					_, isString := element.(string)
					ok = ok && isString
				}
			}
		default:
			continue
		}
		if !ok {
			return false
		}
	}
	return true
}

// naiveEscapes matches escapes one after the other: pairs of surrogates, lone ones, all others.
var naiveEscapes = regexp.MustCompile(`(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u[dD][89a-fA-F]..)|\\.`)

// naiveJSON reads one strict object.
func naiveJSON(text string, members *map[string]any) bool {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return false
	}
	for _, match := range naiveEscapes.FindAllStringSubmatch(text, -1) {
		if match[2] != "" {
			return false
		}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if naiveValue(dec, 0) != nil {
		return false
	}
	dec = json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(members) == nil
}

// naiveValue looks for duplicates and too many levels.
func naiveValue(dec *json.Decoder, depth int) error {
	token, err := dec.Token()
	open, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	if depth++; depth > 64 {
		return errors.New("too deep")
	}
	names := map[any]bool{}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil || names[name] {
				return fmt.Errorf("again: %v %w", name, err)
			}
			names[name] = true
		}
		if err := naiveValue(dec, depth); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// naiveDate gives the seconds of a date exactly, to the nanosecond; nil if it is none.
func naiveDate(value any) *big.Rat {
	number, ok := value.(json.Number)
	if !ok {
		return nil
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(string(number)), "e")
	m, ok := new(big.Rat).SetString(mantissa)
	if !ok {
		return nil
	}
	if m.Sign() == 0 {
		return m
	}
	if exponent != "" {
		e, err := strconv.Atoi(exponent)
		if err != nil || e > 100_000 || e < -100_000 { // longer than any mantissa in 64 KiB
			if strings.HasPrefix(exponent, "-") {
				return new(big.Rat)
			}
			return nil
		}
		power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(e, -e))), nil))
		if e < 0 {
			power.Inv(power)
		}
		m.Mul(m, power)
	}
	m.Mul(m, big.NewRat(1e9, 1))
	nanos := new(big.Int).Quo(m.Num(), m.Denom()) // further digits are dropped
	m.SetFrac(nanos, big.NewInt(1e9))
	if m.Cmp(big.NewRat(-62135596799, 1)) < 0 || m.Cmp(new(big.Rat).SetInt64(253402300800)) >= 0 {
		return nil
	}
	return m
}

func naiveSeconds(t time.Time) *big.Rat { return new(big.Rat).SetInt64(t.Unix()) }

// naiveTime turns seconds into a time.
func naiveTime(seconds *big.Rat) time.Time {
	nanos := new(big.Int).Mul(seconds.Num(), big.NewInt(1e9))
	nanos.Quo(nanos, seconds.Denom())
	sec, nsec := new(big.Int).QuoRem(nanos, big.NewInt(1e9), new(big.Int))
	return time.Unix(sec.Int64(), nsec.Int64()).UTC()
}

// registered gives the registered claims as the naive reader sees them.
func (n *naive) registered() (c jwt.RegisteredClaims) {
	text := func(name string) string { s, _ := n.claims[name].(string); return s }
	date := func(name string) (d jwt.NumericDate) {
		if value, ok := n.claims[name]; ok {
			d.Time = naiveTime(naiveDate(value))
		}
		return d
	}
	c.Issuer, c.Subject, c.ID = text("iss"), text("sub"), text("jti")
	c.ExpiresAt, c.NotBefore, c.IssuedAt = date("exp"), date("nbf"), date("iat")
	switch aud := n.claims["aud"].(type) {
	case string:
		c.Audience = jwt.Audience{aud}
	case []any:
		c.Audience = jwt.Audience{}
		for _, name := range aud {
			c.Audience = append(c.Audience, name.(string))
		}
	}
	return c
}
