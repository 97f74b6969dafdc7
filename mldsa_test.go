//go:build go1.27 && !fips140v1.0

package jwt_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/mldsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

var mldsaSets = map[jwt.Algorithm]mldsa.Parameters{jwt.MLDSA44: mldsa.MLDSA44(), jwt.MLDSA65: mldsa.MLDSA65(), jwt.MLDSA87: mldsa.MLDSA87()}

// A token that is still hard to forge when there are quantum computers.
func Example_postQuantum() {
	key, err := jwt.GeneratePrivateKey(jwt.MLDSA65, jwt.WithThumbprintKeyID())
	if err != nil {
		log.Fatal(err)
	}
	raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.MLDSA65, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{jwt.MLDSA65}, jwt.WithRequiredClaims("exp"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Subject, tok.Header.Algorithm, len(raw) > 4400)
	// Output: susan ML-DSA-65 true
}

func generateMLDSA(t testing.TB, alg jwt.Algorithm, opts ...jwt.KeyOption) *jwt.PrivateKey {
	key, err := jwt.GeneratePrivateKey(alg, opts...)
	require.NoError(t, err)
	return key
}

func TestMLDSAConstantsAreTheirRows(t *testing.T) {
	for alg, params := range mldsaSets {
		require.Equal(t, params.String(), alg.String())
		got, err := jwt.ParseAlgorithm(alg.String())
		require.NoError(t, err)
		require.Equal(t, alg, got)
	}
}

// Keys read from every form are the same key, and sign and verify.
func TestMLDSAKeysInEveryForm(t *testing.T) {
	for alg, params := range mldsaSets {
		t.Run(alg.String(), func(t *testing.T) {
			key := generateMLDSA(t, alg, jwt.WithThumbprintKeyID())
			require.Equal(t, params, key.Public().Crypto().(*mldsa.PublicKey).Parameters())
			privatePEM, err := key.MarshalPEM()
			require.NoError(t, err)
			privateJWK, err := key.ExportJWK()
			require.NoError(t, err)
			publicPEM, err := key.Public().MarshalPEM()
			require.NoError(t, err)
			publicJWK, err := key.Public().MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, 1, bytes.Count(publicJWK, []byte(`"alg"`)))

			block, _ := pem.Decode(privatePEM)
			require.Len(t, block.Bytes, 54, "the seed form of RFC 9881")
			native, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			require.NoError(t, err)
			require.True(t, native.(*mldsa.PrivateKey).Equal(key.Crypto()))

			private := []*jwt.PrivateKey{key}
			for _, text := range [][]byte{privatePEM, privateJWK} {
				again, err := jwt.ParsePrivateKey(text)
				require.NoError(t, err)
				private = append(private, again)
				_, err = jwt.ParsePublicKey(text)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
				_, err = jwt.NewSecretKey(text)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
			again, err := jwt.NewPrivateKey(native.(*mldsa.PrivateKey))
			require.NoError(t, err)
			private = append(private, again)

			public := []*jwt.PublicKey{}
			for _, text := range [][]byte{publicPEM, publicJWK} {
				again, err := jwt.ParsePublicKey(text)
				require.NoError(t, err)
				public = append(public, again)
				_, err = jwt.ParsePrivateKey(text)
				require.ErrorContains(t, err, "use ParsePublicKey")
				_, err = jwt.NewSecretKey(text)
				require.ErrorIs(t, err, jwt.ErrInvalidKey)
			}
			set, err := jwt.ParseKeySet([]byte(setText(string(publicJWK), string(publicJWK))))
			require.NoError(t, err)
			require.Len(t, set.Keys(), 1)
			require.Empty(t, set.Skipped())
			public = append(public, set.Keys()[0].(*jwt.PublicKey))
			for _, p := range private {
				require.True(t, p.Equal(key))
				public = append(public, p.Public())
			}
			for _, p := range public {
				require.True(t, p.Equal(key.Public()))
				require.Equal(t, key.Public().Thumbprint(), p.Thumbprint())
			}
			for i, p := range private {
				raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, p, alg)
				require.NoError(t, err)
				tok, err := jwt.Verify[jwt.MapClaims](raw, public[i], []jwt.Algorithm{alg})
				require.NoError(t, err)
				require.Equal(t, "susan", tok.Subject)
				sig, err := base64.RawURLEncoding.DecodeString(raw[strings.LastIndexByte(raw, '.')+1:])
				require.NoError(t, err)
				require.Len(t, sig, params.SignatureSize())
			}
		})
	}
}

// Files and tokens that OpenSSL has made.
func TestMLDSAOfOpenSSL(t *testing.T) {
	for alg := range mldsaSets {
		name := "mldsa" + strings.TrimPrefix(alg.String(), "ML-DSA-")
		private, public := testkeys.Pair(t, "testdata/keys/mldsa/"+name)
		key, err := jwt.ParsePrivateKey(private)
		require.NoError(t, err)
		own, err := jwt.ParsePublicKey(public)
		require.NoError(t, err)
		require.True(t, own.Equal(key.Public()))
		text, err := key.MarshalPEM()
		require.NoError(t, err)
		require.Equal(t, string(private), string(text))
		raw, err := os.ReadFile("testdata/vectors/" + name + ".jwt")
		require.NoError(t, err)
		tok, err := jwt.Verify[jwt.MapClaims](strings.TrimSpace(string(raw)), own, []jwt.Algorithm{alg})
		require.NoError(t, err)
		require.Equal(t, "susan", tok.Subject)
	}
	certificate, err := fileOf("mldsa/mldsa65-certificate.pub")
	require.NoError(t, err)
	key, err := jwt.ParsePublicKey(certificate)
	require.NoError(t, err)
	encrypted, err := fileOf("mldsa/refused/encrypted-seed")
	require.NoError(t, err)
	private, err := jwt.ParsePrivateKey(encrypted, jwt.WithPassphrase([]byte("secret")))
	require.NoError(t, err)
	require.True(t, private.Public().Equal(key))
}

// The examples of RFC 9964 sign a text, not claims. That what follows the signature is looked at, and
// found to be no JSON object, shows that the signature is valid.
func TestExamplesOfRFC9964(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/rfc9964.json")
	require.NoError(t, err)
	var vectors []struct{ Alg, Key, Token string }
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 3)
	for _, v := range vectors {
		key, err := jwt.ParsePrivateKey([]byte(v.Key))
		require.NoError(t, err)
		require.Equal(t, key.KeyID(), key.Public().Thumbprint())
		alg, err := jwt.ParseAlgorithm(v.Alg)
		require.NoError(t, err)
		verify := func(raw string) error {
			_, err := jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{alg})
			return err
		}
		require.ErrorIs(t, verify(v.Token), jwt.ErrMalformed)
		require.NotErrorIs(t, verify(v.Token), jwt.ErrInvalidSignature)

		dot := strings.LastIndexByte(v.Token, '.')
		sig := unb64(t, v.Token[dot+1:])
		for _, forged := range []string{v.Token[:dot] + "AAAA" + v.Token[dot:], v.Token[:dot+1] + b64(sig[1:])} {
			require.ErrorIs(t, verify(forged), jwt.ErrInvalidSignature)
			require.NotErrorIs(t, verify(forged), jwt.ErrMalformed)
		}
		want, err := key.Crypto().(*mldsa.PrivateKey).SignDeterministic([]byte(v.Token[:dot]), nil)
		require.NoError(t, err)
		require.Equal(t, want, sig)
	}
}

func TestMLDSAPrivateKeysInOtherFormsNameTheCure(t *testing.T) {
	for name, want := range map[string]string{
		"both":           "`openssl pkey -provparam ml-dsa.output_formats=seed-only -in FILE`",
		"encrypted-both": "`openssl pkey -provparam ml-dsa.output_formats=seed-only -in FILE`",
		"expanded":       "`openssl genpkey -algorithm ML-DSA-65 -provparam ml-dsa.output_formats=seed-only`",
		"encrypted-seed": "the passphrase",
	} {
		text, err := fileOf("mldsa/refused/" + name)
		require.NoError(t, err)
		passphrase := "secret"
		if name == "encrypted-seed" {
			passphrase = "another"
		}
		_, err = jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
		require.ErrorIs(t, err, jwt.ErrInvalidKey, name)
		require.ErrorContains(t, err, want, name)
	}
}

// remote is a signer that is not the standard library's.
type remote struct {
	crypto.Signer
	public crypto.PublicKey
	sign   func(message []byte) ([]byte, error)
}

func (r remote) Public() crypto.PublicKey { return r.public }
func (r remote) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != 0 {
		return nil, errors.New("a prehash")
	}
	return r.sign(message)
}

func TestMLDSASignersFromOutside(t *testing.T) {
	native, err := mldsa.GenerateKey(mldsa.MLDSA44())
	require.NoError(t, err)
	r := remote{public: native.Public(), sign: func(m []byte) ([]byte, error) { return native.Sign(nil, m, nil) }}
	key, err := jwt.NewPrivateKey(r)
	require.NoError(t, err)
	raw, err := jwt.Sign(jwt.MapClaims{}, key, jwt.MLDSA44)
	require.NoError(t, err)
	_, err = jwt.Verify[jwt.MapClaims](raw, key.Public(), []jwt.Algorithm{jwt.MLDSA44})
	require.NoError(t, err)
	_, err = key.MarshalPEM()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)

	for name, sign := range map[string]func([]byte) ([]byte, error){
		"with a context":     func(m []byte) ([]byte, error) { return native.Sign(nil, m, &mldsa.Options{Context: "jwt"}) },
		"of another message": func(m []byte) ([]byte, error) { return native.Sign(nil, m[1:], nil) },
		"none":               func([]byte) ([]byte, error) { return nil, nil },
		"an error":           func([]byte) ([]byte, error) { return nil, errors.New("the HSM is on fire") },
	} {
		r.sign = sign
		key, err := jwt.NewPrivateKey(r)
		require.NoError(t, err)
		_, err = jwt.Sign(jwt.MapClaims{}, key, jwt.MLDSA44)
		require.ErrorIs(t, err, jwt.ErrKeysUnavailable, name)
	}
}

func TestMLDSAZeroKeysAreRefused(t *testing.T) {
	for _, key := range []crypto.Signer{new(mldsa.PrivateKey), (*mldsa.PrivateKey)(nil), remote{public: new(mldsa.PublicKey)}, remote{public: (*mldsa.PublicKey)(nil)}} {
		_, err := jwt.NewPrivateKey(key)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
	for _, key := range []crypto.PublicKey{new(mldsa.PublicKey), (*mldsa.PublicKey)(nil), mldsa.PublicKey{}, new(mldsa.PrivateKey)} {
		_, err := jwt.NewPublicKey(key)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// Nobody changes a key that a constructor has taken.
func TestMLDSAKeysAreCopied(t *testing.T) {
	native, err := mldsa.GenerateKey(mldsa.MLDSA44())
	require.NoError(t, err)
	public := native.PublicKey()
	key, err := jwt.NewPrivateKey(native)
	require.NoError(t, err)
	verifier, err := jwt.NewPublicKey(public)
	require.NoError(t, err)
	*native, *public = mldsa.PrivateKey{}, mldsa.PublicKey{}
	*key.Crypto().(*mldsa.PrivateKey) = mldsa.PrivateKey{}
	*key.Public().Crypto().(*mldsa.PublicKey) = mldsa.PublicKey{}
	raw, err := jwt.Sign(jwt.MapClaims{}, key, jwt.MLDSA44)
	require.NoError(t, err)
	_, err = jwt.Verify[jwt.MapClaims](raw, verifier, []jwt.Algorithm{jwt.MLDSA44})
	require.NoError(t, err)
}

func TestMLDSAKeysServeTheirOwnAlgorithmAlone(t *testing.T) {
	key := generateMLDSA(t, jwt.MLDSA44)
	other, err := jwt.NewPublicKey(key.Public().Crypto()) // bound to nothing
	require.NoError(t, err)
	for _, alg := range []jwt.Algorithm{jwt.MLDSA65, jwt.MLDSA87, jwt.EdDSA, jwt.ES256, jwt.RS256, jwt.HS256} {
		_, err := jwt.Sign(jwt.MapClaims{}, key, alg)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.NewVerifier[jwt.MapClaims](other, []jwt.Algorithm{alg})
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		require.ErrorContains(t, err, "got an ML-DSA-44 key (ML-DSA-44?)")
		_, err = jwt.NewPublicKey(key.Public().Crypto(), jwt.WithAlgorithm(alg))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
	}
	_, err = jwt.Sign(jwt.MapClaims{}, generateMLDSA(t, jwt.MLDSA87), jwt.MLDSA65)
	require.ErrorContains(t, err, "ML-DSA-65 needs an ML-DSA-65 key, got an ML-DSA-87 key (ML-DSA-87?)")
	_, err = jwt.GenerateSecretKey(jwt.MLDSA44)
	require.ErrorIs(t, err, jwt.ErrInvalidOption)
}

func TestMLDSAHasNoOpenSSHForm(t *testing.T) {
	key := generateMLDSA(t, jwt.MLDSA44)
	_, err := key.MarshalOpenSSH()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "use PEM or a JWK")
	_, err = key.Public().MarshalAuthorizedKey()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "use PEM or a JWK")

	public, err := ssh.NewPublicKey(key.Public().Crypto())
	require.NoError(t, err)
	line := ssh.MarshalAuthorizedKey(public)
	_, err = jwt.ParsePublicKey(line)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "want it in PEM or as a JWK")
	_, err = jwt.NewSecretKey(line)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)

	signer, err := ssh.NewSignerFromSigner(key.Crypto())
	require.NoError(t, err)
	_, err = jwt.NewSSHKey(signer)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "use NewPrivateKey")

	ed, err := ssh.NewPublicKey(ed25519.NewKeyFromSeed(make([]byte, 32)).Public())
	require.NoError(t, err)
	set, err := jwt.ParseAuthorizedKeys(append(line, ssh.MarshalAuthorizedKey(ed)...))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.Len(t, set.Skipped(), 1)
	require.ErrorContains(t, set.Skipped()[0], "ssh-mldsa-44")
}

func TestMLDSAJWKsThatAreRefused(t *testing.T) {
	key := generateMLDSA(t, jwt.MLDSA44)
	exported, err := key.ExportJWK()
	require.NoError(t, err)
	published, err := key.Public().MarshalJSON()
	require.NoError(t, err)
	private, public := string(exported), string(published)
	long := b64(make([]byte, 1952))
	checkRefusals(t, []refusal{
		{"no alg", testkeys.Edit(t, public, "alg", testkeys.Drop{}), `no "alg"`},
		{"the alg of another kind", testkeys.Edit(t, public, "alg", "ES256"), `an AKP JWK for the alg "ES256" is not supported: want one of ML-DSA-44, ML-DSA-65, ML-DSA-87`},
		{"the alg of another size", testkeys.Edit(t, public, "alg", "ML-DSA-65"), "pub has 1312 bytes: want 1952"},
		{"no pub", testkeys.Edit(t, public, "pub", testkeys.Drop{}), `no "pub"`},
		{"a pub of another size", testkeys.Edit(t, public, "pub", long), "pub has 1952 bytes: want 1312"},
		{"another encoding", testkeys.Edit(t, public, "pub", long+"=="), "not canonical base64url"},
		{"another use", testkeys.Edit(t, public, "use", "enc"), "not for signatures"},
		{"private", private, "ParsePrivateKey"},
	}, parsePublic)
	checkRefusals(t, []refusal{
		{"public", public, `no "priv"`},
		{"d", testkeys.Edit(t, public, "d", "AA"), `no "priv"`},
		{"no alg", testkeys.Edit(t, private, "alg", testkeys.Drop{}), `no "alg"`},
		{"no pub", testkeys.Edit(t, private, "pub", testkeys.Drop{}), `no "pub"`},
		{"another priv", testkeys.Edit(t, private, "priv", b64(make([]byte, 32))), "does not belong to its pub"},
		{"the expanded key", testkeys.Edit(t, private, "priv", b64(make([]byte, 2560))), "priv has 2560 bytes: want 32"},
	}, parsePrivate)
	_, err = jwt.ParseKeySet([]byte(setText(private)))
	require.ErrorContains(t, err, `it has "priv"`)
}

// A signature of another length is not even looked at, and each bit of one counts.
func TestMLDSAForgedSignaturesAreRefused(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for alg := range mldsaSets {
		key := generateMLDSA(t, alg)
		v, err := jwt.NewVerifier[jwt.MapClaims](key.Public(), []jwt.Algorithm{alg})
		require.NoError(t, err)
		raw, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, alg)
		require.NoError(t, err)
		_, err = v.Verify(raw)
		require.NoError(t, err)
		dot := strings.LastIndexByte(raw, '.')
		sig, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
		require.NoError(t, err)
		refuse := func(sig []byte) {
			tok, err := v.Verify(raw[:dot+1] + b64(sig))
			require.ErrorIs(t, err, jwt.ErrInvalidSignature)
			require.Nil(t, tok)
		}
		for range 1000 {
			forged := bytes.Clone(sig)
			forged[random.IntN(len(sig))] ^= 1 << random.IntN(8)
			refuse(forged)
		}
		for _, forged := range [][]byte{nil, sig[:len(sig)-1], append(bytes.Clone(sig), 0), make([]byte, len(sig)), bytes.Repeat([]byte{0xff}, len(sig)), sig[1:]} {
			refuse(forged)
		}
		again, err := jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, alg)
		require.NoError(t, err)
		require.NotEqual(t, raw, again, "signatures are hedged")
	}
}

// An issuer that moves has both keys in its set, and a verifier lists both algorithms.
func TestMovingToMLDSA(t *testing.T) {
	old, err := jwt.GeneratePrivateKey(jwt.ES256, jwt.WithKeyID("2026"))
	require.NoError(t, err)
	key := generateMLDSA(t, jwt.MLDSA87, jwt.WithKeyID("2027"))
	require.False(t, key.Equal(generateMLDSA(t, jwt.MLDSA87)))
	set, err := jwt.NewKeySet(old.Public(), key.Public())
	require.NoError(t, err)
	published, err := set.MarshalJSON()
	require.NoError(t, err)
	set, err = jwt.ParseKeySet(published)
	require.NoError(t, err)
	v, err := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{jwt.ES256, jwt.MLDSA87})
	require.NoError(t, err)
	for key, alg := range map[*jwt.PrivateKey]jwt.Algorithm{old: jwt.ES256, key: jwt.MLDSA87} {
		raw, err := jwt.Sign(jwt.MapClaims{}, key, alg)
		require.NoError(t, err)
		tok, err := v.Verify(raw)
		require.NoError(t, err)
		require.Equal(t, key.KeyID(), tok.KeyID)
	}
}
