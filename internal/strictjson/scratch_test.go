package strictjson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLargeScratchIsDroppedAndSmallScratchKept(t *testing.T) {
	object := func(format string, count int) string {
		var b strings.Builder
		for i := range count {
			fmt.Fprintf(&b, format, i)
		}
		return "{" + b.String() + `"end":0}`
	}
	large, small := object(`"%d":0,`, 70_000), object(`"\u0061%d":0,`, 100)
	long := `{"` + strings.Repeat(`a\n`, 200_000) + `":0}`
	for name, fail := range map[string]string{"a valid text": "", "a broken text": "}"} {
		var s Scanner
		for _, text := range []string{large, long} {
			_, err := s.Object(text + fail)
			require.Equal(t, fail != "", err != nil, name)
			require.LessOrEqual(t, cap(s.members)*24, maxScratch, name)
			require.LessOrEqual(t, (cap(s.heads)+cap(s.next))*4, 2*maxScratch, name)
			require.LessOrEqual(t, cap(s.unescaped), maxScratch, name)
		}
		_, err := s.Object(small + fail)
		require.Equal(t, fail != "", err != nil, name)
		require.NotZero(t, cap(s.members), name)
		require.NotZero(t, cap(s.heads), name)
		require.NotZero(t, cap(s.unescaped), name)
	}
}

func TestAScannerHasItsOwnSecrets(t *testing.T) {
	drawn := map[uint64]bool{}
	for range 64 { // half of all numbers are odd
		var s Scanner
		_, err := s.Object("{}")
		require.NoError(t, err)
		first := s.multiplier
		require.Equal(t, uint64(1), first&1, "an even multiplier loses names")
		require.NotContains(t, drawn, first)
		drawn[first] = true
		_, err = s.Object("{}")
		require.NoError(t, err)
		require.Equal(t, first, s.multiplier)
	}
}

func TestBytesThatInterruptAStringAreFound(t *testing.T) {
	for c := range 256 {
		stops := c < 0x20 || c == '"' || c == '\\'
		for place := range 8 {
			for _, rest := range []uint64{'a' * ones, 0x7f * ones, 0x80 * ones, 0xff * ones, 0x20 * ones, 0x21 * ones, 0x23 * ones, '[' * ones, ']' * ones} {
				x := rest&^(0xff<<(8*place)) | uint64(c)<<(8*place)
				want := uint64(0)
				if stops {
					want = 0x80 << (8 * place)
				}
				got := interrupts(x)
				require.Equal(t, want, got&-got, "%#x in %#x", c, x)
			}
		}
	}
}

func TestLettersAndDigitsAreToldFromAllOtherBytes(t *testing.T) {
	for c := range uint32(256) {
		for d := range uint32(256) {
			for _, x := range []uint32{c | d<<8 | 'q'<<16, c<<8 | d<<16 | 'a', c<<16 | 'z'<<8 | d} {
				want := true
				for _, b := range []uint32{x & 0xff, x >> 8 & 0xff, x >> 16} {
					want = want && 'a' <= b && b <= 'z'
				}
				require.Equal(t, want, smallLetters(x), "%#x", x)
			}
		}
		for place := range 8 {
			for _, rest := range []uint64{'0' * ones, '9' * ones} {
				x := rest&^(0xff<<(8*place)) | uint64(c)<<(8*place)
				require.Equal(t, '0' <= c && c <= '9', allDigits(x), "%#x", x)
			}
		}
	}
}
