package jwttest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"example.com/jwt"
)

// outOfReach is further from the clock than any leeway that a verifier can have.
const outOfReach = 2 * time.Hour

// BadToken is a token that a service must reject.
type BadToken struct {
	Name  string // such as "expired", for a subtest or a message
	Token string
	Err   error // what a [jwt.Verifier] with a complete policy returns, for [errors.Is]
}

// BadTokens returns one token of each kind, made from claims and options that make a valid
// token when passed to [Issuer.Sign]. There is no "HS256 with the public key" if the issuer
// has a shared secret.
//
// A service that does not check the issuer or the audience accepts the tokens "other issuer"
// or "other audience". If that is intended, test it with the methods that make the others.
func (i *Issuer) BadTokens(claims any, opts ...jwt.SignOption) []BadToken {
	i.tb.Helper()
	bad := []BadToken{
		{"expired", i.Expired(claims, opts...), jwt.ErrExpired},
		{"not yet valid", i.NotYetValid(claims, opts...), jwt.ErrNotYetValid},
		{"other issuer", i.OtherIssuer(claims, opts...), jwt.ErrInvalidIssuer},
		{"other audience", i.OtherAudience(claims, opts...), jwt.ErrInvalidAudience},
		{"forged", i.Forged(claims, opts...), jwt.ErrInvalidSignature},
		{"tampered", i.Tampered(claims, opts...), jwt.ErrInvalidSignature},
		{"alg none", i.AlgNone(claims, opts...), jwt.ErrAlgorithmNotAllowed},
	}
	if i.usesSecret() {
		return bad
	}
	return append(bad, BadToken{"HS256 with the public key", i.HS256WithPublicKey(claims, opts...), jwt.ErrAlgorithmNotAllowed})
}

// Expired returns an authentic token whose "exp" is two hours in the past, which is more than
// any leeway.
func (i *Issuer) Expired(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	now := i.Clock()()
	if exp := part(i.Sign(claims, opts...), 1)["exp"]; exp != nil && part(i.Sign(claims), 1)["exp"] == nil {
		// WithExpiresIn is among the options, and does not allow claims with an exp of their
		// own: sign the token in the past instead.
		var seconds int64
		_ = json.Unmarshal(exp, &seconds)
		signed := now.Add(-time.Unix(seconds, 0).Sub(now) - outOfReach)
		return i.sign(i.current(), func() time.Time { return signed }, claims, opts)
	}
	return i.signWith(claims, opts, "exp", now.Add(-outOfReach).Unix())
}

// NotYetValid returns an authentic token whose "nbf" is two hours in the future, which is more
// than any leeway.
func (i *Issuer) NotYetValid(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "nbf", i.Clock()().Add(outOfReach).Unix())
}

// OtherIssuer returns a token that is signed with this issuer's key but has another "iss".
func (i *Issuer) OtherIssuer(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "iss", "https://other-issuer.example")
}

// OtherAudience returns an authentic token that is meant for another service.
func (i *Issuer) OtherAudience(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "aud", "other-audience")
}

// Forged returns a token that is signed with a key the issuer does not have. The key has the
// same kind and the same kid as the issuer's.
func (i *Issuer) Forged(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.sign(i.generate(i.current().KeyID()), i.Clock(), claims, opts)
}

// Tampered returns a token whose "sub" was changed after it was signed.
func (i *Issuer) Tampered(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	good := i.Sign(claims, opts...)
	segments := strings.Split(good, ".")
	return segments[0] + "." + encode(with(part(good, 1), "sub", "somebody-else")) + "." + segments[2]
}

// AlgNone returns a token whose header has the "alg" none, and which has no signature (RFC
// 7519, Section 6).
func (i *Issuer) AlgNone(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return withAlgorithm(i.Sign(claims, opts...), "none") + "."
}

// HS256WithPublicKey returns a token whose signature is an HMAC keyed with the PEM text of the
// issuer's public key (RFC 8725, Section 2.1). It ends the test if the issuer has a shared
// secret, and so no public key.
func (i *Issuer) HS256WithPublicKey(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	key, ok := i.current().(*jwt.PrivateKey)
	if !ok {
		i.tb.Fatalf("jwttest: HS256WithPublicKey: the issuer signs with %s and has no public key", i.alg)
	}
	pem, err := key.Public().MarshalPEM()
	if err != nil {
		i.tb.Fatalf("jwttest: writing the public key: %v", err)
	}
	input := withAlgorithm(i.Sign(claims, opts...), "HS256")
	mac := hmac.New(sha256.New, pem)
	mac.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// signWith signs the claims with one of them replaced.
func (i *Issuer) signWith(claims any, opts []jwt.SignOption, name string, value any) string {
	i.tb.Helper()
	return i.Sign(with(part(i.Sign(claims), 1), name, value), opts...)
}

// withAlgorithm returns the first two segments of a token, with another alg in the header.
func withAlgorithm(token, alg string) string {
	return encode(with(part(token, 0), "alg", alg)) + "." + strings.Split(token, ".")[1]
}

// part returns the members of one segment. Errors are ignored because the token was signed
// here.
func part(token string, n int) map[string]json.RawMessage {
	text, _ := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[n])
	var members map[string]json.RawMessage
	_ = json.Unmarshal(text, &members)
	return members
}

func with(members map[string]json.RawMessage, name string, value any) map[string]json.RawMessage {
	members[name], _ = json.Marshal(value)
	return members
}

func encode(members map[string]json.RawMessage) string {
	text, _ := json.Marshal(members)
	return base64.RawURLEncoding.EncodeToString(text)
}
