package keytext

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/excerpt"
	"example.com/jwt/internal/keycheck"
)

const (
	// maxRounds bounds the work of deriving a key from a passphrase; ssh-keygen's
	// default is 16 or 24.
	maxRounds = 256
	// maxWireKind bounds the name of an ssh key type, in bytes.
	maxWireKind = 64
)

// wantPublic ends the messages about texts that are no public key.
const wantPublic = "the public key alone, as an OpenSSH line, in PEM or as a JWK"

// plainLine is how to get the plain lines out of another file.
const plainLine = "`grep -oE '(ssh|ecdsa)-[a-z0-9-]+[[:blank:]]+AAAA[A-Za-z0-9+/=]+' FILE` prints them"

// opensshTypes are the plain public keys of OpenSSH that tokens can be verified with.
var opensshTypes = [...]string{"ssh-rsa", "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}

// AuthorizedKey reads one line "type base64 [comment]" of OpenSSH, as in a .pub file. The blob
// must be of the type that the line names, and be the only encoding of its key.
func AuthorizedKey(line []byte, weak bool) (crypto.PublicKey, error) {
	text := strings.Trim(string(line), blanks)
	if strings.ContainsAny(text, "\r\n") {
		return nil, severalLines(text)
	}
	kind, rest := cutWord(text)
	encoded, _ := cutWord(rest)
	if !slices.Contains(opensshTypes[:], kind) {
		return nil, notAKeyLine(text, kind)
	}
	blob, ok := strictBase64(encoded)
	if !ok {
		return nil, fmt.Errorf("the %s line has no canonical base64 after the type", kind)
	}
	if wireKind(blob) != kind {
		return nil, fmt.Errorf("the %s line holds another kind of key", kind)
	}
	key, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return nil, fmt.Errorf("the %s line can't be read: %w", kind, abridged{err})
	}
	if !bytes.Equal(key.Marshal(), blob) {
		return nil, fmt.Errorf("the %s line does not hold the canonical encoding of its key", kind)
	}
	return keycheck.Public(key.(ssh.CryptoPublicKey).CryptoPublicKey(), weak)
}

// cutWord cuts at the first run of blanks.
func cutWord(s string) (word, rest string) {
	at := strings.IndexAny(s, " \t")
	if at < 0 {
		return s, ""
	}
	return s[:at], strings.TrimLeft(s[at:], " \t")
}

// severalLines says what a text of more than one line is.
func severalLines(text string) error {
	first := text[:strings.IndexAny(text, "\r\n")]
	if !canRead(first) && canRead(joined(text)) {
		return errors.New("the line of OpenSSH is broken into several: `tr -d '\\r\\n' < FILE` joins them")
	}
	if kind := typeOfBlob(joined(text)); kind != "" {
		return noType(kind)
	}
	if isLine(text) {
		return found(ManyLines, "there is more than one line, or text around the key: want one key and nothing else (ParseAuthorizedKeys reads many; "+plainLine+")")
	}
	return notAKey(text, wantPublic)
}

func joined(lines string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(lines) }

func canRead(line string) bool {
	_, err := AuthorizedKey([]byte(line), true)
	return err == nil
}

// typeOfBlob returns the type of a key whose text is the base64 of a line alone, or "".
func typeOfBlob(text string) string {
	blob, _ := strictBase64(text)
	if kind := wireKind(blob); slices.Contains(opensshTypes[:], kind) {
		return kind
	}
	return ""
}

func noType(kind string) error {
	return fmt.Errorf("this is the base64 of an OpenSSH line, without the type before it: `(printf '%s '; tr -d '\\r\\n' < FILE)` writes one", kind)
}

// notAKeyLine says what a line is that does not start with a usable type.
func notAKeyLine(text, kind string) error {
	switch {
	case strings.HasPrefix(kind, "sk-"):
		return noCure("a key of a FIDO security token (" + excerpt.Quote(kind) + "), which signs more than it is given")
	case strings.HasSuffix(kind, "-cert-v01@openssh.com"):
		return fmt.Errorf("this is an OpenSSH certificate (%s): use the plain public key in the .pub file, or as ssh.MarshalAuthorizedKey(certificate.Key) writes it", excerpt.Quote(kind))
	case kind == "ssh-dss":
		return noCure(dsaKey)
	case strings.HasPrefix(kind, "ssh-mldsa"):
		return fmt.Errorf("this is an ML-DSA key in OpenSSH format (%s), which is a draft: want it in PEM or as a JWK", excerpt.Quote(kind))
	case typeOfBlob(text) != "":
		return noType(typeOfBlob(text))
	case isLine(text):
		return found(LineOfFile, "there are options, a host or a comment mark before the key: want the plain .pub line ("+plainLine+")")
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
func parseOpenSSH(der, passphrase []byte, weak bool) (crypto.Signer, error) {
	frame, public, err := readFrame(der)
	if err != nil {
		return nil, err
	}
	text := encodeOpenSSH(der)
	var key any
	if frame.Cipher == "none" {
		key, err = ssh.ParseRawPrivateKey(text)
	} else if passphrase == nil {
		return nil, &Error{Found: Encrypted, text: "this is an encrypted OpenSSH private key: pass WithPassphrase", cause: &ssh.PassphraseMissingError{PublicKey: public}}
	} else {
		key, err = ssh.ParseRawPrivateKeyWithPassphrase(text, passphrase)
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, &Error{Found: WrongPassword, text: "the passphrase of the OpenSSH private key is wrong", cause: x509.IncorrectPasswordError}
	case err != nil:
		return nil, fmt.Errorf("the OpenSSH private key can't be read: %w", abridged{err})
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("the OpenSSH private key is of a kind that can't sign tokens (%T)", key)
	}
	own, err := ssh.NewPublicKey(signer.Public())
	if err != nil || !bytes.Equal(own.Marshal(), frame.Public) {
		return nil, errors.New("the OpenSSH private key does not belong to the public key in its file")
	}
	if key, ok := signer.(*rsa.PrivateKey); ok { // which need not be copied, and is precomputed
		if err := keycheck.RSA(key.N, big.NewInt(int64(key.E)), weak); err != nil {
			return nil, err
		}
		return key, keycheck.CompleteRSA(key)
	}
	return keycheck.Private(signer, weak)
}

// readFrame reads what stands around the private key, and refuses what can't be used, or
// would cost too much, before any passphrase is tried.
func readFrame(der []byte) (*opensshKey, ssh.PublicKey, error) {
	frame := new(opensshKey)
	rest, ok := bytes.CutPrefix(der, []byte(openSSHMagic))
	if !ok || ssh.Unmarshal(rest, frame) != nil {
		return nil, nil, errors.New("the content is not an OpenSSH private key")
	}
	if frame.Keys != 1 {
		return nil, nil, fmt.Errorf("the OpenSSH file holds %d keys, want 1", frame.Keys)
	}
	if kind := wireKind(frame.Public); !slices.Contains(opensshTypes[:], kind) {
		return nil, nil, notAKeyLine("", kind)
	}
	public, err := ssh.ParsePublicKey(frame.Public)
	if err != nil {
		return nil, nil, fmt.Errorf("the public key in the OpenSSH private key can't be read: %w", abridged{err})
	}
	if err := frame.checkEncryption(); err != nil {
		return nil, nil, err
	}
	if len(frame.Rest) > 0 { // here other ciphers have a tag
		return nil, nil, errors.New("the OpenSSH private key has bytes after it")
	}
	return frame, public, nil
}

// checkEncryption accepts only ssh-keygen's default cipher, in both of its versions.
func (f *opensshKey) checkEncryption() error {
	if f.Cipher == "none" && f.KDF == "none" {
		return nil
	}
	if f.KDF != "bcrypt" || f.Cipher != "aes256-ctr" && f.Cipher != "aes256-cbc" {
		return fmt.Errorf("the OpenSSH private key is encrypted with the cipher %s and the key derivation %s: `ssh-keygen -p -Z aes256-ctr -f FILE` rewrites it", excerpt.Quote(f.Cipher), excerpt.Quote(f.KDF))
	}
	var kdf struct {
		Salt   string
		Rounds uint32
	}
	if ssh.Unmarshal([]byte(f.KDFOptions), &kdf) != nil || kdf.Rounds > maxRounds {
		return fmt.Errorf("the OpenSSH private key asks for more than %d rounds of key derivation: `ssh-keygen -p -a 64 -f FILE` rewrites it", maxRounds)
	}
	return nil
}

func encodeOpenSSH(der []byte) []byte {
	const label = "OPENSSH PRIVATE KEY-----\n"
	return []byte("-----BEGIN " + label + base64.StdEncoding.EncodeToString(der) + "\n-----END " + label)
}

// wireKind returns the type that an ssh public key names, with its length before it, or "".
func wireKind(b []byte) string {
	if len(b) < 8 || binary.BigEndian.Uint32(b) > maxWireKind {
		return ""
	}
	n := int(binary.BigEndian.Uint32(b))
	if len(b) <= 4+n {
		return ""
	}
	return string(b[4 : 4+n])
}
