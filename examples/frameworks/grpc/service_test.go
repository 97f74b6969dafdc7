package grpc_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"example.com/jwt"
	orderservice "example.com/jwt/examples/frameworks/grpc"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// serve starts a service, and returns a connection to it.
func serve(t *testing.T, v jwthttp.TokenVerifier[orders.Claims]) *grpc.ClientConn {
	l := bufconn.Listen(1 << 16)
	server := orderservice.New(v)
	go func() { _ = server.Serve(l) }()
	t.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:orders", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// list calls the stream.
func list(ctx context.Context, conn *grpc.ClientConn) (got []string, err error) {
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, "/orders.Orders/List")
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(new(emptypb.Empty)); err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	for {
		var order wrapperspb.StringValue
		switch err := stream.RecvMsg(&order); {
		case errors.Is(err, io.EOF):
			return got, nil
		case err != nil:
			return nil, err
		}
		got = append(got, order.GetValue())
	}
}

func TestService(t *testing.T) {
	issuer := ordertest.NewIssuer(t)
	up, down := serve(t, issuer.Verifier()), serve(t, issuer.Down())
	broken := serve(t, new(jwt.Verifier[orders.Claims])) // made without its constructor
	reader, writer := "Bearer "+issuer.Token(orders.Read), "bearer "+issuer.Token(orders.Read+" "+orders.Write)

	for _, test := range []struct {
		name          string
		conn          *grpc.ClientConn
		method, id    string
		authorization []string
		code          codes.Code
		message       string
	}{
		{"a reader lists", up, "List", "", []string{reader}, codes.OK, ""},
		{"a reader deletes nothing", up, "Delete", "17", []string{reader}, codes.PermissionDenied, `the token lacks the scope "orders:write"`},
		{"a writer deletes", up, "Delete", "17", []string{writer}, codes.OK, ""},
		{"but not what isn't there", up, "Delete", "18", []string{writer}, codes.NotFound, "no such order"},
		{"another scope lists nothing", up, "List", "", []string{"Bearer " + issuer.Token("openid")}, codes.PermissionDenied, `the token lacks the scope "orders:read"`},
		{"a method that nobody gave a scope", up, "Count", "", []string{writer}, codes.PermissionDenied, "no scope allows this method"},
		{"no token lists", up, "List", "", nil, codes.Unauthenticated, "want one bearer token"},
		{"no token deletes", up, "Delete", "17", nil, codes.Unauthenticated, "want one bearer token"},
		{"two tokens", up, "Delete", "17", []string{reader, writer}, codes.Unauthenticated, "want one bearer token"},
		{"an old token", up, "Delete", "17", []string{"Bearer " + issuer.Expired(issuer.Claims(orders.Write))}, codes.Unauthenticated, "the token is not valid"},
		{"for another service", up, "List", "", []string{"Bearer " + issuer.OtherAudience(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour))}, codes.Unauthenticated, "the token is not valid"},
		{"no keys", down, "List", "", []string{reader}, codes.Unavailable, "tokens cannot be verified at the moment"},
		{"no keys to delete", down, "Delete", "17", []string{writer}, codes.Unavailable, "tokens cannot be verified at the moment"},
		{"a broken service", broken, "Delete", "17", []string{writer}, codes.Internal, "internal error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := t.Context()
			for _, value := range test.authorization {
				ctx = metadata.AppendToOutgoingContext(ctx, "authorization", value)
			}
			var err error
			if test.method == "List" {
				var got []string
				got, err = list(ctx, test.conn)
				require.Equal(t, test.code == codes.OK, len(got) == 2 && got[0] == "susan's order 17")
			} else {
				err = test.conn.Invoke(ctx, "/orders.Orders/"+test.method, wrapperspb.String(test.id), new(emptypb.Empty))
			}
			require.Equal(t, test.code, status.Code(err), "%v", err)
			require.Equal(t, test.message, status.Convert(err).Message())
		})
	}
	for _, bad := range issuer.BadTokens(issuer.Claims(orders.Read), jwt.WithExpiresIn(time.Hour)) {
		_, err := list(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+bad.Token), up)
		require.Equal(t, codes.Unauthenticated, status.Code(err), bad.Name)
	}
}
