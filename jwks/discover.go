package jwks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/strictjson"
)

// wellKnown returns the URLs of an issuer's metadata, in the order in which they are asked.
// OpenID Connect appends to the path (Discovery 1.0, Section 4.1); RFC 8414, Section 3.1, puts
// its name before the path. The third form, which its Section 5 describes, is that of clients
// which apply the rule of RFC 8414 to the name of OpenID Connect.
func wellKnown(issuer *url.URL) []string {
	host := issuer.Scheme + "://" + issuer.Host
	path := strings.TrimSuffix(issuer.EscapedPath(), "/")
	places := []string{
		host + path + "/.well-known/openid-configuration",
		host + "/.well-known/oauth-authorization-server" + path,
	}
	if path != "" {
		places = append(places, host+"/.well-known/openid-configuration"+path)
	}
	return places
}

// discover returns the URL of the set that the issuer's metadata name. They are fetched anew
// for each fetch of the set: a lifetime of their own would add to the time for which an issuer
// that moves its keys is not followed. The next place is only asked if the one before has
// answered that there is nothing, so a provider that fails is not asked again.
func (s *Source) discover(ctx context.Context) (string, error) {
	var misses error
	for _, place := range s.known {
		uri, err := s.discoverAt(ctx, place)
		if err == nil {
			return uri, nil
		}
		if misses == nil {
			misses = err
		} else {
			misses = fmt.Errorf("%w; and %w", misses, err)
		}
		if status, ok := errors.AsType[*statusError](err); !ok || status.code/100 != 4 {
			break
		}
	}
	return "", misses
}

func (s *Source) discoverAt(ctx context.Context, target string) (string, error) {
	header, body, err := s.get(ctx, target, "", acceptMetadata)
	if err == nil {
		var uri string
		if uri, err = s.readMetadata(header, body); err == nil {
			return uri, nil
		}
	}
	return "", s.explain(ctx, "the metadata", target, err)
}

// readMetadata returns the jwks_uri of an issuer's metadata. The issuer must be the same to
// the byte, or one could speak for another (OpenID Connect Discovery 1.0, Section 4.3; RFC
// 8414, Section 3.3).
func (s *Source) readMetadata(h http.Header, body []byte) (string, error) {
	text := strings.TrimPrefix(string(body), "\ufeff")
	var scanner strictjson.Scanner
	members, err := scanner.Object(text)
	if err != nil {
		return "", fmt.Errorf("the answer is not a metadata document (%s): %w", describe(h, body), err)
	}
	values := make(map[string]string)
	for _, m := range members {
		if m.Kind() == strictjson.String {
			values[m.Name(text)] = m.String(text)
		}
	}
	if got := values["issuer"]; got != s.issuer {
		return "", fmt.Errorf("the document's issuer is %s, want %s; where the address is not the "+
			"issuer (Kubernetes by IP, Entra's common, containers), use New with the set's URL", excerpt.Quote(got), excerpt.Quote(s.issuer))
	}
	uri := values["jwks_uri"]
	if uri == "" {
		return "", errors.New("the document has no jwks_uri")
	}
	if _, err := s.parseURL(uri); err != nil {
		return "", fmt.Errorf("the document's jwks_uri: %w", err)
	}
	return strings.Clone(uri), nil
}
