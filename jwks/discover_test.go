package jwks_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"github.com/stretchr/testify/require"
)

const (
	testIssuer = "https://issuer.example"
	openID     = testIssuer + "/.well-known/openid-configuration"
	oauth      = testIssuer + "/.well-known/oauth-authorization-server"
)

// metadata is the text of a document.
func metadata(issuer, jwksURI string) string {
	text, err := json.Marshal(map[string]any{"issuer": issuer, "jwks_uri": jwksURI, "response_types_supported": []string{"code"}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// site answers with a text for each URL, and with 404 for others.
type site map[string]string

func (s site) RoundTrip(r *http.Request) (*http.Response, error) {
	if text, ok := s[r.URL.String()]; ok {
		return respond(200, text), nil
	}
	return respond(404, ""), nil
}

// newDiscovery makes a source whose provider is a site.
func newDiscovery(t *testing.T, issuer string, pages site, opts ...jwks.Option) (*jwks.Source, *stub) {
	t.Helper()
	provider := &stub{answer: pages.RoundTrip}
	s, err := jwks.Discover(issuer, append(opts, jwks.WithHTTPClient(provider.client()))...)
	require.NoError(t, err)
	require.Zero(t, provider.count(), "lazy")
	return s, provider
}

// urls are the URLs of the requests so far, which it forgets.
func (s *stub) urls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var urls []string
	for _, r := range s.requests {
		urls = append(urls, r.URL.String())
	}
	s.requests = nil
	return urls
}

func TestDiscover(t *testing.T) {
	set := setText(pair(t, "a").Public())
	for _, c := range []struct {
		issuer string
		at     []string // the places of metadata that are asked; the last one has it
	}{
		{testIssuer, []string{openID}},
		{testIssuer, []string{openID, oauth}},
		{testIssuer + "/", []string{openID, oauth}},
		{testIssuer + "/tenant/1", []string{testIssuer + "/tenant/1/.well-known/openid-configuration", oauth + "/tenant/1"}},
		{testIssuer + "/tenant/1", []string{testIssuer + "/tenant/1/.well-known/openid-configuration", oauth + "/tenant/1", openID + "/tenant/1"}},
		{testIssuer + "/tenant%2F1/", []string{testIssuer + "/tenant%2F1/.well-known/openid-configuration", oauth + "/tenant%2F1"}},
		{"https://[::1]:8443", []string{"https://[::1]:8443/.well-known/openid-configuration"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, provider := newDiscovery(t, c.issuer, site{
				c.at[len(c.at)-1]: metadata(c.issuer, "https://keys.example/set?p=1"), "https://keys.example/set?p=1": set,
			})
			require.NoError(t, lookup(s, "a"))
			require.Equal(t, append(c.at, "https://keys.example/set?p=1"), provider.urls())
		})
	}
}

func TestDiscoveryRefuses(t *testing.T) {
	for _, c := range []struct{ name, document, want string }{
		{"another issuer", metadata("https://other.example", testURL), `issuer is "https://other.example", want "https://issuer.example"; where the address is not the issuer (Kubernetes by IP, Entra's common, containers), use New with `},
		{"a slash more", metadata(testIssuer+"/", testURL), `issuer is "https://issuer.example/", want`},
		{"other case", metadata("https://Issuer.example", testURL), `issuer is "https://Issuer.example", want`},
		{"no issuer", `{"jwks_uri":"` + testURL + `"}`, `issuer is "", want`},
		{"issuer of another type", `{"issuer":["` + testIssuer + `"],"jwks_uri":"` + testURL + `"}`, `issuer is "", want`},
		{"issuer under another name", `{"Issuer":"` + testIssuer + `","jwks_uri":"` + testURL + `"}`, `issuer is "", want`},
		{"issuer twice", `{"issuer":"https://other.example","issuer":"` + testIssuer + `","jwks_uri":"` + testURL + `"}`, `duplicate member name "issuer"`},
		{"no jwks_uri", `{"issuer":"` + testIssuer + `"}`, "has no jwks_uri"},
		{"null jwks_uri", `{"issuer":"` + testIssuer + `","jwks_uri":null}`, "has no jwks_uri"},
		{"jwks_uri over http", metadata(testIssuer, "http://issuer.example/jwks"), `jwks_uri: "http://issuer.example/jwks" is not https`},
		{"jwks_uri of a file", metadata(testIssuer, "file:///etc/passwd"), "is not a URL"},
		{"jwks_uri without a host", metadata(testIssuer, "/jwks"), "is not a URL"},
		{"jwks_uri with a password", metadata(testIssuer, "https://u:p@issuer.example/jwks"), "user name or password"},
		{"no object", `[]`, "value other than an object"},
		{"HTML", `<html>`, `not a metadata document (application/json, begins with "<html": a login or error page?)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, provider := newDiscovery(t, testIssuer, site{openID: c.document})
				err := lookup(s, "a")
				require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, `jwks: fetching the keys of "https://issuer.example" failed: at "`+openID+`": `)
				require.NotContains(t, err.Error(), "u:p")
				require.Equal(t, []string{openID}, provider.urls())
			})
		})
	}
}

// TestTheNextPlaceIsAskedOnlyAfterA4xx: a provider that is down is not asked twice, nor is a
// wrong document passed over.
func TestTheNextPlaceIsAskedOnlyAfterA4xx(t *testing.T) {
	for code, second := range map[int]bool{400: true, 403: true, 404: true, 410: true, 301: false, 500: false, 503: false} {
		synctest.Test(t, func(t *testing.T) {
			s, provider := newDiscovery(t, testIssuer, nil)
			provider.set(func(*http.Request) (*http.Response, error) { return respond(code, ""), nil })
			err := lookup(s, "a")
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.ErrorContains(t, err, openID)
			if second {
				require.ErrorContains(t, err, oauth)
				require.Equal(t, []string{openID, oauth}, provider.urls())
			} else {
				require.Equal(t, []string{openID}, provider.urls())
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // of three places the second fails
		s, provider := newDiscovery(t, testIssuer+"/a", nil)
		provider.set(func(r *http.Request) (*http.Response, error) {
			if strings.HasPrefix(r.URL.String(), oauth) {
				return respond(500, ""), nil
			}
			return respond(404, ""), nil
		})
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeysUnavailable)
		require.Equal(t, []string{testIssuer + "/a/.well-known/openid-configuration", oauth + "/a"}, provider.urls())
	})
	synctest.Test(t, func(t *testing.T) {
		s, provider := newDiscovery(t, testIssuer, nil)
		provider.set(fail(errDown))
		require.ErrorIs(t, lookup(s, "a"), errDown)
		require.Equal(t, []string{openID}, provider.urls())
	})
}

// TestMovedKeys: an issuer that names another URL is followed at the next fetch, also if
// the old one still answers.
func TestMovedKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const moved = testIssuer + "/moved"
		pages := site{openID: metadata(testIssuer, testURL), testURL: setText(pair(t, "a").Public()), moved: setText(pair(t, "b").Public())}
		s, provider := newDiscovery(t, testIssuer, pages)
		require.NoError(t, lookup(s, "a"))
		require.Equal(t, []string{openID, testURL}, provider.urls())
		pages[openID] = metadata(testIssuer, moved)
		time.Sleep(10 * time.Minute)
		require.ErrorIs(t, lookup(s, "a"), jwt.ErrKeyNotFound)
		require.Equal(t, []string{openID, moved}, provider.urls())

		delete(pages, moved)
		require.ErrorContains(t, s.Refresh(t.Context()), `at "`+moved+`": the answer has the status 404`)
		require.NoError(t, lookup(s, "b"))
		delete(pages, openID)
		require.ErrorContains(t, s.Refresh(t.Context()), `at "`+openID+`": the answer has the status 404`)
		require.NoError(t, lookup(s, "b"))
	})
}

// TestETagStaysWithItsURL: at another one it may mean another set.
func TestETagStaysWithItsURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jwksURI := testURL
		s, provider := newDiscovery(t, testIssuer, nil)
		set := setText(pair(t, "a").Public())
		provider.set(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, ".well-known") {
				return respond(200, metadata(testIssuer, jwksURI), "Cache-Control", "no-cache"), nil
			}
			return respond(200, set, "ETag", `"1"`), nil
		})
		require.NoError(t, s.Refresh(t.Context()))
		require.NoError(t, s.Refresh(t.Context()))
		require.Equal(t, `"1"`, provider.last().Header.Get("If-None-Match"))
		jwksURI = testIssuer + "/moved"
		time.Sleep(time.Minute)
		require.NoError(t, s.Refresh(t.Context()))
		require.Equal(t, jwksURI, provider.last().URL.String())
		require.Empty(t, provider.last().Header.Get("If-None-Match"))
	})
}

// TestTimeoutCoversDiscovery: it is one for all requests of a fetch.
func TestTimeoutCoversDiscovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, provider := newDiscovery(t, testIssuer, nil)
		provider.set(func(r *http.Request) (*http.Response, error) {
			if strings.Contains(r.URL.Path, ".well-known") {
				time.Sleep(3 * time.Second)
				return respond(200, metadata(testIssuer, testURL)), nil
			}
			return hang(r)
		})
		started := time.Now()
		require.ErrorContains(t, lookup(s, "a"), `at "`+testURL+`": no answer within 5s, while reading the keys`)
		require.Equal(t, 5*time.Second, time.Since(started))
		provider.set(hang)
		require.ErrorContains(t, s.Refresh(t.Context()), `at "`+openID+`": no answer within 5s, while reading the metadata`)
	})
}

// TestMetadataWithAByteOrderMark are those of Windows editors.
func TestMetadataWithAByteOrderMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := newDiscovery(t, testIssuer, site{openID: "\ufeff" + metadata(testIssuer, testURL), testURL: setText(pair(t, "a").Public())})
		require.NoError(t, lookup(s, "a"))
	})
}
