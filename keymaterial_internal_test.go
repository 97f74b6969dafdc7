package jwt

import (
	"crypto/rsa"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysAreComparedByKind(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), 100)
	one := &checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}
	require.True(t, one.sameKey(&checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}))
	require.False(t, one.sameKey(&checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 5}}))
	require.False(t, (&checkedKey{kind: kindSecret}).sameKey(&checkedKey{kind: kindEd25519}))
	require.Equal(t, "jwt: no private key", (*keyPair)(nil).describeKey("private key"))
}

func TestAKeyServesWithinItsBounds(t *testing.T) {
	for _, row := range []struct {
		ops   keyOps
		bound algorithm
		op    keyOps
		want  bool
		why   string
	}{
		{opAll, 0, opSign, true, ""}, {opAll, EdDSA, opVerify, true, ""}, {opVerify, 0, opVerify, true, ""},
		{opVerify, 0, opSign, false, "sign"}, {opSign, 0, opVerify, false, "verify"}, {opSign, EdDSA, opVerify, false, "key_ops"},
		{opAll, Ed25519, opVerify, false, "bound to Ed25519"},
	} {
		m := &checkedKey{kind: kindEd25519, ops: row.ops, bound: row.bound}
		require.Equal(t, row.want, m.serves(&schemes[EdDSA], row.op), row)
		if !row.want {
			require.ErrorContains(t, m.unfit(&schemes[EdDSA], row.op), row.why)
		}
	}
}
