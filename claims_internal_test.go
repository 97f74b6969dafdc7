package jwt

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLegalClaimsAreThoseThatAreRead: what is signed without a second look is what the reader of
// tokens accepts, for each claim and value.
func TestLegalClaimsAreThoseThatAreRead(t *testing.T) {
	texts := []string{
		`"a"`, `""`, `"b\""`, `["a","b\"",""]`, `["a\\"]`, `[]`, `["a",1]`, `[null]`, `["a",["b"]]`, `[1,"a"]`, `{}`, `null`, `true`, `false`,
		`0`, `1`, `-5`, `1.5`, `1e3`, `253402300799`, `253402300800`, `-62135596799`, `-62135596800`, `99999999999999999999`, `18446744073709551617`, `-18446744073709551617`,
	}
	legal := 0
	for _, name := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"} {
		mark := claimMark(name)
		require.NotZero(t, mark)
		for _, text := range texts {
			w := getScratch()
			var c RegisteredClaims
			index, err := readRegistered(&w.scanner, `{"`+name+`":`+text+`}`, &c, nil, ErrMalformed)
			require.Equal(t, err == nil, legalClaim(mark, []byte(text)), "%s %s", name, text)
			if err == nil {
				legal++
				require.Equal(t, mark, uint8(index.has))
			}
			w.release()
		}
	}
	require.Equal(t, 4*3+3+3*7, legal)
	for _, name := range []string{"", "ISS", "is", "issu", "exp "} {
		require.Zero(t, claimMark(name))
	}
}

// TestWatchedClaims: the claims of a map are marked, and trusted if all of them are legal.
func TestWatchedClaims(t *testing.T) {
	for _, row := range []struct {
		claims  MapClaims
		trusted bool
	}{
		{MapClaims{"exp": int64(1), "aud": []string{"a", "b"}, "x": nil}, true},
		{MapClaims{"exp": NumericDate{time.Unix(5, 0)}, "iss": "i"}, true},
		{MapClaims{"exp": "1"}, false},
		{MapClaims{"aud": []any{"a", 1}, "iss": "i"}, false},
		{MapClaims{"x": MapClaims{"exp": "1"}}, true},
	} {
		_, info, err := plans.Append(nil, row.claims)
		require.NoError(t, err)
		require.Equal(t, row.trusted, info.Trusted, row.claims)
		for name := range row.claims {
			require.Equal(t, claimMark(name), info.Marks&claimMark(name))
		}
	}
}
