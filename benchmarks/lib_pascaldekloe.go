package main

import (
	"crypto"
	"crypto/ed25519"
	_ "crypto/sha256"
	"time"

	"github.com/pascaldekloe/jwt"
)

// pascaldekloe is github.com/pascaldekloe/jwt. It decodes every token into registered
// claims and a map of the others. Its tokens have no typ: that is its prepared header.
type pascaldekloe struct {
	setup
	hmac *jwt.HMAC
}

type pascaldekloeToken struct {
	*jwt.Registered
	name  string
	roles []string
}

func newPascaldekloe(s setup) (library, error) {
	// Its way to say which algorithms are allowed for a key.
	jwt.RSAAlgs = map[string]crypto.Hash{"RS256": crypto.SHA256}
	jwt.ECDSAAlgs = map[string]crypto.Hash{"ES256": crypto.SHA256}
	l := &pascaldekloe{setup: s}
	if s.secret == nil {
		return l, nil
	}
	var err error
	l.hmac, err = jwt.NewHMAC(s.alg, s.secret)
	return l, err
}

func (l *pascaldekloe) Sign() (string, error) {
	date := func(seconds int64) *jwt.NumericTime { return jwt.NewNumericTime(unix(seconds)) }
	c := jwt.Claims{
		Registered: jwt.Registered{
			Issuer: standard.Issuer, Subject: standard.Subject,
			Expires: date(standard.ExpiresAt), NotBefore: date(standard.NotBefore), Issued: date(standard.IssuedAt),
			ID: standard.ID,
		},
		Set: map[string]any{"aud": standard.Audience, "name": standard.Name, "roles": standard.Roles},
	}
	token, err := l.sign(&c)
	return string(token), err
}

func (l *pascaldekloe) sign(c *jwt.Claims) ([]byte, error) {
	switch {
	case l.hmac != nil:
		return l.hmac.Sign(c)
	case l.rsa != nil:
		return c.RSASign(l.alg, l.rsa)
	case l.ecdsa != nil:
		return c.ECDSASign(l.alg, l.ecdsa)
	}
	return c.EdDSASign(l.ed25519)
}

func (l *pascaldekloe) check(token string) (*jwt.Claims, error) {
	var c *jwt.Claims
	var err error
	switch raw := []byte(token); {
	case l.hmac != nil:
		c, err = l.hmac.Check(raw)
	case l.rsa != nil:
		c, err = jwt.RSACheck(raw, &l.rsa.PublicKey)
	case l.ecdsa != nil:
		c, err = jwt.ECDSACheck(raw, &l.ecdsa.PublicKey)
	default:
		c, err = jwt.EdDSACheck(raw, l.ed25519.Public().(ed25519.PublicKey))
	}
	if err != nil {
		return nil, err
	}
	if c.Expires == nil || c.Issuer != issuer || len(c.Audiences) == 0 || !c.AcceptAudience(audience) {
		return nil, errByHand
	}
	return c, c.AcceptTemporal(time.Now(), 0)
}

func (l *pascaldekloe) Verify(token string) (any, error) {
	c, err := l.check(token)
	if err != nil {
		return nil, err
	}
	t := pascaldekloeToken{Registered: &c.Registered}
	t.name, _ = c.String("name")
	t.roles = texts(c.Set["roles"])
	return &t, nil
}

func (l *pascaldekloe) VerifyRegistered(token string) (any, error) {
	c, err := l.check(token)
	if err != nil {
		return nil, err
	}
	return &c.Registered, nil
}

// VerifyMap is done with the map that the library leaves: all claims but the registered
// ones, which are beside it.
func (l *pascaldekloe) VerifyMap(token string) (any, error) { return l.check(token) }

func (l *pascaldekloe) Canon(decoded any) claims {
	canon := func(c *jwt.Registered, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text(c.Audiences), c.Expires.Time().Unix(), c.NotBefore.Time().Unix(), c.Issued.Time().Unix(), c.ID, name, roles}
	}
	switch c := decoded.(type) {
	case *pascaldekloeToken:
		return canon(c.Registered, c.name, c.roles)
	case *jwt.Registered:
		return canon(c, "", nil)
	}
	c := decoded.(*jwt.Claims)
	return canon(&c.Registered, text(c.Set["name"]), texts(c.Set["roles"]))
}
