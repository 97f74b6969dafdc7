package jwks

import (
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func newKeySet(t *testing.T, kids ...string) *jwt.KeySet {
	t.Helper()
	var keys []jwt.VerificationKey
	for _, kid := range kids {
		key, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID(kid))
		require.NoError(t, err)
		keys = append(keys, key.Public())
	}
	set, err := jwt.NewKeySet(keys...)
	require.NoError(t, err)
	return set
}

// TestLacks is the life of a set.
func TestLacks(t *testing.T) {
	st := new(state)
	require.Equal(t, anyKeys, st.lacks("a", noon))
	st = st.after(&outcome{answer: answer{set: newKeySet(t, "a"), lifetime: 10 * time.Minute}, began: noon, quiet: 6 * time.Minute, stale: 24 * time.Hour}, "")
	for after, want := range map[time.Duration]need{
		-365 * 24 * time.Hour: confirmation, -1: confirmation, 0: nothing, 6*time.Minute - 1: nothing, 6 * time.Minute: confirmation,
		24*time.Hour - 1: confirmation, 24 * time.Hour: anyKeys, 1 << 62: anyKeys,
	} {
		require.Equal(t, want, st.lacks("a", noon.Add(after)), after)
		if want != anyKeys {
			want = newKey
		}
		require.Equal(t, want, st.lacks("b", noon.Add(after)), after)
	}
	require.True(t, st.isFresh(noon.Add(10*time.Minute-1)))
	require.False(t, st.isFresh(noon.Add(10*time.Minute)))
	require.False(t, st.isFresh(noon.Add(-1)))
}

// TestMonotonicReadings are kept where a clock has them, so that a wall clock that is set does
// no harm, and left out of what is shown.
func TestMonotonicReadings(t *testing.T) {
	const reading = "m="
	require.Contains(t, time.Now().String(), reading, "this is how one looks")
	s, err := New("https://issuer.example", WithOnFetch(func(Status) {}))
	require.NoError(t, err)
	f := new(flight)
	f.done = make(chan struct{})
	s.land(f, &outcome{answer: answer{set: newKeySet(t, "a"), lifetime: time.Hour}, began: s.now(), quiet: time.Hour})
	require.Contains(t, s.state.Load().fetched.String(), reading)
	require.Contains(t, s.plan.seen.String(), reading)
	s.plan.fail(confirmation, 0)
	require.Contains(t, s.plan.pause.String(), reading)
	status := s.Status()
	for _, shown := range []time.Time{status.Fetched, status.FreshUntil, status.StaleAt, status.NextTry} {
		require.False(t, shown.IsZero())
		require.NotContains(t, shown.String(), reading)
	}

	// Without one there is only the wall clock.
	now := time.Now()
	require.Equal(t, time.Hour, age(now, now.Add(time.Hour)))
	require.Equal(t, -time.Hour, age(noon, noon.Add(-time.Hour)))
}
