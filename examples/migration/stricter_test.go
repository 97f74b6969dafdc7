package migration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	jwt4 "github.com/golang-jwt/jwt/v4"
	jwt5 "github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// attempt is something that golang-jwt v5 accepts, and v4 too unless the row says "(v5)". This
// library rejects it, and accepts it with the option of the row, which allow adds.
type attempt struct {
	v5, v4 func() error
	here   func(allow bool) error
}

// proof has the attempts for one row of the table, and the option in its last cell, if any.
type proof struct {
	option   string
	attempts []attempt
}

// TestStricter runs both libraries for each row of the table.
func TestStricter(t *testing.T) {
	proofs := map[string]proof{}
	for _, group := range []map[string]proof{strictKeys(), strictForm(), strictClaims(), strictOptions(), strictHTTP()} {
		for row, proof := range group {
			require.NotContains(t, proofs, row)
			proofs[row] = proof
		}
	}
	for _, row := range rows(t, "## What becomes stricter") {
		what, class, option := row[0], names(row[1])[0], row[2]
		t.Run(what, func(t *testing.T) {
			p, ok := proofs[what]
			require.True(t, ok, "no proof")
			delete(proofs, what)
			require.Contains(t, errorsHere, class)
			require.NotEmpty(t, p.attempts)
			if p.option == "" {
				require.True(t, strings.HasPrefix(option, "none"), "the last cell must begin with none")
			} else {
				require.True(t, strings.HasPrefix(option, "`"+p.option+"`"), "the last cell must begin with %s", p.option)
			}
			for _, a := range p.attempts {
				require.NoError(t, a.v5(), "golang-jwt v5")
				require.Equal(t, strings.HasSuffix(what, "(v5)"), a.v4 == nil)
				if a.v4 != nil {
					require.NoError(t, a.v4(), "golang-jwt v4")
				}
				require.ErrorIs(t, a.here(false), errorsHere[class])
				if p.option != "" {
					require.NoError(t, a.here(true))
				} else {
					require.Error(t, a.here(true))
				}
			}
		})
	}
	require.Empty(t, proofs, "proofs without a row")
}

// read decodes a token into a map, with golang-jwt, and with this library and options.
func read(raw string, opts ...jwt.VerifyOption) attempt {
	return attempt{
		func() error { _, err := parse5(raw); return err },
		func() error { _, err := parse4(raw); return err },
		func(allow bool) error {
			if !allow {
				_, err := verify[jwt.MapClaims](raw)
				return err
			}
			_, err := verify[jwt.MapClaims](raw, opts...)
			return err
		},
	}
}

// readStruct decodes a token into the RegisteredClaims of each library, and requires exp.
func readStruct(raw string) attempt {
	return attempt{
		func() error {
			_, err := jwt5.ParseWithClaims(raw, &jwt5.RegisteredClaims{}, key5, jwt5.WithExpirationRequired())
			return err
		},
		func() error {
			var c jwt4.RegisteredClaims
			if _, err := jwt4.ParseWithClaims(raw, &c, key4); err != nil || !c.VerifyExpiresAt(time.Now(), true) {
				return fmt.Errorf("exp is missing: %w", err)
			}
			return nil
		},
		func(bool) error {
			_, err := verify[jwt.RegisteredClaims](raw, jwt.WithRequiredClaims("exp"))
			return err
		},
	}
}
