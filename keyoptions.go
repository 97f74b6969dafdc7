package jwt

import (
	"slices"
)

// KeyOption is an option of the key constructors. The interface is sealed.
type KeyOption interface{ keyOption() }

// keyConfig collects the options of one key, and what its JWK says.
type keyConfig struct {
	kid        string
	thumbprint bool
	alg        algorithm
	passphrase []byte
	weak       bool
	ops        keyOps // of a JWK; 0: all

	given []string // names of the options given
}

// keyOpt is the one implementation of KeyOption.
type keyOpt struct {
	name  string
	apply func(*keyConfig) error
}

func (*keyOpt) keyOption() {}

// WithKeyID gives the key a kid, which its tokens name and a [KeySet] selects by. It
// overrides the kid of a JWK. An empty kid is [ErrInvalidOption].
func WithKeyID(kid string) KeyOption {
	return &keyOpt{"WithKeyID", func(c *keyConfig) error {
		c.kid = kid
		return validKeyID(kid)
	}}
}

// WithThumbprintKeyID makes the kid the key's SHA-256 thumbprint (RFC 7638), which
// every program computes alike. It is [ErrInvalidOption] for a secret, since it
// would publish a hash of it, and together with [WithKeyID].
func WithThumbprintKeyID() KeyOption {
	return &keyOpt{"WithThumbprintKeyID", func(c *keyConfig) error {
		c.thumbprint = true
		return nil
	}}
}

// WithAlgorithm binds the key to one algorithm (RFC 8725, Section 3.1): it serves no
// other. An algorithm that the key does not fit, or one that contradicts the JWK's
// "alg", is an error that matches [ErrInvalidOption].
func WithAlgorithm(alg Algorithm) KeyOption {
	return &keyOpt{"WithAlgorithm", func(c *keyConfig) error {
		s, err := schemeOf(alg)
		if err == nil {
			c.alg = s.alg
		}
		return err
	}}
}

// WithPassphrase decrypts an encrypted OpenSSH private key in [ParsePrivateKey]; it
// is ignored if the key is not encrypted. An empty passphrase is [ErrInvalidOption].
func WithPassphrase(passphrase []byte) KeyOption {
	passphrase = slices.Clone(passphrase)
	return &keyOpt{"WithPassphrase", func(c *keyConfig) error {
		c.passphrase = passphrase
		if len(passphrase) == 0 {
			return failf(ErrInvalidOption, "WithPassphrase: the passphrase is empty; leave the option out for a key without one")
		}
		return nil
	}}
}

// InsecureAllowWeakKey accepts a key that is shorter than RFC 7518, Sections 3.2 and
// 3.3, allows: a secret from 1 byte, RSA from 1024 bits with any odd exponent from 3. It
// never lets key text pass for a secret, and is [ErrInvalidOption] for generated keys.
func InsecureAllowWeakKey() KeyOption {
	return &keyOpt{"InsecureAllowWeakKey", func(c *keyConfig) error {
		c.weak = true
		return nil
	}}
}

// newKeyConfig applies the options of a constructor.
func newKeyConfig(opts []KeyOption) (*keyConfig, error) {
	c := new(keyConfig)
	for _, opt := range opts {
		o, ok := opt.(*keyOpt)
		if !ok || o == nil {
			return nil, failf(ErrInvalidOption, "a key option is nil, or not of this package")
		}
		if slices.Contains(c.given, o.name) {
			return nil, failf(ErrInvalidOption, "%s is given twice", o.name)
		}
		c.given = append(c.given, o.name)
		if err := o.apply(c); err != nil {
			return nil, err
		}
	}
	if c.kid != "" && c.thumbprint {
		return nil, failf(ErrInvalidOption, "WithKeyID and WithThumbprintKeyID contradict each other: give one")
	}
	return c, nil
}

// refuse is an error if an option was given that does not apply to the constructor.
func (c *keyConfig) refuse(constructor string, names ...string) error {
	for _, name := range names {
		if slices.Contains(c.given, name) {
			return failf(ErrInvalidOption, "%s does not apply to %s", name, constructor)
		}
	}
	return nil
}
