//lint:file-ignore SA1019 The coordinates of a key from outside must be told from nil before any method is called.

package jwt

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"math/big"
	"slices"

	"golang.org/x/crypto/ssh"
)

// Bounds of RSA keys: RFC 7518, Sections 3.3 and 3.5, for the least size, and what a
// verification may cost for the others.
const (
	minRSABits     = 2048
	minWeakRSABits = 1024
	maxRSABits     = 16384
	minRSAExponent = 65537
	maxRSAExponent = 1<<31 - 1

	needRSA = "an RSA key of 2048 to 16384 bits"
)

// keyKind tells the kinds of keys apart.
type keyKind uint8

const (
	kindSecret keyKind = iota + 1
	kindRSA
	kindECDSA
	kindEd25519
)

// keyOps are the operations that a JWK's key_ops leave a key.
type keyOps uint8

const (
	opSign keyOps = 1 << iota
	opVerify
	opAll = opSign | opVerify
)

// material is what a verification needs of a key, checked and copied.
type material struct {
	kind  keyKind
	kid   string
	bound algorithm // the one algorithm it serves, or 0
	ops   keyOps
	weak  bool // InsecureAllowWeakKey

	secret  []byte
	macs    [3]macPool
	rsa     *rsa.PublicKey
	ecdsa   *ecdsa.PublicKey
	ed25519 ed25519.PublicKey
}

// signing is material with the means to sign: none for a secret, a crypto.Signer,
// or an ssh.Signer.
type signing struct {
	*material
	signer  crypto.Signer
	ssh     ssh.Signer
	foreign bool // the signer is not the standard library's: its signatures are checked
}

// ask lets the signer sign a digest, or a message for Ed25519. A foreign one, which may
// still look at it after giving up, gets memory of its own: this one's is lent by a pool.
func (k *signing) ask(digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.foreign {
		digest = slices.Clone(digest)
	}
	return k.signer.Sign(rand.Reader, digest, opts)
}

func (k *signing) keyID() string {
	if k == nil {
		return ""
	}
	return k.kid
}

func (m *material) keyID() string {
	if m == nil {
		return ""
	}
	return m.kid
}

func (k *signing) describeKey(what string) string {
	switch {
	case k == nil:
		return "jwt: no " + what
	case k.kid != "":
		return "jwt: " + what + " (" + k.describe() + ", kid " + quote(k.kid) + ", redacted)"
	}
	return "jwt: " + what + " (" + k.describe() + ", redacted)"
}

// describe names kind and size of the key, for error messages.
func (m *material) describe() string {
	switch m.kind {
	case kindSecret:
		return "a secret key of " + itoa(len(m.secret)) + " bytes"
	case kindRSA:
		return "an RSA key of " + itoa(m.rsa.N.BitLen()) + " bits"
	case kindECDSA:
		return "an ECDSA " + m.ecdsa.Curve.Params().Name + " key"
	default:
		return "an Ed25519 key"
	}
}

// public gives a copy of the public key in the standard library's type.
func (m *material) public() crypto.PublicKey {
	switch m.kind {
	case kindRSA:
		return copyRSAPublic(m.rsa)
	case kindECDSA:
		return copyECDSAPublic(m.ecdsa)
	case kindEd25519:
		return slices.Clone(m.ed25519)
	}
	return nil
}

// sameKey compares public keys; and secrets, which a set compares.
func (m *material) sameKey(x *material) bool {
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
	}
	return subtle.ConstantTimeCompare(m.secret, x.secret) == 1
}

// serves reports whether the key may be used for an operation of the scheme.
func (m *material) serves(s *scheme, op keyOps) bool {
	return m.ops&op != 0 && (m.bound == 0 || m.bound == s.alg) && s.family.fits(s, m)
}

// unfit says why serves is false.
func (m *material) unfit(s *scheme, op keyOps) error {
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

// bind checks a new key against its configuration and takes kid and algorithm over.
func (m *material) bind(cfg *keyConfig) error {
	m.kid, m.bound, m.weak, m.ops = cfg.kid, cfg.alg, cfg.weak, opAll
	if cfg.ops != 0 {
		m.ops = cfg.ops
	}
	if cfg.thumbprint {
		m.kid = m.thumbprint()
	}
	if m.bound != 0 {
		if s := m.bound.scheme(); !s.family.fits(s, m) {
			return wrapf(&both{ErrInvalidKey, ErrInvalidOption}, m.unfit(s, opSign), "the key does not fit its algorithm")
		}
	}
	return nil
}

// newMaterial checks a public key of the standard library and copies it.
func newMaterial(key crypto.PublicKey, weak bool) (*material, error) {
	if isNil(key) {
		return nil, failf(&both{ErrInvalidKey, ErrInvalidOption}, "the public key is nil")
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		if err := checkRSA(k.N, big.NewInt(int64(k.E)), weak); err != nil {
			return nil, err
		}
		return &material{kind: kindRSA, rsa: copyRSAPublic(k)}, nil
	case *ecdsa.PublicKey:
		return newECDSAMaterial(k)
	case ed25519.PublicKey:
		return newEd25519Material(k)
	case *ed25519.PublicKey:
		return newEd25519Material(*k)
	case crypto.Signer:
		return nil, failf(ErrInvalidKey, "got a private key (%T) where a public key belongs: use NewPrivateKey(key) and its Public()", key)
	}
	return nil, failf(ErrInvalidKey, "a public key of type %T is not supported: want *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey (ParsePublicKey reads key texts)", key)
}

// checkRSA bounds a modulus and its exponent before anything is computed with them.
func checkRSA(n, e *big.Int, weak bool) error {
	if n == nil || e == nil {
		return failf(ErrInvalidKey, "the RSA key has no modulus or no exponent")
	}
	least, leastE := minRSABits, int64(minRSAExponent)
	if weak {
		least, leastE = minWeakRSABits, 3
	}
	switch bits := n.BitLen(); {
	case n.Sign() <= 0 || n.Bit(0) == 0:
		return failf(ErrInvalidKey, "the RSA modulus is not a positive odd number")
	case bits < least:
		return failf(ErrInvalidKey, "an RSA key of %d bits is too weak: want at least %d (RFC 7518, Section 3.3)", bits, least)
	case bits > maxRSABits:
		return failf(ErrInvalidKey, "an RSA key of %d bits is too large: want at most %d", bits, maxRSABits)
	case e.BitLen() > 31 || e.Int64() < leastE || e.Bit(0) == 0:
		return failf(ErrInvalidKey, "the RSA public exponent (%d bits) is not an odd number from %d to %d", e.BitLen(), leastE, maxRSAExponent)
	}
	return nil
}

func newECDSAMaterial(k *ecdsa.PublicKey) (*material, error) {
	if supportedCurve(k.Curve) == nil {
		return nil, failf(ErrInvalidKey, "the ECDSA key is on another curve than P-256, P-384 and P-521 of crypto/elliptic")
	}
	own := copyECDSAPublic(k)
	if own == nil {
		return nil, failf(ErrInvalidKey, "the ECDSA key is not a point on its curve %s", k.Curve.Params().Name)
	}
	return &material{kind: kindECDSA, ecdsa: own}, nil
}

// newEd25519Material refuses the keys for which anybody can make signatures: the
// points of small order, in any spelling, and all other non-canonical points.
func newEd25519Material(k ed25519.PublicKey) (*material, error) {
	if len(k) != ed25519.PublicKeySize {
		return nil, failf(ErrInvalidKey, "an Ed25519 public key has %d bytes, got %d", ed25519.PublicKeySize, len(k))
	}
	if err := checkEd25519(k); err != nil {
		return nil, err
	}
	return &material{kind: kindEd25519, ed25519: slices.Clone(k)}, nil
}

// checkEd25519 decodes the point (RFC 8032, Section 5.1.3) and doubles it three times,
// which makes a point of small order the identity, whose y is 1.
func checkEd25519(k ed25519.PublicKey) error {
	encoded := slices.Clone(k)
	encoded[31] &= 0x7f // the sign of x
	slices.Reverse(encoded)
	p := new(big.Int).Lsh(big.NewInt(1), 255)
	p.Sub(p, big.NewInt(19))
	y := new(big.Int).SetBytes(encoded)
	if y.Cmp(p) >= 0 {
		return failf(ErrInvalidKey, "the Ed25519 public key is not a canonical point")
	}
	if big.Jacobi(xSquared(y, p), p) < 0 {
		return failf(ErrInvalidKey, "the Ed25519 public key is not a point of the curve")
	}
	for range 3 {
		xx, yy := xSquared(y, p), new(big.Int).Mul(y, y)
		num := new(big.Int).Add(yy, xx)
		den := xx.Sub(xx.Add(xx, big.NewInt(2)), yy)
		y.Mul(num, den.ModInverse(den.Mod(den, p), p)).Mod(y, p)
	}
	if y.Cmp(big.NewInt(1)) == 0 {
		return failf(ErrInvalidKey, "the Ed25519 public key is a point of small order, for which anybody can make signatures")
	}
	return nil
}

// xSquared solves the equation of the curve, -x² + y² = 1 + d·x²·y² with d =
// -121665/121666, for x².
func xSquared(y, p *big.Int) *big.Int {
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665))
	yy := new(big.Int).Mul(y, y)
	den := d.Mul(d, yy)
	den.Mod(den.Add(den, big.NewInt(1)), p)
	xx := yy.Sub(yy, big.NewInt(1))
	return xx.Mul(xx, den.ModInverse(den, p)).Mod(xx, p)
}

// copySigner copies a private key of the standard library after checking that it
// holds together; for another signer, own is nil.
func copySigner(key crypto.Signer, weak bool) (own crypto.Signer, public *material, err error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		own, err = copyRSAPrivate(k, weak)
	case *ecdsa.PrivateKey:
		own, err = copyECDSAPrivate(k)
	case ed25519.PrivateKey:
		own, err = copyEd25519Private(k)
	case *ed25519.PrivateKey:
		own, err = copyEd25519Private(*k)
	default:
		public, err = newMaterial(key.Public(), weak)
		return nil, public, err
	}
	if err != nil {
		return nil, nil, err
	}
	public, err = newMaterial(own.Public(), weak)
	return own, public, err
}

func copyRSAPublic(k *rsa.PublicKey) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).Set(k.N), E: k.E}
}

// copyRSAPrivate finds the primes of a key that has none, since it could be neither
// checked nor written without them.
func copyRSAPrivate(k *rsa.PrivateKey, weak bool) (crypto.Signer, error) {
	if err := checkRSA(k.N, big.NewInt(int64(k.E)), weak); err != nil {
		return nil, err
	}
	missing := func(n *big.Int) bool { return n == nil || n.Sign() <= 0 }
	if missing(k.D) || k.D.BitLen() > k.N.BitLen() || slices.ContainsFunc(k.Primes, missing) {
		return nil, failf(ErrInvalidKey, "the RSA private key lacks its private exponent or a prime")
	}
	own := &rsa.PrivateKey{PublicKey: *copyRSAPublic(&k.PublicKey), D: new(big.Int).Set(k.D)}
	switch len(k.Primes) {
	case 0:
		primes, err := recoverPrimes(own.N, big.NewInt(int64(own.E)), own.D)
		if err != nil {
			return nil, err
		}
		own.Primes = primes
	case 2:
		own.Primes = []*big.Int{new(big.Int).Set(k.Primes[0]), new(big.Int).Set(k.Primes[1])}
	default:
		return nil, failf(ErrInvalidKey, "an RSA key of %d primes is not supported: want two", len(k.Primes))
	}
	own.Precompute()
	if err := own.Validate(); err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the RSA private key does not hold together")
	}
	return own, nil
}

// copyECDSAPublic gives nil for a key that is not a point of a supported curve.
func copyECDSAPublic(k *ecdsa.PublicKey) *ecdsa.PublicKey {
	curve := supportedCurve(k.Curve)
	if curve == nil || k.X == nil || k.Y == nil {
		return nil
	}
	point, err := (&ecdsa.PublicKey{Curve: curve, X: k.X, Y: k.Y}).Bytes()
	if err != nil {
		return nil
	}
	own, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil
	}
	return own
}

func copyECDSAPrivate(k *ecdsa.PrivateKey) (crypto.Signer, error) {
	m, err := newECDSAMaterial(&k.PublicKey)
	if err != nil {
		return nil, err
	}
	public := m.ecdsa
	if k.D == nil || k.D.Sign() <= 0 {
		return nil, failf(ErrInvalidKey, "the ECDSA private key has no scalar")
	}
	scalar, err := (&ecdsa.PrivateKey{PublicKey: *public, D: k.D}).Bytes()
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the ECDSA private key is out of range")
	}
	own, err := ecdsa.ParseRawPrivateKey(public.Curve, scalar)
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the ECDSA private key is out of range")
	}
	if !own.PublicKey.Equal(public) {
		return nil, failf(ErrInvalidKey, "the ECDSA private key does not belong to its public key")
	}
	return own, nil
}

func copyEd25519Private(k ed25519.PrivateKey) (crypto.Signer, error) {
	if len(k) != ed25519.PrivateKeySize {
		return nil, failf(ErrInvalidKey, "an Ed25519 private key has %d bytes, got %d", ed25519.PrivateKeySize, len(k))
	}
	own := ed25519.NewKeyFromSeed(k.Seed())
	if !bytes.Equal(own[ed25519.SeedSize:], k[ed25519.SeedSize:]) {
		return nil, failf(ErrInvalidKey, "the Ed25519 private key does not belong to its public key")
	}
	return own, nil
}

// supportedCurve gives the curve if it is one of the standard library's that JWS signs
// with, or nil: no method of a foreign implementation is ever called.
func supportedCurve(c elliptic.Curve) elliptic.Curve {
	switch c {
	case elliptic.P256(), elliptic.P384(), elliptic.P521():
		return c
	}
	return nil
}
