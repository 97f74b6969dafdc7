package attacks_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

// Libraries took the token's word that it needs no signature.
func TestCVE_2015_2951_AlgNone(t *testing.T) {
	var attacks []attack
	for _, name := range []string{"none", "None", "NONE", "nOnE", "noNE", " none", "none ", "none\x00", "HS256,none", "HS256 none"} {
		header, _ := json.Marshal(map[string]string{"alg": name})
		attacks = append(attacks,
			attack{name + ", no signature", forge.Token(string(header), `{"admin":true}`, forge.Unsigned), jwt.ErrAlgorithmNotAllowed},
			attack{name + ", right HMAC", signed(string(header), `{"admin":true}`), jwt.ErrAlgorithmNotAllowed})
	}
	attacks = append(attacks,
		attack{"two segments", strings.TrimSuffix(forge.Token(`{"alg":"none"}`, `{}`, forge.Unsigned), "."), jwt.ErrMalformed},
		attack{"alg missing", forge.Token(`{"typ":"JWT"}`, `{}`, forge.Unsigned), jwt.ErrMalformed},
		attack{"alg null", forge.Token(`{"alg":null}`, `{}`, forge.Unsigned), jwt.ErrMalformed},
		attack{"alg 0", forge.Token(`{"alg":0}`, `{}`, forge.Unsigned), jwt.ErrMalformed},
		attack{"alg in an array", forge.Token(`{"alg":["none"]}`, `{}`, forge.Unsigned), jwt.ErrMalformed},
		attack{"alg empty", forge.Token(`{"alg":""}`, `{}`, forge.Unsigned), jwt.ErrAlgorithmNotAllowed})
	refuseAll(t, secretKey(t), []jwt.Algorithm{jwt.HS256, jwt.HS384, jwt.HS512}, token(`{}`), attacks)
}

// "none" replaced the algorithm of a token of an asymmetric key.
func TestCVE_2015_9235_AlgNoneForAnAsymmetricKey(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	genuine := forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA256))
	signature := genuine[strings.LastIndexByte(genuine, '.'):]
	bare := forge.Token(`{"alg":"none"}`, `{}`, forge.Unsigned)
	refuseAll(t, publicOf(t, key), mixed, genuine, []attack{
		{"no signature", bare, jwt.ErrAlgorithmNotAllowed},
		{"left-over signature", strings.TrimSuffix(bare, ".") + signature, jwt.ErrAlgorithmNotAllowed},
	})
	_, err := jwt.ParseAlgorithm("none")
	require.ErrorIs(t, err, jwt.ErrInvalidOption, "nor can a program ask for it")
}

// A missing key together with a missing list meant "none is fine".
func TestCVE_2022_23540_NoKeyAndNoList(t *testing.T) {
	bare := forge.Token(`{"alg":"none"}`, `{}`, forge.Unsigned)
	for _, key := range []jwt.KeySource{nil, (*jwt.SecretKey)(nil), (*jwt.PublicKey)(nil), (*jwt.KeySet)(nil), jwt.KeyFunc(nil), &jwt.SecretKey{}, secretKey(t)} {
		for _, algs := range [][]jwt.Algorithm{nil, {}, {nil}} {
			tok, err := jwt.Verify[jwt.MapClaims](bare, key, algs)
			require.Nil(t, tok)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
		}
	}
	_, err := jwt.NewSecretKey(nil)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

// An unknown name gave an empty expected signature, which equals the empty one that was sent.
func TestCVE_2026_23993_UnknownAlgorithmWithAnEmptySignature(t *testing.T) {
	var attacks []attack
	for _, name := range []string{"foo", "HS257", "HS1", "RS1", "ES224", "ES256K", "Ed448", "ML-DSA-44", "dir", "RSA-OAEP", "A128GCM", "HMAC-SHA256", "S256", "hs256", "HS256\u0000", "\ufeffHS256", "H\u017f256"} {
		header, err := json.Marshal(map[string]string{"alg": name})
		require.NoError(t, err)
		attacks = append(attacks, attack{name, forge.Token(string(header), `{}`, forge.Unsigned), jwt.ErrAlgorithmNotAllowed})
	}
	refuseAll(t, secretKey(t), hs256, token(`{}`), attacks)
}

// kinds are the kinds of keys, and which algorithms each serves.
func kinds(t testing.TB) map[string]map[jwt.Algorithm]bool {
	return map[string]map[jwt.Algorithm]bool{
		"rsa2048-default":  {jwt.RS256: true, jwt.RS384: true, jwt.RS512: true, jwt.PS256: true, jwt.PS384: true, jwt.PS512: true},
		"ecdsa256-default": {jwt.ES256: true},
		"ecdsa384-default": {jwt.ES384: true},
		"ecdsa521-default": {jwt.ES512: true},
		"ed25519-default":  {jwt.EdDSA: true, jwt.Ed25519: true},
	}
}

// A key served algorithms of other kinds, curves included.
func TestCVE_2022_23539_KeyOfAnotherKind(t *testing.T) {
	for name, serves := range kinds(t) {
		key := publicOf(t, keyFile[crypto.Signer](t, name))
		for alg := jwt.HS256; alg <= jwt.Ed25519; alg++ {
			_, err := jwt.NewVerifier[jwt.MapClaims](key, []jwt.Algorithm{alg})
			if serves[alg] {
				require.NoError(t, err, "%s with %s", name, alg)
			} else {
				require.ErrorIs(t, err, jwt.ErrInvalidKey, "%s with %s", name, alg)
				_, err = jwt.Sign(jwt.MapClaims{}, privateOf(t, name), alg)
				require.ErrorIs(t, err, jwt.ErrInvalidKey, "signing: %s with %s", name, alg)
			}
		}
	}
}

func privateOf(t testing.TB, name string) *jwt.PrivateKey {
	key, err := jwt.NewPrivateKey(keyFile[crypto.Signer](t, name))
	require.NoError(t, err)
	return key
}

// A callback returned a public key for a token that said HS256, and its text became the secret.
func TestCVE_2022_23541_KeyFuncReturnsAPublicKeyForHS256(t *testing.T) {
	for name := range kinds(t) {
		key := keyFile[crypto.Signer](t, name)
		find := jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return publicOf(t, key), nil })
		for form, secret := range publicTexts(t, key) {
			tok, err := jwt.Verify[jwt.MapClaims](forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith(secret)), find, mixed)
			require.Nil(t, tok)
			require.ErrorIs(t, err, jwt.ErrKeyNotFound, "%s as %s", name, form)
		}
	}
}

// The list was read, but a token of another algorithm with the right key still passed.
func TestCVE_2026_33322_AlgorithmOutsideTheList(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	pss := func(h crypto.Hash) crypto.SignerOpts {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	}
	refuseAll(t, publicOf(t, key), []jwt.Algorithm{jwt.RS256}, forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA256)), []attack{
		{"RS384", forge.Token(`{"alg":"RS384"}`, `{}`, forge.Key(t, key, crypto.SHA384)), jwt.ErrAlgorithmNotAllowed},
		{"RS512", forge.Token(`{"alg":"RS512"}`, `{}`, forge.Key(t, key, crypto.SHA512)), jwt.ErrAlgorithmNotAllowed},
		{"PS256", forge.Token(`{"alg":"PS256"}`, `{}`, forge.Key(t, key, pss(crypto.SHA256))), jwt.ErrAlgorithmNotAllowed},
		{"RS256 over a PS256 signature", forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, pss(crypto.SHA256))), jwt.ErrInvalidSignature},
		{"RS256 over an RS512 signature", forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA512)), jwt.ErrInvalidSignature},
	})
}

// The configured algorithm was a preference: what the header said was accepted as well.
func TestCVE_2026_11800_ConfiguredAlgorithmIsNoPreference(t *testing.T) {
	var attacks []attack
	for _, alg := range []jwt.Algorithm{jwt.HS384, jwt.HS512} {
		raw, err := jwt.Sign(jwt.MapClaims{}, secretKey(t), alg)
		require.NoError(t, err)
		attacks = append(attacks, attack{alg.String(), raw, jwt.ErrAlgorithmNotAllowed})
	}
	refuseAll(t, secretKey(t), hs256, token(`{}`), attacks)
	ed := privateOf(t, "ed25519-default")
	genuine, err := jwt.Sign(jwt.MapClaims{}, ed, jwt.Ed25519)
	require.NoError(t, err)
	other, err := jwt.Sign(jwt.MapClaims{}, ed, jwt.EdDSA)
	require.NoError(t, err)
	refuseAll(t, ed.Public(), []jwt.Algorithm{jwt.Ed25519}, genuine, []attack{{"EdDSA is another name", other, jwt.ErrAlgorithmNotAllowed}})
}

// The list was compared with the header's alg, and the key's own alg verified.
func TestCVE_2026_48523_CheckedOneAlgorithmAndUsedAnother(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	bound := publicOf(t, key, jwt.WithAlgorithm(jwt.PS256))
	pss := forge.Key(t, key, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	attacks := []attack{
		{"signed with the key's alg, header shows another", forge.Token(`{"alg":"RS256"}`, `{}`, pss), jwt.ErrKeyNotFound},
		{"signed with another, header shows it", forge.Token(`{"alg":"RS256"}`, `{}`, forge.Key(t, key, crypto.SHA256)), jwt.ErrKeyNotFound},
	}
	refuseAll(t, bound, []jwt.Algorithm{jwt.RS256, jwt.PS256}, forge.Token(`{"alg":"PS256"}`, `{}`, pss), attacks)
	text, err := bound.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(text), `"alg":"PS256"`)
	set, err := jwt.ParseKeySet([]byte(setText(string(text))))
	require.NoError(t, err)
	refuseAll(t, set, []jwt.Algorithm{jwt.RS256, jwt.PS256}, forge.Token(`{"alg":"PS256"}`, `{}`, pss), attacks)
	_, err = jwt.NewVerifier[jwt.MapClaims](bound, []jwt.Algorithm{jwt.RS256})
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}
