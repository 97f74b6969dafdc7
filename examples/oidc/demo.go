package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

const (
	// keyNotice is how long a key is published before it signs: the longest that verifiers
	// use a set without asking again. lifetime is that of a token, and so how long a key
	// stays published after it has signed its last.
	keyNotice = time.Hour
	lifetime  = 10 * time.Minute
)

// provider is what an API sees of an OpenID Connect provider: a server with its keys, and
// tokens. Its clock is moved by hand, so that a rotation takes no hour.
type provider struct {
	url string

	mu        sync.Mutex
	now       time.Time
	key       *jwt.PrivateKey // signs
	published *jwt.KeySet
}

// demonstrate runs a provider, the service, and a client that a rotation must not disturb.
func demonstrate(ctx context.Context, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	providerListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p := &provider{url: "http://" + providerListener.Addr().String(), now: time.Now()}
	stopProvider := start(ctx, providerListener, p.handler())
	service, err := newService(p.url, "orders", p.clock, jwks.AllowHTTP())
	if err != nil {
		return errors.Join(err, stopProvider())
	}
	serviceListener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, stopProvider())
	}
	stopService := start(ctx, serviceListener, service)
	err = p.rotate(func(what, token string, want int) error {
		status, body, err := get(ctx, "http://"+serviceListener.Addr().String()+"/me", token)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %d %s\n", what, status, body)
		if status != want {
			return fmt.Errorf("%s: status %d, want %d", what, status, want)
		}
		return nil
	})
	return errors.Join(err, stopService(), stopProvider())
}

// rotate replaces a key as an issuer must: the next one is published before it signs, and
// the old one stays published as long as there are tokens of it.
func (p *provider) rotate(call func(what, token string, want int) error) error {
	first, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("first"))
	if err != nil {
		return err
	}
	next, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("next"))
	if err != nil {
		return err
	}
	for _, step := range []struct {
		what    string
		wait    time.Duration
		key     *jwt.PrivateKey
		publish []jwt.VerificationKey
	}{
		{"the first key signs", 0, first, []jwt.VerificationKey{first.Public()}},
		{"the next key is published", time.Minute, first, []jwt.VerificationKey{first.Public(), next.Public()}},
		{"the next key signs", keyNotice, next, []jwt.VerificationKey{first.Public(), next.Public()}},
		{"the first key is gone", lifetime, next, []jwt.VerificationKey{next.Public()}},
	} {
		if err := p.set(step.wait, step.key, step.publish); err != nil {
			return err
		}
		token, err := p.token()
		if err != nil {
			return err
		}
		if err := call(step.what, token, http.StatusOK); err != nil {
			return err
		}
	}
	return call("without a token", "", http.StatusUnauthorized)
}

// set lets time pass, and then changes the keys.
func (p *provider) set(wait time.Duration, key *jwt.PrivateKey, publish []jwt.VerificationKey) error {
	set, err := jwt.NewKeySet(publish...)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.key, p.published = p.now.Add(wait), key, set
	return nil
}

func (p *provider) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *provider) keySet() *jwt.KeySet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.published
}

// token is what a user gets who has logged in.
func (p *provider) token() (string, error) {
	return jwt.Sign(struct {
		jwt.RegisteredClaims
		Claims
	}{
		jwt.RegisteredClaims{Issuer: p.url, Subject: "u-248289", Audience: jwt.Audience{"orders"}},
		Claims{Name: "Susan"},
	}, p.key, jwt.ES256, jwt.WithExpiresIn(lifetime), jwt.WithClock(p.clock))
}

func (p *provider) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /keys", jwks.Handler(p.keySet))
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"issuer": p.url, "jwks_uri": p.url + "/keys"})
	})
	return mux
}

// start serves h in a goroutine of its own; stop ends that gracefully.
func start(ctx context.Context, l net.Listener, h http.Handler) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- serve(ctx, l, h) }()
	return func() error {
		cancel()
		return <-done
	}
}

func get(ctx context.Context, url, token string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(text)), err
}
