package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"example.com/jwt"
)

// usesSecret tells the algorithms with a shared secret from those with a key pair.
func usesSecret(alg jwt.Algorithm) bool {
	return alg == jwt.HS256 || alg == jwt.HS384 || alg == jwt.HS512
}

// secretKey reads a shared secret: a JWK of kty "oct", or else the secret itself.
func (s *session) secretKey(path string, opts ...jwt.KeyOption) (*jwt.SecretKey, error) {
	data, err := s.read("-key", path)
	if err != nil {
		return nil, err
	}
	var key *jwt.SecretKey
	if isJWK(data) {
		key, err = jwt.ParseSecretKey(data, opts...)
	} else {
		key, err = jwt.NewSecretKey(rawSecret(data), opts...)
	}
	if err != nil {
		return nil, keyError("-key", path, err)
	}
	s.warnIfOpen(path)
	return key, nil
}

// isJWK tells a JWK, also a broken one, from a secret of random bytes that happens to start
// like one.
func isJWK(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && isText(data)
}

// rawSecret cuts off the line end that ends a secret written as text, since the same
// secret has none in an environment variable. A secret of random bytes may end in the
// byte of a newline, and stays as it is.
func rawSecret(data []byte) []byte {
	if line := trimNewline(data); isText(line) {
		return line
	}
	return data
}

func isText(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// privateKey reads a private key of any format that the library knows.
func (s *session) privateKey(path, passphraseFile string, opts ...jwt.KeyOption) (*jwt.PrivateKey, error) {
	data, err := s.read("-key", path)
	if err != nil {
		return nil, err
	}
	if passphraseFile != "" {
		passphrase, err := s.passphrase(passphraseFile)
		if err != nil {
			return nil, err
		}
		opts = append(opts, jwt.WithPassphrase(passphrase))
	}
	key, err := jwt.ParsePrivateKey(data, opts...)
	if err != nil {
		return nil, keyError("-key", path, err)
	}
	s.warnIfOpen(path)
	return key, nil
}

// publicKeys reads a public key, or many: an authorized_keys file or a JWK Set.
func (s *session) publicKeys(what, path string) (jwt.KeySource, error) {
	data, err := s.read(what, path)
	if err != nil {
		return nil, err
	}
	parse := func(data []byte) (jwt.KeySource, error) { return jwt.ParsePublicKey(data) }
	switch {
	case isSet(data):
		parse = func(data []byte) (jwt.KeySource, error) { return s.setFrom(path, data, jwt.ParseKeySet) }
	case isAuthorizedKeys(data):
		parse = func(data []byte) (jwt.KeySource, error) { return s.setFrom(path, data, jwt.ParseAuthorizedKeys) }
	}
	keys, err := parse(data)
	return keys, keyError(what, path, err)
}

// isSet tells a JWK Set from a JWK.
func isSet(data []byte) bool {
	var set struct{ Keys json.RawMessage }
	return json.Unmarshal(data, &set) == nil && set.Keys != nil
}

// isAuthorizedKeys tells a file of OpenSSH lines from the line of a .pub file.
func isAuthorizedKeys(data []byte) bool {
	text := bytes.TrimSpace(data)
	return bytes.ContainsRune(text, '\n') && !bytes.HasPrefix(text, []byte("{")) && !bytes.Contains(text, []byte("-----BEGIN ")) && !bytes.Contains(text, []byte("---- BEGIN "))
}

// keySet reads a JWK Set.
func (s *session) keySet(what, path string) (jwt.KeySource, error) {
	data, err := s.read(what, path)
	if err != nil {
		return nil, err
	}
	set, err := s.setFrom(path, data, jwt.ParseKeySet)
	return set, keyError(what, path, err)
}

// setFrom parses a set and notes which of its keys are not used.
func (s *session) setFrom(path string, data []byte, parse func([]byte) (*jwt.KeySet, error)) (*jwt.KeySet, error) {
	set, err := parse(data)
	if err != nil {
		return nil, err
	}
	for _, err := range set.Skipped() {
		s.notef("%s: a key is not used: %w", showPath(path), err)
	}
	return set, nil
}

// keyError adds to an error which file has the key.
func keyError(what, path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, showPath(path), err)
}

// kidOptions are the options of a key for -kid and -thumbprint.
func kidOptions(kid string, thumbprint bool) ([]jwt.KeyOption, error) {
	switch {
	case kid != "" && thumbprint:
		return nil, usagef("-kid and -thumbprint contradict each other: give one")
	case kid != "":
		return []jwt.KeyOption{jwt.WithKeyID(kid)}, nil
	case thumbprint:
		return []jwt.KeyOption{jwt.WithThumbprintKeyID()}, nil
	}
	return nil, nil
}

var errNoAlgorithm = &usageError{errors.New("-alg is missing: name the algorithm, such as -alg RS256")}
