package main

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestABatchDoesAllItsOperations(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, m := range []mode{serial, parallel, cold} {
		for _, n := range []int{1, 2, 7} {
			var done atomic.Int64
			took, err := m.batch(func() error { done.Add(1); return nil }, n)
			require.NoError(t, err)
			require.Positive(t, took)
			require.EqualValues(t, n, done.Load(), "mode %d", m)
		}
		wrong := errors.New("wrong")
		_, err := m.batch(func() error { return wrong }, 2)
		require.ErrorIs(t, err, wrong, "mode %d", m)
	}
}

// TestARowIsMeasuredByLowerQuartiles, in the face of batches that are disturbed, of a slow
// first one, and of allocations now and then.
func TestARowIsMeasuredByLowerQuartiles(t *testing.T) {
	batches := 0
	disturbed := func(n int) (time.Duration, error) {
		batches++
		if batches%2 == 1 {
			return time.Duration(n) * 50 * time.Microsecond, nil
		}
		return time.Duration(n) * time.Microsecond, nil
	}
	c := &cell{batch: disturbed}
	require.NoError(t, measureRow(serial, []*cell{c}, 5))
	require.Equal(t, 1000.0, c.Ns)
	require.InDelta(t, 400, c.n, 1, "operations in a batch")
	require.Len(t, c.times, 5*rowBatches)
}

var sink []*[64]byte

func TestAllocationsAreCounted(t *testing.T) {
	sink = make([]*[64]byte, 3)
	c := newCell(serial, variant{op: func() error {
		for i := range sink {
			sink[i] = new([64]byte)
		}
		return nil
	}})
	require.NoError(t, measureRow(serial, []*cell{c}, 1))
	require.Equal(t, 3, c.Allocs)
	require.Equal(t, 3*64, c.Bytes)
}
