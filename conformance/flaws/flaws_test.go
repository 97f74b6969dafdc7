package main

import "testing"

// TestPlacesOfTheFlaws: where a flaw belongs is still there, which go run ./flaws -dry says too.
func TestPlacesOfTheFlaws(t *testing.T) {
	t.Chdir("..")
	if err := check(); err != nil {
		t.Error(err)
	}
}
