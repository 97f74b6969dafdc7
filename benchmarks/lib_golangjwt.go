package main

import (
	"crypto"

	"github.com/golang-jwt/jwt/v5"
)

// golangJWT is github.com/golang-jwt/jwt/v5. Its parser makes all the checks.
type golangJWT struct {
	method      jwt.SigningMethod
	private     any
	keys        jwt.Keyfunc
	parser      *jwt.Parser
	signedClaim *golangJWTClaims
}

type golangJWTClaims struct {
	jwt.RegisteredClaims
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func newGolangJWT(s setup) (library, error) {
	jwt.MarshalSingleStringAsArray = false // aud is one string, as in all libraries
	private, public := keyPair(s)
	date := func(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(unix(seconds)) }
	return &golangJWT{
		method:  jwt.GetSigningMethod(s.alg),
		private: private,
		keys:    func(*jwt.Token) (any, error) { return public, nil },
		parser: jwt.NewParser(jwt.WithValidMethods([]string{s.alg}), jwt.WithIssuer(issuer),
			jwt.WithAudience(audience), jwt.WithExpirationRequired()),
		signedClaim: &golangJWTClaims{
			RegisteredClaims: jwt.RegisteredClaims{
				Issuer: standard.Issuer, Subject: standard.Subject, Audience: jwt.ClaimStrings{standard.Audience},
				ExpiresAt: date(standard.ExpiresAt), NotBefore: date(standard.NotBefore), IssuedAt: date(standard.IssuedAt),
				ID: standard.ID,
			},
			Name: standard.Name, Roles: standard.Roles,
		},
	}, nil
}

func (l *golangJWT) Sign() (string, error) {
	return jwt.NewWithClaims(l.method, l.signedClaim).SignedString(l.private)
}

func (l *golangJWT) Verify(token string) (any, error) {
	var c golangJWTClaims
	_, err := l.parser.ParseWithClaims(token, &c, l.keys)
	return &c, err
}

func (l *golangJWT) VerifyRegistered(token string) (any, error) {
	var c jwt.RegisteredClaims
	_, err := l.parser.ParseWithClaims(token, &c, l.keys)
	return &c, err
}

func (l *golangJWT) VerifyMap(token string) (any, error) {
	m := jwt.MapClaims{}
	_, err := l.parser.ParseWithClaims(token, m, l.keys)
	return m, err
}

// golangJWTInCall makes the parser in the call, too.
type golangJWTInCall struct{ golangJWT }

func newGolangJWTInCall(s setup) (library, error) {
	l, err := newGolangJWT(s)
	return &golangJWTInCall{*l.(*golangJWT)}, err
}

func (l *golangJWTInCall) Verify(token string) (any, error) {
	var c golangJWTClaims
	_, err := jwt.ParseWithClaims(token, &c, l.keys, jwt.WithValidMethods([]string{l.method.Alg()}), jwt.WithIssuer(issuer),
		jwt.WithAudience(audience), jwt.WithExpirationRequired())
	return &c, err
}

func (l *golangJWT) Canon(decoded any) claims {
	canon := func(c jwt.RegisteredClaims, name string, roles []string) claims {
		return claims{c.Issuer, c.Subject, text([]string(c.Audience)), c.ExpiresAt.Unix(), c.NotBefore.Unix(), c.IssuedAt.Unix(), c.ID, name, roles}
	}
	switch c := decoded.(type) {
	case *golangJWTClaims:
		return canon(c.RegisteredClaims, c.Name, c.Roles)
	case *jwt.RegisteredClaims:
		return canon(*c, "", nil)
	}
	return canonMap(decoded.(jwt.MapClaims))
}

// keyPair gives the private and the public key as most libraries take them.
func keyPair(s setup) (private, public any) {
	switch {
	case s.secret != nil:
		return s.secret, s.secret
	case s.rsa != nil:
		return s.rsa, &s.rsa.PublicKey
	case s.ecdsa != nil:
		return s.ecdsa, &s.ecdsa.PublicKey
	}
	var signer crypto.Signer = s.ed25519
	return s.ed25519, signer.Public()
}
