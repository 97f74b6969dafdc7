// Package orders has what the services in the other folders share: the claims, the policy for
// tokens, and two functions behind the API. Readers may list orders, writers may delete them.
package orders

import (
	"example.com/jwt"
	"example.com/jwt/jwthttp"
)

// Read and Write are the scopes of the API.
const (
	Read  = "orders:read"
	Write = "orders:write"
)

// Claims is what the services read of a token, beside the registered claims.
type Claims struct {
	Scope jwthttp.Scopes `json:"scope"`
}

// NewVerifier returns the policy: tokens of issuer for this API, which name a user and expire.
func NewVerifier(issuer string, keys jwt.KeySource, opts ...jwt.VerifyOption) (*jwt.Verifier[Claims], error) {
	policy := []jwt.VerifyOption{jwt.WithIssuer(issuer), jwt.WithAudience("https://orders.example"), jwt.WithRequiredClaims("exp", "sub")}
	return jwt.NewVerifier[Claims](keys, []jwt.Algorithm{jwt.ES256}, append(policy, opts...)...)
}

// List returns the orders of a user.
func List(user string) []string { return []string{user + "'s order 17", user + "'s order 23"} }

// Delete reports whether there was such an order.
func Delete(id string) bool { return id == "17" || id == "23" }
