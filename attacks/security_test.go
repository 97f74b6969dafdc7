package attacks_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testNames are the tests, fuzz targets and benchmarks of the library.
func testNames(t *testing.T) map[string]bool {
	names := map[string]bool{}
	for _, pattern := range []string{"*_test.go", "attacks/*_test.go", "internal/*/*_test.go", "jwks/*_test.go", "jwthttp/*_test.go"} {
		files, err := filepath.Glob("../" + pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, name := range files {
			file, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
					names[f.Name.Name] = true
				}
			}
		}
	}
	return names
}

// TestSecurityDocument: the tests that SECURITY.md names exist, every promise has one, and all
// that are about an attack are named.
func TestSecurityDocument(t *testing.T) {
	text, err := os.ReadFile("../SECURITY.md")
	require.NoError(t, err)
	named := map[string]bool{}
	for _, match := range regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`").FindAllStringSubmatch(string(text), -1) {
		named[match[1]] = true
	}
	require.Greater(t, len(named), 80)
	exist := testNames(t)
	for name := range named {
		require.True(t, exist[name], "SECURITY.md names %s, which does not exist", name)
	}
	for name := range exist {
		if strings.HasPrefix(name, "TestCVE_") || strings.HasPrefix(name, "TestAttack") {
			require.True(t, named[name], "SECURITY.md does not name %s", name)
		}
	}
	_, promises, found := strings.Cut(string(text), "\n| promise | tests |\n| --- | --- |\n")
	require.True(t, found, "SECURITY.md has no table of promises")
	rows, _, _ := strings.Cut(promises, "\n\n")
	require.Greater(t, strings.Count(rows, "\n"), 20)
	for row := range strings.Lines(rows) {
		require.Regexp(t, "^\\| .+ \\| `(Test|Fuzz)[^|]+ \\|\n?$", row)
	}
	require.NotContains(t, string(text), "@", "an address that does not exist")
}
