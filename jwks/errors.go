package jwks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
)

const (
	// maxQuoted bounds what an error message repeats of a text from outside.
	maxQuoted = 64
	// maxCause bounds the text of an error of net/http, which may quote what a server sent.
	maxCause = 256
)

// failure is an error of one of the root package's classes.
type failure struct {
	class error
	text  string
	cause error
}

// miss is the error for a token whose key is not in the set. It becomes a text only when
// somebody reads it, since forged tokens cause it by the thousand.
type miss struct {
	kid           string
	name          string
	keys, skipped int
	wait          time.Duration // until the provider is asked again
}

func (f *failure) Error() string {
	if f.cause == nil {
		return "jwks: " + f.text
	}
	cause := strings.TrimPrefix(strings.TrimPrefix(f.cause.Error(), "jwks: "), "jwt: ")
	return "jwks: " + f.text + ": " + cut(cause, maxCause)
}

func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.class}
	}
	return []error{f.class, f.cause}
}

func (m *miss) Error() string {
	var s strings.Builder
	if m.kid == "" {
		s.WriteString("jwks: the token names no kid")
	} else {
		fmt.Fprintf(&s, "jwks: no key has the kid %s", quote(m.kid))
	}
	fmt.Fprintf(&s, "; keys of %q: %d", m.name, m.keys)
	if m.skipped > 0 {
		fmt.Fprintf(&s, ", and %d of no use", m.skipped)
	}
	if m.wait > 0 {
		fmt.Fprintf(&s, " (not asked again for another %s)", m.wait.Round(time.Second))
	}
	return s.String()
}

func (m *miss) Unwrap() error { return jwt.ErrKeyNotFound }

func invalid(format string, args ...any) error {
	return &failure{class: jwt.ErrInvalidOption, text: fmt.Sprintf(format, args...)}
}

func unavailable(cause error, format string, args ...any) error {
	return &failure{class: jwt.ErrKeysUnavailable, text: fmt.Sprintf(format, args...), cause: cause}
}

// quote prints a text from outside.
func quote(s string) string {
	if len(s) > maxQuoted {
		return strconv.Quote(s[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}

func cut(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
