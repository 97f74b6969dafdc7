package jwks_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// faults are the ways in which a provider fails to answer with a set.
func faults(good string) []fault {
	private := strings.Replace(good, `"kty"`, `"d":"AAAA","kty"`, 1)
	list := []fault{
		{name: "refused", connect: refuse, want: "connection refused"},
		{name: "hangs at connect", connect: unreachable, want: "no answer within 5s, while reading the keys"},
		{name: "hangs before the header", handler: hangUp(""), want: "no answer within 5s, while reading the keys"},
		{name: "hangs in the header", secure: wire("HTTP/1.1 200 OK\r\nContent-", true), want: "no answer within 5s"},
		{name: "hangs in the body", handler: hangUp(good[:20]), want: "no answer within 5s"},
		{name: "drips", handler: endless(" ", "identity", 100*time.Millisecond), want: "no answer within 5s"},
		{name: "closes at once", secure: wire("", false), want: "EOF"},
		{name: "speaks no HTTP", secure: wire("SSH-2.0-OpenSSH_10.0\r\n", false), want: "malformed HTTP"},
		{name: "has an endless header", secure: wire("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<17), false), want: "header"},
		{name: "aborts", handler: abort("", ""), want: "EOF"},
		{name: "truncates the body", handler: abort(good, "1000"), want: "reading the answer: unexpected EOF"},
		{name: "truncates the chunks", handler: abort(good, ""), want: "reading the answer: unexpected EOF"},

		{name: "empty", handler: body("application/json", ""), want: "not a JWK Set (application/json, empty)"},
		{name: "null", handler: body("application/json", "null"), want: `(application/json, begins with "null")`},
		{name: "an array", handler: body("application/json", "["+good+"]"), want: "begins with"},
		{name: "no keys", handler: body("application/json", "{}"), want: "not a JWK Set"},
		{name: "null keys", handler: body("application/json", `{"keys":null}`), want: "not a JWK Set"},
		{name: "keys of another type", handler: body("application/json", `{"keys":{}}`), want: "not a JWK Set"},
		{name: "an entry of another type", handler: body("application/json", `{"keys":["a"]}`), want: "not a JWK Set"},
		{name: "too many entries", handler: body("application/json", `{"keys":[`+strings.Repeat("{},", 100)+`{}]}`), want: "not a JWK Set"},
		{name: "half a set", handler: body("application/json", good[:len(good)-1]), want: "not a JWK Set"},
		{name: "two sets", handler: body("application/json", good+good), want: "not a JWK Set"},
		{name: "a duplicate member", handler: body("application/json", `{"keys":[],"keys":[]}`), want: `"keys"`},
		{name: "a duplicate member in a key", handler: body("application/json", `{"keys":[{"kty":"EC","kty":"OKP"}]}`), want: `"kty"`},
		{name: "a secret", handler: body("application/json", `{"keys":[{"kty":"oct","k":"AAAA"}]}`), want: "not a JWK Set"},
		{name: "a private key", handler: body("application/json", private), want: "not a JWK Set"},
		{name: "invalid UTF-8", handler: body("application/json", "{\"keys\":[],\"\xff\":1}"), want: "not a JWK Set"},
		{name: "UTF-16", handler: body("application/json", "\xff\xfe{\x00}\x00"), want: "not a JWK Set"},
		{name: "deep", handler: body("application/json", strings.Repeat(`{"keys":[`, 100_000)), want: "not a JWK Set"},
		{name: "HTML", handler: body("text/html; charset=utf-8", "<!DOCTYPE html>\n<title>Login</title>"),
			want: `(text/html; charset=utf-8, begins with "<!DOCTYPE html": a login or error page?)`},
		{name: "HTML that says JSON", handler: body("application/json", "<p>"), want: `(application/json, begins with "<": a login or error page?)`},
		{name: "text", handler: body("", "no healthy upstream"), want: `(no content type, does not begin with "{")`},
		{name: "one byte too long", handler: body("application/json", good+strings.Repeat(" ", 1<<20+1-len(good))), want: "longer than 1048576 bytes"},
		{name: "endless", handler: endless(strings.Repeat(" ", 1e5), "identity", 0), want: "longer than 1048576 bytes"},

		{name: "not gzip", handler: coded("gzip", good), want: "not gzip as it says"},
		{name: "truncated gzip", handler: coded("gzip", zipped(good)[:60]), want: "unexpected EOF"},
		{name: "gzip of another sum", handler: coded("gzip", zipped(good)[:len(zipped(good))-8]+"\x00\x00\x00\x00\x00\x00\x00\x00"), want: "invalid checksum"},
		{name: "gzip and more", handler: coded("gzip", zipped(good)+good), want: "gzip: invalid header"},
		{name: "gzip twice", handler: coded("gzip", zipped(zipped(good))), want: "not a JWK Set"},
		{name: "gzip bomb", handler: endless(zipped(strings.Repeat(" ", 1e6)), "gzip", 0), want: "longer than 1048576 bytes"},
		{name: "gzip of nothing without end", handler: endless(zipped(""), "gzip", 0), want: "longer than 1048576 bytes"},
		{name: "another coding", handler: coded("br", good), want: `content coding "br", want gzip or none`},
	}
	for _, code := range []int{
		201, 202, 203, 204, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 406, 408, 410, 418, 421, 425, 429, 451,
		500, 501, 502, 503, 504, 511, 599,
	} {
		f := fault{name: fmt.Sprint(code), handler: status(code), want: fmt.Sprintf("the answer has the status %d", code)}
		if code/100 == 3 && code != 304 {
			f.want = `a redirect, here to "https://other.example/", is not followed`
		}
		list = append(list, f)
	}
	return list
}

// world is a source, its provider, and tokens of all kinds.
type world struct {
	t                  *testing.T
	net                *network
	source             *jwks.Source
	verifier           *jwt.Verifier[jwt.MapClaims]
	oldToken, newToken string
	forged             []string
	before, after      http.HandlerFunc // the provider's, before and after its rotation
	offset             atomic.Int64     // of the source's clock
}

const worldURL = "://issuer.example/jwks"

func newWorld(t *testing.T, secure bool) *world {
	w := &world{t: t}
	old, next := pair(t, "old"), pair(t, "new")
	w.oldToken, w.newToken = sign(t, old), sign(t, next)
	w.forged = []string{sign(t, pair(t, "forged")), sign(t, pair(t, "old")), sign(t, pair(t, "new"))}
	w.before, w.after = body("application/json", setText(old.Public())), body("application/json", setText(old.Public(), next.Public()))
	url := "http" + worldURL
	w.net = newNetwork(t, nil)
	if secure {
		url, w.net = "https"+worldURL, newNetwork(t, newCertificate(t))
	}
	w.net.set(fault{handler: w.before})
	var err error
	w.source, err = jwks.New(url, jwks.AllowHTTP(), jwks.WithHTTPClient(w.net.client()), jwks.WithClock(func() time.Time {
		return time.Now().Round(0).Add(time.Duration(w.offset.Load()))
	}))
	require.NoError(t, err)
	w.verifier, err = jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(w.source.Keys), eddsa)
	require.NoError(t, err)
	w.accept(w.oldToken)
	return w
}

func (w *world) accept(token string) {
	w.t.Helper()
	_, err := w.verifier.Verify(token)
	require.NoError(w.t, err)
}

// TestFaults: whatever a provider that has answered well does instead, tokens of the keys of
// its last set verify, at once or after a second, up to the stale limit. Those of new keys are
// not at fault, forged ones never verify, and all is well as soon as the provider is.
func TestFaults(t *testing.T) {
	list := faults(setText(pair(t, "old").Public()))
	secure := []fault{
		{name: "hangs at TLS", secure: wire("", true), want: "no answer within 5s"},
		{name: "speaks no TLS", secure: wire("HTTP/1.1 400 Bad Request\r\n\r\n", false), want: "HTTP response to HTTPS client"},
	}
	require.GreaterOrEqual(t, len(list)+len(secure), 70)
	run := func(f fault, secure bool) {
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { checkFault(t, f, secure) })
		})
	}
	var memory [2]runtime.MemStats
	for i := range memory {
		for _, f := range list {
			run(f, false)
		}
		for _, f := range secure {
			run(f, true)
		}
		runtime.GC()
		runtime.ReadMemStats(&memory[i])
	}
	require.Less(t, memory[1].HeapAlloc, memory[0].HeapAlloc+4<<20, "nothing is left of a second round")
}

func checkFault(t *testing.T, f fault, secure bool) {
	w := newWorld(t, secure)
	w.net.set(f)
	for _, idle := range []time.Duration{time.Second, time.Hour, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, 20 * time.Hour} {
		time.Sleep(idle)
		started := time.Now()
		w.accept(w.oldToken)
		require.LessOrEqual(t, time.Since(started), time.Second)
		for _, token := range append(w.forged, w.newToken) {
			_, err := w.verifier.Verify(token)
			require.Error(t, err)
			if token == w.forged[1] {
				require.ErrorIs(t, err, jwt.ErrInvalidSignature)
				continue
			}
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
			require.NotErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorContains(t, err, f.want)
		}
		w.accept(w.oldToken)
	}
	err := w.source.Refresh(t.Context())
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	require.ErrorContains(t, err, f.want)
	require.Equal(t, 1, strings.Count(err.Error(), worldURL), "the URL is there once")
	require.Less(t, len(err.Error()), 400)

	w.net.set(fault{handler: w.after})
	time.Sleep(30 * time.Second)
	w.accept(w.newToken)
	w.accept(w.oldToken)
	for _, token := range w.forged {
		_, err := w.verifier.Verify(token)
		require.ErrorIs(t, err, jwt.ErrInvalidToken)
	}

	w.net.set(f)
	time.Sleep(24 * time.Hour)
	_, err = w.verifier.Verify(w.oldToken)
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable, "after the stale limit")
	time.Sleep(time.Minute) // for what is under way
}

// TestClockJumps: the clock is set in every phase of a fetch, which is good otherwise, in
// time for a rotation.
func TestClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{time.Hour, day, 365 * day} {
		for _, jump := range []time.Duration{jump, -jump} {
			for _, phase := range []string{"before", "connect", "TLS", "header", "body", "after"} {
				t.Run(fmt.Sprint(jump, " ", phase), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { checkJump(t, jump, phase) })
				})
			}
		}
	}
}

func checkJump(t *testing.T, jump time.Duration, phase string) {
	w := newWorld(t, phase == "TLS")
	jumped := false
	at := func(p string) {
		if phase == p && !jumped {
			jumped = true
			w.offset.Add(int64(jump))
		}
	}
	w.net.set(fault{
		connect: func(context.Context) error { at("connect"); return nil },
		secure:  func(net.Conn) bool { at("TLS"); return false },
		handler: func(rw http.ResponseWriter, r *http.Request) {
			at("header")
			rw.WriteHeader(200)
			_ = http.NewResponseController(rw).Flush()
			at("body")
			w.after(rw, r)
		},
	})
	at("before")
	time.Sleep(time.Hour)
	for range 3 {
		w.accept(w.oldToken)
		w.accept(w.newToken)
		at("after")
		for _, token := range w.forged {
			_, err := w.verifier.Verify(token)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
		}
		time.Sleep(10 * time.Minute)
	}
	require.True(t, jumped)

	// An outage follows: the stale limit counts from the last fetch, or from when the clock was
	// found to have been ahead of it.
	w.net.set(fault{connect: refuse})
	for range 23 {
		w.accept(w.oldToken)
		time.Sleep(time.Hour)
	}
	time.Sleep(2 * time.Hour)
	_, err := w.verifier.Verify(w.oldToken)
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
}

// TestMisbehavingTransports: what a transport of the caller's does to its goroutine ends one
// fetch, and holds nobody up.
func TestMisbehavingTransports(t *testing.T) {
	for want, answer := range map[string]func(*http.Request) (*http.Response, error){
		"the HTTP client panicked: out of cheese": func(*http.Request) (*http.Response, error) { panic("out of cheese") },
		"the HTTP client panicked: runtime error": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: panicking{}}, nil
		},
		"the HTTP client did not return":                     func(*http.Request) (*http.Response, error) { runtime.Goexit(); return nil, nil },
		"the HTTP client gave up: context deadline exceeded": fail(context.DeadlineExceeded),
		"the HTTP client gave up: context canceled":          fail(context.Canceled),
	} {
		synctest.Test(t, func(t *testing.T) {
			s, provider, keys := newSource(t, []string{"a"})
			provider.set(answer)
			err := lookup(s, "a")
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.ErrorContains(t, err, want)
			require.False(t, errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
			provider.set(publish(keys...))
			require.NoError(t, s.Refresh(t.Context()))
			require.NoError(t, lookup(s, "a"))
		})
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { var p *int; return *p, nil }
func (panicking) Close() error             { return nil }
