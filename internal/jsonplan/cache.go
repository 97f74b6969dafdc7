package jsonplan

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"sync"

	"example.com/jwt/internal/strictjson"
)

// Codec is how a type of the root package reads and writes itself, without the detour
// through its JSON methods. Decode gets validated JSON text and a pointer to the type;
// Append gets a pointer to the type.
type Codec struct {
	Decode func(raw string, dst any) error
	Append func(dst []byte, v any) ([]byte, error)
}

// Cache keeps the plans of types. The zero value is ready; it is safe for concurrent use.
// CodecFor, if not nil, is asked first for each type.
type Cache struct {
	CodecFor func(reflect.Type) *Codec

	decoders sync.Map // of decodeFunc, keyed by type
	encoders sync.Map // of encodeFunc, keyed by type
}

// Decoder decodes JSON objects into one type. It is safe for concurrent use.
type Decoder struct {
	object *objectPlan // T is a struct without methods of its own
	value  decodeFunc  // any other T
}

var (
	unmarshalerType     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	marshalerType       = reflect.TypeFor[json.Marshaler]()
	textMarshalerType   = reflect.TypeFor[encoding.TextMarshaler]()
	numberType          = reflect.TypeFor[json.Number]()
	rawMessageType      = reflect.TypeFor[json.RawMessage]()
	stringSliceType     = reflect.TypeFor[[]string]()
)

var errNeverObject = errors.New("a JSON object can't be decoded into it")

// Decoder gives the plan for a type, or an error for one that can't hold an object.
func (c *Cache) Decoder(t reflect.Type) (*Decoder, error) {
	if !c.holdsObject(t) {
		return nil, errNeverObject
	}
	if t.Kind() == reflect.Struct && !c.ownDecoding(t) {
		return &Decoder{object: c.objectPlan(t)}, nil
	}
	return &Decoder{value: c.decoder(t)}, nil
}

func (c *Cache) codec(t reflect.Type) *Codec {
	if c.CodecFor == nil {
		return nil
	}
	return c.CodecFor(t)
}

// ownDecoding reports whether a value of the type decodes itself.
func (c *Cache) ownDecoding(t reflect.Type) bool {
	return c.codec(t) != nil || reflect.PointerTo(t).Implements(unmarshalerType) || reflect.PointerTo(t).Implements(textUnmarshalerType)
}

func (c *Cache) holdsObject(t reflect.Type) bool {
	if c.codec(t) != nil || reflect.PointerTo(t).Implements(unmarshalerType) {
		return true
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return !reflect.PointerTo(t).Implements(textUnmarshalerType)
	case reflect.Interface:
		return t.NumMethod() == 0
	case reflect.Pointer:
		return c.holdsObject(t.Elem())
	}
	return false
}

// Decode decodes a whole object into dst, which is addressable. The text was accepted by
// a strictjson.Scanner, and members is its result.
func (d *Decoder) Decode(text string, members []strictjson.Member, dst reflect.Value) error {
	c := &cursor{text: text}
	var err *DecodeError
	if d.object != nil {
		err = d.object.decodeMembers(c, members, dst)
	} else {
		c.space()
		err = d.value(c, dst)
	}
	if err != nil {
		return err
	}
	return nil
}
