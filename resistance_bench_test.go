package jwt_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// BenchmarkRefuse shows what it costs to refuse hostile tokens: the time is in proportion
// to the length at most, and the memory is not in proportion to it at all. "limit" has the
// standard limit of 64 KiB, "raised" one of 32 MiB.
func BenchmarkRefuse(b *testing.B) {
	const mega = 1 << 20
	parts := strings.Split(token(`{}`), ".")
	nested := strings.Repeat(`{"a":[`, mega/6)
	forged := func(n int) string {
		return parts[0] + "." + rawURL.EncodeToString([]byte(`{"x":"`+strings.Repeat("y", n)+`"}`)) + "." + parts[2]
	}
	for _, bench := range []struct {
		name, token string
		want        error
	}{
		{"forged, 100 bytes", forged(100), jwt.ErrInvalidSignature},
		{"dots, 1 MB", strings.Repeat(".", mega), jwt.ErrMalformed},
		{"nested header, 1 MB", mint(nested, `{}`, unsigned), jwt.ErrMalformed},
		{"nested header, 9 KB", mint(`{"alg":"HS256","x":`+nested[:9000], `{}`, unsigned), jwt.ErrMalformed},
		{"nested payload, forged, 1 MB", mint(`{"alg":"HS256"}`, nested, unsigned), jwt.ErrInvalidSignature},
		{"nested payload, authentic, 1 MB", forge(`{"alg":"HS256"}`, nested), jwt.ErrMalformed},
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
	raw := mint(`{"alg":"ES256"}`, `{}`, signedECDSA(b, key, hashOf(jwt.ES256)))
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
