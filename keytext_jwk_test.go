package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// refusal is a JWK that must be refused, and a part of what the error must say.
type refusal struct{ name, text, want string }

func checkRefusals(t *testing.T, rows []refusal, parse func([]byte) error) {
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			err := parse([]byte(row.text))
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.NotErrorIs(t, err, jwt.ErrInvalidOption)
			require.ErrorContains(t, err, row.want)
			require.Regexp(t, `^jwt: `, err.Error())
			require.Equal(t, 1, strings.Count(err.Error(), "jwt: "))
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func parsePublic(text []byte) error {
	_, err := jwt.ParsePublicKey(text)
	return err
}

func parsePrivate(text []byte) error {
	_, err := jwt.ParsePrivateKey(text)
	return err
}

func parseSecret(text []byte) error {
	_, err := jwt.ParseSecretKey(text)
	return err
}

func b64(octets []byte) string { return base64.RawURLEncoding.EncodeToString(octets) }

func b64std(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }

// ones is a number of all ones, which is odd.
func ones(bits uint) string {
	n := new(big.Int).Lsh(big.NewInt(1), bits)
	return b64(n.Sub(n, big.NewInt(1)).Bytes())
}

func unb64(t *testing.T, text string) []byte {
	octets, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return octets
}

func TestJWKsOfTheRFCs(t *testing.T) {
	for name, text := range map[string]string{"RSA": testkeys.RFCPublicRSA, "EC": testkeys.RFCPublicEC, "OKP": testkeys.RFCPublicOKP} {
		t.Run("public "+name, func(t *testing.T) {
			key, err := jwt.ParsePublicKey([]byte(text))
			require.NoError(t, err)
			out, err := key.MarshalJSON()
			require.NoError(t, err)
			require.JSONEq(t, testkeys.Edit(t, text, "use", "sig"), string(out))
		})
	}
	for name, text := range map[string]string{"RSA": testkeys.RFCPrivateRSA, "EC": testkeys.RFCPrivateEC, "OKP": testkeys.RFCPrivateOKP} {
		t.Run("private "+name, func(t *testing.T) {
			key, err := jwt.ParsePrivateKey([]byte(text))
			require.NoError(t, err)
			out, err := key.ExportJWK()
			require.NoError(t, err)
			require.JSONEq(t, text, string(out))
		})
	}
	t.Run("secret", func(t *testing.T) {
		key, err := jwt.ParseSecretKey([]byte(testkeys.RFCSecret))
		require.NoError(t, err)
		out, err := key.ExportJWK()
		require.NoError(t, err)
		require.JSONEq(t, testkeys.RFCSecret, string(out))
	})
	t.Run("the EC keys as they are, for encryption", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(testkeys.Edit(t, testkeys.RFCPublicEC, "use", "enc")))
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.ParsePrivateKey([]byte(testkeys.Edit(t, testkeys.RFCPrivateEC, "use", "enc")))
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

func TestThumbprintsOfTheRFCs(t *testing.T) {
	for text, want := range map[string]string{
		testkeys.RFCPublicRSA: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", // RFC 7638, Section 3.1
		testkeys.RFCPublicOKP: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", // RFC 8037, Appendix A.3
		testkeys.RFCPublicEC:  "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
	} {
		key, err := jwt.ParsePublicKey([]byte(text))
		require.NoError(t, err)
		require.Equal(t, want, key.Thumbprint())
		named, err := jwt.ParsePublicKey([]byte(text), jwt.WithThumbprintKeyID())
		require.NoError(t, err)
		require.Equal(t, want, named.KeyID())
	}
}

// roundTripJWK takes a key pair out and in again, with everything that its JWK says.
func roundTripJWK(t *testing.T, key crypto.Signer, opts ...jwt.KeyOption) {
	t.Helper()
	private, err := jwt.NewPrivateKey(key, append(opts, jwt.WithThumbprintKeyID())...)
	require.NoError(t, err)
	text, err := private.ExportJWK()
	require.NoError(t, err)
	again, err := jwt.ParsePrivateKey(text, opts...)
	require.NoError(t, err, "%s", text)
	require.Equal(t, private.KeyID(), again.KeyID())
	require.True(t, private.Public().Equal(again.Public()))
	second, err := again.ExportJWK()
	require.NoError(t, err)
	require.Equal(t, text, second)

	public, err := private.Public().MarshalJSON()
	require.NoError(t, err)
	read, err := jwt.ParsePublicKey(public, opts...)
	require.NoError(t, err, "%s", public)
	require.True(t, private.Public().Equal(read))
	require.Equal(t, private.KeyID(), read.KeyID())
	require.Equal(t, private.KeyID(), read.Thumbprint())
}

// The full numbers run in conformance/: 1,000 keys of each curve and 50 RSA keys, in all
// forms.
func TestEllipticJWKsComeBackEqual(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		t.Run(curve.Params().Name, func(t *testing.T) {
			t.Parallel()
			for range 100 {
				key, err := ecdsa.GenerateKey(curve, rand.Reader)
				require.NoError(t, err)
				roundTripJWK(t, key)
			}
		})
	}
}

// Small scalars have leading zeros themselves, and so have some of their points.
func TestEllipticJWKsKeepLeadingZeros(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		size, zeros := (curve.Params().BitSize+7)/8, 0
		for d := int64(1); d <= 300; d++ {
			key, err := ecdsa.ParseRawPrivateKey(curve, big.NewInt(d).FillBytes(make([]byte, size)))
			require.NoError(t, err)
			point, err := key.PublicKey.Bytes()
			require.NoError(t, err)
			if point[1] == 0 && point[2] < 0x80 || point[1+size] == 0 && point[2+size] < 0x80 {
				zeros++
				roundTripJWK(t, key)
			}
		}
		require.NotZero(t, zeros)
	}
}

func TestEd25519JWKsComeBackEqual(t *testing.T) {
	t.Parallel()
	for range 100 {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		require.NoError(t, err)
		roundTripJWK(t, key)
	}
}

func TestRSAJWKsComeBackEqual(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		bits := 1024 + i // also sizes that are not whole bytes
		key, err := rsa.GenerateKey(rand.Reader, bits)
		require.NoError(t, err)
		roundTripJWK(t, key, jwt.InsecureAllowWeakKey())
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	roundTripJWK(t, key)
}

func TestRSAJWKWithTheExponentAlone(t *testing.T) {
	alone := testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", testkeys.Drop{}, "q", testkeys.Drop{}, "dp", testkeys.Drop{}, "dq", testkeys.Drop{}, "qi", testkeys.Drop{})
	whole, err := jwt.ParsePrivateKey([]byte(testkeys.RFCPrivateRSA))
	require.NoError(t, err)
	key, err := jwt.ParsePrivateKey([]byte(alone))
	require.NoError(t, err)
	require.True(t, whole.Public().Equal(key.Public()))

	text, err := key.ExportJWK()
	require.NoError(t, err)
	var members map[string]string
	require.NoError(t, json.Unmarshal(text, &members))
	require.ElementsMatch(t, []string{testkeys.RFCP, testkeys.RFCQ}, []string{members["p"], members["q"]})
	_, err = jwt.ParsePrivateKey(text)
	require.NoError(t, err)

	for range 8 { // primes of every form modulo 4, on which the search depends
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		require.NoError(t, err)
		private, err := jwt.NewPrivateKey(key, jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		text, err := private.ExportJWK()
		require.NoError(t, err)
		alone := testkeys.Edit(t, string(text), "p", testkeys.Drop{}, "q", testkeys.Drop{}, "dp", testkeys.Drop{}, "dq", testkeys.Drop{}, "qi", testkeys.Drop{})
		again, err := jwt.ParsePrivateKey([]byte(alone), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		require.True(t, again.Public().Equal(private.Public()))
	}
}

func TestJWKSaysWhatItsKeyIsFor(t *testing.T) {
	t.Run("kid and alg are kept", func(t *testing.T) {
		key, err := jwt.ParsePrivateKey([]byte(testkeys.Edit(t, testkeys.RFCPrivateOKP, "kid", "käse \"1\"\u2028<&>", "alg", "Ed25519", "key_ops", []string{"sign"})))
		require.NoError(t, err)
		require.Equal(t, "käse \"1\"\u2028<&>", key.KeyID())
		out, err := key.ExportJWK()
		require.NoError(t, err)
		again, err := jwt.ParsePrivateKey(out)
		require.NoError(t, err)
		require.Equal(t, key.KeyID(), again.KeyID())
		public, err := again.Public().MarshalJSON()
		require.NoError(t, err)
		require.JSONEq(t, testkeys.Edit(t, testkeys.RFCPublicOKP, "kid", key.KeyID(), "alg", "Ed25519", "use", "sig"), string(public))
	})
	t.Run("options override", func(t *testing.T) {
		key, err := jwt.ParsePublicKey([]byte(testkeys.RFCPublicRSA), jwt.WithKeyID("mine"), jwt.WithAlgorithm(jwt.RS256))
		require.NoError(t, err)
		require.Equal(t, "mine", key.KeyID())
		secret, err := jwt.ParseSecretKey([]byte(testkeys.Edit(t, testkeys.RFCSecret, "kid", "theirs")), jwt.WithKeyID("mine"))
		require.NoError(t, err)
		require.Equal(t, "mine", secret.KeyID())
		thumb, err := jwt.ParsePrivateKey([]byte(testkeys.RFCPrivateRSA), jwt.WithThumbprintKeyID())
		require.NoError(t, err)
		require.Equal(t, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", thumb.KeyID())
	})
	t.Run("an option against alg is the program's mistake", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(testkeys.RFCPublicRSA), jwt.WithAlgorithm(jwt.RS512))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, "RS512")
		_, err = jwt.ParsePrivateKey([]byte(testkeys.RFCPrivateRSA), jwt.WithAlgorithm(jwt.PS256))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		_, err = jwt.ParseSecretKey([]byte(testkeys.Edit(t, testkeys.RFCSecret, "alg", "HS256")), jwt.WithAlgorithm(jwt.HS512))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		for _, opt := range []jwt.KeyOption{jwt.WithPassphrase([]byte("x")), jwt.WithThumbprintKeyID(), jwt.WithKeyID(""), nil} {
			_, err = jwt.ParseSecretKey([]byte(testkeys.RFCSecret), opt)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
		}
	})
	t.Run("members that mean nothing here are ignored", func(t *testing.T) {
		text := testkeys.Edit(t, testkeys.RFCPublicRSA, "use", "sig", "key_ops", []string{"verify"}, "x5c", []int{1}, "x5u", "https://x", "x5t", nil, "KTY", "oct", "D", "x", "", 1, "kid", testkeys.Drop{})
		key, err := jwt.ParsePublicKey([]byte(" \r\n" + text + "\n"))
		require.NoError(t, err)
		require.Empty(t, key.KeyID())
	})
	t.Run("operations of other uses, if use does not speak against them", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "key_ops", []string{"verify", "encrypt"})))
		require.NoError(t, err)
	})
	t.Run("weak keys on demand", func(t *testing.T) {
		_, err := jwt.ParseSecretKey([]byte(`{"kty":"oct","k":"AA"}`), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		_, err = jwt.ParsePublicKey([]byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "Aw")), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
	})
}

func TestJWKsOfZeroAndForeignKeys(t *testing.T) {
	_, err := new(jwt.PublicKey).MarshalJSON()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = new(jwt.PrivateKey).ExportJWK()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, err = new(jwt.SecretKey).ExportJWK()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.Empty(t, new(jwt.PublicKey).Thumbprint())

	_, inner, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	held, err := jwt.NewPrivateKey(struct{ crypto.Signer }{inner})
	require.NoError(t, err)
	_, err = held.ExportJWK()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "held elsewhere")

	//lint:ignore SA1019 keys of three primes still exist
	multi, err := rsa.GenerateMultiPrimeKey(rand.Reader, 3, 1024)
	require.NoError(t, err)
	_, err = jwt.NewPrivateKey(multi, jwt.InsecureAllowWeakKey())
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "3 primes")
}

func TestJWKIsWrittenInOneOrder(t *testing.T) {
	key, err := jwt.ParsePrivateKey([]byte(testkeys.Edit(t, testkeys.RFCPrivateOKP, "kid", "a", "alg", "EdDSA")))
	require.NoError(t, err)
	private, err := key.ExportJWK()
	require.NoError(t, err)
	require.Equal(t, `{"kty":"OKP","alg":"EdDSA","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",`+
		`"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`, string(private))
	public, err := json.Marshal(key.Public())
	require.NoError(t, err)
	require.Equal(t, `{"kty":"OKP","use":"sig","alg":"EdDSA","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, string(public))

	for _, ops := range []string{`["sign"]`, `["verify"]`} {
		secret, err := jwt.ParseSecretKey([]byte(strings.Replace(testkeys.RFCSecret, `"k"`, `"alg":"HS384","key_ops":`+ops+`,"kid":"s","k"`, 1)))
		require.NoError(t, err)
		out, err := secret.ExportJWK()
		require.NoError(t, err)
		require.Equal(t, strings.Replace(testkeys.RFCSecret, `"k"`, `"alg":"HS384","key_ops":`+ops+`,"kid":"s","k"`, 1), string(out))
	}
}

// The parser leaves to this package what only it knows: algorithms, and how long a secret must be.
func TestJWKsThatFitNoAlgorithmAreRefused(t *testing.T) {
	rows := []refusal{
		{"alg is for encryption", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "RSA-OAEP"), `alg is "RSA-OAEP"`},
		{"alg is none", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "none"), `alg is "none"`},
		{"alg is long", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", strings.Repeat("x", 1000)), "…"},
	}
	checkRefusals(t, rows, parsePublic)
	private := make([]refusal, len(rows))
	for i, row := range rows {
		row.text = strings.Replace(row.text, `"n":`, `"d":"`+testkeys.RFCD+`","n":`, 1)
		private[i] = row
	}
	checkRefusals(t, append(private, []refusal{
		{"alg of another kind", testkeys.Edit(t, testkeys.RFCPrivateRSA, "alg", "ES256"), "ES256, which needs"},
	}...), parsePrivate)
	checkRefusals(t, []refusal{
		{"alg of another kind", testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "ES256"), "ES256, which needs an ECDSA P-256 key, but it is an RSA key"},
		{"alg of another curve", testkeys.Edit(t, testkeys.RFCPublicEC, "alg", "ES384"), "ES384, which needs an ECDSA P-384 key"},
		{"alg of a secret", testkeys.Edit(t, testkeys.RFCPublicOKP, "alg", "HS256"), "HS256"},
	}, parsePublic)
	checkRefusals(t, []refusal{
		{"k is empty", testkeys.Edit(t, testkeys.RFCSecret, "k", ""), `no "k"`},
		{"k of 31 bytes", testkeys.Edit(t, testkeys.RFCSecret, "k", b64(make([]byte, 31))), "31 bytes is too short"},
		{"k is key text", testkeys.Edit(t, testkeys.RFCSecret, "k", b64([]byte(testkeys.RFCPublicOKP))), "not a secret"},
		{"alg needs more", testkeys.Edit(t, testkeys.RFCSecret, "k", b64(make([]byte, 32)), "alg", "HS384"), "HS384, which needs a secret key of at least 48 bytes"},
		{"alg of key pairs", testkeys.Edit(t, testkeys.RFCSecret, "alg", "RS256"), "RS256, which needs"},
	}, parseSecret)
}

// BenchmarkRefusedKeys shows that what is refused for its size or use costs no more than
// reading it: nothing is computed with such numbers.
func BenchmarkRefusedKeys(b *testing.B) {
	huge := new(big.Int).Lsh(big.NewInt(1), 65535)
	huge.SetBit(huge, 0, 1)
	e := big.NewInt(65537)
	pkcs1, err := asn1.Marshal(struct{ N, E *big.Int }{huge, e})
	require.NoError(b, err)
	private, err := asn1.Marshal(struct {
		Version       int
		N, E, D, P, Q *big.Int
	}{0, huge, e, huge, huge, huge})
	require.NoError(b, err)
	mustRefuse := func(name, text string, parse func([]byte) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if parse([]byte(text)) == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
	mustRefuse("JWK/65536-bit n", testkeys.Edit(b, testkeys.RFCPublicRSA, "n", ones(65536)), parsePublic)
	mustRefuse("JWK/even e", testkeys.Edit(b, testkeys.RFCPublicRSA, "e", "AQAA"), parsePublic)
	mustRefuse("JWK/257-bit e", testkeys.Edit(b, testkeys.RFCPublicRSA, "e", ones(257)), parsePublic)
	mustRefuse("JWK/P-384 for ES256", testkeys.Edit(b, testkeys.RFCPublicEC, "alg", "ES384"), parsePublic)
	mustRefuse("JWK/off-curve point", testkeys.Edit(b, testkeys.RFCPublicEC, "y", b64(make([]byte, 32))), parsePublic)
	mustRefuse("JWK/use enc", testkeys.Edit(b, testkeys.RFCPublicRSA, "use", "enc"), parsePublic)
	mustRefuse("JWK/private, 65536-bit n", testkeys.Edit(b, testkeys.RFCPrivateRSA, "n", ones(65536)), parsePrivate)
	mustRefuse("PKCS1/65536-bit n", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1})), parsePublic)
	mustRefuse("PKCS1/private, 65536-bit n", string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: private})), parsePrivate)
	mustRefuse("OpenSSH/65536-bit n", sshBlob("ssh-rsa", e.Bytes(), append([]byte{0}, huge.Bytes()...)), parsePublic)
}

func BenchmarkParseKey(b *testing.B) {
	for name, text := range map[string]string{"RSA": testkeys.RFCPublicRSA, "EC": testkeys.RFCPublicEC, "OKP": testkeys.RFCPublicOKP} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := parsePublic([]byte(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
