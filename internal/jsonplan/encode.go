package jsonplan

import (
	"encoding"
	"encoding/json"
	"reflect"

	"example.com/jwt/internal/strictjson"
)

// maxPointers bounds chains of pointers without an object or array between them. Only a cycle is
// that long.
const maxPointers = 1000

// maxText is the longest text that strictjson accepts.
const maxText = 1<<32 - 1

// Info describes what Append has written as the outermost value.
//
// Marks has the marks of its watched members. If Trusted is true, the text is certainly one object
// that strictjson accepts, the values of its watched members are legal, and Marks is complete. If
// it is false, the text must be scanned.
type Info struct {
	Marks   uint8
	Trusted bool
}

// encoder is the state of one Append.
type encoder struct {
	cache    *Cache
	outer    any       // what Append was called with
	depth    int       // objects and arrays around the value
	pointers int       // on the way to the value
	marks    uint8     // of the outermost object
	illegal  bool      // one of them may be illegal
	foreign  bool      // a method wrote the outermost value
	stack    *mapStack // nil until there is a map
}

// Append appends the JSON text of v, as encoding/json encodes it with SetEscapeHTML(false). It
// returns an *EncodeError where encoding/json fails, and for invalid UTF-8, equal keys in a map,
// more than strictjson.MaxDepth levels, and methods whose output strictjson rejects. The memory
// behind dst is undefined then.
func (c *Cache) Append(dst []byte, v any) (out []byte, info Info, err error) {
	e := encoder{cache: c, outer: v}
	out, failure := e.any(dst, v)
	e.stack.release()
	if failure != nil {
		return dst, Info{}, failure
	}
	size := uint64(len(out) - len(dst))
	trusted := out[len(dst)] == '{' && !e.foreign && !e.illegal && size <= maxText
	return out, Info{Marks: e.marks, Trusted: trusted}, nil
}

// value appends the text of v, whose type has plan n.
func (e *encoder) value(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	switch n.kind {
	case encodeStruct:
		return e.structs(dst, n, v)
	case encodeString:
		return appendString(dst, v.String(), n.typ)
	case encodeCodec:
		if e.depth == 0 {
			e.foreign = true
		}
		return e.codec(dst, n, v)
	case encodeStrings:
		return e.strings(dst, n, v)
	case encodeInterface:
		return e.any(dst, v.Interface())
	case encodePointer:
		return e.pointer(dst, n, v, false)
	case encodeSlice:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return e.list(dst, n, v)
	case encodeArray:
		return e.list(dst, n, v)
	case encodeMap:
		return e.maps(dst, n, v)
	case encodeMethods:
		return e.methods(dst, n, v, false)
	}
	return e.scalar(dst, n, v)
}

// pointer appends what v points to, inside a string if quoted is set.
func (e *encoder) pointer(dst []byte, n *encodeNode, v reflect.Value, quoted bool) (_ []byte, err *EncodeError) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	if e.pointers++; e.pointers > maxPointers {
		return dst, &EncodeError{Type: n.typ, reason: "it is a cycle of pointers"}
	}
	if quoted {
		dst, err = e.quoted(dst, n.elem, v.Elem())
	} else {
		dst, err = e.value(dst, n.elem, v.Elem())
	}
	e.pointers--
	return dst, err
}

// methods appends the text that a type's own method returns. As in encoding/json, a method with a
// pointer receiver is called only if the value is addressable; otherwise the type's kind decides.
func (e *encoder) methods(dst []byte, n *encodeNode, v reflect.Value, quoted bool) ([]byte, *EncodeError) {
	method := n.viaValue
	switch k := v.Kind(); {
	case k == reflect.Pointer || k == reflect.Interface:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
	case v.CanAddr():
		method, v = n.viaAddress, v.Addr()
	}
	switch {
	case method == jsonMethod:
		text, err := v.Interface().(json.Marshaler).MarshalJSON()
		if err != nil {
			return dst, &EncodeError{Type: n.typ, Err: err}
		}
		return e.compact(dst, text, n.typ)
	case method == textMethod:
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil {
			return dst, &EncodeError{Type: n.typ, Err: err}
		}
		return appendString(dst, string(text), n.typ)
	case quoted:
		return e.quoted(dst, n.elem, v)
	}
	return e.value(dst, n.elem, v)
}

// codec appends the text that a Codec makes of the value.
func (e *encoder) codec(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	out, err := n.codec.Append(dst, pointerOrValue(v))
	if err != nil {
		return dst, &EncodeError{Type: n.typ, Err: err}
	}
	return out, nil
}

// pointerOrValue returns v, or a pointer to it where reflection would copy it: if it is
// addressable.
func pointerOrValue(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}

func (e *encoder) structs(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	if err := e.enter(n.typ); err != nil {
		return dst, err
	}
	start := len(dst)
	for i := 0; i < len(n.fields); i++ {
		if i == n.block.from && n.block.to > 0 {
			if out, marks, ok := e.cache.Block.Append(dst, e.block(n, v)); ok {
				if e.depth == 1 {
					e.marks |= marks
				}
				dst, i = out, n.block.to-1
				continue
			}
		}
		f := &n.fields[i]
		fv, ok := f.of(v)
		if !ok || f.omitEmpty && isEmpty(fv) || f.zero != neverZero && f.isZero(fv) {
			continue
		}
		dst = append(dst, f.name...)
		at := len(dst)
		var err *EncodeError
		if f.quoted {
			dst, err = e.quoted(dst, f.node, fv)
		} else {
			dst, err = e.value(dst, f.node, fv)
		}
		if err != nil {
			return dst, err.in(f.name[2 : len(f.name)-2])
		}
		if e.depth == 1 {
			e.note(f.mark, dst[at:])
		}
	}
	if len(dst) == start {
		dst = append(dst, ',')
	}
	dst[start] = '{' // in place of the first comma
	e.leave()
	return append(dst, '}'), nil
}

// block returns a pointer to the Block in v, or its value. Of is not asked for one that is embedded
// deeper, since methods of another may hide its own.
func (e *encoder) block(n *encodeNode, v reflect.Value) any {
	if e.depth == 1 && len(n.block.path) <= 1 && e.cache.Block.Of != nil {
		if b := e.cache.Block.Of(e.outer); b != nil {
			return b
		}
	}
	return pointerOrValue(v.FieldByIndex(n.block.path))
}

// note records a member of the outermost object, if it is watched. Legal gets the text rather than
// the Go value, so that it treats an int64 in a map and a date with a Codec alike.
func (e *encoder) note(mark uint8, text []byte) {
	if mark != 0 {
		e.marks |= mark
		e.illegal = e.illegal || !e.cache.Legal(mark, text)
	}
}

// enter begins an object or array, and leave ends it.
func (e *encoder) enter(t reflect.Type) *EncodeError {
	if e.depth++; e.depth > strictjson.MaxDepth {
		return &EncodeError{Type: t, reason: "it is nested too deeply, or in a cycle"}
	}
	return nil
}

func (e *encoder) leave() { e.depth-- }

// of returns the field of struct v, or false if it is behind a nil pointer.
func (f *encodeField) of(v reflect.Value) (reflect.Value, bool) {
	v = v.Field(f.first)
	for _, i := range f.rest {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}

// isZero reports whether omitzero omits the value.
func (f *encodeField) isZero(v reflect.Value) bool {
	type isZeroer interface{ IsZero() bool }
	switch f.zero {
	case plainZero:
		return v.IsZero()
	case nilableIsZero:
		if v.IsNil() || v.Elem().Kind() == reflect.Pointer && v.Elem().IsNil() {
			return true
		}
		return v.Interface().(isZeroer).IsZero()
	case pointerIsZero:
		if !v.CanAddr() {
			p := reflect.New(v.Type())
			p.Elem().Set(v)
			v = p.Elem()
		}
	}
	return pointerOrValue(v).(isZeroer).IsZero()
}

// isEmpty reports whether omitempty omits the value.
func isEmpty(v reflect.Value) bool {
	switch k := v.Kind(); k {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Interface, reflect.Pointer:
		return v.IsNil()
	default:
		return isScalar(k) && v.IsZero()
	}
}
