package jwt_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	gotoken "go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite testdata/api.txt from the source")

const (
	apiFile = "testdata/api.txt"
	apiHead = `# The exported API of the module, one declaration after the other, checked by TestAPI.
#
# Programs are compiled against these lines. A line may be added, with a reason in its doc
# comment and an entry under "Added" in CHANGELOG.md. A line may be changed or removed only
# before version 1.0, and only with an entry under "Changed" or "Removed" that tells users
# what to write instead. Rewrite this file with: go test -run TestAPI -update .
`
	apiChanged = "the exported API is not what " + apiFile + " says: read the rule in the head of that file; if the change is meant, run go test -run TestAPI -update ."
)

// TestAPI freezes the exported API of every public package of the module.
func TestAPI(t *testing.T) {
	var s strings.Builder
	s.WriteString(apiHead)
	for _, dir := range publicPackages(t) {
		s.WriteString("\npackage " + path.Join("example.com/jwt", dir) + "\n\n")
		for _, line := range exportedDecls(t, dir) {
			s.WriteString(line + "\n")
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(apiFile, []byte(s.String()), 0o644))
	}
	frozen, err := os.ReadFile(apiFile)
	require.NoError(t, err)
	require.Empty(t, strings.Join(changedLines(string(frozen), s.String()), "\n"), apiChanged)
	require.Equal(t, string(frozen), s.String(), apiChanged)
	require.Contains(t, s.String(), "\nfunc Verify[T any](token string, keys KeySource, algs []Algorithm, opts ...VerifyOption) (*Token[T], error)\n")
}

// changedLines gives the lines that only one of two texts has.
func changedLines(frozen, now string) []string {
	was, is := strings.Split(frozen, "\n"), strings.Split(now, "\n")
	var changed []string
	for _, line := range was {
		if !slices.Contains(is, line) {
			changed = append(changed, "- "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			changed = append(changed, "+ "+line)
		}
	}
	return changed
}

// publicPackages finds the directories of the packages that other modules can import.
func publicPackages(t *testing.T) []string {
	var dirs []string
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		base := entry.Name()
		if name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "internal" || name == "examples" || exists(name+"/go.mod")) {
			return fs.SkipDir
		}
		if files := parsePackage(t, name, parser.PackageClauseOnly); len(files) > 0 && files[0].Name.Name != "main" {
			dirs = append(dirs, filepath.ToSlash(name))
		}
		return nil
	}))
	require.Contains(t, dirs, ".")
	return dirs
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// parsePackage parses the files of a package that are no tests.
func parsePackage(t *testing.T, dir string, mode parser.Mode) []*ast.File {
	names, err := filepath.Glob(dir + "/*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fileSet, name, nil, mode)
		require.NoError(t, err)
		files = append(files, file)
	}
	return files
}

var fileSet = gotoken.NewFileSet()

// exportedDecls gives each exported declaration as a text without comments and bodies. One that
// older versions of Go don't have ends with the version that it needs.
func exportedDecls(t *testing.T, dir string) []string {
	var texts []string
	for _, file := range parsePackage(t, dir, parser.SkipObjectResolution) {
		since := ""
		if file.GoVersion != "" { // of a build constraint
			since = " // " + file.GoVersion
		}
		ast.FileExports(file)
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv != nil && !exportedReceiver(decl.Recv.List[0].Type) {
					continue
				}
				decl.Body = nil
				texts = append(texts, printNode(t, decl)+since)
			case *ast.GenDecl:
				for _, text := range exportedSpecs(t, decl) {
					texts = append(texts, text+since)
				}
			}
		}
	}
	slices.Sort(texts)
	return texts
}

// exportedReceiver looks through the pointer and the type parameters of a receiver.
func exportedReceiver(expr ast.Expr) bool {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return exportedReceiver(expr.X)
	case *ast.IndexExpr:
		return exportedReceiver(expr.X)
	case *ast.Ident:
		return expr.IsExported()
	}
	return true
}

// exportedSpecs splits a group. A constant without a type has that of the one before.
func exportedSpecs(t *testing.T, decl *ast.GenDecl) []string {
	var texts []string
	var before ast.Expr
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			texts = append(texts, "type "+printNode(t, spec))
		case *ast.ValueSpec:
			if decl.Tok == gotoken.CONST && spec.Type == nil && spec.Values == nil {
				spec.Type = before
			}
			if before = spec.Type; spec.Type != nil {
				spec.Values = nil
			}
			texts = append(texts, decl.Tok.String()+" "+printNode(t, spec))
		}
	}
	return texts
}

func printNode(t *testing.T, node any) string {
	var text bytes.Buffer
	config := printer.Config{Mode: printer.TabIndent | printer.UseSpaces, Tabwidth: 8}
	require.NoError(t, config.Fprint(&text, gotoken.NewFileSet(), node))
	return strings.TrimSpace(unexported.Replace(text.String()))
}

// unexported mends what the printer says of a type that has more than it shows.
var unexported = strings.NewReplacer(
	"\n\n}// contains filtered or unexported fields\n", "\n\t// and unexported fields\n}",
	"\n\n}// contains filtered or unexported methods\n", "\n\t// and unexported methods, so that no other module can implement it\n}",
)

// TestEveryExportedNameIsDocumented holds each doc comment to its place: it begins with
// the name, and it is short.
func TestEveryExportedNameIsDocumented(t *testing.T) {
	names := 0
	check := func(dir, name, text string) {
		names++
		require.NotEmpty(t, text, "%s: %s has no doc comment", dir, name)
		require.LessOrEqual(t, strings.Count(text, "\n"), 9, "%s: the doc comment of %s is long", dir, name)
		words := strings.Fields(text)
		if words[0] == "A" || words[0] == "An" || words[0] == "The" {
			words = words[1:]
		}
		require.Equal(t, name, words[0], "%s: the doc comment of %s begins with another word", dir, name)
	}
	for _, dir := range publicPackages(t) {
		p, err := doc.NewFromFiles(fileSet, parsePackage(t, dir, parser.ParseComments), path.Join("example.com/jwt", dir))
		require.NoError(t, err)
		require.NotEmpty(t, p.Doc, "%s has no package comment", dir)
		funcs := slices.Clone(p.Funcs)
		for _, typ := range p.Types {
			check(dir, typ.Name, typ.Doc)
			funcs = slices.Concat(funcs, typ.Funcs, typ.Methods)
		}
		for _, f := range funcs {
			check(dir, f.Name, f.Doc)
		}
		values := slices.Concat(p.Consts, p.Vars)
		for _, typ := range p.Types {
			values = slices.Concat(values, typ.Consts, typ.Vars)
		}
		for _, group := range values {
			for _, spec := range group.Decl.Specs {
				spec := spec.(*ast.ValueSpec)
				names++
				require.NotEmpty(t, group.Doc+spec.Doc.Text()+spec.Comment.Text(), "%s: %s has no doc comment", dir, spec.Names[0])
			}
		}
	}
	require.Greater(t, names, 100)
}

// TestImports: a program that only signs and verifies links no HTTP client or server, and
// this package itself reaches neither for files nor for the network.
func TestImports(t *testing.T) {
	list := func(args ...string) []string {
		out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		require.NoError(t, err)
		return strings.Fields(string(out))
	}
	linked := list("-deps", ".")
	require.Contains(t, linked, "crypto/ed25519", "the list is one")
	for _, name := range []string{"net/http", "os/exec", "plugin", "example.com/jwt/jwks", "example.com/jwt/jwthttp", "example.com/jwt/jwttest"} {
		require.NotContains(t, linked, name)
	}
	foreign := func(name string) bool { return !strings.HasPrefix(name, "example.com/jwt") }
	imported := list(append([]string{"-f", `{{join .Imports " "}}`}, slices.DeleteFunc(slices.Clone(linked), foreign)...)...)
	require.Contains(t, imported, "crypto/ed25519")
	for _, name := range []string{"net", "net/http", "net/url", "os", "os/exec", "syscall", "unsafe"} {
		require.NotContains(t, imported, name)
	}
	for _, name := range linked {
		host, _, _ := strings.Cut(name, "/")
		known := !strings.Contains(host, ".") || strings.HasPrefix(name, "example.com/jwt") || strings.HasPrefix(name, "golang.org/x/crypto/")
		require.True(t, known, "%s is not to be linked", name)
	}
}

// TestNoGoroutinesAndNoInit: the library does nothing of its own accord, and nothing
// behind the compiler's back.
func TestNoGoroutinesAndNoInit(t *testing.T) {
	dirs, err := filepath.Glob("internal/*")
	require.NoError(t, err)
	require.NotEmpty(t, dirs)
	for _, dir := range append(dirs, ".") {
		for _, file := range parsePackage(t, dir, parser.ParseComments|parser.SkipObjectResolution) {
			name := fileSet.Position(file.Pos()).Filename
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					require.Fail(t, "a goroutine", name)
				case *ast.FuncDecl:
					require.NotEqual(t, "init", n.Name.Name, name)
				case *ast.ImportSpec:
					require.NotContains(t, []string{`"unsafe"`, `"C"`, `"math/rand"`}, n.Path.Value, name)
				case *ast.Comment:
					require.NotContains(t, n.Text, "go:linkname", name)
				}
				return true
			})
		}
	}
}
