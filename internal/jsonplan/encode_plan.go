package jsonplan

import (
	"encoding/json"
	"reflect"
)

// encodeKind is what a plan does with a value.
type encodeKind uint8

const (
	encodeNothing encodeKind = iota // an error
	encodeBool
	encodeInt
	encodeUint
	encodeFloat
	encodeString
	encodeNumber // json.Number
	encodeRaw    // json.RawMessage
	encodeBytes
	encodeInterface
	encodePointer
	encodeStrings // []string
	encodeSlice
	encodeArray
	encodeMap
	encodeStruct
	encodeCodec
	encodeMethods
)

// encodeNode is the plan of one type. Like a decodeNode it does not change once it is in a Cache.
type encodeNode struct {
	kind   encodeKind
	typ    reflect.Type
	reason string
	elem   *encodeNode // of slices, arrays, maps, pointers; for encodeMethods without methods
	fields []encodeField
	block  span // among the fields

	codec *Codec

	// viaAddress and viaValue are the method to call for addressable values, and for others. Each
	// has at most one bit.
	viaAddress, viaValue methods
}

type encodeField struct {
	node      *encodeNode
	name      string // as in `,"name":`
	first     int    // index in the struct
	rest      []int  // and further, through embedded structs
	mark      uint8  // if it is watched
	quoted    bool
	omitEmpty bool
	zero      zeroTest
}

// zeroTest is how the option omitzero tests a value.
type zeroTest uint8

const (
	neverZero     zeroTest = iota
	plainZero              // the zero value of the type
	valueIsZero            // IsZero of the value
	nilableIsZero          // IsZero of an interface or pointer, if not nil
	pointerIsZero          // IsZero of the value's address
)

// encodeBuilder compiles the plan of a type and of all types that it refers to, except those behind
// interfaces.
type encodeBuilder struct {
	cache *Cache
	nodes map[nodeKey]*encodeNode
}

// node returns the plan of a type, without its methods if plain is set.
func (b *encodeBuilder) node(t reflect.Type, plain bool) *encodeNode {
	key := nodeKey{t, plain}
	if n := b.nodes[key]; n != nil {
		return n
	}
	if !plain {
		if n, ok := b.cache.encoders.Load(t); ok {
			return n.(*encodeNode)
		}
	}
	n := &encodeNode{typ: t}
	b.nodes[key] = n
	if plain || !b.own(n, t) {
		b.byKind(n, t, plain)
	}
	return n
}

// own fills in the plan of a type that encodes itself or is defined by encoding/json.
func (b *encodeBuilder) own(n *encodeNode, t reflect.Type) bool {
	switch {
	case b.cache.codec(t) != nil:
		n.kind, n.codec = encodeCodec, b.cache.codec(t)
		return true
	case t == reflect.TypeFor[json.Number]():
		n.kind = encodeNumber
		return true
	case t == reflect.TypeFor[json.RawMessage]():
		n.kind = encodeRaw
		return true
	case t.Kind() == reflect.Pointer && b.cache.codec(t.Elem()) != nil:
		return false // the Codec comes before the methods of the pointer
	}
	n.viaValue = preferJSON(marshalMethods(t))
	n.viaAddress = n.viaValue
	if k := t.Kind(); k != reflect.Pointer && k != reflect.Interface {
		n.viaAddress = preferJSON(marshalMethods(reflect.PointerTo(t)))
	}
	if n.viaAddress == 0 {
		return false
	}
	n.kind, n.elem = encodeMethods, b.node(t, true)
	return true
}

func preferJSON(m methods) methods {
	if m&jsonMethod != 0 {
		return jsonMethod
	}
	return m
}

// byKind fills in the plan of a type by its kind. Reflection cannot call methods of a plain
// pointer, nor of what it points to.
func (b *encodeBuilder) byKind(n *encodeNode, t reflect.Type, plain bool) {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		n.kind = encodeBool
	case isInt(k):
		n.kind = encodeInt
	case isUint(k):
		n.kind = encodeUint
	case k == reflect.Float32 || k == reflect.Float64:
		n.kind = encodeFloat
	case k == reflect.String:
		n.kind = encodeString
	case k == reflect.Interface:
		n.kind = encodeInterface
	case k == reflect.Pointer:
		n.kind, n.elem = encodePointer, b.node(t.Elem(), plain)
	case k == reflect.Slice:
		b.slice(n, t)
	case k == reflect.Array:
		n.kind, n.elem = encodeArray, b.node(t.Elem(), false)
	case k == reflect.Map:
		n.kind, n.elem = encodeMap, b.node(t.Elem(), false)
		if !isKey(t.Key()) {
			n.kind, n.reason = encodeNothing, "its keys cannot be converted to member names"
		}
	case k == reflect.Struct:
		b.structs(n, t, plain)
	}
}

func (b *encodeBuilder) slice(n *encodeNode, t reflect.Type) {
	n.kind, n.elem = encodeSlice, b.node(t.Elem(), false)
	switch {
	case t == reflect.TypeFor[[]string]():
		n.kind = encodeStrings
	case t.Elem().Kind() == reflect.Uint8 && marshalMethods(reflect.PointerTo(t.Elem())) == 0:
		n.kind = encodeBytes
	}
}

func (b *encodeBuilder) structs(n *encodeNode, t reflect.Type, plain bool) {
	n.kind = encodeStruct
	fields := structFields(t)
	if !plain { // reflection returns the fields of a plain struct, but not the whole
		n.block = findSpan(t, fields, b.cache.Block)
	}
	for _, f := range fields {
		n.fields = append(n.fields, encodeField{
			node: b.node(f.typ, f.readOnly), name: `,"` + f.name + `":`, first: f.index[0], rest: f.index[1:],
			mark: b.cache.mark(f.name), quoted: f.quoted, omitEmpty: f.omitEmpty, zero: zeroTestOf(f),
		})
	}
}

// isKey reports whether encoding/json accepts a type for the keys of maps.
func isKey(t reflect.Type) bool {
	k := t.Kind()
	return k == reflect.String || isInt(k) || isUint(k) || marshalMethods(t)&textMethod != 0
}

func zeroTestOf(f field) zeroTest {
	isZeroer := reflect.TypeFor[interface{ IsZero() bool }]()
	switch k := f.typ.Kind(); {
	case !f.omitZero:
		return neverZero
	case f.readOnly:
		return plainZero
	case f.typ.Implements(isZeroer) && (k == reflect.Interface || k == reflect.Pointer):
		return nilableIsZero
	case f.typ.Implements(isZeroer):
		return valueIsZero
	case reflect.PointerTo(f.typ).Implements(isZeroer):
		return pointerIsZero
	}
	return plainZero
}
