// Package keytext reads the texts of keys: PEM, OpenSSH and JWK. It returns keys of the standard
// library whose numbers internal/keycheck or the standard library has checked, and that nobody else
// holds. It accepts one encoding of each key, which it compares with its own, and those other
// encodings that programs write and that cannot be mistaken for another key: the comments of the
// parsers name them. It bounds every text before it processes it.
//
// Its errors are plain, without a prefix, or an [Error]: the caller decides their class.
package keytext

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/keycheck"
)

// Private reads the text of a private key: OpenSSH, PKCS #8, PKCS #1 or SEC 1 in PEM, or a JWK. The
// key is an *rsa.PrivateKey with its primes, an *ecdsa.PrivateKey, an ed25519.PrivateKey or an
// *mldsa.PrivateKey. A nil passphrase means none. It fails with an [*Error] for a text that is
// another kind of key or encrypted: a missing passphrase is an [*ssh.PassphraseMissingError] too, a
// wrong one [x509.IncorrectPasswordError].
func Private(data, passphrase []byte, weak bool) (crypto.Signer, Use, error) {
	text, err := trim(data)
	switch {
	case err != nil:
		return nil, Use{}, err
	case text[0] == '{':
		key, use, err := privateJWK(text, weak)
		if err != nil {
			return nil, Use{}, keyInJSON(text, err)
		}
		return key, use, nil
	case !isPEM(text):
		return nil, Use{}, notPrivate(text)
	}
	key, err := privatePEM(text, passphrase, weak)
	if wrong, ok := err.(*Error); ok && wrong.Found == WrongPassword && bytes.HasSuffix(passphrase, []byte("\n")) {
		wrong.text += ": it ends in a line break, which a file may have added"
	}
	return key, Use{Ops: OpAll}, err
}

// Public reads the text of a public key: a line of OpenSSH, PKIX, PKCS #1 or a certificate in
// PEM, or a JWK. The key is an *rsa.PublicKey, an *ecdsa.PublicKey, an ed25519.PublicKey or an
// *mldsa.PublicKey. It fails with an [*Error] for a text that is another kind of key.
func Public(data []byte, weak bool) (crypto.PublicKey, Use, error) {
	text, err := trim(data)
	switch {
	case err != nil:
		return nil, Use{}, err
	case text[0] == '{':
		key, use, err := publicJWK(text, weak)
		if err != nil {
			return nil, Use{}, keyInJSON(text, err)
		}
		return key, use, nil
	case !isPEM(text):
		key, err := AuthorizedKey([]byte(text), weak)
		return key, Use{Ops: OpAll}, err
	}
	key, err := publicPEM(text)
	if err != nil {
		return nil, Use{}, err
	}
	key, err = keycheck.Public(key, weak)
	return key, Use{Ops: OpAll}, err
}

// Secret reads a JWK of kty "oct". The caller checks whether the secret is long enough.
func Secret(data []byte) ([]byte, Use, error) {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	if !bytes.HasPrefix(bytes.TrimLeft(data, blanks), []byte("{")) {
		return nil, Use{}, errors.New("this is not the JSON text of a JWK: NewSecretKey takes the bytes of a secret")
	}
	return secretJWK(string(data))
}

// trim bounds the text, removes what may stand around it, and rejects what is not text at all.
func trim(data []byte) (string, error) {
	if len(data) > maxKeyText {
		return "", tooLong(data)
	}
	text := strings.TrimPrefix(strings.Trim(string(data), blanks), byteOrderMark)
	text = strings.Trim(text, blanks)
	switch form := derForm(data); {
	case text == "":
		return "", errors.New("the key text is empty: was the file read, or the variable set?")
	case form != NoForm:
		return "", fmt.Errorf("this is %s: %s", form, cures[form])
	case wide(text) != nil:
		return "", wide(text)
	}
	return text, nil
}

// wide says how to convert a text whose characters have two or four bytes; nil for others.
func wide(text string) error {
	charset := ""
	switch {
	case len(text) < 4:
		return nil
	case strings.HasPrefix(text, "\xff\xfe\x00\x00"), strings.HasPrefix(text, "\x00\x00\xfe\xff"):
		charset = "UTF-32"
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		charset = "UTF-16"
	case text[0] != 0 && text[1] == 0 && text[2] != 0 && text[3] == 0:
		charset = "UTF-16LE"
	case text[0] == 0 && text[1] != 0 && text[2] == 0 && text[3] != 0:
		charset = "UTF-16BE"
	default:
		return nil
	}
	return fmt.Errorf("this is %s text: `iconv -f %s -t UTF-8 FILE` converts it", charset, charset)
}

// tooLong says how to get the key out of a text that is too long to be examined.
func tooLong(data []byte) error {
	command := "openssl pkey -pubin -in FILE"
	switch {
	case bytes.Contains(data, []byte(beginsBlock+opensshLabel)):
		command = "sed -n '/^-----BEGIN OPENSSH/,/^-----END/p' FILE"
	case bytes.Contains(data, []byte("PRIVATE KEY-----")):
		command = "openssl pkey -in FILE"
	case bytes.Contains(data, []byte(certLabel+"-----")):
		command = "openssl x509 -in FILE"
	case !bytes.Contains(data, []byte(beginsBlock)):
		return fmt.Errorf("a key text of %d bytes is too long: want at most %d; is it the right file?", len(data), maxKeyText)
	}
	return fmt.Errorf("a key text of %d bytes is too long: want at most %d (`%s` prints the key alone)", len(data), maxKeyText, command)
}
