package providers

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPage: each function that a table of docs/providers.md names is in the file that it links
// to, and has a test. That its snippets are code of this package is tested in docs.
func TestPage(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(text)
	}
	row := regexp.MustCompile(`\| \[(\w+)\]\(\.\./examples/providers/((\w+)\.go)\) \|\n`)
	rows := row.FindAllStringSubmatch(strings.ReplaceAll(read("../../docs/providers.md"), "\r\n", "\n"), -1)
	require.Len(t, rows, 14)
	for _, match := range rows {
		name, file := match[1], read(match[2])
		if name == "FromCookie" {
			require.Contains(t, file, "jwthttp.FromCookie(")
			continue
		}
		require.Regexp(t, `(?m)^func (New)?`+name+`\(`, file)
		require.Contains(t, read(match[3]+"_test.go"), "\nfunc Test"+name+"(")
	}
}
