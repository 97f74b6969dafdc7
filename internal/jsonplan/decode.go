package jsonplan

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"

	"example.com/jwt/internal/strictjson"
)

// Decoder is the plan for decoding objects into values of one type. It is safe for concurrent use.
type Decoder struct {
	node    *decodeNode
	block   *Block
	refused error // why nothing must be decoded, or nil
}

// Known is what the caller of Decode has already read from the document. A string of the Block that
// it read from another kind of value gets that reading in every embedded Block.
type Known struct {
	Block   any      // a pointer to a value of the Cache's Block; nil if there is none
	Placed  bool     // dst has a copy of the Block already
	Members uint64   // bit i is set if member i is one of the Block's
	List    []string // the string lists so far, with room for more
}

// EmbedsBlock reports whether the type is the Block, or a struct that embeds it directly. Then a
// method of the Block that the type has can only be that of this Block: deeper, another may hide
// it.
func (p *Decoder) EmbedsBlock() bool {
	return p.node.block.to > 0 && len(p.node.block.path) <= 1
}

// decoder is the state of one Decode.
type decoder struct {
	// list is the array that the string lists of the document share, to allocate once.
	list  []string
	block *Block
	known Known
	stack *anyStack
}

// Decode decodes an object into dst, which must be addressable and hold its zero value. The text
// must be one that a strictjson.Scanner has accepted, with the members that its Object method
// returned. The error is a *DecodeError; dst then holds part of the object and must not be used.
func (p *Decoder) Decode(text string, members []strictjson.Member, known Known, dst reflect.Value) error {
	d := decoder{list: known.List, block: p.block, known: known}
	err := d.top(p.node, text, members, dst)
	d.stack.release()
	if err != nil {
		return err
	}
	return nil
}

// top decodes the outermost object. For structs and plain maps, the index of its members saves
// scanning it again.
func (d *decoder) top(n *decodeNode, text string, members []strictjson.Member, v reflect.Value) *DecodeError {
	switch n.kind {
	case decodeStruct:
		return d.topStruct(n, text, members, v)
	case decodeAny:
		v.Set(reflect.ValueOf(d.topMap(text, members)))
		return nil
	case decodeAnyMap:
		v.Set(reflect.ValueOf(d.topMap(text, members)))
		return nil
	case decodePointer:
		v.Set(reflect.New(n.elem.typ))
		return d.top(n.elem, text, members, v.Elem())
	}
	_, err := d.value(n, strings.Trim(text, " \t\r\n"), 0, v)
	return err
}

func (d *decoder) topStruct(n *decodeNode, text string, members []strictjson.Member, v reflect.Value) *DecodeError {
	var done uint64
	switch {
	case n.block.to > 0 && d.known.Block != nil:
		done = d.known.Members
		if !d.known.Placed {
			d.list = d.block.Copy(v.FieldByIndex(n.block.path).Addr().Interface(), d.known.Block, d.list)
		}
	case n.apart:
		done = d.known.Members
	}
	for i := range members {
		if done>>i&1 != 0 { // never for i >= 64
			continue
		}
		m := &members[i]
		name := m.Name(text)
		k := n.names.find(name)
		if k < 0 {
			continue
		}
		f := &n.fields[k]
		if f.node.kind == decodeString && m.Kind() == strictjson.String && !f.quoted {
			f.of(v).SetString(m.String(text))
			continue
		}
		if f.node.kind == decodeStrings && m.Kind() == strictjson.Array {
			if _, err := d.strings(f.node, text, m.Offset(), f.of(v)); err != nil {
				return err.in(name)
			}
			continue
		}
		if f.node.kind == decodeString && f.ofBlock > 0 && d.known.Block != nil {
			f.of(v).SetString(reflect.ValueOf(d.known.Block).Elem().Field(f.ofBlock - 1).String())
			continue
		}
		if _, err := d.field(f, text, m.Offset(), v); err != nil {
			return err.in(name)
		}
	}
	return nil
}

func (d *decoder) topMap(text string, members []strictjson.Member) map[string]any {
	m := make(map[string]any, len(members))
	for i := range members {
		member := &members[i]
		name := member.Name(text)
		if member.Kind() == strictjson.String {
			m[name] = member.String(text)
			continue
		}
		m[name], _ = d.any(text, member.Offset())
	}
	return m
}

// of returns the field of struct v. It allocates nil embedded pointers on the way.
func (f *decodeField) of(v reflect.Value) reflect.Value {
	v = v.Field(f.first)
	for _, i := range f.rest {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// field decodes the value at i into a field of struct v.
func (d *decoder) field(f *decodeField, s string, i int, v reflect.Value) (int, *DecodeError) {
	if f.unreachable {
		return i, mismatch(f.node, s, i, f.node.reason)
	}
	v = f.of(v)
	if f.quoted && s[i] != 'n' {
		return d.quoted(f.node, s, i, v)
	}
	return d.value(f.node, s, i, v)
}

// quoted decodes the JSON value inside the string at i, for the option "string". Like
// encoding/json, it rejects white space around that value.
func (d *decoder) quoted(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] != '"' {
		return i, mismatch(n, s, i, `the option "string" wants a string with the value in it`)
	}
	inner, end := strictjson.StringAt(s, i)
	var scanner strictjson.Scanner
	if _, err := scanner.Value(inner); err != nil || inner[0] <= ' ' || inner[len(inner)-1] <= ' ' {
		return i, mismatch(n, s, i, `the option "string" wants a string with the value in it`)
	}
	_, err := d.value(n, inner, 0, v)
	return end, err
}

// value decodes the value at i, and returns the index after it.
func (d *decoder) value(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if n.kind >= decodeCodec || n.kind == decodeRaw {
		return d.own(n, s, i, v)
	}
	if s[i] == 'n' {
		return i + len("null"), nil // encoding/json sets it to nil or leaves it unchanged: both are zero
	}
	switch n.kind {
	case decodeStruct:
		return d.structs(n, s, i, v)
	case decodeStrings:
		return d.strings(n, s, i, v)
	case decodeBytes, decodeSlice:
		return d.slice(n, s, i, v)
	case decodeArray:
		return d.array(n, s, i, v)
	case decodeAnyMap:
		if s[i] != '{' {
			return i, mismatch(n, s, i, "")
		}
		m, end := d.anyMap(s, i)
		v.Set(reflect.ValueOf(m))
		return end, nil
	case decodeMap:
		return d.maps(n, s, i, v)
	case decodeAny:
		x, end := d.any(s, i)
		v.Set(reflect.ValueOf(x))
		return end, nil
	case decodePointer:
		p := reflect.New(n.elem.typ)
		end, err := d.value(n.elem, s, i, p.Elem())
		v.Set(p)
		return end, err
	}
	return d.scalar(n, s, i, v)
}

// own lets a type decode itself. Its methods get a copy of the text, which they may keep and
// change.
func (d *decoder) own(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	var err error
	end := strictjson.SkipValue(s, i)
	switch n.kind {
	case decodeRaw:
		v.SetBytes([]byte(s[i:end]))
	case decodeCodec:
		err = n.codec.Decode(s[i:end], v.Addr().Interface())
	case decodeJSON:
		err = v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON([]byte(s[i:end]))
	case decodeText:
		if s[i] == 'n' {
			break
		}
		if s[i] != '"' {
			return i, mismatch(n, s, i, "")
		}
		err = v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(strictjson.Unquote(s[i:end])))
	}
	if err != nil {
		return i, &DecodeError{Type: n.typ, Kind: strictjson.KindOf(s[i:]), Err: err}
	}
	return end, nil
}

func (d *decoder) structs(n *decodeNode, s string, i int, v reflect.Value) (int, *DecodeError) {
	if s[i] != '{' {
		return i, mismatch(n, s, i, "")
	}
	i, end := strictjson.FirstElement(s, i)
	for i > 0 {
		name, j := strictjson.StringAt(s, i)
		i = strictjson.MemberValue(s, j)
		var err *DecodeError
		if k := n.names.find(name); k < 0 {
			i = strictjson.SkipValue(s, i)
		} else if i, err = d.field(&n.fields[k], s, i, v); err != nil {
			return i, err.in(name)
		}
		i, end = strictjson.NextElement(s, i)
	}
	return end, nil
}

// mismatch returns the error for a value at i that does not fit, with a reason if there is one.
func mismatch(n *decodeNode, s string, i int, reason string) *DecodeError {
	if reason == "" {
		reason = n.reason
	}
	return &DecodeError{Type: n.typ, Kind: strictjson.KindOf(s[i:]), reason: reason}
}
