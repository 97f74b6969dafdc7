package jwks

import (
	"slices"
	"time"
)

// Status describes what a [Source] has, for metrics and logs. Times are those of the source's
// clock, without monotonic readings, and zero before the first good fetch.
type Status struct {
	// URL is where the set was found; before the first answer it is what New or Discover was
	// given.
	URL string
	// Keys is how many keys of the set can be used.
	Keys int
	// Skipped has one error for each key that cannot be used, as from [jwt.KeySet.Skipped].
	Skipped []error
	// Fetched is when the last good fetch began. From then, the set is fresh up to FreshUntil,
	// and used up to StaleAt. A set without a usable key is not a good fetch.
	Fetched, FreshUntil, StaleAt time.Time
	// NextTry is when a token next causes a fetch; zero means at once. A token with a kid that
	// the set lacks may cause one earlier.
	NextTry time.Time
	// Duration is how long the last fetch took in real time, metadata included.
	Duration time.Duration
	// Failures counts the fetches that failed since the last good one, those of Refresh
	// included, and Err is the last one's error, which matches [jwt.ErrKeysUnavailable].
	Failures int
	Err      error
}

// newStatus describes a state and the plan for the next fetches, as of the time that the plan has
// seen.
func newStatus(name string, st *state, plan *schedule) Status {
	status := Status{
		URL:      name,
		Keys:     st.keys,
		Skipped:  slices.Clone(st.skipped),
		Duration: st.duration,
		Failures: st.failures,
		Err:      st.err,
	}
	if st.url != "" {
		status.URL = st.url
	}
	next := plan.nextFetch()
	if !st.fetched.IsZero() {
		status.Fetched = st.fetched.Round(0)
		status.FreshUntil = st.fetched.Add(st.fresh).Round(0)
		status.StaleAt = st.fetched.Add(st.stale).Round(0)
		if st.lacks("", plan.seen) == nothing {
			next = later(next, st.fetched.Add(st.quiet))
		}
	}
	if next.After(plan.seen) {
		status.NextTry = next.Round(0)
	}
	return status
}
