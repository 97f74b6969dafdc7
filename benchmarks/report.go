package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// results are those of one run with one version of Go.
type results struct {
	Go       string // "go1.26.8"
	Machine  string
	Time     time.Time
	Versions string
	Rows     map[string][]*cell
	Counts   map[string]figures
}

func newResults() *results {
	return &results{
		Go: runtime.Version(), Machine: fmt.Sprintf("%s, %s/%s, GOMAXPROCS=%d", processor(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0)),
		Time: time.Now().UTC(), Versions: versions(), Rows: map[string][]*cell{}, Counts: map[string]figures{},
	}
}

func (r *results) print() error { return json.NewEncoder(os.Stdout).Encode(r) }

// find returns the cell of a kind in a row, or nil.
func (r *results) find(row string, k kind) *cell {
	for _, c := range r.Rows[row] {
		if c.Kind == k {
			return c
		}
	}
	return nil
}

func (r *results) fastestPeer(row string) *cell {
	var best *cell
	for _, c := range r.Rows[row] {
		if c.Kind == peer && (best == nil || c.Ns < best.Ns) {
			best = c
		}
	}
	return best
}

// version is "1.26" of "go1.26.8".
func (r *results) version() string {
	parts := strings.SplitN(strings.TrimPrefix(r.Go, "go"), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// report is all results in Markdown. The first ones are those of the main version of Go.
func report(list []*results) string {
	var b strings.Builder
	main := list[0]
	for _, r := range list {
		if len(r.Rows) > 0 {
			fmt.Fprintf(&b, "%s: %s, %s\\\n", r.Time.Format("2006-01-02 15:04 UTC"), r.Go, r.Machine)
		}
	}
	fmt.Fprintf(&b, "%s\n\n### Targets\n\n", main.Versions)
	targetTable(&b, list)
	main.allLibraries(&b)
	for _, r := range list {
		r.countTable(&b)
	}
	return b.String()
}

// targetTable compares this library with the fastest peer and with raw in each row.
func targetTable(b *strings.Builder, list []*results) {
	list = slices.DeleteFunc(slices.Clone(list), func(r *results) bool { return len(r.Rows) == 0 })
	versions := ""
	for _, r := range list[1:] {
		versions += " on Go " + r.version() + " |"
	}
	ratios := strings.Repeat("--:|", len(list))
	b.WriteString("| task | ours | fastest peer | ours / fastest peer |" + versions + " ours / raw |" + versions + " allocations | |\n")
	b.WriteString("|---|--:|---|" + ratios + ratios + "--:|---|\n")
	for _, row := range allRows {
		first := slices.IndexFunc(list, func(r *results) bool { return r.find(row.name, ours) != nil })
		if first < 0 {
			continue
		}
		main := list[first]
		mine := main.find(row.name, ours)
		v := verdict{want: row.want}
		want := target{allocs: anyNumber}
		if row.want != nil {
			want = *row.want
		}
		fmt.Fprintf(b, "| %s | %s | %s |", row.title, duration(mine.Ns), main.peerText(row.name))
		for _, r := range list {
			most := want.peer126
			if r.version() != "1.26" {
				most = want.peer127
			}
			fmt.Fprintf(b, " %s |", v.ratio(r.find(row.name, ours), r.fastestPeer(row.name), most))
		}
		for _, r := range list {
			fmt.Fprintf(b, " %s |", v.ratio(r.find(row.name, ours), r.find(row.name, limit), want.raw))
		}
		fmt.Fprintf(b, " %s, %d B | %s |\n", v.allocs(mine, main.find(row.name, limit), want.allocs), mine.Bytes, &v)
	}
	copies(b, list)
}

func (r *results) peerText(row string) string {
	if p := r.fastestPeer(row); p != nil {
		return p.Name + " " + duration(p.Ns)
	}
	return "–"
}

// copies is the row of the two copies of this library: how far they are apart in the first
// row, which is a target, and in all rows.
func copies(b *strings.Builder, list []*results) {
	const most = 0.02
	v := verdict{want: &target{}}
	var texts []string
	for _, r := range list {
		var apart []float64
		text := "–"
		for _, row := range allRows {
			a, c := r.find(row.name, ours), r.find(row.name, again)
			if a == nil || c == nil {
				continue
			}
			d := math.Abs(c.Ns/a.Ns - 1)
			if row.name == chartRow {
				text = v.mark(d <= most, fmt.Sprintf("%.1f %%", 100*d)) + " (≤ 2 %)"
			}
			apart = append(apart, d)
		}
		slices.Sort(apart)
		if n := len(apart); n > 0 {
			text += fmt.Sprintf("; all rows: median %.1f %%, worst %.1f %%", 100*apart[n/2], 100*apart[n-1])
		}
		texts = append(texts, text)
	}
	fmt.Fprintf(b, "| verify HS256, struct: how far two identical copies are apart | – | – | %s |%s – | %s |\n",
		strings.Join(texts, " | "), strings.Repeat(" – |", len(list)), &v)
}

// allLibraries has the time of every library in the rows of sound tokens.
func (r *results) allLibraries(b *strings.Builder) {
	var names []string
	for _, e := range entries {
		if e.kind != again {
			names = append(names, e.name)
		}
	}
	fmt.Fprintf(b, "\n### Every library, Go %s\n\n| task | %s |\n|---|%s\n", r.version(), strings.Join(names, " | "), strings.Repeat("--:|", len(names)))
	for _, row := range allRows {
		cells := r.Rows[row.name]
		if len(cells) == 0 || row.group != groupHS256 && row.group != groupAsymmetric {
			continue
		}
		fmt.Fprintf(b, "| %s |", row.title)
		for _, name := range names {
			text := "–"
			if i := slices.IndexFunc(cells, func(c *cell) bool { return c.Name == name }); i >= 0 {
				text = duration(cells[i].Ns)
			}
			fmt.Fprintf(b, " %s |", text)
		}
		b.WriteString("\n")
	}
}

// countTable has what callgrind counted.
func (r *results) countTable(b *strings.Builder) {
	if len(r.Counts) == 0 {
		return
	}
	fmt.Fprintf(b, "\n### Instructions, and cache lines of code, Go %s\n\n| task | instructions | lines | |\n|---|--:|--:|---|\n", r.version())
	for _, row := range allRows {
		f, ok := r.Counts[row.name]
		if !ok {
			continue
		}
		v, want := verdict{}, figures{}
		if row.want != nil && row.want.count != want {
			v.want, want = row.want, row.want.count
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", row.title, v.number(f.Instructions, want.Instructions), v.number(f.Lines, want.Lines), &v)
	}
}

// verdict collects the cells of a row that miss their target.
type verdict struct {
	want   *target
	missed bool
}

func (v *verdict) ratio(mine, other *cell, most float64) string {
	switch {
	case mine == nil || other == nil:
		return "–"
	case most == 0:
		return ratioText(mine.Ns / other.Ns)
	}
	text := ratioText(mine.Ns / other.Ns)
	return fmt.Sprintf("%s (≤ %g)", v.mark(mine.Ns/other.Ns <= most, text), most)
}

func (v *verdict) allocs(mine, raw *cell, most int) string {
	if most == anyNumber {
		return fmt.Sprint(mine.Allocs)
	}
	if raw != nil && raw.Allocs > 0 {
		return v.mark(mine.Allocs <= raw.Allocs+most, fmt.Sprint(mine.Allocs)) + fmt.Sprintf(" (≤ %d + %d)", raw.Allocs, most)
	}
	return v.mark(mine.Allocs <= most, fmt.Sprint(mine.Allocs)) + fmt.Sprintf(" (≤ %d)", most)
}

func (v *verdict) number(got, most int) string {
	if most == 0 {
		return fmt.Sprint(got)
	}
	return v.mark(got <= most, fmt.Sprint(got)) + fmt.Sprintf(" (≤ %d)", most)
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
	switch {
	case v.want == nil:
		return ""
	case v.missed:
		return "missed"
	}
	return "met"
}

func ratioText(ratio float64) string {
	switch {
	case ratio < 0.005:
		return "< 0.01"
	case ratio < 1:
		return fmt.Sprintf("%.3f", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

func duration(ns float64) string {
	switch {
	case ns < 100:
		return fmt.Sprintf("%.1f ns", ns)
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e5:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	case ns < 1e6:
		return fmt.Sprintf("%.0f µs", ns/1e3)
	}
	return fmt.Sprintf("%.2f ms", ns/1e6)
}

// versions names the peers and their versions.
func versions() string {
	found := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			found[m.Path] = m.Version
		}
	}
	var names []string
	for _, e := range entries {
		text := strings.TrimPrefix(e.module, "github.com/") + " " + found[e.module]
		if e.kind == peer && !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	return strings.Join(names, ", ")
}

// processor is the model's name on Linux.
func processor() string {
	raw, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(raw)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), ":"))
		}
	}
	return "unknown processor"
}

const (
	beginMark = "<!-- results -->\n"
	endMark   = "<!-- end of results -->\n"
)

// write puts the results of some runs between the marks of a file, and draws the chart.
func write(path string, files []string) error {
	var list []*results
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var r results
		if err := json.Unmarshal(raw, &r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, &r)
	}
	if len(list) == 0 || len(list[0].Rows) == 0 {
		return errors.New("-write needs files with the results of -json, the main ones first")
	}
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := bytes.Index(old, []byte(beginMark)), bytes.Index(old, []byte(endMark))
	if begin < 0 || end < begin {
		return errors.New(path + " has no place for the results: want the lines " + strings.TrimSpace(beginMark) + " and " + strings.TrimSpace(endMark))
	}
	text := slices.Concat(old[:begin+len(beginMark)], []byte("\n"+report(list)+"\n"), old[end:])
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(filepath.Dir(path), "verify.svg"), []byte(chart(list)), 0o644)
}
