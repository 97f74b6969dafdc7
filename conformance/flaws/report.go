package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

const reportFile = "FLAWS.md"

// start is how the row of a flaw starts, by which it is known again.
func start(first, what string) string { return "| " + first + " | " + what + " | " }

func attackStarts() []string {
	var starts []string
	for _, f := range flaws {
		starts = append(starts, start("`"+f.name+"`", f.what))
	}
	return starts
}

func promiseStarts(list []*proof) []string {
	var starts []string
	for _, one := range list {
		for _, f := range one.flaws {
			starts = append(starts, start(one.starts, f.what))
		}
	}
	return starts
}

// reportTable is one table of the report, between its marks.
type reportTable struct {
	before, head, after string
	rows                []string
}

func readTable(name string) (*reportTable, error) {
	text, err := os.ReadFile(reportFile)
	if err != nil {
		return nil, err
	}
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->\n"
	before, rest, ok := strings.Cut(string(text), begin)
	inner, after, ok2 := strings.Cut(rest, end)
	lines := slices.Collect(strings.Lines(inner))
	if !ok || !ok2 || len(lines) < 2 {
		return nil, fmt.Errorf("%s has no table of %s", reportFile, name)
	}
	t := &reportTable{before: before + begin, head: lines[0] + lines[1], after: end + after}
	for _, line := range lines[2:] {
		if strings.HasPrefix(line, "| ") {
			t.rows = append(t.rows, strings.TrimSuffix(line, "\n"))
		}
	}
	return t, nil
}

// row gives the row that starts so, or "".
func (t *reportTable) row(start string) string {
	for _, row := range t.rows {
		if strings.HasPrefix(row, start) {
			return row
		}
	}
	return ""
}

// writeTable puts new rows in the place of those that start alike, in the order of the
// starts. Rows of flaws that are not there any more go.
func writeTable(name string, starts, rows []string) error {
	t, err := readTable(name)
	if err != nil {
		return err
	}
	fresh := &reportTable{rows: rows}
	var merged []string
	for _, start := range starts {
		if row := fresh.row(start); row != "" {
			merged = append(merged, row)
		} else if row := t.row(start); row != "" {
			merged = append(merged, row)
		}
	}
	text := t.before + t.head + strings.Join(merged, "\n") + fmt.Sprintf("\n\nFlaws planted and found: %d.\n", len(merged)) + t.after
	return os.WriteFile(reportFile, []byte(text), 0o644)
}

// recorded reports what the report lacks: a flaw, or a test that SECURITY.md names for a
// promise and that has found none of its flaws.
func recorded(list []*proof) error {
	var errs []error
	attacks, err := readTable("attacks")
	if err != nil {
		return err
	}
	promised, err := readTable("promises")
	if err != nil {
		return err
	}
	missing := func(t *reportTable, starts []string) {
		for _, start := range starts {
			if t.row(start) == "" {
				errs = append(errs, fmt.Errorf("%s has no row %q", reportFile, start))
			}
		}
		if len(t.rows) != len(starts) {
			errs = append(errs, fmt.Errorf("%s has %d rows for %d flaws", reportFile, len(t.rows), len(starts)))
		}
	}
	missing(attacks, attackStarts())
	missing(promised, promiseStarts(list))
	for _, one := range list {
		found := map[string]bool{}
		for _, f := range one.flaws {
			cells := strings.Split(strings.Trim(promised.row(start(one.starts, f.what)), "| "), " | ")
			for _, test := range strings.Split(cells[len(cells)-1], ", ") {
				found[test] = true
			}
		}
		for _, test := range one.tests {
			if !found[test] {
				errs = append(errs, fmt.Errorf("%s: %s is said to find no flaw that breaks %q", reportFile, test, one.starts))
			}
		}
	}
	return errors.Join(errs...)
}
