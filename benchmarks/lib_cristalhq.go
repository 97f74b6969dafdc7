package main

import (
	"crypto/ed25519"
	"encoding/json"
	"time"

	"github.com/cristalhq/jwt/v5"
)

// cristalhq is github.com/cristalhq/jwt/v5. It checks the signature; the claims are
// checked by hand, with its methods where it has one.
type cristalhq struct {
	builder  *jwt.Builder
	verifier jwt.Verifier
	claims   *cristalhqClaims
}

type cristalhqClaims struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func newCristalhq(s setup) (library, error) {
	signer, verifier, err := cristalhqKeys(s)
	if err != nil {
		return nil, err
	}
	date := func(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(unix(seconds)) }
	return &cristalhq{jwt.NewBuilder(signer), verifier, &cristalhqClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: standard.Issuer, Subject: standard.Subject, Audience: jwt.Audience{standard.Audience},
			ExpiresAt: date(standard.ExpiresAt), NotBefore: date(standard.NotBefore), IssuedAt: date(standard.IssuedAt),
			ID: standard.ID,
		},
		Name: standard.Name, Roles: standard.Roles,
	}}, nil
}

func cristalhqKeys(s setup) (signer jwt.Signer, verifier jwt.Verifier, err error) {
	alg := jwt.Algorithm(s.alg)
	switch {
	case s.secret != nil:
		key, err := jwt.NewSignerHS(alg, s.secret)
		return key, key, err
	case s.rsa != nil:
		if signer, err = jwt.NewSignerRS(alg, s.rsa); err == nil {
			verifier, err = jwt.NewVerifierRS(alg, &s.rsa.PublicKey)
		}
	case s.ecdsa != nil:
		if signer, err = jwt.NewSignerES(alg, s.ecdsa); err == nil {
			verifier, err = jwt.NewVerifierES(alg, &s.ecdsa.PublicKey)
		}
	default:
		if signer, err = jwt.NewSignerEdDSA(s.ed25519); err == nil {
			verifier, err = jwt.NewVerifierEdDSA(s.ed25519.Public().(ed25519.PublicKey))
		}
	}
	return signer, verifier, err
}

func (l *cristalhq) Sign() (string, error) {
	t, err := l.builder.Build(l.claims)
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

func (l *cristalhq) Verify(token string) (any, error) {
	var c cristalhqClaims
	if err := jwt.ParseClaims([]byte(token), l.verifier, &c); err != nil {
		return nil, err
	}
	return &c, l.check(&c.RegisteredClaims)
}

func (l *cristalhq) VerifyRegistered(token string) (any, error) {
	var c jwt.RegisteredClaims
	if err := jwt.ParseClaims([]byte(token), l.verifier, &c); err != nil {
		return nil, err
	}
	return &c, l.check(&c)
}

func (l *cristalhq) check(c *jwt.RegisteredClaims) error {
	now := time.Now()
	if c.ExpiresAt == nil || !c.IsValidExpiresAt(now) || !c.IsValidNotBefore(now) || !c.IsIssuer(issuer) || !c.IsForAudience(audience) {
		return errByHand
	}
	return nil
}

func (l *cristalhq) VerifyMap(token string) (any, error) {
	t, err := jwt.Parse([]byte(token), l.verifier)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(t.Claims(), &m); err != nil {
		return nil, err
	}
	return m, checkMap(m)
}

func (l *cristalhq) Canon(decoded any) claims {
	canon := func(c jwt.RegisteredClaims, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.ExpiresAt.Unix(), c.NotBefore.Unix(), c.IssuedAt.Unix(), c.ID, name, roles}
	}
	switch c := decoded.(type) {
	case *cristalhqClaims:
		return canon(c.RegisteredClaims, c.Name, c.Roles)
	case *jwt.RegisteredClaims:
		return canon(*c, "", nil)
	}
	return canonMap(decoded.(map[string]any))
}
