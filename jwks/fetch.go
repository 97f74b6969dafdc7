package jwks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

const (
	// maxETag bounds what is sent back to the provider.
	maxETag = 256
	// userAgent names the library to the provider, whose operators may want to know.
	userAgent = "example.com/jwt/jwks"
)

// The media types to ask for. Those of answers are not looked at.
const (
	acceptSet      = "application/jwk-set+json, application/json" // RFC 7517, Section 8.5
	acceptMetadata = "application/json"                           // RFC 8414, Section 3.2
)

// answer is what a good fetch has brought.
type answer struct {
	set       *jwt.KeySet // nil: not modified
	url, etag string
	lifetime  time.Duration
}

// outcome is what has come of a fetch.
type outcome struct {
	answer
	err      error
	began    time.Time     // by the source's clock
	duration time.Duration // in real time
	jitter   float64       // from 0 to 1
}

// statusError is an answer other than 200.
type statusError struct {
	code     int
	location string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the answer has the status %s, want 200", strings.TrimSpace(strconv.Itoa(e.code)+" "+http.StatusText(e.code)))
	if e.code/100 == 3 && e.location != "" {
		text += fmt.Sprintf(": a redirect, here to %s, is not followed; if you trust it, use that URL", excerpt.Quote(e.location))
	}
	return text
}

// fetch asks for the set, and before that for where it is if that must be discovered.
func (s *Source) fetch(ctx context.Context, old *state, now time.Time) (a answer, err error) {
	a.url = s.url
	if s.issuer != "" {
		if a.url, err = s.discover(ctx); err != nil {
			return answer{}, err
		}
	}
	etag := ""
	if old.set != nil && old.url == a.url {
		etag = old.etag
	}
	header, body, err := s.get(ctx, a.url, etag, acceptSet)
	switch {
	case err != nil:
		return answer{}, s.explain(ctx, "the keys", a.url, err)
	case body == nil: // what the answer does not say is as before (RFC 9111, Section 4.3.4)
		a.etag, a.lifetime = etag, s.freshness(header, now, old.lifetime)
		return a, nil
	}
	if a.set, err = jwt.ParseKeySet(body); err != nil {
		err = fmt.Errorf("the answer is not a JWK Set (%s): %s", describe(header, body), excerpt.Bare(err))
		return answer{}, s.explain(ctx, "the keys", a.url, err)
	}
	a.lifetime = s.freshness(header, now, silentFreshness)
	if a.etag = header.Get("ETag"); len(a.etag) > maxETag {
		a.etag = ""
	}
	return a, nil
}

// explain adds to an error of a request the URL, unless it is the one that the source has. No
// error of a fetch matches those of a context: a caller who asks for context.DeadlineExceeded
// means the context that was passed to Keys.
func (s *Source) explain(ctx context.Context, what, target string, err error) error {
	switch {
	case ctx.Err() != nil:
		err = fmt.Errorf("no answer within %s, while reading %s", s.timeout, what)
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		err = errors.New("the HTTP client gave up: " + excerpt.Error(err))
	}
	if target == s.url {
		return err
	}
	return fmt.Errorf("at %s: %w", excerpt.Quote(target), err)
}

// get makes one request and reads the answer. The body is nil if the status is 304, which
// only answers an etag. A panic of the client is an error of this request: the next may go well.
func (s *Source) get(ctx context.Context, target, etag, accept string) (h http.Header, body []byte, err error) {
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
	res, err := s.http.Do(req)
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

// parseURL reads a URL, and refuses those that keys must not be fetched from.
func (c *config) parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%s is not a URL: want https://host/path", excerpt.Quote(text))
	case u.Scheme == "http" && !c.allowHTTP:
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
