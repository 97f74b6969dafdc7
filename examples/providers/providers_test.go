package providers

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

var raw = base64.RawURLEncoding

func TestGoogle(t *testing.T) {
	key := rsaKeys()[0]
	client := internet(t, map[string]http.HandlerFunc{
		"accounts.google.com": at("/.well-known/openid-configuration", answer(object{
			"issuer": "https://accounts.google.com", "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
		}, "Content-Type", "application/json", "Cache-Control", "public, max-age=3600")),
		"www.googleapis.com": at("/oauth2/v3/certs", answer(object{"keys": []object{
			jwk(t, key, object{"kid": "1", "alg": "RS256", "use": "sig"}),
		}}, "Content-Type", "application/json; charset=UTF-8", "Cache-Control", "public, max-age=22000, must-revalidate, no-transform")),
	})
	verifier, err := Google("client-1.apps.googleusercontent.com", jwks.WithHTTPClient(client))
	require.NoError(t, err)
	header := object{"kid": "1", "typ": "JWT"}
	payload := object{
		"iss": "https://accounts.google.com", "azp": "client-1.apps.googleusercontent.com", "aud": "client-1.apps.googleusercontent.com",
		"sub": "110169484474386276334", "email": "susan@example.com", "email_verified": true, "hd": "example.com",
		"iat": in(0), "exp": in(time.Hour),
	}
	for _, issuer := range []string{"https://accounts.google.com", "accounts.google.com"} {
		tok, err := verifier.VerifyContext(t.Context(), sign(t, key, raw, header, with(payload, object{"iss": issuer})))
		require.NoError(t, err)
		require.Equal(t, GoogleClaims{"susan@example.com", true, "example.com"}, tok.Claims)
	}
	_, err = verifier.VerifyContext(t.Context(), sign(t, key, raw, header, with(payload, object{"aud": "client-2.apps.googleusercontent.com"})))
	require.ErrorIs(t, err, jwt.ErrInvalidAudience)
}

func TestApple(t *testing.T) {
	keys := rsaKeys()
	client := internet(t, map[string]http.HandlerFunc{
		"appleid.apple.com": at("/auth/keys", answer(object{"keys": []object{
			jwk(t, keys[0], object{"kid": "fh6Bs8C", "alg": "RS256", "use": "sig"}),
			jwk(t, keys[1], object{"kid": "YuyXoY", "alg": "RS256", "use": "sig"}),
		}}, "Content-Type", "application/json;charset=UTF-8")),
	})
	verifier, err := Apple("com.example.app", jwks.WithHTTPClient(client))
	require.NoError(t, err)
	payload := object{
		"iss": "https://appleid.apple.com", "aud": "com.example.app", "sub": "001393.6d621d.1517", "nonce": "n-0S6",
		"email": "x@privaterelay.appleid.com", "nonce_supported": true, "auth_time": in(0), "iat": in(0), "exp": in(10 * time.Minute),
	}
	for _, verified := range []any{"true", true} {
		tok, err := verifier.VerifyContext(t.Context(), sign(t, keys[1], raw, object{"kid": "YuyXoY"},
			with(payload, object{"email_verified": verified, "is_private_email": "false"})))
		require.NoError(t, err)
		require.Equal(t, AppleClaims{"x@privaterelay.appleid.com", true, false, "n-0S6"}, tok.Claims)
	}
	_, err = verifier.VerifyContext(t.Context(), sign(t, keys[1], raw, object{"kid": "YuyXoY"}, with(payload, object{"email_verified": "yes"})))
	require.ErrorIs(t, err, jwt.ErrInvalidClaims)
}

func TestIAP(t *testing.T) {
	key := ecKey(t)
	client := internet(t, map[string]http.HandlerFunc{
		"www.gstatic.com": at("/iap/verify/public_key-jwk", answer(object{"keys": []object{
			jwk(t, key, object{"kid": "2nMJtw", "alg": "ES256", "use": "sig"}),
		}}, "Content-Type", "text/plain", "Cache-Control", "public, max-age=3600")),
	})
	const audience = "/projects/123456789/global/backendServices/987654321"
	guard, err := IAP(audience, jwks.WithHTTPClient(client))
	require.NoError(t, err)
	header := object{"kid": "2nMJtw", "typ": "JWT"}
	payload := object{
		"iss": "https://cloud.google.com/iap", "aud": audience, "sub": "accounts.google.com:118133", "email": "susan@example.com",
		"hd": "example.com", "google": object{"access_levels": []string{"accessPolicies/1/accessLevels/x"}}, "iat": in(0), "exp": in(10 * time.Minute),
	}
	const name = "X-Goog-Iap-Jwt-Assertion"
	require.Equal(t, 200, status(guard, name, sign(t, key, raw, header, payload)))
	require.Equal(t, 200, status(guard, name, sign(t, key, raw, header, with(payload, object{"exp": in(-20 * time.Second)}))))
	require.Equal(t, 401, status(guard, name, sign(t, key, raw, header, with(payload, object{"exp": in(-40 * time.Second)}))))
	require.Equal(t, 401, status(guard, name, sign(t, key, raw, header, with(payload, object{"aud": "/projects/1/apps/other"}))))
	require.Equal(t, 401, status(guard, "Authorization", "Bearer "+sign(t, key, raw, header, payload)))
}

func TestCloudflareAccess(t *testing.T) {
	keys := rsaKeys()
	const host, kid = "team.cloudflareaccess.com", "1a1c3986a44ce6390be42ec772b031df"
	current := object{"kid": kid, "cert": certificatePEM(t, keys[0])}
	client := internet(t, map[string]http.HandlerFunc{
		host: at("/cdn-cgi/access/certs", answer(object{
			"keys": []object{
				jwk(t, keys[0], object{"kid": kid, "alg": "RS256", "use": "sig"}),
				jwk(t, keys[1], object{"kid": "6c3bffef71bb0a90c9cbef3b7c0d4a1c", "alg": "RS256", "use": "sig"}),
			},
			"public_cert":  current,
			"public_certs": []object{current, {"kid": "6c3bffef71bb0a90c9cbef3b7c0d4a1c", "cert": certificatePEM(t, keys[1])}},
		}, "Content-Type", "application/json")),
	})
	const tag = "32eafc7626e737acb26e4a2a3b3b1e3fe40e2a05"
	guard, err := CloudflareAccess("https://"+host, tag, jwks.WithHTTPClient(client))
	require.NoError(t, err)
	user := object{
		"iss": "https://" + host, "aud": []string{tag}, "sub": "7335d417-61da-459d-899c-0a01c76a2f94", "email": "susan@example.com",
		"type": "app", "identity_nonce": "6ei69kawdKzMIAPF", "country": "US", "iat": in(0), "nbf": in(0), "exp": in(time.Hour),
	}
	service := object{"iss": "https://" + host, "aud": []string{tag}, "sub": "", "common_name": "e367826f93b8d71185e03fe518aff3b4.access", "type": "app", "iat": in(0), "exp": in(time.Hour)}
	const name = "Cf-Access-Jwt-Assertion"
	require.Equal(t, 200, status(guard, name, sign(t, keys[0], raw, object{"kid": kid}, user)))
	require.Equal(t, 200, status(guard, name, sign(t, keys[0], raw, object{"kid": kid}, service)))
	require.Equal(t, 401, status(guard, name, sign(t, keys[0], raw, object{"kid": kid}, with(user, object{"aud": []string{"another application"}}))))
	require.Equal(t, 401, status(guard, name, ""))
}

func TestCognito(t *testing.T) {
	key := rsaKeys()[0]
	const host, pool = "cognito-idp.eu-central-1.amazonaws.com", "eu-central-1_AbCdEf123"
	client := internet(t, map[string]http.HandlerFunc{host: openID("https://"+host+"/"+pool, "https://"+host+"/"+pool+"/.well-known/jwks.json",
		jwk(t, key, object{"kid": "1234example=", "alg": "RS256", "use": "sig"}))})
	verifier, err := Cognito("eu-central-1", pool, []string{"57cbi"}, jwks.WithHTTPClient(client))
	require.NoError(t, err)
	access := object{
		"iss": "https://" + host + "/" + pool, "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "client_id": "57cbi", "token_use": "access",
		"scope": "orders/read openid", "cognito:groups": []string{"admin"}, "username": "susan", "origin_jti": "o", "jti": "j",
		"version": 2, "auth_time": in(0), "iat": in(0), "exp": in(time.Hour),
	}
	verify := func(payload object) error {
		_, err := verifier.VerifyContext(t.Context(), sign(t, key, raw, object{"kid": "1234example="}, payload))
		return err
	}
	require.NoError(t, verify(access))
	require.ErrorIs(t, verify(with(access, object{"client_id": "another"})), jwt.ErrInvalidClaims)
	require.ErrorIs(t, verify(with(access, object{"token_use": "id"})), jwt.ErrInvalidClaims)
	id := with(access, object{"token_use": "id", "aud": "57cbi", "client_id": nil, "scope": nil})
	require.ErrorIs(t, verify(id), jwt.ErrInvalidAudience)
}

func TestGitHubActions(t *testing.T) {
	key := rsaKeys()[0]
	const host = "token.actions.githubusercontent.com"
	client := internet(t, map[string]http.HandlerFunc{host: openID("https://"+host, "https://"+host+"/.well-known/jwks",
		jwk(t, key, object{"kid": "example-key-id", "alg": "RS256", "use": "sig", "x5t": "ykNaY4qM_ta4k2TgZOCEYLkcYlA", "x5c": []string{base64.StdEncoding.EncodeToString(certificate(t, key))}}))})
	verifier, err := GitHubActions("https://deploy.example.com", "74", "refs/heads/main", jwks.WithHTTPClient(client))
	require.NoError(t, err)
	payload := object{
		"iss": "https://" + host, "aud": "https://deploy.example.com", "sub": "repo:octo-org/octo-repo:environment:prod", "jti": "example-id",
		"repository": "octo-org/octo-repo", "repository_id": "74", "repository_owner_id": "65", "ref": "refs/heads/main", "ref_type": "branch",
		"environment": "prod", "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
		"iat": in(0), "nbf": in(-5 * time.Minute), "exp": in(5 * time.Minute),
	}
	verify := func(payload object) error {
		_, err := verifier.VerifyContext(t.Context(), sign(t, key, raw, object{"kid": "example-key-id", "typ": "JWT", "x5t": "example-thumbprint"}, payload))
		return err
	}
	require.NoError(t, verify(payload))
	require.ErrorIs(t, verify(with(payload, object{"repository_id": "75"})), jwt.ErrInvalidClaims)
	require.ErrorIs(t, verify(with(payload, object{"ref": "refs/pull/1/merge"})), jwt.ErrInvalidClaims)
	require.ErrorIs(t, verify(with(payload, object{"aud": "https://github.com/octo-org"})), jwt.ErrInvalidAudience)
}
