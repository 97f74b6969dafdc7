package main

import (
	"fmt"
	"os"
	"path"
	"strings"
)

// explanation is a row of EQUIVALENT.md: mutants that no test can tell from the program, and why.
type explanation struct {
	file, function, code, change string
	reason                       string
	line                         int
	used                         bool
}

// readExplanations reads the rows of all tables in a Markdown file.
func readExplanations(name string) ([]*explanation, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var list []*explanation
	inTable := false
	for i, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "|") {
			inTable = false
			continue
		}
		if strings.HasPrefix(line, "| ---") {
			inTable = true
			continue
		}
		if !inTable {
			continue
		}
		const pipe = "\x00"
		cells := strings.Split(strings.ReplaceAll(line, `\|`, pipe), "|")
		if len(cells) != 7 {
			return nil, fmt.Errorf("%s:%d: want a row of 5 cells", name, i+1)
		}
		for k := range cells {
			cells[k] = strings.TrimSpace(strings.ReplaceAll(cells[k], pipe, "|"))
		}
		code := strings.TrimSpace(strings.Trim(cells[3], "`"))
		list = append(list, &explanation{file: cells[1], function: cells[2], code: code, change: cells[4], reason: cells[5], line: i + 1})
	}
	return list, nil
}

// covers reports whether the row is about a mutant. "*" stands for any text in a cell, or the end of one; the changes of a
// row are separated by commas.
func (e *explanation) covers(m *mutation) bool {
	if !glob(e.file, m.file) || !glob(e.function, m.function) || e.code != "*" && e.code != m.code {
		return false
	}
	for change := range strings.SplitSeq(e.change, ",") {
		if change = strings.TrimSpace(change); change == "*" || change == m.change {
			return true
		}
	}
	return false
}

func glob(pattern, name string) bool {
	if pattern == "*" {
		return true
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

// row is a mutant as a row of the table, to be completed with its reason.
func row(m *mutation) string {
	escape := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	return fmt.Sprintf("| %s | %s | `%s` | %s |  |", m.file, m.function, escape(m.code), escape(m.change))
}
