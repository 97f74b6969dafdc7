package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
)

// generatedRSABits is the size of generated RSA keys: 128 bits of security, as ES256 and
// EdDSA have (NIST SP 800-57, Part 1, Section 5.6.1).
const generatedRSABits = 3072

// GenerateSecretKey makes a random secret for HS256, HS384 or HS512, as long as the hash
// (RFC 7518, Section 3.2) and bound to the algorithm. It has no kid unless [WithKeyID]
// gives one. Another algorithm is [ErrInvalidOption].
func GenerateSecretKey(alg Algorithm, opts ...KeyOption) (*SecretKey, error) {
	s, cfg, err := generateConfig("GenerateSecretKey", alg, opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("GenerateSecretKey", "WithThumbprintKeyID"); err != nil {
		return nil, err
	}
	if _, ok := s.family.(hmacFamily); !ok {
		return nil, failf(ErrInvalidOption, "GenerateSecretKey makes keys for HS256, HS384 and HS512, not for %s: use GeneratePrivateKey", s.name)
	}
	secret := make([]byte, s.hash.Size())
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	m := &material{kind: kindSecret, secret: secret}
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &SecretKey{&signing{material: m}}, nil
}

// GeneratePrivateKey makes a key pair bound to the algorithm: RSA of 3072 bits, ECDSA on
// the algorithm's curve, or Ed25519. It has no kid unless [WithKeyID] or
// [WithThumbprintKeyID] gives one. An HS* algorithm is [ErrInvalidOption].
func GeneratePrivateKey(alg Algorithm, opts ...KeyOption) (*PrivateKey, error) {
	s, cfg, err := generateConfig("GeneratePrivateKey", alg, opts)
	if err != nil {
		return nil, err
	}
	var key crypto.Signer
	switch s.family.(type) {
	case pkcs1Family, pssFamily:
		key, err = rsa.GenerateKey(rand.Reader, generatedRSABits)
	case ecdsaFamily:
		key, err = ecdsa.GenerateKey(curveByName("P-"+itoa(s.bits)), rand.Reader)
	case ed25519Family:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		return nil, failf(ErrInvalidOption, "GeneratePrivateKey makes key pairs, and %s needs %s: use GenerateSecretKey", s.name, s.family.need(s))
	}
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "generating a key for %s", s.name)
	}
	return newPrivate(key, cfg)
}

// generateConfig reads the options; the key is bound to alg, whatever they say.
func generateConfig(constructor string, alg Algorithm, opts []KeyOption) (*scheme, *keyConfig, error) {
	s, err := schemeOf(alg)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, nil, err
	}
	if err := cfg.refuse(constructor, "WithPassphrase", "InsecureAllowWeakKey"); err != nil {
		return nil, nil, err
	}
	if cfg.alg != 0 && cfg.alg != s.alg {
		return nil, nil, failf(ErrInvalidOption, "%s makes a key for %s, and WithAlgorithm says %s: leave the option out", constructor, s.name, cfg.alg)
	}
	cfg.alg = s.alg
	return s, cfg, nil
}
