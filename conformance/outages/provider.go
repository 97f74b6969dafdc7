package main

import (
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

// provider is an issuer with two keys whose server changes.
type provider struct {
	*httptest.Server
	keys     map[string]*jwt.PrivateKey
	handler  atomic.Pointer[http.HandlerFunc]
	requests atomic.Int64
}

func newProvider() *provider {
	p := &provider{keys: make(map[string]*jwt.PrivateKey)}
	for _, kid := range []string{"old", "new"} {
		p.keys[kid] = newKey(kid)
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.requests.Add(1)
		(*p.handler.Load())(w, r)
	}))
	return p
}

func newKey(kid string) *jwt.PrivateKey {
	key, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID(kid))
	if err != nil {
		log.Fatal(err)
	}
	return key
}

func (p *provider) close() {
	p.CloseClientConnections()
	p.Close()
}

func (p *provider) url() string { return p.URL + "/jwks.json" }

func (p *provider) set(h http.HandlerFunc) { p.handler.Store(&h) }

// publish serves these keys, for a minute.
func (p *provider) publish(kids ...string) { p.set(p.serve(kids...)) }

func publish(kids ...string) func(*provider) { return func(p *provider) { p.publish(kids...) } }

func (p *provider) serve(kids ...string) http.HandlerFunc {
	var keys []jwt.VerificationKey
	for _, kid := range kids {
		keys = append(keys, p.keys[kid].Public())
	}
	set, err := jwt.NewKeySet(keys...)
	if err != nil {
		log.Fatal(err)
	}
	h := jwks.Handler(func() *jwt.KeySet { return set })
	return func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(minute{w}, r)
	}
}

// minute shortens the max-age of a set.
type minute struct{ http.ResponseWriter }

func (m minute) WriteHeader(code int) {
	m.Header().Set("Cache-Control", "max-age=60")
	m.ResponseWriter.WriteHeader(code)
}

// hang does not answer.
func (p *provider) hang() {
	p.set(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	})
}

// fail answers that the service is not available.
func (p *provider) fail() {
	p.set(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
}

// lag serves the new key with every other answer.
func (p *provider) lag() {
	var n atomic.Int64
	old, both := p.serve("old"), p.serve("old", "new")
	p.set(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1)%2 == 1 {
			old(w, r)
		} else {
			both(w, r)
		}
	})
}

// sign makes a token; kids other than the provider's are forged.
func (p *provider) sign(kid string) string {
	key := p.keys[kid]
	if strings.HasPrefix(kid, "forged") {
		key = newKey(kid)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"iss": issuer, "aud": audience, "sub": "u-17"}, key, jwt.ES256, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	return raw
}
