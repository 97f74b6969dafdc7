//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipe makes writing to a closed pipe an error that can be reported, instead of
// a signal that ends the program.
func ignoreBrokenPipe() { signal.Ignore(syscall.SIGPIPE) }
