package gin_test

import (
	"net/http"
	"testing"

	"example.com/jwt"
	"example.com/jwt/examples/frameworks/gin"
	"example.com/jwt/examples/frameworks/internal/ordertest"
	"example.com/jwt/examples/frameworks/orders"
	gingonic "github.com/gin-gonic/gin"
)

func TestService(t *testing.T) {
	gingonic.SetMode(gingonic.TestMode)
	ordertest.HTTP(t, func(v *jwt.Verifier[orders.Claims]) func(*http.Request) (*http.Response, error) {
		return ordertest.Serve(gin.New(v))
	})
}
