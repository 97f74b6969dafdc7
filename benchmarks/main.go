// Command benchmarks measures package jwt beside the other JWT libraries for Go and
// beside the bare cryptography, and prints Markdown tables.
//
//	go run .                       # everything, some minutes
//	go run . -tasks '^hs256'       # one kind of task
//	go run . -write README.md      # puts the tables into README.md
//	go run . -tasks hs256/verify/struct -libs '^jwt$' -passes 30 -profile cpu.out
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime/pprof"
	"slices"
	"time"
)

// config is what the flags say.
type config struct {
	tasks, libs *regexp.Regexp
	passes      int
	sample      time.Duration
	write       string
	profile     string
	cpu, list   bool
	progress    io.Writer // nil for none
}

func main() {
	if err := benchmark(parseFlags()); err != nil {
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
	pattern(&c.tasks, "tasks", "run the tasks whose name matches this `regexp`")
	pattern(&c.libs, "libs", "run the libraries whose name matches this `regexp`")
	flag.IntVar(&c.passes, "passes", 10, "number of interleaved passes")
	flag.DurationVar(&c.sample, "sample", 80*time.Millisecond, "length of a sample")
	flag.BoolVar(&c.cpu, "cpu", false, "the processor time of the fastest sample, for a machine that does other work: not for the final table")
	flag.StringVar(&c.write, "write", "", "put the report between the marks of this Markdown `file`")
	flag.StringVar(&c.profile, "profile", "", "write a processor profile of the measured work to this `file`")
	flag.BoolVar(&c.list, "list", false, "list the tasks and libraries, and run nothing")
	flag.Parse()
	return c
}

func benchmark(c config) error {
	list := slices.DeleteFunc(tasks(), func(t task) bool { return !c.tasks.MatchString(t.name) })
	libs := slices.DeleteFunc(slices.Clone(entries), func(e entry) bool { return !c.libs.MatchString(e.name) })
	if c.list {
		for _, t := range list {
			fmt.Println(t.name)
		}
		for _, e := range libs {
			fmt.Println(e.name)
		}
		return nil
	}
	if len(list) == 0 || len(libs) == 0 || c.passes < 1 || c.sample <= 0 {
		return fmt.Errorf("nothing to run: %d tasks, %d libraries, %d passes, samples of %s; -list shows the names", len(list), len(libs), c.passes, c.sample)
	}
	if c.profile != "" {
		f, err := os.Create(c.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	r, err := measure(list, libs, c)
	if err != nil {
		return err
	}
	report := r.report(circumstances(libs, c))
	if c.write != "" {
		return writeReport(c.write, report)
	}
	fmt.Print(report)
	return nil
}

// measure runs one group of tasks after the other, so that no group pays the garbage
// collector for the long tokens of another.
func measure(list []task, libs []entry, c config) (*results, error) {
	r := &results{tasks: list, cells: map[string][]*cell{}}
	for _, group := range groups(list) {
		rows, err := prepare(slices.DeleteFunc(slices.Clone(list), func(t task) bool { return t.group != group }), libs)
		if err != nil {
			return nil, err
		}
		progress := func(text string) {
			if c.progress != nil {
				fmt.Fprintf(c.progress, "\r\033[K%s", text)
			}
		}
		err = run(rows, c, func(text string) { progress(group + ": " + text) })
		progress("")
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			for _, c := range row {
				c.library, c.token = nil, ""
				r.cells[c.task.name] = append(r.cells[c.task.name], c)
			}
		}
	}
	return r, nil
}
