package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"example.com/jwt"
)

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// hinted adds to an error what to do about it with the flags of this command. The library's
// message speaks of its functions, and stays as it is.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// withHint returns err with a hint, or as it is if either is empty.
func withHint(err error, hint string) error {
	if err == nil || hint == "" {
		return err
	}
	return &hinted{err, hint}
}

// classes names the errors for -json: the first that matches.
var classes = [...]struct {
	err  error
	code string
}{
	{jwt.ErrAlgorithmNotAllowed, "algorithm_not_allowed"},
	{jwt.ErrKeyNotFound, "key_not_found"},
	{jwt.ErrInvalidSignature, "invalid_signature"},
	{jwt.ErrExpired, "expired"},
	{jwt.ErrNotYetValid, "not_yet_valid"},
	{jwt.ErrInvalidIssuer, "invalid_issuer"},
	{jwt.ErrInvalidAudience, "invalid_audience"},
	{jwt.ErrInvalidSubject, "invalid_subject"},
	{jwt.ErrUnexpectedType, "unexpected_type"},
	{jwt.ErrMissingClaim, "missing_claim"},
	{jwt.ErrInvalidClaims, "invalid_claims"},
	{jwt.ErrMalformed, "malformed"},
	{jwt.ErrKeysUnavailable, "keys_unavailable"},
	{jwt.ErrInvalidKey, "invalid_key"},
	{jwt.ErrInvalidOption, "usage"},
}

// tokenText matches what may be a token: base64url of "{" and whatever follows.
var tokenText = regexp.MustCompile(`e[yw][A-Za-z0-9_-]{14,}(\.[A-Za-z0-9_-]*)*`)

func statusOf(err error) int {
	switch {
	case err == nil:
		return statusValid
	case errors.Is(err, jwt.ErrInvalidToken):
		return statusRefused
	}
	return statusTrouble
}

func codeOf(err error) string {
	if _, ok := errors.AsType[*usageError](err); ok {
		return "usage"
	}
	for _, c := range classes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "failed"
}

// message returns the text of an error without the names of packages, which mean nothing on
// a command line, and without anything that looks like a token, in case one was given as the
// wrong argument.
func message(err error) string {
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "jwt: "), "jwks: ")
	return redact(strings.ReplaceAll(text, ": jwt: ", ": "))
}

func redact(text string) string { return tokenText.ReplaceAllString(text, "(a token)") }

// explain writes an error and its hint to stderr, and with -json as the result too.
func (s *session) explain(err error) {
	text, hint, refused := message(err), "", statusOf(err) == statusRefused
	if h, ok := errors.AsType[*hinted](err); ok {
		hint = redact(h.hint)
	}
	if s.json {
		result := struct {
			Valid   *bool  `json:"valid,omitempty"`
			Error   string `json:"error"`
			Message string `json:"message"`
			Hint    string `json:"hint,omitempty"`
		}{nil, codeOf(err), text, hint}
		if refused {
			result.Valid = new(bool)
		}
		s.out.Reset()
		s.printJSON(result)
	}
	if refused {
		fmt.Fprintf(s.stderr, "%s %s\n", s.paint(s.stderr, red, "refused:"), text)
	} else {
		fmt.Fprintf(s.stderr, "%s: %s\n", s.name, text)
	}
	if hint != "" {
		fmt.Fprintf(s.stderr, "%s %s\n", s.paint(s.stderr, yellow, "hint:"), hint)
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(s.stderr, "%s -h shows the flags, and an example for each task\n", s.name)
	}
}

// warnf writes a warning to stderr; the result stays the same.
func (s *session) warnf(format string, args ...any) { s.say("warning:", format, args...) }

// notef is like warnf, for what may well be intended.
func (s *session) notef(format string, args ...any) { s.say("note:", format, args...) }

func (s *session) say(word, format string, args ...any) {
	fmt.Fprintf(s.stderr, "%s %s\n", s.paint(s.stderr, yellow, word), message(fmt.Errorf(format, args...)))
}

// printJSON appends a value to the result, on one line.
func (s *session) printJSON(value any) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // unreachable: only strings, booleans and valid JSON are passed in
	}
	s.out.WriteString(printable(text.String()))
}
