package jsonplan

import (
	"encoding/json"
	"sync"

	"example.com/jwt/internal/strictjson"
)

// maxStack is the capacity up to which a stack returns to its pool.
const maxStack = 1 << 12

// anyStack holds the members and elements of incomplete arrays and objects. A complete one is
// allocated with its exact size, so that no slice or map grows while it is filled.
type anyStack struct {
	names  []string
	values []any
}

var anyStacks = sync.Pool{New: func() any { return new(anyStack) }}

func (a *anyStack) release() {
	if a != nil && cap(a.values) <= maxStack && cap(a.names) <= maxStack {
		anyStacks.Put(a)
	}
}

// any returns the value at i as encoding/json stores it in an empty interface, with json.Number for
// numbers, and the index after it.
func (d *decoder) any(s string, i int) (any, int) {
	switch s[i] {
	case '"':
		text, end := strictjson.StringAt(s, i)
		return text, end
	case '{':
		return d.anyMap(s, i)
	case '[':
		return d.anySlice(s, i)
	case 't':
		return true, i + len("true")
	case 'f':
		return false, i + len("false")
	case 'n':
		return nil, i + len("null")
	}
	end := strictjson.SkipAtom(s, i)
	return json.Number(s[i:end]), end
}

func (d *decoder) anySlice(s string, i int) ([]any, int) {
	i, end := strictjson.FirstElement(s, i)
	if i == 0 {
		return []any{}, end
	}
	a := d.anyStack()
	base := len(a.values)
	for i > 0 {
		var x any
		x, i = d.any(s, i)
		a.values = append(a.values, x)
		i, end = strictjson.NextElement(s, i)
	}
	list := make([]any, len(a.values)-base)
	copy(list, a.values[base:])
	a.pop(len(a.names), base)
	return list, end
}

func (d *decoder) anyMap(s string, i int) (map[string]any, int) {
	i, end := strictjson.FirstElement(s, i)
	if i == 0 {
		return map[string]any{}, end
	}
	a := d.anyStack()
	nameBase, base := len(a.names), len(a.values)
	for i > 0 {
		name, j := strictjson.StringAt(s, i)
		a.names = append(a.names, name)
		var x any
		x, i = d.any(s, strictjson.MemberValue(s, j))
		a.values = append(a.values, x)
		i, end = strictjson.NextElement(s, i)
	}
	m := make(map[string]any, len(a.values)-base)
	for k, name := range a.names[nameBase:] {
		m[name] = a.values[base+k]
	}
	a.pop(nameBase, base)
	return m, end
}

func (d *decoder) anyStack() *anyStack {
	if d.stack == nil {
		d.stack = anyStacks.Get().(*anyStack)
	}
	return d.stack
}

// pop removes names and values, and clears them so that a pooled stack keeps no document alive.
func (a *anyStack) pop(names, values int) {
	clear(a.names[names:])
	clear(a.values[values:])
	a.names, a.values = a.names[:names], a.values[:values]
}
