package jwks_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestUnknownKidFlood: 10,000 unknown kids from 64 goroutines cause five fetches, and one more
// after each cooldown.
func TestUnknownKidFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		flood := func() {
			var wg sync.WaitGroup
			var n, wrong atomic.Int64
			for range 64 {
				wg.Go(func() {
					for n.Add(1) <= 10_000 {
						if err := lookup(s, "forged"); !errors.Is(err, jwt.ErrKeyNotFound) || errors.Is(err, jwt.ErrKeysUnavailable) {
							wrong.Add(1)
						}
					}
				})
			}
			wg.Wait()
			require.Zero(t, wrong.Load())
		}
		flood()
		require.Equal(t, 5, provider.count())
		for i := range 3 {
			time.Sleep(30*time.Second - 1)
			flood()
			require.Equal(t, 5+i, provider.count())
			time.Sleep(time.Nanosecond)
			flood()
			require.Equal(t, 6+i, provider.count())
		}
		require.NoError(t, lookup(s, "a"))
	})
}

// TestNoFloodCausesMoreFetches than 3,600 s / cooldown + 5 in any hour, whatever the provider
// answers: here two replicas of which each lacks the other's key, sets without keys, errors, and
// answers that come late.
func TestNoFloodCausesMoreFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b", "c"})
		answers := []func(*http.Request) (*http.Response, error){
			publish(keys[0]), publish(keys[1]), publish(), slow(3*time.Second, publish(keys[0])), fail(errDown), publish(keys[1]), hang, publish(keys...),
		}
		var starts []time.Time
		provider.set(func(r *http.Request) (*http.Response, error) {
			starts = append(starts, time.Now())
			return answers[len(starts)*len(starts)%len(answers)](r)
		})
		for until := time.Now().Add(3 * time.Hour); time.Now().Before(until); time.Sleep(500 * time.Millisecond) {
			for _, kid := range []string{"a", "b", "c", "forged"} {
				_ = lookup(s, kid)
			}
		}
		most := 0
		for i, j := 0, 0; j < len(starts); j++ {
			for starts[j].Sub(starts[i]) >= time.Hour {
				i++
			}
			most = max(most, j-i+1)
		}
		require.LessOrEqual(t, most, fetchBound)
		require.GreaterOrEqual(t, most, fetchBound-5, "it is a flood")
		time.Sleep(5 * time.Second)
	})
}

func TestUnknownKidFloodWhileTheProviderIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(fail(errDown))
		time.Sleep(30 * time.Second)
		for range 10_000 {
			err := lookup(s, "forged")
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.ErrorIs(t, err, errDown)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken, "it may well be a new key")
		}
		require.Equal(t, 6, provider.count(), "failures use up tries, too")
		require.NoError(t, lookup(s, "a"))
	})
}

// TestCallersThatWait for a kid that the set lacks are 1,000 at most, while others are served.
func TestCallersThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		provider.set(hang)
		started := time.Now()
		var wg sync.WaitGroup
		var waited, refused atomic.Int64
		for range 3000 {
			wg.Go(func() {
				err := lookup(s, "new")
				assert.ErrorIs(t, err, jwt.ErrKeysUnavailable)
				if time.Since(started) == 0 {
					assert.ErrorContains(t, err, "1000 callers wait already")
					refused.Add(1)
				} else {
					waited.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1000, waited.Load())
		require.EqualValues(t, 2000, refused.Load())
		require.Equal(t, 2, provider.count())
		require.NoError(t, lookup(s, "a"))
		provider.set(publish(pair(t, "new").Public()))
		require.NoError(t, lookup(s, "new"), "the places are free again")
	})
}

// TestFirstRequests all wait: 10,000 are one fetch and 10,000 answers.
func TestFirstRequests(t *testing.T) {
	for _, kid := range []string{"a", "unknown"} {
		synctest.Test(t, func(t *testing.T) {
			s, provider, keys := newSource(t, []string{"a"})
			provider.set(slow(time.Second, publish(keys...)))
			var wg sync.WaitGroup
			for range 10_000 {
				wg.Go(func() {
					if err := lookup(s, kid); kid == "a" {
						assert.NoError(t, err)
					} else {
						assert.ErrorIs(t, err, jwt.ErrKeyNotFound)
					}
				})
			}
			wg.Wait()
			require.Equal(t, 1, provider.count())
		})
	}
}

// TestRotationDuringAFetch: a token whose key was published after the provider had written the
// answer that is on its way is not refused: the source asks again.
func TestRotationDuringAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		provider.set(publish(keys[0]))
		require.NoError(t, lookup(s, "a"))
		provider.set(func(r *http.Request) (*http.Response, error) {
			answer, err := publish(keys[0])(r)
			time.Sleep(time.Second)
			return answer, err
		})
		var wg sync.WaitGroup
		wg.Go(func() { assert.ErrorIs(t, lookup(s, "forged"), jwt.ErrKeyNotFound) })
		synctest.Wait()
		provider.set(publish(keys...))
		for range 100 {
			wg.Go(func() { assert.NoError(t, lookup(s, "b")) })
			wg.Go(func() {
				assert.ErrorIs(t, lookup(s, "forged"), jwt.ErrKeyNotFound, "it asks once more, and no oftener")
			})
		}
		wg.Wait()
		require.Equal(t, 3, provider.count())
	})
}
