package jwks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

// maxReasons is how many skipped keys a message explains.
const maxReasons = 3

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
	return "jwks: " + f.text + ": " + bare(f.cause)
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
	name := excerpt.Quote(m.kid)
	return slices.SortedStableFunc(slices.Values(m.skipped), func(a, b error) int {
		return cmp.Compare(strings.Count(b.Error(), name), strings.Count(a.Error(), name))
	})
}

func (m *miss) Unwrap() error { return jwt.ErrKeyNotFound }

// reasons lists why keys of a set were skipped.
func reasons(skipped []error) string {
	if len(skipped) == 0 {
		return "the set is empty"
	}
	var s strings.Builder
	for i, err := range skipped {
		if i == maxReasons {
			fmt.Fprintf(&s, "; and %d more", len(skipped)-i)
			break
		}
		if i > 0 {
			s.WriteString("; ")
		}
		s.WriteString(bare(err))
	}
	return s.String()
}

// bare is the text of an error without the name of a package of this module.
func bare(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(excerpt.Error(err), "jwks: "), "jwt: ")
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
