package jsonplan

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"

	"example.com/jwt/internal/strictjson"
)

// any appends a value of an interface. The usual types of claims in maps need no plan.
func (e *encoder) any(dst []byte, v any) ([]byte, *EncodeError) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case string:
		return appendString(dst, v, reflect.TypeFor[string]())
	case bool:
		return strconv.AppendBool(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case float64:
		return appendFloat(dst, v, 64, reflect.TypeFor[float64]())
	case json.Number:
		return appendNumber(dst, string(v))
	case map[string]any:
		return e.anyMap(dst, v)
	case []any:
		return e.anySlice(dst, v)
	}
	rv := reflect.ValueOf(v)
	return e.value(dst, e.cache.encoder(rv.Type()), rv)
}

func (e *encoder) scalar(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	switch n.kind {
	case encodeBool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case encodeInt:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case encodeUint:
		return strconv.AppendUint(dst, v.Uint(), 10), nil
	case encodeFloat:
		return appendFloat(dst, v.Float(), v.Type().Bits(), n.typ)
	case encodeNumber:
		return appendNumber(dst, v.String())
	case encodeRaw:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		return e.compact(dst, v.Bytes(), n.typ)
	case encodeBytes:
		if v.IsNil() {
			return append(dst, "null"...), nil
		}
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), v.Bytes())
		return append(dst, '"'), nil
	}
	return dst, &EncodeError{Type: n.typ, reason: n.reason}
}

// quoted appends a scalar inside a string, for the option "string".
func (e *encoder) quoted(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	switch n.kind {
	case encodePointer:
		return e.pointer(dst, n, v, true)
	case encodeMethods:
		return e.methods(dst, n, v, true)
	case encodeString:
		inner, err := appendString(nil, v.String(), n.typ)
		if err != nil {
			return dst, err
		}
		return appendString(dst, string(inner), n.typ)
	}
	dst, err := e.scalar(append(dst, '"'), n, v)
	return append(dst, '"'), err
}

func (e *encoder) strings(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	if v.IsNil() {
		return append(dst, "null"...), nil
	}
	if err := e.enter(n.typ); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	list, ok := pointerOrValue(v).(*[]string)
	if !ok {
		own := v.Interface().([]string)
		list = &own
	}
	for i, text := range *list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err *EncodeError
		if dst, err = appendString(dst, text, n.elem.typ); err != nil {
			return dst, err.at(i)
		}
	}
	e.leave()
	return append(dst, ']'), nil
}

func (e *encoder) list(dst []byte, n *encodeNode, v reflect.Value) ([]byte, *EncodeError) {
	if err := e.enter(n.typ); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err *EncodeError
		if dst, err = e.value(dst, n.elem, v.Index(i)); err != nil {
			return dst, err.at(i)
		}
	}
	e.leave()
	return append(dst, ']'), nil
}

func (e *encoder) anySlice(dst []byte, list []any) ([]byte, *EncodeError) {
	if list == nil {
		return append(dst, "null"...), nil
	}
	if err := e.enter(reflect.TypeFor[[]any]()); err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err *EncodeError
		if dst, err = e.any(dst, v); err != nil {
			return dst, err.at(i)
		}
	}
	e.leave()
	return append(dst, ']'), nil
}

func appendString(dst []byte, s string, t reflect.Type) ([]byte, *EncodeError) {
	dst, ok := strictjson.AppendQuote(dst, s)
	if !ok {
		return dst, &EncodeError{Type: t, reason: "it is not valid UTF-8"}
	}
	return dst, nil
}

// appendNumber writes the empty json.Number as 0, as encoding/json does.
func appendNumber(dst []byte, s string) ([]byte, *EncodeError) {
	if s == "" {
		s = "0"
	}
	if !validNumber(s) {
		return dst, &EncodeError{Type: reflect.TypeFor[json.Number](), reason: "it is not a JSON number"}
	}
	return append(dst, s...), nil
}

// compact appends the output of a method or a json.RawMessage, without white space between its
// tokens. It fails if strictjson rejects the text, or if it is nested too deeply together with the
// levels around it.
func (e *encoder) compact(dst, text []byte, t reflect.Type) ([]byte, *EncodeError) {
	if e.depth == 0 {
		e.foreign = true
	}
	var scanner strictjson.Scanner
	if _, err := scanner.Value(string(text)); err != nil {
		return dst, &EncodeError{Type: t, Err: err, reason: "its JSON text is rejected"}
	}
	depth := e.depth
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			end, _ := strictjson.SkipString(text, i)
			dst = append(dst, text[i:end]...)
			i = end - 1
			continue
		case '{', '[':
			if depth++; depth > strictjson.MaxDepth {
				return dst, &EncodeError{Type: t, reason: "it is nested too deeply"}
			}
		case '}', ']':
			depth--
		}
		dst = append(dst, text[i])
	}
	return dst, nil
}
