package conformance

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// roundTrip writes a key pair in every form and reads it again.
func roundTrip(t *testing.T, pair crypto.Signer) {
	private, err := jwt.NewPrivateKey(pair, jwt.WithThumbprintKeyID())
	require.NoError(t, err)
	public := private.Public()

	opensshBlock, err := ssh.MarshalPrivateKey(pair, "a comment")
	require.NoError(t, err)
	openssh := func() ([]byte, error) { return pem.EncodeToMemory(opensshBlock), nil }
	for name, marshal := range map[string]func() ([]byte, error){"JWK": private.ExportJWK, "PEM": private.MarshalPEM, "OpenSSH": openssh} {
		text, err := marshal()
		require.NoError(t, err)
		again, err := jwt.ParsePrivateKey(text)
		require.NoError(t, err, "%s", name)
		require.True(t, public.Equal(again.Public()), name)
		jwk, err := again.ExportJWK()
		require.NoError(t, err)
		third, err := jwt.ParsePrivateKey(jwk, jwt.WithKeyID(private.KeyID()))
		require.NoError(t, err)
		got, err := third.ExportJWK()
		require.NoError(t, err)
		want, err := private.ExportJWK()
		require.NoError(t, err)
		require.Equal(t, want, got, name) // the private part is the same too
	}
	for name, marshal := range map[string]func() ([]byte, error){"JWK": public.MarshalJSON, "PEM": public.MarshalPEM, "OpenSSH": public.MarshalAuthorizedKey} {
		text, err := marshal()
		require.NoError(t, err)
		again, err := jwt.ParsePublicKey(text)
		require.NoError(t, err, "%s: %s", name, text)
		require.True(t, public.Equal(again), name)
		require.Equal(t, private.KeyID(), again.Thumbprint())
	}
	line, err := public.MarshalAuthorizedKey()
	require.NoError(t, err)
	set, err := jwt.ParseAuthorizedKeys(line)
	require.NoError(t, err)
	text, err := set.MarshalJSON()
	require.NoError(t, err)
	set, err = jwt.ParseKeySet(text)
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.True(t, public.Equal(set.Keys()[0].(*jwt.PublicKey)))
	require.Equal(t, private.KeyID(), set.Keys()[0].KeyID())
}

// Of 1,000 keys some have coordinates and scalars with leading zeros, which must be kept.
func TestThousandKeysComeBackEqual(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		t.Run(curve.Params().Name, func(t *testing.T) {
			t.Parallel()
			zeros := 0
			for range 1000 {
				key, err := ecdsa.GenerateKey(curve, rand.Reader)
				require.NoError(t, err)
				point, err := key.PublicKey.Bytes()
				require.NoError(t, err)
				if size := len(point) / 2; point[1] == 0 || point[1+size] == 0 {
					zeros++
				}
				roundTrip(t, key)
			}
			require.NotZero(t, zeros)
		})
	}
	t.Run("Ed25519", func(t *testing.T) {
		t.Parallel()
		for range 1000 {
			_, key, err := ed25519.GenerateKey(rand.Reader)
			require.NoError(t, err)
			roundTrip(t, key)
		}
	})
	t.Run("RSA", func(t *testing.T) {
		t.Parallel()
		for range 50 {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			require.NoError(t, err)
			roundTrip(t, key)
		}
	})
}
