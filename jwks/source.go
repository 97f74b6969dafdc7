package jwks

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

const (
	// coldRetry is the first delay of a source that has no set yet, so that a service and
	// its provider can start together.
	coldRetry = time.Second
	// maxBackoff is the longest delay between retries, without jitter.
	maxBackoff = 5 * time.Minute
)

// errAborted is the outcome of a fetch whose transport ended the goroutine.
var errAborted = errors.New("the HTTP client did not return")

// Source is the key set of one issuer, fetched over HTTP when a token needs it. Make one
// for each issuer with [New] or [Discover] and keep it; it is safe for concurrent use, has
// nothing to close, and never mixes its keys with those of another. A zero Source refuses
// everything with [jwt.ErrInvalidOption].
type Source struct {
	*config
	http   *http.Client
	name   string   // the URL or issuer that the caller gave, for messages
	url    string   // of the set; "" if it must be discovered
	issuer string   // "" if there is nothing to discover
	known  []string // the well-known URLs of the issuer

	// state is what lookups read. Only the goroutine of a fetch writes it.
	state atomic.Pointer[state]

	mu     sync.Mutex             // held to start and to end a fetch
	flight atomic.Pointer[flight] // the fetch under way, if any; written under mu
	last   *flight                // the one that was started last; of number 0 if none was
}

// flight is one fetch, which any number of callers wait for.
type flight struct {
	number int // in the order of their starts
	done   chan struct{}
	err    error // set before done is closed
}

// New makes a source of the JWK Set at a URL (RFC 7517, Section 5). Nothing is fetched
// before a token needs it, or [Source.Refresh]. A URL that is not https, unless
// [AllowHTTP] is given, or that has a user name or a fragment, is [jwt.ErrInvalidOption],
// as is a mistake in the options.
func New(url string, opts ...Option) (*Source, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if _, err := c.parseURL(url); err != nil {
		return nil, invalid("the URL of a JWK Set: %s", err)
	}
	return newSource(c, &Source{name: url, url: url}), nil
}

// Discover makes a source of the JWK Set that an issuer's metadata names: OpenID Connect
// Discovery 1.0, Section 4, and where the issuer answers that with a client error (4xx),
// RFC 8414, Section 3. Lazy like [New]. The document's issuer must be exactly the one
// given, and its jwks_uri is held to the same rules as New's URL. Each fetch asks for both.
// An issuer with a query is [jwt.ErrInvalidOption], too.
func Discover(issuer string, opts ...Option) (*Source, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	u, err := c.parseURL(issuer)
	switch {
	case err != nil:
		return nil, invalid("the issuer: %s", err)
	case u.RawQuery != "" || u.ForceQuery:
		return nil, invalid("the issuer: %s has a query", excerpt.Quote(issuer))
	}
	return newSource(c, &Source{name: issuer, issuer: issuer, known: wellKnown(u)}), nil
}

func newSource(c *config, s *Source) *Source {
	s.config, s.http, s.last = c, c.httpClient(), new(flight)
	s.state.Store(new(state))
	return s
}

// Keys gives the [*jwt.KeySet] to verify a token with: use it as jwt.KeyFunc(s.Keys). It
// waits for a fetch if there is no set, if the set's freshness is over, or if no key of it
// can have the token's kid. A kid that the provider does not have is [jwt.ErrKeyNotFound];
// no usable set, an unknown kid while fetches fail, and a context that ends while waiting
// are [jwt.ErrKeysUnavailable], with the cause wrapped.
func (s *Source) Keys(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
	if s == nil || s.config == nil {
		return nil, invalid("the Source was not made by New or Discover")
	}
	st, now := s.state.Load(), s.time()
	if st.quiet.holds(now) && st.serves(h.KeyID) {
		return st.set, nil
	}
	f := s.join(h.KeyID, now)
	st = s.state.Load()
	if f != nil && s.mustWait(st, h.KeyID, now) {
		if err := s.wait(ctx, f); err != nil {
			return nil, err
		}
		st, now = s.state.Load(), s.time()
	}
	return st.answer(s.name, h.KeyID, now)
}

// Refresh fetches now, whatever the freshness and the cooldown: at start, to fail early,
// or when the provider is known to have changed its keys. The fetch begins after the call;
// concurrent calls share one. An error is [jwt.ErrKeysUnavailable] with the cause wrapped,
// and the last set stays in use as after any other fetch that failed.
func (s *Source) Refresh(ctx context.Context) error {
	if s == nil || s.config == nil {
		return invalid("the Source was not made by New or Discover")
	}
	began := s.started()
	for {
		f := s.newerThan(began)
		if err := s.wait(ctx, f); err != nil {
			return err
		}
		if f.number > began { // an earlier one may have been answered before the call
			return f.err
		}
	}
}

// started is the number of fetches so far.
func (s *Source) started() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.number
}

// newerThan gives the last fetch if it is under way or has a higher number, and starts
// one otherwise.
func (s *Source) newerThan(number int) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight.Load() == nil && s.last.number <= number {
		return s.start(s.time())
	}
	return s.last
}

// join gives the fetch under way, or starts one if it is due, or gives nil.
func (s *Source) join(kid string, now time.Time) *flight {
	if f := s.flight.Load(); f != nil || s.state.Load().pause.holds(now) {
		return f
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now = s.time() // before a fetch that has begun and ended since, the clock would look set back
	st := s.state.Load()
	f := s.flight.Load()
	if f != nil || st.pause.holds(now) || st.quiet.holds(now) && st.serves(kid) {
		return f
	}
	return s.start(now)
}

// mustWait reports whether a lookup needs the outcome of the fetch under way. It does not
// while the set is fresh. It does not either while the provider is known to be down, since
// one that hangs would then hold up every token for the whole timeout.
func (s *Source) mustWait(st *state, kid string, now time.Time) bool {
	if !st.usable(now) || !st.serves(kid) {
		return true
	}
	down := span{st.pause.from, st.pause.until.Add(s.cooldown)}
	return !st.fresh.holds(now) && !(st.err != nil && down.holds(now))
}

// wait waits for a fetch, which goes on without the caller if ctx ends first.
func (s *Source) wait(ctx context.Context, f *flight) error {
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err(), "gave up waiting for the keys of %q", s.name)
	}
}

// start begins a fetch. The caller holds mu.
func (s *Source) start(now time.Time) *flight {
	f := &flight{number: s.last.number + 1, done: make(chan struct{})}
	s.last = f
	s.flight.Store(f)
	go s.fly(f, s.state.Load(), now)
	return f
}

// fly runs one fetch. Its context is nobody's: the first caller's would end the fetch for
// the others, and might carry credentials that the provider must not see.
func (s *Source) fly(f *flight, old *state, started time.Time) {
	var a *answer
	err := errAborted
	defer func() {
		next := s.after(old, a, err, started, s.time())
		s.mu.Lock()
		s.state.Store(next)
		s.flight.Store(nil)
		s.mu.Unlock()
		f.err = next.err
		close(f.done)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	a, err = s.fetch(ctx, old, started)
}

// after gives the state that follows a fetch.
func (s *Source) after(old *state, a *answer, err error, started, ended time.Time) *state {
	next := *old
	if err != nil {
		next.failures++
		next.pause = span{ended, ended.Add(s.backoff(next.failures, old.usable(ended)))}
		next.err = unavailable(err, "fetching the keys of %q failed", s.name)
		return &next
	}
	if a.set != nil {
		next.take(a.set)
	}
	next.failures, next.err = 0, nil
	next.url, next.etag = a.url, a.etag
	next.lifetime = a.lifetime
	// From the start of the fetch, since the answer may have been on its way since then.
	next.fresh = span{started, started.Add(a.lifetime)}
	next.quiet = span{started, started.Add(a.lifetime / 4 * 3)}
	next.pause = span{started, started.Add(s.cooldown)}
	next.staleAt = started.Add(s.staleLimit)
	return &next
}

// backoff is the pause after so many failures in a row. With a set in use it never is
// shorter than the cooldown; without one the first ones are short, and none is long.
func (s *Source) backoff(failures int, usable bool) time.Duration {
	d, most := s.cooldown, max(s.cooldown, maxBackoff)
	if !usable {
		d, most = min(s.cooldown, coldRetry), s.cooldown
	}
	for ; failures > 1 && d < most; failures-- {
		d *= 2
	}
	d = min(d, most)
	return min(d+rand.N(d/2), s.maxFreshness)
}
