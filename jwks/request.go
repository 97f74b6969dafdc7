package jwks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/jwt/internal/excerpt"
)

// userAgent names the library to the provider, whose operators may want to know.
const userAgent = "example.com/jwt/jwks"

// client makes the requests of a fetch.
type client struct {
	http    *http.Client
	timeout time.Duration // of the whole fetch, for messages
}

// get makes one request and reads the answer. The body is nil if the status is 304, which
// only answers an etag. A panic of the client is an error of this request: the next may go well.
func (c *client) get(ctx context.Context, target, etag, accept string) (h http.Header, body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			h, body, err = nil, nil, fmt.Errorf("the HTTP client panicked: %v", p)
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", accept)
	// Asked for by name, it is not undone by the transport, which would hide its size.
	req.Header.Set("Accept-Encoding", "gzip")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	// A connection kept for minutes would cost two goroutines, and be dead when needed.
	req.Close = true
	res, err := c.http.Do(req)
	if err != nil {
		if outer, ok := errors.AsType[*url.Error](err); ok { // it repeats the URL
			err = outer.Err
		}
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err = read(res, etag != "")
	return res.Header, body, err
}

// explain returns the error of a request as callers may see it. No error of a fetch matches those
// of a context: a caller who asks for context.DeadlineExceeded means the context that was passed
// to Keys.
func (c *client) explain(ctx context.Context, what string, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("no answer within %s, while reading %s", c.timeout, what)
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return errors.New("the HTTP client gave up: " + excerpt.Error(err))
	}
	return err
}

// at adds the URL to an error, for those that the caller of New or Discover has not given.
func at(target string, err error) error {
	return fmt.Errorf("at %s: %w", excerpt.Quote(target), err)
}

// parseURL reads a URL, and refuses those that keys must not be fetched from.
func parseURL(text string, allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%s is not a URL: want https://host/path", excerpt.Quote(text))
	case u.Scheme == "http" && !allowHTTP:
		return nil, fmt.Errorf("%s is not https: anyone on the way could replace the keys (AllowHTTP is for loopback and tests)", excerpt.Quote(text))
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s is not https", excerpt.Quote(text))
	case u.User != nil:
		return nil, errors.New("it has a user name or password: keys are public, send no credentials for them")
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, fmt.Errorf("%s has a fragment", excerpt.Quote(text))
	}
	return u, nil
}
