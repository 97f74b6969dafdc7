package jwks

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

const (
	// maxBody bounds an answer, before and after decompression. It is also the most that
	// jwt.ParseKeySet reads.
	maxBody = 1 << 20
	// maxETag bounds what is sent back to the provider.
	maxETag = 256
)

// The media types of answers (RFC 7517, Section 8.5; OpenID Connect Discovery 1.0, Section
// 4.2; RFC 8414, Section 3.2). Providers send sets as either.
var (
	setTypes      = []string{"application/jwk-set+json", "application/json"}
	metadataTypes = []string{"application/json"}
)

// answer is what a fetch has brought.
type answer struct {
	set       *jwt.KeySet // nil: not modified
	url, etag string
	lifetime  time.Duration
}

// statusError is an answer other than 200.
type statusError struct {
	code     int
	location string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the answer has the status %s, want 200", strings.TrimSpace(strconv.Itoa(e.code)+" "+http.StatusText(e.code)))
	if e.code/100 == 3 && e.location != "" {
		text += fmt.Sprintf(": a redirect, here to %s, is not followed; if you trust it, give that URL", excerpt.Quote(e.location))
	}
	return text
}

// fetch asks for the set, and before that for where it is if that must be discovered.
func (s *Source) fetch(ctx context.Context, old *state, now time.Time) (*answer, error) {
	a := &answer{url: s.url}
	if s.issuer != "" {
		var err error
		if a.url, err = s.discover(ctx); err != nil {
			return nil, err
		}
	}
	etag := ""
	if old.set != nil && old.url == a.url {
		etag = old.etag
	}
	header, body, err := s.get(ctx, a.url, etag, setTypes)
	switch {
	case err != nil:
		return nil, s.at(a.url, err)
	case body == nil: // what the answer does not say is as before (RFC 9111, Section 4.3.4)
		a.etag, a.lifetime = etag, s.freshness(header, now, old.lifetime)
		return a, nil
	}
	if a.set, err = jwt.ParseKeySet(body); err != nil {
		return nil, s.at(a.url, err)
	}
	a.lifetime = s.freshness(header, now, silentFreshness)
	if a.etag = header.Get("ETag"); len(a.etag) > maxETag {
		a.etag = ""
	}
	return a, nil
}

// at says which URL an error is about, unless it is the one that the source has.
func (s *Source) at(target string, err error) error {
	if target == s.url {
		return err
	}
	return fmt.Errorf("at %s: %w", excerpt.Quote(target), err)
}

// get makes one request and reads the answer. The body is nil if the status is 304, which
// only answers an etag.
func (s *Source) get(ctx context.Context, target, etag string, types []string) (http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", strings.Join(types, ", "))
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
	body, err := read(res, etag != "", types)
	return res.Header, body, err
}

// read checks an answer and reads its body.
func read(res *http.Response, conditional bool, types []string) ([]byte, error) {
	if res.StatusCode == http.StatusNotModified && conditional {
		return nil, nil
	}
	if res.StatusCode != http.StatusOK {
		return nil, &statusError{res.StatusCode, res.Header.Get("Location")}
	}
	contentType := res.Header.Get("Content-Type")
	essence, _, _ := strings.Cut(contentType, ";")
	if !slices.Contains(types, strings.ToLower(strings.TrimSpace(essence))) {
		return nil, fmt.Errorf("the answer has the content type %s, want %s", excerpt.Quote(contentType), strings.Join(types, " or "))
	}
	wire := &io.LimitedReader{R: res.Body, N: maxBody + 1}
	var plain io.Reader = wire
	switch coding := res.Header.Get("Content-Encoding"); strings.ToLower(coding) {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(wire)
		if err != nil {
			return nil, fmt.Errorf("the answer is not gzip as it says: %w", err)
		}
		plain = io.LimitReader(unzipped, maxBody+1)
	default:
		return nil, fmt.Errorf("the answer has the content coding %s, want gzip or none", excerpt.Quote(coding))
	}
	body, err := io.ReadAll(plain)
	if wire.N == 0 || len(body) > maxBody {
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return body, nil
}

// parseURL reads a URL, and refuses those that keys must not be fetched from.
func (c *config) parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return nil, fmt.Errorf("%s is not a URL: want https://host/path", excerpt.Quote(text))
	case u.Scheme == "http" && !c.allowHTTP:
		return nil, fmt.Errorf("%s is not https: whoever is on the way could put in keys (AllowHTTP is for loopback and tests)", excerpt.Quote(text))
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s is not https", excerpt.Quote(text))
	case u.User != nil:
		return nil, errors.New("it has a user name or password: keys are public, send no credentials for them")
	case u.Fragment != "" || strings.HasSuffix(text, "#"):
		return nil, fmt.Errorf("%s has a fragment", excerpt.Quote(text))
	}
	return u, nil
}
