// Package mldsa is crypto/mldsa of the standard library, which Go has since version 1.27. With an
// older version it has the same names, but no parameter sets, and so no keys. This is where the two
// differ: whoever imports it needs no build constraint.
package mldsa

import (
	"fmt"
	"slices"
)

// Names are the names of the parameter sets of FIPS 204, which are those of the algorithms of JOSE
// (RFC 9964), too: whether this version of Go has them or not.
var Names = []string{"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}

// ByName returns the parameter set with a name. It fails for an unknown name, and for a known one
// before Go 1.27.
func ByName(name string) (Parameters, error) {
	for _, params := range All() {
		if params.String() == name {
			return params, nil
		}
	}
	if slices.Contains(Names, name) {
		return Parameters{}, fmt.Errorf("%s needs a program that is built with Go 1.27 or later", name)
	}
	return Parameters{}, fmt.Errorf("%q is no parameter set of ML-DSA", name)
}
