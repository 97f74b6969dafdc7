package connect_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"connectrpc.com/connect"
	"example.com/jwt"
	orderservice "example.com/jwt/examples/frameworks/connect"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/orders"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// TestService: the clients of all three protocols understand the answers of the middleware.
func TestService(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	serve := func(v *jwt.Verifier[orders.Claims]) *httptest.Server {
		server := httptest.NewUnstartedServer(orderservice.New(v))
		server.EnableHTTP2 = true
		server.StartTLS()
		t.Cleanup(server.Close)
		return server
	}
	up, down := serve(issuer.Verifier()), serve(issuer.Down())
	reader, writer := "Bearer "+issuer.Token(orders.Read), "Bearer "+issuer.Token(orders.Read+" "+orders.Write)

	for protocol, opts := range map[string][]connect.ClientOption{"Connect": nil, "gRPC": {connect.WithGRPC()}, "gRPC-Web": {connect.WithGRPCWeb()}} {
		for _, test := range []struct {
			name          string
			server        *httptest.Server
			method, id    string
			authorization string
			code          connect.Code // 0: none
		}{
			{"a reader lists", up, "List", "", reader, 0},
			{"a reader deletes nothing", up, "Delete", "17", reader, connect.CodePermissionDenied},
			{"a writer deletes", up, "Delete", "17", writer, 0},
			{"but not what isn't there", up, "Delete", "18", writer, connect.CodeNotFound},
			{"another scope lists nothing", up, "List", "", "Bearer " + issuer.Token("openid"), connect.CodePermissionDenied},
			{"no token", up, "List", "", "", connect.CodeUnauthenticated},
			{"an old token", up, "Delete", "17", "Bearer " + issuer.Expired(issuer.Claims(orders.Write)), connect.CodeUnauthenticated},
			{"for another service", up, "List", "", "Bearer " + issuer.OtherAudience(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour)), connect.CodeUnauthenticated},
			{"no keys to list", down, "List", "", reader, connect.CodeUnavailable},
			{"no keys to delete", down, "Delete", "17", writer, connect.CodeUnavailable},
		} {
			t.Run(protocol+"/"+test.name, func(t *testing.T) {
				url := test.server.URL + "/orders.Orders/" + test.method
				set := func(h http.Header) {
					if test.authorization != "" {
						h.Set("Authorization", test.authorization)
					}
				}
				var err error
				if test.method == "List" {
					req := connect.NewRequest(new(emptypb.Empty))
					set(req.Header())
					stream, failed := connect.NewClient[emptypb.Empty, wrapperspb.StringValue](test.server.Client(), url, opts...).CallServerStream(t.Context(), req)
					require.NoError(t, failed)
					var got []string
					for stream.Receive() {
						got = append(got, stream.Msg().GetValue())
					}
					err = stream.Err()
					require.NoError(t, stream.Close())
					require.Equal(t, test.code == 0, len(got) == 2 && got[0] == "susan's order 17")
				} else {
					req := connect.NewRequest(wrapperspb.String(test.id))
					set(req.Header())
					_, err = connect.NewClient[wrapperspb.StringValue, emptypb.Empty](test.server.Client(), url, opts...).CallUnary(t.Context(), req)
				}
				if test.code == 0 {
					require.NoError(t, err)
				} else {
					require.Equal(t, test.code, connect.CodeOf(err), "%v", err)
				}
			})
		}
	}
}
