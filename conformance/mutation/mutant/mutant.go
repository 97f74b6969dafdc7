// Package mutant is put into the module under test, as its package internal/mutant. The rewritten sources ask it at each
// place whether the mutant of that place is on: it is if the environment names its number. None is on without that.
package mutant

import (
	"cmp"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
)

// The environment: MutantEnv is the number of the mutant that is on, ReachedEnv a file for the numbers of those that were
// reached.
const (
	MutantEnv  = "MUTANT"
	ReachedEnv = "MUTANTS_REACHED"
)

// limit is more than any number of a mutant.
const limit = 1 << 16

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

var (
	active, _ = strconv.Atoi(os.Getenv(MutantEnv))
	record    = os.Getenv(ReachedEnv) != ""
	seen      [limit]atomic.Bool
	file      = sync.OnceValue(func() *os.File {
		f, err := os.OpenFile(os.Getenv(ReachedEnv), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		return f
	})
)

// On reports whether mutant n is on.
func On(n int) bool { return n == active || record && reached(n) }

// reached puts n down, once, and reports false.
func reached(n int) bool {
	if !seen[n].Swap(true) {
		if _, err := file().WriteString(strconv.Itoa(n) + "\n"); err != nil {
			panic(err)
		}
	}
	return false
}

// Not is x, or its opposite.
func Not[T ~bool](n int, x T) T { return x != T(On(n)) }

// True is x, or true.
func True[T ~bool](n int, x T) T { return x || T(On(n)) }

// False is x, or false.
func False[T ~bool](n int, x T) T { return x && !T(On(n)) }

// Less is a < b, or a <= b.
func Less[T cmp.Ordered](n int, a, b T) bool {
	if On(n) {
		return a <= b
	}
	return a < b
}

// LessEqual is a <= b, or a < b.
func LessEqual[T cmp.Ordered](n int, a, b T) bool {
	if On(n) {
		return a < b
	}
	return a <= b
}

// Greater is a > b, or a >= b.
func Greater[T cmp.Ordered](n int, a, b T) bool { return Less(n, b, a) }

// GreaterEqual is a >= b, or a > b.
func GreaterEqual[T cmp.Ordered](n int, a, b T) bool { return LessEqual(n, b, a) }

// Add is a + b, or a - b.
func Add[T integer](n int, a, b T) T {
	if On(n) {
		return a - b
	}
	return a + b
}

// Sub is a - b, or a + b.
func Sub[T integer](n int, a, b T) T {
	if On(n) {
		return a + b
	}
	return a - b
}

// More is x, or x + 1.
func More[T integer](n int, x T) T {
	if On(n) {
		return x + 1
	}
	return x
}

// Fewer is x, or x - 1.
func Fewer[T integer](n int, x T) T {
	if On(n) {
		return x - 1
	}
	return x
}
