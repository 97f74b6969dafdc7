package jwt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

// sentinels are the classes of errors by name. TestEverySentinelIsProduced holds the list
// to the source.
var sentinels = map[string]error{
	"ErrInvalidToken": jwt.ErrInvalidToken, "ErrMalformed": jwt.ErrMalformed, "ErrAlgorithmNotAllowed": jwt.ErrAlgorithmNotAllowed,
	"ErrKeyNotFound": jwt.ErrKeyNotFound, "ErrInvalidSignature": jwt.ErrInvalidSignature, "ErrInvalidClaims": jwt.ErrInvalidClaims,
	"ErrExpired": jwt.ErrExpired, "ErrNotYetValid": jwt.ErrNotYetValid, "ErrInvalidIssuer": jwt.ErrInvalidIssuer,
	"ErrInvalidAudience": jwt.ErrInvalidAudience, "ErrInvalidSubject": jwt.ErrInvalidSubject, "ErrUnexpectedType": jwt.ErrUnexpectedType,
	"ErrMissingClaim": jwt.ErrMissingClaim, "ErrInvalidKey": jwt.ErrInvalidKey, "ErrInvalidOption": jwt.ErrInvalidOption,
	"ErrKeysUnavailable": jwt.ErrKeysUnavailable,
}

// matched names the sentinels that an error matches, sorted.
func matched(err error) []string {
	var names []string
	for name, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// TestEverySentinelIsProduced pins which classes an error of each kind matches, and no others.
func TestEverySentinelIsProduced(t *testing.T) {
	refused := func(token string, opts ...jwt.VerifyOption) error {
		_, err := verify(t, token, opts...)
		return err
	}
	found := func(source jwt.KeySource, err error) error {
		find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return source, err })
		_, err = jwt.Verify[jwt.MapClaims](token(`{}`), find, hs256)
		return err
	}
	_, weak := jwt.NewSecretKey([]byte("short"))
	_, unfit := jwt.NewVerifier[jwt.MapClaims](secretKey(t), []jwt.Algorithm{jwt.RS256})
	_, list := jwt.NewVerifier[jwt.MapClaims](secretKey(t), nil)
	_, null := jwt.NewVerifier[jwt.MapClaims](nil, hs256)
	_, claims := jwt.Sign(jwt.MapClaims{"exp": "soon"}, secretKey(t), jwt.HS256)
	_, decode := jwt.Verify[struct {
		N int `json:"n"`
	}](token(`{"n":"x"}`), secretKey(t), hs256)

	produced := map[string]bool{}
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"not a token", refused("x"), "ErrInvalidToken ErrMalformed"},
		{"claim of the wrong type", refused(token(`{"exp":"x"}`)), "ErrInvalidToken ErrMalformed"},
		{"another algorithm", refused(signed(`{"alg":"HS384"}`, `{}`)), "ErrAlgorithmNotAllowed ErrInvalidToken"},
		{"unknown kid", found(nil, nil), "ErrInvalidToken ErrKeyNotFound"},
		{"changed", refused(token(`{}`) + "AAAA"), "ErrInvalidSignature ErrInvalidToken"},
		{"expired", refused(token(`{"exp":1}`)), "ErrExpired ErrInvalidClaims ErrInvalidToken"},
		{"too old", refused(token(`{"iat":1}`), jwt.WithMaxAge(time.Hour)), "ErrExpired ErrInvalidClaims ErrInvalidToken"},
		{"not yet", refused(token(`{"nbf":99999999999}`)), "ErrInvalidClaims ErrInvalidToken ErrNotYetValid"},
		{"issuer", refused(token(`{"iss":"a"}`), jwt.WithIssuer("b")), "ErrInvalidClaims ErrInvalidIssuer ErrInvalidToken"},
		{"no issuer", refused(token(`{}`), jwt.WithIssuer("b")), "ErrInvalidClaims ErrInvalidIssuer ErrInvalidToken ErrMissingClaim"},
		{"audience", refused(token(`{"aud":"a"}`)), "ErrInvalidAudience ErrInvalidClaims ErrInvalidToken"},
		{"subject", refused(token(`{"sub":"a"}`), jwt.WithSubject("b")), "ErrInvalidClaims ErrInvalidSubject ErrInvalidToken"},
		{"typ", refused(token(`{}`), jwt.WithType("b")), "ErrInvalidClaims ErrInvalidToken ErrUnexpectedType"},
		{"required", refused(token(`{}`), jwt.WithRequiredClaims("b")), "ErrInvalidClaims ErrInvalidToken ErrMissingClaim"},
		{"does not fit T", decode, "ErrInvalidClaims ErrInvalidToken"},
		{"expired, for another audience", refused(token(`{"exp":1,"aud":"a"}`)), "ErrExpired ErrInvalidAudience ErrInvalidClaims ErrInvalidToken"},
		{"weak key", weak, "ErrInvalidKey"},
		{"unfit key", unfit, "ErrInvalidKey"},
		{"no algorithm", list, "ErrInvalidOption"},
		{"nil key", null, "ErrInvalidKey ErrInvalidOption"},
		{"claims that can't be signed", claims, "ErrInvalidOption"},
		{"KeyFunc fails", found(nil, context.DeadlineExceeded), "ErrKeysUnavailable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, strings.Fields(tt.want), matched(tt.err), "%v", tt.err)
			require.NotContains(t, tt.err.Error(), "jwt: jwt:")
		})
		for _, name := range matched(tt.err) {
			produced[name] = true
		}
	}
	for _, name := range sentinelsOfTheSource(t) {
		require.Contains(t, sentinels, name)
		require.True(t, produced[name], "no row produces %s", name)
	}
	require.Len(t, produced, len(sentinels))
}

var errMarker = errors.New("marker")

// foreignCauses are errors that code of a program may return, by name. Each of them also
// matches errMarker.
var foreignCauses = func() map[string]error {
	causes := map[string]error{
		"foreign":       errMarker,
		"canceled":      errors.Join(context.Canceled, errMarker),
		"two providers": errors.Join(jwt.ErrKeyNotFound, jwt.ErrKeysUnavailable, errMarker),
		"all":           errors.Join(append(slices.Collect(maps.Values(sentinels)), errMarker)...),
	}
	for name, sentinel := range sentinels {
		causes[name] = errors.Join(sentinel, errMarker)
		causes["claim "+name] = fmt.Errorf("asking: %w", errors.Join(errMarker, &jwt.ClaimError{Claim: "role", Err: sentinel}))
	}
	return causes
}()

// The name of the cause stands in the claim.
type (
	validateFails  struct{ Cause string }
	unmarshalFails struct{ Cause decodesNever }
	decodesNever   string
	marshalFails   struct{ error }
	signerFails    struct {
		crypto.Signer
		err error
	}
)

func (v *validateFails) Validate() error { return foreignCauses[v.Cause] }
func (*decodesNever) UnmarshalJSON(text []byte) error {
	return foreignCauses[strings.Trim(string(text), `"`)]
}
func (m marshalFails) MarshalJSON() ([]byte, error)                             { return nil, m.error }
func (s signerFails) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, s.err }

// TestErrorsOfForeignCodeHaveOneClass: what a KeyFunc, a signer or a method of the claims
// returns shows, but none of the classes that it matches by chance: it may be about
// another token.
func TestErrorsOfForeignCodeHaveOneClass(t *testing.T) {
	key := keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default")
	sign := func(claims any, err error, opts ...jwt.SignOption) error {
		private, keyErr := jwt.NewPrivateKey(signerFails{key, err})
		require.NoError(t, keyErr)
		_, err = jwt.Sign(claims, private, jwt.ES256, opts...)
		return err
	}
	always := func(classes ...string) func(error) []string { return func(error) []string { return classes } }
	for place, row := range map[string]struct {
		fail func(name string, cause error) error
		want func(cause error) []string
	}{
		"KeyFunc": {func(_ string, cause error) error {
			find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return nil, cause })
			_, err := jwt.Verify[jwt.MapClaims](token(`{}`), find, hs256)
			return err
		}, func(cause error) []string {
			if errors.Is(cause, jwt.ErrKeyNotFound) && !errors.Is(cause, jwt.ErrKeysUnavailable) {
				return []string{"ErrInvalidToken", "ErrKeyNotFound"}
			}
			return []string{"ErrKeysUnavailable"}
		}},
		"signer": {func(_ string, cause error) error { return sign(jwt.MapClaims{}, cause) }, always("ErrKeysUnavailable")},
		"Validate": {func(name string, _ error) error {
			_, err := jwt.Verify[validateFails](token(`{"Cause":"`+name+`"}`), secretKey(t), hs256)
			return err
		}, func(cause error) []string {
			if errors.Is(cause, jwt.ErrKeysUnavailable) {
				return []string{"ErrKeysUnavailable"}
			}
			return []string{"ErrInvalidClaims", "ErrInvalidToken"}
		}},
		"UnmarshalJSON": {func(name string, _ error) error {
			_, err := jwt.Verify[unmarshalFails](token(`{"Cause":"`+name+`"}`), secretKey(t), hs256)
			return err
		}, always("ErrInvalidClaims", "ErrInvalidToken")},
		"MarshalJSON of a claim": {func(_ string, cause error) error {
			return sign(jwt.MapClaims{"role": marshalFails{cause}}, nil)
		}, always("ErrInvalidOption")},
		"MarshalJSON of the claims": {func(_ string, cause error) error { return sign(marshalFails{cause}, nil) }, always("ErrInvalidOption")},
		"MarshalJSON in the header": {func(_ string, cause error) error {
			return sign(jwt.MapClaims{}, nil, jwt.WithHeader("x", marshalFails{cause}))
		}, always("ErrInvalidOption")},
	} {
		for name, cause := range foreignCauses {
			err := row.fail(name, cause)
			require.Equal(t, row.want(cause), matched(err), "%s fails with %s: %v", place, name, err)
			require.ErrorIs(t, err, errMarker, "%s fails with %s", place, name)
			switch place {
			case "KeyFunc":
				require.Equal(t, errors.Is(err, jwt.ErrKeyNotFound), strings.Contains(err.Error(), "the KeyFunc has no key for the token: "), err)
			case "Validate":
				require.Equal(t, errors.Is(err, jwt.ErrKeysUnavailable), strings.Contains(err.Error(), "the claims' Validate can't decide: "), err)
			}
			require.Equal(t, errors.Is(cause, context.Canceled), errors.Is(err, context.Canceled))
			if strings.HasPrefix(name, "claim") {
				require.ErrorAs(t, err, new(*jwt.ClaimError), "%s fails with %s", place, name)
			}
		}
	}
}

func sentinelsOfTheSource(t *testing.T) []string {
	var names []string
	for _, file := range parsePackage(t, ".", parser.SkipObjectResolution) {
		for _, decl := range file.Decls {
			if group, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range group.Specs {
					if value, ok := spec.(*ast.ValueSpec); ok && strings.HasPrefix(value.Names[0].Name, "Err") {
						names = append(names, value.Names[0].Name)
					}
				}
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}

// TestMessagesSayGotWantedAndWhatToTry pins the messages that users see most.
func TestMessagesSayGotWantedAndWhatToTry(t *testing.T) {
	long := strings.Repeat("x", 100)
	many := []string{"a", "b", "c", "d", "e", "f"}
	for _, tt := range []struct {
		token, want string
		opts        []jwt.VerifyOption
	}{
		{token(`{"iss":"` + long + `"}`), `jwt: wrong issuer: iss is "` + long[:64] + `"…, want "a"`, []jwt.VerifyOption{jwt.WithIssuer("a")}},
		{token(`{"iss":"\u001b[2J"}`), `jwt: wrong issuer: iss is "\x1b[2J", want ["a" "b" "c" "d" and 2 more]`, []jwt.VerifyOption{jwt.WithIssuer(many...)}},
		{token(`{"aud":["x","y"]}`), `jwt: wrong audience: aud is ["x" "y"], and this verifier expects none: use WithAudience, or AllowAnyAudience`, nil},
		{token(`{}`), `jwt: wrong audience: there is no "aud", want "api"`, []jwt.VerifyOption{jwt.WithAudience("api")}},
		{token(`{"sub":7}`), `jwt: malformed token: sub is an integer, want a string (AllowNumericSubject accepts an integer)`, nil},
		{token(`{"exp":"7"}`), `jwt: malformed token: exp is a string, want a number of seconds since 1970`, nil},
		{token(`{"exp":1e300}`), `jwt: malformed token: exp is a number out of range, want a date from the year 1 to 9999, in seconds`, nil},
		{token(fmt.Sprintf(`{"exp":%d}`, now.Unix())), `jwt: token is expired: exp was 2026-11-24T12:00:00Z, less than a second ago`, nil},
		{token(fmt.Sprintf(`{"exp":%d}`, now.Add(-time.Minute).Unix())), `jwt: token is expired: exp was 2026-11-24T11:59:00Z, 1 minute ago`, nil},
		{token(fmt.Sprintf(`{"exp":%d}`, now.Add(-50*time.Hour).Unix())), `jwt: token is expired: exp was 2026-11-22T10:00:00Z, 2 days ago`, nil},
		{token(fmt.Sprintf(`{"nbf":%d}`, now.Add(3*time.Second).Unix())), `jwt: token is not valid yet: nbf is 2026-11-24T12:00:03Z, in 3 seconds (check both clocks; WithLeeway tolerates skew)`, nil},
		{signed(`{"alg":"RS256"}`, `{}`), `jwt: the token's algorithm is "RS256"; allowed: HS256`, nil},
	} {
		_, err := verify(t, tt.token, tt.opts...)
		require.EqualError(t, err, tt.want)
	}
	require.Equal(t, "jwt: invalid claims: role", (&jwt.ClaimError{Claim: "role"}).Error(), "a ClaimError that a program makes")
	require.Equal(t, `jwt: invalid claims: "a\nb"`, (&jwt.ClaimError{Claim: "a\nb"}).Error())
	_, err := jwt.Sign(map[string]any{"a\nb": make(chan int)}, secretKey(t), jwt.HS256)
	require.EqualError(t, err, `jwt: the claims can't be encoded: claim "a\nb": cannot encode a Go chan int`)
	_, err = jwt.Sign(make(chan int), secretKey(t), jwt.HS256)
	require.EqualError(t, err, "jwt: the claims can't be encoded: cannot encode a Go chan int")
	require.False(t, errors.As(err, new(*jwt.ClaimError)))
	_, err = jwt.Sign(jwt.MapClaims{"exp": "x"}, secretKey(t), jwt.HS256)
	require.EqualError(t, err, "jwt: the claims can't be signed: exp is a string, want a number of seconds since 1970 (use NewNumericDate)")
	for want, claims := range map[string]any{"an array": []int{1}, "a string": "x", "a number": 1, "a boolean": true, "null": nil} {
		_, err := jwt.Sign(claims, secretKey(t), jwt.HS256)
		require.EqualError(t, err, "jwt: the claims are "+want+" in JSON, want an object: use a struct or a map")
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
}

// The error about a token names what became of the key that its kid names.
func TestErrorsAboutAKidSayWhatBecameOfItsKey(t *testing.T) {
	key, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID("good"))
	require.NoError(t, err)
	text, err := key.Public().MarshalJSON()
	require.NoError(t, err)
	other := func(kid string, edits ...any) string {
		return testkeys.Edit(t, testkeys.RFCPublicRSA, append([]any{"kid", kid}, edits...)...)
	}
	entries := []string{
		`{"kty":"AKP","kid":"new"}`, `{"kty":"AKP","kid":"new 2"}`, `{"kty":"AKP","kid":"new 3"}`, `{"kty":"AKP","kid":"new 4"}`,
		string(text),
		other("enc", "use", "enc"),
		other("plain base64", "n", "+/"+testkeys.RFCN[2:]),
		other("weak", "n", ones(1024)),
		other("large", "n", ones(8193)),
		other("bound", "alg", "RS384"),
		other("two", "alg", "RS384"), other("two", "n", ones(2048), "alg", "PS256"), other("two", "e", "AQ"),
		testkeys.Edit(t, testkeys.RFCPublicEC, "kid", "of another kind"),
		other("many", "e", "Aw"), other("many", "e", "AQ"), other("many", "e", "AQAA"), other("many", "e", ""), other("many", "alg", "RS512"),
	}
	for _, row := range []struct{ kid, want string }{
		{"enc", `entry 5 of the JWK Set is skipped: kid "enc": the JWK's use is "enc", so it is not for signatures: want "sig"`},
		{"plain base64", `entry 6 of the JWK Set is skipped: kid "plain base64": the JWK's n is not canonical base64url without padding`},
		{"weak", `entry 7 of the JWK Set is skipped: kid "weak": an RSA key of 1024 bits is too weak: want at least 2048 (RFC 7518, Section 3.3)`},
		{"large", `entry 8 of the JWK Set is skipped: kid "large": an RSA key of 8193 bits is too large for a set: want at most 8192 (NewKeySet takes larger ones from ParsePublicKey)`},
		{"bound", "this key is bound to RS384 (by WithAlgorithm or the JWK's alg) and can't be used for RS256"},
		{"two", `entry 12 of the JWK Set is skipped: kid "two": the RSA public exponent (1 bits) is not an odd number from 65537 to 2147483647; ` +
			"this key is bound to RS384 (by WithAlgorithm or the JWK's alg) and can't be used for RS256; this key is bound to PS256 (by WithAlgorithm or the JWK's alg) and can't be used for RS256"},
		{"of another kind", "RS256 needs an RSA key of 2048 to 16384 bits, got an ECDSA P-256 key (ES256?)"},
		{"many", `entry 14 of the JWK Set is skipped: kid "many": the RSA public exponent (2 bits) is not an odd number from 65537 to 2147483647; ` +
			`entry 15 of the JWK Set is skipped: kid "many": the RSA public exponent (1 bits) is not an odd number from 65537 to 2147483647; ` +
			`entry 16 of the JWK Set is skipped: kid "many": the RSA public exponent (17 bits) is not an odd number from 65537 to 2147483647; and 2 more`},
		{"unknown", ""},
	} {
		t.Run(row.kid, func(t *testing.T) {
			set, err := jwt.ParseKeySet([]byte(setText(entries...)))
			require.NoError(t, err)
			want := fmt.Sprintf(`jwt: no key fits: the token uses RS256 with kid %q; keys: 6`, row.kid)
			if row.want != "" {
				want += "; reasons: " + row.want
			}
			raw := forge.Token(fmt.Sprintf(`{"alg":"RS256","kid":%q}`, row.kid), `{}`, forge.Unsigned)
			for name, source := range map[string]jwt.KeySource{
				"set":     set,
				"KeyFunc": jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return set, nil }),
			} {
				_, err = jwt.Verify[jwt.MapClaims](raw, source, []jwt.Algorithm{jwt.RS256, jwt.EdDSA})
				require.ErrorIs(t, err, jwt.ErrKeyNotFound, name)
				require.NotErrorIs(t, err, jwt.ErrInvalidKey, name)
				require.EqualError(t, err, want, name)
			}
		})
	}
}

// An entry without kid could be the key of any token that no other key is named for.
func TestErrorsNameSkippedEntriesWithoutKid(t *testing.T) {
	broken := testkeys.Edit(t, testkeys.RFCPublicRSA, "kid", 7)
	set, err := jwt.ParseKeySet([]byte(setText(broken, testkeys.Edit(t, testkeys.RFCPublicOKP, "kid", "ed"))))
	require.NoError(t, err)
	for header, want := range map[string]string{
		`{"alg":"RS256","kid":"7"}`:  "keys: 1; reasons: entry 0 of the JWK Set is skipped: the JWK's kid is not a string",
		`{"alg":"RS256"}`:            "keys: 1; reasons: entry 0 of the JWK Set is skipped: the JWK's kid is not a string; RS256 needs an RSA key of 2048 to 16384 bits, got an Ed25519 key (EdDSA?)",
		`{"alg":"RS256","kid":"ed"}`: "keys: 1; reasons: RS256 needs an RSA key of 2048 to 16384 bits, got an Ed25519 key (EdDSA?)",
	} {
		_, err := jwt.Verify[jwt.MapClaims](forge.Token(header, `{}`, forge.Unsigned), set, []jwt.Algorithm{jwt.RS256, jwt.EdDSA})
		require.ErrorIs(t, err, jwt.ErrKeyNotFound)
		require.True(t, strings.HasSuffix(err.Error(), want), err)
	}
}

func TestSetWithoutAnyKeyThatServesSaysWhy(t *testing.T) {
	algs := []jwt.Algorithm{jwt.HS256, jwt.RS256}
	for text, want := range map[string]string{
		setText(): "jwt: the set has no keys that can be used",
		setText(`{"kty":"new"}`, `{"kty":"RSA","kid":"a"}`, `{}`, `{}`): `jwt: the set has no keys that can be used; reasons: entry 0 of the JWK Set is skipped: a JWK of kty "new" is not supported: want RSA, EC, OKP, AKP or oct; ` +
			`entry 1 of the JWK Set is skipped: kid "a": the JWK has no "n"; entry 2 of the JWK Set is skipped: the JWK has no "kty"; and 1 more`,
		setText(testkeys.RFCPublicOKP, `{}`): "jwt: none of the set's 1 keys can serve HS256, RS256; reasons: entry 1 of the JWK Set is skipped: the JWK has no \"kty\"; " +
			"HS256 needs a secret key of at least 32 bytes, got an Ed25519 key (EdDSA?)",
	} {
		set, err := jwt.ParseKeySet([]byte(text))
		require.NoError(t, err)
		_, err = jwt.NewVerifier[jwt.MapClaims](set, algs)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		require.EqualError(t, err, want)
	}
}
