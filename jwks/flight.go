package jwks

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	// patience is how long a lookup waits for a newer set than the one that has its key.
	patience = time.Second
	// maxWaiting is how many lookups wait for a key that the set in use lacks.
	maxWaiting = 1000
)

// errAborted is the outcome of a fetch whose transport ended the goroutine.
var errAborted = errors.New("the HTTP client did not return")

// flight is one fetch, which any number of callers wait for.
type flight struct {
	number  int  // in the order of their starts
	refresh bool // no token has caused it
	awaited bool // a token waits for a new key; guarded by the source's mu

	late chan struct{} // closed when it has taken longer than the patience
	done chan struct{} // closed when it has ended,
	err  error         // which is set before
}

// view is what a lookup finds.
type view struct {
	*state
	need    need
	now     time.Time
	nextTry time.Time
	flight  *flight // under way, or nil
	since   int     // the number of the last fetch that began before the lookup
}

// unknown is the since of a lookup that has not looked yet.
const unknown = -1

// look returns what there is for a kid, and starts a fetch if one is due, unless that would be
// of no use to the lookup: it is final, or a fetch has begun since, and ended.
func (s *Source) look(kid string, since int, final bool) view {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Taken under the lock, or a fetch that has begun and ended since would look as if the clock
	// had been set back.
	now := s.now()
	s.plan.see(now)
	if since == unknown {
		since = s.last.number
	}
	v := view{state: s.state.Load(), now: now, flight: s.flight, since: since}
	v.need = v.lacks(kid, now)
	if v.flight == nil && !final && s.last.number == since && v.need != nothing && s.plan.due(v.need) {
		s.plan.take()
		v.flight = s.start(now, false)
	}
	if v.flight != nil && v.need == newKey {
		v.flight.awaited = true
	}
	v.nextTry = s.plan.nextTry()
	return v
}

// start begins a fetch. The caller holds mu.
func (s *Source) start(now time.Time, refresh bool) *flight {
	f := &flight{number: s.last.number + 1, refresh: refresh, late: make(chan struct{}), done: make(chan struct{})}
	s.flight, s.last = f, f
	go s.fly(f, s.state.Load(), now)
	return f
}

// fly runs one fetch. Its context is nobody's: the first caller's would end the fetch for
// the others, and might carry credentials that the provider must not see.
func (s *Source) fly(f *flight, old *state, began time.Time) {
	start := time.Now()
	o := &outcome{err: errAborted, began: began, jitter: rand.Float64()}
	late := time.AfterFunc(patience, func() { close(f.late) })
	defer func() {
		late.Stop()
		o.duration = time.Since(start)
		s.land(f, o)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	o.answer, o.err = s.fetch(ctx, old, o.began)
	if now := s.now(); o.err == nil && age(o.began, now) >= s.staleLimit {
		// The machine has slept, or the clock was set: what came may be too old already.
		o.began = now
		o.answer, o.err = s.fetch(ctx, old, o.began)
	}
}

// land publishes what has come of a fetch, and lets go those who wait for it.
func (s *Source) land(f *flight, o *outcome) {
	defer close(f.done)
	var status Status
	func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		now := s.now()
		s.plan.see(now)
		old := s.state.Load()
		next := old.after(o, s.config, s.name)
		s.state.Store(next)
		s.replan(f, old, next, now)
		s.flight, f.err = nil, next.err
		status = s.status(now)
	}()
	if s.onFetch != nil {
		s.onFetch(status)
	}
}

// replan says what a fetch means for the next ones.
func (s *Source) replan(f *flight, old, next *state, now time.Time) {
	switch {
	case next.err == nil:
		s.plan.succeed()
	case f.refresh:
	case next.lacks("", now) == anyKeys:
		if next.set != nil && next.keys == 0 && (old.set == nil || old.keys > 0) {
			s.plan.restart() // the provider answers
		}
		s.plan.fail(anyKeys, rand.Float64())
	case f.awaited:
		s.plan.fail(newKey, rand.Float64())
	default:
		s.plan.fail(confirmation, rand.Float64())
	}
}

// number is that of the last fetch.
func (s *Source) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last.number
}

// newerThan returns the last fetch if it is under way or has a higher number, and starts one
// otherwise.
func (s *Source) newerThan(number int) *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil && s.last.number <= number {
		return s.start(s.now(), true)
	}
	return s.last
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

// queue is wait for those who need a new key. A fetch that hangs must not collect every forged
// token that comes.
func (s *Source) queue(ctx context.Context, f *flight) error {
	defer s.waiting.Add(-1)
	if s.waiting.Add(1) > maxWaiting {
		return s.crowded
	}
	return s.wait(ctx, f)
}

// waitAWhile waits for a fetch by somebody who has a key already, and reports whether it ended.
func (s *Source) waitAWhile(ctx context.Context, f *flight) bool {
	select {
	case <-f.done:
		return true
	case <-f.late:
	case <-ctx.Done():
	}
	return false
}
