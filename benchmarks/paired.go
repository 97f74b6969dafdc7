package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

const (
	// batchTime is how long a batch takes: too short for the machine's other work to
	// reach every one, and long enough for the clock.
	batchTime = 400 * time.Microsecond
	// coldOps is the number of operations in a cold batch.
	coldOps = 4
	// rowBatches is how many batches a row has for each round asked for: a row of few
	// variants gets more rounds. A row of slow operations ends at rowTime, after minRounds.
	rowBatches = 12
	rowTime    = 8 * time.Second
	minRounds  = 40
)

// cell is one variant of a row, with what was measured. Its exported fields are stored.
type cell struct {
	Name   string
	Kind   kind
	Ns     float64 // lower quartile
	Allocs int
	Bytes  int

	batch func(n int) (time.Duration, error)
	op    func() error // nil in another process
	n     int          // operations in a batch
	times []float64
}

// measureRow measures the variants of a row side by side: batches in random order, again
// and again, so that whatever slows the machine down slows all alike, and the lower
// quartile of each. The garbage collector runs between the rounds.
func measureRow(m mode, list []*cell, rounds int) error {
	rounds = rounds * rowBatches / len(list)
	for _, c := range list {
		if err := c.prepare(m); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	start := time.Now()
	for round := 0; round < rounds && (round < minRounds || time.Since(start) < rowTime); round++ {
		runtime.GC()
		for _, i := range rand.Perm(len(list)) {
			c := list[i]
			took, err := c.batch(c.n)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Name, err)
			}
			c.times = append(c.times, float64(took.Nanoseconds())/float64(c.n))
		}
	}
	for _, c := range list {
		slices.Sort(c.times)
		c.Ns = c.times[len(c.times)/4]
	}
	return nil
}

// newCell is a variant in this process.
func newCell(m mode, v variant) *cell {
	return &cell{Name: v.name, Kind: v.kind, op: v.op, batch: func(n int) (time.Duration, error) { return m.batch(v.op, n) }}
}

// prepare finds out how many operations fill a batch, going by the fastest run, and
// counts allocations.
func (c *cell) prepare(m mode) error {
	c.n = coldOps
	best := math.Inf(1)
	for agreed := 0; agreed < 3 && m != cold; {
		c.n = max(c.n, 1)
		took, err := c.batch(c.n)
		if err != nil {
			return err
		}
		best = min(best, float64(max(took, 1))/float64(c.n))
		want := max(1, int(float64(batchTime)/best))
		if c.n >= want/2 {
			agreed++
		}
		c.n = min(want, 10*c.n)
	}
	if c.op == nil {
		return nil
	}
	c.Allocs, c.Bytes = math.MaxInt, math.MaxInt
	for range 3 { // the least counts: the runtime itself allocates now and then
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n := max(c.n, 20)
		if _, err := serial.batch(c.op, n); err != nil {
			return err
		}
		runtime.ReadMemStats(&after)
		c.Allocs = min(c.Allocs, perOp(after.Mallocs-before.Mallocs, n))
		c.Bytes = min(c.Bytes, perOp(after.TotalAlloc-before.TotalAlloc, n))
	}
	return nil
}

// perOp drops what was allocated beside the operation.
func perOp(sum uint64, n int) int { return int(float64(sum)/float64(n) + 0.1) }
