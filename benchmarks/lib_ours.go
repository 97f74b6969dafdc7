package main

import (
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

type oursLibrary struct {
	claims     *ourAllClaims
	signer     *jwt.Signer
	verify     *jwt.Verifier[ourClaims]
	registered *jwt.Verifier[struct{}]
	maps       *jwt.Verifier[jwt.MapClaims]
}

func newOurs(s setup) (library, error) { return newOursLibrary(s) }

func newOursLibrary(s setup) (*oursLibrary, error) {
	private, public, alg, err := ourKeys(s)
	if err != nil {
		return nil, err
	}
	l := &oursLibrary{claims: ourStandard()}
	algs, opts := []jwt.Algorithm{alg}, ourPolicy(s)
	if l.signer, err = jwt.NewSigner(private, alg); err != nil {
		return nil, err
	}
	if l.verify, err = jwt.NewVerifier[ourClaims](public, algs, opts...); err != nil {
		return nil, err
	}
	if l.registered, err = jwt.NewVerifier[struct{}](public, algs, opts...); err != nil {
		return nil, err
	}
	l.maps, err = jwt.NewVerifier[jwt.MapClaims](public, algs, opts...)
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

// ourKeys gives the two halves of a key; of a secret they are the same.
func ourKeys(s setup) (jwt.SigningKey, jwt.KeySource, jwt.Algorithm, error) {
	alg, err := jwt.ParseAlgorithm(s.alg)
	if err != nil {
		return nil, nil, nil, err
	}
	var key *jwt.PrivateKey
	switch {
	case s.secret != nil:
		secret, err := jwt.NewSecretKey(s.secret)
		return secret, secret, alg, err
	case s.rsa != nil:
		key, err = jwt.NewPrivateKey(s.rsa)
	case s.ecdsa != nil:
		key, err = jwt.NewPrivateKey(s.ecdsa)
	default:
		key, err = jwt.NewPrivateKey(s.ed25519)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	return key, key.Public(), alg, nil
}

func (l *oursLibrary) Sign() (string, error) { return l.signer.Sign(l.claims) }

func (l *oursLibrary) Verify(token string) (any, error) { return l.verify.Verify(token) }

func (l *oursLibrary) VerifyRegistered(token string) (any, error) { return l.registered.Verify(token) }

func (l *oursLibrary) VerifyMap(token string) (any, error) { return l.maps.Verify(token) }

func (l *oursLibrary) Canon(decoded any) claims {
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

// embeddedLibrary decodes into a struct that has the registered claims too, so that
// they are decoded twice.
type embeddedLibrary struct {
	*oursLibrary
	all *jwt.Verifier[ourAllClaims]
}

func newOursEmbedded(s setup) (library, error) {
	plain, err := newOursLibrary(s)
	if err != nil {
		return nil, err
	}
	_, public, alg, err := ourKeys(s)
	if err != nil {
		return nil, err
	}
	all, err := jwt.NewVerifier[ourAllClaims](public, []jwt.Algorithm{alg}, ourPolicy(s)...)
	return &embeddedLibrary{plain, all}, err
}

func (l *embeddedLibrary) Verify(token string) (any, error) { return l.all.Verify(token) }

// oneShotLibrary calls the functions Sign and Verify each time, with one key object and
// with the options written where the call is, as programs do.
type oneShotLibrary struct {
	*oursLibrary
	private jwt.SigningKey
	public  jwt.KeySource
	alg     jwt.Algorithm
}

func newOneShot(s setup) (library, error) {
	plain, err := newOursLibrary(s)
	if err != nil {
		return nil, err
	}
	private, public, alg, err := ourKeys(s)
	return &oneShotLibrary{plain, private, public, alg}, err
}

func (l *oneShotLibrary) Sign() (string, error) { return jwt.Sign(l.claims, l.private, l.alg) }

func (l *oneShotLibrary) Verify(token string) (any, error) {
	return oneShot[ourClaims](l, token)
}

func (l *oneShotLibrary) VerifyRegistered(token string) (any, error) {
	return oneShot[struct{}](l, token)
}

func (l *oneShotLibrary) VerifyMap(token string) (any, error) {
	return oneShot[jwt.MapClaims](l, token)
}

func oneShot[T any](l *oneShotLibrary, token string) (*jwt.Token[T], error) {
	return jwt.Verify[T](token, l.public, []jwt.Algorithm{l.alg},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp"))
}
