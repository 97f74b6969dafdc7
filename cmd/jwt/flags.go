package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/jwt"
)

// flags are the flags of a subcommand. Package flag parses them but never prints anything,
// because its messages repeat arguments, which may be tokens or secrets.
type flags struct {
	set     *flag.FlagSet
	options []*option
	err     error // the first wrong value
}

// option is one flag. As in the library, an empty value is an error and never means "no
// check". A flag given twice is an error too.
type option struct {
	flags    *flags
	name     string
	value    string // the name of the value in the help; "" for a switch
	help     string
	set      func(text string) error
	repeated bool
	given    bool
}

var errEmpty = errors.New("has an empty value: omit the flag instead")

func newFlags(name string) *flags {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return &flags{set: set}
}

// String is required by flag.Value, and not used.
func (o *option) String() string { return "" }

// IsBoolFlag reports to package flag whether the flag has no value.
func (o *option) IsBoolFlag() bool { return o.value == "" }

// Set never fails, so that package flag has nothing to print.
func (o *option) Set(text string) error {
	err := o.check(text)
	if err != nil && o.flags.err == nil {
		o.flags.err = usagef("-%s %w", o.name, err)
	}
	o.given = true
	return nil
}

func (o *option) check(text string) error {
	switch {
	case o.given && !o.repeated:
		return errors.New("is given twice")
	case text == "":
		return errEmpty
	}
	return o.set(text)
}

func (f *flags) add(o *option) {
	o.flags = f
	f.options = append(f.options, o)
	f.set.Var(o, o.name, o.help)
}

// text defines a flag that takes any value.
func (f *flags) text(p *string, name, value, help string) {
	f.add(&option{name: name, value: value, help: help, set: func(text string) error {
		*p = text
		return nil
	}})
}

// list defines a flag that can be given several times.
func (f *flags) list(p *[]string, name, value, help string) {
	f.add(&option{name: name, value: value, help: help, repeated: true, set: func(text string) error {
		*p = append(*p, text)
		return nil
	}})
}

// names defines a flag for names separated by commas.
func (f *flags) names(p *[]string, name, help string) {
	f.add(&option{name: name, value: "NAME[,NAME]", help: help, repeated: true, set: func(text string) error {
		for name := range strings.SplitSeq(text, ",") {
			if name == "" {
				return errEmpty
			}
			*p = append(*p, name)
		}
		return nil
	}})
}

// toggle defines a switch.
func (f *flags) toggle(p *bool, name, help string) {
	f.add(&option{name: name, help: help, set: func(text string) (err error) {
		if *p, err = strconv.ParseBool(text); err != nil {
			err = errors.New("takes no value")
		}
		return err
	}})
}

// algorithm defines -alg for one algorithm.
func (f *flags) algorithm(p *jwt.Algorithm, help string) {
	f.add(&option{name: "alg", value: "ALG", help: help, set: func(text string) (err error) {
		*p, err = parseAlgorithm(text)
		return err
	}})
}

// algorithms defines -alg for one or more algorithms.
func (f *flags) algorithms(p *[]jwt.Algorithm, help string) {
	f.add(&option{name: "alg", value: "ALG[,ALG]", help: help, repeated: true, set: func(text string) error {
		for name := range strings.SplitSeq(text, ",") {
			alg, err := parseAlgorithm(name)
			if err != nil {
				return err
			}
			*p = append(*p, alg)
		}
		return nil
	}})
}

// duration defines a flag for a duration.
func (f *flags) duration(p *time.Duration, name, help string) {
	f.add(&option{name: name, value: "TIME", help: help, set: func(text string) (err error) {
		*p, err = parseDuration(text)
		return err
	}})
}

// moment defines a flag for a point in time.
func (f *flags) moment(p *time.Time, name, help string) {
	f.add(&option{name: name, value: "DATE", help: help, set: func(text string) error {
		if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
			*p = time.Unix(seconds, 0)
			return nil
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return errors.New("must be a date such as 2026-11-24T12:00:00Z, or seconds since 1970")
		}
		*p = t
		return nil
	}})
}

func parseAlgorithm(name string) (jwt.Algorithm, error) {
	alg, err := jwt.ParseAlgorithm(name)
	if err != nil {
		return nil, fmt.Errorf("is invalid: %w", err)
	}
	return alg, nil
}

// parseDuration reads a duration in the standard library's format, or whole days.
func parseDuration(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	if number, ok := strings.CutSuffix(text, "d"); ok {
		if days, err := strconv.ParseUint(number, 10, 16); err == nil {
			return time.Duration(days) * day, nil
		}
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, errors.New("must be a duration such as 90s, 5m, 12h or 30d")
	case d < time.Second:
		return 0, errors.New("must be at least one second")
	}
	return d, nil
}

// parse returns the arguments that are not flags. They may come before, between and after the
// flags; everything after "--" is an argument.
func (f *flags) parse(args []string) ([]string, error) {
	var positional []string
	for {
		err := f.set.Parse(args)
		rest := f.set.Args()
		parsed := args[:len(args)-len(rest)]
		switch {
		case errors.Is(err, flag.ErrHelp):
			return nil, err
		case err != nil:
			return nil, f.mistake(parsed)
		case f.err != nil:
			return nil, f.err
		case len(rest) == 0:
			return positional, nil
		case len(parsed) > 0 && parsed[len(parsed)-1] == "--":
			return append(positional, rest...), nil
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
}

// flagName matches what can be repeated in an error, because it cannot be a secret.
var flagName = regexp.MustCompile(`^--?[a-z][a-z-]{0,19}$`)

// mistake describes what package flag stopped at, without repeating it if it could be a secret.
func (f *flags) mistake(parsed []string) error {
	if len(parsed) > 0 {
		last, _, _ := strings.Cut(parsed[len(parsed)-1], "=")
		known := f.set.Lookup(strings.TrimLeft(last, "-"))
		switch {
		case !flagName.MatchString(last):
		case known == nil:
			return usagef("unknown flag %s", last)
		case known.Value.(*option).value != "":
			return usagef("%s needs a value", last)
		}
	}
	return usagef("unknown flag (not shown, in case it is a secret)")
}

// describe lists the flags for the help, in the order in which they were defined.
func (f *flags) describe() string {
	var b strings.Builder
	for _, o := range f.options {
		fmt.Fprintf(&b, "  %-22s %s\n", strings.TrimSpace("-"+o.name+" "+o.value), strings.ReplaceAll(o.help, "\n", "\n"+strings.Repeat(" ", 25)))
	}
	return b.String()
}
