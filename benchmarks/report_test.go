package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTargetsAreComparedWithTheFastestPeerAndWithRaw(t *testing.T) {
	cells := func(mine, again, peers float64) []*cell {
		return []*cell{
			{Name: "raw", Kind: limit, Ns: 1000},
			{Name: "jwt", Kind: ours, Ns: mine, Allocs: 3, Bytes: 880},
			{Name: "jwt, again", Kind: 2, Ns: again},
			{Name: "kataras", Kind: peer, Ns: 2 * peers}, {Name: "cristalhq", Kind: peer, Ns: peers},
		}
	}
	old := &results{Go: "go1.26.8", Rows: map[string][]*cell{"hs256/verify": cells(1900, 1919, 9500), "hs256/verify/oneshot": cells(3000, 3000, 9500)}}
	today := &results{Go: "go1.27.3", Rows: map[string][]*cell{"hs256/verify": cells(2000, 2100, 6000), "eddsa/verify": cells(1020, 1020, 2040)}}
	var b strings.Builder
	targetTable(&b, []*results{old, today})
	require.Contains(t, b.String(), "| verify HS256, struct | 1.90 µs | cristalhq 9.50 µs | 0.200 (≤ 0.205) | **0.333** (≤ 0.285) | 1.90 (≤ 1.9) | **2.00** (≤ 1.9) | **3** (≤ 2), 880 B | missed |\n")
	require.Contains(t, b.String(), "| Verify, the function, HS256 | 3.00 µs | cristalhq 9.50 µs | 0.316 | – | 3.00 | – | 3, 880 B |  |\n", "no target")
	require.Contains(t, b.String(), "| verify EdDSA | 1.02 µs | cristalhq 2.04 µs | – | 0.500 (≤ 1) | – | 1.02 (≤ 1.03) |", "only in the later run")
	require.Contains(t, b.String(), "| – | – | 1.0 % (≤ 2 %); all rows: median 1.0 %, worst 1.0 % | **5.0 %** (≤ 2 %); all rows: median 5.0 %, worst 5.0 % | – | – | – | missed |\n")
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 6, "nothing about what was not run")
	for _, line := range lines {
		require.Equal(t, strings.Count(lines[0], "|"), strings.Count(line, "|"), line)
	}
}

// TestAShortRun goes all the way, and puts its report into a copy of the README.
func TestAShortRun(t *testing.T) {
	dir := t.TempDir()
	c := config{rows: regexp.MustCompile(`^(hs256/(sign|verify|verify/map)|eddsa/sign|http|refuse/limit)$`), libs: regexp.MustCompile(""), rounds: 2, progress: io.Discard}
	var list []row
	for _, r := range allRows {
		if c.rows.MatchString(r.name) {
			list = append(list, r)
		}
	}
	r, err := measure(list, c)
	require.NoError(t, err)
	file := filepath.Join(dir, "results.json")
	require.NoError(t, os.WriteFile(file, must(json.Marshal(r)), 0o600))

	path := filepath.Join(dir, "README.md")
	readme := must(os.ReadFile("README.md"))
	require.NoError(t, os.WriteFile(path, readme, 0o600))
	require.NoError(t, write(path, []string{file}))
	got := string(must(os.ReadFile(path)))
	head, _, _ := strings.Cut(string(readme), beginMark)
	require.True(t, strings.HasPrefix(got, head))
	require.True(t, strings.HasSuffix(got, endMark))
	for _, want := range []string{"tink-go/v2 v2.", "\n| verify HS256, map | ", "\n| sign EdDSA | ", "auth0/go-jwt-middleware", "\n| over the size limit, 1 MB | "} {
		require.Contains(t, got, want)
	}
	svg := must(os.ReadFile(filepath.Join(dir, "verify.svg")))
	for decoder := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range entries {
		require.Equal(t, e.kind != again, bytes.Contains(svg, []byte(">"+e.name+"<")), e.name)
	}

	require.NoError(t, os.WriteFile(path, []byte("no marks"), 0o600))
	require.ErrorContains(t, write(path, []string{file}), "has no place for the results")
	require.ErrorContains(t, write(path, nil), "needs files")
}

// TestServing speaks to the process that -rev starts.
func TestServing(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, serve(strings.NewReader("hs256/refuse 3\nno/such/row 1\nhs256/refuse 1\n"), &out))
	require.Regexp(t, `^[\d.]+[nµm]s\nno such row\n[\d.]+[nµm]s\n$`, out.String())
}
