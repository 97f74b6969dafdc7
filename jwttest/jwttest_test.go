package jwttest_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/jwthttp"
	"example.com/jwt/jwttest"
)

// TestMain fails if the tests leave a goroutine behind.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		stacks := make([]byte, 64<<10)
		fmt.Printf("%d goroutines, %d before the tests:\n%s\n", n, before, stacks[:runtime.Stack(stacks, true)])
		code = 1
	}
	os.Exit(code)
}

// newAPI is the service of the package documentation.
func newAPI(issuer string, keys jwt.KeySource, opts ...jwt.VerifyOption) http.Handler {
	v, err := jwt.NewVerifier[jwt.MapClaims](keys, []jwt.Algorithm{jwt.ES256},
		append(opts, jwt.WithIssuer(issuer), jwt.WithAudience("orders"), jwt.WithRequiredClaims("exp", "sub"))...)
	if err != nil {
		panic(err)
	}
	return jwthttp.Middleware(v)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

func TestOrders(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	api := newAPI(issuer.URL(), issuer.KeySet(), jwt.WithClock(issuer.Clock()))
	status := func(token string) int {
		r, w := httptest.NewRequest("GET", "/orders", nil), httptest.NewRecorder()
		r.Header.Set("Authorization", "Bearer "+token)
		api.ServeHTTP(w, r)
		return w.Code
	}
	claims := jwt.RegisteredClaims{Issuer: issuer.URL(), Subject: "susan", Audience: jwt.Audience{"orders"}}
	require.Equal(t, 200, status(issuer.Sign(claims, jwt.WithExpiresIn(time.Hour))))
	for _, bad := range issuer.BadTokens(claims, jwt.WithExpiresIn(time.Hour)) {
		require.Equal(t, 401, status(bad.Token), bad.Name)
	}
}

// TestDocumentedTest: the package documentation shows TestOrders, and it has 15 lines.
func TestDocumentedTest(t *testing.T) {
	doc, err := os.ReadFile("jwttest.go")
	require.NoError(t, err)
	test, err := os.ReadFile("jwttest_test.go")
	require.NoError(t, err)
	_, code, found := strings.Cut(string(test), "\nfunc TestOrders(")
	require.True(t, found)
	code, _, found = strings.Cut("func TestOrders("+code, "\n}\n")
	require.True(t, found)
	lines := strings.Split(code+"\n}", "\n")
	require.LessOrEqual(t, len(lines), 15)
	require.Contains(t, string(doc), "//\t"+strings.Join(lines, "\n//\t"))
}

type claims struct {
	jwt.RegisteredClaims
	Roles []string `json:"roles"`
}

func verifier(t testing.TB, issuer *jwttest.Issuer, alg jwt.Algorithm, opts ...jwt.VerifyOption) *jwt.Verifier[claims] {
	t.Helper()
	v, err := jwt.NewVerifier[claims](issuer.KeySet(), []jwt.Algorithm{alg}, append(opts,
		jwt.WithIssuer(issuer.URL()), jwt.WithAudience("orders"), jwt.WithRequiredClaims("exp"), jwt.WithClock(issuer.Clock()))...)
	require.NoError(t, err)
	return v
}

// TestBadTokens: each bad token is rejected for its own reason and no other, whatever the
// algorithm, the options, and the way the claims get their exp.
func TestBadTokens(t *testing.T) {
	algs := map[jwt.Algorithm]int{jwt.ES256: 8, jwt.ES512: 8, jwt.EdDSA: 8, jwt.PS256: 8, jwt.HS256: 7, jwt.HS512: 7}
	if alg, err := jwt.ParseAlgorithm("ML-DSA-65"); err == nil { // Go 1.27
		algs[alg] = 8
	}
	for alg, count := range algs {
		issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(alg))
		verifier := verifier(t, issuer, alg, jwt.WithType("at+jwt"), jwt.WithLeeway(time.Hour))
		good := claims{jwt.RegisteredClaims{Issuer: issuer.URL(), Subject: "susan", Audience: jwt.Audience{"orders", "invoices"}}, []string{"admin"}}
		dated := good
		dated.ExpiresAt = jwt.NewNumericDate(issuer.Clock()().Add(3 * time.Hour))
		dated.IssuedAt = jwt.NewNumericDate(issuer.Clock()())
		typ := jwt.WithType("at+jwt")
		for name, test := range map[string]struct {
			claims any
			opts   []jwt.SignOption
		}{
			"WithExpiresIn":  {good, []jwt.SignOption{typ, jwt.WithExpiresIn(10 * time.Hour)}},
			"dates":          {dated, []jwt.SignOption{jwt.WithHeader("x", 1), typ}},
			"a JSON payload": {json.RawMessage(fmt.Sprintf(`{"iss":%q,"aud":"orders","exp":99999999999.5}`, issuer.URL())), []jwt.SignOption{typ}},
		} {
			t.Run(alg.String()+" "+name, func(t *testing.T) {
				_, err := verifier.Verify(issuer.Sign(test.claims, test.opts...))
				require.NoError(t, err)
				bad := issuer.BadTokens(test.claims, test.opts...)
				require.Len(t, bad, count)
				for _, bad := range bad {
					tok, err := verifier.Verify(bad.Token)
					require.ErrorIs(t, err, bad.Err, bad.Name)
					require.Nil(t, tok)
					for _, other := range []error{jwt.ErrExpired, jwt.ErrNotYetValid, jwt.ErrInvalidIssuer, jwt.ErrInvalidAudience,
						jwt.ErrInvalidSignature, jwt.ErrAlgorithmNotAllowed, jwt.ErrMalformed, jwt.ErrKeyNotFound, jwt.ErrUnexpectedType, jwt.ErrMissingClaim} {
						if other != bad.Err {
							require.NotErrorIs(t, err, other, bad.Name)
						}
					}
				}
			})
		}
	}
}

// TestBadTokensAreWhatTheySay reads them as a service would that does not verify.
func TestBadTokensAreWhatTheySay(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	good := jwt.RegisteredClaims{Issuer: issuer.URL(), Subject: "susan"}
	read := func(token string) *jwt.UnverifiedToken {
		tok, err := jwt.ParseUnverified(token)
		require.NoError(t, err)
		return tok
	}
	require.Equal(t, "none", read(issuer.AlgNone(good)).UnverifiedHeader.Algorithm)
	require.True(t, strings.HasSuffix(issuer.AlgNone(good), "."))
	require.Equal(t, "somebody-else", read(issuer.Tampered(good)).UnverifiedClaims.Subject)
	forged := read(issuer.Forged(good))
	require.Equal(t, good, forged.UnverifiedClaims)
	require.Equal(t, "key-1", forged.UnverifiedHeader.KeyID)
	require.Equal(t, issuer.Clock()().Add(-2*time.Hour).Truncate(time.Second), read(issuer.Expired(good)).UnverifiedClaims.ExpiresAt.Time)

	// A service that takes the public key for a secret: the attack would work there.
	confused := read(issuer.HS256WithPublicKey(good))
	require.Equal(t, "HS256", confused.UnverifiedHeader.Algorithm)
	require.Equal(t, good, confused.UnverifiedClaims)
	key, ok := issuer.KeySet().Keys()[0].(*jwt.PublicKey)
	require.True(t, ok)
	pem, err := key.MarshalPEM()
	require.NoError(t, err)
	require.Equal(t, hs256(pem, issuer.HS256WithPublicKey(good)), issuer.HS256WithPublicKey(good))
}

// TestRaw: the texts reach the verifier as they were written, under a genuine signature of
// each algorithm.
func TestRaw(t *testing.T) {
	for _, alg := range []jwt.Algorithm{jwt.HS256, jwt.HS384, jwt.HS512, jwt.RS256, jwt.PS384, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA, jwt.Ed25519} {
		issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(alg))
		header, payload := fmt.Sprintf(`{"x" : [1],"alg":%q}`, alg.String()), ` {"sub":"susan",  "n":1.50}`
		tok, err := jwt.Verify[jwt.MapClaims](issuer.Raw(header, payload), issuer.KeySet(), []jwt.Algorithm{alg})
		require.NoError(t, err, alg)
		require.Equal(t, payload, tok.Payload)

		_, err = jwt.Verify[jwt.MapClaims](issuer.Raw(header, `{"exp":"tomorrow"}`), issuer.KeySet(), []jwt.Algorithm{alg})
		require.ErrorIs(t, err, jwt.ErrMalformed, alg)
		require.NotErrorIs(t, err, jwt.ErrInvalidSignature)
	}
	issuer := jwttest.NewIssuer(t)
	require.Equal(t, "..", regexp.MustCompile(`[^.]`).ReplaceAllString(issuer.Raw("", "\x00 not JSON"), ""))
	issuer.Rotate()
	issuer.RevokeOldKeys()
	_, err := jwt.Verify[jwt.MapClaims](issuer.Raw(`{"alg":"ES256","kid":"key-2"}`, `{}`), issuer.KeySet(), []jwt.Algorithm{jwt.ES256})
	require.NoError(t, err)
}

// TestSecretsAreNotPublished: KeySet has them, for a verifier; the server says that there is
// nothing.
func TestSecretsAreNotPublished(t *testing.T) {
	issuer := jwttest.NewIssuer(t, jwttest.WithAlgorithm(jwt.HS256))
	old := issuer.Sign(struct{}{})
	issuer.Rotate()
	_, err := jwt.Verify[jwt.MapClaims](old, issuer.KeySet(), []jwt.Algorithm{jwt.HS256})
	require.NoError(t, err)
	for _, path := range []string{"", "/jwks.json", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		status, _, _ := get(t, issuer.URL()+path)
		require.Equal(t, http.StatusNotFound, status, path)
	}
}

func TestSignAddsNothing(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	tok, err := jwt.ParseUnverified(issuer.Sign(struct{}{}))
	require.NoError(t, err)
	require.Equal(t, "{}", tok.UnverifiedPayload)
	require.Equal(t, "key-1", tok.UnverifiedHeader.KeyID)
	require.Equal(t, "ES256", tok.UnverifiedHeader.Algorithm)
	require.Equal(t, "JWT", tok.UnverifiedHeader.Type)
}

func TestClock(t *testing.T) {
	before := time.Now()
	issuer := jwttest.NewIssuer(t)
	start := issuer.Clock()()
	require.True(t, start.After(before.Add(-2*time.Second)))
	require.False(t, start.After(time.Now()))
	require.NotZero(t, start.Nanosecond(), "a service that only works on a whole second must not pass")
	clock := issuer.Clock()
	issuer.Advance(90 * time.Minute)
	require.Equal(t, start.Add(90*time.Minute), clock())
	issuer.Advance(-2 * time.Hour)
	require.Equal(t, start.Add(-30*time.Minute), clock())
	tok, err := jwt.ParseUnverified(issuer.Sign(struct{}{}, jwt.WithExpiresIn(time.Minute)))
	require.NoError(t, err)
	require.Equal(t, clock().Truncate(time.Second), tok.UnverifiedClaims.IssuedAt.Time)
}

func TestRotation(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	good := jwt.RegisteredClaims{Issuer: issuer.URL(), Audience: jwt.Audience{"orders"}}
	old := issuer.Sign(good, jwt.WithExpiresIn(time.Hour))
	before := verifier(t, issuer, jwt.ES256)
	issuer.Rotate()
	current := issuer.Sign(good, jwt.WithExpiresIn(time.Hour))
	_, err := before.Verify(current)
	require.ErrorIs(t, err, jwt.ErrKeyNotFound)

	both := verifier(t, issuer, jwt.ES256)
	for kid, token := range map[string]string{"key-1": old, "key-2": current} {
		tok, err := both.Verify(token)
		require.NoError(t, err)
		require.Equal(t, kid, tok.KeyID)
	}
	issuer.RevokeOldKeys()
	after := verifier(t, issuer, jwt.ES256)
	_, err = after.Verify(old)
	require.ErrorIs(t, err, jwt.ErrKeyNotFound)
	_, err = after.Verify(current)
	require.NoError(t, err)
}

func get(t testing.TB, url string) (status int, contentType string, body []byte) {
	t.Helper()
	resp, err := http.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), body
}

func TestServer(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	require.Regexp(t, `^http://127\.0\.0\.1:[0-9]+$`, issuer.URL())
	var set *jwt.KeySet
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		status, contentType, body := get(t, issuer.URL()+path)
		require.Equal(t, 200, status)
		require.Equal(t, "application/json", contentType)
		var metadata struct {
			Issuer  string `json:"issuer"`
			JWKSURI string `json:"jwks_uri"`
		}
		require.NoError(t, json.Unmarshal(body, &metadata))
		require.Equal(t, issuer.URL(), metadata.Issuer)

		status, contentType, body = get(t, metadata.JWKSURI)
		require.Equal(t, 200, status)
		require.Equal(t, "application/jwk-set+json", contentType)
		var err error
		set, err = jwt.ParseKeySet(body)
		require.NoError(t, err)
		require.Len(t, set.Keys(), 1)
	}
	_, err := jwt.Verify[jwt.MapClaims](issuer.Sign(struct{}{}), set, []jwt.Algorithm{jwt.ES256})
	require.NoError(t, err)

	issuer.SetOutage(true)
	status, _, _ := get(t, issuer.URL()+"/.well-known/openid-configuration")
	require.Equal(t, http.StatusServiceUnavailable, status)
	issuer.SetOutage(false)
	status, _, _ = get(t, issuer.URL()+"/elsewhere")
	require.Equal(t, http.StatusNotFound, status)
}

// TestNothingIsLeft: when the test that made an issuer is over, so is its server.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	tb := new(exampleTB)
	issuer := jwttest.NewIssuer(tb)
	get(t, issuer.URL()+"/.well-known/openid-configuration")
	tb.end()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
	_, err := http.Get(issuer.URL())
	require.Error(t, err)
}

func TestMistakesEndTheTest(t *testing.T) {
	tb := new(exampleTB)
	t.Cleanup(tb.end)
	issuer := jwttest.NewIssuer(tb)
	secret := jwttest.NewIssuer(tb, jwttest.WithAlgorithm(jwt.HS256))
	for name, mistake := range map[string]func(){
		"claims that can't be signed": func() { issuer.Sign(jwt.MapClaims{"exp": "tomorrow"}) },
		"a clock of its own":          func() { issuer.Sign(struct{}{}, jwt.WithClock(time.Now)) },
		"a nil option":                func() { jwttest.NewIssuer(tb, nil) },
		"no algorithm":                func() { jwttest.NewIssuer(tb, jwttest.WithAlgorithm(nil)) },
		"two algorithms":              func() { jwttest.NewIssuer(tb, jwttest.WithAlgorithm(jwt.ES256), jwttest.WithAlgorithm(jwt.ES384)) },
		"no public key":               func() { secret.HS256WithPublicKey(struct{}{}) },
		"an unknown algorithm":        func() { jwttest.NewIssuer(tb, jwttest.WithAlgorithm(jwt.HS256+100)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() { require.Regexp(t, "^jwttest: ", recover()) }()
			mistake()
		})
	}
}

// TestConcurrentUse is for the race detector.
func TestConcurrentUse(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for range 10 {
				issuer.Sign(struct{}{}, jwt.WithExpiresIn(time.Hour))
				issuer.Advance(time.Second)
				issuer.KeySet()
				issuer.Rotate()
				issuer.RevokeOldKeys()
				issuer.SetOutage(false)
			}
		})
	}
	for range 10 {
		status, _, _ := get(t, issuer.URL()+"/jwks.json")
		require.Equal(t, 200, status)
	}
	users.Wait()
}

// hs256 signs the input of a token again, as a library would that takes any bytes for a
// secret.
func hs256(secret []byte, token string) string {
	input := token[:strings.LastIndexByte(token, '.')]
	return forge.Seal(input, forge.HMAC(crypto.SHA256, secret))
}
