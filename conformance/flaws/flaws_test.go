package main

import "testing"

// TestFlawsAreRecorded: where a flaw belongs is still there, and FLAWS.md says of each what
// found it, and of each test that SECURITY.md names for a promise that it found one. It is
// what go run ./flaws -dry does.
func TestFlawsAreRecorded(t *testing.T) {
	t.Chdir("..")
	list, err := check()
	if err == nil {
		err = recorded(list)
	}
	if err != nil {
		t.Error(err)
	}
}
