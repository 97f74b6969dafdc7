// Command mutation changes the library in many small ways, one at a time, and runs the tests that reach the change: a
// change that no test notices is a missing test, or makes no difference. See README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"regexp"
	"strings"
	"time"
)

// verificationPath is what a token goes through on its way to being accepted.
var verificationPath = []string{
	"verify.go", "header.go", "jwt.go", "claims.go", "numericdate.go", "algorithms.go", "options.go", "keyset.go", "keymaterial.go",
	"internal/base64url/base64url.go", "internal/strictjson/*.go",
	"internal/jsonplan/decode*.go", "internal/jsonplan/cache.go", "internal/jsonplan/fields.go", "internal/jsonplan/names.go", "internal/jsonplan/text.go",
}

// config is the flags.
type config struct {
	dir, explanations, known string
	skip                     *regexp.Regexp
	budget                   time.Duration
	files                    []string
}

func main() {
	var c config
	var skip string
	flag.StringVar(&c.dir, "dir", "..", "`directory` of the module under test")
	flag.StringVar(&c.explanations, "equivalent", "mutation/EQUIVALENT.md", "`file` with the mutants that are equivalent")
	flag.StringVar(&c.known, "known", "", "`file` that remembers killed mutants from one run to the next, which then leaves them out")
	flag.DurationVar(&c.budget, "budget", 0, "processor `time` that the tests of one package may spend on one mutant; 0 is no limit")
	flag.StringVar(&skip, "skip", "LinearTime|CostsLittle|Grow|TestImports|ReadmeText", "`expression` for tests that are not run: those that measure")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: mutation [flags] [file...]\n\nThe files are patterns like internal/jsonplan/encode*.go; without them, those of the verification path.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	c.skip = regexp.MustCompile(skip)
	if c.files = flag.Args(); len(c.files) == 0 {
		c.files = verificationPath
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	unexplained, err := c.run(ctx, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(2)
	}
	if unexplained > 0 {
		os.Exit(1)
	}
}

// run gives the number of mutants that survive without an explanation.
func (c *config) run(ctx context.Context, out io.Writer) (int, error) {
	start := time.Now()
	explanations, err := readExplanations(c.explanations)
	if err != nil {
		return 0, err
	}
	known, err := readKnown(c.known)
	if err != nil {
		return 0, err
	}
	m, err := load(c.dir, func(name string) bool {
		for _, pattern := range c.files {
			if ok, err := path.Match(pattern, name); err == nil && ok {
				return true
			}
		}
		return false
	})
	if err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	r, err := build(ctx, m, work)
	if err != nil {
		return 0, err
	}
	say := func(format string, args ...any) {
		fmt.Fprintf(out, "%5.0fs  "+format+"\n", append([]any{time.Since(start).Seconds()}, args...)...)
	}
	r.budget = c.budget
	say("%d mutants compiled in, %d do not compile", m.lastID-len(m.dropped), len(m.dropped))
	if err := r.record(ctx, c.skip, say); err != nil {
		return 0, err
	}
	say("tests recorded")
	var t table
	for _, x := range m.dropped {
		t.row(x.file).dropped++
	}
	for _, p := range m.packages {
		for _, f := range p.files {
			for _, x := range f.mutants {
				result, by := known[x.key()], ""
				if result == "" {
					if result, by, err = r.verdict(ctx, x, p.path); err != nil {
						return 0, errors.Join(err, writeKnown(c.known, known))
					}
				}
				if result == killed || result == timedOut {
					known[x.key()] = result
				}
				for _, e := range explanations {
					if e.covers(x) {
						e.used = e.used || result == survived || result == unreached
						if result == survived || result == unreached {
							result = equivalent
						}
					}
				}
				if result == survived || result == unreached {
					say("%s:%d: %s\n%s", x.file, x.line, result, row(x))
				}
				t.add(x.file, result)
				_ = by
			}
			say("%s done", f.name)
			if err := writeKnown(c.known, known); err != nil {
				return 0, err
			}
		}
	}
	for _, e := range explanations {
		if !e.used && t.has(e.file) {
			say("%s:%d: no surviving mutant is as described", c.explanations, e.line)
		}
	}
	t.print(out)
	say("done")
	return t.unexplained(), nil
}

func readKnown(name string) (map[string]outcome, error) {
	known := map[string]outcome{}
	if name == "" {
		return known, nil
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return known, nil
	} else if err != nil {
		return nil, err
	}
	return known, json.Unmarshal(text, &known)
}

func writeKnown(name string, known map[string]outcome) error {
	if name == "" {
		return nil
	}
	text, err := json.MarshalIndent(known, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}

// table counts the outcomes of each file.
type table struct{ rows []*tableRow }

type tableRow struct {
	file                                                      string
	dropped, killed, timeout, equivalent, survived, unreached int
}

func (t *table) row(file string) *tableRow {
	for _, r := range t.rows {
		if r.file == file {
			return r
		}
	}
	t.rows = append(t.rows, &tableRow{file: file})
	return t.rows[len(t.rows)-1]
}

func (t *table) has(pattern string) bool {
	for _, r := range t.rows {
		if glob(pattern, r.file) {
			return true
		}
	}
	return false
}

func (t *table) add(file string, o outcome) {
	r := t.row(file)
	switch o {
	case killed:
		r.killed++
	case timedOut:
		r.timeout++
	case equivalent:
		r.equivalent++
	case survived:
		r.survived++
	case unreached:
		r.unreached++
	}
}

func (t *table) unexplained() (n int) {
	for _, r := range t.rows {
		n += r.survived + r.unreached
	}
	return n
}

func (t *table) print(out io.Writer) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	sum := tableRow{file: "all"}
	fmt.Fprintln(w, "| file | mutants | killed by a test | by a time limit | equivalent | survived | not reached | not compiled |")
	fmt.Fprintln(w, "| --- "+strings.Repeat("| ---: ", 7)+"|")
	line := func(r *tableRow) {
		total := r.killed + r.timeout + r.equivalent + r.survived + r.unreached
		fmt.Fprintf(w, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", r.file, total, r.killed, r.timeout, r.equivalent, r.survived, r.unreached, r.dropped)
	}
	for _, r := range t.rows {
		line(r)
		sum.dropped += r.dropped
		sum.killed += r.killed
		sum.timeout += r.timeout
		sum.equivalent += r.equivalent
		sum.survived += r.survived
		sum.unreached += r.unreached
	}
	line(&sum)
	if total := sum.killed + sum.timeout + sum.survived + sum.unreached; total > 0 {
		fmt.Fprintf(w, "%.1f %% of the mutants that are not equivalent are killed.\n", 100*float64(sum.killed+sum.timeout)/float64(total))
	}
}
