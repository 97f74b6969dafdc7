package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// results are all measured cells.
type results struct {
	tasks []task
	cells map[string][]*cell // by the task's name
}

// find gives our library's or raw's cell of a task, or nil.
func (r *results) find(name string, k kind) *cell {
	for _, c := range r.cells[name] {
		if c.entry.kind == k {
			return c
		}
	}
	return nil
}

func (r *results) named(name, library string) *cell {
	for _, c := range r.cells[name] {
		if c.entry.name == library {
			return c
		}
	}
	return nil
}

func (r *results) fastestPeer(name string) *cell {
	var best *cell
	for _, c := range r.cells[name] {
		if c.entry.kind == peer && (best == nil || c.ns() < best.ns()) {
			best = c
		}
	}
	return best
}

// report is the whole result in Markdown.
func (r *results) report(how string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", how)
	b.WriteString("### Targets\n\n")
	r.summary(&b)
	for _, group := range groups(r.tasks) {
		list := slices.DeleteFunc(slices.Clone(r.tasks), func(t task) bool { return t.group != group })
		if group == groupHS256 {
			for _, t := range list {
				r.table(&b, t)
			}
			continue
		}
		r.matrix(&b, group, list)
	}
	return b.String()
}

// table is one task with all figures.
func (r *results) table(b *strings.Builder, t task) {
	cells := slices.Clone(r.cells[t.name])
	slices.SortStableFunc(cells, func(x, y *cell) int { return cmp.Compare(x.ns(), y.ns()) })
	raw, best := r.find(t.name, limit), r.fastestPeer(t.name)
	fmt.Fprintf(b, "\n### %s\n\n", capital(t.title))
	fmt.Fprintf(b, "| library | time/op | ± | B/op | allocs/op | × raw | × fastest peer |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range cells {
		fmt.Fprintf(b, "| %s | %s | %.0f %% | %s | %d | %s | %s |\n", label(c.entry), duration(c.ns()), 100*c.spread(),
			quantity(c.bytes()), whole(c.allocs()), times(c, raw), times(c, best))
	}
}

// matrix is a group of tasks: in a cell the time, the ratio to raw or the cost of a
// byte, and what is allocated.
func (r *results) matrix(b *strings.Builder, group string, list []task) {
	fmt.Fprintf(b, "\n### %s\n\n| library |", group)
	for _, t := range list {
		fmt.Fprintf(b, " %s |", t.title)
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(list)) + "\n")
	for _, e := range r.libraries(list) {
		fmt.Fprintf(b, "| %s |", label(e))
		for _, t := range list {
			fmt.Fprintf(b, " %s |", r.cellText(t, r.named(t.name, e.name)))
		}
		b.WriteString("\n")
	}
	b.WriteString("| ours / fastest peer |")
	for _, t := range list {
		fmt.Fprintf(b, " %s |", times(r.find(t.name, ours), r.fastestPeer(t.name)))
	}
	b.WriteString("\n\n" + legend(group) + "\n")
}

func legend(group string) string {
	switch group {
	case groupSign, groupVerify:
		return "In a cell: time, ratio to raw, allocations."
	case groupString, groupClaims:
		return "In a cell: time, ns per byte of payload, bytes allocated."
	case groupHuge:
		return "In a cell: time, allocations and their bytes. No other library has a limit, and raw has none."
	}
	return "In a cell: time, allocations and their bytes."
}

func (r *results) cellText(t task, c *cell) string {
	switch {
	case c == nil:
		return "–"
	case t.payload > 0:
		return fmt.Sprintf("%s (%.1f), %s B", duration(c.ns()), c.ns()/float64(t.payload), quantity(c.bytes()))
	case strings.HasPrefix(t.name, "refuse/"):
		return fmt.Sprintf("%s, %d of %s B", duration(c.ns()), whole(c.allocs()), quantity(c.bytes()))
	}
	return fmt.Sprintf("%s (%s), %da", duration(c.ns()), times(c, r.find(t.name, limit)), whole(c.allocs()))
}

// libraries are those with a cell in the list, the fastest at its last task first.
func (r *results) libraries(list []task) []*entry {
	var found []*entry
	for _, t := range list {
		for _, c := range r.cells[t.name] {
			if !slices.Contains(found, c.entry) {
				found = append(found, c.entry)
			}
		}
	}
	time := func(e *entry) float64 {
		sum := 0.0
		for _, t := range list {
			if c := r.named(t.name, e.name); c != nil {
				sum += math.Log(c.ns())
			} else {
				sum += math.Log(r.slowest(t.name))
			}
		}
		return sum
	}
	slices.SortStableFunc(found, func(x, y *entry) int { return cmp.Compare(time(x), time(y)) })
	return found
}

func (r *results) slowest(name string) float64 {
	most := 1.0
	for _, c := range r.cells[name] {
		most = max(most, c.ns())
	}
	return most
}

// label makes what is no library of somebody else stand out.
func label(e *entry) string {
	switch e.kind {
	case ours:
		return "**" + e.name + "**"
	case peer:
		return e.name
	}
	return "*" + e.name + "*"
}

func times(c, other *cell) string {
	if c == nil || other == nil {
		return "–"
	}
	return ratioText(c.ns() / other.ns())
}

func ratioText(ratio float64) string {
	if ratio < 0.005 {
		return "< 0.01"
	}
	return fmt.Sprintf("%.2f", ratio)
}

// whole drops what the runtime allocates now and then beside the operation.
func whole(f float64) int { return int(f + 0.05) }

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

func quantity(n float64) string {
	if n >= 1e6 {
		return fmt.Sprintf("%.1f M", n/1e6)
	}
	return fmt.Sprint(int(n + 0.5))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// circumstances says on what, with which versions and when the run was made.
func circumstances(libs []entry, c config) string {
	versions := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			versions[m.Path] = m.Version
		}
	}
	var names []string
	for _, e := range libs {
		text := strings.TrimPrefix(e.module, "github.com/") + " " + versions[e.module]
		if e.kind == peer && !slices.Contains(names, text) {
			names = append(names, text)
		}
	}
	what := "medians of the time on the clock"
	if c.cpu {
		what = "**on a busy machine: processor time, all cores together, of the fastest samples**"
	}
	return fmt.Sprintf("%s, %s; %s, %s/%s, GOMAXPROCS=%d; %d interleaved passes with samples of %s: %s.\n%s.",
		time.Now().UTC().Format("2006-01-02 15:04 UTC"), processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.GOMAXPROCS(0), c.passes, c.sample, what, strings.Join(names, ", "))
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

// writeReport puts a report between the marks of a file.
func writeReport(path, report string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin := bytes.Index(old, []byte(beginMark))
	end := bytes.Index(old, []byte(endMark))
	if begin < 0 || end < begin {
		return errors.New(path + " has no place for the results: want the lines " + strings.TrimSpace(beginMark) + " and " + strings.TrimSpace(endMark))
	}
	text := slices.Concat(old[:begin+len(beginMark)], []byte("\n"+report+"\n"), old[end:])
	return os.WriteFile(path, text, 0o644)
}
