package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Exit statuses, as grep has them: a script that only knows success and failure is safe,
// and one that must tell a bad token from a job that could not be done can.
const (
	statusValid   = 0
	statusRefused = 1
	statusTrouble = 2
)

// command is a subcommand: define names its flags, and run does its job.
type command interface {
	define(f *flags)
	run(s *session, args []string) error
}

// subcommand is an entry of the table of commands.
type subcommand struct {
	name, does string
	usage      string // the command line
	about      string // what -h says beside flags and examples
	examples   string // one for each task; the tests run them all
	make       func() command
}

func commands() []subcommand {
	return []subcommand{keygenUsage, signUsage, verifyUsage, inspectUsage, jwksUsage}
}

func main() {
	// Without this, writing to a closed pipe would end the program without a word.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, environment{os.Getenv, time.Now, isTerminal}))
}

// run is the whole program, apart from the process that it runs in.
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
	for _, c := range commands() {
		if c.name == name {
			return s.call(c, args)
		}
	}
	if strings.Count(name, ".") >= 2 {
		return usagef("a command is missing before the token: jwt inspect TOKEN shows what is in it, jwt verify checks it")
	}
	return usagef("there is no such command: %s", commandNames())
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

// finish explains an error, writes the result in one piece, and gives the exit status.
func (s *session) finish(err error) int {
	status := statusOf(err)
	if err != nil {
		s.explain(err)
	}
	if s.out.Len() > 0 {
		if _, err := s.stdout.Write(s.out.Bytes()); err != nil {
			s.explain(fmt.Errorf("the result can't be written to stdout: %w", reason(err)))
			return statusTrouble
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

// overview is the help of the program as a whole.
func overview() string {
	var b strings.Builder
	b.WriteString("Usage: jwt COMMAND [flags] [arguments]\n\nJSON Web Tokens on the command line (RFC 7519).\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-8s  %s\n", c.name, c.does)
	}
	b.WriteString(`
"jwt COMMAND -h" shows the flags of a command, with an example for each task.
FILE is a file, or - for stdin. TOKEN is the token itself, @FILE, or - for stdin.

Results go to stdout, explanations to stderr. The exit status is
  0  valid, or done
  1  the token is refused
  2  the job could not be done: wrong usage, an unusable key, a file or keys that can't be had
`)
	return b.String()
}

// help is the help of one subcommand.
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
