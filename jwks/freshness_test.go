package jwks_test

import (
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRemovedKeyIsTrustedForTheFreshness: to the nanosecond, with no traffic in between.
func TestRemovedKeyIsTrustedForTheFreshness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			headers []string
			opts    []jwks.Option
			want    time.Duration
		}{
			{nil, nil, 10 * time.Minute},
			{nil, []jwks.Option{jwks.WithMaxFreshness(5 * time.Minute)}, 5 * time.Minute},
			{[]string{"Cache-Control", "max-age=1200"}, nil, 20 * time.Minute},
			{[]string{"Cache-Control", "max-age=1200", "Age", "300"}, nil, 15 * time.Minute},
			{[]string{"Cache-Control", "max-age=86400"}, nil, time.Hour},
			{[]string{"Cache-Control", "max-age=86400"}, []jwks.Option{jwks.WithMaxFreshness(2 * time.Hour)}, 2 * time.Hour},
			{[]string{"Cache-Control", "max-age=1"}, nil, time.Minute},
			{[]string{"Cache-Control", "no-store"}, nil, time.Minute},
			{[]string{"Cache-Control", "max-age=1"}, []jwks.Option{jwks.WithCooldown(90 * time.Second)}, 90 * time.Second},
			{[]string{"Expires", "Tue, 24 Nov 2026 12:30:00 GMT", "Date", "Tue, 24 Nov 2026 12:00:00 GMT"}, nil, 30 * time.Minute},
		} {
			s, provider, keys := newSource(t, []string{"a", "b"}, c.opts...)
			provider.set(func(*http.Request) (*http.Response, error) {
				return respond(200, setText(keys...), c.headers...), nil
			})
			require.NoError(t, lookup(s, "a"))
			provider.set(publish(keys[1]))
			time.Sleep(c.want*6/10 - 1)
			require.NoError(t, lookup(s, "a"))
			require.Equal(t, 1, provider.count())

			idle, idleProvider, _ := newSource(t, nil, c.opts...)
			idleProvider.set(func(*http.Request) (*http.Response, error) {
				return respond(200, setText(keys...), c.headers...), nil
			})
			require.NoError(t, lookup(idle, "a"))
			idleProvider.set(publish(keys[1]))
			time.Sleep(c.want)
			require.ErrorIs(t, lookup(idle, "a"), jwt.ErrKeyNotFound, "%v", c)
			require.NoError(t, lookup(idle, "b"))
			require.Equal(t, 2, idleProvider.count())
		}
	})
}

// TestNobodyWaitsForARefetchUnderTraffic: after 60 to 90 % of the freshness a token starts the
// fetch, and neither it nor the ones that follow wait.
func TestNobodyWaitsForARefetchUnderTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.NoError(t, lookup(s, "a"))
		provider.set(slow(4*time.Second, publish(keys[1])))
		time.Sleep(9 * time.Minute)
		asked := time.Now()
		for range 100 {
			require.NoError(t, lookup(s, "a"))
		}
		require.Zero(t, time.Since(asked))
		synctest.Wait()
		require.Equal(t, 2, provider.count())
		require.ErrorIs(t, lookup(s, "c"), jwt.ErrKeyNotFound)
		require.Equal(t, 8*time.Second, time.Since(asked), "an unknown kid waits for what comes, and asks then itself")
		require.Equal(t, 3, provider.count())
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
	})
}

// TestFreshnessBeginsWithTheRequest: what arrives may have been written then.
func TestFreshnessBeginsWithTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		provider.set(slow(4*time.Second, publish(keys...)))
		require.NoError(t, lookup(s, "a"))
		provider.set(publish(keys[1]))
		time.Sleep(10*time.Minute - 4*time.Second)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
	})
}

func TestExpiredSetIsFetchedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Hour)
		provider.set(slow(time.Second, publish(keys...)))
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { assert.NoError(t, lookup(s, "a")) })
		}
		wg.Wait()
		require.Equal(t, 2, provider.count())
	})
}

func TestRevalidation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(200, setText(keys[0]), "ETag", `W/"1"`, "Cache-Control", "max-age=1800"), nil
		})
		require.NoError(t, lookup(s, "a"))
		require.Empty(t, provider.last().Header.Get("If-None-Match"))

		provider.set(func(*http.Request) (*http.Response, error) { return respond(304, ""), nil })
		time.Sleep(30 * time.Minute)
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, `W/"1"`, provider.last().Header.Get("If-None-Match"))
		require.Equal(t, 2, provider.count())

		time.Sleep(17 * time.Minute)
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, 2, provider.count(), "a 304 that is silent keeps the lifetime of before")

		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(304, "", "Cache-Control", "max-age=60"), nil
		})
		time.Sleep(13 * time.Minute)
		require.NoError(t, lookup(s, "a"))
		time.Sleep(time.Minute)
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, 4, provider.count(), "one that speaks changes it")

		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(200, setText(keys[1]), "ETag", `"`+string(make([]byte, 300))+`"`), nil
		})
		time.Sleep(time.Hour)
		require.NoError(t, lookup(s, "b"))
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		require.NoError(t, s.Refresh(t.Context()))
		require.Empty(t, provider.last().Header.Get("If-None-Match"), "nobody has to carry a long ETag")

		provider.set(func(*http.Request) (*http.Response, error) { return respond(304, ""), nil })
		require.ErrorContains(t, s.Refresh(t.Context()), "status 304 Not Modified, want 200", "nothing was asked that 304 could answer")
	})
}

// TestNewSetReplacesTheOld, also if nothing is in it: an emergency revocation must work.
func TestNewSetReplacesTheOld(t *testing.T) {
	for name, body := range map[string]string{
		"empty":         `{"keys":[]}`,
		"unusable":      `{"keys":[{"kty":"AKP","kid":"a"},{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`,
		"other members": `{"keys":[],"revoked":["a"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, provider, keys := newSource(t, []string{"a"})
				require.NoError(t, lookup(s, "a"))
				provider.set(func(*http.Request) (*http.Response, error) { return respond(200, body), nil })
				time.Sleep(10 * time.Minute)
				for _, kid := range []string{"a", ""} {
					err := lookup(s, kid)
					require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
					require.NotErrorIs(t, err, jwt.ErrInvalidToken, "all tokens have lost their keys")
					require.ErrorContains(t, err, "no key of "+strconv.Quote(testURL)+" can be used: ")
				}
				require.Equal(t, 2, provider.count())
				require.WithinRange(t, s.Status().NextTry, time.Now().Add(750*time.Millisecond), time.Now().Add(time.Second))
				require.ErrorIs(t, s.Refresh(t.Context()), jwt.ErrKeysUnavailable)
				time.Sleep(time.Second)
				jitter := checkPauses(t, s, provider, "a", []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second})
				require.Less(t, jitter, 0.26)

				provider.set(publish(keys...))
				time.Sleep(30 * time.Second)
				require.NoError(t, lookup(s, ""))
				require.NoError(t, s.Status().Err)
			})
		})
	}
}

// TestAnUnusableSetAfterFailures begins the pauses anew: the provider answers.
func TestAnUnusableSetAfterFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(fail(errDown))
		for range 60 {
			require.ErrorIs(t, lookup(s, "a"), errDown)
			time.Sleep(time.Second)
		}
		provider.set(publish())
		time.Sleep(5 * time.Minute) // all tries are back
		for _, pause := range []time.Duration{time.Second, 2 * time.Second} {
			require.ErrorContains(t, lookup(s, "a"), "the set is empty")
			next := time.Until(s.Status().NextTry)
			require.InDelta(t, pause, next, float64(pause)/20)
			time.Sleep(next)
		}
	})
}

// TestAnUnusableSetIsNotModified: what a 304 confirms is still of no use.
func TestAnUnusableSetIsNotModified(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(func(r *http.Request) (*http.Response, error) {
			if r.Header.Get("If-None-Match") == `"1"` {
				return respond(304, ""), nil
			}
			return respond(200, `{"keys":[{"kty":"AKP"}]}`, "ETag", `"1"`), nil
		})
		for range 3 {
			require.ErrorContains(t, s.Refresh(t.Context()), "can be used: ")
		}
		require.Equal(t, `"1"`, provider.last().Header.Get("If-None-Match"))
		require.Equal(t, 3, s.Status().Failures)
	})
}

// TestSuccessfulFetchesSpread over 60 to 90 % of the freshness.
func TestSuccessfulFetchesSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		least, most := time.Hour, time.Duration(0)
		for range 200 {
			s, _, _ := newSource(t, []string{"a"})
			require.NoError(t, lookup(s, "a"))
			after := time.Until(s.Status().NextTry)
			least, most = min(least, after), max(most, after)
		}
		require.InDelta(t, 6*time.Minute, least, float64(15*time.Second))
		require.InDelta(t, 9*time.Minute, most, float64(15*time.Second))
		require.GreaterOrEqual(t, least, 6*time.Minute)
		require.LessOrEqual(t, most, 9*time.Minute)
	})
}

// TestClockSetBack: it prolongs no freshness, ends no pause, gives no try back, and is noticed
// within a cooldown.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
		s, provider, keys := newSource(t, []string{"a", "b"}, jwks.WithClock(clock.Now))
		require.NoError(t, lookup(s, "a"))
		provider.set(publish(keys[1]))
		clock.Advance(-365 * day)
		require.NoError(t, lookup(s, "b"), "no freshness is left")
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		for range 10 {
			clock.Advance(-365 * day)
			_ = lookup(s, "a")
		}
		require.Equal(t, 5, provider.count(), "no try came back")
		clock.Advance(30 * time.Second)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		require.Equal(t, 6, provider.count(), "nor was it put off")

		provider.set(fail(errDown))
		clock.Advance(2 * time.Hour)
		require.NoError(t, lookup(s, "b"))
		require.Equal(t, 7, provider.count())
		for range 10 {
			clock.Advance(-time.Hour)
			require.NoError(t, lookup(s, "b"))
		}
		require.Equal(t, 7, provider.count(), "a pause is not ended")
		clock.Advance(30 * time.Second)
		require.NoError(t, lookup(s, "b"))
		synctest.Wait()
		require.Equal(t, 8, provider.count(), "nor put off by more than a cooldown")
	})
}

// TestAClockThatWasAhead of a set, once: its stale limit counts from when that is noticed.
func TestAClockThatWasAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
		s, provider, _ := newSource(t, []string{"a"}, jwks.WithClock(clock.Now))
		clock.Advance(365 * day)
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		clock.Advance(-365 * day)
		for range 24 {
			require.NoError(t, lookup(s, "a"))
			clock.Advance(time.Hour)
			synctest.Wait()
		}
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
	})
}
