package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"example.com/jwt"
	"golang.org/x/crypto/ssh"
)

// usesSecret reports whether alg has a shared secret, rather than a key pair.
func usesSecret(alg jwt.Algorithm) bool {
	return alg == jwt.HS256 || alg == jwt.HS384 || alg == jwt.HS512
}

// secretKey reads a shared secret: a JWK of kty "oct", or the secret itself.
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
		return nil, withHint(keyError("-key", path, err), keyHint(secretFile, data, err))
	}
	s.warnIfOpen(path)
	return key, nil
}

// isJWK reports whether data is meant to be a JWK, rather than a secret of random bytes that
// happens to start like one.
func isJWK(data []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) && isText(data)
}

// rawSecret removes the line end of a secret that is text, because the same secret has none in
// an environment variable. A secret of random bytes may end in a newline byte, and is kept as
// it is.
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

// privateKey reads a private key in any format that the library supports.
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
		return nil, withHint(keyError("-key", path, err), keyHint(privateFile, data, err))
	}
	s.warnIfOpen(path)
	return key, nil
}

// publicKeys reads one public key, or several: an authorized_keys file or a JWK Set.
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
	return keys, withHint(keyError(what, path, err), keyHint(publicFile, data, err))
}

// isSet reports whether data is a JWK Set, rather than a JWK.
func isSet(data []byte) bool {
	var set struct{ Keys json.RawMessage }
	return json.Unmarshal(data, &set) == nil && set.Keys != nil
}

// isAuthorizedKeys reports whether data has several OpenSSH lines, unlike a .pub file.
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
	return set, withHint(keyError(what, path, err), keyHint(setFile, data, err))
}

// setFrom parses a set and reports which of its keys are not used.
func (s *session) setFrom(path string, data []byte, parse func([]byte) (*jwt.KeySet, error)) (*jwt.KeySet, error) {
	set, err := parse(data)
	if err != nil {
		return nil, err
	}
	for _, err := range set.Skipped() {
		s.notef("%s: skipping a key: %w", showPath(path), err)
	}
	return set, nil
}

// keyError adds the name of the key's file to an error.
func keyError(what, path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", what, showPath(path), err)
}

// fileKind is what a file turns out to hold.
type fileKind int

const (
	unknownFile fileKind = iota
	secretFile
	privateFile
	publicFile
	setFile
)

// kindOf finds out what a file holds by having the library parse it. A secret counts only in
// a JWK, since any other text could be one.
func kindOf(data []byte) fileKind {
	if _, err := jwt.ParsePrivateKey(data); err == nil || missesPassphrase(err) {
		return privateFile
	}
	if _, err := jwt.ParsePublicKey(data); err == nil {
		return publicFile
	}
	if _, err := jwt.ParseSecretKey(data); err == nil {
		return secretFile
	}
	if _, err := jwt.ParseKeySet(data); err == nil {
		return setFile
	}
	return unknownFile
}

func missesPassphrase(err error) bool {
	_, ok := errors.AsType[*ssh.PassphraseMissingError](err)
	return ok
}

// keyHint returns what to do about err, which a file gave that was expected to be of the kind
// want.
func keyHint(want fileKind, data []byte, err error) string {
	switch {
	case err == nil:
		return ""
	case want == privateFile && missesPassphrase(err):
		return "pass the passphrase with -passphrase-file FILE"
	case errors.Is(err, x509.IncorrectPasswordError):
		return "the file of -passphrase-file must have the passphrase and nothing else, on one line"
	}
	switch got := kindOf(data); {
	case want == secretFile && got == unknownFile && len(data) < 64:
		return "jwt keygen makes a secret that is long enough"
	case got == want || got == unknownFile:
		return ""
	case want == secretFile && got != setFile:
		return "this key goes with an algorithm for key pairs, such as -alg RS256, ES256 or EdDSA"
	case got == secretFile && want != setFile:
		return "a secret goes with -alg HS256, HS384 or HS512, and is never published"
	case want == publicFile && got == privateFile:
		return "give the public key, such as the .pub file; the private key stays with the issuer"
	case want == privateFile && got == publicFile:
		return "signing needs the private key"
	case want == setFile && got == publicFile:
		return "-key reads a single public key"
	}
	return ""
}

// kidOptions returns the options of a key for -kid and -thumbprint.
func kidOptions(kid string, thumbprint bool) ([]jwt.KeyOption, error) {
	switch {
	case kid != "" && thumbprint:
		return nil, usagef("-kid and -thumbprint exclude each other: give one")
	case kid != "":
		return []jwt.KeyOption{jwt.WithKeyID(kid)}, nil
	case thumbprint:
		return []jwt.KeyOption{jwt.WithThumbprintKeyID()}, nil
	}
	return nil, nil
}

var errNoAlgorithm = &usageError{errors.New("-alg is missing: give an algorithm, such as -alg RS256")}
