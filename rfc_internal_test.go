package jwt

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/base64url"
)

// The examples of the RFCs that sign a text rather than claims are no tokens to Verify, so
// that their signatures are looked at here. Those of deterministic algorithms, whose
// private keys are printed too, are also made again.
func TestSignaturesOfTheRFCs(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/rfc.json")
	require.NoError(t, err)
	var vectors []struct {
		ID, Source, Token string
		Key               struct{ Value string }
		AllowedAlgs       []string `json:"allowed_algs"`
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	private := map[string]string{
		"RFC 7515 A.1": "", // the secret of the vector
		"RFC 7520 4.4": "",
		"RFC 8037 A.4": `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
	}
	left := map[string]bool{
		"RFC 7515 A.1": true, "RFC 7515 A.2": true, "RFC 7515 A.3": true, "RFC 7515 A.4": true,
		"RFC 7520 4.1": true, "RFC 7520 4.2": true, "RFC 7520 4.3": true, "RFC 7520 4.4": true, "RFC 8037 A.4": true,
	}
	for _, v := range vectors {
		if !left[v.Source] || !strings.HasSuffix(v.ID, "-valid") {
			continue
		}
		delete(left, v.Source)
		t.Run(v.Source, func(t *testing.T) {
			s := algorithmByName(v.AllowedAlgs[0]).scheme()
			dot := strings.LastIndexByte(v.Token, '.')
			input := v.Token[:dot]
			sig, ok := base64url.AppendDecode(nil, v.Token[dot+1:])
			require.True(t, ok)
			var m *checkedKey
			var k *keyPair
			if s.alg <= HS512 {
				key, err := ParseSecretKey([]byte(v.Key.Value))
				require.NoError(t, err)
				m, k = key.pair.checkedKey, key.pair
			} else {
				key, err := ParsePublicKey([]byte(v.Key.Value))
				require.NoError(t, err)
				m = key.checked
			}
			require.True(t, m.serves(s, opVerify))
			require.True(t, s.family.verify(s, m, input, sig))
			require.False(t, s.family.verify(s, m, input+"A", sig))
			sig[len(sig)-1] ^= 1
			require.False(t, s.family.verify(s, m, input, sig))
			sig[len(sig)-1] ^= 1

			if jwk, ok := private[v.Source]; ok {
				if jwk != "" {
					key, err := ParsePrivateKey([]byte(jwk))
					require.NoError(t, err)
					k = key.pair
				}
				made, err := s.family.sign(s, k, nil, []byte(input))
				require.NoError(t, err)
				require.Equal(t, sig, made)
			}
		})
	}
	require.Empty(t, left)
}
