package jwt

import (
	"crypto/rsa"
	"fmt"
	"math/big"
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

// candidatesOf returns the keys of a set to try, which must not be too many.
func candidatesOf(t *testing.T, set *KeySet, alg algorithm, kid string) []*checkedKey {
	t.Helper()
	keys, few := set.candidates(nil, alg.scheme(), kid)
	require.True(t, few)
	return keys
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
			require.Equal(t, want, candidatesOf(t, set, row.alg, row.kid))
		})
	}
	after, _ := set.candidates([]*checkedKey{edA.checked}, EdDSA.scheme(), "b")
	require.Equal(t, []*checkedKey{edA.checked, edB.checked}, after)
}

func TestKeyOpsOfASecretBindIt(t *testing.T) {
	for ops, want := range map[string]keyOps{`["sign"]`: opSign, `["verify"]`: opVerify, `["verify","sign"]`: opAll} {
		key, err := ParseSecretKey([]byte(`{"kty":"oct","key_ops":` + ops + `,"k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`))
		require.NoError(t, err)
		require.Equal(t, want&opSign != 0, key.pair.serves(HS256.scheme(), opSign))
		require.Equal(t, want&opVerify != 0, key.pair.serves(HS256.scheme(), opVerify))
		set, err := NewKeySet(key)
		require.NoError(t, err)
		require.Equal(t, want&opVerify != 0, len(candidatesOf(t, set, HS256, "")) == 1)
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
	for kid, message := range map[string]string{"": "it must have a kid", "a": "each key must have a kid of its own"} {
		var keys []VerificationKey
		for range 2 * maxCandidates {
			keys = append(keys, namedKey(t, EdDSA, kid))
		}
		keys = append(keys, namedKey(t, ES256, kid)) // which does not count for EdDSA
		for n, few := range map[int]bool{1: true, 16: true, 17: false, 32: false} {
			set, err := NewKeySet(append(keys[:n:n], keys[32])...)
			require.NoError(t, err)
			for _, asked := range []string{"", kid} {
				got, ok := set.candidates(nil, EdDSA.scheme(), asked)
				require.Equal(t, few, ok)
				require.Len(t, got, min(n, 16))
			}
			require.ErrorContains(t, set.tooMany(kid), message)
			require.ErrorIs(t, set.tooMany(kid), ErrKeyNotFound)
		}
	}
	set, err := NewKeySet(namedKey(t, EdDSA, ""))
	require.NoError(t, err)
	require.ErrorContains(t, set.tooMany("b"), "must name the kid of a key")
}

// sizedKeys are n RSA keys of a size with one kid, whose numbers are good for nothing else.
func sizedKeys(t testing.TB, n int, bits uint) (keys []VerificationKey) {
	t.Helper()
	for i := range n {
		modulus := new(big.Int).Lsh(big.NewInt(1), bits)
		key, err := NewPublicKey(&rsa.PublicKey{N: modulus.Sub(modulus, big.NewInt(int64(2*i+1))), E: 65537}, WithKeyID("a"))
		require.NoError(t, err)
		keys = append(keys, key)
	}
	return keys
}

func TestSetTriesALimitedSizeOfRSAKeys(t *testing.T) {
	other := namedKey(t, EdDSA, "a")
	for _, row := range []struct {
		bits uint
		most int
	}{{2048, 16}, {4096, 16}, {8192, 8}, {16384, 4}} {
		keys := sizedKeys(t, row.most+1, row.bits)
		for n := row.most; n <= row.most+1; n++ {
			set, err := NewKeySet(append(keys[:n:n], other)...)
			require.NoError(t, err)
			for _, kid := range []string{"", "a"} {
				got, few := set.candidates(nil, PS512.scheme(), kid)
				require.Equal(t, n == row.most, few, row)
				require.Len(t, got, row.most)
				require.Len(t, candidatesOf(t, set, EdDSA, kid), 1)
			}
		}
	}
	set, err := NewKeySet(append(sizedKeys(t, 7, 8192), sizedKeys(t, 1, 8193)...)...)
	require.NoError(t, err)
	_, few := set.candidates(nil, PS512.scheme(), "a")
	require.False(t, few, "a bit too many")
}

func TestSelectionAllocatesNothing(t *testing.T) {
	var keys []VerificationKey
	for i := range 50 {
		keys = append(keys, namedKey(t, EdDSA, fmt.Sprint(i)))
	}
	set, err := NewKeySet(keys...)
	require.NoError(t, err)
	dst := make([]*checkedKey, 0, maxCandidates)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		dst, _ = set.candidates(dst[:0], EdDSA.scheme(), "49")
		dst, _ = set.candidates(dst[:0], EdDSA.scheme(), "")
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
	dst := make([]*checkedKey, 0, maxCandidates)
	for b.Loop() {
		dst, _ = set.candidates(dst[:0], ES256.scheme(), "99")
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
