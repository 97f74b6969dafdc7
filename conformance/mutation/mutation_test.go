package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func sample(known string) *config {
	return &config{
		dir: "testdata/sample", explanations: "testdata/EQUIVALENT.md", known: known,
		skip: regexp.MustCompile("^$"), files: []string{"*.go"},
	}
}

// The tests of the sample kill all mutants but those of a function that they don't call, of a short way, and those that are
// left alive on purpose.
func TestSampleIsMutated(t *testing.T) {
	known := filepath.Join(t.TempDir(), "known.json")
	var out bytes.Buffer
	n, err := sample(known).run(t.Context(), &out)
	require.NoError(t, err)
	text := out.String()
	require.Contains(t, text, "left out: TestThatFails of sample fails")
	require.Contains(t, text, "testdata/EQUIVALENT.md:6: no surviving mutant is as described")
	for _, row := range []string{
		"| sample.go | Unreached | `n - 1` | + |  |",
		"| sample.go | Unreached | `1` | + 1 |  |",
		"| sample.go | Unreached | `1` | - 1 |  |",
	} {
		require.Contains(t, text, "not reached by any test\n"+row)
	}
	require.Equal(t, 3, n, text)
	require.Contains(t, text, "| sample.go | 39 | 35 | 0 | 1 | 0 | 3 | 0 |")

	saved, err := os.ReadFile(known)
	require.NoError(t, err)
	require.Contains(t, string(saved), "sample.go | Both | a \\u0026\\u0026 b | ||\": \"killed\"")
	out.Reset()
	again, err := sample(known).run(t.Context(), &out)
	require.NoError(t, err)
	require.Equal(t, n, again)
}

// What is put in is on one line with what it changes, so that the places of errors and of mutants agree.
func TestMutantsCompile(t *testing.T) {
	m, err := load("testdata/sample", func(name string) bool { return name == "sample.go" })
	require.NoError(t, err)
	require.Empty(t, m.dropped)
	require.Len(t, m.packages, 1)
	p := m.packages[0]
	require.Len(t, p.files, 1)
	f := p.files[0]
	text := string(p.outputs[f].text)
	require.Equal(t, strings.Count(string(f.source), "\n"), strings.Count(text, "\n"))
	for _, part := range []string{
		`package sample; import "sample/internal/mutant"`,
		"const limit = 3\n",
		"case 'a' + 1:\n",
		", 7), list...)",
		"return mutant.Not(",
		"mutant.Less[int](",
	} {
		require.Contains(t, text, part)
	}
	changes := map[string]bool{}
	for _, x := range f.mutants {
		changes[strings.Fields(x.change)[0]] = true
		require.Contains(t, string(f.source), x.code[:1])
	}
	for _, change := range []string{"true", "false", "<=", "-", "+", "&&", "||", "no", "deleted"} {
		require.Contains(t, changes, change)
	}
}

// A mutant that does not compile is dropped, and no other.
func TestMutantsThatDoNotCompileAreDropped(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("go.mod", "module odd\n\ngo 1.26\n")
	write("odd.go", `package odd

type yes bool

func A(x int) yes { return x < 1 }

func B(x int) int {
	for {
		if x > 2 {
			return x + 1
		}
		x++
	}
}
`)
	m, err := load(dir, func(string) bool { return true })
	require.NoError(t, err)
	require.NotEmpty(t, m.dropped)
	for _, x := range m.dropped {
		require.Equal(t, "A", x.function, x.key())
	}
	kept := map[string]bool{}
	for _, x := range m.packages[0].files[0].mutants {
		kept[x.function+" "+x.code+" "+x.change] = true
	}
	require.Contains(t, kept, "B x > 2 >=")
	require.Contains(t, kept, "B x++ deleted")
	require.Contains(t, kept, "A 1 - 1")
}

func TestRowsOfTheTableAreRead(t *testing.T) {
	rows, err := readExplanations("EQUIVALENT.md")
	require.NoError(t, err)
	for _, e := range rows {
		require.NotEmpty(t, e.reason, "line %d", e.line)
		require.NotEmpty(t, e.change, "line %d", e.line)
	}
	e := &explanation{file: "internal/*/text.go", function: "*", code: "a || b", change: "true, &&"}
	m := &mutation{file: "internal/x/text.go", function: "f", code: "a || b", change: "&&"}
	require.True(t, e.covers(m))
	require.Equal(t, "| internal/x/text.go | f | `a \\|\\| b` | && |  |", row(m))
	for _, other := range []*mutation{
		{file: "text.go", function: "f", code: "a || b", change: "&&"},
		{file: "internal/x/text.go", function: "f", code: "a", change: "&&"},
		{file: "internal/x/text.go", function: "f", code: "a || b", change: "false"},
		{file: "internal/x/text.go", function: "f", code: "a || b", change: "&& #2"},
	} {
		require.False(t, e.covers(other))
	}
}
