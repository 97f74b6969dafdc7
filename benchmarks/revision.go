package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"time"
)

// build builds this program: with the library as it is, or with the library of a revision
// and the benchmarks of today.
func build(rev, dir string) (program string, err error) {
	program = filepath.Join(dir, "now")
	if rev == "" {
		out, err := command(".", "go", "build", "-trimpath", "-o", program, ".")
		return program, errors.Join(err, failure(out, err))
	}
	program = filepath.Join(dir, "before")
	lib := filepath.Join(dir, "library")
	archive := filepath.Join(dir, "library.tar")
	if err := os.Mkdir(lib, 0o755); err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"git", "-C", "..", "archive", "-o", archive, rev},
		{"tar", "-x", "-f", archive, "-C", lib},
		{"rm", "-r", filepath.Join(lib, "benchmarks")},
		{"cp", "-r", ".", filepath.Join(lib, "benchmarks")},
	} {
		if out, err := command(".", args...); err != nil {
			return "", failure(out, err)
		}
	}
	return program, buildOld(filepath.Join(lib, "benchmarks"), program)
}

// inRows is an error of the compiler in a file of rows.
var inRows = regexp.MustCompile(`(?m)^\./(rows_\w+\.go):`)

// buildOld leaves out the files of rows for which the revision lacks something.
func buildOld(dir, program string) error {
	for {
		out, err := command(dir, "go", "build", "-trimpath", "-mod=mod", "-o", program, ".")
		if err == nil {
			return nil
		}
		bad := inRows.FindSubmatch(out)
		if bad == nil {
			return failure(out, err)
		}
		fmt.Fprintf(os.Stderr, "%s: not for that revision\n", bad[1])
		if err := os.Remove(filepath.Join(dir, string(bad[1]))); err != nil {
			return err
		}
	}
}

func command(dir string, args ...string) ([]byte, error) {
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "CGO_ENABLED=0") // which is not needed, and makes callgrind's work easier
	return c.CombinedOutput()
}

func failure(out []byte, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(out))
}

// compareRevisions measures the library of today beside that of a revision: each in a
// process of its own, and a second copy of today's, with batches in random order.
func compareRevisions(list []row, c config) error {
	dir, err := os.MkdirTemp("", "benchmarks")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	now, err := build("", dir)
	if err != nil {
		return err
	}
	before, err := build(c.rev, dir)
	if err != nil {
		return err
	}
	var servers []*server
	for _, s := range []*server{{name: "now", program: now}, {name: "again", program: now}, {name: c.rev, program: before}} {
		if err := s.start(); err != nil {
			return err
		}
		defer s.stop()
		servers = append(servers, s)
	}
	fmt.Printf("| row | %s | now | now / %s | two copies of now |\n|---|--:|--:|--:|--:|\n", c.rev, c.rev)
	for _, r := range list {
		var cells []*cell
		for _, s := range servers {
			cells = append(cells, &cell{Name: s.name, batch: s.batch(r.name)})
		}
		if _, err := cells[2].batch(1); errors.Is(err, errNoRow) {
			continue
		}
		if err := measureRow(r.mode, cells, c.rounds); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		mine := (cells[0].Ns + cells[1].Ns) / 2
		fmt.Printf("| %s | %s | %s | %.3f | %.3f |\n", r.title, duration(cells[2].Ns), duration(mine), mine/cells[2].Ns, cells[1].Ns/cells[0].Ns)
	}
	return nil
}

// server is a process that measures batches of this library.
type server struct {
	name, program string
	cmd           *exec.Cmd
	in            io.WriteCloser
	out           *bufio.Scanner
}

func (s *server) start() (err error) {
	s.cmd = exec.Command(s.program, "-serve")
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.out = bufio.NewScanner(out)
	return s.cmd.Start()
}

func (s *server) stop() {
	s.in.Close()
	s.cmd.Wait()
}

var errNoRow = errors.New("no such row")

// batch asks the process for a batch.
func (s *server) batch(row string) func(int) (time.Duration, error) {
	return func(n int) (time.Duration, error) {
		if _, err := fmt.Fprintln(s.in, row, n); err != nil {
			return 0, err
		}
		if !s.out.Scan() {
			return 0, fmt.Errorf("the process %s ended: %w", s.name, errors.Join(s.out.Err(), io.EOF))
		}
		if s.out.Text() == errNoRow.Error() {
			return 0, errNoRow
		}
		return time.ParseDuration(s.out.Text())
	}
}

// serve is that process: for each line with a row's name and a number it writes the time
// that so many operations took.
func serve(in io.Reader, out io.Writer) error {
	debug.SetGCPercent(-1) // as in measureRow
	ops := map[string]func(int) (time.Duration, error){}
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var name string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &name, &n); err != nil {
			return err
		}
		if ops[name] == nil {
			r, v, err := find(allRows, name, ours)
			if err != nil {
				fmt.Fprintln(out, errNoRow)
				continue
			}
			ops[name] = newCell(r.mode, v).batch
		}
		runtime.GC()
		took, err := ops[name](n)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintln(out, took)
	}
	return nil
}

// find returns a row and its variant of a kind.
func find(list []row, name string, k kind) (row, variant, error) {
	for _, r := range list {
		if r.name != name {
			continue
		}
		variants, err := r.set()
		if err != nil {
			return r, variant{}, err
		}
		for _, v := range variants {
			if v.kind == k {
				return r, v, nil
			}
		}
	}
	return row{}, variant{}, errNoRow
}
