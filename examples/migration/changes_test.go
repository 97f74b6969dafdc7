package migration_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChanges: the numbers of changed lines in MIGRATION.md are those of the services.
func TestChanges(t *testing.T) {
	table := rows(t, "## In twenty minutes")
	require.Len(t, table, 3)
	for i, service := range []string{"login", "api", "gateway"} {
		before, after := lines(t, service+"/before"), lines(t, service+"/after")
		same := common(before, after)
		require.Contains(t, table[i][0], "("+"examples/migration/"+service+")")
		want := []string{fmt.Sprint(len(before)), fmt.Sprint(len(after)), fmt.Sprint(len(before) - same), fmt.Sprint(len(after) - same)}
		require.Equal(t, want, table[i][1:], service)
	}
}

// TestCommon: what the numbers rest on.
func TestCommon(t *testing.T) {
	require.Equal(t, 3, common([]string{"a", "b", "c", "d"}, []string{"b", "x", "c", "d", "a"}))
	require.Equal(t, 0, common([]string{"a"}, nil))
}

func lines(t *testing.T, dir string) []string {
	files, err := filepath.Glob(dir + "/*.go")
	require.NoError(t, err)
	require.Len(t, files, 1)
	text, err := os.ReadFile(files[0])
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// common is the length of the longest common subsequence, as a line diff finds it.
func common(a, b []string) int {
	best := make([]int, len(b)+1) // for the part of a so far, and each beginning of b
	for _, line := range a {
		diagonal := 0
		for j, other := range b {
			above := best[j+1]
			if line == other {
				best[j+1] = diagonal + 1
			} else {
				best[j+1] = max(above, best[j])
			}
			diagonal = above
		}
	}
	return best[len(b)]
}
