package jwt

import (
	"context"
	"crypto"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/forge"
)

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
		keys, few := p.candidates(nil, s, row.token)
		require.True(t, few)
		require.Equal(t, row.want, len(keys) == 1, row)
		keys, _ = p.candidates(nil, &schemes[RS256], row.token)
		require.Empty(t, keys)
	}
	p := keyring{key: &checkedKey{kind: kindEd25519, ops: opAll, kid: "a"}}
	const unfit = "reasons: RS256 needs an RSA key of 2048 to 16384 bits, got an Ed25519 key (EdDSA?)"
	require.EqualError(t, p.noKey(&schemes[RS256], ""), "jwt: no key fits: the token uses RS256 and has no kid; keys: 1; "+unfit)
	require.EqualError(t, p.noKey(&schemes[RS256], "a"), `jwt: no key fits: the token uses RS256 with kid "a"; keys: 1; `+unfit)
	require.EqualError(t, p.noKey(s, "x"), `jwt: no key fits: the token uses EdDSA with kid "x"; keys: 1; reasons: the key has the kid "a"`)
}

func TestSignaturesThatAreTooLongAreNotLookedAt(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	v, err := NewVerifier[MapClaims](key, []Algorithm{HS256})
	require.NoError(t, err)
	for n, want := range map[int]error{maxSignature: errSignature, maxSignature + 1: errSignatureTooLong} {
		s := new(scratch)
		seg := segments{schemes[HS256].usual.segment, "e30", base64.RawURLEncoding.EncodeToString(make([]byte, n)), schemes[HS256].usual.segment + ".e30"}
		_, _, err := v.p.authenticate(t.Context(), s, &seg)
		require.Equal(t, want, err)
		require.Equal(t, want == errSignature, len(s.buf) == n, "it is decoded")
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

// TestHoldsAgreesWithExplain verifies random claims by random policies. What holds says yes to,
// explain finds nothing wrong with; what it says no to has a fault, or is for explain alone.
func TestHoldsAgreesWithExplain(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	now := time.Unix(1_700_000_000, 0)
	random := rand.New(rand.NewPCG(1, 2))
	few := func(prefix string, n int) (names []string) {
		for len(names) < n {
			names = append(names, prefix+itoa(len(names)))
		}
		return names
	}
	options := []func() VerifyOption{
		func() VerifyOption { return WithIssuer(few("i", 1+random.IntN(2))...) },
		func() VerifyOption { return WithAudience(few("a", 1+random.IntN(2*fewAudiences))...) },
		func() VerifyOption { return WithSubject("s0") },
		func() VerifyOption { return WithRequiredClaims("jti", "exp", "x") },
		func() VerifyOption { return WithRequiredClaims("nbf", "aud") },
		func() VerifyOption { return WithLeeway(2 * time.Second) },
		AllowAnyAudience, AllowExpired,
		func() VerifyOption { return WithMaxAge(2 * time.Second) },
	}
	seconds := func() int64 { return now.Unix() + int64(random.IntN(9)) - 4 + int64(random.IntN(8)/7*60) }
	yes, no := 0, 0
	for range 20000 {
		opts := []VerifyOption{WithClock(func() time.Time { return now })}
		for _, i := range random.Perm(len(options))[:random.IntN(4)] {
			opts = append(opts, options[i]())
		}
		v, err := NewVerifier[MapClaims](key, []Algorithm{HS256}, opts...)
		if err != nil {
			continue // contradictory
		}
		payload := MapClaims{}
		for name, value := range map[string]any{
			"iss": "i" + itoa(random.IntN(2)), "sub": "s" + itoa(random.IntN(2)), "aud": few("a", 1+random.IntN(20)), "x": 1, "jti": "",
			"exp": seconds() + 3, "nbf": seconds() - 3, "iat": seconds() - 2,
		} {
			if random.IntN(3) > 0 {
				payload[name] = value
			}
		}
		if random.IntN(2) == 0 && payload["aud"] != nil {
			payload["aud"] = "a" + itoa(random.IntN(20))
		}
		text, _, err := plans.Append(nil, payload)
		require.NoError(t, err)
		var w scratch
		var c RegisteredClaims
		index := payloadIndex{text: string(text)}
		require.NoError(t, index.scan(&w.scanner, &c, textSubject, ErrMalformed))
		wrong := v.p.explain(&c, &index, now)
		if v.p.holds(&c, &index, now) {
			require.NoError(t, wrong, "%s: %s", v, text)
			yes++
		} else if wrong == nil {
			slack := c.IssuedAt.After(now.Add(v.p.leeway)) && !c.IssuedAt.After(now.Add(v.p.leeway+issuedAtSlack))
			require.True(t, v.p.special || slack, "%s: %s", v, text)
		} else {
			no++
		}
		require.Equal(t, wrong, v.p.check(&c, &index))
		if v.p.audiences != nil {
			naive := slices.ContainsFunc(c.Audience, func(name string) bool { return slices.Contains(v.p.audiences, name) })
			require.Equal(t, naive, v.p.isAudience(c.Audience))
		}
	}
	require.Greater(t, min(yes, no), 2000)
}

// FuzzKnownHeader verifies tokens with any header by verifiers to which it is new, and by others to
// which it is known: the results are the same, for a good signature and for a wrong one.
func FuzzKnownHeader(f *testing.F) {
	for _, header := range []string{
		`{"alg":"HS256","typ":"JWT"}`, `{"typ":"JWT","alg":"HS256"}`, `{"alg":"HS256"}`, `{"alg":"HS256","kid":"a","typ":"JWT"}`,
		`{"alg":"HS256","kid":"b"}`, `{"alg":"HS256","kid":"both"}`, `{"alg":"HS256","kid":"x"}`, `{"kid":"\u0061","alg":"HS384"}`,
		` { "alg" : "HS256" , "x" : [1] } `, `{"alg":"HS256","typ":"other"}`, `{"alg":"none"}`, `{"alg":"HS256","crit":[]}`, `{"alg":"HS256","kid":5}`, `{}`, ``,
		`{"alg":"HS256","x":"` + strings.Repeat("x", maxKnownHeader) + `"}`,
	} {
		f.Add(header)
	}
	secret := make([]byte, 64)
	newKey := func(secret []byte, kid string) *SecretKey {
		var opts []KeyOption
		if kid != "" {
			opts = append(opts, WithKeyID(kid))
		}
		key, err := NewSecretKey(secret, opts...)
		require.NoError(f, err)
		return key
	}
	other := []byte(strings.Repeat("o", 64))
	set, err := NewKeySet(newKey(secret, "a"), newKey(other, "b"), newKey(secret, "both"), newKey(other, "both"), newKey(secret, ""))
	require.NoError(f, err)
	sources := []KeySource{newKey(secret, ""), newKey(secret, "a"), set, KeyFunc(func(context.Context, Header) (KeySource, error) { return set, nil })}
	f.Fuzz(func(t *testing.T, header string) {
		for _, source := range sources {
			newVerifier := func() *Verifier[MapClaims] {
				v, err := NewVerifier[MapClaims](source, []Algorithm{HS384, HS256}, WithType("JWT"))
				require.NoError(t, err)
				return v
			}
			old := newVerifier()
			for _, hash := range []crypto.Hash{crypto.SHA256, crypto.SHA384} {
				token, another := forge.Token(header, `{"a":1}`, forge.HMAC(hash, secret)), forge.Token(header, `{}`, forge.HMAC(hash, other))
				for _, token := range []string{token, another, token[:len(token)-2] + "AA", token + "=", token} {
					want, wantErr := newVerifier().Verify(token)
					for range 3 {
						got, err := old.Verify(token)
						require.Equal(t, want, got)
						require.Equal(t, wantErr, err)
					}
				}
			}
		}
	})
}

// TestHeadersBecomeKnownByGoodSignaturesAlone, from the second on, so that nobody without a key can
// fill the list and a verifier for one token makes none.
func TestHeadersBecomeKnownByGoodSignaturesAlone(t *testing.T) {
	secret := make([]byte, 64)
	key, err := NewSecretKey(secret)
	require.NoError(t, err)
	v, err := NewVerifier[MapClaims](key, []Algorithm{HS256})
	require.NoError(t, err)
	verify := func(header string, sign forge.Sign) { _, _ = v.Verify(forge.Token(header, `{}`, sign)) }
	known := func(header string) *knownHeader { return v.p.known.find(forge.Encode(header)) }
	good, wrong := forge.HMAC(crypto.SHA256, secret), forge.HMAC(crypto.SHA256, append(secret, 1))

	const usual, long = `{"alg":"HS256"}`, `{"alg":"HS256","kid":"a"}`
	for range 3 {
		verify(usual, wrong)
	}
	verify(usual, good)
	require.Nil(t, known(usual))
	verify(usual, good)
	require.Same(t, key.checkedKey(), known(usual).key)
	verify(long, wrong)
	require.Nil(t, known(long))

	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2 * maxKnownHeaders {
				verify(`{"alg":"HS256","kid":"`+itoa(i)+`"}`, good)
			}
		})
	}
	wg.Wait()
	verify(`{"alg":"HS256","kid":"new"}`, good)
	require.Len(t, *v.p.known.others.Load(), maxKnownHeaders-1)
	require.Nil(t, known(`{"alg":"HS256","kid":"new"}`))
	require.NotNil(t, known(usual), "the first stay")

	v, err = NewVerifier[MapClaims](key, []Algorithm{HS256})
	require.NoError(t, err)
	verify(usual, good)
	for size, keep := range map[int]bool{maxKnownHeader / 4 * 3: true, maxKnownHeader/4*3 + 1: false} {
		text := `{"alg":"HS256","x":"` + strings.Repeat("x", size-22) + `"}`
		require.Len(t, text, size)
		verify(text, good)
		require.Equal(t, keep, known(text) != nil)
	}
}

// TestKnownHeadersThatAreReadDoNotChange, since others read them at the same time.
func TestKnownHeadersThatAreReadDoNotChange(t *testing.T) {
	var known knownHeaders
	for _, segment := range []string{"used", "first", "second"} {
		known.add(&Header{segment: segment}, nil, nil)
	}
	others := *known.others.Load()
	known.add(&Header{segment: "third"}, nil, nil)
	require.Len(t, others, 1)
	require.Len(t, *known.others.Load(), 2)
}

// TestAKnownHeaderDoesNotKeepTheKeyOfAKeyFunc, which may withdraw it at any time.
func TestAKnownHeaderDoesNotKeepTheKeyOfAKeyFunc(t *testing.T) {
	secret := make([]byte, 64)
	key, err := NewSecretKey(secret)
	require.NoError(t, err)
	next, err := NewSecretKey([]byte(strings.Repeat("n", 64)))
	require.NoError(t, err)
	current := key
	v, err := NewVerifier[MapClaims](KeyFunc(func(context.Context, Header) (KeySource, error) { return current, nil }), []Algorithm{HS256})
	require.NoError(t, err)
	token := forge.Token(`{"alg":"HS256"}`, `{}`, forge.HMAC(crypto.SHA256, secret))
	for range 3 {
		_, err = v.Verify(token)
		require.NoError(t, err)
	}
	require.NotNil(t, v.p.known.find(forge.Encode(`{"alg":"HS256"}`)))
	require.Nil(t, v.p.known.others.Load(), "it is known once")
	current = next
	_, err = v.Verify(token)
	require.ErrorIs(t, err, ErrInvalidSignature)
}
