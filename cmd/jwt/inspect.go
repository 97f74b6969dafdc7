package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/jwt"
)

var inspectUsage = subcommand{
	name:  "inspect",
	does:  "show what is in a token, without verifying it",
	usage: "[flags] [TOKEN|@FILE|-]",
	about: `
Shows the header and the claims of a token, and its dates in words. It needs no key and does
not check the signature: anyone could have written what it shows. A malformed token is
refused, and as much of it as can be read is shown.
`,
	examples: `
# A token on the command line, in a file, from stdin
jwt inspect "$TOKEN"
jwt inspect @token.txt
cat token.txt | jwt inspect

# For a script, on one line
jwt inspect -json @token.txt
`,
	make: func() command { return new(inspect) },
}

type inspect struct{ now time.Time }

func (c *inspect) define(f *flags) {
	f.moment(&c.now, "now", "use this as the current time: 2026-11-24T12:00:00Z, or seconds since 1970")
}

func (c *inspect) run(s *session, args []string) error {
	token, err := s.token(args, false)
	if err != nil {
		return err
	}
	if c.now.IsZero() {
		c.now = s.Now()
	}
	t, err := jwt.ParseUnverified(token)
	switch {
	case err != nil:
		header, payload := readable(token)
		c.print(s, header, payload)
		return withHint(err, forgottenAt("", strings.Join(args, "")))
	case s.json:
		c.printJSON(s, token, []byte(t.UnverifiedPayload))
	default:
		c.print(s, headerOf(token), []byte(t.UnverifiedPayload))
	}
	return nil
}

func (c *inspect) print(s *session, header, payload []byte) {
	if header == nil && payload == nil {
		return
	}
	fmt.Fprintf(&s.out, "%s: anyone could have written this; jwt verify checks it\n", s.paint(s.stdout, yellow, "NOT VERIFIED"))
	if header != nil {
		fmt.Fprintf(&s.out, "\nheader\n%s", pretty(header))
	}
	if payload == nil {
		return
	}
	fmt.Fprintf(&s.out, "\nclaims\n%s", pretty(payload))
	dates := datesOf(payload, c.now)
	if len(dates) > 0 {
		s.out.WriteString("\ndates\n")
	}
	for _, d := range dates {
		fmt.Fprintf(&s.out, "%-10s  %s (%s)\n", d.Claim, d.long, d.Words)
	}
}

func (c *inspect) printJSON(s *session, token string, payload []byte) {
	dates := map[string]date{}
	for _, d := range datesOf(payload, c.now) {
		dates[d.Claim] = d
	}
	s.printJSON(struct {
		Verified bool            `json:"verified"`
		Header   json.RawMessage `json:"header"`
		Claims   json.RawMessage `json:"claims"`
		Dates    map[string]date `json:"dates"`
	}{false, headerOf(token), payload, dates})
}

// headerOf returns the JSON of the header of a token that was parsed.
func headerOf(token string) json.RawMessage {
	segment, _, _ := strings.Cut(token, ".")
	return segmentJSON(segment)
}

// readable returns what can be read of a malformed token, or nil.
func readable(token string) (header, payload []byte) {
	segments := strings.Split(token, ".")
	if len(segments) != 3 {
		return nil, nil
	}
	return segmentJSON(segments[0]), segmentJSON(segments[1])
}

// segmentJSON decodes a segment that holds JSON, with or without padding.
func segmentJSON(segment string) []byte {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(segment, "="))
	if err != nil || !utf8.Valid(text) || !json.Valid(text) {
		return nil
	}
	return text
}
