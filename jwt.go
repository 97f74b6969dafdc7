// Package jwt signs and verifies JSON Web Tokens (RFC 7519) in their signed compact
// form (RFC 7515). This verifies one:
//
//	key, err := jwt.ParsePublicKey(file) // an OpenSSH .pub line, PEM, a certificate, a JWK
//	…
//	v, err := jwt.NewVerifier[UserClaims](key, []jwt.Algorithm{jwt.RS256},
//		jwt.WithIssuer("https://issuer.example"), jwt.WithAudience("api"), jwt.WithRequiredClaims("exp"))
//	…
//	tok, err := v.Verify(raw)
//	// tok.Subject, tok.ExpiresAt, tok.Claims.Roles
//
// and [Sign] makes one: jwt.Sign(claims, privateKey, jwt.RS256, jwt.WithExpiresIn(time.Hour)).
// [Verify] and [Sign] are one-shot forms of [Verifier] and [Signer], which are made
// once and used by many goroutines.
//
// # Choosing an algorithm
//
// With [HS256] one secret signs and verifies: for a service that reads its own
// tokens. With all others the issuer keeps a [PrivateKey] and anybody verifies with
// the [PublicKey]: EdDSA is the fastest to sign, ES256 the most common on small
// devices, RS256 the fastest to verify and understood everywhere. PS256 is RS256 with
// a better padding, for those who demand it. If in doubt, take EdDSA where you write
// both sides, and otherwise what the other side says.
//
// A verifier names what its issuer signs with, and never takes that from a token.
//
// # Keys
//
// A key is parsed and checked once, by a constructor that knows what it is; a public
// key can't be taken for a secret.
//
//	a secret                                      NewSecretKey, GenerateSecretKey, ParseSecretKey
//	a file of ssh-keygen or openssl, or a JWK     ParsePrivateKey, ParsePublicKey
//	a key of the standard library, a KMS, an HSM  NewPrivateKey, NewPublicKey
//	a key in ssh-agent                            NewSSHKey
//	several keys, chosen by kid                   NewKeySet, ParseKeySet, ParseAuthorizedKeys
//	keys that are found when needed               KeyFunc; package jwks for those on the web
//
// The format of a text is told by its content. A token that names a kid is verified with
// the keys of that kid, or where there are none with those that have no kid; a token that
// names none with all that fit.
//
// # What Verify checks
//
// In this order, and a later check never runs when an earlier one has failed:
//
//	check                                        options
//	64 KiB at most                               WithMaxSize
//	three segments of canonical base64url        AllowPaddedBase64
//	a header of strict JSON, no crit, no b64
//	"alg" is one of those given
//	a key fits the algorithm and the kid
//	the signature is good
//	a payload of strict JSON, registered claims of legal types
//	"typ", only if asked for                     WithType
//	"exp" and "nbf", if present                  WithLeeway, AllowExpired, WithRequiredClaims
//	"iat" at most a minute in the future         WithLeeway, WithMaxAge
//	no "aud", or one that is expected            WithAudience, AllowAnyAudience
//	"iss" and "sub", only if asked for           WithIssuer, WithSubject
//	the payload fits T, and T's Validate agrees
//
// The failing claims are reported all together. None of these checks depends on T: the
// registered claims are read from the payload, not through T.
//
// # Errors
//
// [errors.Is] tells the classes of errors, and so whose fault one is:
//
//	ErrInvalidToken       the token's, an HTTP 401; more exactly
//	                      ErrMalformed, ErrAlgorithmNotAllowed, ErrKeyNotFound, ErrInvalidSignature,
//	                      ErrInvalidClaims with ErrExpired, ErrNotYetValid and the like
//	ErrKeysUnavailable    the service's, an HTTP 503: a KeyFunc or a foreign signer failed
//	ErrInvalidKey         the configuration's
//	ErrInvalidOption      the program's
//
// [ErrExpired] and the other claim errors are only ever returned for a token whose
// signature was good. [ClaimError] has the facts. On any error the token is nil. No
// message has a part of a token, a signature or a key in it.
//
// # Security considerations
//
// A token is signed, not encrypted: anybody can read it. It is good until it expires,
// for whoever has it: let it live for minutes. There is no "none", no key taken from a
// token, no fetching. A valid ECDSA signature has a second form, and a token a second
// text with it: identify tokens by their jti, never by their text. JSON is read strictly
// (valid UTF-8, no duplicate member at any depth, exact names, 64 levels), so that no two
// parsers can disagree on a token. SECURITY.md has the threat model.
//
// # Compatibility
//
// The package needs Go 1.26, keeps no state but caches and scratch, and starts no
// goroutines. The exported names, the classes of errors, the order of checks and what is
// accepted are stable; the texts of errors are not.
package jwt

// Token is a verified token. It exists only if every check has passed.
type Token[T any] struct {
	Header           Header
	RegisteredClaims        // read from the payload by this package, never through T
	Claims           T      // the payload decoded into a fresh T
	Payload          string // the verified payload, JSON as received; string claims share its memory
	KeyID            string // kid of the key that verified it (which the token need not have named)
}

// UnverifiedToken is what a token claims to say. Nothing in it may be trusted: use it
// to choose a policy by issuer or kid, and then verify the token with that.
type UnverifiedToken struct {
	UnverifiedHeader  Header
	UnverifiedClaims  RegisteredClaims
	UnverifiedPayload string
}

// Header is the header of a token (RFC 7515, Section 4): the parameters that nearly
// all tokens have as fields, the others through [Header.Param]. A parameter that
// the token does not have is "".
type Header struct {
	Algorithm   string // "alg"
	KeyID       string // "kid"
	Type        string // "typ"
	ContentType string // "cty"

	segment string // as in the token, without padding: what Param reads
}
