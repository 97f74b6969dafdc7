package jwt

import (
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

type ecdsaSignature struct{ R, S *big.Int }

// edgeNumbers are the numbers at which a length, a sign or a padding changes.
func edgeNumbers(bits int) (numbers []*big.Int) {
	one := big.NewInt(1)
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 127, 128, 248, 255, 256, 376, 383, 384, 512, 519, 520} {
		if n < bits {
			power := new(big.Int).Lsh(one, uint(n))
			numbers = append(numbers, power, new(big.Int).Sub(new(big.Int).Lsh(power, 1), one))
		}
	}
	return numbers
}

func TestECDSASignatureFormsLikeASN1(t *testing.T) {
	for _, s := range []*scheme{&schemes[ES256], &schemes[ES384], &schemes[ES512]} {
		size := (s.bits + 7) / 8
		for _, r := range edgeNumbers(s.bits) {
			for _, u := range edgeNumbers(s.bits) {
				want, err := asn1.Marshal(ecdsaSignature{r, u})
				require.NoError(t, err)
				fixed := append(r.FillBytes(make([]byte, size)), u.FillBytes(make([]byte, size))...)
				require.Equal(t, want, appendDER(nil, fixed[:size], fixed[size:]))
				got, err := appendFromDER([]byte("before"), want, s.bits)
				require.NoError(t, err)
				require.Equal(t, append([]byte("before"), fixed...), got)
			}
		}
	}
}

func TestECDSASignatureOutOfFormIsRefused(t *testing.T) {
	good, err := asn1.Marshal(ecdsaSignature{big.NewInt(5), big.NewInt(600)})
	require.NoError(t, err)
	require.Equal(t, []byte{0x30, 7, 2, 1, 5, 2, 2, 2, 88}, good)
	_, err = appendFromDER(nil, good, schemes[ES256].bits)
	require.NoError(t, err)
	wide := func(bits uint) []byte {
		der, err := asn1.Marshal(ecdsaSignature{new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1)})
		require.NoError(t, err)
		return der
	}
	for name, der := range map[string][]byte{
		"nothing":                 {},
		"a tag":                   {0x30},
		"an octet string":         {0x04, 7, 2, 1, 5, 2, 2, 2, 88},
		"too short":               good[:8],
		"something behind":        append(append([]byte{}, good...), 0),
		"something inside":        {0x30, 10, 2, 1, 5, 2, 2, 2, 88, 2, 1, 1},
		"one number":              {0x30, 3, 2, 1, 5},
		"length in two bytes":     {0x30, 0x81, 7, 2, 1, 5, 2, 2, 2, 88},
		"length in three bytes":   {0x30, 0x82, 0, 7, 2, 1, 5, 2, 2, 2, 88},
		"indefinite length":       {0x30, 0x80, 2, 1, 5, 2, 2, 2, 88, 0, 0},
		"length byte missing":     {0x30, 0x81},
		"an empty number":         {0x30, 5, 2, 0, 2, 1, 1},
		"a negative number":       {0x30, 6, 2, 1, 0x85, 2, 1, 1},
		"a leading zero":          {0x30, 7, 2, 2, 0, 5, 2, 1, 1},
		"r is zero":               {0x30, 6, 2, 1, 0, 2, 1, 1},
		"s is zero":               {0x30, 6, 2, 1, 1, 2, 1, 0},
		"a number beyond":         {0x30, 6, 2, 9, 5, 2, 1, 1},
		"another tag for s":       {0x30, 6, 2, 1, 5, 3, 1, 1},
		"257 bits":                wide(256),
		"a number of 600 bits":    wide(600),
		"a number of 66 bytes":    wide(521),
		"a number of 1,000 bytes": wide(8000),
	} {
		_, err := appendFromDER(nil, der, schemes[ES256].bits)
		require.Error(t, err, name)
	}
	_, err = appendFromDER(nil, wide(521), schemes[ES512].bits)
	require.Error(t, err)
	_, err = appendFromDER(nil, wide(520), schemes[ES512].bits)
	require.NoError(t, err)
}
