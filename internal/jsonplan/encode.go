package jsonplan

import (
	"encoding"
	"encoding/json"
	"math"
	"reflect"
	"strconv"

	"example.com/jwt/internal/strictjson"
)

// maxPointers bounds chains of pointers and interfaces, which can be cycles.
const maxPointers = 1000

// Info tells what Append has written.
type Info struct {
	// Registered is the set of registered claims at the top level: iss, sub, aud, exp,
	// nbf, iat and jti, from the lowest bit.
	Registered uint8
	// Trusted is true only if the text is certainly one object that strictjson accepts,
	// with registered claims of legal types. If it is false, look again.
	Trusted bool
}

// encoder is the state of one Append.
type encoder struct {
	cache    *Cache
	depth    int // levels of JSON
	pointers int
	info     Info
}

// encodeFunc appends the JSON text of a value.
type encodeFunc func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError)

// Append appends the JSON text of v: what encoding/json writes with SetEscapeHTML(false).
// Invalid UTF-8, equal keys in a map, over strictjson.MaxDepth levels, and output of
// MarshalJSON methods that strictjson refuses are errors.
func (c *Cache) Append(dst []byte, v any) ([]byte, Info, error) {
	e := &encoder{cache: c, info: Info{Trusted: true}}
	if v == nil {
		return append(dst, "null"...), Info{}, nil
	}
	start := len(dst)
	dst, err := c.encoderOf(reflect.TypeOf(v))(e, dst, reflect.ValueOf(v))
	if err != nil {
		return dst, Info{}, err
	}
	if dst[start] != '{' {
		e.info.Trusted = false
	}
	return dst, e.info, nil
}

// encoderOf gives the plan of a type from the cache, or makes it.
func (c *Cache) encoderOf(t reflect.Type) encodeFunc {
	if f, ok := c.encoders.Load(t); ok {
		return f.(encodeFunc)
	}
	f, _ := c.encoders.LoadOrStore(t, c.newEncoder(t, true))
	return f.(encodeFunc)
}

// elementEncoder gives the plan of an element's type when it is needed, which lets types recur.
func (c *Cache) elementEncoder(t reflect.Type) encodeFunc {
	if simple(t) {
		return c.encoderOf(t)
	}
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) { return c.encoderOf(t)(e, dst, v) }
}

// newEncoder makes the plan of a type: its codec or methods if it has any, or its kind's.
// Methods of the pointer count where the value has an address, as in encoding/json.
func (c *Cache) newEncoder(t reflect.Type, methodsOfPointer bool) encodeFunc {
	if codec := c.codec(t); codec != nil {
		return func(_ *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
			out, err := codec.Append(dst, addressable(v).Interface())
			return out, refused(t, err)
		}
	}
	if t.Kind() != reflect.Pointer && methodsOfPointer {
		own, text := reflect.PointerTo(t).Implements(marshalerType), reflect.PointerTo(t).Implements(textMarshalerType)
		switch {
		case own && !t.Implements(marshalerType):
			return c.ifAddressable(t, encodeMarshaler)
		case own:
			return encodeMarshaler
		case text && !t.Implements(textMarshalerType):
			return c.ifAddressable(t, encodeTextMarshaler)
		}
	}
	switch {
	case t.Implements(marshalerType):
		return encodeMarshaler
	case t.Implements(textMarshalerType):
		return encodeTextMarshaler
	}
	return c.kindEncoder(t)
}

func (c *Cache) ifAddressable(t reflect.Type, encode encodeFunc) encodeFunc {
	other := c.newEncoder(t, false)
	return func(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
		if v.CanAddr() {
			return encode(e, dst, v.Addr())
		}
		return other(e, dst, v)
	}
}

// addressable gives a pointer to the value, or to a copy of it.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

func isNilPointer(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}

func encodeMarshaler(e *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
	if isNilPointer(v) {
		return append(dst, "null"...), nil
	}
	e.info.Trusted = false
	text, err := v.Interface().(json.Marshaler).MarshalJSON()
	if err != nil {
		return dst, refused(v.Type(), err)
	}
	var s strictjson.Scanner
	if _, err := s.Value(string(text)); err != nil {
		return dst, &EncodeError{Type: v.Type(), Err: err, reason: "its MarshalJSON does not give strict JSON"}
	}
	return appendCompact(dst, text), nil
}

// appendCompact leaves out the white space between the tokens of a valid text.
func appendCompact(dst, text []byte) []byte {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			dst = append(dst, b)
			i++
		case b == '"':
			quoted = !quoted
		case !quoted && (b == ' ' || b == '\n' || b == '\t' || b == '\r'):
			continue
		}
		dst = append(dst, text[i])
	}
	return dst
}

func encodeTextMarshaler(_ *encoder, dst []byte, v reflect.Value) ([]byte, *EncodeError) {
	if isNilPointer(v) {
		return append(dst, "null"...), nil
	}
	text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return dst, refused(v.Type(), err)
	}
	return appendString(dst, string(text), v.Type())
}

func appendString(dst []byte, s string, t reflect.Type) ([]byte, *EncodeError) {
	dst, ok := strictjson.AppendQuote(dst, s)
	if !ok {
		return dst, &EncodeError{Type: t, reason: "it is not valid UTF-8"}
	}
	return dst, nil
}

func refused(t reflect.Type, err error) *EncodeError {
	if err == nil {
		return nil
	}
	return &EncodeError{Type: t, Err: err}
}

// appendFloat writes a number as encoding/json does: like ES6, with an exponent only
// for very small and very large numbers.
func appendFloat(dst []byte, f float64, bits int) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 {
		if bits == 64 && (abs < 1e-6 || abs >= 1e21) || bits == 32 && (float32(abs) < 1e-6 || float32(abs) >= 1e21) {
			format = 'e'
		}
	}
	dst = strconv.AppendFloat(dst, f, format, -1, bits)
	if n := len(dst); format == 'e' && n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
