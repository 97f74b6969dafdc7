package jwks_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
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

// The tests in a synctest bubble run on virtual time, from which all durations are exact.
// A bubble fails if a goroutine in it is left over.

func TestNothingIsFetchedBeforeATokenNeedsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a", "b"})
		require.Zero(t, provider.count())
		require.NoError(t, lookup(s, "a"))
		require.NoError(t, lookup(s, "b"))
		require.NoError(t, lookup(s, ""))
		require.Equal(t, 1, provider.count())
	})
}

func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, []string{"a"})
		require.NoError(t, lookup(s, "a"))
		r := provider.last()
		require.Equal(t, "GET "+testURL, r.Method+" "+r.URL.String())
		require.Equal(t, http.Header{
			"Accept":          {"application/jwk-set+json, application/json"},
			"Accept-Encoding": {"gzip"},
			"User-Agent":      {"example.com/jwt/jwks"},
		}, r.Header)
		require.True(t, r.Close)
	})
}

func TestVerifyThroughARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, "a"), pair(t, "b")
		s, provider, _ := newSource(t, nil)
		provider.set(publish(a.Public()))
		v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(s.Keys), eddsa)
		require.NoError(t, err)

		_, err = v.Verify(sign(t, a))
		require.NoError(t, err)
		_, err = v.Verify(sign(t, b))
		require.ErrorIs(t, err, jwt.ErrKeyNotFound)
		require.ErrorIs(t, err, jwt.ErrInvalidToken)

		provider.set(publish(b.Public()))
		_, err = v.Verify(sign(t, b))
		require.NoError(t, err, "the unknown kid makes the source ask again, also right after a fetch")
		_, err = v.Verify(sign(t, a))
		require.ErrorIs(t, err, jwt.ErrKeyNotFound, "the removed key is gone with it")
	})
}

// TestSourcesDoNotShareKeys: two issuers may use the same kid.
func TestSourcesDoNotShareKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := pair(t, "1"), pair(t, "1")
		sourceA, providerA, _ := newSource(t, nil)
		sourceB, providerB, _ := newSource(t, nil)
		providerA.set(publish(a.Public()))
		providerB.set(publish(b.Public()))
		for range 2 { // the second time with warm sources
			_, err := jwt.Verify[jwt.MapClaims](sign(t, a), jwt.KeyFunc(sourceA.Keys), eddsa)
			require.NoError(t, err)
			_, err = jwt.Verify[jwt.MapClaims](sign(t, a), jwt.KeyFunc(sourceB.Keys), eddsa)
			require.ErrorIs(t, err, jwt.ErrInvalidSignature)
			_, err = jwt.Verify[jwt.MapClaims](sign(t, b), jwt.KeyFunc(sourceA.Keys), eddsa)
			require.ErrorIs(t, err, jwt.ErrInvalidSignature)
		}
	})
}

func TestAWaiterLeavesAndTheFetchGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a"})
		provider.set(slow(3*time.Second, publish(keys...)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		started := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := s.Keys(ctx, jwt.Header{KeyID: "a"})
			assert.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, time.Second, time.Since(started))
		})
		wg.Go(func() {
			assert.NoError(t, lookup(s, "a"))
			assert.Equal(t, 3*time.Second, time.Since(started))
		})
		wg.Wait()
		require.Equal(t, 1, provider.count())
	})
}

// TestAllWaitersLeave: nobody waits any more, and what was fetched serves the next token.
func TestAllWaitersLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type contextKey struct{}
		s, provider, keys := newSource(t, []string{"a"})
		provider.set(slow(3*time.Second, publish(keys...)))
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, "credentials"))
		cancel()
		_, err := s.Keys(ctx, jwt.Header{KeyID: "a"})
		require.ErrorIs(t, err, context.Canceled)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, 1, provider.count())
		require.Nil(t, provider.last().Context().Value(contextKey{}), "the fetch is nobody's")
	})
}

// TestLateCaller: one that has looked at the clock before a fetch began, and goes on after
// it has ended, does not cause another.
func TestLateCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var late atomic.Bool
		goOn := make(chan struct{})
		s, provider, _ := newSource(t, []string{"a"}, jwks.WithClock(func() time.Time {
			now := time.Now()
			if late.CompareAndSwap(true, false) {
				<-goOn
			}
			return now
		}))
		var wg sync.WaitGroup
		late.Store(true)
		wg.Go(func() { assert.NoError(t, lookup(s, "a")) })
		synctest.Wait()
		time.Sleep(time.Millisecond)
		require.NoError(t, lookup(s, "a"))
		close(goOn)
		wg.Wait()
		require.Equal(t, 1, provider.count())
	})
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for want, opts := range map[time.Duration][]jwks.Option{
			5 * time.Second:        nil,
			300 * time.Millisecond: {jwks.WithTimeout(300 * time.Millisecond)},
		} {
			s, provider, _ := newSource(t, nil, opts...)
			provider.set(hang)
			started := time.Now()
			err := lookup(s, "a")
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.NotErrorIs(t, err, context.DeadlineExceeded, "that is a caller's")
			require.ErrorContains(t, err, "no answer within "+want.String()+", while reading the keys")
			require.Equal(t, want, time.Since(started))
		}
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.NoError(t, s.Refresh(t.Context()))
		require.NoError(t, s.Refresh(t.Context()), "it does not mind the cooldown")
		require.Equal(t, 2, provider.count())

		provider.set(fail(errDown))
		err := s.Refresh(t.Context())
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		require.ErrorIs(t, err, errDown)
		require.NoError(t, lookup(s, "a"), "the last set is still there")

		provider.set(publish(keys[1]))
		require.NoError(t, s.Refresh(t.Context()), "it does not mind the backoff")
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		require.NoError(t, lookup(s, "b"))
		require.Equal(t, 5, provider.count(), "the unknown kid asks, too")
	})
}

// TestRefreshBeginsAfterTheCall: what a fetch under way brings may be from before it.
func TestRefreshBeginsAfterTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		old := func(r *http.Request) (*http.Response, error) { // written before it arrives
			answer, err := publish(keys[0])(r)
			time.Sleep(time.Second)
			return answer, err
		}
		provider.set(old)
		var wg sync.WaitGroup
		wg.Go(func() { assert.NoError(t, lookup(s, "")) })
		synctest.Wait()
		provider.set(publish(keys[1]))
		for range 64 {
			wg.Go(func() { assert.NoError(t, s.Refresh(t.Context())) })
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.ErrorIs(t, s.Refresh(ctx), context.DeadlineExceeded)
		wg.Wait()
		require.NoError(t, lookup(s, "b"))
		require.Equal(t, 2, provider.count(), "they share one, also those that come to it late")

		provider.set(hang)
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		require.ErrorIs(t, s.Refresh(ctx), context.DeadlineExceeded)
		time.Sleep(5 * time.Second) // for the fetch that nobody waits for
	})
}

// TestKeysWithoutKid: the rule which key can have which kid is that of jwt.KeySet, so such
// a key serves any token, and no kid makes the source ask.
func TestKeysWithoutKid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := pair(t, "")
		s, provider, _ := newSource(t, nil)
		provider.set(publish(key.Public(), pair(t, "a").Public()))
		time.Sleep(time.Hour)
		require.NoError(t, lookup(s, ""))
		time.Sleep(time.Minute)
		require.NoError(t, lookup(s, "unknown"))
		require.Equal(t, 1, provider.count())
		_, err := jwt.Verify[jwt.MapClaims](sign(t, key), jwt.KeyFunc(s.Keys), eddsa)
		require.NoError(t, err)
	})
}

func TestZeroSource(t *testing.T) {
	for _, s := range []*jwks.Source{nil, {}} {
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrInvalidOption)
		require.ErrorIs(t, s.Refresh(t.Context()), jwt.ErrInvalidOption)
	}
}

// TestMissNamesWhatThereIs: whoever reads the log must see whether it is one kid or all.
func TestMissNamesWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, keys := newSource(t, []string{"a", "b"})
		require.EqualError(t, lookup(s, strings.Repeat("x", 70)),
			`jwks: no key has the kid "`+strings.Repeat("x", 64)+`"…; keys of "`+testURL+`": 2`)
		provider.set(func(*http.Request) (*http.Response, error) {
			return respond(200, strings.Replace(setText(keys...), "[", `[{"kty":"x"},{"kty":"y"},{"kty":"z"},{"kty":"new","kid":"c"},`, 1)), nil
		})
		for range 5 {
			require.Error(t, lookup(s, "c"))
		}
		time.Sleep(10 * time.Second)
		err := lookup(s, "c")
		require.ErrorContains(t, err, `jwks: no key has the kid "c"; keys of "`+testURL+`": 2, and 4 that cannot be used: `)
		require.ErrorContains(t, err, strings.TrimPrefix(s.Status().Skipped[3].Error(), "jwt: "), "the reason of the one with that kid")
		require.ErrorContains(t, err, ` (the provider is asked again in 20s)`)
	})
}

// TestVerifyingSaysWhyTheKeyOfAKidIsNotUsed: what a service logs for the token names what the
// provider's operator must mend.
func TestVerifyingSaysWhyTheKeyOfAKidIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(func(*http.Request) (*http.Response, error) {
			key, err := pair(t, "bound").Public().MarshalJSON()
			require.NoError(t, err)
			bound := strings.Replace(string(key), `"EdDSA"`, `"Ed25519"`, 1)
			ops := strings.Replace(string(key), `"kid":"bound"`, `"kid":"ops","key_ops":["sign"]`, 1)
			many := strings.Repeat(`{"kty":"AKP","kid":"\"ops\""},`, 50) // whose reasons have the other kid in them
			return respond(200, `{"keys":[`+many+bound+","+ops+`]}`), nil
		})
		for kid, want := range map[string]string{
			"ops":   `; keys of "` + testURL + `": 1, and 51 that cannot be used: entry 51 of the JWK Set is skipped: kid "ops": the JWK's key_ops does not name "verify"`,
			"bound": `; reasons: this key is bound to Ed25519 (by WithAlgorithm or the JWK's alg) and can't be used for EdDSA`,
		} {
			_, err := jwt.Verify[jwt.MapClaims](sign(t, pair(t, kid)), jwt.KeyFunc(s.Keys), eddsa)
			require.ErrorIs(t, err, jwt.ErrKeyNotFound)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, want)
		}
	})
}

// TestErrorsAreShort: net/http's errors may quote what a server has sent.
func TestErrorsAreShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider, _ := newSource(t, nil)
		provider.set(fail(errors.New(strings.Repeat("é", 5000))))
		err := lookup(s, "a")
		require.Less(t, len(err.Error()), 500)
		require.True(t, strings.HasSuffix(err.Error(), "é…"))
	})
}
