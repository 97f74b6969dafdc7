package main

import "example.com/jwt"

var _ = addRows(groupHS256, row{
	name: "hs256/verify/issuers", title: "verify HS256, struct, one of three issuers",
	set: work{setup: hs256, ours: newOursIssuers, token: setup.token, call: verify(library.Verify)}.variants,
})

// issuersLibrary chooses the verifier by the token's issuer. The peers have no such choice, and
// verify with the one key and policy.
type issuersLibrary struct {
	*oursLibrary[ourAllClaims]
	issuers *jwt.Issuers[ourAllClaims]
}

func newOursIssuers(s setup) (library, error) {
	prepared, err := newOursLibrary[ourAllClaims](s, 0)
	if err != nil {
		return nil, err
	}
	_, key, alg, err := ourKeys(s, 0)
	if err != nil {
		return nil, err
	}
	verifiers := []*jwt.Verifier[ourAllClaims]{prepared.verify}
	for _, name := range []string{"https://second.example", "https://third.example"} {
		v, err := jwt.NewVerifier[ourAllClaims](key, []jwt.Algorithm{alg}, jwt.WithIssuer(name), jwt.WithAudience(audience))
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, v)
	}
	issuers, err := jwt.NewIssuers(verifiers...)
	return &issuersLibrary{prepared, issuers}, err
}

func (l *issuersLibrary) Verify(token string) (any, error) { return l.issuers.Verify(token) }
