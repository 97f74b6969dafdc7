package jwthttp

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/strictjson"
)

// ErrInsufficientScope is passed to the error handler when a valid token lacks a scope
// that [RequireScopes] asks for. The response is 403 (RFC 6750, Section 3.1).
var ErrInsufficientScope error = errors.New("jwthttp: insufficient scope")

// Scopes is a field for the scopes of a claims type, as "scope" or "scp". It decodes a
// space-separated string (RFC 8693, Section 4.2) and an array of strings (Okta, Azure), and
// encodes the string. Each element of an array is one scope, even one with a space in it.
type Scopes []string

// Has reports whether scope is among the scopes. The case matters; no scope implies another.
func (s Scopes) Has(scope string) bool { return slices.Contains(s, scope) }

// UnmarshalJSON decodes a string or an array of strings; null leaves s as it is. It fails for
// anything else, which makes a token's claims invalid.
func (s *Scopes) UnmarshalJSON(text []byte) error {
	var scanner strictjson.Scanner
	kind, err := scanner.Value(string(text))
	if err != nil {
		return fmt.Errorf("jwthttp: Scopes: %w", err)
	}
	if kind == strictjson.Null {
		return nil
	}
	scopes, err := decodeScopes(strings.TrimSpace(string(text)))
	if err == nil {
		*s = scopes
	}
	return err
}

// MarshalJSON encodes the scopes as a space-separated string. It fails for a scope that RFC
// 6749, Section 3.3, does not allow, such as one with a space in it.
func (s Scopes) MarshalJSON() ([]byte, error) {
	for _, scope := range s {
		if !isScope(scope) {
			return nil, fmt.Errorf("jwthttp: Scopes: %s can't be a scope (RFC 6749, Section 3.3)", excerpt.Quote(scope))
		}
	}
	return []byte(`"` + strings.Join(s, " ") + `"`), nil
}

// decodeScopes reads a validated value.
func decodeScopes(raw string) (Scopes, error) {
	switch kind := strictjson.KindOf(raw); kind {
	case strictjson.String:
		return strings.FieldsFunc(strictjson.Unquote(raw), func(r rune) bool { return r == ' ' }), nil
	case strictjson.Array:
		scopes := Scopes{}
		for element := range strictjson.Elements(raw) {
			if kind := strictjson.KindOf(element); kind != strictjson.String {
				return nil, fmt.Errorf("jwthttp: Scopes: got an array with %s in it, want strings", kind)
			}
			scopes = append(scopes, strictjson.Unquote(element))
		}
		return scopes, nil
	default:
		return nil, fmt.Errorf("jwthttp: Scopes: got %s, want a string or an array of strings", kind)
	}
}

// RequireScopes lets a request through only if its token grants all of scopes: those of
// "scope" and of "scp" in its payload, each a string or an array, whatever T is. It goes around
// one route, inside a [Middleware] or [ContextWithToken]. Other tokens are answered with 403
// and [ErrInsufficientScope], a request that [Optional] let through with 401 and [ErrNoToken],
// both with the error handler and the parameters of that Middleware, and with the scopes that
// this route needs as the challenge's scope. Without a Middleware around it, the answer is 500.
//
// RequireScopes panics without a scope and for one that RFC 6749, Section 3.3, does not allow
// (empty, or with a space: give several scopes as several arguments).
func RequireScopes(scopes ...string) func(http.Handler) http.Handler {
	if len(scopes) == 0 {
		panic("jwthttp: RequireScopes: there is no scope")
	}
	for _, scope := range scopes {
		if !isScope(scope) {
			panic(fmt.Sprintf("jwthttp: RequireScopes: %q can't be a scope (several scopes are several arguments)", scope))
		}
	}
	scopes = slices.Clone(scopes)
	needed := strings.Join(scopes, " ")
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("jwthttp: RequireScopes: the handler is nil")
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			g, ok := r.Context().Value(guardKey{}).(guard)
			if !ok {
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
				return
			}
			if refused := checkScopes(g, scopes, needed); refused != nil {
				g.config().refuse(w, r, refused)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// checkScopes returns why a request lacks scopes, or nil.
func checkScopes(g guard, scopes []string, needed string) *refusal {
	payload, ok := g.payload()
	if !ok {
		return &refusal{err: ErrNoToken, status: http.StatusUnauthorized, scope: needed}
	}
	granted := grantedScopes(payload)
	for _, scope := range scopes {
		if !granted.Has(scope) {
			err := fmt.Errorf("%w: want %q, the token has %s", ErrInsufficientScope, needed, excerpt.Quote(strings.Join(granted, " ")))
			return &refusal{err: err, status: http.StatusForbidden, code: "insufficient_scope", scope: needed}
		}
	}
	return nil
}

// grantedScopes reads the scopes of a payload. A member that is neither a string nor an array
// of strings grants nothing.
func grantedScopes(payload string) Scopes {
	var scanner strictjson.Scanner
	members, err := scanner.Object(payload)
	if err != nil {
		return nil // no verifier's token: ContextWithToken was given this text, or none
	}
	var granted Scopes
	for _, m := range members {
		if name := m.Name(payload); name == "scope" || name == "scp" {
			if scopes, err := decodeScopes(m.Raw(payload)); err == nil {
				granted = append(granted, scopes...)
			}
		}
	}
	return granted
}

// isScope checks the syntax of RFC 6749, Section 3.3, which needs no escapes in a challenge.
func isScope(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}
