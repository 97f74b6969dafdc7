// Package frameworks_test ties docs/frameworks.md to the services of this module.
package frameworks_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const page = "../../docs/frameworks.md"

var (
	source    = regexp.MustCompile(`\]\(\.\./examples/frameworks/(\w+/\w+\.go)\)`)
	lineCount = regexp.MustCompile(`, (\d+) lines\):$`)
	tableRow  = regexp.MustCompile(`^\| \[(\w+)\S*\]\(#[\w-]+\).* \| (\d+) lines \|$`)
	version   = regexp.MustCompile(`v\d+\.\d+\.\d+`)
)

func read(t *testing.T, file string) string {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// indented moves code to the right, as it stands in a function.
func indented(code string, depth int) string {
	var s strings.Builder
	for line := range strings.Lines(code) {
		if line != "\n" {
			s.WriteString(strings.Repeat("\t", depth))
		}
		s.WriteString(line)
	}
	return s.String()
}

// TestSnippets: each block of Go stands word for word in the files that the line above it links
// to, where it is compiled and run, and has as many lines as that line and the table say.
func TestSnippets(t *testing.T) {
	text := read(t, page)
	blocks := strings.Split(text, "```go\n")
	adapters := map[string]int{} // by folder
	for i := range blocks[1:] {
		code, _, ok := strings.Cut(blocks[i+1], "```\n")
		require.True(t, ok)
		before := strings.TrimRight(blocks[i], "\n")
		line := before[strings.LastIndex(before, "\n")+1:]
		links := source.FindAllStringSubmatch(line, -1)
		require.NotEmpty(t, links, "no file above:\n%s", code)
		for _, link := range links {
			file := "\n" + read(t, link[1])
			require.True(t, strings.Contains(file, "\n"+code) || strings.Contains(file, "\n"+indented(code, 1)), "%s does not have:\n%s", link[1], code)
		}
		count := lineCount.FindStringSubmatch(line)
		require.NotNil(t, count, line)
		require.Equal(t, strconv.Itoa(strings.Count(code, "\n")), count[1], line)
		folder, _, _ := strings.Cut(links[0][1], "/")
		if strings.HasPrefix(code, "//") && adapters[folder] == 0 {
			adapters[folder] = strings.Count(code, "\n")
		}
	}
	rows := 0
	for line := range strings.Lines(text) {
		if row := tableRow.FindStringSubmatch(strings.TrimSpace(line)); row != nil {
			require.Equal(t, strconv.Itoa(adapters[strings.ToLower(row[1])]), row[2], line)
			rows++
		}
	}
	require.Equal(t, 4, rows)
}

// TestVersions: the table names the versions of go.mod.
func TestVersions(t *testing.T) {
	required := read(t, "go.mod")
	count := 0
	for line := range strings.Lines(read(t, page)) {
		if strings.HasPrefix(line, "| ") {
			for _, v := range version.FindAllString(line, -1) {
				require.Contains(t, required, " "+v+"\n", line)
				count++
			}
		}
	}
	require.Equal(t, 8, count)
}
