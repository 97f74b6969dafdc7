// Package strictjson reads JSON texts (RFC 8259) under the rules that security tokens need, in one pass.
//
// On top of the grammar it refuses whatever two readers could understand in two ways: a member name that occurs twice in
// an object, at any depth and however it is escaped; bytes that are not UTF-8, a byte order mark, and escapes of lone
// surrogates; data after the value; and more than MaxDepth levels of nesting. encoding/json lets most of these pass, so
// that one token can mean one thing to the party that checks it and another to the party that uses it.
//
// A [Scanner] validates a whole text and leaves an index of the top-level members: offsets, no copies and no pointers, so
// that the index can be pooled and never keeps a text alive. Names and strings without an escape are substrings of the
// text. A valid text costs no allocation once the scratch has grown to its size.
//
// The usual payload is ten short members without white space, so the loop over members expects each delimiter at once and
// looks for white space only where it is missing. A name of three small letters, which all registered claims have, takes
// two comparisons. Strings and long numbers are read in steps of eight bytes by ordinary arithmetic on words. Whether
// UTF-8 has to be checked at all falls out of that as one bit; if so, the standard library does it.
//
// Duplicates are found by a print of each name under secrets that each Scanner draws for itself: in a small object a set of
// 64 bits says of nearly every name that it is new, in a large one a hash table does. Nobody can choose names whose prints
// collide without knowing the secrets, so that time is linear in the length of the text, whatever is sent.
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

// What Member.info holds, from its low end: the kind, two flags, a name of three bytes, and a print.
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

// Kind is the kind of a JSON value. True and False are two kinds, so that the kind of a literal is its value.
type Kind uint8

// String names the kind with its article, for messages: "a number".
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

// Member is one member of the object that Scanner.Object has read. It holds offsets only: its methods want the text that
// was read, and what they return for another text means nothing.
type Member struct {
	name, nameEnd uint32 // where the name begins and ends, without its quotes
	raw, rawEnd   uint32 // where the value begins and ends
	info          uint64 // what the constants say; names that differ in their prints differ
}

// KindOf returns the kind of a valid value from the first byte of its text, which must not be white space.
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

// Short returns the bytes of an unescaped name of three bytes as one number, the first the lowest; 0 for another length.
func (m *Member) Short() uint32 { return uint32(m.info) >> shortShift }

// Kind returns the kind of the value.
func (m *Member) Kind() Kind { return Kind(m.info & kindBits) }

// String returns the decoded value of a member whose kind is String. It is a substring of text unless the value has an
// escape. For a member of another kind it means nothing.
func (m *Member) String(text string) (value string) {
	if value = text[m.raw+1 : m.rawEnd-1]; m.info&valueEscaped != 0 {
		value = unescape(value)
	}
	return
}

func (m *Member) rawName(text string) string { return text[m.name:m.nameEnd] }
