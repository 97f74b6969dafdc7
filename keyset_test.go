package jwt_test

import (
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// testKeys are some keys of each kind, to put into sets.
type testKeys struct {
	secret, otherSecret *jwt.SecretKey
	rsa, ec, ed         *jwt.PublicKey
	otherEC, p384       *jwt.PublicKey
}

func newTestKeys(t *testing.T, opts ...jwt.KeyOption) (k testKeys) {
	t.Helper()
	var err error
	k.secret, err = jwt.GenerateSecretKey(jwt.HS256, opts...)
	require.NoError(t, err)
	k.otherSecret, err = jwt.GenerateSecretKey(jwt.HS256, opts...)
	require.NoError(t, err)
	k.rsa, err = jwt.ParsePublicKey([]byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "kid", testkeys.Drop{}, "alg", testkeys.Drop{})), opts...)
	require.NoError(t, err)
	k.ed, err = jwt.ParsePublicKey([]byte(testkeys.RFCPublicOKP), opts...)
	require.NoError(t, err)
	for key, alg := range map[**jwt.PublicKey]jwt.Algorithm{&k.ec: jwt.ES256, &k.otherEC: jwt.ES256, &k.p384: jwt.ES384} {
		pair, err := jwt.GeneratePrivateKey(alg, opts...)
		require.NoError(t, err)
		*key = pair.Public()
	}
	return k
}

func setText(entries ...string) string { return `{"keys":[` + strings.Join(entries, ",") + `]}` }

func TestKeySetLeavesOutWhatItCannotUse(t *testing.T) {
	entra := testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", testkeys.Drop{}, "use", "sig", "kid", "entra", "x5t", "entra", "x5c", []string{"MIIC"}, "issuer", "https://login.example/v2.0")
	set, err := jwt.ParseKeySet([]byte(setText(
		entra,
		testkeys.Edit(t, testkeys.RFCPublicRSA, "use", "enc", "kid", "enc"),
		`{"kty":"new","alg":"new-44","kid":"new","pub":"AAAA"}`,
		testkeys.Edit(t, testkeys.RFCPublicEC, "crv", "secp256k1", "kid", "koblitz"),
		testkeys.RFCPublicEC,
		testkeys.Edit(t, testkeys.RFCPublicRSA, "alg", "RSA-OAEP-256", "kid", "oaep"),
		testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(1024), "kid", "weak"),
		testkeys.Edit(t, testkeys.RFCPublicEC, "y", b64(make([]byte, 32)), "kid", "broken"),
		testkeys.Edit(t, testkeys.RFCPublicEC, "key_ops", []string{"deriveKey"}, "kid", strings.Repeat("k", 100)),
		testkeys.Edit(t, testkeys.RFCPublicOKP, "kid", 7),
		`{"kid":"empty"}`,
		`{"kty":1}`,
		`{}`,
		testkeys.RFCPublicOKP,
	)))
	require.NoError(t, err)

	require.Len(t, set.Keys(), 3)
	require.Equal(t, "entra", set.Keys()[0].KeyID())
	require.Equal(t, "1", set.Keys()[1].KeyID())
	require.Empty(t, set.Keys()[2].KeyID())

	want := []string{
		`entry 1 of the JWK Set is skipped: kid "enc": the JWK's use is "enc"`,
		`entry 2 of the JWK Set is skipped: kid "new": a JWK of kty "new" is not supported`,
		`entry 3 of the JWK Set is skipped: kid "koblitz": an EC JWK on the curve "secp256k1"`,
		`entry 5 of the JWK Set is skipped: kid "oaep": the JWK's alg is "RSA-OAEP-256"`,
		`entry 6 of the JWK Set is skipped: kid "weak": an RSA key of 1024 bits is too weak`,
		`entry 7 of the JWK Set is skipped: kid "broken": the JWK's x and y are not a point`,
		`entry 8 of the JWK Set is skipped: kid "` + strings.Repeat("k", 64) + `"…: the JWK's key_ops`,
		`entry 9 of the JWK Set is skipped: the JWK's kid is not a string`,
		`entry 10 of the JWK Set is skipped: kid "empty": the JWK has no "kty"`,
		`entry 11 of the JWK Set is skipped: the JWK's kty is not a string`,
		`entry 12 of the JWK Set is skipped: the JWK has no "kty"`,
	}
	skipped := set.Skipped()
	require.Len(t, skipped, len(want))
	for i := range want {
		require.ErrorIs(t, skipped[i], jwt.ErrInvalidKey)
		require.ErrorContains(t, skipped[i], "jwt: "+want[i])
	}
}

// The parser's table of refused texts is in internal/keytext.
func TestARefusedSetIsAnInvalidKey(t *testing.T) {
	checkRefusals(t, []refusal{
		{"one JWK", testkeys.RFCPublicRSA, "one JWK, not a JWK Set: use ParsePublicKey"},
		{"a private RSA key", setText(testkeys.RFCPrivateRSA), "must not be in a set"},
	}, func(text []byte) error {
		_, err := jwt.ParseKeySet(text)
		return err
	})
}

func TestKeySetLimitsAreInclusive(t *testing.T) {
	entries := make([]string, 100)
	for i := range entries {
		entries[i] = testkeys.Edit(t, testkeys.RFCPublicOKP, "kid", fmt.Sprint(i))
	}
	text := setText(entries...)
	set, err := jwt.ParseKeySet([]byte(text + strings.Repeat(" ", 1<<20-len(text))))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 100)

	_, err = jwt.ParseKeySet([]byte(strings.Replace(text, `{"keys":[`, `{"next":null,"keys":[`, 1)))
	require.NoError(t, err)
}

func TestEmptyKeySetIsNoError(t *testing.T) {
	for _, text := range []string{`{"keys":[]}`, ` {"keys" : [ ] } `, setText(`{"kty":"new"}`)} {
		set, err := jwt.ParseKeySet([]byte(text))
		require.NoError(t, err)
		require.Empty(t, set.Keys())
		out, err := set.MarshalJSON()
		require.NoError(t, err)
		require.Equal(t, `{"keys":[]}`, string(out))
	}
	set, err := jwt.NewKeySet()
	require.NoError(t, err)
	require.Empty(t, set.Keys())
	require.Empty(t, set.Skipped())
}

func TestNewKeySetRefusesWhatIsNoKey(t *testing.T) {
	good := newTestKeys(t).rsa
	for name, row := range map[string]struct {
		key jwt.VerificationKey
		is  error
	}{
		"nil":                   {nil, jwt.ErrInvalidOption},
		"typed nil":             {(*jwt.PublicKey)(nil), jwt.ErrInvalidOption},
		"typed nil secret":      {(*jwt.SecretKey)(nil), jwt.ErrInvalidOption},
		"zero":                  {new(jwt.PublicKey), jwt.ErrInvalidKey},
		"zero secret":           {new(jwt.SecretKey), jwt.ErrInvalidKey},
		"foreign":               {struct{ jwt.VerificationKey }{good}, jwt.ErrInvalidKey},
		"foreign, empty inside": {struct{ jwt.VerificationKey }{}, jwt.ErrInvalidKey},
		"pointer to foreign":    {&struct{ jwt.VerificationKey }{}, jwt.ErrInvalidKey},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := jwt.NewKeySet(good, row.key)
			require.Nil(t, set)
			require.ErrorIs(t, err, row.is)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
			require.ErrorContains(t, err, "key 1 of the set")
		})
	}
}

func TestKeySetTellsKeysOfOneKidApart(t *testing.T) {
	k := newTestKeys(t, jwt.WithKeyID("a"))
	bound, err := jwt.NewPublicKey(k.rsa.Crypto(), jwt.WithKeyID("a"), jwt.WithAlgorithm(jwt.PS256))
	require.NoError(t, err)

	t.Run("different kinds", func(t *testing.T) {
		set, err := jwt.NewKeySet(k.secret, k.rsa, k.ec, k.ed)
		require.NoError(t, err)
		require.Equal(t, []jwt.VerificationKey{k.secret, k.rsa, k.ec, k.ed}, set.Keys())
	})
	t.Run("the same one twice", func(t *testing.T) {
		same, err := jwt.NewPublicKey(k.rsa.Crypto(), jwt.WithKeyID("a"))
		require.NoError(t, err)
		set, err := jwt.NewKeySet(k.rsa, k.secret, same, k.secret)
		require.NoError(t, err)
		require.Equal(t, []jwt.VerificationKey{k.rsa, k.secret}, set.Keys())
	})
	t.Run("the same one for weaker uses", func(t *testing.T) {
		weak, err := jwt.NewSecretKey(make([]byte, 32), jwt.InsecureAllowWeakKey())
		require.NoError(t, err)
		strong, err := jwt.NewSecretKey(make([]byte, 32))
		require.NoError(t, err)
		set, err := jwt.NewKeySet(strong, weak) // weak serves HS512 too
		require.NoError(t, err)
		require.Equal(t, []jwt.VerificationKey{strong, weak}, set.Keys())
	})
	t.Run("the same one for another algorithm", func(t *testing.T) {
		set, err := jwt.NewKeySet(k.rsa, bound)
		require.NoError(t, err)
		require.Len(t, set.Keys(), 2)
	})
	t.Run("two of one kind", func(t *testing.T) {
		set, err := jwt.NewKeySet(k.ec, k.otherEC, k.p384, k.secret, k.otherSecret, k.ec)
		require.NoError(t, err)
		require.Equal(t, []jwt.VerificationKey{k.ec, k.otherEC, k.p384, k.secret, k.otherSecret}, set.Keys())
	})
	t.Run("two of one kind without kid", func(t *testing.T) {
		k := newTestKeys(t)
		set, err := jwt.NewKeySet(k.ec, k.otherEC, k.ec, k.secret, k.otherSecret, k.secret)
		require.NoError(t, err)
		require.Equal(t, []jwt.VerificationKey{k.ec, k.otherEC, k.secret, k.otherSecret}, set.Keys())
	})
}

// dotNet are the members that .NET's JsonWebKey writes for a public key.
const dotNet = `"use":"sig","key_ops":[],"oth":[],"x5c":[],"d":null,"dp":null,"dq":null,"k":null,"p":null,"q":null,"qi":null,"keyId":null,"hasPrivateKey":false,`

// Each row is a set, as issuers publish it, in which the given key must be found by its kid. The
// key of a row is the private half of one of the entries.
func TestSetsAsIssuersPublishThem(t *testing.T) {
	pair := func(alg jwt.Algorithm) (*jwt.PrivateKey, string) {
		key, err := jwt.GeneratePrivateKey(alg, jwt.WithKeyID("a"))
		require.NoError(t, err)
		text, err := key.Public().MarshalJSON()
		require.NoError(t, err)
		return key, testkeys.Edit(t, string(text), "alg", testkeys.Drop{}, "use", testkeys.Drop{})
	}
	rsaKey, rsaText := pair(jwt.RS256)
	_, otherRSA := pair(jwt.RS256)
	ecKey, ecText := pair(jwt.ES256)
	edKey, edText := pair(jwt.EdDSA)
	_, otherEd := pair(jwt.EdDSA)
	with := func(text, members string) string { return "{" + members + text[1:] }
	edit := func(text string, edits ...any) string { return testkeys.Edit(t, text, edits...) }
	number := func(name string) []byte {
		var members map[string]string
		require.NoError(t, json.Unmarshal([]byte(rsaText), &members))
		return unb64(t, members[name])
	}
	padded := b64(append([]byte{0}, number("n")...))

	for _, row := range []struct {
		name string
		set  string
		key  *jwt.PrivateKey
	}{
		{"RSA of .NET", setText(with(rsaText, dotNet)), rsaKey},
		{"EC of .NET", setText(with(ecText, dotNet+`"alg":null,"n":null,"e":"",`)), ecKey},
		{"Ed25519 of .NET beside an RSA key", setText(with(edText, dotNet+`"y":"",`), with(otherRSA, dotNet)), edKey},
		{"empty texts for what there is not", setText(with(rsaText, `"use":"","alg":"","crv":"","x5t":"","key_ops":"",`)), rsaKey},
		{"a kid of null beside it", setText(edit(otherEd, "kid", nil), edText), edKey},
		{"the key's own kid is empty", setText(edit(edText, "kid", "")), edKey},

		{"n with a leading zero", setText(edit(rsaText, "n", padded)), rsaKey},
		{"e as AAEAAQ", setText(edit(rsaText, "e", "AAEAAQ")), rsaKey},
		{"n and e with many zeros", setText(edit(rsaText, "n", b64(append(make([]byte, 100), number("n")...)), "e", "AAAAAAABAAE")), rsaKey},

		{"two keys of one kid and alg", setText(with(otherEd, `"alg":"EdDSA",`), with(edText, `"alg":"EdDSA",`)), edKey},
		{"two keys of one kid, bound to different algs", setText(with(otherRSA, `"alg":"RS384",`), with(rsaText, `"alg":"RS256",`)), rsaKey},
		{"three kinds of keys with one kid", setText(ecText, rsaText, edText), edKey},
		{"one key for several algs", setText(with(rsaText, `"alg":"RS512",`), with(rsaText, `"alg":"RS384",`), with(rsaText, `"alg":"RS256",`)), rsaKey},
		{"one kid for encryption and signatures", setText(with(otherRSA, `"use":"enc",`), with(rsaText, `"use":"sig",`)), rsaKey},
		{"the same key twice, once with a leading zero", setText(edit(rsaText, "n", padded), rsaText), rsaKey},

		{"a byte order mark", "\ufeff" + setText(rsaText), rsaKey},
		{"a byte order mark and line breaks", "\ufeff\r\n" + setText(ecText) + "\r\n", ecKey},
		{"a byte order mark before a set of .NET", "\ufeff" + setText(with(edText, dotNet)), edKey},

		{"keys for encryption, X.509 and SPIFFE members beside it", setText(with(otherRSA, `"use":"enc","alg":"RSA-OAEP","x5c":["AA=="],"x5t#S256":"",`), with(otherEd, `"use":"jwt-svid",`), with(ecText, `"x5c":["not base64"],"exp":1676038715816,"issuer":"https://x",`)), ecKey},
	} {
		t.Run(row.name, func(t *testing.T) {
			set, err := jwt.ParseKeySet([]byte(row.set))
			require.NoError(t, err)
			algs := map[*jwt.PrivateKey]jwt.Algorithm{rsaKey: jwt.RS256, ecKey: jwt.ES256, edKey: jwt.EdDSA}
			raw, err := jwt.Sign(jwt.MapClaims{}, row.key, algs[row.key])
			require.NoError(t, err)
			_, err = jwt.Verify[jwt.MapClaims](raw, set, []jwt.Algorithm{jwt.RS256, jwt.ES256, jwt.EdDSA})
			require.NoError(t, err, "%v", set.Skipped())

			published, err := set.MarshalJSON() // canonical, so it is the same set again
			require.NoError(t, err)
			again, err := jwt.ParseKeySet(published)
			require.NoError(t, err)
			require.Empty(t, again.Skipped())
			require.Equal(t, set.Keys(), again.Keys())
		})
	}
}

func TestMergedSetsKeepTheKeysOfBoth(t *testing.T) {
	var sets [2]*jwt.KeySet
	var raws [2]string
	for i := range sets {
		key, err := jwt.GeneratePrivateKey(jwt.EdDSA, jwt.WithKeyID("1"))
		require.NoError(t, err)
		raws[i], err = jwt.Sign(jwt.MapClaims{}, key, jwt.EdDSA)
		require.NoError(t, err)
		sets[i], err = jwt.NewKeySet(key.Public())
		require.NoError(t, err)
	}
	merged, err := jwt.NewKeySet(append(sets[0].Keys(), sets[1].Keys()...)...)
	require.NoError(t, err)
	for i, raw := range raws {
		tok, err := jwt.Verify[jwt.MapClaims](raw, merged, []jwt.Algorithm{jwt.EdDSA})
		require.NoError(t, err)
		require.Equal(t, "1", tok.KeyID)
		_, err = jwt.Verify[jwt.MapClaims](raw, sets[1-i], []jwt.Algorithm{jwt.EdDSA})
		require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	}
}

func TestRSAKeysOfSetsAreBounded(t *testing.T) {
	const want = "an RSA key of 8193 bits is too large for a set: want at most 8192"
	line := func(bits uint) string {
		return sshLine(t, &rsa.PublicKey{N: new(big.Int).SetBytes(unb64(t, ones(bits))), E: 65537}) + "\n"
	}
	jwk := func(bits uint) string {
		return testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(bits), "kid", fmt.Sprint(bits))
	}
	set, err := jwt.ParseKeySet([]byte(setText(jwk(8192), jwk(8193), jwk(16384))))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.Equal(t, "8192", set.Keys()[0].KeyID())
	require.ErrorContains(t, set.Skipped()[0], `kid "8193": `+want)
	require.ErrorContains(t, set.Skipped()[1], "16384 bits")

	set, err = jwt.ParseAuthorizedKeys([]byte(line(8192) + line(8193) + line(16384)))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.ErrorContains(t, set.Skipped()[0], want)
	require.Len(t, set.Skipped(), 2)

	// The operator's own keys are not bounded by that.
	for _, text := range []string{jwk(16384), line(16384)} {
		key, err := jwt.ParsePublicKey([]byte(text))
		require.NoError(t, err)
		_, err = jwt.NewKeySet(key)
		require.NoError(t, err)
	}
}

func TestKeySetIsImmutable(t *testing.T) {
	k := newTestKeys(t)
	given := []jwt.VerificationKey{k.rsa, k.ec}
	set, err := jwt.NewKeySet(given...)
	require.NoError(t, err)
	given[0] = k.ed
	set.Keys()[1] = k.ed
	require.Equal(t, []jwt.VerificationKey{k.rsa, k.ec}, set.Keys())

	text := []byte(setText(`{}`, testkeys.RFCPublicRSA))
	set, err = jwt.ParseKeySet(text)
	require.NoError(t, err)
	clear(text)
	set.Skipped()[0] = nil
	require.Error(t, set.Skipped()[0])
	require.Equal(t, "2011-04-29", set.Keys()[0].KeyID())
}

func TestKeySetIsPublishedWithoutSecrets(t *testing.T) {
	k := newTestKeys(t)
	set, err := jwt.NewKeySet(k.rsa, k.ec, k.ed)
	require.NoError(t, err)
	out, err := json.Marshal(set)
	require.NoError(t, err)
	again, err := jwt.ParseKeySet(out)
	require.NoError(t, err)
	require.Empty(t, again.Skipped())
	require.Len(t, again.Keys(), 3)
	for i, key := range again.Keys() {
		require.True(t, key.(*jwt.PublicKey).Equal(set.Keys()[i].(*jwt.PublicKey)))
	}

	set, err = jwt.NewKeySet(k.rsa, k.secret)
	require.NoError(t, err)
	out, err = set.MarshalJSON()
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.ErrorContains(t, err, "key 1 of the set is a secret")
	require.Nil(t, out)
}

func TestZeroKeySet(t *testing.T) {
	var set jwt.KeySet
	require.Nil(t, set.Keys())
	require.Nil(t, set.Skipped())
	for _, s := range []*jwt.KeySet{&set, nil} {
		_, err := s.MarshalJSON()
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// The keys of RFC 7517, Appendix A.1, as they are printed there but for line breaks.
func TestSetOfRFC7517(t *testing.T) {
	set, err := jwt.ParseKeySet([]byte(`{"keys":
     [{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
      {"kty":"RSA","n":"` + testkeys.RFCN + `","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}`))
	require.NoError(t, err)
	require.Len(t, set.Keys(), 1)
	require.Equal(t, "2011-04-29", set.Keys()[0].KeyID())
	require.Len(t, set.Skipped(), 1)
	require.ErrorContains(t, set.Skipped()[0], `use is "enc"`)
}
