package fiber_test

import (
	"net/http"
	"testing"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/fiber"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/orders"
)

func TestService(t *testing.T) {
	ordertest.HTTP(t, func(v *jwt.Verifier[orders.Claims]) func(*http.Request) (*http.Response, error) {
		app := fiber.New(v)
		return func(r *http.Request) (*http.Response, error) { return app.Test(r) }
	})
}
