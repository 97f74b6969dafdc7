package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// algorithms are the columns of the tables, each with the set-up of its key.
var algorithms = map[string]func() setup{
	"HS256":      sync.OnceValue(func() setup { return setup{alg: "HS256", secret: must(randomBytes(32))} }),
	"RS256-2048": sync.OnceValue(func() setup { return setup{alg: "RS256", rsa: must(rsa.GenerateKey(rand.Reader, 2048))} }),
	"RS256-4096": sync.OnceValue(func() setup { return setup{alg: "RS256", rsa: must(rsa.GenerateKey(rand.Reader, 4096))} }),
	"ES256": sync.OnceValue(func() setup {
		return setup{alg: "ES256", ecdsa: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	}),
	"EdDSA": sync.OnceValue(func() setup {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return setup{alg: "EdDSA", ed25519: must(key, err)}
	}),
}

func randomBytes(n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := rand.Read(b)
	return b, err
}

// must is for the set-up of the benchmark, where an error ends it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func unix(seconds int64) time.Time { return time.Unix(seconds, 0) }

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func header(alg string) string { return `{"alg":"` + alg + `","typ":"JWT"}` }

// sign makes a token without any of the libraries. The algorithm may be another than
// the key's: the signature is then as good as one can be.
func (s setup) sign(alg string, payload []byte) string {
	input := encode([]byte(header(alg))) + "." + encode(payload)
	if alg == "none" {
		return input + "."
	}
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512, "DSA": crypto.SHA256}[alg[2:]]
	digest := func() []byte {
		h := hash.New()
		h.Write([]byte(input))
		return h.Sum(nil)
	}
	var sig []byte
	switch {
	case s.secret != nil:
		mac := hmac.New(hash.New, s.secret)
		mac.Write([]byte(input))
		sig = mac.Sum(nil)
	case s.rsa != nil:
		sig = must(rsa.SignPKCS1v15(rand.Reader, s.rsa, hash, digest()))
	case s.ecdsa != nil:
		r, v, err := ecdsa.Sign(rand.Reader, s.ecdsa, digest())
		must(0, err)
		sig = make([]byte, 64)
		r.FillBytes(sig[:32])
		v.FillBytes(sig[32:])
	default:
		sig = ed25519.Sign(s.ed25519, []byte(input))
	}
	return input + "." + encode(sig)
}

// token is the standard token.
func (s setup) token() string { return s.sign(s.alg, must(json.Marshal(standard))) }

// growing is how the payloads that grow begin: with all that is checked.
var growing = fmt.Sprintf(`{"iss":%q,"aud":%q,"exp":%d,"nbf":%d,"iat":%d`, issuer, audience, standard.ExpiresAt, standard.NotBefore, standard.IssuedAt)

// stringPayload is a payload of exactly size bytes with one long string.
func stringPayload(size int) []byte {
	start := growing + `,"name":"`
	return []byte(start + strings.Repeat("0123456789abcdef", size/16)[:size-len(start)-2] + `"}`)
}

// claimsPayload is a payload of exactly size bytes with many claims: strings, numbers
// and booleans in turn.
func claimsPayload(size int) []byte {
	var b strings.Builder
	b.WriteString(growing)
	for i := 0; ; i++ {
		member := fmt.Sprintf(`,"claim_%05d":%s`, i, []string{`"a text of some words"`, "1234567", "true"}[i%3])
		if b.Len()+len(member)+len(`,"name":""}`) > size {
			break
		}
		b.WriteString(member)
	}
	fmt.Fprintf(&b, `,"name":"%s"}`, strings.Repeat("x", size-b.Len()-len(`,"name":""}`)))
	return []byte(b.String())
}

// forged is a token of that header and payload with a signature of the right length
// that is wrong.
func (s setup) forged(head, payload string) string {
	good := s.token()
	wrong := sha256.Sum256([]byte("wrong"))
	sig := strings.Repeat(encode(wrong[:]), 20)
	return encode([]byte(head)) + "." + encode([]byte(payload)) + "." + sig[:len(good)-strings.LastIndexByte(good, '.')-2] + "A"
}
