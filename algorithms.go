package jwt

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"slices"
	"strconv"
	"strings"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/mldsa"
)

// Algorithm is a JOSE signature algorithm (RFC 7518, Section 3.1), one of the constants of this
// package. The interface is sealed: there is no "none" and no registry.
type Algorithm interface {
	// String returns the algorithm's registered name, the value of "alg".
	String() string

	scheme() *scheme
}

// The algorithms. HS* sign and verify with a [SecretKey]. All others sign with a [PrivateKey] and
// verify with its [PublicKey]. EdDSA (RFC 8037) and Ed25519 (RFC 9864) are two names of the same
// signature; allowing one does not allow the other.
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
	EdDSA                        // Ed25519, under the name of RFC 8037
	Ed25519                      // Ed25519, under the name of RFC 9864
)

// algorithm is the type of the constants: an index into schemes.
type algorithm uint8

// scheme is an algorithm with the parameters of its family: a row of the table.
type scheme struct {
	alg    algorithm
	name   string
	usual  Header // {"alg":name,"typ":"JWT"}, which is recognised without parsing
	family family
	hash   crypto.Hash
	digest *digestPool
	bits   int // ECDSA: size of the curve
	params mldsa.Parameters
	ssh    string // the signature format of ssh keys, or ""
}

var schemes = table([]scheme{
	HS256:   {name: "HS256", family: hmacFamily{}, hash: crypto.SHA256, digest: &sha256Pool},
	HS384:   {name: "HS384", family: hmacFamily{}, hash: crypto.SHA384, digest: &sha384Pool},
	HS512:   {name: "HS512", family: hmacFamily{}, hash: crypto.SHA512, digest: &sha512Pool},
	RS256:   {name: "RS256", family: pkcs1Family{}, hash: crypto.SHA256, digest: &sha256Pool, ssh: "rsa-sha2-256"},
	RS384:   {name: "RS384", family: pkcs1Family{}, hash: crypto.SHA384, digest: &sha384Pool},
	RS512:   {name: "RS512", family: pkcs1Family{}, hash: crypto.SHA512, digest: &sha512Pool, ssh: "rsa-sha2-512"},
	PS256:   {name: "PS256", family: pssFamily{}, hash: crypto.SHA256, digest: &sha256Pool},
	PS384:   {name: "PS384", family: pssFamily{}, hash: crypto.SHA384, digest: &sha384Pool},
	PS512:   {name: "PS512", family: pssFamily{}, hash: crypto.SHA512, digest: &sha512Pool},
	ES256:   {name: "ES256", family: ecdsaFamily{}, hash: crypto.SHA256, digest: &sha256Pool, bits: 256, ssh: "ecdsa-sha2-nistp256"},
	ES384:   {name: "ES384", family: ecdsaFamily{}, hash: crypto.SHA384, digest: &sha384Pool, bits: 384, ssh: "ecdsa-sha2-nistp384"},
	ES512:   {name: "ES512", family: ecdsaFamily{}, hash: crypto.SHA512, digest: &sha512Pool, bits: 521, ssh: "ecdsa-sha2-nistp521"},
	EdDSA:   {name: "EdDSA", family: ed25519Family{}, ssh: "ssh-ed25519"},
	Ed25519: {name: "Ed25519", family: ed25519Family{}, ssh: "ssh-ed25519"},
})

// table adds the rows of ML-DSA where Go has it, whose constants are in a file of their own, and
// fills in what follows from the index and name of each row. Row 0 stays empty.
func table(rows []scheme) []scheme {
	for _, params := range mldsa.All() {
		rows = append(rows, scheme{name: params.String(), family: mldsaFamily{}, params: params})
	}
	for alg := HS256; int(alg) < len(rows); alg++ {
		s := &rows[alg]
		s.alg = alg
		text := `{"alg":"` + s.name + `","typ":"JWT"}`
		s.usual = Header{Algorithm: s.name, Type: "JWT", segment: string(base64url.AppendEncode(nil, []byte(text)))}
	}
	return rows
}

// family is the code that algorithms of one kind share. The rest of the package uses algorithms
// only through it: a new family is one type here and its rows above.
type family interface {
	// need describes the key that the scheme needs, for error messages.
	need(s *scheme) string
	// fits reports whether the key is of the right kind and size.
	fits(s *scheme, m *checkedKey) bool
	// verify checks a signature, of any length, over the signing input.
	verify(s *scheme, m *checkedKey, input string, sig []byte) bool
	// sign appends the signature over the signing input to dst, which does not overlap the input.
	// The key fits.
	sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error)
}

// ParseAlgorithm returns the algorithm with that exact registered name, for a list in a
// configuration file. Never pass it the "alg" of a token. It returns [ErrInvalidOption] for "none"
// and other unknown names, and before Go 1.27 for those of ML-DSA.
func ParseAlgorithm(name string) (Algorithm, error) {
	if alg := algorithmByName(name); alg != 0 {
		return alg, nil
	}
	if slices.Contains(mldsa.Names, name) {
		return nil, failf(ErrInvalidOption, "%s needs a program that is built with Go 1.27 or later", name)
	}
	var names []string
	for _, s := range schemes[HS256:] {
		names = append(names, s.name)
	}
	return nil, failf(ErrInvalidOption, "unknown algorithm %s: want one of %s", excerpt.Quote(name), strings.Join(names, ", "))
}

// String returns the registered name, or "invalid" for a number that is no algorithm.
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

// algorithmByName returns 0 for a name that is not in the table.
func algorithmByName(name string) algorithm {
	for i := range schemes {
		if s := &schemes[i]; s.name == name {
			return s.alg // 0 for "", the name of row 0
		}
	}
	return 0
}

// schemeOf resolves an algorithm argument. Only this package's own type counts: a struct of another
// package could embed the interface and return anything.
func schemeOf(alg Algorithm) (*scheme, error) {
	if alg == nil {
		return nil, failf(ErrInvalidOption, "the algorithm is nil: use a constant such as jwt.RS256")
	}
	a, _ := alg.(algorithm) // or 0, which is none
	if s := a.scheme(); s != nil {
		return s, nil
	}
	return nil, failf(ErrInvalidOption, "not an algorithm of this package: use a constant such as jwt.RS256")
}

// hmacFamily is HMAC with SHA-2 (RFC 7518, Section 3.2).
type hmacFamily struct{}

func (hmacFamily) need(s *scheme) string {
	return "a secret key of at least " + strconv.Itoa(s.hash.Size()) + " bytes"
}

func (hmacFamily) fits(s *scheme, m *checkedKey) bool {
	return m.kind == kindSecret && (m.size >= s.hash.Size() || m.weak)
}

func (hmacFamily) verify(s *scheme, m *checkedKey, input string, sig []byte) bool {
	mac := m.macs[s.hash-crypto.SHA256].get(s.digest, m.secret)
	mac.writeString(input)
	ok := hmac.Equal(mac.sum(), sig)
	m.macs[s.hash-crypto.SHA256].put(mac)
	return ok
}

func (hmacFamily) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	pool := &k.macs[s.hash-crypto.SHA256]
	mac := pool.get(s.digest, k.secret)
	mac.h.Write(input)
	dst = append(dst, mac.sum()...)
	pool.put(mac)
	return dst, nil
}

// pkcs1Family is RSASSA-PKCS1-v1_5 (RFC 7518, Section 3.3).
type pkcs1Family struct{}

func (pkcs1Family) need(*scheme) string { return needRSA }

func (pkcs1Family) fits(_ *scheme, m *checkedKey) bool { return m.kind == kindRSA }

func (pkcs1Family) verify(s *scheme, m *checkedKey, input string, sig []byte) bool {
	d := s.digest.hashString(input)
	defer s.digest.put(d)
	return rsa.VerifyPKCS1v15(m.rsa, s.hash, d.sum(), sig) == nil
}

func (pkcs1Family) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	d := s.digest.hash(input)
	defer s.digest.put(d)
	sig, err := k.ask(d.sum(), s.hash)
	return append(dst, sig...), err
}

// pssFamily is RSASSA-PSS with a salt as long as the hash (RFC 7518, Section 3.5).
type pssFamily struct{}

func (pssFamily) need(*scheme) string { return needRSA }

func (pssFamily) fits(s *scheme, m *checkedKey) bool {
	// RFC 8017, Section 9.1.1: the encoded message needs room for hash and salt.
	return m.kind == kindRSA && m.rsa.N.BitLen()-1 >= 8*2*s.hash.Size()+9
}

func (pssFamily) options(s *scheme) *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.hash}
}

func (f pssFamily) verify(s *scheme, m *checkedKey, input string, sig []byte) bool {
	d := s.digest.hashString(input)
	defer s.digest.put(d)
	return rsa.VerifyPSS(m.rsa, s.hash, d.sum(), sig, f.options(s)) == nil
}

func (f pssFamily) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	d := s.digest.hash(input)
	defer s.digest.put(d)
	sig, err := k.ask(d.sum(), f.options(s))
	return append(dst, sig...), err
}

// ecdsaFamily is ECDSA with a curve of its own for each algorithm, and signatures r‖s of fixed
// length (RFC 7518, Section 3.4).
type ecdsaFamily struct{}

func (ecdsaFamily) need(s *scheme) string { return "an ECDSA P-" + strconv.Itoa(s.bits) + " key" }

func (ecdsaFamily) fits(s *scheme, m *checkedKey) bool {
	return m.kind == kindECDSA && m.ecdsa.Curve.Params().BitSize == s.bits
}

func (ecdsaFamily) verify(s *scheme, m *checkedKey, input string, sig []byte) bool {
	size := (s.bits + 7) / 8
	if len(sig) != 2*size {
		return false
	}
	d := s.digest.hashString(input)
	defer s.digest.put(d)
	return ecdsa.VerifyASN1(m.ecdsa, d.sum(), appendDER(d.buf[:0], sig[:size], sig[size:]))
}

func (ecdsaFamily) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	d := s.digest.hash(input)
	defer s.digest.put(d)
	der, err := k.ask(d.sum(), s.hash)
	if err != nil {
		return dst, err
	}
	return appendFromDER(dst, der, s.bits)
}

// ed25519Family is EdDSA on Ed25519 (RFC 8037, Section 3.1).
type ed25519Family struct{}

func (ed25519Family) need(*scheme) string { return "an Ed25519 key" }

func (ed25519Family) fits(_ *scheme, m *checkedKey) bool { return m.kind == kindEd25519 }

func (ed25519Family) verify(_ *scheme, m *checkedKey, input string, sig []byte) bool {
	b := inputs.get(input)
	defer inputs.put(b)
	return ed25519.Verify(m.ed25519, *b, sig)
}

func (ed25519Family) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	sig, err := k.ask(input, crypto.Hash(0))
	return append(dst, sig...), err
}

// mldsaFamily is ML-DSA with a parameter set of its own for each algorithm (RFC 9964, Section 3).
type mldsaFamily struct{}

func (mldsaFamily) need(s *scheme) string { return "an " + s.name + " key" }

func (mldsaFamily) fits(s *scheme, m *checkedKey) bool {
	return m.kind == kindMLDSA && m.mldsa.Parameters() == s.params
}

func (mldsaFamily) verify(s *scheme, m *checkedKey, input string, sig []byte) bool {
	if len(sig) != s.params.SignatureSize() {
		return false
	}
	b := inputs.get(input)
	defer inputs.put(b)
	return mldsa.Verify(m.mldsa, *b, sig)
}

func (mldsaFamily) sign(s *scheme, k *keyPair, dst, input []byte) ([]byte, error) {
	sig, err := k.ask(input, crypto.Hash(0))
	return append(dst, sig...), err
}
