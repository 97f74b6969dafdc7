package providers

import (
	"compress/gzip"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The providers of these tests are imitations on loopback, with keys of their own: the addresses,
// headers, media types and members are those of the providers' documentation. The tokens are
// signed by the standard library alone.

// object is a JSON object.
type object = map[string]any

// internet answers https requests to the hosts given, with a certificate for them. The client has
// no way to anything else.
func internet(t *testing.T, hosts map[string]http.HandlerFunc) *http.Client {
	t.Helper()
	names := []string{}
	for host := range hosts {
		names = append(names, host)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts[r.Host](w, r)
	}))
	key := ecKey(t)
	der := certificate(t, key, names...)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	server.StartTLS()
	t.Cleanup(server.Close)
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
}

// certificate returns a self-signed certificate for names, as DER.
func certificate(t *testing.T, key crypto.Signer, names ...string) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "imitation"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return der
}

func certificatePEM(t *testing.T, key crypto.Signer, names ...string) string {
	t.Helper()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate(t, key, names...)}))
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// RSA keys are slow to generate: the tests share two of them.
var rsaKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		keys[i] = key
	}
	return keys
})

// jwk returns the public JWK of a key, with members of a provider's.
func jwk(t *testing.T, key crypto.Signer, members object) object {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	j := object{}
	switch key := key.Public().(type) {
	case *rsa.PublicKey:
		j["kty"], j["n"], j["e"] = "RSA", encode(key.N.Bytes()), "AQAB"
	case *ecdsa.PublicKey:
		point, err := key.Bytes()
		require.NoError(t, err)
		j["kty"], j["crv"], j["x"], j["y"] = "EC", "P-256", encode(point[1:33]), encode(point[33:])
	}
	for name, value := range members {
		j[name] = value
	}
	return j
}

// answer writes JSON with the header of a provider, compressed if the client asks for that.
func answer(value any, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_ = json.NewEncoder(w).Encode(value)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_ = json.NewEncoder(z).Encode(value)
		_ = z.Close()
	}
}

// at answers one path, and all others with 404.
func at(path string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}
}

// openID answers with the metadata of OpenID Connect, and the keys at a URL on the same host.
func openID(issuer, jwksURI string, keys ...object) http.HandlerFunc {
	_, afterHost, _ := strings.Cut(strings.TrimPrefix(issuer, "https://")+"/", "/")
	_, keysPath, _ := strings.Cut(strings.TrimPrefix(jwksURI, "https://"), "/")
	metadata := answer(object{"issuer": issuer, "jwks_uri": jwksURI, "id_token_signing_alg_values_supported": []string{"RS256"}},
		"Content-Type", "application/json; charset=utf-8")
	set := answer(object{"keys": keys}, "Content-Type", "application/json; charset=utf-8")
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/" + afterHost + ".well-known/openid-configuration":
			metadata(w, r)
		case "/" + keysPath:
			set(w, r)
		default:
			http.NotFound(w, r)
		}
	}
}

// sign makes a token of a header and a payload as they are. The alg is added.
func sign(t *testing.T, key crypto.Signer, encoding *base64.Encoding, header, payload object) string {
	t.Helper()
	head := object{"alg": "RS256"}
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		head["alg"] = "ES256"
	}
	for name, value := range header {
		head[name] = value
	}
	h, err := json.Marshal(head)
	require.NoError(t, err)
	p, err := json.Marshal(payload)
	require.NoError(t, err)
	input := encoding.EncodeToString(h) + "." + encoding.EncodeToString(p)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := key.(type) {
	case *rsa.PrivateKey:
		signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	case *ecdsa.PrivateKey:
		r, s, e := ecdsa.Sign(rand.Reader, key, digest[:])
		signature, err = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...), e
	}
	require.NoError(t, err)
	return input + "." + encoding.EncodeToString(signature)
}

// with returns a copy of an object with other members; nil removes one.
func with(o object, members object) object {
	changed := object{}
	for _, m := range []object{o, members} {
		for name, value := range m {
			if changed[name] = value; value == nil {
				delete(changed, name)
			}
		}
	}
	return changed
}

// in returns a NumericDate.
func in(d time.Duration) int64 { return time.Now().Add(d).Unix() }

// status returns what a guarded handler answers to a request with a header.
func status(guard func(http.Handler) http.Handler, name, value string) int {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	if value != "" {
		r.Header.Set(name, value)
	}
	guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, r)
	return w.Code
}
