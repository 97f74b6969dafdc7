package interop

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
)

// goJose is go-jose.
type goJose struct{}

func (goJose) key(alg string, key keyText) (any, error) {
	if key.Form == formPEM {
		return key.native(alg)
	}
	var jwk jose.JSONWebKey
	err := json.Unmarshal([]byte(key.Text), &jwk)
	return jwk, err
}

func (g goJose) sign(alg, kid string, key keyText, claims []byte) (string, error) {
	native, err := g.key(alg, key)
	if err != nil {
		return "", err
	}
	opts := new(jose.SignerOptions).WithHeader("kid", kid) // it leaves out the kid of a secret
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: native}, opts)
	if err != nil {
		return "", err
	}
	var registered josejwt.Claims
	var own userClaims // a map would make floats of integers, with an exponent
	if err := errors.Join(json.Unmarshal(claims, &registered), json.Unmarshal(claims, &own)); err != nil {
		return "", err
	}
	return josejwt.Signed(signer).Claims(registered).Claims(own).Serialize()
}

func (g goJose) verify(alg string, key keyText, token string) ([]byte, error) {
	native, err := g.key(alg, key)
	if err != nil {
		return nil, err
	}
	return g.claims(alg, native, token)
}

func (g goJose) verifySet(alg string, jwks []byte, token string) ([]byte, error) {
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(jwks, &set); err != nil {
		return nil, err
	}
	return g.claims(alg, set, token)
}

func (goJose) claims(alg string, key any, token string) ([]byte, error) {
	tok, err := josejwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
	if err != nil {
		return nil, err
	}
	var registered josejwt.Claims
	var members map[string]any
	if err := tok.Claims(key, &registered, &members); err != nil {
		return nil, err
	}
	if registered.Expiry == nil {
		return nil, errors.New("no exp")
	}
	expected := josejwt.Expected{Issuer: issuer, AnyAudience: josejwt.Audience{audience}, Time: time.Now()}
	if err := registered.Validate(expected); err != nil {
		return nil, err
	}
	return json.Marshal(members)
}

func (goJose) generate(alg, kid string) (private, public []byte, err error) {
	key, err := generateNative(alg)
	if err != nil {
		return nil, nil, err
	}
	jwk := jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: alg, Use: "sig"}
	if private, err = json.Marshal(jwk); err != nil {
		return nil, nil, err
	}
	jwk.Key = publicOf(key)
	public, err = json.Marshal(jwk)
	return private, public, err
}
