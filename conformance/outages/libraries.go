package main

import (
	"context"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/coreos/go-oidc/v3/oidc"
	peer "github.com/golang-jwt/jwt/v5"
)

const (
	issuer   = "https://issuer.example"
	audience = "api"
)

// library makes a verifier of the keys at a URL.
type library struct {
	name string
	new  func(ctx context.Context, url string) (func(ctx context.Context, token string) error, error)
}

var libraries = []library{
	{"this library", func(_ context.Context, url string) (func(context.Context, string) error, error) {
		keys, err := jwks.New(url, jwks.AllowHTTP())
		if err != nil {
			return nil, err
		}
		v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.ES256}, jwt.WithIssuer(issuer), jwt.WithAudience(audience))
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, token string) error {
			_, err := v.VerifyContext(ctx, token)
			return err
		}, nil
	}},
	{"keyfunc v3", func(ctx context.Context, url string) (func(context.Context, string) error, error) {
		keys, err := keyfunc.NewDefaultCtx(ctx, []string{url})
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context, token string) error {
			_, err := peer.Parse(token, keys.KeyfuncCtx(ctx), peer.WithValidMethods([]string{"ES256"}), peer.WithIssuer(issuer), peer.WithAudience(audience))
			return err
		}, nil
	}},
	{"go-oidc v3", func(ctx context.Context, url string) (func(context.Context, string) error, error) {
		v := oidc.NewVerifier(issuer, oidc.NewRemoteKeySet(ctx, url), &oidc.Config{ClientID: audience, SupportedSigningAlgs: []string{"ES256"}})
		return func(ctx context.Context, token string) error {
			_, err := v.Verify(ctx, token)
			return err
		}, nil
	}},
}
