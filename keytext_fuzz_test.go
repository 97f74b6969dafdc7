package jwt_test

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
	"example.com/jwt/internal/testkeys"
)

// requireClass demands that a refused key text is nothing but an invalid key.
func requireClass(t *testing.T, err error) {
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	require.False(t, errors.Is(err, jwt.ErrInvalidOption) || errors.Is(err, jwt.ErrInvalidToken))
	require.Less(t, len(err.Error()), 1000)
}

// addKeyTexts seeds a fuzz target with all of testdata/keys, good and bad.
func addKeyTexts(f *testing.F) {
	n := 0
	for _, pattern := range []string{"testdata/keys/*", "testdata/keys/around/*", "testdata/keys/refused/*", "testdata/keys/jwk/*", "testdata/keys/mldsa/*", "testdata/keys/mldsa/refused/*"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil || len(text) > 3<<10 {
				continue // a directory, or a key that takes long to check
			}
			n++
			f.Add(text, n%2 == 0)
		}
	}
	require.Greater(f, n, 100)
}

func weakIf(weak bool) []jwt.KeyOption {
	if weak {
		return []jwt.KeyOption{jwt.InsecureAllowWeakKey()}
	}
	return nil
}

// requireKeyOfOthers reads a text with encoding/pem and crypto/x509, and demands that they find no
// other key in it, if they find one. The label says which block to look at; all if it is empty.
func requireKeyOfOthers(t testing.TB, text []byte, label string, want *jwt.PublicKey) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case "PRIVATE KEY":
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case "EC PRIVATE KEY":
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case "OPENSSH PRIVATE KEY":
			key, err = ssh.ParseRawPrivateKey(pem.EncodeToMemory(block))
		case "PUBLIC KEY":
			key, err = x509.ParsePKIXPublicKey(block.Bytes)
		case "RSA PUBLIC KEY":
			key, err = x509.ParsePKCS1PublicKey(block.Bytes)
		case "CERTIFICATE":
			var c *x509.Certificate
			if c, err = x509.ParseCertificate(block.Bytes); err == nil {
				key = c.PublicKey
			}
		}
		if err != nil || key == nil || !strings.HasSuffix(block.Type, label) {
			continue
		}
		if edwards, ok := key.(*ed25519.PrivateKey); ok {
			key = *edwards
		}
		if private, ok := key.(crypto.Signer); ok {
			key = private.Public()
		}
		require.True(t, want.Crypto().(interface{ Equal(crypto.PublicKey) bool }).Equal(key), "%s", block.Type)
	}
}

// FuzzParsePrivateKey: a key that is accepted comes back equal from every form, and is the one that
// the standard library finds.
func FuzzParsePrivateKey(f *testing.F) {
	addKeyTexts(f)
	f.Fuzz(func(t *testing.T, text []byte, weak bool) {
		k, err := jwt.ParsePrivateKey(text, weakIf(weak)...)
		if err != nil {
			requireClass(t, err)
			return
		}
		requireRoundTrips(t, k)
		requireKeyOfOthers(t, text, "PRIVATE KEY", k.Public())
		_, err = jwt.ParsePublicKey(text, weakIf(weak)...)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.NewSecretKey(text, jwt.InsecureAllowWeakKey())
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

// FuzzParsePublicKey: a key that is accepted comes back equal from every form, is the one that the
// standard library finds, and its text is neither a private key nor a secret.
func FuzzParsePublicKey(f *testing.F) {
	addKeyTexts(f)
	f.Fuzz(func(t *testing.T, text []byte, weak bool) {
		k, err := jwt.ParsePublicKey(text, weakIf(weak)...)
		if err != nil {
			requireClass(t, err)
			return
		}
		requirePublicRoundTrips(t, k)
		requireKeyOfOthers(t, text, "", k)
		_, err = jwt.ParsePrivateKey(text, weakIf(weak)...)
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
		_, err = jwt.NewSecretKey(text, jwt.InsecureAllowWeakKey())
		require.ErrorIs(t, err, jwt.ErrInvalidKey)
	})
}

// FuzzParseJWK: whatever a parser accepts is written as a text that parses to an equal
// key, and that text is a fixed point and has the same numbers.
func FuzzParseJWK(f *testing.F) {
	for _, seed := range []string{
		testkeys.RFCPublicRSA, testkeys.RFCPrivateRSA, testkeys.RFCPublicEC, testkeys.RFCPrivateEC, testkeys.RFCPublicOKP, testkeys.RFCPrivateOKP, testkeys.RFCSecret,
		strings.Replace(testkeys.RFCPrivateRSA, `"qi"`, `"q1"`, 1),
		strings.Replace(testkeys.RFCPrivateEC, `"kid"`, `"use":"sig","key_ops":["sign"],"alg":"ES256","kid"`, 1),
		strings.Replace(testkeys.RFCSecret, `"k"`, `"key_ops":["verify"],"alg":"HS512","kid":"\ud83d\ude00","k"`, 1),
		`{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}`,
		`{}`, `{"keys":[]}`, `{"kty":1}`,
		"{" + dotNet + testkeys.RFCPublicRSA[1:], "{" + dotNet + testkeys.RFCPublicEC[1:],
		strings.Replace(testkeys.RFCPublicRSA, "AQAB", "AAEAAQ", 1),
		strings.NewReplacer(testkeys.RFCQ, "AA"+testkeys.RFCQ, `"kid":`, `"oth":[ ],"key_ops":null,"use":"","kid":`).Replace(testkeys.RFCPrivateRSA),
		strings.Replace(testkeys.RFCPrivateOKP, `"kty"`, `"p":"","q":[],"n":null,"kid":"","kty"`, 1),
		strings.Replace(testkeys.RFCSecret, `"kty"`, `"n":"","use":null,"kid":[],"d":"","kty"`, 1),
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, weak bool) {
		if !bytes.HasPrefix(text, []byte("{")) {
			return // not a JWK to ParsePublicKey and ParsePrivateKey
		}
		var opts []jwt.KeyOption
		if weak {
			opts = append(opts, jwt.InsecureAllowWeakKey())
		}
		checkPublic(t, text, opts)
		checkPrivate(t, text, opts)
		checkSecret(t, text, opts)
	})
}

func checkPublic(t *testing.T, text []byte, opts []jwt.KeyOption) {
	key, err := jwt.ParsePublicKey(text, opts...)
	if err != nil {
		requireClass(t, err)
		return
	}
	out, err := key.MarshalJSON()
	require.NoError(t, err)
	requireSameNumbers(t, text, out)
	require.Equal(t, slowThumbprint(t, out), key.Thumbprint())
	again, err := jwt.ParsePublicKey(out, opts...)
	require.NoError(t, err)
	require.True(t, key.Equal(again))
	require.Equal(t, key.KeyID(), again.KeyID())
	second, err := again.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, out, second)
}

func checkPrivate(t *testing.T, text []byte, opts []jwt.KeyOption) {
	key, err := jwt.ParsePrivateKey(text, opts...)
	if err != nil {
		requireClass(t, err)
		return
	}
	out, err := key.ExportJWK()
	require.NoError(t, err)
	requireSameNumbers(t, text, out)
	again, err := jwt.ParsePrivateKey(out, opts...)
	require.NoError(t, err)
	require.True(t, key.Public().Equal(again.Public()))
	second, err := again.ExportJWK()
	require.NoError(t, err)
	require.Equal(t, out, second)
	_, err = jwt.ParsePublicKey(text, opts...)
	require.Error(t, err)
}

func checkSecret(t *testing.T, text []byte, opts []jwt.KeyOption) {
	key, err := jwt.ParseSecretKey(text, opts...)
	if err != nil {
		requireClass(t, err)
		return
	}
	out, err := key.ExportJWK()
	require.NoError(t, err)
	requireSameNumbers(t, text, out)
	again, err := jwt.ParseSecretKey(out, opts...)
	require.NoError(t, err)
	second, err := again.ExportJWK()
	require.NoError(t, err)
	require.Equal(t, out, second)
}

// numbers are the members of a JWK that make its key.
var numbers = []string{"n", "e", "crv", "x", "y", "d", "p", "q", "dp", "dq", "qi", "k", "pub", "priv"}

func jwkMembers(t *testing.T, text []byte) (members map[string]any) {
	require.NoError(t, json.Unmarshal(text, &members))
	return members
}

// requireSameNumbers compares a JWK with what was written of its key, as a reader without any of
// this package's code has them: no leniency may make one key of the texts of two. The writer may
// add what the text can leave out (the primes).
func requireSameNumbers(t *testing.T, text, out []byte) {
	in, written := jwkMembers(t, text), jwkMembers(t, out)
	require.Equal(t, in["kty"], written["kty"])
	for _, name := range numbers {
		value, _ := in[name].(string)
		if value == "" {
			continue
		}
		if in["kty"] == "RSA" && slices.Contains([]string{"n", "e", "d", "p", "q", "dp", "dq", "qi"}, name) {
			octets := unb64(t, written[name].(string))
			require.NotZero(t, octets[0], "%s is canonical", name)
			require.Equal(t, bytes.TrimLeft(unb64(t, value), "\x00"), octets, name)
		} else if written[name] != nil { // else a member of another kty
			require.Equal(t, value, written[name], name)
		}
	}
}

// slowThumbprint computes a thumbprint (RFC 7638) from a written JWK.
func slowThumbprint(t *testing.T, out []byte) string {
	members := jwkMembers(t, out)
	required := map[string]any{}
	for _, name := range map[string][]string{"RSA": {"e", "n"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}, "AKP": {"alg", "pub"}}[members["kty"].(string)] {
		required[name] = members[name]
	}
	required["kty"] = members["kty"]
	text, err := json.Marshal(required) // in the order of the names
	require.NoError(t, err)
	sum := sha256.Sum256(text)
	return b64(sum[:])
}

// FuzzParseKeySet: a set that is accepted has the keys that its entries have alone, and is
// published as a set of the same keys, none of them skipped.
func FuzzParseKeySet(f *testing.F) {
	for _, seed := range []string{
		setText(), setText(testkeys.RFCPublicRSA), setText(testkeys.RFCPublicRSA, testkeys.RFCPublicEC, testkeys.RFCPublicOKP), setText(testkeys.RFCPublicEC, testkeys.RFCPublicEC),
		setText(`{"kty":"AKP","kid":"a"}`, testkeys.RFCPublicOKP), setText(testkeys.RFCSecret), setText(testkeys.RFCPrivateEC), setText(`[]`),
		"\ufeff" + setText("{"+dotNet+testkeys.RFCPublicRSA[1:]), setText(testkeys.RFCPublicRSA, strings.Replace(testkeys.RFCPublicRSA, "AQAB", "AAEAAQ", 1)),
		setText(strings.Replace(testkeys.RFCPublicRSA, "AQAB", "AQAD", 1), testkeys.RFCPublicRSA, strings.Replace(testkeys.RFCPublicRSA, "RS256", "PS256", 1)),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := jwt.ParseKeySet(text)
		if err != nil {
			requireClass(t, err)
			return
		}
		require.LessOrEqual(t, len(set.Keys())+len(set.Skipped()), 100)
		checkEntries(t, text, set)
		checkSet(t, set)
	})
}

func checkEntries(t *testing.T, text []byte, set *jwt.KeySet) {
	var members map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &members))
	var entries []json.RawMessage
	require.NoError(t, json.Unmarshal(members["keys"], &entries))
	var alone, together []string
	for _, entry := range entries {
		if len(entry) > 64<<10 {
			return // which only a set may have
		}
		key, err := jwt.ParsePublicKey(entry)
		if err != nil {
			continue
		}
		if k, ok := key.Crypto().(*rsa.PublicKey); ok && k.N.BitLen() > 8192 {
			continue
		}
		out, err := key.MarshalJSON()
		require.NoError(t, err)
		if !slices.Contains(alone, string(out)) {
			alone = append(alone, string(out))
		}
	}
	for _, key := range set.Keys() {
		out, err := key.(*jwt.PublicKey).MarshalJSON()
		require.NoError(t, err)
		together = append(together, string(out))
	}
	require.Equal(t, alone, together)
}

func checkSet(t *testing.T, set *jwt.KeySet) {
	for _, err := range set.Skipped() {
		requireClass(t, err)
	}
	out, err := set.MarshalJSON()
	require.NoError(t, err)
	again, err := jwt.ParseKeySet(out)
	if len(set.Keys()) > 100 { // more lines than a JWK Set may have entries
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	require.Empty(t, again.Skipped())
	require.Len(t, again.Keys(), len(set.Keys()))
	for i, key := range again.Keys() {
		require.True(t, key.(*jwt.PublicKey).Equal(set.Keys()[i].(*jwt.PublicKey)))
		require.Equal(t, set.Keys()[i].KeyID(), key.KeyID())
	}
}

// FuzzParseAuthorizedKeys: every key of a file that is accepted is named by its
// thumbprint, and comes back from its own line alone.
func FuzzParseAuthorizedKeys(f *testing.F) {
	for name, pair := range sshKeyPairs(f) {
		line := sshLine(f, pair.Public())
		f.Add([]byte(line + " " + name + "\n"))
		f.Add([]byte("# comment\r\n\r\nrestrict " + line + "\n" + line + "\n" + line))
		f.Add([]byte(strings.Replace(line, " ", "  ", 1)))
		f.Add([]byte(strings.ToUpper(line)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := jwt.ParseAuthorizedKeys(text)
		if err != nil {
			requireClass(t, err)
			return
		}
		require.NotEmpty(t, set.Keys())
		require.LessOrEqual(t, len(set.Keys())+len(set.Skipped()), 1000)
		checkSet(t, set)
		for _, key := range set.Keys() {
			require.Equal(t, key.(*jwt.PublicKey).Thumbprint(), key.KeyID())
			one, err := jwt.ParseAuthorizedKeys([]byte(sshLine(t, key.(*jwt.PublicKey).Crypto())))
			require.NoError(t, err)
			require.Equal(t, []jwt.VerificationKey{key}, one.Keys())
		}
	})
}

// hostileTexts are key texts that cost much where a parser is careless: as long as is
// looked at, and longer.
func hostileTexts(t testing.TB) map[string][]byte {
	names, ops := new(strings.Builder), new(strings.Builder)
	for i := 0; names.Len() < 50<<10; i++ {
		fmt.Fprintf(names, `"m%d":[],`, i)
		fmt.Fprintf(ops, `"o%d",`, i)
	}
	digits := strings.Repeat("_", 64<<10)
	texts := map[string][]byte{
		"many members":    []byte("{" + names.String() + testkeys.RFCPublicRSA[1:]),
		"many operations": []byte(`{"key_ops":[` + ops.String() + `"x"],` + testkeys.RFCPublicRSA[1:]),
		"deep":            []byte(strings.Repeat(`{"a":[`, 8<<10)),
		"65,536-bit n":    []byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "n", ones(65536))),
		"a long n":        []byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "n", digits[:60<<10])),
		"a long e":        []byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "e", digits[:60<<10])),
		"a long d":        []byte(testkeys.Edit(t, testkeys.RFCPrivateRSA, "d", digits[:60<<10])),
		"a long p":        []byte(testkeys.Edit(t, testkeys.RFCPrivateRSA, "p", digits[:60<<10])),
		"a long d alone":  []byte(testkeys.Edit(t, testkeys.RFCPublicRSA, "d", digits[:60<<10])),
		"a long x":        []byte(testkeys.Edit(t, testkeys.RFCPublicEC, "x", digits[:60<<10])),
		"16 MiB":          bytes.Repeat([]byte("{"), 16<<20),
	}
	return texts
}

// fillSet makes a set of as many copies of an entry as a set may have.
func fillSet(entry []byte) []byte {
	n := min(100, (1<<20-len(`{"keys":[]}`))/(len(entry)+1))
	if n == 0 {
		return entry
	}
	return []byte(setText(slices.Repeat([]string{string(entry)}, n)...))
}

func TestHostileKeyTextCostsLittle(t *testing.T) {
	parsers := map[string]func([]byte) error{
		"ParsePublicKey": parsePublic, "ParsePrivateKey": parsePrivate, "ParseSecretKey": parseSecret,
		"ParseKeySet": func(text []byte) error {
			_, err := jwt.ParseKeySet(fillSet(text))
			return err
		},
		"ParseAuthorizedKeys": func(text []byte) error {
			_, err := jwt.ParseAuthorizedKeys(text)
			return err
		},
	}
	for name, text := range hostileTexts(t) {
		for parser, parse := range parsers {
			t.Run(name+", "+parser, func(t *testing.T) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				err := parse(text)
				runtime.ReadMemStats(&after)
				t.Logf("%d KiB: %.80v", (after.TotalAlloc-before.TotalAlloc)>>10, err)
				// Well above what it takes, and far below what a careless parser takes. One that
				// computes with such numbers would run into the timeout of the test.
				require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
			})
		}
	}
}

func inJSON(s string) string {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		panic(err)
	}
	return buf.String()
}
