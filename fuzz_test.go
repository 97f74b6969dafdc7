package jwt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/oracle"
)

// judged is a verifier with the policy that the oracle knows.
func judged[T any](t testing.TB) *jwt.Verifier[T] {
	v, err := jwt.NewVerifier[T](secretKey(t), hs256, jwt.AllowAnyAudience(), atNow())
	require.NoError(t, err)
	return v
}

// fuzzClaims has fields of the kinds that claims types have.
type fuzzClaims struct {
	jwt.RegisteredClaims
	Name  string            `json:"name"`
	Roles []string          `json:"roles"`
	Admin *bool             `json:"admin"`
	Age   int32             `json:"age"`
	Score float64           `json:"score"`
	Tags  map[string]string `json:"tags"`
	Any   any               `json:"any"`
	In    struct {
		Deep []struct {
			X string `json:"x"`
		} `json:"deep"`
	} `json:"in"`
	Raw json.RawMessage `json:"raw"`
}

var fuzzNames = []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "name", "roles", "admin", "age", "score", "tags", "any", "in", "raw"}

// FuzzVerify states, for any header and payload that the issuer signs: the package and the
// oracle give the same verdict and read the same claims, into maps and structs; the
// token has one spelling; and a change of any byte of it is refused.
func FuzzVerify(f *testing.F) {
	for _, header := range []string{
		`{"alg":"HS256","typ":"JWT"}`, `{"alg":"HS256"}`, `{"typ":"JWT","alg":"HS256"}`, `{"alg":"HS256","typ":"JWT","kid":"k1"}`, `{"alg":"HS256","typ":"JWT","kid":"\u006b1"}`,
		`{"alg":"HS256","typ":"JWT" }`, `{"alg":"HS256","typ":"JWT"}{}`, `{"alg":"HS256","typ":"JWT","typ":"JWT"}`, `{"alg":"HS512","typ":"JWT"}`, `{"alg":"HS256","crit":["exp"]}`, `{"a\u006cg":"HS256"}`, `{"alg":"HS256","x":{"y":[1]}}`, `{"alg":"none"}`,
	} {
		f.Add(header, `{"sub":"a","exp":99999999999,"x":[1,{"y":null}]}`, uint16(3), byte(1))
	}
	for _, payload := range []string{
		`{}`, ` { "aud" : [ ] } `, `{"aud":"a","iss":"b","sub":"c","jti":"d","iat":1,"nbf":1.5,"exp":9e10}`, `{"exp":1795521600}`, `{"exp":1795521600.000000001}`, `{"nbf":17955216e2}`, `{"iat":1795521660.5}`,
		`{"name":"susan","roles":["a","b"],"admin":true,"age":-7,"score":1.5e3,"tags":{"a":"b"},"any":[{"n":1e400}],"in":{"deep":[{"x":"y"}]},"raw":[ 1 ]}`,
		`{"NAME":"x","Roles":["x"],"EXP":1,"In":{"deep":[]},"in":{"Deep":[{"X":"z"}],"deep":[{"X":"z"}]}}`, `{"name":"\u0041\ud83d\ude00\n","roles":null,"admin":null,"age":null}`,
		`{"exp":-1,"aud":[1]}`, `{"sub":"a","sub":"a"}`, `{"a":"\ud800"}`, `null`, `[]`, `{"age":1.5}`, `{"age":9999999999}`, `{"roles":["a",1]}`, `{"iss":"caf\u00e9","sub":"é\u0000"}`,
	} {
		f.Add(`{"alg":"HS256","typ":"JWT"}`, payload, uint16(60), byte(32))
	}
	for _, levels := range []int{64, 65} {
		f.Add(`{"alg":"HS256"}`, strings.Repeat(`{"a":`, levels)+"1"+strings.Repeat("}", levels), uint16(0), byte(1))
	}
	mapped, typed := judged[jwt.MapClaims](f), judged[fuzzClaims](f)
	f.Fuzz(func(t *testing.T, header, payload string, at uint16, flip byte) {
		raw := signed(header, payload)
		want := oracle.Verify(raw, testSecret, now)
		tok, err := mapped.Verify(raw)
		requireVerdict(t, want, tok == nil, err)
		if err == nil {
			requireSame(t, want, tok)
			requireSameTyped(t, want, typed, raw)
			requireOneSpelling(t, mapped, raw, int(at), flip)
		} else {
			_, err := typed.Verify(raw)
			requireVerdict(t, want, true, err)
		}
	})
}

// FuzzToken states the same for texts that are hardly tokens: the signature covers
// whatever stands before it.
func FuzzToken(f *testing.F) {
	for _, raw := range []string{
		"", ".", "..", "a.b", "a.b.c", "a.b.c.d.e", token(`{}`), token(`{"exp":1}`), "Bearer " + token(`{}`), token(`{}`) + "\n", token(`{}`) + "=", "eyJhbGciOiJIUzI1NiJ9.e30", "eyJhbGciOiJIUzI1NiJ9.e31", "eyJhbGciOiJIUzI1NiJ9.e30=", "eyJhbGciOiJIUzI1NiJ9\n.e30",
		"eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJub25lIn0.e30", "e30.e30", "eyJhbGciOiJIUzI1NiJ9.bnVsbA", "eyJhbGciOiJIUzI1NiJ9..", "+/==.e30",
	} {
		f.Add(raw)
	}
	v := judged[jwt.MapClaims](f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, raw := range []string{text, seal(text)} {
			want := oracle.Verify(raw, testSecret, now)
			tok, err := v.Verify(raw)
			requireVerdict(t, want, tok == nil, err)
			form, _, input := oracle.Read(raw)
			ok := form.Err == nil && form.ReadPayload(input[strings.IndexByte(input, '.')+1:])
			unverified, err := jwt.ParseUnverified(raw)
			require.Equal(t, ok, err == nil, "ParseUnverified: %v", err)
			if err == nil {
				require.Equal(t, form.Payload, unverified.UnverifiedPayload)
				require.Equal(t, form.Registered(), unverified.UnverifiedClaims)
			} else {
				require.ErrorIs(t, err, jwt.ErrMalformed)
			}
		}
	})
}

func requireVerdict(t *testing.T, want oracle.Verdict, isNil bool, err error) {
	if want.Err == nil {
		require.NoError(t, err)
		return
	}
	require.True(t, isNil)
	require.ErrorIs(t, err, want.Err)
	require.ErrorIs(t, err, jwt.ErrInvalidToken)
	require.LessOrEqual(t, len(err.Error()), 600)
	for _, stage := range []error{jwt.ErrMalformed, jwt.ErrAlgorithmNotAllowed, jwt.ErrInvalidSignature, jwt.ErrInvalidClaims} {
		require.Equal(t, errors.Is(want.Err, stage), errors.Is(err, stage), "%v: %v", stage, err)
	}
}

func requireSame(t *testing.T, want oracle.Verdict, tok *jwt.Token[jwt.MapClaims]) {
	require.Equal(t, want.Payload, tok.Payload)
	require.Equal(t, want.Claims, tok.Claims)
	require.Equal(t, want.Registered(), tok.RegisteredClaims)
	text := func(name string) string { s, _ := want.Header[name].(string); return s }
	require.Equal(t, []string{"HS256", text("kid"), text("typ"), text("cty")}, []string{tok.Header.Algorithm, tok.Header.KeyID, tok.Header.Type, tok.Header.ContentType})
	for name, value := range want.HeaderRaw {
		param, ok := tok.Header.Param(name)
		require.True(t, ok, name)
		require.Equal(t, string(value), string(param), name)
	}
	_, ok := tok.Header.Param("no such parameter")
	require.Equal(t, want.HeaderRaw["no such parameter"] != nil, ok)
}

// requireSameTyped decodes into a struct, and compares with encoding/json, which gets
// only the members that have exactly a field's name.
func requireSameTyped(t *testing.T, want oracle.Verdict, typed *jwt.Verifier[fuzzClaims], raw string) {
	var exact map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(want.Payload), &exact))
	keepOnly(exact, fuzzNames...)
	if in, ok := exact["in"]; ok {
		exact["in"] = keepInside(in, "deep", "x")
	}
	text, err := json.Marshal(exact)
	require.NoError(t, err)
	var expected fuzzClaims
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	decodeErr := dec.Decode(&expected)
	tok, err := typed.Verify(raw)
	if err != nil {
		require.ErrorIs(t, err, jwt.ErrInvalidClaims)
		require.Error(t, decodeErr, "only this package refuses it: %v", err)
		return
	}
	require.NoError(t, decodeErr, "only encoding/json refuses it")
	expected.Raw = exact["raw"]
	require.Equal(t, want.Registered(), tok.RegisteredClaims)
	require.Equal(t, expected, tok.Claims)
}

func keepOnly(members map[string]json.RawMessage, names ...string) {
	kept := map[string]json.RawMessage{}
	for _, name := range names {
		if value, ok := members[name]; ok {
			kept[name] = value
		}
	}
	clear(members)
	for name, value := range kept {
		members[name] = value
	}
}

// keepInside keeps one name of an object and another of the objects in its array.
func keepInside(raw json.RawMessage, outer, inner string) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return raw
	}
	keepOnly(members, outer)
	var elements []json.RawMessage
	if json.Unmarshal(members[outer], &elements) == nil && elements != nil {
		for i, element := range elements {
			var object map[string]json.RawMessage
			if json.Unmarshal(element, &object) == nil && object != nil {
				keepOnly(object, inner)
				elements[i], _ = json.Marshal(object)
			}
		}
		members[outer], _ = json.Marshal(elements)
	}
	text, _ := json.Marshal(members)
	return text
}

// requireOneSpelling: the segments are what their octets encode to, and no other text of
// the same length passes.
func requireOneSpelling(t *testing.T, v *jwt.Verifier[jwt.MapClaims], raw string, at int, flip byte) {
	for segment := range strings.SplitSeq(raw, ".") {
		decoded, err := rawURL.DecodeString(segment)
		require.NoError(t, err)
		require.Equal(t, segment, rawURL.EncodeToString(decoded))
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	flipped, spare := []byte(raw), []byte(raw)
	flipped[at%len(raw)] ^= flip
	last := &spare[len(raw)-1] // of its six bits the MAC leaves two
	*last = alphabet[strings.IndexByte(alphabet, *last)|1]
	for _, changed := range []string{string(flipped), string(spare)} {
		if changed != raw {
			tok, err := v.Verify(changed)
			require.Nil(t, tok)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
		}
	}
}

// FuzzSignThenVerify states that Verify reads back what Sign accepts, and that the naive
// verifier does too.
func FuzzSignThenVerify(f *testing.F) {
	for _, payload := range []string{`{"sub":"a","exp":99999999999}`, ` {"a" : 1 } `, `{"exp":1e300}`, `{"a":1,"a":2}`, `{"a":"\ud800"}`, `[]`, `{"aud":[]}`, `{"iat":99999999999}`} {
		f.Add(payload, "k", "JWT")
	}
	f.Add(`{}`, "\"\\\u2028", "\xff")
	f.Fuzz(func(t *testing.T, payload, kid, typ string) {
		raw, err := jwt.Sign(json.RawMessage(payload), secretKey(t), jwt.HS256, jwt.WithHeader("x", kid), jwt.WithType(typ))
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.Empty(t, raw)
			return
		}
		_, err = jwt.Verify[jwt.MapClaims](raw, secretKey(t), hs256, jwt.AllowAnyAudience(), jwt.AllowExpired(), jwt.WithMaxSize(1<<30), jwt.WithType(typ), atNow())
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrNotYetValid)
		}
		if len(raw) <= 64<<10 {
			require.NotErrorIs(t, oracle.Verify(raw, testSecret, now).Err, jwt.ErrMalformed)
		}
	})
}

// FuzzSignStruct states that a struct comes back as it was, or was refused at signing.
func FuzzSignStruct(f *testing.F) {
	f.Add("iss", "sub", "a", "b", int64(99999999999), int64(0), "name", int32(-7), 1.5, "role")
	f.Add("", "<&>", "", "", int64(0), int64(1), "\u2028\x00\"\\", int32(0), math.Copysign(0, -1), "\U0001f600")
	f.Add("\xff", "", "a", "\xff", int64(-62135596799), int64(253402300800), "", int32(1), 1e21, "")
	f.Add("\xff", "", "a", "b", int64(0), int64(0), "", int32(1), 1.5, "")
	f.Add("", "", "a", "b", int64(0), int64(253402300800), "", int32(1), 1.5, "")
	v := judged[fuzzClaims](f)
	f.Fuzz(func(t *testing.T, iss, sub, aud1, aud2 string, exp, nbf int64, name string, age int32, score float64, role string) {
		claims := fuzzClaims{Name: name, Age: age, Score: score, Roles: []string{role, name}, Tags: map[string]string{"t": role}, Any: name, Raw: json.RawMessage(`{"a":[1]}`)}
		claims.Issuer, claims.Subject = iss, sub
		claims.Audience = jwt.Audience{aud1, aud2}
		if exp != 0 {
			claims.ExpiresAt = jwt.NewNumericDate(unixTime(exp))
		}
		if nbf != 0 {
			claims.NotBefore = jwt.NewNumericDate(unixTime(nbf))
		}
		raw, err := jwt.Sign(claims, secretKey(t), jwt.HS256)
		legal := inRange(exp) && inRange(nbf)
		for _, text := range []string{iss, sub, aud1, aud2, name, role} {
			legal = legal && utf8.ValidString(text)
		}
		require.Equal(t, legal && score == score && score-score == 0, err == nil, "%v", err)
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			return
		}
		tok, err := v.Verify(raw)
		if len(raw) > 64<<10 || exp != 0 && exp <= now.Unix() || nbf > now.Unix() {
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
			return
		}
		require.NoError(t, err)
		require.Equal(t, claims, tok.Claims)
		require.Equal(t, claims.RegisteredClaims, tok.RegisteredClaims)
	})
}

// inRange reports whether 0, which stands for an absent claim, or a date of the years 1 to 9999 is given.
func inRange(seconds int64) bool { return seconds >= -62135596799 && seconds <= 253402300799 }

func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0) }

// fuzzKeys are an algorithm of each family with a public key, and a check of the
// standard library's own that its signatures are right.
type fuzzKey struct {
	alg    jwt.Algorithm
	key    crypto.Signer
	opts   crypto.SignerOpts
	verify func(digest, sig []byte) bool
}

func fuzzKeys(t testing.TB) []fuzzKey {
	rsaKey := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	ed := keyFile[ed25519.PrivateKey](t, "ed25519-default")
	keys := []fuzzKey{
		{jwt.RS256, rsaKey, crypto.SHA256, func(digest, sig []byte) bool {
			return rsa.VerifyPKCS1v15(&rsaKey.PublicKey, crypto.SHA256, digest, sig) == nil
		}},
		{jwt.PS256, rsaKey, pss, func(digest, sig []byte) bool {
			return rsa.VerifyPSS(&rsaKey.PublicKey, crypto.SHA256, digest, sig, pss) == nil
		}},
		{jwt.EdDSA, ed, crypto.Hash(0), func(message, sig []byte) bool {
			return ed25519.Verify(ed.Public().(ed25519.PublicKey), message, sig)
		}},
	}
	for alg, key := range curves(t) {
		size := (key.Params().BitSize + 7) / 8
		keys = append(keys, fuzzKey{alg, key, hashOf(alg), func(digest, sig []byte) bool {
			return len(sig) == 2*size && ecdsa.Verify(&key.PublicKey, digest, new(big.Int).SetBytes(sig[:size]), new(big.Int).SetBytes(sig[size:]))
		}})
	}
	return keys
}

// FuzzSignature states that a signature of any octets is judged as the standard library
// judges it, which has to be given the right length, hash and salt.
func FuzzSignature(f *testing.F) {
	keys := fuzzKeys(f)
	input := func(k fuzzKey) (text string, digest []byte) {
		text = forge.Encode(`{"alg":"`+k.alg.String()+`"}`) + ".e30"
		if k.opts.HashFunc() == 0 {
			return text, []byte(text)
		}
		h := k.opts.HashFunc().New()
		h.Write([]byte(text))
		return text, h.Sum(nil)
	}
	verifiers := map[jwt.Algorithm]*jwt.Verifier[struct{}]{}
	for i, k := range keys {
		var err error
		verifiers[k.alg], err = jwt.NewVerifier[struct{}](publicOf(f, k.key), []jwt.Algorithm{k.alg})
		require.NoError(f, err)
		_, digest := input(k)
		sig, err := k.key.Sign(rand.Reader, digest, k.opts)
		require.NoError(f, err)
		f.Add(byte(i), sig, uint16(0), byte(0))
		f.Add(byte(i), sig, uint16(5), byte(1))
		f.Add(byte(i), append(sig, 0), uint16(0), byte(0))
		f.Add(byte(i), []byte{}, uint16(0), byte(0))
		f.Add(byte(i), make([]byte, 64+32*(i%3)), uint16(0), byte(0))
		if key, ok := k.key.(*ecdsa.PrivateKey); ok {
			text, _ := input(k)
			sig := forge.ECDSA(f, key, k.opts.HashFunc())(text)
			f.Add(byte(i), sig, uint16(0), byte(0))
			f.Add(byte(i), append(sig, 0, 0), uint16(0), byte(0))
		}
		if k.alg == jwt.PS256 {
			sig, err := k.key.Sign(rand.Reader, digest, &rsa.PSSOptions{SaltLength: 20, Hash: crypto.SHA256})
			require.NoError(f, err)
			f.Add(byte(i), sig, uint16(0), byte(0))
		}
	}
	f.Fuzz(func(t *testing.T, which byte, sig []byte, at uint16, flip byte) {
		k := keys[int(which)%len(keys)]
		if len(sig) > 0 {
			sig = bytes.Clone(sig)
			sig[int(at)%len(sig)] ^= flip
		}
		text, digest := input(k)
		_, err := verifiers[k.alg].Verify(text + "." + b64(sig))
		require.Equal(t, k.verify(digest, sig), err == nil, "%s: %v", k.alg, err)
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrInvalidSignature)
		}
	})
}

// TestRandomTokensAreJudgedAsByTheOracle is FuzzVerify with texts that are made to
// be interesting. Its seed is fixed, so that it says the same every time.
func TestRandomTokensAreJudgedAsByTheOracle(t *testing.T) {
	m := oracle.NewMaker(2026)
	mapped, typed := judged[jwt.MapClaims](t), judged[fuzzClaims](t)
	verdicts := map[error]int{}
	for n := range 5_000 {
		raw := signed(m.Header(), m.Payload())
		want := oracle.Verify(raw, testSecret, now)
		verdicts[want.Err]++
		tok, err := mapped.Verify(raw)
		requireVerdict(t, want, tok == nil, err)
		if err == nil {
			requireSame(t, want, tok)
			requireSameTyped(t, want, typed, raw)
			requireOneSpelling(t, mapped, raw, n*31, byte(1+n%255))
		}
	}
	t.Logf("verdicts: %v", verdicts)
	for _, verdict := range []error{nil, jwt.ErrMalformed, jwt.ErrAlgorithmNotAllowed, jwt.ErrExpired, jwt.ErrNotYetValid} {
		require.Greater(t, verdicts[verdict], 50, "%v: the generator has lost its aim", verdict)
	}
}

// TestEveryByteOfATokenMatters changes each byte of a few tokens to every other value.
func TestEveryByteOfATokenMatters(t *testing.T) {
	v := judged[jwt.MapClaims](t)
	for _, raw := range []string{token(`{}`), signed(`{"alg":"HS256","kid":"\u006b"}`, ` {"sub":"a","exp":99999999999} `)} {
		_, err := v.Verify(raw)
		require.NoError(t, err)
		for at := range len(raw) {
			for c := range 256 {
				changed := []byte(raw)
				if changed[at] == byte(c) {
					continue
				}
				changed[at] = byte(c)
				if tok, err := v.Verify(string(changed)); err == nil || tok != nil {
					require.Fail(t, "accepted", "byte %d as %s", at, strconv.QuoteRune(rune(c)))
				}
			}
		}
	}
}
