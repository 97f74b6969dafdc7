// Package excerpt shortens text from outside for error messages. All packages of the module use it,
// so that one rule bounds what a message repeats.
package excerpt

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxText  = 64  // bytes of a text from outside
	maxError = 256 // bytes of another package's message, which may quote such a text in full
	maxList  = 4   // elements of a list
	// MaxReasons is how many reasons a message repeats.
	MaxReasons = 3
)

// Quote returns s as a quoted Go string, cut to 64 bytes.
func Quote(s string) string {
	if len(s) <= maxText {
		return strconv.Quote(s)
	}
	return strconv.Quote(cut(s, maxText)) + "…"
}

// Text returns s, cut to 64 bytes.
func Text(s string) string { return mark(s, maxText) }

// List returns at most four of the names, each quoted, in brackets.
func List(names []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(' ')
		}
		if i == maxList {
			fmt.Fprintf(&b, "and %d more", len(names)-i)
			break
		}
		b.WriteString(Quote(name))
	}
	b.WriteByte(']')
	return b.String()
}

// Error returns the message of an error of another package, cut to 256 bytes. Control characters
// become question marks, and invalid UTF-8 is left out.
func Error(err error) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(mark(err.Error(), maxError), ""))
}

// Reasons returns the messages of the first errors, without the names of this module's packages,
// and how many of the total are left out.
func Reasons(errs []error, total int) string {
	var b strings.Builder
	for i, err := range errs[:min(len(errs), MaxReasons)] {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(Bare(err))
	}
	if total > MaxReasons {
		fmt.Fprintf(&b, "; and %d more", total-MaxReasons)
	}
	return b.String()
}

// Bare is like [Error], without the prefix of a package of this module.
func Bare(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(Error(err), "jwks: "), "jwt: ")
}

// Age returns how far t is from now in words, such as "3 minutes ago" or "in 1 hour": a whole
// number of the largest unit that fits. It counts seconds, since a [time.Duration] ends after 292
// years and a date may lie further away.
func Age(t, now time.Time) string {
	if t.After(now) {
		return "in " + inWords(t.Unix()-now.Unix())
	}
	return inWords(now.Unix()-t.Unix()) + " ago"
}

func inWords(seconds int64) string {
	units := [...]struct {
		size int64
		name string
	}{
		{365 * 24 * 3600, "year"}, {24 * 3600, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"},
	}
	for _, u := range units {
		if n := seconds / u.size; n > 1 {
			return fmt.Sprintf("%d %ss", n, u.name)
		} else if n == 1 {
			return "1 " + u.name
		}
	}
	return "less than a second"
}

func mark(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cut(s, n) + "…"
}

// cut returns at most n bytes of s, which is longer, and no part of a character.
func cut(s string, n int) string {
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n] // not UTF-8
}
