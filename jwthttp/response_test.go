package jwthttp_test

import (
	"bytes"
	"errors"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

func TestErrorHandler(t *testing.T) {
	v := verifier(t, secret)
	with := func(handle func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
		return jwthttp.Middleware(v, jwthttp.WithErrorHandler(handle))
	}
	t.Run("one that only logs leaves the default response", func(t *testing.T) {
		var logged error
		status, header, body, _ := serve(with(func(_ http.ResponseWriter, _ *http.Request, err error) { logged = err }), "Bearer x.y.z")
		require.ErrorIs(t, logged, jwt.ErrMalformed)
		require.Equal(t, 401, status)
		require.Contains(t, header.Get("WWW-Authenticate"), "invalid_token")
		require.Equal(t, "Unauthorized\n", body)
	})
	t.Run("one that only writes a body sends the status", func(t *testing.T) {
		status, header, body, _ := serve(with(func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Set("Content-Type", "text/x-test")
			_, err := io.WriteString(w, "a")
			require.NoError(t, err)
			_, err = io.WriteString(w, "b")
			require.NoError(t, err)
		}))
		require.Equal(t, 401, status)
		require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
		require.Equal(t, "text/x-test", header.Get("Content-Type"))
		require.Equal(t, "ab", body)
	})
	t.Run("one that writes the status has its way", func(t *testing.T) {
		status, header, body, _ := serve(with(func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.Header().Del("WWW-Authenticate")
			w.WriteHeader(http.StatusNotFound)
		}))
		require.Equal(t, 404, status)
		require.NotContains(t, header, "Www-Authenticate")
		require.Empty(t, body)
	})
	t.Run("it is not called for a good token", func(t *testing.T) {
		_, _, _, reached := serve(with(func(http.ResponseWriter, *http.Request, error) { t.Error("called") }), "Bearer "+issue(""))
		require.True(t, reached)
	})
}

// counter counts the statuses that reach a writer, and says what it has of the optional methods.
type counter struct {
	*httptest.ResponseRecorder
	statuses []int
	deadline time.Time
}

func (c *counter) WriteHeader(status int) {
	c.statuses = append(c.statuses, status)
	c.ResponseRecorder.WriteHeader(status)
}

func (c *counter) SetWriteDeadline(t time.Time) error { c.deadline = t; return nil }

// TestOneStatus: whatever the error handler does, one final status reaches the writer below,
// and it is the prepared one unless the handler writes another.
func TestOneStatus(t *testing.T) {
	deadline := time.Unix(1, 0)
	for name, test := range map[string]struct {
		handle func(w http.ResponseWriter)
		want   []int
		body   string
	}{
		"nothing":               {func(http.ResponseWriter) {}, []int{401}, "Unauthorized\n"},
		"early hints":           {func(w http.ResponseWriter) { w.WriteHeader(103) }, []int{103, 401}, "Unauthorized\n"},
		"a body":                {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "x") }, []int{401}, "x"},
		"a status":              {func(w http.ResponseWriter) { w.WriteHeader(404) }, []int{404}, ""},
		"a status, then a body": {func(w http.ResponseWriter) { w.WriteHeader(404); _, _ = io.WriteString(w, "x") }, []int{404}, "x"},
		"another protocol":      {func(w http.ResponseWriter) { w.WriteHeader(http.StatusSwitchingProtocols) }, []int{101}, ""},
		"a flush":               {func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }, []int{401}, ""},
		"a flush of a body": {func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
		}, []int{401}, "x"},
		"a deadline": {func(w http.ResponseWriter) { _ = http.NewResponseController(w).SetWriteDeadline(deadline) }, []int{401}, "Unauthorized\n"},
		"no hijacking here": {func(w http.ResponseWriter) {
			if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
				panic(err)
			}
		}, []int{401}, "Unauthorized\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &counter{ResponseRecorder: httptest.NewRecorder()}
			guard := jwthttp.Middleware(verifier(t, secret), jwthttp.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, _ error) { test.handle(w) }))
			guard(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			require.Equal(t, test.want, w.statuses)
			require.Equal(t, test.body, w.Body.String())
			require.Equal(t, name == "a deadline", w.deadline.Equal(deadline))
		})
	}
}

// TestHijackedByTheErrorHandler: nothing of ours is written to a connection that the handler
// has taken.
func TestHijackedByTheErrorHandler(t *testing.T) {
	var log bytes.Buffer
	guard := jwthttp.Middleware(verifier(t, secret), jwthttp.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, _ error) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n")
			_ = conn.Close()
		}
	}))
	server := httptest.NewUnstartedServer(guard(http.NotFoundHandler()))
	server.Config.ErrorLog = stdlog.New(&log, "", 0)
	server.Start()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	resp.Body.Close()
	server.Close()
	require.Equal(t, http.StatusTeapot, resp.StatusCode)
	require.Empty(t, log.String())
}

// TestUpgrade: a handler behind the middleware takes over the connection, as a WebSocket
// library does.
func TestUpgrade(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		tok, _ := jwthttp.TokenFromContext[Claims](r.Context())
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"+tok.Subject+" says ")
		line, _ := buffered.ReadString('\n')
		_, _ = io.WriteString(conn, line)
	})
	server := httptest.NewServer(jwthttp.Middleware(verifier(t, secret), jwthttp.WithTokenFrom(jwthttp.FromCookie("session")))(echo))
	defer server.Close()
	for cookie, status := range map[string]int{issue(""): 101, "x.y.z": 401} {
		r, err := http.NewRequest("GET", server.URL, nil)
		require.NoError(t, err)
		r.Header.Set("Connection", "Upgrade")
		r.Header.Set("Upgrade", "echo")
		r.AddCookie(&http.Cookie{Name: "session", Value: cookie})
		resp, err := server.Client().Do(r)
		require.NoError(t, err)
		require.Equal(t, status, resp.StatusCode)
		if status == 101 {
			stream := resp.Body.(io.ReadWriteCloser)
			_, err = io.WriteString(stream, "hello\n")
			require.NoError(t, err)
			said, err := io.ReadAll(stream)
			require.NoError(t, err)
			require.Equal(t, "susan says hello\n", string(said))
		}
		resp.Body.Close()
	}
}
