package jwks

import (
	"fmt"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
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
	cause := strings.TrimPrefix(strings.TrimPrefix(excerpt.Error(f.cause), "jwks: "), "jwt: ")
	return "jwks: " + f.text + ": " + cause
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
		fmt.Fprintf(&s, "jwks: no key has the kid %s", excerpt.Quote(m.kid))
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
