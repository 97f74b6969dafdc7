package main

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sample is what one operation took, in the mean over one short run.
type sample struct{ ns, allocs, bytes float64 }

// cell is one library at one task.
type cell struct {
	task    *task
	entry   *entry
	library library
	token   string
	n       int  // operations in a sample
	cpu     bool // processor time of the fastest sample, for a busy machine
	samples []sample
}

// prepare sets up all cells. A library without the algorithm has none.
func prepare(list []task, libs []entry) ([][]*cell, error) {
	type made struct {
		library library
		err     error
	}
	cache := map[string]made{} // one object for all tasks that can share it
	rows := make([][]*cell, len(list))
	for i := range list {
		t := &list[i]
		s := algorithms[t.alg]()
		s.maxSize = t.maxSize
		token := ""
		if t.token != nil {
			token = t.token(s)
		}
		for j := range libs {
			e := &libs[j]
			if !t.takesPart(e) {
				continue
			}
			id := fmt.Sprint(e.name, t.alg, t.maxSize)
			m, ok := cache[id]
			if !ok {
				m.library, m.err = e.new(s)
				cache[id] = m
			}
			if errors.Is(m.err, errUnsupported) {
				continue
			}
			if m.err != nil {
				return nil, fmt.Errorf("%s for %s: %w", e.name, t.alg, m.err)
			}
			rows[i] = append(rows[i], &cell{task: t, entry: e, library: m.library, token: token})
		}
	}
	return rows, nil
}

// run measures all cells in interleaved passes: each pass takes one sample of every
// library at every task, the libraries in a new order each time, so that a bad minute
// of the machine hits all alike.
func run(rows [][]*cell, c config, progress func(string)) error {
	for _, row := range rows {
		for _, cell := range row {
			cell.cpu = c.cpu
			if err := cell.calibrate(c.sample); err != nil {
				return err
			}
		}
	}
	for pass := range c.passes {
		progress(fmt.Sprintf("pass %d of %d", pass+1, c.passes))
		for _, row := range rows {
			for _, i := range rand.Perm(len(row)) {
				if err := row[i].take(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// calibrate finds how many operations fill a sample of length d, which also warms up
// caches and pools. It goes by the fastest run so far: on a busy machine a slow one says
// nothing about the operation. Hence also the three runs that must agree.
func (c *cell) calibrate(d time.Duration) error {
	best, agreed := math.Inf(1), 0
	for c.n = 1; agreed < 3; {
		took, err := c.measure()
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.task.name, c.entry.name, err)
		}
		best = min(best, float64(max(took, 1))/float64(c.n))
		want := max(1, int(float64(d)/best))
		if c.n >= want/2 {
			agreed++
		} else {
			agreed = 0
		}
		c.n = min(want, 10*c.n)
	}
	return nil
}

// take adds a sample.
func (c *cell) take() error {
	runtime.GC()                                            // nobody pays for what another one left
	if err := c.task.call(c.library, c.token); err != nil { // which fills the pools again
		return fmt.Errorf("%s, %s: %w", c.task.name, c.entry.name, err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, err := cpuTime()
	if c.cpu && err != nil {
		return err
	}
	took, err := c.measure()
	if c.cpu {
		end, _ := cpuTime()
		took = end - start
	}
	runtime.ReadMemStats(&after)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", c.task.name, c.entry.name, err)
	}
	n := float64(c.n)
	c.samples = append(c.samples, sample{
		ns:     float64(took.Nanoseconds()) / n,
		allocs: float64(after.Mallocs-before.Mallocs) / n,
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / n,
	})
	return nil
}

func (c *cell) measure() (time.Duration, error) {
	if c.task.parallel {
		return c.measureParallel()
	}
	start := time.Now()
	for range c.n {
		if err := c.task.call(c.library, c.token); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// measureParallel does the n operations on all cores. Goroutines take them in portions,
// so that all end at the same time.
func (c *cell) measureParallel() (time.Duration, error) {
	const portion = 64
	var left atomic.Int64
	left.Store(int64(c.n))
	var wg sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	start := time.Now()
	for i := range errs {
		wg.Go(func() {
			for {
				now := left.Add(-portion)
				if now <= -portion {
					return
				}
				for range portion + min(0, now) {
					if err := c.task.call(c.library, c.token); err != nil {
						errs[i] = err
						return
					}
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start), errors.Join(errs...)
}

// ns is the median over the samples, or the least on a busy machine.
func (c *cell) ns() float64 {
	v := c.sorted(func(s sample) float64 { return s.ns })
	if c.cpu {
		return v[0]
	}
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// allocs and bytes are the least of the samples: the runtime allocates now and then
// beside the operation, and never less than it.
func (c *cell) allocs() float64 { return c.sorted(func(s sample) float64 { return s.allocs })[0] }
func (c *cell) bytes() float64  { return c.sorted(func(s sample) float64 { return s.bytes })[0] }

// spread is half the distance between the quartiles, as a share of the median.
func (c *cell) spread() float64 {
	v := c.sorted(func(s sample) float64 { return s.ns })
	return (v[len(v)*3/4] - v[len(v)/4]) / 2 / c.ns()
}

func (c *cell) sorted(of func(sample) float64) []float64 {
	v := make([]float64, len(c.samples))
	for i, s := range c.samples {
		v[i] = of(s)
	}
	slices.Sort(v)
	return v
}
