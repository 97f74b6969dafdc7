package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

//go:embed mutant/mutant.go
var mutantSource []byte

// module is the one under test.
type module struct {
	dir, path string
	packages  []*pkg // those with files to be mutated
	exports   map[string]string

	lastID  int
	dropped []*mutation // what did not compile
}

// pkg is a package of it.
type pkg struct {
	path    string
	files   []*file
	others  []*file // not to be mutated
	outputs map[*file]rewritten
}

// load reads the module in dir, and puts mutants into the files that want accepts, given their names with slashes.
func load(dir string, want func(name string) bool) (*module, error) {
	m := &module{exports: map[string]string{}}
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,GoFiles,Export,Module", "./...", "cmp", "os", "strconv", "sync", "sync/atomic")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
		Module                  *struct {
			Path, Dir string
			Main      bool
		}
	}
	var own []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		m.exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			m.dir, m.path = p.Module.Dir, p.Module.Path
			own = append(own, p)
		}
	}
	for _, l := range own {
		if err := m.loadPackage(l.ImportPath, l.Dir, l.GoFiles, want); err != nil {
			return nil, err
		}
	}
	if len(m.packages) == 0 {
		return nil, errors.New("no file to be mutated")
	}
	return m, nil
}

func (m *module) loadPackage(path, dir string, names []string, want func(string) bool) error {
	p := &pkg{path: path, outputs: map[*file]rewritten{}}
	fset := token.NewFileSet()
	var all []*ast.File
	for _, base := range names {
		f := &file{path: filepath.Join(dir, base)}
		name, err := filepath.Rel(m.dir, f.path)
		if err != nil {
			return err
		}
		f.name = filepath.ToSlash(name)
		if f.source, err = os.ReadFile(f.path); err != nil {
			return err
		}
		if f.syntax, err = parser.ParseFile(fset, f.path, f.source, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		f.afterName = fset.Position(f.syntax.Name.End()).Offset
		all = append(all, f.syntax)
		if want(f.name) {
			p.files = append(p.files, f)
		} else {
			p.others = append(p.others, f)
		}
	}
	if len(p.files) == 0 {
		return nil
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	checked, err := (&types.Config{Importer: m.importer(fset)}).Check(path, fset, all, info)
	if err != nil {
		return err
	}
	for _, f := range p.files {
		w := &walker{file: f, fset: fset, pkg: checked, info: info, lastID: &m.lastID}
		w.walk()
	}
	m.packages = append(m.packages, p)
	return m.compile(p)
}

// compile drops the mutants that do not compile, until the rest does.
func (m *module) compile(p *pkg) error {
	for {
		bad, err := m.check(p)
		if err != nil || len(bad) == 0 {
			return err
		}
		for _, f := range p.files {
			for _, x := range f.mutants {
				if bad[x] {
					m.dropped = append(m.dropped, x)
				}
			}
			f.mutants = slices.DeleteFunc(f.mutants, func(x *mutation) bool { return bad[x] })
			f.edits = slices.DeleteFunc(f.edits, func(e edit) bool { return bad[e.mutant] })
		}
	}
}

// check rewrites the files, and gives the mutants at which the type checker finds something wrong.
func (m *module) check(p *pkg) (map[*mutation]bool, error) {
	fset := token.NewFileSet()
	byPath := make(map[string]*file)
	var all []*ast.File
	for _, f := range slices.Concat(p.files, p.others) {
		r := rewrite(f.source, f.withImport(m.mutantPath()))
		p.outputs[f], byPath[f.path] = r, f
		syntax, err := parser.ParseFile(fset, f.path, r.text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		all = append(all, syntax)
	}
	bad := map[*mutation]bool{}
	var unexplained []error
	config := types.Config{Importer: m.importer(fset), Error: func(err error) {
		var e types.Error
		if errors.As(err, &e) {
			at := fset.Position(e.Pos)
			r := p.outputs[byPath[at.Filename]]
			if x := r.mutantAt(at.Offset); x != nil {
				bad[x] = true
				return
			}
		}
		unexplained = append(unexplained, err)
	}}
	_, _ = config.Check(p.path, fset, all, nil) // its errors went to the function above
	if len(bad) > 0 {
		return bad, nil // the other errors may be consequences
	}
	return nil, errors.Join(unexplained...)
}

// withImport gives the edits of a file, and one for its import if there are any.
func (f *file) withImport(path string) []edit {
	if len(f.edits) == 0 {
		return nil
	}
	return append([]edit{{at: f.afterName, order: operator, text: "; import " + strconv.Quote(path)}}, f.edits...)
}

func (m *module) mutantPath() string { return m.path + "/internal/mutant" }

// importer reads the export data that go list has named, and the package mutant from its source.
func (m *module) importer(fset *token.FileSet) types.Importer {
	exported := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if m.exports[path] == "" {
			return nil, fmt.Errorf("no export data of %q", path)
		}
		return os.Open(m.exports[path])
	})
	var own *types.Package
	return importerFunc(func(path string) (*types.Package, error) {
		if path != m.mutantPath() {
			return exported.Import(path)
		}
		if own != nil {
			return own, nil
		}
		syntax, err := parser.ParseFile(fset, "mutant.go", mutantSource, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		own, err = (&types.Config{Importer: exported}).Check(path, fset, []*ast.File{syntax}, nil)
		return own, err
	})
}

type importerFunc func(path string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }
