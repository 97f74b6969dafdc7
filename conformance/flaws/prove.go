package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// claim is a row of the table of promises in SECURITY.md, with the tests that it names.
type claim struct {
	text  string
	tests []string
}

var backQuoted = regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// claims reads the table of promises.
func claims(root string) ([]claim, error) {
	text, err := os.ReadFile(filepath.Join(root, "SECURITY.md"))
	if err != nil {
		return nil, err
	}
	_, table, found := strings.Cut(string(text), "\n| promise | tests |\n| --- | --- |\n")
	if !found {
		return nil, fmt.Errorf("SECURITY.md has no table of promises")
	}
	var rows []claim
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "|\n"), " | ")
		if len(cells) != 2 {
			break
		}
		row := claim{text: strings.TrimSpace(cells[0])}
		for _, match := range backQuoted.FindAllStringSubmatch(cells[1], -1) {
			row.tests = append(row.tests, match[1])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// proof is a promise with its row and its flaws.
type proof struct {
	promise
	claim
	flaws   []flaw
	planted []flaw   // those that were chosen
	found   []string // tests of the row that found one of them
}

// proofs joins the list of promises with the table: neither has a row that the other lacks.
func proofs(root string) ([]*proof, error) {
	rows, err := claims(root)
	if err != nil {
		return nil, err
	}
	byName := map[string]flaw{}
	for _, f := range slices.Concat(flaws, promiseFlaws) {
		if _, twice := byName[f.name]; twice {
			return nil, fmt.Errorf("two flaws have the name %s", f.name)
		}
		byName[f.name] = f
	}
	used := map[string]bool{}
	var list []*proof
	for i, p := range promises {
		if i >= len(rows) || !strings.HasPrefix(rows[i].text, p.starts) {
			return nil, fmt.Errorf("row %d of the promises in SECURITY.md does not start with %q", i+1, p.starts)
		}
		one := &proof{promise: p, claim: rows[i]}
		for _, name := range p.broken {
			f, ok := byName[name]
			if !ok {
				return nil, fmt.Errorf("%s: there is no flaw %s", p.starts, name)
			}
			used[name] = true
			one.flaws = append(one.flaws, f)
		}
		list = append(list, one)
	}
	if len(rows) != len(promises) {
		return nil, fmt.Errorf("no flaw breaks the promise %q", rows[len(promises)].text)
	}
	for _, f := range promiseFlaws {
		if !used[f.name] {
			return nil, fmt.Errorf("the flaw %s breaks no promise", f.name)
		}
	}
	return list, nil
}

// prover runs tests of the copy by their names.
type prover struct {
	*tree
	packages map[string]string // of a test or fuzz target
}

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)

func newProver(t *tree) (*prover, error) {
	p := &prover{t, map[string]string{}}
	for _, pattern := range []string{"*_test.go", "internal/*/*_test.go", "jwks/*_test.go", "jwthttp/*_test.go"} {
		names, err := filepath.Glob(filepath.Join(t.root, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			dir, err := filepath.Rel(t.root, filepath.Dir(name))
			if err != nil {
				return nil, err
			}
			for _, match := range testFunction.FindAllStringSubmatch(string(text), -1) {
				p.packages[match[1]] = dir
			}
		}
	}
	return p, nil
}

// failing gives those of the tests that fail. Each runs in a process of its own: one that
// panics must not hide the others.
func (p *prover) failing(tests []string) ([]string, error) {
	built := map[string]string{}
	defer func() {
		for _, binary := range built {
			_ = os.Remove(binary)
		}
	}()
	var failed []string
	for _, test := range tests {
		pkg, ok := p.packages[test]
		if !ok {
			return nil, fmt.Errorf("there is no test %s", test)
		}
		if built[pkg] == "" {
			binary := filepath.Join(p.dir, strings.ReplaceAll(pkg, "/", "_")+".test")
			build := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary, "./"+pkg)
			build.Dir = p.dir
			if out, err := build.CombinedOutput(); err != nil {
				return nil, fmt.Errorf("the flaw does not compile:\n%s", out)
			}
			built[pkg] = binary
		}
		run := exec.Command(built[pkg], "-test.run", "^"+test+"$", "-test.timeout", "5m")
		run.Dir = filepath.Join(p.dir, pkg)
		out, err := run.CombinedOutput()
		if strings.Contains(string(out), "no tests to run") {
			return nil, fmt.Errorf("%s did not run", test)
		}
		if err != nil {
			failed = append(failed, test)
		}
	}
	return failed, nil
}

// prove breaks the promises, and gives the rows of the report.
func prove(t *tree, list []*proof, chosen func(name string) bool) ([]string, error) {
	p, err := newProver(t)
	if err != nil {
		return nil, err
	}
	var rows, faults, all []string
	for _, one := range list {
		one.planted = slices.DeleteFunc(slices.Clone(one.flaws), func(f flaw) bool { return !chosen(f.name) })
		if len(one.planted) > 0 {
			all = append(all, one.tests...)
		}
	}
	slices.Sort(all)
	if failed, err := p.failing(slices.Compact(all)); err != nil {
		return nil, err
	} else if failed != nil {
		return nil, fmt.Errorf("red without a flaw: %s", strings.Join(failed, ", "))
	}
	for _, one := range list {
		for _, f := range one.planted {
			failed, err := p.broken(f, one.tests)
			if err != nil {
				faults = append(faults, fmt.Sprintf("%s: %v", f.name, err))
				continue
			}
			if failed == nil {
				faults = append(faults, fmt.Sprintf("%s: not found by any test of %q", f.name, one.starts))
				continue
			}
			one.found = append(one.found, failed...)
			row := fmt.Sprintf("| %s | %s | %s | %s |", one.starts, f.what, f.files(), strings.Join(failed, ", "))
			fmt.Println(row)
			rows = append(rows, row)
		}
		for _, test := range one.tests {
			if len(one.planted) == len(one.flaws) && !slices.Contains(one.found, test) {
				faults = append(faults, fmt.Sprintf("%s finds no flaw that breaks %q", test, one.starts))
			}
		}
	}
	if faults != nil {
		return rows, fmt.Errorf("not proved:\n%s", strings.Join(faults, "\n"))
	}
	return rows, nil
}

// broken gives the tests that find the flaw.
func (p *prover) broken(f flaw, tests []string) (failed []string, err error) {
	undo, err := p.plant(f)
	if err != nil {
		return nil, err
	}
	failed, err = p.failing(tests)
	if undone := undo(); undone != nil {
		return nil, undone
	}
	return failed, err
}
