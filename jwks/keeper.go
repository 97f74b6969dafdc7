package jwks

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
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
	awaited bool // a token waits for a new key; guarded by the keeper's mu

	late chan struct{} // closed when it has taken longer than the patience
	done chan struct{} // closed when it has ended,
	err  error         // which is set before
}

// keeper keeps the state of a source: it decides when to fetch, fetches, and says who waits.
type keeper struct {
	fetcher
	name       string // the URL or issuer that the caller gave, for messages
	cooldown   time.Duration
	staleLimit time.Duration
	now        func() time.Time
	onFetch    func(Status) // or nil
	crowded    error        // for a caller too many

	state   atomic.Pointer[state] // what lookups read; written under mu
	waiting atomic.Int64          // lookups that wait for a key that the set in use lacks

	mu     sync.Mutex // guards the rest
	plan   schedule
	flight *flight // the fetch under way, or nil
	last   *flight // the one that was started last; of number 0 if none was
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
func (k *keeper) look(kid string, since int, final bool) view {
	k.mu.Lock()
	defer k.mu.Unlock()
	// Taken under the lock, or a fetch that has begun and ended since would look as if the clock
	// had been set back.
	now := k.now()
	k.plan.see(now)
	if since == unknown {
		since = k.last.number
	}
	v := view{state: k.state.Load(), now: now, flight: k.flight, since: since}
	v.need = v.lacks(kid, now)
	if v.flight == nil && !final && k.last.number == since && v.need != nothing && k.plan.due(v.need) {
		k.plan.take()
		v.flight = k.start(now, false)
	}
	if v.flight != nil && v.need == newKey {
		v.flight.awaited = true
	}
	v.nextTry = k.plan.nextTry()
	return v
}

// start begins a fetch. The caller holds mu.
func (k *keeper) start(now time.Time, refresh bool) *flight {
	f := &flight{number: k.last.number + 1, refresh: refresh, late: make(chan struct{}), done: make(chan struct{})}
	k.flight, k.last = f, f
	go k.fly(f, k.state.Load(), now)
	return f
}

// fly runs one fetch. Its context is nobody's: the first caller's would end the fetch for
// the others, and might carry credentials that the provider must not see.
func (k *keeper) fly(f *flight, old *state, began time.Time) {
	start := time.Now()
	o := &outcome{err: errAborted, began: began, stale: k.staleLimit}
	late := time.AfterFunc(patience, func() { close(f.late) })
	defer func() {
		late.Stop()
		o.duration = time.Since(start)
		// At least a cooldown, since tries come back no faster.
		o.quiet = max(quietPart(o.lifetime, rand.Float64()), k.cooldown)
		k.land(f, o)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), k.timeout)
	defer cancel()
	o.answer, o.err = k.fetch(ctx, old, o.began)
	if now := k.now(); o.err == nil && age(o.began, now) >= k.staleLimit {
		// The machine has slept, or the clock was set: what came may be too old already.
		o.began = now
		o.answer, o.err = k.fetch(ctx, old, o.began)
	}
}

// land publishes what has come of a fetch, and lets go those who wait for it.
func (k *keeper) land(f *flight, o *outcome) {
	defer close(f.done)
	var status Status
	func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.plan.see(k.now())
		old := k.state.Load()
		next := old.after(o, k.name)
		k.state.Store(next)
		k.replan(f, old, next)
		k.flight, f.err = nil, next.err
		status = newStatus(k.name, next, &k.plan)
	}()
	if k.onFetch != nil {
		k.onFetch(status)
	}
}

// replan says what a fetch means for the next ones.
func (k *keeper) replan(f *flight, old, next *state) {
	switch {
	case next.err == nil:
		k.plan.succeed()
	case f.refresh:
	case next.lacks("", k.plan.seen) == anyKeys:
		if next.set != nil && next.keys == 0 && (old.set == nil || old.keys > 0) {
			k.plan.restart() // the provider answers
		}
		k.plan.fail(anyKeys, rand.Float64())
	case f.awaited:
		k.plan.fail(newKey, rand.Float64())
	default:
		k.plan.fail(confirmation, rand.Float64())
	}
}

// number is that of the last fetch.
func (k *keeper) number() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last.number
}

// newerThan returns the last fetch if it is under way or has a higher number, and starts one
// otherwise.
func (k *keeper) newerThan(number int) *flight {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.flight == nil && k.last.number <= number {
		return k.start(k.now(), true)
	}
	return k.last
}

// wait waits for a fetch, which goes on without the caller if ctx ends first.
func (k *keeper) wait(ctx context.Context, f *flight) error {
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err(), "gave up waiting for the keys of %q", k.name)
	}
}

// queue is wait for those who need a new key. A fetch that hangs must not collect every forged
// token that comes.
func (k *keeper) queue(ctx context.Context, f *flight) error {
	defer k.waiting.Add(-1)
	if k.waiting.Add(1) > maxWaiting {
		return k.crowded
	}
	return k.wait(ctx, f)
}

// waitAWhile waits for a fetch by somebody who has a key already, and reports whether it ended.
func (k *keeper) waitAWhile(ctx context.Context, f *flight) bool {
	select {
	case <-f.done:
		return true
	case <-f.late:
	case <-ctx.Done():
	}
	return false
}

func (k *keeper) status() Status {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.plan.see(k.now())
	return newStatus(k.name, k.state.Load(), &k.plan)
}
