package jwks

import (
	"context"
	"fmt"
	"time"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

// maxETag bounds what is sent back to the provider.
const maxETag = 256

// acceptSet are the media types to ask for (RFC 7517, Section 8.5). Those of answers are not
// looked at.
const acceptSet = "application/jwk-set+json, application/json"

// fetcher asks a provider for its set.
type fetcher struct {
	*client
	url       string    // of the set; "" if metadata name it
	metadata  *metadata // or nil
	freshness bounds
}

// fetch asks for the set, and before that for where it is if that must be discovered.
func (f *fetcher) fetch(ctx context.Context, old *state, now time.Time) (answer, error) {
	if f.metadata == nil {
		return f.fetchAt(ctx, f.url, old, now)
	}
	target, err := f.metadata.find(ctx, f.client)
	if err != nil {
		return answer{}, err
	}
	a, err := f.fetchAt(ctx, target, old, now)
	if err != nil {
		return answer{}, at(target, err)
	}
	return a, nil
}

func (f *fetcher) fetchAt(ctx context.Context, target string, old *state, now time.Time) (answer, error) {
	a := answer{url: target}
	etag := ""
	if old.set != nil && old.url == target {
		etag = old.etag
	}
	header, body, err := f.get(ctx, target, etag, acceptSet)
	switch {
	case err != nil:
		return answer{}, f.explain(ctx, "the keys", err)
	case body == nil: // what the answer does not say is as before (RFC 9111, Section 4.3.4)
		a.etag, a.lifetime = etag, f.freshness.of(header, now, old.lifetime)
		return a, nil
	}
	if a.set, err = jwt.ParseKeySet(body); err != nil {
		return answer{}, fmt.Errorf("the answer is not a JWK Set (%s): %s", describe(header, body), excerpt.Bare(err))
	}
	a.lifetime = f.freshness.of(header, now, silentFreshness)
	if a.etag = header.Get("ETag"); len(a.etag) > maxETag {
		a.etag = ""
	}
	return a, nil
}
