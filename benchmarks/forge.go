package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
)

//go:embed testdata/*.pem
var pems embed.FS

// The keys are always the same, so that two runs do the same work.
func hs256() setup {
	sum := sha256.Sum256([]byte("the secret of the benchmarks"))
	return setup{alg: "HS256", secret: sum[:]}
}

func hs256kid() setup {
	s := hs256()
	s.kid = "2026-11"
	return s
}

func rs256() setup { return setup{alg: "RS256", rsa: pemKey("rsa2048").(*rsa.PrivateKey)} }
func es256() setup { return setup{alg: "ES256", ecdsa: pemKey("p256").(*ecdsa.PrivateKey)} }
func eddsa() setup { return setup{alg: "EdDSA", ed25519: pemKey("ed25519").(ed25519.PrivateKey)} }

func pemKey(name string) any {
	block, _ := pem.Decode(must(pems.ReadFile("testdata/" + name + ".pem")))
	return must(x509.ParsePKCS8PrivateKey(block.Bytes))
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

// header is the header of a token, with the names in the order that most issuers use.
func header(alg, kid string) string {
	if kid != "" {
		kid = `,"kid":"` + kid + `"`
	}
	return `{"alg":"` + alg + `","typ":"JWT"` + kid + `}`
}

// sign makes a token without any of the libraries. The algorithm may be another than
// the key's: the signature is then as good as one can be.
func (s setup) sign(alg string, payload []byte) string {
	input := encode([]byte(header(alg, s.kid))) + "." + encode(payload)
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
	case s.other != nil:
		sig = must(s.other.Sign(nil, []byte(input), crypto.Hash(0)))
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

// wrongSignature is the standard token with another signature.
func (s setup) wrongSignature() string {
	return s.forged(header(s.alg, s.kid), string(must(json.Marshal(standard))))
}

// forged is a token of that header and payload with a signature of the right length
// that is wrong.
func (s setup) forged(head, payload string) string {
	good := s.token()
	wrong := sha256.Sum256([]byte("wrong"))
	sig := strings.Repeat(encode(wrong[:]), 20)
	return encode([]byte(head)) + "." + encode([]byte(payload)) + "." + sig[:len(good)-strings.LastIndexByte(good, '.')-2] + "A"
}
