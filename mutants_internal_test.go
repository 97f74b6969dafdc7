package jwt

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests of this file are about single lines: each was written for a small change of the
// code that no other test noticed (conformance/mutation), or noticed only after seconds.

func TestNumbersThatAreNoAlgorithm(t *testing.T) {
	for _, a := range []algorithm{0, algorithm(len(schemes)), 255} {
		require.Nil(t, a.scheme())
		require.Equal(t, "invalid", a.String())
	}
	_, err := schemeOf(nil)
	require.ErrorIs(t, err, ErrInvalidOption)
	require.ErrorContains(t, err, "the algorithm is nil")
}

func TestSizesOfTheCurves(t *testing.T) {
	for alg, bits := range map[algorithm]int{ES256: 256, ES384: 384, ES512: 521} {
		require.Equal(t, bits, schemes[alg].bits)
	}
}

// A weak key of another kind has no secret that could pass for a short one.
func TestOnlyASecretFitsHMAC(t *testing.T) {
	for _, m := range []*checkedKey{{kind: kindRSA, weak: true}, {kind: kindEd25519, weak: true}, {kind: kindEd25519, secret: make([]byte, 64)}} {
		require.False(t, hmacFamily{}.fits(&schemes[HS256], m))
	}
	require.True(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, weak: true, secret: []byte{1}}))
	require.True(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, secret: make([]byte, 32)}))
	require.False(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, secret: make([]byte, 31)}))
}

// The encoded message of RSASSA-PSS has room for two hashes, one byte, and eight bits.
func TestSmallestModulusOfPSS(t *testing.T) {
	for alg, least := range map[algorithm]uint{PS256: 522, PS384: 778, PS512: 1034} {
		for bits, want := range map[uint]bool{least - 1: false, least: true, least + 1: true} {
			n := new(big.Int).Lsh(big.NewInt(1), bits-1)
			require.Equal(t, want, pssFamily{}.fits(&schemes[alg], &checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}), "%s %d", alg, bits)
		}
	}
}

func TestHashingATextInPieces(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1023, 1024, 1025, 2048, 2049, 5000} {
		text := strings.Repeat("x", n)
		want := sha256.Sum256([]byte(text))
		require.Equal(t, want[:], sha256Pool.hashString(text).sum(), n)
	}
}

func TestCodecsTakePointersAndValues(t *testing.T) {
	d, a := NewNumericDate(time.Unix(5, 0)), Audience{"x"}
	for want, values := range map[string][]any{"5": {d, &d}, `"x"`: {a, &a}} {
		for _, v := range values {
			got, err := codecAppend(v)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		}
	}
}

func codecAppend(v any) ([]byte, error) {
	switch v.(type) {
	case NumericDate, *NumericDate:
		return appendDateAny(nil, v)
	}
	return appendAudienceAny(nil, v)
}

func TestRegisteredClaimsAreWrittenAsABlockOrNotAtAll(t *testing.T) {
	at := NewNumericDate(time.Unix(5, 0))
	c := RegisteredClaims{"i", "s", Audience{"a"}, at, at, at, "j"}
	text, claims, ok := appendRegistered(nil, c)
	require.True(t, ok)
	require.Equal(t, `,"iss":"i","sub":"s","aud":"a","exp":5,"nbf":5,"iat":5,"jti":"j"`, string(text))
	require.Equal(t, hasIss|hasSub|hasAud|hasExp|hasNbf|hasIat|hasJti, claimSet(claims))
	text, claims, ok = appendRegistered(nil, &RegisteredClaims{})
	require.True(t, ok)
	require.Empty(t, text)
	require.Zero(t, claims)

	late := NumericDate{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i, change := range []func(*RegisteredClaims){
		func(c *RegisteredClaims) { c.Issuer = "\xff" },
		func(c *RegisteredClaims) { c.Subject = "\xff" },
		func(c *RegisteredClaims) { c.Audience = Audience{"\xff"} },
		func(c *RegisteredClaims) { c.ExpiresAt = late },
		func(c *RegisteredClaims) { c.IssuedAt = late },
		func(c *RegisteredClaims) { c.ID = "\xff" },
	} {
		c := c
		change(&c)
		_, _, ok := appendRegistered(nil, c)
		require.False(t, ok, i)
	}
}

func TestAnAudienceThatIsWrongChangesNothing(t *testing.T) {
	a := Audience{"before"}
	require.Error(t, a.UnmarshalJSON([]byte(`["x",5]`)))
	require.Equal(t, Audience{"before"}, a)
}

// The plan of the claims type relies on the set of members that are registered claims.
func TestMembersThatAreRegisteredClaimsAreMarked(t *testing.T) {
	read := func(payload string) uint64 {
		s := new(scratch)
		var c RegisteredClaims
		index, err := readRegistered(&s.scanner, payload, &c, nil, ErrMalformed)
		require.NoError(t, err)
		return index.read
	}
	require.Equal(t, uint64(0b101), read(`{"iss":"x","name":"y","exp":5}`))
	var text strings.Builder
	for i := range 63 {
		text.WriteString(`"a` + itoa(i) + `":1,`)
	}
	require.Equal(t, uint64(1)<<63, read("{"+text.String()+`"iss":"x"}`))
	require.Zero(t, read("{"+text.String()+`"b":1,"iss":"x"}`))
}

func TestWrongTypesOfClaimsAreNamed(t *testing.T) {
	for payload, want := range map[string][2]string{
		`{"aud":["x",5]}`: {"an array with something else in it", "a string or an array of strings"},
		`{"aud":5}`:       {"a number", "a string or an array of strings"},
		`{"iss":5}`:       {"a number", "a string"},
		`{"exp":"5"}`:     {"a string", "a number of seconds since 1970 (use NewNumericDate)"},
	} {
		s := new(scratch)
		var c RegisteredClaims
		_, err := readRegistered(&s.scanner, payload, &c, nil, ErrInvalidOption)
		var e *ClaimError
		require.ErrorAs(t, err, &e)
		require.Equal(t, want, [2]string{e.Got.(string), e.Want.(string)}, payload)
	}
}

func TestParamOfAHeaderThatIsNone(t *testing.T) {
	for _, segment := range []string{"", "!", "e30x", "W10"} {
		raw, ok := Header{segment: segment}.Param("alg")
		require.False(t, ok, segment)
		require.Nil(t, raw)
	}
}

// What the short way takes, it takes rightly; and it leaves everything else to the long one.
func TestShortWayThroughHeaders(t *testing.T) {
	for text, want := range map[string]Header{
		`{"alg":"HS256"}`:                            {Algorithm: "HS256"},
		`{"alg":""}`:                                 {},
		`{"alg":"HS256","typ":"JWT"}`:                {Algorithm: "HS256", Type: "JWT"},
		`{"typ":"at+jwt","kid":" ~ ","alg":"HS257"}`: {Algorithm: "HS257", Type: "at+jwt", KeyID: " ~ "},
		`{"kid":"1","typ":"x","alg":"ES256"}`:        {Algorithm: "ES256", Type: "x", KeyID: "1"},
	} {
		var h Header
		require.True(t, h.readUsual([]byte(text)), text)
		require.Equal(t, want, h)
	}
	for _, text := range []string{
		"", "{", "{}", "[", `{"typ":"JWT"}`, `{"alg":"HS256"`, `{"alg":"HS256",`, `{"alg":"HS256"}}`, `{"alg":"HS256"},`, `["alg":"HS256"}`,
		`{"alg":"HS256","alg":"HS256"}`, `{"alg":"HS256","typ":"J` + "\x1f" + `T"}`, `{"alg":"HS256","typ":"J` + "\x7f" + `T"}`,
		`{"alg":"HS256","typ":"J` + "\xff" + `T"}`, `{"alg":"HS256","typ":"\u0041"}`, `{"alg":"HS256","cty":"x"}`, `{"alg":"HS256","typ":5}`,
		`{"alg"="HS256"}`, `{"alg":'HS256"}`, `{'alg":"HS256"}`, `{"alg":"`, `{"alg": "HS256"}`, `{"alg":"HS256";"typ":"JWT"}`, `z"alg":"HS256"}`,
		`{"alg":"HS256"{"typ":"JWT"}`, `{"alg":"HS256","typ":"JWT}`,
	} {
		var h Header
		require.False(t, h.readUsual([]byte(text)), text)
		require.Zero(t, h)
	}
	const member = `"abc":"v"`
	for end := range member {
		name, value, rest := plainMember(slices.Clip([]byte(member[:end]))) // it must not look beyond
		require.Equal(t, [][]byte{nil, nil, nil}, [][]byte{name, value, rest})
	}
	name, value, rest := plainMember([]byte(member + "r"))
	require.Equal(t, [][]byte{[]byte("abc"), []byte("v"), []byte("r")}, [][]byte{name, value, rest})
}

func TestFormsThatAreNoTokenAreNamed(t *testing.T) {
	s := new(scratch)
	_, err := s.header("!")
	require.Equal(t, errHeaderBase64, err)
	_, err = s.header("Bearer e30")
	require.Equal(t, errBearer, err)
	_, err = s.payload("!")
	require.Equal(t, errPayloadBase64, err)
	for token, want := range map[string]error{
		"": errEmpty, "x": errSegments, "a.b": errSegments, "Bearer x": errBearer, "bearer ": errBearer, "bearer": errSegments, "bearex x": errSegments,
		"a.b.c.d": errSegments, "a.b.c.d.e": errEncrypted, "a.b.c.": errSegments, "a.b.c..": errEncrypted, "a.b.c.d.e.f": errSegments, "a.b.c.d.": errEncrypted,
		"a.b.c.d..": errSegments, "a.b.c.d-e": errSegments, "a.b.c.d/e": errSegments,
	} {
		_, err := split(token, 100, false)
		require.Equal(t, want, err, token)
		_, err = ParseUnverified(token)
		require.Equal(t, want, err, token)
	}
	_, err = ParseUnverified("e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":"x"}`)) + ".")
	require.ErrorIs(t, err, ErrMalformed)
}

func TestLimitsOfSizeAreExact(t *testing.T) {
	long := strings.Repeat("A", maxHeaderSegment)
	_, err := split(long+".e30.", 1<<20, false)
	require.NoError(t, err)
	_, err = split(long+"A.e30.", 1<<20, false)
	require.Equal(t, errHeaderTooLong, err)
	_, err = split("a.b.c", 5, false)
	require.NoError(t, err)
	_, err = split("a.b.c", 4, false)
	require.Equal(t, errTooLong, err)

	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`))
	payload := base64.RawURLEncoding.EncodeToString([]byte(`{"x":"` + strings.Repeat("y", 6+(defaultMaxSize-len(header)-2)/4*3-14) + `"}`))
	token := header + "." + payload + "."
	token += strings.Repeat("A", defaultMaxSize-len(token))
	require.Len(t, token, defaultMaxSize)
	_, err = ParseUnverified(token)
	require.NotEqual(t, errTooLong, err)
	_, err = ParseUnverified(token + "A")
	require.Equal(t, errTooLong, err)
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	_, err = Verify[MapClaims](token, key, []Algorithm{HS256})
	require.ErrorIs(t, err, ErrInvalidSignature)
	_, err = Verify[MapClaims](token+"A", key, []Algorithm{HS256})
	require.Equal(t, errTooLong, err)
}

func TestPaddingIsRefusedUnlessAllowed(t *testing.T) {
	seg, err := split("e30=.YQ==.AAA=", 100, false)
	require.NoError(t, err)
	require.Equal(t, segments{"e30=", "YQ==", "AAA=", "e30=.YQ=="}, seg)
	seg, err = split("e30=.YQ==.AAA=", 100, true)
	require.NoError(t, err)
	require.Equal(t, segments{"e30", "YQ", "AAA", "e30=.YQ=="}, seg)
}

// What goes back into the pool is small, and keeps no key alive.
func TestLargeBuffersAreNotKept(t *testing.T) {
	for size, kept := range map[int]bool{maxScratch: true, maxScratch + 1: false} {
		s := &scratch{buf: make([]byte, size), json: make([]byte, size), keys: []*checkedKey{{}}}
		keys := s.keys
		s.release()
		require.Equal(t, kept, s.buf != nil)
		require.Equal(t, kept, s.json != nil)
		require.Empty(t, s.keys)
		require.Nil(t, keys[0])
	}
}

func TestDatesAtTheEdges(t *testing.T) {
	for raw, want := range map[string]int64{"0": 0, "9": 9, "10": 10, "99999999999": 99999999999, "12345678901": 12345678901} {
		seconds, ok := plainSeconds(raw)
		require.True(t, ok)
		require.Equal(t, want, seconds)
	}
	for _, raw := range []string{"-1", "1.5", "1e3", "1:", "1/", "100000000000"} {
		_, ok := plainSeconds(raw)
		require.False(t, ok, raw)
	}
	for raw, want := range map[string]bool{
		"253402300799": true, "253402300799.999999999": true, "253402300800": false, "-62135596799": true, "-62135596799.000000001": false,
		"-62135596800": false, "1e9223372036854775807": false, "1e9223372036854775806": false, "1.111111e-9223372036854775808": true, "1e64": false,
		"1e30": false, "2534023007990": false,
		"184467441e11": false, "202914185e12": false, // an int64 that overflows makes dates of them
	} {
		_, ok := parseDate(raw)
		require.Equal(t, want, ok, raw)
	}
}

func TestOptionsAtTheEdges(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	verifier := func(opts ...VerifyOption) error {
		_, err := NewVerifier[MapClaims](key, []Algorithm{HS256}, opts...)
		return err
	}
	require.NoError(t, verifier(WithLeeway(time.Hour), WithMaxSize(1)))
	require.ErrorIs(t, verifier(WithLeeway(time.Hour+1)), ErrInvalidOption)
	require.ErrorIs(t, verifier(WithMaxSize(0)), ErrInvalidOption)
	for _, option := range []VerifyOption{
		WithType("caf\u00e9"), WithType("\xff"), WithIssuer("a", "\xff"), WithAudience("\xff"), WithSubject("\xff"), WithRequiredClaims("\xff"),
	} {
		require.ErrorIs(t, verifier(option), ErrInvalidOption)
	}
	_, err = NewSigner(key, HS256, WithType("caf\u00e9"))
	require.ErrorIs(t, err, ErrInvalidOption)
	_, err = NewSigner(key, HS256, WithHeader("\xff", 1))
	require.ErrorIs(t, err, ErrInvalidOption)
	require.ErrorIs(t, verifier((*sharedOpt)(nil)), ErrInvalidOption)
	require.ErrorIs(t, verifier((*verifyOpt)(nil)), ErrInvalidOption)
	_, err = NewSigner(key, HS256, (*sharedOpt)(nil))
	require.ErrorIs(t, err, ErrInvalidOption)
	_, err = NewSigner(key, HS256, WithHeader("x", 1), WithHeader("x", 1))
	require.ErrorIs(t, err, ErrInvalidOption)
	require.ErrorContains(t, err, "is given twice")
	_, err = NewSigner(key, HS256, WithHeader("x", 1), WithHeader("y", 1))
	require.NoError(t, err)

	names := []string{"a"}
	option := WithIssuer(names...)
	names[0] = "b"
	v, err := NewVerifier[MapClaims](key, []Algorithm{HS256}, option)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, v.p.issuers)
}

func TestKidOfASingleKey(t *testing.T) {
	s := &schemes[EdDSA]
	for _, row := range []struct {
		own, token string
		want       bool
	}{{"", "", true}, {"a", "", true}, {"", "a", true}, {"a", "a", true}, {"a", "b", false}} {
		p := keyring{key: &checkedKey{kind: kindEd25519, ops: opAll, kid: row.own}}
		require.Equal(t, row.want, len(p.candidates(nil, s, row.token)) == 1, row)
		require.Empty(t, p.candidates(nil, &schemes[RS256], row.token))
	}
	p := keyring{key: &checkedKey{}}
	require.NoError(t, p.checkCandidates(maxCandidates, s, ""))
	require.ErrorContains(t, p.checkCandidates(maxCandidates+1, s, ""), "must have a kid")
	require.ErrorContains(t, p.checkCandidates(0, s, ""), "has no kid; keys: 1")
	require.ErrorContains(t, p.checkCandidates(0, s, "x"), `with kid "x"; keys: 1`)
}

func TestSignaturesThatAreTooLongAreNotLookedAt(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	v, err := NewVerifier[MapClaims](key, []Algorithm{HS256})
	require.NoError(t, err)
	for n, decoded := range map[int]bool{maxSignature: true, maxSignature + 1: false} {
		s := new(scratch)
		seg := segments{schemes[HS256].header, "e30", base64.RawURLEncoding.EncodeToString(make([]byte, n)), schemes[HS256].header + ".e30"}
		_, _, err := v.p.authenticate(t.Context(), s, &seg)
		require.Equal(t, errSignature, err)
		require.Equal(t, decoded, len(s.buf) == n)
	}
	// What is decoded before the bad character is the signature.
	token, err := Sign(MapClaims{}, key, HS256)
	require.NoError(t, err)
	for _, tail := range []string{"!", "=", "A", "AA"} {
		_, err = v.Verify(token + tail)
		require.ErrorIs(t, err, ErrInvalidSignature)
	}
}

func TestTypesOfTokens(t *testing.T) {
	for typ, want := range map[string]string{
		"": "", "JWT": "JWT", "application/": "application/", "application/x": "x", "APPLICATION/x": "x", "application/a/b": "application/a/b", "applicatiox/x": "applicatiox/x", "application//": "application//",
		"text/at+jwt": "text/at+jwt", "application-at+jwt": "application-at+jwt",
	} {
		require.Equal(t, want, mediaType(typ), typ)
	}
	require.True(t, isASCII("a\x7f"))
	require.False(t, isASCII("a\u0080"))
	p := policy{verifyConfig: verifyConfig{typ: "x"}}
	var e *ClaimError
	require.ErrorAs(t, p.checkType(""), &e)
	require.Nil(t, e.Got)
	require.ErrorAs(t, p.checkType("y"), &e)
	require.Equal(t, "y", e.Got)
}

// The list that the audience and the lists of the claims share starts with nothing in it.
func TestAudienceOfAToken(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	token, err := Sign(MapClaims{"aud": []string{"a", "b"}, "r": []string{"c"}}, key, HS256)
	require.NoError(t, err)
	tok, err := Verify[struct{ R []string }](token, key, []Algorithm{HS256}, AllowAnyAudience())
	require.NoError(t, err)
	require.Equal(t, Audience{"a", "b"}, tok.Audience)
	token, err = Sign(json.RawMessage(`{"aud":[5]}`), key, HS256)
	require.Error(t, err)
	require.Empty(t, token)
}
