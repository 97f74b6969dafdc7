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

// flags are the flags of a subcommand. Package flag parses them but never prints: its
// messages repeat the arguments, and an argument may be a token or a secret.
type flags struct {
	set     *flag.FlagSet
	options []*option
	err     error // the first wrong value
}

// option is one flag. As in the library, an empty value is a mistake and never "no
// check", and so is a flag given twice.
type option struct {
	flags    *flags
	name     string
	value    string // what the help calls the value; "" for a switch
	help     string
	set      func(text string) error
	repeated bool
	given    bool
}

var errEmpty = errors.New("has an empty value: leave the flag out if you don't want it")

func newFlags(name string) *flags {
	set := flag.NewFlagSet(name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return &flags{set: set}
}

// String belongs to flag.Value; nothing asks for it.
func (o *option) String() string { return "" }

// IsBoolFlag tells package flag which flags have no value.
func (o *option) IsBoolFlag() bool { return o.value == "" }

// Set never fails, so that package flag has nothing to say.
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

// text defines a flag with any value.
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

// names defines a flag for names with commas between them.
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

// toggle defines a flag without a value.
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

// duration defines a flag for a time span.
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
			return errors.New("wants a date such as 2026-11-24T12:00:00Z, or seconds since 1970")
		}
		*p = t
		return nil
	}})
}

func parseAlgorithm(name string) (jwt.Algorithm, error) {
	alg, err := jwt.ParseAlgorithm(name)
	if err != nil {
		return nil, fmt.Errorf("is wrong: %w", err)
	}
	return alg, nil
}

// parseDuration reads a time span of the standard library, or whole days.
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
		return 0, errors.New("wants a time span such as 90s, 5m, 12h or 30d")
	case d < time.Second:
		return 0, errors.New("wants a time span of a second or more")
	}
	return d, nil
}

// parse gives the arguments that are not flags, which may stand before, between and after
// them; everything after "--" is one.
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

// flagName is a text that can be repeated in an error because it can't be a secret.
var flagName = regexp.MustCompile(`^--?[a-z][a-z-]{0,19}$`)

// mistake says in our own words what package flag stopped at.
func (f *flags) mistake(parsed []string) error {
	if len(parsed) > 0 {
		last, _, _ := strings.Cut(parsed[len(parsed)-1], "=")
		known := f.set.Lookup(strings.TrimLeft(last, "-"))
		switch {
		case !flagName.MatchString(last):
		case known == nil:
			return usagef("there is no flag %s", last)
		case known.Value.(*option).value != "":
			return usagef("%s needs a value", last)
		}
	}
	return usagef("there is an unknown flag (it is not repeated here, in case it is a secret)")
}

// describe lists the flags for the help, in the order of their definition.
func (f *flags) describe() string {
	var b strings.Builder
	for _, o := range f.options {
		fmt.Fprintf(&b, "  %-22s %s\n", strings.TrimSpace("-"+o.name+" "+o.value), strings.ReplaceAll(o.help, "\n", "\n"+strings.Repeat(" ", 25)))
	}
	return b.String()
}
