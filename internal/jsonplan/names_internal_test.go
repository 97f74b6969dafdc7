package jsonplan

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNamesAreFoundSoon: the names of usual structs hardly ever meet in the table, and are told
// apart by their first characters, their last ones, and their length.
func TestNamesAreFoundSoon(t *testing.T) {
	sets := map[string][]string{
		"claims": {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "nonce", "auth_time", "acr", "amr", "at_hash", "c_hash", "sid", "scope", "client_id", "name", "email", "roles"},
	}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 20} {
		for i := range 40 {
			number := strconv.Itoa(10 + i)
			if n == 1 {
				number = string(rune('0' + i))
			}
			pad := strings.Repeat("n", max(n-2, 0))
			key := strconv.Itoa(n)
			sets["first "+key] = append(sets["first "+key], number+pad)
			sets["last "+key] = append(sets["last "+key], pad+number)
			sets["length"] = append(sets["length"], strings.Repeat("n", n+20*i))
		}
	}
	for label, names := range sets {
		table := newNameTable(names)
		require.GreaterOrEqual(t, len(table.slots), 2*len(names))
		require.LessOrEqual(t, len(table.slots), 4*len(names))
		probes := 0
		for i, name := range names {
			require.Equal(t, i, table.find(name))
			require.Negative(t, table.find(name+"x"))
			for h := hashName(name); table.slots[h&table.mask] != uint16(i+1); h++ {
				probes++
			}
		}
		require.LessOrEqual(t, probes, 2*len(names), label)
	}
}
