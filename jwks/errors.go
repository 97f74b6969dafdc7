package jwks

import (
	"errors"
	"fmt"
	"slices"
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

func (f *failure) Error() string {
	if f.cause == nil {
		return "jwks: " + f.text
	}
	return "jwks: " + f.text + ": " + excerpt.Bare(f.cause)
}

func (f *failure) Unwrap() []error {
	if f.cause == nil {
		return []error{f.class}
	}
	return []error{f.class, f.cause}
}

// miss is the error for a token whose key is not in the set. It becomes a text only when
// somebody reads it, since forged tokens cause it by the thousand.
type miss struct {
	kid     string
	name    string
	keys    int
	skipped []error
	wait    time.Duration // until the provider is asked again
}

func (m *miss) Error() string {
	var s strings.Builder
	if m.kid == "" {
		s.WriteString("jwks: the token names no kid")
	} else {
		fmt.Fprintf(&s, "jwks: no key has the kid %s", excerpt.Quote(m.kid))
	}
	fmt.Fprintf(&s, "; keys of %q: %d", m.name, m.keys)
	if len(m.skipped) > 0 {
		fmt.Fprintf(&s, ", and %d that cannot be used: %s", len(m.skipped), reasons(m.kidFirst()))
	}
	if m.wait > 0 {
		fmt.Fprintf(&s, " (the provider is asked again in %s)", m.wait.Round(time.Second))
	}
	return s.String()
}

// kidFirst returns the skipped keys, those of the token's kid first.
func (m *miss) kidFirst() []error {
	other := func(err error) int {
		var key interface{ KeyID() string } // which each error of [jwt.KeySet.Skipped] is
		if errors.As(err, &key) && key.KeyID() == m.kid {
			return 0
		}
		return 1
	}
	return slices.SortedStableFunc(slices.Values(m.skipped), func(a, b error) int { return other(a) - other(b) })
}

func (m *miss) Unwrap() error { return jwt.ErrKeyNotFound }

// reasons lists why keys of a set were skipped.
func reasons(skipped []error) string {
	if len(skipped) == 0 {
		return "the set is empty"
	}
	return excerpt.Reasons(skipped, len(skipped))
}

func invalid(format string, args ...any) error {
	return &failure{class: jwt.ErrInvalidOption, text: fmt.Sprintf(format, args...)}
}

func unavailable(cause error, format string, args ...any) error {
	return &failure{class: jwt.ErrKeysUnavailable, text: fmt.Sprintf(format, args...), cause: cause}
}

func errZero() error {
	return invalid("the Source was not made by New or Discover")
}
