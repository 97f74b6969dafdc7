package jwthttp_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

func TestScopesDecode(t *testing.T) {
	for text, want := range map[string]jwthttp.Scopes{
		`"a b"`:          {"a", "b"},
		`"  a   b "`:     {"a", "b"},
		`"a\tb"`:         {"a\tb"},
		`"a\u0020b"`:     {"a", "b"},
		`["a","b c"]`:    {"a", "b c"},
		` [ "\u0061" ] `: {"a"},
		`""`:             {},
		`[]`:             {},
		`null`:           {"before"},
	} {
		scopes := jwthttp.Scopes{"before"}
		require.NoError(t, json.Unmarshal([]byte(text), &scopes), text)
		require.Equal(t, want, scopes, text)
	}
	for text, message := range map[string]string{
		`7`:           "jwthttp: Scopes: got a number, want a string or an array of strings",
		`true`:        "jwthttp: Scopes: got a boolean, want a string or an array of strings",
		`{"a":1}`:     "jwthttp: Scopes: got an object, want a string or an array of strings",
		`["a",null]`:  "jwthttp: Scopes: got an array with null in it, want strings",
		`["a",["b"]]`: "jwthttp: Scopes: got an array with an array in it, want strings",
	} {
		scopes := jwthttp.Scopes{"before"}
		require.EqualError(t, json.Unmarshal([]byte(text), &scopes), message)
		require.Equal(t, jwthttp.Scopes{"before"}, scopes)

		_, err := jwt.Verify[struct {
			Scp jwthttp.Scopes `json:"scp"`
		}](sign(rawClaims(`{"scp":`+text+`}`)), secret, hs256)
		require.ErrorIs(t, err, jwt.ErrInvalidClaims)
		require.ErrorContains(t, err, message)
	}
	require.ErrorContains(t, new(jwthttp.Scopes).UnmarshalJSON([]byte(`["a`)), "jwthttp: Scopes: ")
	require.Error(t, new(jwthttp.Scopes).UnmarshalJSON(nil))
}

func TestScopesEncode(t *testing.T) {
	type claims struct {
		Scope jwthttp.Scopes `json:"scope,omitempty"`
	}
	for want, scopes := range map[string]jwthttp.Scopes{
		`{"scope":"a b:c"}`: {"a", "b:c"},
		`{"scope":"a"}`:     {"a"},
		`{}`:                {},
	} {
		tok, err := jwt.Verify[claims](sign(claims{scopes}), secret, hs256)
		require.NoError(t, err)
		require.Equal(t, want, tok.Payload)
	}
	for _, scope := range []string{"", "a b", `a"b`, `a\b`, "ä", "a\n"} {
		_, err := jwt.Sign(claims{jwthttp.Scopes{"a", scope}}, secret, jwt.HS256)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, "can't be a scope")
	}
}

// TestInsufficientScope: the error handler of the middleware answers, and learns what is
// missing, in a message that stays short.
func TestInsufficientScope(t *testing.T) {
	var got error
	guard := jwthttp.Middleware(verifier(t, secret), jwthttp.WithErrorHandler(func(w http.ResponseWriter, _ *http.Request, err error) {
		got = err
		_, _ = w.Write([]byte("{}"))
	}))
	h := guard(jwthttp.RequireScopes("b", "a")(http.NotFoundHandler()))
	for scope, message := range map[string]string{
		"a c":                    `jwthttp: insufficient scope: want "b a", the token has "a c"`,
		strings.Repeat("x", 999): `jwthttp: insufficient scope: want "b a", the token has "` + strings.Repeat("x", 64) + `"…`,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+issue(scope))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, http.StatusForbidden, w.Code)
		require.Equal(t, "{}", w.Body.String())
		require.ErrorIs(t, got, jwthttp.ErrInsufficientScope)
		require.NotErrorIs(t, got, jwt.ErrInvalidToken)
		require.EqualError(t, got, message)
	}
}

// TestRequiredScopesAreACopy: the caller's slice may change later.
func TestRequiredScopesAreACopy(t *testing.T) {
	scopes := []string{"a"}
	guard := jwthttp.RequireScopes(scopes...)
	scopes[0] = "b"
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	ctx := jwthttp.ContextWithToken(r.Context(), &jwt.Token[Claims]{Payload: `{"scope":"a"}`})
	guard(http.NotFoundHandler()).ServeHTTP(w, r.WithContext(ctx))
	require.Equal(t, http.StatusNotFound, w.Code)
}
