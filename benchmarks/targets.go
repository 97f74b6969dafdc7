package main

import (
	"fmt"
	"strings"
)

// target is what our library aims at in one task. A ratio of 0 is no target.
type target struct {
	task   string
	title  string
	peer   float64 // ours / fastest peer, at most
	raw    float64 // ours / raw, at most
	allocs allocs
}

// allocs says how many allocations an operation may make.
type allocs struct {
	kind allocsKind
	n    int
}

type allocsKind int

const (
	anyAllocs   allocsKind = iota
	atMost                 // n
	overRaw                // n more than raw makes
	payloadOnce            // the payload's bytes, once
)

var targets = []target{
	{"hs256/sign/struct", "sign HS256, struct", 0.40, 1.25, allocs{atMost, 2}},
	{"hs256/verify/struct", "verify HS256, struct", 0.20, 1.9, allocs{atMost, 4}},
	{"hs256/verify/registered", "verify HS256, registered claims only", 0.22, 1.7, allocs{atMost, 4}},
	{"hs256/verify/map", "verify HS256, map", 0.30, 3.0, allocs{atMost, 20}},
	{"hs256/verify/parallel", "verify HS256, struct, all cores", 0.19, 2.3, allocs{atMost, 4}},
	{"es256/verify", "verify ES256", 0.96, 1.04, allocs{overRaw, 5}},
	{"eddsa/verify", "verify EdDSA", 0.96, 1.04, allocs{overRaw, 5}},
	{"rs256-2048/verify", "verify RS256-2048", 0.92, 1.05, allocs{overRaw, 5}},
	{"es256/sign", "sign ES256", 1.0, 1.04, allocs{overRaw, 3}},
	{"eddsa/sign", "sign EdDSA", 1.0, 1.04, allocs{overRaw, 3}},
	{"rs256-2048/sign", "sign RS256-2048", 1.03, 1.04, allocs{overRaw, 3}},
	{"rs256-4096/sign", "sign RS256-4096", 1.03, 1.04, allocs{overRaw, 3}},
	{"size/string/200000", "verify HS256, 200 KB string claim", 0.45, 1.25, allocs{payloadOnce, 0}},
	{"size/claims/200000", "many claims into a map, 200 KB", 0.40, 0, allocs{}},
	{"refuse/wrong-signature", "a wrong signature refused", 0.5, 1.3, allocs{atMost, 2}},
	{"refuse/over-limit/100KB", "over the size limit, 100 KB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/over-limit/1MB", "over the size limit, 1 MB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/over-limit/8MB", "over the size limit, 8 MB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/dots/1KB", "not three segments: dots, 1 KB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/dots/60KB", "not three segments: dots, 60 KB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/dots/1MB", "not three segments: dots, 1 MB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/two-segments/1KB", "not three segments: two, 1 KB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/two-segments/60KB", "not three segments: two, 60 KB", 1.0, 0, allocs{atMost, 2}},
	{"refuse/two-segments/1MB", "not three segments: two, 1 MB", 1.0, 0, allocs{atMost, 2}},
}

const (
	// maxOneShot is what Sign and Verify may cost at most, where Signer and Verifier
	// cost 1.
	maxOneShot = 1.75
	// maxGrowth is how much more a byte of payload may cost at a size than at a tenth
	// of it, where the growth is linear.
	maxGrowth = 1.25
)

// verdict collects the cells of a row that miss their target.
type verdict struct{ missed bool }

// ratio prints a ratio beside its target.
func (v *verdict) ratio(got, most float64) string {
	if most == 0 {
		if got == 0 {
			return "–"
		}
		return ratioText(got)
	}
	if got == 0 {
		return fmt.Sprintf("? (≤ %g)", most)
	}
	return v.mark(got <= most, ratioText(got)) + fmt.Sprintf(" (≤ %g)", most)
}

// mark makes a miss bold.
func (v *verdict) mark(met bool, text string) string {
	if met {
		return text
	}
	v.missed = true
	return "**" + text + "**"
}

func (v *verdict) String() string {
	if v.missed {
		return "missed"
	}
	return "met"
}

// summary is the table of the targets, as far as their tasks were run.
func (r *results) summary(b *strings.Builder) {
	fmt.Fprintf(b, "| task | ours | fastest peer | ours / fastest peer | ours / raw | allocations | |\n")
	fmt.Fprintf(b, "|---|--:|---|--:|--:|--:|---|\n")
	for _, t := range targets {
		mine := r.find(t.task, ours)
		if mine == nil {
			continue
		}
		var v verdict
		peerText, peerRatio, rawRatio := "–", 0.0, 0.0
		if p := r.fastestPeer(t.task); p != nil {
			peerText, peerRatio = p.entry.name+" "+duration(p.ns()), mine.ns()/p.ns()
		}
		raw := r.find(t.task, limit)
		if raw != nil {
			rawRatio = mine.ns() / raw.ns()
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", t.title, duration(mine.ns()), peerText,
			v.ratio(peerRatio, t.peer), v.ratio(rawRatio, t.raw), v.allocs(t.allocs, mine, raw), &v)
	}
	r.oneShots(b)
	r.growths(b)
}

func (v *verdict) allocs(a allocs, mine, raw *cell) string {
	got := whole(mine.allocs())
	switch a.kind {
	case atMost:
		return v.mark(got <= a.n, fmt.Sprint(got)) + fmt.Sprintf(" (≤ %d)", a.n)
	case overRaw:
		if raw == nil {
			return fmt.Sprintf("%d (≤ raw + %d)", got, a.n)
		}
		most := whole(raw.allocs()) + a.n
		return v.mark(got <= most, fmt.Sprint(got)) + fmt.Sprintf(" (≤ %d + %d)", whole(raw.allocs()), a.n)
	case payloadOnce:
		// The allocator rounds up to pages of 8 KB; the token object comes on top.
		most := float64(mine.task.payload + 10_000)
		return v.mark(mine.bytes() <= most, fmt.Sprintf("%d of %s", got, quantity(mine.bytes()))) + " (payload once)"
	}
	return fmt.Sprint(got)
}

// oneShots compares the functions with the prepared objects.
func (r *results) oneShots(b *strings.Builder) {
	for _, row := range [][2]string{{"hs256/sign/struct", "jwt.Sign / Signer.Sign, HS256"}, {"hs256/verify/struct", "jwt.Verify / Verifier.Verify, HS256"}} {
		prepared, shot := r.find(row[0], ours), r.named(row[0], "jwt, one-shot")
		if prepared == nil || shot == nil {
			continue
		}
		var v verdict
		text := v.ratio(shot.ns()/prepared.ns(), maxOneShot)
		fmt.Fprintf(b, "| %s | %s | – | one-shot / prepared %s | – | %d | %s |\n", row[1], duration(shot.ns()), text, whole(shot.allocs()), &v)
	}
}

// growths shows what a byte costs at each size.
func (r *results) growths(b *strings.Builder) {
	for _, row := range [][2]string{{"string", "string claim"}, {"claims", "many claims"}} {
		var v verdict
		var texts []string
		last := 0.0
		for _, size := range sizes {
			c := r.find(fmt.Sprintf("size/%s/%d", row[0], size), ours)
			if c == nil {
				continue
			}
			perByte := c.ns() / float64(size)
			texts = append(texts, v.mark(last == 0 || perByte <= last*maxGrowth, fmt.Sprintf("%.2f", perByte)))
			last = perByte
		}
		if len(texts) == len(sizes) {
			fmt.Fprintf(b, "| growth from 200 B to 200 KB, %s: ns per byte | %s | – | each ≤ %g × the one before | – | – | %s |\n",
				row[1], strings.Join(texts, ", "), maxGrowth, &v)
		}
	}
}
