package strictjson_test

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// slowReader reads a text byte by byte, with nothing that is done for speed, and gives the same
// errors. Its judgement is compared with the standard library's, which has other words and places.
type slowReader struct {
	text string
	i    int
}

type refusal string

// slowError returns the message of the error that a text gets, or "".
func slowError(text string) (message string) {
	r := slowReader{text: text}
	defer func() {
		if p := recover(); p != nil {
			message = string(p.(refusal))
		}
	}()
	r.space()
	r.value(0)
	r.space()
	if r.i < len(text) {
		r.invalid()
	}
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			r.fail(i, "invalid UTF-8")
		}
	}
	return ""
}

func (r *slowReader) fail(i int, what string) {
	panic(refusal(fmt.Sprintf("%s at offset %d", what, i)))
}

// invalid is about the next character.
func (r *slowReader) invalid() {
	c, size := utf8.DecodeRuneInString(r.text[r.i:])
	switch {
	case size == 0:
		r.fail(r.i, "unexpected end of text")
	case c == utf8.RuneError && size == 1:
		r.fail(r.i, "invalid UTF-8")
	}
	r.fail(r.i, "invalid character "+strconv.QuoteRune(c))
}

// accept takes the next character if it is one of some.
func (r *slowReader) accept(some string) bool {
	ok := r.i < len(r.text) && strings.IndexByte(some, r.text[r.i]) >= 0
	if ok {
		r.i++
	}
	return ok
}

func (r *slowReader) want(some string) byte {
	if !r.accept(some) {
		r.invalid()
	}
	return r.text[r.i-1]
}

func (r *slowReader) space() {
	for r.accept(" \t\r\n") {
	}
}

func (r *slowReader) value(depth int) {
	start := r.i
	switch {
	case r.accept(`"`):
		r.str()
	case r.accept("tfn"):
		for _, literal := range []string{"true", "false", "null"} {
			if strings.HasPrefix(r.text[start:], literal) {
				r.i = start + len(literal)
				return
			}
		}
		r.fail(start, "invalid literal")
	case r.accept("[{"):
		if depth == strictjson.MaxDepth {
			r.fail(start, "more than 64 levels of nesting")
		}
		if r.text[start] == '[' {
			r.list("]", func() { r.value(depth + 1) })
			return
		}
		names := map[string]bool{}
		r.list("}", func() { r.member(names, depth+1) })
	case r.accept("-"):
		if r.i < len(r.text) && strings.IndexByte("0123456789", r.text[r.i]) < 0 {
			r.invalid()
		}
		r.number()
	default:
		r.number()
	}
}

func (r *slowReader) list(end string, item func()) {
	if r.space(); r.accept(end) {
		return
	}
	for {
		r.space()
		item()
		if r.space(); !r.accept(",") {
			break
		}
	}
	r.want(end)
}

func (r *slowReader) member(names map[string]bool, depth int) {
	start := r.i
	r.want(`"`)
	name := r.str()
	r.space()
	r.want(":")
	if r.space(); r.i == len(r.text) {
		r.invalid()
	}
	if names[name] {
		r.fail(start, "duplicate member name "+strconv.Quote(name[:min(64, len(name))]))
	}
	names[name] = true
	r.value(depth)
}

func (r *slowReader) number() {
	const digits = "0123456789"
	some := func() {
		for r.want(digits); r.accept(digits); {
		}
	}
	if !r.accept("0") {
		some()
	} else if r.i < len(r.text) && strings.IndexByte(digits, r.text[r.i]) >= 0 {
		r.invalid()
	}
	if r.accept(".") {
		some()
	}
	if r.accept("eE") {
		r.accept("+-")
		some()
	}
}

// str reads what is behind the opening quote of a string.
func (r *slowReader) str() (value string) {
	for {
		start := r.i
		switch {
		case r.accept(`"`):
			return value
		case r.accept(`\`):
			c := r.want(`"\/bfnrtu`)
			if c != 'u' {
				value += map[byte]string{'"': `"`, '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t"}[c]
				continue
			}
			u := r.hex4()
			if utf16.IsSurrogate(u) {
				low := rune(0)
				if u < 0xDC00 && strings.HasPrefix(r.text[r.i:], `\u`) {
					r.i += 2
					low = r.hex4()
				}
				if u = utf16.DecodeRune(u, low); u == utf8.RuneError {
					r.fail(start, "escape of a lone surrogate")
				}
			}
			value += string(u)
		case r.i == len(r.text) || r.text[r.i] < ' ':
			r.invalid()
		default:
			value += r.text[r.i : r.i+1]
			r.i++
		}
	}
}

func (r *slowReader) hex4() rune {
	start := r.i
	for range 4 {
		r.want("0123456789abcdefABCDEF")
	}
	n, _ := strconv.ParseUint(r.text[start:r.i], 16, 16)
	return rune(n)
}

// checkError compares what Value and Object say of a text with what the slow reader says.
func checkError(t *testing.T, s *strictjson.Scanner, text string) {
	t.Helper()
	message := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	want := slowError(text)
	_, err := s.Value(text)
	if got := message(err); got != want {
		require.Equal(t, want, got, "Value of %q", text)
	}
	if start := strings.TrimLeft(text, " \t\r\n"); strictjson.KindOf(start) != strictjson.Object && strictjson.KindOf(start) != strictjson.Invalid {
		want = fmt.Sprintf("value other than an object at offset %d", len(text)-len(start))
	}
	_, err = s.Object(text)
	if got := message(err); got != want {
		require.Equal(t, want, got, "Object of %q", text)
	}
}

// texts have every part of the grammar, before and behind many others.
var texts = []string{
	`{"iss":"https://a.example","exp" : 1767225600,"b":[1,-2.5e+7,true,null,"\ud83d\ude00",{}],"a longer name\t":{"b":"c\u0041d","\u0062\n":""},"z":12345678}`,
	" [ \"abc\\\"defgh\" , 0,-0 , false,{ } ,[ ] , 1.5E3 , 100000000 , [\"\u00e9\u4e2d\",\"\ufffd behind it \U0001f600\"] ]\n",
	`{"abcdefg":"abcdefg","abcdefgh":12345678.12345678e12345678,"":{"":{"exp":[]}},"s\u00fcb":false}`,
	`"\ud83d\ude00"`, `-12.50e-7`, `["\\u",9]`, `{"nbf":1,"iat":1}`, " null ",
}

// bytesOfInterest are those that mean something somewhere in a text, and their neighbours.
const bytesOfInterest = "\"\\/{}[]:;,+-.0129@AabdDeEFfgGnrtuU !#'\x00\x1f\t\n\x0b\r\x7f\x80\xbf\xc3\xe9\xff"

func TestErrorsAreThoseOfASlowReader(t *testing.T) {
	var s strictjson.Scanner
	for _, text := range texts {
		require.Equal(t, strict(text), slowError(text) == "", "%q", text)
		checkError(t, &s, text)
		for place := range len(text) {
			require.Equal(t, strict(text[:place]), slowError(text[:place]) == "", "%q", text[:place])
			checkError(t, &s, text[:place])
			checkError(t, &s, text[:place]+text[place+1:])
			checkError(t, &s, text[place:])
			for i := range len(bytesOfInterest) {
				checkError(t, &s, text[:place]+bytesOfInterest[i:i+1]+text[place+1:])
				checkError(t, &s, text[:place]+bytesOfInterest[i:i+1]+text[place:])
			}
		}
	}
}

// TestStringsOfEveryLengthAreJudgedAsByASlowReader puts whatever a string can hold in every place
// of strings of all short lengths, at every distance from the end, since the scanner reads eight
// bytes at a time where there are eight.
func TestStringsOfEveryLengthAreJudgedAsByASlowReader(t *testing.T) {
	var s strictjson.Scanner
	for _, odd := range []string{
		"", `\n`, `\"`, `\\`, `\u0041`, `\u00e9`, `\ud83d\ude00`, "\u00e9", "\u4e2d", "\U0001f600", "\x7f", "\ufffd", "'",
		`\x`, `\ud800`, `\ud83d\u0041`, `\ude00`, `\u00zz`, "\x00", "\x1f", "\n", `"`, "\xff", "\x80", "\xc3", "\xed\xa0\x80", "\u4e2d\xe4\xb8", "\ufffd\xff",
	} {
		for before := range 18 {
			for behind := range 10 {
				for _, start := range []string{"", `\t`} {
					text := start + strings.Repeat("x", before) + odd + strings.Repeat("y", behind)
					for _, format := range []string{`"%s"`, `"%s`, `{"%s":1}`, `{"%s`, `{"a":"%s"}`, `["%s","far from the end"]`, `{"%s":"far from the end"}`} {
						checkError(t, &s, strings.Replace(format, "%s", text, 1))
					}
				}
			}
		}
	}
}

func TestEveryEscapeOfACodeUnitIsJudgedByItsNumber(t *testing.T) {
	var s strictjson.Scanner
	for u := range 0x10000 {
		u := rune(u)
		high, low := 0xD800 <= u && u < 0xDC00, 0xDC00 <= u && u < 0xE000
		for _, format := range []string{"%04x", "%04X"} {
			escape := `\u` + fmt.Sprintf(format, u)
			for _, test := range []struct {
				escapes, want string
				legal         bool
			}{
				{escape, string(u), !high && !low},
				{escape + `\udfff`, string(utf16.DecodeRune(u, 0xDFFF)), high},
				{`\uDBFE` + escape, string(utf16.DecodeRune(0xDBFE, u)), low},
			} {
				raw := `"` + test.escapes + `"`
				if _, err := s.Value(raw); (err == nil) != test.legal {
					require.Equal(t, test.legal, err == nil, raw)
				}
				if test.legal && strictjson.Unquote(raw) != test.want {
					require.Equal(t, test.want, strictjson.Unquote(raw), raw)
				}
			}
		}
	}
}

// TestNamesOfThreeLettersEndWhereTheyEnd tries every pair of bytes in the place of the quote and
// the colon that follow a registered claim's name.
func TestNamesOfThreeLettersEndWhereTheyEnd(t *testing.T) {
	var s strictjson.Scanner
	for pair := range 0x10000 {
		two := string(binary.BigEndian.AppendUint16(nil, uint16(pair)))
		for _, rest := range []string{`1,"a":1}`, `":"x"}`} {
			text := `{"exp` + two + rest
			if _, err := s.Value(text); (err == nil) != (slowError(text) == "") {
				require.Equal(t, slowError(text) == "", err == nil, "%q", text)
			}
		}
	}
}

func TestNumbersOfEveryLengthAreJudgedAsByASlowReader(t *testing.T) {
	var s strictjson.Scanner
	parts := []string{"", "-", "+", "0", "00", "1", "9", "12345678", "123456789012345678"}
	for _, whole := range parts {
		for _, middle := range []string{"", "0", "5", ".", ".0", ".9", ".12345678", ".0.", "/", ":", "d", "E", "e", "d5", "D5", "e5", "E-5", "e+09", "e+", ".5e12345678", ".5d1"} {
			for _, end := range []string{"", "1", "9", "/", ":", "e", "."} {
				for rest := range 9 {
					checkError(t, &s, "["+strings.Repeat("1", rest)+whole+middle+end+"]")
					checkError(t, &s, `{"exp":`+whole+middle+end+strings.Repeat(" ", rest)+`}`)
				}
			}
		}
	}
}
