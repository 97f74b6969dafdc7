package wycheproof

import (
	"crypto/ecdsa"
	"encoding/json"
	"io/fs"
	"testing"

	"example.com/jwt"
	"github.com/c2sp/wycheproof"
	"github.com/stretchr/testify/require"
)

// exchange is a vector of ECDH, which has both keys as texts.
type exchange struct {
	Number          int `json:"tcId"`
	Comment, Result string
	Public, Private keyText
	Shared          hexBytes
}

// keyText is PEM, a string in the files, or a JWK, an object.
type keyText []byte

func (k *keyText) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		*k = append(keyText(nil), raw...)
		return nil
	}
	var text string
	err := json.Unmarshal(raw, &text)
	*k = keyText(text)
	return err
}

func loadExchanges(t *testing.T, name string) []exchange {
	t.Helper()
	content, err := fs.ReadFile(wycheproof.TestVectors, name+"_test.json")
	require.NoError(t, err)
	var file struct {
		TestGroups []struct{ Tests []exchange }
	}
	require.NoError(t, json.Unmarshal(content, &file))
	var all []exchange
	for _, group := range file.TestGroups {
		all = append(all, group.Tests...)
	}
	return all
}

// shared is what ECDH computes with the keys as the library has read them.
func shared(t *testing.T, private *jwt.PrivateKey, public *jwt.PublicKey) []byte {
	t.Helper()
	own, err := private.Crypto().(*ecdsa.PrivateKey).ECDH()
	require.NoError(t, err)
	other, err := public.Crypto().(*ecdsa.PublicKey).ECDH()
	require.NoError(t, err)
	secret, err := own.ECDH(other)
	require.NoError(t, err)
	return secret
}

// The vectors for ECDH are vectors for the parsers of keys. Valid keys are read, and are the keys
// that were written: they lead to the shared secret of the vector. Of an invalid one all that can
// be read is the good key of another curve. What is "acceptable" is read as it was meant, or not.
func TestKeysOfECDH(t *testing.T) {
	for _, file := range []struct {
		name, curve           string
		good, refused, others int // valid ones that are read, invalid ones that are refused, and those of another curve
	}{
		{"ecdh_secp256r1_pem", "P-256", 330, 50, 2},
		{"ecdh_secp384r1_pem", "P-384", 771, 43, 3},
		{"ecdh_secp521r1_pem", "P-521", 632, 53, 3},
		{"ecdh_secp256r1_webcrypto", "P-256", 330, 21, 2},
		{"ecdh_secp384r1_webcrypto", "P-384", 771, 20, 3},
		{"ecdh_secp521r1_webcrypto", "P-521", 632, 20, 3},
		{"ecdh_secp224r1_pem", "", 0, 41, 4}, // a curve without algorithm
		{"ecdh_secp256k1_webcrypto", "", 0, 19, 4},
	} {
		t.Run(file.name, func(t *testing.T) {
			t.Parallel()
			good, refused, others := 0, 0, 0
			for _, v := range loadExchanges(t, file.name) {
				public, errPublic := jwt.ParsePublicKey(v.Public)
				private, errPrivate := jwt.ParsePrivateKey(v.Private)
				sameCurve := errPublic == nil && public.Crypto().(*ecdsa.PublicKey).Params().Name == file.curve
				switch {
				case v.Result == "invalid" && errPublic != nil:
					require.ErrorIs(t, errPublic, jwt.ErrInvalidKey)
					refused++
				case v.Result == "invalid":
					require.False(t, sameCurve, "%d: %s", v.Number, v.Comment)
					others++
				case errPublic == nil && errPrivate == nil:
					require.True(t, sameCurve, "%d: %s", v.Number, v.Comment)
					require.Equal(t, []byte(v.Shared), shared(t, private, public), "%d: %s", v.Number, v.Comment)
					if v.Result == "valid" {
						good++
					}
				default:
					require.False(t, v.Result == "valid" && file.curve != "", "%d: %s: %v, %v", v.Number, v.Comment, errPublic, errPrivate)
				}
			}
			require.Equal(t, []int{file.good, file.refused, file.others}, []int{good, refused, others})
		})
	}
}
