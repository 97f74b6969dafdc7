package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// forms are the three ways to verify, and what each must decode of the standard token.
var forms = []struct {
	name   string
	verify verifyFunc
	want   claims
}{
	{"struct", library.Verify, standard},
	{"registered", library.VerifyRegistered, standard.registered()},
	{"map", library.VerifyMap, standard},
}

var algorithms = map[string]func() setup{"HS256": hs256, "RS256": rs256, "ES256": es256, "EdDSA": eddsa}

// eachLibrary runs a test for every library and algorithm, and makes sure that nearly
// all of them take part.
func eachLibrary(t *testing.T, check func(*testing.T, *entry, library, setup)) {
	for alg, set := range algorithms {
		s, without := set(), 0
		for i := range entries {
			e := &entries[i]
			l, err := e.new(s)
			if errors.Is(err, errUnsupported) {
				without++
				continue
			}
			require.NoError(t, err, "%s %s", e.name, alg)
			t.Run(alg+"/"+e.name, func(t *testing.T) { check(t, e, l, s) })
		}
		want := 0
		if alg == "EdDSA" {
			want = 1 // tink
		}
		require.Equal(t, want, without, "libraries without %s", alg)
	}
}

func TestStandardTokenHasTheLengthOfTheTargets(t *testing.T) {
	token := hs256().token()
	require.Len(t, token, 399)
	require.Len(t, must(json.Marshal(standard)), 238)
	require.JSONEq(t, `{"alg":"HS256","typ":"JWT"}`, string(must(base64.RawURLEncoding.DecodeString(token[:strings.IndexByte(token, '.')]))))
}

func TestSameWorkSign(t *testing.T) {
	eachLibrary(t, func(t *testing.T, e *entry, l library, s setup) {
		token, err := l.Sign()
		require.NoError(t, err)

		raw := must(newRaw(s))
		_, err = raw.Verify(token)
		require.NoError(t, err, "the signature")

		segments := strings.Split(token, ".")
		require.Len(t, segments, 3)
		var head map[string]string
		require.NoError(t, json.Unmarshal(must(base64.RawURLEncoding.DecodeString(segments[0])), &head))
		if e.name != "pascaldekloe" {
			require.Equal(t, "JWT", head["typ"])
			delete(head, "typ")
		}
		require.Equal(t, map[string]string{"alg": s.alg}, head)

		var c claims
		payload := must(base64.RawURLEncoding.DecodeString(segments[1]))
		require.NoError(t, json.Unmarshal(payload, &c))
		require.Equal(t, standard, c)
		var compact bytes.Buffer // tink puts spaces between
		require.NoError(t, json.Compact(&compact, payload))
		require.Equal(t, 238, compact.Len(), "no claim more, and none at greater length: %s", payload)
	})
}

func TestSameWorkVerify(t *testing.T) {
	eachLibrary(t, func(t *testing.T, e *entry, l library, s setup) {
		token := s.token()
		for _, form := range forms {
			decoded, err := form.verify(l, token)
			require.NoError(t, err, form.name)
			if e.kind != limit {
				require.Equal(t, form.want, l.Canon(decoded), form.name)
			}
		}
	})
}

// TestSameWorkRefuse shows that all libraries make all checks: each of these tokens
// differs from a good one in one thing.
func TestSameWorkRefuse(t *testing.T) {
	now := time.Now().Unix()
	bad := map[string]func(*setup, map[string]any) string{
		"expired":        claim("exp", now-1000),
		"no exp":         claim("exp", nil),
		"not yet valid":  claim("nbf", now+1000),
		"other issuer":   claim("iss", "https://issuer.example.org"),
		"no issuer":      claim("iss", nil),
		"other audience": claim("aud", "https://api.example.org"),
		"no audience":    claim("aud", nil),
		"other alg":      func(s *setup, _ map[string]any) string { return s.otherAlg() },
		"alg none":       func(s *setup, m map[string]any) string { return s.sign("none", must(json.Marshal(m))) },
		"other claims": func(s *setup, m map[string]any) string {
			good := s.sign(s.alg, must(json.Marshal(m)))
			m["sub"] = "somebody else"
			other := s.sign(s.alg, must(json.Marshal(m)))
			return other[:strings.LastIndexByte(other, '.')] + good[strings.LastIndexByte(good, '.'):]
		},
	}
	eachLibrary(t, func(t *testing.T, e *entry, l library, s setup) {
		if e.kind == limit { // it only ever looks at the signature
			return
		}
		for name, spoil := range bad {
			token := spoil(&s, claimsMap())
			for _, form := range forms {
				_, err := form.verify(l, token)
				require.Error(t, err, "%s, %s", name, form.name)
			}
		}
		// The same map unspoilt is fine, so that it was the one thing that was refused.
		_, err := l.Verify(s.sign(s.alg, must(json.Marshal(claimsMap()))))
		require.NoError(t, err)
	})
}

func claimsMap() map[string]any {
	var m map[string]any
	must(0, json.Unmarshal(must(json.Marshal(standard)), &m))
	return m
}

// claim spoils one claim, or leaves it out.
func claim(name string, value any) func(*setup, map[string]any) string {
	return func(s *setup, m map[string]any) string {
		m[name] = value
		if value == nil {
			delete(m, name)
		}
		return s.sign(s.alg, must(json.Marshal(m)))
	}
}

// TestRawECDSA covers the numbers with leading zeros and leading ones, which a few
// hundred signatures are certain to have.
func TestRawECDSA(t *testing.T) {
	s := es256()
	raw, other := must(newRaw(s)), must(newGolangJWT(s))
	for range 600 {
		token, err := raw.Sign()
		require.NoError(t, err)
		_, err = other.Verify(token)
		require.NoError(t, err)
		token, err = other.Sign()
		require.NoError(t, err)
		_, err = raw.Verify(token)
		require.NoError(t, err)
	}
}

// TestSameWorkGrowing reads the last claim of tokens of all sizes.
func TestSameWorkGrowing(t *testing.T) {
	s := hs256()
	s.maxSize = 1 << 20
	for _, size := range []int{2_000, 200_000} {
		long, many := stringPayload(size), claimsPayload(size)
		require.Len(t, long, size)
		require.Len(t, many, size)
		var wantLong, wantMany claims
		require.NoError(t, json.Unmarshal(long, &wantLong))
		require.NoError(t, json.Unmarshal(many, &wantMany))
		for _, e := range entries {
			if e.kind == limit {
				continue
			}
			l := must(e.new(s))
			decoded, err := l.Verify(s.sign(s.alg, long))
			require.NoError(t, err, "%s, %d", e.name, size)
			require.Equal(t, wantLong, l.Canon(decoded), "%s, %d", e.name, size)
			decoded, err = l.VerifyMap(s.sign(s.alg, many))
			require.NoError(t, err, "%s, %d", e.name, size)
			require.Equal(t, wantMany, l.Canon(decoded), "%s, %d", e.name, size)
		}
	}
}

// TestSameWorkOfVariants covers the other uses of a library that rows measure: they
// decode the same of a token with a kid, and refuse the same.
func TestSameWorkOfVariants(t *testing.T) {
	for name, make := range map[string]func(setup) (library, error){
		"plain": newOursPlain, "key set": newOursKeySet, "issuers": newOursIssuers, "one-shot": newOneShot, "new key": newOursNewKey, "golang-jwt in call": newGolangJWTInCall,
	} {
		s := hs256kid()
		l, err := make(s)
		require.NoError(t, err, name)
		decoded, err := l.Verify(s.token())
		require.NoError(t, err, name)
		require.Equal(t, standard, l.Canon(decoded), name)
		for _, token := range []string{s.wrongSignature(), s.otherAlg(), claim("exp", 1)(&s, claimsMap()), claim("aud", nil)(&s, claimsMap())} {
			_, err := l.Verify(token)
			require.Error(t, err, name)
		}
	}
}

// TestEveryRowRuns: bad tokens are refused, good ones accepted, by everyone in a row.
func TestEveryRowRuns(t *testing.T) {
	names := map[string]bool{}
	for _, r := range allRows {
		require.False(t, names[r.name], "two rows %s", r.name)
		names[r.name] = true
		variants, err := r.set()
		require.NoError(t, err, r.name)
		kinds := map[kind]int{}
		for _, v := range variants {
			kinds[v.kind]++
			require.NoError(t, v.op(), "%s, %s", r.name, v.name)
		}
		require.Equal(t, 1, kinds[ours], r.name)
		require.Equal(t, 1, kinds[again], r.name)
		require.NotZero(t, kinds[peer]+kinds[limit], r.name)
	}
	for _, e := range entries {
		require.ErrorIs(t, refuse(library.Verify)(must(e.new(hs256())), hs256().token()), errAccepted, "a good token")
	}
}
