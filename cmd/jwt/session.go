package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/jwt"
)

// maxInput bounds everything that is read; the library has lower bounds of its own.
const maxInput = 1 << 20

// environment is what a run of the program needs from its process.
type environment struct {
	Getenv   func(name string) string
	Now      func() time.Time
	Terminal func(stream any) bool
	Build    func() (*debug.BuildInfo, bool)
}

// session is one run of the program.
type session struct {
	environment
	name           string // of the program or the subcommand, for messages
	stdin          io.Reader
	stdout, stderr io.Writer
	json           bool
	out            bytes.Buffer // the result, written at the end
	stdinUser      string       // the flag or argument that has read stdin
}

// read returns the content of a file, or of stdin for "-". Messages name the flag or argument
// by what. They do not repeat the value of a flag for secrets if there is no such file,
// because it may be the secret itself.
func (s *session) read(what, path string) ([]byte, error) {
	if path == "-" {
		return s.readStdin(what)
	}
	where := what + " " + showPath(path)
	if _, err := os.Stat(path); err != nil && slices.Contains(secretFlags, what) {
		return nil, withHint(fmt.Errorf("%s wants the name of a file: %w", what, reason(err)), missingHint(what, path))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, reason(err))
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", where, reason(err))
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory, want a file", where)
	}
	return readAll(where, file)
}

// secretFlags are the flags after which somebody may write a secret instead of a file.
var secretFlags = []string{"-key", "-passphrase-file"}

// missingHint returns what may have been meant by the name of a file that does not exist.
func missingHint(what, path string) string {
	if name, ok := strings.CutPrefix(path, "@"); ok && isFile(name) {
		return what + " takes the name without @: " + what + " " + showPath(name)
	}
	return "a key or secret itself is not accepted on the command line, where others can see it; " + what + " - reads it from stdin"
}

// isFile reports whether there is a file with that name.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// forgottenAt returns a hint if the value of what takes @FILE is the name of a file. Prefix is
// what comes before the value.
func forgottenAt(prefix, value string) string {
	if !isFile(value) {
		return ""
	}
	return "there is a file of that name: " + prefix + "@" + showPath(value) + " reads it"
}

func (s *session) readStdin(what string) ([]byte, error) {
	if s.stdinUser != "" {
		return nil, usagef("stdin can be read only once, but %s and %s both ask for it: use a file for one of them", s.stdinUser, what)
	}
	s.stdinUser = what
	return readAll(what+" from stdin", s.stdin)
}

func readAll(where string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", where, reason(err))
	case len(data) > maxInput:
		return nil, fmt.Errorf("%s is longer than 1 MiB", where)
	}
	return data, nil
}

// warnIfOpen warns about a secret file that other users can read. It looks at regular files
// only, since a pipe or a device has no content to protect. On Windows the mode does not say
// who can read a file.
func (s *session) warnIfOpen(path string) {
	if path == "-" || runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		s.warnf("other users can read %s (mode %#o): chmod 600 makes it private", showPath(path), info.Mode().Perm())
	}
}

// token returns the argument of verify and inspect, without the white space around it that an
// editor or echo may have added to a file. Without an argument it reads stdin, unless that is
// a terminal or stdinTaken by another flag.
func (s *session) token(args []string, stdinTaken bool) (string, error) {
	piped := len(args) == 0 && !stdinTaken && !s.Terminal(s.stdin)
	switch {
	case piped:
		args = []string{"-"}
	case len(args) == 0:
		return "", errNoToken
	case len(args) > 1:
		return "", usagef("%d arguments beside the flags, want one token", len(args))
	}
	path, isFile := strings.CutPrefix(args[0], "@")
	if path != "-" && !isFile {
		return args[0], nil
	}
	what := "the token"
	if isFile && path != "-" {
		what = "the token in"
	}
	data, err := s.read(what, path)
	text := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		return "", err
	case text == "" && piped:
		return "", errNoToken // stdin is often empty without anybody having meant it
	case text == "":
		return "", fmt.Errorf("there is no token in the input: %w", jwt.ErrMalformed)
	}
	return text, nil
}

var errNoToken = usagef("a token is missing: give it as an argument, as @FILE, or on stdin")

// passphrase returns the content of a passphrase file, without the line end.
func (s *session) passphrase(path string) ([]byte, error) {
	data, err := s.read("-passphrase-file", path)
	if err != nil {
		return nil, err
	}
	line := trimNewline(data)
	switch {
	case len(line) == 0:
		return nil, errors.New("-passphrase-file: the passphrase is empty")
	case bytes.ContainsAny(line, "\r\n"):
		return nil, errors.New("-passphrase-file: the file has more than one line, want the passphrase alone")
	}
	s.warnIfOpen(path)
	return line, nil
}

// trimNewline removes the one line end that editors and echo add.
func trimNewline(text []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
}

// reason returns an error of the operating system without the path, which the message already
// has, and in plainer words where possible.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file or directory")
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// showPath returns the name of a file for a message, unless it looks like a key, claims or a
// token given by mistake, which must not end up in a log.
func showPath(path string) string {
	switch {
	case strings.ContainsAny(path, "{\n") || strings.HasPrefix(path, "-----") || strings.HasPrefix(path, "ssh-") && strings.Contains(path, " "):
		return "(text that is not a file name)"
	case strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return fmt.Sprintf("%q", path)
	}
	return path
}

// isTerminal reports whether stream is a terminal, rather than another device such as
// /dev/null.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && !os.SameFile(info, null)
}
