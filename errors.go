package jwt

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/jsonplan"
)

// The classes of errors. Every error of this package matches at least one of them with [errors.Is].
// An error that matches a specific class matches its umbrella as well.
var (
	// ErrInvalidToken is the umbrella of all errors that are the token's fault. A service answers
	// 401 if an error matches it.
	ErrInvalidToken error = &class{text: "jwt: invalid token"}

	// ErrMalformed is returned for text that is not the canonical form of a signed token. It is too
	// long, does not have three segments, is not strict base64url or JSON, has a header with crit
	// or b64, or has a registered claim of the wrong type (with a [*ClaimError]).
	ErrMalformed error = &class{text: "jwt: malformed token", parent: ErrInvalidToken}

	// ErrAlgorithmNotAllowed is returned when the token's "alg" is not one of the algorithms given
	// to the verifier. Unknown names and "none" never are.
	ErrAlgorithmNotAllowed error = &class{text: "jwt: algorithm not allowed", parent: ErrInvalidToken}

	// ErrKeyNotFound is returned when there is no key for the token: its kid is unknown, or no key
	// fits its algorithm.
	ErrKeyNotFound error = &class{text: "jwt: no key for this token", parent: ErrInvalidToken}

	// ErrInvalidSignature is returned when the signature does not match, or is not canonical
	// base64url; the message says which. The claims are not checked in that case, so nothing is
	// reported about those of a forged token.
	ErrInvalidSignature error = &class{text: "jwt: invalid signature", parent: ErrInvalidToken}

	// ErrInvalidClaims is the umbrella of the errors about the content of an authentic token: the
	// claim errors below, a payload that does not fit T, and an error of a [ClaimsValidator]. The
	// signature of the token was valid. An error of T's own methods is wrapped, without its classes.
	ErrInvalidClaims error = &class{text: "jwt: invalid claims", parent: ErrInvalidToken}

	// ErrExpired is returned when "exp" is not in the future (RFC 7519, Section 4.1.4), or when
	// "iat" is further in the past than [WithMaxAge] allows.
	ErrExpired error = &class{text: "jwt: token is expired", parent: ErrInvalidClaims}

	// ErrNotYetValid is returned when "nbf" is in the future (RFC 7519, Section 4.1.5), or when
	// "iat" is in the future by more than the leeway and a minute.
	ErrNotYetValid error = &class{text: "jwt: token is not valid yet", parent: ErrInvalidClaims}

	// ErrInvalidIssuer is returned when "iss" is not one of the names given to [WithIssuer].
	ErrInvalidIssuer error = &class{text: "jwt: wrong issuer", parent: ErrInvalidClaims}

	// ErrInvalidAudience is returned when "aud" contains none of the names given to [WithAudience],
	// or when the token has an "aud" and the verifier expects none.
	ErrInvalidAudience error = &class{text: "jwt: wrong audience", parent: ErrInvalidClaims}

	// ErrInvalidSubject is returned when "sub" is not the name given to [WithSubject].
	ErrInvalidSubject error = &class{text: "jwt: wrong subject", parent: ErrInvalidClaims}

	// ErrUnexpectedType is returned when the header's "typ" is not the type given to [WithType].
	ErrUnexpectedType error = &class{text: "jwt: unexpected token type", parent: ErrInvalidClaims}

	// ErrMissingClaim is returned when a required claim is absent or null. If it is required by
	// [WithIssuer], [WithAudience] or [WithSubject], the error matches the class of that claim as
	// well.
	ErrMissingClaim error = &class{text: "jwt: missing claim", parent: ErrInvalidClaims}

	// ErrInvalidKey is returned for a key or a key text that cannot be used, by the constructors of
	// keys, signers and verifiers. It is never returned because of a token.
	ErrInvalidKey error = &class{text: "jwt: invalid key"}

	// ErrInvalidOption is returned for a mistake in the calling program, such as an empty or
	// contradictory option, no algorithm, or claims that cannot be signed.
	ErrInvalidOption error = &class{text: "jwt: invalid option"}

	// ErrKeysUnavailable is returned when a [KeyFunc] or an external signer fails, or when the error
	// of a [ClaimsValidator] matches it, for example because a revocation list is down. This is the
	// service's fault: answer 503 rather than 401. No error matches both this and
	// [ErrInvalidToken]. It wraps the cause, so that errors.Is(err, context.Canceled) works, but
	// matches no other class of this package, even if the cause does.
	ErrKeysUnavailable error = &class{text: "jwt: keys unavailable"}
)

// ClaimError describes one rejected claim. Got is the value in the token; Want is the expected one,
// or for a date the current time. Each is a [time.Time], a string, a []string, or nil if it does
// not apply. Err is the class. If several claims were rejected, [errors.As] finds the first, in the
// order exp, nbf, iat, iss, aud, sub, required claims.
type ClaimError struct {
	Claim     string
	Got, Want any
	Err       error
}

// Error returns the name of the claim, its value, and the expected one.
func (e *ClaimError) Error() string {
	var s strings.Builder
	s.WriteString(headline(e.Err))
	switch got := e.Got.(type) {
	case time.Time:
		e.explainTime(&s, got)
	case string:
		fmt.Fprintf(&s, ": %s is %s", e.name(), quoteGot(e.Err, got))
	case []string:
		fmt.Fprintf(&s, ": %s is %s", e.name(), excerpt.List(got))
	default:
		var named *jsonplan.EncodeError // whose text has the claim's name
		if errors.Is(e.Err, ErrMissingClaim) {
			fmt.Fprintf(&s, ": there is no %s", excerpt.Quote(e.Claim))
		} else if !errors.As(e.Err, &named) {
			fmt.Fprintf(&s, ": %s", e.name())
		}
	}
	e.explainWant(&s)
	return s.String()
}

// Unwrap returns the class of the error.
func (e *ClaimError) Unwrap() error { return e.Err }

// name returns the claim's name, quoted if it is not a plain one: when signing, it may come from
// outside.
func (e *ClaimError) name() string {
	if quoted := excerpt.Quote(e.Claim); quoted != `"`+e.Claim+`"` {
		return quoted
	}
	return e.Claim
}

func (e *ClaimError) explainTime(s *strings.Builder, got time.Time) {
	fmt.Fprintf(s, ": %s", e.name())
	now, _ := e.Want.(time.Time)
	verb := "was"
	if got.After(now) {
		verb = "is"
	}
	fmt.Fprintf(s, " %s %s", verb, got.UTC().Format(time.RFC3339Nano))
	if !now.IsZero() {
		fmt.Fprintf(s, ", %s", excerpt.Age(got, now))
	}
	if errors.Is(e.Err, ErrNotYetValid) {
		s.WriteString(" (check both clocks; WithLeeway tolerates skew)")
	}
}

func (e *ClaimError) explainWant(s *strings.Builder) {
	switch want := e.Want.(type) {
	case string:
		if errors.Is(e.Err, ErrMalformed) || errors.Is(e.Err, ErrInvalidOption) {
			fmt.Fprintf(s, ", want %s", want)
		} else {
			fmt.Fprintf(s, ", want %s", excerpt.Quote(want))
		}
	case []string:
		fmt.Fprintf(s, ", want %s", excerpt.List(want))
	case nil:
		if errors.Is(e.Err, ErrInvalidAudience) && e.Got != nil {
			s.WriteString(", and this verifier expects none: use WithAudience, or AllowAnyAudience")
		}
	}
}

// class is a sentinel error, with the umbrella it belongs to.
type class struct {
	text   string
	parent error
}

func (c *class) Error() string { return c.text }
func (c *class) Unwrap() error { return c.parent }

// failure is an error of one class or two, with its message and perhaps a cause.
type failure struct {
	class, second error // second may be nil
	text          string
	cause         error
}

func (f *failure) Error() string {
	if f.cause != nil {
		return "jwt: " + f.text + ": " + strings.TrimPrefix(f.cause.Error(), "jwt: ")
	}
	return "jwt: " + f.text
}

func (f *failure) Unwrap() []error {
	errs := append(make([]error, 0, 3), f.class)
	if f.second != nil {
		errs = append(errs, f.second)
	}
	if f.cause != nil {
		errs = append(errs, f.cause)
	}
	return errs
}

// and puts the error into a second class.
func (f *failure) and(class error) error {
	f.second = class
	return f
}

// because appends the first reasons, of a total number, to the message. They are no cause: their
// class is not one of the error.
func (f *failure) because(first []error, total int) *failure {
	if total > 0 {
		f.text += "; reasons: " + excerpt.Reasons(first, total)
	}
	return f
}

// failf returns an error of a class; the format has no "jwt: ".
func failf(class error, format string, args ...any) *failure {
	return &failure{class: class, text: fmt.Sprintf(format, args...)}
}

// wrapf is failf with a cause, whose text ends the message.
func wrapf(class, cause error, format string, args ...any) *failure {
	return &failure{class: class, text: fmt.Sprintf(format, args...), cause: cause}
}

// missing returns the class of an absent claim that the verifier compares: the class of a wrong
// value, and [ErrMissingClaim].
func missing(class error) error {
	return failf(class, "%s", strings.TrimPrefix(class.Error(), "jwt: ")).and(ErrMissingClaim)
}

// foreignError wraps an error of code that is not this package's: a KeyFunc, an external signer, or
// a method of a claims type. The result has one class, the first of the classes that the cause
// matches, and the last one if it matches none.
func foreignError(cause error, text string, classes ...error) *failure {
	class := classes[len(classes)-1]
	for _, c := range classes {
		if errors.Is(cause, c) {
			class = c
			break
		}
	}
	return &failure{class: class, text: text, cause: foreign{cause}}
}

// foreign hides the classes of an error. It may come from this package, about another token: its
// classes must not be taken for those of the token at hand.
type foreign struct{ error }

func (f foreign) Is(target error) bool {
	_, own := target.(*class)
	return !own && errors.Is(f.error, target)
}

func (f foreign) As(target any) bool { return errors.As(f.error, target) }

// claimErrors reports several failing claims as one error.
type claimErrors []*ClaimError

func (c claimErrors) Error() string {
	texts := make([]string, len(c))
	for i, e := range c {
		texts[i] = strings.TrimPrefix(e.Error(), "jwt: ")
	}
	return "jwt: " + strings.Join(texts, "; ")
}

func (c claimErrors) Unwrap() []error {
	errs := make([]error, len(c))
	for i, e := range c {
		errs[i] = e
	}
	return errs
}

// headline returns the text of a claim error's class. For an invalid option it says that the claims
// can't be signed.
func headline(err error) string {
	switch err {
	case nil:
		return ErrInvalidClaims.Error()
	case ErrInvalidOption:
		return "jwt: the claims can't be signed"
	}
	return err.Error()
}

// quoteGot quotes a claim's value, but not the description of a wrong kind.
func quoteGot(class error, s string) string {
	if errors.Is(class, ErrMalformed) || errors.Is(class, ErrInvalidOption) {
		return s
	}
	return excerpt.Quote(s)
}
