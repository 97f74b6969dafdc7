package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

// Colours, as ECMA-48 numbers.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint colours a word for a terminal, unless NO_COLOR asks for none.
func (s *session) paint(w io.Writer, colour, word string) string {
	if s.Getenv("NO_COLOR") != "" || s.Getenv("TERM") == "dumb" || !s.Terminal(w) {
		return word
	}
	return "\x1b[" + colour + "m" + word + "\x1b[0m"
}

// pretty indents a JSON text. Numbers and names stay as they are.
func pretty(text []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(text), "", "  "); err != nil {
		panic(err) // unreachable: callers have checked the JSON
	}
	return printable(b.String()) + "\n"
}

// printable escapes the characters of a JSON text that a terminal would interpret or hide,
// such as control characters from U+0080 and those that change the direction of writing. The
// JSON value stays the same, because such characters occur only inside strings.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x7f || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

// dateNames are the claims that are dates in RFC 7519 and OpenID Connect Core, with the words
// for a date in the past and in the future.
var dateNames = [...]struct{ claim, past, future string }{
	{"iat", "issued", "issued in the future,"},
	{"nbf", "became valid", "becomes valid"},
	{"exp", "expired", "expires"},
	{"auth_time", "logged in", "logged in in the future,"},
	{"updated_at", "updated", "updated in the future,"},
}

// date is a date claim with its age, for inspect.
type date struct {
	Claim string `json:"-"`
	Time  string `json:"time"`
	Age   int64  `json:"age_seconds"` // negative in the future
	Words string `json:"words"`

	long string
}

// datesOf returns the dates of a payload. It leaves out those that are not NumericDates, about
// which there is an error.
func datesOf(payload []byte, now time.Time) []date {
	var claims map[string]json.RawMessage
	if json.Unmarshal(payload, &claims) != nil {
		return nil
	}
	var dates []date
	for _, name := range dateNames {
		var d jwt.NumericDate
		if d.UnmarshalJSON(claims[name.claim]) != nil || d.IsZero() { // zero after a null
			continue
		}
		word := name.past
		if d.After(now) {
			word = name.future
		}
		dates = append(dates, date{
			Claim: name.claim,
			Time:  d.UTC().Format(time.RFC3339Nano),
			Age:   now.Unix() - d.Unix(),
			Words: word + " " + excerpt.Age(d.Time, now),
			long:  d.UTC().Format("Monday, 2 January 2006, 15:04:05 UTC"),
		})
	}
	return dates
}
