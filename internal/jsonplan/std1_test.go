//go:build !goexperiment.jsonv2

package jsonplan_test

import (
	"reflect"
	"time"
)

// jsonv2 says which of its two implementations encoding/json has in this build.
const jsonv2 = false

// unnamedMethods has a type without a name and with the methods of what it embeds. encoding/json does not find them when
// decoding a field, and its second implementation does.
type unnamedMethods struct {
	A struct{ time.Time }              `json:"a"`
	B *struct{ time.Time }             `json:"b"`
	C []struct{ jsonValue }            `json:"c"`
	D map[string]struct{ textPointer } `json:"d"`
	E []*struct{ jsonPointer }         `json:"e"`
	F any                              `json:"f"`
}

// hiddenMethods has members that reflection lets nobody call methods of. When encoding, encoding/json panics where it
// finds one, and its second implementation leaves the member out.
type hiddenMethods struct {
	plainEmbedded `json:"a"`
	otherEmbedded `json:"b"`
}

type plainEmbedded struct{ A, B int }

type otherEmbedded struct{ A []int }

// strangeKeys cannot be encoded, nor decoded from an object, even if they are empty. The second implementation takes the
// maps while they are empty.
type strangeKeys struct {
	A map[float64]int  `json:"a"`
	B map[*textKey]int `json:"b"`
}

// quotedMethods reads the value inside the string with its methods; the second implementation reads the string.
type quotedMethods struct {
	H jsonInt `json:"h,string"`
	I textInt `json:"i,string"`
}

func quirks() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[unnamedMethods](), reflect.TypeFor[hiddenMethods](), reflect.TypeFor[strangeKeys](), reflect.TypeFor[quotedMethods]()}
}
