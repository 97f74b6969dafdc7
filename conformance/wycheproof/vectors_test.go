// Package wycheproof runs the vectors of Wycheproof for signatures, tokens and keys, in the version that go.mod
// pins, through the library.
package wycheproof

import (
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/stretchr/testify/require"
)

// vectorFile is what the files have in common; each group has the members of its kind.
type vectorFile struct {
	NumberOfTests int
	TestGroups    []group
}

type group struct {
	Comment         string
	Public, Private json.RawMessage // tokens: the key

	SHA          string // signatures: what they were made with, and the key
	MGFSHA       string
	SLen         *int
	TagSize      int
	PublicKeyPEM string
	PublicKeyJWK json.RawMessage
	KeyPEM       string
	KeyJWK       json.RawMessage

	Tests []vector
}

type vector struct {
	Number  int `json:"tcId"`
	Comment string
	Flags   []string
	Result  string
	JWS     text
	JWE     text
	Msg     hexBytes
	Sig     hexBytes
	Key     hexBytes // MACs: the secret
	Tag     hexBytes
}

// text is a token: some are in the JSON serialization, as objects.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if raw[0] != '"' {
		*t = text(raw)
		return nil
	}
	return json.Unmarshal(raw, (*string)(t))
}

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func load(t *testing.T, name string) vectorFile {
	t.Helper()
	content, err := fs.ReadFile(wycheproof.TestVectors, name+"_test.json")
	require.NoError(t, err)
	var file vectorFile
	require.NoError(t, json.Unmarshal(content, &file))
	count := 0
	for _, g := range file.TestGroups {
		count += len(g.Tests)
	}
	require.Equal(t, file.NumberOfTests, count)
	return file
}
