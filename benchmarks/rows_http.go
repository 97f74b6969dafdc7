package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"

	"example.com/jwt/jwthttp"
	jwtmiddleware "github.com/auth0/go-jwt-middleware/v3"
	"github.com/auth0/go-jwt-middleware/v3/validator"
)

var _ = addRows(groupHTTP, row{
	name: "http", title: "jwthttp.Middleware, the handler reads the claims",
	set: func() ([]variant, error) {
		s := hs256()
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+s.token())
		serve := func(h http.Handler) func() error {
			return func() error {
				w := discard{}
				h.ServeHTTP(&w, r)
				if w.status != http.StatusNoContent {
					return errors.New("the handler was not called, or found no claims")
				}
				return nil
			}
		}
		mine, err := ourMiddleware(s)
		if err != nil {
			return nil, err
		}
		copy, err := ourMiddleware(s)
		if err != nil {
			return nil, err
		}
		auth0, err := auth0Middleware(s)
		return []variant{
			{"jwt", ours, serve(mine)}, {"jwt, again", again, serve(copy)}, {"auth0/go-jwt-middleware", peer, serve(auth0)},
		}, err
	},
})

func ourMiddleware(s setup) (http.Handler, error) {
	l, err := newOursLibrary[ourClaims](s, 0)
	if err != nil {
		return nil, err
	}
	return jwthttp.Middleware(l.verify)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if t, ok := jwthttp.TokenFromContext[ourClaims](r.Context()); ok && t.Claims.Name == standard.Name && t.Subject == standard.Subject {
			w.WriteHeader(http.StatusNoContent)
		}
	})), nil
}

// auth0Claims are the claims beside the registered ones.
type auth0Claims struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func (*auth0Claims) Validate(context.Context) error { return nil }

func auth0Middleware(s setup) (http.Handler, error) {
	v, err := validator.New(
		validator.WithKeyFunc(func(context.Context) (any, error) { return s.secret, nil }),
		validator.WithAlgorithm(validator.HS256), validator.WithIssuer(issuer), validator.WithAudience(audience),
		validator.WithCustomClaims(func() *auth0Claims { return &auth0Claims{} }),
	)
	if err != nil {
		return nil, err
	}
	m, err := jwtmiddleware.New(jwtmiddleware.WithValidator(v))
	if err != nil {
		return nil, err
	}
	return m.CheckJWT(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := jwtmiddleware.GetClaims[*validator.ValidatedClaims](r.Context())
		if err != nil || c.RegisteredClaims.Expiry == 0 || c.RegisteredClaims.Subject != standard.Subject {
			return
		}
		if own, ok := c.CustomClaims.(*auth0Claims); ok && own.Name == standard.Name {
			w.WriteHeader(http.StatusNoContent)
		}
	})), nil
}

// discard is a response that keeps its status alone.
type discard struct {
	status int
	header http.Header
}

func (w *discard) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}

func (w *discard) Write(b []byte) (int, error) { return len(b), nil }
func (w *discard) WriteHeader(status int)      { w.status = status }
