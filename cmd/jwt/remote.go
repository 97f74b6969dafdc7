package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

// defaultTimeout is how long -jwks and -issuer wait for the keys.
const defaultTimeout = 10 * time.Second

// isURL reports whether text is a URL, rather than the name of a file.
func isURL(text string) bool {
	scheme, _, ok := strings.Cut(text, "://")
	return ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// remoteKeys makes a source of the keys at a URL, which is that of a JWK Set or of an issuer.
// The keys are fetched when the token needs them.
func remoteKeys(flag, target string, timeout time.Duration, from func(string, ...jwks.Option) (*jwks.Source, error)) (jwt.KeySource, error) {
	opts := []jwks.Option{jwks.WithTimeout(timeout), jwks.WithHTTPClient(&http.Client{Transport: guard{http.DefaultTransport}})}
	if u, err := url.Parse(target); err == nil {
		switch {
		case isLoopback(u.Hostname()):
			opts = append(opts, jwks.AllowHTTP())
		case u.Scheme == "http":
			return nil, usagef("%s: the URL is not https; http is only for this machine (localhost)", flag)
		}
	}
	source, err := from(target, opts...)
	if err != nil {
		return nil, usagef("%s: %w", flag, err)
	}
	return jwt.KeyFunc(source.Keys), nil
}

// isLoopback reports whether host is this machine, which can be asked over http because there
// is no network in between.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// guard applies the same rule to the jwks_uri of an issuer on loopback.
type guard struct{ next http.RoundTripper }

func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !isLoopback(r.URL.Hostname()) {
		return nil, fmt.Errorf("%s is not https, and not on loopback", r.URL.Host)
	}
	return g.next.RoundTrip(r)
}
