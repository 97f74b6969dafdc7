package differential

import (
	"math/big"
	"slices"
	"strings"
	"time"
)

// rule is a reason to refuse a token. The library refuses a token if and only if one of
// the rules applies; the peers that accept such tokens are named.
type rule struct {
	name    string
	section string // what says so
	applies func(f *facts) bool
	laxer   []string
}

// foldedNames is golang-jwt with a struct, for which encoding/json takes a member whose
// name differs in case for the claim, if the token has such a member.
const foldedNames = golangStruct + ", through a name in other letters"

// firstOfTwo is jwx with a key, which takes the first of two header members of one name.
const firstOfTwo = jwxKey + ", for the first of two"

var (
	none     []string
	everyone = peerNames
)

const (
	limit    = "a limit of this library's own"
	utf8Rule = "RFC 8259, Section 8.1; RFC 8725, Section 3.7"
	unicode  = "RFC 8259, Section 8.2"
	unique   = "RFC 7515, Section 4: refuse, or take the last"
	unique2  = "RFC 7519, Section 4: refuse, or take the last"
	depth    = "RFC 8259, Section 9: a parser may set limits"
	numeric  = "RFC 7519, Section 2"
	expiry   = "RFC 7519, Section 4.1.4"
)

var rules = []rule{
	{"longer than 64 KiB", limit, func(f *facts) bool { return len(f.token) > 64<<10 }, everyone},
	{"a header longer than 16 KiB", limit, func(f *facts) bool { return len(f.parts[0]) > 16<<10 }, everyone},
	{"header or payload not canonical base64url", "RFC 7515, Section 2; RFC 4648, Section 3.5", spelling(0, 1), everyone},
	{"signature not canonical base64url", "RFC 7515, Section 2; RFC 4648, Section 3.5", spelling(2), everyone},

	{"header: null", "RFC 7515, Section 4", func(f *facts) bool { return f.header.isNull() }, none},
	{"header: no JSON object", "RFC 7515, Section 4", func(f *facts) bool { return !f.header.object && !f.header.isNull() }, []string{jwxKey}},
	{"header: text after the object", "RFC 8259, Section 2", func(f *facts) bool { return f.header.object && !f.header.whole }, []string{jwxSet}},
	{"header: not UTF-8", utf8Rule, func(f *facts) bool { return !f.header.utf8 }, everyone},
	{"header: half a surrogate pair", unicode, func(f *facts) bool { return !f.header.surrogates }, everyone},
	{"header: duplicate member", unique, func(f *facts) bool { return !f.header.unique }, []string{golangMap, golangStruct, jwxKey, jwxSet}},
	{"header: more than 64 levels", depth, func(f *facts) bool { return f.header.depth > 64 }, everyone},
	{"header: no alg, or not a string", "RFC 7515, Section 4.1.1", func(f *facts) bool { return f.header.kind("alg") != "string" }, []string{jwxKey, jwxSet}},
	{"header: another alg", "RFC 7515, Section 4.1.1; RFC 8725, Section 3.1", func(f *facts) bool {
		return f.header.kind("alg") == "string" && f.header.text("alg") != f.policy.key.alg
	}, []string{jwxSet, firstOfTwo}},
	{"header: kid not a string", "RFC 7515, Section 4.1.4", headerNotText("kid"), everyone},
	{"header: typ not a string", "RFC 7515, Section 4.1.9", headerNotText("typ"), everyone},
	{"header: cty not a string", "RFC 7515, Section 4.1.10", headerNotText("cty"), everyone},
	{"header: crit", "RFC 7515, Section 4.1.11", func(f *facts) bool { return f.header.kind("crit") != "" }, everyone},
	{"header: b64", "RFC 7797, Section 7", func(f *facts) bool { return f.header.kind("b64") != "" }, []string{golangMap, golangStruct, goJose, jwxSet}},
	{"header: kid of another key", "RFC 7515, Section 4.1.4", func(f *facts) bool { kid := f.header.text("kid"); return kid != "" && kid != keyID }, []string{jwxKey, jwxSet}},

	{"signature: not good", "RFC 7515, Section 5.2", func(f *facts) bool { return !f.signed && !f.reencoded && !f.otherSalt }, none},
	{"signature: good only for other segments: decoded and encoded anew, or trimmed", "RFC 7515, Section 5.2", func(f *facts) bool { return f.reencoded }, []string{goJose, jwxKey, jwxSet}},
	{"signature: RSA-PSS with a salt of another length", "RFC 7518, Section 3.5", func(f *facts) bool { return f.otherSalt }, []string{golangMap, golangStruct, goJose}},

	{"payload: null", "RFC 7519, Section 7.2", func(f *facts) bool { return f.payload.isNull() }, []string{golangMap, golangStruct, goJose}},
	{"payload: no JSON object", "RFC 7519, Section 7.2", func(f *facts) bool { return !f.payload.object && !f.payload.isNull() }, none},
	{"payload: text after the object", "RFC 8259, Section 2", func(f *facts) bool { return f.payload.object && !f.payload.whole }, []string{jwxKey, jwxSet}},
	{"payload: not UTF-8", "RFC 7519, Section 7.2; RFC 8725, Section 3.7", func(f *facts) bool { return !f.payload.utf8 }, everyone},
	{"payload: half a surrogate pair", unicode, func(f *facts) bool { return !f.payload.surrogates }, everyone},
	{"payload: duplicate member", unique2, func(f *facts) bool { return !f.payload.unique }, []string{golangMap, golangStruct, jwxKey, jwxSet}},
	{"payload: more than 64 levels", depth, func(f *facts) bool { return f.payload.depth > 64 }, everyone},

	{"iss, sub or jti: null", "RFC 7519, Section 4.1", claimOf("null", "iss", "sub", "jti"), everyone},
	{"iss, sub or jti: not a string", "RFC 7519, Section 4.1", claimOf("boolean number array object", "iss", "sub", "jti"), []string{golangMap}},
	{"aud: null", "RFC 7519, Section 4.1.3", claimOf("null", "aud"), []string{golangMap, golangStruct}},
	{"aud: neither a string nor an array of strings", "RFC 7519, Section 4.1.3", badAudience, []string{golangMap}},
	{"exp or nbf: a string", numeric, claimOf("string", "exp", "nbf"), []string{golangStruct, jwxKey, jwxSet}},
	{"exp or nbf: null", numeric, claimOf("null", "exp", "nbf"), []string{golangStruct, goJose}},
	{"exp or nbf: a boolean, an array or an object", numeric, claimOf("boolean array object", "exp", "nbf"), none},
	{"exp or nbf: not in the years 1 to 9999", limit, outOfRange("exp", "nbf"), everyone},
	{"iat: a string", numeric, claimOf("string", "iat"), []string{golangMap, golangStruct, jwxKey, jwxSet}},
	{"iat: null", numeric, claimOf("null", "iat"), []string{golangMap, golangStruct, goJose}},
	{"iat: a boolean, an array or an object", numeric, claimOf("boolean array object", "iat"), []string{golangMap}},
	{"iat: not in the years 1 to 9999", limit, outOfRange("iat"), everyone},

	{"exp: 0", expiry, func(f *facts) bool { return f.compare("exp", -time.Second) <= 0 && f.isZero("exp") }, []string{golangMap, foldedNames}},
	{"exp: past", expiry, func(f *facts) bool { return f.compare("exp", -time.Second) <= 0 && !f.isZero("exp") }, []string{foldedNames}},
	{"exp: now, or less than a second ago", expiry, func(f *facts) bool { return f.compare("exp", 0) <= 0 && f.compare("exp", -time.Second) == 1 }, []string{goJose, foldedNames}},
	{"nbf: later", "RFC 7519, Section 4.1.5", func(f *facts) bool { return f.compare("nbf", time.Second-1) == 1 }, none},
	{"nbf: later in this second", "RFC 7519, Sections 2 and 4.1.5", func(f *facts) bool { return f.compare("nbf", 0) == 1 && f.compare("nbf", time.Second-1) != 1 }, everyone},
	{"iat: more than a minute from now", "RFC 7519, Section 4.1.6, leaves it open", func(f *facts) bool { return f.compare("iat", time.Minute) == 1 }, []string{golangMap, golangStruct}},
	{"another issuer than expected, or none", "RFC 7519, Section 4.1.1", func(f *facts) bool { return f.policy.profile && f.payload.text("iss") != issuer }, []string{foldedNames}},
	{"another audience than expected, or none", "RFC 7519, Section 4.1.3", otherAudience, []string{foldedNames}},
}

// difference is a reason of some peers to refuse what the library accepts.
type difference struct {
	name     string
	section  string // what says otherwise, or leaves it open
	applies  func(f *facts) bool
	stricter []string
}

var differences = []difference{
	{"a jwk, jku, x5c, x5t, x5u, enc, zip or nonce that cannot be read", "RFC 7515, Sections 4 and 4.1: their use is optional, and to the library they are as any unknown parameter", unreadParameter, []string{goJose, jwxSet}},
	{"a number that is no float64, outside the claims that are dates", "RFC 8259, Section 6: its size is not limited", hugeNumber, everyone},
	{"white space before or after the header's object", "RFC 8259, Section 2", func(f *facts) bool { return len(f.header.first) != len(f.header.raw) }, []string{jwxSet}},
	{"iat less than a minute from now", "RFC 7519, Section 4.1.6, asks for no check", func(f *facts) bool { return f.isBetween("iat", 0, time.Minute+1) }, []string{goJose, jwxKey, jwxSet}},
	{"exp or nbf less than a second from now", "RFC 7519, Section 2: fractions count", func(f *facts) bool { return f.isBetween("exp", 0, time.Second) || f.isBetween("nbf", -time.Second, 1) }, []string{golangMap, golangStruct, jwxKey, jwxSet}},
	{"a member that differs from a claim's name in case", "RFC 7519, Section 4; RFC 8259, Section 8.3", (*facts).folded, []string{golangStruct}},
}

func unreadParameter(f *facts) bool {
	return slices.ContainsFunc([]string{"jwk", "jku", "x5c", "x5t", "x5u", "enc", "zip", "nonce"}, func(name string) bool { return f.header.kind(name) != "" })
}

func hugeNumber(f *facts) bool { return f.header.huge || f.payload.huge }

func spelling(segments ...int) func(*facts) bool {
	return func(f *facts) bool {
		return slices.ContainsFunc(segments, func(i int) bool { return !isCanonical(f.parts[i]) })
	}
}

func headerNotText(name string) func(*facts) bool {
	return func(f *facts) bool { return f.header.kind(name) != "" && f.header.kind(name) != "string" }
}

// claimOf finds claims of one of some kinds.
func claimOf(kinds string, names ...string) func(*facts) bool {
	return func(f *facts) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return slices.Contains(strings.Fields(kinds), f.payload.kind(name))
		})
	}
}

func outOfRange(names ...string) func(*facts) bool {
	return func(f *facts) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			_, ok := f.payload.date(name)
			return f.payload.kind(name) == "number" && !ok
		})
	}
}

func badAudience(f *facts) bool {
	_, ok := f.payload.audiences()
	return !ok && f.payload.kind("aud") != "" && f.payload.kind("aud") != "null"
}

func otherAudience(f *facts) bool {
	names, _ := f.payload.audiences()
	return f.policy.profile && !slices.Contains(names, audience)
}

// compare compares a date with the time after a delay; 2 if there is no date.
func (f *facts) compare(name string, delay time.Duration) int {
	date, ok := f.payload.date(name)
	if !ok {
		return 2
	}
	return date.Cmp(big.NewInt(now.Add(delay).UnixNano()))
}

func (f *facts) isBetween(name string, from, to time.Duration) bool {
	return f.compare(name, from) == 1 && f.compare(name, to) == -1
}

func (f *facts) isZero(name string) bool {
	date, ok := f.payload.date(name)
	return ok && date.Sign() == 0
}

func (j *jsonFacts) isNull() bool { return strings.TrimSpace(string(j.raw)) == "null" }

// folded reports whether encoding/json would take a member for a registered claim whose
// name it does not have.
func (f *facts) folded() bool {
	for name := range f.payload.members {
		for _, claim := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"} {
			if name != claim && strings.EqualFold(name, claim) {
				return true
			}
		}
	}
	return false
}

// allows gives the entry of the table by which a peer may accept a token to which the
// rule applies.
func (r *rule) allows(peer string, f *facts) (entry string, ok bool) {
	for _, entry := range r.laxer {
		switch {
		case entry == peer,
			entry == foldedNames && peer == golangStruct && f.folded(),
			entry == firstOfTwo && peer == jwxKey && !f.header.unique:
			return entry, true
		}
	}
	return "", false
}
