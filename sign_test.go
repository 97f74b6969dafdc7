package jwt_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

func TestSignedTokenIsByteForByteAsDocumented(t *testing.T) {
	raw, err := jwt.Sign(struct {
		Name string `json:"name"`
	}{"<&>\u2028é"}, secretKey(t, jwt.WithKeyID("a\"\\b")), jwt.HS256,
		jwt.WithHeader("z", 1), jwt.WithHeader("cty", "x"), jwt.WithHeader("b", []string{"y"}), jwt.WithType("at+jwt"))
	require.NoError(t, err)
	require.Equal(t, signed(`{"alg":"HS256","typ":"at+jwt","kid":"a\"\\b","b":["y"],"cty":"x","z":1}`, "{\"name\":\"<&>\\u2028é\"}"), raw)
	tok, err := verify(t, raw)
	require.NoError(t, err)
	require.Equal(t, `a"\b`, tok.Header.KeyID)
	require.Equal(t, "x", tok.Header.ContentType)
	z, ok := tok.Header.Param("z")
	require.True(t, ok)
	require.Equal(t, json.RawMessage("1"), z)
	_, ok = tok.Header.Param("Z")
	require.False(t, ok)
	_, ok = jwt.Header{}.Param("alg")
	require.False(t, ok)
}

// TestExpiresInIsExact: now and d are rounded down, each by itself, wherever in a second the clock is.
func TestExpiresInIsExact(t *testing.T) {
	for _, fraction := range []time.Duration{0, 500 * time.Millisecond, 999999999} {
		clock := jwt.WithClock(func() time.Time { return now.Add(fraction) })
		for _, tt := range []struct {
			claims any
			d      time.Duration
			want   string
		}{
			{map[string]any{}, 5 * time.Second, `{"iat":1795521600,"exp":1795521605}`},
			{struct{}{}, 1500 * time.Millisecond, `{"iat":1795521600,"exp":1795521601}`},
			{struct{}{}, time.Second, `{"iat":1795521600,"exp":1795521601}`},
			{struct{}{}, time.Second + 999999999, `{"iat":1795521600,"exp":1795521601}`},
			{jwt.RegisteredClaims{Subject: "a"}, time.Hour, `{"sub":"a","iat":1795521600,"exp":1795525200}`},
			{jwt.RegisteredClaims{IssuedAt: jwt.NewNumericDate(time.Unix(5, 0))}, time.Hour, `{"iat":5,"exp":1795525200}`},
			{map[string]any{"iat": 1795521600.75}, time.Hour, `{"iat":1795521600.75,"exp":1795525200}`},
			{json.RawMessage(` {"a" : 1} `), 2500 * time.Millisecond, `{"a":1,"iat":1795521600,"exp":1795521602}`},
		} {
			raw, err := jwt.Sign(tt.claims, secretKey(t), jwt.HS256, jwt.WithExpiresIn(tt.d), clock)
			require.NoError(t, err)
			tok, err := jwt.Verify[jwt.MapClaims](raw, secretKey(t), hs256, clock)
			require.NoError(t, err, "it is valid at the moment it is signed")
			require.Equal(t, tt.want, tok.Payload, "%s after the second, %s", fraction, tt.d)
		}
	}
}

// TestLifetimesThatOthersCap imitates services that refuse a token whose exp is too far from its
// iat, or from their own clock, which is the signer's: Box caps it at 60 s, GitHub at 600, Apple at
// 1200, Google at 3600.
func TestLifetimesThatOthersCap(t *testing.T) {
	for _, limit := range []int64{60, 300, 600, 1200, 3600} {
		for _, fraction := range []time.Duration{0, 1, 500 * time.Millisecond, 999999999} {
			clock := now.Add(fraction)
			raw, err := jwt.Sign(struct{}{}, secretKey(t), jwt.HS256, jwt.WithExpiresIn(time.Duration(limit)*time.Second),
				jwt.WithClock(func() time.Time { return clock }))
			require.NoError(t, err)
			tok, err := jwt.ParseUnverified(raw)
			require.NoError(t, err)
			require.Equal(t, limit, tok.UnverifiedClaims.ExpiresAt.Unix()-tok.UnverifiedClaims.IssuedAt.Unix(), "the partner compares exp with iat")
			require.LessOrEqual(t, tok.UnverifiedClaims.ExpiresAt.Sub(clock), time.Duration(limit)*time.Second, "the partner compares exp with its clock")
		}
	}
}

func TestExpiresInRefuses(t *testing.T) {
	for _, claims := range []any{map[string]any{"exp": 5}, json.RawMessage(`{"exp":5}`), jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(now)}} {
		_, err := jwt.Sign(claims, secretKey(t), jwt.HS256, jwt.WithExpiresIn(time.Second))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		var claim *jwt.ClaimError
		require.ErrorAs(t, err, &claim)
		require.Equal(t, "exp", claim.Claim)
	}
	last := func(at int64) jwt.SignOption {
		return jwt.WithClock(func() time.Time { return time.Unix(at, 999999999) })
	}
	for _, at := range []int64{253402300799, 253402300800, 253402300799 - 3599, math.MaxInt64, -62135596800, math.MinInt64} {
		_, err := jwt.Sign(struct{}{}, secretKey(t), jwt.HS256, jwt.WithExpiresIn(time.Hour), last(at))
		require.ErrorIs(t, err, jwt.ErrInvalidOption, at)
	}
	for _, at := range []int64{253402300799 - 3600, -62135596799} {
		_, err := jwt.Sign(named{jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(now)}}, secretKey(t), jwt.HS256, jwt.WithExpiresIn(time.Hour), last(at))
		require.NoError(t, err, "the date of an object inside is no exp")
	}
}

type duplicating struct{}

func (duplicating) MarshalJSON() ([]byte, error) { return []byte(`{"exp":1,"exp":2}`), nil }

func TestSignRefusesWhatVerifyWouldCallMalformed(t *testing.T) {
	for _, tt := range []struct {
		name, claim string
		claims      any
	}{
		{"nil", "", nil},
		{"nil map", "", map[string]any(nil)},
		{"nil pointer", "", (*jwt.RegisteredClaims)(nil)},
		{"array", "", []int{1}},
		{"text", "", "x"},
		{"bytes", "", []byte(`{}`)},
		{"number", "", 5},
		{"func", "", func() {}},
		{"chan inside", "x", map[string]any{"x": make(chan int)}},
		{"numeric sub", "sub", map[string]any{"sub": 1}},
		{"numeric sub in a struct", "sub", struct {
			Sub int `json:"sub"`
		}{1}},
		{"time as exp", "exp", map[string]any{"exp": now}},
		{"text as exp", "exp", map[string]string{"exp": "1"}},
		{"exp out of range", "exp", map[string]any{"exp": 1e300}},
		{"exp null", "exp", map[string]any{"exp": nil}},
		{"zero time as exp", "exp", jwt.RegisteredClaims{ExpiresAt: jwt.NewNumericDate(time.Time{})}},
		{"year 10000", "nbf", jwt.RegisteredClaims{NotBefore: jwt.NewNumericDate(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))}},
		{"mixed aud", "aud", map[string]any{"aud": []any{"a", 1}}},
		{"aud null", "aud", map[string]any{"aud": nil}},
		{"invalid UTF-8", "iss", map[string]any{"iss": "\xff"}},
		{"invalid UTF-8 in aud", "aud", jwt.RegisteredClaims{Audience: jwt.Audience{"\xff"}}},
		{"invalid UTF-8 in one of aud", "aud", jwt.RegisteredClaims{Audience: jwt.Audience{"a", "\xff"}}},
		{"invalid UTF-8 in a name", "", map[string]any{"\xff": 1}},
		{"duplicate members", "", duplicating{}},
		{"nested duplicate members", "x", map[string]any{"x": json.RawMessage(`{"a":1,"a":2}`)}},
		{"not JSON", "", json.RawMessage(`{`)},
		{"NaN", "x", map[string]any{"x": math.NaN()}},
		{"65 levels", "", json.RawMessage(strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := jwt.Sign(tt.claims, secretKey(t), jwt.HS256)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
			require.Empty(t, raw)
			require.True(t, strings.HasPrefix(err.Error(), "jwt: "), err.Error())
			var claim *jwt.ClaimError
			require.Equal(t, tt.claim != "", errors.As(err, &claim))
			if claim != nil {
				require.Equal(t, tt.claim, claim.Claim)
			}
		})
	}
	_, err := jwt.Sign(map[string]any{"exp": now}, secretKey(t), jwt.HS256)
	require.ErrorContains(t, err, "use NewNumericDate")
}

func TestSignOptionsAndKeysAreChecked(t *testing.T) {
	key := secretKey(t)
	short, err := jwt.NewSecretKey(testSecret[:32])
	require.NoError(t, err)
	type foreignKey struct{ jwt.SigningKey }
	type foreignAlg struct{ jwt.Algorithm }
	type foreignOption struct{ jwt.SignOption }
	for _, tt := range []struct {
		name string
		key  jwt.SigningKey
		alg  jwt.Algorithm
		opt  []jwt.SignOption
		want error
	}{
		{"nil key", nil, jwt.HS256, nil, jwt.ErrInvalidOption},
		{"typed nil key", (*jwt.PrivateKey)(nil), jwt.HS256, nil, jwt.ErrInvalidKey},
		{"zero key", &jwt.SecretKey{}, jwt.HS256, nil, jwt.ErrInvalidKey},
		{"zero private key", &jwt.PrivateKey{}, jwt.RS256, nil, jwt.ErrInvalidKey},
		{"foreign key", foreignKey{key}, jwt.HS256, nil, jwt.ErrInvalidKey},
		{"nil algorithm", key, nil, nil, jwt.ErrInvalidOption},
		{"number without algorithm", key, jwt.HS256 + 100, nil, jwt.ErrInvalidOption},
		{"foreign algorithm", key, foreignAlg{jwt.HS256}, nil, jwt.ErrInvalidOption},
		{"secret for RS256", key, jwt.RS256, nil, jwt.ErrInvalidKey},
		{"short secret for HS512", short, jwt.HS512, nil, jwt.ErrInvalidKey},
		{"nil option", key, jwt.HS256, []jwt.SignOption{nil}, jwt.ErrInvalidOption},
		{"foreign option", key, jwt.HS256, []jwt.SignOption{foreignOption{}}, jwt.ErrInvalidOption},
		{"expires under a second", key, jwt.HS256, []jwt.SignOption{jwt.WithExpiresIn(time.Second - 1)}, jwt.ErrInvalidOption},
		{"option twice", key, jwt.HS256, []jwt.SignOption{jwt.WithType("a"), jwt.WithType("a")}, jwt.ErrInvalidOption},
		{"empty typ", key, jwt.HS256, []jwt.SignOption{jwt.WithType("")}, jwt.ErrInvalidOption},
		{"invalid typ", key, jwt.HS256, []jwt.SignOption{jwt.WithType("\xff")}, jwt.ErrInvalidOption},
		{"nil clock", key, jwt.HS256, []jwt.SignOption{jwt.WithClock(nil)}, jwt.ErrInvalidOption},
		{"header alg", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("alg", "none")}, jwt.ErrInvalidOption},
		{"header crit", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("crit", []string{"x"})}, jwt.ErrInvalidOption},
		{"header without name", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("", 1)}, jwt.ErrInvalidOption},
		{"header twice", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("a", 1), jwt.WithHeader("a", 1)}, jwt.ErrInvalidOption},
		{"header cty number", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("cty", 1)}, jwt.ErrInvalidOption},
		{"header of a func", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("a", func() {})}, jwt.ErrInvalidOption},
		{"header with duplicates", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("a", json.RawMessage(`{"x":1,"x":1}`))}, jwt.ErrInvalidOption},
		{"header of 65 levels", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("a", json.RawMessage(strings.Repeat("[", 64)+strings.Repeat("]", 64)))}, jwt.ErrInvalidOption},
		{"header over 16 KiB", key, jwt.HS256, []jwt.SignOption{jwt.WithHeader("a", strings.Repeat("x", 13000))}, jwt.ErrInvalidOption},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := jwt.Sign(struct{}{}, tt.key, tt.alg, tt.opt...)
			require.ErrorIs(t, err, tt.want)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		})
	}
	_, err = jwt.Sign(struct{}{}, key, jwt.ES256)
	require.EqualError(t, err, "jwt: ES256 needs an ECDSA P-256 key, got a secret key of 64 bytes (HS256?)")
	for _, zero := range []*jwt.Signer{nil, {}} {
		_, err := zero.Sign(struct{}{})
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
}

func TestVerifyOptionsAndKeysAreChecked(t *testing.T) {
	key := secretKey(t)
	type foreignKey struct{ jwt.KeySource }
	type foreignOption struct{ jwt.VerifyOption }
	one := func(o jwt.VerifyOption) []jwt.VerifyOption { return []jwt.VerifyOption{o} }
	for _, tt := range []struct {
		name string
		key  jwt.KeySource
		algs []jwt.Algorithm
		opt  []jwt.VerifyOption
		want error
	}{
		{"nil key", nil, hs256, nil, jwt.ErrInvalidOption},
		{"typed nil key", (*jwt.SecretKey)(nil), hs256, nil, jwt.ErrInvalidKey},
		{"nil KeyFunc", jwt.KeyFunc(nil), hs256, nil, jwt.ErrInvalidKey},
		{"zero key", &jwt.SecretKey{}, hs256, nil, jwt.ErrInvalidKey},
		{"zero public key", &jwt.PublicKey{}, hs256, nil, jwt.ErrInvalidKey},
		{"zero set", &jwt.KeySet{}, hs256, nil, jwt.ErrInvalidKey},
		{"foreign key", foreignKey{key}, hs256, nil, jwt.ErrInvalidKey},
		{"no algorithm", key, nil, nil, jwt.ErrInvalidOption},
		{"empty list", key, []jwt.Algorithm{}, nil, jwt.ErrInvalidOption},
		{"nil in the list", key, []jwt.Algorithm{jwt.HS256, nil}, nil, jwt.ErrInvalidOption},
		{"no key serves", key, []jwt.Algorithm{jwt.RS256, jwt.ES256}, nil, jwt.ErrInvalidKey},
		{"nil option", key, hs256, one(nil), jwt.ErrInvalidOption},
		{"foreign option", key, hs256, one(foreignOption{}), jwt.ErrInvalidOption},
		{"empty issuer", key, hs256, one(jwt.WithIssuer("")), jwt.ErrInvalidOption},
		{"no issuer", key, hs256, one(jwt.WithIssuer()), jwt.ErrInvalidOption},
		{"no audience", key, hs256, one(jwt.WithAudience()), jwt.ErrInvalidOption},
		{"empty subject", key, hs256, one(jwt.WithSubject("")), jwt.ErrInvalidOption},
		{"empty typ", key, hs256, one(jwt.WithType("")), jwt.ErrInvalidOption},
		{"nil clock", key, hs256, one(jwt.WithClock(nil)), jwt.ErrInvalidOption},
		{"no required claim", key, hs256, one(jwt.WithRequiredClaims()), jwt.ErrInvalidOption},
		{"empty required claim", key, hs256, one(jwt.WithRequiredClaims("a", "")), jwt.ErrInvalidOption},
		{"zero max age", key, hs256, one(jwt.WithMaxAge(0)), jwt.ErrInvalidOption},
		{"zero size", key, hs256, one(jwt.WithMaxSize(0)), jwt.ErrInvalidOption},
		{"negative leeway", key, hs256, one(jwt.WithLeeway(-1)), jwt.ErrInvalidOption},
		{"leeway over an hour", key, hs256, one(jwt.WithLeeway(time.Hour + 1)), jwt.ErrInvalidOption},
		{"option twice", key, hs256, []jwt.VerifyOption{jwt.WithIssuer("a"), jwt.WithIssuer("a")}, jwt.ErrInvalidOption},
		{"contradiction", key, hs256, []jwt.VerifyOption{jwt.WithAudience("a"), jwt.AllowAnyAudience()}, jwt.ErrInvalidOption},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := jwt.Verify[jwt.MapClaims](token(`{}`), tt.key, tt.algs, tt.opt...)
			require.ErrorIs(t, err, tt.want)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken)
		})
	}
	for _, zero := range []*jwt.Verifier[jwt.MapClaims]{nil, {}} {
		_, err := zero.Verify(token(`{}`))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.Contains(t, zero.String(), "not made by NewVerifier")
	}
	_, err := jwt.NewVerifier[chan int](key, hs256)
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
	_, err = jwt.NewVerifier[func()](key, hs256)
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

// opaque is a signer as an HSM or a KMS client has it.
type opaque struct {
	crypto.Signer
	mend func([]byte, error) ([]byte, error)
}

func (o opaque) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return o.mend(o.Signer.Sign(r, digest, opts))
}

func TestForeignSigners(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	cause := errors.New("no session")
	for _, tt := range []struct {
		name string
		mend func([]byte, error) ([]byte, error)
		want error
	}{
		{"good", func(b []byte, err error) ([]byte, error) { return b, err }, nil},
		{"failing", func([]byte, error) ([]byte, error) { return nil, cause }, cause},
		{"lying", func(b []byte, err error) ([]byte, error) { b[7] ^= 1; return b, err }, jwt.ErrKeysUnavailable},
		{"empty", func([]byte, error) ([]byte, error) { return nil, nil }, jwt.ErrKeysUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key, err := jwt.NewPrivateKey(opaque{private, tt.mend})
			require.NoError(t, err)
			for _, alg := range []jwt.Algorithm{jwt.RS256, jwt.RS384, jwt.RS512, jwt.PS256} {
				raw, err := jwt.Sign(struct{}{}, key, alg)
				if tt.want != nil {
					require.ErrorIs(t, err, tt.want)
					require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
					require.Empty(t, raw)
					continue
				}
				require.NoError(t, err)
				_, err = jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
				require.NoError(t, err)
			}
		})
	}
}

// keeper is a signer that still has what it signed when it has returned.
type keeper struct {
	crypto.Signer
	kept *[]byte
}

func (k keeper) Sign(r io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	*k.kept = digest
	return k.Signer.Sign(r, digest, opts)
}

type sshKeeper struct {
	ssh.Signer
	kept *[]byte
}

func (k sshKeeper) Sign(r io.Reader, data []byte) (*ssh.Signature, error) {
	*k.kept = data
	return k.Signer.Sign(r, data)
}

// TestForeignSignersMayKeepWhatTheyGet: what one has been given is not written to again,
// for another token.
func TestForeignSignersMayKeepWhatTheyGet(t *testing.T) {
	ed := keyFile[ed25519.PrivateKey](t, "ed25519-default")
	held, err := ssh.NewSignerFromSigner(ed)
	require.NoError(t, err)
	var kept []byte
	agent, err := jwt.NewSSHKey(sshKeeper{held, &kept})
	require.NoError(t, err)
	device := func(key crypto.Signer) *jwt.PrivateKey {
		k, err := jwt.NewPrivateKey(keeper{key, &kept})
		require.NoError(t, err)
		return k
	}
	for name, tt := range map[string]struct {
		key *jwt.PrivateKey
		alg jwt.Algorithm
	}{
		"ssh": {agent, jwt.EdDSA},
		"ed":  {device(ed), jwt.EdDSA},
		"ec":  {device(keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default")), jwt.ES256},
		"rsa": {device(keyFile[*rsa.PrivateKey](t, "rsa2048-default")), jwt.RS256},
		"pss": {device(keyFile[*rsa.PrivateKey](t, "rsa2048-default")), jwt.PS256},
	} {
		_, err := jwt.Sign(jwt.RegisteredClaims{ID: "first"}, tt.key, tt.alg)
		require.NoError(t, err)
		first, was := kept, bytes.Clone(kept)
		for range 10 {
			_, err = jwt.Sign(jwt.RegisteredClaims{ID: "other"}, tt.key, tt.alg)
			require.NoError(t, err)
		}
		require.Equal(t, was, first, name)
	}
}

func TestEveryAlgorithmSignsAndVerifies(t *testing.T) {
	for alg := jwt.HS256; alg <= jwt.Ed25519; alg++ {
		t.Run(alg.String(), func(t *testing.T) {
			parsed, err := jwt.ParseAlgorithm(alg.String())
			require.NoError(t, err)
			require.Equal(t, jwt.Algorithm(alg), parsed)
			var signing jwt.SigningKey
			var source jwt.KeySource
			if alg <= jwt.HS512 {
				k, err := jwt.GenerateSecretKey(alg)
				require.NoError(t, err)
				signing, source = k, k
			} else if alg <= jwt.PS512 {
				text, _ := testkeys.Pair(t, "testdata/keys/rsa2048-default")
				k, err := jwt.ParsePrivateKey(text)
				require.NoError(t, err)
				signing, source = k, k.Public()
			} else {
				k, err := jwt.GeneratePrivateKey(alg)
				require.NoError(t, err)
				signing, source = k, k.Public()
			}
			raw, err := jwt.Sign(jwt.RegisteredClaims{Subject: "a"}, signing, alg)
			require.NoError(t, err)
			tok, err := jwt.Verify[jwt.RegisteredClaims](raw, source, []jwt.Algorithm{alg})
			require.NoError(t, err)
			require.Equal(t, "a", tok.Claims.Subject)
			for i := range raw {
				if raw[i] == '.' {
					continue
				}
				changed := []byte(raw)
				changed[i] ^= 1
				tok, err := jwt.Verify[jwt.RegisteredClaims](string(changed), source, []jwt.Algorithm{alg})
				require.Error(t, err, "byte %d", i)
				require.Nil(t, tok)
			}
		})
	}
	for _, name := range []string{"", "none", "hs256", "HS256 ", "ES256K"} {
		_, err := jwt.ParseAlgorithm(name)
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
	require.Equal(t, "invalid", (jwt.HS256 + 100).String())
}

// TestForeignECDSASignersThatAreWrong: what a device returns is checked before it is sent out.
func TestForeignECDSASignersThatAreWrong(t *testing.T) {
	private := keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default")
	der := func(r, s *big.Int) []byte {
		sig, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
		require.NoError(t, err)
		return sig
	}
	one, huge := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 256)
	for name, sig := range map[string][]byte{
		"good":           nil,
		"not ASN.1":      []byte("signature"),
		"bytes after it": append(der(one, one), 0),
		"r is 0":         der(big.NewInt(0), one),
		"s is negative":  der(one, big.NewInt(-1)),
		"r is too large": der(huge, one),
		"s is too large": der(one, huge),
		"of nothing":     der(one, one),
		"empty":          {},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := jwt.NewPrivateKey(opaque{private, func(b []byte, err error) ([]byte, error) {
				if sig == nil {
					return b, err
				}
				return sig, nil
			}})
			require.NoError(t, err)
			raw, err := jwt.Sign(struct{}{}, key, jwt.ES256)
			if sig == nil {
				require.NoError(t, err)
				return
			}
			require.Empty(t, raw)
			require.ErrorIs(t, err, jwt.ErrKeysUnavailable)
			require.NotErrorIs(t, err, jwt.ErrInvalidKey)
		})
	}
	cause := fmt.Errorf("no session: %w", &sessionError{jwt.ErrExpired})
	key, err := jwt.NewPrivateKey(opaque{private, func([]byte, error) ([]byte, error) { return nil, cause }})
	require.NoError(t, err)
	_, err = jwt.Sign(struct{}{}, key, jwt.ES256)
	require.ErrorIs(t, err, cause)
	require.ErrorAs(t, err, new(*sessionError))
	require.Equal(t, []string{"ErrKeysUnavailable"}, matched(err), "the token that expired is the device's own")
}

type sessionError struct{ error }

func (e *sessionError) Unwrap() error { return e.error }
