// Package sample has one place for each kind of mutant.
package sample

type level uint8

const limit = 3

// Age wants an order operator and a number on both of its sides.
func Age(n int) bool {
	if n < 18 {
		return false
	}
	return true
}

// Both and Neither have logical operators.
func Both(a, b bool) bool    { return a && b }
func Neither(a, b bool) bool { return !(a || b) }

// Sum has arithmetic, an assignment, a loop and a jump.
func Sum(list []int) (sum int) {
	for i := 0; i < len(list); i++ {
		if list[i] == 0 {
			continue
		}
		sum += list[i] + 1
	}
	return sum
}

// Grow has a capacity, which is no mutant, and a condition that saves time only.
func Grow(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return append(make([]string, 0, 7), list...)
}

// Kind has a switch whose labels stay as they are, and a number of a type of its own.
func Kind(c byte) level {
	switch c {
	case 'a' + 1:
		return 1
	}
	return limit
}

// Tested by nothing.
func Unreached(n int) int { return n - 1 }
