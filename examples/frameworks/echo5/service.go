// Package echo5 is the API with echo v5, which wraps net/http middleware.
package echo5

import (
	"net/http"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/labstack/echo/v5"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) http.Handler {
	e := echo.New()
	e.Use(echo.WrapMiddleware(jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders"))))
	e.GET("/orders", list, echo.WrapMiddleware(jwthttp.RequireScopes(orders.Read)))
	e.DELETE("/orders/:id", remove, echo.WrapMiddleware(jwthttp.RequireScopes(orders.Write)))
	return e
}

func list(c *echo.Context) error {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](c.Request().Context())
	return c.JSON(http.StatusOK, orders.List(tok.Subject))
}

func remove(c *echo.Context) error {
	if !orders.Delete(c.Param("id")) {
		return c.String(http.StatusNotFound, "no such order\n")
	}
	return c.NoContent(http.StatusNoContent)
}
