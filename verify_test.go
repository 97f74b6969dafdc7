package jwt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

// TestProbes are the questions that other libraries answer in different ways.
func TestProbes(t *testing.T) {
	const typ = `{"alg":"HS256","typ":"JWT"}`
	good := token(`{"sub":"a"}`)
	sig := good[strings.LastIndex(good, ".")+1:]
	input := good[:strings.LastIndex(good, ".")]
	withLast := func(s string, c byte) string { return s[:len(s)-1] + string(c) }
	malformed, claims := jwt.ErrMalformed, jwt.ErrInvalidClaims
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"baseline", good, nil},
		{"duplicate payload member", token(`{"sub":"a","sub":"b"}`), malformed},
		{"duplicate nested member", token(`{"x":[{"a":1,"\u0061":2}]}`), malformed},
		{"duplicate header member alg", signed(`{"alg":"HS256","alg":"HS256"}`, `{}`), malformed},
		{"duplicate header alg none first", signed(`{"alg":"none","alg":"HS256"}`, `{}`), malformed},
		{"payload SUB", token(`{"SUB":"a"}`), nil},
		{"exp future then EXP past", token(`{"exp":99999999999,"EXP":1}`), nil},
		{"exp past then EXP future", token(`{"exp":1,"EXP":99999999999}`), jwt.ErrExpired},
		{"header ALG", signed(`{"ALG":"HS256"}`, `{}`), malformed},
		{"signature with trailing bits", withLast(good, sig[len(sig)-1]+1), jwt.ErrInvalidSignature},
		{"payload with trailing bits, signed so", seal(forge.Encode(typ) + ".e31"), malformed},
		{"signature and newline", good + "\n", jwt.ErrInvalidSignature},
		{"newline in signature", input + "." + sig[:9] + "\n" + sig[9:], jwt.ErrInvalidSignature},
		{"newline in payload, signed so", seal(forge.Encode(typ) + ".e\n30"), malformed},
		{"padded signature", good + "=", jwt.ErrInvalidSignature},
		{"leading space", " " + good, malformed},
		{"trailing space", good + " ", jwt.ErrInvalidSignature},
		{"fourth segment", good + ".x", malformed},
		{"five segments", good + ".x.y", malformed},
		{"two segments", input, malformed},
		{"one segment", "x", malformed},
		{"empty", "", malformed},
		{"crit", signed(`{"alg":"HS256","crit":["foo"],"foo":1}`, `{}`), malformed},
		{"crit empty", signed(`{"alg":"HS256","crit":[]}`, `{}`), malformed},
		{"crit kid", signed(`{"alg":"HS256","crit":["kid"],"kid":"1"}`, `{}`), malformed},
		{"crit not an array", signed(`{"alg":"HS256","crit":"x"}`, `{}`), malformed},
		{"b64 false", signed(`{"alg":"HS256","b64":false}`, `{}`), malformed},
		{"b64 true", signed(`{"alg":"HS256","b64":true}`, `{}`), malformed},
		{"alg none", signed(`{"alg":"none"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg nOnE", signed(`{"alg":"nOnE"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg hs256", signed(`{"alg":"hs256"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg HS512 over an HS256 signature", signed(`{"alg":"HS512"}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"alg empty", signed(`{"alg":""}`, `{}`), jwt.ErrAlgorithmNotAllowed},
		{"no alg", signed(`{}`, `{}`), malformed},
		{"alg not a string", signed(`{"alg":["HS256"]}`, `{}`), malformed},
		{"exp as text", token(`{"exp":"99999999999"}`), malformed},
		{"exp abc", token(`{"exp":"abc"}`), malformed},
		{"exp RFC 3339", token(`{"exp":"2036-01-01T00:00:00Z"}`), malformed},
		{"exp null", token(`{"exp":null}`), malformed},
		{"exp true", token(`{"exp":true}`), malformed},
		{"exp []", token(`{"exp":[]}`), malformed},
		{"exp 0", token(`{"exp":0}`), jwt.ErrExpired},
		{"exp -1", token(`{"exp":-1}`), jwt.ErrExpired},
		{"exp past", token(`{"exp":1700000000}`), jwt.ErrExpired},
		{"exp 1e10", token(`{"exp":1e10}`), nil},
		{"exp 1e300", token(`{"exp":1e300}`), malformed},
		{"exp 1e400", token(`{"exp":1e400}`), malformed},
		{"exp fraction, future", token(`{"exp":9999999999.25}`), nil},
		{"exp fraction, past", token(`{"exp":1528560773.5386891}`), jwt.ErrExpired},
		{"nbf 1e300", token(`{"nbf":1e300}`), malformed},
		{"nbf MaxInt64", token(`{"nbf":9223372036854775807}`), malformed},
		{"nbf far future", token(`{"nbf":99999999999}`), jwt.ErrNotYetValid},
		{"nbf as text", token(`{"nbf":"1"}`), malformed},
		{"iat future", token(`{"iat":99999999999}`), jwt.ErrNotYetValid},
		{"payload []", token(`[]`), malformed},
		{"payload null", token(`null`), malformed},
		{"payload text", token(`"str"`), malformed},
		{"payload empty", token(``), malformed},
		{"payload with trailing garbage", token(`{} x`), malformed},
		{"payload of two objects", token(`{}{}`), malformed},
		{"payload invalid UTF-8", token("{\"a\":\"\xff\"}"), malformed},
		{"payload lone surrogate", token(`{"a":"\ud800"}`), malformed},
		{"header with trailing garbage", signed(`{"alg":"HS256"} x`, `{}`), malformed},
		{"header with spaces", signed(` { "alg" : "HS256" } `, `{}`), nil},
		{"header kid", signed(`{"alg":"HS256","kid":"1"}`, `{}`), nil},
		{"header kid number", signed(`{"alg":"HS256","kid":1}`, `{}`), malformed},
		{"typ at+jwt", signed(`{"alg":"HS256","typ":"at+jwt"}`, `{}`), nil},
		{"typ number", signed(`{"alg":"HS256","typ":1}`, `{}`), malformed},
		{"cty null", signed(`{"alg":"HS256","cty":null}`, `{}`), malformed},
		{"extra header member", signed(`{"alg":"HS256","x":{"y":1}}`, `{}`), nil},
		{"sub number", token(`{"sub":1}`), malformed},
		{"aud number", token(`{"aud":1}`), malformed},
		{"aud mixed", token(`{"aud":[1,"x"]}`), malformed},
		{"aud null", token(`{"aud":null}`), malformed},
		{"aud without a policy", token(`{"aud":"x"}`), jwt.ErrInvalidAudience},
		{"aud [] without a policy", token(`{"aud":[]}`), jwt.ErrInvalidAudience},
		{"big integer", token(`{"n":123456789012345678901234567890}`), nil},
		{"1 MB payload", token(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`), malformed},
		{"65 levels", token(strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65)), malformed},
		{"64 levels", token(strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)), nil},
		{"20000 levels", token(`{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}"), malformed},
		{"Bearer prefix", "Bearer " + good, malformed},
		{"header over 16 KiB", signed(`{"alg":"HS256","x":"`+strings.Repeat("x", 13000)+`"}`, `{}`), malformed},
		{"required claim null", token(`{"must":null}`), claims},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var opts []jwt.VerifyOption
			if tt.want == claims {
				opts = append(opts, jwt.WithRequiredClaims("must"))
			}
			tok, err := verify(t, tt.token, opts...)
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Nil(t, tok)
			require.ErrorIs(t, err, tt.want)
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
			require.True(t, strings.HasPrefix(err.Error(), "jwt: "), err.Error())
			require.LessOrEqual(t, len(err.Error()), 300)
		})
	}
}

func TestMessagesOfWrongForms(t *testing.T) {
	_, err := verify(t, "Bearer "+token(`{}`))
	require.ErrorContains(t, err, `cut that off`)
	_, err = verify(t, "a.b.c.d.e")
	require.ErrorContains(t, err, "encrypted tokens (JWE) are not supported")
	_, err = verify(t, strings.Repeat("a", 70000))
	require.ErrorContains(t, err, "WithMaxSize")
}

func TestForgedAndExpiredIsOnlyForged(t *testing.T) {
	good := token(`{"exp":1,"aud":"x"}`)
	_, err := verify(t, good[:len(good)-10]+"AAAAAAAAAA")
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	for _, other := range []error{jwt.ErrExpired, jwt.ErrInvalidClaims, jwt.ErrMalformed, jwt.ErrInvalidAudience} {
		require.NotErrorIs(t, err, other)
	}
}

func TestPaddedBase64OnlyWhereAllowedAndCanonical(t *testing.T) {
	padded := func(s string) string { return s + strings.Repeat("=", (4-len(s)%4)%4) }
	header, payload := padded(forge.Encode(`{"alg":"HS256"}`)), padded(forge.Encode(`{"a":1}`))
	require.Contains(t, payload, "=")
	sealed := seal(header + "." + payload)
	_, err := verify(t, sealed)
	require.ErrorIs(t, err, jwt.ErrMalformed)
	_, err = verify(t, sealed+"=")
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	_, err = verify(t, sealed+"=", jwt.AllowPaddedBase64())
	require.NoError(t, err)
	_, err = verify(t, token(`{"a":1}`), jwt.AllowPaddedBase64())
	require.NoError(t, err)
	for _, tail := range []string{"==", "===", "=A", " ="} {
		_, err = verify(t, sealed+tail, jwt.AllowPaddedBase64())
		require.ErrorIs(t, err, jwt.ErrInvalidSignature, tail)
	}
}

func TestKeyFunc(t *testing.T) {
	ctx := context.WithValue(context.Background(), ctxKey{}, "yes")
	key := secretKey(t)
	cause := errors.New("boom")
	for _, tt := range []struct {
		name string
		find func() (jwt.KeySource, error)
		want error
		not  error
	}{
		{"a key", func() (jwt.KeySource, error) { return key, nil }, nil, nil},
		{"a set", func() (jwt.KeySource, error) { s, err := jwt.NewKeySet(key); return s, err }, nil, nil},
		{"nothing", func() (jwt.KeySource, error) { return nil, nil }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a typed nil", func() (jwt.KeySource, error) { return (*jwt.PublicKey)(nil), nil }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"not found", func() (jwt.KeySource, error) { return nil, fmt.Errorf("kid: %w", jwt.ErrKeyNotFound) }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a failure", func() (jwt.KeySource, error) { return nil, cause }, jwt.ErrKeysUnavailable, jwt.ErrInvalidToken},
		{"its cause", func() (jwt.KeySource, error) { return nil, cause }, cause, jwt.ErrInvalidToken},
		{"cancelled", func() (jwt.KeySource, error) { return nil, context.Canceled }, context.Canceled, jwt.ErrInvalidToken},
		{"another KeyFunc", func() (jwt.KeySource, error) {
			return jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return key, nil }), nil
		}, jwt.ErrKeysUnavailable, jwt.ErrInvalidKey},
		{"a zero key", func() (jwt.KeySource, error) { return &jwt.SecretKey{}, nil }, jwt.ErrKeysUnavailable, jwt.ErrInvalidToken},
		{"a zero set", func() (jwt.KeySource, error) { return &jwt.KeySet{}, nil }, jwt.ErrInvalidKey, jwt.ErrInvalidToken},
		{"an empty set", func() (jwt.KeySource, error) { return jwt.NewKeySet() }, jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable},
		{"a key with another kid", func() (jwt.KeySource, error) { return jwt.NewSecretKey(testSecret, jwt.WithKeyID("other")) }, jwt.ErrKeyNotFound, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v, err := jwt.NewVerifier[jwt.MapClaims](jwt.KeyFunc(func(got context.Context, h jwt.Header) (jwt.KeySource, error) {
				require.Equal(t, "yes", got.Value(ctxKey{}))
				require.Equal(t, "k1", h.KeyID)
				require.Equal(t, "HS256", h.Algorithm)
				return tt.find()
			}), hs256, atNow())
			require.NoError(t, err)
			_, err = v.VerifyContext(ctx, signed(`{"alg":"HS256","kid":"k1"}`, `{}`))
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.want)
			if tt.not != nil {
				require.NotErrorIs(t, err, tt.not)
			}
			_, err = v.VerifyContext(ctx, signed(`{"alg":"none","kid":"k1"}`, `{}`))
			require.ErrorIs(t, err, jwt.ErrAlgorithmNotAllowed)
		})
	}
}

type ctxKey struct{}

func TestVerifierIsSafeForConcurrentUse(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.RegisteredClaims](secretKey(t), hs256, atNow())
	require.NoError(t, err)
	s, err := jwt.NewSigner(secretKey(t), jwt.HS256, atNow())
	require.NoError(t, err)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for n := range 50 {
				subject := fmt.Sprint(i, n)
				raw, err := s.Sign(jwt.RegisteredClaims{Subject: subject})
				if err != nil {
					t.Error(err)
				}
				if tok, err := v.Verify(raw); err != nil || tok.Subject != subject || tok.Claims.Subject != subject {
					t.Error(tok, err)
				}
				if _, err := v.Verify(raw[:len(raw)-43] + strings.Repeat("A", 43)); !errors.Is(err, jwt.ErrInvalidSignature) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// TestTooManyKeysWithoutKid: of sixteen keys all are tried, of seventeen none.
func TestTooManyKeysWithoutKid(t *testing.T) {
	for _, n := range []int{16, 17} {
		var keys []jwt.VerificationKey
		for i := range n - 1 {
			key, err := jwt.NewSecretKey([]byte(strings.Repeat(strconv.Itoa(i%10), 40+i)), jwt.WithKeyID(strconv.Itoa(i)))
			require.NoError(t, err)
			keys = append(keys, key)
		}
		set, err := jwt.NewKeySet(append(keys, secretKey(t, jwt.WithKeyID("last")))...)
		require.NoError(t, err)
		v, err := jwt.NewVerifier[jwt.MapClaims](set, hs256)
		require.NoError(t, err)
		require.Contains(t, v.String(), "a set of "+strconv.Itoa(n)+" keys")
		tok, err := v.Verify(token(`{}`))
		if n == 16 {
			require.NoError(t, err)
			require.Equal(t, "last", tok.KeyID)
			require.Empty(t, tok.Header.KeyID)
		} else {
			require.ErrorIs(t, err, jwt.ErrKeyNotFound)
			require.ErrorContains(t, err, "must have a kid")
		}
		tok, err = v.Verify(signed(`{"alg":"HS256","kid":"last"}`, `{}`))
		require.NoError(t, err)
		require.Equal(t, "last", tok.KeyID)
	}
}

// TestLongTokensAreReadInPieces: a payload of any length is the one that was signed, and
// its faults are found wherever they are.
func TestLongTokensAreReadInPieces(t *testing.T) {
	s, err := jwt.NewSigner(secretKey(t), jwt.HS256)
	require.NoError(t, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.WithMaxSize(32<<20))
	require.NoError(t, err)
	for _, n := range []int{1, 12_000, 12_280, 12_281, 12_282, 12_283, 12_284, 12_285, 12_290, 24_576, 100_000, 1 << 20} {
		text := strings.Repeat("abcdefg", n/7+1)[:n]
		raw, err := s.Sign(map[string]string{"x": text})
		require.NoError(t, err)
		tok, err := v.Verify(raw)
		require.NoError(t, err)
		require.Equal(t, text, tok.Claims["x"])
		require.Equal(t, `{"x":"`+text+`"}`, tok.Payload)
	}
	header := forge.Encode(`{"alg":"HS256"}`)
	long := forge.Encode(`{"x":"` + strings.Repeat("y", 60_000) + `"}`)
	for name, payload := range map[string]string{
		"a length that no text has": long + strings.Repeat("A", (5-len(long)%4)%4),
		"bad at the start":          "!" + long[1:],
		"bad in the middle":         long[:40_000] + "+" + long[40_001:],
		"bad at the end":            long[:len(long)-1] + "=",
		"a break between pieces":    long[:16<<10] + "\n" + long[16<<10:],
		"stray bits at the end":     forge.Encode(strings.Repeat("y", 30_001)) + "B",
	} {
		_, err := v.Verify(seal(header + "." + payload))
		require.ErrorIs(t, err, jwt.ErrMalformed, name)
	}
}

// TestDecodeIsLikeVerify: a payload decodes into a type as a verification into that type does, or
// fails like it.
func TestDecodeIsLikeVerify(t *testing.T) {
	for _, payload := range []string{
		`{"iss":"i","sub":"s","aud":["a","b"],"exp":99999999999,"name":"n","role":"r"}`, `{}`, `{"sub":7}`, `{"name":5,"role":"r"}`, `{"role":""}`, `{"aud":[]}`,
	} {
		likeVerify[jwt.RegisteredClaims](t, payload)
		likeVerify[jwt.MapClaims](t, payload)
		likeVerify[any](t, payload)
		likeVerify[json.RawMessage](t, payload)
		likeVerify[byValue](t, payload)
		likeVerify[*byValue](t, payload)
		likeVerify[byPointer](t, payload)
		likeVerify[without](t, payload)
		likeVerify[unmarshaling](t, payload)
		likeVerify[picky](t, payload)
		likeVerify[*picky](t, payload)
		likeVerify[pickyPointer](t, payload)
	}
	for name := range foreignCauses { // of Validate and UnmarshalJSON
		likeVerify[validateFails](t, `{"Cause":"`+name+`"}`)
		likeVerify[unmarshalFails](t, `{"Cause":"`+name+`"}`)
	}
}

func likeVerify[T any](t *testing.T, payload string) {
	t.Helper()
	opts := []jwt.VerifyOption{jwt.AllowAnyAudience(), jwt.AllowNumericSubject(), atNow()}
	tok, err := jwt.Verify[struct{}](token(payload), secretKey(t), hs256, opts...)
	require.NoError(t, err)
	want, wantErr := jwt.Verify[T](token(payload), secretKey(t), hs256, opts...)
	var before, got T
	err = tok.Decode(&got)
	if wantErr != nil {
		require.EqualError(t, err, wantErr.Error(), payload)
		require.Equal(t, matched(wantErr), matched(err))
		require.Equal(t, before, got, payload)
		return
	}
	require.NoError(t, err, payload)
	require.Equal(t, want.Claims, got, payload)
}

func TestDecodeSetsAFreshValueOrNothing(t *testing.T) {
	tok, err := jwt.Verify[struct{}](token(`{"role":"r","sub":"s"}`), secretKey(t), hs256)
	require.NoError(t, err)
	old := jwt.MapClaims{"old": true}
	claims := old
	require.NoError(t, tok.Decode(&claims))
	require.Equal(t, jwt.MapClaims{"role": "r", "sub": "s"}, claims)
	require.Equal(t, jwt.MapClaims{"old": true}, old)
	kept := &jwt.RegisteredClaims{Issuer: "old", Subject: "old"}
	within := kept
	require.NoError(t, tok.Decode(&within))
	require.Equal(t, &jwt.RegisteredClaims{Subject: "s"}, within)
	require.Equal(t, "old", kept.Issuer)

	type number struct {
		Sub  string `json:"sub"`
		Role int    `json:"role"`
	}
	unfit := number{"old", 1}
	require.ErrorIs(t, tok.Decode(&unfit), jwt.ErrInvalidClaims)
	require.Equal(t, number{"old", 1}, unfit)
}

func TestDecodeRefusesWhatNoVerifierAccepts(t *testing.T) {
	tok, err := jwt.Verify[struct{}](token(`{}`), secretKey(t), hs256)
	require.NoError(t, err)
	for _, dst := range []any{
		nil, struct{}{}, jwt.MapClaims{}, 5, func() {}, (*jwt.MapClaims)(nil), new(chan int), new(int), new(error), new(jwt.Audience), new(jwt.NumericDate),
		new(time.Time), new(legacyClaims), new(twoChecks),
	} {
		err := tok.Decode(dst)
		require.Equal(t, []string{"ErrInvalidOption"}, matched(err), "%T", dst)
	}
	for _, payload := range []string{"", "[]", `{"a":1,"a":2}`, `{"exp":"5"}`, `{"sub":1.5}`} {
		var claims jwt.MapClaims
		require.ErrorIs(t, (&jwt.Token[struct{}]{Payload: payload}).Decode(&claims), jwt.ErrMalformed, payload)
		require.Nil(t, claims)
	}
}

// TestTokenInALog: a token is logged as its identity, by value and by pointer, and what it lacks is
// left out.
func TestTokenInALog(t *testing.T) {
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 {
			return slog.Attr{}
		}
		return a
	}}))
	raw := token(`{"iss":"i","sub":"s","aud":["a","b"],"exp":99999999999,"nbf":1,"iat":1,"jti":"j","email":"susan@example.com"}`)
	tok, err := verify(t, raw, jwt.AllowAnyAudience())
	require.NoError(t, err)
	require.NotContains(t, tok.LogValue().String(), "susan")
	logger.Info("", "token", *tok)
	tok.KeyID = "k"
	logger.Info("", "token", tok)
	logger.Info("", "token", &jwt.Token[jwt.MapClaims]{Payload: "secret", Claims: jwt.MapClaims{"a": "secret"}, Header: jwt.Header{Algorithm: "HS256", KeyID: "named"}})
	const claims = `"iss":"i","sub":"s","aud":["a","b"],"exp":"5138-11-16T09:46:39Z","jti":"j"`
	require.Equal(t, `{"token":{"alg":"HS256",`+claims+"}}\n"+`{"token":{"alg":"HS256","kid":"k",`+claims+"}}\n"+`{"token":{"alg":"HS256"}}`+"\n", log.String())
}
