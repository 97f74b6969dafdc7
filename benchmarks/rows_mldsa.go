//go:build go1.27

package main

import (
	"crypto/mldsa"
	"crypto/sha256"
	"strings"
)

var _ = addRows(groupMLDSA,
	row{
		name: "mldsa65/verify", title: "verify ML-DSA-65, Go 1.27",
		set: work{setup: mldsa65, peers: nobody, token: setup.token, call: verify(library.Verify)}.variants,
	},
	row{
		name: "mldsa65/refuse", title: "ML-DSA-65, the signature of another token refused, Go 1.27",
		set: work{setup: mldsa65, peers: nobody, token: setup.transplanted, call: refuse(library.Verify)}.variants,
	},
	row{
		name: "mldsa65/sign", title: "sign ML-DSA-65, Go 1.27",
		set: work{setup: mldsa65, peers: nobody, call: sign}.variants,
	},
)

// nobody else takes part: what counts here is how little is added to crypto/mldsa.
var nobody = map[string]func(setup) (library, error){}

func mldsa65() setup {
	seed := sha256.Sum256([]byte("the seed of the benchmarks"))
	key := must(mldsa.NewPrivateKey(mldsa.MLDSA65(), seed[:]))
	public := key.PublicKey()
	return setup{alg: "ML-DSA-65", other: &otherKey{key, func(message, sig []byte) bool {
		return mldsa.Verify(public, message, sig, nil) == nil
	}}}
}

// transplanted is the standard token with a sound signature of other claims, so that
// nothing but the whole verification finds it out.
func (s setup) transplanted() string {
	good, other := s.token(), s.sign(s.alg, []byte("{}"))
	return good[:strings.LastIndexByte(good, '.')] + other[strings.LastIndexByte(other, '.'):]
}
