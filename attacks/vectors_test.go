package attacks_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// vector is an entry of testdata/vectors: see the README there.
type vector struct {
	ID, Source, Layer, Expect, Policy, Class string
	Token                                    string
	TokenB64                                 []byte            `json:"token_b64"`
	TokenParts                               []json.RawMessage `json:"token_parts"`
	Key                                      struct{ Kind, Value string }
	AllowedAlgs                              []string `json:"allowed_algs"`
	VerifyAt                                 *int64   `json:"verify_at"`
	Opts                                     struct {
		Issuer, Audience, Typ, Subject string
		Leeway                         int
		Require                        []string
	}
	ReasonClass string `json:"reason_class"`
	Also        []string
	Payload     json.RawMessage
}

func loadVectors(t testing.TB, file string) []vector {
	text, err := os.ReadFile("../testdata/vectors/" + file)
	require.NoError(t, err)
	var vectors []vector
	require.NoError(t, json.Unmarshal(text, &vectors))
	return vectors
}

func (v *vector) token(t testing.TB) string {
	switch {
	case v.TokenB64 != nil:
		return string(v.TokenB64)
	case v.TokenParts != nil:
		var text strings.Builder
		for _, raw := range v.TokenParts {
			var part [2]any
			require.NoError(t, json.Unmarshal(raw, &part))
			text.WriteString(strings.Repeat(part[0].(string), int(part[1].(float64))))
		}
		return text.String()
	}
	return v.Token
}

// source makes the key source that a program with this key material would.
func (v *vector) source() (jwt.KeySource, error) {
	text := []byte(v.Key.Value)
	switch v.Key.Kind {
	case "hmac":
		secret, err := base64.RawURLEncoding.DecodeString(v.Key.Value)
		if err != nil {
			return nil, err
		}
		return orNil(jwt.NewSecretKey(secret))
	case "pem", "openssh":
		return orNil(jwt.ParsePublicKey(text))
	case "jwk":
		if isSecretJWK(text) {
			return orNil(jwt.ParseSecretKey(text))
		}
		return orNil(jwt.ParsePublicKey(text))
	case "jwks":
		if set, err := secretSet(text); set != nil || err != nil {
			return set, err
		}
		return orNil(jwt.ParseKeySet(text))
	}
	return nil, errors.New("unknown kind of key")
}

// orNil keeps a nil pointer from becoming a source that is not nil.
func orNil[K jwt.KeySource](k K, err error) (jwt.KeySource, error) {
	if err != nil {
		return nil, err
	}
	return k, nil
}

func isSecretJWK(text []byte) bool {
	var k struct{ Kty string }
	return json.Unmarshal(text, &k) == nil && k.Kty == "oct"
}

// secretSet builds a set of secrets, which ParseKeySet refuses, with NewKeySet.
func secretSet(text []byte) (jwt.KeySource, error) {
	var set struct{ Keys []json.RawMessage }
	if json.Unmarshal(text, &set) != nil || len(set.Keys) == 0 {
		return nil, nil
	}
	var keys []jwt.VerificationKey
	for _, raw := range set.Keys {
		if !isSecretJWK(raw) {
			return nil, nil
		}
		k, err := jwt.ParseSecretKey(raw)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return orNil(jwt.NewKeySet(keys...))
}

func (v *vector) options() []jwt.VerifyOption {
	at := int64(1750000000)
	if v.VerifyAt != nil {
		at = *v.VerifyAt
	}
	opts := []jwt.VerifyOption{jwt.WithClock(func() time.Time { return time.Unix(at, 0) }), jwt.WithMaxSize(1 << 20)}
	if v.Opts.Issuer != "" {
		opts = append(opts, jwt.WithIssuer(v.Opts.Issuer))
	}
	if v.Opts.Audience != "" {
		opts = append(opts, jwt.WithAudience(v.Opts.Audience))
	}
	if v.Opts.Typ != "" {
		opts = append(opts, jwt.WithType(v.Opts.Typ))
	}
	if v.Opts.Subject != "" {
		opts = append(opts, jwt.WithSubject(v.Opts.Subject))
	}
	if v.Opts.Leeway != 0 {
		opts = append(opts, jwt.WithLeeway(time.Duration(v.Opts.Leeway)*time.Second))
	}
	if v.Opts.Require != nil {
		opts = append(opts, jwt.WithRequiredClaims(v.Opts.Require...))
	}
	return opts
}

// verify gives what a program would see; unknown algorithm names are dropped from the
// list, unless nothing is left of it.
func (v *vector) verify(t testing.TB) (*jwt.Token[map[string]any], error) {
	source, err := v.source()
	if err != nil {
		return nil, err
	}
	var algs []jwt.Algorithm
	for _, name := range v.AllowedAlgs {
		alg, err := jwt.ParseAlgorithm(name)
		if err == nil {
			algs = append(algs, alg)
		} else if len(v.AllowedAlgs) == 1 {
			return nil, err
		}
	}
	return jwt.Verify[map[string]any](v.token(t), source, algs, v.options()...)
}

// reasonMatches compares an error with a class of the vectors.
func reasonMatches(reason string, err error) bool {
	switch reason {
	case "malformed":
		return errors.Is(err, jwt.ErrMalformed)
	case "signature":
		return errors.Is(err, jwt.ErrInvalidSignature)
	case "alg":
		return errors.Is(err, jwt.ErrAlgorithmNotAllowed) || errors.Is(err, jwt.ErrInvalidOption)
	case "key":
		return errors.Is(err, jwt.ErrKeyNotFound) || errors.Is(err, jwt.ErrInvalidKey)
	case "expired":
		return errors.Is(err, jwt.ErrExpired)
	case "not_yet":
		return errors.Is(err, jwt.ErrNotYetValid)
	case "issuer":
		return errors.Is(err, jwt.ErrInvalidIssuer)
	case "audience":
		return errors.Is(err, jwt.ErrInvalidAudience)
	case "claims":
		return errors.Is(err, jwt.ErrInvalidClaims) || errors.Is(err, jwt.ErrMalformed) && errors.As(err, new(*jwt.ClaimError))
	}
	return false
}

func TestVectors(t *testing.T) {
	counts := map[string]int{}
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			if v.Policy == "may" {
				counts["free"]++
				continue
			}
			counts[v.Expect]++
			t.Run(v.ID, func(t *testing.T) { checkVector(t, &v) })
		}
	}
	require.Greater(t, counts["invalid"], 400)
	require.GreaterOrEqual(t, counts["valid"], 70)
	t.Logf("vectors: %v", counts)
}

func checkVector(t *testing.T, v *vector) {
	tok, err := v.verify(t)
	switch {
	case v.Expect == "valid" && v.Layer == "jws":
		require.True(t, err == nil || reasonMatches("malformed", err) || reasonMatches("claims", err), "%v", err)
	case v.Expect == "valid":
		require.NoError(t, err)
		if v.Payload != nil {
			require.JSONEq(t, string(v.Payload), tok.Payload)
		}
	default:
		require.Error(t, err)
		require.Nil(t, tok)
		reasons := append(slices.Clone(v.Also), v.ReasonClass)
		require.True(t, slices.ContainsFunc(reasons, func(r string) bool { return reasonMatches(r, err) }), "want %v, got: %v", reasons, err)
		require.LessOrEqual(t, len(err.Error()), 400)
		for segment := range strings.SplitSeq(v.Token, ".") {
			if len(segment) > 16 {
				require.NotContains(t, err.Error(), segment)
			}
		}
	}
}

// stages are the classes of which exactly one is the reason of a refusal. Within the
// claims several may fail together.
var stages = []error{jwt.ErrMalformed, jwt.ErrAlgorithmNotAllowed, jwt.ErrKeyNotFound, jwt.ErrInvalidSignature, jwt.ErrInvalidClaims, jwt.ErrInvalidKey, jwt.ErrInvalidOption, jwt.ErrKeysUnavailable}

// TestEveryRefusalHasOneReason runs all vectors: a caller that tests for one class is
// never told of another as well, and never gets a token with an error.
func TestEveryRefusalHasOneReason(t *testing.T) {
	refusals := 0
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			tok, err := v.verify(t)
			if err == nil {
				continue
			}
			refusals++
			require.Nil(t, tok, v.ID)
			reasons := 0
			for i, stage := range stages {
				if errors.Is(err, stage) {
					reasons++
					require.Equal(t, i < 5, errors.Is(err, jwt.ErrInvalidToken), "%s: whose fault is %v", v.ID, err)
				}
			}
			require.Equal(t, 1, reasons, "%s: %v", v.ID, err)
		}
	}
	require.Greater(t, refusals, 400)
}

// vectorTakers names the constructors that may take a key of the vectors, by its content. Not every
// key there is good.
func vectorTakers(text string) []string {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		return []string{"ParsePublicKey", "ParseAuthorizedKeys"}
	}
	var jwk map[string]any
	_ = json.Unmarshal([]byte(trimmed), &jwk)
	switch {
	case jwk["kty"] == "oct":
		return []string{"ParseSecretKey"}
	case jwk["keys"] != nil:
		return []string{"ParseKeySet"}
	case jwk["d"] != nil:
		return []string{"ParsePrivateKey"}
	}
	return []string{"ParsePublicKey"}
}

// parseKeyText gives what each constructor that takes key text says of one.
func parseKeyText(text []byte) map[string]error {
	errs := map[string]error{}
	_, errs["ParsePrivateKey"] = jwt.ParsePrivateKey(text)
	_, errs["ParsePublicKey"] = jwt.ParsePublicKey(text)
	_, errs["ParseSecretKey"] = jwt.ParseSecretKey(text)
	_, errs["ParseKeySet"] = jwt.ParseKeySet(text)
	_, errs["ParseAuthorizedKeys"] = jwt.ParseAuthorizedKeys(text)
	return errs
}

func TestKeysOfTheVectorsAreTakenByTheirOwnConstructorsAlone(t *testing.T) {
	seen, taken := map[string]bool{}, map[string]int{}
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			if v.Key.Kind == "hmac" || seen[v.Key.Value] {
				continue
			}
			seen[v.Key.Value] = true
			may := strings.Join(vectorTakers(v.Key.Value), " ")
			for name, err := range parseKeyText([]byte(v.Key.Value)) {
				if err != nil {
					continue
				}
				require.Contains(t, may, name, "%s took the key of %s", name, v.ID)
				taken[name]++
				_, err = jwt.NewSecretKey([]byte(v.Key.Value), jwt.InsecureAllowWeakKey())
				require.ErrorIs(t, err, jwt.ErrInvalidKey, v.ID)
			}
		}
	}
	require.Greater(t, len(seen), 100)
	for _, name := range []string{"ParsePublicKey", "ParseAuthorizedKeys", "ParseSecretKey", "ParseKeySet"} {
		require.NotZero(t, taken[name], name)
	}
}

// articleFacts reads the tokens, the secret and the public key that the quickstart shows.
func articleFacts(t *testing.T) map[string]string {
	text, err := os.ReadFile("../examples/quickstart/article.go")
	require.NoError(t, err)
	facts := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			facts[strings.TrimSpace(name)] = strings.Trim(value, " \"")
		}
	}
	require.Len(t, facts, 6)
	return facts
}

type articleUser struct {
	ID int `json:"user_id"`
}

func TestArticleHS256(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.NewSecretKey([]byte(facts["articleSecret"]))
	require.NoError(t, err)
	algs := []jwt.Algorithm{jwt.HS256}

	m, err := jwt.Verify[jwt.MapClaims](facts["tokenHS256"], key, algs)
	require.NoError(t, err)
	require.Equal(t, jwt.MapClaims{"user_id": json.Number("123")}, m.Claims)
	u, err := jwt.Verify[articleUser](facts["tokenHS256"], key, algs)
	require.NoError(t, err)
	require.Equal(t, articleUser{123}, u.Claims)
	require.Equal(t, `{"user_id":123}`, u.Payload)

	_, err = jwt.Verify[articleUser](facts["tokenTampered"], key, algs)
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	require.NotErrorIs(t, err, jwt.ErrMalformed)
}

func TestArticleExpiryToTheNanosecond(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.NewSecretKey([]byte(facts["articleSecret"]))
	require.NoError(t, err)
	verifyAt := func(now time.Time) error {
		_, err := jwt.Verify[articleUser](facts["tokenExpired"], key, []jwt.Algorithm{jwt.HS256}, jwt.WithClock(func() time.Time { return now }))
		return err
	}
	exp := time.Unix(1528560773, 538689100)
	require.NoError(t, verifyAt(exp.Add(-1)))
	require.ErrorIs(t, verifyAt(exp), jwt.ErrExpired)

	err = verifyAt(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	require.EqualError(t, err, "jwt: token is expired: exp was 2018-06-09T16:12:53.5386891Z, 8 years ago")
}

func TestArticleRS256(t *testing.T) {
	facts := articleFacts(t)
	key, err := jwt.ParsePublicKey([]byte(facts["articlePublicKey"]))
	require.NoError(t, err)
	tok, err := jwt.Verify[articleUser](facts["tokenRS256"], key, []jwt.Algorithm{jwt.RS256})
	require.NoError(t, err)
	require.Equal(t, 123, tok.Claims.ID)

	_, err = jwt.NewSecretKey([]byte(facts["articlePublicKey"]))
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

// Without a list in the options, the header's alg decided.
func TestCVE_2026_22817_22818_AlgorithmListIsRequired(t *testing.T) {
	ran := 0
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			source, err := v.source()
			if err != nil || v.Expect != "valid" {
				continue
			}
			ran++
			for _, algs := range [][]jwt.Algorithm{nil, {}} {
				tok, err := jwt.Verify[jwt.MapClaims](v.token(t), source, algs, v.options()...)
				require.Nil(t, tok, v.ID)
				require.ErrorIs(t, err, jwt.ErrInvalidOption, v.ID)
			}
		}
	}
	require.GreaterOrEqual(t, ran, 70)
}
