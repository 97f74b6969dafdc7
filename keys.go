package jwt

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"slices"

	"example.com/jwt/internal/keycheck"
	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/mldsa"
)

// minSecret is the shortest secret, in bytes: the size of the smallest hash (RFC
// 7518, Section 3.2).
const minSecret = 32

// generatedRSABits is the size of generated RSA keys: 128 bits of security, as ES256 and
// EdDSA have (NIST SP 800-57, Part 1, Section 5.6.1).
const generatedRSABits = 3072

// SigningKey is a key that signs: a [*SecretKey] or a [*PrivateKey]. The interface
// is sealed, so that a key can only come from a constructor that has checked it.
type SigningKey interface {
	// KeyID returns the kid in the header of the tokens that the key signs, or "".
	KeyID() string

	keyPair() *keyPair
}

// VerificationKey is a key that verifies: a [*SecretKey] or a [*PublicKey]. The
// interface is sealed.
type VerificationKey interface {
	KeySource

	// KeyID returns the kid of the key, or "".
	KeyID() string

	checkedKey() *checkedKey
}

// KeySource is where a verifier finds its keys: a [*SecretKey], a [*PublicKey], a
// [*KeySet] or a [KeyFunc]. The interface is sealed.
type KeySource interface{ keySource() }

// KeyFunc finds the key, or a set of keys, for a token with the given header, for instance at an
// identity provider. It is called after the token's form and "alg" have been checked; nothing else
// in the header can be trusted. If it returns an error that matches [ErrKeyNotFound], or neither a
// key nor an error, verification fails with ErrKeyNotFound. For any other error, or another
// KeyFunc, it fails with [ErrKeysUnavailable].
type KeyFunc func(ctx context.Context, h Header) (KeySource, error)

// SecretKey is a shared secret for HS256, HS384 and HS512: anyone who can verify with it can
// also sign. It never prints, marshals or logs its bytes; [SecretKey.ExportJWK] is the only
// way to export it. It is safe for concurrent use.
type SecretKey struct{ pair *keyPair }

// PrivateKey is a key pair that signs, in memory or held by a [crypto.Signer] or an
// ssh agent. It never prints, marshals or logs the private part;
// [PrivateKey.MarshalPEM] and [PrivateKey.ExportJWK] export it. It is safe for concurrent
// use if its signer is.
type PrivateKey struct{ pair *keyPair }

// PublicKey verifies what its [PrivateKey] has signed. It is safe for concurrent use.
type PublicKey struct{ checked *checkedKey }

// NewSecretKey returns a key for a secret of at least 32 random bytes, such as from crypto/rand;
// HS384 needs 48 bytes and HS512 64 (RFC 7518, Section 3.2). The bytes are copied and used as they
// are: decode base64 or hex first. It returns [ErrInvalidKey] for a shorter secret, and for one
// that contains the mark of a public or private key, whole or damaged, also in base64, hex,
// percent-encoding or UTF-16. A passphrase that mentions ssh-rsa contains such a mark (RFC 8725,
// Section 2.1).
func NewSecretKey(secret []byte, opts ...KeyOption) (*SecretKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("NewSecretKey", "WithPassphrase", "WithThumbprintKeyID"); err != nil {
		return nil, err
	}
	return newSecret(secret, cfg)
}

// NewPrivateKey returns a signing key for an *rsa.PrivateKey, an *ecdsa.PrivateKey, an
// ed25519.PrivateKey, with Go 1.27 an *mldsa.PrivateKey, or any other [crypto.Signer] whose public
// key is RSA, ECDSA, Ed25519 or ML-DSA, such as a key in an HSM or KMS. It returns [ErrInvalidKey]
// for weak or inconsistent keys, and for RSA keys of more than two primes. Keys of the standard
// library are copied. The signatures of any other signer are verified before they are returned; if
// it fails, Sign returns [ErrKeysUnavailable].
func NewPrivateKey(key crypto.Signer, opts ...KeyOption) (*PrivateKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("NewPrivateKey", "WithPassphrase"); err != nil {
		return nil, err
	}
	if isNil(key) {
		return nil, failf(ErrInvalidKey, "the private key is nil").and(ErrInvalidOption)
	}
	own, err := keycheck.Private(key, cfg.weak)
	switch {
	case err != nil:
		return nil, invalidKey(err)
	case own == nil:
		return newForeign(key, cfg)
	}
	return newPrivate(own, cfg)
}

// NewPublicKey returns a verification key for a copy of an *rsa.PublicKey, an *ecdsa.PublicKey, an
// ed25519.PublicKey or, with Go 1.27, an *mldsa.PublicKey. It returns [ErrInvalidKey] for other
// types, and for keys that are weak or not on their curve. RSA keys have from 2048 to 16384 bits
// (RFC 7518, Section 3.3) and an odd exponent from 65537 to 2^31-1; ECDSA keys are on P-256, P-384
// or P-521.
func NewPublicKey(key crypto.PublicKey, opts ...KeyOption) (*PublicKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("NewPublicKey", "WithPassphrase"); err != nil {
		return nil, err
	}
	m, err := checkPublic(key, cfg.weak)
	if err != nil {
		return nil, err
	}
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &PublicKey{m}, nil
}

// GenerateSecretKey generates a random secret for HS256, HS384 or HS512, as long as the hash (RFC
// 7518, Section 3.2) and bound to the algorithm. It has no kid unless [WithKeyID] sets one. It
// returns [ErrInvalidOption] for any other algorithm.
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
	m := newCheckedSecret(secret)
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &SecretKey{&keyPair{checkedKey: m}}, nil
}

// GeneratePrivateKey generates a key pair bound to the algorithm: RSA of 3072 bits, ECDSA on
// the algorithm's curve, Ed25519, or ML-DSA. It has no kid unless [WithKeyID] or
// [WithThumbprintKeyID] sets one. It returns [ErrInvalidOption] for an HS* algorithm.
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
		key, err = ecdsa.GenerateKey(keycheck.CurveByName("P-"+itoa(s.bits)), rand.Reader)
	case ed25519Family:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case mldsaFamily:
		key, err = mldsa.GenerateKey(s.params)
	default:
		return nil, failf(ErrInvalidOption, "GeneratePrivateKey makes key pairs, and %s needs %s: use GenerateSecretKey", s.name, s.family.need(s))
	}
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "generating a key for %s", s.name)
	}
	return newPrivate(key, cfg)
}

// KeyID returns the kid that the key was made with, or "".
func (k *SecretKey) KeyID() string { return k.pair.keyID() }

// KeyID returns the kid that the key was made with, or "".
func (k *PrivateKey) KeyID() string { return k.pair.keyID() }

// KeyID returns the kid that the key was made with, or "".
func (k *PublicKey) KeyID() string { return k.checked.keyID() }

// Public returns the verification key of the pair, with the same kid and the same
// binding to an algorithm; nil for a zero PrivateKey.
func (k *PrivateKey) Public() *PublicKey {
	if k.pair == nil {
		return nil
	}
	return &PublicKey{k.pair.checkedKey}
}

// Crypto returns a copy of the key in the type of the standard library: an *rsa.PublicKey, an
// *ecdsa.PublicKey, an ed25519.PublicKey or an *mldsa.PublicKey. For a zero PublicKey it returns
// nil.
func (k *PublicKey) Crypto() crypto.PublicKey {
	if k.checked == nil {
		return nil
	}
	return keycheck.Clone(k.checked.key())
}

// Crypto returns a copy of the key in the type of the standard library, an *rsa.PrivateKey, an
// *ecdsa.PrivateKey, an ed25519.PrivateKey or an *mldsa.PrivateKey, for programs that do more with
// it than sign tokens. For a key that another [crypto.Signer] holds, it returns that signer; for a
// key of [NewSSHKey] and a zero PrivateKey, nil.
func (k *PrivateKey) Crypto() crypto.Signer {
	switch {
	case k.pair == nil || k.pair.signer == nil:
		return nil
	case k.pair.foreign:
		return k.pair.signer()
	}
	own, _ := keycheck.Private(k.pair.signer(), true) // never fails for a key that was checked before
	return own
}

// Equal reports in constant time whether x is the same secret, whatever its kid and binding. Two
// zero keys are not equal. [reflect.DeepEqual] does not reach the bytes, and reports false for two
// keys that were made separately.
func (k *SecretKey) Equal(x *SecretKey) bool {
	return k != nil && x != nil && k.pair != nil && x.pair != nil && k.pair.sameKey(x.pair.checkedKey)
}

// Equal reports whether x is the same key pair, whatever its kid and binding. It compares the
// public halves, so its time does not depend on the private ones: the constructors have checked
// that they belong together. Two zero keys are not equal. [reflect.DeepEqual] reports false for two
// keys that were made separately.
func (k *PrivateKey) Equal(x *PrivateKey) bool {
	return k != nil && x != nil && k.pair != nil && x.pair != nil && k.pair.sameKey(x.pair.checkedKey)
}

// Equal reports whether x is the same key, whatever its kid and binding. Two zero
// keys are not equal.
func (k *PublicKey) Equal(x *PublicKey) bool {
	return k != nil && x != nil && k.checked != nil && x.checked != nil && k.checked.sameKey(x.checked)
}

// String describes the key without its bytes.
func (k SecretKey) String() string { return k.pair.describeKey("secret key") }

// Format prints what String returns, whatever the verb, so that no verb leaks the key.
func (k SecretKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// LogValue logs what String returns.
func (k SecretKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON always returns [ErrInvalidKey]; only [SecretKey.ExportJWK] exports a secret.
func (k SecretKey) MarshalJSON() ([]byte, error) {
	return nil, failf(ErrInvalidKey, "a secret key does not marshal: use ExportJWK if it must leave the program")
}

// String describes the key without its private part.
func (k PrivateKey) String() string { return k.pair.describeKey("private key") }

// Format prints what String returns, whatever the verb, so that no verb leaks the key.
func (k PrivateKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(k.String())) }

// LogValue logs what String returns.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalJSON always returns [ErrInvalidKey]: publish Public(). Only [PrivateKey.ExportJWK] and
// [PrivateKey.MarshalPEM] export a private key.
func (k PrivateKey) MarshalJSON() ([]byte, error) {
	return nil, failf(ErrInvalidKey, "a private key does not marshal: publish Public(), or use ExportJWK if it must leave the program")
}

func (k *SecretKey) keyPair() *keyPair       { return k.pair }
func (k *PrivateKey) keyPair() *keyPair      { return k.pair }
func (k *PublicKey) checkedKey() *checkedKey { return k.checked }
func (k *SecretKey) keySource()              {}
func (k *PublicKey) keySource()              {}
func (f KeyFunc) keySource()                 {}

func (k *SecretKey) checkedKey() *checkedKey {
	if k.pair == nil {
		return nil
	}
	return k.pair.checkedKey
}

func newSecret(secret []byte, cfg *keyConfig) (*SecretKey, error) {
	switch form := keytext.Recognise(secret); form {
	case keytext.NoForm:
	case keytext.FormJWK:
		return nil, failf(ErrInvalidKey, `this is %s, or a part of one, not a secret: ParseSecretKey reads a JWK of kty "oct", and ParsePublicKey and ParsePrivateKey the others`, form)
	default:
		return nil, failf(ErrInvalidKey, "this is %s, or a part of one, not a secret: anyone who has it could sign; use ParsePublicKey or ParsePrivateKey with RS256, ES256 or EdDSA", form)
	}
	least := minSecret
	if cfg.weak {
		least = 1
	}
	if len(secret) < least {
		return nil, failf(ErrInvalidKey, "a secret of %d bytes is too short: want at least %d random bytes (GenerateSecretKey makes one)", len(secret), least)
	}
	if err := keycheck.Secret(secret); err != nil {
		return nil, invalidKey(err)
	}
	m := newCheckedSecret(slices.Clone(secret))
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &SecretKey{&keyPair{checkedKey: m}}, nil
}

// newPublic makes a key of checked numbers.
func newPublic(checked crypto.PublicKey, cfg *keyConfig) (*PublicKey, error) {
	m := newCheckedKey(checked)
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &PublicKey{m}, nil
}

// newPrivate makes a key pair of checked numbers that nobody else holds.
func newPrivate(checked crypto.Signer, cfg *keyConfig) (*PrivateKey, error) {
	m := newCheckedKey(keycheck.Clone(checked.Public()))
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &PrivateKey{&keyPair{checkedKey: m, signer: hide(checked)}}, nil
}

// newForeign makes a key pair whose private half a signer holds.
func newForeign(signer crypto.Signer, cfg *keyConfig) (*PrivateKey, error) {
	m, err := checkPublic(signer.Public(), cfg.weak)
	if err != nil {
		return nil, err
	}
	if err := m.bind(cfg); err != nil {
		return nil, err
	}
	return &PrivateKey{&keyPair{checkedKey: m, signer: hide(signer), foreign: true}}, nil
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
		return nil, nil, failf(ErrInvalidOption, "%s makes a key for %s, and WithAlgorithm says %s: omit the option", constructor, s.name, cfg.alg)
	}
	cfg.alg = s.alg
	return s, cfg, nil
}
