package jwt

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/jwt/internal/excerpt"
)

// maxLeeway is the largest leeway that WithLeeway accepts.
const maxLeeway = time.Hour

// SignOption is an option of [Sign] and [NewSigner]. The interface is sealed.
type SignOption interface{ signOption() }

// VerifyOption is an option of [Verify] and [NewVerifier]. The interface is sealed.
type VerifyOption interface{ verifyOption() }

// Option is an option for both signing and verifying. The interface is sealed.
type Option interface {
	SignOption
	VerifyOption
}

type signOpt struct {
	name  string
	apply func(*signConfig) error
}

type verifyOpt struct {
	name  string
	apply func(*verifyConfig) error
}

type sharedOpt struct {
	sign   signOpt
	verify verifyOpt
}

func (*signOpt) signOption()     {}
func (*verifyOpt) verifyOption() {}
func (*sharedOpt) signOption()   {}
func (*sharedOpt) verifyOption() {}

// signConfig is what the options of a Signer set.
type signConfig struct {
	typ       string
	expiresIn time.Duration
	headers   []headerParam
	now       func() time.Time

	given []string
}

type headerParam struct {
	name  string
	value any
}

// verifyConfig is what the options of a Verifier set.
type verifyConfig struct {
	issuers, audiences, required []string
	subject, typ                 string
	anyAudience, allowExpired    bool
	maxAge, leeway               time.Duration
	now                          func() time.Time

	maxSize  int
	padded   bool
	subjects subjects

	given []string
}

// WithType sets the header's "typ" when signing (the default is "JWT") and requires it when
// verifying (by default it is not checked). The comparison ignores ASCII case and a leading
// "application/" (RFC 7515, Section 4.1.9; RFC 8725, Section 3.11). Verification fails with
// [ErrUnexpectedType] for any other typ. An empty typ, or one that is not ASCII, is rejected with
// [ErrInvalidOption].
func WithType(typ string) Option {
	const name = "WithType"
	check := func() error {
		if !isASCII(typ) { // media types are, and folding case beyond ASCII has surprises
			return failf(ErrInvalidOption, "%s: %s is not ASCII", name, excerpt.Quote(typ))
		}
		return checkText(name, typ)
	}
	return &sharedOpt{
		signOpt{name, func(c *signConfig) error { c.typ = typ; return check() }},
		verifyOpt{name, func(c *verifyConfig) error { c.typ = typ; return check() }},
	}
}

// WithClock replaces [time.Now], for tests. A nil clock is rejected with [ErrInvalidOption].
func WithClock(now func() time.Time) Option {
	const name = "WithClock"
	check := func() error {
		if now == nil {
			return failf(ErrInvalidOption, "%s: the clock is nil", name)
		}
		return nil
	}
	return &sharedOpt{
		signOpt{name, func(c *signConfig) error { c.now = now; return check() }},
		verifyOpt{name, func(c *verifyConfig) error { c.now = now; return check() }},
	}
}

// WithExpiresIn sets "exp" to the current time plus d, and "iat" to the current time unless the
// claims have one. The time and d are each rounded down to whole seconds, so that exp - iat is
// exactly d and never over the cap of a service that limits it. By default, neither is set. A d
// under a second is rejected with [ErrInvalidOption]. So are claims that already have an "exp".
func WithExpiresIn(d time.Duration) SignOption {
	return &signOpt{"WithExpiresIn", func(c *signConfig) error {
		c.expiresIn = d
		if d < time.Second {
			return failf(ErrInvalidOption, "WithExpiresIn: %s is under a second", d)
		}
		return nil
	}}
}

// WithHeader adds a header parameter (RFC 7515, Section 4). It may be given several times, with
// different names. Some names are rejected with [ErrInvalidOption]: alg, crit and b64; kid, which
// comes from the key; and typ, which [WithType] sets. So is a cty that is not a string.
func WithHeader(name string, value any) SignOption {
	return &signOpt{"WithHeader", func(c *signConfig) error {
		if err := checkText("WithHeader", name); err != nil {
			return err
		}
		switch name {
		case "alg", "crit", "b64", "kid", "typ":
			return failf(ErrInvalidOption, "WithHeader: %q can't be set: alg and kid come from the key, typ from WithType, crit and b64 are not supported", name)
		case "cty":
			if _, ok := value.(string); !ok {
				return failf(ErrInvalidOption, "WithHeader: cty must be a string, got %T", value)
			}
		}
		if slices.ContainsFunc(c.headers, func(h headerParam) bool { return h.name == name }) {
			return failf(ErrInvalidOption, "WithHeader: %s is given twice", excerpt.Quote(name))
		}
		c.headers = append(c.headers, headerParam{name, value})
		return nil
	}}
}

// WithIssuer requires "iss" to be present and equal to one of iss (RFC 7519, Section 4.1.1). All
// must name the same issuer, since every key may sign for every name; use one verifier per issuer
// and [Issuers] (RFC 8725, Section 3.8). Otherwise verification fails with [ErrInvalidIssuer], and
// also [ErrMissingClaim] if it is absent.
func WithIssuer(iss ...string) VerifyOption {
	return listOpt("WithIssuer", iss, func(c *verifyConfig, l []string) { c.issuers = l })
}

// WithAudience requires "aud" to be present and to contain at least one of aud (RFC 7519, Section
// 4.1.3). Otherwise verification fails with [ErrInvalidAudience], and also [ErrMissingClaim] if it
// is absent. Without this option, a token with an "aud" is rejected; see [AllowAnyAudience].
func WithAudience(aud ...string) VerifyOption {
	return listOpt("WithAudience", aud, func(c *verifyConfig, l []string) { c.audiences = l })
}

// WithRequiredClaims requires claims, registered or not, to be present and not null. It may be
// given several times, and adds up. If one is missing, verification fails with [ErrMissingClaim].
// By default no claim is required.
func WithRequiredClaims(names ...string) VerifyOption {
	return listOpt("WithRequiredClaims", names, func(c *verifyConfig, l []string) {
		for _, name := range l {
			if !slices.Contains(c.required, name) {
				c.required = append(c.required, name)
			}
		}
	})
}

// AllowAnyAudience accepts any "aud". RFC 7519, Section 4.1.3, requires a service to reject a token
// that is not meant for it, so that without this option and [WithAudience] a token with an "aud" is
// rejected.
func AllowAnyAudience() VerifyOption {
	return &verifyOpt{"AllowAnyAudience", func(c *verifyConfig) error { c.anyAudience = true; return nil }}
}

// WithSubject requires "sub" to be present and equal to sub (RFC 7519, Section 4.1.2). Otherwise
// verification fails with [ErrInvalidSubject], and also [ErrMissingClaim] if it is absent.
func WithSubject(sub string) VerifyOption {
	return &verifyOpt{"WithSubject", func(c *verifyConfig) error {
		c.subject = sub
		return checkText("WithSubject", sub)
	}}
}

// AllowNumericSubject accepts a "sub" that is an integer, without fraction or exponent, which some
// issuers send although RFC 7519, Section 4.1.2, requires a string. [Token].Subject and
// [WithSubject] have its digits as written, and so has the Subject of a [RegisteredClaims] that is
// the claims type or is embedded in it. A separate field of the claims type receives the number.
// [Sign] never writes one.
func AllowNumericSubject() VerifyOption {
	return &verifyOpt{"AllowNumericSubject", func(c *verifyConfig) error { c.subjects = anySubject; return nil }}
}

// WithMaxAge requires "iat" to be present and no longer ago than d plus the leeway. Otherwise
// verification fails with [ErrExpired], and also [ErrMissingClaim] if it is absent. A d that is not
// positive is rejected with [ErrInvalidOption].
func WithMaxAge(d time.Duration) VerifyOption {
	return &verifyOpt{"WithMaxAge", func(c *verifyConfig) error {
		c.maxAge = d
		if d <= 0 {
			return failf(ErrInvalidOption, "WithMaxAge: %s is not positive", d)
		}
		return nil
	}}
}

// WithLeeway tolerates a clock skew of d in exp, nbf, iat and the maximum age. The default is 0. An
// "iat" in the future is tolerated for a minute more, but "nbf" has no such minute, because it is
// the issuer's decision when a token becomes valid. A negative leeway, or one over an hour, is
// rejected with [ErrInvalidOption].
func WithLeeway(d time.Duration) VerifyOption {
	return &verifyOpt{"WithLeeway", func(c *verifyConfig) error {
		c.leeway = d
		if d < 0 || d > maxLeeway {
			return failf(ErrInvalidOption, "WithLeeway: %s is not between 0 and 1 hour", d)
		}
		return nil
	}}
}

// AllowExpired accepts an "exp" in the past, for logout and refresh. It must still be a date.
func AllowExpired() VerifyOption {
	return &verifyOpt{"AllowExpired", func(c *verifyConfig) error { c.allowExpired = true; return nil }}
}

// AllowPaddedBase64 accepts segments with canonical "=" padding, which AWS load balancers write in
// violation of RFC 7515, Section 2. Such a token has more than one valid text.
func AllowPaddedBase64() VerifyOption {
	return &verifyOpt{"AllowPaddedBase64", func(c *verifyConfig) error { c.padded = true; return nil }}
}

// WithMaxSize sets the maximum length of a token in bytes. The default is 64 KiB. Verification of a
// longer token fails with [ErrMalformed]. A limit under 1 is rejected with [ErrInvalidOption].
func WithMaxSize(bytes int) VerifyOption {
	return &verifyOpt{"WithMaxSize", func(c *verifyConfig) error {
		c.maxSize = bytes
		if bytes <= 0 {
			return failf(ErrInvalidOption, "WithMaxSize: %d is not positive", bytes)
		}
		return nil
	}}
}

func listOpt(name string, list []string, set func(*verifyConfig, []string)) VerifyOption {
	list = slices.Clone(list)
	return &verifyOpt{name, func(c *verifyConfig) error {
		set(c, list)
		if len(list) == 0 {
			return failf(ErrInvalidOption, "%s: no value is given; omit the option to skip the check", name)
		}
		for _, text := range list {
			if err := checkText(name, text); err != nil {
				return err
			}
		}
		return nil
	}}
}

func checkText(option, text string) error {
	if text == "" {
		return failf(ErrInvalidOption, "%s: an empty value is not accepted; omit the option to skip the check", option)
	}
	if !utf8.ValidString(text) {
		return failf(ErrInvalidOption, "%s: %s is not valid UTF-8", option, excerpt.Quote(text))
	}
	return nil
}

func (c *signConfig) apply(opts []SignOption) error {
	for _, opt := range opts {
		var o *signOpt
		switch opt := opt.(type) {
		case *signOpt:
			o = opt
		case *sharedOpt:
			if opt != nil {
				o = &opt.sign
			}
		}
		if o == nil {
			return failf(ErrInvalidOption, "a sign option is nil, or not of this package")
		}
		if err := once(&c.given, o.name); err != nil {
			return err
		}
		if err := o.apply(c); err != nil {
			return err
		}
	}
	return nil
}

func (c *verifyConfig) apply(opts []VerifyOption) error {
	for _, opt := range opts {
		var o *verifyOpt
		switch opt := opt.(type) {
		case *verifyOpt:
			o = opt
		case *sharedOpt:
			if opt != nil {
				o = &opt.verify
			}
		}
		if o == nil {
			return failf(ErrInvalidOption, "a verify option is nil, or not of this package")
		}
		if err := once(&c.given, o.name); err != nil {
			return err
		}
		if err := o.apply(c); err != nil {
			return err
		}
	}
	if c.anyAudience && c.audiences != nil {
		return failf(ErrInvalidOption, "WithAudience and AllowAnyAudience contradict each other: use one")
	}
	return nil
}

// once refuses an option that is given again, unless it adds up.
func once(given *[]string, name string) error {
	if name == "WithHeader" || name == "WithRequiredClaims" {
		return nil
	}
	if slices.Contains(*given, name) {
		return failf(ErrInvalidOption, "%s is given twice", name)
	}
	*given = append(*given, name)
	return nil
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
