package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// What every verifier asks of a token: this issuer, this audience, an exp in the
// future, and no nbf in the future.
const (
	issuer   = "https://issuer.example.com"
	audience = "https://api.example.com"
)

// kind says how a library counts in the comparisons.
type kind int

const (
	peer  kind = iota // somebody else's library: one of them is the fastest
	ours              // the library measured against the targets
	again             // a second copy of ours, to see how exact the figures are
	limit             // the bare cryptography
)

// library is one JWT library, set up for one algorithm: keys, parser, verifier and
// builder are prepared where it lets them be. All methods do the same work in every
// library, which TestSameWork proves.
type library interface {
	// Sign makes a token of the standard claims.
	Sign() (string, error)
	// Verify checks a token and decodes the registered claims, the name and the
	// roles into a struct.
	Verify(token string) (any, error)
	// VerifyRegistered checks a token and decodes the registered claims alone.
	VerifyRegistered(token string) (any, error)
	// VerifyMap checks a token and decodes all claims into a map.
	VerifyMap(token string) (any, error)
	// Canon gives what one of the three methods decoded in the common form. It is
	// for tests and never measured.
	Canon(decoded any) claims
}

// entry is a library of the comparison.
type entry struct {
	name   string
	kind   kind
	module string // its path, for the version in the table
	new    func(setup) (library, error)
}

// errUnsupported is returned by an entry's new for an algorithm that it lacks.
var errUnsupported = errors.New("the library does not have this algorithm")

// entries are the libraries, in the order in which a table lists equals.
var entries = []entry{
	{"raw", limit, "", newRaw},
	{"jwt", ours, "example.com/jwt", newOurs},
	{"jwt, again", again, "example.com/jwt", newOurs},
	{"golang-jwt", peer, "github.com/golang-jwt/jwt/v5", newGolangJWT},
	{"jwx", peer, "github.com/lestrrat-go/jwx/v3", newJWX},
	{"jwx, fast", peer, "github.com/lestrrat-go/jwx/v3", newJWXFast},
	{"go-jose", peer, "github.com/go-jose/go-jose/v4", newGoJOSE},
	{"cristalhq", peer, "github.com/cristalhq/jwt/v5", newCristalhq},
	{"kataras", peer, "github.com/kataras/jwt", newKataras},
	{"pascaldekloe", peer, "github.com/pascaldekloe/jwt", newPascaldekloe},
	{"gbrlsnchs", peer, "github.com/gbrlsnchs/jwt/v3", newGbrlsnchs},
	{"tink", peer, "github.com/tink-crypto/tink-go/v2", newTink},
}

// setup is what a library is set up with: the key of its algorithm, and no other.
type setup struct {
	alg     string // the name in the header
	kid     string // of the key, in the header too; or ""
	secret  []byte
	rsa     *rsa.PrivateKey
	ecdsa   *ecdsa.PrivateKey
	ed25519 ed25519.PrivateKey
	other   *otherKey
	maxSize int // longest token that our library looks at; 0 is its default
}

// otherKey is a key of an algorithm that some version of Go or of this library lacks.
type otherKey struct {
	crypto.Signer // which signs the message itself
	verify        func(message, sig []byte) bool
}

// claims are the claims of the standard token, and the common form in which the tests
// compare what was decoded.
type claims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  string   `json:"aud"`
	ExpiresAt int64    `json:"exp"`
	NotBefore int64    `json:"nbf"`
	IssuedAt  int64    `json:"iat"`
	ID        string   `json:"jti"`
	Name      string   `json:"name,omitempty"`
	Roles     []string `json:"roles,omitempty"`
}

// standard makes 238 bytes of JSON, and with HS256 a token of 399 bytes.
var standard = claims{
	Issuer:    issuer,
	Subject:   "user-4711-0815-2342",
	Audience:  audience,
	ExpiresAt: 4102444800, // 2100-01-01
	NotBefore: 1700000000,
	IssuedAt:  1700000000,
	ID:        "0b5d2f0e-7c1a-4c56-9f3e-8a6d4e1",
	Name:      "Jane Doe",
	Roles:     []string{"admin", "editor", "ops"},
}

func (c claims) registered() claims {
	c.Name, c.Roles = "", nil
	return c
}

var errByHand = errors.New("refused by the checks made by hand")

// check makes the checks that a library leaves to its caller. An exp of 0 is one that
// the token does not have.
func check(iss string, aud []string, exp, nbf int64) error {
	now := time.Now().Unix()
	if exp <= now || nbf > now || iss != issuer || !slices.Contains(aud, audience) {
		return errByHand
	}
	return nil
}

// checkMap is check for libraries that decode a map and leave it to the caller.
func checkMap(m map[string]any) error {
	exp, _ := m["exp"].(float64)
	nbf, _ := m["nbf"].(float64)
	iss, _ := m["iss"].(string)
	switch aud := m["aud"].(type) {
	case string:
		return check(iss, []string{aud}, int64(exp), int64(nbf))
	case []any:
		if slices.Contains(aud, any(audience)) {
			return check(iss, []string{audience}, int64(exp), int64(nbf))
		}
	}
	return errByHand
}

// canonMap gives a decoded map in the common form.
func canonMap(m map[string]any) claims {
	return claims{
		Issuer:    text(m["iss"]),
		Subject:   text(m["sub"]),
		Audience:  text(m["aud"]),
		ExpiresAt: seconds(m["exp"]),
		NotBefore: seconds(m["nbf"]),
		IssuedAt:  seconds(m["iat"]),
		ID:        text(m["jti"]),
		Name:      text(m["name"]),
		Roles:     texts(m["roles"]),
	}
}

// text reads a string, or a list of one string.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if list := texts(v); len(list) == 1 {
		return list[0]
	}
	return ""
}

func texts(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		list := make([]string, len(v))
		for i, e := range v {
			list[i], _ = e.(string)
		}
		return list
	}
	return nil
}

func seconds(v any) int64 {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case json.Number:
		n, _ := v.Int64()
		return n
	case time.Time:
		return v.Unix()
	}
	return 0
}
