// Package connect is the API with connect-go, whose handlers are those of net/http: Connect,
// gRPC and gRPC-Web in one, and their clients understand 401, 403 and 503.
package connect

import (
	"context"
	"errors"
	"net/http"

	"connectrpc.com/connect"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/orders.Orders/List", jwthttp.RequireScopes(orders.Read)(connect.NewServerStreamHandler("/orders.Orders/List", list)))
	mux.Handle("/orders.Orders/Delete", jwthttp.RequireScopes(orders.Write)(connect.NewUnaryHandler("/orders.Orders/Delete", remove)))
	return jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders"))(mux)
}

func list(ctx context.Context, _ *connect.Request[emptypb.Empty], stream *connect.ServerStream[wrapperspb.StringValue]) error {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](ctx)
	for _, order := range orders.List(tok.Subject) {
		if err := stream.Send(wrapperspb.String(order)); err != nil {
			return err
		}
	}
	return nil
}

func remove(_ context.Context, req *connect.Request[wrapperspb.StringValue]) (*connect.Response[emptypb.Empty], error) {
	if !orders.Delete(req.Msg.GetValue()) {
		return nil, connect.NewError(connect.CodeNotFound, errors.New("no such order"))
	}
	return connect.NewResponse(new(emptypb.Empty)), nil
}
