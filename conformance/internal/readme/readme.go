// Package readme keeps the tables of the conformance module's README.md equal to those
// in its tests.
package readme

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const file = "../README.md"

// Update is set by `go test -update`, which writes what is generated anew.
var Update = flag.Bool("update", false, "write the generated files and tables anew")

// Check compares the part of the README between the comments "begin NAME" and "end NAME"
// with a text, and writes it with -update.
func Check(t *testing.T, name, text string) {
	t.Helper()
	begin, end := fmt.Sprintf("<!-- begin %s -->\n", name), fmt.Sprintf("<!-- end %s -->\n", name)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(content), begin)
	require.True(t, ok, "README.md has no %q", begin)
	old, after, ok := strings.Cut(rest, end)
	require.True(t, ok, "README.md has no %q", end)
	if *Update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+text+end+after), 0o644))
		return
	}
	require.Equal(t, text, old, "README.md is not what go test -update would write")
}

// Table writes a table of Markdown.
func Table(rows ...[]string) string {
	var text strings.Builder
	for i, row := range rows {
		text.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			text.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return text.String()
}
