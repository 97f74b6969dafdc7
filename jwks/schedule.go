package jwks

import "time"

const (
	// maxTries is how many fetches tokens may cause in a row. One try comes back each cooldown.
	maxTries = 5
	// coldRetry is the first pause of a source that has no keys, so that a service and its
	// provider can start together.
	coldRetry = time.Second
	// maxPause is the longest pause after failures, unless the cooldown is longer.
	maxPause = 5 * time.Minute
)

// schedule decides when tokens may cause a fetch. It only computes: the caller passes the time,
// and holds a lock.
//
// Each fetch that a token causes uses up a try, whatever comes of it. As a try takes a cooldown
// to come back, no hour has more than 3,600 s / cooldown + maxTries fetches. That is the whole
// protection of the provider from a flood of kids. The pauses after failures come on top of it,
// for tokens that a fetch is not likely to help.
type schedule struct {
	cooldown time.Duration
	maxPause time.Duration

	tries  int
	filled time.Time // when the last try came back, or the bucket was last full
	failed int       // fetches in a row that failed while nobody waited for a new key
	pause  time.Time // the end of the pause after the last failure
	seen   time.Time // the last time that was passed
}

// newSchedule returns one whose pauses are never longer than the longest, so that a source sees
// a new key in time after an outage.
func newSchedule(cooldown, longest time.Duration) schedule {
	return schedule{cooldown: cooldown, maxPause: min(max(cooldown, maxPause), longest), tries: maxTries}
}

// see takes note of the time. A clock that was set back neither ends a pause nor gives a try
// back, and what is still to be waited for takes a cooldown at most from then.
func (p *schedule) see(now time.Time) {
	if now.Before(p.seen) {
		p.filled = now
		if p.pause.After(p.seen) {
			p.pause = earlier(p.pause, now.Add(p.cooldown))
		} else {
			p.pause = time.Time{}
		}
	}
	p.seen = now
	if back := now.Sub(p.filled) / p.cooldown; p.tries+int(min(back, maxTries)) >= maxTries {
		p.tries, p.filled = maxTries, now
	} else {
		p.tries, p.filled = p.tries+int(back), p.filled.Add(back*p.cooldown)
	}
}

// due reports whether a token may cause a fetch at the time that was seen last. While a kid that
// the set lacks is asked for, the tries alone limit that: it may be a new key, which may be
// there from one moment to the next.
func (p *schedule) due(n need) bool {
	return p.tries > 0 && (n == newKey || !p.seen.Before(p.pause))
}

// take uses up a try, for a fetch that a token causes.
func (p *schedule) take() {
	p.tries--
}

// succeed ends the pauses.
func (p *schedule) succeed() {
	p.failed, p.pause = 0, time.Time{}
}

// fail begins a pause at the time that was seen last. It is twice as long as the one before,
// unless somebody waits for a new key. Jitter, from 0 to 1, is how much it is shortened, so that
// the sources of many services do not ask in step. It is little without keys: the pauses of 1,
// 2, 4, 8 and 16 seconds must not be over before the sixth try is there, after 30.
func (p *schedule) fail(n need, jitter float64) {
	if n == newKey {
		p.failed = 0
	}
	p.failed++
	d, most, shorter := p.cooldown, p.maxPause, time.Duration(4)
	if n == anyKeys {
		d, most, shorter = min(p.cooldown, coldRetry), p.cooldown, 32
	}
	for i := 1; i < p.failed && d < most; i++ {
		if d > most/2 {
			d = most
		} else {
			d *= 2
		}
	}
	p.pause = p.seen.Add(d - time.Duration(jitter*float64(d/shorter)))
}

// restart makes the next pause a short one: the last answer is no sign of an outage.
func (p *schedule) restart() {
	p.failed = 0
}

// nextTry returns when a token next finds a try, and nextFetch when one that needs no new key
// may use it.
func (p *schedule) nextTry() time.Time {
	if p.tries > 0 {
		return p.seen
	}
	return p.filled.Add(p.cooldown)
}

func (p *schedule) nextFetch() time.Time {
	return later(p.pause, p.nextTry())
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
