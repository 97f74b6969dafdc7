package jwks

import (
	"time"

	"example.com/jwt"
)

// need is what a lookup lacks, and so the reason why it would cause a fetch.
type need int

const (
	nothing      need = iota // the set has its kid, and is not to be asked for yet
	confirmation             // the set has its kid, but it is time to ask again
	newKey                   // the set in use lacks its kid
	anyKeys                  // no set is in use
)

// answer is what a good fetch has brought.
type answer struct {
	set       *jwt.KeySet // nil: not modified
	url, etag string
	lifetime  time.Duration
}

// outcome is what has come of a fetch.
type outcome struct {
	answer
	err      error
	began    time.Time     // by the source's clock
	duration time.Duration // in real time

	quiet, stale time.Duration // of the set, if the fetch was good
}

// state is what a source has. It is immutable once published, so that lookups need no lock.
type state struct {
	set     *jwt.KeySet // nil before the first answer that parsed
	kids    map[string]struct{}
	unnamed bool // the set has keys without kid
	keys    int  // of the set; a set without any is not used
	skipped []error

	url, etag string        // where the set is from
	lifetime  time.Duration // of its answer, for a 304 that says nothing about it

	fetched time.Time     // when the last good fetch began
	quiet   time.Duration // how long after it nobody asks again,
	fresh   time.Duration // how long the set needs no confirmation,
	stale   time.Duration // and when it is used no more

	failures int           // fetches that failed since the last good one
	err      error         // of the last fetch, as callers get it
	duration time.Duration // of the last fetch
}

// age returns the time since t. The monotonic clock stands still while a machine sleeps, and the
// wall clock can be set back, so the one that went further counts. It is negative if there is
// only a wall clock, and that was set back.
func age(t, now time.Time) time.Duration {
	return max(now.Sub(t), now.Round(0).Sub(t.Round(0)))
}

// lacks returns what a token with the kid needs.
func (st *state) lacks(kid string, now time.Time) need {
	switch age := age(st.fetched, now); {
	case st.keys == 0 || age >= st.stale:
		return anyKeys
	case !st.has(kid):
		return newKey
	case 0 <= age && age < st.quiet:
		return nothing
	}
	return confirmation
}

// isFresh reports whether the set is used without waiting for a confirmation.
func (st *state) isFresh(now time.Time) bool {
	age := age(st.fetched, now)
	return 0 <= age && age < st.fresh
}

// has reports whether a key of the set can have the token's kid, by the rule of [jwt.KeySet].
func (st *state) has(kid string) bool {
	if st.unnamed || kid == "" {
		return true
	}
	_, ok := st.kids[kid]
	return ok
}

// answer ends a lookup. A kid that the set lacks may be a new key if the last fetch failed.
func (st *state) answer(name, kid string, now, nextTry time.Time) (jwt.KeySource, error) {
	switch lacks := st.lacks(kid, now); {
	case lacks == nothing || lacks == confirmation:
		return st.set, nil
	case st.err != nil:
		return nil, st.err
	case lacks == newKey:
		return nil, &miss{kid, name, st.keys, st.skipped, nextTry.Sub(now)}
	}
	return nil, unavailable(nil, "the keys of %q are older than the stale limit", name)
}

// after returns the state that follows a fetch.
func (st *state) after(o *outcome, name string) *state {
	next := *st
	next.duration = o.duration
	if o.set != nil {
		next.take(o.set)
	}
	switch {
	case o.err != nil:
		next.fail(unavailable(o.err, "fetching the keys of %q failed", name))
		if o.began.Before(next.fetched) {
			// The clock was ahead. The age of the set is not known; from now on it is counted.
			next.fetched, next.quiet, next.fresh = o.began, 0, 0
		}
		return &next
	case next.keys == 0:
		next.fail(unavailable(nil, "no key of %q can be used: %s", name, reasons(next.skipped)))
	default:
		next.failures, next.err = 0, nil
		// From the start, since the answer may have been on its way since then.
		next.fetched, next.quiet, next.fresh, next.stale = o.began, o.quiet, o.lifetime, o.stale
	}
	next.url, next.etag, next.lifetime = o.url, o.etag, o.lifetime
	return &next
}

func (st *state) fail(err error) {
	st.failures++
	st.err = err
}

// take puts a set in the place of the last one, also if none of its keys can be used: the issuer
// has withdrawn the others.
func (st *state) take(set *jwt.KeySet) {
	keys := set.Keys()
	st.set, st.keys, st.skipped = set, len(keys), set.Skipped()
	st.kids, st.unnamed = make(map[string]struct{}), false
	for _, key := range keys {
		if kid := key.KeyID(); kid != "" {
			st.kids[kid] = struct{}{}
		} else {
			st.unnamed = true
		}
	}
}
