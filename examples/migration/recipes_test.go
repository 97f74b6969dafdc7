package migration_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"example.com/jwt"
	jwt5 "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// floats is the map type that MIGRATION.md recommends for code with .(float64).
type floats map[string]any

func (f *floats) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, (*map[string]any)(f))
}

// TestNumbersAsFloat64: .(float64) fails with MapClaims, and works with both recipes.
func TestNumbersAsFloat64(t *testing.T) {
	raw := token(`{"user_id":17}`)
	plain, err := verify[jwt.MapClaims](raw)
	require.NoError(t, err)
	_, ok := plain.Claims["user_id"].(float64)
	require.False(t, ok, "then the recipes are not needed")

	tok, err := verify[struct{}](raw)
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal([]byte(tok.Payload), &claims))
	require.Equal(t, 17.0, claims["user_id"])

	named, err := verify[floats](raw)
	require.NoError(t, err)
	require.Equal(t, 17.0, named.Claims["user_id"])
}

// TestListsOfAlgorithms: the lists are what golang-jwt accepts without one, by the type of key.
func TestListsOfAlgorithms(t *testing.T) {
	accepted := map[string][]string{}
	for _, name := range jwt5.GetAlgorithms() {
		if name == "none" {
			continue
		}
		private, public, _, _ := pair(t, must(jwt.ParseAlgorithm(name)))
		raw := must(jwt5.New(jwt5.GetSigningMethod(name)).SignedString(private))
		_, err := jwt5.Parse(raw, func(*jwt5.Token) (any, error) { return public, nil })
		require.NoError(t, err, name)
		kind := strings.ReplaceAll(fmt.Sprintf("%T", public), "uint8", "byte")
		accepted[kind] = append(accepted[kind], name)
	}
	for _, row := range rows(t, "### The list of algorithms") {
		kind := names(row[0])[0]
		require.ElementsMatch(t, accepted[kind], names(row[1]), kind)
		delete(accepted, kind)
	}
	require.Empty(t, accepted)
}
