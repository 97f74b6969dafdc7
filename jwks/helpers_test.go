package jwks_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// testURL is where the sets of fake transports are.
const testURL = "https://issuer.example/jwks"

var (
	errDown = errors.New("connection refused")
	eddsa   = []jwt.Algorithm{jwt.EdDSA}
)

// fakeClock moves when it is told to.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// stub is a transport in the place of a provider. It counts its requests.
type stub struct {
	mu       sync.Mutex
	requests []*http.Request
	answer   func(r *http.Request) (*http.Response, error)
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	answer := s.answer
	s.mu.Unlock()
	return answer(r)
}

// set changes what the provider answers.
func (s *stub) set(answer func(r *http.Request) (*http.Response, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// count returns how many requests have come so far.
func (s *stub) count() int {
	synctest.Wait() // a fetch that nobody waits for may still be on its way
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// last is the last request.
func (s *stub) last() *http.Request {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[len(s.requests)-1]
}

func (s *stub) client() *http.Client { return &http.Client{Transport: s} }

// newSource makes a source whose provider is a stub that publishes keys with these kids.
func newSource(t *testing.T, kids []string, opts ...jwks.Option) (*jwks.Source, *stub, []jwt.VerificationKey) {
	t.Helper()
	var keys []jwt.VerificationKey
	for _, kid := range kids {
		keys = append(keys, pair(t, kid).Public())
	}
	provider := &stub{answer: publish(keys...)}
	s, err := jwks.New(testURL, append(opts, jwks.WithHTTPClient(provider.client()))...)
	require.NoError(t, err)
	return s, provider, keys
}

// publish answers with a set of the keys.
func publish(keys ...jwt.VerificationKey) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return respond(200, setText(keys...)), nil }
}

// fail is the answer of a provider that is down.
func fail(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hang does not answer before the request is given up.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// slow answers late.
func slow(d time.Duration, answer func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		time.Sleep(d)
		return answer(r)
	}
}

// respond makes an answer; the headers are names and values in turn.
func respond(status int, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(headers); i += 2 {
		h.Add(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

// pair makes a key pair with the kid.
func pair(tb testing.TB, kid string) *jwt.PrivateKey {
	tb.Helper()
	var opts []jwt.KeyOption
	if kid != "" {
		opts = append(opts, jwt.WithKeyID(kid))
	}
	key, err := jwt.GeneratePrivateKey(jwt.EdDSA, opts...)
	require.NoError(tb, err)
	return key
}

// sign makes a token with the key.
func sign(tb testing.TB, key *jwt.PrivateKey) string {
	tb.Helper()
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "alice"}, key, jwt.EdDSA)
	require.NoError(tb, err)
	return raw
}

// setText is the JWK Set of the keys.
func setText(keys ...jwt.VerificationKey) string {
	set, err := jwt.NewKeySet(keys...)
	if err != nil {
		panic(err)
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// lookup asks for the key of a kid.
func lookup(s *jwks.Source, kid string) error {
	source, err := s.Keys(context.Background(), jwt.Header{Algorithm: "EdDSA", KeyID: kid})
	if err == nil && source == nil {
		return fmt.Errorf("neither keys nor an error")
	}
	return err
}

// TestMain fails if any goroutine of any test is left over. Fuzzing leaves one of its own,
// which waits for signals.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	if stacks := leftOver(before); stacks != "" && !fuzzing {
		fmt.Println(stacks)
		code = 1
	}
	os.Exit(code)
}

// checkGoroutines makes the test fail if it ends with more goroutines than it began with.
func checkGoroutines(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() { require.Empty(t, leftOver(before)) })
}

// leftOver waits for the goroutines to be as few as before, and otherwise tells which they
// are. Servers and clients close their connections a moment after the last byte.
func leftOver(before int) string {
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			return fmt.Sprintf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
	return ""
}

// newSet is jwt.NewKeySet for keys that make one.
func newSet(tb testing.TB, keys ...jwt.VerificationKey) *jwt.KeySet {
	tb.Helper()
	set, err := jwt.NewKeySet(keys...)
	require.NoError(tb, err)
	return set
}

// countedConn counts itself as long as it is open.
type countedConn struct {
	net.Conn
	closed sync.Once
	open   *atomic.Int64
}

func (c *countedConn) Close() error {
	c.closed.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// countConns is a dialer that counts its connections, and which of them are open.
func countConns(opened, open *atomic.Int64) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		opened.Add(1)
		open.Add(1)
		return &countedConn{Conn: conn, open: open}, nil
	}
}
