// Services runs a login service that issues tokens, and an API service that trusts it, over
// HTTP on loopback. A client calls both, and the program ends. The API service only has the
// public key.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"example.com/jwt"
)

const (
	issuer   = "https://login.example"
	audience = "orders"
)

// Claims are the issuer's claims about a user, in addition to the registered ones.
type Claims struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
}

func main() {
	log.SetFlags(0)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	key, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithThumbprintKeyID())
	if err != nil {
		return err
	}
	login, err := loginService(key)
	if err != nil {
		return err
	}
	api, err := apiService(key.Public())
	if err != nil {
		return err
	}
	loginURL, stopLogin, err := serve(login)
	if err != nil {
		return err
	}
	apiURL, stopAPI, err := serve(api)
	if err != nil {
		return errors.Join(err, stopLogin(ctx))
	}
	return errors.Join(client(ctx, loginURL, apiURL), stopAPI(ctx), stopLogin(ctx))
}

// loginService issues tokens. Only it has the private key.
func loginService(key *jwt.PrivateKey) (http.Handler, error) {
	signer, err := jwt.NewSigner(key, jwt.ES256, jwt.WithExpiresIn(5*time.Minute))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login/{name}", func(w http.ResponseWriter, r *http.Request) {
		token, err := signer.Sign(struct {
			jwt.RegisteredClaims
			Claims
		}{
			jwt.RegisteredClaims{Issuer: issuer, Subject: r.PathValue("name"), Audience: jwt.Audience{audience}},
			Claims{Name: r.PathValue("name"), Roles: []string{"customer"}},
		})
		if err != nil {
			http.Error(w, "no token can be made", http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, token)
	})
	return mux, nil
}

// apiService serves requests with a token from the login service.
func apiService(key *jwt.PublicKey) (http.Handler, error) {
	verifier, err := jwt.NewVerifier[Claims](key, []jwt.Algorithm{jwt.ES256},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			w.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(w, "a bearer token is needed", http.StatusUnauthorized)
			return
		}
		tok, err := verifier.VerifyContext(r.Context(), token)
		switch {
		case errors.Is(err, jwt.ErrInvalidToken):
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case err != nil:
			http.Error(w, "try again later", http.StatusServiceUnavailable)
		default:
			_ = json.NewEncoder(w).Encode(map[string]any{"orders": 3, "for": tok.Subject, "roles": tok.Claims.Roles})
		}
	})
	return mux, nil
}

// client logs in and calls the API with its token, without one, and with a modified one.
func client(ctx context.Context, loginURL, apiURL string) error {
	status, token, err := call(ctx, http.MethodPost, loginURL+"/login/susan", "")
	if err != nil || status != http.StatusOK {
		return errors.Join(err, fmt.Errorf("login: status %d", status))
	}
	for _, try := range []struct {
		what, token string
		want        int
	}{
		{"with the token", token, http.StatusOK},
		{"without a token", "", http.StatusUnauthorized},
		{"with a changed token", token[:len(token)-4] + "AAAA", http.StatusUnauthorized},
	} {
		status, body, err := call(ctx, http.MethodGet, apiURL+"/orders", try.token)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d %s\n", try.what, status, strings.TrimSpace(body))
		if status != try.want {
			return fmt.Errorf("%s: status %d, want %d", try.what, status, try.want)
		}
	}
	return nil
}

func call(ctx context.Context, method, url, token string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
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
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

// serve starts a server on a free loopback port. Stop shuts it down gracefully.
func serve(h http.Handler) (url string, stop func(context.Context) error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	return "http://" + l.Addr().String(), func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
