package providers

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestEntra(t *testing.T) {
	keys := rsaKeys()
	const (
		contoso  = "72f988bf-86f1-41af-91ab-2d7cd011db47"
		stranger = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"
		personal = "9188040d-6c67-4c5b-b112-36a304b66dad" // the tenant of personal accounts
		audience = "6e74172b-be56-4843-9ff4-e66a39bb12e3"
	)
	client := internet(t, map[string]http.HandlerFunc{
		"login.microsoftonline.com": at("/common/discovery/v2.0/keys", answer(object{"keys": []object{
			jwk(t, keys[0], object{"kid": "jS1Xo1", "use": "sig", "x5t": "jS1Xo1", "x5c": []string{"MIID"}, "issuer": entraIssuer}),
			jwk(t, keys[1], object{"kid": "yreX2P", "use": "sig", "x5t": "yreX2P", "x5c": []string{"MIID"}, "issuer": entraHost + personal + "/v2.0"}),
		}}, "Content-Type", "application/json; charset=utf-8", "Cache-Control", "max-age=86400, private")),
	})
	down := errors.New("the database is down")
	verifier, err := Entra(client, audience, func(_ context.Context, tenant string) (bool, error) {
		if tenant == personal {
			return false, down
		}
		return tenant == contoso || tenant == "x", nil
	})
	require.NoError(t, err)
	header := object{"typ": "JWT", "kid": "jS1Xo1"}
	payload := object{
		"iss": entraHost + contoso + "/v2.0", "tid": contoso, "aud": audience, "sub": "HKZpfaHyWadeOouYlitjrI", "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474",
		"azp": audience, "azpacr": "0", "scp": "orders.read orders.write", "ver": "2.0", "iat": in(-5 * time.Minute), "nbf": in(-5 * time.Minute), "exp": in(time.Hour),
	}
	verify := func(header, payload object) (*jwt.Token[EntraClaims], error) {
		key := keys[0]
		if header["kid"] == "yreX2P" {
			key = keys[1]
		}
		return verifier.VerifyContext(t.Context(), sign(t, key, raw, header, payload))
	}
	tok, err := verify(header, payload)
	require.NoError(t, err)
	require.Equal(t, contoso, tok.Claims.Tenant)
	require.True(t, tok.Claims.Scopes.Has("orders.write"))

	_, err = verify(header, with(payload, object{"iss": entraHost + stranger + "/v2.0"}))
	require.ErrorIs(t, err, jwt.ErrInvalidClaims, "iss and tid differ")
	_, err = verify(header, with(payload, object{"iss": entraHost + "x/v2.0", "tid": "x"}))
	require.ErrorIs(t, err, jwt.ErrInvalidClaims, "a tid that is no GUID")
	_, err = verify(header, with(payload, object{"iss": entraHost + stranger + "/v2.0", "tid": stranger}))
	require.ErrorIs(t, err, jwt.ErrInvalidIssuer, "a tenant that is no customer")
	_, err = verify(header, with(payload, object{"iss": entraHost + personal + "/v2.0", "tid": personal}))
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
	require.ErrorIs(t, err, down)
	require.NotErrorIs(t, err, jwt.ErrInvalidToken)
	_, err = verify(with(header, object{"kid": "yreX2P"}), payload)
	require.ErrorIs(t, err, jwt.ErrKeyNotFound, "a key of another issuer")
	_, err = verify(header, with(payload, object{"aud": "api://orders"}))
	require.ErrorIs(t, err, jwt.ErrInvalidAudience)
}
