//go:build !unix

package main

// ignoreBrokenPipe does nothing where there is no SIGPIPE.
func ignoreBrokenPipe() {}
