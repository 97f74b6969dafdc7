package jsonplan

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// Codec is how a type reads and writes itself, in place of its JSON methods. Decode gets the validated text of a value,
// null included, and a pointer to the type; Append gets a value of the type, or a pointer to one where it has an address.
type Codec struct {
	Decode func(raw string, dst any) error
	Append func(dst []byte, v any) ([]byte, error)
}

// Block is a struct type, with a member at least, that the caller reads, in the outermost object, and writes, in any
// object, as a whole: where it is the type of that object, or is embedded there by value and no other field hides one of
// its own. It saves 150 ns, in both directions, for claims that embed the registered ones.
type Block struct {
	Type reflect.Type
	// Copy stores known, which the caller of Decode has read from the same document, in dst, a pointer to the type. It makes
	// string lists by appending to list, and returns that.
	Copy func(dst, known any, list []string) []string
	// Append appends the members of v, a value of the type or a pointer to one, each with a comma before its name. It returns
	// the marks of the watched ones among them, all with legal values; or false if there is any obstacle.
	Append func(dst []byte, v any) (out []byte, marks uint8, ok bool)
}

// Cache holds the plans of all types met so far, for ever, as encoding/json does. The zero value is ready; it is safe for
// concurrent use and must not be copied. CodecFor is asked first about each type, and must not change once the Cache is in
// use; nil, or a nil result, is no Codec. Block may be nil.
//
// Watch returns the mark, one bit, of a member that the caller wants to hear of when it is in the outermost object, or 0 for
// any other name. Legal then reports whether the compact text of such a member's value is certainly one that the caller takes.
// Either both are nil or none is.
type Cache struct {
	CodecFor func(reflect.Type) *Codec
	Block    *Block
	Watch    func(name string) uint8
	Legal    func(mark uint8, text []byte) bool

	decoders sync.Map // of *Decoder by reflect.Type
	encoders sync.Map // of *encodeNode by reflect.Type
}

// methods are the ways in which a type can read or write itself.
type methods uint8

const (
	jsonMethod methods = 1 << iota
	textMethod
)

// Decoder returns the plan for decoding an object into a type. The error, a *TypeError, says that the type can never hold
// an object: a chan, func, int or string, for instance, that does not unmarshal itself.
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

// encoder returns the plan for encoding a type. Only complete plans are stored: goroutines that meet a type at the same
// time compile it each, and one result is kept.
func (c *Cache) encoder(t reflect.Type) *encodeNode {
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

// blockNames are the names of the Block's members.
func (c *Cache) blockNames() (names []string) {
	if c.Block != nil {
		for _, f := range structFields(c.Block.Type) {
			names = append(names, f.name)
		}
	}
	return names
}

// nodeKey names a plan in the making. A plain plan is one that must not call the type's methods.
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
