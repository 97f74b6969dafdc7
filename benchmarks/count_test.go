package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadingCallgrindsFormat(t *testing.T) {
	e, err := readCallgrind(strings.NewReader(`positions: instr
events: Ir
fn=main.a
0x1000 4
0x1010 2
calls=2 0x2000
0x1010 999
fn=main.b'2
0x2000 3
fn=main.a
0x1000 1
`))
	require.NoError(t, err)
	require.Equal(t, executed{0x1000: {"main.a", 5}, 0x1010: {"main.a", 2}, 0x2000: {"main.b", 3}}, e)
	require.Equal(t, figures{10, 2}, e.figures())
	require.Equal(t, map[string]figures{"main.a": {7, 1}, "main.b": {3, 1}}, e.byFunction())
}

// TestUnusualInstructionsDoNotCount, even if they are many.
func TestUnusualInstructionsDoNotCount(t *testing.T) {
	e := executed{0x1000: {"main.a", 1}, 0x1010: {"main.a", 0.01}, 0x2000: {"main.rare", 0.01}, 0x2010: {"main.rare", 40}}
	require.Equal(t, executed{0x1000: {"main.a", 1}}, e.usual())
}

// TestCountsAreTheSameTwice runs the whole way, where there is valgrind.
func TestCountsAreTheSameTwice(t *testing.T) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Skip("no valgrind")
	}
	dir := t.TempDir()
	program, err := build("", dir)
	require.NoError(t, err)
	r, _, err := find(allRows, "hs256/refuse", ours)
	require.NoError(t, err)
	first, err := callgrind(program, r, dir)
	require.NoError(t, err)
	second, err := callgrind(program, r, dir)
	require.NoError(t, err)
	a, b := first.figures(), second.figures()
	require.InEpsilon(t, a.Instructions, b.Instructions, 0.001)
	require.InDelta(t, a.Lines, b.Lines, 2)
	require.Greater(t, a.Instructions, 5_000)
	require.Greater(t, a.Lines, 100)
}
