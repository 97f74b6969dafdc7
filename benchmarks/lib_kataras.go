package main

import (
	"encoding/json"

	"github.com/kataras/jwt"
)

// kataras is github.com/kataras/jwt. It checks dates, issuer and audience; that there
// is an exp is checked by hand.
type kataras struct {
	alg             jwt.Alg
	private, public any
	keys            jwt.Keys // by kid; nil for a key without
	expected        jwt.Expected
	claims          *claims
}

// katarasToken is a verified token with the claims beside the registered ones, which
// the library has decoded already.
type katarasToken struct {
	registered *jwt.Claims
	Name       string   `json:"name"`
	Roles      []string `json:"roles"`
}

func newKataras(s setup) (library, error) {
	// Its own default goes through a json.Decoder with numbers as text, which is slower.
	jwt.Unmarshal = json.Unmarshal
	l := &kataras{
		expected: jwt.Expected{Issuer: issuer, Audience: jwt.Audience{audience}},
		claims:   &standard, // a struct of our own, since its Audience writes an array
	}
	l.private, l.public = keyPair(s)
	switch {
	case s.secret != nil:
		l.alg = jwt.HS256
	case s.rsa != nil:
		l.alg = jwt.RS256
	case s.ecdsa != nil:
		l.alg = jwt.ES256
	default:
		l.alg = jwt.EdDSA
	}
	if s.kid != "" {
		l.keys = jwt.Keys{}
		l.keys.Register(l.alg, s.kid, l.public, l.private)
	}
	return l, nil
}

func (l *kataras) Sign() (string, error) {
	token, err := jwt.Sign(l.alg, l.private, l.claims)
	return string(token), err
}

func (l *kataras) check(token string) (*jwt.VerifiedToken, error) {
	var t *jwt.VerifiedToken
	var err error
	if l.keys != nil { // by default it knows no header with a kid
		t, err = jwt.VerifyWithHeaderValidator(nil, nil, []byte(token), l.keys.ValidateHeader, l.expected)
	} else {
		t, err = jwt.Verify(l.alg, l.public, []byte(token), l.expected)
	}
	if err != nil {
		return nil, err
	}
	if t.StandardClaims.Expiry == 0 {
		return nil, errByHand
	}
	return t, nil
}

func (l *kataras) Verify(token string) (any, error) {
	t, err := l.check(token)
	if err != nil {
		return nil, err
	}
	c := katarasToken{registered: &t.StandardClaims}
	return &c, t.Claims(&c)
}

func (l *kataras) VerifyRegistered(token string) (any, error) {
	t, err := l.check(token)
	if err != nil {
		return nil, err
	}
	return &t.StandardClaims, nil
}

func (l *kataras) VerifyMap(token string) (any, error) {
	t, err := l.check(token)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	err = t.Claims(&m)
	return m, err
}

func (l *kataras) Canon(decoded any) claims {
	canon := func(c *jwt.Claims, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.Expiry, c.NotBefore, c.IssuedAt, c.ID, name, roles}
	}
	switch c := decoded.(type) {
	case *katarasToken:
		return canon(c.registered, c.Name, c.Roles)
	case *jwt.Claims:
		return canon(c, "", nil)
	}
	return canonMap(decoded.(map[string]any))
}
