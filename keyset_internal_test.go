package jwt

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// namedKey is an Ed25519 key with a kid, or without one if it is empty.
func namedKey(t *testing.T, alg algorithm, kid string) *PublicKey {
	t.Helper()
	var opts []KeyOption
	if kid != "" {
		opts = append(opts, WithKeyID(kid))
	}
	pair, err := GeneratePrivateKey(alg, opts...)
	require.NoError(t, err)
	public, err := NewPublicKey(pair.Public().Crypto(), opts...) // without the binding
	require.NoError(t, err)
	return public
}

func TestKidSelectsTheKeysOfASet(t *testing.T) {
	edA, ecA := namedKey(t, EdDSA, "a"), namedKey(t, ES256, "a")
	edB, ed, ec := namedKey(t, EdDSA, "b"), namedKey(t, EdDSA, ""), namedKey(t, ES256, "")
	bound, err := NewPublicKey(namedKey(t, EdDSA, "").Crypto(), WithAlgorithm(Ed25519))
	require.NoError(t, err)
	set, err := NewKeySet(edA, ecA, edB, ed, ec, bound)
	require.NoError(t, err)
	require.Equal(t, 6, set.len())

	for _, row := range []struct {
		alg  algorithm
		kid  string
		want []*PublicKey
	}{
		{EdDSA, "a", []*PublicKey{edA}},
		{ES256, "a", []*PublicKey{ecA}},
		{EdDSA, "b", []*PublicKey{edB}},
		{ES256, "b", nil}, // b is there, so the keys without kid are not tried
		{ES256, "c", []*PublicKey{ec}},
		{EdDSA, "c", []*PublicKey{ed}},
		{EdDSA, "", []*PublicKey{edA, edB, ed}},
		{Ed25519, "", []*PublicKey{edA, edB, ed, bound}},
		{Ed25519, "A", []*PublicKey{ed, bound}},
		{ES256, "", []*PublicKey{ecA, ec}},
		{ES384, "", nil},
		{HS256, "", nil},
	} {
		t.Run(fmt.Sprintf("%s %q", row.alg, row.kid), func(t *testing.T) {
			var want []*checkedKey
			for _, key := range row.want {
				want = append(want, key.checked)
			}
			require.Equal(t, want, set.candidates(nil, row.alg.scheme(), row.kid))
		})
	}
	first := []*checkedKey{edA.checked}
	require.Equal(t, []*checkedKey{edA.checked, edB.checked}, set.candidates(first, EdDSA.scheme(), "b"))
}

func TestKeyOpsOfASecretBindIt(t *testing.T) {
	for ops, want := range map[string]keyOps{`["sign"]`: opSign, `["verify"]`: opVerify, `["verify","sign"]`: opAll} {
		key, err := ParseSecretKey([]byte(`{"kty":"oct","key_ops":` + ops + `,"k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`))
		require.NoError(t, err)
		require.Equal(t, want&opSign != 0, key.pair.serves(HS256.scheme(), opSign))
		require.Equal(t, want&opVerify != 0, key.pair.serves(HS256.scheme(), opVerify))
		set, err := NewKeySet(key)
		require.NoError(t, err)
		require.Equal(t, want&opVerify != 0, len(set.candidates(nil, HS256.scheme(), "")) == 1)
	}
}

// The key_ops of a key pair say what it may be read for, and nothing of the other half.
func TestKeyOpsOfAKeyPairDoNotBindItsOtherHalf(t *testing.T) {
	text := `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","key_ops":["sign"]}`
	key, err := ParsePrivateKey([]byte(text))
	require.NoError(t, err)
	require.True(t, key.pair.serves(EdDSA.scheme(), opSign))
	require.True(t, key.Public().checked.serves(EdDSA.scheme(), opVerify))
}

func TestSetTriesAFewKeysOnly(t *testing.T) {
	var keys []VerificationKey
	for range 2 * maxCandidates {
		keys = append(keys, namedKey(t, EdDSA, ""))
	}
	for n, want := range map[int]int{1: 1, 16: 16, 17: 17, 18: 17, 32: 17} {
		set, err := NewKeySet(keys[:n]...)
		require.NoError(t, err)
		require.Len(t, set.candidates(nil, EdDSA.scheme(), ""), want)
		require.Len(t, set.candidates(nil, EdDSA.scheme(), "x"), want)
	}
}

func TestSelectionAllocatesNothing(t *testing.T) {
	var keys []VerificationKey
	for i := range 50 {
		keys = append(keys, namedKey(t, EdDSA, fmt.Sprint(i)))
	}
	set, err := NewKeySet(keys...)
	require.NoError(t, err)
	dst := make([]*checkedKey, 0, maxCandidates+1)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		dst = set.candidates(dst[:0], EdDSA.scheme(), "49")
		dst = set.candidates(dst[:0], EdDSA.scheme(), "")
	}))
}

func BenchmarkSelection(b *testing.B) {
	var keys []VerificationKey
	for i := range 100 {
		pair, err := GeneratePrivateKey(ES256, WithKeyID(fmt.Sprint(i)))
		require.NoError(b, err)
		keys = append(keys, pair.Public())
	}
	set, err := NewKeySet(keys...)
	require.NoError(b, err)
	dst := make([]*checkedKey, 0, maxCandidates+1)
	for b.Loop() {
		dst = set.candidates(dst[:0], ES256.scheme(), "99")
	}
}

func TestOneKeyWithDifferentOperationsIsTwoKeysOfASet(t *testing.T) {
	secret := func(ops string) *SecretKey {
		k, err := ParseSecretKey([]byte(`{"kty":"oct"` + ops + `,"k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`))
		require.NoError(t, err)
		return k
	}
	set, err := NewKeySet(secret(""), secret(`,"key_ops":["verify"]`), secret(""))
	require.NoError(t, err)
	require.Equal(t, 2, set.len())
	_, err = checkedKeyOf(struct{ VerificationKey }{})
	require.ErrorContains(t, err, "is not a key of this package")
	_, err = ParseKeySet([]byte(`{"kty":"no matter","keys":[]}`))
	require.NoError(t, err)
}

func TestSetWithoutAnyKeyThatServesSaysWhy(t *testing.T) {
	empty, err := NewKeySet()
	require.NoError(t, err)
	_, err = NewVerifier[MapClaims](empty, []Algorithm{HS256})
	require.ErrorIs(t, err, ErrInvalidKey)
	require.ErrorContains(t, err, "no usable keys")
	set, err := NewKeySet(namedKey(t, Ed25519, "a"))
	require.NoError(t, err)
	_, err = NewVerifier[MapClaims](set, []Algorithm{HS256})
	require.ErrorIs(t, err, ErrInvalidKey)
	require.ErrorContains(t, err, "none of the set's 1 keys can serve HS256")
}
