package main

import (
	"crypto/ed25519"
	"time"

	"github.com/gbrlsnchs/jwt/v3"
)

// gbrlsnchs is github.com/gbrlsnchs/jwt/v3. It checks header, signature and claims;
// the claims of a map are checked by hand.
type gbrlsnchs struct {
	sign, verify jwt.Algorithm
	claims       *gbrlsnchsClaims
	issuer       jwt.Validator
	audience     jwt.Validator
}

type gbrlsnchsClaims struct {
	jwt.Payload
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func newGbrlsnchs(s setup) (library, error) {
	l := &gbrlsnchs{
		issuer:   jwt.IssuerValidator(issuer),
		audience: jwt.AudienceValidator(jwt.Audience{audience}),
		claims: &gbrlsnchsClaims{
			Payload: jwt.Payload{
				Issuer: standard.Issuer, Subject: standard.Subject, Audience: jwt.Audience{standard.Audience},
				ExpirationTime: jwt.NumericDate(unix(standard.ExpiresAt)),
				NotBefore:      jwt.NumericDate(unix(standard.NotBefore)),
				IssuedAt:       jwt.NumericDate(unix(standard.IssuedAt)),
				JWTID:          standard.ID,
			},
			Name: standard.Name, Roles: standard.Roles,
		},
	}
	switch {
	case s.secret != nil:
		l.sign = jwt.NewHS256(s.secret)
		l.verify = l.sign
	case s.rsa != nil:
		l.sign = jwt.NewRS256(jwt.RSAPrivateKey(s.rsa))
		l.verify = jwt.NewRS256(jwt.RSAPublicKey(&s.rsa.PublicKey))
	case s.ecdsa != nil:
		l.sign = jwt.NewES256(jwt.ECDSAPrivateKey(s.ecdsa))
		l.verify = jwt.NewES256(jwt.ECDSAPublicKey(&s.ecdsa.PublicKey))
	default:
		l.sign = jwt.NewEd25519(jwt.Ed25519PrivateKey(s.ed25519))
		l.verify = jwt.NewEd25519(jwt.Ed25519PublicKey(s.ed25519.Public().(ed25519.PublicKey)))
	}
	return l, nil
}

func (l *gbrlsnchs) Sign() (string, error) {
	token, err := jwt.Sign(l.claims, l.sign)
	return string(token), err
}

func (l *gbrlsnchs) Verify(token string) (any, error) {
	var c gbrlsnchsClaims
	_, err := jwt.Verify([]byte(token), l.verify, &c, jwt.ValidateHeader, l.validate(&c.Payload))
	return &c, err
}

func (l *gbrlsnchs) VerifyRegistered(token string) (any, error) {
	var c jwt.Payload
	_, err := jwt.Verify([]byte(token), l.verify, &c, jwt.ValidateHeader, l.validate(&c))
	return &c, err
}

func (l *gbrlsnchs) validate(c *jwt.Payload) jwt.VerifyOption {
	now := time.Now()
	return jwt.ValidatePayload(c, jwt.ExpirationTimeValidator(now), jwt.NotBeforeValidator(now), l.issuer, l.audience)
}

func (l *gbrlsnchs) VerifyMap(token string) (any, error) {
	var m map[string]any
	if _, err := jwt.Verify([]byte(token), l.verify, &m, jwt.ValidateHeader); err != nil {
		return nil, err
	}
	return m, checkMap(m)
}

func (l *gbrlsnchs) Canon(decoded any) claims {
	canon := func(c jwt.Payload, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.ExpirationTime.Unix(), c.NotBefore.Unix(), c.IssuedAt.Unix(), c.JWTID, name, roles}
	}
	switch c := decoded.(type) {
	case *gbrlsnchsClaims:
		return canon(c.Payload, c.Name, c.Roles)
	case *jwt.Payload:
		return canon(*c, "", nil)
	}
	return canonMap(decoded.(map[string]any))
}
