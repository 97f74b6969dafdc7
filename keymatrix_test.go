package jwt_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
)

// parsers are all constructors that take a key as text.
var parsers = map[string]func([]byte, ...jwt.KeyOption) error{
	"ParsePrivateKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParsePrivateKey(text, append(opts, jwt.WithPassphrase([]byte(passphrase)))...)
		return err
	},
	"ParsePublicKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParsePublicKey(text, opts...)
		return err
	},
	"ParseSecretKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.ParseSecretKey(text, opts...)
		return err
	},
	"ParseKeySet": func(text []byte, _ ...jwt.KeyOption) error {
		_, err := jwt.ParseKeySet(text)
		return err
	},
	"ParseAuthorizedKeys": func(text []byte, _ ...jwt.KeyOption) error {
		_, err := jwt.ParseAuthorizedKeys(text)
		return err
	},
	"NewSecretKey": func(text []byte, opts ...jwt.KeyOption) error {
		_, err := jwt.NewSecretKey(text, opts...)
		return err
	},
}

// takers names the constructors whose documentation names the form of a file in
// testdata/keys.
func takers(path string, text []byte) []string {
	name, public := filepath.Base(path), []string{"ParsePublicKey"}
	switch dir := filepath.Base(filepath.Dir(path)); {
	case dir == "refused" && (name == "comment-above" || name == "two-lines"), name == "authorized_keys":
		return []string{"ParseAuthorizedKeys"}
	case dir == "refused":
		return nil
	case name == "secret.json":
		return []string{"ParseSecretKey"}
	case name == "set.json":
		return []string{"ParseKeySet"}
	case strings.HasSuffix(name, "-public.json"), strings.HasSuffix(name, ".crt"), strings.HasSuffix(name, ".pkcs1"):
		return public
	case !strings.HasSuffix(name, ".pub"):
		return []string{"ParsePrivateKey"}
	case bytes.HasPrefix(text, []byte("-----BEGIN ")):
		return public
	}
	return append(public, "ParseAuthorizedKeys") // a line is a file of one line
}

// No constructor takes a key text but those that name its form: with this matrix a public
// key can't become a secret, nor a private one be published.
func TestKeyTextsAreTakenByTheirOwnConstructorsAlone(t *testing.T) {
	files := 0
	require.NoError(t, filepath.WalkDir("testdata/keys", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "README.md" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		want := takers(path, text)
		for name, parse := range parsers {
			err := parse(text)
			if entry.Name() != "empty" && !strings.Contains(path, "passphrase") { // a line break is a weak secret; bcrypt takes long
				weak := parse(text, jwt.InsecureAllowWeakKey())
				require.Equal(t, err == nil, weak == nil, "%s(%s), weak keys allowed", name, path)
			}
			if len(want) > 0 && strings.Contains(strings.Join(want, " "), name) {
				require.NoError(t, err, "%s(%s)", name, path)
				continue
			}
			require.ErrorIs(t, err, jwt.ErrInvalidKey, "%s(%s)", name, path)
			require.NotErrorIs(t, err, jwt.ErrInvalidOption, "%s(%s)", name, path)
			require.NotErrorIs(t, err, jwt.ErrInvalidToken, "%s(%s)", name, path)
		}
		return nil
	}))
	require.Greater(t, files, 120)
}

// vectorTakers is takers for the keys of testdata/vectors, by their content. Not every key
// there is good, so that it says who may take one.
func vectorTakers(text string) []string {
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		return []string{"ParsePublicKey", "ParseAuthorizedKeys"}
	}
	var jwk map[string]any
	_ = json.Unmarshal([]byte(trimmed), &jwk)
	switch {
	case jwk["kty"] == "oct":
		return []string{"ParseSecretKey"}
	case jwk["keys"] != nil:
		return []string{"ParseKeySet"}
	case jwk["d"] != nil:
		return []string{"ParsePrivateKey"}
	}
	return []string{"ParsePublicKey"}
}

func TestKeysOfTheVectorsAreTakenByTheirOwnConstructorsAlone(t *testing.T) {
	seen, taken := map[string]bool{}, map[string]int{}
	for _, file := range []string{"rfc.json", "attacks.json"} {
		for _, v := range loadVectors(t, file) {
			if v.Key.Kind == "hmac" || seen[v.Key.Value] {
				continue
			}
			seen[v.Key.Value] = true
			may := strings.Join(vectorTakers(v.Key.Value), " ")
			for name, parse := range parsers {
				if err := parse([]byte(v.Key.Value)); err == nil && name != "NewSecretKey" {
					require.Contains(t, may, name, "%s took the key of %s", name, v.ID)
					taken[name]++
					require.ErrorIs(t, parsers["NewSecretKey"]([]byte(v.Key.Value), jwt.InsecureAllowWeakKey()), jwt.ErrInvalidKey, v.ID)
				}
			}
		}
	}
	require.Greater(t, len(seen), 100)
	for _, name := range []string{"ParsePublicKey", "ParseAuthorizedKeys", "ParseSecretKey", "ParseKeySet"} {
		require.NotZero(t, taken[name], name)
	}
}
