package jwks_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

// exampleIssuer is a server that publishes its key, and metadata that name the place.
type exampleIssuer struct {
	*httptest.Server
	key *jwt.PrivateKey
}

func newExampleIssuer() *exampleIssuer {
	key, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID("2026-11"))
	if err != nil {
		log.Fatal(err)
	}
	set, err := jwt.NewKeySet(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewTLSServer(mux)
	mux.Handle("/jwks.json", jwks.Handler(func() *jwt.KeySet { return set }))
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, server.URL, server.URL+"/jwks.json")
	})
	return &exampleIssuer{server, key}
}

func (i *exampleIssuer) sign() string {
	raw, err := jwt.Sign(jwt.MapClaims{"iss": i.URL, "sub": "alice"}, i.key, jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	return raw
}

func Example() {
	issuer := newExampleIssuer()
	defer issuer.Close()
	keys, err := jwks.Discover(issuer.URL, jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.EdDSA}, jwt.WithIssuer(issuer.URL))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := v.VerifyContext(context.Background(), issuer.sign())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, tok.KeyID)
	// Output: alice 2026-11
}

func ExampleNew() {
	_, err := jwks.New("https://login.example/jwks.json")
	fmt.Println(err)
	_, err = jwks.New("http://login.example/jwks.json")
	fmt.Println(errors.Is(err, jwt.ErrInvalidOption))
	// Output:
	// <nil>
	// true
}

func ExampleDiscover() {
	issuer := newExampleIssuer()
	defer issuer.Close()
	// The issuer is the text that tokens have as "iss", to the byte.
	keys, err := jwks.Discover(issuer.URL, jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keys.Refresh(context.Background()))
	// Output: <nil>
}

func ExampleSource() {
	var requests int
	issuer := newExampleIssuer()
	defer issuer.Close()
	client := issuer.Client()
	client.Transport = countRequests(client.Transport, &requests)

	// One source for each issuer, made at the start of the program.
	keys, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(client))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("requests before the first token:", requests)
	for range 1000 {
		if _, err := jwt.Verify[jwt.MapClaims](issuer.sign(), jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.EdDSA}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("requests for 1000 tokens:", requests)
	// Output:
	// requests before the first token: 0
	// requests for 1000 tokens: 1
}

// countRequests is a transport that counts what goes through another.
func countRequests(transport http.RoundTripper, n *int) http.RoundTripper {
	return &stub{answer: func(r *http.Request) (*http.Response, error) {
		*n++
		return transport.RoundTrip(r)
	}}
}

func ExampleSource_Keys() {
	issuer := newExampleIssuer()
	defer issuer.Close()
	keys, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	// jwt.KeyFunc(keys.Keys) can be used wherever a key is wanted.
	stranger, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID("stranger"))
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{}, stranger, jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	_, err = jwt.Verify[jwt.MapClaims](raw, jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.EdDSA})
	fmt.Println(errors.Is(err, jwt.ErrKeyNotFound))

	issuer.Close()
	other, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = jwt.Verify[jwt.MapClaims](raw, jwt.KeyFunc(other.Keys), []jwt.Algorithm{jwt.EdDSA})
	fmt.Println(errors.Is(err, jwt.ErrKeysUnavailable))
	// Output:
	// true
	// true
}

// What a service has, for a readiness check or a metric; see docs/operating.md.
func ExampleSource_Status() {
	issuer := newExampleIssuer()
	defer issuer.Close()
	keys, err := jwks.Discover(issuer.URL, jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keys.Status().Keys, keys.Status().Fetched.IsZero())
	if err := keys.Refresh(context.Background()); err != nil {
		log.Fatal(err)
	}
	st := keys.Status()
	fmt.Println(st.Keys, st.FreshUntil.Sub(st.Fetched), st.StaleAt.Sub(st.Fetched))
	// Output:
	// 0 true
	// 1 10m0s 24h0m0s
}

// A line in the log for each fetch that fails.
func ExampleWithOnFetch() {
	issuer := newExampleIssuer()
	issuer.Close()
	keys, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(issuer.Client()), jwks.WithOnFetch(func(st jwks.Status) {
		if st.Err != nil {
			fmt.Println("failed fetches:", st.Failures)
		}
	}))
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		_ = keys.Refresh(context.Background())
	}
	// Output:
	// failed fetches: 1
	// failed fetches: 2
}

func ExampleSource_Refresh() {
	issuer := newExampleIssuer()
	issuer.Close()
	keys, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(issuer.Client()))
	if err != nil {
		log.Fatal(err)
	}
	// A service that cannot run without the keys asks for them when it starts.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := keys.Refresh(ctx); errors.Is(err, jwt.ErrKeysUnavailable) {
		fmt.Println("the issuer cannot be reached")
	}
	// Output: the issuer cannot be reached
}

func ExampleHandler() {
	key, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithThumbprintKeyID())
	if err != nil {
		log.Fatal(err)
	}
	set, err := jwt.NewKeySet(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/jwks.json", jwks.Handler(func() *jwt.KeySet { return set }))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/jwks.json", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Header().Get("Cache-Control"))
	// Output: 200 application/jwk-set+json public, max-age=600
}

// For an issuer that sends no Cache-Control and rotates fast, at a service that prefers no keys
// to old ones.
func ExampleOption() {
	_, err := jwks.New("https://login.example/jwks.json",
		jwks.WithMaxFreshness(5*time.Minute),
		jwks.WithStaleLimit(time.Hour),
	)
	fmt.Println(err)
	// Output: <nil>
}

// For a proxy or a private certificate authority.
func ExampleWithHTTPClient() {
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	_, err := jwks.New("https://login.example/jwks.json", jwks.WithHTTPClient(client))
	fmt.Println(err)
	_, err = jwks.New("https://login.example/jwks.json", jwks.WithHTTPClient(nil))
	fmt.Println(err)
	// Output:
	// <nil>
	// jwks: WithHTTPClient: the client is nil
}

func ExampleWithMaxFreshness() {
	_, err := jwks.New("https://login.example/jwks.json", jwks.WithMaxFreshness(5*time.Minute))
	fmt.Println(err)
	_, err = jwks.New("https://login.example/jwks.json", jwks.WithMaxFreshness(10*time.Second))
	fmt.Println(err)
	// Output:
	// <nil>
	// jwks: WithMaxFreshness: 10s is under a minute
}

// For a provider that has asked for fewer requests.
func ExampleWithCooldown() {
	_, err := jwks.New("https://login.example/jwks.json", jwks.WithCooldown(5*time.Minute))
	fmt.Println(err)
	// Output: <nil>
}

// With a stale limit as short as the maximum freshness, there is no service without the provider.
func ExampleWithStaleLimit() {
	_, err := jwks.New("https://login.example/jwks.json", jwks.WithStaleLimit(time.Hour))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithTimeout() {
	_, err := jwks.New("https://login.example/jwks.json", jwks.WithTimeout(2*time.Second))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithClock() {
	issuer := newExampleIssuer()
	defer issuer.Close()
	clock := &fakeClock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	keys, err := jwks.New(issuer.URL+"/jwks.json", jwks.WithHTTPClient(issuer.Client()), jwks.WithClock(clock.Now))
	if err != nil {
		log.Fatal(err)
	}
	raw := issuer.sign()
	verify := func() error {
		_, err := jwt.Verify[jwt.MapClaims](raw, jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.EdDSA})
		return err
	}
	fmt.Println(verify())
	issuer.Close()
	clock.Advance(23 * time.Hour)
	fmt.Println(verify())
	clock.Advance(time.Hour)
	fmt.Println(errors.Is(verify(), jwt.ErrKeysUnavailable))
	// Output:
	// <nil>
	// <nil>
	// true
}

func ExampleAllowHTTP() {
	key, err := jwt.GeneratePrivateKey(jwt.EdDSA)
	if err != nil {
		log.Fatal(err)
	}
	set, err := jwt.NewKeySet(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(jwks.Handler(func() *jwt.KeySet { return set }))
	defer server.Close()
	keys, err := jwks.New(server.URL, jwks.AllowHTTP())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(keys.Refresh(context.Background()))
	// Output: <nil>
}
