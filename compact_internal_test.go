package jwt

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func FuzzUsualHeader(f *testing.F) {
	for _, text := range []string{
		`{"alg":"HS256"}`, `{"alg":"RS256","typ":"JWT","kid":"k1"}`, `{"typ":"at+jwt","alg":"ES256","kid":""}`, `{"alg":"a","alg":"b"}`,
		`{"kid":"\u0061","alg":"HS256"}`, `{"alg":"HS256","typ":"JWT",}`, `{"alg":""}`, `{"alg":"HS256"} `, `{"alg":"é"}`, `{"typ":"JWT"}`,
		`{"alg":1}`, `{,"alg":"HS256"}`, `{"alg":"HS256","cty":"JWT"}`, `{"alg":"HS256"`, ``, `{`, `{"alg":"x` + "\x7f" + `"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var usual, any Header
		if !usual.readUsual(text) {
			return
		}
		s := getScratch()
		defer s.release()
		require.NoError(t, any.readAny(&s.scanner, string(text)))
		require.Equal(t, any, usual)
	})
}

func TestUsualHeaderIsUsed(t *testing.T) {
	for text, want := range map[string]Header{
		`{"alg":"HS256","typ":"JWT"}`:             {Algorithm: "HS256", Type: "JWT"},
		`{"typ":"JWT","alg":"ES256","kid":"k 1"}`: {Algorithm: "ES256", Type: "JWT", KeyID: "k 1"},
		`{"alg":"RS256","kid":"","typ":"other"}`:  {Algorithm: "RS256", Type: "other"},
	} {
		var got Header
		require.True(t, got.readUsual([]byte(text)), text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{`{"alg":"HS256","typ":"JWT","x":"y"}`, `{ "alg":"HS256"}`, `{"alg":"HS\u0032"}`, `{}`} {
		require.False(t, new(Header).readUsual([]byte(text)), text)
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

// TestSignaturesThatAreNoBase64URL: the error says what is wrong with the text, and blames neither
// the content nor the key. In front of the fault is the right signature.
func TestSignaturesThatAreNoBase64URL(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	strict, err := NewVerifier[MapClaims](key, []Algorithm{HS256})
	require.NoError(t, err)
	padded, err := NewVerifier[MapClaims](key, []Algorithm{HS256}, AllowPaddedBase64())
	require.NoError(t, err)
	token, err := Sign(MapClaims{}, key, HS256)
	require.NoError(t, err)
	text := func(f *failure) string { return "jwt: " + f.text }
	for _, row := range []struct {
		token          string
		strict, padded *failure
	}{
		{token + "\n", errSignatureSpace, errSignatureSpace},
		{token + "\r\n", errSignatureSpace, errSignatureSpace},
		{token + " ", errSignatureSpace, errSignatureSpace},
		{token + "=\t", errSignatureSpace, errSignatureSpace},
		{token + "=", errSignaturePadded, nil},
		{token + "==", errSignatureEquals, errSignatureEquals},
		{token + "A=", errSignatureEquals, errSignatureEquals},
		{token[:len(token)-1] + "B=", errSignatureEquals, errSignatureEnd},
		{token[:len(token)-1] + "+", errSignatureBase64, errSignatureBase64},
		{token[:len(token)-9] + "/" + token[len(token)-8:], errSignatureBase64, errSignatureBase64},
		{token[:len(token)-9] + " " + token[len(token)-8:], errSignatureText, errSignatureText},
		{token + "!", errSignatureText, errSignatureText},
		{token + "é", errSignatureText, errSignatureText},
		{token + "AA", errSignatureEnd, errSignatureEnd},
		{token[:len(token)-1] + "B", errSignatureEnd, errSignatureEnd},
		{token + strings.Repeat("A", 7000) + "\n", errSignatureTooLong, errSignatureTooLong},
		{token + "A", errSignature, errSignature},
	} {
		for v, want := range map[*Verifier[MapClaims]]*failure{strict: row.strict, padded: row.padded} {
			_, err := v.Verify(row.token)
			if want == nil {
				require.NoError(t, err)
				continue
			}
			require.EqualError(t, err, text(want), "%q", row.token[len(token)-9:min(len(row.token), len(token)+9)])
			require.ErrorIs(t, err, ErrInvalidSignature)
			require.NotErrorIs(t, err, ErrMalformed)
		}
		if row.strict != errSignature {
			_, err = ParseUnverified(row.token)
			require.EqualError(t, err, text(row.strict))
			require.ErrorIs(t, err, ErrMalformed)
			require.NotErrorIs(t, err, ErrInvalidSignature)
		}
	}
}

// TestPaddedSegmentsNameTheOption: but only if it is the answer.
func TestPaddedSegmentsNameTheOption(t *testing.T) {
	w := getScratch()
	defer w.release()
	long := strings.Repeat("AAAA", 5000)
	for segment, want := range map[string]*failure{
		"e30=": errHeaderPadded, "e30==": errHeaderBase64, "e30\n": errHeaderSpace, "\ne30": errHeaderSpace, "\r\n e30": errHeaderSpace, "e3 0": errHeaderSpace, "e31=": errHeaderBase64, "=": errHeaderBase64, "e3===": errHeaderBase64,
	} {
		_, err := w.header(segment)
		require.Equal(t, want, err, segment)
	}
	for segment, want := range map[string]*failure{
		"e30=": errPayloadPadded, "e3==": errPayloadBase64, "e30==": errPayloadBase64,
		long + "e30=": errPayloadPadded, long + "e3==": errPayloadBase64, "!" + long + "AAA": errPayloadBase64, long + "A": errPayloadBase64,
	} {
		_, err := w.payload(segment)
		require.Equal(t, want, err, segment)
	}
}

func TestParamOfAHeaderThatIsNone(t *testing.T) {
	for _, segment := range []string{"", "!", "e30x", "W10"} {
		raw, ok := Header{segment: segment}.Param("alg")
		require.False(t, ok, segment)
		require.Nil(t, raw)
	}
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
		var seg segments
		err := seg.split(token, 100, false)
		require.Equal(t, want, err, token)
		_, err = ParseUnverified(token)
		require.Equal(t, want, err, token)
	}
	_, err = ParseUnverified("e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"exp":"x"}`)) + ".")
	require.ErrorIs(t, err, ErrMalformed)
}

func TestLimitsOfSizeAreExact(t *testing.T) {
	long := strings.Repeat("A", maxHeaderSegment)
	var seg segments
	err := seg.split(long+".e30.", 1<<20, false)
	require.NoError(t, err)
	err = seg.split(long+"A.e30.", 1<<20, false)
	require.Equal(t, errHeaderTooLong, err)
	err = seg.split("a.b.c", 5, false)
	require.NoError(t, err)
	err = seg.split("a.b.c", 4, false)
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

	fill := maxHeaderSegment/4*3 - len(`{"alg":"HS256","typ":"JWT","x":""}`)
	_, err = NewSigner(key, HS256, WithHeader("x", strings.Repeat("y", fill)))
	require.NoError(t, err)
	_, err = NewSigner(key, HS256, WithHeader("x", strings.Repeat("y", fill+1)))
	require.ErrorIs(t, err, ErrInvalidOption)
}

func TestPaddingIsRefusedUnlessAllowed(t *testing.T) {
	var seg segments
	require.NoError(t, seg.split("e30=.YQ==.AAA=", 100, false))
	require.Equal(t, segments{"e30=", "YQ==", "AAA=", "e30=.YQ=="}, seg)
	require.NoError(t, seg.split("e30=.YQ==.AAA=", 100, true))
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
