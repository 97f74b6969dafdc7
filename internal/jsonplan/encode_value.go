package jsonplan

import (
	"encoding"
	"encoding/base64"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"example.com/jwt/internal/strictjson"
)

// kindEncoder makes the plan of a type without methods.
func (c *Cache) kindEncoder(t reflect.Type) encodeFunc {
	switch k := t.Kind(); {
	case k == reflect.Struct:
		return c.structEncoder(t)
	case k == reflect.Map:
		return c.mapEncoder(t)
	case k == reflect.Slice:
		return c.sliceEncoder(t)
	case k == reflect.Array:
		return c.listEncoder(t)
	case k == reflect.Pointer:
		return c.pointerEncoder(t)
	case k == reflect.Interface:
		return encodeInterface
	case isScalar(k):
		return encodeScalar
	}
	return func(_ *encoder, dst []byte, _ reflect.Value) ([]byte, *EncodeError) {
		return dst, &EncodeError{Type: t}
	}
}

func encodeScalar(_ *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
	switch k := v.Kind(); {
	case k == reflect.Bool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case isInt(k):
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case isUint(k):
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case k == reflect.String && v.Type() == numberType:
		return appendNumber(dst, v.String(), v.Type())
	case k == reflect.String:
		return appendString(dst, v.String(), v.Type())
	default:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return dst, &EncodeError{Type: v.Type(), reason: "JSON has no NaN and no infinity"}
		}
		return appendFloat(dst, f, v.Type().Bits()), nil
	}
}

func appendNumber(dst []byte, n string, t reflect.Type) ([]byte, *EncodeError) {
	if n == "" {
		n = "0"
	}
	if !isNumber(n) {
		return dst, &EncodeError{Type: t, reason: "it is not a number"}
	}
	return append(dst, n...), nil
}

// quotedEncoder is the option "string".
func (c *Cache) quotedEncoder(t reflect.Type) encodeFunc {
	inner := c.encoderOf(t)
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if isNilPointer(v) {
			return append(dst, "null"...), nil
		}
		text, err := inner(e, nil, v)
		if err != nil {
			return dst, err
		}
		return appendString(dst, string(text), t)
	}
}

// enter counts a level; leave must follow where it gives no error.
func (e *encoder) enter(t reflect.Type) *EncodeError {
	if e.depth++; e.depth > strictjson.MaxDepth {
		return &EncodeError{Type: t, reason: "it has too many levels, or contains itself"}
	}
	return nil
}

func (e *encoder) leave() { e.depth-- }

func (c *Cache) pointerEncoder(t reflect.Type) encodeFunc {
	elem := c.elementEncoder(t.Elem())
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if e.pointers++; e.pointers > maxPointers {
			return dst, &EncodeError{Type: t, reason: "it contains itself"}
		}
		dst, err := elem(e, dst, v.Elem())
		e.pointers--
		return dst, err
	}
}

func encodeInterface(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	if e.pointers++; e.pointers > maxPointers {
		return dst, &EncodeError{Type: v.Type(), reason: "it contains itself"}
	}
	v = v.Elem()
	dst, err := e.cache.encoderOf(v.Type())(e, dst, v)
	e.pointers--
	return dst, err
}

func (c *Cache) sliceEncoder(t reflect.Type) encodeFunc {
	elem := reflect.PointerTo(t.Elem())
	if t.Elem().Kind() == reflect.Uint8 && !elem.Implements(marshalerType) && !elem.Implements(textMarshalerType) {
		return func(_ *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
			if v.IsNil() {
				return append(dst, "null"...), nil
			}
			dst = append(dst, '"')
			dst = base64.StdEncoding.AppendEncode(dst, v.Bytes())
			return append(dst, '"'), nil
		}
	}
	list := c.listEncoder(t)
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return list(e, dst, v)
	}
}

func (c *Cache) listEncoder(t reflect.Type) encodeFunc {
	elem := c.elementEncoder(t.Elem())
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if err := e.enter(t); err != nil {
			return dst, err
		}
		dst = append(dst, '[')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			var err *EncodeError
			if dst, err = elem(e, dst, v.Index(i)); err != nil {
				return dst, err.at(i)
			}
		}
		e.leave()
		return append(dst, ']'), nil
	}
}

func (c *Cache) mapEncoder(t reflect.Type) encodeFunc {
	elem, key := c.elementEncoder(t.Elem()), keyText(t.Key())
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if key == nil {
			return dst, &EncodeError{Type: t, reason: "its keys are no strings"}
		}
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		if err := e.enter(t); err != nil {
			return dst, err
		}
		members, err := sortedMembers(v, key)
		if err != nil {
			return dst, err
		}
		dst = append(dst, '{')
		for i, m := range members {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = appendString(dst, m.name, t.Key()); err != nil {
				return dst, err
			}
			dst = append(dst, ':')
			e.note(registeredBit(m.name), m.value)
			if dst, err = elem(e, dst, m.value); err != nil {
				return dst, err.in(m.name)
			}
		}
		e.leave()
		return append(dst, '}'), nil
	}
}

type mapMember struct {
	name  string
	value reflect.Value
}

func sortedMembers(v reflect.Value, key func(reflect.Value) (string, *EncodeError)) ([]mapMember, *EncodeError) {
	members := make([]mapMember, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		name, err := key(it.Key())
		if err != nil {
			return nil, err
		}
		members = append(members, mapMember{name, it.Value()})
	}
	slices.SortFunc(members, func(a, b mapMember) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(members); i++ {
		if members[i].name == members[i-1].name {
			return nil, (&EncodeError{Type: v.Type(), reason: "two keys have the same text"}).in(members[i].name)
		}
	}
	return members, nil
}

// keyText gives the function that makes member names of keys; nil if there is none.
func keyText(t reflect.Type) func(reflect.Value) (string, *EncodeError) {
	switch k := t.Kind(); {
	case k == reflect.String:
		return func(v reflect.Value) (string, *EncodeError) { return v.String(), nil }
	case t.Implements(textMarshalerType):
		return func(v reflect.Value) (string, *EncodeError) {
			if isNilPointer(v) {
				return "", nil
			}
			text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
			return string(text), refused(t, err)
		}
	case isInt(k):
		return func(v reflect.Value) (string, *EncodeError) { return strconv.FormatInt(v.Int(), 10), nil }
	case isUint(k):
		return func(v reflect.Value) (string, *EncodeError) { return strconv.FormatUint(v.Uint(), 10), nil }
	}
	return nil
}

// registeredBit is the bit of a registered claim's name in Info; 0 for other names.
func registeredBit(name string) uint8 {
	for i, registered := range [...]string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"} {
		if name == registered {
			return 1 << i
		}
	}
	return 0
}

const textClaims = 1<<0 | 1<<1 | 1<<6 // iss, sub, jti

// note keeps account of a registered claim that is written with the given value.
func (e *encoder) note(bit uint8, v reflect.Value) {
	if bit == 0 || e.depth != 1 {
		return
	}
	e.info.Registered |= bit
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() || !e.cache.legal(bit, v.Type()) {
		e.info.Trusted = false
	}
}

// legal reports whether every value of the type is legal for a registered claim.
func (c *Cache) legal(bit uint8, t reflect.Type) bool {
	if bit&textClaims != 0 {
		return t == reflect.TypeFor[string]()
	}
	return c.codec(t) != nil
}

// encodeField is the plan of one field of a struct.
type encodeField struct {
	field
	prefix string // the name in JSON, with its colon
	encode encodeFunc
	omit   func(reflect.Value) bool
	bit    uint8 // of a registered claim
	legal  bool
}

func (c *Cache) structEncoder(t reflect.Type) encodeFunc {
	var fields []encodeField
	for _, f := range structFields(t) {
		name, _ := strictjson.AppendQuote(nil, f.name)
		p := encodeField{field: f, prefix: string(name) + ":", omit: omission(&f), bit: registeredBit(f.name)}
		switch {
		case f.readOnly && f.typ.Kind() == reflect.Struct:
			p.encode = c.structEncoder(f.typ)
		case f.quoted:
			p.encode = c.quotedEncoder(f.typ)
		default:
			p.encode = c.elementEncoder(f.typ)
			p.legal = p.bit != 0 && c.legal(p.bit, f.typ)
		}
		fields = append(fields, p)
	}
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		return encodeStruct(e, dst, v, t, fields)
	}
}

func encodeStruct(e *encoder, dst []byte, v reflect.Value, t reflect.Type, fields []encodeField) ([]byte, *EncodeError) {
	if err := e.enter(t); err != nil {
		return dst, err
	}
	separator := byte('{')
	for i := range fields {
		f := &fields[i]
		at, ok := f.of(v)
		if !ok || f.omit != nil && f.omit(at) {
			continue
		}
		dst = append(dst, separator)
		separator = ','
		dst = append(dst, f.prefix...)
		if f.bit != 0 && e.depth == 1 {
			e.info.Registered |= f.bit
			e.info.Trusted = e.info.Trusted && f.legal
		}
		var err *EncodeError
		if dst, err = f.encode(e, dst, at); err != nil {
			return dst, err.in(f.name)
		}
	}
	e.leave()
	if separator == '{' {
		dst = append(dst, '{')
	}
	return append(dst, '}'), nil
}

// of gives the field's value; false if it is behind a nil pointer.
func (f *encodeField) of(v reflect.Value) (reflect.Value, bool) {
	for i, at := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(at)
	}
	return v, true
}

type zeroer interface{ IsZero() bool }

// omission gives the condition under which a field is left out; nil for never.
func omission(f *field) func(reflect.Value) bool {
	zero := reflect.Value.IsZero
	switch own := reflect.TypeFor[zeroer](); {
	case !f.omitZero:
		zero = func(reflect.Value) bool { return false }
	case f.readOnly:
	case f.typ.Implements(own):
		zero = func(v reflect.Value) bool {
			if isNilPointer(v) || v.Kind() == reflect.Interface && isNilPointer(v.Elem()) {
				return true
			}
			if v.CanAddr() && v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface {
				v = v.Addr()
			}
			return v.Interface().(zeroer).IsZero()
		}
	case reflect.PointerTo(f.typ).Implements(own):
		zero = func(v reflect.Value) bool { return addressable(v).Interface().(zeroer).IsZero() }
	}
	switch {
	case f.omitEmpty:
		return func(v reflect.Value) bool { return isEmpty(v) || zero(v) }
	case f.omitZero:
		return zero
	}
	return nil
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch k := v.Kind(); k {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	default:
		return (isScalar(k) || k == reflect.Interface || k == reflect.Pointer) && v.IsZero()
	}
}
