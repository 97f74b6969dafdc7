package strictjson

import (
	"strconv"
	"strings"
)

// SyntaxError says why and where a text was refused. Its message quotes at most one character or one member name.
type SyntaxError struct {
	Offset int // of the byte at fault
	what   string
	r      rune
	name   string
}

// Error describes the fault in a form like `invalid character 'x' at offset 12`.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	b.WriteString(e.what)
	if e.r != 0 {
		b.WriteString(" " + strconv.QuoteRuneToASCII(e.r))
	}
	if e.what == "duplicate member name" {
		b.WriteString(" " + strconv.QuoteToASCII(e.name[:min(64, len(e.name))]))
	}
	b.WriteString(" at offset " + strconv.Itoa(e.Offset))
	return b.String()
}
