// Package gin is the API with gin, and an adapter for net/http middleware.
package gin

import (
	"net/http"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/gin-gonic/gin"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) http.Handler {
	r := gin.New()
	r.Use(wrap(jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders"))))
	r.GET("/orders", wrap(jwthttp.RequireScopes(orders.Read)), list)
	r.DELETE("/orders/:id", wrap(jwthttp.RequireScopes(orders.Write)), remove)
	return r
}

// wrap makes gin middleware of net/http middleware.
func wrap(middleware func(http.Handler) http.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		passed := false
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			passed = true
			c.Request = r // with the token in its context
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if !passed {
			c.Abort()
		}
	}
}

func list(c *gin.Context) {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](c.Request.Context())
	c.JSON(http.StatusOK, orders.List(tok.Subject))
}

func remove(c *gin.Context) {
	if !orders.Delete(c.Param("id")) {
		c.String(http.StatusNotFound, "no such order\n")
		return
	}
	c.Status(http.StatusNoContent)
}
