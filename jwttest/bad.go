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

// outOfReach is further from the clock than any leeway of a verifier allows for.
const outOfReach = 2 * time.Hour

// BadToken is a token that a service must refuse.
type BadToken struct {
	Name  string // such as "expired", for a subtest or a message
	Token string
	Err   error // what a [jwt.Verifier] of the whole policy returns, for [errors.Is]
}

// BadTokens makes one token of each kind from claims and options that are good in a token of
// [Issuer.Sign]. A service that does not check the issuer or the audience accepts two of
// them; if it does so on purpose, test it with the methods that make the others.
func (i *Issuer) BadTokens(claims any, opts ...jwt.SignOption) []BadToken {
	i.tb.Helper()
	return []BadToken{
		{"expired", i.Expired(claims, opts...), jwt.ErrExpired},
		{"not yet valid", i.NotYetValid(claims, opts...), jwt.ErrNotYetValid},
		{"other issuer", i.OtherIssuer(claims, opts...), jwt.ErrInvalidIssuer},
		{"other audience", i.OtherAudience(claims, opts...), jwt.ErrInvalidAudience},
		{"forged", i.Forged(claims, opts...), jwt.ErrInvalidSignature},
		{"tampered", i.Tampered(claims, opts...), jwt.ErrInvalidSignature},
		{"alg none", i.AlgNone(claims, opts...), jwt.ErrAlgorithmNotAllowed},
		{"HS256 with the public key", i.HS256WithPublicKey(claims, opts...), jwt.ErrAlgorithmNotAllowed},
	}
}

// Expired makes an authentic token whose "exp" is two hours past, which is more than any
// leeway.
func (i *Issuer) Expired(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	now := i.Clock()()
	if exp := part(i.Sign(claims, opts...), 1)["exp"]; exp != nil && part(i.Sign(claims), 1)["exp"] == nil {
		// WithExpiresIn is among the options, and refuses claims with a date of their own:
		// the token is one that was signed long ago.
		var seconds int64
		_ = json.Unmarshal(exp, &seconds)
		signed := now.Add(-time.Unix(seconds, 0).Sub(now) - outOfReach)
		return i.sign(i.current(), func() time.Time { return signed }, claims, opts)
	}
	return i.signWith(claims, opts, "exp", now.Add(-outOfReach).Unix())
}

// NotYetValid makes an authentic token whose "nbf" is in two hours, which is more than any
// leeway.
func (i *Issuer) NotYetValid(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "nbf", i.Clock()().Add(outOfReach).Unix())
}

// OtherIssuer makes a token, signed with the right key, whose "iss" is not this issuer.
func (i *Issuer) OtherIssuer(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "iss", "https://other-issuer.example")
}

// OtherAudience makes an authentic token that is for another service.
func (i *Issuer) OtherAudience(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return i.signWith(claims, opts, "aud", "other-audience")
}

// Forged makes a token that is signed with a key of the same kind and kid as the issuer's,
// but which nobody has published.
func (i *Issuer) Forged(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	key, err := jwt.GeneratePrivateKey(i.alg, jwt.WithKeyID(i.current().KeyID()))
	if err != nil {
		i.tb.Fatalf("jwttest: making a key: %v", err)
	}
	return i.sign(key, i.Clock(), claims, opts)
}

// Tampered makes a token and then gives it another "sub", under the signature that it had.
func (i *Issuer) Tampered(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	good := i.Sign(claims, opts...)
	segments := strings.Split(good, ".")
	return segments[0] + "." + encode(with(part(good, 1), "sub", "somebody-else")) + "." + segments[2]
}

// AlgNone makes a token without a signature, whose header says so (RFC 7519, Section 6).
func (i *Issuer) AlgNone(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	return withAlgorithm(i.Sign(claims, opts...), "none") + "."
}

// HS256WithPublicKey makes a token whose signature is an HMAC with the text of the issuer's
// public key as the secret, which everybody knows (RFC 8725, Section 2.1).
func (i *Issuer) HS256WithPublicKey(claims any, opts ...jwt.SignOption) string {
	i.tb.Helper()
	pem, err := i.current().Public().MarshalPEM()
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

// withAlgorithm gives what the signature of a token would cover if its header had that alg.
func withAlgorithm(token, alg string) string {
	return encode(with(part(token, 0), "alg", alg)) + "." + strings.Split(token, ".")[1]
}

// part gives the members of a segment of a token that was signed here, so that it can be
// read.
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
