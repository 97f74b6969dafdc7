package jwthttp_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/jwthttp"
)

var _ jwthttp.TokenVerifier[Claims] = (*jwt.Issuers[Claims])(nil)

// verifierFunc is a verifier of the application.
type verifierFunc func(ctx context.Context, token string) (*jwt.Token[Claims], error)

func (f verifierFunc) VerifyContext(ctx context.Context, token string) (*jwt.Token[Claims], error) {
	return f(ctx, token)
}

// saying returns a verifier that says the same of every token.
func saying(tok *jwt.Token[Claims], err error) verifierFunc {
	return func(context.Context, string) (*jwt.Token[Claims], error) { return tok, err }
}

// padded signs as AWS load balancers do: "=" in each segment, where it would be needed.
func padded(header, payload string) string {
	input := base64.URLEncoding.EncodeToString([]byte(header)) + "." + base64.URLEncoding.EncodeToString([]byte(payload))
	return input + "." + base64.URLEncoding.EncodeToString(forge.HMAC(crypto.SHA256, secretBytes)(input))
}

func sign(claims any, opts ...jwt.SignOption) string {
	raw, err := jwt.Sign(claims, secret, jwt.HS256, opts...)
	if err != nil {
		panic(err)
	}
	return raw
}

// What handlers answer when a request reaches them.
const (
	nobody  = "nobody" // there is no token
	susan   = "susan"
	refused = "" // the handler was not reached
)

// TestRequests is what a request gets: the status, the challenge, and what the handler saw.
func TestRequests(t *testing.T) {
	now := time.Now()
	at := func(d time.Duration) jwt.VerifyOption { return jwt.WithClock(func() time.Time { return now.Add(d) }) }
	outage := errors.New("connect to 10.0.0.7: refused")
	good := issue("orders:read")
	early := sign(jwt.RegisteredClaims{NotBefore: jwt.NewNumericDate(now.Add(time.Hour))})
	old := sign(jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(now.Add(-time.Hour))})
	with := func(payload string) string { // whatever issuers write
		return "Authorization: Bearer " + sign(rawClaims(payload))
	}

	guard := func(v jwthttp.TokenVerifier[Claims], opts ...jwthttp.Option) func(http.Handler) http.Handler {
		return jwthttp.Middleware(v, opts...)
	}
	from := func(token string, err error) jwthttp.Option {
		return jwthttp.WithTokenFrom(func(*http.Request) (string, error) { return token, err })
	}
	both := func(outer, inner func(http.Handler) http.Handler) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler { return outer(inner(next)) }
	}
	given := func(tok *jwt.Token[Claims]) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(jwthttp.ContextWithToken(r.Context(), tok)))
			})
		}
	}
	v := verifier(t, secret)
	plain := guard(v)
	alb := guard(verifier(t, secret, jwt.AllowPaddedBase64()), jwthttp.WithTokenFrom(jwthttp.FromHeader("x-amzn-oidc-data")))
	cookie := guard(v, jwthttp.WithTokenFrom(jwthttp.FromCookie("__Host-session")))
	optional := guard(v, jwthttp.Optional())
	optionalCookie := guard(v, jwthttp.Optional(), jwthttp.WithTokenFrom(jwthttp.FromCookie("session")))
	realm := guard(v, jwthttp.WithAuthParam("realm", "orders"), jwthttp.WithAuthParam("Scope", "openid"), jwthttp.WithAuthParam("resource_metadata", "https://api.example/meta"))
	read, write := jwthttp.RequireScopes("orders:read"), jwthttp.RequireScopes("orders:write", "orders:read")
	csrf := both(http.NewCrossOriginProtection().Handler, cookie)

	const (
		invalid   = `Bearer error="invalid_token", error_description="the token is not valid"`
		malformed = `Bearer error="invalid_token", error_description="the token is malformed"`
		expired   = `Bearer error="invalid_token", error_description="the token is expired"`
		tooEarly  = `Bearer error="invalid_token", error_description="the token is not valid yet"`
		notOne    = `Bearer error="invalid_request", error_description="want one Authorization header, with one bearer token"`
		notOnce   = `Bearer error="invalid_request", error_description="want exactly one token"`
		needsRead = `Bearer error="insufficient_scope", scope="orders:read"`
		needsBoth = `Bearer error="insufficient_scope", scope="orders:write orders:read"`
		inRealm   = `Bearer realm="orders", resource_metadata="https://api.example/meta"`
	)
	for _, test := range []struct {
		name      string
		guard     func(http.Handler) http.Handler
		request   string // method, then headers, one a line
		status    int
		challenge string
		saw       string
	}{
		// The Authorization header.
		{"a good token", plain, "GET\nAuthorization: Bearer " + good, 200, "", susan},
		{"the scheme in lower case", plain, "GET\nAuthorization: bearer " + good, 200, "", susan},
		{"the scheme in upper case, two spaces", plain, "GET\nAuthorization: BEARER  " + good, 200, "", susan},
		{"HEAD", plain, "HEAD\nAuthorization: Bearer " + good, 200, "", susan},
		{"POST", plain, "POST\nAuthorization: Bearer " + good, 200, "", susan},
		{"no token", plain, "GET", 401, "Bearer", refused},
		{"HEAD without a token", plain, "HEAD", 401, "Bearer", refused},
		{"a preflight request has no token", plain, "OPTIONS\nOrigin: https://a.example\nAccess-Control-Request-Method: DELETE", 401, "Bearer", refused},
		{"an unknown method has no privileges", plain, "BREW", 401, "Bearer", refused},
		{"an empty header", plain, "GET\nAuthorization:", 401, "Bearer", refused},
		{"another scheme", plain, "GET\nAuthorization: Basic dTpw", 401, "Bearer", refused},
		{"a token without its scheme", plain, "GET\nAuthorization: " + good, 401, "Bearer", refused},
		{"DPoP is another scheme", plain, "GET\nAuthorization: DPoP " + good, 401, "Bearer", refused},
		{"the scheme alone", plain, "GET\nAuthorization: Bearer", 400, notOne, refused},
		{"two tokens", plain, "GET\nAuthorization: Bearer " + good + " " + good, 400, notOne, refused},
		{"two headers", plain, "GET\nAuthorization: Bearer " + good + "\nAuthorization: Bearer " + good, 400, notOne, refused},
		{"two headers, one of another scheme", plain, "GET\nAuthorization: Basic dTpw\nAuthorization: Bearer " + good, 400, notOne, refused},
		{"a list of credentials", plain, "GET\nAuthorization: Bearer " + good + ", Basic dTpw", 400, notOne, refused},
		{"a token in the query", plain, "GET ?access_token=" + good, 401, "Bearer", refused},
		{"a token in a cookie that nobody asked for", plain, "GET\nCookie: session=" + good, 401, "Bearer", refused},
		{"a token in a proxy's header that nobody asked for", plain, "GET\nX-Amzn-Oidc-Data: " + good, 401, "Bearer", refused},

		// The token.
		{"not a token", plain, "GET\nAuthorization: Bearer undefined", 401, malformed, refused},
		{"padded", plain, "GET\nAuthorization: Bearer " + padded(`{"alg":"HS256"}`, `{"sub":"susan","a":12}`), 400, notOne, refused},
		{"too long", guard(verifier(t, secret, jwt.WithMaxSize(len(good)-1))), "GET\nAuthorization: Bearer " + good, 401, malformed, refused},
		{"expired", plain, "GET\nAuthorization: Bearer " + old, 401, expired, refused},
		{"expired, and forged", guard(verifier(t, secret, at(time.Hour))), "GET\nAuthorization: Bearer " + good + "AA", 401, invalid, refused},
		{"not yet valid", plain, "GET\nAuthorization: Bearer " + early, 401, tooEarly, refused},
		{"of another issuer", guard(verifier(t, secret, jwt.WithIssuer("https://inner.example"))), "GET\nAuthorization: Bearer " + good, 401, invalid, refused},
		{"of an unknown key", guard(verifier(t, failing(jwt.ErrKeyNotFound))), "GET\nAuthorization: Bearer " + good, 401, invalid, refused},
		{"claims of another type", plain, "GET\n" + with(`{"scope":7}`), 401, invalid, refused},

		// Faults of the service, which are no token's.
		{"the keys are unavailable", guard(verifier(t, failing(outage))), "GET\nAuthorization: Bearer " + good, 503, "", refused},
		{"unavailable, because of a token of its own", guard(verifier(t, failing(fmt.Errorf("log in: %w", jwt.ErrExpired)))), "GET\nAuthorization: Bearer " + good, 503, "", refused},
		{"unavailable, and bad for another verifier", guard(saying(nil, errors.Join(jwt.ErrExpired, jwt.ErrKeysUnavailable))), "GET\nAuthorization: Bearer " + good, 503, "", refused},
		{"a bad token, says another verifier", guard(saying(nil, fmt.Errorf("revoked: %w", jwt.ErrInvalidToken))), "GET\nAuthorization: Bearer x", 401, invalid, refused},
		{"an error of no class", guard(saying(nil, outage)), "GET\nAuthorization: Bearer x", 500, "", refused},
		{"an unusable key", guard(saying(nil, jwt.ErrInvalidKey)), "GET\nAuthorization: Bearer x", 500, "", refused},
		{"ErrNoToken of a verifier", guard(saying(nil, jwthttp.ErrNoToken), jwthttp.Optional()), "GET\nAuthorization: Bearer x", 500, "", refused},
		{"neither a token nor an error", guard(saying(nil, nil)), "GET\nAuthorization: Bearer x", 500, "", refused},
		{"a token and an error", guard(saying(&jwt.Token[Claims]{}, jwt.ErrExpired)), "GET\nAuthorization: Bearer x", 401, expired, refused},
		{"a zero verifier", guard(new(jwt.Verifier[Claims])), "GET\nAuthorization: Bearer " + good, 500, "", refused},

		// A proxy's header.
		{"as AWS writes it", alb, "GET\nX-Amzn-Oidc-Data: " + padded(`{"alg":"HS256"}`, `{"sub":"susan","a":12}`), 200, "", susan},
		{"without padding", alb, "GET\nX-Amzn-Oidc-Data: " + good, 200, "", susan},
		{"no header", alb, "GET", 401, "Bearer", refused},
		{"an empty proxy's header", alb, "GET\nX-Amzn-Oidc-Data:", 401, "Bearer", refused},
		{"twice", alb, "GET\nX-Amzn-Oidc-Data: " + good + "\nX-Amzn-Oidc-Data: " + good, 400, notOnce, refused},
		{"with a scheme", alb, "GET\nX-Amzn-Oidc-Data: Bearer " + good, 401, malformed, refused},
		{"in the other header", alb, "GET\nAuthorization: Bearer " + good, 401, "Bearer", refused},
		{"a good one does not help a bad one", alb, "GET\nX-Amzn-Oidc-Data: x\nAuthorization: Bearer " + good, 401, malformed, refused},

		// A cookie.
		{"a cookie", cookie, "GET\nCookie: a=b; __Host-session=" + good + "; c", 200, "", susan},
		{"in quotes", cookie, "GET\nCookie: __Host-session=\"" + good + `"`, 200, "", susan},
		{"in a second header", cookie, "GET\nCookie: a=b\nCookie: __Host-session=" + good, 200, "", susan},
		{"no cookie", cookie, "GET", 401, "Bearer", refused},
		{"a cookie that was deleted", cookie, "GET\nCookie: __Host-session=", 401, "Bearer", refused},
		{"a name in another case", cookie, "GET\nCookie: __host-Session=" + good, 401, "Bearer", refused},
		{"a name that ends so", cookie, "GET\nCookie: x__Host-session=" + good, 401, "Bearer", refused},
		{"two cookies", cookie, "GET\nCookie: __Host-session=" + good + "; __Host-session=" + good, 400, notOnce, refused},
		{"two cookies, one illegal", cookie, "GET\nCookie: __Host-session=" + good + "; __Host-session=a b", 400, notOnce, refused},
		{"an illegal cookie", cookie, "GET\nCookie: __Host-session=a\\b", 401, malformed, refused},
		{"the user's own page", csrf, "POST\nSec-Fetch-Site: same-origin\nCookie: __Host-session=" + good, 200, "", susan},
		{"a form on another site", csrf, "POST\nSec-Fetch-Site: cross-site\nCookie: __Host-session=" + good, 403, "", refused},

		// A func of the application.
		{"its token", guard(v, from(good, nil)), "GET", 200, "", susan},
		{"an empty token", guard(v, from("", nil)), "GET", 401, malformed, refused},
		{"an empty token is not none", guard(saying(&jwt.Token[Claims]{}, nil), from("", nil), jwthttp.Optional()), "GET", 401, malformed, refused},
		{"its outage", guard(v, from("", outage)), "GET", 500, "", refused},
		{"its outage beside a token", guard(v, from(good, outage)), "GET", 500, "", refused},
		{"its opinion on a token", guard(v, from("", jwt.ErrExpired), jwthttp.Optional()), "GET", 500, "", refused},
		{"none here, two there", guard(v, from("", errors.Join(jwthttp.ErrNoToken, jwthttp.ErrInvalidRequest)), jwthttp.Optional()), "GET", 400, notOnce, refused},

		// Optional.
		{"optional, and there", optional, "GET\nAuthorization: Bearer " + good, 200, "", susan},
		{"optional, and not there", optional, "GET", 200, "", nobody},
		{"optional, another scheme", optional, "GET\nAuthorization: Basic dTpw", 200, "", nobody},
		{"optional, and expired", optional, "GET\nAuthorization: Bearer " + old, 401, expired, refused},
		{"optional, and forged", optional, "GET\nAuthorization: Bearer " + good + "AA", 401, invalid, refused},
		{"optional, and empty", optional, "GET\nAuthorization: Bearer ", 400, notOne, refused},
		{"optional, twice", optional, "GET\nAuthorization: Bearer " + good + "\nAuthorization: Bearer " + good, 400, notOne, refused},
		{"optional, and down", guard(verifier(t, failing(outage)), jwthttp.Optional()), "GET\nAuthorization: Bearer " + good, 503, "", refused},
		{"an optional cookie", optionalCookie, "GET\nCookie: a=b", 200, "", nobody},
		{"an optional cookie that is illegal", optionalCookie, "GET\nCookie: session=\x7f", 401, malformed, refused},

		// Scopes.
		{"the scope", both(plain, read), "GET\n" + with(`{"sub":"susan","scope":"openid orders:read"}`), 200, "", susan},
		{"another scope", both(plain, read), "GET\n" + with(`{"scope":"openid"}`), 403, needsRead, refused},
		{"no scope", both(plain, read), "GET\n" + with(`{}`), 403, needsRead, refused},
		{"half a scope", both(plain, read), "GET\n" + with(`{"scope":"orders"}`), 403, needsRead, refused},
		{"a longer scope", both(plain, read), "GET\n" + with(`{"scope":"orders:read:all"}`), 403, needsRead, refused},
		{"another case", both(plain, read), "GET\n" + with(`{"scope":"Orders:Read"}`), 403, needsRead, refused},
		{"a name in another case", both(guard(untyped{t}), read), "GET\n" + with(`{"SCOPE":"orders:read"}`), 403, needsRead, refused},
		{"other white space parts nothing", both(plain, read), "GET\n" + with(`{"scope":"orders:read\topenid"}`), 403, needsRead, refused},
		{"many spaces", both(plain, read), "GET\n" + with(`{"sub":"susan","scope":"  openid   orders:read "}`), 200, "", susan},
		{"an escaped name and value", both(plain, read), "GET\n" + with(`{"sub":"susan","\u0073cope":"orders\u003aread"}`), 200, "", susan},
		{"scp, a string", both(plain, read), "GET\n" + with(`{"sub":"susan","scp":"orders:read"}`), 200, "", susan},
		{"scp, an array", both(plain, read), "GET\n" + with(`{"sub":"susan","scp":["openid","orders:read"]}`), 200, "", susan},
		{"an array's element is one scope", both(plain, read), "GET\n" + with(`{"scp":["openid orders:read"]}`), 403, needsRead, refused},
		{"an array with a number grants nothing", both(plain, read), "GET\n" + with(`{"scp":["orders:read",7]}`), 403, needsRead, refused},
		{"a number grants nothing", both(plain, read), "GET\n" + with(`{"scp":7}`), 403, needsRead, refused},
		{"null grants nothing", both(plain, read), "GET\n" + with(`{"scope":null,"scp":null}`), 403, needsRead, refused},
		{"deeper scopes are other claims", both(plain, read), "GET\n" + with(`{"a":{"scope":"orders:read"}}`), 403, needsRead, refused},
		{"two scopes, both there", both(plain, write), "GET\n" + with(`{"sub":"susan","scope":"orders:read orders:write"}`), 200, "", susan},
		{"two scopes, one in each claim", both(plain, write), "GET\n" + with(`{"sub":"susan","scope":"orders:read","scp":["orders:write"]}`), 200, "", susan},
		{"two scopes, one missing", both(plain, write), "DELETE\n" + with(`{"scope":"orders:write"}`), 403, needsBoth, refused},
		{"the realm of the middleware, the scope of the route", both(realm, read), "GET\n" + with(`{"scope":"openid"}`), 403,
			inRealm + `, error="insufficient_scope", scope="orders:read"`, refused},
		{"the middleware's own scope", both(realm, read), "GET", 401, `Bearer realm="orders", Scope="openid", resource_metadata="https://api.example/meta"`, refused},
		{"a bad token before its scopes", both(plain, read), "GET\nAuthorization: Bearer " + old, 401, expired, refused},
		{"optional, but a scope is needed", both(optional, read), "GET", 401, `Bearer scope="orders:read"`, refused},
		{"optional, and the scope is there", both(optional, read), "GET\nAuthorization: Bearer " + good, 200, "", susan},
		{"a token of another transport", both(given(&jwt.Token[Claims]{RegisteredClaims: jwt.RegisteredClaims{Subject: susan}, Payload: `{"scope":"orders:read"}`}), read), "GET", 200, "", susan},
		{"one without a payload", both(given(&jwt.Token[Claims]{}), read), "GET", 403, needsRead, refused},
		{"one with a payload that is ambiguous", both(given(&jwt.Token[Claims]{Payload: `{"scope":"x","scope":"orders:read"}`}), read), "GET", 403, needsRead, refused},
		{"none of another transport", both(given(nil), read), "GET", 401, `Bearer scope="orders:read"`, refused},
		{"the challenge of the middleware around it", both(realm, both(given(&jwt.Token[Claims]{}), read)), "GET\nAuthorization: Bearer " + good, 403,
			inRealm + `, error="insufficient_scope", scope="orders:read"`, refused},
		{"no middleware around it", read, "GET\nAuthorization: Bearer " + good, 500, "", refused},
		{"the nearest middleware decides", both(plain, both(optionalCookie, read)), "GET\nAuthorization: Bearer " + good, 401, `Bearer scope="orders:read"`, refused},

		// An upgrade is a request like any other.
		{"an upgrade", plain, "GET\nConnection: Upgrade\nUpgrade: websocket\nAuthorization: Bearer " + good, 101, "", susan},
		{"an upgrade with a cookie", cookie, "GET\nConnection: Upgrade\nUpgrade: websocket\nCookie: __Host-session=" + good, 101, "", susan},
		{"an upgrade without a token", plain, "GET\nConnection: Upgrade\nUpgrade: websocket", 401, "Bearer", refused},
		{"an upgrade without the scope", both(plain, write), "GET\nConnection: Upgrade\nUpgrade: websocket\nAuthorization: Bearer " + good, 403, needsBoth, refused},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := strings.Split(test.request, "\n")
			method, query, _ := strings.Cut(lines[0], " ")
			r := httptest.NewRequest(method, "/orders"+query, nil)
			for _, line := range lines[1:] {
				name, value, _ := strings.Cut(line, ":")
				r.Header.Add(name, strings.TrimPrefix(value, " "))
			}
			saw := refused
			w := httptest.NewRecorder()
			test.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				saw = nobody
				if tok, ok := jwthttp.TokenFromContext[Claims](r.Context()); ok {
					saw = tok.Subject
				}
				if r.Header.Get("Upgrade") != "" {
					w.WriteHeader(http.StatusSwitchingProtocols)
				}
			})).ServeHTTP(w, r)
			require.Equal(t, test.status, w.Code)
			require.Equal(t, test.challenge, strings.Join(w.Header().Values("WWW-Authenticate"), "; "))
			require.Equal(t, test.saw, saw)
			require.Equal(t, test.status == 503, w.Header().Get("Retry-After") == "10")
			if saw == refused && r.Header.Get("Sec-Fetch-Site") == "" {
				require.Equal(t, http.StatusText(test.status)+"\n", w.Body.String(), "no word of the error")
			}
		})
	}
}

// rawClaims signs a payload as it is.
type rawClaims string

func (c rawClaims) MarshalJSON() ([]byte, error) { return []byte(c), nil }

// untyped verifies into MapClaims, where names that differ in case from those of a struct are
// nothing to refuse.
type untyped struct{ testing.TB }

func (u untyped) VerifyContext(ctx context.Context, token string) (*jwt.Token[Claims], error) {
	tok, err := jwt.Verify[jwt.MapClaims](token, secret, hs256)
	require.NoError(u, err)
	return &jwt.Token[Claims]{RegisteredClaims: tok.RegisteredClaims, Payload: tok.Payload}, nil
}

// TestBodiesOfRefusals: one that is not let through has a plain body, and HEAD none.
func TestBodiesOfRefusals(t *testing.T) {
	server := httptest.NewServer(jwthttp.Middleware(verifier(t, secret))(http.NotFoundHandler()))
	defer server.Close()
	for method, want := range map[string]string{"GET": "Unauthorized\n", "HEAD": ""} {
		r, err := http.NewRequest(method, server.URL, nil)
		require.NoError(t, err)
		resp, err := server.Client().Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		resp.Body.Close()
		require.Equal(t, want, string(body))
		require.Equal(t, "text/plain; charset=utf-8", resp.Header.Get("Content-Type"))
	}
}
