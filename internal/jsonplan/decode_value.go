package jsonplan

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"

	"example.com/jwt/internal/strictjson"
)

// kindDecoder makes the plan of a type without methods.
func (c *Cache) kindDecoder(t reflect.Type) decodeFunc {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return scalar(t, decodeBool)
	case isInt(k), isUint(k), k == reflect.Float32, k == reflect.Float64:
		return scalar(t, decodeNumber)
	case k == reflect.String:
		if t == numberType {
			return scalar(t, decodeJSONNumber)
		}
		return scalar(t, decodeString)
	case k == reflect.Struct:
		p := &objectPlan{typ: t}
		*p = *c.objectPlan(t)
		return p.decode
	case k == reflect.Pointer:
		return c.pointerDecoder(t)
	case k == reflect.Interface:
		return c.decodeInterface
	case k == reflect.Map:
		return c.mapDecoder(t)
	case k == reflect.Slice:
		return c.sliceDecoder(t)
	case k == reflect.Array:
		return c.arrayDecoder(t)
	}
	return scalar(t, func(cur *cursor, _ reflect.Value) bool { return false })
}

// scalar makes a plan of a function that reports whether the value fits. Null leaves the
// destination as it is, as in encoding/json.
func scalar(t reflect.Type, decode func(*cursor, reflect.Value) bool) decodeFunc {
	return func(c *cursor, v reflect.Value) *DecodeError {
		kind := c.kind()
		if kind == strictjson.Null {
			c.raw()
			return nil
		}
		if !decode(c, v) {
			return &DecodeError{Type: t, Kind: kind}
		}
		return nil
	}
}

func decodeBool(c *cursor, v reflect.Value) bool {
	switch c.raw() {
	case "true":
		v.SetBool(true)
	case "false":
		v.SetBool(false)
	default:
		return false
	}
	return true
}

func decodeString(c *cursor, v reflect.Value) bool {
	if c.text[c.pos] != '"' {
		return false
	}
	v.SetString(strictjson.Unquote(c.quoted()))
	return true
}

// decodeJSONNumber also takes a string that is a number, as encoding/json does.
func decodeJSONNumber(c *cursor, v reflect.Value) bool {
	raw := c.raw()
	switch strictjson.KindOf(raw) {
	case strictjson.Number:
		v.SetString(raw)
		return true
	case strictjson.String:
		text := strictjson.Unquote(raw)
		v.SetString(text)
		return isNumber(text)
	}
	return false
}

func decodeNumber(c *cursor, v reflect.Value) bool {
	raw := c.raw()
	return strictjson.KindOf(raw) == strictjson.Number && setNumber(raw, v)
}

func setNumber(raw string, v reflect.Value) bool {
	switch k := v.Kind(); {
	case isInt(k):
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || v.OverflowInt(n) {
			return false
		}
		v.SetInt(n)
	case isUint(k):
		n, err := strconv.ParseUint(raw, 10, 64)
		if err != nil || v.OverflowUint(n) {
			return false
		}
		v.SetUint(n)
	default:
		n, err := strconv.ParseFloat(raw, v.Type().Bits())
		if err != nil || v.OverflowFloat(n) {
			return false
		}
		v.SetFloat(n)
	}
	return true
}

// isNumber reports whether a text is a JSON number.
func isNumber(text string) bool {
	if text == "" {
		return false
	}
	var s strictjson.Scanner
	kind, err := s.Value(text)
	return err == nil && kind == strictjson.Number && !endsScalar(text[0]) && !endsScalar(text[len(text)-1])
}

// quotedDecoder is the option "string": the JSON value inside a JSON string.
func (c *Cache) quotedDecoder(t reflect.Type) decodeFunc {
	inner := c.decoder(t)
	return func(cur *cursor, v reflect.Value) *DecodeError {
		kind := cur.kind()
		raw := cur.raw()
		if kind == strictjson.Null {
			if v.Kind() == reflect.Pointer {
				v.SetZero()
			}
			return nil
		}
		mismatch := &DecodeError{Type: t, Kind: kind, reason: `the option "string" wants the value inside a string`}
		if kind != strictjson.String {
			return mismatch
		}
		text := strictjson.Unquote(raw)
		var s strictjson.Scanner
		if text == "" {
			return mismatch
		}
		if k, err := s.Value(text); err != nil || k == strictjson.Object || k == strictjson.Array || endsScalar(text[0]) || endsScalar(text[len(text)-1]) {
			return mismatch
		}
		if err := inner(&cursor{text: text}, v); err != nil {
			return mismatch
		}
		return nil
	}
}

func (c *Cache) pointerDecoder(t reflect.Type) decodeFunc {
	elem := c.lazily(t.Elem())
	return func(cur *cursor, v reflect.Value) *DecodeError {
		if cur.kind() == strictjson.Null {
			cur.raw()
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		return elem(cur, v.Elem())
	}
}

// decodeInterface fills an empty interface with what encoding/json puts there, and
// decodes into the value behind a pointer that is there already.
func (c *Cache) decodeInterface(cur *cursor, v reflect.Value) *DecodeError {
	if !v.IsNil() && v.Elem().Kind() == reflect.Pointer && !v.Elem().IsNil() && cur.kind() != strictjson.Null {
		return c.decoder(v.Elem().Type().Elem())(cur, v.Elem().Elem())
	}
	if cur.kind() == strictjson.Null {
		cur.raw()
		v.SetZero()
		return nil
	}
	if v.NumMethod() > 0 {
		return &DecodeError{Type: v.Type(), Kind: cur.kind(), reason: "it is an interface with methods"}
	}
	v.Set(reflect.ValueOf(decodeAny(cur)))
	return nil
}

// decodeAny decodes a value without a Go type. Numbers become json.Number.
func decodeAny(c *cursor) any {
	switch c.kind() {
	case strictjson.Object:
		return decodeAnyMap(c)
	case strictjson.Array:
		list := make([]any, 0, 4)
		for c.next() {
			list = append(list, decodeAny(c))
		}
		return list
	case strictjson.String:
		return strictjson.Unquote(c.quoted())
	case strictjson.Number:
		return json.Number(c.raw())
	case strictjson.Null:
		c.raw()
		return nil
	default:
		return c.raw() == "true"
	}
}

func decodeAnyMap(c *cursor) map[string]any {
	m := map[string]any{}
	for c.next() {
		name := c.name()
		m[name] = decodeAny(c)
	}
	return m
}

func (c *Cache) mapDecoder(t reflect.Type) decodeFunc {
	elem := c.lazily(t.Elem())
	key := mapKey(t.Key())
	untyped := t.Key().Kind() == reflect.String && t.Key().PkgPath() == "" && t.Elem() == reflect.TypeFor[any]()
	return func(cur *cursor, v reflect.Value) *DecodeError {
		switch cur.kind() {
		case strictjson.Null:
			cur.raw()
			v.SetZero()
			return nil
		case strictjson.Object:
		default:
			return &DecodeError{Type: t, Kind: cur.kind()}
		}
		if key == nil {
			return &DecodeError{Type: t, Kind: strictjson.Object, reason: "its keys are no strings"}
		}
		if untyped && v.IsNil() {
			v.Set(reflect.ValueOf(decodeAnyMap(cur)).Convert(t))
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.MakeMap(t))
		}
		for cur.next() {
			name := cur.name()
			k, err := key(name)
			if err != nil {
				return err.in(name)
			}
			if v.MapIndex(k).IsValid() {
				return (&DecodeError{Type: t.Key(), Kind: strictjson.String, reason: "another member has the same key"}).in(name)
			}
			value := reflect.New(t.Elem()).Elem()
			if err := elem(cur, value); err != nil {
				return err.in(name)
			}
			v.SetMapIndex(k, value)
		}
		return nil
	}
}

// mapKey gives the function that makes keys of member names; nil if there is none.
func mapKey(t reflect.Type) func(string) (reflect.Value, *DecodeError) {
	switch k := t.Kind(); {
	case reflect.PointerTo(t).Implements(textUnmarshalerType):
		return func(name string) (reflect.Value, *DecodeError) {
			v := reflect.New(t)
			err := v.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(name))
			return v.Elem(), failed(t, strictjson.String, err)
		}
	case k == reflect.String:
		return func(name string) (reflect.Value, *DecodeError) { return reflect.ValueOf(name).Convert(t), nil }
	case isInt(k), isUint(k):
		return func(name string) (reflect.Value, *DecodeError) {
			v := reflect.New(t).Elem()
			if !setNumber(name, v) {
				return v, &DecodeError{Type: t, Kind: strictjson.String}
			}
			return v, nil
		}
	}
	return nil
}

func (c *Cache) sliceDecoder(t reflect.Type) decodeFunc {
	if t == stringSliceType {
		return decodeStrings
	}
	elem := c.lazily(t.Elem())
	isBytes := t.Elem().Kind() == reflect.Uint8
	return func(cur *cursor, v reflect.Value) *DecodeError {
		switch kind := cur.kind(); {
		case kind == strictjson.Null:
			cur.raw()
			v.SetZero()
			return nil
		case kind == strictjson.String && isBytes:
			b, err := base64.StdEncoding.DecodeString(strictjson.Unquote(cur.quoted()))
			if err == nil {
				v.SetBytes(b)
			}
			return failed(t, kind, err)
		case kind != strictjson.Array:
			return &DecodeError{Type: t, Kind: kind}
		}
		list := reflect.MakeSlice(t, 0, 4)
		for i := 0; cur.next(); i++ {
			list = reflect.Append(list, reflect.Zero(t.Elem()))
			if err := elem(cur, list.Index(i)); err != nil {
				return err.at(i)
			}
		}
		v.Set(list)
		return nil
	}
}

func decodeStrings(c *cursor, v reflect.Value) *DecodeError {
	switch kind := c.kind(); kind {
	case strictjson.Null:
		c.raw()
		v.SetZero()
		return nil
	case strictjson.Array:
	default:
		return &DecodeError{Type: stringSliceType, Kind: kind}
	}
	list, err := c.stringList()
	if err == nil {
		*v.Addr().Interface().(*[]string) = list
	}
	return err
}

func (c *Cache) arrayDecoder(t reflect.Type) decodeFunc {
	elem := c.lazily(t.Elem())
	return func(cur *cursor, v reflect.Value) *DecodeError {
		switch kind := cur.kind(); kind {
		case strictjson.Null:
			cur.raw()
			return nil
		case strictjson.Array:
		default:
			return &DecodeError{Type: t, Kind: kind}
		}
		i := 0
		for ; cur.next(); i++ {
			if i >= t.Len() {
				cur.raw()
				continue
			}
			if err := elem(cur, v.Index(i)); err != nil {
				return err.at(i)
			}
		}
		for ; i < t.Len(); i++ {
			v.Index(i).SetZero()
		}
		return nil
	}
}
