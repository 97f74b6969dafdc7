package mldsa

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"slices"
	"testing"

	"example.com/jwt"
	"example.com/jwt/internal/mldsa"
	"github.com/c2sp/wycheproof"
	"github.com/stretchr/testify/require"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// group is a key of Wycheproof, and what was signed with it.
type group struct {
	PublicKey, PublicKeyDer      hexBytes
	PrivateSeed, PrivateKeyPKCS8 hexBytes
	Tests                        []struct {
		Number        int `json:"tcId"`
		Comment       string
		Flags         []string
		Result        string
		Msg, Ctx, Sig hexBytes
	}
}

func groups(t *testing.T, name string) []group {
	content, err := fs.ReadFile(wycheproof.TestVectors, name+"_test.json")
	require.NoError(t, err)
	var file struct{ TestGroups []group }
	require.NoError(t, json.Unmarshal(content, &file))
	return file.TestGroups
}

var files = map[jwt.Algorithm]string{jwt.MLDSA44: "mldsa_44", jwt.MLDSA65: "mldsa_65", jwt.MLDSA87: "mldsa_87"}

func publicJWK(alg jwt.Algorithm, public []byte) []byte {
	return []byte(`{"kty":"AKP","alg":"` + alg.String() + `","pub":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`)
}

// The vectors sign messages that are no signing inputs, so the keys come in through the parsers of
// the library, and the signatures go to the function that its verifiers call. It has no context: what
// was signed with one is refused.
func TestWycheproofSignatures(t *testing.T) {
	for alg, name := range files {
		var accepted, refused, keys int
		for _, g := range groups(t, name+"_verify") {
			key, err := jwt.ParsePublicKey(publicJWK(alg, g.PublicKey))
			if slices.Contains(g.Tests[0].Flags, "IncorrectPublicKeyLength") {
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				keys++
				continue
			}
			require.NoError(t, err)
			if g.PublicKeyDer != nil {
				again, err := jwt.ParsePublicKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: g.PublicKeyDer}))
				require.NoError(t, err)
				require.True(t, key.Equal(again))
			}
			for _, v := range g.Tests {
				want := v.Result == "valid" && len(v.Ctx) == 0
				got := mldsa.Verify(key.Crypto().(*mldsa.PublicKey), v.Msg, v.Sig)
				require.Equal(t, want, got, "%s %d: %s", name, v.Number, v.Comment)
				if want {
					accepted++
				} else {
					refused++
				}
			}
		}
		t.Logf("%s: %d signatures accepted, %d refused, %d keys refused", alg, accepted, refused, keys)
		require.Greater(t, accepted, 50)
		require.Greater(t, refused, 50)
		require.NotZero(t, keys)
	}
}

// The seeds give the public keys of the vectors, as JWKs and, where there is one, in PKCS #8.
func TestWycheproofPrivateKeys(t *testing.T) {
	for alg, name := range files {
		var jwks, pems, refused int
		list := groups(t, name+"_sign_seed")
		for _, g := range list {
			wrong := slices.Contains(g.Tests[0].Flags, "IncorrectPrivateKeyLength")
			if wrong {
				g.PublicKey = list[0].PublicKey // these have none
			}
			public := publicJWK(alg, g.PublicKey)
			private := append(bytes.TrimSuffix(public, []byte("}")), `,"priv":"`+base64.RawURLEncoding.EncodeToString(g.PrivateSeed)+`"}`...)
			key, err := jwt.ParsePrivateKey(private)
			if wrong {
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				require.Regexp(t, `no "priv"|priv has 3[13] bytes: want 32`, err.Error())
				refused++
				continue
			}
			require.NoError(t, err)
			jwks++
			if len(g.PrivateKeyPKCS8) == 0 {
				continue
			}
			text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: g.PrivateKeyPKCS8})
			again, err := jwt.ParsePrivateKey(text)
			require.NoError(t, err)
			require.True(t, key.Equal(again))
			written, err := key.MarshalPEM()
			require.NoError(t, err)
			require.Equal(t, string(text), string(written))
			pems++
		}
		t.Logf("%s: %d JWKs and %d keys in PEM read, %d refused", alg, jwks, pems, refused)
		require.Greater(t, pems, 10)
		require.NotZero(t, refused)
	}
}
