package jwks

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

var (
	errDown = errors.New("connection refused")
	eddsa   = []jwt.Algorithm{jwt.EdDSA}
)

// newStub makes a source whose provider is a stub that publishes keys with these kids.
func newStub(t *testing.T, kids []string, opts ...Option) (*Source, *stub, []jwt.VerificationKey) {
	t.Helper()
	var keys []jwt.VerificationKey
	for _, kid := range kids {
		keys = append(keys, pair(t, kid).Public())
	}
	provider := &stub{answer: publish(keys...)}
	s, err := New(testURL, append(opts, WithHTTPClient(provider.client()))...)
	require.NoError(t, err)
	return s, provider, keys
}

func TestLazy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newStub(t, []string{"a", "b"})
		require.Zero(t, provider.count())
		require.NoError(t, lookup(s, "a"))
		require.NoError(t, lookup(s, "b"))
		require.NoError(t, lookup(s, ""))
		require.Equal(t, 1, provider.count())
	})
}

func TestServiceStartsWhileTheProviderIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newStub(t, []string{"a"})
		provider.set(fail(errDown))
		err := lookup(s, "a")
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		require.ErrorIs(t, err, errDown)
		require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		require.Equal(t, 1, provider.count())
		require.ErrorIs(t, lookup(s, "a"), errDown, "within the backoff")
		require.Equal(t, 1, provider.count())
		provider.set(publish(keys...))
		time.Sleep(1500 * time.Millisecond)
		require.NoError(t, lookup(s, "a"))
	})
}

// TestUnknownKidFlood: 10,000 unknown kids from 64 goroutines cause one fetch, with and
// without a set to begin with, and one more after the cooldown.
func TestUnknownKidFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newStub(t, []string{"a"})
		flood := func() {
			var wg sync.WaitGroup
			var n atomic.Int64
			for range 64 {
				wg.Go(func() {
					for n.Add(1) <= 10_000 {
						err := lookup(s, "forged")
						require.ErrorIs(t, err, jwt.ErrKeyNotFound)
						require.NotErrorIs(t, err, jwt.ErrKeysUnavailable)
					}
				})
			}
			wg.Wait()
		}
		flood()
		require.Equal(t, 1, provider.count())
		time.Sleep(30 * time.Second)
		flood()
		require.Equal(t, 2, provider.count())
		require.NoError(t, lookup(s, "a"))
	})
}

func TestCallerLeavesAndTheFetchGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newStub(t, []string{"a"})
		provider.set(func(r *http.Request) (*http.Response, error) {
			time.Sleep(3 * time.Second)
			return publish(keys...)(r)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := s.Keys(ctx, jwt.Header{KeyID: "a"})
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, time.Second, time.Since(started))
		})
		wg.Go(func() {
			require.NoError(t, lookup(s, "a"))
			require.Equal(t, 3*time.Second, time.Since(started))
		})
		wg.Wait()
		require.Equal(t, 1, provider.count())
	})
}

func TestVerify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, "a"), pair(t, "b")
		s, provider, _ := newStub(t, nil)
		v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(s.Keys), eddsa)
		require.NoError(t, err)
		provider.set(publish(a.Public()))
		tokenA, err := jwt.Sign(jwt.MapClaims{}, a, jwt.EdDSA)
		require.NoError(t, err)
		tokenB, err := jwt.Sign(jwt.MapClaims{}, b, jwt.EdDSA)
		require.NoError(t, err)

		_, err = v.Verify(tokenA)
		require.NoError(t, err)
		_, err = v.Verify(tokenB)
		require.ErrorIs(t, err, jwt.ErrKeyNotFound)
		require.ErrorIs(t, err, jwt.ErrInvalidToken)

		provider.set(publish(b.Public()))
		time.Sleep(30 * time.Second)
		_, err = v.Verify(tokenB)
		require.NoError(t, err, "the unknown kid makes the source ask again")
		_, err = v.Verify(tokenA)
		require.ErrorIs(t, err, jwt.ErrKeyNotFound, "the removed key is gone with it")
	})
}
