package jwks

import (
	"time"

	"example.com/jwt"
)

// span is a time from one moment to before another. A clock that is set back leaves it
// rather than prolonging it.
type span struct{ from, until time.Time }

// state is what a source knows. It is immutable once published, so that lookups need no
// lock.
type state struct {
	set     *jwt.KeySet // nil before the first fetch that succeeded
	kids    map[string]struct{}
	unnamed bool // the set has keys without kid
	skipped int

	quiet   span      // there is no reason to fetch but an unknown kid
	fresh   span      // the set needs no confirmation
	pause   span      // no token causes a fetch
	staleAt time.Time // the set is of no use from here on

	failures int   // fetches that failed since the last that succeeded
	err      error // of the last fetch, as callers get it

	// For the next fetch.
	url, etag string
	lifetime  time.Duration
}

func (s span) holds(t time.Time) bool { return !t.Before(s.from) && t.Before(s.until) }

// take puts a set in the place of the last one.
func (st *state) take(set *jwt.KeySet) {
	st.set, st.skipped = set, len(set.Skipped())
	st.kids, st.unnamed = make(map[string]struct{}), false
	for _, key := range set.Keys() {
		if kid := key.KeyID(); kid != "" {
			st.kids[kid] = struct{}{}
		} else {
			st.unnamed = true
		}
	}
}

// usable reports whether there is a set within the stale limit.
func (st *state) usable(now time.Time) bool { return st.set != nil && now.Before(st.staleAt) }

// serves reports whether a key of the set can have the token's kid, by the rule of
// [jwt.KeySet].
func (st *state) serves(kid string) bool {
	if st.unnamed {
		return true
	}
	if kid == "" {
		return len(st.kids) > 0
	}
	_, ok := st.kids[kid]
	return ok
}

// answer is the end of a lookup.
func (st *state) answer(name, kid string, now time.Time) (jwt.KeySource, error) {
	switch usable := st.usable(now); {
	case usable && st.serves(kid):
		return st.set, nil
	case usable && st.err == nil:
		return nil, &miss{kid, name, len(st.set.Keys()), st.skipped, st.pause.until.Sub(now)}
	case st.err == nil: // the stale limit passed during this lookup
		return nil, unavailable(nil, "the keys of %q are older than the stale limit", name)
	}
	return nil, st.err
}
