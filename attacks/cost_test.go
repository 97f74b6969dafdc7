//go:build !race

package attacks_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
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
		allocs, octets := refusalCost(t, standard(t), forge.Token(header, `{}`, forge.Unsigned), jwt.ErrMalformed)
		require.LessOrEqual(t, allocs, 10.0)
		require.LessOrEqual(t, octets, 20_000.0, "no more than the header once, which is at most 16 KiB")
		requireCheap(t, large(t), forge.Token(`{"alg":"HS256"}`, levels, forge.Unsigned), jwt.ErrInvalidSignature)
		allocs, octets = refusalCost(t, large(t), signed(`{"alg":"HS256"}`, `{"x":`+levels), jwt.ErrMalformed)
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
		"another algorithm":  func(f string) string { return forge.Encode(`{"alg":"none"}`) + "." + f + "." },
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
		raw := forge.Token(`{"alg":"`+alg.String()+`"}`, strings.Repeat("A", 8<<20), func(string) []byte { return make([]byte, 64) })
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

// BenchmarkRefuse shows what it costs to refuse hostile tokens: the time is in proportion
// to the length at most, and the memory is not in proportion to it at all. "limit" has the
// standard limit of 64 KiB, "raised" one of 32 MiB.
func BenchmarkRefuse(b *testing.B) {
	const mega = 1 << 20
	parts := strings.Split(token(`{}`), ".")
	nested := strings.Repeat(`{"a":[`, mega/6)
	forged := func(n int) string {
		return parts[0] + "." + forge.Encode(`{"x":"`+strings.Repeat("y", n)+`"}`) + "." + parts[2]
	}
	for _, bench := range []struct {
		name, token string
		want        error
	}{
		{"forged, 100 bytes", forged(100), jwt.ErrInvalidSignature},
		{"dots, 1 MB", strings.Repeat(".", mega), jwt.ErrMalformed},
		{"nested header, 1 MB", forge.Token(nested, `{}`, forge.Unsigned), jwt.ErrMalformed},
		{"nested header, 9 KB", forge.Token(`{"alg":"HS256","x":`+nested[:9000], `{}`, forge.Unsigned), jwt.ErrMalformed},
		{"nested payload, forged, 1 MB", forge.Token(`{"alg":"HS256"}`, nested, forge.Unsigned), jwt.ErrInvalidSignature},
		{"nested payload, authentic, 1 MB", signed(`{"alg":"HS256"}`, nested), jwt.ErrMalformed},
		{"forged, 1 MB", forged(mega), jwt.ErrInvalidSignature},
		{"forged, 16 MiB", forged(16 * mega), jwt.ErrInvalidSignature},
		{"no dots, 16 MiB", strings.Repeat("A", 16*mega), jwt.ErrMalformed},
		{"signature of 1 MB", parts[0] + "." + parts[1] + "." + strings.Repeat("A", mega), jwt.ErrInvalidSignature},
		{"many members, authentic, 1 MB", token("{" + manyMembers(mega) + `"exp":1}`), jwt.ErrExpired},
	} {
		for name, v := range map[string]*jwt.Verifier[jwt.MapClaims]{"limit": standard(b), "raised": large(b)} {
			b.Run(name+"/"+bench.name, func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(bench.token)))
				for b.Loop() {
					if _, err := v.Verify(bench.token); !errors.Is(err, bench.want) && !(name == "limit" && errors.Is(err, jwt.ErrMalformed)) {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// manyMembers is a list of members of about n bytes, with a comma at its end.
func manyMembers(n int) string {
	var s strings.Builder
	for i := 0; s.Len() < n; i++ {
		s.WriteString(`"member` + strconv.Itoa(i) + `":` + strconv.Itoa(i) + ",")
	}
	return s.String()
}

// BenchmarkRefuseWithoutKid verifies a token that names no kid with sets of keys that could
// all have signed it: no more than 16 are tried, and of a set of more none is.
func BenchmarkRefuseWithoutKid(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(b, err)
	raw := forge.Token(`{"alg":"ES256"}`, `{}`, forge.ECDSA(b, key, hashOf(jwt.ES256)))
	for _, n := range []int{1, 16, 17, 100} {
		var keys []jwt.VerificationKey
		for i := range n {
			other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			require.NoError(b, err)
			keys = append(keys, publicOf(b, other, jwt.WithKeyID(strconv.Itoa(i))))
		}
		set, err := jwt.NewKeySet(keys...)
		require.NoError(b, err)
		v, err := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{jwt.ES256})
		require.NoError(b, err)
		b.Run(strconv.Itoa(n)+" keys", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Verify(raw); !errors.Is(err, jwt.ErrInvalidToken) {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRefuseByLargeKeysOfOneKid verifies a forged token that names the one kid of several
// large RSA keys: no more than 65,536 bits of modulus are tried, and of a set of more none is.
func BenchmarkRefuseByLargeKeysOfOneKid(b *testing.B) {
	for _, row := range []struct {
		bits uint
		n    int
	}{{2048, 1}, {2048, 16}, {4096, 16}, {8192, 8}, {16384, 1}, {16384, 4}, {16384, 5}, {16384, 16}} {
		var keys []jwt.VerificationKey
		for i := range row.n {
			n := new(big.Int).Lsh(big.NewInt(1), row.bits)
			key, err := jwt.NewPublicKey(&rsa.PublicKey{N: n.Sub(n, big.NewInt(int64(2*i+1))), E: 1<<31 - 1}, jwt.WithKeyID("a"))
			require.NoError(b, err)
			keys = append(keys, key)
		}
		set, err := jwt.NewKeySet(keys...)
		require.NoError(b, err)
		v, err := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{jwt.RS256})
		require.NoError(b, err)
		signature := bytes.Repeat([]byte{1}, int(row.bits/8))
		raw := forge.Token(`{"alg":"RS256","kid":"a"}`, `{}`, func(string) []byte { return signature })
		b.Run(fmt.Sprintf("%d keys of %d bits", row.n, row.bits), func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Verify(raw); !errors.Is(err, jwt.ErrInvalidToken) {
					b.Fatal(err)
				}
			}
		})
	}
}
