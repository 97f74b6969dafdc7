package jwt

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/base64url"
	"example.com/jwt/internal/mldsa"
)

func TestNamesThatAreNoAlgorithm(t *testing.T) {
	for _, name := range []string{"", "none", "hs256", "HS256 ", "ML-DSA-45"} {
		alg, err := ParseAlgorithm(name)
		require.Nil(t, alg)
		require.ErrorContains(t, err, fmt.Sprintf("unknown algorithm %q: want one of HS256, HS384, HS512, RS256, ", name))
	}
}

func TestNumbersThatAreNoAlgorithm(t *testing.T) {
	for _, a := range []algorithm{0, algorithm(len(schemes)), 255} {
		require.Nil(t, a.scheme())
		require.Equal(t, "invalid", a.String())
	}
	_, err := schemeOf(nil)
	require.ErrorIs(t, err, ErrInvalidOption)
	require.ErrorContains(t, err, "the algorithm is nil")
}

func TestSizesOfTheCurves(t *testing.T) {
	for alg, bits := range map[algorithm]int{ES256: 256, ES384: 384, ES512: 521} {
		require.Equal(t, bits, schemes[alg].bits)
	}
}

// A weak key of another kind has no secret that could pass for a short one.
func TestOnlyASecretFitsHMAC(t *testing.T) {
	for _, m := range []*checkedKey{{kind: kindRSA, weak: true}, {kind: kindEd25519, weak: true}, {kind: kindEd25519, size: 64}} {
		require.False(t, hmacFamily{}.fits(&schemes[HS256], m))
	}
	require.True(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, weak: true, size: 1}))
	require.True(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, size: 32}))
	require.False(t, hmacFamily{}.fits(&schemes[HS256], &checkedKey{kind: kindSecret, size: 31}))
}

// The families ask a key for the numbers of its kind alone, since it has no others.
func TestKeysOfOtherKindsFitNoScheme(t *testing.T) {
	families := map[keyKind]family{kindRSA: pkcs1Family{}, kindSecret: hmacFamily{}, kindECDSA: ecdsaFamily{}, kindEd25519: ed25519Family{}, kindMLDSA: mldsaFamily{}}
	for i := range schemes[HS256:] {
		s := &schemes[HS256:][i]
		for kind, own := range families {
			if _, pss := s.family.(pssFamily); s.family != own && !(pss && kind == kindRSA) {
				require.False(t, s.family.fits(s, &checkedKey{kind: kind, size: 64, weak: true}), "%s %d", s.name, kind)
			}
		}
	}
}

// The encoded message of RSASSA-PSS has room for two hashes, one byte, and eight bits.
func TestSmallestModulusOfPSS(t *testing.T) {
	for alg, least := range map[algorithm]uint{PS256: 522, PS384: 778, PS512: 1034} {
		for bits, want := range map[uint]bool{least - 1: false, least: true, least + 1: true} {
			n := new(big.Int).Lsh(big.NewInt(1), bits-1)
			require.Equal(t, want, pssFamily{}.fits(&schemes[alg], &checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}), "%s %d", alg, bits)
		}
	}
}

func TestHashingATextInPieces(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1023, 1024, 1025, 2048, 2049, 5000} {
		text := strings.Repeat("x", n)
		want := sha256.Sum256([]byte(text))
		require.Equal(t, want[:], sha256Pool.hashString(text).sum(), n)
	}
}

func TestDefaultHeaderSegments(t *testing.T) {
	s := getScratch()
	defer s.release()
	count := 0
	for _, sc := range schemes {
		if sc.alg == 0 {
			continue
		}
		count++
		text := `{"alg":"` + sc.name + `","typ":"JWT"}`
		require.Equal(t, base64.RawURLEncoding.EncodeToString([]byte(text)), sc.usual.segment)
		want, err := s.header(sc.usual.segment)
		require.NoError(t, err)
		p := policy{schemes: []*scheme{&sc}}
		got, _, err := p.header(s, sc.usual.segment)
		require.NoError(t, err)
		require.Equal(t, want, *got)
	}
	require.Equal(t, 14+len(mldsa.All()), count)
}

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

// rawSignatures are vectors of one key: signatures over messages that no token can have
// as its signing input, which is why this test is an internal one.
type rawSignatures struct {
	File, Alg, Key string
	Weak           bool // the key needs InsecureAllowWeakKey
	Vectors        []struct {
		Number   int
		Msg, Sig []byte
		Want     string // "good", "bad" or "no key"
	}
}

// verifyRaw is what Verify does with a key and a signature.
func (r *rawSignatures) verifyRaw(msg, sig []byte) (string, error) {
	var opts []KeyOption
	if r.Weak {
		opts = append(opts, InsecureAllowWeakKey())
	}
	m, err := r.checkedKey(opts)
	if err != nil {
		return "no key", err
	}
	s := algorithmByName(r.Alg).scheme()
	if !m.serves(s, opVerify) {
		return "no key", m.unfit(s, opVerify)
	}
	if !s.family.verify(s, m, string(msg), sig) {
		return "bad", nil
	}
	return "good", nil
}

func (r *rawSignatures) checkedKey(opts []KeyOption) (*checkedKey, error) {
	if r.Alg[0] == 'H' {
		k, err := ParseSecretKey([]byte(r.Key), opts...)
		if err != nil {
			return nil, err
		}
		return k.checkedKey(), nil
	}
	k, err := ParsePublicKey([]byte(r.Key), opts...)
	if err != nil {
		return nil, err
	}
	return k.checkedKey(), nil
}

// TestRawSignatures runs a part of the Wycheproof vectors. The conformance module, which
// has all of them, writes that part, and runs this test again on a file of the rest.
func TestRawSignatures(t *testing.T) {
	file := os.Getenv("JWT_RAW_SIGNATURES")
	if file == "" {
		file = "testdata/vectors/wycheproof.json"
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var groups []rawSignatures
	require.NoError(t, json.Unmarshal(text, &groups))
	counts := map[string]int{}
	for _, g := range groups {
		for _, v := range g.Vectors {
			got, err := g.verifyRaw(v.Msg, v.Sig)
			require.Equal(t, v.Want, got, "%s %d: %v", g.File, v.Number, err)
			require.True(t, err == nil || errors.Is(err, ErrInvalidKey))
			counts[got]++
		}
	}
	require.Positive(t, counts["good"])
	require.Positive(t, counts["bad"])
	require.Positive(t, counts["no key"])
	t.Logf("raw signatures: %d good, %d bad, %d without a key", counts["good"], counts["bad"], counts["no key"])
}

type ecdsaSignature struct{ R, S *big.Int }

// edgeNumbers are the numbers at which a length, a sign or a padding changes.
func edgeNumbers(bits int) (numbers []*big.Int) {
	one := big.NewInt(1)
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 127, 128, 248, 255, 256, 376, 383, 384, 456, 512, 519, 520} {
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
		"a negative number":       {0x30, 6, 2, 1, 0x80, 2, 1, 1},
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
	long, err := asn1.Marshal(ecdsaSignature{new(big.Int).Lsh(big.NewInt(1), 520), new(big.Int).Lsh(big.NewInt(1), 520)})
	require.NoError(t, err)
	require.Equal(t, []byte{derSequence, 0x81, 2 * (2 + 66)}, long[:3])
	_, err = appendFromDER(nil, append([]byte{derSequence}, long[2:]...), schemes[ES512].bits)
	require.Error(t, err, "a long length in the short form")
}

func TestKeysAreComparedByKind(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), 100)
	one := &checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}
	require.True(t, one.sameKey(&checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 3}}))
	require.False(t, one.sameKey(&checkedKey{kind: kindRSA, rsa: &rsa.PublicKey{N: n, E: 5}}))
	require.False(t, (&checkedKey{kind: kindSecret}).sameKey(&checkedKey{kind: kindEd25519}))
	require.Equal(t, "jwt: no private key", (*keyPair)(nil).describeKey("private key"))
}

func TestAKeyServesWithinItsBounds(t *testing.T) {
	for _, row := range []struct {
		ops   keyOps
		bound algorithm
		op    keyOps
		want  bool
		why   string
	}{
		{opAll, 0, opSign, true, ""}, {opAll, EdDSA, opVerify, true, ""}, {opVerify, 0, opVerify, true, ""},
		{opVerify, 0, opSign, false, "sign"}, {opSign, 0, opVerify, false, "verify"}, {opSign, EdDSA, opVerify, false, "key_ops"},
		{opAll, Ed25519, opVerify, false, "bound to Ed25519"},
	} {
		m := &checkedKey{kind: kindEd25519, ops: row.ops, bound: row.bound}
		require.Equal(t, row.want, m.serves(&schemes[EdDSA], row.op), row)
		if !row.want {
			require.ErrorContains(t, m.unfit(&schemes[EdDSA], row.op), row.why)
		}
	}
}
