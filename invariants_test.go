package jwt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
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
