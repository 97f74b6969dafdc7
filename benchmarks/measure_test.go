package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTargetsAndVariantsNameWhatIsMeasured(t *testing.T) {
	names, libs := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		require.False(t, libs[e.name], e.name)
		libs[e.name] = true
	}
	for _, task := range tasks() {
		require.False(t, names[task.name], task.name)
		names[task.name] = true
		require.Contains(t, algorithms, task.alg, task.name)
		for _, name := range task.variants {
			require.True(t, libs[name], name)
		}
	}
	for _, target := range targets {
		require.True(t, names[target.task], target.task)
	}
}

func TestEverySampleDoesAllItsOperations(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, parallel := range []bool{false, true} {
		for _, n := range []int{1, 63, 64, 65, 1000} {
			var done atomic.Int64
			count := func(library, string) error { done.Add(1); return nil }
			c := cell{task: &task{parallel: parallel, call: count}, entry: &entries[0], n: n}
			_, err := c.measure()
			require.NoError(t, err)
			require.EqualValues(t, n, done.Load(), "parallel: %t", parallel)
		}
	}
}

var sink []*[64]byte

func TestASampleCountsAllocations(t *testing.T) {
	sink = make([]*[64]byte, 3)
	allocate := func(library, string) error {
		for i := range sink {
			sink[i] = new([64]byte)
		}
		return nil
	}
	c := cell{task: &task{call: allocate}, entry: &entries[0], n: 10_000}
	require.NoError(t, c.take())
	require.Equal(t, 3, whole(c.allocs()))
	require.InDelta(t, 3*64, c.bytes(), 5)
	require.Positive(t, c.ns())
}

func TestASlowFirstRunDoesNotMisleadTheCalibration(t *testing.T) {
	first := true
	stall := func(library, string) error {
		if first {
			time.Sleep(20 * time.Millisecond)
		}
		first = false
		return nil
	}
	c := cell{task: &task{call: stall}, entry: &entries[0]}
	require.NoError(t, c.calibrate(10*time.Millisecond))
	require.Greater(t, c.n, 100)
}

func TestAnErrorEndsTheRun(t *testing.T) {
	for _, parallel := range []bool{false, true} {
		fail := func(library, string) error { return errAccepted }
		c := cell{task: &task{name: "refuse/x", parallel: parallel, call: fail}, entry: &entries[0], n: 1}
		require.ErrorIs(t, c.calibrate(time.Millisecond), errAccepted)
		require.ErrorIs(t, c.take(), errAccepted)
	}
}

// made is a task's cell with one sample.
func made(task, library string, s sample) *cell {
	for i := range entries {
		if entries[i].name == library {
			return &cell{task: taskNamed(task), entry: &entries[i], samples: []sample{s}}
		}
	}
	panic(library)
}

func taskNamed(name string) *task {
	for _, t := range tasks() {
		if t.name == name {
			return &t
		}
	}
	panic(name)
}

func TestSummaryComparesWithTheFastestPeerAndWithRaw(t *testing.T) {
	r := &results{cells: map[string][]*cell{
		"hs256/verify/struct": {
			made("hs256/verify/struct", "raw", sample{1000, 0, 0}),
			made("hs256/verify/struct", "jwt", sample{1900, 4, 500}),
			made("hs256/verify/struct", "jwt, one-shot", sample{3800, 21, 900}),
			made("hs256/verify/struct", "kataras", sample{12000, 40, 4000}),
			made("hs256/verify/struct", "cristalhq", sample{9500, 40, 4000}),
		},
		"es256/verify": {
			made("es256/verify", "raw", sample{100, 20, 0}),
			made("es256/verify", "jwt", sample{104, 26, 0}),
			made("es256/verify", "tink", sample{200, 9, 0}),
		},
	}}
	var b strings.Builder
	r.summary(&b)
	require.Contains(t, b.String(), "| verify HS256, struct | 1.90 µs | cristalhq 9.50 µs | 0.20 (≤ 0.2) | 1.90 (≤ 1.9) | 4 (≤ 4) | met |\n")
	require.Contains(t, b.String(), "| verify ES256 | 104 ns | tink 200 ns | 0.52 (≤ 0.96) | 1.04 (≤ 1.04) | **26** (≤ 20 + 5) | missed |\n")
	require.Contains(t, b.String(), "one-shot / prepared **2.00** (≤ 1.75) | – | 21 | missed |\n")
	require.Equal(t, 5, strings.Count(b.String(), "\n"), "nothing about what was not run:\n%s", &b)
}

func TestMedianAndSpread(t *testing.T) {
	c := cell{samples: []sample{{ns: 4}, {ns: 1}, {ns: 100}, {ns: 3}}}
	require.Equal(t, 3.5, c.ns())
	c.samples = append(c.samples, sample{ns: 5})
	require.Equal(t, 4.0, c.ns())
	require.Equal(t, (5.0-3.0)/2/4, c.spread())
	c.cpu = true
	require.Equal(t, 1.0, c.ns())
}

func TestStrayAllocationsDoNotCount(t *testing.T) {
	c := cell{samples: []sample{{1, 3.5, 100}, {1, 3, 96}, {1, 4, 130}}}
	require.Equal(t, 3.0, c.allocs())
	require.Equal(t, 96.0, c.bytes())
}

// TestAShortRun goes all the way, and puts its report into a copy of the README.
func TestAShortRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	readme := must(os.ReadFile("README.md"))
	require.NoError(t, os.WriteFile(path, readme, 0o600))
	c := config{
		tasks: regexp.MustCompile(`^(hs256/|eddsa/sign|refuse/(wrong|over-limit/100KB|dots/1KB))`), libs: regexp.MustCompile(`^(raw|jwt|jwt, one-shot|tink)$`),
		passes: 2, sample: time.Millisecond, write: path,
	}
	require.NoError(t, benchmark(c))
	got := string(must(os.ReadFile(path)))
	head, _, _ := strings.Cut(string(readme), beginMark)
	require.True(t, strings.HasPrefix(got, head))
	require.True(t, strings.HasSuffix(got, endMark))
	for _, want := range []string{"tink-go/v2 v2.", "| verify HS256, map |", "### Sign HS256, struct", "| sign EdDSA |", "| **jwt** |", "| over the size limit, 100 KB |"} {
		require.Contains(t, got, want)
	}
	again := must(os.ReadFile(path))
	require.NoError(t, writeReport(path, "new"))
	require.Less(t, len(must(os.ReadFile(path))), len(again))

	require.NoError(t, os.WriteFile(path, []byte("no marks"), 0o600))
	require.ErrorContains(t, writeReport(path, "new"), "has no place for the results")
	c.tasks = regexp.MustCompile("no such task")
	require.ErrorContains(t, benchmark(c), "nothing to run")
}
