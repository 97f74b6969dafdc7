package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

// isURL tells a URL from the name of a file.
func isURL(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// remoteKeys makes a source of the keys at a URL: of a JWK Set, or of an issuer. They are
// fetched when the token needs them.
func remoteKeys(target string, from func(string, ...jwks.Option) (*jwks.Source, error)) (jwt.KeySource, error) {
	opts := []jwks.Option{jwks.WithHTTPClient(&http.Client{Transport: guard{http.DefaultTransport}})}
	if u, err := url.Parse(target); err == nil && isLoopback(u.Hostname()) {
		opts = append(opts, jwks.AllowHTTP())
	}
	source, err := from(target, opts...)
	if err != nil {
		return nil, usagef("%w", err)
	}
	return jwt.KeyFunc(source.Keys), nil
}

// isLoopback tells the hosts that can be asked over http, since nobody is on the way.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// guard holds what an issuer on loopback names as its jwks_uri to the same rule.
type guard struct{ next http.RoundTripper }

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !isLoopback(r.URL.Hostname()) {
		return nil, fmt.Errorf("%s is not https, and not on loopback", r.URL.Host)
	}
	return g.next.RoundTrip(r)
}
