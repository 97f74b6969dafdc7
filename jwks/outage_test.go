package jwks_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
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

// TestRetriesWithoutASet begin after a second, double up to the cooldown, and have jitter.
func TestRetriesWithoutASet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(fail(errDown))
		jitter := checkPauses(t, s, provider, []time.Duration{
			time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second,
		})
		require.Greater(t, jitter, 0.02)
	})
}

// TestRetriesWithASet begin with the cooldown and double up to five minutes.
func TestRetriesWithASet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Hour)
		provider.set(fail(errDown))
		jitter := checkPauses(t, s, provider, []time.Duration{
			30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute,
		})
		require.Greater(t, jitter, 0.02)
		require.NoError(t, lookup(s, "a"))
	})
}

// TestRetriesBeginAnew after a fetch that has succeeded.
func TestRetriesBeginAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		for range 3 {
			require.NoError(t, s.Refresh(t.Context()))
			time.Sleep(time.Hour)
			provider.set(fail(errDown))
			checkPauses(t, s, provider, []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute})
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
		for time.Since(failed) < time.Second {
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

// checkPauses looks at each pause between retries: there is no fetch before its least
// length, and one after half as much again. It gives the longest jitter as a part of the
// pause.
func checkPauses(t *testing.T, s *jwks.Source, provider *stub, pauses []time.Duration) float64 {
	ask := func() int {
		_ = lookup(s, "x")
		synctest.Wait()
		return provider.count()
	}
	n, longest := ask(), 0.0
	for _, pause := range pauses {
		failed := time.Now()
		time.Sleep(pause - time.Nanosecond)
		require.Equal(t, n, ask(), "before %s", pause)
		for time.Sleep(time.Nanosecond); ask() == n; time.Sleep(pause / 100) {
		}
		n++
		length := time.Since(failed)
		require.LessOrEqual(t, length, pause+pause/2+pause/50)
		longest = max(longest, float64(length-pause)/float64(pause))
	}
	return longest
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

// TestAProviderThatHangsHoldsUpFewTokens: the first finds it out; while it is known, the
// retries go on behind.
func TestAProviderThatHangsHoldsUpFewTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.NoError(t, lookup(s, "a"))
		provider.set(hang)
		time.Sleep(time.Hour)
		started := time.Now()
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, 5*time.Second, time.Since(started))
		for range 3600 {
			started := time.Now()
			require.NoError(t, lookup(s, "a"))
			require.Zero(t, time.Since(started))
			time.Sleep(time.Second)
		}
		require.Greater(t, provider.count(), 10)

		// After some hours without a token nothing is known any more.
		provider.set(publish(keys[1]))
		time.Sleep(2 * time.Hour)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
	})
}
