package jwt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestKeysDoNotPrint(t *testing.T) {
	secret := secretKey(t, jwt.WithKeyID("k1"))
	text, _ := readKeyPair(t, "testdata/keys/ed25519-default")
	private, err := jwt.ParsePrivateKey(text)
	require.NoError(t, err)
	for _, key := range []any{secret, *secret, private, *private, &jwt.SecretKey{}, jwt.PrivateKey{}} {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", key)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&log, verb, key)
			fmt.Fprintf(&log, verb, struct{ K any }{key})
		}
		require.NotContains(t, log.String(), string(testSecret[:8]))
		require.NotContains(t, log.String(), fmt.Sprintf("%x", testSecret[:8]))
		require.NotContains(t, log.String(), "0x")
		_, err := json.Marshal(key)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
	require.Equal(t, `jwt: secret key (a secret key of 64 bytes, kid "k1", redacted)`, secret.String())
	require.Empty(t, new(jwt.SecretKey).KeyID()+new(jwt.PrivateKey).KeyID()+new(jwt.PublicKey).KeyID())
	require.Nil(t, new(jwt.PrivateKey).Public())
	require.Nil(t, new(jwt.PublicKey).Crypto())
	require.False(t, new(jwt.PublicKey).Equal(new(jwt.PublicKey)))
}

// FuzzVerify: what is accepted is the one spelling of the token, and no change of a byte
// of it is accepted.
func FuzzVerify(f *testing.F) {
	f.Add(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"a","exp":99999999999,"x":[1,{"y":null}]}`, uint16(3), byte(1))
	f.Add(`{"alg":"HS256","kid":"\u0061"}`, ` { "aud" : [ ] } `, uint16(30), byte(32))
	key, err := jwt.NewSecretKey(testSecret)
	require.NoError(f, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](key, hs256, jwt.AllowAnyAudience())
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, header, payload string, at uint16, flip byte) {
		raw := forge(header, payload)
		tok, err := v.Verify(raw)
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
			require.Nil(t, tok)
			return
		}
		require.Equal(t, payload, tok.Payload)
		require.True(t, json.Valid([]byte(header)) && json.Valid([]byte(payload)))
		var naive map[string]any
		dec := json.NewDecoder(strings.NewReader(payload))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&naive))
		require.Equal(t, naive, tok.Claims)
		changed := []byte(raw)
		changed[int(at)%len(raw)] ^= flip
		if string(changed) != raw {
			_, err := v.Verify(string(changed))
			require.ErrorIs(t, err, jwt.ErrInvalidToken)
		}
	})
}

// FuzzSignThenVerify: what Sign accepts, Verify reads back.
func FuzzSignThenVerify(f *testing.F) {
	f.Add(`{"sub":"a","exp":99999999999}`, "k")
	key, err := jwt.NewSecretKey(testSecret)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, payload, kid string) {
		raw, err := jwt.Sign(json.RawMessage(payload), key, jwt.HS256, jwt.WithHeader("x", kid))
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
			return
		}
		_, err = jwt.Verify[jwt.MapClaims](raw, key, hs256, jwt.AllowAnyAudience(), jwt.AllowExpired(), jwt.WithMaxSize(1<<30))
		if err != nil {
			require.ErrorIs(t, err, jwt.ErrNotYetValid)
		}
	})
}
