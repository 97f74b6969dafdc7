package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

var versionUsage = subcommand{
	name:  "version",
	does:  "show which version of the program this is",
	usage: "[flags]",
	about: `
Shows the version of the module, the commit it was built from where that is known, the
version of Go, and the platform.
`,
	examples: `
# For people
jwt version

# For a script, on one line
jwt version -json
`,
	make: func() command { return new(version) },
}

type version struct{}

func (*version) define(*flags) {}

// built describes the build of the program.
type built struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // the source had changes that were not committed
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func (*version) run(s *session, args []string) error {
	if len(args) > 0 {
		return usagef("unexpected arguments: version takes only flags")
	}
	info, ok := s.Build()
	if !ok {
		return errors.New("the program was built without build information")
	}
	b := built{Version: info.Main.Version, Go: info.GoVersion, Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if b.Version == "" {
		b.Version = "(devel)" // as the go command calls a build without a version
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.modified":
			b.Modified = setting.Value == "true"
		}
	}
	if s.json {
		s.printJSON(b)
		return nil
	}
	facts := []string{b.Go, b.Platform}
	if b.Commit != "" {
		commit := "commit " + b.Commit
		if b.Modified {
			commit += ", modified"
		}
		facts = append([]string{commit}, facts...)
	}
	fmt.Fprintf(&s.out, "jwt %s (%s)\n", b.Version, strings.Join(facts, ", "))
	return nil
}
