package main

import (
	"encoding/json"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// goJOSE is github.com/go-jose/go-jose/v4. It signs through jose.Signer, since the
// builder of its jwt package takes every struct through a map; it checks dates, issuer
// and audience, and that there is an exp is checked by hand.
type goJOSE struct {
	signer jose.Signer
	public any
	algs   []jose.SignatureAlgorithm
	claims *goJOSEClaims
}

type goJOSEClaims struct {
	jwt.Claims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func newGoJOSE(s setup) (library, error) {
	private, public := keyPair(s)
	alg := jose.SignatureAlgorithm(s.alg)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: private}, (&jose.SignerOptions{}).WithType("JWT"))
	date := func(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(unix(seconds)) }
	return &goJOSE{signer, public, []jose.SignatureAlgorithm{alg}, &goJOSEClaims{
		Claims: jwt.Claims{
			Issuer: standard.Issuer, Subject: standard.Subject, Audience: jwt.Audience{standard.Audience},
			Expiry: date(standard.ExpiresAt), NotBefore: date(standard.NotBefore), IssuedAt: date(standard.IssuedAt),
			ID: standard.ID,
		},
		Name: standard.Name, Roles: standard.Roles,
	}}, err
}

func (l *goJOSE) Sign() (string, error) {
	payload, err := json.Marshal(l.claims)
	if err != nil {
		return "", err
	}
	signed, err := l.signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// decode checks the signature.
func (l *goJOSE) decode(token string, dst any) error {
	t, err := jwt.ParseSigned(token, l.algs)
	if err != nil {
		return err
	}
	return t.Claims(l.public, dst)
}

func (l *goJOSE) check(c *jwt.Claims) error {
	if c.Expiry == nil {
		return errByHand
	}
	return c.ValidateWithLeeway(jwt.Expected{Issuer: issuer, AnyAudience: jwt.Audience{audience}, Time: time.Now()}, 0)
}

func (l *goJOSE) Verify(token string) (any, error) {
	var c goJOSEClaims
	if err := l.decode(token, &c); err != nil {
		return nil, err
	}
	return &c, l.check(&c.Claims)
}

func (l *goJOSE) VerifyRegistered(token string) (any, error) {
	var c jwt.Claims
	if err := l.decode(token, &c); err != nil {
		return nil, err
	}
	return &c, l.check(&c)
}

func (l *goJOSE) VerifyMap(token string) (any, error) {
	var m map[string]any
	if err := l.decode(token, &m); err != nil {
		return nil, err
	}
	return m, checkMap(m)
}

func (l *goJOSE) Canon(decoded any) claims {
	canon := func(c jwt.Claims, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text([]string(c.Audience)), int64(*c.Expiry), int64(*c.NotBefore), int64(*c.IssuedAt), c.ID, name, roles}
	}
	switch c := decoded.(type) {
	case *goJOSEClaims:
		return canon(c.Claims, c.Name, c.Roles)
	case *jwt.Claims:
		return canon(*c, "", nil)
	}
	return canonMap(decoded.(map[string]any))
}
