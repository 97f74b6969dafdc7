// Package nearmiss finds validation methods of a claims type that would never be called.
//
// A claims type's own rules are in its method Validate() error. A program that comes from another
// library, or embeds two structs that both have the method, can have rules that look right,
// compile, and never run. Only the type can show that, so it is the type that is examined.
package nearmiss

import (
	"reflect"
	"strings"
)

type validator interface{ Validate() error }

// Error describes a method that would never be called.
type Error struct {
	Type   reflect.Type // of the claims
	Owner  reflect.Type // Type, what it points to, or something embedded, which has the method
	Method string       // with its signature
}

// Error names the method, says why it is not called, and what to do.
func (e *Error) Error() string {
	text := "the method " + e.Method + " of " + e.Owner.String() + " is never called"
	switch {
	case e.Owner == e.Type, reflect.PointerTo(e.Owner) == e.Type:
		return text + ": add Validate() error, which may return nil"
	case e.Type.Kind() == reflect.Pointer && e.Owner.Implements(reflect.TypeFor[validator]()):
		return text + " through " + e.Type.String() + ": use " + e.Owner.String()
	}
	return text + ", because " + e.Type.String() + " has no Validate() error: add one, which may return nil"
}

// Check returns an *Error if neither t nor *t has the method Validate() error, but t, what it
// points to, or anything embedded there at any depth has a Validate of whatever signature, or a
// Valid that returns an error. It looks at embedded fields itself, since Go promotes neither a
// method that two of them have nor one that a field hides.
func Check(t reflect.Type) error {
	wanted := reflect.TypeFor[validator]()
	if t.Implements(wanted) || reflect.PointerTo(t).Implements(wanted) {
		return nil
	}
	seen := map[reflect.Type]bool{}
	for queue := []reflect.Type{t}; len(queue) > 0; queue = queue[1:] {
		own := queue[0]
		for own.Kind() == reflect.Pointer && !seen[own] {
			seen[own] = true // a pointer type may lead to nothing but itself
			own = own.Elem()
		}
		if seen[own] {
			continue
		}
		seen[own] = true
		if method := find(own); method != "" {
			return &Error{Type: t, Owner: own, Method: method}
		}
		if own.Kind() != reflect.Struct {
			continue
		}
		for i := range own.NumField() {
			if f := own.Field(i); f.Anonymous {
				queue = append(queue, f.Type)
			}
		}
	}
	return nil
}

// find returns the signature of the method of t or *t that looks like a validator, or "".
func find(t reflect.Type) string {
	receiver := 0
	if t.Kind() != reflect.Interface {
		t, receiver = reflect.PointerTo(t), 1
	}
	// The names are constants, so that the linker can still drop all other methods.
	if m, ok := t.MethodByName("Validate"); ok {
		return signature(m, receiver)
	}
	if m, ok := t.MethodByName("Valid"); ok && returnsError(m.Type) {
		return signature(m, receiver)
	}
	return ""
}

func returnsError(method reflect.Type) bool {
	for out := range method.Outs() {
		if out.Implements(reflect.TypeFor[error]()) {
			return true
		}
	}
	return false
}

// signature returns the method as Go writes it, without its receiver.
func signature(m reflect.Method, receiver int) string {
	var in, out []string
	for i := receiver; i < m.Type.NumIn(); i++ {
		in = append(in, m.Type.In(i).String())
	}
	for t := range m.Type.Outs() {
		out = append(out, t.String())
	}
	text := m.Name + "(" + strings.Join(in, ", ") + ") "
	if len(out) > 1 {
		return text + "(" + strings.Join(out, ", ") + ")"
	}
	return strings.TrimSpace(text + strings.Join(out, ""))
}
