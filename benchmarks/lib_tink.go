package main

import (
	"crypto/rsa"
	"errors"
	"math/big"
	"time"

	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/jwt"
	"github.com/tink-crypto/tink-go/v2/jwt/jwtecdsa"
	"github.com/tink-crypto/tink-go/v2/jwt/jwthmac"
	"github.com/tink-crypto/tink-go/v2/jwt/jwtrsassapkcs1"
	"github.com/tink-crypto/tink-go/v2/key"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
)

// tink is github.com/tink-crypto/tink-go/v2/jwt. It makes all the checks; its token has
// getters, and nothing to prepare for custom claims. It has no EdDSA.
type tink struct {
	sign      func(*jwt.RawJWT) (string, error)
	verify    func(string, *jwt.Validator) (*jwt.VerifiedJWT, error)
	validator *jwt.Validator
}

func newTink(s setup) (library, error) {
	k, err := tinkKey(s)
	if err != nil {
		return nil, err
	}
	manager := keyset.NewManager()
	id, err := manager.AddKey(k)
	if err == nil {
		err = manager.SetPrimary(id)
	}
	if err != nil {
		return nil, err
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, err
	}
	iss, aud := issuer, audience
	validator, err := jwt.NewValidator(&jwt.ValidatorOpts{ExpectedIssuer: &iss, ExpectedAudience: &aud, IgnoreTypeHeader: true})
	if err != nil {
		return nil, err
	}
	if s.secret != nil {
		mac, err := jwt.NewMAC(handle)
		if err != nil {
			return nil, err
		}
		return &tink{mac.ComputeMACAndEncode, mac.VerifyMACAndDecode, validator}, nil
	}
	signer, err := jwt.NewSigner(handle)
	if err != nil {
		return nil, err
	}
	public, err := handle.Public()
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier(public)
	if err != nil {
		return nil, err
	}
	return &tink{signer.SignAndEncode, verifier.VerifyAndDecode, validator}, nil
}

func tinkKey(s setup) (key.Key, error) {
	switch {
	case s.secret != nil:
		p, err := jwthmac.NewParameters(len(s.secret), jwthmac.IgnoredKID, jwthmac.HS256)
		if err != nil {
			return nil, err
		}
		return jwthmac.NewKey(jwthmac.KeyOpts{KeyBytes: tinkSecret(s.secret), Parameters: p})
	case s.rsa != nil:
		return tinkRSA(s.rsa)
	case s.ecdsa != nil:
		p, err := jwtecdsa.NewParameters(jwtecdsa.IgnoredKID, jwtecdsa.ES256)
		if err != nil {
			return nil, err
		}
		point, err := s.ecdsa.PublicKey.Bytes()
		if err != nil {
			return nil, err
		}
		scalar, err := s.ecdsa.Bytes()
		if err != nil {
			return nil, err
		}
		public, err := jwtecdsa.NewPublicKey(jwtecdsa.PublicKeyOpts{PublicPoint: point, Parameters: p})
		if err != nil {
			return nil, err
		}
		return jwtecdsa.NewPrivateKeyFromPublicKey(tinkSecret(scalar), public)
	}
	return nil, errUnsupported
}

func tinkRSA(k *rsa.PrivateKey) (key.Key, error) {
	p, err := jwtrsassapkcs1.NewParameters(jwtrsassapkcs1.ParametersOpts{
		ModulusSizeInBits: k.N.BitLen(), PublicExponent: k.E, Algorithm: jwtrsassapkcs1.RS256, KidStrategy: jwtrsassapkcs1.IgnoredKID,
	})
	if err != nil {
		return nil, err
	}
	public, err := jwtrsassapkcs1.NewPublicKey(jwtrsassapkcs1.PublicKeyOpts{Modulus: k.N.Bytes(), Parameters: p})
	if err != nil {
		return nil, err
	}
	number := func(n *big.Int) secretdata.Bytes { return tinkSecret(n.Bytes()) }
	return jwtrsassapkcs1.NewPrivateKey(jwtrsassapkcs1.PrivateKeyOpts{
		PublicKey: public, D: number(k.D), P: number(k.Primes[0]), Q: number(k.Primes[1]),
	})
}

func tinkSecret(b []byte) secretdata.Bytes {
	return secretdata.NewBytesFromData(b, insecuresecretdataaccess.Token{})
}

func (l *tink) Sign() (string, error) {
	c, typ := standard, "JWT"
	exp, nbf, iat := unix(c.ExpiresAt), unix(c.NotBefore), unix(c.IssuedAt)
	roles := make([]any, len(c.Roles))
	for i, role := range c.Roles {
		roles[i] = role
	}
	t, err := jwt.NewRawJWT(&jwt.RawJWTOptions{
		TypeHeader: &typ, Issuer: &c.Issuer, Subject: &c.Subject, Audience: &c.Audience, JWTID: &c.ID,
		ExpiresAt: &exp, NotBefore: &nbf, IssuedAt: &iat,
		CustomClaims: map[string]any{"name": c.Name, "roles": roles},
	})
	if err != nil {
		return "", err
	}
	return l.sign(t)
}

func (l *tink) Verify(token string) (any, error) {
	t, err := l.verify(token, l.validator)
	if err != nil {
		return nil, err
	}
	c, err := tinkRegistered(t)
	if err != nil {
		return nil, err
	}
	if t.HasStringClaim("name") {
		if c.Name, err = t.StringClaim("name"); err != nil {
			return nil, err
		}
	}
	if t.HasArrayClaim("roles") {
		list, err := t.ArrayClaim("roles")
		if err != nil {
			return nil, err
		}
		c.Roles = texts(list)
	}
	return c, nil
}

func (l *tink) VerifyRegistered(token string) (any, error) {
	t, err := l.verify(token, l.validator)
	if err != nil {
		return nil, err
	}
	return tinkRegistered(t)
}

func tinkRegistered(t *jwt.VerifiedJWT) (*claims, error) {
	var c claims
	var errs [7]error
	c.Issuer, errs[0] = getIf(t.HasIssuer, t.Issuer)
	c.Subject, errs[1] = getIf(t.HasSubject, t.Subject)
	c.ID, errs[2] = getIf(t.HasJWTID, t.JWTID)
	aud, err := getIf(t.HasAudiences, t.Audiences)
	errs[3] = err
	if len(aud) == 1 {
		c.Audience = aud[0]
	}
	date := func(t time.Time, err error) (int64, error) {
		if t.IsZero() {
			return 0, err
		}
		return t.Unix(), err
	}
	c.ExpiresAt, errs[4] = date(getIf(t.HasExpiration, t.ExpiresAt))
	c.NotBefore, errs[5] = date(getIf(t.HasNotBefore, t.NotBefore))
	c.IssuedAt, errs[6] = date(getIf(t.HasIssuedAt, t.IssuedAt))
	return &c, errors.Join(errs[:]...)
}

func getIf[T any](has func() bool, get func() (T, error)) (T, error) {
	if has() {
		return get()
	}
	var zero T
	return zero, nil
}

// VerifyMap is done with the token itself, which is a map behind getters.
func (l *tink) VerifyMap(token string) (any, error) { return l.verify(token, l.validator) }

func (l *tink) Canon(decoded any) claims {
	if c, ok := decoded.(*claims); ok {
		return *c
	}
	t := decoded.(*jwt.VerifiedJWT)
	c, err := tinkRegistered(t)
	if err != nil {
		return claims{}
	}
	c.Name, _ = t.StringClaim("name")
	if t.HasArrayClaim("roles") {
		list, _ := t.ArrayClaim("roles")
		c.Roles = texts(list)
	}
	return *c
}
