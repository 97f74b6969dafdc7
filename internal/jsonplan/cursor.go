package jsonplan

import (
	"strings"

	"example.com/jwt/internal/strictjson"
)

// cursor walks a text that strictjson has accepted, so it checks nothing again.
type cursor struct {
	text    string
	pos     int
	strings []string // what is left of the array that the string lists share
}

// space skips white space.
func (c *cursor) space() {
	for c.pos < len(c.text) && (c.text[c.pos] == ' ' || c.text[c.pos] == '\n' || c.text[c.pos] == '\t' || c.text[c.pos] == '\r') {
		c.pos++
	}
}

func (c *cursor) kind() strictjson.Kind { return strictjson.KindOf(c.text[c.pos:]) }

// next steps over the bracket or comma in front of an element, and reports false after
// the closing bracket.
func (c *cursor) next() bool {
	c.space()
	b := c.text[c.pos]
	c.pos++
	switch b {
	case ']', '}':
		return false
	case '[', '{':
		c.space()
		if c.text[c.pos] == ']' || c.text[c.pos] == '}' {
			c.pos++
			return false
		}
	}
	c.space()
	return true
}

// name reads the name of a member, and the colon.
func (c *cursor) name() string {
	name := strictjson.Unquote(c.quoted())
	c.space()
	c.pos++
	c.space()
	return name
}

// quoted reads a string with its quotes.
func (c *cursor) quoted() string {
	start := c.pos
	for c.pos++; ; c.pos++ {
		at := strings.IndexByte(c.text[c.pos:], '"')
		c.pos += at
		backslashes := 0
		for c.text[c.pos-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			c.pos++
			return c.text[start:c.pos]
		}
	}
}

// raw reads a value of any kind.
func (c *cursor) raw() string {
	start := c.pos
	switch c.text[c.pos] {
	case '"':
		return c.quoted()
	case '{', '[':
		c.skipNested()
	default:
		for c.pos < len(c.text) && !endsScalar(c.text[c.pos]) {
			c.pos++
		}
	}
	return c.text[start:c.pos]
}

func (c *cursor) skipNested() {
	for depth := 0; ; {
		switch c.text[c.pos] {
		case '"':
			c.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.pos++
		if depth == 0 {
			return
		}
	}
}

func endsScalar(b byte) bool {
	switch b {
	case ',', ']', '}', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}

// stringList reads an array of strings. All lists of a text share one array, as long as
// it has room.
func (c *cursor) stringList() ([]string, *DecodeError) {
	n := c.countElements()
	if n == 0 {
		c.next()
		return []string{}, nil
	}
	if n > len(c.strings) {
		c.strings = make([]string, max(n, 8))
	}
	list := c.strings[:0:n]
	for c.next() {
		if c.text[c.pos] != '"' {
			if c.text[c.pos] != 'n' {
				return nil, (&DecodeError{Type: stringSliceType.Elem(), Kind: c.kind()}).at(len(list))
			}
			c.raw()
			list = append(list, "")
			continue
		}
		list = append(list, strictjson.Unquote(c.quoted()))
	}
	c.strings = c.strings[n:]
	return list, nil
}

// countElements counts the elements of the array at the cursor.
func (c *cursor) countElements() int {
	n, start := 0, c.pos
	for c.next() {
		c.raw()
		n++
	}
	c.pos = start
	return n
}
