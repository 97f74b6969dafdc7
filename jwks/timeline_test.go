package jwks_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// extent is the least and the greatest of some figures.
type extent struct {
	least, most time.Duration
	seen        bool
}

func (e *extent) add(d time.Duration) {
	if !e.seen {
		*e = extent{d, d, true}
	}
	e.least, e.most = min(e.least, d), max(e.most, d)
}

// TestOutageMinuteByMinute is where the table of docs/operating.md is from: 40 services with a
// token each 15 seconds, a provider that says nothing about freshness and hangs from just after
// a fetch for 25 hours, and then 40 that also have tokens of a new key.
func TestOutageMinuteByMinute(t *testing.T) {
	marks := []time.Duration{10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}
	fetches := make([]extent, len(marks)) // as numbers
	var first, longest, back, newBack extent
	var waited time.Duration
	for range 40 {
		synctest.Test(t, func(t *testing.T) {
			s, provider, keys := newSource(t, []string{"a"})
			require.NoError(t, lookup(s, "a"))
			provider.set(hang)
			start, last, mark, n := time.Now(), time.Time{}, 0, 1
			for ; time.Since(start) < 25*time.Hour; time.Sleep(15 * time.Second) {
				for mark < len(marks) && time.Since(start) >= marks[mark] {
					fetches[mark].add(time.Duration(provider.count() - 1))
					mark++
				}
				asked := time.Now()
				err := lookup(s, "a")
				if asked.Sub(start) >= staleLimit {
					require.Error(t, err)
					continue
				}
				require.NoError(t, err)
				waited = max(waited, time.Since(asked))
				synctest.Wait()
				if provider.count() > n {
					n = provider.count()
					if last.IsZero() {
						first.add(asked.Sub(start))
					} else if asked.Sub(start) < staleLimit-5*time.Minute {
						longest.add(asked.Sub(last))
					}
					last = asked
				}
			}
			provider.set(publish(keys...))
			back.add(recovery(s, "a"))
			time.Sleep(5 * time.Second)
		})
		synctest.Test(t, func(t *testing.T) {
			s, provider, _ := newSource(t, []string{"a"})
			require.NoError(t, lookup(s, "a"))
			provider.set(fail(errDown))
			for range 4 * 60 {
				require.NoError(t, lookup(s, "a"))
				require.Error(t, lookup(s, "new"))
				time.Sleep(15 * time.Second)
			}
			provider.set(publish(pair(t, "new").Public()))
			newBack.add(recovery(s, "new"))
		})
	}
	var row strings.Builder
	for i, mark := range marks {
		fmt.Fprintf(&row, "; after %s %d to %d fetches", mark, fetches[i].least, fetches[i].most)
	}
	t.Logf("first fetch after %s to %s%s; pauses of %s to %s; waited %s; back after %s at most, with a new key after %s at most",
		first.least, first.most, row.String(), longest.least, longest.most, waited, back.most, newBack.most)

	require.Zero(t, waited, "a service in constant use never waits")
	require.GreaterOrEqual(t, first.least, 6*time.Minute)
	require.LessOrEqual(t, first.most, 9*time.Minute+15*time.Second)
	require.LessOrEqual(t, longest.most, 5*time.Minute+20*time.Second)
	require.LessOrEqual(t, back.most, 30*time.Second)
	require.LessOrEqual(t, newBack.most, 30*time.Second)
}

// recovery is how long a source refuses a kid that is there.
func recovery(s *jwks.Source, kid string) time.Duration {
	for start := time.Now(); ; time.Sleep(time.Second) {
		if lookup(s, kid) == nil {
			return time.Since(start)
		}
	}
}
