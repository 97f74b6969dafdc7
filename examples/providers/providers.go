// Package providers verifies the tokens of identity providers that have something of their own,
// and signs the tokens that others ask for. docs/providers.md is the page about it. The functions
// are there to be copied; each file needs no other, except where it says so.
package providers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
)

// Checked adds a check to a verifier that needs more than the claims: configuration or a database.
// It goes where a verifier goes, into jwthttp.Middleware.
type Checked[T any] struct {
	Verifier jwthttp.TokenVerifier[T]
	Check    func(context.Context, *jwt.Token[T]) error
}

// VerifyContext verifies a token and then checks it. The error of a check should wrap
// jwt.ErrInvalidClaims (a 401), or jwt.ErrKeysUnavailable if the check cannot be made (a 503).
func (c Checked[T]) VerifyContext(ctx context.Context, token string) (*jwt.Token[T], error) {
	tok, err := c.Verifier.VerifyContext(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := c.Check(ctx, tok); err != nil {
		return nil, err
	}
	return tok, nil
}

// GoogleClaims are those of an ID token of Google.
type GoogleClaims struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
	Domain   string `json:"hd"` // of the organization, if the account belongs to one
}

// Google verifies ID tokens of Sign in with Google. Some have an issuer without "https://".
func Google(clientID string, opts ...jwks.Option) (*jwt.Verifier[GoogleClaims], error) {
	keys, err := jwks.Discover("https://accounts.google.com", opts...)
	if err != nil {
		return nil, err
	}
	return jwt.NewVerifier[GoogleClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer("https://accounts.google.com", "accounts.google.com"),
		jwt.WithAudience(clientID), jwt.WithRequiredClaims("exp", "sub"))
}

// AppleClaims are those of an identity token of Apple.
type AppleClaims struct {
	Email    string     `json:"email"`
	Verified StringBool `json:"email_verified"`
	Private  StringBool `json:"is_private_email"`
	Nonce    string     `json:"nonce"`
}

// StringBool decodes true and false, also in quotes.
type StringBool bool

// UnmarshalJSON refuses anything else.
func (b *StringBool) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `true`, `"true"`:
		*b = true
	case `false`, `"false"`:
		*b = false
	default:
		return fmt.Errorf("want true or false, got %.20q", text)
	}
	return nil
}

// Apple verifies identity tokens of Sign in with Apple, for an app's bundle ID or a Services ID.
func Apple(clientID string, opts ...jwks.Option) (*jwt.Verifier[AppleClaims], error) {
	keys, err := jwks.New("https://appleid.apple.com/auth/keys", opts...)
	if err != nil {
		return nil, err
	}
	return jwt.NewVerifier[AppleClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer("https://appleid.apple.com"), jwt.WithAudience(clientID), jwt.WithRequiredClaims("exp", "sub"))
}

// IAPClaims are those of Google's Identity-Aware Proxy.
type IAPClaims struct {
	Email string `json:"email"`
}

// IAP guards a handler behind Google's Identity-Aware Proxy. The audience is
// /projects/NUMBER/global/backendServices/ID, or /projects/NUMBER/apps/PROJECT for App Engine.
func IAP(audience string, opts ...jwks.Option) (func(http.Handler) http.Handler, error) {
	keys, err := jwks.New("https://www.gstatic.com/iap/verify/public_key-jwk", opts...)
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[IAPClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.ES256},
		jwt.WithIssuer("https://cloud.google.com/iap"), jwt.WithAudience(audience),
		jwt.WithRequiredClaims("exp", "iat", "sub"), jwt.WithLeeway(30*time.Second))
	if err != nil {
		return nil, err
	}
	return jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromHeader("X-Goog-Iap-Jwt-Assertion"))), nil
}

// AccessClaims are those of an application token of Cloudflare Access.
type AccessClaims struct {
	Email      string `json:"email"`       // of a user
	CommonName string `json:"common_name"` // of a service token, whose sub is empty
}

// CloudflareAccess guards a handler behind Cloudflare Access. The team is
// https://NAME.cloudflareaccess.com, the audience the AUD tag of the application.
func CloudflareAccess(team, audience string, opts ...jwks.Option) (func(http.Handler) http.Handler, error) {
	keys, err := jwks.New(team+"/cdn-cgi/access/certs", opts...)
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[AccessClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer(team), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return nil, err
	}
	return jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromHeader("Cf-Access-Jwt-Assertion"))), nil
}

// CognitoClaims are those of an access token of Amazon Cognito.
type CognitoClaims struct {
	Use      string         `json:"token_use"`
	ClientID string         `json:"client_id"`
	Scopes   jwthttp.Scopes `json:"scope"`
	Groups   []string       `json:"cognito:groups"`
}

// Cognito verifies access tokens of a user pool. They have no aud: client_id is checked instead.
// An ID token, which has one, fails with jwt.ErrInvalidAudience.
func Cognito(region, pool string, clients []string, opts ...jwks.Option) (jwthttp.TokenVerifier[CognitoClaims], error) {
	issuer := "https://cognito-idp." + region + ".amazonaws.com/" + pool
	keys, err := jwks.Discover(issuer, opts...)
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[CognitoClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer(issuer), jwt.WithRequiredClaims("exp", "sub", "client_id", "token_use"))
	if err != nil {
		return nil, err
	}
	return Checked[CognitoClaims]{verifier, func(_ context.Context, tok *jwt.Token[CognitoClaims]) error {
		if tok.Claims.Use != "access" || !slices.Contains(clients, tok.Claims.ClientID) {
			return fmt.Errorf("%w: not an access token for a client of this service", jwt.ErrInvalidClaims)
		}
		return nil
	}}, nil
}

// ActionsClaims are some of those of a job of GitHub Actions.
type ActionsClaims struct {
	Repository   string `json:"repository"`
	RepositoryID string `json:"repository_id"`
	Ref          string `json:"ref"`
	Workflow     string `json:"job_workflow_ref"`
	Environment  string `json:"environment"`
}

// GitHubActions verifies tokens of jobs of one repository on one ref, which request them for the
// audience given. A name can be taken by somebody else after a repository is renamed; its ID can't.
func GitHubActions(audience, repositoryID, ref string, opts ...jwks.Option) (jwthttp.TokenVerifier[ActionsClaims], error) {
	const issuer = "https://token.actions.githubusercontent.com"
	keys, err := jwks.Discover(issuer, opts...)
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[ActionsClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "repository_id", "ref"))
	if err != nil {
		return nil, err
	}
	return Checked[ActionsClaims]{verifier, func(_ context.Context, tok *jwt.Token[ActionsClaims]) error {
		if tok.Claims.RepositoryID != repositoryID || tok.Claims.Ref != ref {
			return fmt.Errorf("%w: another repository or ref", jwt.ErrInvalidClaims)
		}
		return nil
	}}, nil
}
