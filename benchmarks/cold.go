package main

import (
	"go/format"
	"strings"
)

// megabyte is the other data, more than a core's first caches hold.
var megabyte = make([]byte, 1<<20)

// source is a program for the other code to work on.
var source = []byte(strings.Repeat("func f(a, b int) (int, error) {\nfor i := range a { switch { case i > b: return i*b, nil } }\nreturn 0, errors.New(`x`) }\n", 3))

// otherWork reads and writes a megabyte of other data, and runs some hundred KB of code
// that no JWT library uses.
func otherWork() error {
	if _, err := format.Source(source); err != nil {
		return err
	}
	for i := 0; i < len(megabyte); i += 64 {
		megabyte[i]++
	}
	return nil
}
