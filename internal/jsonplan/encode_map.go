package jsonplan

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// mapStack holds the sorted members of the maps that are being written, the innermost last.
type mapStack struct{ members []mapMember }

type mapMember struct {
	name  string
	value any           // in a map[string]any
	other reflect.Value // in any other map
}

var mapStacks = sync.Pool{New: func() any { return new(mapStack) }}

// release returns the stack to the pool. After an error it still has members.
func (m *mapStack) release() {
	if m != nil && cap(m.members) <= maxStack {
		m.pop(0)
		mapStacks.Put(m)
	}
}

// pop removes members, and clears them so that a pooled stack keeps no claims alive.
func (m *mapStack) pop(base int) {
	clear(m.members[base:])
	m.members = m.members[:base]
}

func (e *encoder) mapStack() *mapStack {
	if e.stack == nil {
		e.stack = mapStacks.Get().(*mapStack)
	}
	return e.stack
}

// anyMap appends a map of the usual type.
func (e *encoder) anyMap(dst []byte, m map[string]any) ([]byte, *EncodeError) {
	if m == nil {
		return append(dst, "null"...), nil
	}
	stack := e.mapStack()
	base := len(stack.members)
	for name, v := range m {
		stack.members = append(stack.members, mapMember{name: name, value: v})
	}
	return e.members(dst, nil, reflect.TypeFor[map[string]any](), base)
}

func (e *encoder) maps(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	stack := e.mapStack()
	base := len(stack.members)
	for it := v.MapRange(); it.Next(); {
		name, err := memberName(it.Key())
		if err != nil {
			return dst, err
		}
		stack.members = append(stack.members, mapMember{name: name, other: it.Value()})
	}
	return e.members(dst, n.elem, n.typ, base)
}

// members appends an object with the members from base on. A nil plan stands for an empty
// interface.
func (e *encoder) members(dst []byte, elem *encodeNode, t reflect.Type, base int) ([]byte, *EncodeError) {
	if err := e.enter(t); err != nil {
		return dst, err
	}
	slices.SortFunc(e.stack.members[base:], func(a, b mapMember) int { return strings.Compare(a.name, b.name) })
	dst = append(dst, '{')
	for i := base; i < len(e.stack.members); i++ {
		m := e.stack.members[i] // a copy: inner maps may move the stack
		if i > base {
			if m.name == e.stack.members[i-1].name {
				return dst, (&EncodeError{Type: t, reason: "two of its keys have the same text"}).in(m.name)
			}
			dst = append(dst, ',')
		}
		var err *EncodeError
		if dst, err = appendString(dst, m.name, t); err != nil {
			return dst, err
		}
		dst = append(dst, ':')
		at := len(dst)
		if elem == nil {
			dst, err = e.any(dst, m.value)
		} else {
			dst, err = e.value(dst, elem, m.other)
		}
		if err != nil {
			return dst, err.in(m.name)
		}
		if e.depth == 1 {
			e.note(e.cache.mark(m.name), dst[at:])
		}
	}
	e.stack.pop(base)
	e.leave()
	return append(dst, '}'), nil
}

// memberName returns the text of a key.
func memberName(key reflect.Value) (string, *EncodeError) {
	k := key.Kind()
	if k == reflect.String {
		return key.String(), nil
	}
	if tm, ok := key.Interface().(encoding.TextMarshaler); ok {
		if k == reflect.Pointer && key.IsNil() {
			return "", nil
		}
		text, err := tm.MarshalText()
		if err != nil {
			return "", &EncodeError{Type: key.Type(), Err: err}
		}
		return string(text), nil
	}
	switch {
	case isInt(k):
		return strconv.FormatInt(key.Int(), 10), nil
	case isUint(k):
		return strconv.FormatUint(key.Uint(), 10), nil
	}
	return "", &EncodeError{Type: key.Type(), reason: "a key is nil"}
}
