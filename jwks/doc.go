// Package jwks gets an issuer's public keys over HTTP, for package jwt to verify tokens
// with, and publishes one's own:
//
//	keys, err := jwks.Discover("https://login.example") // or jwks.New("https://login.example/jwks.json")
//	…
//	v, err := jwt.NewVerifier[UserClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
//		jwt.WithIssuer("https://login.example"), jwt.WithAudience("api"))
//	…
//	tok, err := v.VerifyContext(ctx, raw)
//
// Make one [Source] for each issuer and keep it: what it knows is in it, and several
// issuers are several verifiers (RFC 8725, Section 3.8). Nothing is fetched before a token
// needs it, no goroutine outlives a fetch, no connection is kept, and there is nothing to
// close. A lookup in a set that is fresh takes no lock.
//
// # When keys are fetched
//
// A set is fresh for as long as its answer says by Cache-Control, Expires and Age (RFC
// 9111, Section 4.2), at least 1 minute and at most 1 hour ([WithMaxFreshness]), or 10
// minutes if it says nothing, counted from the start of the request. A token fetches it
// again, by ETag, when three quarters of that time are over. It does not wait for the
// answer unless all of it is over, so nobody waits at a service in constant use.
//
// A token with a kid that no key of the set can have waits for a fetch, too, but none
// begins within the cooldown of 30 seconds after the last one ([WithCooldown]), whatever
// is thrown at the service. All that need a fetch share it. A caller whose context ends
// leaves, and the fetch goes on for the others, for 5 seconds at most ([WithTimeout]), with
// a context that has nothing of any caller's.
//
// A fetch that fails erases nothing: the last set is used until it is 24 hours old
// ([WithStaleLimit]), even if its answer said must-revalidate, and the next try comes after
// 30 seconds, then after twice as long each time, up to 5 minutes and half as much again at
// random, but never later than the maximum freshness. While that goes on, only tokens with
// an unknown kid wait for a try. A source without any set tries again after 1, 2, 4, 8, 16
// and then every 30 seconds, so that a service can start before its provider.
//
// An answer that is a JWK Set replaces the last one, even if it is empty or none of its
// keys can be used, so that an emergency revocation works. The keys that were removed stop
// being trusted with it.
//
// So tokens cause at most one fetch in a cooldown, and 5 more when a source begins or has
// run out of keys. For each source that is at most 3,600 s / cooldown + 5, which is 125, an
// hour, whatever is thrown at it, and 8 an hour if all kids are known and the provider says
// nothing about freshness. With [Discover] a fetch takes two requests, or three if there is
// nothing at the first place. Calls of [Source.Refresh] come on top.
//
// # What it means for issuers
//
// Let F be the maximum freshness and L the lifetime of tokens. A set in use was asked for
// less than F ago, unless fetches fail. So a key that was published F ago is in all sets in
// use, and a key that is published for less is missing in some, where its tokens may come
// within the cooldown and be refused. A token that was signed at the last moment with the
// old key is good for L, and any source may fetch in that time. Hence the rule:
//
//	Publish a key one maximum freshness before signing with it,
//	and keep it one token lifetime after.
//
// F is 1 hour here; the sources of an issuer that sends a max-age of at least a minute use
// that if it is shorter, and [Handler] sends 10 minutes. Time in which the keys could not
// be fetched does not count: after an outage begin again with F. A cache on the way that
// sends no Age adds its own time to F. A key that is removed at once, since it was stolen,
// is trusted for up to F more, and in an outage of the issuer's server until the stale
// limit. The tests of this package simulate this rule, and what comes of breaking it.
//
// # Errors
//
// A kid that the provider does not have is [jwt.ErrKeyNotFound], the token's fault. That
// there are no keys, because no fetch has succeeded or all failed up to the stale limit, is
// [jwt.ErrKeysUnavailable], the service's fault, with the cause wrapped. So is an unknown
// kid if the last fetch failed, since it may be a new key, and a context that ended.
//
// # What is accepted
//
// Only https, unless [AllowHTTP] is given, and no redirect, to whatever place: each would
// make another host a source of keys. The status must be 200, or 304 to an ETag. The
// content type must be application/jwk-set+json (RFC 7517, Section 8.5) or
// application/json, which most providers send, for a set, and application/json for
// metadata, which both specifications demand; text/html is a login or error page, and
// anything else was not meant as keys. An answer may have 1 MiB, in gzip also when
// unpacked, and must be strict JSON, with no member twice. Requests have no cookies and no
// credentials, and no URL is ever taken from a token (jku, x5u).
package jwks
