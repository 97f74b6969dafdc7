package echo5_test

import (
	"net/http"
	"testing"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/echo5"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/orders"
)

func TestService(t *testing.T) {
	ordertest.HTTP(t, func(v *jwt.Verifier[orders.Claims]) func(*http.Request) (*http.Response, error) {
		return ordertest.Serve(echo5.New(v))
	})
}
