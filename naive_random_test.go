package jwt_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// jsonMaker makes random texts that are nearly always nearly legal headers and payloads.
type jsonMaker struct{ rng *rand.Rand }

func pick[T any](m jsonMaker, of ...T) T { return of[m.rng.IntN(len(of))] }

var (
	makerNames = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "roles", "admin", "age", "score", "tags", "any", "in", "raw", "deep", "x", "alg", "kid", "typ", "cty", "ISS", "Exp", "e", "ex", "expi", "", "a longer name",
		`\u0065xp`, `ex\u0070`, `\n`, "i\u017fs", "caf\u00e9", `caf\u00e9`, "Name", "ROLES", "\U0001f600"}
	makerStrings = []string{"", "a", "api", "HS256", "JWT", "k1", "https://login.example", `\u0061`, `\"`, `\\`, `\ud83d\ude00`, "\u00e9", "a text of more than eight bytes", `and one with \u0041n escape`, "true", "1795521600"}
	makerNumbers = []string{"0", "-0", "1", "-1", "1.5", "123", "-7", "2147483647", "2147483648", "1795521600", "1795521601", "1795521600.000000001", "1795521599.9999999999", "1795521660", "1795521661", "17955216e2", "1.7955216e9", "99999999999", "253402300799", "253402300800", "-62135596799", "-62135596800",
		"1e10", "1e300", "1e-300", "1E+5", "0.1e1", "0e9999", "9007199254740993", "12345678901234567890", "1528560773.5386891"}
	makerFaults = []string{"01", "1.", ".5", "+1", "NaN", "nul", "tru", "'a'", `"\ud800"`, `"\x"`, "\"\xff\"", "\"\n\"", "[1,]", `{"a":1,}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "{", "]", "", "{} {}", "//", "\ufeff1"}
)

func (m jsonMaker) space() string { return pick(m, "", "", "", "", "", " ", "\n", "\t\r") }

func (m jsonMaker) value(depth int) string {
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

func (m jsonMaker) list(open, end string, element func() string) string {
	var parts []string
	for range m.rng.IntN(4) {
		parts = append(parts, m.space()+element()+m.space())
	}
	return open + strings.Join(parts, ",") + end
}

func (m jsonMaker) object(depth int) string {
	return m.list("{", "}", func() string {
		return `"` + pick(m, makerNames...) + `"` + m.space() + ":" + m.space() + m.value(depth)
	})
}

// payload is an object, most of whose members have the type that their name asks for.
func (m jsonMaker) payload() string {
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

func (m jsonMaker) header() string {
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

// TestRandomTokensAreJudgedAsByTheNaiveVerifier is FuzzVerify with texts that are made to
// be interesting. Its seed is fixed, so that it says the same every time.
func TestRandomTokensAreJudgedAsByTheNaiveVerifier(t *testing.T) {
	m := jsonMaker{rand.New(rand.NewPCG(2026, 11))}
	mapped, typed := naiveVerifier[jwt.MapClaims](t), naiveVerifier[fuzzClaims](t)
	verdicts := map[error]int{}
	for n := range 5_000 {
		raw := forge(m.header(), m.payload())
		want := verifyNaive(raw)
		verdicts[want.err]++
		tok, err := mapped.Verify(raw)
		requireVerdict(t, want, tok == nil, err)
		if err == nil {
			requireSame(t, want, tok)
			requireSameTyped(t, want, typed, raw)
			requireOneSpelling(t, mapped, raw, n*31, byte(1+n%255))
		}
	}
	t.Logf("verdicts: %v", verdicts)
	for _, verdict := range []error{nil, jwt.ErrMalformed, jwt.ErrAlgorithmNotAllowed, jwt.ErrExpired, jwt.ErrNotYetValid} {
		require.Greater(t, verdicts[verdict], 50, "%v: the generator has lost its aim", verdict)
	}
}

// TestEveryByteOfATokenMatters changes each byte of a few tokens to every other value.
func TestEveryByteOfATokenMatters(t *testing.T) {
	v := naiveVerifier[jwt.MapClaims](t)
	for _, raw := range []string{token(`{}`), forge(`{"alg":"HS256","kid":"\u006b"}`, ` {"sub":"a","exp":99999999999} `)} {
		_, err := v.Verify(raw)
		require.NoError(t, err)
		for at := range len(raw) {
			for c := range 256 {
				changed := []byte(raw)
				if changed[at] == byte(c) {
					continue
				}
				changed[at] = byte(c)
				if tok, err := v.Verify(string(changed)); err == nil || tok != nil {
					require.Fail(t, "accepted", "byte %d as %s", at, strconv.QuoteRune(rune(c)))
				}
			}
		}
	}
}
