// Package docs_test checks the documents: that their Go code compiles and runs, that the links,
// names and error messages in them exist, and that the spelling is right.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// root is the folder of the module.
const root = ".."

// read returns the text of a file of the module.
func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(text)
}

// hasNestedModules reports whether the repository is there, and not just what a module's zip has.
func hasNestedModules(t *testing.T) bool {
	return slices.ContainsFunc(files(t, "go.mod"), func(name string) bool { return name != "go.mod" })
}

// files returns the names of the module's files with a suffix, except those in the folders of
// skip. They have slashes on every system.
func files(t *testing.T, suffix string, skip ...string) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			hidden := strings.HasPrefix(d.Name(), ".") && name != "."
			if hidden || d.Name() == "node_modules" || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			for _, folder := range skip {
				if name == folder {
					return filepath.SkipDir
				}
			}
			return nil
		}
		if strings.HasSuffix(name, suffix) {
			found = append(found, name)
		}
		return nil
	}))
	require.NotEmpty(t, found, suffix)
	return found
}

// blocks returns the fenced blocks of a document in a language.
func blocks(t *testing.T, file, language string) []string {
	t.Helper()
	parts := strings.Split(read(t, file), "```")
	require.Equal(t, 1, len(parts)%2, "%s: a fence is open", file)
	var found []string
	for i := 1; i < len(parts); i += 2 {
		name, code, ok := strings.Cut(parts[i], "\n")
		require.True(t, ok && strings.Contains("go sh text mermaid", name) && name != "", "%s: a block of the language %q", file, name)
		if name == language {
			found = append(found, code)
		}
	}
	return found
}

// snippetDocuments returns the documents whose Go code is checked here. That of MIGRATION.md and
// docs/frameworks.md is compiled in examples/migration and examples/frameworks, which have the
// other libraries.
func snippetDocuments(t *testing.T) []string {
	documents := []string{"README.md", "SECURITY.md"}
	for _, file := range files(t, ".md") {
		if strings.HasPrefix(file, "docs/") && file != "docs/frameworks.md" {
			documents = append(documents, file)
		}
	}
	require.Greater(t, len(documents), 7)
	return documents
}

// TestSnippets: each block of Go in a document is also in a test of this package or in an
// example, where it is compiled and run. staticcheck finds functions that are never called.
func TestSnippets(t *testing.T) {
	var sources strings.Builder
	for _, file := range files(t, ".go", "examples/migration", "examples/frameworks") {
		if strings.HasPrefix(file, "docs/") || strings.HasPrefix(file, "examples/") {
			sources.WriteString("\n" + strings.ReplaceAll(read(t, file), "\r\n", "\n"))
		}
	}
	count := 0
	for _, document := range snippetDocuments(t) {
		for _, code := range blocks(t, document, "go") {
			require.True(t, contains(sources.String(), code), "%s: this is nowhere in docs/*_test.go or examples:\n%s", document, code)
			count++
		}
	}
	require.Greater(t, count, 12)
}

// contains looks for whole lines of code at any depth of indentation.
func contains(source, code string) bool {
	for depth := range 4 {
		var s strings.Builder
		for line := range strings.Lines(code) {
			if line != "\n" {
				s.WriteString(strings.Repeat("\t", depth))
			}
			s.WriteString(line)
		}
		if strings.Contains(source, "\n"+s.String()) {
			return true
		}
	}
	return false
}

// TestREADMEIsShort: the first code before line 25, and no more than 150 lines.
func TestREADMEIsShort(t *testing.T) {
	text := read(t, "README.md")
	require.LessOrEqual(t, strings.Count(text, "\n"), 150)
	before, _, ok := strings.Cut(text, "```go")
	require.True(t, ok)
	require.Less(t, strings.Count(before, "\n"), 25)
}
