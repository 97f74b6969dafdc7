// Package strictjson reads JSON texts (RFC 8259) under the rules that security tokens need, in one
// pass.
//
// Beyond the grammar, it rejects anything two parsers could interpret differently: a member name
// that occurs twice in an object, at any depth and however it is escaped; bytes that are not UTF-8,
// a byte order mark, and escapes of lone surrogates; data after the value; and more than MaxDepth
// levels of nesting. encoding/json accepts most of these, so that a token could mean one thing to
// the party that checks it and another to the party that uses it.
//
// A [Scanner] validates a whole text and returns an index of the top-level members. The index has
// offsets and no pointers, so that it can be pooled and never keeps a text alive. Names and strings
// without an escape are substrings of the text. A valid text costs no allocation once the scratch
// has grown to its size.
//
// The usual payload is ten short members without white space. The loop over members therefore
// expects each delimiter at once, and looks for white space only where it is missing. A name of
// three lowercase letters, as all registered claims have, takes two comparisons. Strings and long
// numbers are scanned in steps of eight bytes, with ordinary arithmetic on words. As a by-product,
// this shows whether UTF-8 must be checked at all; if so, the standard library does it.
//
// Duplicate names are found by fingerprints under secrets that each Scanner draws for itself. In a
// small object a set of 64 bits shows of nearly every name that it is new; in a large one a hash
// table does. Without the secrets nobody can choose names whose fingerprints collide, so that the
// time is linear in the length of any text.
package strictjson

// MaxDepth is the number of levels of nesting that are accepted, the outermost included.
const MaxDepth = 64

// The kinds of JSON values. Invalid is the zero value and no kind of a value.
const (
	Invalid Kind = iota
	Null
	False
	True
	Number
	String
	Array
	Object
)

// The parts of Member.info, from its low end: the kind, two flags, a name of three bytes, and a
// fingerprint.
const (
	kindBits     = 7
	nameEscaped  = 1 << 3
	valueEscaped = 1 << 4
	shortShift   = 8
	shortBits    = 0xFFFFFF << shortShift
	printBits    = 0xFFFFFFFF << 32
)

// kinds maps the first byte of a value to its kind.
var kinds = [256]Kind{
	'"': String, '{': Object, '[': Array, 't': True, 'f': False, 'n': Null, '-': Number,
	'0': Number, '1': Number, '2': Number, '3': Number, '4': Number,
	'5': Number, '6': Number, '7': Number, '8': Number, '9': Number,
}

// Kind is the kind of a JSON value. True and False are separate kinds, so that the kind of a
// literal is its value.
type Kind uint8

// String returns the name of the kind with its article, for messages: "a number".
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case False, True:
		return "a boolean"
	case Number:
		return "a number"
	case String:
		return "a string"
	case Array:
		return "an array"
	case Object:
		return "an object"
	}
	return "nothing"
}

// Member is one member of the object that Scanner.Object has read. It holds only offsets: its
// methods take the text that was read, and return nothing meaningful for any other.
type Member struct {
	name, nameEnd uint32 // where the name begins and ends, without its quotes
	raw, rawEnd   uint32 // where the value begins and ends
	info          uint64 // see the constants; names with different fingerprints are different
}

// KindOf returns the kind of a valid value from the first byte of its text, which must not be white
// space.
func KindOf(raw string) Kind {
	if raw == "" {
		return Invalid
	}
	return kinds[raw[0]]
}

// Name returns the unescaped name. It is a substring of text unless the name has an escape.
func (m *Member) Name(text string) (name string) {
	if name = text[m.name:m.nameEnd]; m.info&nameEscaped != 0 {
		name = unescape(name)
	}
	return
}

// Raw returns the exact text of the value, without white space around it.
func (m *Member) Raw(text string) string { return text[m.raw:m.rawEnd] }

// Offset returns where the value begins in the text.
func (m *Member) Offset() int { return int(m.raw) }

// Short returns the bytes of an unescaped name of three bytes as one number, the first the lowest;
// 0 for another length.
func (m *Member) Short() uint32 { return uint32(m.info) >> shortShift }

// Kind returns the kind of the value.
func (m *Member) Kind() Kind { return Kind(m.info & kindBits) }

// String returns the decoded value of a member whose kind is String. It is a substring of text
// unless the value has an escape. It is meaningless for a member of another kind.
func (m *Member) String(text string) (value string) {
	if value = text[m.raw+1 : m.rawEnd-1]; m.info&valueEscaped != 0 {
		value = unescape(value)
	}
	return
}

func (m *Member) rawName(text string) string { return text[m.name:m.nameEnd] }
