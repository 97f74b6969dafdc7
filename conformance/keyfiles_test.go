package conformance

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

var commandInMessage = regexp.MustCompile("`([^`]* FILE[^`]*)`")

// parseEither reads a key of either kind, and returns the public one.
func parseEither(text []byte) (*jwt.PublicKey, error) {
	private, err := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
	if err == nil {
		return private.Public(), nil
	}
	public, errPublic := jwt.ParsePublicKey(text)
	if errPublic == nil {
		return public, nil
	}
	return nil, errors.Join(err, errPublic)
}

// withoutCommand are the refused files whose message names no command: it says that there is
// none, or names a call, which is made here and must succeed.
var withoutCommand = map[string]func(text []byte) error{
	"empty": nil, "ecparam-alone": nil, "key-usage-agreement": nil,
	"putty.ppk": nil, // puttygen, on a file that is made up
	"two-lines": func(text []byte) error { _, err := jwt.ParseAuthorizedKeys(text); return err },
	"service-account.json": func(text []byte) error {
		var file struct {
			Key string `json:"private_key"`
		}
		if err := json.Unmarshal(text, &file); err != nil {
			return err
		}
		_, err := jwt.ParsePrivateKey([]byte(file.Key))
		return err
	},
	"ssh-certificate": func(text []byte) error {
		key, _, _, _, err := ssh.ParseAuthorizedKey(text)
		if err != nil {
			return err
		}
		certificate, ok := key.(*ssh.Certificate)
		if !ok {
			return errors.New("no certificate")
		}
		_, err = jwt.ParsePublicKey(ssh.MarshalAuthorizedKey(certificate.Key))
		return err
	},
}

// Each refused file becomes a key by the command that its message names, unless the message says
// that there is none.
func TestCuresOfRefusedFiles(t *testing.T) {
	files, err := filepath.Glob("../testdata/keys/refused/*")
	require.NoError(t, err)
	require.Greater(t, len(files), 70)
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			text := read(t, file)
			_, errPrivate := jwt.ParsePrivateKey(text, jwt.WithPassphrase([]byte(passphrase)))
			_, errPublic := jwt.ParsePublicKey(text)
			require.ErrorIs(t, errPrivate, jwt.ErrInvalidKey)
			require.ErrorIs(t, errPublic, jwt.ErrInvalidKey)
			messages := errPrivate.Error() + "\n" + errPublic.Error()
			if call, listed := withoutCommand[name]; listed {
				if call != nil {
					require.NoError(t, call(text))
				}
				return
			}
			if strings.Contains(messages, "No command changes that") {
				return
			}
			commands := commandInMessage.FindAllStringSubmatch(messages, -1)
			require.NotEmpty(t, commands, messages)
			for _, command := range commands {
				out := filepath.Join(t.TempDir(), "key")
				require.NoError(t, os.WriteFile(out, text, 0o600))
				line := command[1]
				switch {
				case strings.HasPrefix(line, "openssl pkcs8"):
					line += passOptions
				case strings.HasPrefix(name, "encrypted"):
					line += " -passin 'pass:" + passphrase + "'"
				case strings.HasPrefix(line, "openssl pkcs12"):
					line += " -passin pass:"
				}
				_, err := parseEither(shell(t, line, out))
				require.NoError(t, err, line)
			}
		})
	}
}

// A key that Crypto returns is the one of the file, and ssh-keygen reads what MarshalOpenSSH
// writes.
func TestOpenSSHFilesOfTheLibrary(t *testing.T) {
	for _, alg := range []jwt.Algorithm{jwt.RS256, jwt.ES256, jwt.ES384, jwt.ES512, jwt.EdDSA} {
		t.Run(alg.String(), func(t *testing.T) {
			key, err := jwt.GeneratePrivateKey(alg)
			require.NoError(t, err)
			text, err := key.MarshalOpenSSH()
			require.NoError(t, err)
			line, err := key.Public().MarshalAuthorizedKey()
			require.NoError(t, err)
			file := write(t, "key", text)
			require.Equal(t, string(line), run(t, "ssh-keygen", "-y", "-P", "", "-f", file))
			run(t, "ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", file)
			again, err := jwt.ParsePrivateKey(read(t, file), jwt.WithPassphrase([]byte(passphrase)))
			require.NoError(t, err)
			require.True(t, again.Equal(key))
		})
	}
}
