package jsonplan

import (
	"reflect"
	"strconv"
	"strings"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/strictjson"
)

// DecodeError describes a member that does not fit its Go type. Its message contains names from the
// text, but no values. Err, if not nil, was returned by a method of the type.
type DecodeError struct {
	Path string          // such as roles[1].name; "" for the object itself
	Type reflect.Type    // to store the value in
	Kind strictjson.Kind // of the JSON value
	Err  error           // from UnmarshalJSON, UnmarshalText or a Codec

	reason string
}

// EncodeError describes a part of a Go value that cannot be encoded. Its message contains names and
// types, but no values.
type EncodeError struct {
	Path string
	Type reflect.Type
	Err  error // from MarshalJSON, MarshalText, a Codec, or strictjson about their output

	reason string
}

// TypeError is returned for a type that can never hold an object.
type TypeError struct {
	Type reflect.Type

	reason string
}

// Error returns a message with the type.
func (e *TypeError) Error() string {
	return describe("", "no JSON object can be decoded into a Go "+e.Type.String(), e.reason, nil)
}

// Error describes the mismatch in a form like `claim "roles[1].name": cannot decode a number into a
// Go string`.
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

// joinName prepends a member's name to a path. Names are cut: they come from outside, and a path is
// for people.
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
