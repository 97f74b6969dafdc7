//go:build !race

package jwt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

type allocClaims struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func standardClaims() allocClaims {
	now := time.Now()
	return allocClaims{jwt.RegisteredClaims{
		Issuer: "https://login.example", Subject: "1234567890", Audience: jwt.Audience{"api"}, ID: "0123456789abcdef",
		ExpiresAt: jwt.NewNumericDate(now.Add(time.Hour)), NotBefore: jwt.NewNumericDate(now), IssuedAt: jwt.NewNumericDate(now),
	}, "Susan Example", []string{"user", "moderator", "auditor"}}
}

var allocPolicy = []jwt.VerifyOption{jwt.WithIssuer("https://login.example"), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp")}

// verifyAllocs counts what one verification of a valid token allocates.
func verifyAllocs[T any](t *testing.T, raw string, key jwt.KeySource, alg jwt.Algorithm) float64 {
	v, err := jwt.NewVerifier[T](key, []jwt.Algorithm{alg}, allocPolicy...)
	require.NoError(t, err)
	return testing.AllocsPerRun(200, func() {
		if _, err := v.Verify(raw); err != nil {
			t.Fatal(err)
		}
	})
}

func signAllocs(t *testing.T, key jwt.SigningKey, alg jwt.Algorithm, claims any) float64 {
	s, err := jwt.NewSigner(key, alg)
	require.NoError(t, err)
	return testing.AllocsPerRun(200, func() {
		if _, err := s.Sign(claims); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAllocationsOfHS256(t *testing.T) {
	claims := standardClaims()
	raw, err := jwt.Sign(claims, secretKey(t), jwt.HS256)
	require.NoError(t, err)
	require.LessOrEqual(t, signAllocs(t, secretKey(t), jwt.HS256, &claims), 1.0)
	require.LessOrEqual(t, verifyAllocs[struct {
		Name  string   `json:"name"`
		Roles []string `json:"roles"`
	}](t, raw, secretKey(t), jwt.HS256), 2.0)
	require.LessOrEqual(t, verifyAllocs[allocClaims](t, raw, secretKey(t), jwt.HS256), 2.0)
	require.LessOrEqual(t, verifyAllocs[struct{}](t, raw, secretKey(t), jwt.HS256), 2.0)
	require.LessOrEqual(t, verifyAllocs[jwt.RegisteredClaims](t, raw, secretKey(t), jwt.HS256), 2.0)
	require.LessOrEqual(t, verifyAllocs[jwt.MapClaims](t, raw, secretKey(t), jwt.HS256), 19.0)

	named, err := jwt.NewSecretKey(make([]byte, 32), jwt.WithKeyID("a"))
	require.NoError(t, err)
	other, err := jwt.NewSecretKey(make([]byte, 64), jwt.WithKeyID("b"))
	require.NoError(t, err)
	set, err := jwt.NewKeySet(other, named)
	require.NoError(t, err)
	raw, err = jwt.Sign(claims, named, jwt.HS256)
	require.NoError(t, err)
	require.LessOrEqual(t, verifyAllocs[allocClaims](t, raw, named, jwt.HS256), 2.0)
	require.LessOrEqual(t, verifyAllocs[allocClaims](t, raw, set, jwt.HS256), 2.0)
	find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return set, nil })
	require.LessOrEqual(t, verifyAllocs[allocClaims](t, raw, find, jwt.HS256), 2.0)
}

// TestAllocationsOfIssuers wants one allocation more than the Verifier's: the payload.
func TestAllocationsOfIssuers(t *testing.T) {
	red := newIssuer(t, "red")
	v := red.verifier(t)
	s := issuersOf(t, v, newIssuer(t, "blue").verifier(t))
	forged := forge.Token(`{"alg":"HS256"}`, `{"iss":"red","x":"`+strings.Repeat("x", 40_000)+`"}`, forge.Unsigned)
	for _, raw := range []string{red.sign(t, jwt.MapClaims{"sub": "a"}), forged} {
		alone := testing.AllocsPerRun(100, func() { _, _ = v.Verify(raw) })
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = s.Verify(raw) }), alone+1)
	}
}

func TestAllocationsOfRefusals(t *testing.T) {
	raw, err := jwt.Sign(standardClaims(), secretKey(t), jwt.HS256)
	require.NoError(t, err)
	v, err := jwt.NewVerifier[allocClaims](secretKey(t), hs256, allocPolicy...)
	require.NoError(t, err)
	dot := strings.LastIndexByte(raw, '.')
	for name, token := range map[string]string{
		"a wrong signature":             raw[:dot+1] + strings.Repeat("A", 43),
		"a signature of another length": raw[:dot+1] + "AAAA",
		"a line break":                  raw + "\n",
		"padding":                       raw + "=",
		"another alphabet":              raw[:dot+1] + strings.Repeat("+", 43),
		"a character":                   raw[:dot+1] + strings.Repeat("é", 21),
		"a padded header":               "e30=" + raw[strings.IndexByte(raw, '.'):],
		"1 MB of dots":                  strings.Repeat(".", 1<<20),
		"60 KB of dots":                 strings.Repeat(".", 60000),
		"16 MiB":                        strings.Repeat("x", 16<<20),
		"16 MiB of a payload":           raw[:dot] + strings.Repeat("A", 16<<20) + raw[dot:],
		"two segments":                  strings.Repeat("A", 30000) + "." + strings.Repeat("A", 30000),
		"five segments":                 "a.b.c.d.e",
		"no segment":                    "",
	} {
		require.Zero(t, testing.AllocsPerRun(100, func() {
			if _, err := v.Verify(token); err == nil {
				t.Fatal("accepted")
			}
		}), name)
	}
}

// TestAllocationsBesideBareCryptography wants at most five allocations more than the bare
// verification has, and at most three more than the bare signature.
func TestAllocationsBesideBareCryptography(t *testing.T) {
	text, err := os.ReadFile("testdata/keys/rsa2048-pem")
	require.NoError(t, err)
	pemKey, err := jwt.ParsePrivateKey(text)
	require.NoError(t, err)
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	ec, err := jwt.NewPrivateKey(ecKey)
	require.NoError(t, err)
	ed, err := jwt.NewPrivateKey(edKey)
	require.NoError(t, err)
	rsaKey := pemKey.Public().Crypto().(*rsa.PublicKey)

	claims := standardClaims()
	digest := sha256.Sum256([]byte("signed"))
	ecSig, err := ecdsa.SignASN1(rand.Reader, ecKey, digest[:])
	require.NoError(t, err)
	edSig := ed25519.Sign(edKey, digest[:])
	for _, test := range []struct {
		alg                jwt.Algorithm
		key                *jwt.PrivateKey
		bareSign, bareWork func()
	}{
		{jwt.ES256, ec,
			func() { _, _ = ecdsa.SignASN1(rand.Reader, ecKey, digest[:]) },
			func() { ecdsa.VerifyASN1(&ecKey.PublicKey, digest[:], ecSig) }},
		{jwt.EdDSA, ed,
			func() { ed25519.Sign(edKey, digest[:]) },
			func() { ed25519.Verify(edKey.Public().(ed25519.PublicKey), digest[:], edSig) }},
		{jwt.RS256, pemKey, nil,
			func() { _ = rsa.VerifyPKCS1v15(rsaKey, crypto.SHA256, digest[:], make([]byte, rsaKey.Size())) }},
	} {
		raw, err := jwt.Sign(claims, test.key, test.alg)
		require.NoError(t, err)
		bare := testing.AllocsPerRun(100, test.bareWork)
		require.LessOrEqual(t, verifyAllocs[allocClaims](t, raw, test.key.Public(), test.alg), bare+5, test.alg)
		if test.bareSign != nil {
			bare = testing.AllocsPerRun(100, test.bareSign)
			require.LessOrEqual(t, signAllocs(t, test.key, test.alg, &claims), bare+3, test.alg)
		}
	}
}

// TestAllocationsOfALongPayload wants the payload to be in memory once, whatever its size.
func TestAllocationsOfALongPayload(t *testing.T) {
	type long struct {
		Text string `json:"text"`
	}
	raw, err := jwt.Sign(long{strings.Repeat("long ", 40000)}, secretKey(t), jwt.HS256)
	require.NoError(t, err)
	v, err := jwt.NewVerifier[long](secretKey(t), hs256, jwt.WithMaxSize(1<<20))
	require.NoError(t, err)
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			if _, err := v.Verify(raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	require.LessOrEqual(t, result.AllocsPerOp(), int64(4))
	require.Less(t, result.AllocedBytesPerOp(), int64(len(raw)))
}
