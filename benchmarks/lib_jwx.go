package main

import (
	"encoding/json"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

// jwx is github.com/lestrrat-go/jwx/v3 by its jwt package, which makes all the checks.
// Its token is a set of claims with getters; it has no struct to prepare.
type jwx struct {
	parse []jwt.ParseOption
	sign  jwt.SignOption
}

func newJWX(s setup) (library, error) {
	jwt.Settings(jwt.WithFlattenAudience(true)) // aud is one string, as in all libraries
	private, public := keyPair(s)
	alg, ok := jwa.LookupSignatureAlgorithm(s.alg)
	if !ok {
		return nil, errUnsupported
	}
	return &jwx{
		parse: []jwt.ParseOption{jwt.WithKey(alg, public), jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaim("exp")},
		sign:  jwt.WithKey(alg, private),
	}, nil
}

func (l *jwx) Sign() (string, error) {
	t, err := jwt.NewBuilder().
		Issuer(standard.Issuer).Subject(standard.Subject).Audience([]string{standard.Audience}).
		Expiration(unix(standard.ExpiresAt)).NotBefore(unix(standard.NotBefore)).IssuedAt(unix(standard.IssuedAt)).
		JwtID(standard.ID).Claim("name", standard.Name).Claim("roles", standard.Roles).
		Build()
	if err != nil {
		return "", err
	}
	token, err := jwt.Sign(t, l.sign)
	return string(token), err
}

func (l *jwx) Verify(token string) (any, error) {
	t, err := jwt.ParseString(token, l.parse...)
	if err != nil {
		return nil, err
	}
	c := jwxClaims(t)
	if t.Has("name") {
		if err := t.Get("name", &c.Name); err != nil {
			return nil, err
		}
	}
	if t.Has("roles") {
		var list []any
		if err := t.Get("roles", &list); err != nil {
			return nil, err
		}
		c.Roles = texts(list)
	}
	return c, nil
}

func (l *jwx) VerifyRegistered(token string) (any, error) {
	t, err := jwt.ParseString(token, l.parse...)
	if err != nil {
		return nil, err
	}
	return jwxClaims(t), nil
}

func jwxClaims(t jwt.Token) *claims {
	var c claims
	c.Issuer, _ = t.Issuer()
	c.Subject, _ = t.Subject()
	if aud, _ := t.Audience(); len(aud) == 1 {
		c.Audience = aud[0]
	}
	c.ID, _ = t.JwtID()
	if exp, ok := t.Expiration(); ok {
		c.ExpiresAt = exp.Unix()
	}
	if nbf, ok := t.NotBefore(); ok {
		c.NotBefore = nbf.Unix()
	}
	if iat, ok := t.IssuedAt(); ok {
		c.IssuedAt = iat.Unix()
	}
	return &c
}

// VerifyMap is done with the token itself, which is a map behind getters.
func (l *jwx) VerifyMap(token string) (any, error) { return jwt.ParseString(token, l.parse...) }

func (l *jwx) Canon(decoded any) claims {
	if c, ok := decoded.(*claims); ok {
		return *c
	}
	t := decoded.(jwt.Token)
	m := map[string]any{}
	for _, name := range t.Keys() {
		var v any
		if err := t.Get(name, &v); err == nil {
			m[name] = v
		}
	}
	return canonMap(m)
}

// jwxFast is the same module by jws.VerifyCompactFast and jws.Sign, with plain structs
// and encoding/json, as its documentation advises where speed counts. All claims are
// checked by hand.
type jwxFast struct {
	alg    jwa.SignatureAlgorithm
	public any
	sign   jws.SignOption
	claims *claims
}

func newJWXFast(s setup) (library, error) {
	private, public := keyPair(s)
	alg, ok := jwa.LookupSignatureAlgorithm(s.alg)
	if !ok {
		return nil, errUnsupported
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.TypeKey, "JWT"); err != nil {
		return nil, err
	}
	return &jwxFast{alg, public, jws.WithKey(alg, private, jws.WithProtectedHeaders(headers)), &standard}, nil
}

func (l *jwxFast) Sign() (string, error) {
	payload, err := json.Marshal(l.claims)
	if err != nil {
		return "", err
	}
	token, err := jws.Sign(payload, l.sign)
	return string(token), err
}

func (l *jwxFast) decode(token string, dst any) error {
	payload, err := jws.VerifyCompactFast(l.public, []byte(token), l.alg)
	if err != nil {
		return err
	}
	return json.Unmarshal(payload, dst)
}

// plainRegistered is a plain struct whose aud may be a list too.
type plainRegistered struct {
	Issuer    string       `json:"iss"`
	Subject   string       `json:"sub"`
	Audience  audienceList `json:"aud"`
	ExpiresAt int64        `json:"exp"`
	NotBefore int64        `json:"nbf"`
	IssuedAt  int64        `json:"iat"`
	ID        string       `json:"jti"`
}

type plainClaims struct {
	plainRegistered
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

// audienceList is a string or a list of strings.
type audienceList []string

func (a *audienceList) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		*a = make([]string, 1)
		return json.Unmarshal(raw, &(*a)[0])
	}
	return json.Unmarshal(raw, (*[]string)(a))
}

func (c *plainRegistered) check() error {
	return check(c.Issuer, c.Audience, c.ExpiresAt, c.NotBefore)
}

func (c *plainRegistered) canon(name string, roles []string) claims {
	return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.ExpiresAt, c.NotBefore, c.IssuedAt, c.ID, name, roles}
}

func (l *jwxFast) Verify(token string) (any, error) {
	var c plainClaims
	if err := l.decode(token, &c); err != nil {
		return nil, err
	}
	return &c, c.check()
}

func (l *jwxFast) VerifyRegistered(token string) (any, error) {
	var c plainRegistered
	if err := l.decode(token, &c); err != nil {
		return nil, err
	}
	return &c, c.check()
}

func (l *jwxFast) VerifyMap(token string) (any, error) {
	var m map[string]any
	if err := l.decode(token, &m); err != nil {
		return nil, err
	}
	return m, checkMap(m)
}

func (l *jwxFast) Canon(decoded any) claims {
	switch c := decoded.(type) {
	case *plainClaims:
		return c.canon(c.Name, c.Roles)
	case *plainRegistered:
		return c.canon("", nil)
	}
	return canonMap(decoded.(map[string]any))
}
