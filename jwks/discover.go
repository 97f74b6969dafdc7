package jwks

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"example.com/jwt/internal/strictjson"

	"example.com/jwt/internal/excerpt"
)

// wellKnown gives the URLs of an issuer's metadata. OpenID Connect appends to the path
// (Discovery 1.0, Section 4.1); RFC 8414, Section 3.1, puts its name before the path.
func wellKnown(issuer *url.URL) []string {
	host := issuer.Scheme + "://" + issuer.Host
	path := strings.TrimSuffix(issuer.EscapedPath(), "/")
	return []string{
		host + path + "/.well-known/openid-configuration",
		host + "/.well-known/oauth-authorization-server" + path,
	}
}

// discover gives the URL of the set that the issuer's metadata name. They are fetched anew
// for each fetch of the set: kept for a time of their own they would add it to the time
// for which an issuer that moves its keys is taken for what it was. The second place is
// only asked if the first has answered that there is nothing, so a provider that fails is
// not asked twice.
func (s *Source) discover(ctx context.Context) (string, error) {
	uri, err := s.discoverAt(ctx, s.known[0])
	if status, ok := errors.AsType[*statusError](err); !ok || status.code/100 != 4 {
		return uri, err
	}
	uri, second := s.discoverAt(ctx, s.known[1])
	if second != nil {
		return "", fmt.Errorf("%w; and %w", err, second)
	}
	return uri, nil
}

func (s *Source) discoverAt(ctx context.Context, target string) (string, error) {
	_, body, err := s.get(ctx, target, "", metadataTypes)
	if err != nil {
		return "", s.at(target, err)
	}
	uri, err := s.readMetadata(string(body))
	if err != nil {
		return "", s.at(target, err)
	}
	return uri, nil
}

// readMetadata gives the jwks_uri of an issuer's metadata. The issuer must be the same to
// the byte, or one could speak for another (OpenID Connect Discovery 1.0, Section 4.3; RFC
// 8414, Section 3.3).
func (s *Source) readMetadata(text string) (string, error) {
	var scanner strictjson.Scanner
	members, err := scanner.Object(text)
	if err != nil {
		return "", err
	}
	values := make(map[string]string)
	for _, m := range members {
		if m.Kind() == strictjson.String {
			values[m.Name(text)] = m.String(text)
		}
	}
	if got := values["issuer"]; got != s.issuer {
		return "", fmt.Errorf("the document's issuer is %s, want %s", excerpt.Quote(got), excerpt.Quote(s.issuer))
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
