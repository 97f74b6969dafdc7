package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Exit statuses, like those of grep: a script can check for success alone, or also tell a
// bad token from a job that could not be done.
const (
	statusValid   = 0
	statusRefused = 1 // also if stdout is closed: nobody has seen the result
	statusTrouble = 2
)

// command is a subcommand: define declares its flags, and run does its job.
type command interface {
	define(f *flags)
	run(s *session, args []string) error
}

// subcommand is an entry in the table of commands.
type subcommand struct {
	name, does string
	usage      string // the command line
	about      string // the description in the help
	examples   string // one for each task; the tests run them all
	make       func() command
}

func commands() []subcommand {
	return []subcommand{keygenUsage, signUsage, verifyUsage, inspectUsage, jwksUsage, versionUsage}
}

func main() {
	ignoreBrokenPipe()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, environment{os.Getenv, time.Now, isTerminal, debug.ReadBuildInfo}))
}

// run is the whole program except for the process it runs in.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, env environment) int {
	s := &session{environment: env, name: "jwt", stdin: stdin, stdout: stdout, stderr: stderr}
	return s.finish(s.dispatch(args))
}

func (s *session) dispatch(args []string) error {
	if len(args) == 0 {
		return usagef("a command is missing: %s", commandNames())
	}
	name, args := args[0], args[1:]
	if name == "help" || isHelp(name) {
		if len(args) == 0 {
			s.out.WriteString(overview())
			return nil
		}
		name, args = args[0], []string{"-h"}
	}
	if name == "-version" || name == "--version" {
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return s.call(c, args)
		}
	}
	if strings.Count(name, ".") >= 2 {
		return usagef("a command is missing: jwt inspect TOKEN shows what is in a token, jwt verify checks it")
	}
	return usagef("unknown command: %s", commandNames())
}

// call parses the flags of a subcommand and runs it.
func (s *session) call(c subcommand, args []string) error {
	s.name = "jwt " + c.name
	job, f := c.make(), newFlags(c.name)
	job.define(f)
	f.toggle(&s.json, "json", "write one line of JSON, for scripts")
	positional, err := f.parse(args)
	if errors.Is(err, flag.ErrHelp) {
		s.json = false
		s.out.WriteString(c.help(f))
		return nil
	}
	if err != nil {
		s.json = s.json || slices.Contains(args, "-json") || slices.Contains(args, "--json")
		return err
	}
	return job.run(s, positional)
}

// finish explains an error, writes the result in one piece, and returns the exit status.
func (s *session) finish(err error) int {
	status := statusOf(err)
	if err != nil {
		s.explain(err)
	}
	if s.out.Len() > 0 {
		if _, err := s.stdout.Write(s.out.Bytes()); err != nil {
			s.explain(fmt.Errorf("cannot write the result to stdout: %w", reason(err)))
			return max(status, statusRefused)
		}
	}
	return status
}

func isHelp(arg string) bool {
	return slices.Contains([]string{"-h", "-help", "--help"}, arg)
}

func commandNames() string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return "want one of " + strings.Join(names, ", ")
}

// overview returns the help for the program as a whole.
func overview() string {
	var b strings.Builder
	b.WriteString("Usage: jwt COMMAND [flags] [arguments]\n\nJSON Web Tokens on the command line (RFC 7519).\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-8s  %s\n", c.name, c.does)
	}
	b.WriteString(`
"jwt COMMAND -h" shows the flags of a command, with an example for each task.
FILE is the name of a file, or - for stdin. TOKEN is the token itself, @FILE, or - for
stdin; verify and inspect also read it from a pipe if it is left out.

Results go to stdout, explanations to stderr. The exit status is
  0  valid, or done
  1  the token is refused, or stdout is closed
  2  the job could not be done: wrong usage, an unusable key, an unreadable file, or keys
     that could not be fetched
`)
	return b.String()
}

// help returns the help for one subcommand.
func (c subcommand) help(f *flags) string {
	return "Usage: jwt " + c.name + " " + c.usage + "\n\n" + strings.TrimSpace(c.about) +
		"\n\nFlags:\n" + f.describe() + "\nExamples:\n" + indent(c.examples)
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text)) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String() + "\n"
}
