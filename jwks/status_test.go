package jwks_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []jwks.Status
		s, provider, keys := newSource(t, []string{"a", "b"}, jwks.WithOnFetch(func(st jwks.Status) { seen = append(seen, st) }))
		require.Equal(t, jwks.Status{URL: testURL}, s.Status(), "nothing yet, and the next token asks at once")

		// A good fetch.
		answer := strings.Replace(setText(keys...), "[", `[{"kty":"AKP","kid":"c"},`, 1)
		provider.set(slow(2*time.Second, func(*http.Request) (*http.Response, error) {
			return respond(200, answer, "Cache-Control", "max-age=1800"), nil
		}))
		began := time.Now().Round(0)
		require.NoError(t, lookup(s, "a"))
		st := s.Status()
		require.Equal(t, []jwks.Status{st}, seen)
		require.Equal(t, 2, st.Keys)
		require.Len(t, st.Skipped, 1)
		require.ErrorIs(t, st.Skipped[0], jwt.ErrInvalidKey)
		require.Equal(t, []time.Time{began, began.Add(30 * time.Minute), began.Add(day)}, []time.Time{st.Fetched, st.FreshUntil, st.StaleAt})
		require.WithinRange(t, st.NextTry, began.Add(18*time.Minute), began.Add(27*time.Minute))
		require.Equal(t, 2*time.Second, st.Duration)
		require.Zero(t, st.Failures)
		require.NoError(t, st.Err)
		st.Skipped[0] = nil
		require.NotNil(t, s.Status().Skipped[0], "it is a copy")

		// Failures, those of Refresh included.
		time.Sleep(time.Hour)
		require.Zero(t, s.Status().NextTry, "the next token asks at once")
		provider.set(fail(errDown))
		require.NoError(t, lookup(s, "a"))
		require.Error(t, s.Refresh(t.Context()))
		st = s.Status()
		require.Len(t, seen, 3)
		require.Equal(t, st, seen[2])
		require.Equal(t, 2, st.Failures)
		require.ErrorIs(t, st.Err, jwt.ErrKeysUnavailable)
		require.ErrorIs(t, st.Err, errDown)
		require.Equal(t, 2, st.Keys)
		require.Equal(t, began, st.Fetched)
		require.WithinRange(t, st.NextTry, time.Now().Add(22*time.Second), time.Now().Add(30*time.Second))

		// A set without a usable key.
		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(200, `{"keys":[{"kty":"AKP"},{"kty":"new"}]}`), nil
		})
		require.Error(t, s.Refresh(t.Context()))
		st = s.Status()
		require.Zero(t, st.Keys)
		require.Len(t, st.Skipped, 2)
		require.Equal(t, 3, st.Failures)
		require.ErrorIs(t, st.Err, jwt.ErrKeysUnavailable)
		require.NotErrorIs(t, st.Err, jwt.ErrInvalidKey)
		for _, reason := range st.Skipped {
			require.ErrorContains(t, st.Err, strings.TrimPrefix(reason.Error(), "jwt: "))
		}
		require.Equal(t, began, st.Fetched, "that was no good fetch")

		// And all is well again.
		provider.set(publish(keys...))
		require.NoError(t, s.Refresh(t.Context()))
		st = s.Status()
		require.Zero(t, st.Failures)
		require.NoError(t, st.Err)
		require.Empty(t, st.Skipped)
		require.True(t, st.Fetched.Equal(time.Now()))
	})
	require.Equal(t, jwks.Status{}, new(jwks.Source).Status())
	require.Equal(t, jwks.Status{}, (*jwks.Source)(nil).Status())
}

func TestStatusOfADiscoveredSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newDiscovery(t, testIssuer, site{openID: metadata(testIssuer, testURL), testURL: setText(pair(t, "a").Public())})
		require.Equal(t, testIssuer, s.Status().URL)
		require.NoError(t, s.Refresh(t.Context()))
		require.Equal(t, testURL, s.Status().URL)
	})
}

// TestOnFetchMayUseTheSource: it is called without locks, before those who wait go on, and
// whatever it does holds up no other fetch.
func TestOnFetchMayUseTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *jwks.Source
		var calls, nested atomic.Int64
		forever := make(chan struct{})
		s, provider, _ := newSource(t, []string{"a"}, jwks.WithOnFetch(func(st jwks.Status) {
			if calls.Add(1) > 1 {
				return
			}
			assert.Equal(t, st, s.Status())
			assert.NoError(t, lookup(s, "a"))
			assert.ErrorIs(t, lookup(s, "unknown"), jwt.ErrKeyNotFound, "also one that causes a fetch")
			nested.Add(1)
			<-forever
		}))
		go func() { _ = lookup(s, "a") }()
		synctest.Wait()
		require.EqualValues(t, 1, nested.Load())
		require.EqualValues(t, 2, calls.Load())
		require.NoError(t, lookup(s, "a"))
		require.NoError(t, s.Refresh(t.Context()))
		require.Equal(t, 3, provider.count())
		close(forever)
	})
}
