// Package compared tests the table in README.md that compares this library with others. It is a
// module of its own because jwx v4 needs a newer Go than the library.
package compared

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A library is a column of the table.
type library struct {
	name, version string
	module        string // in go.mod; none for the library itself and for PyJWT
	packages      string // for which modules are counted
	accepts       map[string]func(t *testing.T) bool
	says          map[string]string
}

// The rows whose cells are tested: whether the library does what attackers and accidents need.
// Each row says "yes" if the library refuses.
var refusals = []string{
	"verifying without naming an algorithm fails",
	"one call verifies and checks the claims",
	"an unexpected `aud` is rejected",
	"duplicate members are rejected",
	"a PEM public key is rejected as an HMAC secret",
}

// The rows whose cells name what a library has. What it lacks cannot be tested: "no" says that
// none was found.
var features = []string{
	"private keys of ssh-keygen",
	"keys over HTTP, cached",
	"several issuers, each with its own keys",
	"net/http middleware",
	"test issuer",
	"also has",
}

const linked = "modules linked beside the standard library"

// pyJWT was not run: its cells are from its source (2.12.1, jwt/api_jwt.py, algorithms.py and
// jwks_client.py) and its change log up to 2.15.1.
var pyJWT = library{
	name: "PyJWT", version: "2.15",
	says: map[string]string{
		refusals[0]: "yes", refusals[1]: "yes", refusals[2]: "yes", refusals[3]: "no", refusals[4]: "yes",
		features[0]: "public ones", features[1]: "yes", features[2]: "no", features[3]: "no", features[4]: "no", features[5]: "",
		linked: "",
	},
}

func libraries() []library {
	return []library{own, golangJWT, jwx3, jwx4, goJose, goOIDC, auth0, pyJWT}
}

// TestTable: the table in README.md says what the libraries do.
func TestTable(t *testing.T) {
	var header, rule, rows strings.Builder
	for _, l := range libraries() {
		header.WriteString(" " + strings.TrimSpace(l.name+" "+l.version) + " |")
		rule.WriteString(" --- |")
	}
	for _, row := range append(append(refusals[:len(refusals):len(refusals)], features...), linked) {
		rows.WriteString("| " + row + " |")
		for _, l := range libraries() {
			cell, ok := l.says[row]
			if !ok {
				cell = l.measure(t, row)
			}
			rows.WriteString(" " + cell + strings.Repeat(" ", min(1, len(cell))) + "|")
		}
		rows.WriteString("\n")
	}
	table := "| |" + header.String() + "\n| --- |" + rule.String() + "\n" + rows.String()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.True(t, strings.Contains(strings.ReplaceAll(string(readme), "\r\n", "\n"), "\n\n"+table+"\n"), "README.md should have:\n%s", table)
}

func (l library) measure(t *testing.T, row string) string {
	t.Helper()
	if row == linked {
		return l.linked(t)
	}
	accepts, ok := l.accepts[row]
	require.True(t, ok, "%s: nothing about %q", l.name, row)
	if accepts(t) {
		return "no"
	}
	return "yes"
}

// linked counts the modules that a program gets with the packages that verify tokens.
func (l library) linked(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}"}, strings.Fields(l.packages)...)...).Output()
	require.NoError(t, err)
	modules := map[string]bool{}
	for _, path := range strings.Fields(string(out)) {
		if path != l.module {
			modules[path] = true
		}
	}
	return strconv.Itoa(len(modules))
}

// TestVersions: the table names the versions of go.mod.
func TestVersions(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	for _, l := range libraries() {
		if l.version != "" && l.module != "" {
			require.Regexp(t, `(?m)^\t`+l.module+" v"+strings.ReplaceAll(l.version, ".", `\.`)+`(\.\d+)?$`, string(mod))
		}
	}
}
