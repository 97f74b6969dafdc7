package jwks_test

import (
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

// BenchmarkVerify compares a verification through a warm Source with one through the same
// KeySet, on all cores. They are to be within 2 %:
//
//	go test -run '^$' -bench Verify -cpu 1,2 -count 10 ./jwks | benchstat -col /keys -
func BenchmarkVerify(b *testing.B) {
	type claims struct {
		Roles []string `json:"roles"`
	}
	for _, alg := range []jwt.Algorithm{jwt.EdDSA, jwt.ES256, jwt.RS256} {
		key, err := jwt.GeneratePrivateKey(alg, jwt.WithKeyID("a"))
		require.NoError(b, err)
		set, err := jwt.NewKeySet(pair(b, "b").Public(), key.Public())
		require.NoError(b, err)
		raw, err := jwt.Sign(claims{[]string{"admin"}}, key, alg, jwt.WithExpiresIn(time.Hour))
		require.NoError(b, err)
		s := warmSource(b, set)
		for _, keys := range []struct {
			name   string
			source jwt.KeySource
		}{{"set", set}, {"source", jwt.KeyFunc(s.Keys)}} {
			b.Run("alg="+alg.String()+"/keys="+keys.name, func(b *testing.B) {
				v, err := jwt.NewVerifier[claims](keys.source, []jwt.Algorithm{alg})
				require.NoError(b, err)
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if _, err := v.Verify(raw); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkKeys is the lookup alone: in a set that is fresh, and for an unknown kid within
// the cooldown.
func BenchmarkKeys(b *testing.B) {
	s := warmSource(b, newSet(b, pair(b, "a").Public()))
	for name, kid := range map[string]string{"known": "a", "unknown": "b"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := lookup(s, kid); (err == nil) != (kid == "a") {
						b.Error(err)
					}
				}
			})
		})
	}
}

// TestLookupDoesNotAllocate: the hot path.
func TestLookupDoesNotAllocate(t *testing.T) {
	s := warmSource(t, newSet(t, pair(t, "a").Public()))
	h := jwt.Header{KeyID: "a"}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		if _, err := s.Keys(t.Context(), h); err != nil {
			t.Error(err)
		}
	}))
}

// warmSource has fetched the set.
func warmSource(tb testing.TB, set *jwt.KeySet) *jwks.Source {
	tb.Helper()
	provider := &stub{answer: publish(set.Keys()...)}
	s, err := jwks.New(testURL, jwks.WithHTTPClient(provider.client()))
	require.NoError(tb, err)
	require.NoError(tb, s.Refresh(tb.Context()))
	return s
}
