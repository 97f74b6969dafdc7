package jwt_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// articleFacts reads the tokens, the secret and the public key that the quickstart shows.
func articleFacts(t *testing.T) map[string]string {
	text, err := os.ReadFile("examples/quickstart/article.go")
	require.NoError(t, err)
	facts := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			facts[strings.TrimSpace(name)] = strings.Trim(value, " \"")
		}
	}
	require.Len(t, facts, 6)
	return facts
}

type articleUser struct {
	ID int `json:"user_id"`
}

func TestArticleHS256(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.NewSecretKey([]byte(facts["articleSecret"]))
	require.NoError(t, err)
	algs := []jwt.Algorithm{jwt.HS256}

	m, err := jwt.Verify[jwt.MapClaims](facts["tokenHS256"], key, algs)
	require.NoError(t, err)
	require.Equal(t, jwt.MapClaims{"user_id": json.Number("123")}, m.Claims)
	u, err := jwt.Verify[articleUser](facts["tokenHS256"], key, algs)
	require.NoError(t, err)
	require.Equal(t, articleUser{123}, u.Claims)
	require.Equal(t, `{"user_id":123}`, u.Payload)

	_, err = jwt.Verify[articleUser](facts["tokenTampered"], key, algs)
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	require.NotErrorIs(t, err, jwt.ErrMalformed)
}

func TestArticleExpiryToTheNanosecond(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.NewSecretKey([]byte(facts["articleSecret"]))
	require.NoError(t, err)
	verifyAt := func(now time.Time) error {
		_, err := jwt.Verify[articleUser](facts["tokenExpired"], key, []jwt.Algorithm{jwt.HS256}, jwt.WithClock(func() time.Time { return now }))
		return err
	}
	exp := time.Unix(1528560773, 538689100)
	require.NoError(t, verifyAt(exp.Add(-1)))
	require.ErrorIs(t, verifyAt(exp), jwt.ErrExpired)

	err = verifyAt(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	require.EqualError(t, err, "jwt: token is expired: exp was 2018-06-09T16:12:53.5386891Z, 8 years ago")
}

func TestArticleRS256(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.ParsePublicKey([]byte(facts["articlePublicKey"]))
	require.NoError(t, err)
	tok, err := jwt.Verify[articleUser](facts["tokenRS256"], key, []jwt.Algorithm{jwt.RS256})
	require.NoError(t, err)
	require.Equal(t, 123, tok.Claims.ID)

	_, err = jwt.NewSecretKey([]byte(facts["articlePublicKey"]))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}
