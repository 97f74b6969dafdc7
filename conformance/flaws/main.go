// Command flaws plants known flaws in the library, one at a time, and demands that its
// tests turn red. The flaws are those that testdata/vectors/attacks.json names ("arm"): each
// let tokens into some library. The working tree is never changed: the go command is given
// the edited files as an overlay.
//
// Run it in the directory conformance: go run ./flaws. It takes ten seconds for each
// flaw. With -only it plants some, with -write it writes FLAWS.md.
package main

import (
	"encoding/json"
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

// edit replaces the first place of a text in a file; a text that is not there is an error,
// so that the list follows the library.
type edit struct{ file, old, new string }

// flaw is a mistake with the name that the vectors have for it.
type flaw struct {
	arm, what string
	edits     []edit
}

// result is a planted flaw with the tests that failed.
type result struct {
	flaw
	failed []string // tests, the outermost
	rows   int      // of TestVectors
}

func main() {
	only := flag.String("only", "", "names of flaws, separated by commas")
	write := flag.Bool("write", false, "write FLAWS.md")
	dry := flag.Bool("dry", false, "only see whether the places of the flaws are still there")
	tests := flag.String("run", "TestVectors|TestProbes|TestCVE|TestAttack|TestDates|TestPolicy|TestKeySet|TestEvery(Refusal|Sentinel)|TestJSONTestSuite|TestArticle|TestFractions", "which tests must find the flaws")
	flag.Parse()
	var err error
	if *dry {
		err = check()
	} else {
		err = run(*only, *tests, *write)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "flaws:", err)
		os.Exit(1)
	}
}

// check looks for the places where the flaws belong.
func check() error {
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "flaw")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var errs []error
	for _, f := range flaws {
		if _, err := overlayOf(root, dir, f); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.arm, err))
		}
	}
	return errors.Join(errs...)
}

func run(only, tests string, write bool) error {
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	var results []result
	var survived, broken []string
	for _, f := range flaws {
		if only != "" && !slices.Contains(strings.Split(only, ","), f.arm) {
			continue
		}
		r, err := plant(root, f, tests)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", f.arm, err)
			broken = append(broken, f.arm)
			continue
		}
		if len(r.failed) == 0 {
			survived = append(survived, f.arm)
		}
		fmt.Println(row(r))
		results = append(results, r)
	}
	switch {
	case broken != nil:
		return fmt.Errorf("not planted: %s", strings.Join(broken, ", "))
	case results == nil:
		return fmt.Errorf("there is no flaw of the name %q", only)
	}
	fmt.Printf("%d flaws planted, %d found\n", len(results), len(results)-len(survived))
	if survived != nil {
		return fmt.Errorf("no test found %s", strings.Join(survived, ", "))
	}
	if write {
		return os.WriteFile("FLAWS.md", []byte(report(results)), 0o644)
	}
	return nil
}

var (
	failedTest   = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)
	failedVector = regexp.MustCompile(`(?m)^    --- FAIL: TestVectors/`)
)

// plant runs the tests with one flaw.
func plant(root string, f flaw, tests string) (result, error) {
	dir, err := os.MkdirTemp("", "flaw")
	if err != nil {
		return result{}, err
	}
	defer os.RemoveAll(dir)
	overlay, err := overlayOf(root, dir, f)
	if err != nil {
		return result{}, err
	}
	args := []string{"test", "-overlay", overlay, "-vet=off", "-count=1", "-run", tests, "."}
	if strings.HasPrefix(f.edits[0].file, "internal/") {
		args = append(args, "./"+filepath.Dir(f.edits[0].file))
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	text := string(out)
	if strings.Contains(text, "[build failed]") || strings.Contains(text, "[setup failed]") {
		return result{}, fmt.Errorf("the flaw does not compile:\n%s", text)
	}
	r := result{flaw: f, rows: len(failedVector.FindAllString(text, -1))}
	for _, match := range failedTest.FindAllStringSubmatch(text, -1) {
		r.failed = append(r.failed, match[1])
	}
	if err != nil && len(r.failed) == 0 {
		return result{}, fmt.Errorf("the tests did not run: %w\n%s", err, text)
	}
	return r, nil
}

// overlayOf writes the edited files and the list of them.
func overlayOf(root, dir string, f flaw) (string, error) {
	edited := map[string]string{}
	for _, e := range f.edits {
		text, ok := edited[e.file]
		if !ok {
			source, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return "", err
			}
			text = string(source)
		}
		if !strings.Contains(text, e.old) {
			return "", fmt.Errorf("%s has changed: the text %q is not in it", e.file, e.old)
		}
		edited[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	replace := map[string]string{}
	for file, text := range edited {
		name := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(root, file)] = name
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, list, 0o600)
}

const reportTail = `
Not planted: ` + "`trust_url`" + ` and ` + "`jwe_decrypt`" + `, since there is neither an HTTP client nor a decryption to plant
them in; ` + "`honor_b64`, `segments_few`, `num_wrap` and `polyglot`" + `, which need more code than the library has for
what they are about.
`

const reportHead = `# Flaws planted, and the tests that found them

Each row is a mistake that some library made, by the name that ` + "`testdata/vectors/attacks.json`" + ` has
for it, planted in this library; the tests named turned red. To repeat it: ` + "`cd conformance && go run ./flaws`" + `.
The program edits copies of the files, one flaw at a time, and fails if a flaw is not found
or if the place where it belongs has changed. This file is written by ` + "`go run ./flaws -write`" + `.

| flaw | what is wrong | planted in | tests that failed |
| --- | --- | --- | --- |
`

func report(results []result) string {
	var s strings.Builder
	s.WriteString(reportHead)
	for _, r := range results {
		s.WriteString(row(r) + "\n")
	}
	fmt.Fprintf(&s, "\n%d flaws planted, %d found.\n", len(results), len(results))
	s.WriteString(reportTail)
	return s.String()
}

// row names the first tests that failed.
func row(r result) string {
	const most = 4
	var files, tests []string
	for _, e := range r.edits {
		if !slices.Contains(files, e.file) {
			files = append(files, e.file)
		}
	}
	for _, name := range r.failed {
		if name == "TestVectors" {
			name = fmt.Sprintf("TestVectors (rows: %d)", r.rows)
		}
		tests = append(tests, name)
	}
	if more := len(tests) - most; more > 0 {
		tests = append(tests[:most], fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |", r.arm, r.what, strings.Join(files, ", "), strings.Join(tests, ", "))
}
