package interop

import (
	"encoding/json"

	golang "github.com/golang-jwt/jwt/v5"
)

// golangJWT is golang-jwt, which has no JWKs.
type golangJWT struct{}

func (golangJWT) sign(alg, kid string, key keyText, claims []byte) (string, error) {
	native, err := key.native(alg)
	if err != nil {
		return "", err
	}
	var members golang.MapClaims
	if err := json.Unmarshal(claims, &members); err != nil {
		return "", err
	}
	tok := golang.NewWithClaims(golang.GetSigningMethod(alg), members)
	tok.Header["kid"] = kid
	return tok.SignedString(native)
}

func (golangJWT) verify(alg string, key keyText, token string) ([]byte, error) {
	native, err := key.native(alg)
	if err != nil {
		return nil, err
	}
	tok, err := golang.Parse(token, func(*golang.Token) (any, error) { return native, nil },
		golang.WithValidMethods([]string{alg}), golang.WithIssuer(issuer), golang.WithAudience(audience), golang.WithExpirationRequired())
	if err != nil {
		return nil, err
	}
	return json.Marshal(tok.Claims)
}
