package jsonplan

import (
	"reflect"
	"strconv"
	"strings"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/strictjson"
)

// DecodeError says which member of the payload does not fit which Go type. Its message has names from the payload, but
// no values; Err, if not nil, is what a method of the type returned.
type DecodeError struct {
	Path string          // such as roles[1].name; empty: the object itself
	Type reflect.Type    // that the value was to be stored in
	Kind strictjson.Kind // of the JSON value
	Err  error           // from UnmarshalJSON, UnmarshalText or a Codec

	reason string
}

// EncodeError says which part of a Go value has no JSON text, and why. Its message has names and types, but no values.
type EncodeError struct {
	Path string
	Type reflect.Type
	Err  error // from MarshalJSON, MarshalText, a Codec, or strictjson about their output

	reason string
}

// TypeError says that a type can never hold an object, so that no plan for decoding exists.
type TypeError struct{ Type reflect.Type }

// Error says which type it is.
func (e *TypeError) Error() string {
	return "no JSON object can be decoded into a Go " + e.Type.String()
}

// Error describes the mismatch in a form like `claim "roles[1].name": cannot decode a number into a Go string`.
func (e *DecodeError) Error() string {
	return describe(e.Path, "cannot decode "+e.Kind.String()+" into a Go "+e.Type.String(), e.reason, e.Err)
}

// Unwrap returns the error of the type's own method.
func (e *DecodeError) Unwrap() error { return e.Err }

// Error describes the fault in a form like `claim "roles[1].name": cannot encode a Go chan int`.
func (e *EncodeError) Error() string {
	return describe(e.Path, "cannot encode a Go "+e.Type.String(), e.reason, e.Err)
}

// Unwrap returns the error of the type's own method.
func (e *EncodeError) Unwrap() error { return e.Err }

func (e *DecodeError) in(name string) *DecodeError { e.Path = joinName(name, e.Path); return e }
func (e *DecodeError) at(i int) *DecodeError       { e.Path = joinIndex(i, e.Path); return e }
func (e *EncodeError) in(name string) *EncodeError { e.Path = joinName(name, e.Path); return e }
func (e *EncodeError) at(i int) *EncodeError       { e.Path = joinIndex(i, e.Path); return e }

// joinName puts a member's name before a path. Names are cut, since a path is for people and names come from outside.
func joinName(name, rest string) string {
	name = excerpt.Text(name)
	if rest == "" || rest[0] == '[' {
		return name + rest
	}
	return name + "." + rest
}

func joinIndex(i int, rest string) string {
	path := "[" + strconv.Itoa(i) + "]"
	if rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
}

func describe(path, text, reason string, cause error) string {
	var b strings.Builder
	if path != "" {
		b.WriteString("claim " + excerpt.Quote(path) + ": ")
	}
	b.WriteString(text)
	if reason != "" {
		b.WriteString(": " + reason)
	}
	if cause != nil {
		b.WriteString(": " + excerpt.Error(cause))
	}
	return b.String()
}
