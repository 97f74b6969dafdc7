package main

import (
	"encoding/json"
	"strings"
)

// What is over the limit is over this library's default of 64 KiB; no other has one.
var _ = addRows(groupRefuse,
	refusal("alg", "another algorithm", setup.otherAlg),
	refusal("none", "alg none", func(s setup) string { return s.sign("none", must(json.Marshal(standard))) }),
	refusal("nested", "a header of 48 KB of nested arrays", func(s setup) string {
		return s.forged(`{"alg":`+strings.Repeat("[", 36_000), "{}")
	}),
	refusal("claims", "a wrong signature under 48 KB of claims", func(s setup) string {
		return s.forged(header(s.alg, ""), string(claimsPayload(36_000)))
	}),
	refusal("limit", "over the size limit, 1 MB", func(s setup) string {
		return s.forged(header(s.alg, ""), string(claimsPayload(1_000_000)))
	}),
	refusal("dots", "60 KB of dots", func(setup) string { return strings.Repeat(".", 60_000) }),
	refusal("two", "two segments, 60 KB", func(s setup) string {
		return encode([]byte(header(s.alg, ""))) + "." + strings.Repeat("A", 60_000)
	}),
)

func refusal(name, title string, token func(setup) string) row {
	return row{
		name: "refuse/" + name, title: title,
		set: work{setup: hs256, noRaw: true, token: token, call: refuse(library.Verify)}.variants,
	}
}

// otherAlg is a token of an algorithm that the verifier does not allow; its hash is of
// another length, so that nobody can be content with the signature's.
func (s setup) otherAlg() string {
	other := map[string]string{"HS256": "HS512", "RS256": "RS512", "ES256": "ES384", "EdDSA": "ES256"}[s.alg]
	return s.sign(other, must(json.Marshal(standard)))
}
