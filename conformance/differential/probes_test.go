package differential

import (
	"slices"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/go-jose/go-jose/v4"
	golang "github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
	"github.com/stretchr/testify/require"
)

// probe is a question to which libraries are known to give different answers.
type probe struct {
	name            string
	header, payload string
	change          func(k *key, token string) string // nil: none
	good            bool
}

const (
	plain  = `{"alg":"HS256","typ":"JWT"}`
	simple = `{"sub":"a"}`
)

// token signs header and payload as they are.
func (p *probe) token(k *key) string {
	token := seal(k, encode([]byte(p.header))+"."+encode([]byte(p.payload)))
	if p.change != nil {
		token = p.change(k, token)
	}
	return token
}

func seal(k *key, input string) string { return input + "." + encode(k.sign([]byte(input))) }

// add puts a text before or after a token.
func add(before, after string) func(*key, string) string {
	return func(_ *key, token string) string { return before + token + after }
}

// leftOver sets a bit that the last character does not need.
func leftOver(segment string) string {
	last := strings.IndexByte(base64Alphabet, segment[len(segment)-1])
	return segment[:len(segment)-1] + string(base64Alphabet[last|1])
}

// inSegment changes a segment, before or after the token is signed.
func inSegment(i int, signedSo bool, change func(string) string) func(*key, string) string {
	return func(k *key, token string) string {
		parts := strings.Split(token, ".")
		parts[i] = change(parts[i])
		if signedSo {
			return seal(k, parts[0]+"."+parts[1])
		}
		return strings.Join(parts, ".")
	}
}

func breakLine(segment string) string { return segment[:3] + "\n" + segment[3:] }

var probes = []probe{
	{"baseline", plain, simple, nil, true},
	{"duplicate payload member", plain, `{"sub":"a","sub":"b"}`, nil, false},
	{"duplicate header member alg", `{"alg":"HS256","alg":"HS256"}`, simple, nil, false},
	{"duplicate header member alg, none first", `{"alg":"none","alg":"HS256"}`, simple, nil, false},
	{"duplicate header member alg, none last", `{"alg":"HS256","alg":"none"}`, simple, nil, false},
	{"payload SUB", plain, `{"SUB":"a"}`, nil, true},
	{"exp future, then EXP past", plain, `{"exp":99999999999,"EXP":1}`, nil, true},
	{"exp past, then EXP future", plain, `{"exp":1,"EXP":99999999999}`, nil, false},
	{"header ALG", `{"ALG":"HS256"}`, simple, nil, false},
	{"signature with left-over bits", plain, simple, inSegment(2, false, leftOver), false},
	{"payload with left-over bits, signed so", plain, simple, inSegment(1, true, leftOver), false},
	{"payload with left-over bits, altered", plain, simple, inSegment(1, false, leftOver), false},
	{"signature and line break", plain, simple, add("", "\n"), false},
	{"line break in the signature", plain, simple, inSegment(2, false, breakLine), false},
	{"line break in the payload, signed so", plain, simple, inSegment(1, true, breakLine), false},
	{"line break in the payload, altered", plain, simple, inSegment(1, false, breakLine), false},
	{"signature with padding", plain, simple, add("", "="), false},
	{"space before", plain, simple, add(" ", ""), false},
	{"space after", plain, simple, add("", " "), false},
	{"fourth segment", plain, simple, add("", ".x"), false},
	{"five segments", plain, simple, add("", ".x.y"), false},
	{"crit foo", `{"alg":"HS256","crit":["foo"],"foo":1}`, simple, nil, false},
	{"crit empty", `{"alg":"HS256","crit":[]}`, simple, nil, false},
	{"crit kid", `{"alg":"HS256","crit":["kid"],"kid":"1"}`, simple, nil, false},
	{"crit not an array", `{"alg":"HS256","crit":"foo"}`, simple, nil, false},
	{"crit of a missing member", `{"alg":"HS256","crit":["exp"]}`, simple, nil, false},
	{"b64 false without crit", `{"alg":"HS256","b64":false}`, simple, nil, false},
	{"alg none", `{"alg":"none"}`, simple, nil, false},
	{"alg nOnE", `{"alg":"nOnE"}`, simple, nil, false},
	{"alg hs256", `{"alg":"hs256"}`, simple, nil, false},
	{"alg HS512 over an HS256 signature", `{"alg":"HS512"}`, simple, nil, false},
	{"alg HS512 and kid over an HS256 signature", `{"alg":"HS512","kid":"1"}`, simple, nil, false},
	{"no alg", `{"typ":"JWT"}`, simple, nil, false},
	{"exp as a string, future", plain, `{"exp":"99999999999"}`, nil, false},
	{"exp as a string, past", plain, `{"exp":"1"}`, nil, false},
	{"exp abc", plain, `{"exp":"abc"}`, nil, false},
	{"exp in RFC 3339, future", plain, `{"exp":"2036-01-01T00:00:00Z"}`, nil, false},
	{"exp null", plain, `{"exp":null}`, nil, false},
	{"exp true", plain, `{"exp":true}`, nil, false},
	{"exp []", plain, `{"exp":[]}`, nil, false},
	{"exp 0", plain, `{"exp":0}`, nil, false},
	{"exp 0, then EXP future", plain, `{"exp":0,"EXP":99999999999}`, nil, false},
	{"exp now, then EXP future", plain, `{"exp":1795521600,"EXP":99999999999}`, nil, false},
	{"exp in half a second", plain, `{"exp":1795521600.5}`, nil, true},
	{"nbf in half a second", plain, `{"nbf":1795521600.5}`, nil, false},
	{"exp -1", plain, `{"exp":-1}`, nil, false},
	{"exp past", plain, `{"exp":1700000000}`, nil, false},
	{"exp 1e10", plain, `{"exp":1e10}`, nil, true},
	{"exp 1e300", plain, `{"exp":1e300}`, nil, false},
	{"exp 1e400", plain, `{"exp":1e400}`, nil, false},
	{"exp with a fraction, future", plain, `{"exp":9999999999.25}`, nil, true},
	{"exp with a fraction, past", plain, `{"exp":1528560773.5386891}`, nil, false},
	{"nbf 1e300", plain, `{"nbf":1e300}`, nil, false},
	{"nbf MaxInt64", plain, `{"nbf":9223372036854775807}`, nil, false},
	{"nbf far future", plain, `{"nbf":99999999999}`, nil, false},
	{"nbf as a string, future", plain, `{"nbf":"99999999999"}`, nil, false},
	{"iat future", plain, `{"iat":99999999999}`, nil, false},
	{"payload []", plain, `[]`, nil, false},
	{"payload null", plain, `null`, nil, false},
	{"payload a string", plain, `"str"`, nil, false},
	{"payload empty", plain, ``, nil, false},
	{"payload and garbage", plain, `{"sub":"a"} garbage`, nil, false},
	{"payload of two objects", plain, `{"sub":"a"}{"sub":"b"}`, nil, false},
	{"payload not UTF-8", plain, "{\"sub\":\"\xff\"}", nil, false},
	{"payload with half a surrogate pair", plain, `{"sub":"\ud800"}`, nil, false},
	{"header and garbage", plain + " x", simple, nil, false},
	{"header with spaces", `{ "alg" : "HS256" , "typ" : "JWT" }`, simple, nil, true},
	{"header kid", `{"alg":"HS256","kid":"1"}`, simple, nil, true},
	{"header kid a number", `{"alg":"HS256","kid":1}`, simple, nil, false},
	{"header kid null", `{"alg":"HS256","kid":null}`, simple, nil, false},
	{"cty null", `{"alg":"HS256","cty":null}`, simple, nil, false},
	{"iat before the year 1", plain, `{"iat":-62135596800}`, nil, false},
	{"exp after the year 9999", plain, `{"exp":253402300800}`, nil, false},
	{"typ at+jwt", `{"alg":"HS256","typ":"at+jwt"}`, simple, nil, true},
	{"typ a number", `{"alg":"HS256","typ":1}`, simple, nil, false},
	{"unknown header member", `{"alg":"HS256","x":{"y":[1]}}`, simple, nil, true},
	{"sub a number", plain, `{"sub":1}`, nil, false},
	{"aud a number", plain, `{"aud":1}`, nil, false},
	{"aud mixed", plain, `{"aud":[1,"x"]}`, nil, false},
	{"aud null", plain, `{"aud":null}`, nil, false},
	{"large integer", plain, `{"n":123456789012345678901234567890}`, nil, true},
	{"payload of 1 MB", plain, `{"x":"` + strings.Repeat("x", 1_000_000) + `"}`, nil, false},
	{"5,000 levels", plain, `{"a":` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`, nil, false},
	{"20,000 levels", plain, `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, nil, false},
}

// TestSecrets shows which secrets of HS256 the libraries take. RFC 7518, Section 3.2,
// asks for as many bytes as the hash has; RFC 8725, Section 3.5, for no passwords, and
// Section 2.1 tells what happens when a public key is used as the secret.
func TestSecrets(t *testing.T) {
	const line = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 somebody"
	const block = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAfU0Of2FTpptiQrUiq77mhf2kQg+INLEIw72uNp71Sfo=\n-----END PUBLIC KEY-----\n"
	for _, tt := range []struct {
		name, secret string
		takenBy      []string
	}{
		{"32 bytes", strings.Repeat("s", 32), []string{"jwt", golangMap, goJose, jwxKey}},
		{"31 bytes", strings.Repeat("s", 31), []string{golangMap, jwxKey}},
		{"1 byte", "s", []string{golangMap, jwxKey}},
		{"empty", "", []string{golangMap}},
		{"a public key in PEM", block, []string{golangMap, goJose, jwxKey}},
		{"a public key in OpenSSH format", line, []string{golangMap, goJose, jwxKey}},
	} {
		signWith := map[string]func(secret []byte) error{
			"jwt": func(secret []byte) error { _, err := jwt.NewSecretKey(secret); return err },
			golangMap: func(secret []byte) error {
				_, err := golang.New(golang.SigningMethodHS256).SignedString(secret)
				return err
			},
			goJose: func(secret []byte) error {
				signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, nil)
				if err == nil {
					_, err = signer.Sign([]byte("{}"))
				}
				return err
			},
			jwxKey: func(secret []byte) error {
				_, err := jwxjwt.Sign(jwxjwt.New(), jwxjwt.WithKey(jwa.HS256(), secret))
				return err
			},
		}
		for name, sign := range signWith {
			err := sign([]byte(tt.secret))
			if name == "jwt" && err != nil {
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
			require.Equal(t, slices.Contains(tt.takenBy, name), err == nil, "%s with %s: %v", name, tt.name, err)
		}
	}
}
