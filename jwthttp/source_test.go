package jwthttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/jwt"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

func TestBearerToken(t *testing.T) {
	for _, test := range []struct {
		name   string
		values []string
		token  string
		err    error
	}{
		{name: "one token", values: []string{"Bearer a.b-c_d.e"}, token: "a.b-c_d.e"},
		{name: "scheme in lower case", values: []string{"bearer t"}, token: "t"},
		{name: "scheme in any case", values: []string{"bEARER t"}, token: "t"},
		{name: "several spaces", values: []string{"Bearer   t"}, token: "t"},
		{name: "the whole alphabet", values: []string{"Bearer azAZ09-._~+/=="}, token: "azAZ09-._~+/=="},
		{name: "no header", err: jwthttp.ErrNoToken},
		{name: "empty header", values: []string{""}, err: jwthttp.ErrNoToken},
		{name: "another scheme", values: []string{"Basic dTpw"}, err: jwthttp.ErrNoToken},
		{name: "a scheme that starts like ours", values: []string{"BearerX t"}, err: jwthttp.ErrNoToken},
		{name: "a token without scheme", values: []string{"eyJhbGciOiJIUzI1NiJ9.e30.c2ln"}, err: jwthttp.ErrNoToken},
		{name: "a tab instead of a space", values: []string{"Bearer\tt"}, err: jwthttp.ErrNoToken},
		{name: "a tab after the space", values: []string{"Bearer \tt"}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme alone", values: []string{"Bearer"}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme and space", values: []string{"Bearer "}, err: jwthttp.ErrInvalidRequest},
		{name: "padding alone", values: []string{"Bearer =="}, err: jwthttp.ErrInvalidRequest},
		{name: "padding inside", values: []string{"Bearer a=.b"}, err: jwthttp.ErrInvalidRequest},
		{name: "two tokens", values: []string{"Bearer a b"}, err: jwthttp.ErrInvalidRequest},
		{name: "a list", values: []string{"Bearer a,Bearer b"}, err: jwthttp.ErrInvalidRequest},
		{name: "quoted", values: []string{`Bearer "a"`}, err: jwthttp.ErrInvalidRequest},
		{name: "scheme twice", values: []string{"Bearer Bearer a"}, err: jwthttp.ErrInvalidRequest},
		{name: "not ASCII", values: []string{"Bearer ä"}, err: jwthttp.ErrInvalidRequest},
		{name: "two headers", values: []string{"Bearer a", "Bearer a"}, err: jwthttp.ErrInvalidRequest},
		{name: "two headers, one of another scheme", values: []string{"Basic dTpw", "Bearer a"}, err: jwthttp.ErrInvalidRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/?access_token=query", strings.NewReader("access_token=form"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "access_token", Value: "cookie"})
			for _, value := range test.values {
				r.Header.Add("Authorization", value)
			}
			token, err := jwthttp.BearerToken(r)
			require.Equal(t, test.token, token)
			if test.err == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, test.err)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
			require.Regexp(t, `^jwthttp: [^%]+$`, err.Error())
			for _, value := range test.values {
				if len(value) > len("Bearer ") {
					require.NotContains(t, err.Error(), value)
				}
			}
		})
	}
}

func TestBearerTokenAlphabet(t *testing.T) {
	const b64token = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/"
	accepted := 0
	for c := range 256 {
		_, err := jwthttp.BearerToken(&http.Request{Header: http.Header{"Authorization": {"Bearer a" + string([]byte{byte(c)}) + "b"}}})
		if strings.IndexByte(b64token, byte(c)) >= 0 {
			require.NoError(t, err, "%q", c)
			accepted++
		} else {
			require.ErrorIs(t, err, jwthttp.ErrInvalidRequest, "%q", c)
		}
	}
	require.Len(t, b64token, accepted)
	_, err := jwthttp.BearerToken(&http.Request{})
	require.ErrorIs(t, err, jwthttp.ErrNoToken)
}
