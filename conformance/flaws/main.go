// Command flaws plants mistakes in a copy of the library, one at a time, and demands that its
// tests turn red. Those of attacks are named by testdata/vectors/attacks.json ("arm"): each
// let tokens into some library. Those of promises break what SECURITY.md promises, and are
// to be found by the tests that it names there.
//
// Run it in the directory conformance: go run ./flaws. It takes five to ten seconds for each
// flaw. With -only it plants some, with -table those of one table, with -write it writes
// what it has found into FLAWS.md, and with -dry it only looks whether all is there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const attackTests = "TestVectors|TestProbes|TestCVE|TestAttack|TestDates|TestPolicy|TestKeySet|TestEvery(Refusal|Sentinel)|TestJSONTestSuite|TestArticle|TestFractions"

func main() {
	only := flag.String("only", "", "names of flaws, separated by commas")
	table := flag.String("table", "", "attacks or promises: plant those alone")
	write := flag.Bool("write", false, "write what was found into FLAWS.md")
	dry := flag.Bool("dry", false, "only see whether the places of the flaws are still there, and all of them in FLAWS.md")
	tests := flag.String("run", attackTests, "which tests must find the flaws of attacks")
	flag.Parse()
	list, err := check()
	switch {
	case err != nil:
	case *dry:
		err = recorded(list)
	default:
		err = run(list, *table, *only, *tests, *write)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flaws:", err)
		os.Exit(1)
	}
}

// check looks for the places where the flaws belong, and for the tests of the promises.
func check() ([]*proof, error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, f := range slices.Concat(flaws, promiseFlaws) {
		if _, err := f.edited(root); err != nil {
			errs = append(errs, err)
		}
	}
	list, err := proofs(root)
	if err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	p, err := newProver(&tree{root: root})
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		for _, test := range one.tests {
			if p.packages[test] == "" {
				errs = append(errs, fmt.Errorf("there is no test %s", test))
			}
		}
	}
	return list, errors.Join(errs...)
}

func run(list []*proof, table, only, tests string, write bool) error {
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	t, err := newTree(root)
	if err != nil {
		return err
	}
	defer t.remove()
	chosen := func(name string) bool { return only == "" || slices.Contains(strings.Split(only, ","), name) }
	var errs []error
	if table != "promises" {
		rows, err := attack(t, tests, chosen)
		errs = append(errs, err)
		if write {
			errs = append(errs, writeTable("attacks", attackStarts(), rows))
		}
	}
	if table != "attacks" {
		rows, err := prove(t, list, chosen)
		errs = append(errs, err)
		if write {
			errs = append(errs, writeTable("promises", promiseStarts(list), rows))
		}
	}
	return errors.Join(errs...)
}

// attack plants the flaws of attacks, and gives the rows of the report.
func attack(t *tree, tests string, chosen func(name string) bool) ([]string, error) {
	var rows, survived []string
	for _, f := range flaws {
		if !chosen(f.name) {
			continue
		}
		r, err := t.attack(f, tests)
		if err != nil {
			return rows, fmt.Errorf("%s: %w", f.name, err)
		}
		if len(r.failed) == 0 {
			survived = append(survived, f.name)
			continue
		}
		row := r.row()
		fmt.Println(row)
		rows = append(rows, row)
	}
	if survived != nil {
		return rows, fmt.Errorf("no test found %s", strings.Join(survived, ", "))
	}
	return rows, nil
}

// result is a planted flaw with the tests that failed.
type result struct {
	flaw
	failed []string // tests, the outermost
	rows   int      // of TestVectors
}

var (
	failedTest   = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)
	failedVector = regexp.MustCompile(`(?m)^    --- FAIL: TestVectors/`)
)

// attack runs the tests with one flaw.
func (t *tree) attack(f flaw, tests string) (r result, err error) {
	undo, err := t.plant(f)
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, undo()) }()
	args := []string{"test", "-vet=off", "-count=1", "-run", tests, "."}
	if strings.HasPrefix(f.edits[0].file, "internal/") {
		args = append(args, "./"+filepath.Dir(f.edits[0].file))
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = t.dir
	out, err := cmd.CombinedOutput()
	text := string(out)
	if strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]") {
		return result{}, fmt.Errorf("the flaw does not compile:\n%s", text)
	}
	r = result{flaw: f, rows: len(failedVector.FindAllString(text, -1))}
	for _, match := range failedTest.FindAllStringSubmatch(text, -1) {
		r.failed = append(r.failed, match[1])
	}
	if err != nil && len(r.failed) == 0 {
		return result{}, fmt.Errorf("the tests did not run: %w\n%s", err, text)
	}
	return r, nil
}

// row names the first tests that failed.
func (r result) row() string {
	const most = 4
	var tests []string
	for _, name := range r.failed {
		if name == "TestVectors" {
			name = fmt.Sprintf("TestVectors (rows: %d)", r.rows)
		}
		tests = append(tests, name)
	}
	if more := len(tests) - most; more > 0 {
		tests = append(tests[:most], fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |", r.name, r.what, r.files(), strings.Join(tests, ", "))
}
