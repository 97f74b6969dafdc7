package jwks_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServiceStartsWhileTheProviderIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		provider.set(fail(errDown))
		err := lookup(s, "a")
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		require.ErrorIs(t, err, errDown)
		require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		require.Equal(t, 1, provider.count())
		require.ErrorIs(t, lookup(s, "a"), errDown, "within the pause")
		require.Equal(t, 1, provider.count())
		provider.set(publish(keys...))
		time.Sleep(1500 * time.Millisecond)
		require.NoError(t, lookup(s, "a"))
	})
}

// TestRetriesWithoutASet: they begin after a second, double up to the cooldown, and have jitter.
func TestRetriesWithoutASet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(fail(errDown))
		jitter := checkPauses(t, s, provider, "a", []time.Duration{
			time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
		})
		require.Greater(t, jitter, 0.002)
	})
}

// TestRetriesWithASet: while no token has a new kid, they begin with the cooldown and double up
// to five minutes.
func TestRetriesWithASet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Hour)
		provider.set(fail(errDown))
		jitter := checkPauses(t, s, provider, "a", []time.Duration{
			30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		})
		require.Greater(t, jitter, 0.02)
		require.NoError(t, lookup(s, "a"))
	})
}

// TestRetriesBeginAnew after a good fetch.
func TestRetriesBeginAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		for range 3 {
			require.NoError(t, s.Refresh(t.Context()))
			time.Sleep(time.Hour)
			provider.set(fail(errDown))
			checkPauses(t, s, provider, "a", []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute})
			provider.set(publish(keys...))
		}
	})
}

// TestPauseBeginsWhenTheFetchHasFailed: one that has used up its time is not followed by
// the next at once.
func TestPauseBeginsWhenTheFetchHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(hang)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
		failed := time.Now()
		for time.Since(failed) < 700*time.Millisecond {
			require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
			require.Equal(t, 1, provider.count())
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// TestStaleSetIsWaitedFor: once it is of no use, a token waits for each try, also while the
// provider is known to be down.
func TestStaleSetIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"}, jwks.WithStaleLimit(time.Hour))
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		for range 62 {
			time.Sleep(time.Minute)
			_ = lookup(s, "a")
		}
		synctest.Wait()
		provider.set(slow(time.Second, publish(keys...)))
		for n := provider.count(); provider.count() == n; time.Sleep(time.Second) {
			err := lookup(s, "a")
			synctest.Wait()
			if provider.count() == n {
				require.ErrorIs(t, err, errDown)
			} else {
				require.NoError(t, err)
			}
		}
	})
}

// TestRetriesStayWithinTheFreshness, so that a source sees a new key in time after an outage.
func TestRetriesStayWithinTheFreshness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"}, jwks.WithMaxFreshness(2*time.Minute))
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		for range 8 {
			time.Sleep(2 * time.Minute)
			before := provider.count()
			require.NoError(t, lookup(s, "a"))
			synctest.Wait()
			require.Equal(t, before+1, provider.count())
		}
	})
}

// checkPauses looks at each pause between retries: one comes after at least three quarters of
// its length, and at most the whole. It returns the greatest jitter as a part of the pause.
func checkPauses(t *testing.T, s *jwks.Source, provider *stub, kid string, pauses []time.Duration) float64 {
	t.Helper()
	ask := func() int {
		_ = lookup(s, kid)
		synctest.Wait()
		return provider.count()
	}
	n, greatest := ask(), 0.0
	for _, pause := range pauses {
		failed := time.Now()
		time.Sleep(pause*3/4 - 1)
		require.Equal(t, n, ask(), "before %s", pause)
		next := s.Status().NextTry
		for time.Sleep(time.Nanosecond); ask() == n; time.Sleep(pause / 100) {
		}
		n++
		length := time.Since(failed)
		require.LessOrEqual(t, length, pause+pause/100+1)
		require.WithinDuration(t, next, time.Now(), pause/100+1)
		greatest = max(greatest, float64(pause-length)/float64(pause))
	}
	return greatest
}

func TestStaleLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"}, jwks.WithStaleLimit(3*time.Hour))
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		time.Sleep(3*time.Hour - 1)
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Nanosecond)
		err := lookup(s, "a")
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		require.ErrorIs(t, err, errDown)
		provider.set(publish(keys...))
		time.Sleep(time.Hour)
		require.NoError(t, lookup(s, "a"))
	})
}

func TestDefaultStaleLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		time.Sleep(24*time.Hour - 1)
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Nanosecond)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
	})
}

// TestStaleLimitPassesDuringAFetch: the set that was good when the token came is not
// given out any more.
func TestStaleLimitPassesDuringAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(hang)
		time.Sleep(24*time.Hour - time.Second)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
	})
}

// TestMachineSleepsDuringAFetch: what comes is older than the stale limit.
func TestMachineSleepsDuringAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
		s, provider, keys := newSource(t, []string{"a"}, jwks.WithClock(clock.Now))
		provider.set(func(r *http.Request) (*http.Response, error) {
			clock.Advance(25 * time.Hour)
			return publish(keys...)(r)
		})
		err := lookup(s, "a")
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		require.ErrorContains(t, err, "older than the stale limit")
		provider.set(publish(keys...))
		require.NoError(t, lookup(s, "a"))
	})
}

// TestAHangingProviderIsOneThatIsDown: a token whose key is there waits a second for the first
// fetch that hangs, at most, and not at all once it has failed.
func TestAHangingProviderIsOneThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.NoError(t, lookup(s, "a"))
		provider.set(hang)
		time.Sleep(time.Hour)
		started := time.Now()
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 20 * time.Millisecond)
				assert.NoError(t, lookup(s, "a"))
				assert.LessOrEqual(t, time.Since(started), max(time.Second, time.Duration(i)*20*time.Millisecond))
			})
		}
		wg.Wait()
		require.Equal(t, 2, provider.count())
		time.Sleep(5 * time.Second)
		for range 3600 {
			started := time.Now()
			require.NoError(t, lookup(s, "a"))
			require.Zero(t, time.Since(started))
			time.Sleep(time.Second)
		}
		require.Greater(t, provider.count(), 10)

		provider.set(publish(keys[1]))
		time.Sleep(2 * time.Hour)
		require.NoError(t, lookup(s, "a"), "the last fetch has failed, so nobody waits for this one")
		synctest.Wait()
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
	})
}

// TestContextsEndWhileTheProviderHangs: those who have deadlines shorter than the source's, or
// have given up already, get the set that is there.
func TestContextsEndWhileTheProviderHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(hang)
		time.Sleep(time.Hour)
		for i := range 15 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*50*time.Millisecond)
			started := time.Now()
			_, err := s.Keys(ctx, jwt.Header{KeyID: "a"})
			require.NoError(t, err)
			require.LessOrEqual(t, time.Since(started), time.Duration(i)*50*time.Millisecond)
			_, err = s.Keys(ctx, jwt.Header{KeyID: "b"})
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			if i < 10 { // later the fetch has come to its own end
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			cancel()
		}
	})
}

// TestBackAfterAnOutage with a new key: while its tokens come, a source tries again each
// cooldown, so they are refused for no longer once the provider is back.
func TestBackAfterAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		for range 3 * 3600 {
			time.Sleep(time.Second)
			require.NoError(t, lookup(s, "a"))
		}
		synctest.Wait()
		n := provider.count()
		require.Less(t, n, 60, "nobody waits")
		for range 1800 {
			require.ErrorIs(t, lookup(s, "new"), jwt.ErrKeysUnavailable)
			time.Sleep(time.Second)
		}
		require.InDelta(t, 5+60, provider.count()-n, 1, "somebody waits")
		require.LessOrEqual(t, time.Until(s.Status().NextTry), 30*time.Second, "and for the others the pauses begin anew")
		provider.set(publish(pair(t, "new").Public()))
		time.Sleep(30 * time.Second)
		require.NoError(t, lookup(s, "new"))
	})
}

// TestFailedRefreshesCostTokensNothing: neither a try nor a longer pause.
func TestFailedRefreshesCostTokensNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		provider.set(fail(errDown))
		refresh := func() {
			for range 20 {
				require.ErrorIs(t, s.Refresh(t.Context()), errDown)
			}
		}
		refresh()
		require.Zero(t, s.Status().NextTry)
		require.Equal(t, 20, s.Status().Failures)
		require.ErrorIs(t, lookup(s, "a"), errDown)
		require.Equal(t, 21, provider.count(), "the first token asks at once")
		next := s.Status().NextTry
		require.WithinDuration(t, time.Now(), next, time.Second)
		refresh()
		require.Equal(t, next, s.Status().NextTry)
		provider.set(publish(keys...))
		time.Sleep(time.Second)
		require.NoError(t, lookup(s, "a"))

		provider.set(fail(errDown))
		refresh()
		n := provider.count()
		for range 5 {
			require.ErrorIs(t, lookup(s, "b"), errDown)
		}
		require.Equal(t, n+3, provider.count(), "of five tries the two before are gone, and no others")
	})
}

// TestNoSecondFetchBesideOneUnderWay: neither for a token nor by Refresh.
func TestNoSecondFetchBesideOneUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var under, most atomic.Int64
		s, provider, keys := newSource(t, []string{"a"})
		provider.set(func(r *http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			return slow(time.Second, publish(keys...))(r)
		})
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				if i%3 == 0 {
					assert.NoError(t, s.Refresh(t.Context()))
				} else {
					_ = lookup(s, "a"+strconv.Itoa(i%2))
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, most.Load())
	})
}
