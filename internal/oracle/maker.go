package oracle

import (
	"math/rand/v2"
	"strings"
)

// Maker makes random texts, most of which are nearly legal headers and payloads.
type Maker struct{ rng *rand.Rand }

// NewMaker returns a maker whose texts depend on the seed alone.
func NewMaker(seed uint64) Maker { return Maker{rand.New(rand.NewPCG(seed, 11))} }

func pick[T any](m Maker, of ...T) T { return of[m.rng.IntN(len(of))] }

var (
	makerNames = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "roles", "admin", "age", "score", "tags", "any", "in", "raw", "deep", "x", "alg", "kid", "typ", "cty", "ISS", "Exp", "e", "ex", "expi", "", "a longer name",
		`\u0065xp`, `ex\u0070`, `\n`, "i\u017fs", "caf\u00e9", `caf\u00e9`, "Name", "ROLES", "\U0001f600"}
	makerStrings = []string{"", "a", "api", "HS256", "JWT", "k1", "https://login.example", `\u0061`, `\"`, `\\`, `\ud83d\ude00`, "\u00e9", "a text of more than eight bytes", `and one with \u0041n escape`, "true", "1795521600"}
	makerNumbers = []string{"0", "-0", "1", "-1", "1.5", "123", "-7", "2147483647", "2147483648", "1795521600", "1795521601", "1795521600.000000001", "1795521599.9999999999", "1795521660", "1795521661", "17955216e2", "1.7955216e9", "99999999999", "253402300799", "253402300800", "-62135596799", "-62135596800",
		"1e10", "1e300", "1e-300", "1E+5", "0.1e1", "0e9999", "9007199254740993", "12345678901234567890", "1528560773.5386891"}
	makerFaults = []string{"01", "1.", ".5", "+1", "NaN", "nul", "tru", "'a'", `"\ud800"`, `"\x"`, "\"\xff\"", "\"\n\"", "[1,]", `{"a":1,}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "{", "]", "", "{} {}", "//", "\ufeff1"}
)

func (m Maker) space() string { return pick(m, "", "", "", "", "", " ", "\n", "\t\r") }

func (m Maker) value(depth int) string {
	switch n := m.rng.IntN(100); {
	case n < 30:
		return `"` + pick(m, makerStrings...) + `"`
	case n < 60:
		return pick(m, makerNumbers...)
	case n < 75 || depth > 3:
		return pick(m, "null", "true", "false")
	case n < 85:
		return m.list("[", "]", func() string { return m.value(depth + 1) })
	case n < 99:
		return m.object(depth + 1)
	}
	return pick(m, makerFaults...)
}

func (m Maker) list(open, end string, element func() string) string {
	var parts []string
	for range m.rng.IntN(4) {
		parts = append(parts, m.space()+element()+m.space())
	}
	return open + strings.Join(parts, ",") + end
}

func (m Maker) object(depth int) string {
	return m.list("{", "}", func() string {
		return `"` + pick(m, makerNames...) + `"` + m.space() + ":" + m.space() + m.value(depth)
	})
}

// Payload returns an object, most of whose members have the type that their name asks for.
func (m Maker) Payload() string {
	var parts []string
	for range m.rng.IntN(6) {
		name := pick(m, makerNames...)
		value := m.value(1)
		switch {
		case m.rng.IntN(10) == 0:
		case name == "exp":
			value = pick(m, "99999999999", "1795521601", "1795521600.5", "9e10", "1795521600", "1")
		case name == "nbf" || name == "iat":
			value = pick(m, "1", "1795521600", "1.5e3", "-1", "1795521661", "99999999999")
		case name == "iss" || name == "sub" || name == "jti" || name == "name":
			value = `"` + pick(m, makerStrings...) + `"`
		case name == "aud":
			value = pick(m, `"api"`, `["api"]`, `["api","x"]`, "[]", ` [ "\u0061" ] `)
		case name == "roles":
			value = pick(m, `["a","b"]`, "[]", "null", `["a",null]`)
		case name == "in":
			value = pick(m, `{"deep":[{"x":"y"}]}`, `{"Deep":[{"x":"y"}]}`, "{}", `{"deep":[{"X":"y","x":"z"},null]}`)
		case name == "admin":
			value = pick(m, "true", "null", "false")
		case name == "age" || name == "score":
			value = pick(m, "7", "-7", "1.5", "null")
		}
		parts = append(parts, m.space()+`"`+name+`"`+m.space()+":"+value+m.space())
	}
	return m.space() + "{" + strings.Join(parts, ",") + "}" + m.space()
}

// Header returns a header, most often a legal one.
func (m Maker) Header() string {
	switch m.rng.IntN(10) {
	case 0:
		return m.object(1)
	case 1:
		return `{"alg":` + pick(m, `"HS512"`, `"none"`, `"hs256"`, "null", `"H\u0053256"`, `""`) + `,"typ":"JWT"}`
	case 2, 3, 4:
		return `{"alg":"HS256","` + pick(m, makerNames...) + `":` + m.value(1) + m.space() + "}"
	case 5:
		return `{"` + pick(m, "kid", "typ", "cty", "crit", "b64", "jku") + `":` + m.value(1) + `,"alg":"HS256"}`
	}
	return pick(m, `{"alg":"HS256","typ":"JWT"}`, `{"alg":"HS256"}`, `{"typ":"JWT","alg":"HS256"}`, `{"alg":"HS256","typ":"JWT","kid":"k1"}`, `{"alg":"HS256","kid":"k1","typ":"JWT"}`, `{"alg":"HS256","typ":"at+jwt"}`)
}
