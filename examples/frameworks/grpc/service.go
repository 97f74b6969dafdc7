// Package grpc is the API with gRPC: interceptors for unary and streaming calls.
package grpc

import (
	"context"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) *grpc.Server {
	auth := &Auth{v, map[string]string{
		"/orders.Orders/List":   orders.Read,
		"/orders.Orders/Delete": orders.Write,
	}}
	server := grpc.NewServer(grpc.UnaryInterceptor(auth.Unary), grpc.StreamInterceptor(auth.Stream))
	server.RegisterService(&description, service{})
	return server
}

type service struct{}

// list sends the orders of the caller.
func (service) list(stream grpc.ServerStream) error {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](stream.Context())
	for _, order := range orders.List(tok.Subject) {
		if err := stream.SendMsg(wrapperspb.String(order)); err != nil {
			return err
		}
	}
	return nil
}

func (service) delete(_ context.Context, id string) error {
	if !orders.Delete(id) {
		return status.Error(codes.NotFound, "no such order")
	}
	return nil
}

// description is what protoc would generate of
//
//	service Orders {
//	  rpc List(google.protobuf.Empty) returns (stream google.protobuf.StringValue);
//	  rpc Delete(google.protobuf.StringValue) returns (google.protobuf.Empty);
//	  rpc Count(google.protobuf.Empty) returns (google.protobuf.Empty);
//	}
//
// where Count is a method that somebody has added without a scope.
var description = grpc.ServiceDesc{
	ServiceName: "orders.Orders",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{
		{MethodName: "Delete", Handler: unary("/orders.Orders/Delete", func(ctx context.Context, s service, id *wrapperspb.StringValue) error {
			return s.delete(ctx, id.GetValue())
		})},
		{MethodName: "Count", Handler: unary("/orders.Orders/Count", func(context.Context, service, *emptypb.Empty) error { return nil })},
	},
	Streams: []grpc.StreamDesc{{StreamName: "List", ServerStreams: true, Handler: func(srv any, stream grpc.ServerStream) error {
		if err := stream.RecvMsg(new(emptypb.Empty)); err != nil {
			return err
		}
		return srv.(service).list(stream)
	}}},
}

func unary[Req any](method string, call func(context.Context, service, *Req) error) grpc.MethodHandler {
	return func(srv any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
		req := new(Req)
		if err := decode(req); err != nil {
			return nil, err
		}
		return interceptor(ctx, req, &grpc.UnaryServerInfo{Server: srv, FullMethod: method}, func(ctx context.Context, req any) (any, error) {
			return new(emptypb.Empty), call(ctx, srv.(service), req.(*Req))
		})
	}
}
