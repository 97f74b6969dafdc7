package jwt

import (
	"crypto/x509"
	"encoding/pem"

	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/keytext"
)

// ParsePrivateKey reads a private key: what ssh-keygen writes (OpenSSH format), PKCS #8, PKCS #1 or
// SEC 1 in PEM, or a JWK (RFC 7517), of at most 64 KiB. The first two may be encrypted; pass
// [WithPassphrase]. The format is detected from the content. Text around a PEM block (RFC 7468,
// Section 5.2) is ignored, and so are certificates and public keys beside it. For anything but
// exactly one private key, the error matches [ErrInvalidKey] and says what was found and what to
// do. A missing passphrase also matches *ssh.PassphraseMissingError of golang.org/x/crypto/ssh, and
// a wrong one [x509.IncorrectPasswordError].
func ParsePrivateKey(data []byte, opts ...KeyOption) (*PrivateKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	key, use, err := keytext.Private(data, cfg.passphrase, cfg.weak)
	if err != nil {
		return nil, invalidKey(err)
	}
	if err := cfg.adopt(use); err != nil {
		return nil, err
	}
	return newPrivate(key, cfg)
}

// ParsePublicKey reads a public key: a line in OpenSSH format (ssh-rsa, ecdsa-sha2-nistp*,
// ssh-ed25519, with or without a comment), PKIX, PKCS #1 or a certificate in PEM, or a JWK (RFC
// 7517), of at most 64 KiB. Text around a PEM block (RFC 7468, Section 5.2) is ignored. Only the
// key of a certificate is used: dates, chain and usages are not checked. For anything but exactly
// one key, the error matches [ErrInvalidKey] and says what was found and what to do.
func ParsePublicKey(data []byte, opts ...KeyOption) (*PublicKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("ParsePublicKey", "WithPassphrase"); err != nil {
		return nil, err
	}
	key, use, err := keytext.Public(data, cfg.weak)
	if err != nil {
		return nil, invalidKey(err)
	}
	if err := cfg.adopt(use); err != nil {
		return nil, err
	}
	return newPublic(key, cfg)
}

// ParseSecretKey reads a JWK of kty "oct" (RFC 7518, Section 6.4), such as [SecretKey.ExportJWK]
// writes. The secret must meet the requirements of [NewSecretKey], and the JWK's kid, alg, use and
// key_ops apply to the key. Pass a secret that is not a JWK to NewSecretKey.
func ParseSecretKey(jwk []byte, opts ...KeyOption) (*SecretKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("ParseSecretKey", "WithPassphrase", "WithThumbprintKeyID"); err != nil {
		return nil, err
	}
	secret, use, err := keytext.Secret(jwk)
	if err != nil {
		return nil, invalidKey(err)
	}
	if err := cfg.adopt(use); err != nil {
		return nil, err
	}
	return newSecret(secret, cfg)
}

// MarshalPEM returns the private key as unencrypted PKCS #8 in PEM (RFC 5958). It returns
// [ErrInvalidKey] for a key that another signer holds.
func (k *PrivateKey) MarshalPEM() ([]byte, error) {
	if k == nil || k.pair == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	if k.pair.foreign {
		return nil, failf(ErrInvalidKey, "the private key is held by its signer and can't be written")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.pair.signer())
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no PKCS #8 form")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// MarshalOpenSSH returns the private key in the format of ssh-keygen (PROTOCOL.key of OpenSSH),
// unencrypted and without a comment, for ssh-agent and ssh-keygen. It returns [ErrInvalidKey] for a
// key that another signer holds, and for an RSA key whose exponent has more than 24 bits, which
// [ParsePrivateKey] would not read in this format.
func (k *PrivateKey) MarshalOpenSSH() ([]byte, error) {
	if k == nil || k.pair == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	if k.pair.foreign {
		return nil, failf(ErrInvalidKey, "the private key is held by its signer and can't be written")
	}
	if _, err := k.Public().MarshalAuthorizedKey(); err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(k.pair.signer(), "")
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no OpenSSH form")
	}
	return pem.EncodeToMemory(block), nil
}

// MarshalPEM returns the public key as PKIX in PEM (RFC 5280, Section 4.1.2.7). It returns
// [ErrInvalidKey] for a zero key.
func (k *PublicKey) MarshalPEM() ([]byte, error) {
	if k == nil || k.checked == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	der, err := x509.MarshalPKIXPublicKey(k.checked.key())
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no PKIX form")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// MarshalAuthorizedKey returns the key as a line in OpenSSH format, as in a .pub file, without a
// comment and with a final newline (RFC 4253, Section 6.6). It returns [ErrInvalidKey] for a zero
// key, and for an RSA key whose exponent has more than 24 bits, which [ParsePublicKey] would not
// read in this format.
func (k *PublicKey) MarshalAuthorizedKey() ([]byte, error) {
	if k == nil || k.checked == nil {
		return nil, failf(ErrInvalidKey, "the key was not made by a constructor of this package")
	}
	if k.checked.kind == kindMLDSA {
		return nil, failf(ErrInvalidKey, "an ML-DSA key has no OpenSSH form but that of a draft: use PEM or a JWK")
	}
	key, err := ssh.NewPublicKey(k.checked.key())
	if err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no OpenSSH form")
	}
	if _, err := ssh.ParsePublicKey(key.Marshal()); err != nil {
		return nil, wrapf(ErrInvalidKey, err, "the key has no OpenSSH form that programs read: use MarshalPEM or MarshalJSON")
	}
	return ssh.MarshalAuthorizedKey(key), nil
}

// MarshalJSON returns the key as a public JWK (RFC 7517) with use "sig", its kid, and alg
// if it is bound to one. The result is deterministic, and [ParsePublicKey] reads it back
// as an equal key. It returns [ErrInvalidKey] for a zero PublicKey.
func (k *PublicKey) MarshalJSON() ([]byte, error) {
	if k == nil || k.checked == nil {
		return nil, failf(ErrInvalidKey, "a zero PublicKey has no JWK: make it with a constructor")
	}
	return k.checked.appendJWK(nil), nil
}

// Thumbprint returns the SHA-256 thumbprint of the key (RFC 7638), in base64url; "" for a
// zero PublicKey. It depends on the key alone, not on its kid or binding.
func (k *PublicKey) Thumbprint() string {
	if k.checked == nil {
		return ""
	}
	return keytext.Thumbprint(k.checked.key())
}

// ExportJWK returns the secret as a JWK of kty "oct" with its kid and binding, for
// [ParseSecretKey]. It is the only way to export a SecretKey: anyone who has
// the result can sign.
func (k *SecretKey) ExportJWK() ([]byte, error) {
	if k.pair == nil {
		return nil, failf(ErrInvalidKey, "a zero SecretKey has no JWK: make it with a constructor")
	}
	return keytext.AppendSecretJWK(nil, k.pair.secret(), k.pair.use()), nil
}

// ExportJWK returns the key pair as a private JWK with its kid and binding, for
// [ParsePrivateKey] (RFC 7517); publish Public() instead. It returns
// [ErrInvalidKey] for a key that a [crypto.Signer] or an ssh agent holds.
func (k *PrivateKey) ExportJWK() ([]byte, error) {
	if k.pair == nil {
		return nil, failf(ErrInvalidKey, "a zero PrivateKey has no JWK: make it with a constructor")
	}
	if k.pair.foreign {
		return nil, failf(ErrInvalidKey, "the private key is held elsewhere, by a crypto.Signer or an ssh agent, and can't be exported")
	}
	text, err := keytext.AppendPrivateJWK(nil, k.pair.signer(), k.pair.use())
	if err != nil {
		return nil, invalidKey(err)
	}
	return text, nil
}
