package jwt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// The keys of RFC 7517, Appendix A.2 (the EC key without its "use":"enc", for which it is
// refused), RFC 8037, Appendix A.1, and RFC 7515, Appendix A.1.
const (
	rfcN = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t" +
		"Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS" +
		"D08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	rfcD = "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT0_YSfqijwp3R" +
		"TzlBaCxWp4doFk5N2o8Gy_nHNKroADIkJ46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2jx4IBTNBz" +
		"nbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL-Us2lGVkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q"
	rfcP = "83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyLPQBQxtPVnwD20R-60eTDmD2ujnMt5PoqMrm8RfmNhVWDtjjMmCMjOpSXicFHj7XOuVIYQyqVWl" +
		"WEh6dN36GVZYk93N8Bc9vY41xy8B9RzzOGVQzXvNEvn7O0nVbfs"
	rfcQ = "3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb3vobLyumqjVZQO1dIrdwgTnCdpYzBcOfW5r370AFXjiWft_NGEiovonizhKpo9VVS78TzFgxkI" +
		"drecRezsZ-1kYd_s1qDbxtkDEgfAITAG9LUnADun4vIcb6yelxk"
	rfcDP = "G4sPXkc6Ya9y8oJW9_ILj4xuppu0lzi_H7VTkS8xj5SdX3coE0oimYwxIi2emTAue0UOa5dpgFGyBJ4c8tQ2VF402XRugKDTP8akYhFo5tAA77Qe_NmtuYZc" +
		"3C3m3I24G2GvR5sSDxUyAN2zq8Lfn9EUms6rY3Ob8YeiKkTiBj0"
	rfcDQ = "s9lAH9fggBsoFR8Oac2R_E2gw282rT2kGOAhvIllETE1efrA6huUUvMfBcMpn8lqeW6vzznYY5SSQF7pMdC_agI3nG8Ibp1BUb0JUiraRNqUfLhcQb_d9GF4" +
		"Dh7e74WbRsobRonujTYN1xCaP6TO61jvWrX-L18txXw494Q_cgk"
	rfcQI = "GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa-Bk0KWNGDjJHZDdDmFhW3AN7lI-puxk_mHZGJ11rxyR8" +
		"O55XLSe3SPmRfKwZI6yU24ZxvQKFYItdldUKGzO6Ia6zTKhAVRU"

	rfcPublicRSA  = `{"kty":"RSA","n":"` + rfcN + `","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	rfcPrivateRSA = `{"kty":"RSA","n":"` + rfcN + `","e":"AQAB","d":"` + rfcD + `","p":"` + rfcP + `","q":"` + rfcQ +
		`","dp":"` + rfcDP + `","dq":"` + rfcDQ + `","qi":"` + rfcQI + `","alg":"RS256","kid":"2011-04-29"}`
	rfcPublicEC = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
		"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}`
	rfcPrivateEC = `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
		"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","kid":"1"}`
	rfcPublicOKP  = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	rfcPrivateOKP = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	rfcSecret     = `{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}`
)

// drop removes a member in editJWK.
type drop struct{}

// editJWK changes members of a JWK; edits are names and values in turn.
func editJWK(t testing.TB, text string, edits ...any) string {
	t.Helper()
	var members map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &members))
	for i := 0; i < len(edits); i += 2 {
		if edits[i+1] == (drop{}) {
			require.Contains(t, members, edits[i])
			delete(members, edits[i].(string))
			continue
		}
		members[edits[i].(string)] = edits[i+1]
	}
	out, err := json.Marshal(members)
	require.NoError(t, err)
	return string(out)
}

func TestJWKsOfTheRFCs(t *testing.T) {
	for name, text := range map[string]string{"RSA": rfcPublicRSA, "EC": rfcPublicEC, "OKP": rfcPublicOKP} {
		t.Run("public "+name, func(t *testing.T) {
			key, err := jwt.ParsePublicKey([]byte(text))
			require.NoError(t, err)
			out, err := key.MarshalJSON()
			require.NoError(t, err)
			require.JSONEq(t, editJWK(t, text, "use", "sig"), string(out))
		})
	}
	for name, text := range map[string]string{"RSA": rfcPrivateRSA, "EC": rfcPrivateEC, "OKP": rfcPrivateOKP} {
		t.Run("private "+name, func(t *testing.T) {
			key, err := jwt.ParsePrivateKey([]byte(text))
			require.NoError(t, err)
			out, err := key.ExportJWK()
			require.NoError(t, err)
			require.JSONEq(t, text, string(out))
		})
	}
	t.Run("secret", func(t *testing.T) {
		key, err := jwt.ParseSecretKey([]byte(rfcSecret))
		require.NoError(t, err)
		out, err := key.ExportJWK()
		require.NoError(t, err)
		require.JSONEq(t, rfcSecret, string(out))
	})
	t.Run("the EC keys as they are, for encryption", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(editJWK(t, rfcPublicEC, "use", "enc")))
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.ParsePrivateKey([]byte(editJWK(t, rfcPrivateEC, "use", "enc")))
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

func TestThumbprintsOfTheRFCs(t *testing.T) {
	for text, want := range map[string]string{
		rfcPublicRSA: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", // RFC 7638, Section 3.1
		rfcPublicOKP: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", // RFC 8037, Appendix A.3
		rfcPublicEC:  "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s",
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
	alone := editJWK(t, rfcPrivateRSA, "p", drop{}, "q", drop{}, "dp", drop{}, "dq", drop{}, "qi", drop{})
	whole, err := jwt.ParsePrivateKey([]byte(rfcPrivateRSA))
	require.NoError(t, err)
	key, err := jwt.ParsePrivateKey([]byte(alone))
	require.NoError(t, err)
	require.True(t, whole.Public().Equal(key.Public()))

	text, err := key.ExportJWK()
	require.NoError(t, err)
	var members map[string]string
	require.NoError(t, json.Unmarshal(text, &members))
	require.ElementsMatch(t, []string{rfcP, rfcQ}, []string{members["p"], members["q"]})
	_, err = jwt.ParsePrivateKey(text)
	require.NoError(t, err)

	for range 8 { // primes of every form modulo 4, on which the search depends
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		require.NoError(t, err)
		private, err := jwt.NewPrivateKey(key, jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		text, err := private.ExportJWK()
		require.NoError(t, err)
		alone := editJWK(t, string(text), "p", drop{}, "q", drop{}, "dp", drop{}, "dq", drop{}, "qi", drop{})
		again, err := jwt.ParsePrivateKey([]byte(alone), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		require.True(t, again.Public().Equal(private.Public()))
	}
}

func TestJWKSaysWhatItsKeyIsFor(t *testing.T) {
	t.Run("kid and alg are kept", func(t *testing.T) {
		key, err := jwt.ParsePrivateKey([]byte(editJWK(t, rfcPrivateOKP, "kid", "käse \"1\"\u2028<&>", "alg", "Ed25519", "key_ops", []string{"sign"})))
		require.NoError(t, err)
		require.Equal(t, "käse \"1\"\u2028<&>", key.KeyID())
		out, err := key.ExportJWK()
		require.NoError(t, err)
		again, err := jwt.ParsePrivateKey(out)
		require.NoError(t, err)
		require.Equal(t, key.KeyID(), again.KeyID())
		public, err := again.Public().MarshalJSON()
		require.NoError(t, err)
		require.JSONEq(t, editJWK(t, rfcPublicOKP, "kid", key.KeyID(), "alg", "Ed25519", "use", "sig"), string(public))
	})
	t.Run("options override", func(t *testing.T) {
		key, err := jwt.ParsePublicKey([]byte(rfcPublicRSA), jwt.WithKeyID("mine"), jwt.WithAlgorithm(jwt.RS256))
		require.NoError(t, err)
		require.Equal(t, "mine", key.KeyID())
		secret, err := jwt.ParseSecretKey([]byte(editJWK(t, rfcSecret, "kid", "theirs")), jwt.WithKeyID("mine"))
		require.NoError(t, err)
		require.Equal(t, "mine", secret.KeyID())
		thumb, err := jwt.ParsePrivateKey([]byte(rfcPrivateRSA), jwt.WithThumbprintKeyID())
		require.NoError(t, err)
		require.Equal(t, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", thumb.KeyID())
	})
	t.Run("an option against alg is the program's mistake", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(rfcPublicRSA), jwt.WithAlgorithm(jwt.RS512))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		require.ErrorContains(t, err, "RS512")
		_, err = jwt.ParsePrivateKey([]byte(rfcPrivateRSA), jwt.WithAlgorithm(jwt.PS256))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		_, err = jwt.ParseSecretKey([]byte(editJWK(t, rfcSecret, "alg", "HS256")), jwt.WithAlgorithm(jwt.HS512))
		require.ErrorIs(t, err, jwt.ErrInvalidOption)
		for _, opt := range []jwt.KeyOption{jwt.WithPassphrase([]byte("x")), jwt.WithThumbprintKeyID(), jwt.WithKeyID(""), nil} {
			_, err = jwt.ParseSecretKey([]byte(rfcSecret), opt)
			require.ErrorIs(t, err, jwt.ErrInvalidOption)
		}
	})
	t.Run("members that mean nothing here are ignored", func(t *testing.T) {
		text := editJWK(t, rfcPublicRSA, "use", "sig", "key_ops", []string{"verify"}, "x5c", []int{1}, "x5u", "https://x", "x5t", nil, "KTY", "oct", "D", "x", "", 1, "kid", drop{})
		key, err := jwt.ParsePublicKey([]byte(" \r\n" + text + "\n"))
		require.NoError(t, err)
		require.Empty(t, key.KeyID())
	})
	t.Run("operations of other uses, if use does not speak against them", func(t *testing.T) {
		_, err := jwt.ParsePublicKey([]byte(editJWK(t, rfcPublicRSA, "key_ops", []string{"verify", "encrypt"})))
		require.NoError(t, err)
	})
	t.Run("weak keys on demand", func(t *testing.T) {
		_, err := jwt.ParseSecretKey([]byte(`{"kty":"oct","k":"AA"}`), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		_, err = jwt.ParsePublicKey([]byte(editJWK(t, rfcPublicRSA, "e", "Aw")), jwt.InsecureAllowWeakKey())
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
	key, err := jwt.ParsePrivateKey([]byte(editJWK(t, rfcPrivateOKP, "kid", "a", "alg", "EdDSA")))
	require.NoError(t, err)
	private, err := key.ExportJWK()
	require.NoError(t, err)
	require.Equal(t, `{"kty":"OKP","alg":"EdDSA","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",`+
		`"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}`, string(private))
	public, err := json.Marshal(key.Public())
	require.NoError(t, err)
	require.Equal(t, `{"kty":"OKP","use":"sig","alg":"EdDSA","kid":"a","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`, string(public))

	for _, ops := range []string{`["sign"]`, `["verify"]`} {
		secret, err := jwt.ParseSecretKey([]byte(strings.Replace(rfcSecret, `"k"`, `"alg":"HS384","key_ops":`+ops+`,"kid":"s","k"`, 1)))
		require.NoError(t, err)
		out, err := secret.ExportJWK()
		require.NoError(t, err)
		require.Equal(t, strings.Replace(rfcSecret, `"k"`, `"alg":"HS384","key_ops":`+ops+`,"kid":"s","k"`, 1), string(out))
	}
}
