package nethttp_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/nethttp"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
	"github.com/stretchr/testify/require"
)

func TestService(t *testing.T) {
	ordertest.HTTP(t, func(v *jwt.Verifier[orders.Claims]) func(*http.Request) (*http.Response, error) {
		return ordertest.Serve(nethttp.New(v))
	})
}

// TestMetadata: a client that is refused learns from the challenge where the metadata is, and
// from there whom to ask for a token.
func TestMetadata(t *testing.T) {
	const issuer = "https://login.example"
	server := httptest.NewUnstartedServer(nil)
	resource := "http://" + server.Listener.Addr().String()
	mux := http.NewServeMux()
	mux.Handle("/", jwthttp.Middleware(ordertest.NewIssuer(t).Verifier(),
		jwthttp.WithAuthParam("resource_metadata", resource+"/.well-known/oauth-protected-resource"))(http.NotFoundHandler()))
	mux.Handle("/.well-known/oauth-protected-resource", nethttp.Metadata(resource, issuer, orders.Read, orders.Write))
	server.Config.Handler = mux
	server.Start()
	defer server.Close()

	resp, err := server.Client().Get(resource + "/orders")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	challenges, err := oauthex.ParseWWWAuthenticate(resp.Header.Values("WWW-Authenticate"))
	require.NoError(t, err)
	require.Len(t, challenges, 1)
	metadata, err := oauthex.GetProtectedResourceMetadata(t.Context(), challenges[0].Params["resource_metadata"], resource, server.Client())
	require.NoError(t, err)
	require.Equal(t, []string{issuer}, metadata.AuthorizationServers)
	require.Equal(t, []string{orders.Read, orders.Write}, metadata.ScopesSupported)

	preflight, err := http.NewRequest("OPTIONS", challenges[0].Params["resource_metadata"], nil)
	require.NoError(t, err)
	resp, err = server.Client().Do(preflight)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "*", resp.Header.Get("Access-Control-Allow-Headers"))
}
