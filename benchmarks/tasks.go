package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Groups of tasks: each becomes a section of the report.
const (
	groupHS256  = "HS256"
	groupSign   = "Sign, other algorithms"
	groupVerify = "Verify, other algorithms"
	groupString = "Verify HS256, one string claim of growing size, struct"
	groupClaims = "Verify HS256, growing number of claims, map"
	groupForged = "Refuse tokens of ordinary size"
	groupLarge  = "Refuse forged tokens of 50 KB"
	groupHuge   = "Refuse forged tokens over our size limit"
	groupForm   = "Refuse text of other than three segments"
)

// sizes are the payloads of the tasks that grow, in bytes.
var sizes = []int{200, 2_000, 20_000, 200_000}

// task is one piece of work that every library does.
type task struct {
	name     string // for -tasks: "hs256/verify/struct"
	title    string
	group    string
	alg      string   // a key of algorithms
	parallel bool     // on all cores
	variants []string // our library in these other uses takes part
	noRaw    bool     // the bare cryptography has nothing like it
	payload  int      // bytes of JSON, where the cost of a byte is of interest
	maxSize  int      // for tokens that are over our default limit and must be verified

	token func(setup) string          // what is verified; nil to sign
	call  func(library, string) error // the work itself
}

// tasks are all tasks, in the order of the report.
func tasks() []task {
	list := []task{
		{name: "hs256/sign/struct", title: "sign HS256, struct", group: groupHS256, alg: "HS256", variants: []string{"jwt, one-shot"}, call: sign},
		{name: "hs256/verify/struct", title: "verify HS256, struct", group: groupHS256, alg: "HS256", variants: []string{"jwt, one-shot", "jwt, claims embedded"}, token: setup.token, call: verify(library.Verify)},
		{name: "hs256/verify/registered", title: "verify HS256, registered claims only", group: groupHS256, alg: "HS256", token: setup.token, call: verify(library.VerifyRegistered)},
		{name: "hs256/verify/map", title: "verify HS256, map", group: groupHS256, alg: "HS256", token: setup.token, call: verify(library.VerifyMap)},
		{name: "hs256/verify/parallel", title: "verify HS256, struct, all cores", group: groupHS256, alg: "HS256", parallel: true, token: setup.token, call: verify(library.Verify)},
	}
	others := []string{"RS256-2048", "RS256-4096", "ES256", "EdDSA"}
	for _, alg := range others {
		list = append(list, task{name: strings.ToLower(alg) + "/sign", title: "sign " + alg, group: groupSign, alg: alg, call: sign})
	}
	for _, alg := range others {
		list = append(list, task{name: strings.ToLower(alg) + "/verify", title: "verify " + alg, group: groupVerify, alg: alg, token: setup.token, call: verify(library.Verify)})
	}
	for _, size := range sizes {
		list = append(list, sized("string", size, groupString, stringPayload, library.Verify))
	}
	for _, size := range sizes {
		list = append(list, sized("claims", size, groupClaims, claimsPayload, library.VerifyMap))
	}
	for _, b := range badTokens() {
		form := library.Verify
		if b.asMap {
			form = library.VerifyMap
		}
		list = append(list, task{
			name: "refuse/" + b.name, title: b.title, group: b.group, alg: "HS256",
			noRaw: !b.signature, token: b.make, call: refuse(form),
		})
	}
	return list
}

func sign(l library, _ string) error {
	_, err := l.Sign()
	return err
}

type verifyFunc func(library, string) (any, error)

func verify(form verifyFunc) func(library, string) error {
	return func(l library, token string) error {
		_, err := form(l, token)
		return err
	}
}

// errAccepted ends a run: the library did other work than the one measured.
var errAccepted = errors.New("a bad token was accepted")

func refuse(form verifyFunc) func(library, string) error {
	return func(l library, token string) error {
		if _, err := form(l, token); err == nil {
			return errAccepted
		}
		return nil
	}
}

func sized(name string, size int, group string, payload func(int) []byte, form verifyFunc) task {
	return task{
		name: fmt.Sprintf("size/%s/%d", name, size), title: bytesText(size), group: group, alg: "HS256",
		payload: size, maxSize: 1 << 20,
		token: func(s setup) string { return s.sign(s.alg, payload(size)) },
		call:  verify(form),
	}
}

// badToken is a token to refuse.
type badToken struct {
	name, title string
	group       string
	signature   bool // only its signature is wrong, which raw sees too
	asMap       bool
	make        func(setup) string
}

// badTokens are the ones whose refusal is measured. What is "over the limit" is over
// our default of 64 KiB, which no other library has.
func badTokens() []badToken {
	const mega = 1 << 20
	list := []badToken{
		{name: "wrong-signature", title: "wrong signature", group: groupForged, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(must(json.Marshal(standard))))
		}},
		{name: "other-alg", title: "other alg", group: groupForged, make: func(s setup) string {
			return s.forged(header(otherAlg(s.alg)), string(must(json.Marshal(standard))))
		}},
		{name: "alg-none", title: "alg none", group: groupForged, make: func(s setup) string {
			return s.sign("none", must(json.Marshal(standard)))
		}},
		{name: "nested-payload/50KB", title: "nested payload", group: groupLarge, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), strings.Repeat("[", 36_000))
		}},
		{name: "nested-header/50KB", title: "nested header", group: groupLarge, make: func(s setup) string {
			return s.forged(`{"alg":`+strings.Repeat("[", 36_000), "{}")
		}},
		{name: "forged-json/50KB", title: "many claims", group: groupLarge, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(claimsPayload(36_000)))
		}},
		{name: "forged-json-map/50KB", title: "many claims, map", group: groupLarge, signature: true, asMap: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(claimsPayload(36_000)))
		}},
		{name: "nested-payload/1MB", title: "nested payload, 1 MB", group: groupHuge, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), strings.Repeat("[", mega))
		}},
		{name: "nested-header/1MB", title: "nested header, 1 MB", group: groupHuge, make: func(s setup) string {
			return s.forged(`{"alg":`+strings.Repeat("[", mega), "{}")
		}},
		{name: "forged-json/1MB", title: "many claims, 1 MB", group: groupHuge, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(claimsPayload(mega)))
		}},
		{name: "forged-json-map/1MB", title: "many claims, 1 MB, map", group: groupHuge, signature: true, asMap: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(claimsPayload(mega)))
		}},
	}
	for _, size := range []int{100_000, 1_000_000, 8_000_000} {
		list = append(list, badToken{name: "over-limit/" + bytesName(size), title: "one string, " + bytesText(size), group: groupHuge, signature: true, make: func(s setup) string {
			return s.forged(header(s.alg), string(stringPayload(size)))
		}})
	}
	for _, size := range []int{1_000, 60_000, 1_000_000} {
		list = append(list, badToken{name: "dots/" + bytesName(size), title: "dots, " + bytesText(size), group: groupForm, make: func(setup) string {
			return strings.Repeat(".", size)
		}})
	}
	for _, size := range []int{1_000, 60_000, 1_000_000} {
		list = append(list, badToken{name: "two-segments/" + bytesName(size), title: "two, " + bytesText(size), group: groupForm, make: func(s setup) string {
			return encode([]byte(header(s.alg))) + "." + strings.Repeat("A", size)
		}})
	}
	return list
}

// otherAlg is an algorithm that the verifier does not allow; its hash is of another
// length, so that nobody can be content with the signature's.
func otherAlg(alg string) string {
	return map[string]string{"HS256": "HS512", "RS256": "RS512", "ES256": "ES384", "EdDSA": "ES256"}[alg]
}

func bytesText(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return fmt.Sprintf("%d MB", n/1_000_000)
	case n >= 1_000 && n%1_000 == 0:
		return fmt.Sprintf("%d KB", n/1_000)
	}
	return fmt.Sprintf("%d B", n)
}

func bytesName(n int) string { return strings.ReplaceAll(bytesText(n), " ", "") }

// takesPart says whether a library is measured at a task.
func (t *task) takesPart(e *entry) bool {
	switch e.kind {
	case variant:
		return slices.Contains(t.variants, e.name)
	case limit:
		return !t.noRaw
	}
	return true
}

// groups are the groups of a list of tasks, in order.
func groups(list []task) []string {
	var names []string
	for _, t := range list {
		if !slices.Contains(names, t.group) {
			names = append(names, t.group)
		}
	}
	return names
}
