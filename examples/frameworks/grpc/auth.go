package grpc

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Auth verifies the token of each call, from the metadata "authorization". Handlers get it with
// jwthttp.TokenFromContext.
type Auth struct {
	Verifier jwthttp.TokenVerifier[orders.Claims]
	Scopes   map[string]string // of each full method; one that is missing is refused
}

// Unary is for grpc.UnaryInterceptor.
func (a *Auth) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	ctx, err := a.authenticate(ctx, info.FullMethod)
	if err != nil {
		return nil, err
	}
	return handler(ctx, req)
}

// Stream is for grpc.StreamInterceptor. The token is verified when the stream begins.
func (a *Auth) Stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	ctx, err := a.authenticate(stream.Context(), info.FullMethod)
	if err != nil {
		return err
	}
	return handler(srv, &authenticated{stream, ctx})
}

type authenticated struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *authenticated) Context() context.Context { return s.ctx }

func (a *Auth) authenticate(ctx context.Context, method string) (context.Context, error) {
	header := http.Header{"Authorization": metadata.ValueFromIncomingContext(ctx, "authorization")}
	raw, err := jwthttp.BearerToken(&http.Request{Header: header})
	if err != nil {
		return nil, status.Error(codes.Unauthenticated, "want one bearer token")
	}
	tok, err := a.Verifier.VerifyContext(ctx, raw)
	if err != nil {
		slog.WarnContext(ctx, "token rejected", "method", method, "error", err) // the client is not told
	}
	scope, ok := a.Scopes[method]
	switch {
	case errors.Is(err, jwt.ErrKeysUnavailable):
		return nil, status.Error(codes.Unavailable, "tokens cannot be verified at the moment")
	case errors.Is(err, jwt.ErrInvalidToken):
		return nil, status.Error(codes.Unauthenticated, "the token is not valid")
	case err != nil:
		return nil, status.Error(codes.Internal, "internal error")
	case !ok:
		return nil, status.Error(codes.PermissionDenied, "no scope allows this method")
	case !tok.Claims.Scope.Has(scope):
		return nil, status.Errorf(codes.PermissionDenied, "the token lacks the scope %q", scope)
	}
	return jwthttp.ContextWithToken(ctx, tok), nil
}
