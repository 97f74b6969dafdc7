package jsonplan

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"

	"example.com/jwt/internal/strictjson"
)

// outOfRange is the reason given for a number of the right kind that the Go type cannot hold.
const outOfRange = "it is out of range or not an integer"

// scalar decodes the value at i, which is not null, into a type without parts: a kind from
// decodeNull to decodeNumber.
func (d *decoder) scalar(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	switch c := s[i]; {
	case c == '"' && n.kind == decodeString:
		text, end := strictjson.StringAt(s, i)
		v.SetString(text)
		return end, nil
	case c == '"' && n.kind == decodeNumber:
		text, end := strictjson.StringAt(s, i)
		if !validNumber(text) {
			return i, mismatch(n, s, i, "it holds no number")
		}
		v.SetString(text)
		return end, nil
	case c == 't' && n.kind == decodeBool:
		v.SetBool(true)
		return i + len("true"), nil
	case c == 'f' && n.kind == decodeBool:
		v.SetBool(false)
		return i + len("false"), nil
	case (c == '-' || '0' <= c && c <= '9') && n.kind >= decodeInt && n.kind != decodeString:
		end := strictjson.SkipAtom(s, i)
		if !setNumber(n.kind, s[i:end], v) {
			return i, mismatch(n, s, i, outOfRange)
		}
		return end, nil
	}
	return i, mismatch(n, s, i, "")
}

// setNumber reports whether the number fits.
func setNumber(kind decodeKind, raw string, v reflect.Value) bool {
	switch kind {
	case decodeInt:
		x, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || v.OverflowInt(x) {
			return false
		}
		v.SetInt(x)
	case decodeUint:
		x, err := strconv.ParseUint(raw, 10, 64)
		if err != nil || v.OverflowUint(x) {
			return false
		}
		v.SetUint(x)
	case decodeFloat:
		x, err := strconv.ParseFloat(raw, v.Type().Bits())
		if err != nil {
			return false
		}
		v.SetFloat(x)
	default:
		v.SetString(raw)
	}
	return true
}

// strings decodes an array into the array that all string lists of the document share. If that must
// grow, earlier lists keep the old one.
func (d *decoder) strings(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] != '[' {
		return i, mismatch(n, s, i, "")
	}
	if d.list == nil {
		d.list = make([]string, 0, 4)
	}
	start := len(d.list)
	i, end := strictjson.FirstElement(s, i)
	for i > 0 {
		text := ""
		switch s[i] {
		case '"':
			text, i = strictjson.StringAt(s, i)
		case 'n':
			i += len("null")
		default:
			return i, mismatch(n.elem, s, i, "").at(len(d.list) - start)
		}
		d.list = append(d.list, text)
		i, end = strictjson.NextElement(s, i)
	}
	// Set would allocate an interface.
	*v.Addr().Interface().(*[]string) = d.list[start:len(d.list):len(d.list)]
	return end, nil
}

func (d *decoder) slice(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] == '"' && n.kind == decodeBytes {
		return d.bytes(n, s, i, v)
	}
	if s[i] != '[' {
		return i, mismatch(n, s, i, "")
	}
	k := 0
	i, end := strictjson.FirstElement(s, i)
	for ; i > 0; k++ {
		if k == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(k + 1)
		var err *DecodeError
		if i, err = d.value(n.elem, s, i, v.Index(k)); err != nil {
			return i, err.at(k)
		}
		i, end = strictjson.NextElement(s, i)
	}
	if k == 0 {
		v.Set(reflect.MakeSlice(n.typ, 0, 0))
	}
	return end, nil
}

func (d *decoder) bytes(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	text, end := strictjson.StringAt(s, i)
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return i, mismatch(n, s, i, "it is not base64")
	}
	v.SetBytes(b)
	return end, nil
}

// array drops the elements for which there is no room.
func (d *decoder) array(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] != '[' {
		return i, mismatch(n, s, i, "")
	}
	i, end := strictjson.FirstElement(s, i)
	for k := 0; i > 0; k++ {
		var err *DecodeError
		if k >= v.Len() {
			i = strictjson.SkipValue(s, i)
		} else if i, err = d.value(n.elem, s, i, v.Index(k)); err != nil {
			return i, err.at(k)
		}
		i, end = strictjson.NextElement(s, i)
	}
	return end, nil
}

func (d *decoder) maps(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] != '{' {
		return i, mismatch(n, s, i, "")
	}
	v.Set(reflect.MakeMap(n.typ))
	key, elem := reflect.New(n.typ.Key()).Elem(), reflect.New(n.elem.typ).Elem()
	i, end := strictjson.FirstElement(s, i)
	for k := 0; i > 0; k++ {
		name, j := strictjson.StringAt(s, i)
		if err := n.setKey(s[i:j], name, key); err != nil {
			return i, err.in(name)
		}
		elem.SetZero()
		var err *DecodeError
		if i, err = d.value(n.elem, s, strictjson.MemberValue(s, j), elem); err != nil {
			return i, err.in(name)
		}
		// Names differ, but "1" and "01" are the same number, and a method may return the same key
		// for any.
		if v.SetMapIndex(key, elem); v.Len() == k {
			return i, (&DecodeError{Type: n.typ, Kind: strictjson.Object, reason: "another member has the same key"}).in(name)
		}
		i, end = strictjson.NextElement(s, i)
	}
	return end, nil
}

// setKey converts a member's name to the key of a map.
func (n *decodeNode) setKey(raw, name string, key reflect.Value) *DecodeError {
	var err error
	ok := true
	switch n.key {
	case stringKey:
		key.SetString(name)
	case intKey:
		ok = setNumber(decodeInt, name, key)
	case uintKey:
		ok = setNumber(decodeUint, name, key)
	case jsonKey:
		key.SetZero()
		err = key.Addr().Interface().(json.Unmarshaler).UnmarshalJSON([]byte(raw))
	case textKey:
		key.SetZero()
		err = key.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(name))
	}
	if err != nil || !ok {
		return &DecodeError{Type: key.Type(), Kind: strictjson.String, Err: err}
	}
	return nil
}

// validNumber reports whether s is a number and nothing else.
func validNumber(s string) bool {
	var scanner strictjson.Scanner
	if s == "" || s[0] <= ' ' || s[len(s)-1] <= ' ' {
		return false
	}
	kind, err := scanner.Value(s)
	return err == nil && kind == strictjson.Number
}
