package differential

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// generator makes tokens with a few things changed: members of the header and claims,
// the form of the JSON, that of base64url, the signature, and the token as a whole.
type generator struct {
	*rand.Rand
	policy *policy
	other  *key // signs what the policy's key has not signed
}

type member struct{ name, value string } // a name in quotes, and JSON text

// pick chooses one of several texts.
func (g *generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

// maybe is true in the given share of cases.
func (g *generator) maybe(share float64) bool { return g.Float64() < share }

// token makes the next token.
func (g *generator) token() string {
	header := []member{{`"alg"`, quote(g.policy.key.alg)}, {`"typ"`, `"JWT"`}, {`"kid"`, `"1"`}}
	payload := []member{{`"iss"`, quote(issuer)}, {`"aud"`, quote(audience)}, {`"sub"`, `"a"`}, {`"exp"`, strconv.FormatInt(now.Unix()+3600, 10)}}
	if g.maybe(0.3) {
		header = g.changeMembers(header, g.headerMember)
	}
	for g.maybe(0.5) {
		payload = g.changeMembers(payload, g.claim)
	}
	headerText, payloadText := g.object(header), g.object(payload)
	if g.maybe(0.1) {
		headerText = g.changeText(headerText)
	}
	if g.maybe(0.15) {
		payloadText = g.changeText(payloadText)
	}
	first, second := encode([]byte(headerText)), encode([]byte(payloadText))
	if g.maybe(0.07) {
		first, second = g.changeOne(first, second)
	}
	signature := g.sign(first + "." + second)
	if g.maybe(0.06) {
		first, second = g.changeOne(first, second)
	}
	third := encode(signature)
	if g.maybe(0.06) {
		third = g.changeSegment(third)
	}
	token := first + "." + second + "." + third
	if g.maybe(0.05) {
		token = g.changeToken(token, first, second, third)
	}
	return token
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// object writes members as they come, duplicates and all.
func (g *generator) object(members []member) string {
	var list []string
	for _, m := range members {
		list = append(list, m.name+":"+m.value)
	}
	return "{" + strings.Join(list, ",") + "}"
}

// changeMembers adds, replaces, renames, repeats or removes a member, or moves it.
func (g *generator) changeMembers(members []member, next func() member) []member {
	m := next()
	if len(members) == 0 {
		return []member{m}
	}
	at := g.IntN(len(members))
	switch g.IntN(8) {
	case 0:
		return append([]member{m}, members...)
	case 1: // the name of one with the value of another
		members[at].value = m.value
	case 2:
		members[at].name = g.respell(members[at].name)
	case 3:
		return append(members, members[at])
	case 4:
		return append(members[:at:at], members[at+1:]...)
	default:
		for i := range members {
			if members[i].name == m.name {
				members[i] = m
				return members
			}
		}
		return append(members, m)
	}
	return members
}

// respell writes a name in other letters, or the same ones as escapes.
func (g *generator) respell(name string) string {
	switch g.IntN(4) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.NewReplacer("k", "\u212a", "s", "\u017f").Replace(name) // what case folding makes k and s
	case 2:
		return fmt.Sprintf(`"\u%04x%s`, name[1], name[2:])
	}
	return `"` + strings.ToUpper(name[1:2]) + name[2:]
}

func (g *generator) headerMember() member {
	name := g.pick("alg", "alg", "kid", "kid", "typ", "cty", "crit", "b64", "jwk", "jku", "x5c", "x5u", "x5t", "zip", "enc", "nonce", "iss", "x")
	value := g.anyJSON()
	switch {
	case g.maybe(0.2): // whatever it is
	case name == "alg":
		value = g.pick(quote(g.policy.key.alg), quote(g.other.alg), `"none"`, `"nOnE"`, `""`, `"hs256"`, `"HS512"`, `"RS256"`, `"HS256 "`)
	case name == "kid":
		value = g.pick(`"1"`, `"2"`, `""`, `"\u0031"`, `"1 "`, `1`)
	case name == "typ":
		value = g.pick(`"JWT"`, `"at+jwt"`, `"jwt"`, `""`, `"JOSE"`)
	case name == "cty":
		value = g.pick(`"JWT"`, `"x"`, `""`)
	case name == "crit":
		value = g.pick(`["foo"]`, `[]`, `["b64"]`, `["exp"]`, `["kid"]`, `"b64"`, `null`)
	case name == "b64":
		value = g.pick(`false`, `true`)
	case name == "jwk":
		value = g.pick(`{"kty":"oct","k":"AAAA"}`, `{"kty":"EC"}`, `{}`)
	case name == "x5c":
		value = g.pick(`["AAAA"]`, `[]`, `["!"]`)
	}
	return member{quote(name), value}
}

func (g *generator) claim() member {
	name := g.pick("exp", "exp", "nbf", "nbf", "iat", "iat", "aud", "aud", "iss", "sub", "jti", "n", "x", "y")
	value := g.anyJSON()
	switch {
	case g.maybe(0.15):
	case name == "exp" || name == "nbf" || name == "iat":
		value = g.date()
	case name == "aud":
		value = g.pick(`"api"`, `"other"`, `["api"]`, `["other","api"]`, `["other"]`, `[]`, `""`, `"API"`, `[1,"api"]`, `["api",null]`, `["api",["api"]]`)
	case name == "iss":
		value = g.pick(quote(issuer), quote(issuer+"/"), quote(strings.ToUpper(issuer)), `""`, `["`+issuer+`"]`)
	case name == "sub" || name == "jti":
		value = g.pick(`"a"`, `""`, `"\u0000"`, `"\ud834\udd1e"`, `1`)
	}
	return member{quote(name), value}
}

// date makes dates close to now and at the edges, in many spellings.
func (g *generator) date() string {
	seconds := now.Unix() + []int64{-3600, -61, -60, -59, -2, -1, 0, 1, 2, 59, 60, 61, 3600}[g.IntN(13)]
	s := strconv.FormatInt(seconds, 10)
	switch g.IntN(10) {
	case 0:
		return s + "." + g.pick("0", "5", "000000001", "0000000001", "999999999", "9999999999", "000")
	case 1:
		return s[:1] + "." + s[1:] + g.pick("e9", "E9", "E+9", "e+09")
	case 2:
		return s + g.pick("0e-1", "00e-2", "000E-3", "e0", "E-0", "5e-1")
	case 3:
		return quote(s)
	case 4, 5:
		return g.pick("0", "-0", "-1", "1", "0.0", "1e10", "1e11", "1e300", "-1e300", "1e400", "-1e400", "1e-400", "0e999", "9223372036854775807",
			"9223372036854775808", "18446744073709551616", "99999999999", "-62135596799", "-62135596799.9", "-62135596800", "253402300799",
			"253402300799.9", "253402300800", "1e999999999999999999999", `"abc"`, `"2036-01-01T00:00:00Z"`, `""`, "null", "true", "[]", "{}", "[1]")
	}
	return s
}

// anyJSON makes a value of any kind.
func (g *generator) anyJSON() string {
	switch g.IntN(12) {
	case 0:
		levels := 60 + g.IntN(8)
		return strings.Repeat("[", levels) + strings.Repeat("]", levels)
	case 1:
		return g.pick(`{"a":1,"a":2}`, `[{"a":1,"\u0061":2}]`, `{"a":{"b":1},"b":{"b":1}}`, `{"":1,"":1}`)
	case 2:
		return g.pick(`"\ud800"`, `"\udc00\ud800"`, `"\ud800\u0041"`, `"\ud834\udd1e"`, `"\\ud800"`, `"\u0000"`, `"\uD83D\uDE00"`)
	case 3:
		return g.pick("\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf0\x9d\x84\x9e\"", "\"\u2028\"")
	case 4:
		return g.pick(`01`, `+1`, `1.`, `.5`, `1e`, `NaN`, `-`, `0x10`, `Infinity`, `'a'`, `"\x41"`, "\"\n\"", `"\u12"`, `undefined`, `True`, ``)
	case 5:
		return g.pick(`123456789012345678901234567890`, `1e400`, `-0`, `1E+2`, `0.1e-7`, `1e999999`)
	}
	return g.pick(`null`, `true`, `false`, `1`, `1.5`, `""`, `"a"`, `[]`, `{}`, `[1,"a",null]`, `{"a":{"b":[]}}`)
}

// changeText changes the form of a JSON text.
func (g *generator) changeText(text string) string {
	at := g.IntN(len(text))
	switch g.IntN(9) {
	case 0:
		return g.pick(" ", "\t\n\r ", "\ufeff", "x", "\x00", "//\n") + text
	case 1:
		return text + g.pick(" ", "\n", " x", "{}", ",", "\x00", "null", "}", "\ufeff")
	case 2:
		return strings.NewReplacer(":", g.pick(" : ", ":\n", "\v:", ":"), ",", g.pick(", ", ",\t", ",,", ",")).Replace(text)
	case 3:
		return text[:len(text)-1] + g.pick(",}", "", "]", "/**/}")
	case 4:
		return g.pick("null", "[]", `"str"`, "1", "true", "", "{}", " ", "[{}]", "{", "nul")
	case 5:
		return text[:at] + text[at+1:]
	case 6:
		return text[:at] + string([]byte{byte(g.IntN(256))}) + text[at+1:]
	case 7:
		return text[:at] + string([]byte{byte(g.IntN(256))}) + text[at:]
	}
	return strings.ReplaceAll(text, `"`, g.pick("'", `\"`, ""))
}

func (g *generator) changeOne(first, second string) (string, string) {
	if g.maybe(0.3) {
		return g.changeSegment(first), second
	}
	return first, g.changeSegment(second)
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// changeSegment changes the form of a segment.
func (g *generator) changeSegment(s string) string {
	at := g.IntN(len(s) + 1)
	switch g.IntN(7) {
	case 0: // left-over bits, where there are any
		if n := len(s) % 4; n == 2 || n == 3 {
			last := max(strings.IndexByte(base64Alphabet, s[len(s)-1]), 0)
			return s[:len(s)-1] + string(base64Alphabet[last|1])
		}
		return s + "="
	case 1:
		return s + strings.Repeat("=", 1+g.IntN(4))
	case 2:
		return s[:at] + g.pick("\n", "\r\n", "\r", " ", "\t") + s[at:]
	case 3:
		return s[:at] + g.pick("!", "*", "\x00", "\u00e9", "+", "/", "=", "~") + s[at:]
	case 4:
		return strings.NewReplacer("-", "+", "_", "/").Replace(s)
	case 5:
		return s[:max(len(s)-1, 0)]
	}
	return s + g.pick("A", "AA", "AAAA", "-", "\n")
}

// sign signs an input, in one case of ten in a wrong way.
func (g *generator) sign(input string) []byte {
	signature := g.policy.key.sign([]byte(input))
	if !g.maybe(0.1) {
		return signature
	}
	switch g.IntN(9) {
	case 0:
		signature[g.IntN(len(signature))] ^= 1 << g.IntN(8)
	case 1:
		return signature[:g.IntN(len(signature))]
	case 2:
		return append(signature, byte(g.IntN(256)))
	case 3:
		return nil
	case 4:
		return g.other.sign([]byte(input))
	case 5:
		return g.policy.key.sign([]byte(input + "x"))
	case 6:
		return make([]byte, len(signature))
	case 7:
		return append([]byte{0}, signature...)
	default:
		forms := g.policy.key.otherForms
		return forms[g.IntN(len(forms))]([]byte(input))
	}
	return signature
}

// changeToken changes the form of the token as a whole.
func (g *generator) changeToken(token, first, second, third string) string {
	switch g.IntN(10) {
	case 0:
		return token + g.pick(".", ".x", "..", ".x.y")
	case 1:
		return g.pick(".", " ", "\n", "Bearer ", "\ufeff") + token
	case 2:
		return token + g.pick(" ", "\n", "\x00", "\t")
	case 3:
		return first + "." + second
	case 4:
		return first + ".." + third
	case 5:
		return fmt.Sprintf(`{"payload":%s,"protected":%s,"signature":%s}`, quote(second), quote(first), quote(third))
	case 6:
		return fmt.Sprintf(`{"payload":%s,"signatures":[{"protected":%s,"signature":%s}]}`, quote(second), quote(first), quote(third))
	case 7:
		return strings.Replace(token, ".", g.pick(",", "..", "", " ."), 1)
	case 8:
		large := encode([]byte(`{"x":"` + strings.Repeat("x", 50_000) + `"}`))
		return first + "." + large + "." + encode(g.policy.key.sign([]byte(first+"."+large)))
	}
	large := encode([]byte(`{"alg":"` + g.policy.key.alg + `","x":"` + strings.Repeat("x", 12_288) + `"}`))
	return large + "." + second + "." + encode(g.policy.key.sign([]byte(large+"."+second)))
}
