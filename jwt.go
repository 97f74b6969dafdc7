// Package jwt signs and verifies JSON Web Tokens (RFC 7519) in their signed compact form (RFC
// 7515). To verify tokens:
//
//	key, err := jwt.ParsePublicKey(file) // an OpenSSH .pub line, PEM, a certificate, a JWK
//	…
//	v, err := jwt.NewVerifier[UserClaims](key, []jwt.Algorithm{jwt.RS256},
//		jwt.WithIssuer("https://issuer.example"), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp"))
//	…
//	tok, err := v.Verify(raw)
//	// tok.Subject, tok.ExpiresAt, tok.Claims.Roles
//
// To sign one:
//
//	raw, err := jwt.Sign(claims, privateKey, jwt.RS256, jwt.WithExpiresIn(time.Hour))
//
// [Verify] and [Sign] are the one-shot forms of [Verifier] and [Signer], which are created once and
// are safe for concurrent use.
//
// # Choosing an algorithm
//
// With [HS256], the same secret signs and verifies. Use it for a service that reads only its own
// tokens. With all other algorithms, the issuer keeps a [PrivateKey] and everyone else verifies
// with its [PublicKey]. EdDSA is the fastest to sign, ES256 the most common on small devices, and
// RS256 the fastest to verify and supported everywhere. PS256 is RSA with PSS padding; use it where
// a profile requires it. If in doubt, use EdDSA when you control both sides; otherwise use what the
// other side requires.
//
// A verifier lists the algorithms its issuer uses; the token never chooses.
//
// # Keys
//
// A constructor parses and checks each key once. A public key is never accepted as a secret.
//
//	a secret                                      NewSecretKey, GenerateSecretKey, ParseSecretKey
//	a file of ssh-keygen or openssl, or a JWK     ParsePrivateKey, ParsePublicKey
//	a key of the standard library, a KMS, an HSM  NewPrivateKey, NewPublicKey
//	a key in ssh-agent                            NewSSHKey
//	several keys, chosen by kid                   NewKeySet, ParseKeySet, ParseAuthorizedKeys
//	keys looked up for each token                 KeyFunc; package jwks fetches them over HTTP
//
// The format is detected from the content. Text around a PEM block is ignored, and so are the
// certificates and public keys beside the private key that [ParsePrivateKey] reads. The error for a
// rejected file says what to do about it, often with an openssl command.
//
// A token with a kid is verified with the keys that have that kid, or if there are none, with the
// keys without a kid. A token without a kid is verified with all keys that fit.
//
// JWKs are read as issuers publish them: a member that is null, "" or [] counts as absent, and
// leading zeros of RSA numbers are ignored. A set skips what it cannot use, and the error about a
// token says why its key was skipped. See [ParseKeySet].
//
// # What Verify checks
//
// The checks run in this order. The first one that fails ends the verification; of the claims, all
// that fail are reported:
//
//	check                                        options
//	64 KiB at most                               WithMaxSize
//	three segments of canonical base64url        AllowPaddedBase64
//	a header of strict JSON, no crit, no b64
//	"alg" is in the list of algorithms
//	a key fits the algorithm and the kid
//	the signature
//	a payload of strict JSON, registered claims
//	of the right types                           AllowNumericSubject
//	"typ", only if asked for                     WithType
//	"exp" and "nbf", if present                  WithLeeway, AllowExpired, WithRequiredClaims
//	"iat" at most a minute in the future         WithLeeway, WithMaxAge
//	no "aud", or an expected one                 WithAudience, AllowAnyAudience
//	"iss" and "sub", only if asked for           WithIssuer, WithSubject
//	the payload decodes into T, and T's Validate returns nil
//
// None of these checks depends on T, since the registered claims are read from the payload and not
// through T.
//
// # Errors
//
// The classes of errors, which [errors.Is] reports, say whose fault an error is:
//
//	ErrInvalidToken       the token's, an HTTP 401; more exactly
//	                      ErrMalformed, ErrAlgorithmNotAllowed, ErrKeyNotFound, ErrInvalidSignature,
//	                      ErrInvalidClaims with ErrExpired, ErrNotYetValid and others
//	ErrKeysUnavailable    the service's, an HTTP 503: a KeyFunc, an external signer, or a service
//	                      that Validate asks, failed
//	ErrInvalidKey         the configuration's
//	ErrInvalidOption      the program's
//
// No error matches both ErrInvalidToken and ErrKeysUnavailable: a handler may ask in any order.
// [ErrExpired] and the other claim errors are returned only for a token with a valid signature.
// [ClaimError] has the details. On any error the token is nil. No message contains any part of a
// token, a signature or a key.
//
// # Scope
//
// The package reads and writes signed tokens in the compact form. For encrypted tokens (JWE) and
// the JSON serialization, see jwx or go-jose. For certificate chains (x5c), use crypto/x509 and
// pass the key of the leaf to [NewPublicKey]. Introspection (RFC 7662) is a request to the issuer,
// and DPoP (RFC 9449) needs a library of its own. A token cannot be revoked before it expires:
// docs/refresh-and-revocation.md says what to do instead.
//
// # Security considerations
//
// A token is signed, not encrypted: anyone can read it. Whoever holds it can use it until it
// expires: keep lifetimes short. There is no "none" algorithm, no key taken from a token, and no
// fetching. A valid ECDSA signature has a second form, which makes a second valid text of the same
// token: identify tokens by their jti, never by their text. JSON is parsed strictly (valid UTF-8,
// no duplicate member at any depth, exact names, at most 64 levels), so that no two parsers can
// disagree about a token. SECURITY.md has the threat model.
//
// # Compatibility
//
// The package needs Go 1.26, has no global state other than caches and scratch buffers, and starts
// no goroutines. Exported names, classes of errors, the order of checks and the set of accepted
// tokens are stable. Error messages are not.
package jwt

import "log/slog"

// Token is a verified token. It exists only if every check has passed.
type Token[T any] struct {
	Header           Header
	RegisteredClaims        // read from the payload by this package, never through T
	Claims           T      // the payload decoded into a fresh T
	Payload          string // the verified payload, JSON as received; string claims share its memory
	KeyID            string // kid of the key that verified it, whether or not the token has a kid
}

// LogValue returns a group of alg, kid, iss, sub, aud, exp and jti, as far as the token has them.
// The kid is the token's KeyID. Claims and Payload are never logged.
func (t Token[T]) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, 7)
	text := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	text("alg", t.Header.Algorithm)
	text("kid", t.KeyID)
	text("iss", t.Issuer)
	text("sub", t.Subject)
	if len(t.Audience) > 0 {
		attrs = append(attrs, slog.Any("aud", t.Audience))
	}
	if !t.ExpiresAt.IsZero() {
		attrs = append(attrs, slog.Time("exp", t.ExpiresAt.Time))
	}
	text("jti", t.ID)
	return slog.GroupValue(attrs...)
}

// UnverifiedToken is the content of a token that nothing vouches for. Use it to choose a policy by
// issuer or kid, and then verify the token with that policy.
type UnverifiedToken struct {
	UnverifiedHeader  Header
	UnverifiedClaims  RegisteredClaims
	UnverifiedPayload string
}

// Header is the header of a token (RFC 7515, Section 4). Its fields are the parameters that nearly
// all tokens have; [Header.Param] returns the others. A missing parameter is "".
type Header struct {
	Algorithm   string // "alg"
	KeyID       string // "kid"
	Type        string // "typ"
	ContentType string // "cty"

	segment string // as in the token, without padding: what Param reads
}
