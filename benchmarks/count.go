package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// executed is what one operation executes, by the address of the instruction.
type executed map[uint64]instruction

type instruction struct {
	function string
	times    float64
}

// figures are what is counted of an operation: instructions, and cache lines of code (64
// bytes) of which it executes something.
type figures struct{ Instructions, Lines int }

func (e executed) figures() figures {
	sum := 0.0
	lines := map[uint64]bool{}
	for address, i := range e {
		sum += i.times
		lines[address/64] = true
	}
	return figures{int(sum + 0.5), len(lines)}
}

// usual leaves out what most operations do not execute: functions that fewer than half of
// them enter, such as the runtime's fetching of memory, and the unusual ways through the others.
func (e executed) usual() executed {
	first := map[string]uint64{}
	for address, i := range e {
		if old, ok := first[i.function]; !ok || address < old {
			first[i.function] = address
		}
	}
	rare := func(address uint64, i instruction) bool { return i.times < 0.5 || e[first[i.function]].times < 0.5 }
	usual := executed{}
	for address, i := range e {
		if !rare(address, i) {
			usual[address] = i
		}
	}
	return usual
}

// count prints what this library executes in each row, and did in a revision.
func count(list []row, c config) error {
	if _, err := exec.LookPath("valgrind"); err != nil {
		return errors.New("-count needs valgrind: apt-get install valgrind")
	}
	dir, err := os.MkdirTemp("", "benchmarks")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	now, err := build("", dir)
	if err != nil {
		return err
	}
	before := ""
	if c.rev != "" {
		if before, err = build(c.rev, dir); err != nil {
			return err
		}
		fmt.Printf("| row | instructions, %s | now | | lines, %s | now |\n|---|--:|--:|--:|--:|--:|\n", c.rev, c.rev)
	} else if !c.json {
		fmt.Print("| row | instructions | lines of code |\n|---|--:|--:|\n")
	}
	r := newResults()
	for _, row := range list {
		if row.mode != serial {
			continue
		}
		fmt.Fprintf(c.progress, "\r\033[K%s", row.title)
		e, err := callgrind(now, row, dir)
		if err != nil {
			return err
		}
		fmt.Fprint(c.progress, "\r\033[K")
		f := e.figures()
		r.Counts[row.name] = f
		switch {
		case before != "":
			old, err := callgrind(before, row, dir)
			if err != nil {
				return err
			}
			o := old.figures()
			fmt.Printf("| %s | %d | %d | %+.2f %% | %d | %d |\n", row.title, o.Instructions, f.Instructions,
				100*(float64(f.Instructions)/float64(o.Instructions)-1), o.Lines, f.Lines)
			if c.functions {
				printFunctions(old, e)
			}
		case !c.json:
			fmt.Printf("| %s | %d | %d |\n", row.title, f.Instructions, f.Lines)
			if c.functions {
				printFunctions(nil, e)
			}
		}
	}
	if c.json {
		return r.print()
	}
	return nil
}

// printFunctions lists the functions of an operation: what they execute themselves.
func printFunctions(before, now executed) {
	old, sums := before.byFunction(), now.byFunction()
	names := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b].Instructions, sums[a].Instructions), cmp.Compare(a, b))
	})
	for name := range old {
		if _, ok := sums[name]; !ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if before != nil {
			fmt.Printf("    %7d %4d  ", old[name].Instructions, old[name].Lines)
		}
		fmt.Printf("    %7d %4d  %s\n", sums[name].Instructions, sums[name].Lines, name)
	}
}

func (e executed) byFunction() map[string]figures {
	parts := map[string]executed{}
	for address, i := range e {
		if parts[i.function] == nil {
			parts[i.function] = executed{}
		}
		parts[i.function][address] = i
	}
	sums := map[string]figures{}
	for name, part := range parts {
		sums[name] = part.figures()
	}
	return sums
}

// callgrind counts what one operation executes. Of three runs it returns the one with the
// fewest instructions: the library and the runtime have hash tables with a random seed,
// which are sometimes unlucky.
func callgrind(program string, r row, dir string) (executed, error) {
	warm, counted := 2000, 500 // the runtime's caches of types fill slowly
	if r.group == groupAsymmetric {
		warm, counted = 5, 10
	}
	var best executed
	for range 3 {
		e, err := callgrindRun(program, r.name, warm, counted, dir)
		if err != nil {
			return nil, err
		}
		if best == nil || e.figures().Instructions < best.figures().Instructions {
			best = e
		}
	}
	return best, nil
}

func callgrindRun(program, row string, warm, counted int, dir string) (executed, error) {
	out := filepath.Join(dir, "callgrind")
	c := exec.Command("valgrind", "--tool=callgrind", "--dump-instr=yes", "--dump-line=no", "--separate-threads=yes",
		"--compress-strings=no", "--compress-pos=no", "--dump-before=main.mark", "--callgrind-out-file="+out,
		program, "-rows", "^"+regexp.QuoteMeta(row)+"$", "-libs", "^jwt$", "-loop", fmt.Sprintf("%d,%d", warm, counted))
	c.Env = append(os.Environ(), "GOGC=off", "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1")
	if text, err := c.CombinedOutput(); err != nil {
		return nil, failure(text, err)
	}
	f, err := os.Open(out + ".2-01") // between the marks, in the first thread
	if err != nil {
		return nil, err
	}
	defer f.Close()
	e, err := readCallgrind(f)
	for address, i := range e {
		i.times /= float64(counted)
		e[address] = i
	}
	return e.usual(), err
}

// readCallgrind reads the format of callgrind: "fn=" starts a function, a line of an
// address and a number is a count, and "calls=" makes the next one inclusive, and so
// counted elsewhere.
func readCallgrind(r io.Reader) (executed, error) {
	e := executed{}
	function, inclusive := "", false
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "fn="); ok {
			function, _, _ = strings.Cut(name, "'") // of a recursion's second level
			continue
		}
		if strings.HasPrefix(line, "calls=") {
			inclusive = true
			continue
		}
		if !strings.HasPrefix(line, "0x") {
			continue
		}
		if inclusive {
			inclusive = false
			continue
		}
		hex, number, _ := strings.Cut(line, " ")
		address, err := strconv.ParseUint(hex, 0, 64)
		if err != nil {
			return nil, err
		}
		times, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, err
		}
		i := e[address]
		e[address] = instruction{function, i.times + times}
	}
	return e, lines.Err()
}

// loop is what callgrind runs: operations between two marks, after others that warm up.
func loop(r row, libs *regexp.Regexp, counts string) error {
	runtime.LockOSThread() // still the first thread, which alone is counted
	var warm, counted int
	if _, err := fmt.Sscanf(counts, "%d,%d", &warm, &counted); err != nil {
		return err
	}
	variants, err := r.set()
	if err != nil {
		return err
	}
	for _, v := range variants {
		if libs.MatchString(v.name) {
			_, err := serial.batch(v.op, warm)
			mark()
			_, err2 := serial.batch(v.op, counted)
			mark()
			return errors.Join(err, err2)
		}
	}
	return errNoRow
}

//go:noinline
func mark() {}
