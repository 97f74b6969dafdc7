package mcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/modelcontextprotocol/go-sdk/auth"
)

// NewTokenVerifier is for a service that leaves the answers to the SDK. It sends the text of an
// error to the client, answers 401 only for what wraps auth.ErrInvalidToken, and has no 503.
func NewTokenVerifier(v jwthttp.TokenVerifier[orders.Claims]) auth.TokenVerifier {
	return func(ctx context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
		tok, err := v.VerifyContext(ctx, token)
		if err != nil {
			slog.WarnContext(ctx, "token rejected", "error", err)
			if errors.Is(err, jwt.ErrInvalidToken) {
				return nil, auth.ErrInvalidToken
			}
			return nil, errors.New("tokens cannot be verified at the moment")
		}
		return &auth.TokenInfo{UserID: tok.Subject, Scopes: tok.Claims.Scope, Expiration: tok.ExpiresAt.Time}, nil
	}
}
