package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/jwt"
)

// maxInput bounds everything that is read; the library has lower bounds of its own.
const maxInput = 1 << 20

// environment is what a run of the program takes from the process it runs in.
type environment struct {
	Getenv   func(name string) string
	Now      func() time.Time
	Terminal func(stream any) bool
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

// read gives the content of a file, or of stdin for "-". What says in messages which flag
// or argument names it.
func (s *session) read(what, path string) ([]byte, error) {
	if path == "-" {
		return s.readStdin(what)
	}
	where := what + " " + showPath(path)
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
		return nil, fmt.Errorf("%s: this is a folder: want a file", where)
	}
	return readAll(where, file)
}

func (s *session) readStdin(what string) ([]byte, error) {
	if s.stdinUser != "" {
		return nil, usagef("stdin can be read once, but both %s and %s ask for it: use a file for one of them", s.stdinUser, what)
	}
	s.stdinUser = what
	return readAll(what+" from stdin", s.stdin)
}

func readAll(where string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: can't be read: %w", where, reason(err))
	case len(data) > maxInput:
		return nil, fmt.Errorf("%s: is longer than 1 MiB", where)
	}
	return data, nil
}

// warnIfOpen warns of a secret file that others can read. It is about regular files: a
// pipe or a device has no content to protect. The modes of Windows say nothing of who can
// read a file.
func (s *session) warnIfOpen(path string) {
	if path == "-" || runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		s.warnf("%s can be read by others (mode %#o): chmod 600 makes it private", showPath(path), info.Mode().Perm())
	}
}

// token gives the one argument of verify and inspect. White space around a token is cut
// off where an editor or echo may have added it.
func (s *session) token(args []string) (string, error) {
	switch {
	case len(args) == 0:
		return "", usagef("a token is missing: give it as an argument, as @FILE, or as - for stdin")
	case len(args) > 1:
		return "", usagef("there are %d arguments beside the flags: want one token", len(args))
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
	if err == nil && text == "" {
		err = fmt.Errorf("there is no token in the input: %w", jwt.ErrMalformed)
	}
	return text, err
}

// passphrase gives the content of a passphrase file, without the line end.
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
		return nil, errors.New("-passphrase-file: there is more than one line: want the passphrase alone")
	}
	s.warnIfOpen(path)
	return line, nil
}

// trimNewline cuts off the one line end that editors and echo add.
func trimNewline(text []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
}

// reason is an error of the operating system without the path, which the message has
// already, and in plain words where they are known.
func reason(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file or folder")
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// showPath prints the name of a file, unless it is no name: a key, a claim or a token that
// was given where a file belongs must not end up in a log.
func showPath(path string) string {
	switch {
	case strings.ContainsAny(path, "{\n") || strings.HasPrefix(path, "-----") || strings.HasPrefix(path, "ssh-") && strings.Contains(path, " "):
		return "(text that is no file name)"
	case strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return fmt.Sprintf("%q", path)
	}
	return path
}

// isTerminal tells a terminal from the other devices that programs are often given.
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
