package wycheproof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/jwt"
	"example.com/jwt/conformance/internal/readme"
	"github.com/stretchr/testify/require"
)

// The part of the vectors that the root module keeps.
const sampleFile = "../../testdata/vectors/wycheproof.json"

// signatureFile names a file and the algorithms its vectors are for: one, or a family
// whose member the group's hash chooses.
type signatureFile struct {
	name  string
	algs  string
	count int
}

var signatureFiles = []signatureFile{
	{"hmac_sha256", "HS256", 174},
	{"hmac_sha384", "HS384", 174},
	{"hmac_sha512", "HS512", 174},
	{"rsa_signature_2048_sha256", "RS", 259},
	{"rsa_signature_2048_sha384", "RS", 258},
	{"rsa_signature_2048_sha512", "RS", 259},
	{"rsa_signature_3072_sha256", "RS", 259},
	{"rsa_signature_3072_sha384", "RS", 259},
	{"rsa_signature_3072_sha512", "RS", 260},
	{"rsa_signature_4096_sha256", "RS", 258},
	{"rsa_signature_4096_sha384", "RS", 259},
	{"rsa_signature_4096_sha512", "RS", 259},
	{"rsa_signature_8192_sha256", "RS", 258},
	{"rsa_signature_8192_sha384", "RS", 259},
	{"rsa_signature_8192_sha512", "RS", 259},
	{"rsa_pkcs1_1024_sig_gen", "RS", 33},
	{"rsa_pkcs1_1536_sig_gen", "RS", 32},
	{"rsa_pkcs1_2048_sig_gen", "RS", 43},
	{"rsa_pkcs1_3072_sig_gen", "RS", 26},
	{"rsa_pkcs1_4096_sig_gen", "RS", 24},
	{"rsa_pss_2048_sha256_mgf1_0", "PS", 103},
	{"rsa_pss_2048_sha256_mgf1_0_params", "PS", 103},
	{"rsa_pss_2048_sha256_mgf1_32", "PS", 108},
	{"rsa_pss_2048_sha256_mgf1_32_params", "PS", 108},
	{"rsa_pss_2048_sha256_mgf1sha1_20", "PS", 108},
	{"rsa_pss_2048_sha384_mgf1_48", "PS", 141},
	{"rsa_pss_2048_sha512_mgf1sha256_32_params", "PS", 178},
	{"rsa_pss_3072_sha256_mgf1_32", "PS", 108},
	{"rsa_pss_3072_sha256_mgf1_32_params", "PS", 108},
	{"rsa_pss_4096_sha256_mgf1_32", "PS", 108},
	{"rsa_pss_4096_sha384_mgf1_48", "PS", 141},
	{"rsa_pss_4096_sha512_mgf1_32", "PS", 177},
	{"rsa_pss_4096_sha512_mgf1_32_params", "PS", 177},
	{"rsa_pss_4096_sha512_mgf1_64", "PS", 179},
	{"rsa_pss_4096_sha512_mgf1_64_params", "PS", 179},
	{"rsa_pss_misc", "PS", 150},
	{"rsa_pss_misc_params", "PS", 150},
	{"ecdsa_secp256r1_sha256_p1363", "ES256", 262},
	{"ecdsa_secp384r1_sha384_p1363", "ES384", 280},
	{"ecdsa_secp521r1_sha512_p1363", "ES512", 318},
	{"ed25519", "EdDSA Ed25519", 151},
}

// rawGroup and rawVector are the form that the root module's test reads.
type rawGroup struct {
	File, Alg, Key string
	Weak           bool `json:",omitempty"`
	Vectors        []rawVector

	readable bool
}

type rawVector struct {
	Number   int
	Msg, Sig []byte
	Want     string

	label string // what the vectors say: "good" or "bad"
	flags string
}

// algorithms gives the algorithms of a group; none if its hash is none of JOSE's.
func (g *group) algorithms(algs string) []string {
	if len(algs) > 2 {
		return strings.Fields(algs)
	}
	switch g.SHA {
	case "SHA-256", "SHA-384", "SHA-512":
		return []string{algs + strings.TrimPrefix(g.SHA, "SHA-")}
	}
	return nil
}

// key is the text of the group's key; for MACs each vector has its own, of one size.
func (g *group) key(v vector) string {
	if v.Key != nil {
		return `{"kty":"oct","k":"` + base64.RawURLEncoding.EncodeToString(v.Key) + `"}`
	}
	return g.PublicKeyPEM + g.KeyPEM
}

// reads reports whether the library reads a key, and whether it takes it for weak.
func reads(alg, key string) (ok, weak bool) {
	parse := func(opts ...jwt.KeyOption) error {
		_, err := jwt.ParsePublicKey([]byte(key), opts...)
		return err
	}
	if strings.HasPrefix(alg, "HS") {
		parse = func(opts ...jwt.KeyOption) error {
			a, err := jwt.ParseAlgorithm(alg)
			if err == nil {
				_, err = jwt.ParseSecretKey([]byte(key), append(opts, jwt.WithAlgorithm(a))...)
			}
			return err
		}
	}
	if parse() == nil {
		return true, false
	}
	return parse(jwt.InsecureAllowWeakKey()) == nil, true
}

// convert makes the groups that the root module's test reads, and says how many vectors
// have no algorithm of JOSE.
func (f *signatureFile) convert(t *testing.T) (groups []rawGroup, unused int) {
	file := load(t, f.name)
	require.Equal(t, f.count, file.NumberOfTests, f.name)
	deviating := numbersOf(t, f.name)
	for _, g := range file.TestGroups {
		algs := g.algorithms(f.algs)
		if algs == nil {
			unused += len(g.Tests)
		}
		for _, alg := range algs {
			for _, v := range g.Tests {
				key := g.key(v)
				if last := len(groups) - 1; last < 0 || groups[last].Key != key || groups[last].Alg != alg {
					readable, weak := reads(alg, key)
					groups = append(groups, rawGroup{File: f.name, Alg: alg, Key: key, Weak: weak, readable: readable})
				}
				last := &groups[len(groups)-1]
				last.Vectors = append(last.Vectors, raw(last, v, deviating))
			}
		}
	}
	return groups, unused
}

// raw states what the library must say: the label, but for keys that it refuses and the
// vectors of the table. Acceptable are signatures of weak keys, which must be good, and
// PKCS #1 padding without the NULL that RFC 8017, Section 9.2, wants, which must not.
func raw(to *rawGroup, v vector, deviating []int) rawVector {
	r := rawVector{Number: v.Number, Msg: v.Msg, Sig: append(v.Sig, v.Tag...), label: "bad", flags: strings.Join(v.Flags, " ")}
	if v.Result == "valid" || v.Result == "acceptable" && strings.HasPrefix(to.File, "rsa_pkcs1") {
		r.label = "good"
	}
	r.Want = r.label
	if !to.readable {
		r.Want = "no key"
	} else if slices.Contains(deviating, v.Number) {
		r.Want = map[string]string{"good": "bad", "bad": "good"}[r.label]
	}
	return r
}

// sample keeps the first vector of each kind, of keys that are short.
func sample(groups []rawGroup) []rawGroup {
	var kept []rawGroup
	seen := map[string]bool{}
	for _, g := range groups {
		part := g
		part.Vectors = nil
		for _, v := range g.Vectors {
			kind := fmt.Sprint(g.File, g.Alg, g.Weak, v.label, v.Want, v.flags)
			if len(g.Key) < 500 && !seen[kind] {
				seen[kind] = true
				part.Vectors = append(part.Vectors, v)
			}
		}
		if part.Vectors != nil {
			kept = append(kept, part)
		}
	}
	return kept
}

func TestSignatures(t *testing.T) {
	var groups []rawGroup
	vectors, unused := 0, 0
	counts := map[string]int{}
	for _, f := range signatureFiles {
		converted, left := f.convert(t)
		groups = append(groups, converted...)
		vectors += f.count
		unused += left
		var deviating []int
		for _, g := range converted {
			for _, v := range g.Vectors {
				counts[v.Want]++
				if (v.label == "good") != (v.Want == "good") {
					deviating = append(deviating, v.Number)
				}
			}
		}
		require.Equal(t, runs(numbersOf(t, f.name)), runs(deviating), "deviations of %s", f.name)
	}
	checkSample(t, sample(groups))
	want := fmt.Sprintf("raw signatures: %d good, %d bad, %d without a key", counts["good"], counts["bad"], counts["no key"])
	require.Contains(t, runRoot(t, groups), want)
	t.Logf("wycheproof signatures: %d vectors, %d of them for no algorithm of JOSE; %s", vectors, unused, want)
	require.Equal(t, []int{7123, 160}, []int{vectors, unused})
}

// runRoot runs the root module's internal test on all vectors: no token can have such
// messages as its signing input, and the library offers no other way to a signature.
func runRoot(t *testing.T, groups []rawGroup) string {
	file := filepath.Join(t.TempDir(), "vectors.json")
	text, err := json.Marshal(groups)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
	cmd := exec.Command("go", "test", "-count=1", "-v", "-run", "^TestRawSignatures$", ".")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "JWT_RAW_SIGNATURES="+file)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// checkSample compares the part that the root module keeps with what it should be.
func checkSample(t *testing.T, groups []rawGroup) {
	var text bytes.Buffer
	text.WriteString("[")
	for i, g := range groups {
		if i > 0 {
			text.WriteString(",")
		}
		line, err := json.Marshal(g)
		require.NoError(t, err)
		text.WriteString("\n")
		text.Write(line)
	}
	text.WriteString("\n]\n")
	if *readme.Update {
		require.NoError(t, os.WriteFile(sampleFile, text.Bytes(), 0o644))
	}
	stored, err := os.ReadFile(sampleFile)
	require.NoError(t, err)
	require.Equal(t, text.String(), string(stored), "%s is not what go test -update would write", sampleFile)
}

// TestKeysInTwoForms compares the keys that the vectors have as PEM and as JWK.
func TestKeysInTwoForms(t *testing.T) {
	count := 0
	for _, f := range signatureFiles {
		for _, g := range load(t, f.name).TestGroups {
			pem, jwk := g.PublicKeyPEM+g.KeyPEM, append(g.PublicKeyJWK, g.KeyJWK...)
			if pem == "" || jwk == nil {
				continue
			}
			count++
			fromPEM, err := jwt.ParsePublicKey([]byte(pem), jwt.InsecureAllowWeakKey())
			require.NoError(t, err, "%s: %s", f.name, pem)
			fromJWK, err := jwt.ParsePublicKey(jwk, jwt.InsecureAllowWeakKey())
			require.NoError(t, err, "%s: %s", f.name, jwk)
			require.True(t, fromPEM.Equal(fromJWK), "%s: %s", f.name, jwk)
		}
	}
	t.Logf("wycheproof keys in two forms: %d", count)
	require.Equal(t, 417, count)
}
