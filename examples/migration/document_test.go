// Package migration_test checks MIGRATION.md: its names, its snippets, and what it says about
// both libraries.
package migration_test

import (
	"go/ast"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var codeSpan = regexp.MustCompile("`([^`]+)`")

func document(t *testing.T) string {
	text, err := os.ReadFile("../../MIGRATION.md")
	require.NoError(t, err)
	return string(text)
}

// section returns the text under a heading, up to the next one of any level.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(document(t), "\n"+heading+"\n")
	require.True(t, ok, "MIGRATION.md has no %q", heading)
	text, _, _ := strings.Cut(rest, "\n#")
	return text
}

// rows returns the cells of the only table under a heading, without its header.
func rows(t *testing.T, heading string) [][]string {
	t.Helper()
	var table [][]string
	for line := range strings.Lines(section(t, heading)) {
		if line, ok := strings.CutPrefix(strings.TrimSpace(line), "|"); ok {
			cells := strings.Split(strings.TrimSuffix(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			table = append(table, cells)
		}
	}
	require.Greater(t, len(table), 2, "no table under %q", heading)
	for _, row := range table {
		require.Len(t, row, len(table[0]), "%q: %v", heading, row)
	}
	return table[2:]
}

// names returns the code spans of a cell. One that begins with a dot is a member of the last
// type before it.
func names(cell string) []string {
	var found []string
	owner := ""
	for _, span := range codeSpan.FindAllStringSubmatch(cell, -1) {
		name := span[1]
		if strings.HasPrefix(name, ".") {
			found = append(found, owner+name)
			continue
		}
		found = append(found, name)
		owner = name
		parts := strings.Split(name, ".")
		if last := len(parts) - 1; last > 0 && ast.IsExported(parts[last-1]) {
			owner = strings.Join(parts[:last], ".")
		}
	}
	return found
}
