package jwt

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"sync"

	"example.com/jwt/internal/excerpt"
)

// Algorithm is a signature algorithm of JOSE (RFC 7518, Section 3.1), one of the
// constants of this package. The interface is sealed, so that there is no "none",
// no registry, and room for new algorithms.
type Algorithm interface {
	// String gives the algorithm's registered name, the value of "alg".
	String() string

	scheme() *scheme
}

// The algorithms. HS* sign with a shared [SecretKey]; all others sign with a
// [PrivateKey] and verify with its [PublicKey]. EdDSA (RFC 8037) and Ed25519 (RFC
// 9864) are one signature under two names: allowing one does not allow the other.
const (
	HS256   algorithm = iota + 1 // HMAC with SHA-256, a secret of 32 bytes or more
	HS384                        // HMAC with SHA-384, a secret of 48 bytes or more
	HS512                        // HMAC with SHA-512, a secret of 64 bytes or more
	RS256                        // RSASSA-PKCS1-v1_5 with SHA-256
	RS384                        // RSASSA-PKCS1-v1_5 with SHA-384
	RS512                        // RSASSA-PKCS1-v1_5 with SHA-512
	PS256                        // RSASSA-PSS with SHA-256 and a salt of 32 bytes
	PS384                        // RSASSA-PSS with SHA-384 and a salt of 48 bytes
	PS512                        // RSASSA-PSS with SHA-512 and a salt of 64 bytes
	ES256                        // ECDSA on P-256 with SHA-256
	ES384                        // ECDSA on P-384 with SHA-384
	ES512                        // ECDSA on P-521 with SHA-512
	EdDSA                        // Ed25519, by the name of RFC 8037
	Ed25519                      // Ed25519, by the name of RFC 9864
)

// algorithm is the type of the constants: an index into schemes.
type algorithm uint8

// scheme is a row of the table: an algorithm, and the parameters of its family.
type scheme struct {
	alg    algorithm
	name   string
	header string // the segment of {"alg":name,"typ":"JWT"}, which most issuers write: known without reading
	family family
	hash   crypto.Hash
	digest *digestPool
	bits   int    // ECDSA: size of the curve
	ssh    string // the signature format of ssh keys, if they can do it
}

var schemes = [...]scheme{
	HS256:   {HS256, "HS256", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", hmacFamily{}, crypto.SHA256, &sha256Pool, 0, ""},
	HS384:   {HS384, "HS384", "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9", hmacFamily{}, crypto.SHA384, &sha384Pool, 0, ""},
	HS512:   {HS512, "HS512", "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9", hmacFamily{}, crypto.SHA512, &sha512Pool, 0, ""},
	RS256:   {RS256, "RS256", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9", pkcs1Family{}, crypto.SHA256, &sha256Pool, 0, "rsa-sha2-256"},
	RS384:   {RS384, "RS384", "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCJ9", pkcs1Family{}, crypto.SHA384, &sha384Pool, 0, ""},
	RS512:   {RS512, "RS512", "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9", pkcs1Family{}, crypto.SHA512, &sha512Pool, 0, "rsa-sha2-512"},
	PS256:   {PS256, "PS256", "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9", pssFamily{}, crypto.SHA256, &sha256Pool, 0, ""},
	PS384:   {PS384, "PS384", "eyJhbGciOiJQUzM4NCIsInR5cCI6IkpXVCJ9", pssFamily{}, crypto.SHA384, &sha384Pool, 0, ""},
	PS512:   {PS512, "PS512", "eyJhbGciOiJQUzUxMiIsInR5cCI6IkpXVCJ9", pssFamily{}, crypto.SHA512, &sha512Pool, 0, ""},
	ES256:   {ES256, "ES256", "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9", ecdsaFamily{}, crypto.SHA256, &sha256Pool, 256, "ecdsa-sha2-nistp256"},
	ES384:   {ES384, "ES384", "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCJ9", ecdsaFamily{}, crypto.SHA384, &sha384Pool, 384, "ecdsa-sha2-nistp384"},
	ES512:   {ES512, "ES512", "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9", ecdsaFamily{}, crypto.SHA512, &sha512Pool, 521, "ecdsa-sha2-nistp521"},
	EdDSA:   {EdDSA, "EdDSA", "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9", ed25519Family{}, 0, nil, 0, "ssh-ed25519"},
	Ed25519: {Ed25519, "Ed25519", "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiSldUIn0", ed25519Family{}, 0, nil, 0, "ssh-ed25519"},
}

// family is what the algorithms of one kind share. The rest of the package knows
// algorithms through it alone: a new family is one type here and its rows above.
type family interface {
	// need says which key the scheme works with, for error messages.
	need(s *scheme) string
	// fits reports whether the key is of the right kind and size.
	fits(s *scheme, m *material) bool
	// verify checks a signature, of any length, over the signing input.
	verify(s *scheme, m *material, input string, sig []byte) bool
	// sign appends the signature over the signing input to dst, which is other memory
	// than the input. The key fits.
	sign(s *scheme, k *signing, dst, input []byte) ([]byte, error)
}

// ParseAlgorithm finds an algorithm by its exact registered name, for a list kept
// in a configuration file; never call it with what a token says. "none" and other
// unknown names are [ErrInvalidOption].
func ParseAlgorithm(name string) (Algorithm, error) {
	if alg := algorithmByName(name); alg != 0 {
		return alg, nil
	}
	return nil, failf(ErrInvalidOption, "unknown algorithm %s: want one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519", excerpt.Quote(name))
}

// String gives the registered name, or "invalid" for a number that is no algorithm.
func (a algorithm) String() string {
	if s := a.scheme(); s != nil {
		return s.name
	}
	return "invalid"
}

func (a algorithm) scheme() *scheme {
	if a == 0 || int(a) >= len(schemes) {
		return nil
	}
	return &schemes[a]
}

// algorithmByName gives 0 for a name that is not in the table.
func algorithmByName(name string) algorithm {
	for i := range schemes {
		if s := &schemes[i]; s.alg != 0 && s.name == name {
			return s.alg
		}
	}
	return 0
}

// schemeOf resolves an algorithm argument. Only this package's own type counts: a
// foreign struct could embed the interface and answer what it likes.
func schemeOf(alg Algorithm) (*scheme, error) {
	if alg == nil {
		return nil, failf(ErrInvalidOption, "the algorithm is nil: use a constant such as jwt.RS256")
	}
	a, ok := alg.(algorithm)
	if s := a.scheme(); ok && s != nil {
		return s, nil
	}
	return nil, failf(ErrInvalidOption, "not an algorithm of this package: use a constant such as jwt.RS256")
}

// hmacFamily is HMAC with SHA-2 (RFC 7518, Section 3.2).
type hmacFamily struct{}

func (hmacFamily) need(s *scheme) string {
	return "a secret key of at least " + itoa(s.hash.Size()) + " bytes"
}

func (hmacFamily) fits(s *scheme, m *material) bool {
	return m.kind == kindSecret && (len(m.secret) >= s.hash.Size() || m.weak)
}

func (hmacFamily) verify(s *scheme, m *material, input string, sig []byte) bool {
	mac := m.macs[s.hash-crypto.SHA256].get(s, m.secret)
	mac.writeString(input)
	ok := hmac.Equal(mac.sum(), sig)
	m.macs[s.hash-crypto.SHA256].put(mac)
	return ok
}

func (hmacFamily) sign(s *scheme, k *signing, dst, input []byte) ([]byte, error) {
	pool := &k.macs[s.hash-crypto.SHA256]
	mac := pool.get(s, k.secret)
	mac.h.Write(input)
	dst = append(dst, mac.sum()...)
	pool.put(mac)
	return dst, nil
}

// pkcs1Family is RSASSA-PKCS1-v1_5 (RFC 7518, Section 3.3).
type pkcs1Family struct{}

func (pkcs1Family) need(*scheme) string { return needRSA }

func (pkcs1Family) fits(_ *scheme, m *material) bool { return m.kind == kindRSA }

func (pkcs1Family) verify(s *scheme, m *material, input string, sig []byte) bool {
	d := s.digest.hashString(s, input)
	defer s.digest.put(d)
	return rsa.VerifyPKCS1v15(m.rsa, s.hash, d.sum(), sig) == nil
}

func (pkcs1Family) sign(s *scheme, k *signing, dst, input []byte) ([]byte, error) {
	if k.ssh != nil {
		return k.signSSH(s, dst, input)
	}
	d := s.digest.hash(s, input)
	defer s.digest.put(d)
	sig, err := k.ask(d.sum(), s.hash)
	return append(dst, sig...), err
}

// pssFamily is RSASSA-PSS with a salt as long as the hash (RFC 7518, Section 3.5).
type pssFamily struct{}

func (pssFamily) need(*scheme) string { return needRSA }

func (pssFamily) fits(s *scheme, m *material) bool {
	// RFC 8017, Section 9.1.1: the encoded message needs room for hash and salt.
	return m.kind == kindRSA && m.rsa.N.BitLen()-1 >= 8*2*s.hash.Size()+9
}

func (pssFamily) options(s *scheme) *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.hash}
}

func (f pssFamily) verify(s *scheme, m *material, input string, sig []byte) bool {
	d := s.digest.hashString(s, input)
	defer s.digest.put(d)
	return rsa.VerifyPSS(m.rsa, s.hash, d.sum(), sig, f.options(s)) == nil
}

func (f pssFamily) sign(s *scheme, k *signing, dst, input []byte) ([]byte, error) {
	d := s.digest.hash(s, input)
	defer s.digest.put(d)
	sig, err := k.ask(d.sum(), f.options(s))
	return append(dst, sig...), err
}

// ed25519Family is EdDSA on Ed25519 (RFC 8037, Section 3.1).
type ed25519Family struct{}

func (ed25519Family) need(*scheme) string { return "an Ed25519 key" }

func (ed25519Family) fits(_ *scheme, m *material) bool { return m.kind == kindEd25519 }

func (ed25519Family) verify(_ *scheme, m *material, input string, sig []byte) bool {
	b := inputs.get(input)
	defer inputs.put(b)
	return ed25519.Verify(m.ed25519, *b, sig)
}

func (ed25519Family) sign(s *scheme, k *signing, dst, input []byte) ([]byte, error) {
	if k.ssh != nil {
		return k.signSSH(s, dst, input)
	}
	sig, err := k.ask(input, crypto.Hash(0))
	return append(dst, sig...), err
}

// digest is a hash with scratch of its own, so that hashing a string allocates nothing.
type digest struct {
	h   hash.Hash
	buf [1024]byte
	out [sha512.Size]byte
}

func (d *digest) writeString(s string) {
	for len(s) > 0 {
		n := copy(d.buf[:], s)
		d.h.Write(d.buf[:n])
		s = s[n:]
	}
}

func (d *digest) sum() []byte { return d.h.Sum(d.out[:0]) }

// digestPool is a scratch pool of hashes.
type digestPool struct{ pool sync.Pool }

var sha256Pool, sha384Pool, sha512Pool digestPool

func (p *digestPool) get(s *scheme) *digest {
	if d, ok := p.pool.Get().(*digest); ok {
		d.h.Reset()
		return d
	}
	return &digest{h: s.hash.New()}
}

func (p *digestPool) hash(s *scheme, input []byte) *digest {
	d := p.get(s)
	d.h.Write(input)
	return d
}

func (p *digestPool) hashString(s *scheme, input string) *digest {
	d := p.get(s)
	d.writeString(input)
	return d
}

func (p *digestPool) put(d *digest) { p.pool.Put(d) }

// macPool keeps keyed HMAC states. Reset restores the state after the key, which
// is only kept from the first Reset on: the pads are hashed once per state.
type macPool struct{ pool sync.Pool }

func (p *macPool) get(s *scheme, secret []byte) *digest {
	if d, ok := p.pool.Get().(*digest); ok {
		return d
	}
	h := hmac.New(s.hash.New, secret)
	h.Reset()
	return &digest{h: h}
}

func (p *macPool) put(d *digest) {
	d.h.Reset()
	p.pool.Put(d)
}

// inputPool lends buffers for signing inputs that must be contiguous bytes.
type inputPool struct{ pool sync.Pool }

var inputs inputPool

func (p *inputPool) get(s string) *[]byte {
	b, ok := p.pool.Get().(*[]byte)
	if !ok {
		b = new([]byte)
	}
	*b = append((*b)[:0], s...)
	return b
}

func (p *inputPool) put(b *[]byte) {
	if cap(*b) <= maxScratch {
		p.pool.Put(b)
	}
}

// Importing the packages registers the hashes that the schemes name.
var _, _ = sha256.New, sha512.New
