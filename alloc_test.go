//go:build !race

package jwt_test

import (
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestAllocations(t *testing.T) {
	type claims struct {
		jwt.RegisteredClaims
		Name  string   `json:"name"`
		Roles []string `json:"roles"`
	}
	at := jwt.NewNumericDate(time.Now().Add(time.Hour))
	s, err := jwt.NewSigner(secretKey(t), jwt.HS256)
	require.NoError(t, err)
	raw, err := s.Sign(claims{jwt.RegisteredClaims{Issuer: "https://login.example", Subject: "1", Audience: jwt.Audience{"api"}, ExpiresAt: at}, "Susan", []string{"user", "moderator"}})
	require.NoError(t, err)
	v, err := jwt.NewVerifier[claims](secretKey(t), hs256, jwt.WithIssuer("https://login.example"), jwt.WithAudience("api"))
	require.NoError(t, err)
	allocs := func(token string, valid bool) float64 {
		return testing.AllocsPerRun(200, func() {
			if _, err := v.Verify(token); (err == nil) != valid {
				t.Fatal(err)
			}
		})
	}
	require.LessOrEqual(t, allocs(raw, true), 7.0)
	require.LessOrEqual(t, allocs(strings.Repeat(".", 1<<20), false), 3.0)
	require.LessOrEqual(t, allocs(strings.Repeat("x", 16<<20), false), 3.0)
	require.LessOrEqual(t, allocs(strings.Repeat(".", 60000), false), 3.0)
}
