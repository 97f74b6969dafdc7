package sample

import (
	"slices"
	"testing"
)

func TestAll(t *testing.T) {
	for _, ok := range []bool{
		Age(18), !Age(17), !Age(16),
		Both(true, true), !Both(true, false), !Both(false, true),
		Neither(false, false), !Neither(true, false), !Neither(false, true),
		Sum([]int{1, 0, 5}) == 8, Sum([]int{0}) == 0,
		slices.Equal(Grow([]string{"x"}), []string{"x"}), len(Grow(nil)) == 0,
		Kind('b') == 1, Kind('a') == 3, Kind('c') == 3,
	} {
		if !ok {
			t.Error("wrong")
		}
	}
}

func TestThatFails(t *testing.T) { t.Error("always") }
