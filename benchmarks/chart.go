package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

const chartRow = "hs256/verify"

// chart draws the time of one verification with every library as an SVG: a group of bars
// for each library, a bar for each version of Go.
func chart(list []*results) string {
	list = slices.DeleteFunc(slices.Clone(list), func(r *results) bool { return len(r.Rows[chartRow]) == 0 })
	if len(list) == 0 {
		return ""
	}
	cells := slices.DeleteFunc(slices.Clone(list[0].Rows[chartRow]), func(c *cell) bool { return c.Kind == again })
	slices.SortFunc(cells, func(a, b *cell) int { return cmp.Compare(a.Ns, b.Ns) })
	longest := 0.0
	for _, r := range list {
		for _, c := range r.Rows[chartRow] {
			longest = max(longest, c.Ns)
		}
	}
	const left, width, bar, gap, top = 120, 560, 12, 10, 64
	group := len(list)*bar + gap
	height := top + len(cells)*group + 8
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="img" font-family="sans-serif" font-size="12">
<title>Time of one HS256 verification into a struct</title>
<style>
text{fill:#1f2328} .mine{font-weight:bold} .v0{fill:#8b949e} .v1{fill:#c4cad1} .mine.v0{fill:#1a7f37} .mine.v1{fill:#6fbf83} .note{font-size:11px}
@media (prefers-color-scheme: dark){text{fill:#e6edf3} .v1{fill:#57606a} .mine.v0{fill:#3fb950} .mine.v1{fill:#1f6f32}}
</style>
<text x="8" y="20" font-size="15">Time of one HS256 verification into a struct (less is better)</text>
`, left+width+72, height)
	x := 8
	for i, r := range list {
		fmt.Fprintf(&b, `<rect class="v%d" x="%d" y="34" width="12" height="12"/><text class="note" x="%d" y="44">Go %s</text>`+"\n", i, x, x+17, r.version())
		x += 80
	}
	fmt.Fprintf(&b, `<text class="note" x="%d" y="44">raw: HMAC and base64 alone</text>`+"\n", x)
	for i, c := range cells {
		y := top + i*group
		class := ""
		if c.Kind == ours {
			class = "mine "
		}
		fmt.Fprintf(&b, `<text class="%s" x="%d" y="%d" text-anchor="end">%s</text>`+"\n", strings.TrimSpace(class), left-8, y+len(list)*bar/2+4, c.Name)
		for j, r := range list {
			k := slices.IndexFunc(r.Rows[chartRow], func(other *cell) bool { return other.Name == c.Name })
			if k < 0 {
				continue
			}
			ns, y := r.Rows[chartRow][k].Ns, y+j*bar
			w := math.Round(ns / longest * width)
			fmt.Fprintf(&b, `<rect class="%sv%d" x="%d" y="%d" width="%g" height="%d"/><text class="note" x="%g" y="%d">%s</text>`+"\n",
				class, j, left, y, w, bar-1, left+w+5, y+bar-2, duration(ns))
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}
