package attacks_test

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

// The key that a token brings along in "jwk" verified it.
func TestCVE_2018_0114_EmbeddedJWK(t *testing.T) {
	attacker := keyFile[crypto.Signer](t, "ed25519-default")
	jwk, err := publicOf(t, attacker).MarshalJSON()
	require.NoError(t, err)
	genuine := forge.Token(`{"alg":"EdDSA","kid":"k1"}`, `{}`, forge.Key(t, otherEd25519(), crypto.Hash(0)))
	var attacks []attack
	for name, member := range map[string]string{
		"jwk": `"jwk":` + string(jwk), "jwk and the real kid": `"kid":"k1","jwk":` + string(jwk), "jwk in capitals": `"JWK":` + string(jwk),
	} {
		attacks = append(attacks, attack{name, forge.Token(`{"alg":"EdDSA",`+member+`}`, `{}`, forge.Key(t, attacker, crypto.Hash(0))), jwt.ErrInvalidSignature})
	}
	refuseAll(t, publicOf(t, otherEd25519(), jwt.WithKeyID("k1")), []jwt.Algorithm{jwt.EdDSA}, genuine, attacks)
}

// A verifier without a key took the one in the token.
func TestCVE_2026_27962_EmbeddedJWKWithoutAKey(t *testing.T) {
	attacker := keyFile[crypto.Signer](t, "ed25519-default")
	jwk, err := publicOf(t, attacker).MarshalJSON()
	require.NoError(t, err)
	raw := forge.Token(`{"alg":"EdDSA","jwk":`+string(jwk)+`}`, `{}`, forge.Key(t, attacker, crypto.Hash(0)))
	empty, err := jwt.NewKeySet()
	require.NoError(t, err)
	for _, keys := range []jwt.KeySource{nil, (*jwt.PublicKey)(nil), &jwt.PublicKey{}, &jwt.KeySet{}, empty} {
		tok, err := jwt.Verify[jwt.MapClaims](raw, keys, []jwt.Algorithm{jwt.EdDSA})
		require.Nil(t, tok)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// A certificate or a key of the header was trusted because its chain or kid looked right.
func TestCVE_2025_24976_KeyAndCertificateInTheHeader(t *testing.T) {
	attacker := keyFile[crypto.Signer](t, "ed25519-default")
	jwk, err := publicOf(t, attacker).MarshalJSON()
	require.NoError(t, err)
	_, certificate := testkeys.Pair(t, "../testdata/keys/openssl-genpkey-rsa")
	x5c := base64.StdEncoding.EncodeToString(certificate)
	transport := http.DefaultTransport
	http.DefaultTransport = roundTripper(func(r *http.Request) (*http.Response, error) {
		t.Errorf("a request to %s", r.URL)
		return nil, http.ErrNotSupported
	})
	defer func() { http.DefaultTransport = transport }()
	var attacks []attack
	for _, member := range []string{
		`"jwk":` + string(jwk) + `,"x5c":["` + x5c + `"]`, `"x5c":["` + x5c + `"]`, `"x5t":"AAAA"`, `"x5u":"https://127.0.0.1:1/key.pem"`,
		`"jku":"https://127.0.0.1:1/jwks.json"`, `"jku":"file:///etc/passwd"`, `"jku":"http://169.254.169.254/"`, `"jku":"data:application/json,{}"`, `"jku":"https://good.example@127.0.0.1:1/"`,
	} {
		attacks = append(attacks, attack{member[:12], forge.Token(`{"alg":"EdDSA",`+member+`}`, `{}`, forge.Key(t, attacker, crypto.Hash(0))), jwt.ErrInvalidSignature})
	}
	// With the right signature such parameters are ignored: they are legal.
	genuine := forge.Token(`{"alg":"EdDSA","jku":"https://127.0.0.1:1/","x5c":["`+x5c+`"]}`, `{}`, forge.Key(t, otherEd25519(), crypto.Hash(0)))
	refuseAll(t, publicOf(t, otherEd25519()), []jwt.Algorithm{jwt.EdDSA}, genuine, attacks)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A kid was a path, an SQL or a shell text; here it is compared and nothing else.
func TestAttackKidInjection(t *testing.T) {
	set, err := jwt.NewKeySet(secretKey(t, jwt.WithKeyID("k1")))
	require.NoError(t, err)
	var attacks []attack
	for _, kid := range []string{"../../../../dev/null", "/proc/sys/kernel/randomize_va_space", "' UNION SELECT 'x' --", "*)(uid=*))(|(uid=*", "k1|id", "$(id)", "k1\x00", "k1\r\n", "K1", "k1 ", " k1", "__proto__", "{{7*7}}", "k1\u200b", strings.Repeat("k", 9000)} {
		header, err := json.Marshal(map[string]string{"alg": "HS256", "kid": kid})
		require.NoError(t, err)
		for name, secret := range map[string]string{"": "", "of zeros": strings.Repeat("\x00", 64), "of the configured key": string(testSecret)} {
			attacks = append(attacks, attack{fmt.Sprintf("%.20q, secret %s", kid, name), forge.Token(string(header), `{}`, keyedWith(secret)), jwt.ErrKeyNotFound})
		}
	}
	for _, kid := range []string{"1", `["k1"]`, `{"k1":1}`, "null", "true"} {
		attacks = append(attacks, attack{"kid is " + kid, signed(`{"alg":"HS256","kid":`+kid+`}`, `{}`), jwt.ErrMalformed})
	}
	refuseAll(t, set, hs256, signed(`{"alg":"HS256","kid":"k1"}`, `{}`), attacks)
}

// crits are all ways to write a "crit", of which the first is what a standard may define.
var crits = []string{`["x"]`, `["exp"]`, `["b64"]`, `["alg"]`, `["kid","typ"]`, `["x","x"]`, `[]`, `[""]`, `[1]`, `[["x"]]`, `null`, `"x"`, `{}`, `{"x":1}`, `true`, `false`, `0`}

func critAttacks(extra string) []attack {
	var attacks []attack
	for _, crit := range crits {
		attacks = append(attacks, attack{"crit " + crit, signed(`{"alg":"HS256","crit":`+crit+extra+`}`, `{}`), jwt.ErrMalformed})
	}
	return attacks
}

// A critical extension that the library did not know was ignored.
func TestCVE_2026_32597_UnknownCriticalExtension(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, signed(`{"alg":"HS256","x":1}`, `{}`), critAttacks(`,"x":1`))
}

// The names in crit were not looked for in the header.
func TestCVE_2025_59420_CriticalExtensionThatIsNotInTheHeader(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, token(`{}`), critAttacks(``))
}

// crit was not looked at by one of the ways to verify.
func TestCVE_2026_35042_CriticalExtensionOnEveryPath(t *testing.T) {
	key := secretKey(t)
	set, err := jwt.NewKeySet(key)
	require.NoError(t, err)
	find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) {
		t.Error("a KeyFunc is asked for the key of a token with crit")
		return key, nil
	})
	for _, a := range critAttacks(`,"x":1`) {
		for _, keys := range []jwt.KeySource{key, set, find} {
			_, err := jwt.Verify[jwt.MapClaims](a.token, keys, hs256)
			require.ErrorIs(t, err, jwt.ErrMalformed, a.name)
		}
		_, err := jwt.ParseUnverified(a.token)
		require.ErrorIs(t, err, jwt.ErrMalformed, a.name)
	}
	_, err = jwt.Sign(jwt.MapClaims{}, key, jwt.HS256, jwt.WithHeader("crit", []string{"x"}))
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

// With "b64" false the text that was signed was not the text that was read.
func TestCVE_2026_48525_UnencodedPayload(t *testing.T) {
	header := func(text string) string { return forge.Encode(text) }
	bare := `{"alg":"HS256","b64":false}`
	critical := `{"alg":"HS256","b64":false,"crit":["b64"]}`
	refuseAll(t, secretKey(t), hs256, token(`{}`), []attack{
		{"signed as text", seal(header(critical) + `.{"sub":"a"}`), jwt.ErrMalformed},
		{"without crit, signed as text", seal(header(bare) + `.{"sub":"a"}`), jwt.ErrMalformed},
		{"signed as base64", signed(critical, `{}`), jwt.ErrMalformed},
		{"without crit, signed as base64", signed(bare, `{}`), jwt.ErrMalformed},
		{"b64 true", signed(`{"alg":"HS256","b64":true}`, `{}`), jwt.ErrMalformed},
		{"b64 null", signed(`{"alg":"HS256","b64":null}`, `{}`), jwt.ErrMalformed},
		{"detached", seal(header(critical) + "."), jwt.ErrMalformed},
	})
}

// One text was a JSON serialization to one parser and a compact token to another.
func TestCVE_2022_39227_PolyglotOfJSONAndCompact(t *testing.T) {
	genuine := token(`{"sub":"a"}`)
	p := strings.Split(genuine, ".")
	forged := forge.Encode(`{"sub":"admin"}`)
	refuseAll(t, secretKey(t), hs256, genuine, []attack{
		{"JSON around a forged token", `{"` + p[0] + `.` + forged + `.","protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`, jwt.ErrMalformed},
		{"JSON in the header segment", ` {"protected":"` + p[0] + `"}.` + p[1] + `.` + p[2], jwt.ErrMalformed},
		{"JSON in the payload segment", p[0] + `.{"x":"` + p[1] + `"}.` + p[2], jwt.ErrInvalidSignature},
		{"JSON in the payload segment, signed", seal(p[0] + `.{"x":"` + p[1] + `"}`), jwt.ErrMalformed},
		{"an array", `["` + genuine + `"]`, jwt.ErrMalformed},
		{"a JSON string", `"` + genuine + `"`, jwt.ErrMalformed},
	})
}

// A token encrypted to the public key, which anybody can do, passed as a signed one.
func TestCVE_2023_51774_EncryptedPassesAsSigned(t *testing.T) {
	encrypted := forge.Encode(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".AAAA.AAAA.AAAA.AAAA"
	header := `{"alg":"dir","enc":"A256GCM"}`
	refuseAll(t, secretKey(t), hs256, token(`{}`), []attack{
		{"five segments", encrypted, jwt.ErrMalformed},
		{"five segments, alg HS256", forge.Encode(`{"alg":"HS256","enc":"A256GCM"}`) + ".AAAA.AAAA.AAAA.AAAA", jwt.ErrMalformed},
		{"no encrypted key", forge.Encode(header) + "..AAAA.AAAA.AAAA", jwt.ErrMalformed},
		{"header of an encrypted token, signed", signed(header, `{}`), jwt.ErrAlgorithmNotAllowed},
	})
}

// Inside the encryption there was a token without a signature.
func TestCVE_2026_29000_TokenInsideAToken(t *testing.T) {
	inner := forge.Token(`{"alg":"none"}`, `{"sub":"admin"}`, forge.Unsigned)
	refuseAll(t, secretKey(t), hs256, signed(`{"alg":"HS256","cty":"JWT"}`, `{"sub":"a"}`), []attack{
		{"as the payload", signed(`{"alg":"HS256","cty":"JWT"}`, inner), jwt.ErrMalformed},
		{"as a JSON string", signed(`{"alg":"HS256","cty":"JWT"}`, `"`+inner+`"`), jwt.ErrMalformed},
		{"genuine, as the payload", signed(`{"alg":"HS256","cty":"JWT"}`, token(`{"sub":"admin"}`)), jwt.ErrMalformed},
		{"five segments around it", forge.Encode(`{"alg":"dir","enc":"A256GCM","cty":"JWT"}`) + "..AAAA." + forge.Encode(inner) + ".AAAA", jwt.ErrMalformed},
	})
}

// The token chose how often its password was hashed: 2^31 times.
func TestCVE_2023_49290_2023_6681_IterationCountOfTheToken(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, signed(`{"alg":"HS256","p2c":2147483647,"p2s":"AAAA"}`, `{}`), []attack{
		{"five segments", forge.Encode(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483647,"p2s":"AAAA"}`) + ".AAAA.AAAA.AAAA.AAAA", jwt.ErrMalformed},
		{"three segments", signed(`{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AAAA"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
	})
}

// A small token inflated to gigabytes.
func TestCVE_2024_28180_28122_33664_2025_63811_CompressedPayload(t *testing.T) {
	bomb := "\x4b\x04\x00" // "a" in DEFLATE
	refuseAll(t, secretKey(t), hs256, signed(`{"alg":"HS256","zip":"DEF"}`, `{"sub":"a"}`), []attack{
		{"zip in a signed token", signed(`{"alg":"HS256","zip":"DEF"}`, bomb), jwt.ErrMalformed},
		{"zip in an encrypted token", forge.Encode(`{"alg":"dir","enc":"A256GCM","zip":"DEF"}`) + "..AAAA.AAAA.AAAA", jwt.ErrMalformed},
	})
}

// A part that was not there was used all the same: the parser crashed.
func TestCVE_2026_34986_2024_21664_2019_17195_MissingParts(t *testing.T) {
	h := forge.Encode(`{"alg":"HS256"}`)
	var attacks []attack
	for _, text := range []string{"", ".", "..", "...", "....", ".....", h, h + ".", h + "..", "." + h + ".", ".." + h, h + "...", h + "....", "null.null.null", "{}", `{"payload":null}`, `{"signatures":[]}`, `{"signatures":[null]}`, "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA"} {
		_, err := jwt.ParseUnverified(text)
		require.ErrorIs(t, err, jwt.ErrInvalidToken, text)
		if text != h+".." {
			attacks = append(attacks, attack{text, text, jwt.ErrMalformed})
		}
	}
	attacks = append(attacks, attack{"header alone", h + "..", jwt.ErrInvalidSignature}, attack{"signature of nothing", seal(h + "."), jwt.ErrMalformed})
	refuseAll(t, secretKey(t), hs256, token(`{}`), attacks)
}

// Several texts of one token defeated lists of revoked tokens.
func TestAttackTokenOfManySpellings(t *testing.T) {
	genuine := token(`{"jti":"12345"}`)
	p := strings.Split(genuine, ".")
	insert := func(segment int, junk string) string {
		q := append([]string{}, p...)
		q[segment] = q[segment][:5] + junk + q[segment][5:]
		return strings.Join(q, ".")
	}
	var attacks []attack
	for _, junk := range []string{"\n", "\r", "\r\n", "\t", " ", "\x00", "=", "!", "%0A", "\u00e9", "\u200b", "\u3002", "\xff", "+", "/"} {
		for i, want := range []error{jwt.ErrMalformed, jwt.ErrInvalidSignature, jwt.ErrInvalidSignature} {
			attacks = append(attacks, attack{fmt.Sprintf("%q in segment %d", junk, i), insert(i, junk), want})
		}
		attacks = append(attacks, attack{fmt.Sprintf("%q before", junk), junk + genuine, jwt.ErrMalformed}, attack{fmt.Sprintf("%q behind", junk), genuine + junk, jwt.ErrInvalidSignature})
	}
	for _, around := range []string{`"%s"`, "'%s'", "<%s>", "Bearer %s", "bearer %s", "token=%s"} {
		attacks = append(attacks, attack{around, fmt.Sprintf(around, genuine), jwt.ErrMalformed})
	}
	refuseAll(t, secretKey(t), hs256, genuine, attacks)
}
