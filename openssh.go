package jwt

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

const (
	openSSHMagic = "openssh-key-v1\x00"
	// maxRounds bounds the work of deriving a key from a passphrase; ssh-keygen's
	// default is 16 or 24.
	maxRounds = 256
)

// wantPublic ends the messages about texts that are no public key.
const wantPublic = "the public key alone, as an OpenSSH line, in PEM or as a JWK"

// opensshTypes are the plain public keys of OpenSSH that tokens can be verified with.
var opensshTypes = [...]string{"ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}

// MarshalAuthorizedKey writes the key as a line of OpenSSH, as in a .pub file, without
// comment and with a final newline (RFC 4253, Section 6.6). A zero key is
// [ErrInvalidKey], and so is an RSA key whose exponent has more than 24 bits, which
// [ParsePublicKey] would not read in this form.
func (k *PublicKey) MarshalAuthorizedKey() ([]byte, error) {
	if k == nil || k.m == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	key, err := ssh.NewPublicKey(k.m.public())
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no OpenSSH form")
	}
	if _, err := ssh.ParsePublicKey(key.Marshal()); err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no OpenSSH form that programs read: use MarshalPEM or MarshalJSON")
	}
	return ssh.MarshalAuthorizedKey(key), nil
}

// parseAuthorizedLine reads one line "type base64 [comment]", strictly: the blob must be
// of the type named, and be the one encoding of its key.
func parseAuthorizedLine(line []byte) (crypto.PublicKey, string, error) {
	text := strings.Trim(string(line), " \t\r\n")
	if strings.ContainsAny(text, "\r\n") {
		return nil, "", severalLines(text)
	}
	kind, rest, _ := cutSpace(text)
	encoded, comment, _ := cutSpace(rest)
	if !slices.Contains(opensshTypes[:], kind) {
		return nil, "", notAKeyLine(text, kind)
	}
	blob, ok := strictBase64(encoded)
	if !ok {
		return nil, "", failf(ErrInvalidKey, "the %s line has no canonical base64 after the type", kind)
	}
	if wireKind(blob) != kind {
		return nil, "", failf(ErrInvalidKey, "the %s line holds another kind of key", kind)
	}
	key, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return nil, "", wrapf(ErrInvalidKey, foreign{err}, "the %s line can't be read", kind)
	}
	if key.Type() != kind || !bytes.Equal(key.Marshal(), blob) {
		return nil, "", failf(ErrInvalidKey, "the %s line holds another kind of key, or not the canonical encoding of one", kind)
	}
	return key.(ssh.CryptoPublicKey).CryptoPublicKey(), comment, nil
}

// cutSpace cuts at the first run of blanks.
func cutSpace(s string) (before, after string, found bool) {
	at := strings.IndexAny(s, " \t")
	if at < 0 {
		return s, "", false
	}
	return s[:at], strings.TrimLeft(s[at:], " \t"), true
}

// severalLines says what a text of more than one line is.
func severalLines(text string) error {
	if looksLikeKey([]byte(text)) == formSSHPublic {
		return failf(ErrInvalidKey, "there is more than one line, or text around the key: want one key and nothing else (ParseAuthorizedKeys reads many)")
	}
	return notAKey(text, wantPublic)
}

// notAKeyLine says what a line is that does not start with a usable type.
func notAKeyLine(text, kind string) error {
	switch {
	case strings.HasPrefix(kind, "sk-"):
		return failf(ErrInvalidKey, "this is a key of a FIDO security token (%s): it signs more than the token, so it can't be used", quote(kind))
	case strings.HasSuffix(kind, "-cert-v01@openssh.com"):
		return failf(ErrInvalidKey, "this is an OpenSSH certificate (%s): use the plain public key in the .pub file", quote(kind))
	case kind == "ssh-dss":
		return failf(ErrInvalidKey, "this is a DSA key, for which there is no JOSE algorithm: want RSA, ECDSA or Ed25519")
	case looksLikeKey([]byte(text)) == formSSHPublic:
		return failf(ErrInvalidKey, "there are options, a host or a comment mark before the key: want the plain .pub line (ParseAuthorizedKeys reads authorized_keys files)")
	}
	return notAKey(text, wantPublic)
}

// opensshKey is the outer frame of an OpenSSH private key (PROTOCOL.key of OpenSSH).
type opensshKey struct {
	Cipher, KDF, KDFOptions string
	Keys                    uint32
	Public, Private         []byte
	Rest                    []byte `ssh:"rest"`
}

// parseOpenSSH reads an OpenSSH private key, after bounding what that can cost.
func parseOpenSSH(der, passphrase []byte) (crypto.Signer, error) {
	frame, err := readFrame(der)
	if err != nil {
		return nil, err
	}
	text := encodeOpenSSH(der)
	var key any
	if frame.Cipher == "none" {
		key, err = ssh.ParseRawPrivateKey(text)
	} else if passphrase == nil {
		return nil, failf(ErrInvalidKey, "this is an encrypted OpenSSH private key: pass WithPassphrase")
	} else {
		key, err = ssh.ParseRawPrivateKeyWithPassphrase(text, passphrase)
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, failf(ErrInvalidKey, "the passphrase of the OpenSSH private key is wrong")
	case err != nil:
		return nil, wrapf(ErrInvalidKey, foreign{err}, "the OpenSSH private key can't be read")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, failf(ErrInvalidKey, "the OpenSSH private key is of a kind that can't sign tokens (%T)", key)
	}
	public, err := ssh.NewPublicKey(signer.Public())
	if err != nil || !bytes.Equal(public.Marshal(), frame.Public) {
		return nil, failf(ErrInvalidKey, "the OpenSSH private key does not belong to the public key in its file")
	}
	return signer, nil
}

// readFrame reads what stands around the private key, and refuses what can't be used, or
// would cost too much, before any passphrase is tried.
func readFrame(der []byte) (*opensshKey, error) {
	frame := new(opensshKey)
	rest, ok := bytes.CutPrefix(der, []byte(openSSHMagic))
	if !ok || ssh.Unmarshal(rest, frame) != nil {
		return nil, failf(ErrInvalidKey, "the content is not an OpenSSH private key")
	}
	if frame.Keys != 1 {
		return nil, failf(ErrInvalidKey, "the OpenSSH file holds %d keys, want 1", frame.Keys)
	}
	if kind := wireKind(frame.Public); !slices.Contains(opensshTypes[:], kind) {
		return nil, notAKeyLine("", kind)
	}
	if _, err := ssh.ParsePublicKey(frame.Public); err != nil {
		return nil, wrapf(ErrInvalidKey, foreign{err}, "the public key in the OpenSSH private key can't be read")
	}
	if err := frame.checkEncryption(); err != nil {
		return nil, err
	}
	if len(frame.Rest) > 0 { // here other ciphers have a tag
		return nil, failf(ErrInvalidKey, "the OpenSSH private key has bytes after it")
	}
	return frame, nil
}

// checkEncryption knows the cipher that ssh-keygen uses unless it is told another.
func (f *opensshKey) checkEncryption() error {
	if f.Cipher == "none" && f.KDF == "none" {
		return nil
	}
	if f.KDF != "bcrypt" || f.Cipher != "aes256-ctr" && f.Cipher != "aes256-cbc" {
		return failf(ErrInvalidKey, "the OpenSSH private key is encrypted with the cipher %s and the key derivation %s: `ssh-keygen -p -Z aes256-ctr -f FILE` rewrites it", quote(f.Cipher), quote(f.KDF))
	}
	var kdf struct {
		Salt   string
		Rounds uint32
	}
	if ssh.Unmarshal([]byte(f.KDFOptions), &kdf) != nil || kdf.Rounds > maxRounds {
		return failf(ErrInvalidKey, "the OpenSSH private key asks for more than %d rounds of key derivation: `ssh-keygen -p -a 64 -f FILE` rewrites it", maxRounds)
	}
	return nil
}

func encodeOpenSSH(der []byte) []byte {
	const label = "OPENSSH PRIVATE KEY-----\n"
	return []byte("-----BEGIN " + label + base64.StdEncoding.EncodeToString(der) + "\n-----END " + label)
}

// strictBase64 decodes standard base64 with padding, and nothing but its one spelling.
func strictBase64(text string) ([]byte, bool) {
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	return b, err == nil
}
