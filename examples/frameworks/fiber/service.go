// Package fiber is the API with fiber v3, and an adapter for net/http middleware.
package fiber

import (
	"net/http"
	"strings"

	"example.com/jwt/examples/frameworks/orders"
	"example.com/jwt/jwthttp"
	"github.com/gofiber/fiber/v3"
)

// New returns the service.
func New(v jwthttp.TokenVerifier[orders.Claims]) *fiber.App {
	app := fiber.New()
	app.Use(wrap(jwthttp.Middleware(v, jwthttp.WithAuthParam("realm", "orders"))))
	app.Get("/orders", wrap(jwthttp.RequireScopes(orders.Read)), list)
	app.Delete("/orders/:id", wrap(jwthttp.RequireScopes(orders.Write)), remove)
	return app
}

// wrap makes fiber middleware of net/http middleware that looks at the headers of a request
// and may answer it. Unlike adaptor.HTTPMiddleware it keeps headers that are given twice, which
// must be refused, and hands the context on as c.Context.
func wrap(middleware func(http.Handler) http.Handler) fiber.Handler {
	return func(c fiber.Ctx) (err error) {
		r, err := http.NewRequestWithContext(c.Context(), c.Method(), strings.Clone(c.OriginalURL()), nil)
		if err != nil {
			return fiber.ErrBadRequest
		}
		for name, value := range c.Request().Header.All() {
			r.Header.Add(string(name), string(value))
		}
		middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			c.SetContext(r.Context())
			err = c.Next()
		})).ServeHTTP(&writer{c, http.Header{}}, r)
		return err
	}
}

// writer writes a refusal.
type writer struct {
	c      fiber.Ctx
	header http.Header
}

func (w *writer) Header() http.Header { return w.header }

func (w *writer) WriteHeader(status int) {
	for name, values := range w.header {
		w.c.Set(name, strings.Join(values, ", "))
	}
	w.c.Status(status)
}

func (w *writer) Write(body []byte) (int, error) {
	w.c.Response().AppendBody(body)
	return len(body), nil
}

func list(c fiber.Ctx) error {
	tok, _ := jwthttp.TokenFromContext[orders.Claims](c.Context())
	return c.JSON(orders.List(tok.Subject))
}

func remove(c fiber.Ctx) error {
	if !orders.Delete(c.Params("id")) {
		return c.Status(fiber.StatusNotFound).SendString("no such order\n")
	}
	return c.SendStatus(fiber.StatusNoContent)
}
