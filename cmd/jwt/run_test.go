package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3OTU1MjE2MDAsImV4cCI6MTc5NTUyNTIwMH0.J8WBNaS5evPs1iYKL-0gYSbARlP9UlaYrjr6C3kNKPk"

// result is the outcome of a run.
type result struct {
	status         int
	stdout, stderr string
}

// process stands in for the process around a run.
type process struct {
	stdin    io.Reader
	stdout   io.Writer // if not captured
	env      map[string]string
	terminal bool
}

func (p process) run(args ...string) result {
	var stdout, stderr bytes.Buffer
	if p.stdin == nil {
		p.stdin = strings.NewReader("")
	}
	if p.stdout == nil {
		p.stdout = &stdout
	}
	status := run(args, p.stdin, p.stdout, &stderr, environment{
		Getenv:   func(name string) string { return p.env[name] },
		Now:      func() time.Time { return now },
		Terminal: func(any) bool { return p.terminal },
		Build:    build,
	})
	return result{status, stdout.String(), stderr.String()}
}

// A token or a key that stands in the wrong place is never repeated, neither on stderr nor
// in the JSON of an error.
func TestTokensAndKeysAreNotRepeated(t *testing.T) {
	t.Chdir(t.TempDir())
	key, err := os.ReadFile(filepath.Join(testKeys, "ed25519-default"))
	require.NoError(t, err)
	secrets := map[string][]string{token: strings.Split(token, "."), token[:40] + " " + token[40:]: {token[:40]}, string(key): {string(key[100:140])}}
	runs := 0
	for _, c := range commands() {
		f := newFlags(c.name)
		c.make().define(f)
		for secret, parts := range secrets {
			lines := [][]string{{c.name, "-" + secret}, {c.name, "--" + secret}, {c.name, "-x=" + secret}, {c.name, "@" + secret}, {c.name, "-alg", "HS256", secret, secret}, {secret}, {"help", secret}}
			for _, o := range f.options {
				if o.name == "out" { // any text is the name of a new file
					continue
				}
				for _, alg := range []string{"HS256", "EdDSA"} {
					lines = append(lines, []string{c.name, "-alg", alg, "-key", "x", "-" + o.name, secret, secret}, []string{c.name, "-alg", alg, "-" + o.name, secret}, []string{c.name, "-" + o.name + "=" + secret})
				}
			}
			for _, line := range lines {
				for _, line := range [][]string{line, append(line, "-json")} {
					r := process{}.run(line...)
					require.NotZero(t, r.status, line)
					runs++
					for _, part := range parts {
						require.NotContains(t, r.stdout+r.stderr, part, line)
					}
				}
			}
		}
	}
	require.Greater(t, runs, 500)
}

// What was given instead of a file may be the secret or the passphrase itself, whatever it
// looks like.
func TestSecretsInPlaceOfFilesAreNotRepeated(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, secret := range []string{"hunter2", "correct horse battery staple 0123456789", "@hunter2", "no/hunter2", strings.Repeat("hunter2", 1000)} {
		for _, line := range [][]string{
			{"sign", "-alg", "HS256", "-claims", "{}", "-key", secret}, {"sign", "-alg", "EdDSA", "-claims", "{}", "-key", secret},
			{"sign", "-agent", "-alg", "EdDSA", "-claims", "{}", "-key", secret},
			{"verify", "-alg", "HS256", "-key", secret, token}, {"verify", "-alg", "EdDSA", "-key=" + secret, token},
			{"sign", "-alg", "EdDSA", "-claims", "{}", "-key", copyKey(t), "-passphrase-file", secret},
			{"keygen", "-alg", "EdDSA", "-out", "x", "-passphrase-file", secret},
		} {
			for _, line := range [][]string{line, append(line, "-json")} {
				r := process{}.run(line...)
				require.Equal(t, statusTrouble, r.status)
				require.Contains(t, r.stderr, " wants the name of a file: ")
				require.NotContains(t, r.stdout+r.stderr, strings.Trim(secret, "@"))
			}
		}
	}
}

// A token is read from stdin without being asked to, but never from a terminal, which would
// look as if the program hung.
func TestNoTokenOnATerminal(t *testing.T) {
	p := process{stdin: strings.NewReader(token), terminal: true, env: map[string]string{"NO_COLOR": "1"}}
	require.Equal(t, statusTrouble, p.run("inspect").status)
	p.terminal = false
	require.Zero(t, p.run("inspect").status)
}

func TestVersionWithoutBuildInformation(t *testing.T) {
	var stdout, stderr bytes.Buffer
	none := environment{Getenv: os.Getenv, Now: time.Now, Terminal: isTerminal, Build: func() (*debug.BuildInfo, bool) { return nil, false }}
	require.Equal(t, statusTrouble, run([]string{"version"}, strings.NewReader(""), &stdout, &stderr, none))
	none.Build = func() (*debug.BuildInfo, bool) { return &debug.BuildInfo{GoVersion: "go1.99"}, true }
	require.Zero(t, run([]string{"version"}, strings.NewReader(""), &stdout, &stderr, none))
	require.True(t, strings.HasPrefix(stdout.String(), "jwt (devel) (go1.99, "), stdout.String())
}

// A missing or wrong passphrase: the library knows which it is, and the hint names the flag.
func TestEncryptedKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("right", []byte("correct horse\n"), 0o600))
	require.NoError(t, os.WriteFile("wrong", []byte("another\n"), 0o600))
	text, err := os.ReadFile(filepath.Join(testKeys, "ed25519-passphrase"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("locked", text, 0o600))
	sign := func(args ...string) result {
		return process{}.run(append([]string{"sign", "-alg", "EdDSA", "-claims", "{}", "-key", "locked"}, args...)...)
	}
	require.Zero(t, sign("-passphrase-file", "right").status)
	for hint, args := range map[string][]string{
		"pass the passphrase with -passphrase-file FILE":                                      {},
		"the file of -passphrase-file must have the passphrase and nothing else, on one line": {"-passphrase-file", "wrong"},
	} {
		r := sign(args...)
		require.Equal(t, statusTrouble, r.status)
		require.Contains(t, r.stderr, "\nhint: "+hint+"\n")
	}
	r := process{}.run("verify", "-alg", "EdDSA", "-key", "locked", token)
	require.Equal(t, statusTrouble, r.status)
	require.Contains(t, r.stderr, "\nhint: give the public key, such as the .pub file")
}

func TestEveryFlagAndExampleIsInTheHelp(t *testing.T) {
	for _, c := range commands() {
		help := process{}.run(c.name, "-h")
		require.Zero(t, help.status)
		require.Empty(t, help.stderr)
		f := newFlags(c.name)
		c.make().define(f)
		for _, o := range f.options {
			require.Contains(t, help.stdout, "\n  -"+o.name)
		}
		require.Contains(t, help.stdout, "\n  jwt "+c.name+" ")
		for line := range strings.Lines(help.stdout) {
			require.LessOrEqual(t, len([]rune(line)), 120, line)
		}
	}
}

func TestColourOnATerminalOnly(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("secret", []byte("0123456789abcdef0123456789abcdef"), 0o644))
	require.NoError(t, os.Chmod("secret", 0o644)) // whatever the umask: it is what the warning is about
	for _, tt := range []struct {
		name     string
		terminal bool
		env      map[string]string
		colour   bool
	}{
		{"terminal", true, nil, true},
		{"pipe", false, nil, false},
		{"NO_COLOR", true, map[string]string{"NO_COLOR": "1"}, false},
		{"dumb", true, map[string]string{"TERM": "dumb"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := process{terminal: tt.terminal, env: tt.env}
			valid := p.run("verify", "-key", "secret", "-alg", "HS256", token)
			refused := p.run("verify", "-key", "secret", "-alg", "HS512", token[:len(token)-1]+"A")
			require.Zero(t, valid.status)
			require.NotContains(t, valid.stdout, "\x1b")
			for _, text := range []string{valid.stderr, refused.stderr, p.run("inspect", token).stdout} {
				if tt.colour {
					require.Contains(t, text, "\x1b[")
				} else {
					require.NotContains(t, text, "\x1b")
				}
			}
			require.NotContains(t, p.run("inspect", "-json", token).stdout, "\x1b")
		})
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("broken pipe")}
}

func (brokenPipe) Read([]byte) (int, error) {
	return 0, &os.PathError{Op: "read", Path: "/dev/stdin", Err: errors.New("is a directory")}
}

func TestClosedStdoutIsNoSuccess(t *testing.T) {
	for _, args := range [][]string{{"inspect", token}, {"inspect", "-json", "x"}, {"-h"}, {"inspect", "-h"}, {"version"}} {
		r := process{stdout: brokenPipe{}}.run(args...)
		require.Equal(t, 1, r.status)
		require.Contains(t, r.stderr, "cannot write the result to stdout: broken pipe\n")
	}
	require.Equal(t, 2, process{stdout: brokenPipe{}}.run("verify", "-json").status, "trouble stays trouble")
}

func TestBrokenAndEndlessStdin(t *testing.T) {
	r := process{stdin: brokenPipe{}}.run("inspect", "-")
	require.Equal(t, result{2, "", "jwt inspect: cannot read the token from stdin: is a directory\n"}, r)

	r = process{stdin: zeros{}}.run("inspect", "-")
	require.Equal(t, result{2, "", "jwt inspect: the token from stdin is longer than 1 MiB\n"}, r)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestClaimsFromATerminalAreAnnounced(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("secret", []byte("0123456789abcdef0123456789abcdef"), 0o600))
	p := process{stdin: strings.NewReader("{}\n"), terminal: true, env: map[string]string{"NO_COLOR": "1"}}
	r := p.run("sign", "-key", "secret", "-alg", "HS256", "-expires", "1h")
	require.Equal(t, result{0, token + "\n", "note: reading the claims, a JSON object, from the terminal; end with Ctrl-D\nexpires: 2026-11-24T13:00:00Z (in 1 hour)\n"}, r)
}

// A secret of random bytes may end in the byte of a newline, or start with that of a brace.
func TestRandomBytesAreTakenAsTheyAre(t *testing.T) {
	text := "0123456789abcdef0123456789abcdef"
	for _, tt := range []struct{ file, secret string }{
		{text + "\n", text},
		{text + "\r\n", text},
		{text + "\n\n", text + "\n"},
		{text + " ", text + " "},
		{text[1:] + "\xff\n", text[1:] + "\xff\n"},
		{text[1:] + "\x00\n", text[1:] + "\x00\n"},
		{"{" + text + "\x00", "{" + text + "\x00"},
	} {
		key, err := jwt.NewSecretKey([]byte(tt.secret))
		require.NoError(t, err)
		raw, err := jwt.Sign(jwt.MapClaims{}, key, jwt.HS256)
		require.NoError(t, err)
		t.Chdir(t.TempDir())
		require.NoError(t, os.WriteFile("secret", []byte(tt.file), 0o600))
		require.Zero(t, process{}.run("verify", "-key", "secret", "-alg", "HS256", raw).status, "%q", tt.file)
	}
}

func TestKeygenLeavesNoHalfOfAPair(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Symlink("nowhere/public", "key.pub")) // in the way, though it leads nowhere
	r := process{}.run("keygen", "-alg", "EdDSA", "-out", "key")
	require.Equal(t, result{2, "", "jwt keygen: -out: key.pub already exists: choose another name, or remove it\n"}, r)
	_, err := os.Lstat("key")
	require.ErrorIs(t, err, os.ErrNotExist)

	long := strings.Repeat("k", 252) // FILE.pub is longer than a name can be
	r = process{}.run("keygen", "-alg", "EdDSA", "-out", long)
	require.Equal(t, 2, r.status)
	require.Contains(t, r.stderr, "file name too long")
	_, err = os.Lstat(long)
	require.ErrorIs(t, err, os.ErrNotExist)

}

// A file that appears while the key is made is not overwritten either, nor what a link
// leads to.
func TestWriteNewIsForNewFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("old", []byte("old"), 0o600))
	require.NoError(t, os.Symlink("old", "link"))
	require.NoError(t, os.Symlink("new", "dangling"))
	for _, path := range []string{"old", "link", "dangling"} {
		require.ErrorContains(t, writeNew(path, []byte("x"), 0o600), "-out: cannot write "+path+": file exists")
	}
	text, err := os.ReadFile("old")
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	_, err = os.Lstat("new")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// serveAgent runs an agent in this process and returns the path of its socket.
func serveAgent(t *testing.T, keyring agent.Agent) string {
	dir, err := os.MkdirTemp("", "jwt") // t.TempDir can be too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	listener, err := net.Listen("unix", filepath.Join(dir, "agent"))
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = agent.ServeAgent(keyring, conn) // ends with the connection
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		<-done
	})
	return filepath.Join(dir, "agent")
}

func addKey(t *testing.T, keyring agent.Agent, name string) {
	text, err := os.ReadFile(filepath.Join(testKeys, name))
	require.NoError(t, err)
	key, err := ssh.ParseRawPrivateKey(text)
	require.NoError(t, err)
	require.NoError(t, keyring.Add(agent.AddedKey{PrivateKey: key}))
}

func TestAgent(t *testing.T) {
	public := func(name string) string { return filepath.Join(testKeys, name+".pub") }
	keyring := agent.NewKeyring()
	p := process{env: map[string]string{"SSH_AUTH_SOCK": serveAgent(t, keyring)}}
	sign := func(args ...string) result {
		return p.run(append([]string{"sign", "-agent", "-claims", `{"sub":"a"}`, "-expires", "5m"}, args...)...)
	}
	require.Equal(t, result{2, "", "jwt sign: ssh-agent has 0 keys, but none that can sign EdDSA: ssh-add FILE adds one\n"}, sign("-alg", "EdDSA"))

	addKey(t, keyring, "ed25519-default")
	addKey(t, keyring, "rsa2048-default")
	for alg, name := range map[string]string{"EdDSA": "ed25519-default", "RS256": "rsa2048-default", "RS512": "rsa2048-default"} {
		for _, key := range [][]string{nil, {"-key", public(name)}} {
			r := sign(append(key, "-alg", alg)...)
			require.Equal(t, result{0, r.stdout, "expires: 2026-11-24T12:05:00Z (in 5 minutes)\n"}, r)
			require.Zero(t, p.run("verify", "-key", public(name), "-alg", alg, strings.TrimSpace(r.stdout)).status)
		}
	}
	named := sign("-alg", "EdDSA", "-thumbprint", "-json")
	require.Contains(t, named.stdout, `"kid":"y-wBDjEELEa6upEZUhoJikZWi-Zuqly00csP8Kd9t1k"`)

	require.Equal(t, "jwt sign: ssh-agent has 2 keys, but not this one: ssh-add FILE adds it\n", sign("-alg", "ES256", "-key", public("ecdsa256-default")).stderr)
	require.Equal(t, statusTrouble, sign("-alg", "PS256", "-key", public("rsa2048-default")).status)
	require.Contains(t, sign("-alg", "EdDSA", "-key", filepath.Join(testKeys, "ed25519-default")).stderr, "hint: with -agent, -key is the public key file of the key to use\n")
	require.Contains(t, sign("-alg", "EdDSA", "-key", "no-such-file").stderr, "-key wants the name of a file: there is no such file or directory")

	addKey(t, keyring, "rsa3072-default")
	r := sign("-alg", "RS256")
	require.Equal(t, 2, r.status)
	require.Regexp(t, `^jwt sign: ssh-agent has 2 keys that can sign RS256 \(ssh-rsa SHA256:\S+, ssh-rsa SHA256:\S+\): choose one`, r.stderr)

	p.env["SSH_AUTH_SOCK"] += ".gone"
	require.Contains(t, sign("-alg", "EdDSA").stderr, "jwt sign: ssh-agent does not answer: ")
}

// A locked agent lists no keys; one that breaks off is an error too.
func TestAgentThatFails(t *testing.T) {
	keyring := agent.NewKeyring()
	addKey(t, keyring, "ed25519-default")
	require.NoError(t, keyring.Lock([]byte("x")))
	p := process{env: map[string]string{"SSH_AUTH_SOCK": serveAgent(t, keyring)}}
	r := p.run("sign", "-agent", "-alg", "EdDSA", "-claims", "{}")
	require.Equal(t, 2, r.status)
	require.Contains(t, r.stderr, "ssh-agent has 0 keys")

	p.env["SSH_AUTH_SOCK"] = serveAgent(t, deafAgent{keyring})
	r = p.run("sign", "-agent", "-alg", "EdDSA", "-claims", "{}")
	require.Equal(t, 2, r.status)
	require.Contains(t, r.stderr, "ssh-agent does not list its keys: ")
}

type deafAgent struct{ agent.Agent }

func (deafAgent) List() ([]*agent.Key, error) { return nil, errors.New("deaf") }

func TestTerminal(t *testing.T) {
	require.False(t, isTerminal(new(bytes.Buffer)))
	for _, path := range []string{os.DevNull, "run_test.go"} {
		file, err := os.Open(path)
		require.NoError(t, err)
		require.False(t, isTerminal(file))
		require.NoError(t, file.Close())
		require.False(t, isTerminal(file), "closed")
	}
	if file, err := os.Open("/dev/ptmx"); err == nil { // where there is one, it makes a terminal
		require.True(t, isTerminal(file))
		require.NoError(t, file.Close())
	}
}
