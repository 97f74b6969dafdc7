//go:build !race

package jwt_test

import (
	"runtime"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// refusalCost measures what one refusal allocates, in allocations and in octets.
func refusalCost(t *testing.T, v *jwt.Verifier[jwt.MapClaims], raw string, want error) (allocs, octets float64) {
	_, err := v.Verify(raw)
	require.ErrorIs(t, err, want)
	const runs = 4
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	allocs = testing.AllocsPerRun(runs, func() { _, _ = v.Verify(raw) })
	runtime.ReadMemStats(&after)
	return allocs, float64(after.TotalAlloc-before.TotalAlloc) / (runs + 1)
}

// requireCheap demands that a refusal costs the same little for a token of any length.
func requireCheap(t *testing.T, v *jwt.Verifier[jwt.MapClaims], raw string, want error) {
	t.Helper()
	allocs, octets := refusalCost(t, v, raw, want)
	require.LessOrEqual(t, allocs, 5.0)
	require.LessOrEqual(t, octets, 5000.0)
}

// A million dots were split into a million segments.
func TestCVE_2025_30204_MillionDots(t *testing.T) {
	for _, raw := range []string{strings.Repeat(".", 1<<20), "Bearer " + strings.Repeat(".", 1<<20), token(`{}`) + strings.Repeat(".", 1<<20), strings.Repeat("a.", 1<<20)} {
		requireCheap(t, large(t), raw, jwt.ErrMalformed)
	}
}

// The same in a library that split encrypted tokens too.
func TestCVE_2025_27144_DotsAndFiveSegments(t *testing.T) {
	for dots := range 12 {
		if dots != 2 {
			requireCheap(t, large(t), "a"+strings.Repeat(".", dots)+strings.Repeat("a", 1<<20), jwt.ErrMalformed)
		}
	}
}

// Header and signature of megabytes were decoded and parsed before anything was checked.
func TestCVE_2025_61920_SegmentsOfMegabytes(t *testing.T) {
	huge := strings.Repeat("A", 8<<20)
	parts := strings.Split(token(`{}`), ".")
	for _, v := range []*jwt.Verifier[jwt.MapClaims]{large(t), standard(t)} {
		requireCheap(t, v, huge+"."+parts[1]+"."+parts[2], jwt.ErrMalformed)
		requireCheap(t, v, huge+"."+huge+"."+huge, jwt.ErrMalformed)
		requireCheap(t, v, huge, jwt.ErrMalformed)
	}
	requireCheap(t, standard(t), parts[0]+"."+huge+"."+parts[2], jwt.ErrMalformed)
	requireCheap(t, standard(t), parts[0]+"."+parts[1]+"."+huge, jwt.ErrMalformed)
	// A raised limit is for genuine tokens: a forged one still costs no memory.
	requireCheap(t, large(t), parts[0]+"."+huge+"."+parts[2], jwt.ErrInvalidSignature)
	requireCheap(t, large(t), parts[0]+"."+parts[1]+"."+huge, jwt.ErrInvalidSignature)
}

// Nested JSON ate the stack.
func TestCVE_2025_53864_DeepNesting(t *testing.T) {
	for _, open := range []string{"[", `{"a":`, `[{"a":`, `{"a":[`} {
		levels := strings.Repeat(open, 200_000/len(open))
		header := `{"alg":"HS256","x":` + levels[:9000]
		allocs, octets := refusalCost(t, standard(t), mint(header, `{}`, unsigned), jwt.ErrMalformed)
		require.LessOrEqual(t, allocs, 10.0)
		require.LessOrEqual(t, octets, 20_000.0, "no more than the header once, which is at most 16 KiB")
		requireCheap(t, large(t), mint(`{"alg":"HS256"}`, levels, unsigned), jwt.ErrInvalidSignature)
		allocs, octets = refusalCost(t, large(t), forge(`{"alg":"HS256"}`, `{"x":`+levels), jwt.ErrMalformed)
		require.LessOrEqual(t, allocs, 10.0)
		require.LessOrEqual(t, octets, 300_000.0, "no more than the payload once, which is authentic")
	}
}

// TestRefusalsDoNotGrowWithTheToken: a token that is sixteen times as long costs no more
// memory to refuse, at whichever check it fails.
func TestRefusalsDoNotGrowWithTheToken(t *testing.T) {
	parts := strings.Split(token(`{}`), ".")
	for name, build := range map[string]func(filler string) string{
		"no dots":            func(f string) string { return f },
		"long header":        func(f string) string { return f + "." + parts[1] + "." + parts[2] },
		"forged payload":     func(f string) string { return parts[0] + "." + f + "." + parts[2] },
		"long signature":     func(f string) string { return parts[0] + "." + parts[1] + "." + f },
		"four segments":      func(f string) string { return parts[0] + "." + f + ".." },
		"another algorithm":  func(f string) string { return rawURL.EncodeToString([]byte(`{"alg":"none"}`)) + "." + f + "." },
		"not base64url":      func(f string) string { return "!" + f + "." + f + "." + f },
		"header is not JSON": func(f string) string { return f[:100] + "." + f + "." + f },
	} {
		_, short := refusalCost(t, large(t), build(strings.Repeat("A", 1<<20)), jwt.ErrInvalidToken)
		_, long := refusalCost(t, large(t), build(strings.Repeat("A", 16<<20)), jwt.ErrInvalidToken)
		require.LessOrEqual(t, long, short+5000, name)
	}
}

// TestForgedEdDSATokenIsCopiedOnce: crypto/ed25519 wants the signing input in one piece.
func TestForgedEdDSATokenIsCopiedOnce(t *testing.T) {
	for _, alg := range []jwt.Algorithm{jwt.EdDSA, jwt.Ed25519} {
		v, err := jwt.NewVerifier[jwt.MapClaims](publicOf(t, otherEd25519()), []jwt.Algorithm{alg}, jwt.WithMaxSize(1<<30))
		require.NoError(t, err)
		raw := mint(`{"alg":"`+alg.String()+`"}`, strings.Repeat("A", 8<<20), func(string) []byte { return make([]byte, 64) })
		_, octets := refusalCost(t, v, raw, jwt.ErrInvalidSignature)
		require.LessOrEqual(t, octets, 1.1*float64(len(raw)))
	}
}

// TestVerifyingGrowsInLineWithTheToken: what a genuine token costs is in proportion to it.
func TestVerifyingGrowsInLineWithTheToken(t *testing.T) {
	cost := func(n int) float64 {
		raw := token(`{"x":"` + strings.Repeat("y", n) + `"}`)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 3 {
			_, err := large(t).Verify(raw)
			require.NoError(t, err)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / 3 / float64(n)
	}
	require.LessOrEqual(t, cost(8<<20), cost(1<<20)*1.5)
	require.LessOrEqual(t, cost(8<<20), 3.0, "octets for each octet of the payload")
}
