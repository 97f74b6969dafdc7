package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what the commands say into the sessions of testdata")

// testKeys is the absolute path of the keys for tests, since tests change the folder.
var testKeys, _ = filepath.Abs("../../testdata/keys")

// now is the time in all sessions.
var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// build is the build information in all sessions.
func build() (*debug.BuildInfo, bool) {
	return &debug.BuildInfo{
		GoVersion: "go1.26.0",
		Main:      debug.Module{Version: "v1.2.3"},
		Settings:  []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.modified", Value: "true"}},
	}, true
}

// TestSessions runs the sessions of testdata. A line that starts with "$ " is a command. Its
// stdout follows, then its stderr with "2> " before each line, then "? " and the exit status
// unless it is 0. One "…" in a line stands for any text: it hides what the library says, which
// its own tests check.
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.Greater(t, len(files), 6)
	for _, file := range files {
		file, err := filepath.Abs(file)
		require.NoError(t, err)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			t.Chdir(t.TempDir())
			got := replay(t, string(want), map[string]string{"KEYS": testKeys})
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			require.Equal(t, string(want), got)
		})
	}
}

// replay returns the session as it went, with the lines that matched as they were written.
func replay(t *testing.T, text string, env map[string]string) string {
	var got strings.Builder
	lines := strings.SplitAfter(text, "\n")
	commands := 0
	for at := 0; at < len(lines); {
		line := lines[at]
		at++
		got.WriteString(line)
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		commands++
		var want []string
		for at < len(lines) && strings.TrimSpace(lines[at]) != "" && !strings.HasPrefix(lines[at], "$ ") {
			want = append(want, lines[at])
			at++
		}
		for i, line := range strings.SplitAfter(execute(t, strings.TrimSpace(command), env), "\n") {
			if i < len(want) && matches(want[i], line) {
				line = want[i]
			}
			got.WriteString(line)
		}
	}
	require.Positive(t, commands)
	return got.String()
}

// matches compares a line, in which one "…" stands for any text.
func matches(want, got string) bool {
	before, after, wild := strings.Cut(want, "…")
	if !wild {
		return want == got
	}
	return len(got) >= len(before)+len(after) && strings.HasPrefix(got, before) && strings.HasSuffix(got, after)
}

// execute runs one command line and returns what it did in the form of a session. It supports
// single quotes, "< FILE", "> FILE", the variables of env, and a few programs.
func execute(t *testing.T, line string, env map[string]string) string {
	args, stdin, outFile := split(t, line, env)
	if name, value, ok := strings.Cut(args[0], "="); ok {
		env[name] = value
		return ""
	}
	var stdout, stderr bytes.Buffer
	status := program(t, args, stdin, &stdout, &stderr, env)
	if outFile != "" {
		require.NoError(t, os.WriteFile(outFile, stdout.Bytes(), 0o600))
		stdout.Reset()
	}
	out := blankLines(stdout.String())
	for line := range strings.Lines(stderr.String()) {
		out += "2> " + line
	}
	if status != 0 {
		out += "? " + strconv.Itoa(status) + "\n"
	}
	return out
}

// blankLines shows an empty line of the output by a dot, since one ends it in a session.
func blankLines(text string) string {
	return strings.ReplaceAll(text, "\n\n", "\n.\n")
}

func split(t *testing.T, line string, env map[string]string) (args []string, stdin, outFile string) {
	var word strings.Builder
	var words []string
	quoted, started := false, false
	const space = "\x00" // one in the value of a variable, which does not end a word
	value := func(name string) string { return strings.ReplaceAll(env[name], " ", space) }
	for _, r := range os.Expand(line, value) + " " {
		switch {
		case r == '\'':
			quoted, started = !quoted, true
		case r == ' ' && !quoted:
			if started || word.Len() > 0 {
				words = append(words, strings.ReplaceAll(word.String(), space, " "))
			}
			started = false
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	require.False(t, quoted, line)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "<":
			i++
			text, err := os.ReadFile(words[i])
			require.NoError(t, err)
			stdin = string(text)
		case ">":
			i++
			outFile = words[i]
		default:
			args = append(args, words[i])
		}
	}
	require.NotEmpty(t, args, line)
	return args, stdin, outFile
}

// program runs the command, or one of the programs that sessions need beside it.
func program(t *testing.T, args []string, stdin string, stdout, stderr io.Writer, env map[string]string) int {
	switch args[0] {
	case "jwt":
		return run(args[1:], strings.NewReader(stdin), stdout, stderr, environment{
			Getenv:   func(name string) string { return env[name] },
			Now:      func() time.Time { return now },
			Terminal: func(any) bool { return false },
			Build:    build,
		})
	case "echo":
		fmt.Fprintln(stdout, strings.Join(args[1:], " "))
	case "printf":
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
		require.NoError(t, err)
		fmt.Fprint(stdout, text)
	case "cat":
		text, err := os.ReadFile(args[1])
		require.NoError(t, err)
		_, _ = stdout.Write(text)
	case "join":
		for _, file := range args[1:] {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			_, _ = stdout.Write(text)
		}
	case "cp":
		text, err := os.ReadFile(args[1])
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(args[2], text, 0o600))
	case "chmod":
		mode, err := strconv.ParseUint(args[1], 8, 32)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(args[2], os.FileMode(mode)))
	case "mode":
		info, err := os.Stat(args[1])
		require.NoError(t, err)
		fmt.Fprintln(stdout, info.Mode())
	case "ssh-keygen": // has written the pair already
		for _, suffix := range []string{"", ".pub"} {
			text, err := os.ReadFile(env["KEYS"] + "/rsa4096-default" + suffix)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(args[len(args)-1]+suffix, text, 0o600))
		}
	case "mkdir":
		require.NoError(t, os.Mkdir(args[1], 0o700))
	case "ls":
		entries, err := os.ReadDir(".")
		require.NoError(t, err)
		for _, entry := range entries {
			fmt.Fprintln(stdout, entry.Name())
		}
	default:
		require.Fail(t, "there is no such program", args[0])
	}
	return 0
}

// TestDocumentation runs the session of the package documentation.
func TestDocumentation(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var want strings.Builder
	for line := range strings.Lines(string(text)) {
		if code, ok := strings.CutPrefix(line, "\t"); ok {
			want.WriteString(code)
		} else {
			want.WriteString("\n")
		}
	}
	t.Chdir(t.TempDir())
	require.Equal(t, want.String(), replay(t, want.String(), map[string]string{"KEYS": testKeys}))
}
