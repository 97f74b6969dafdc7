package jsonplan

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
	"sync/atomic"
)

// Codec decodes and encodes a type in place of its JSON methods. No object can be decoded into such
// a type. Decode gets the validated text of
// a value, which may be null, and a pointer to the type. Append gets a value of the type, or a
// pointer to one if it is addressable.
type Codec struct {
	Decode func(raw string, dst any) error
	Append func(dst []byte, v any) ([]byte, error)
}

// Block is a struct type, with at least one member, that the caller decodes and encodes as a whole,
// which is faster than field by field. It decodes it in the outermost object and encodes it in any
// object, if the Block is the type of that object, or is embedded there by value and no other field
// hides one of its fields.
type Block struct {
	Type reflect.Type
	// Copy stores known, which the caller of Decode has read from the same document, in dst, a
	// pointer to the type. It appends the elements of string lists to list, and returns that.
	Copy func(dst, known any, list []string) []string
	// Of returns a pointer to the Block that a struct embeds directly, or is, given a pointer to the
	// struct. It returns nil where only reflection finds it, and may itself be nil.
	Of func(outer any) any
	// Append appends the members of v, a value of the type or a pointer to one, each with a comma
	// before its name. It returns the marks of the watched ones, whose values must be legal; or
	// false if there is any obstacle.
	Append func(dst []byte, v any) (out []byte, marks uint8, ok bool)
}

// Cache keeps the plans of all types used so far, for ever, as encoding/json does. The zero value
// is ready to use. A Cache is safe for concurrent use and must not be copied. Its fields must not
// change once it is in use.
//
// CodecFor returns the Codec of a type, or nil; it may be nil, and so may Block and Refuse. Refuse
// is asked once about each type that Decoder is called with, and its error is what Decoder then
// always returns for that type. Watch returns a
// mark, one bit, for the name of a member that the caller looks for in the outermost object, and 0
// for other names. Legal reports whether the value of such a member, given its compact text, is
// certainly legal. Watch and Legal may be nil, both or neither.
type Cache struct {
	CodecFor func(reflect.Type) *Codec
	Block    *Block
	Refuse   func(reflect.Type) error
	Watch    func(name string) uint8
	Legal    func(mark uint8, text []byte) bool

	decoders sync.Map // of *Decoder by reflect.Type
	encoders sync.Map // of *encodeNode by reflect.Type

	// first is the plan of the first type that was encoded. Most programs have no other, and
	// comparing two types is faster than finding one in a map.
	first atomic.Pointer[encodeNode]
}

// methods are the methods by which a type decodes or encodes itself.
type methods uint8

const (
	jsonMethod methods = 1 << iota
	textMethod
)

// Decoder returns the plan for decoding an object into a type. It returns a *TypeError if the type
// can never hold an object, as a chan, func, int or string cannot unless it unmarshals itself, and
// otherwise the error of Refuse.
func (c *Cache) Decoder(t reflect.Type) (*Decoder, error) {
	p, ok := c.decoders.Load(t)
	if !ok {
		p, _ = c.decoders.LoadOrStore(t, newDecoder(c, t))
	}
	d := p.(*Decoder)
	if d.refused != nil {
		return nil, d.refused
	}
	return d, nil
}

// encoder returns the plan for encoding a type. Only complete plans are stored: if several
// goroutines need the plan of a new type at the same time, each compiles it, and one result is
// kept.
func (c *Cache) encoder(t reflect.Type) *encodeNode {
	if n := c.first.Load(); n != nil && n.typ == t {
		return n
	}
	if n, ok := c.encoders.Load(t); ok {
		return n.(*encodeNode)
	}
	b := encodeBuilder{cache: c, nodes: map[nodeKey]*encodeNode{}}
	root := b.node(t, false)
	for key, n := range b.nodes {
		if !key.plain {
			c.encoders.LoadOrStore(key.typ, n)
		}
	}
	c.first.CompareAndSwap(nil, root)
	return root
}

func (c *Cache) codec(t reflect.Type) *Codec {
	if c.CodecFor == nil {
		return nil
	}
	return c.CodecFor(t)
}

func (c *Cache) mark(name string) uint8 {
	if c.Watch == nil {
		return 0
	}
	return c.Watch(name)
}

// blockNames returns the names of the Block's members.
func (c *Cache) blockNames() (names []string) {
	if c.Block != nil {
		for _, f := range structFields(c.Block.Type) {
			names = append(names, f.name)
		}
	}
	return names
}

// nodeKey identifies a plan being compiled. A plain plan must not call the type's methods.
type nodeKey struct {
	typ   reflect.Type
	plain bool
}

func unmarshalMethods(t reflect.Type) (m methods) {
	if t.Implements(reflect.TypeFor[json.Unmarshaler]()) {
		m |= jsonMethod
	}
	if t.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		m |= textMethod
	}
	return m
}

func marshalMethods(t reflect.Type) (m methods) {
	if t.Implements(reflect.TypeFor[json.Marshaler]()) {
		m |= jsonMethod
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		m |= textMethod
	}
	return m
}
