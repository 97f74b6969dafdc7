package main

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"example.com/jwt"
)

// ourClaims are the claims beside the registered ones, which every [jwt.Token] has.
type ourClaims struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// ourAllClaims are all claims in one struct: to sign with, and to decode into when a
// program wants its own copy of the registered claims.
type ourAllClaims struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// oursLibrary decodes into a T in Verify.
type oursLibrary[T any] struct {
	claims     *ourAllClaims
	signer     *jwt.Signer
	verify     *jwt.Verifier[T]
	registered *jwt.Verifier[struct{}]
	maps       *jwt.Verifier[jwt.MapClaims]
}

// newOurs embeds the registered claims in the struct, as programs do that sign and verify
// with one type.
func newOurs(s setup) (library, error) { return newOursLibrary[ourAllClaims](s, 0) }

// newOursPlain leaves the registered claims to the token.
func newOursPlain(s setup) (library, error) { return newOursLibrary[ourClaims](s, 0) }

// newOursKeySet verifies with a set of ten keys.
func newOursKeySet(s setup) (library, error) { return newOursLibrary[ourAllClaims](s, 9) }

func newOursLibrary[T any](s setup, others int) (*oursLibrary[T], error) {
	private, keys, alg, err := ourKeys(s, others)
	if err != nil {
		return nil, err
	}
	l := &oursLibrary[T]{claims: ourStandard()}
	algs, opts := []jwt.Algorithm{alg}, ourPolicy(s)
	if l.signer, err = jwt.NewSigner(private, alg); err != nil {
		return nil, err
	}
	if l.verify, err = jwt.NewVerifier[T](keys, algs, opts...); err != nil {
		return nil, err
	}
	if l.registered, err = jwt.NewVerifier[struct{}](keys, algs, opts...); err != nil {
		return nil, err
	}
	l.maps, err = jwt.NewVerifier[jwt.MapClaims](keys, algs, opts...)
	return l, err
}

func ourPolicy(s setup) []jwt.VerifyOption {
	opts := []jwt.VerifyOption{jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp")}
	if s.maxSize > 0 {
		opts = append(opts, jwt.WithMaxSize(s.maxSize))
	}
	return opts
}

func ourStandard() *ourAllClaims {
	return &ourAllClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    standard.Issuer,
			Subject:   standard.Subject,
			Audience:  jwt.Audience{standard.Audience},
			ExpiresAt: jwt.NewNumericDate(time.Unix(standard.ExpiresAt, 0)),
			NotBefore: jwt.NewNumericDate(time.Unix(standard.NotBefore, 0)),
			IssuedAt:  jwt.NewNumericDate(time.Unix(standard.IssuedAt, 0)),
			ID:        standard.ID,
		},
		Name:  standard.Name,
		Roles: standard.Roles,
	}
}

// ourKeys returns what signs and what verifies. Others is the number of keys beside it in
// the set that verifies, 0 for no set.
func ourKeys(s setup, others int) (jwt.SigningKey, jwt.KeySource, jwt.Algorithm, error) {
	alg, err := jwt.ParseAlgorithm(s.alg)
	if err != nil {
		return nil, nil, nil, err
	}
	var key *jwt.PrivateKey
	switch {
	case s.secret != nil:
		return ourSecrets(s, others)
	case s.rsa != nil:
		key, err = jwt.NewPrivateKey(s.rsa)
	case s.ecdsa != nil:
		key, err = jwt.NewPrivateKey(s.ecdsa)
	case s.other != nil:
		key, err = jwt.NewPrivateKey(s.other.Signer)
	default:
		key, err = jwt.NewPrivateKey(s.ed25519)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return key, key.Public(), alg, nil
}

func ourSecrets(s setup, others int) (jwt.SigningKey, jwt.KeySource, jwt.Algorithm, error) {
	var opts []jwt.KeyOption
	if s.kid != "" {
		opts = append(opts, jwt.WithKeyID(s.kid))
	}
	secret, err := jwt.NewSecretKey(s.secret, opts...)
	if err != nil || others == 0 {
		return secret, secret, jwt.HS256, err
	}
	keys := []jwt.VerificationKey{secret}
	for i := range others {
		other := sha256.Sum256([]byte{byte(i)})
		key, err := jwt.NewSecretKey(other[:], jwt.WithKeyID(fmt.Sprintf("%s-%d", s.kid, i)))
		if err != nil {
			return nil, nil, nil, err
		}
		keys = append(keys, key)
	}
	slices.Reverse(keys) // the key of the token is the last one
	set, err := jwt.NewKeySet(keys...)
	return secret, set, jwt.HS256, err
}

func (l *oursLibrary[T]) Sign() (string, error) { return l.signer.Sign(l.claims) }

func (l *oursLibrary[T]) Verify(token string) (any, error) { return l.verify.Verify(token) }

func (l *oursLibrary[T]) VerifyRegistered(token string) (any, error) {
	return l.registered.Verify(token)
}

func (l *oursLibrary[T]) VerifyMap(token string) (any, error) { return l.maps.Verify(token) }

func (l *oursLibrary[T]) Canon(decoded any) claims {
	switch t := decoded.(type) {
	case *jwt.Token[ourClaims]:
		return ourCanon(t.RegisteredClaims, t.Claims.Name, t.Claims.Roles)
	case *jwt.Token[ourAllClaims]:
		return ourCanon(t.Claims.RegisteredClaims, t.Claims.Name, t.Claims.Roles)
	case *jwt.Token[struct{}]:
		return ourCanon(t.RegisteredClaims, "", nil)
	}
	return canonMap(decoded.(*jwt.Token[jwt.MapClaims]).Claims)
}

func ourCanon(c jwt.RegisteredClaims, name string, roles []string) claims {
	return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.ExpiresAt.Unix(), c.NotBefore.Unix(), c.IssuedAt.Unix(), c.ID, name, roles}
}

// oneShotLibrary calls the functions Sign and Verify each time, with the options written
// where the call is, as programs do. With newKey it makes the key each time, too.
type oneShotLibrary struct {
	*oursLibrary[ourAllClaims]
	private jwt.SigningKey
	public  jwt.KeySource
	alg     jwt.Algorithm
	newKey  []byte
}

func newOneShot(s setup) (library, error) {
	prepared, err := newOursLibrary[ourAllClaims](s, 0)
	if err != nil {
		return nil, err
	}
	private, public, alg, err := ourKeys(s, 0)
	return &oneShotLibrary{prepared, private, public, alg, nil}, err
}

func newOursNewKey(s setup) (library, error) {
	l, err := newOneShot(s)
	l.(*oneShotLibrary).newKey = s.secret
	return l, err
}

func (l *oneShotLibrary) Sign() (string, error) { return jwt.Sign(l.claims, l.private, l.alg) }

func (l *oneShotLibrary) Verify(token string) (any, error) { return oneShot[ourAllClaims](l, token) }

func (l *oneShotLibrary) VerifyRegistered(token string) (any, error) {
	return oneShot[struct{}](l, token)
}

func (l *oneShotLibrary) VerifyMap(token string) (any, error) {
	return oneShot[jwt.MapClaims](l, token)
}

func oneShot[T any](l *oneShotLibrary, token string) (*jwt.Token[T], error) {
	key := l.public
	if l.newKey != nil {
		secret, err := jwt.NewSecretKey(l.newKey)
		if err != nil {
			return nil, err
		}
		key = secret
	}
	return jwt.Verify[T](token, key, []jwt.Algorithm{l.alg},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp"))
}
