package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	// quick and slow are processor times: what the first round of a mutant takes at most, and what makes a test slow, so
	// that only mutants that survive all others meet it.
	quick = 200 * time.Millisecond
	slow  = time.Second

	// A test process ends after some processor time, and after this time in any case; and it gets no more memory than this.
	wallTime  = 3 * time.Minute
	memoryKiB = 6 << 20
)

// outcome is what became of a mutant.
type outcome string

const (
	survived   outcome = "survived"
	unreached  outcome = "not reached by any test"
	killed     outcome = "killed"
	timedOut   outcome = "timeout"
	equivalent outcome = "equivalent"
)

// suite is the compiled tests of a package.
type suite struct {
	path, dir, binary string
	tests             []*test
}

// test is a top-level test, example or fuzz target (with its seeds).
type test struct {
	name  string
	time  time.Duration // of the processor
	kills int
	hits  map[int]bool // mutants
}

// runner runs tests.
type runner struct {
	work   string
	budget time.Duration // for one mutant and the tests of one package; 0 is no limit
	suites []*suite
}

// build compiles the tests of all packages with mutants, and of the package at the module's root, with all mutants in them.
func build(ctx context.Context, m *module, work string) (*runner, error) {
	replace := map[string]string{}
	put := func(path string, text []byte) error {
		to := filepath.Join(work, strconv.Itoa(len(replace))+".go")
		replace[path] = to
		return os.WriteFile(to, text, 0o600)
	}
	if err := put(filepath.Join(m.dir, "internal", "mutant", "mutant.go"), mutantSource); err != nil {
		return nil, err
	}
	paths := []string{m.path}
	for _, p := range m.packages {
		if p.path != m.path {
			paths = append(paths, p.path)
		}
		for _, f := range p.files {
			if err := put(f.path, p.outputs[f].text); err != nil {
				return nil, err
			}
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(work, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		return nil, err
	}
	r := &runner{work: work}
	for i, path := range paths {
		s := &suite{path: path, dir: filepath.Join(m.dir, filepath.FromSlash(strings.TrimPrefix(path, m.path))), binary: filepath.Join(work, "test"+strconv.Itoa(i))}
		cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay="+file, "-o", s.binary, path)
		cmd.Dir, cmd.Stderr, cmd.Stdout = m.dir, os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return nil, fmt.Errorf("compiling the tests of %s with the mutants: %w", path, err)
		}
		if _, err := os.Stat(s.binary); err == nil { // there is none without tests
			r.suites = append(r.suites, s)
		}
	}
	return r, nil
}

// record runs each test by itself, without any mutant, to learn its time and which mutants it reaches. Tests that fail with
// the rewritten sources, such as some that count allocations, are of no use, and reported.
func (r *runner) record(ctx context.Context, skip *regexp.Regexp, report func(format string, args ...any)) error {
	for _, s := range r.suites {
		out, err := exec.CommandContext(ctx, s.binary, "-test.list=^(Test|Example|Fuzz)").Output()
		if err != nil {
			return err
		}
		for name := range strings.FieldsSeq(string(out)) {
			if skip.MatchString(name) {
				continue
			}
			file := filepath.Join(r.work, "reached")
			_ = os.Remove(file) // of the test before
			t := &test{name: name, hits: map[int]bool{}}
			res, err := s.run(ctx, []*test{t}, 10*time.Minute, "MUTANTS_REACHED="+file)
			if err != nil {
				return err
			}
			if res.outcome != survived {
				report("left out: %s of %s fails with the rewritten sources and no mutant", name, s.path)
				continue
			}
			t.time = res.time
			numbers, err := os.ReadFile(file)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			for n := range strings.FieldsSeq(string(numbers)) {
				id, err := strconv.Atoi(n)
				if err != nil {
					return err
				}
				t.hits[id] = true
			}
			s.tests = append(s.tests, t)
		}
	}
	return nil
}

// verdict runs the tests that reach a mutant, those that cost little for what they have killed so far first.
func (r *runner) verdict(ctx context.Context, m *mutation, own string) (outcome, string, error) {
	suites := slices.Clone(r.suites)
	slices.SortStableFunc(suites, func(a, b *suite) int { return boolean(b.path == own) - boolean(a.path == own) })
	reached := false
	var late []func() (result, error)
	for _, s := range suites {
		for round, batch := range s.rounds(m.id, r.budget) {
			if len(batch) == 0 {
				continue
			}
			reached = true
			run := func() (result, error) {
				var sum time.Duration
				for _, t := range batch {
					sum += t.time
				}
				return s.run(ctx, batch, 2*time.Second+3*sum, "MUTANT="+strconv.Itoa(m.id))
			}
			if round == 2 {
				late = append(late, run)
				continue
			}
			if res, err := run(); err != nil || res.outcome != survived {
				return res.outcome, res.by, err
			}
		}
	}
	for _, run := range late {
		if res, err := run(); err != nil || res.outcome != survived {
			return res.outcome, res.by, err
		}
	}
	if !reached {
		return unreached, "", nil
	}
	return survived, "", nil
}

// rounds are the tests that reach a mutant: the best ones, the others, and the slow ones.
func (s *suite) rounds(id int, budget time.Duration) (rounds [3][]*test) {
	var tests []*test
	for _, t := range s.tests {
		if t.hits[id] {
			tests = append(tests, t)
		}
	}
	score := func(t *test) float64 { return float64(1+t.kills) / float64(5*time.Millisecond+t.time) }
	slices.SortStableFunc(tests, func(a, b *test) int {
		if score(a) > score(b) {
			return -1
		}
		return boolean(score(a) < score(b))
	})
	var sum time.Duration
	for _, t := range tests {
		round := 1
		switch sum += t.time; {
		case budget > 0 && sum > budget:
			sum -= t.time
			continue
		case t.time > slow:
			round = 2
		case sum <= quick:
			round = 0
		}
		rounds[round] = append(rounds[round], t)
	}
	return rounds
}

type result struct {
	outcome outcome
	time    time.Duration
	by      string // the test that failed, if it said so
}

var failed = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// run runs some tests in one process, with one more variable in its environment.
func (s *suite) run(ctx context.Context, tests []*test, limit time.Duration, env string) (result, error) {
	names := make([]string, len(tests))
	for i, t := range tests {
		names[i] = t.name
	}
	ctx, cancel := context.WithTimeout(ctx, max(wallTime, limit))
	defer cancel()
	seconds := int((limit + time.Second - 1) / time.Second)
	script := fmt.Sprintf(`ulimit -v %d; ulimit -t %d; exec "$@"`, memoryKiB, seconds)
	cmd := exec.CommandContext(ctx, "sh", "-c", script, "sh", s.binary, "-test.failfast", "-test.timeout=0", "-test.run=^("+strings.Join(names, "|")+")$")
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), env)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	res := result{outcome: survived}
	if cmd.ProcessState == nil {
		return res, err
	}
	res.time = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if err == nil {
		return res, nil
	}
	if context.Cause(ctx) == context.Canceled {
		return res, context.Canceled
	}
	res.outcome = killed
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		res.outcome = timedOut
	}
	if match := failed.FindSubmatch(out.Bytes()); match != nil {
		res.by = string(match[1])
		for _, t := range tests {
			t.kills += boolean(t.name == res.by)
		}
	}
	return res, nil
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
