package jsonplan

import (
	"encoding"
	"encoding/json"
	"reflect"

	"example.com/jwt/internal/strictjson"
)

// decodeFunc decodes the value at the cursor into v, which is addressable, and leaves the
// cursor behind it.
type decodeFunc func(c *cursor, v reflect.Value) *DecodeError

// objectPlan decodes objects into structs of one type.
type objectPlan struct {
	typ    reflect.Type
	fields []fieldPlan
	byName map[string]int
}

type fieldPlan struct {
	field
	decode decodeFunc
}

// decoder gives the plan of a type from the cache, or makes it.
func (c *Cache) decoder(t reflect.Type) decodeFunc {
	if d, ok := c.decoders.Load(t); ok {
		return d.(decodeFunc)
	}
	d, _ := c.decoders.LoadOrStore(t, c.newDecoder(t))
	return d.(decodeFunc)
}

// lazily gives the plan of a type when it is first needed, which lets types recur.
func (c *Cache) lazily(t reflect.Type) decodeFunc {
	return func(cur *cursor, v reflect.Value) *DecodeError { return c.decoder(t)(cur, v) }
}

// objectPlan makes the plan of a struct type.
func (c *Cache) objectPlan(t reflect.Type) *objectPlan {
	p := &objectPlan{typ: t, byName: map[string]int{}}
	for i, f := range structFields(t) {
		d := c.fieldDecoder(&f)
		p.fields = append(p.fields, fieldPlan{f, d})
		p.byName[f.name] = i
	}
	return p
}

func (c *Cache) fieldDecoder(f *field) decodeFunc {
	switch {
	case f.unreachable:
		return func(cur *cursor, _ reflect.Value) *DecodeError {
			return &DecodeError{Type: f.typ, Kind: cur.kind(), reason: "it is behind an embedded pointer to an unexported struct"}
		}
	case f.readOnly && f.typ.Kind() == reflect.Struct:
		p := c.objectPlan(f.typ)
		return p.decode
	case f.readOnly:
		return func(cur *cursor, _ reflect.Value) *DecodeError {
			return &DecodeError{Type: f.typ, Kind: cur.kind(), reason: "the field is not exported"}
		}
	case f.quoted:
		return c.quotedDecoder(f.typ)
	case simple(f.typ):
		return c.decoder(f.typ)
	}
	return c.lazily(f.typ)
}

// simple reports whether a type can't contain itself.
func simple(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer, reflect.Interface:
		return t == stringSliceType
	}
	return true
}

// decodeMembers decodes the top level, whose members are known.
func (p *objectPlan) decodeMembers(c *cursor, members []strictjson.Member, v reflect.Value) *DecodeError {
	next := 0
	for _, m := range members {
		name := m.Name(c.text)
		f := p.find(name, &next)
		if f == nil {
			continue
		}
		c.pos = m.Offset()
		if err := f.set(c, v); err != nil {
			return err.in(name)
		}
	}
	return nil
}

// decode decodes a nested object.
func (p *objectPlan) decode(c *cursor, v reflect.Value) *DecodeError {
	switch c.kind() {
	case strictjson.Null:
		c.raw()
		return nil
	case strictjson.Object:
	default:
		return &DecodeError{Type: p.typ, Kind: c.kind()}
	}
	next := 0
	for c.next() {
		name := c.name()
		f := p.find(name, &next)
		if f == nil {
			c.raw()
			continue
		}
		if err := f.set(c, v); err != nil {
			return err.in(name)
		}
	}
	return nil
}

// find looks first for the field after the last one found, since most texts have the
// order of the struct.
func (p *objectPlan) find(name string, next *int) *fieldPlan {
	i := *next
	if i >= len(p.fields) || p.fields[i].name != name {
		var ok bool
		if i, ok = p.byName[name]; !ok {
			return nil
		}
	}
	*next = i + 1
	return &p.fields[i]
}

func (f *fieldPlan) set(c *cursor, v reflect.Value) *DecodeError {
	if f.unreachable {
		return f.decode(c, v)
	}
	for i, at := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(at)
	}
	return f.decode(c, v)
}

// newDecoder makes the plan of a type: its codec or methods if it has any, or its kind's.
func (c *Cache) newDecoder(t reflect.Type) decodeFunc {
	if codec := c.codec(t); codec != nil {
		return func(cur *cursor, v reflect.Value) *DecodeError {
			kind := cur.kind()
			return failed(t, kind, codec.Decode(cur.raw(), v.Addr().Interface()))
		}
	}
	if t == rawMessageType {
		return func(cur *cursor, v reflect.Value) *DecodeError {
			v.SetBytes([]byte(cur.raw()))
			return nil
		}
	}
	if t.Kind() != reflect.Pointer || t.Name() != "" {
		switch {
		case reflect.PointerTo(t).Implements(unmarshalerType):
			return func(cur *cursor, v reflect.Value) *DecodeError {
				kind := cur.kind()
				if kind == strictjson.Null && nilable(v) {
					v.SetZero()
					cur.raw()
					return nil
				}
				return failed(t, kind, v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON([]byte(cur.raw())))
			}
		case reflect.PointerTo(t).Implements(textUnmarshalerType):
			return func(cur *cursor, v reflect.Value) *DecodeError { return decodeText(t, cur, v) }
		}
	}
	return c.kindDecoder(t)
}

// nilable: encoding/json sets pointers to nil instead of calling their methods with null.
func nilable(v reflect.Value) bool { return v.Kind() == reflect.Pointer }

func decodeText(t reflect.Type, c *cursor, v reflect.Value) *DecodeError {
	switch kind := c.kind(); kind {
	case strictjson.Null:
		c.raw()
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
			v.SetZero()
		}
		return nil
	case strictjson.String:
		text := strictjson.Unquote(c.quoted())
		return failed(t, kind, v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)))
	default:
		return &DecodeError{Type: t, Kind: kind}
	}
}

func failed(t reflect.Type, kind strictjson.Kind, err error) *DecodeError {
	if err == nil {
		return nil
	}
	return &DecodeError{Type: t, Kind: kind, Err: err}
}
