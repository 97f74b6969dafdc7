package interop

import (
	"encoding/json"
	"errors"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

// jwx is lestrrat-go/jwx.
type jwx struct{}

func (jwx) key(alg string, key keyText) (any, jwa.SignatureAlgorithm, error) {
	a, ok := jwa.LookupSignatureAlgorithm(alg)
	if !ok {
		return nil, a, errors.New("unknown algorithm")
	}
	if key.Form == formPEM {
		native, err := key.native(alg)
		return native, a, err
	}
	parsed, err := jwk.ParseKey([]byte(key.Text))
	return parsed, a, err
}

func (x jwx) sign(alg, kid string, key keyText, claims []byte) (string, error) {
	native, a, err := x.key(alg, key)
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, kid); err != nil {
		return "", err
	}
	tok := jwxjwt.New()
	if err := json.Unmarshal(claims, tok); err != nil {
		return "", err
	}
	signed, err := jwxjwt.Sign(tok, jwxjwt.WithKey(a, native, jws.WithProtectedHeaders(headers)))
	return string(signed), err
}

func (x jwx) verify(alg string, key keyText, token string) ([]byte, error) {
	native, a, err := x.key(alg, key)
	if err != nil {
		return nil, err
	}
	return x.claims(token, jwxjwt.WithKey(a, native))
}

func (x jwx) verifySet(_ string, jwks []byte, token string) ([]byte, error) {
	set, err := jwk.Parse(jwks)
	if err != nil {
		return nil, err
	}
	return x.claims(token, jwxjwt.WithKeySet(set))
}

func (jwx) claims(token string, opts ...jwxjwt.ParseOption) ([]byte, error) {
	opts = append(opts, jwxjwt.WithIssuer(issuer), jwxjwt.WithAudience(audience), jwxjwt.WithRequiredClaim("exp"))
	tok, err := jwxjwt.Parse([]byte(token), opts...)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tok)
}

func (jwx) generate(alg, kid string) (private, public []byte, err error) {
	native, err := generateNative(alg)
	if err != nil {
		return nil, nil, err
	}
	if private, err = exportJWX(native, alg, kid); err != nil {
		return nil, nil, err
	}
	public, err = exportJWX(publicOf(native), alg, kid)
	return private, public, err
}

func exportJWX(native any, alg, kid string) ([]byte, error) {
	key, err := jwk.Import(native)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]any{jwk.KeyIDKey: kid, jwk.AlgorithmKey: alg, jwk.KeyUsageKey: "sig"} {
		if err := key.Set(name, value); err != nil {
			return nil, err
		}
	}
	return json.Marshal(key)
}
