package migration_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	v4 = "github.com/golang-jwt/jwt/v4"
	v5 = "github.com/golang-jwt/jwt/v5"
)

// TestNames reads the exported names of golang-jwt from its source. The first cells of the tables
// must have exactly those: the names of v5 under "Name by name", and those that v5 no longer has
// under "Only in v4".
func TestNames(t *testing.T) {
	newer, older := exported(t, moduleDir(t, v5)), exported(t, moduleDir(t, v4))
	require.Contains(t, newer, "Parser.ParseWithClaims")
	require.Contains(t, newer, "request.OAuth2Extractor")
	require.Contains(t, older, "StandardClaims.ExpiresAt")
	for _, dir := range []string{moduleDir(t, v5), moduleDir(t, v4)} {
		_, version, _ := strings.Cut(dir, "@")
		require.NotEmpty(t, version)
		require.Contains(t, document(t), version, "the version that the names are read from")
	}
	older = slices.DeleteFunc(older, func(name string) bool { return slices.Contains(newer, name) })

	var listed []string
	for _, heading := range []string{"### Signing", "### Verifying", "### Parser options", "### Claims", "### Keys", "### Algorithms", "### Errors", "### Requests"} {
		listed = append(listed, firstCells(t, heading)...)
	}
	requireSame(t, newer, listed)
	requireSame(t, older, firstCells(t, "### Only in v4"))
}

// TestAnswers: the names of this module in the second cells exist.
func TestAnswers(t *testing.T) {
	here := exported(t, moduleDir(t, "example.com/jwt"))
	require.Contains(t, here, "Verifier.VerifyContext")
	require.Contains(t, here, "jwks.New")
	packages := []string{"jwks", "jwthttp", "jwttest"}
	checked := 0
	for _, heading := range []string{"### Signing", "### Verifying", "### Parser options", "### Claims", "### Keys", "### Algorithms", "### Errors", "### Requests", "### Only in v4"} {
		for _, row := range rows(t, heading) {
			require.NotEmpty(t, row[1], "%v has no answer", row)
			for _, name := range names(row[1]) {
				name = strings.TrimPrefix(name, "jwt.")
				name, _, _ = strings.Cut(name, "(")
				name, _, _ = strings.Cut(name, "[")
				pkg, member, qualified := strings.Cut(name, ".")
				if ast.IsExported(pkg) || qualified && slices.Contains(packages, pkg) && ast.IsExported(member) {
					require.True(t, slices.Contains(here, name), "no %s, in %v", name, row)
					checked++
				}
			}
		}
	}
	require.Greater(t, checked, 100)
}

func requireSame(t *testing.T, want, got []string) {
	t.Helper()
	slices.Sort(got)
	require.Equal(t, slices.Compact(slices.Clone(got)), got, "a name is there twice")
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("MIGRATION.md has no answer for %s", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("MIGRATION.md has an answer for %s, which is not there", name)
		}
	}
}

func firstCells(t *testing.T, heading string) (listed []string) {
	t.Helper()
	for _, row := range rows(t, heading) {
		found := names(row[0])
		require.NotEmpty(t, found, "%v names nothing", row)
		listed = append(listed, found...)
	}
	return listed
}

func moduleDir(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", path).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// exported returns the exported names of a module: functions, variables, constants and types,
// Type.Method, Type.Field, and package.Name outside the root package. Commands have none.
func exported(t *testing.T, dir string) (found []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			nested := path != dir && exists(filepath.Join(path, "go.mod"))
			if nested || slices.Contains([]string{"testdata", "internal", "examples", ".git"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil || file.Name.Name == "main" {
			return err
		}
		prefix := ""
		if filepath.Dir(path) != dir {
			prefix = file.Name.Name + "."
		}
		for _, name := range exportedNames(file) {
			found = append(found, prefix+name)
		}
		return nil
	}))
	slices.Sort(found)
	return slices.Compact(found)
}

func exists(path string) bool {
	matches, err := filepath.Glob(path)
	return err == nil && len(matches) == 1
}

func exportedNames(file *ast.File) (found []string) {
	ast.FileExports(file)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				found = append(found, decl.Name.Name)
			} else if owner := receiver(decl.Recv.List[0].Type); ast.IsExported(owner) {
				found = append(found, owner+"."+decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				found = append(found, specNames(spec)...)
			}
		}
	}
	return found
}

func receiver(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.StarExpr:
		return receiver(expr.X)
	case *ast.IndexExpr:
		return receiver(expr.X)
	case *ast.Ident:
		return expr.Name
	}
	return ""
}

func specNames(spec ast.Spec) (found []string) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.IsExported() {
				found = append(found, name.Name)
			}
		}
	case *ast.TypeSpec:
		found = append(found, spec.Name.Name)
		for _, name := range members(spec.Type) {
			found = append(found, spec.Name.Name+"."+name)
		}
	}
	return found
}

func members(expr ast.Expr) (found []string) {
	var list *ast.FieldList
	switch expr := expr.(type) {
	case *ast.StructType:
		list = expr.Fields
	case *ast.InterfaceType:
		list = expr.Methods
	default:
		return nil
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			if name.IsExported() {
				found = append(found, name.Name)
			}
		}
		if name := embedded(field.Type); len(field.Names) == 0 && ast.IsExported(name) {
			found = append(found, name)
		}
	}
	return found
}

func embedded(expr ast.Expr) string {
	if selector, ok := expr.(*ast.SelectorExpr); ok {
		return selector.Sel.Name
	}
	return receiver(expr)
}
