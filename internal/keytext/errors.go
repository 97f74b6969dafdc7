package keytext

import (
	"fmt"

	"example.com/jwt/internal/excerpt"
)

// Error rejects a text that is a key, but not the kind of key that was asked for, or that needs a
// passphrase. All other texts are rejected with plain errors.
type Error struct {
	Found Found
	text  string
	cause error // the typed error of another package that this is, or nil
}

// Found is what was found instead of the key that was asked for.
type Found uint8

// The kinds of text that an [Error] reports.
const (
	Encrypted     Found = iota + 1 // an encrypted private key, without its passphrase or in a form that is not read
	WrongPassword                  // an encrypted private key that the passphrase does not open
	PublicKey
	PrivateKey
	SecretKey
	SingleKey  // one JWK in place of a set
	KeySet     // a JWK Set in place of one key
	ManyLines  // a file of several lines of OpenSSH
	LineOfFile // a line of OpenSSH with options or the like before the key
)

func (e *Error) Error() string { return e.text }
func (e *Error) Unwrap() error { return e.cause }

func found(what Found, format string, args ...any) error {
	return &Error{Found: what, text: fmt.Sprintf(format, args...)}
}

// abridged is an error of another package, which may repeat a key text in full.
type abridged struct{ error }

func (a abridged) Error() string { return excerpt.Error(a.error) }
func (a abridged) Unwrap() error { return a.error }

// malformed is an error of a parser of the standard library, about the content of a block.
type malformed struct{ error }

func (m malformed) Unwrap() error { return m.error }

// rewritable rejects a key that openssl can rewrite in the required form.
type rewritable struct {
	text    string
	options string // of openssl, that the rewriting needs
}

func (r rewritable) Error() string { return r.text }

// Options of openssl for keys of elliptic curves.
const (
	namedCurve   = " -ec_param_enc named_curve"
	uncompressed = " -ec_conv_form uncompressed"
)

// noCure refuses a key that no program can make usable.
func noCure(what string) error {
	return fmt.Errorf("this is %s: want RSA, ECDSA on P-256, P-384 or P-521, or Ed25519. No command changes that: make another key, such as `ssh-keygen -t ed25519` does", what)
}
