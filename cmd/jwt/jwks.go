package main

import (
	"encoding/json"
	"errors"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

var jwksUsage = subcommand{
	name:  "jwks",
	does:  "print a set of public keys",
	usage: "[flags] FILE…",
	about: `
Writes a JWK Set (RFC 7517) with the public keys of all files, ready to be published. A file
is a public key in OpenSSH format, in PEM or as a JWK, a certificate, an authorized_keys
file, or another JWK Set. Keys without a kid get their thumbprint (RFC 7638) as the kid,
which is also what jwt sign -thumbprint uses. Private keys and secrets are refused.
`,
	examples: `
# A set of one key
jwt jwks jwt-key.pub

# The same, with a kid of your own
jwt jwks -kid 2026-11 -alg RS256 jwt-key.pub

# A new key next to the old ones, while tokens of both are in use
jwt jwks keys.json key.pem.pub > new-keys.json
`,
	make: func() command { return new(jwksCommand) },
}

type jwksCommand struct {
	kid string
	alg jwt.Algorithm
}

func (c *jwksCommand) define(f *flags) {
	f.text(&c.kid, "kid", "KID", "the kid of the key, if there is only one")
	f.algorithm(&c.alg, "bind the keys to one algorithm")
}

func (c *jwksCommand) run(s *session, args []string) error {
	if len(args) == 0 {
		return usagef("a file is missing: give the public keys")
	}
	var keys []jwt.VerificationKey
	for _, path := range args {
		more, err := c.load(s, path)
		if err != nil {
			return err
		}
		keys = append(keys, more...)
	}
	if c.kid != "" && len(keys) != 1 {
		return usagef("-kid is for one key, but there are %d", len(keys))
	}
	set, err := jwt.NewKeySet(keys...)
	if err != nil {
		return err
	}
	text, err := set.MarshalJSON()
	if err != nil {
		return err
	}
	c.warnOfTwins(s, set)
	if s.json {
		s.printJSON(json.RawMessage(text))
		return nil
	}
	s.out.WriteString(pretty(text))
	return nil
}

// warnOfTwins warns of different keys with one kid. The library tries both, other verifiers one. A
// key that stands there twice, for two algorithms, is fine.
func (c *jwksCommand) warnOfTwins(s *session, set *jwt.KeySet) {
	first, warned := make(map[string]*jwt.PublicKey), make(map[string]bool)
	for _, key := range set.Keys() {
		key, kid := key.(*jwt.PublicKey), key.KeyID()
		switch {
		case first[kid] == nil:
			first[kid] = key
		case !first[kid].Equal(key) && !warned[kid]:
			warned[kid] = true
			s.warnf("different keys have the kid %s, of which some verifiers try one alone: give each a kid of its own", excerpt.Quote(kid))
		}
	}
}

// load reads the keys of a file and gives each a kid.
func (c *jwksCommand) load(s *session, path string) ([]jwt.VerificationKey, error) {
	source, err := s.publicKeys("the file", path)
	if err != nil {
		return nil, err
	}
	var keys []jwt.VerificationKey
	switch source := source.(type) {
	case *jwt.PublicKey:
		keys = append(keys, source)
	case *jwt.KeySet:
		keys = source.Keys()
	}
	for i, key := range keys {
		if keys[i], err = c.name(key.(*jwt.PublicKey)); err != nil {
			return nil, withHint(keyError("the file", path, err), c.hint(err))
		}
	}
	return keys, nil
}

// hint returns what to do about an error of name.
func (c *jwksCommand) hint(err error) string {
	if c.alg != nil && errors.Is(err, jwt.ErrInvalidOption) {
		return "-alg must fit the key, and be the alg of its JWK if that has one"
	}
	return ""
}

// name sets the kid and the algorithm that a key is published with.
func (c *jwksCommand) name(key *jwt.PublicKey) (*jwt.PublicKey, error) {
	text, err := key.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var opts []jwt.KeyOption
	switch {
	case c.kid != "":
		opts = append(opts, jwt.WithKeyID(c.kid))
	case key.KeyID() == "":
		opts = append(opts, jwt.WithThumbprintKeyID())
	}
	if c.alg != nil {
		opts = append(opts, jwt.WithAlgorithm(c.alg))
	}
	return jwt.ParsePublicKey(text, opts...)
}
