package main

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// row is one line of the tables: a piece of work, and everyone who does it. To add one,
// write a file rows_….go with a call of addRows.
type row struct {
	name  string // for -rows: "hs256/verify"
	title string
	group string
	mode  mode
	want  *target // nil: only measured
	set   func() ([]variant, error)
}

// mode is the way in which a batch repeats an operation.
type mode int

const (
	serial   mode = iota
	parallel      // in two goroutines
	cold          // after other code and other data
)

// variant is one way to do the work of a row.
type variant struct {
	name string
	kind kind
	op   func() error
}

// target is what this library aims at. A ratio of 0 is no target.
type target struct {
	peer126, peer127 float64 // ours / fastest peer at most, on Go 1.26 and 1.27
	raw              float64 // ours / raw at most
	allocs           int     // allocations beyond raw's, at most; anyNumber for no target
	count            figures // at most, of -count on Go 1.26
}

const anyNumber = -1

// The groups, in the order of the tables.
const (
	groupHS256      = "HS256"
	groupAsymmetric = "RS256, ES256 and EdDSA"
	groupMLDSA      = "ML-DSA"
	groupHTTP       = "HTTP middleware"
	groupRefuse     = "Refusing tokens"
	groupSize       = "Large tokens"
)

var groups = []string{groupHS256, groupAsymmetric, groupMLDSA, groupHTTP, groupRefuse, groupSize}

var allRows []row

// addRows adds rows to a group. Its result is there to be assigned to the blank variable.
func addRows(group string, list ...row) struct{} {
	for _, r := range list {
		r.group = group
		allRows = append(allRows, r)
	}
	slices.SortStableFunc(allRows, func(a, b row) int {
		return slices.Index(groups, a.group) - slices.Index(groups, b.group)
	})
	return struct{}{}
}

// work is what all libraries do in a row.
type work struct {
	setup func() setup
	ours  func(setup) (library, error)            // nil: newOurs
	peers map[string]func(setup) (library, error) // nil: all, by their usual constructors
	noRaw bool                                    // the bare cryptography has nothing like it
	token func(setup) string                      // what is verified; nil to sign
	call  func(library, string) error
}

// variants sets everyone up. Two copies of ours take part, made alike: how far they are
// apart shows what the figures are worth.
func (w work) variants() ([]variant, error) {
	s := w.setup()
	token := ""
	if w.token != nil {
		token = w.token(s)
	}
	var list []variant
	for _, e := range entries {
		switch {
		case e.kind == limit && w.noRaw:
			continue
		case e.kind == peer && w.peers != nil:
			if e.new = w.peers[e.name]; e.new == nil {
				continue
			}
		case (e.kind == ours || e.kind == again) && w.ours != nil:
			e.new = w.ours
		}
		l, err := e.new(s)
		if errors.Is(err, errUnsupported) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s for %s: %w", e.name, s.alg, err)
		}
		list = append(list, variant{e.name, e.kind, func() error { return w.call(l, token) }})
	}
	return list, nil
}

func sign(l library, _ string) error {
	_, err := l.Sign()
	return err
}

type verifyFunc func(library, string) (any, error)

func verify(form verifyFunc) func(library, string) error {
	return func(l library, token string) error {
		_, err := form(l, token)
		return err
	}
}

// errAccepted ends a run: the library did other work than the one measured.
var errAccepted = errors.New("a bad token was accepted")

func refuse(form verifyFunc) func(library, string) error {
	return func(l library, token string) error {
		if _, err := form(l, token); err == nil {
			return errAccepted
		}
		return nil
	}
}

// batch does an operation n times and returns the time that took.
func (m mode) batch(op func() error, n int) (time.Duration, error) {
	switch m {
	case parallel:
		return batchParallel(op, n)
	case cold:
		return batchCold(op, n)
	}
	start := time.Now()
	for range n {
		if err := op(); err != nil {
			return 0, err
		}
	}
	return time.Since(start), nil
}

// batchParallel does half of the operations in each of two goroutines.
func batchParallel(op func() error, n int) (time.Duration, error) {
	errs := make(chan error, 2)
	start := time.Now()
	for i := range 2 {
		go func() {
			_, err := serial.batch(op, (n+i)/2)
			errs <- err
		}()
	}
	err := errors.Join(<-errs, <-errs)
	return time.Since(start), err
}

// batchCold runs other code over other data before each operation, and adds up the time
// of the operations alone.
func batchCold(op func() error, n int) (sum time.Duration, err error) {
	for range n {
		if err := otherWork(); err != nil {
			return 0, err
		}
		start := time.Now()
		if err := op(); err != nil {
			return 0, err
		}
		sum += time.Since(start)
	}
	return sum, nil
}
