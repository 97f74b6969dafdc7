package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

var signUsage = subcommand{
	name:  "sign",
	does:  "make a token",
	usage: "-key FILE -alg ALG [-claims JSON|@FILE|-] [flags]",
	about: `
Signs claims and writes the token to stdout, and its expiry to stderr. Without -claims the
claims are read from stdin.

The key is a private key in OpenSSH format, in PEM or as a JWK. For HS256, HS384 and HS512 it
is a secret: a JWK of kty "oct", or a file with the secret itself. A line end after a secret
that is text does not belong to it. A secret in base64 must be decoded first:
base64 -d FILE | jwt sign -key - and so on.
`,
	examples: `
# A token that is valid for five minutes, with a key made by ssh-keygen
jwt sign -key jwt-key -alg RS256 -claims '{"user_id":123}' -expires 5m

# Claims from a file, from stdin
jwt sign -key jwt-key -alg RS256 -claims @claims.json -expires 12h
echo '{"sub":"susan"}' | jwt sign -key jwt-key -alg RS256 -expires 30d

# A secret from a file, from stdin (not from the command line, where others can see it)
jwt sign -key secret.jwk -alg HS256 -claims '{"user_id":123}' -expires 5m
printenv JWT_SECRET | jwt sign -key - -alg HS256 -claims '{"user_id":123}' -expires 5m

# An encrypted private key
jwt sign -key locked-key -passphrase-file passphrase -alg EdDSA -claims @claims.json -expires 5m

# A key in ssh-agent, chosen by its public key
jwt sign -agent -key agent-key.pub -alg EdDSA -claims @claims.json -expires 5m

# A kid, so that verifiers can find the key in a set
jwt sign -key jwt-key -alg RS256 -kid 2026-11 -claims @claims.json -expires 5m
`,
	make: func() command { return new(sign) },
}

type sign struct {
	alg                                   jwt.Algorithm
	key, claims, kid, typ, passphraseFile string
	agent, thumbprint                     bool
	expires                               time.Duration
}

func (c *sign) define(f *flags) {
	f.text(&c.key, "key", "FILE", "the private key or secret; with -agent, the public key of the key to use")
	f.algorithm(&c.alg, "the algorithm, such as RS256, ES256, EdDSA or HS256")
	f.text(&c.claims, "claims", "JSON|@FILE|-", "the claims, a JSON object; the default is stdin")
	f.duration(&c.expires, "expires", "how long the token is valid: 90s, 5m, 12h, 30d; adds exp and iat")
	f.text(&c.kid, "kid", "KID", "the kid in the token's header; the default is that of the JWK, if it has one")
	f.toggle(&c.thumbprint, "thumbprint", "use the key's thumbprint (RFC 7638) as the kid, as jwt jwks does")
	f.text(&c.typ, "typ", "TYPE", "the type in the header, such as at+jwt; the default is JWT")
	f.toggle(&c.agent, "agent", "sign with a key in ssh-agent")
	f.text(&c.passphraseFile, "passphrase-file", "FILE", "a file with the passphrase of an encrypted private key")
}

func (c *sign) run(s *session, args []string) error {
	if err := c.check(args); err != nil {
		return err
	}
	opts, err := kidOptions(c.kid, c.thumbprint)
	if err != nil {
		return err
	}
	claims, err := c.readClaims(s)
	if err != nil {
		return err
	}
	if err := checkObject(claims); err != nil {
		return withHint(err, forgottenAt("-claims ", c.claims))
	}
	var key jwt.SigningKey
	switch {
	case c.agent:
		private, conn, err := s.agentKey(c.key, c.alg, opts)
		if err != nil {
			return err
		}
		defer conn.Close()
		key = private
	case usesSecret(c.alg):
		key, err = s.secretKey(c.key, opts...)
	default:
		key, err = s.privateKey(c.key, c.passphraseFile, opts...)
	}
	if err != nil {
		return err
	}
	return c.sign(s, claims, key)
}

func (c *sign) check(args []string) error {
	switch {
	case len(args) > 0:
		return usagef("unexpected arguments: give the claims with -claims")
	case c.alg == nil:
		return errNoAlgorithm
	case c.key == "" && !c.agent:
		return usagef("-key is missing: give the file of the private key or secret")
	case c.agent && usesSecret(c.alg):
		return usagef("-agent: ssh-agent has no secrets: use an algorithm with a key pair, such as EdDSA")
	case c.thumbprint && usesSecret(c.alg):
		return usagef("-thumbprint: a secret has no public thumbprint: use -kid")
	case c.passphraseFile != "" && (c.agent || usesSecret(c.alg)):
		return usagef("-passphrase-file is only for a private key file")
	}
	return nil
}

// readClaims returns the text of the claims.
func (c *sign) readClaims(s *session) ([]byte, error) {
	path, isFile := strings.CutPrefix(c.claims, "@")
	switch {
	case isFile:
		return s.read("-claims", path)
	case c.claims != "" && c.claims != "-":
		return []byte(c.claims), nil
	case s.Terminal(s.stdin):
		s.notef("reading the claims, a JSON object, from the terminal; end with Ctrl-D")
	}
	return s.read("-claims", "-")
}

// checkObject finds what is no JSON object, before the library says so in the words of Go.
func checkObject(claims []byte) error {
	if len(bytes.TrimSpace(claims)) == 0 {
		return usagef("the claims are empty: want a JSON object, such as {}")
	}
	var members map[string]json.RawMessage
	err := json.Unmarshal(claims, &members)
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return usagef("the claims are not JSON: %w", err)
	}
	if err != nil || members == nil {
		return usagef("the claims are not a JSON object, such as {}")
	}
	return nil
}

// hint returns what to do about claims that cannot be signed.
func (c *sign) hint(claims []byte) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(claims, &members); err == nil && c.expires != 0 && members["exp"] != nil {
		return "-expires sets exp: leave out one of the two"
	}
	return ""
}

func (c *sign) sign(s *session, claims json.RawMessage, key jwt.SigningKey) error {
	opts := []jwt.SignOption{jwt.WithClock(s.Now)}
	if c.expires != 0 {
		opts = append(opts, jwt.WithExpiresIn(c.expires))
	}
	if c.typ != "" {
		opts = append(opts, jwt.WithType(c.typ))
	}
	token, err := jwt.Sign(claims, key, c.alg, opts...)
	if errors.Is(err, jwt.ErrInvalidOption) {
		return withHint(fmt.Errorf("cannot sign: %w", err), c.hint(claims))
	}
	if err != nil {
		return err
	}
	t, err := jwt.ParseUnverified(token)
	if err != nil {
		return err
	}
	if end := t.UnverifiedClaims.ExpiresAt; end.IsZero() {
		s.notef("the token never expires; -expires 1h makes it expire")
	} else {
		fmt.Fprintf(s.stderr, "expires: %s (%s)\n", end.UTC().Format(time.RFC3339Nano), excerpt.Age(end.Time, s.Now()))
	}
	if !s.json {
		s.out.WriteString(token + "\n")
		return nil
	}
	s.printJSON(struct {
		Token  string          `json:"token"`
		Header json.RawMessage `json:"header"`
		Claims json.RawMessage `json:"claims"`
	}{token, headerOf(token), json.RawMessage(t.UnverifiedPayload)})
	return nil
}
