// Package cmdjwt runs the jwt command as a program, beside the real ssh-keygen, ssh-agent
// and openssl. A program that is missing fails its tests.
package cmdjwt

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// binDir has the command, and stands first in PATH.
var binDir string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "cmdjwt")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "jwt"), "example.com/jwt/cmd/jwt")
	build.Stdout, build.Stderr = os.Stdout, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building the command:", err)
		return 1
	}
	binDir = dir
	return m.Run()
}

func path() string { return binDir + string(os.PathListSeparator) + os.Getenv("PATH") }

// TestScripts runs the scripts of testdata. "status N COMMAND" runs a command that must end
// with exactly that exit status.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(scripts), 4)
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", path())
			return nil
		},
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"status": status},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// workshop is a folder in which the examples of the help can run.
type workshop struct {
	t   *testing.T
	dir string
	env []string
}

func (w *workshop) sh(line string) string {
	w.t.Helper()
	cmd := exec.Command("sh", "-euc", line)
	cmd.Dir, cmd.Env = w.dir, w.env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(w.t, err, "%s\n%s", line, stderr.String())
	require.NotContains(w.t, stderr.String(), "warning", line)
	return string(out)
}

func (w *workshop) write(name, text string) {
	w.t.Helper()
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
}

// examples gives the command lines that the help of a subcommand shows.
func (w *workshop) examples(command string) []string {
	w.t.Helper()
	_, text, ok := strings.Cut(w.sh("jwt "+command+" -h"), "\nExamples:\n")
	require.True(w.t, ok)
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	require.NotEmpty(w.t, lines)
	return lines
}

// TestHelpExamples runs every line that the help of the subcommands shows, in a shell.
func TestHelpExamples(t *testing.T) {
	w := &workshop{t: t, dir: t.TempDir(), env: []string{"PATH=" + path(), "JWT_SECRET=0123456789abcdef0123456789abcdef", "HOME=" + t.TempDir()}}
	url := w.provider()
	w.write("passphrase", "correct horse\n")
	w.write("claims.json", `{"sub":"susan"}`)
	ran := map[string]string{}
	try := func(command string) {
		for _, line := range w.examples(command) {
			ran[line] = w.sh(strings.ReplaceAll(line, "https://login.example", url))
		}
	}
	try("keygen")
	w.startAgent()
	try("sign")
	sign := "jwt sign -key jwt-key -alg RS256 "
	w.sh(sign + `-claims '{"user_id":123}' -expires 5m > token.txt`)
	w.sh(sign + `-claims '{"iss":"` + url + `","sub":"susan","aud":"orders"}' -expires 5m > access.txt`)
	w.sh(sign + `-claims '{"iat":1795521500,"exp":1795521800}' > old.txt`)
	w.sh(`jwt sign -key secret.jwk -alg HS256 -claims '{}' -expires 5m > session.txt`)
	w.sh("jwt jwks jwt-key.pub > keys.json")
	w.env = append(w.env, "TOKEN="+strings.TrimSpace(w.sh("cat token.txt")))
	try("verify")
	try("inspect")
	try("jwks")
	require.Greater(t, len(ran), 25)
	require.Contains(t, ran[`jwt verify -key jwt-key.pub -alg RS256 "$TOKEN"`], `"user_id": 123`)
	require.Equal(t, 2, strings.Count(w.sh("cat new-keys.json"), `"kty"`))
}

// provider serves the key jwt-key.pub of the workshop, once there is one.
func (w *workshop) provider() string {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	w.t.Cleanup(server.Close)
	mux.Handle("/keys", jwks.Handler(func() *jwt.KeySet {
		text, err := os.ReadFile(filepath.Join(w.dir, "jwt-key.pub"))
		if err != nil {
			return nil
		}
		key, err := jwt.ParsePublicKey(text)
		if err != nil {
			return nil
		}
		set, err := jwt.NewKeySet(key)
		if err != nil {
			return nil
		}
		return set
	}))
	mux.HandleFunc("/.well-known/openid-configuration", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(rw, `{"issuer":%q,"jwks_uri":%q}`, server.URL, server.URL+"/keys")
	})
	return server.URL
}

// startAgent runs ssh-agent with a key of ssh-keygen, agent-key, for as long as the test.
func (w *workshop) startAgent() {
	dir, err := os.MkdirTemp("", "agent") // the path of a socket must be short
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, os.RemoveAll(dir)) })
	out := w.sh("ssh-agent -s -a " + dir + "/s")
	_, rest, _ := strings.Cut(out, "SSH_AGENT_PID=")
	pid, _, ok := strings.Cut(rest, ";")
	require.True(w.t, ok, out)
	w.env = append(w.env, "SSH_AUTH_SOCK="+dir+"/s", "SSH_AGENT_PID="+pid)
	w.t.Cleanup(func() { w.sh("ssh-agent -k") })
	w.sh("ssh-keygen -q -t ed25519 -N '' -f agent-key && ssh-add -q agent-key")
}
