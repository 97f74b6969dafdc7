//lint:file-ignore SA5008 Odd tags are what is tested.

//go:build !goexperiment.jsonv2

package jsonplan_test

import (
	"reflect"
	"time"
)

// jsonv2 says which of its two implementations encoding/json has in this build.
const jsonv2 = false

// unnamedMethods has a type without a name and with the methods of what it embeds. encoding/json
// does not find them when decoding a field, and its second implementation does.
type unnamedMethods struct {
	A struct{ time.Time }              `json:"a"`
	B *struct{ time.Time }             `json:"b"`
	C []struct{ jsonValue }            `json:"c"`
	D map[string]struct{ textPointer } `json:"d"`
	E []*struct{ jsonPointer }         `json:"e"`
	F any                              `json:"f"`
}

// hiddenMethods has members that reflection lets nobody call methods of. When encoding,
// encoding/json panics where it finds one, and its second implementation leaves the member out.
type hiddenMethods struct {
	plainEmbedded    `json:"a"`
	otherEmbedded    `json:"b"`
	decodingEmbedded `json:"c"`
	decodingToo      `json:"d"`
}

type plainEmbedded struct{ A, B int }

type otherEmbedded struct{ A []int }

type decodingEmbedded struct{ A int }

func (d *decodingEmbedded) UnmarshalJSON(b []byte) error { d.A = len(b); return nil }

type decodingToo struct{ decodingEmbedded } // of two methods none is promoted

func (d *decodingToo) UnmarshalJSON(b []byte) error { d.A = -len(b); return nil }

// strangeKeys cannot be encoded, nor decoded from an object, even if they are empty. The second
// implementation takes the maps while they are empty.
type strangeKeys struct {
	A map[float64]int  `json:"a"`
	B map[*textKey]int `json:"b"`
}

// growingKeys has keys with a JSON method, which the second implementation does not call.
type growingKeys struct {
	A map[growing]int     `json:"a"`
	B map[growingJSON]int `json:"b"`
}

// quoted and quotedMethods have the option "string", whose rules for strings, pointers and methods
// the second implementation has changed.
type quoted struct {
	A int       `json:"a,string"`
	B *uint8    `json:"b,string"`
	C bool      `json:"c,string"`
	D string    `json:"d,string"`
	E float64   `json:"e,string"`
	F *string   `json:"f,string"`
	G []int     `json:"g,string"`
	H myPointer `json:"h,string"`
	J **float32 `json:"j,string"`
}

type quotedMethods struct {
	H jsonInt `json:"h,string"`
	I textInt `json:"i,string"`
	J ptrInt  `json:"j,string"`
	A ptrText `json:"a,string"`
}

// ptrInt and ptrText have methods where they have an address.
type (
	ptrInt  int
	ptrText string
)

func (p *ptrInt) MarshalJSON() ([]byte, error)  { return []byte(`"json"`), nil }
func (p *ptrText) MarshalText() ([]byte, error) { return []byte("text " + string(*p)), nil }

func quirks() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[unnamedMethods](), reflect.TypeFor[hiddenMethods](), reflect.TypeFor[strangeKeys](), reflect.TypeFor[quoted](), reflect.TypeFor[quotedMethods](), reflect.TypeFor[growingKeys]()}
}

// undecodable are types that no value fits. Given a list of them, the second implementation never
// ends.
func undecodable() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[complex64](), reflect.TypeFor[chan int]()}
}

// oddTags have no legal name, and so none at all. The second implementation has other rules.
func oddTags() []string { return []string{`json:"²"`, `json:"x\\"`, `json:"\"y"`} }
