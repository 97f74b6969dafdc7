package migration_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The Go snippets of MIGRATION.md follow a convention. The first line says which library they
// use: "// golang-jwt", "// golang-jwt v4" or "// this library"; jwt is that library. A snippet
// is either declarations or the body of a function that returns an error. It can use the
// variables of snippetVars and the packages of snippetImports.

var snippetVars = map[string]string{
	"ctx": "context.Context", "certificateDER": "[]byte", "currentPEM": "[]byte", "keyPEM": "[]byte", "oldPEM": "[]byte", "raw": "string", "secret": "[]byte",
	"w": "http.ResponseWriter",
}

var snippetImports = map[string]map[string]string{
	"// golang-jwt":    {"jwt": v5, "request": v5 + "/request", "keyfunc": "github.com/MicahParks/keyfunc/v3"},
	"// golang-jwt v4": {"jwt": v4, "request": v4 + "/request"},
	"// this library":  {"jwt": "example.com/jwt", "jwks": "example.com/jwt/jwks", "jwthttp": "example.com/jwt/jwthttp"},
}

var commonImports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "json": "encoding/json", "http": "net/http", "rsa": "crypto/rsa", "slices": "slices", "time": "time", "tls": "crypto/tls",
}

// TestSnippets compiles each Go snippet in a package of its own, which exists only in an overlay
// of the go command.
func TestSnippets(t *testing.T) {
	module, err := filepath.Abs(".")
	require.NoError(t, err)
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	var packages []string
	owners := map[string]int{}
	parts := strings.Split(document(t), "```")
	require.Equal(t, 1, len(parts)%2, "a fence is open")
	for i := 1; i < len(parts); i += 2 {
		code, ok := strings.CutPrefix(parts[i], "go\n")
		require.True(t, ok, "a block that is not Go: %s", parts[i])
		owner, _, _ := strings.Cut(code, "\n")
		require.Contains(t, snippetImports, owner)
		owners[owner]++
		name := fmt.Sprintf("snippet%d", i/2+1)
		file := filepath.Join(dir, name+".go")
		require.NoError(t, os.WriteFile(file, []byte(program(t, owner, code)), 0o600))
		overlay.Replace[filepath.Join(module, "snippets", name, "snippet.go")] = file
		packages = append(packages, "./snippets/"+name)
	}
	require.GreaterOrEqual(t, owners["// this library"], 8)
	require.GreaterOrEqual(t, owners["// golang-jwt"], 6)
	require.GreaterOrEqual(t, owners["// golang-jwt v4"], 1)

	text, err := json.Marshal(overlay)
	require.NoError(t, err)
	list := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(list, text, 0o600))
	out, err := exec.Command("go", append([]string{"build", "-overlay", list}, packages...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// program turns a snippet into a file that compiles.
func program(t *testing.T, owner, code string) string {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "", "package snippet\n"+code, 0)
	if err != nil {
		code = "func snippet() error {\n" + code + "return nil\n}\n"
		file, err = parser.ParseFile(gotoken.NewFileSet(), "", "package snippet\n"+code, 0)
		require.NoError(t, err, "%s", code)
		body := file.Decls[0].(*ast.FuncDecl).Body.List
		code = strings.TrimSuffix(code, "return nil\n}\n") + uses(body) + "return nil\n}\n"
	}
	var declared []string
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			declared = append(declared, f.Name.Name)
			continue
		}
		for _, spec := range decl.(*ast.GenDecl).Specs {
			declared = append(declared, specNames(spec)...)
		}
	}
	imports := maps.Clone(commonImports)
	maps.Copy(imports, snippetImports[owner])
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := selector.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	var s strings.Builder
	s.WriteString("package snippet\n\nimport (\n")
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		if used[name] || name == "context" || name == "http" {
			fmt.Fprintf(&s, "\t%s %q\n", name, imports[name])
		}
	}
	s.WriteString(")\n\nvar (\n")
	for _, name := range slices.Sorted(maps.Keys(snippetVars)) {
		if !slices.Contains(declared, name) {
			fmt.Fprintf(&s, "\t%s %s\n", name, snippetVars[name])
		}
	}
	s.WriteString(")\n\n")
	return s.String() + code
}

// uses mentions the variables that a snippet declares only for its reader.
func uses(body []ast.Stmt) string {
	var s strings.Builder
	for _, stmt := range body {
		if assign, ok := stmt.(*ast.AssignStmt); ok && assign.Tok == gotoken.DEFINE {
			for _, left := range assign.Lhs {
				if name := left.(*ast.Ident).Name; name != "_" {
					fmt.Fprintf(&s, "_ = %s\n", name)
				}
			}
		}
	}
	return s.String()
}
