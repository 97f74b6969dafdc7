package jwt

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

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
