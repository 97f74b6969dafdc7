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
// Create one [Source] for each issuer and keep it: it holds all its state, and several issuers
// are several verifiers (RFC 8725, Section 3.8). Nothing is fetched before a token needs it. No
// goroutine of a source outlives a fetch, no connection is kept, and there is nothing to close.
// (A transport of net/http may go on dialing until its own timeout.) A lookup in a fresh set
// takes no lock.
//
// # When keys are fetched
//
// A set is fresh for as long as its answer says by Cache-Control, Expires and Age (RFC 9111,
// Section 4.2), at least 1 minute and at most 1 hour ([WithMaxFreshness]), or 10 minutes if it
// says nothing, counted from the start of the request. After 60 to 90 % of that time, chosen at
// random, the next token starts a fetch, with the ETag, and does not wait for it. So tokens of
// a service in constant use never wait.
//
// After all of that time, a token waits for the new set, but at most one second. If the
// provider takes longer, if the token's context ends, or if the last fetch failed, the old set
// is used. A provider that hangs is treated like one that is down.
//
// A token with a kid that the set lacks starts a fetch at once and waits for it, as long as
// tries are left. A source has five, and gets one back each cooldown of 30 seconds
// ([WithCooldown]). So a token of a key that was published seconds after the last fetch is
// accepted. It is rejected if no try is left, or if the provider does not have the kid. While a
// set is in use, at most 1,000 callers wait for a kid that it lacks; any others get an error at
// once.
//
// All tokens that need a fetch share it. A caller whose context ends leaves, and the fetch goes
// on for the others, for at most 5 seconds ([WithTimeout]), with a context of its own.
//
// # When the provider is down
//
// A failed fetch erases nothing: the last set is used until it is 24 hours old
// ([WithStaleLimit]), even if its answer said must-revalidate. The next fetch comes after 30
// seconds, then after twice as long each time, up to 5 minutes or the maximum freshness. Jitter
// shortens each pause by up to a quarter. Tokens with an unknown kid, which may name a new key,
// do not wait for the end of a pause: only the tries limit their fetches. A source without keys
// tries again after 1, 2, 4, 8, 16 and then every 30 seconds, so that a service can start
// before its provider.
//
// An answer that is a JWK Set replaces the last one, even if none of its keys can be used: the
// issuer has withdrawn them. The keys that were removed stop being trusted, tokens get
// [jwt.ErrKeysUnavailable] with the reasons, and the source tries again as without keys.
//
// [Source.Refresh] fetches regardless of freshness and pauses, and neither uses up a try nor
// lengthens a pause. [Source.Status] and [WithOnFetch] show what a source has and does.
//
// # How often a provider is asked
//
// Each fetch that a token starts takes a try, whatever its reason and outcome. At the beginning
// of any hour there are at most 5, and 3,600 s / cooldown more come back during it. So each
// source makes at most 3,600 / 30 + 5 = 125 fetches in any hour, regardless of traffic and of
// what the provider answers. If all kids are known and the provider says nothing about
// freshness, it makes 7 to 10. With [Discover], a fetch takes two requests, and up to four if
// the first places have nothing. Calls of Refresh come on top.
//
// # What this means for issuers
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
// time to F. The tests of this package simulate this rule, and what happens without it.
//
// # Limits
//
// A key that is replaced under the same kid is not noticed until the set is no longer fresh,
// because the set has the kid. A key that is removed without notice, because it was stolen, is
// trusted for up to F more, and during an outage of the issuer's server until the stale limit.
// While the provider is down, a forged kid cannot be told from a new one, so its token gets
// [jwt.ErrKeysUnavailable] (a 503).
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
// Only https, unless [AllowHTTP] is given. Redirects are not followed, wherever they lead: they
// would make another host a source of keys. The status must be 200, or 304 to an ETag. The
// media type is ignored, since many static hosts send a wrong one. The body may have up to 1
// MiB, also after decompression if it is gzip, and must be strict JSON without duplicate
// members. If it is not, the error names the type and quotes the beginning. Requests have the
// User-Agent example.com/jwt/jwks, unless the client's transport sets another, and no cookies.
// No URL is ever taken from a token (jku, x5u).
package jwks
