// Package mcp is the API as an MCP server with the official SDK, protected as the protocol asks
// for (OAuth 2.0 with the metadata of RFC 9728).
package mcp

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

// New returns the service at base, a URL without a path. Tokens come from issuer, whose
// verifier v is.
func New(v jwthttp.TokenVerifier[orders.Claims], base, issuer string) http.Handler {
	const metadata = "/.well-known/oauth-protected-resource/mcp"
	authenticated := jwthttp.Middleware(v, jwthttp.WithAuthParam("resource_metadata", base+metadata))
	readers := jwthttp.RequireScopes(orders.Read)
	withUser := auth.RequireBearerToken(tokenInfo, nil)

	server := newServer()
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)
	mux := http.NewServeMux()
	mux.Handle("/mcp", authenticated(readers(withUser(handler))))
	mux.Handle(metadata, auth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
		Resource: base + "/mcp", AuthorizationServers: []string{issuer}, ScopesSupported: []string{orders.Read, orders.Write},
	}))
	return mux
}

// tokenInfo tells the SDK what the middleware around it has verified. The UserID keeps others
// out of a user's session.
func tokenInfo(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
	tok, ok := jwthttp.TokenFromContext[orders.Claims](ctx)
	if !ok {
		return nil, auth.ErrInvalidToken
	}
	return &auth.TokenInfo{UserID: tok.Subject, Scopes: tok.Claims.Scope, Expiration: tok.ExpiresAt.Time}, nil
}

func newServer() *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "orders", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "list_orders"}, list)
	mcp.AddTool(server, &mcp.Tool{Name: "delete_order"}, remove)
	return server
}

func list(_ context.Context, req *mcp.CallToolRequest, _ struct{}) (*mcp.CallToolResult, any, error) {
	return nil, map[string]any{"orders": orders.List(req.Extra.TokenInfo.UserID)}, nil
}

type order struct {
	ID string `json:"id"`
}

func remove(_ context.Context, req *mcp.CallToolRequest, o order) (*mcp.CallToolResult, any, error) {
	if !slices.Contains(req.Extra.TokenInfo.Scopes, orders.Write) {
		return nil, nil, fmt.Errorf("the token lacks the scope %q", orders.Write)
	}
	if !orders.Delete(o.ID) {
		return nil, nil, fmt.Errorf("no such order")
	}
	return nil, map[string]any{"deleted": o.ID}, nil
}
