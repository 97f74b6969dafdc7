package jwthttp

import (
	"context"

	"example.com/jwt"
)

// tokenKey finds the *jwt.Token[T] of a context: one for each T. guardKey finds the nearest
// node, whatever its T.
type (
	tokenKey[T any] struct{}
	guardKey        struct{}
)

// node is what Middleware and ContextWithToken add to a context: one allocation for the
// token, and for what RequireScopes needs to answer as the Middleware around it.
type node[T any] struct {
	context.Context
	tok *jwt.Token[T] // nil if Optional let a request without a token through
	c   *config
}

// guard is a node without its T.
type guard interface {
	config() *config
	payload() (text string, ok bool)
}

// Value implements [context.Context].
func (n *node[T]) Value(key any) any {
	switch key.(type) {
	case tokenKey[T]:
		return n.tok
	case guardKey:
		return n
	}
	return n.Context.Value(key)
}

func (n *node[T]) config() *config { return n.c }

func (n *node[T]) payload() (string, bool) {
	if n.tok == nil {
		return "", false
	}
	return n.tok.Payload, true
}

// TokenFromContext returns the token that the nearest [Middleware] of the same T has verified,
// or that [ContextWithToken] was given. It reports false if there is none: outside of a
// Middleware, in one of another T, or for a request that [Optional] let through without a
// token. The token is shared: do not change it.
//
// The context knows a token by its T alone, and not by the verifier. Two nested Middlewares of
// one T hide each other's tokens, so that a handler sees the inner one: give policies that a
// handler must not confuse claims types of their own.
func TokenFromContext[T any](ctx context.Context) (*jwt.Token[T], bool) {
	tok, _ := ctx.Value(tokenKey[T]{}).(*jwt.Token[T])
	return tok, tok != nil
}

// ContextWithToken returns a context in which [TokenFromContext] finds tok: for transports
// other than net/http (a gRPC interceptor), and for tests of handlers, which then need no
// signature. [RequireScopes] works there too, from tok.Payload; a Middleware around it still
// determines the challenge. A nil tok stands for a request without a token.
func ContextWithToken[T any](ctx context.Context, tok *jwt.Token[T]) context.Context {
	c := new(config)
	if g, ok := ctx.Value(guardKey{}).(guard); ok {
		c = g.config()
	}
	return &node[T]{ctx, tok, c}
}
