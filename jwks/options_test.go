package jwks_test

import (
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

func TestOptionMistakes(t *testing.T) {
	var foreign struct{ jwks.Option }
	for _, c := range []struct {
		want string
		opts []jwks.Option
	}{
		{"WithHTTPClient: the client is nil", []jwks.Option{jwks.WithHTTPClient(nil)}},
		{"WithClock: the clock is nil", []jwks.Option{jwks.WithClock(nil)}},
		{"WithOnFetch: the function is nil", []jwks.Option{jwks.WithOnFetch(nil)}},
		{"the cooldown of 2562047h47m16.854775807s is longer than the maximum freshness of 1h0m0s", []jwks.Option{jwks.WithCooldown(math.MaxInt64)}},
		{"WithMaxFreshness: 0s is under a minute", []jwks.Option{jwks.WithMaxFreshness(0)}},
		{"WithMaxFreshness: 59s is under a minute", []jwks.Option{jwks.WithMaxFreshness(59 * time.Second)}},
		{"WithMaxFreshness: -1h0m0s is under a minute", []jwks.Option{jwks.WithMaxFreshness(-time.Hour)}},
		{"WithCooldown: 0s is under a second", []jwks.Option{jwks.WithCooldown(0)}},
		{"WithCooldown: -1s is under a second", []jwks.Option{jwks.WithCooldown(-time.Second)}},
		{"WithStaleLimit: 0s is not positive", []jwks.Option{jwks.WithStaleLimit(0)}},
		{"WithStaleLimit: -1s is not positive", []jwks.Option{jwks.WithStaleLimit(-time.Second)}},
		{"WithTimeout: 0s is not positive", []jwks.Option{jwks.WithTimeout(0)}},
		{"WithTimeout: -1s is not positive", []jwks.Option{jwks.WithTimeout(-time.Second)}},
		{"AllowHTTP is given twice", []jwks.Option{jwks.AllowHTTP(), jwks.AllowHTTP()}},
		{"WithTimeout is given twice", []jwks.Option{jwks.WithTimeout(1), jwks.AllowHTTP(), jwks.WithTimeout(1)}},
		{"an option is nil, or not of this package", []jwks.Option{nil}},
		{"an option is nil, or not of this package", []jwks.Option{foreign}},
		{"the cooldown of 2h0m0s is longer than the maximum freshness of 1h0m0s", []jwks.Option{jwks.WithCooldown(2 * time.Hour)}},
		{"the stale limit of 59m0s is shorter than the maximum freshness of 1h0m0s: set both", []jwks.Option{jwks.WithStaleLimit(59 * time.Minute)}},
		{"the stale limit of 24h0m0s is shorter than the maximum freshness of 48h0m0s: set both", []jwks.Option{jwks.WithMaxFreshness(48 * time.Hour)}},
	} {
		s, err := jwks.New(testURL, c.opts...)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.EqualError(t, err, "jwks: "+c.want)
		require.Nil(t, s)
		s, err = jwks.Discover(testIssuer, c.opts...)
		require.EqualError(t, err, "jwks: "+c.want)
		require.Nil(t, s)
	}
}

func TestOptionsAtTheirLimits(t *testing.T) {
	_, err := jwks.New(testURL, jwks.WithHTTPClient(&http.Client{}), jwks.WithClock(time.Now), jwks.WithTimeout(1),
		jwks.WithMaxFreshness(time.Minute), jwks.WithCooldown(time.Second), jwks.WithStaleLimit(time.Minute))
	require.NoError(t, err)
	_, err = jwks.New(testURL, jwks.WithMaxFreshness(48*time.Hour), jwks.WithCooldown(48*time.Hour), jwks.WithStaleLimit(48*time.Hour))
	require.NoError(t, err)
}

// TestNeverAgain: durations at math.MaxInt64 mean that nothing is over, ever.
func TestNeverAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const never = math.MaxInt64
		s, provider, _ := newSource(t, []string{"a"}, jwks.WithCooldown(never), jwks.WithMaxFreshness(never), jwks.WithStaleLimit(never), jwks.WithTimeout(never))
		for range 3 {
			require.NoError(t, lookup(s, "a"))
			require.Equal(t, 1, provider.count())
			require.True(t, s.Status().NextTry.After(time.Now()))
			require.True(t, s.Status().StaleAt.After(time.Now()))
			time.Sleep(50 * 365 * day)
		}
		for range 10 {
			require.ErrorIs(t, lookup(s, "b"), jwt.ErrKeyNotFound)
		}
		require.Equal(t, 5, provider.count(), "tries do not come back")
	})
}

func TestURLs(t *testing.T) {
	for _, c := range []struct {
		url, want     string
		http, notAnID bool // whether AllowHTTP makes it good, whether it is good for New but not for Discover
	}{
		{url: "https://issuer.example"},
		{url: "https://issuer.example:8443/a/b"},
		{url: "HTTPS://issuer.example/"},
		{url: "https://issuer.example/keys?p=1", notAnID: true},
		{url: "https://issuer.example/keys?", notAnID: true},
		{url: "http://127.0.0.1/", http: true, want: `"http://127.0.0.1/" is not https: anyone on the way could replace the keys (AllowHTTP is for loopback and tests)`},
		{url: "", want: `"" is not a URL: want https://host/path`},
		{url: "issuer.example/keys", want: "is not a URL"},
		{url: "//issuer.example/keys", want: "is not https"},
		{url: "https://", want: "is not a URL"},
		{url: "https:///keys", want: "is not a URL"},
		{url: "https://:443/keys", want: "is not a URL"},
		{url: "https:issuer.example", want: "is not a URL"},
		{url: "https://issuer.example/%zz", want: "is not a URL"},
		{url: "https://issuer.example/a\nb", want: "is not a URL"},
		{url: "file:///etc/passwd", want: "is not a URL"},
		{url: "ftp://issuer.example/keys", want: "is not https"},
		{url: "https://user@issuer.example/", want: "it has a user name or password"},
		{url: "https://user:secret@issuer.example/", want: "it has a user name or password"},
		{url: "https://issuer.example/keys#1", want: "has a fragment"},
		{url: "https://issuer.example/keys#", want: "has a fragment"},
	} {
		_, err := jwks.New(c.url)
		_, errDiscover := jwks.Discover(c.url)
		if c.notAnID {
			require.NoError(t, err)
			require.ErrorIs(t, errDiscover, jwt.ErrInvalidOption)
			require.ErrorContains(t, errDiscover, "has a query")
			continue
		}
		if c.want == "" {
			require.NoError(t, err, c.url)
			require.NoError(t, errDiscover, c.url)
			continue
		}
		for _, err := range []error{err, errDiscover} {
			require.ErrorIs(t, err, jwt.ErrInvalidOption, c.url)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "secret")
		}
		_, err = jwks.New(c.url, jwks.AllowHTTP())
		require.Equal(t, c.http, err == nil, c.url)
		_, err = jwks.Discover(c.url, jwks.AllowHTTP())
		require.Equal(t, c.http, err == nil, c.url)
	}
}
