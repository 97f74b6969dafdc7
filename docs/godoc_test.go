package docs_test

import (
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "example.com/jwt"

// packages are those with a public API, by their folders.
var packages = map[string]string{".": module, "jwks": module + "/jwks", "jwthttp": module + "/jwthttp", "jwttest": module + "/jwttest"}

var (
	unresolved = regexp.MustCompile(`(^|[^\w.])\[\*?([a-z]+\.)?[A-Z]\w*(\.[A-Z]\w*)*\]([^(]|$)`)
	sentinel   = regexp.MustCompile(`\b(?:(jwt|jwks|jwthttp)\.)?(Err[A-Z]\w*)\b`)
)

// load parses a package with its examples.
func load(t *testing.T, folder, importPath string) *doc.Package {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
	require.NoError(t, err)
	set := token.NewFileSet()
	var parsed []*ast.File
	for _, source := range sources {
		file, err := parser.ParseFile(set, source, nil, parser.ParseComments)
		require.NoError(t, err)
		if strings.HasSuffix(source, "_test.go") && !strings.HasSuffix(file.Name.Name, "_test") {
			continue // internal tests
		}
		parsed = append(parsed, file)
	}
	p, err := doc.NewFromFiles(set, parsed, importPath)
	require.NoError(t, err)
	return p
}

// entry is an exported name and its comment.
type entry struct{ name, text string }

// entries returns everything that go doc shows of a package.
func entries(p *doc.Package) []entry {
	list := []entry{{"", p.Doc}}
	values := func(groups []*doc.Value) {
		for _, group := range groups {
			for _, spec := range group.Decl.Specs {
				value := spec.(*ast.ValueSpec)
				text := value.Doc.Text()
				if text == "" {
					text = group.Doc
				}
				for _, name := range value.Names {
					list = append(list, entry{name.Name, text})
				}
			}
		}
	}
	funcs := func(owner string, list0 []*doc.Func) {
		for _, f := range list0 {
			list = append(list, entry{owner + f.Name, f.Doc})
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs("", p.Funcs)
	for _, typ := range p.Types {
		list = append(list, entry{typ.Name, typ.Doc})
		values(typ.Consts)
		values(typ.Vars)
		funcs("", typ.Funcs)
		funcs(typ.Name+".", typ.Methods)
	}
	return list
}

// TestExportedNamesAreDocumented: each has a sentence that begins with its name, and the
// errors that its comment names exist.
func TestExportedNamesAreDocumented(t *testing.T) {
	known := map[string]bool{}
	all := map[string]*doc.Package{}
	for folder, importPath := range packages {
		p := load(t, folder, importPath)
		all[importPath] = p
		for _, e := range entries(p) {
			known[p.Name+"."+e.name] = true
		}
	}
	count := 0
	for _, p := range all {
		for _, e := range entries(p) {
			text := strings.TrimSpace(e.text)
			require.Regexp(t, `[.:)\]]$`, text, "%s.%s: the comment has no sentence", p.Name, e.name)
			method := e.name[strings.LastIndex(e.name, ".")+1:]
			if e.name != "" && !isConstant(p, e.name) {
				require.Regexp(t, `^(The |An? )?`+method+`\b`, text, "%s.%s", p.Name, e.name)
			}
			for _, match := range sentinel.FindAllStringSubmatch(text, -1) {
				owner := match[1]
				if owner == "" {
					owner = p.Name
				}
				require.True(t, known[owner+"."+match[2]], "%s.%s speaks of %s, which does not exist", p.Name, e.name, match[0])
			}
			count++
		}
	}
	require.Greater(t, count, 100)
}

// TestNamesInDocuments: the options, constructors and errors between back quotes exist.
func TestNamesInDocuments(t *testing.T) {
	known := map[string]bool{}
	for folder, importPath := range packages {
		p := load(t, folder, importPath)
		for _, e := range entries(p) {
			known[p.Name+"."+e.name] = true
			known[e.name] = true
		}
	}
	api := regexp.MustCompile("`((?:(?:jwt|jwks|jwthttp|jwttest)\\.[A-Z]|With[A-Z]|Allow[A-Z]|Insecure[A-Z]|New[A-Z]|Parse[A-Z]|Generate[A-Z]|Err[A-Z])\\w*)")
	count := 0
	for _, document := range snippetDocuments(t) {
		for _, match := range api.FindAllStringSubmatch(fence.ReplaceAllString(read(t, document), ""), -1) {
			require.True(t, known[match[1]], "%s speaks of %s", document, match[1])
			count++
		}
	}
	require.Greater(t, count, 100)
}

// isConstant: constants have one comment for a group.
func isConstant(p *doc.Package, name string) bool {
	for _, groups := range [][]*doc.Value{p.Consts, typeConstants(p)} {
		for _, group := range groups {
			for _, n := range group.Names {
				if n == name {
					return true
				}
			}
		}
	}
	return false
}

func typeConstants(p *doc.Package) (found []*doc.Value) {
	for _, typ := range p.Types {
		found = append(found, typ.Consts...)
	}
	return found
}

// TestExportedFunctionsHaveExamples: go doc and a reader's editor show one for each function
// of the root package that is not an option, and each package has some.
func TestExportedFunctionsHaveExamples(t *testing.T) {
	for folder, importPath := range packages {
		p := load(t, folder, importPath)
		if folder != "." {
			require.True(t, len(p.Examples) > 0 || hasExamples(p), "%s has no example", p.Name)
			continue
		}
		for _, f := range p.Funcs {
			if len(f.Examples) == 0 {
				t.Errorf("%s has no example", f.Name)
			}
		}
		for _, typ := range p.Types {
			for _, f := range typ.Funcs {
				option := strings.HasSuffix(typ.Name, "Option")
				if !option && len(f.Examples) == 0 {
					t.Errorf("%s has no example", f.Name)
				}
			}
		}
	}
}

func hasExamples(p *doc.Package) bool {
	for _, f := range p.Funcs {
		if len(f.Examples) > 0 {
			return true
		}
	}
	for _, typ := range p.Types {
		for _, f := range append(typ.Funcs, typ.Methods...) {
			if len(f.Examples) > 0 {
				return true
			}
		}
	}
	return false
}

// TestDocLinks: each [Name] in the comments is a name.
func TestDocLinks(t *testing.T) {
	known := map[string]bool{}
	all := map[string]*doc.Package{}
	for folder, importPath := range packages {
		p := load(t, folder, importPath)
		all[importPath] = p
		for _, e := range entries(p) {
			known[importPath+"."+e.name] = true
		}
	}
	links := 0
	for importPath, p := range all {
		parser := p.Parser()
		for _, e := range entries(p) {
			for _, block := range parser.Parse(e.text).Content {
				for _, text := range texts(block) {
					switch text := text.(type) {
					case *comment.DocLink:
						target := text.ImportPath
						if target == "" {
							target = importPath
						}
						if strings.HasPrefix(target, module) && text.Name != "" {
							name := strings.TrimPrefix(text.Recv+"."+text.Name, ".")
							require.True(t, known[target+"."+name], "%s.%s links to %s of %s", p.Name, e.name, name, target)
						}
						links++
					case comment.Plain:
						require.NotRegexp(t, unresolved, string(text), "%s.%s", p.Name, e.name)
					}
				}
			}
		}
	}
	require.Greater(t, links, 100)
}

// texts returns the texts of a block. Code has no links.
func texts(block comment.Block) (found []comment.Text) {
	switch block := block.(type) {
	case *comment.Paragraph:
		return block.Text
	case *comment.List:
		for _, item := range block.Items {
			for _, inner := range item.Content {
				found = append(found, texts(inner)...)
			}
		}
	}
	return found
}
