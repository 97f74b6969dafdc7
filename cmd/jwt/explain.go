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

// inFlags says in the words of this command what the library says in those of Go.
var inFlags = strings.NewReplacer(
	": pass WithPassphrase", ": give its passphrase with -passphrase-file",
	"which WithPassphrase reads", "which -passphrase-file opens",
	"use WithAudience, or AllowAnyAudience", "use -aud, or -any-aud",
	"WithLeeway allows", "-leeway allows",
	": WithMaxSize sets another", " of 64 KiB",
	"WithExpiresIn is given, and", "-expires is given, and",
	"WithExpiresIn leads", "-expires leads",
	"(by WithAlgorithm or the JWK's alg)", "(by the JWK's alg)",
	"WithAlgorithm says", "-alg says",
	"; use ParsePublicKey or ParsePrivateKey with RS256, ES256 or EdDSA", "; use it with -alg RS256, ES256 or EdDSA",
	"the claims can't be encoded: cannot encode a Go json.RawMessage: its JSON text is refused", "the claims are not strict JSON",
	"the claims can't be encoded: cannot encode a Go jsontext.Value: its JSON text is refused", "the claims are not strict JSON",
	"want an object: a struct or a map makes one", "want an object, such as {}",
	"invalid option: ", "the claims can't be signed: ",
	" (use NewNumericDate)", "",
	"not a public key: use ParseSecretKey", "not a public key: it goes with -alg HS256, HS384 or HS512",
	"(GenerateSecretKey makes one)", "(jwt keygen makes one)",
	"; use ParsePublicKey", "; give the private key",
	"; ParsePrivateKey and its Public() give the public one", " and give the public one here, such as the .pub file",
	": use ParsePrivateKey(...).Public()", ": give the public one",
	": use ParseKeySet", ": use -jwks",
	": use ParsePublicKey", ": use -key",
	"the KeyFunc failed: jwks: ", "",
	" (AllowHTTP is for loopback and tests)", "",
	" (ParseAuthorizedKeys reads many)", "",
	" (ParseAuthorizedKeys reads authorized_keys files)", "",
)

// tokenText finds what may be a token: base64url of "{" with whatever comes next.
var tokenText = regexp.MustCompile(`e[yw][A-Za-z0-9_-]{14,}(\.[A-Za-z0-9_-]*)*`)

func statusOf(err error) int {
	switch {
	case err == nil:
		return statusValid
	case errors.Is(err, jwt.ErrInvalidToken) && !errors.Is(err, jwt.ErrKeysUnavailable):
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

// message is the text of an error, without anything that looks like a token: the last
// guard for what came in through the wrong argument.
func message(err error) string {
	text := inFlags.Replace(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "jwt: "), "jwks: "))
	return tokenText.ReplaceAllString(strings.ReplaceAll(text, ": jwt: ", ": "), "(a token)")
}

// explain writes an error to stderr, and with -json as the result too.
func (s *session) explain(err error) {
	text, refused := message(err), statusOf(err) == statusRefused
	if s.json {
		result := struct {
			Valid   *bool  `json:"valid,omitempty"`
			Error   string `json:"error"`
			Message string `json:"message"`
		}{nil, codeOf(err), text}
		if refused {
			result.Valid = new(bool)
		}
		s.out.Reset()
		s.printJSON(result)
	}
	if refused {
		fmt.Fprintf(s.stderr, "%s %s\n", s.paint(s.stderr, red, "refused:"), text)
		return
	}
	fmt.Fprintf(s.stderr, "%s: %s\n", s.name, text)
	if _, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(s.stderr, "%s -h shows the flags and an example for each task\n", s.name)
	}
}

// warnf writes a line to stderr that does not change the result.
func (s *session) warnf(format string, args ...any) { s.say("warning:", format, args...) }

// notef is warnf for what need not be wrong.
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
		panic(err) // unreachable: only texts, booleans and JSON that was checked go in
	}
	s.out.WriteString(printable(text.String()))
}
