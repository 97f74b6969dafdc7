// Package oracle is a second verifier, for tests to compare with: written from the RFCs and the
// standard library alone, without regard to speed. Of package jwt it has only the names of the
// results: the error classes and the registered claims.
package oracle

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

// Verdict is the oracle's judgment of a token.
type Verdict struct {
	Header, Claims map[string]any
	HeaderRaw      map[string]json.RawMessage
	Payload        string
	Err            error // the class of the first check that fails
}

var alphabet = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

// Read checks the form of a token. The class of its errors is ErrMalformed, except for a signature.
func Read(raw string) (n Verdict, signature []byte, input string) {
	n.Err = jwt.ErrMalformed
	segments := strings.Split(raw, ".")
	if len(raw) > 64<<10 || len(segments) != 3 || len(segments[0]) > 16<<10 {
		return n, nil, ""
	}
	header, ok := decode(segments[0])
	if !ok || !readHeader(&n, string(header)) {
		return n, nil, ""
	}
	n.Err = nil
	if signature, ok = decode(segments[2]); !ok {
		n.Err = jwt.ErrInvalidSignature
	}
	return n, signature, segments[0] + "." + segments[1]
}

// Verify returns what a verifier must say of a token at a time, if it allows HS256 alone and any
// audience.
func Verify(raw string, secret []byte, now time.Time) Verdict {
	n, signature, input := Read(raw)
	if n.Header != nil && n.Header["alg"] != "HS256" {
		n.Err = jwt.ErrAlgorithmNotAllowed
		return n
	}
	if n.Err != nil {
		return n
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	if !hmac.Equal(mac.Sum(nil), signature) {
		n.Err = jwt.ErrInvalidSignature
		return n
	}
	if !n.ReadPayload(input[strings.IndexByte(input, '.')+1:]) {
		n.Err = jwt.ErrMalformed
		return n
	}
	at := seconds(now)
	if exp, ok := n.Claims["exp"]; ok && at.Cmp(date(exp)) >= 0 {
		n.Err = jwt.ErrExpired
	}
	if nbf, ok := n.Claims["nbf"]; ok && at.Cmp(date(nbf)) < 0 {
		n.Err = jwt.ErrNotYetValid
	}
	if iat, ok := n.Claims["iat"]; ok && seconds(now.Add(time.Minute)).Cmp(date(iat)) < 0 {
		n.Err = jwt.ErrNotYetValid
	}
	return n
}

func decode(segment string) ([]byte, bool) {
	decoded, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil || !alphabet.MatchString(segment) || base64.RawURLEncoding.EncodeToString(decoded) != segment {
		return nil, false
	}
	return decoded, true
}

func readHeader(n *Verdict, text string) bool {
	if !readObject(text, &n.Header) {
		n.Header = nil
		return false
	}
	members := n.Header
	n.Header = nil
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
	n.Header = members
	return json.Unmarshal([]byte(text), &n.HeaderRaw) == nil
}

// ReadPayload reports whether a segment holds a claims set, and reads it.
func (n *Verdict) ReadPayload(segment string) bool {
	payload, ok := decode(segment)
	if !ok || !readObject(string(payload), &n.Claims) {
		return false
	}
	n.Payload = string(payload)
	for name, value := range n.Claims {
		switch name {
		case "iss", "sub", "jti":
			_, ok = value.(string)
		case "exp", "nbf", "iat":
			ok = date(value) != nil
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

// escapes matches escapes one after the other: pairs of surrogates, lone ones, all others.
var escapes = regexp.MustCompile(`(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|(\\u[dD][89a-fA-F]..)|\\.`)

// readObject reads one strict object.
func readObject(text string, members *map[string]any) bool {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) || !strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return false
	}
	for _, match := range escapes.FindAllStringSubmatch(text, -1) {
		if match[2] != "" {
			return false
		}
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if readValue(dec, 0) != nil {
		return false
	}
	dec = json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	return dec.Decode(members) == nil
}

// readValue looks for duplicates and too many levels.
func readValue(dec *json.Decoder, depth int) error {
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
		if err := readValue(dec, depth); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// date returns the seconds of a date exactly, to the nanosecond; nil if it is none.
func date(value any) *big.Rat {
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

func seconds(t time.Time) *big.Rat { return new(big.Rat).SetInt64(t.Unix()) }

// timeOf turns seconds into a time.
func timeOf(since *big.Rat) time.Time {
	nanos := new(big.Int).Mul(since.Num(), big.NewInt(1e9))
	nanos.Quo(nanos, since.Denom())
	sec, nsec := new(big.Int).QuoRem(nanos, big.NewInt(1e9), new(big.Int))
	return time.Unix(sec.Int64(), nsec.Int64()).UTC()
}

// Registered returns the registered claims.
func (n *Verdict) Registered() (c jwt.RegisteredClaims) {
	text := func(name string) string { s, _ := n.Claims[name].(string); return s }
	date := func(name string) (d jwt.NumericDate) {
		if value, ok := n.Claims[name]; ok {
			d.Time = timeOf(date(value))
		}
		return d
	}
	c.Issuer, c.Subject, c.ID = text("iss"), text("sub"), text("jti")
	c.ExpiresAt, c.NotBefore, c.IssuedAt = date("exp"), date("nbf"), date("iat")
	switch aud := n.Claims["aud"].(type) {
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
