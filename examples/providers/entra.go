package providers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
)

const (
	entraHost   = "https://login.microsoftonline.com/"
	entraIssuer = entraHost + "{tenantid}/v2.0" // of keys that serve all tenants
)

var tenantID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// EntraClaims are those of a v2.0 access token of Microsoft Entra. A sub is only unique within its
// tenant: identify a user by tid and oid.
type EntraClaims struct {
	Issuer string         `json:"iss"`
	Tenant string         `json:"tid"`
	Object string         `json:"oid"`
	Scopes jwthttp.Scopes `json:"scp"`   // of a user's token
	Roles  []string       `json:"roles"` // of a user or an application
}

// Validate checks that the issuer is that of the tenant, for any tenant.
func (c EntraClaims) Validate() error {
	if !tenantID.MatchString(c.Tenant) || c.Issuer != entraHost+c.Tenant+"/v2.0" {
		return errors.New("iss is not the issuer of tid")
	}
	return nil
}

// Entra verifies v2.0 access tokens of all tenants that customer knows. It returns false for an
// unknown tenant, and an error if it cannot be asked. The audience is the application's client ID.
// It needs providers.go (Checked) and rewrite.go.
func Entra(client *http.Client, audience string, customer func(ctx context.Context, tenant string) (bool, error)) (jwthttp.TokenVerifier[EntraClaims], error) {
	keys, err := jwks.New(entraHost+"common/discovery/v2.0/keys", jwks.WithHTTPClient(rewriting(client, keysOfAllTenants)))
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[EntraClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "iss", "sub", "tid"))
	if err != nil {
		return nil, err
	}
	return Checked[EntraClaims]{verifier, func(ctx context.Context, tok *jwt.Token[EntraClaims]) error {
		switch ok, err := customer(ctx, tok.Claims.Tenant); {
		case err != nil:
			return fmt.Errorf("%w: %w", jwt.ErrKeysUnavailable, err)
		case !ok:
			return fmt.Errorf("%w: tenant %s is no customer", jwt.ErrInvalidIssuer, tok.Claims.Tenant)
		}
		return nil
	}}, nil
}

// keysOfAllTenants leaves out keys that serve one issuer alone, such as that of personal accounts:
// Validate cannot see which key has verified a token. The member "issuer" is Microsoft's own.
func keysOfAllTenants(body []byte) ([]byte, error) {
	var all struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	kept := []json.RawMessage{}
	for _, text := range all.Keys {
		var key struct {
			Issuer string `json:"issuer"`
		}
		if err := json.Unmarshal(text, &key); err != nil {
			return nil, err
		}
		if key.Issuer == entraIssuer {
			kept = append(kept, text)
		}
	}
	return json.Marshal(map[string]any{"keys": kept})
}
