package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"reflect"
	"slices"
	"strconv"

	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keycheck"
	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/mldsa"
)

// needRSA says what RS* and PS* work with.
const needRSA = "an RSA key of 2048 to 16384 bits"

// keyKind is the kind of a key.
type keyKind uint8

const (
	kindSecret keyKind = iota + 1
	kindRSA
	kindECDSA
	kindEd25519
	kindMLDSA
)

// keyOps are the operations that a JWK's key_ops leave a key.
type keyOps = keytext.Ops

const (
	opSign   = keytext.OpSign
	opVerify = keytext.OpVerify
	opAll    = keytext.OpAll
)

// checkedKey is what a verification needs of a key, checked and copied.
type checkedKey struct {
	kind  keyKind
	kid   string
	bound algorithm // the only algorithm it serves, or 0
	ops   keyOps
	weak  bool // InsecureAllowWeakKey

	secret  hidden[[]byte]
	size    int        // of the secret, in bytes
	macs    [3]macPool // hidden as well: the state of an HMAC is worth as much as the secret
	rsa     *rsa.PublicKey
	ecdsa   *ecdsa.PublicKey
	ed25519 ed25519.PublicKey
	mldsa   *mldsa.PublicKey
}

// hidden keeps a value where neither a verb of fmt nor a dumper that walks unexported fields by
// reflection reaches it: they print the address of a func. A pool is as good.
type hidden[T any] func() T

// hide is called when a key is made, never per token.
func hide[T any](v T) hidden[T] { return func() T { return v } }

// keyPair is a checked key with the means to sign: none for a secret, a crypto.Signer,
// or an ssh.Signer.
type keyPair struct {
	*checkedKey
	signer  hidden[crypto.Signer]
	ssh     hidden[ssh.Signer]
	foreign bool // the signer is not the standard library's: its signatures are checked
}

// ask lets the signer sign a digest, or a message for Ed25519 and ML-DSA. A foreign signer gets a
// copy, because it may keep the slice and this buffer is pooled.
func (k *keyPair) ask(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.foreign {
		digest = slices.Clone(digest)
	}
	return k.signer().Sign(rand.Reader, digest, opts)
}

func (k *keyPair) keyID() string {
	if k == nil {
		return ""
	}
	return k.kid
}

func (m *checkedKey) keyID() string {
	if m == nil {
		return ""
	}
	return m.kid
}

func (k *keyPair) describeKey(what string) string {
	switch {
	case k == nil:
		return "jwt: no " + what
	case k.kid != "":
		return "jwt: " + what + " (" + k.describe() + ", kid " + excerpt.Quote(k.kid) + ", redacted)"
	}
	return "jwt: " + what + " (" + k.describe() + ", redacted)"
}

// describe names kind and size of the key, for error messages.
func (m *checkedKey) describe() string {
	switch m.kind {
	case kindSecret:
		return "a secret key of " + itoa(m.size) + " bytes"
	case kindRSA:
		return "an RSA key of " + itoa(m.rsa.N.BitLen()) + " bits"
	case kindECDSA:
		return "an ECDSA " + m.ecdsa.Curve.Params().Name + " key"
	case kindMLDSA:
		return "an " + m.mldsa.Parameters().String() + " key"
	default:
		return "an Ed25519 key"
	}
}

// key returns the public key in the standard library's type, nil for a secret. It is not a copy.
func (m *checkedKey) key() crypto.PublicKey {
	switch m.kind {
	case kindRSA:
		return m.rsa
	case kindECDSA:
		return m.ecdsa
	case kindEd25519:
		return m.ed25519
	case kindMLDSA:
		return m.mldsa
	}
	return nil
}

// use is what the key's JWK says of it.
func (m *checkedKey) use() keytext.Use {
	use := keytext.Use{KeyID: m.kid, Ops: m.ops}
	if m.bound != 0 {
		use.Alg = m.bound.String()
	}
	return use
}

// appendJWK appends the public JWK of a key that is not a secret.
func (m *checkedKey) appendJWK(dst []byte) []byte {
	return keytext.AppendPublicJWK(dst, m.key(), m.use())
}

// isTwin reports whether x, which has the same kid, is the same key for the same uses.
func (m *checkedKey) isTwin(x *checkedKey) bool {
	return m.bound == x.bound && m.ops == x.ops && m.weak == x.weak && m.sameKey(x)
}

// sameKey compares public keys; and secrets, which a set compares.
func (m *checkedKey) sameKey(x *checkedKey) bool {
	if m.kind != x.kind {
		return false
	}
	switch m.kind {
	case kindRSA:
		return m.rsa.Equal(x.rsa)
	case kindECDSA:
		return m.ecdsa.Equal(x.ecdsa)
	case kindEd25519:
		return m.ed25519.Equal(x.ed25519)
	case kindMLDSA:
		return m.mldsa.Equal(x.mldsa)
	}
	return subtle.ConstantTimeCompare(m.secret(), x.secret()) == 1
}

// serves reports whether the key may be used for an operation of the scheme.
func (m *checkedKey) serves(s *scheme, op keyOps) bool {
	return m.ops&op != 0 && (m.bound == 0 || m.bound == s.alg) && s.family.fits(s, m)
}

// unfit says why serves is false.
func (m *checkedKey) unfit(s *scheme, op keyOps) error {
	switch {
	case !s.family.fits(s, m):
		hint := ""
		for i := range schemes {
			if o := &schemes[i]; o.alg != 0 && o.family.fits(o, m) {
				hint = " (" + o.name + "?)"
				break
			}
		}
		return failf(ErrInvalidKey, "%s needs %s, got %s%s", s.name, s.family.need(s), m.describe(), hint)
	case m.bound != 0 && m.bound != s.alg:
		return failf(ErrInvalidKey, "this key is bound to %s (by WithAlgorithm or the JWK's alg) and can't be used for %s", m.bound, s.name)
	case op == opSign:
		return failf(ErrInvalidKey, `the JWK's key_ops do not name "sign", so this key can't sign`)
	default:
		return failf(ErrInvalidKey, `the JWK's key_ops do not name "verify", so this key can't verify`)
	}
}

// newCheckedSecret takes over the bytes of a secret that nobody else holds.
func newCheckedSecret(secret []byte) *checkedKey {
	return &checkedKey{kind: kindSecret, secret: hide(secret), size: len(secret)}
}

// newCheckedKey takes over a public key of the standard library that has been checked.
func newCheckedKey(checked crypto.PublicKey) *checkedKey {
	switch k := checked.(type) {
	case *rsa.PublicKey:
		return &checkedKey{kind: kindRSA, rsa: k}
	case *ecdsa.PublicKey:
		return &checkedKey{kind: kindECDSA, ecdsa: k}
	case *mldsa.PublicKey:
		return &checkedKey{kind: kindMLDSA, mldsa: k}
	default:
		return &checkedKey{kind: kindEd25519, ed25519: checked.(ed25519.PublicKey)}
	}
}

// checkPublic checks a public key from outside and copies it.
func checkPublic(key crypto.PublicKey, weak bool) (*checkedKey, error) {
	if isNil(key) {
		return nil, failf(ErrInvalidKey, "the public key is nil").and(ErrInvalidOption)
	}
	own, err := keycheck.Public(key, weak)
	if err != nil {
		return nil, invalidKey(err)
	}
	return newCheckedKey(own), nil
}

// keyError is an error of internal/keycheck or internal/keytext as one of this package.
type keyError struct{ err error }

func (e *keyError) Error() string   { return "jwt: " + e.err.Error() }
func (e *keyError) Unwrap() []error { return []error{ErrInvalidKey, e.err} }

// invalidKey gives such an error its class.
func invalidKey(err error) error { return &keyError{err} }

// isNil also sees a nil pointer, map, slice or func inside an interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return r.IsNil()
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }
