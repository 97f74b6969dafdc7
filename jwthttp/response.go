package jwthttp

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
)

// retryAfter is when a client may ask again for which no keys could be had.
const retryAfter = 10 * time.Second

// refusal is why a request is not let through, and how it is answered.
type refusal struct {
	err    error
	status int
	code   string // error="…" of the challenge
	about  string // error_description="…"
	scope  string // scope="…", in place of that of WithAuthParam
}

// refuseRequest classifies an error of the func that looks for the token.
func (c *config) refuseRequest(err error) *refusal {
	switch {
	case isAbsent(err):
		return &refusal{err: err, status: http.StatusUnauthorized}
	case errors.Is(err, ErrInvalidRequest):
		return &refusal{err: err, status: http.StatusBadRequest, code: "invalid_request", about: c.wanted}
	}
	return &refusal{err: err, status: http.StatusInternalServerError}
}

// refuseToken classifies an error of a verifier. The service's own faults come first: the
// error of an application's own verifier may match both classes.
func refuseToken(err error) *refusal {
	switch {
	case errors.Is(err, jwt.ErrKeysUnavailable):
		return &refusal{err: err, status: http.StatusServiceUnavailable}
	case errors.Is(err, jwt.ErrInvalidToken):
		return &refusal{err: err, status: http.StatusUnauthorized, code: "invalid_token", about: description(err)}
	}
	return &refusal{err: err, status: http.StatusInternalServerError}
}

// description tells a client what it can act on, and nothing of the policy. Only an
// authentic token has wrong dates.
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

// refuse answers a request that is not let through.
func (c *config) refuse(w http.ResponseWriter, r *http.Request, why *refusal) {
	switch why.status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		w.Header().Set("WWW-Authenticate", c.challenge(why))
	}
	answer := &answer{ResponseWriter: w, status: why.status}
	if c.onError != nil {
		c.onError(answer, r, why.err)
	}
	if !answer.written {
		http.Error(w, http.StatusText(why.status), why.status)
	}
}

// challenge writes the value of WWW-Authenticate (RFC 6750, Section 3).
func (c *config) challenge(why *refusal) string {
	var params []string
	for _, p := range c.params {
		if p.name != "scope" || why.scope == "" {
			params = append(params, p.text)
		}
	}
	add := func(name, value string) {
		if value != "" {
			params = append(params, name+`="`+value+`"`)
		}
	}
	add("error", why.code)
	add("error_description", why.about)
	add("scope", why.scope)
	if len(params) == 0 {
		return "Bearer"
	}
	return "Bearer " + strings.Join(params, ", ")
}

// answer is the writer of an error handler: a body that is written without a status gets
// the right one instead of 200, and so does what is flushed before a body. Deadlines and the
// like reach the writer below through Unwrap.
type answer struct {
	http.ResponseWriter
	status  int
	written bool
}

func (a *answer) WriteHeader(status int) {
	// Informational statuses may come before the answer; 101 is one.
	a.written = a.written || status >= 200 || status == http.StatusSwitchingProtocols
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(body []byte) (int, error) {
	if !a.written {
		a.WriteHeader(a.status)
	}
	return a.ResponseWriter.Write(body)
}

// FlushError is what http.ResponseController.Flush calls.
func (a *answer) FlushError() error {
	if !a.written {
		a.WriteHeader(a.status)
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack is what http.ResponseController.Hijack calls: the connection is the handler's then.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(a.ResponseWriter).Hijack()
	a.written = a.written || err == nil
	return conn, buffered, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
