package jwks_test

import (
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// network is a server and the way to it, in memory, so that a real client and a real server run
// on the virtual time of a synctest bubble. Each step of a request can be replaced.
type network struct {
	mu      sync.Mutex
	connect func(ctx context.Context) error // before a connection
	secure  func(conn net.Conn) bool        // in the place of TLS; true if it has taken the connection over
	handler http.HandlerFunc

	accepted chan net.Conn
	closed   chan struct{}
	server   *http.Server
}

// newNetwork starts a server, with TLS if there is a certificate.
func newNetwork(t *testing.T, certificate *tls.Certificate) *network {
	n := &network{accepted: make(chan net.Conn), closed: make(chan struct{})}
	n.server = &http.Server{
		ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n.mu.Lock()
			handler := n.handler
			n.mu.Unlock()
			handler(w, r)
		}),
	}
	var l net.Listener = n
	if certificate != nil {
		l = tls.NewListener(n, &tls.Config{Certificates: []tls.Certificate{*certificate}})
	}
	served := make(chan error)
	go func() { served <- n.server.Serve(l) }()
	t.Cleanup(func() {
		_ = n.server.Close()
		require.ErrorIs(t, <-served, http.ErrServerClosed)
	})
	return n
}

// set changes what the network does from now on; nil is what a good one does.
func (n *network) set(f fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.connect, n.secure = f.connect, f.secure
	if f.handler != nil {
		n.handler = f.handler
	}
}

func (n *network) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: true},
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 1 << 16,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			n.mu.Lock()
			connect, secure := n.connect, n.secure
			n.mu.Unlock()
			if connect != nil {
				if err := connect(ctx); err != nil {
					return nil, err
				}
			}
			ours, theirs := net.Pipe()
			if secure != nil && secure(theirs) {
				return ours, nil
			}
			select {
			case n.accepted <- theirs:
				return ours, nil
			case <-n.closed:
				return nil, errDown
			}
		},
	}}
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case conn := <-n.accepted:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error { close(n.closed); return nil }

func (n *network) Addr() net.Addr { return &net.IPAddr{} }

// newCertificate is one that clients must not look at.
func newCertificate(t *testing.T) *tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(1000 * day)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// fault is what goes wrong with a request.
type fault struct {
	name    string
	connect func(ctx context.Context) error
	secure  func(conn net.Conn) bool
	handler http.HandlerFunc
	want    string // a part of the error
}

// body answers with a text of a content type.
func body(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		_, _ = io.WriteString(w, text)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://other.example/")
		w.WriteHeader(code)
	}
}

// coded answers with a text that is said to have a content coding.
func coded(coding, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", coding)
		_, _ = io.WriteString(w, text)
	}
}

// endless writes a text until the client has enough.
func endless(text, coding string, pause time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", coding)
		for {
			if _, err := io.WriteString(w, text); err != nil || r.Context().Err() != nil {
				return
			}
			if pause > 0 {
				_ = http.NewResponseController(w).Flush()
				time.Sleep(pause)
			}
		}
	}
}

// hangUp writes a part of an answer, and nothing more until the client leaves.
func hangUp(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if part != "" {
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
		<-r.Context().Done()
	}
}

// abort writes a part of an answer, if there is one, and closes the connection.
func abort(part, length string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if length != "" {
			w.Header().Set("Content-Length", length)
		}
		if part != "" {
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// wire answers a request with these bytes, be they HTTP or not, and then hangs or closes.
func wire(text string, hang bool) func(net.Conn) bool {
	return func(conn net.Conn) bool {
		go func() {
			defer conn.Close()
			request := make([]byte, 4096)
			if _, err := conn.Read(request); err != nil {
				return
			}
			if _, err := io.WriteString(conn, text); err == nil && hang {
				_, _ = conn.Read(request) // until the client has left
			}
		}()
		return true
	}
}

// refuse does not connect, and unreachable does not even answer. A [http.Transport] goes on
// dialing when the request is given up, so the dialer has a timeout of its own.
func refuse(context.Context) error { return errDown }

func unreachable(context.Context) error {
	time.Sleep(30 * time.Second)
	return errors.New("i/o timeout")
}

// zipped is the text in gzip.
func zipped(text string) string {
	var b strings.Builder
	zw := gzip.NewWriter(&b)
	_, _ = io.WriteString(zw, text)
	_ = zw.Close()
	return b.String()
}
