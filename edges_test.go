package jwt_test

import (
	"crypto/ecdsa"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

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
		tok, err = v.Verify(forge(`{"alg":"HS256","kid":"last"}`, `{}`))
		require.NoError(t, err)
		require.Equal(t, "last", tok.KeyID)
	}
}

// TestLongTokensAreReadInPieces: a payload of any length is the one that was signed, and
// its faults are found wherever they are.
func TestLongTokensAreReadInPieces(t *testing.T) {
	s, err := jwt.NewSigner(secretKey(t), jwt.HS256)
	require.NoError(t, err)
	v := large(t)
	for _, n := range []int{1, 12_000, 12_280, 12_281, 12_282, 12_283, 12_284, 12_285, 12_290, 24_576, 100_000, 1 << 20} {
		text := strings.Repeat("abcdefg", n/7+1)[:n]
		raw, err := s.Sign(map[string]string{"x": text})
		require.NoError(t, err)
		tok, err := v.Verify(raw)
		require.NoError(t, err)
		require.Equal(t, text, tok.Claims["x"])
		require.Equal(t, `{"x":"`+text+`"}`, tok.Payload)
	}
	header := rawURL.EncodeToString([]byte(`{"alg":"HS256"}`))
	long := rawURL.EncodeToString([]byte(`{"x":"` + strings.Repeat("y", 60_000) + `"}`))
	for name, payload := range map[string]string{
		"a length that no text has": long + strings.Repeat("A", (5-len(long)%4)%4),
		"bad at the start":          "!" + long[1:],
		"bad in the middle":         long[:40_000] + "+" + long[40_001:],
		"bad at the end":            long[:len(long)-1] + "=",
		"a break between pieces":    long[:16<<10] + "\n" + long[16<<10:],
		"stray bits at the end":     rawURL.EncodeToString([]byte(strings.Repeat("y", 30_001))) + "B",
	} {
		_, err := v.Verify(seal(header + "." + payload))
		require.ErrorIs(t, err, jwt.ErrMalformed, name)
	}
}

// TestMethodsOfClaimsRefuseWhatIsNotJSON: encoding/json never gives them such texts, a
// program can.
func TestMethodsOfClaimsRefuseWhatIsNotJSON(t *testing.T) {
	for _, text := range []string{"", " ", "1 2", "{", "01", `"`, "\xff", "1e"} {
		require.ErrorIs(t, new(jwt.NumericDate).UnmarshalJSON([]byte(text)), jwt.ErrInvalidClaims, "%q", text)
		require.ErrorIs(t, new(jwt.Audience).UnmarshalJSON([]byte(text)), jwt.ErrInvalidClaims, "%q", text)
	}
	var d jwt.NumericDate
	require.NoError(t, d.UnmarshalJSON([]byte(" 5 ")))
	require.Equal(t, int64(5), d.Unix())
	_, err := jwt.Audience{"a", "\xff"}.MarshalJSON()
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

// TestTypIsComparedAsASCII: typ is compared as ASCII.
func TestTypIsComparedAsASCII(t *testing.T) {
	for _, tt := range []struct {
		asked, typ string
		want       error
	}{
		{"at+jwt", "At+Jwt", nil},
		{"application/at+jwt", "APPLICATION/at+jwt", nil},
		{"application/a/b", "a/b", jwt.ErrUnexpectedType},
		{"a/b", "application/a/b", jwt.ErrUnexpectedType},
		{"k", "\u212a", jwt.ErrUnexpectedType},
		{"jwt", "application/", jwt.ErrUnexpectedType},
		{"jwt", "jwt ", jwt.ErrUnexpectedType},
	} {
		_, err := verify(t, forge(`{"alg":"HS256","typ":"`+tt.typ+`"}`, `{}`), jwt.WithType(tt.asked))
		if tt.want == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, tt.want, "%q for %q", tt.typ, tt.asked)
		}
	}
}

// TestFractionsOfASecondAreNotRounded: neither those of the claims nor those of the clock.
func TestFractionsOfASecondAreNotRounded(t *testing.T) {
	for _, tt := range []struct {
		payload string
		after   time.Duration // how long after now the clock is
		want    error
	}{
		{`{"exp":1795521600.5}`, 499_999_999, nil},
		{`{"exp":1795521600.5}`, 500_000_000, jwt.ErrExpired},
		{`{"exp":1795521600.5}`, 700_000_000, jwt.ErrExpired},
		{`{"exp":1795521601}`, 999_999_999, nil},
		{`{"nbf":1795521600.5}`, 499_999_999, jwt.ErrNotYetValid},
		{`{"nbf":1795521600.5}`, 500_000_000, nil},
		{`{"iat":1795521660.5}`, 499_999_999, jwt.ErrNotYetValid},
		{`{"iat":1795521660.5}`, 500_000_000, nil},
	} {
		_, err := jwt.Verify[jwt.MapClaims](token(tt.payload), secretKey(t), hs256, jwt.WithClock(func() time.Time { return now.Add(tt.after) }))
		if tt.want == nil {
			require.NoError(t, err, "%s after %v", tt.payload, tt.after)
		} else {
			require.ErrorIs(t, err, tt.want, "%s after %v", tt.payload, tt.after)
		}
	}
}
