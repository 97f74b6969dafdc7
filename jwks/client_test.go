package jwks_test

import (
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

// checkServer fetches a set, breaks the provider, and looks what tokens get: those of the
// old keys verify, for others the service is at fault.
func checkServer(t *testing.T, p *provider, key *jwt.PrivateKey, want string, fault func(), opts ...jwks.Option) error {
	t.Helper()
	clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
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
	checkServer(t, p, key, "connection refused", p.Close)
}

// TestRedirectsAreNotFollowed: neither to another host nor to plain http, where the
// request alone would give something away, and the answer would be trusted.
func TestRedirectsAreNotFollowed(t *testing.T) {
	key := pair(t, "a")
	other := newProvider(t, (*httptest.Server).Start)
	other.set(body("application/json", setText(pair(t, "new").Public())))
	for _, code := range []int{301, 302, 303, 307, 308} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			p := newProvider(t, (*httptest.Server).StartTLS)
			p.set(body("application/json", setText(key.Public())))
			want := fmt.Sprintf("status %d %s, want 200: a redirect, here to %q, is not followed", code, http.StatusText(code), other.URL)
			checkServer(t, p, key, want, func() { p.set(http.RedirectHandler(other.URL, code).ServeHTTP) }, jwks.WithHTTPClient(p.Client()))
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
	err := checkServer(t, p, key, "certificate signed by unknown authority", func() {
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

// TestMediaTypes: half of the world's static hosts send another one, so none is looked at.
func TestMediaTypes(t *testing.T) {
	p := newProvider(t, (*httptest.Server).Start)
	set := setText(pair(t, "a").Public())
	for _, contentType := range []string{
		"", "application/jwk-set+json", "application/json;charset=utf-8", "text/plain", "text/html", "application/octet-stream",
		"binary/octet-stream", "application/jwk+json", "no/such;;type",
	} {
		p.set(body(contentType, set))
		s, err := jwks.New(p.URL, jwks.AllowHTTP())
		require.NoError(t, err)
		require.NoError(t, lookup(s, "a"), contentType)

		p.set(func(w http.ResponseWriter, r *http.Request) {
			text := set
			if strings.Contains(r.URL.Path, "well-known") {
				text = metadata(p.URL, p.URL+"/jwks")
			}
			body(contentType, text)(w, r)
		})
		s, err = jwks.Discover(p.URL, jwks.AllowHTTP())
		require.NoError(t, err)
		require.NoError(t, lookup(s, "a"), contentType)
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
	set := setText(pair(t, "a").Public())
	p.set(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "tracking", Value: "1"})
		if len(r.Cookies()) > 0 || r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		body("application/json", set)(w, r)
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
