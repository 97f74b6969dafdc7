package jwks

import (
	"context"

	"example.com/jwt"
	"example.com/jwt/internal/excerpt"
)

// Source is the key set of one issuer, fetched over HTTP when a token needs it. Make one for
// each issuer with [New] or [Discover] and keep it. It is safe for concurrent use, has nothing to
// close, and never mixes its keys with those of another. Keys and Refresh of a zero Source return
// [jwt.ErrInvalidOption].
type Source struct{ keeper }

// New returns a source of the JWK Set at a URL (RFC 7517, Section 5). Nothing is fetched before
// a token or [Source.Refresh] needs it. New returns [jwt.ErrInvalidOption] for a URL that has a
// user name or a fragment, for one that is not https unless [AllowHTTP] is given, and for
// mistakes in the options.
func New(url string, opts ...Option) (*Source, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	if _, err := parseURL(url, c.allowHTTP); err != nil {
		return nil, invalid("the URL of a JWK Set: %s", err)
	}
	return newSource(c, url, fetcher{url: url}), nil
}

// Discover returns a source of the JWK Set that an issuer's metadata name (OpenID Connect
// Discovery 1.0, Section 4). If their URL answers with a client error (4xx), it tries that of RFC
// 8414, Section 3, and then, for an issuer with a path, /.well-known/openid-configuration/PATH.
// Like [New] it is lazy, and each fetch reads the metadata anew. Their issuer must equal the one
// given exactly. Discover returns [jwt.ErrInvalidOption] for the URLs that New rejects, and for an
// issuer with a query; the jwks_uri of the metadata follows the same rules.
func Discover(issuer string, opts ...Option) (*Source, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	u, err := parseURL(issuer, c.allowHTTP)
	switch {
	case err != nil:
		return nil, invalid("the issuer: %s", err)
	case u.RawQuery != "" || u.ForceQuery:
		return nil, invalid("the issuer: %s has a query", excerpt.Quote(issuer))
	}
	return newSource(c, issuer, fetcher{metadata: &metadata{issuer, wellKnown(u), c.allowHTTP}}), nil
}

func newSource(c *config, name string, f fetcher) *Source {
	f.client = &client{c.httpClient(), c.timeout}
	f.freshness = bounds{max(minFreshness, c.cooldown), c.maxFreshness}
	s := &Source{keeper{
		fetcher: f, name: name, cooldown: c.cooldown, staleLimit: c.staleLimit, now: c.now, onFetch: c.onFetch,
		crowded: unavailable(nil, "%d callers wait already for a key that is not in the set of %q", maxWaiting, name),
		plan:    newSchedule(c.cooldown, c.maxFreshness),
		last:    new(flight),
	}}
	s.state.Store(new(state))
	return s
}

func (s *Source) isZero() bool { return s == nil || s.now == nil }

// Keys returns the [*jwt.KeySet] to verify a token with: use it as jwt.KeyFunc(s.Keys). While
// the set in use has the token's kid it never fails: if the freshness is over, it waits a second
// at most for a newer set, and if ctx ends, it returns the one that is there. Otherwise it waits
// for a fetch, if one is allowed. It returns [jwt.ErrKeyNotFound] for a kid that the provider does
// not have. It returns [jwt.ErrKeysUnavailable], which wraps the cause, if there is no set in use,
// for an unknown kid while fetches fail, and if ctx ends.
func (s *Source) Keys(ctx context.Context, h jwt.Header) (jwt.KeySource, error) {
	if s.isZero() {
		return nil, errZero()
	}
	st := s.state.Load()
	if st.lacks(h.KeyID, s.now()) == nothing {
		return st.set, nil
	}
	return s.lookup(ctx, h.KeyID)
}

// lookup is Keys for a kid that may need a fetch.
func (s *Source) lookup(ctx context.Context, kid string) (jwt.KeySource, error) {
	since := unknown
	final := false // the fetch that this lookup needs has ended
	for {
		v := s.look(kid, since, final)
		since = v.since
		switch {
		case final || v.flight == nil || v.need == nothing:
			return v.answer(s.name, kid, v.now, v.nextTry)
		case v.need == confirmation:
			if v.err != nil || v.isFresh(v.now) {
				return v.set, nil
			}
			if final = s.waitAWhile(ctx, v.flight); final {
				continue
			}
			if st := s.state.Load(); st.lacks(kid, s.now()) == confirmation {
				return st.set, nil
			} // or it has become too old meanwhile
		case v.need == newKey:
			if err := s.queue(ctx, v.flight); err != nil {
				return nil, err
			}
			// A fetch that had begun before may have been answered before the key was there.
			final = v.flight.number > since || v.flight.err != nil
		default:
			if err := s.wait(ctx, v.flight); err != nil {
				return nil, err
			}
			final = true
		}
	}
}

// Refresh fetches now, regardless of freshness and pauses: at start, to fail early, or when the
// provider is known to have changed its keys. The fetch begins after the call, and after one
// that is under way; concurrent calls share it. Refresh neither uses up tries nor lengthens a
// pause. It returns [jwt.ErrKeysUnavailable], which wraps the cause, if the fetch fails, if no
// key of the set can be used, and if ctx ends.
func (s *Source) Refresh(ctx context.Context) error {
	if s.isZero() {
		return errZero()
	}
	began := s.number()
	for {
		f := s.newerThan(began)
		if err := s.wait(ctx, f); err != nil {
			return err
		}
		if f.number > began { // an earlier one may have been answered before the call
			return f.err
		}
	}
}

// Status returns what the source has, and when it asks again. It makes no fetch.
func (s *Source) Status() Status {
	if s.isZero() {
		return Status{}
	}
	return s.status()
}
