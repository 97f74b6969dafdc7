// Package web runs the HTTP packages of the library against other people's clients and
// servers: curl, nginx, npm's jose, and PyJWT. A program that is missing fails the tests.
package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
	"example.com/jwt/jwttest"
	"github.com/stretchr/testify/require"
)

// answer is what curl has received.
type answer struct {
	status int
	header http.Header
	body   string
}

// curl runs curl with the arguments.
func curl(t *testing.T, args ...string) answer {
	t.Helper()
	args = append([]string{"--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}\n%{header_json}"}, args...)
	out, err := exec.Command("curl", args...).Output()
	require.NoError(t, err, "curl must be installed: %s", out)
	m := regexp.MustCompile(`(?s)^(.*)\n([0-9]{3})\n(\{.*\})\s*$`).FindStringSubmatch(string(out))
	require.NotNil(t, m, "%s", out)
	a := answer{body: m[1], header: http.Header{}}
	a.status, err = strconv.Atoi(m[2])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(m[3]), &a.header))
	return a
}

// get is the header, whose name curl gives in lower case.
func (a answer) get(name string) string { return strings.Join(a.header[strings.ToLower(name)], ", ") }

type user struct {
	Name string `json:"name"`
}

// newService serves with the middleware, and with keys that it discovers.
func newService(t *testing.T, i *jwttest.Issuer) (url string) {
	keys, err := jwks.Discover(i.URL(), jwks.AllowHTTP(), jwks.WithClock(i.Clock()))
	require.NoError(t, err)
	v, err := jwt.NewVerifier[user](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.ES256},
		jwt.WithIssuer(i.URL()), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "sub"), jwt.WithClock(i.Clock()))
	require.NoError(t, err)
	server := httptest.NewServer(jwthttp.Middleware(v)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tok, ok := jwthttp.TokenFromContext[user](r.Context())
		if !ok {
			http.Error(w, "no token", http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(tok.Subject + " is " + tok.Claims.Name))
	})))
	t.Cleanup(server.Close)
	return server.URL
}

func TestCurl(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	url := newService(t, issuer)
	claims := jwt.MapClaims{"iss": issuer.URL(), "sub": "susan", "aud": audience, "name": "Susan B."}
	hour := jwt.WithExpiresIn(time.Hour)
	good := issuer.Sign(claims, hour)

	for name, args := range map[string][]string{
		"curl's own option":       {"--oauth2-bearer", good, url},
		"a header":                {"-H", "Authorization: Bearer " + good, url},
		"a scheme in lower case":  {"-H", "authorization: bearer " + good, url},
		"HTTP/1.0":                {"--http1.0", "--oauth2-bearer", good, url},
		"a form, which is a form": {"--oauth2-bearer", good, "-d", "access_token=x", url},
	} {
		a := curl(t, args...)
		require.Equal(t, 200, a.status, name)
		require.Equal(t, "susan is Susan B.", a.body, name)
		require.Empty(t, a.get("WWW-Authenticate"), name)
	}

	for name, args := range map[string][]string{
		"nothing":             {url},
		"another scheme":      {"-u", "susan:password", url},
		"a token in a query":  {url + "/?access_token=" + good},
		"a token in a form":   {"-d", "access_token=" + good, url},
		"a token in a cookie": {"-b", "access_token=" + good, url},
		"an empty header":     {"-H", "Authorization;", url},
	} {
		a := curl(t, args...)
		require.Equal(t, 401, a.status, name)
		require.Equal(t, "Bearer", a.get("WWW-Authenticate"), name)
	}

	for name, args := range map[string][]string{
		"two tokens":            {"-H", "Authorization: Bearer " + good, "-H", "Authorization: Bearer " + good, url},
		"two schemes":           {"-H", "Authorization: Bearer " + good, "-H", "Authorization: Basic dTpw", url},
		"a scheme alone":        {"-H", "Authorization: Bearer", url},
		"two words":             {"-H", "Authorization: Bearer a b", url},
		"two tokens in one":     {"-H", "Authorization: Bearer " + good + ", Bearer " + good, url},
		"a scheme in the token": {"--oauth2-bearer", "Bearer " + good, url},
	} {
		a := curl(t, args...)
		require.Equal(t, 400, a.status, name)
		require.Contains(t, a.get("WWW-Authenticate"), `Bearer error="invalid_request"`, name)
	}

	bad := issuer.BadTokens(claims, hour)
	require.Len(t, bad, 8)
	bad = append(bad, jwttest.BadToken{Name: "not a token", Token: "undefined"}, jwttest.BadToken{Name: "never expires", Token: issuer.Sign(claims)},
		jwttest.BadToken{Name: "encrypted", Token: "a.b.c.d.e"}, jwttest.BadToken{Name: "long", Token: good + strings.Repeat("A", 100_000)})
	for _, bad := range bad {
		a := curl(t, "--oauth2-bearer", bad.Token, url)
		require.Equal(t, 401, a.status, bad.Name)
		require.Regexp(t, `^Bearer error="invalid_token", error_description="the token is (malformed|expired|not valid|not valid yet)"$`,
			a.get("WWW-Authenticate"), bad.Name)
		require.Equal(t, "Unauthorized\n", a.body, bad.Name)
	}

	issuer.Rotate()
	issuer.Advance(time.Minute)
	require.Equal(t, 200, curl(t, "--oauth2-bearer", issuer.Sign(claims, hour), url).status)
}

func TestCurlInAnOutage(t *testing.T) {
	issuer := jwttest.NewIssuer(t)
	issuer.SetOutage(true)
	a := curl(t, "--oauth2-bearer", issuer.Sign(jwt.MapClaims{"sub": "susan"}), newService(t, issuer))
	require.Equal(t, 503, a.status)
	require.Equal(t, "10", a.get("Retry-After"))
	require.Empty(t, a.get("WWW-Authenticate"))
}

// TestCurlReadsASet: the caching that jwks.Handler allows for works with curl's.
func TestCurlReadsASet(t *testing.T) {
	ours := newPublisher(t)
	ours.publish(t, "one", []jwt.Algorithm{jwt.EdDSA})
	etag := filepath.Join(t.TempDir(), "etag")

	a := curl(t, "--etag-save", etag, ours.url)
	require.Equal(t, 200, a.status)
	require.Equal(t, "application/jwk-set+json", a.get("Content-Type"))
	set, err := jwt.ParseKeySet([]byte(a.body))
	require.NoError(t, err)
	require.Equal(t, "one-EdDSA", set.Keys()[0].KeyID())

	require.Equal(t, 304, curl(t, "--etag-compare", etag, ours.url).status)
	head := curl(t, "--head", ours.url)
	require.Equal(t, 200, head.status)
	require.Equal(t, a.get("Content-Length"), head.get("Content-Length"))

	ours.publish(t, "two", []jwt.Algorithm{jwt.EdDSA})
	require.Equal(t, 200, curl(t, "--etag-compare", etag, ours.url).status)
}
