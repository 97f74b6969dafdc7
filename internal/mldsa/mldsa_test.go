package mldsa_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/mldsa"
)

// Either this version of Go has all of ML-DSA, or whatever is asked for fails.
func TestAllOrNothing(t *testing.T) {
	sets := mldsa.All()
	if len(sets) == 0 {
		for _, name := range mldsa.Names {
			_, err := mldsa.ByName(name)
			require.EqualError(t, err, name+" needs a program that is built with Go 1.27 or later")
		}
		_, err := mldsa.GenerateKey(mldsa.Parameters{})
		require.ErrorContains(t, err, "Go 1.27")
		_, err = mldsa.NewPrivateKey(mldsa.Parameters{}, make([]byte, mldsa.PrivateKeySize))
		require.ErrorContains(t, err, "Go 1.27")
		_, err = mldsa.NewPublicKey(mldsa.Parameters{}, nil)
		require.ErrorContains(t, err, "Go 1.27")
		require.False(t, mldsa.Verify(new(mldsa.PublicKey), nil, nil))
		return
	}
	require.Len(t, sets, len(mldsa.Names))
	for i, params := range sets {
		require.Equal(t, mldsa.Names[i], params.String())
		got, err := mldsa.ByName(mldsa.Names[i])
		require.NoError(t, err)
		require.Equal(t, params, got)
		key, err := mldsa.GenerateKey(params)
		require.NoError(t, err)
		again, err := mldsa.NewPrivateKey(params, key.Bytes())
		require.NoError(t, err)
		require.True(t, again.PublicKey().Equal(key.PublicKey()))
		public, err := mldsa.NewPublicKey(params, key.PublicKey().Bytes())
		require.NoError(t, err)
		sig, err := key.Sign(nil, []byte("a message"), nil)
		require.NoError(t, err)
		require.True(t, mldsa.Verify(public, []byte("a message"), sig))
		require.False(t, mldsa.Verify(public, []byte("another message"), sig))
	}
}

func TestUnknownNames(t *testing.T) {
	for _, name := range []string{"", "ML-DSA", "ML-DSA-45", "ml-dsa-44"} {
		_, err := mldsa.ByName(name)
		require.ErrorContains(t, err, "is no parameter set")
	}
}
