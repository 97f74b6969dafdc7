package main

import "slices"

// The order of edits at one place: what ends there, what is replaced there, what begins there.
const (
	closing = iota
	operator
	opening
)

// edit is text to be put at an offset of a source, in place of cut bytes of it.
type edit struct {
	at, cut int
	order   int
	text    string
	mutant  *mutation
}

// stretch is a part of the rewritten text that belongs to a mutant.
type stretch struct {
	from, to int
	mutant   *mutation
}

// rewritten is a source with all its mutants.
type rewritten struct {
	text      []byte
	stretches []stretch
}

// rewrite applies edits, which are in the order in which a walk through the syntax tree meets them.
func rewrite(source []byte, edits []edit) rewritten {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.order - b.order
	})
	var r rewritten
	done := 0
	begun := map[*mutation]int{}
	for _, e := range edits {
		r.text = append(r.text, source[done:e.at]...)
		if e.order == opening {
			begun[e.mutant] = len(r.text)
		}
		r.text = append(r.text, e.text...)
		if e.order == closing {
			r.stretches = append(r.stretches, stretch{begun[e.mutant], len(r.text), e.mutant})
		}
		done = e.at + e.cut
	}
	r.text = append(r.text, source[done:]...)
	return r
}

// mutantAt finds the mutant with the smallest stretch around an offset of the rewritten text, or nil.
func (r *rewritten) mutantAt(offset int) *mutation {
	var best stretch
	for _, s := range r.stretches {
		if s.from <= offset && offset < s.to && (best.mutant == nil || s.to-s.from < best.to-best.from) {
			best = s
		}
	}
	return best.mutant
}
