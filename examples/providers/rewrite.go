package providers

import (
	"bytes"
	"io"
	"net/http"
)

// rewriting returns a client that passes the body of each 200 answer through rewrite: a
// jwks.Source then reads keys in a form of the provider's own, with all its caching.
func rewriting(client *http.Client, rewrite func(body []byte) ([]byte, error)) *http.Client {
	copied := *client
	copied.Transport = rewriter{client.Transport, rewrite}
	return &copied
}

type rewriter struct {
	base    http.RoundTripper
	rewrite func(body []byte) ([]byte, error)
}

func (t rewriter) RoundTrip(r *http.Request) (*http.Response, error) {
	base := t.base
	if base == nil {
		base = http.DefaultTransport
	}
	r = r.Clone(r.Context())
	r.Header.Del("Accept-Encoding") // or the body would be compressed here
	res, err := base.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK {
		return res, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if body, err = t.rewrite(body); err != nil {
		return nil, err
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}
