package jwks

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func plan(t *testing.T, opts ...Option) *schedule {
	t.Helper()
	c, err := newConfig(opts)
	require.NoError(t, err)
	p := newSchedule(c.cooldown, c.maxFreshness)
	return &p
}

// ask takes a try if one is due.
func (p *schedule) ask(now time.Time, n need) bool {
	p.see(now)
	if !p.due(n) {
		return false
	}
	p.take()
	return true
}

// TestTries: whatever is asked when, whatever comes of it, and however often the clock is set
// back, no hour has more tries than 3,600 s / cooldown + 5.
func TestTries(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		cooldown := time.Duration(1+random.IntN(120)) * time.Second
		p := plan(t, WithCooldown(cooldown))
		var real []time.Duration // of asking, by a clock that nobody sets
		var offset time.Duration
		for at := time.Duration(0); at < 4*time.Hour; at += time.Duration(random.Int64N(int64(2 * cooldown))) {
			if random.IntN(20) == 0 {
				offset -= time.Duration(random.Int64N(int64(365 * 24 * time.Hour)))
			}
			now := noon.Add(at + offset)
			for range random.IntN(8) {
				n := []need{confirmation, newKey, anyKeys}[random.IntN(3)]
				if !p.ask(now, n) {
					continue
				}
				real = append(real, at)
				if random.IntN(2) == 0 {
					p.succeed()
				} else {
					p.fail(n, random.Float64())
				}
			}
		}
		most := 0
		for i, j := 0, 0; j < len(real); j++ {
			for real[j]-real[i] >= time.Hour {
				i++
			}
			most = max(most, j-i+1)
		}
		require.LessOrEqual(t, most, int(time.Hour/cooldown)+maxTries)
		require.Greater(t, most, maxTries)
	}
}

// TestTriesComeBack one each cooldown, and five at most.
func TestTriesComeBack(t *testing.T) {
	p := plan(t)
	now := noon
	for range maxTries {
		require.True(t, p.ask(now, newKey))
	}
	require.False(t, p.ask(now.Add(30*time.Second-1), newKey))
	require.Equal(t, now.Add(30*time.Second), p.nextTry())
	require.True(t, p.ask(now.Add(30*time.Second), newKey))
	require.False(t, p.ask(now.Add(60*time.Second-1), newKey))
	require.True(t, p.ask(now.Add(90*time.Second), newKey))
	require.True(t, p.ask(now.Add(90*time.Second), newKey))
	require.False(t, p.ask(now.Add(90*time.Second), newKey))
	now = now.Add(24 * time.Hour)
	for range maxTries {
		require.True(t, p.ask(now, newKey))
	}
	require.False(t, p.ask(now, newKey))
}

// TestPauses: they double, jitter shortens them, and a new key does not wait for them.
func TestPauses(t *testing.T) {
	minutes := func(n ...float64) (list []time.Duration) {
		for _, m := range n {
			list = append(list, time.Duration(m*float64(time.Minute)))
		}
		return list
	}
	seconds := func(n ...float64) (list []time.Duration) {
		for _, s := range n {
			list = append(list, time.Duration(s*float64(time.Second)))
		}
		return list
	}
	const forever = time.Duration(math.MaxInt64)
	never := []Option{WithCooldown(forever), WithMaxFreshness(forever), WithStaleLimit(forever)}
	for _, c := range []struct {
		need need
		opts []Option
		want []time.Duration
		part time.Duration // of a pause that jitter takes
	}{
		{confirmation, nil, minutes(0.5, 1, 2, 4, 5, 5), 4},
		{confirmation, []Option{WithCooldown(10 * time.Minute)}, minutes(10, 10), 4},
		{confirmation, []Option{WithMaxFreshness(2 * time.Minute)}, minutes(0.5, 1, 2, 2), 4},
		{confirmation, []Option{WithCooldown(time.Second)}, seconds(1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300), 4},
		{confirmation, never, []time.Duration{forever, forever}, 4},
		{newKey, nil, minutes(0.5, 0.5, 0.5), 4},
		{anyKeys, nil, seconds(1, 2, 4, 8, 16, 30, 30), 32},
		{anyKeys, []Option{WithCooldown(time.Second)}, seconds(1, 1), 32},
		{anyKeys, never, seconds(1, 2, 4, 8), 32},
	} {
		for jitter := range 2 {
			p := plan(t, c.opts...)
			p.see(noon)
			for _, want := range c.want {
				p.fail(c.need, float64(jitter))
				want -= time.Duration(jitter) * (want / c.part)
				require.InDelta(t, want, p.pause.Sub(noon), float64(want)/1e9)
				require.True(t, p.due(newKey))
				require.False(t, p.due(confirmation) || p.due(anyKeys))
			}
			p.succeed()
			require.True(t, p.due(confirmation) && p.due(anyKeys))
			p.fail(c.need, 0)
			require.Equal(t, c.want[0], p.pause.Sub(noon), "they begin anew")
		}
	}
	p := plan(t)
	p.see(noon)
	for range 1000 {
		p.fail(confirmation, 0)
	}
	require.Equal(t, 5*time.Minute, p.pause.Sub(noon))
	p.fail(newKey, 0)
	require.Equal(t, 30*time.Second, p.pause.Sub(noon), "somebody waits")
	p.fail(confirmation, 0)
	require.Equal(t, time.Minute, p.pause.Sub(noon), "and then nobody")
}

// TestAClockThatGoesBack ends no pause, begins none that is over, and lengthens none by more
// than a cooldown.
func TestAClockThatGoesBack(t *testing.T) {
	for _, back := range []time.Duration{time.Second, time.Hour, 365 * 24 * time.Hour} {
		p := plan(t)
		p.see(noon)
		for range 4 {
			p.fail(confirmation, 0) // four minutes
		}
		now := noon.Add(3 * time.Minute)
		p.see(now)
		now = now.Add(-back)
		require.False(t, p.ask(now, confirmation))
		require.LessOrEqual(t, p.nextFetch().Sub(now), max(30*time.Second, time.Minute+back))
		require.True(t, p.ask(now.Add(time.Minute+time.Second), confirmation))

		p.see(now.Add(time.Hour))
		require.True(t, p.ask(now, confirmation))
	}
}

// TestNever: options at math.MaxInt64 neither overflow nor come to an end.
func TestNever(t *testing.T) {
	const forever = time.Duration(math.MaxInt64)
	never := []Option{WithCooldown(forever), WithMaxFreshness(forever), WithStaleLimit(forever), WithTimeout(forever)}
	p := plan(t, never...)
	for range maxTries {
		require.True(t, p.ask(noon, newKey))
	}
	later := noon.Add(100 * 365 * 24 * time.Hour)
	require.False(t, p.ask(later, newKey))

	s, err := New("https://issuer.example", never...)
	require.NoError(t, err)
	require.Equal(t, forever, s.freshness.of(nil, noon, silentFreshness))
	s, err = New("https://issuer.example", WithMaxFreshness(forever), WithStaleLimit(forever))
	require.NoError(t, err)
	require.Equal(t, 10*time.Minute, s.freshness.of(nil, noon, silentFreshness))
	require.InEpsilon(t, float64(forever)*0.75, quietPart(forever, 0.5), 1e-9)
	st := new(state).after(&outcome{answer: answer{set: newKeySet(t, "a"), lifetime: forever}, began: noon, quiet: forever, stale: forever}, "")
	require.Equal(t, nothing, st.lacks("a", later))
	require.True(t, newStatus("", st, p).StaleAt.After(later))
}

// TestQuietPart is 60 to 90 %.
func TestQuietPart(t *testing.T) {
	require.Equal(t, 6*time.Minute, quietPart(10*time.Minute, 0))
	require.Equal(t, 9*time.Minute, quietPart(10*time.Minute, 1))
}
