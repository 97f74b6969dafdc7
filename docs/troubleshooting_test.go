package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// messageArgument says which argument of a function is the text of an error.
var messageArgument = map[string]int{
	"failf": 1, "wrapf": 2, "foreignError": 1, "invalid": 0, "unavailable": 1, "errors.New": 0, "fmt.Errorf": 0, "panic": 0, "found": 1, "mangledBy": 0,
}

// messageTypes are the error types whose text is a field.
var messageTypes = []string{"failure", "class", "Error"}

var (
	verb     = regexp.MustCompile(`%[#+]?[a-zA-Z]`)
	begins   = regexp.MustCompile(`^[a-z]+ [a-z]+ [a-z]`)
	codeSpan = regexp.MustCompile("``(.+?)``|`([^`]+)`")
)

// message is the text that an expression makes, with … for what is only known later; "" if
// nothing of it is constant.
func message(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		if err != nil {
			return ""
		}
		text = strings.TrimPrefix(text, "%w: ") // the class of jwthttp's errors
		for _, name := range []string{"jwt: ", "jwks: ", "jwthttp: "} {
			text = strings.TrimPrefix(text, name)
		}
		return verb.ReplaceAllString(text, "…")
	case *ast.BinaryExpr:
		if left, right := message(x.X), message(x.Y); left != "" || right != "" {
			return orDots(left) + orDots(right)
		}
	case *ast.CallExpr:
		if name(x.Fun) == "fmt.Sprintf" {
			return message(x.Args[0])
		}
	}
	return ""
}

func orDots(text string) string {
	if text == "" {
		return "…"
	}
	return text
}

// name returns "f" or "pkg.f".
func name(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return name(x.X) + "." + x.Sel.Name
	}
	return ""
}

// messages returns the texts of all errors that a package makes, and where.
func messages(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	sources, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	set := token.NewFileSet()
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, source, nil, 0)
		require.NoError(t, err)
		add := func(x ast.Expr) {
			if text := message(x); strings.Trim(text, "…:; ") != "" {
				found[text] = set.Position(x.Pos()).String()
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "Error" { // errors that become a text when they are read
					ast.Inspect(n, func(n ast.Node) bool {
						if x, ok := n.(*ast.BasicLit); ok && begins.MatchString(message(x)) {
							add(x)
						}
						return true
					})
				}
			case *ast.CallExpr:
				if at, ok := messageArgument[name(n.Fun)]; ok && at < len(n.Args) {
					add(n.Args[at])
				}
			case *ast.CompositeLit:
				for _, element := range n.Elts {
					if field, ok := element.(*ast.KeyValueExpr); ok && name(field.Key) == "text" && slices.Contains(messageTypes, name(n.Type)) {
						add(field.Value)
					}
				}
			}
			return true
		})
	}
	return found
}

// TestTroubleshooting: the first cells of the tables have messages that the packages do return,
// each once. A message that names its own cure needs no row.
func TestTroubleshooting(t *testing.T) {
	all := map[string]string{}
	folders, err := filepath.Glob(filepath.Join(root, "internal", "*"))
	require.NoError(t, err)
	for _, folder := range append(folders, root, filepath.Join(root, "jwks"), filepath.Join(root, "jwthttp")) {
		maps.Copy(all, messages(t, folder))
	}
	documented := map[string]bool{}
	for line := range strings.Lines(read(t, "docs/troubleshooting.md")) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 {
			continue
		}
		for _, span := range codeSpan.FindAllStringSubmatch(cells[0], -1) {
			text := strings.TrimSpace(span[1] + span[2])
			require.False(t, documented[text], "twice: %s", text)
			documented[text] = true
			if all[text] == "" && all[text+": …"] == "" { // … is the cause
				t.Errorf("docs/troubleshooting.md explains what no error says: %s", text)
			}
		}
	}
	require.NotEmpty(t, documented)
}
