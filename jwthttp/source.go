package jwthttp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/jwt"
)

var (
	// ErrNoToken is returned when a request carries no token: no Authorization header, or
	// one of another scheme. The response is 401, with a challenge that has no error code
	// (RFC 6750, Section 3.1).
	ErrNoToken error = errors.New("jwthttp: no bearer token")

	// ErrInvalidRequest is returned when a request does not carry exactly one token: the
	// header or cookie is repeated, or "Bearer" is followed by something other than one
	// b64token (RFC 6750, Section 2.1). It is the client's mistake; the response is 400.
	ErrInvalidRequest error = errors.New("jwthttp: invalid request")
)

// errEmptyToken is about a func of WithTokenFrom that returns "" and no error. It is no
// ErrNoToken: only what says so outright is let through by Optional.
var errEmptyToken = fmt.Errorf("%w: the token is empty (WithTokenFrom: return ErrNoToken if there is none)", jwt.ErrMalformed)

// BearerToken returns the token of a request's Authorization header (RFC 6750, Section 2.1);
// the case of the scheme does not matter. A token in a form, a query or a cookie is never
// looked at. The errors are [ErrNoToken] and [ErrInvalidRequest]. The token is not verified,
// and its length is limited only by the server's MaxHeaderBytes and by [jwt.WithMaxSize].
func BearerToken(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	switch len(values) {
	case 0:
		return "", ErrNoToken
	case 1:
	default:
		return "", fmt.Errorf("%w: %d Authorization headers, want one", ErrInvalidRequest, len(values))
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		// It may be a token without its scheme: do not repeat it.
		return "", fmt.Errorf("%w: the scheme of the Authorization header is not Bearer", ErrNoToken)
	}
	token = strings.TrimLeft(token, " ")
	if !isB64Token(token) {
		return "", fmt.Errorf(`%w: want "Bearer", a space, and one token in the Authorization header`, ErrInvalidRequest)
	}
	return token, nil
}

// FromHeader returns a func for [WithTokenFrom] that reads the bare token, without a scheme,
// from a header that a proxy adds: X-Amzn-Oidc-Data of AWS load balancers (with
// [jwt.AllowPaddedBase64]), X-Goog-Iap-Jwt-Assertion, Cf-Access-Jwt-Assertion. It returns
// [ErrNoToken] if the header is absent or empty, and [ErrInvalidRequest] if it is repeated.
// Anyone who reaches the service without the proxy can send the header too, so the verifier
// must be as strict as for any other token. FromHeader panics if name is no header's name.
func FromHeader(name string) func(*http.Request) (string, error) {
	if !isToken(name) {
		panic(fmt.Sprintf("jwthttp: FromHeader: %q can't be the name of a header", name))
	}
	return func(r *http.Request) (string, error) {
		return one(r.Header.Values(name), "header", name)
	}
}

// FromCookie returns a func for [WithTokenFrom] that reads the token from a cookie. It returns
// [ErrNoToken] if the cookie is absent or empty, and [ErrInvalidRequest] if it is repeated.
// Browsers also send cookies with requests that other sites cause (cross-site request forgery,
// CSRF): put [http.CrossOriginProtection] around the handler, and set the cookie with Secure,
// HttpOnly and SameSite. FromCookie panics if name is no cookie's name.
func FromCookie(name string) func(*http.Request) (string, error) {
	if !isToken(name) {
		panic(fmt.Sprintf("jwthttp: FromCookie: %q can't be the name of a cookie", name))
	}
	return func(r *http.Request) (string, error) {
		return one(cookies(r, name), "cookie", name)
	}
}

// one returns the only value of a header or cookie.
func one(values []string, kind, name string) (string, error) {
	if len(values) > 1 {
		return "", fmt.Errorf("%w: %d times the %s %s, want one", ErrInvalidRequest, len(values), kind, name)
	}
	if len(values) == 0 || values[0] == "" {
		return "", fmt.Errorf("%w: there is no %s %s", ErrNoToken, kind, name)
	}
	return values[0], nil
}

// cookies returns the values of the cookies of one name. It is not r.CookiesNamed, which
// leaves out those whose value is not legal: what is not legal is a bad token, not none.
func cookies(r *http.Request, name string) []string {
	var values []string
	for _, header := range r.Header["Cookie"] {
		for pair := range strings.SplitSeq(header, ";") {
			key, value, _ := strings.Cut(pair, "=")
			if strings.Trim(key, " \t") == name {
				value = strings.Trim(value, " \t")
				if n := len(value); n > 1 && value[0] == '"' && value[n-1] == '"' {
					value = value[1 : n-1] // RFC 6265, Section 4.1.1
				}
				values = append(values, value)
			}
		}
	}
	return values
}

// isAbsent reports whether an error says that there is no token. One that says as well that
// something else is wrong is a bad token's, as when the errors of two sources are joined.
func isAbsent(err error) bool {
	return errors.Is(err, ErrNoToken) && !errors.Is(err, ErrInvalidRequest)
}

// isB64Token checks the syntax of RFC 6750, Section 2.1: at least one character of the
// alphabet, then any number of "=".
func isB64Token(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._~+/", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// isToken checks the syntax of RFC 9110, Section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
