package jwt

import (
	"slices"
	"unicode/utf8"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keytext"
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
	jwkAlg     algorithm // of a JWK; 0: none
	ops        keyOps    // of a JWK; 0: all

	given []string // names of the options given
}

// keyOpt is the one implementation of KeyOption.
type keyOpt struct {
	name  string
	apply func(*keyConfig) error
}

func (*keyOpt) keyOption() {}

// WithKeyID sets the key's kid, which is in the header of the tokens that it signs, and by which a
// [KeySet] selects keys. It overrides the kid of a JWK. An empty kid is rejected with
// [ErrInvalidOption].
func WithKeyID(kid string) KeyOption {
	return &keyOpt{"WithKeyID", func(c *keyConfig) error {
		c.kid = kid
		return validKeyID(kid)
	}}
}

// WithThumbprintKeyID sets the kid to the key's SHA-256 thumbprint (RFC 7638), which all programs
// compute alike. It is rejected with [ErrInvalidOption] for a secret, since it would publish a hash
// of it, and together with [WithKeyID].
func WithThumbprintKeyID() KeyOption {
	return &keyOpt{"WithThumbprintKeyID", func(c *keyConfig) error {
		c.thumbprint = true
		return nil
	}}
}

// WithAlgorithm binds the key to one algorithm (RFC 8725, Section 3.1): it cannot be used for any
// other. An algorithm that the key does not fit, or one that contradicts the JWK's "alg", is
// rejected with [ErrInvalidOption].
func WithAlgorithm(alg Algorithm) KeyOption {
	return &keyOpt{"WithAlgorithm", func(c *keyConfig) error {
		s, err := schemeOf(alg)
		if err == nil {
			c.alg = s.alg
		}
		return err
	}}
}

// WithPassphrase decrypts an encrypted private key in [ParsePrivateKey]: OpenSSH, or PKCS #8 by
// PBES2 with PBKDF2 of at most 2,000,000 rounds, HMAC with SHA-1 or SHA-2, and AES or 3DES in CBC
// mode (RFC 8018). It is ignored if the key is not encrypted. An empty passphrase is rejected with
// [ErrInvalidOption].
func WithPassphrase(passphrase []byte) KeyOption {
	passphrase = slices.Clone(passphrase)
	return &keyOpt{"WithPassphrase", func(c *keyConfig) error {
		c.passphrase = passphrase
		if len(passphrase) == 0 {
			return failf(ErrInvalidOption, "WithPassphrase: the passphrase is empty; omit the option for a key without a passphrase")
		}
		return nil
	}}
}

// InsecureAllowWeakKey accepts a key that is shorter than RFC 7518, Sections 3.2 and
// 3.3, allows: a secret from 1 byte, RSA from 1024 bits with any odd exponent from 3. It
// never lets key text pass for a secret, and is rejected with [ErrInvalidOption] for generated
// keys.
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
		o, _ := opt.(*keyOpt)
		if o == nil {
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
		return nil, failf(ErrInvalidOption, "WithKeyID and WithThumbprintKeyID contradict each other: use one")
	}
	return c, nil
}

// refuse fails if an option was given that does not apply to the constructor.
func (c *keyConfig) refuse(constructor string, names ...string) error {
	for _, name := range names {
		if slices.Contains(c.given, name) {
			return failf(ErrInvalidOption, "%s does not apply to %s", name, constructor)
		}
	}
	return nil
}

// adopt takes from the key's JWK what the options leave open.
func (c *keyConfig) adopt(use keytext.Use) error {
	if c.kid == "" && !c.thumbprint {
		c.kid = use.KeyID
	}
	c.ops = use.Ops
	if use.Alg == "" {
		return nil
	}
	c.jwkAlg = algorithmByName(use.Alg)
	switch {
	case c.jwkAlg == 0:
		return failf(ErrInvalidKey, "the JWK's alg is %s, which is not a signature algorithm of this package", excerpt.Quote(use.Alg))
	case c.alg != 0 && c.alg != c.jwkAlg:
		return failf(ErrInvalidOption, "WithAlgorithm says %s, but the JWK's alg is %s: omit the option", c.alg, c.jwkAlg)
	}
	return nil
}

// bind checks a new key against its configuration and takes kid and algorithm over.
func (m *checkedKey) bind(cfg *keyConfig) error {
	m.kid, m.bound, m.weak, m.ops = cfg.kid, cfg.alg, cfg.weak, opAll
	if cfg.ops != 0 {
		m.ops = cfg.ops
	}
	if cfg.thumbprint {
		m.kid = keytext.Thumbprint(m.key())
	}
	if m.bound != 0 {
		if s := m.bound.scheme(); !s.family.fits(s, m) {
			return wrapf(ErrInvalidKey, m.unfit(s, opSign), "the key does not fit its algorithm").and(ErrInvalidOption)
		}
	}
	if cfg.jwkAlg != 0 {
		return m.bindJWK(cfg.jwkAlg.scheme())
	}
	return nil
}

// bindJWK binds the key to the alg of its JWK. It is not left to the options, because a key
// that contradicts itself is no mistake of the calling program.
func (m *checkedKey) bindJWK(s *scheme) error {
	if !s.family.fits(s, m) {
		return failf(ErrInvalidKey, "the JWK's alg is %s, which needs %s, but it is %s", s.name, s.family.need(s), m.describe())
	}
	m.bound = s.alg
	return nil
}

// validKeyID refuses what could not stand in a header.
func validKeyID(kid string) error {
	if kid == "" {
		return failf(ErrInvalidOption, "WithKeyID: the kid is empty; omit the option for a key without a kid")
	}
	if !utf8.ValidString(kid) {
		return failf(ErrInvalidOption, "WithKeyID: the kid is not valid UTF-8")
	}
	return nil
}
