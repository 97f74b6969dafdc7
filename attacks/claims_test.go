package attacks_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

// "Expired" was reported together with "signature invalid", and programs looked for the first alone.
func TestCVE_2024_51744_ForgedAndExpired(t *testing.T) {
	for _, payload := range []string{`{"exp":1}`, `{"exp":1,"nbf":99999999999,"aud":"x"}`, `{"exp":"x"}`, `{"exp":`, `[]`, "\xff"} {
		raw := forge.Token(`{"alg":"HS256"}`, payload, keyedWith("not the secret"))
		for _, opts := range [][]jwt.VerifyOption{nil, {jwt.AllowExpired(), jwt.AllowAnyAudience()}} {
			tok, err := verify(t, raw, opts...)
			require.Nil(t, tok)
			require.ErrorIs(t, err, jwt.ErrInvalidSignature, payload)
			for _, other := range []error{jwt.ErrInvalidClaims, jwt.ErrExpired, jwt.ErrNotYetValid, jwt.ErrMalformed} {
				require.NotErrorIs(t, err, other, payload)
			}
		}
	}
}

// An "aud" of another type was read as "", which passed the check.
func TestCVE_2020_26160_AudienceOfAnotherType(t *testing.T) {
	var attacks []attack
	for aud, want := range map[string]error{
		`1`: jwt.ErrMalformed, `null`: jwt.ErrMalformed, `true`: jwt.ErrMalformed, `{}`: jwt.ErrMalformed, `{"api":"api"}`: jwt.ErrMalformed, `[["api"]]`: jwt.ErrMalformed,
		`["api",1]`: jwt.ErrMalformed, `["api",null]`: jwt.ErrMalformed, `[]`: jwt.ErrInvalidAudience, `""`: jwt.ErrInvalidAudience, `[""]`: jwt.ErrInvalidAudience,
		`"ap"`: jwt.ErrInvalidAudience, `"api2"`: jwt.ErrInvalidAudience, `"API"`: jwt.ErrInvalidAudience, `"api,admin"`: jwt.ErrInvalidAudience, `"*"`: jwt.ErrInvalidAudience, `" api"`: jwt.ErrInvalidAudience,
	} {
		attacks = append(attacks, attack{"aud " + aud, token(`{"aud":` + aud + `}`), want})
	}
	attacks = append(attacks, attack{"no aud", token(`{}`), jwt.ErrMissingClaim}, attack{"Aud", token(`{"Aud":"api"}`), jwt.ErrInvalidAudience})
	refuseAll(t, secretKey(t), hs256, token(`{"aud":"api"}`), attacks, jwt.WithAudience("api"))
}

// strangers are tokens for other services, which a verifier without any option must refuse.
func strangers() []attack {
	return []attack{
		{"for another service", token(`{"aud":"billing"}`), jwt.ErrInvalidAudience},
		{"for several", token(`{"aud":["billing","mail"]}`), jwt.ErrInvalidAudience},
		{"for nobody", token(`{"aud":[]}`), jwt.ErrInvalidAudience},
	}
}

// A program that named no audience accepted tokens made for any other.
func TestCVE_2023_22482_TokenForAnotherService(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, token(`{}`), strangers())
}

// A role bound to an audience accepted tokens without one.
func TestCVE_2024_5798_TokenWithoutAudience(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, token(`{"aud":["x","api"]}`), append(strangers(), attack{"none", token(`{}`), jwt.ErrInvalidAudience}), jwt.WithAudience("api"))
}

// A token of any issuer that the keys could verify was accepted.
func TestCVE_2024_5037_TokenOfAnotherIssuer(t *testing.T) {
	refuseAll(t, secretKey(t), hs256, token(`{"iss":"https://a.example"}`), []attack{
		{"another", token(`{"iss":"https://b.example"}`), jwt.ErrInvalidIssuer},
		{"none", token(`{}`), jwt.ErrInvalidIssuer},
		{"empty", token(`{"iss":""}`), jwt.ErrInvalidIssuer},
	}, jwt.WithIssuer("https://a.example"))
}

// The signer was not checked, so that somebody else's load balancer could make tokens.
func TestCVE_2024_8901_TokenOfAnotherSigner(t *testing.T) {
	stranger := keyFile[crypto.Signer](t, "ed25519-default")
	find := keysByKid(map[string]*jwt.PublicKey{"ours": publicOf(t, otherEd25519())})
	genuine := forge.Token(`{"alg":"EdDSA","kid":"ours"}`, `{"iss":"https://a.example"}`, forge.Key(t, otherEd25519(), crypto.Hash(0)))
	refuseAll(t, find, []jwt.Algorithm{jwt.EdDSA}, genuine, []attack{
		{"their key", forge.Token(`{"alg":"EdDSA","kid":"theirs"}`, `{"iss":"https://a.example"}`, forge.Key(t, stranger, crypto.Hash(0))), jwt.ErrKeyNotFound},
		{"their key under our kid", forge.Token(`{"alg":"EdDSA","kid":"ours"}`, `{"iss":"https://a.example"}`, forge.Key(t, stranger, crypto.Hash(0))), jwt.ErrInvalidSignature},
	}, jwt.WithIssuer("https://a.example"))
}

// The issuer of an identity was not compared with the one that was configured.
func TestCVE_2025_1293_IssuerIsCheckedWhereOneIsConfigured(t *testing.T) {
	for _, opts := range [][]jwt.VerifyOption{{jwt.WithIssuer("")}, {jwt.WithIssuer()}, {jwt.WithIssuer("a", "")}, {jwt.WithAudience("")}, {jwt.WithAudience()}} {
		_, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, opts...)
		require.ErrorIs(t, err, jwt.ErrInvalidOption, "an empty configuration is a mistake, not a missing check")
	}
}

// A token for one service of a vendor opened another: the audience was optional.
func TestCVE_2026_30223_2026_55669_AudienceIsNotOptional(t *testing.T) {
	_, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.WithAudience("api"), jwt.AllowAnyAudience())
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
	refuseAll(t, secretKey(t), hs256, token(`{"iss":"a"}`), strangers(), jwt.WithIssuer("a"), jwt.AllowExpired())
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.AllowAnyAudience())
	require.NoError(t, err)
	for _, a := range strangers() {
		_, err := v.Verify(a.token)
		require.NoError(t, err, "the option that says so")
	}
}

// "iss" was searched for in the expected issuer: a part of it was enough.
func TestCVE_2024_53861_PartOfTheIssuer(t *testing.T) {
	const want = "https://acme.example"
	var attacks []attack
	for _, iss := range []string{"", "a", "acme", "https://acme", "https://acme.example/", "https://acme.example.evil.example", "https://acme.example@evil.example", " https://acme.example", "https://acme.example ", "HTTPS://ACME.EXAMPLE", "https://acme.example\x00", "https://\u0430cme.example", "https://acme\u002eexample\u200b", ".*", "https://acme.example|x"} {
		payload, err := json.Marshal(map[string]string{"iss": iss})
		require.NoError(t, err)
		attacks = append(attacks, attack{fmt.Sprintf("%+q", iss), token(string(payload)), jwt.ErrInvalidIssuer})
	}
	for _, iss := range []string{`["https://acme.example"]`, `["https://evil.example","https://acme.example"]`, `{"iss":"https://acme.example"}`, "null", "1"} {
		attacks = append(attacks, attack{iss, token(`{"iss":` + iss + `}`), jwt.ErrMalformed})
	}
	attacks = append(attacks, attack{"Iss", token(`{"Iss":"https://acme.example"}`), jwt.ErrInvalidIssuer}, attack{"i\u017fs", token("{\"i\u017fs\":\"https://acme.example\"}"), jwt.ErrInvalidIssuer})
	refuseAll(t, secretKey(t), hs256, token(`{"iss":"`+want+`"}`), attacks, jwt.WithIssuer(want, "https://other.example"))
}

// A registered claim of another JSON type was treated as absent, and its check left out.
func TestCVE_2026_41164_ClaimOfAnotherType(t *testing.T) {
	values := []string{"null", "true", "[]", "{}", "1", `"1"`, `["a"]`, `{"a":1}`, "[null]"}
	legal := map[string]map[string]bool{
		"iss": {`"1"`: true}, "sub": {`"1"`: true}, "jti": {`"1"`: true}, "exp": {"1": true}, "nbf": {"1": true}, "iat": {"1": true}, "aud": {`"1"`: true, "[]": true, `["a"]`: true},
	}
	for claim, ok := range legal {
		for _, value := range values {
			raw := token(`{"` + claim + `":` + value + `}`)
			_, err := verify(t, raw, jwt.AllowExpired(), jwt.AllowAnyAudience())
			if ok[value] {
				require.NoError(t, err, "%s: %s", claim, value)
				continue
			}
			require.ErrorIs(t, err, jwt.ErrMalformed, "%s: %s", claim, value)
			var fault *jwt.ClaimError
			require.ErrorAs(t, err, &fault)
			require.Equal(t, claim, fault.Claim)
			_, err = jwt.Sign(json.RawMessage(`{"`+claim+`":`+value+`}`), secretKey(t), jwt.HS256)
			require.ErrorIs(t, err, jwt.ErrInvalidOption, "signing %s: %s", claim, value)
		}
	}
}

// Results were cached under a key on which two tokens could agree.
func TestCVE_2026_35039_ResultOfAnotherToken(t *testing.T) {
	v, err := jwt.NewVerifier[jwt.MapClaims](secretKey(t), hs256, jwt.WithAudience("api"), atNow())
	require.NoError(t, err)
	tokens := []string{token(`{"sub":"a","aud":"api"}`), token(`{"sub":"b","aud":"api"}`), token(`{"sub":"a","aud":"mail"}`), token(`{"sub":"a","aud":"api","exp":1}`), token(`{"sub":"a","aud":`)}
	for _, raw := range tokens[:2] {
		tokens = append(tokens, raw[:len(raw)-2]+"AA", raw+"=", raw[:len(raw)-43])
	}
	type result struct{ payload, err string }
	verifyOne := func(raw string) result {
		tok, err := v.Verify(raw)
		if err != nil {
			return result{err: err.Error()}
		}
		return result{payload: tok.Payload}
	}
	var want []result
	for _, raw := range tokens {
		want = append(want, verifyOne(raw))
	}
	require.NotEqual(t, want[0], want[1])
	for i, one := range want {
		require.Equal(t, i < 2, one.err == "", "token %d: %v", i, one)
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for n := range 100 {
				at := (i + n) % len(tokens)
				if got := verifyOne(tokens[at]); got != want[at] {
					t.Errorf("token %d: %v, want %v", at, got, want[at])
				}
			}
		})
	}
	wg.Wait()
}

// A claim of a token that nobody had verified became a part of an address.
func TestCVE_2026_32301_UnverifiedClaimsAreNamedSo(t *testing.T) {
	raw := forge.Token(`{"alg":"HS256","kid":"../x"}`, `{"iss":"https://evil.example"}`, forge.Unsigned)
	tok, err := jwt.ParseUnverified(raw)
	require.NoError(t, err)
	require.Equal(t, jwt.UnverifiedToken{UnverifiedHeader: tok.UnverifiedHeader, UnverifiedClaims: tok.UnverifiedClaims, UnverifiedPayload: tok.UnverifiedPayload}, *tok, "no field without the word in its name")
	_, isToken := any(tok).(*jwt.Token[jwt.MapClaims])
	require.False(t, isToken)
}

// One cache of keys for several issuers gave a key of one of them for another's kid.
func TestCVE_2026_49998_KidOfAnotherIssuer(t *testing.T) {
	mine, theirs := keyFile[crypto.Signer](t, "ed25519-default"), otherEd25519()
	policy := func(key crypto.Signer, iss string) *jwt.Verifier[jwt.MapClaims] {
		set, err := jwt.NewKeySet(publicOf(t, key, jwt.WithKeyID("1")))
		require.NoError(t, err)
		v, err := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{jwt.EdDSA}, jwt.WithIssuer(iss))
		require.NoError(t, err)
		return v
	}
	a, b := policy(mine, "https://a.example"), policy(theirs, "https://b.example")
	raw := forge.Token(`{"alg":"EdDSA","kid":"1"}`, `{"iss":"https://a.example"}`, forge.Key(t, mine, crypto.Hash(0)))
	lie := forge.Token(`{"alg":"EdDSA","kid":"1"}`, `{"iss":"https://b.example"}`, forge.Key(t, mine, crypto.Hash(0)))
	_, err := a.Verify(raw)
	require.NoError(t, err)
	for _, token := range []string{raw, lie} {
		_, err = b.Verify(token)
		require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	}
	_, err = a.Verify(lie)
	require.ErrorIs(t, err, jwt.ErrInvalidIssuer)
}

// Names of claims were found in any case, so that "Exp" counted as "exp".
func TestAttackClaimNameInAnotherCase(t *testing.T) {
	type claims struct {
		Exp  int64 `json:"exp"`
		Role string
	}
	for _, payload := range []string{`{"exp":1,"Exp":99999999999}`, `{"Exp":99999999999,"exp":1}`, `{"exp":1,"e\u0078P":99999999999}`, "{\"exp\":1,\"\u0435xp\":99999999999}"} {
		_, err := jwt.Verify[claims](token(payload), secretKey(t), hs256)
		require.ErrorIs(t, err, jwt.ErrExpired, payload)
	}
	tok, err := jwt.Verify[claims](token(`{"role":"admin","ROLE":"admin","EXP":1}`), secretKey(t), hs256)
	require.NoError(t, err)
	require.Zero(t, tok.Claims)
	require.True(t, tok.ExpiresAt.IsZero())
}

// Dates beyond what an integer or a float64 can hold wrapped around to the other side.
func TestAttackDateThatOverflows(t *testing.T) {
	var attacks []attack
	for _, claim := range []string{"exp", "nbf", "iat"} {
		for _, value := range []string{"1e300", "1e30", "1e400", "-1e300", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615", "18446744075459551616", "253402300800", "1750000000000", "-62135596801"} {
			attacks = append(attacks, attack{claim + " " + value, token(`{"` + claim + `":` + value + `}`), jwt.ErrMalformed})
		}
	}
	for value, want := range map[string]error{"0": jwt.ErrExpired, "-1": jwt.ErrExpired, "1e-300": jwt.ErrExpired, "-0.0": jwt.ErrExpired, fmt.Sprint(now.Unix()): jwt.ErrExpired, fmt.Sprintf("%d.0", now.Unix()): jwt.ErrExpired, "1.7955216e9": jwt.ErrExpired} {
		attacks = append(attacks, attack{"exp " + value, token(`{"exp":` + value + `}`), want})
	}
	refuseAll(t, secretKey(t), hs256, token(fmt.Sprintf(`{"exp":%d.000000001,"nbf":%d}`, now.Unix(), now.Unix())), attacks)
	require.Equal(t, time.Unix(1795521600, 0).UTC(), now)
}
