package attacks_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
	"example.com/jwt/internal/testkeys"
)

// refusesKeys demands that no constructor takes a text, weak keys allowed or not, and that
// none crashes.
func refusesKeys(t *testing.T, text []byte) {
	t.Helper()
	for _, opts := range [][]jwt.KeyOption{nil, {jwt.InsecureAllowWeakKey()}} {
		public, err := jwt.ParsePublicKey(text, opts...)
		require.Nil(t, public)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		private, err := jwt.ParsePrivateKey(text, opts...)
		require.Nil(t, private)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	}
}

// An empty secret, such as a variable that is not set, verified whatever was signed with nothing.
func TestCVE_2026_44351_EmptySecret(t *testing.T) {
	for _, opts := range [][]jwt.KeyOption{nil, {jwt.InsecureAllowWeakKey()}, {jwt.WithAlgorithm(jwt.HS256)}} {
		for _, secret := range [][]byte{nil, {}} {
			key, err := jwt.NewSecretKey(secret, opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
}

// The key function returned "" for a kid that it did not know.
func TestCVE_2026_45363_KeyFuncWithoutAKey(t *testing.T) {
	find := keysByKid(map[string]*jwt.PublicKey{})
	for _, kid := range []string{"", "k1"} {
		header, err := json.Marshal(map[string]string{"alg": "HS256", "kid": kid})
		require.NoError(t, err)
		tok, err := jwt.Verify[jwt.MapClaims](forge.Token(string(header), `{}`, keyedWith("")), find, hs256)
		require.Nil(t, tok)
		require.ErrorIs(t, err, jwt.ErrKeyNotFound)
	}
}

// A service whose secret was never set accepted tokens for any user.
func TestCVE_2019_20933_SecretThatWasNeverSet(t *testing.T) {
	var never jwt.SecretKey
	for _, raw := range []string{forge.Token(`{"alg":"HS256"}`, `{"sub":"admin"}`, keyedWith("")), forge.Token(`{"alg":"none"}`, `{"sub":"admin"}`, forge.Unsigned)} {
		for _, keys := range []jwt.KeySource{&never, nil, (*jwt.SecretKey)(nil)} {
			_, err := jwt.Verify[jwt.MapClaims](raw, keys, hs256)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
	_, err := jwt.Sign(jwt.MapClaims{}, &never, jwt.HS256)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
}

// Secrets shorter than the hash were accepted (the three advisories are disputed).
func TestCVE_2025_45768_45767_45765_ShortSecret(t *testing.T) {
	for alg, least := range map[jwt.Algorithm]int{jwt.HS256: 32, jwt.HS384: 48, jwt.HS512: 64} {
		for _, n := range []int{1, least / 2, least - 1} {
			key, err := jwt.NewSecretKey(testSecret[:n])
			if n >= 32 {
				require.NoError(t, err)
				_, err = jwt.NewVerifier[jwt.MapClaims](key, []jwt.Algorithm{alg})
			}
			require.ErrorIs(t, err, jwt.ErrInvalidKey, "%d bytes for %s", n, alg)
			_, err = jwt.NewSecretKey(testSecret[:n], jwt.WithAlgorithm(alg))
			require.ErrorIs(t, err, jwt.ErrInvalidKey, "%d bytes bound to %s", n, alg)
		}
		key, err := jwt.NewSecretKey(testSecret[:least])
		require.NoError(t, err)
		_, err = jwt.NewVerifier[jwt.MapClaims](key, []jwt.Algorithm{alg})
		require.NoError(t, err)
	}
}

// rsaNumbers is an RSA public key of any two numbers.
func rsaNumbers(n, e *big.Int) []byte {
	der, err := asn1.Marshal(struct{ N, E *big.Int }{n, e})
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: der})
}

// An RSA key of tens of thousands of bits made each verification take seconds or minutes.
func TestCVE_2026_39829_HugeRSAKey(t *testing.T) {
	e := big.NewInt(65537)
	for _, bits := range []uint{16385, 20000, 65536, 200000} {
		n := new(big.Int).Lsh(big.NewInt(1), bits)
		n.Sub(n, big.NewInt(1))
		refusesKeys(t, rsaNumbers(n, e))
		refusesKeys(t, []byte(`{"kty":"RSA","e":"AQAB","n":"`+forge.Encode(string(n.Bytes()))+`"}`))
		refusesKeys(t, []byte(sshBlob("ssh-rsa", e.Bytes(), append([]byte{0}, n.Bytes()...))))
		if bits < 1<<17 {
			_, err := jwt.NewPublicKey(&rsa.PublicKey{N: n, E: 65537})
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
	n := keyFile[*rsa.PrivateKey](t, "rsa2048-default").N
	for _, e := range []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(2), big.NewInt(65536), big.NewInt(-65537), new(big.Int).Lsh(big.NewInt(3), 40), n} {
		refusesKeys(t, rsaNumbers(n, e))
	}
	for _, n := range []*big.Int{big.NewInt(0), big.NewInt(1), big.NewInt(-1), new(big.Int).Lsh(n, 1), new(big.Int).Neg(n)} {
		refusesKeys(t, rsaNumbers(n, e))
	}
}

// A private key without the numbers of the Chinese remainder theorem crashed its parser.
func TestCVE_2025_22865_PrivateKeyWithMissingNumbers(t *testing.T) {
	key := keyFile[*rsa.PrivateKey](t, "rsa2048-default")
	zero := new(big.Int)
	full := []*big.Int{zero, key.N, big.NewInt(int64(key.E)), key.D, key.Primes[0], key.Primes[1], key.Precomputed.Dp, key.Precomputed.Dq, key.Precomputed.Qinv}
	for missing := 1; missing < len(full); missing++ {
		for _, value := range []*big.Int{zero, big.NewInt(1), big.NewInt(-1)} {
			numbers := append([]*big.Int{}, full...)
			numbers[missing] = value
			der, err := asn1.Marshal(numbers)
			require.NoError(t, err)
			refusesKeys(t, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}))
		}
	}
	for _, count := range []int{0, 1, 2, 3, 5, 8} {
		der, err := asn1.Marshal(full[:count])
		require.NoError(t, err)
		refusesKeys(t, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: der}))
	}
	text, _ := testkeys.Pair(t, "../testdata/keys/rsa2048-default")
	block, _ := pem.Decode(text)
	for n := 0; n < len(block.Bytes); n += 37 {
		refusesKeys(t, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes[:n]}))
	}
	lengths := append([]byte{}, block.Bytes...)
	binary.BigEndian.PutUint32(lengths[15:], 0xffffffff)
	refusesKeys(t, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: lengths}))
}

// Hostile PEM text took quadratic time, or the whole stack.
func TestCVE_2025_61723_2022_24675_HostilePEM(t *testing.T) {
	const begin, end = "-----BEGIN PUBLIC KEY-----\n", "-----END PUBLIC KEY-----\n"
	for _, text := range []string{
		strings.Repeat("-----BEGIN ", 5000), strings.Repeat(begin, 2000), strings.Repeat(begin+end, 1000), strings.Repeat("-----END ", 5000),
		begin + strings.Repeat("A:\n", 20000) + end, begin + strings.Repeat(" ", 60000) + end, strings.Repeat(begin, 40000), begin + strings.Repeat("\n", 1<<20) + end, strings.Repeat("-", 60000),
	} {
		refusesKeys(t, []byte(text))
	}
}

// Hostile ASN.1 made the parser allocate, or loop.
func TestCVE_2025_58185_2026_33818_HostileASN1(t *testing.T) {
	spki, err := x509.MarshalPKIXPublicKey(keyFile[crypto.Signer](t, "ecdsa256-default").Public())
	require.NoError(t, err)
	for _, label := range []string{"PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"} {
		for _, der := range []string{"", "\x30", "\x30\x80", "\x30\x84\xff\xff\xff\xff", strings.Repeat("\x30\x80", 20000), strings.Repeat("\x05\x00", 20000), "\x30\x82\xea\x60" + strings.Repeat("\x05\x00", 30000), strings.Repeat("\x30\x82\xff\xff", 10000), string(spki[:len(spki)-1]), string(spki) + "\x00", "\x30\x03\x02\x01", strings.Repeat("\xff", 1000)} {
			refusesKeys(t, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: []byte(der)}))
		}
	}
}

// One entry of an unknown kind crashed, or hid, the whole set.
func TestCVE_2026_42576_UnknownKeyInASet(t *testing.T) {
	jwk, err := publicOf(t, otherEd25519(), jwt.WithKeyID("k1")).MarshalJSON()
	require.NoError(t, err)
	for _, other := range []string{`{"kty":"EC","crv":"P-256"}`, `{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}`, `{"kty":"OKP","crv":"X25519","x":"AA"}`, `{"kty":"RSA"}`, `{"kty":"AKP"}`, `{"kty":null}`, `{}`} {
		for _, text := range []string{setText(other, string(jwk)), setText(string(jwk), other)} {
			set, err := jwt.ParseKeySet([]byte(text))
			require.NoError(t, err, other)
			require.Len(t, set.Keys(), 1)
			require.Len(t, set.Skipped(), 1)
			_, err = jwt.Verify[jwt.MapClaims](forge.Token(`{"alg":"EdDSA","kid":"k1"}`, `{}`, forge.Key(t, otherEd25519(), crypto.Hash(0))), set, []jwt.Algorithm{jwt.EdDSA})
			require.NoError(t, err)
		}
	}
}
