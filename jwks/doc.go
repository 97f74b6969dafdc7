// Package jwks fetches an issuer's public keys over HTTP, for package jwt to verify tokens
// with, and publishes a service's own:
//
//	keys, err := jwks.Discover("https://login.example") // or jwks.New("https://login.example/jwks.json")
//	…
//	v, err := jwt.NewVerifier[UserClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
//		jwt.WithIssuer("https://login.example"), jwt.WithAudience("api"))
//	…
//	tok, err := v.VerifyContext(ctx, raw)
//
// Make one [Source] for each issuer and keep it: all that it knows is in it, and several
// issuers are several verifiers (RFC 8725, Section 3.8). Nothing is fetched before a token needs
// it. No goroutine of a source outlives a fetch, no connection is kept, and there is nothing to
// close. (A transport of net/http may go on dialing until its own timeout.) A lookup in a fresh
// set takes no lock.
//
// # When keys are fetched
//
// A set is fresh for as long as its answer says by Cache-Control, Expires and Age (RFC 9111,
// Section 4.2), at least 1 minute and at most 1 hour ([WithMaxFreshness]), or 10 minutes if it
// says nothing, counted from the start of the request. When 60 to 90 % of that time are over, at
// random, the next token causes a fetch, with the ETag, and does not wait for it. So nobody
// waits at a service in constant use.
//
// When all of that time is over, a token waits for the new set, but one second at most. If the
// provider takes longer, if the token's context ends, or if the last fetch failed, the old set
// serves it. A provider that hangs is the same as one that is down.
//
// A token with a kid that the set lacks causes a fetch at once, and waits for it, as long as
// tries are left. A source has five, and gets one back each cooldown of 30 seconds
// ([WithCooldown]). So a token of a key that was published seconds after the last fetch is not
// refused. Without a try left, or if the provider does not have the kid, it is. While a set is in
// use, at most 1,000 callers wait for a kid that it lacks; the next get an error at once.
//
// All that need a fetch share it. A caller whose context ends leaves, and the fetch goes on for
// the others, for 5 seconds at most ([WithTimeout]), with a context of its own.
//
// # When the provider is down
//
// A fetch that fails erases nothing: the last set is used until it is 24 hours old
// ([WithStaleLimit]), even if its answer said must-revalidate. The next fetch comes after 30
// seconds, then after twice as long each time, up to 5 minutes or the maximum freshness. Jitter
// shortens each pause by up to a quarter. While tokens with an unknown kid come, which may be of
// a new key, the tries alone limit the fetches. A source without keys tries again after 1, 2, 4,
// 8, 16 and then every 30 seconds, so that a service can start before its provider.
//
// An answer that is a JWK Set replaces the last one, even if none of its keys can be used: the
// issuer has withdrawn them. The keys that were removed stop being trusted, tokens get
// [jwt.ErrKeysUnavailable] with the reasons, and the source tries again as without keys.
//
// [Source.Refresh] fetches regardless of all that, and neither uses up a try nor lengthens a
// pause. [Source.Status] and [WithOnFetch] show what a source has and does.
//
// # How often a provider is asked
//
// Each fetch that a token causes takes a try, for whatever reason and with whatever outcome. At
// the beginning of any hour there are at most 5, and in the hour 3,600 s / cooldown come back.
// So for each source there are at most 3,600 / 30 + 5 = 125 fetches in any hour, regardless of
// traffic and of what the provider answers. If all kids are known and the provider says nothing
// about freshness, there are 7 to 10. With [Discover] a fetch takes two requests, and up to four
// if the first places have nothing. Calls of Refresh come on top.
//
// # What it means for issuers
//
// Let F be the maximum freshness and L the lifetime of tokens. A set in use was requested less
// than F ago, unless fetches fail. So a key that was published F ago is in all sets in use. A
// key that was published later is found by the first token that names it, unless forged kids
// have used up the tries. A token that was signed at the last moment with the old key is valid
// for L, and any source may fetch in that time. Hence the rule:
//
//	Publish a key one maximum freshness before signing with it,
//	and keep it one token lifetime after.
//
// F is 1 hour here; the sources of an issuer that sends a shorter max-age, of at least a minute,
// use that, and [Handler] sends 10 minutes. Time in which the keys could not be fetched does not
// count: after an outage begin again with F. A cache on the way that sends no Age adds its own
// time to F. The tests of this package simulate this rule, and what comes of breaking it.
//
// # Limits
//
// A key that is replaced under the same kid is not noticed before the freshness ends: the set
// has the kid. A key that is removed at once, since it was stolen, is trusted for up to F more,
// and in an outage of the issuer's server until the stale limit. While the provider is down, a
// forged kid cannot be told from a new one, so its token gets [jwt.ErrKeysUnavailable] (a 503).
//
// # Errors
//
// A kid that the provider does not have fails with [jwt.ErrKeyNotFound]: the token's fault. If
// there are no keys, lookups fail with [jwt.ErrKeysUnavailable], which wraps the cause: the
// service's fault. That is so before the first good fetch, after the stale limit, and if no key
// can be used. They also fail with it for an unknown kid if the last fetch failed, and if a context
// ends while they wait. Only the last case matches [context.DeadlineExceeded] or
// [context.Canceled]: the timeout of a fetch does not.
//
// # Clocks
//
// The age of a set and the pauses use the monotonic readings of the clock where it has them. The
// age also uses the wall clock, since the monotonic one stands still while a machine sleeps. A
// clock that is set back prolongs no freshness, and no pause by more than a cooldown. If the clock
// was ahead when a set was fetched, its stale limit counts from when that is noticed.
//
// # What is accepted
//
// Only https, unless [AllowHTTP] is given, and no redirect, wherever it leads: it would make
// another host a source of keys. The status must be 200, or 304 to an ETag. The media type is not
// looked at, since many static hosts send a wrong one. An answer may have 1 MiB, in gzip also
// when unpacked, and must be strict JSON, with no member twice. If it is not, the error names the
// type and what the body begins with. Requests have the User-Agent example.com/jwt/jwks, unless
// the client's transport sets another, and no cookies. No URL is ever taken from a token (jku,
// x5u).
package jwks
