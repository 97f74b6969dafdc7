package jwthttp

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Option is an option of [Middleware]. The interface is sealed.
type Option interface{ middlewareOption() }

type option func(*config)

func (option) middlewareOption() {}

type config struct {
	from     func(*http.Request) (string, error)
	wanted   string // what a client is told that has not sent one token
	optional bool
	params   []param // of every challenge
	onError  func(w http.ResponseWriter, r *http.Request, err error)

	given []string
}

// param is one parameter of a challenge.
type param struct {
	name string // in lower case
	text string // name="value", with the name as it was given
}

// WithTokenFrom replaces [BearerToken] as the func that finds the token in a request. Use
// [FromHeader] or [FromCookie], or a func of your own. It returns [ErrNoToken] if the request
// has no token and [ErrInvalidRequest] if it has several; any other error is answered with 500.
// An empty token without an error is answered with 401.
func WithTokenFrom(from func(*http.Request) (string, error)) Option {
	return option(func(c *config) {
		if from == nil {
			panic("jwthttp: WithTokenFrom: the func is nil")
		}
		c.once("WithTokenFrom")
		c.from, c.wanted = from, "want exactly one token"
	})
}

// Optional lets a request without any token ([ErrNoToken], which includes an Authorization
// header of another scheme) through without one: [TokenFromContext] then reports false. A
// token that is present must be valid, and [RequireScopes] answers 401 if there is none.
func Optional() Option {
	return option(func(c *config) {
		c.once("Optional")
		c.optional = true
	})
}

// WithErrorHandler calls handle for each request that is rejected, by [Middleware] or by a
// [RequireScopes] inside it: to log it, or to write a body of the application's kind. The
// challenge and the status of the package documentation are prepared. A handler that only
// writes a body sends that status, one that writes nothing the default body, and one that
// calls WriteHeader or changes the headers overrides them. Do not send err to the client: it
// may reveal which claims were required.
func WithErrorHandler(handle func(w http.ResponseWriter, r *http.Request, err error)) Option {
	return option(func(c *config) {
		if handle == nil {
			panic("jwthttp: WithErrorHandler: the handler is nil")
		}
		c.once("WithErrorHandler")
		c.onError = handle
	})
}

// WithAuthParam adds a parameter to the challenge of every 400, 401 and 403: a realm (RFC 6750,
// Section 3, wants at least one parameter), the scope that is needed, or the
// resource_metadata of RFC 9728. The default is none. The name must be an RFC 9110 token
// other than error and error_description, the value printable ASCII, each name once.
func WithAuthParam(name, value string) Option {
	return option(func(c *config) {
		key := strings.ToLower(name)
		if !isToken(name) || key == "error" || key == "error_description" {
			panic(fmt.Sprintf("jwthttp: WithAuthParam: %q can't be the name of a parameter", name))
		}
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			panic(fmt.Sprintf("jwthttp: WithAuthParam: %q is empty or not printable ASCII", value))
		}
		c.once("WithAuthParam " + key)
		c.params = append(c.params, param{key, name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`})
	})
}

func newConfig(opts []Option) *config {
	c := &config{from: BearerToken, wanted: "want one Authorization header, with one bearer token"}
	for _, opt := range opts {
		apply, ok := opt.(option)
		if !ok || apply == nil {
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
