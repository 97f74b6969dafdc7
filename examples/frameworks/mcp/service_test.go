package mcp_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	orderservice "example.com/jwt/examples/frameworks/mcp"
	"example.com/jwt/examples/frameworks/orders"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"github.com/stretchr/testify/require"
)

// bearer adds a token to each request of a client.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if b != "" {
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

func serve(t *testing.T, issuer ordertest.Issuer, v *jwt.Verifier[orders.Claims]) *httptest.Server {
	server := httptest.NewUnstartedServer(nil)
	server.Config.Handler = orderservice.New(v, "http://"+server.Listener.Addr().String(), issuer.URL())
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// connect is the SDK's own client, with a token.
func connect(t *testing.T, server *httptest.Server, token string) (*mcp.ClientSession, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1.0.0"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint: server.URL + "/mcp", HTTPClient: &http.Client{Transport: bearer(token)}, MaxRetries: -1, DisableStandaloneSSE: true,
	}, nil)
	if err == nil {
		t.Cleanup(func() { _ = session.Close() })
	}
	return session, err
}

// call calls a tool, and returns what it answers as a text.
func call(ctx context.Context, t *testing.T, session *mcp.ClientSession, tool string, arguments any) (text string, failed bool) {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
	require.NoError(t, err)
	require.Len(t, result.Content, 1)
	return result.Content[0].(*mcp.TextContent).Text, result.IsError
}

func TestSDKClient(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	server := serve(t, issuer, issuer.Verifier())
	reader, err := connect(t, server, issuer.Token(orders.Read))
	require.NoError(t, err)
	text, failed := call(t.Context(), t, reader, "list_orders", nil)
	require.False(t, failed)
	require.JSONEq(t, `{"orders":["susan's order 17","susan's order 23"]}`, text)
	text, failed = call(t.Context(), t, reader, "delete_order", map[string]any{"id": "17"})
	require.True(t, failed)
	require.Equal(t, `the token lacks the scope "orders:write"`, text)

	writer, err := connect(t, server, issuer.Token(orders.Read+" "+orders.Write))
	require.NoError(t, err)
	text, failed = call(t.Context(), t, writer, "delete_order", map[string]any{"id": "17"})
	require.False(t, failed)
	require.JSONEq(t, `{"deleted":"17"}`, text)
	text, failed = call(t.Context(), t, writer, "delete_order", map[string]any{"id": "18"})
	require.True(t, failed)
	require.Equal(t, "no such order", text)

	for _, bad := range issuer.BadTokens(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour)) {
		_, err := connect(t, server, bad.Token)
		require.ErrorContains(t, err, "Unauthorized", bad.Name)
	}
}

const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// post sends a message of the protocol.
func post(t *testing.T, url, session, message string, authorization ...string) (resp *http.Response, body string) {
	r, err := http.NewRequest("POST", url, strings.NewReader(message))
	require.NoError(t, err)
	r.Header = http.Header{"Authorization": authorization, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}}
	if session != "" {
		r.Header.Set("Mcp-Session-Id", session)
	}
	resp, err = http.DefaultClient.Do(r)
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(text)
}

func TestStatus(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	up, down := serve(t, issuer, issuer.Verifier()), serve(t, issuer, issuer.Down())
	reader := "Bearer " + issuer.Token(orders.Read)
	for _, test := range []struct {
		name          string
		server        *httptest.Server
		authorization []string
		status        int
		challenge     string // after the metadata
	}{
		{"a reader", up, []string{reader}, 200, ""},
		{"no token", up, nil, 401, "none"},
		{"an old token", up, []string{"Bearer " + issuer.Expired(issuer.Claims(orders.Read))}, 401, `, error="invalid_token", error_description="the token is expired"`},
		{"for another service", up, []string{"Bearer " + issuer.OtherAudience(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour))}, 401, `, error="invalid_token", error_description="the token is not valid"`},
		{"another scope", up, []string{"Bearer " + issuer.Token("openid")}, 403, `, error="insufficient_scope", scope="orders:read"`},
		{"two tokens", up, []string{reader, reader}, 400, `, error="invalid_request", error_description="want one Authorization header, with one bearer token"`},
		{"no keys", down, []string{reader}, 503, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, body := post(t, test.server.URL+"/mcp", "", initialize, test.authorization...)
			require.Equal(t, test.status, resp.StatusCode, body)
			want := ""
			if test.challenge != "" {
				want = `Bearer resource_metadata="` + test.server.URL + `/.well-known/oauth-protected-resource/mcp"` + strings.TrimPrefix(test.challenge, "none")
			}
			require.Equal(t, want, strings.Join(resp.Header.Values("WWW-Authenticate"), "; "))
			if test.status != 200 {
				require.Equal(t, http.StatusText(test.status)+"\n", body)
			}
		})
	}
}

// TestMetadata: a client that is refused finds out whom to ask for a token.
func TestMetadata(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	server := serve(t, issuer, issuer.Verifier())
	resp, _ := post(t, server.URL+"/mcp", "", initialize)
	challenges, err := oauthex.ParseWWWAuthenticate(resp.Header.Values("WWW-Authenticate"))
	require.NoError(t, err)
	require.Len(t, challenges, 1)
	metadata, err := oauthex.GetProtectedResourceMetadata(t.Context(), challenges[0].Params["resource_metadata"], server.URL+"/mcp", server.Client())
	require.NoError(t, err)
	require.Equal(t, []string{issuer.URL()}, metadata.AuthorizationServers)
}

// TestSessionsAreTheirUsers: the UserID is set, so that a session that one user has begun is
// closed to another.
func TestSessionsAreTheirUsers(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	server := serve(t, issuer, issuer.Verifier())
	resp, body := post(t, server.URL+"/mcp", "", initialize, "Bearer "+issuer.Token(orders.Read))
	require.Equal(t, 200, resp.StatusCode, body)
	session := resp.Header.Get("Mcp-Session-Id")
	require.NotEmpty(t, session)

	mallory := issuer.Claims(orders.Read)
	mallory["sub"] = "mallory"
	const ping = `{"jsonrpc":"2.0","id":2,"method":"ping"}`
	resp, body = post(t, server.URL+"/mcp", session, ping, "Bearer "+issuer.Token(orders.Read))
	require.Equal(t, 200, resp.StatusCode, body)
	resp, body = post(t, server.URL+"/mcp", session, ping, "Bearer "+issuer.Sign(mallory, jwt.WithExpiresIn(time.Hour)))
	require.Equal(t, 403, resp.StatusCode, body)
}

// TestTokenVerifier: behind the SDK alone, a bad token is a 401 whose text says nothing, and an
// outage the 500 that the SDK has for it.
func TestTokenVerifier(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	serve := func(v *jwt.Verifier[orders.Claims]) *httptest.Server {
		seen := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_ = json.NewEncoder(w).Encode(auth.TokenInfoFromContext(r.Context()))
		})
		server := httptest.NewServer(auth.RequireBearerToken(orderservice.NewTokenVerifier(v), &auth.RequireBearerTokenOptions{Scopes: []string{orders.Read}})(seen))
		t.Cleanup(server.Close)
		return server
	}
	up, down := serve(issuer.Verifier()), serve(issuer.Down())
	resp, body := post(t, up.URL, "", "", "Bearer "+issuer.Token(orders.Read))
	require.Equal(t, 200, resp.StatusCode)
	var info auth.TokenInfo
	require.NoError(t, json.Unmarshal([]byte(body), &info))
	require.Equal(t, "susan", info.UserID)
	require.Equal(t, []string{orders.Read}, info.Scopes)
	require.True(t, info.Expiration.After(time.Now()))

	resp, body = post(t, up.URL, "", "", "Bearer "+issuer.OtherAudience(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour)))
	require.Equal(t, 401, resp.StatusCode)
	require.Equal(t, "invalid token\n", body)
	resp, _ = post(t, up.URL, "", "", "Bearer "+issuer.Token("openid"))
	require.Equal(t, 403, resp.StatusCode)
	resp, body = post(t, down.URL, "", "", "Bearer "+issuer.Token(orders.Read))
	require.Equal(t, 500, resp.StatusCode)
	require.Equal(t, "tokens cannot be verified at the moment\n", body)
}
