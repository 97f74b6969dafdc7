// Command benchmarks measures package jwt beside the other JWT libraries for Go and
// beside the bare cryptography. README.md says how to use it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
)

// config is what the flags say.
type config struct {
	rows, libs *regexp.Regexp
	rounds     int
	count      bool
	functions  bool
	rev        string
	json       bool
	write      string
	list       bool
	files      []string
	progress   io.Writer

	loop  string // for callgrind: how often to do the operation before and after the mark
	serve bool   // for another process: measure batches as standard input asks
}

func main() {
	if err := run(parseFlags()); err != nil {
		fmt.Fprintln(os.Stderr, "benchmarks:", err)
		os.Exit(1)
	}
}

func parseFlags() config {
	c := config{progress: os.Stderr}
	pattern := func(p **regexp.Regexp, name, usage string) {
		*p = regexp.MustCompile("")
		flag.Func(name, usage, func(text string) (err error) {
			*p, err = regexp.Compile(text)
			return err
		})
	}
	pattern(&c.rows, "rows", "take the rows whose name matches this `regexp`")
	pattern(&c.libs, "libs", "take the libraries whose name matches this `regexp`")
	flag.IntVar(&c.rounds, "rounds", 400, "batches of each library in a row")
	flag.BoolVar(&c.count, "count", false, "count instructions and cache lines of code with valgrind, instead of measuring time")
	flag.BoolVar(&c.functions, "functions", false, "with -count: list the functions, too")
	flag.StringVar(&c.rev, "rev", "", "compare the library with its `revision` of that name")
	flag.BoolVar(&c.json, "json", false, "print the results as JSON, for -write")
	flag.StringVar(&c.write, "write", "", "write the results in the JSON files that follow into this Markdown `file`, and the chart beside it")
	flag.BoolVar(&c.list, "list", false, "list the rows and libraries, and run nothing")
	flag.StringVar(&c.loop, "loop", "", "for -count: repeat the operation `n,m` times, with a mark between")
	flag.BoolVar(&c.serve, "serve", false, "for -rev: measure batches as standard input asks")
	flag.Parse()
	c.files = flag.Args()
	return c
}

func run(c config) error {
	list := slices.DeleteFunc(slices.Clone(allRows), func(r row) bool { return !c.rows.MatchString(r.name) })
	switch {
	case c.write != "":
		return write(c.write, c.files)
	case c.list:
		for _, r := range list {
			fmt.Printf("%-26s %s\n", r.name, r.title)
		}
		for _, e := range entries {
			fmt.Println(e.name)
		}
		return nil
	case len(list) == 0:
		return errors.New("no row has such a name; -list shows them")
	case c.loop != "":
		return loop(list[0], c.libs, c.loop)
	case c.serve:
		return serve(os.Stdin, os.Stdout)
	case c.count:
		return count(list, c)
	case c.rev != "":
		return compareRevisions(list, c)
	}
	r, err := measure(list, c)
	if err != nil {
		return err
	}
	if c.json {
		return r.print()
	}
	fmt.Print(report([]*results{r}))
	return nil
}

// measure measures every row.
func measure(list []row, c config) (*results, error) {
	r := newResults()
	for _, row := range list {
		fmt.Fprintf(c.progress, "\r\033[K%s", row.title)
		variants, err := row.set()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.name, err)
		}
		var cells []*cell
		for _, v := range variants {
			if c.libs.MatchString(v.name) {
				cells = append(cells, newCell(row.mode, v))
			}
		}
		if err := measureRow(row.mode, cells, c.rounds); err != nil {
			return nil, fmt.Errorf("%s: %w", row.name, err)
		}
		r.Rows[row.name] = cells
	}
	fmt.Fprint(c.progress, "\r\033[K")
	return r, nil
}
