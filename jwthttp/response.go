package jwthttp

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
)

// retryAfter is when a client may ask again for which no keys could be had.
const retryAfter = 10 * time.Second

// Option is an option of [Middleware]. The interface is sealed.
type Option interface{ middlewareOption() }

type option func(*config)

func (option) middlewareOption() {}

type config struct {
	params  []string // of every challenge
	onError func(w http.ResponseWriter, r *http.Request, err error)

	given []string
}

// WithErrorHandler calls handle for each request that is refused, to log it or to write a
// body of the application's kind. The challenge and the status of the package documentation
// are prepared: a handler that only writes a body sends that status, one that writes nothing
// the default body, and one that calls WriteHeader or changes the headers has its way. Do
// not send err to the client: it may tell what claims were asked for.
func WithErrorHandler(handle func(w http.ResponseWriter, r *http.Request, err error)) Option {
	return option(func(c *config) {
		if handle == nil {
			panic("jwthttp: WithErrorHandler: the handler is nil")
		}
		c.once("WithErrorHandler")
		c.onError = handle
	})
}

// WithAuthParam adds a parameter to the challenge of every 401 and 400: a realm (RFC 6750,
// Section 3, wants at least one parameter), the scope that is needed, or the
// resource_metadata of RFC 9728. The default is none. The name must be an RFC 9110 token
// other than error and error_description, the value printable ASCII, each name once.
func WithAuthParam(name, value string) Option {
	return option(func(c *config) {
		param := strings.ToLower(name)
		if !isToken(name) || param == "error" || param == "error_description" {
			panic(fmt.Sprintf("jwthttp: WithAuthParam: %q can't be the name of a parameter", name))
		}
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			panic(fmt.Sprintf("jwthttp: WithAuthParam: %q is empty or not printable ASCII", value))
		}
		c.once("WithAuthParam " + param)
		c.params = append(c.params, name+`="`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value)+`"`)
	})
}

func newConfig(opts []Option) *config {
	c := new(config)
	for _, opt := range opts {
		apply, ok := opt.(option)
		if !ok {
			panic("jwthttp: Middleware: an option is nil, or not of this package")
		}
		apply(c)
	}
	return c
}

// once panics if an option was given before.
func (c *config) once(name string) {
	if slices.Contains(c.given, name) {
		panic("jwthttp: Middleware: " + name + " is given twice")
	}
	c.given = append(c.given, name)
}

// refuse answers a request that is not let through.
func (c *config) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := c.prepare(w.Header(), err)
	answer := &answer{ResponseWriter: w, status: status}
	if c.onError != nil {
		c.onError(answer, r, err)
	}
	if !answer.written {
		http.Error(w, http.StatusText(status), status)
	}
}

// prepare sets the headers that an error calls for (RFC 6750, Section 3) and gives the
// status. The service's own faults come first: a KeyFunc's error may wrap one of a token.
func (c *config) prepare(h http.Header, err error) int {
	switch {
	case errors.Is(err, ErrNoToken):
		c.challenge(h)
		return http.StatusUnauthorized
	case errors.Is(err, ErrInvalidRequest):
		c.challenge(h, `error="invalid_request"`, `error_description="want one Authorization header, with one bearer token"`)
		return http.StatusBadRequest
	case errors.Is(err, jwt.ErrKeysUnavailable):
		h.Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		return http.StatusServiceUnavailable
	case errors.Is(err, jwt.ErrInvalidToken):
		c.challenge(h, `error="invalid_token"`, `error_description="`+description(err)+`"`)
		return http.StatusUnauthorized
	}
	return http.StatusInternalServerError
}

func (c *config) challenge(h http.Header, params ...string) {
	value := "Bearer"
	if all := slices.Concat(c.params, params); len(all) > 0 {
		value += " " + strings.Join(all, ", ")
	}
	h.Set("WWW-Authenticate", value)
}

// description tells a client what it can do something about, and nothing of the policy.
// Dates are only ever wrong of an authentic token.
func description(err error) string {
	switch {
	case errors.Is(err, jwt.ErrExpired):
		return "the token is expired"
	case errors.Is(err, jwt.ErrNotYetValid):
		return "the token is not valid yet"
	case errors.Is(err, jwt.ErrMalformed):
		return "the token is malformed"
	}
	return "the token is not valid"
}

// answer is the writer of an error handler: a body that is written without a status gets
// the right one instead of 200.
type answer struct {
	http.ResponseWriter
	status  int
	written bool
}

func (a *answer) WriteHeader(status int) {
	a.written = a.written || status >= 200 // the informational ones may come before the answer
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(body []byte) (int, error) {
	if !a.written {
		a.WriteHeader(a.status)
	}
	return a.ResponseWriter.Write(body)
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
