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

// acceptMetadata is the media type to ask for (RFC 8414, Section 3.2).
const acceptMetadata = "application/json"

// metadata are the documents of an issuer that name its set.
type metadata struct {
	issuer    string
	places    []string // the URLs at which they may be
	allowHTTP bool     // in what they name
}

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

// find returns the URL of the set that the issuer's metadata name. They are fetched anew
// for each fetch of the set: a lifetime of their own would add to the time for which an issuer
// that moves its keys is not followed. The next place is only asked if the one before has
// answered that there is nothing, so a provider that fails is not asked again.
func (m *metadata) find(ctx context.Context, c *client) (string, error) {
	var misses error
	for _, place := range m.places {
		uri, err := m.findAt(ctx, c, place)
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

func (m *metadata) findAt(ctx context.Context, c *client, place string) (string, error) {
	header, body, err := c.get(ctx, place, "", acceptMetadata)
	if err != nil {
		return "", at(place, c.explain(ctx, "the metadata", err))
	}
	uri, err := m.read(header, body)
	if err != nil {
		return "", at(place, err)
	}
	return uri, nil
}

// read returns the jwks_uri of a document. The issuer must be the same to
// the byte, or one could speak for another (OpenID Connect Discovery 1.0, Section 4.3; RFC
// 8414, Section 3.3).
func (m *metadata) read(h http.Header, body []byte) (string, error) {
	text := strings.TrimPrefix(string(body), "\ufeff")
	var scanner strictjson.Scanner
	members, err := scanner.Object(text)
	if err != nil {
		return "", fmt.Errorf("the answer is not a metadata document (%s): %w", describe(h, body), err)
	}
	values := make(map[string]string)
	for _, member := range members {
		if member.Kind() == strictjson.String {
			values[member.Name(text)] = member.String(text)
		}
	}
	if got := values["issuer"]; got != m.issuer {
		return "", fmt.Errorf("the document's issuer is %s, want %s; where the address is not the "+
			"issuer (Kubernetes by IP, Entra's common, containers), use New with the set's URL", excerpt.Quote(got), excerpt.Quote(m.issuer))
	}
	uri := values["jwks_uri"]
	if uri == "" {
		return "", errors.New("the document has no jwks_uri")
	}
	if _, err := parseURL(uri, m.allowHTTP); err != nil {
		return "", fmt.Errorf("the document's jwks_uri: %w", err)
	}
	return strings.Clone(uri), nil
}
