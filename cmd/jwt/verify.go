package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
	"example.com/jwt/jwks"
)

var verifyUsage = subcommand{
	name:  "verify",
	does:  "check a token",
	usage: "-key FILE|-jwks URL|-issuer URL -alg ALG[,ALG] [flags] [TOKEN|@FILE|-]",
	about: `
Checks the signature and the claims of a token. If it is valid, its claims go to stdout and
the exit status is 0. If it is refused, the reason goes to stderr and the exit status is 1.

The key is a public key in OpenSSH format, in PEM or as a JWK, a certificate (of which only
the key is used), or an authorized_keys file. For HS256, HS384 and HS512 it is the secret, as
for jwt sign. Keys are fetched over https, or over http from this machine.
`,
	examples: `
# With a public key made by ssh-keygen
jwt verify -key jwt-key.pub -alg RS256 "$TOKEN"

# A token in a file, from stdin
jwt verify -key jwt-key.pub -alg RS256 @token.txt
cat token.txt | jwt verify -key jwt-key.pub -alg RS256

# With a secret
jwt verify -key secret.jwk -alg HS256 @session.txt

# With a JWK Set, from a file or a URL
jwt verify -jwks keys.json -alg RS256,ES256 @token.txt
jwt verify -jwks https://login.example/keys -alg RS256 @token.txt

# With the keys of an OpenID provider, which must also be the token's issuer
jwt verify -issuer https://login.example -alg RS256 -aud orders @access.txt

# With the issuer and audience checked, as an API should
jwt verify -key jwt-key.pub -alg RS256 -iss https://login.example -aud orders -require exp,sub @access.txt

# Was an old token valid when a line in a log was written?
jwt verify -key jwt-key.pub -alg RS256 -now 2026-11-24T12:00:00Z @old.txt
`,
	make: func() command { return new(verify) },
}

type verify struct {
	key, jwks, issuer string
	algs              []jwt.Algorithm
	iss, aud, require []string
	anyAud            bool
	sub, typ          string
	leeway, timeout   time.Duration
	now               time.Time
}

func (c *verify) define(f *flags) {
	f.text(&c.key, "key", "FILE", "the public key, or the secret of HS256, HS384 and HS512")
	f.text(&c.jwks, "jwks", "URL|FILE", "a JWK Set (RFC 7517)")
	f.text(&c.issuer, "issuer", "URL", "an OpenID provider or OAuth server: finds its keys by discovery (OpenID Connect\nDiscovery, RFC 8414), and requires that it issued the token")
	f.algorithms(&c.algs, "the algorithms to allow; at least one, since the token never chooses")
	f.list(&c.iss, "iss", "NAME", "the issuer must be NAME; if given several times, one of them")
	f.list(&c.aud, "aud", "NAME", "the audience must contain NAME; if given several times, one of them. A token\nwith an audience is refused unless -aud or -any-aud is given")
	f.toggle(&c.anyAud, "any-aud", "accept a token for any audience")
	f.text(&c.sub, "sub", "NAME", "the subject must be NAME")
	f.text(&c.typ, "typ", "TYPE", "the type in the header must be TYPE, such as at+jwt")
	f.names(&c.require, "require", "claims that must be present, such as exp,sub")
	f.duration(&c.leeway, "leeway", "how far the clocks may differ, such as 30s; the default is 0, the maximum 1h")
	f.duration(&c.timeout, "timeout", "how long to wait for the keys of -jwks and -issuer; the default is 10s")
	f.moment(&c.now, "now", "use this as the current time: 2026-11-24T12:00:00Z, or seconds since 1970")
}

func (c *verify) run(s *session, args []string) error {
	if err := c.check(); err != nil {
		return err
	}
	token, err := s.token(args, c.key == "-" || c.jwks == "-")
	if err != nil {
		return err
	}
	keys, err := c.keys(s)
	if err != nil {
		return err
	}
	if c.now.IsZero() {
		c.now = s.Now()
	}
	v, err := jwt.NewVerifier[struct{}](keys, c.algs, c.options()...)
	if err != nil {
		return err
	}
	start := time.Now()
	tok, err := v.VerifyContext(context.Background(), token)
	if err != nil {
		return withHint(err, c.hint(err, args, time.Since(start)))
	}
	c.print(s, token, tok)
	return nil
}

func (c *verify) check() error {
	secrets := 0
	for _, alg := range c.algs {
		if usesSecret(alg) {
			secrets++
		}
	}
	switch {
	case len(c.algs) == 0:
		return usagef("%w; the token never chooses it", errNoAlgorithm)
	case c.key == "" && c.jwks == "" && c.issuer == "":
		return usagef("the key is missing: give -key, -jwks or -issuer")
	case c.key != "" && c.jwks != "", c.key != "" && c.issuer != "", c.jwks != "" && c.issuer != "":
		return usagef("-key, -jwks and -issuer exclude each other: give one")
	case c.issuer != "" && len(c.iss) > 0:
		return usagef("-iss and -issuer both name the issuer: leave one out")
	case secrets > 0 && secrets < len(c.algs):
		return usagef("-alg: HS256, HS384 and HS512 use a secret, the others a public key: one verification cannot allow both")
	case secrets > 0 && c.key == "":
		return usagef("-alg: HS256, HS384 and HS512 need a secret, which is never published: use -key")
	case len(c.aud) > 0 && c.anyAud:
		return usagef("-aud and -any-aud exclude each other: give one")
	case c.leeway > time.Hour:
		return usagef("-leeway is at most 1h")
	case c.timeout != 0 && c.issuer == "" && !isURL(c.jwks):
		return usagef("-timeout is for keys that are fetched: -issuer, or -jwks with a URL")
	}
	if c.timeout == 0 {
		c.timeout = defaultTimeout
	}
	return nil
}

// hint returns what to do about an error of the verification, which took some time.
func (c *verify) hint(err error, args []string, took time.Duration) string {
	var skew time.Duration
	if claim, ok := errors.AsType[*jwt.ClaimError](err); ok {
		if t, ok := claim.Got.(time.Time); ok {
			skew = c.now.Sub(t).Abs()
		}
	}
	switch {
	case errors.Is(err, jwt.ErrKeysUnavailable) && took >= c.timeout:
		return fmt.Sprintf("-timeout sets how long to wait for the keys; it was %s", c.timeout)
	case errors.Is(err, jwt.ErrMalformed):
		return forgottenAt("", strings.Join(args, ""))
	case errors.Is(err, jwt.ErrInvalidAudience) && len(c.aud) == 0:
		return "-aud NAME accepts tokens for that audience, -any-aud those for any"
	case (errors.Is(err, jwt.ErrExpired) || errors.Is(err, jwt.ErrNotYetValid)) && c.leeway == 0 && skew != 0 && skew <= time.Hour:
		return "-leeway accepts a difference between the clocks"
	}
	return ""
}

// keys returns the keys to verify with.
func (c *verify) keys(s *session) (jwt.KeySource, error) {
	switch {
	case c.issuer != "":
		return remoteKeys("-issuer", c.issuer, c.timeout, jwks.Discover)
	case isURL(c.jwks):
		return remoteKeys("-jwks", c.jwks, c.timeout, jwks.New)
	case c.jwks != "":
		return s.keySet("-jwks", c.jwks)
	case usesSecret(c.algs[0]):
		return s.secretKey(c.key)
	}
	return s.publicKeys("-key", c.key)
}

func (c *verify) options() []jwt.VerifyOption {
	opts := []jwt.VerifyOption{jwt.WithClock(func() time.Time { return c.now })}
	if len(c.iss) > 0 {
		opts = append(opts, jwt.WithIssuer(c.iss...))
	}
	if c.issuer != "" {
		opts = append(opts, jwt.WithIssuer(c.issuer))
	}
	if len(c.aud) > 0 {
		opts = append(opts, jwt.WithAudience(c.aud...))
	}
	if c.anyAud {
		opts = append(opts, jwt.AllowAnyAudience())
	}
	if c.sub != "" {
		opts = append(opts, jwt.WithSubject(c.sub))
	}
	if c.typ != "" {
		opts = append(opts, jwt.WithType(c.typ))
	}
	if len(c.require) > 0 {
		opts = append(opts, jwt.WithRequiredClaims(c.require...))
	}
	if c.leeway != 0 {
		opts = append(opts, jwt.WithLeeway(c.leeway))
	}
	return opts
}

func (c *verify) print(s *session, token string, tok *jwt.Token[struct{}]) {
	expiry := "it never expires"
	switch end := tok.ExpiresAt; {
	case end.IsZero():
	case end.After(c.now):
		expiry = "it expires " + excerpt.Age(end.Time, c.now)
	default:
		expiry = "it expired " + excerpt.Age(end.Time, c.now) + ", within the leeway"
	}
	key := ""
	if tok.KeyID != "" {
		key = fmt.Sprintf(" by the key %q", tok.KeyID)
	}
	fmt.Fprintf(s.stderr, "%s signed with %s%s, %s\n", s.paint(s.stderr, green, "valid:"), tok.Header.Algorithm, key, expiry)
	if !s.json {
		s.out.WriteString(pretty([]byte(tok.Payload)))
		return
	}
	s.printJSON(struct {
		Valid  bool            `json:"valid"`
		Header json.RawMessage `json:"header"`
		Claims json.RawMessage `json:"claims"`
		KeyID  string          `json:"key_id,omitempty"`
	}{true, headerOf(token), json.RawMessage(tok.Payload), tok.KeyID})
}
