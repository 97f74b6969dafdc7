package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nginxConf is that of a static host: files without extension have the default type, which is
// no JSON, and everything is compressed.
const nginxConf = `
daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
%[3]s
events {}
http {
	default_type application/octet-stream;
	log_format facts '$server_protocol $status $gzip_ratio "$sent_http_content_type" "$http_user_agent" $uri';
	access_log %[1]s/access.log facts;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen %[2]s ssl http2;
		ssl_certificate %[1]s/certificate.pem;
		ssl_certificate_key %[1]s/key.pem;
		root %[1]s/root;
		gzip on;
		gzip_types *;
		gzip_min_length 1;
	}
}
`

// nginx is a server with a certificate of a private authority.
type nginx struct {
	t       *testing.T
	dir     string
	address string
	client  *http.Client
	cmd     *exec.Cmd
}

func newNginx(t *testing.T) *nginx {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	n := &nginx{t: t, dir: t.TempDir(), address: l.Addr().String()}
	require.NoError(t, l.Close())
	roots := x509.NewCertPool()
	roots.AddCert(n.certify())
	n.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	user := ""
	if os.Geteuid() == 0 { // its workers must read the folder of the test
		user = "user root;"
	}
	n.write("error.log", "")
	n.write("nginx.conf", fmt.Sprintf(nginxConf, n.dir, n.address, user))
	t.Cleanup(n.stop)
	n.start()
	return n
}

// certify writes a certificate for the address, and returns that of its authority.
func (n *nginx) certify() *x509.Certificate {
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(n.t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(n.t, err)
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	require.NoError(n.t, err)
	authority, err = x509.ParseCertificate(der)
	require.NoError(n.t, err)
	der, err = x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, authorityKey)
	require.NoError(n.t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(n.t, err)
	n.write("certificate.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	n.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})))
	return authority
}

// write replaces a file at once, as a deployment does.
func (n *nginx) write(name, text string) {
	path := filepath.Join(n.dir, name)
	require.NoError(n.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(n.t, os.WriteFile(path+".new", []byte(text), 0o644))
	require.NoError(n.t, os.Rename(path+".new", path))
}

// publish writes the metadata and the set, in files without extension.
func (n *nginx) publish(keys ...*jwt.PrivateKey) {
	var public []jwt.VerificationKey
	for _, key := range keys {
		public = append(public, key.Public())
	}
	set, err := jwt.NewKeySet(public...)
	require.NoError(n.t, err)
	text, err := set.MarshalJSON()
	require.NoError(n.t, err)
	n.write("root/keys", string(text))
	n.write("root/.well-known/openid-configuration", fmt.Sprintf(`{"issuer":%q,"jwks_uri":%q}`, n.url(), n.url()+"/keys"))
}

func (n *nginx) url() string { return "https://" + n.address }

// start returns when it accepts connections.
func (n *nginx) start() {
	n.t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx" // which is not in the path of every user
	}
	n.cmd = exec.Command(program, "-c", filepath.Join(n.dir, "nginx.conf"), "-e", filepath.Join(n.dir, "error.log"))
	require.NoError(n.t, n.cmd.Start(), "nginx must be installed")
	require.Eventually(n.t, func() bool {
		conn, err := net.Dial("tcp", n.address)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	}, 20*time.Second, 10*time.Millisecond, "%s", n.log("error.log"))
}

// stop returns when it has gone.
func (n *nginx) stop() {
	if n.cmd != nil {
		_ = n.cmd.Process.Signal(syscall.SIGTERM)
		_ = n.cmd.Wait()
		n.cmd = nil
	}
}

func (n *nginx) log(name string) string {
	text, err := os.ReadFile(filepath.Join(n.dir, name))
	require.NoError(n.t, err)
	return string(text)
}

// TestNginx: keys and metadata that a static host serves, over HTTP/2 with a private authority,
// compressed, and as a type that is no JSON, while it is restarted and the key rotates.
func TestNginx(t *testing.T) {
	one, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("one"))
	require.NoError(t, err)
	two, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("two"))
	require.NoError(t, err)
	n := newNginx(t)
	n.publish(one)

	stranger, err := jwks.Discover(n.url())
	require.NoError(t, err)
	require.ErrorContains(t, stranger.Refresh(t.Context()), "certificate signed by unknown authority")

	// The clock is 600 times as fast: a set is fresh for a second, and a cooldown is 50 ms.
	start := time.Now()
	var failed atomic.Int64
	keys, err := jwks.Discover(n.url(), jwks.WithHTTPClient(n.client), jwks.WithClock(func() time.Time {
		return start.Add(600 * time.Since(start))
	}), jwks.WithOnFetch(func(st jwks.Status) {
		if st.Err != nil {
			failed.Add(1)
		}
	}))
	require.NoError(t, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.ES256}, jwt.WithIssuer(n.url()), jwt.WithAudience(audience))
	require.NoError(t, err)
	sign := func(key *jwt.PrivateKey) string {
		raw, err := jwt.Sign(jwt.MapClaims{"iss": n.url(), "aud": audience}, key, jwt.ES256, jwt.WithExpiresIn(time.Hour))
		require.NoError(t, err)
		return raw
	}
	oldToken, newToken := sign(one), sign(two)
	_, err = v.Verify(oldToken)
	require.NoError(t, err)

	var load sync.WaitGroup
	var verified atomic.Int64
	done := make(chan struct{})
	for range 4 {
		load.Go(func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(time.Millisecond):
				}
				if _, err := v.VerifyContext(t.Context(), oldToken); !assert.NoError(t, err) {
					return
				}
				verified.Add(1)
			}
		})
	}
	for range 3 {
		time.Sleep(1200 * time.Millisecond)
		n.stop()
		time.Sleep(1200 * time.Millisecond)
		_, err = v.Verify(newToken)
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
		n.start()
	}
	n.publish(one, two)
	require.Eventually(t, func() bool { _, err := v.Verify(newToken); return err == nil }, 5*time.Second, 50*time.Millisecond)
	close(done)
	load.Wait()
	require.Greater(t, verified.Load(), int64(1000))
	require.Positive(t, failed.Load(), "the restarts were felt")

	access := n.log("access.log")
	for _, line := range []string{ // where the type is, the ratio of compression is before
		`"application/octet-stream" "example.com/jwt/jwks" /keys`,
		`"application/octet-stream" "example.com/jwt/jwks" /.well-known/openid-configuration`,
	} {
		require.Contains(t, access, line)
	}
	require.Contains(t, access, " 304 - ", "an ETag spares the answer")
	for line := range strings.Lines(access) {
		require.True(t, strings.HasPrefix(line, "HTTP/2.0 "), line)
		if strings.Contains(line, " 200 ") {
			require.NotContains(t, line, " 200 - ", "it is compressed")
		}
	}
}
