package jwks_test

import (
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// provider is a real server whose answer a test changes.
type provider struct {
	*httptest.Server
	handler  atomic.Pointer[http.HandlerFunc]
	requests atomic.Int64
}

func newProvider(t *testing.T, start func(*httptest.Server)) *provider {
	t.Helper()
	checkGoroutines(t)
	p := new(provider)
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.requests.Add(1)
		(*p.handler.Load())(w, r)
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(p.Server)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) set(handler http.HandlerFunc) { p.handler.Store(&handler) }

// body answers with a text of a content type.
func body(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, text)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// hangUp writes a part of an answer, and nothing more until the client leaves.
func hangUp(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if part != "" {
			body("application/json", part)(w, r)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// zipped is the text in gzip.
func zipped(text string) string {
	var b strings.Builder
	zw := gzip.NewWriter(&b)
	_, _ = io.WriteString(zw, text)
	_ = zw.Close()
	return b.String()
}

// repeat writes a text n times, or for ever if n is negative.
func repeat(text string, n int, coding string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", coding)
		for i := 0; i != n; i++ {
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
		}
	}
}

// TestFaultsKeepTheOldSet: a provider that has answered well fails in every way it can.
func TestFaultsKeepTheOldSet(t *testing.T) {
	key := pair(t, "a")
	good, megabyte := setText(key.Public()), strings.Repeat(" ", 1e6)
	for _, c := range []struct {
		name  string
		fault http.HandlerFunc
		want  string
	}{
		{"slow headers", hangUp(""), "context deadline exceeded"},
		{"slow body", hangUp(good[:20]), "reading the answer: context deadline exceeded"},
		{"truncated body", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			body("application/json", good)(w, r)
		}, "reading the answer: unexpected EOF"},
		{"truncated chunks", func(w http.ResponseWriter, r *http.Request) {
			body("application/json", good)(w, r)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, "reading the answer: unexpected EOF"},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
		{"500", status(500), "status 500 Internal Server Error, want 200"},
		{"404", status(404), "status 404 Not Found, want 200"},
		{"204", status(204), "status 204 No Content, want 200"},
		{"304 to no ETag", status(304), "status 304 Not Modified, want 200"},
		{"HTML", body("text/html; charset=utf-8", "<html>"), `content type "text/html; charset=utf-8", want application/jwk-set+json or application/json`},
		{"no content type", func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, good)
		}, `content type "", want`},
		{"HTML that says JSON", body("application/json", "<html>"), "invalid character '<'"},
		{"100 MB", repeat(megabyte, 100, "identity"), "longer than 1048576 bytes"},
		{"gzip bomb", repeat(zipped(megabyte), 100, "gzip"), "longer than 1048576 bytes"},
		{"gzip of nothing without end", repeat(zipped(""), -1, "gzip"), "longer than 1048576 bytes"},
		{"one byte too long", body("application/json", good+strings.Repeat(" ", 1<<20+1-len(good))), "longer than 1048576 bytes"},
		{"not gzip", repeat(good, 1, "gzip"), "not gzip as it says"},
		{"truncated gzip", repeat(zipped(good)[:60], 1, "gzip"), "unexpected EOF"},
		{"other coding", repeat(good, 1, "br"), `content coding "br", want gzip or none`},
		{"invalid JSON", body("application/json", good[:len(good)-1]), "unexpected end of text"},
		{"trailing data", body("application/json", good+good), "invalid character '{'"},
		{"no object", body("application/json", "[]"), "value other than an object"},
		{"no keys", body("application/json", "{}"), `has no "keys"`},
		{"duplicate member", body("application/json", `{"keys":[],"keys":[]}`), `duplicate member name "keys"`},
		{"duplicate member in a key", body("application/json", `{"keys":[{"kty":"EC","kty":"OKP"}]}`), `duplicate member name "kty"`},
		{"two keys, one kid", body("application/json", setOf(pair(t, "a"), pair(t, "a"))), `have the kid "a"`},
		{"a secret", body("application/json", `{"keys":[{"kty":"oct","k":"AAAA"}]}`), "must not be in a set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProvider(t, (*httptest.Server).Start)
			p.set(body("application/json", good))
			checkFault(t, p, key, c.want, func() { p.set(c.fault) })
		})
	}
}

// setOf is a JWK Set that NewKeySet would refuse.
func setOf(keys ...*jwt.PrivateKey) string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		text, err := key.Public().MarshalJSON()
		if err != nil {
			panic(err)
		}
		texts[i] = string(text)
	}
	return `{"keys":[` + strings.Join(texts, ",") + `]}`
}

// checkFault fetches a set, breaks the provider, and looks what tokens get: those of the
// old keys verify, for others the service is at fault.
func checkFault(t *testing.T, p *provider, key *jwt.PrivateKey, want string, fault func(), opts ...jwks.Option) error {
	t.Helper()
	clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	if strings.Contains(want, "deadline") {
		opts = append(opts, jwks.WithTimeout(50*time.Millisecond))
	}
	s, err := jwks.New(p.URL+"/jwks?p=1", append(opts, jwks.WithClock(clock.Now), jwks.AllowHTTP())...)
	require.NoError(t, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(s.Keys), eddsa)
	require.NoError(t, err)
	_, err = v.Verify(sign(t, key))
	require.NoError(t, err)

	fault()
	clock.Advance(time.Hour)
	_, err = v.Verify(sign(t, key))
	require.NoError(t, err, "the old set is still in use")
	_, err = v.Verify(sign(t, pair(t, "new")))
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	require.NotErrorIs(t, err, jwt.ErrInvalidToken)
	require.ErrorContains(t, err, want)
	require.ErrorContains(t, err, fmt.Sprintf("jwks: fetching the keys of %q failed: ", p.URL+"/jwks?p=1"))
	err = s.Refresh(t.Context())
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	require.ErrorContains(t, err, want)
	require.Equal(t, 1, strings.Count(err.Error(), p.URL+"/jwks"), "the URL is there once")
	clock.Advance(24 * time.Hour)
	_, err = v.Verify(sign(t, key))
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable, "after the stale limit it is not")
	return err
}

// TestServerIsGone is what a deployment of the provider looks like.
func TestServerIsGone(t *testing.T) {
	key := pair(t, "a")
	p := newProvider(t, (*httptest.Server).Start)
	p.set(body("application/json", setText(key.Public())))
	checkFault(t, p, key, "connection refused", p.Close)
}

// TestRedirectsAreNotFollowed: neither to another host nor to plain http, where the
// request would already have told, and the answer been trusted.
func TestRedirectsAreNotFollowed(t *testing.T) {
	key := pair(t, "a")
	other := newProvider(t, (*httptest.Server).Start)
	other.set(body("application/json", setText(pair(t, "new").Public())))
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			p := newProvider(t, (*httptest.Server).StartTLS)
			p.set(body("application/json", setText(key.Public())))
			want := fmt.Sprintf("status %d %s, want 200: a redirect, here to %q, is not followed", code, http.StatusText(code), other.URL)
			checkFault(t, p, key, want, func() { p.set(http.RedirectHandler(other.URL, code).ServeHTTP) }, jwks.WithHTTPClient(p.Client()))
		})
	}
	require.Zero(t, other.requests.Load())
}

func TestUnknownCertificateAuthority(t *testing.T) {
	key := pair(t, "a")
	p := newProvider(t, (*httptest.Server).StartTLS)
	p.set(body("application/json", setText(key.Public())))
	before := int64(-1)
	transport := &stub{answer: p.Client().Transport.RoundTrip}
	err := checkFault(t, p, key, "certificate signed by unknown authority", func() {
		before = p.requests.Load()
		transport.set(http.DefaultTransport.RoundTrip)
	}, jwks.WithHTTPClient(transport.client()))
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	require.True(t, ok, "the cause is there for errors.As")
	require.Equal(t, before, p.requests.Load(), "nothing was asked over such a connection")
}

// TestGzip: providers that compress are read, also behind a transport that does not undo it.
func TestGzip(t *testing.T) {
	key := pair(t, "a")
	p := newProvider(t, (*httptest.Server).Start)
	for _, coding := range []string{"gzip", "GZIP", "identity"} {
		p.set(func(w http.ResponseWriter, r *http.Request) {
			assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
			w.Header().Set("Content-Type", "Application/JWK-Set+JSON ; charset=utf-8")
			w.Header().Set("Content-Encoding", coding)
			text := setText(key.Public())
			if coding != "identity" {
				text = zipped(text)
			}
			_, _ = io.WriteString(w, text)
		})
		for _, client := range []*http.Client{{}, {Transport: &http.Transport{DisableCompression: true}}} {
			s, err := jwks.New(p.URL, jwks.AllowHTTP(), jwks.WithHTTPClient(client))
			require.NoError(t, err)
			require.NoError(t, lookup(s, "a"))
		}
	}
}

// TestLargestSet is one byte less than what is refused.
func TestLargestSet(t *testing.T) {
	text := setText(pair(t, "a").Public())
	p := newProvider(t, (*httptest.Server).Start)
	p.set(body("application/json", text+strings.Repeat(" ", 1<<20-len(text))))
	s, err := jwks.New(p.URL, jwks.AllowHTTP())
	require.NoError(t, err)
	require.NoError(t, lookup(s, "a"))
}

// TestCallersClientIsCopied: its cookies stay at home, and it is not changed.
func TestCallersClientIsCopied(t *testing.T) {
	p := newProvider(t, (*httptest.Server).Start)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	home, err := url.Parse(p.URL)
	require.NoError(t, err)
	jar.SetCookies(home, []*http.Cookie{{Name: "session", Value: "secret"}})
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	p.set(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "tracking", Value: "1"})
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		body("application/json", `{"keys":[]}`)(w, r)
	})
	s, err := jwks.New(p.URL, jwks.AllowHTTP(), jwks.WithHTTPClient(client))
	require.NoError(t, err)
	require.NoError(t, s.Refresh(t.Context()))
	require.Len(t, jar.Cookies(home), 1)
	require.Nil(t, client.CheckRedirect)
	client.Transport = &stub{answer: fail(errDown)}
	require.NoError(t, s.Refresh(t.Context()), "what becomes of the caller's client does not matter")
}

// TestNoConnectionIsKept: a source that is made for each request, against all advice,
// leaves nothing behind.
func TestNoConnectionIsKept(t *testing.T) {
	for name, start := range map[string]func(*httptest.Server){
		"HTTP/1.1":     (*httptest.Server).Start,
		"HTTP/1.1 TLS": (*httptest.Server).StartTLS,
		"HTTP/2":       func(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t, start)
			set := newSet(t, pair(t, "a").Public())
			p.set(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, strings.HasPrefix(name, "HTTP/2"), r.ProtoMajor == 2)
				jwks.Handler(func() *jwt.KeySet { return set }).ServeHTTP(w, r)
			})
			transport := p.Client().Transport.(*http.Transport).Clone()
			var opened, open atomic.Int64
			transport.DialContext = countConns(&opened, &open)
			for range 20 {
				s, err := jwks.New(p.URL, jwks.AllowHTTP(), jwks.WithHTTPClient(&http.Client{Transport: transport}))
				require.NoError(t, err)
				require.NoError(t, lookup(s, "a"))
			}
			require.EqualValues(t, 20, opened.Load())
			require.Eventually(t, func() bool { return open.Load() == 0 }, 10*time.Second, time.Millisecond)
		})
	}
}

// TestConcurrentUse is for the race detector: tokens, refreshes, rotation and failures at
// once, with a real server.
func TestConcurrentUse(t *testing.T) {
	p := newProvider(t, (*httptest.Server).Start)
	keys := []jwt.VerificationKey{pair(t, "a").Public(), pair(t, "b").Public()}
	first := newSet(t, keys[0])
	var n atomic.Int64
	p.set(func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) % 4 {
		case 0:
			w.WriteHeader(500)
		case 1:
			body("application/json", setText(keys...))(w, r)
		default:
			jwks.Handler(func() *jwt.KeySet { return first }).ServeHTTP(w, r)
		}
	})
	clock := &fakeClock{now: time.Now()}
	s, err := jwks.New(p.URL, jwks.AllowHTTP(), jwks.WithClock(clock.Now))
	require.NoError(t, err)
	require.NoError(t, s.Refresh(t.Context()))
	done := make(chan struct{})
	for g := range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 200 {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*time.Microsecond*100)
				switch (g + i) % 4 {
				case 0:
					_ = s.Refresh(ctx)
				case 1:
					clock.Advance(5 * time.Minute)
				default:
					_, _ = s.Keys(ctx, jwt.Header{KeyID: []string{"a", "b", "c"}[i%3]})
				}
				cancel()
			}
		}()
	}
	for range 8 {
		<-done
	}
	require.Eventually(t, func() bool { return s.Refresh(t.Context()) == nil }, 10*time.Second, time.Millisecond)
	require.NoError(t, lookup(s, "a"))
}
