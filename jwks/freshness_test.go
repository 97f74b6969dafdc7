package jwks_test

import (
	"net/http"
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
			time.Sleep(c.want*3/4 - 1)
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

// TestNobodyWaitsForARefetchUnderTraffic: after three quarters of the freshness a token
// starts the fetch, and neither it nor the ones that follow wait.
func TestNobodyWaitsForARefetchUnderTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.NoError(t, lookup(s, "a"))
		provider.set(slow(4*time.Second, publish(keys[1])))
		time.Sleep(7*time.Minute + 30*time.Second)
		asked := time.Now()
		for range 100 {
			require.NoError(t, lookup(s, "a"))
		}
		require.Zero(t, time.Since(asked))
		synctest.Wait()
		require.Equal(t, 2, provider.count())
		require.ErrorIs(t, lookup(s, "c"), jwt.ErrKeyNotFound)
		require.Equal(t, 4*time.Second, time.Since(asked), "an unknown kid waits for what comes")
		require.Equal(t, 2, provider.count())
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

		time.Sleep(20 * time.Minute)
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, 2, provider.count(), "a 304 that is silent keeps the lifetime of before")

		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(304, "", "Cache-Control", "max-age=60"), nil
		})
		time.Sleep(10 * time.Minute)
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
					require.ErrorIs(t, err, jwt.ErrKeyNotFound)
					require.NotErrorIs(t, err, jwt.ErrKeysUnavailable)
				}
				require.Equal(t, 2, provider.count())
				provider.set(publish(keys...))
				time.Sleep(30 * time.Second)
				require.NoError(t, lookup(s, ""))
			})
		})
	}
}

// TestClockSetBack: neither freshness nor a pause is prolonged by it.
func TestClockSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
		s, provider, keys := newSource(t, []string{"a", "b"}, jwks.WithClock(clock.Now))
		require.NoError(t, lookup(s, "a"))
		provider.set(publish(keys[1]))
		clock.Advance(-365 * 24 * time.Hour)
		require.NoError(t, lookup(s, "b"))
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		require.Equal(t, 2, provider.count())

		provider.set(fail(errDown))
		clock.Advance(-time.Hour)
		require.NoError(t, lookup(s, "b"), "the set is not lost")
		require.Equal(t, 3, provider.count())
		clock.Advance(-time.Hour)
		require.NoError(t, lookup(s, "b"))
		require.Equal(t, 4, provider.count(), "nor is the next try put off")
	})
}
