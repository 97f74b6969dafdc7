package jwt

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math/big"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/excerpt"
)

// NewSSHKey returns a signing key that uses an ssh signer, such as a key in an ssh agent, on a
// smart card or in a password manager; the private key stays there. An RSA key signs RS256 and
// RS512, the only ones that RFC 8332 has, an ECDSA key the ES* of its curve, an Ed25519 key EdDSA
// and Ed25519; [NewSigner] returns [ErrInvalidKey] for any other algorithm. NewSSHKey returns
// ErrInvalidKey for certificates and security keys (sk-*), which sign more than they are given. If
// the agent refuses or is gone, Sign returns [ErrKeysUnavailable].
func NewSSHKey(signer ssh.Signer, opts ...KeyOption) (*PrivateKey, error) {
	cfg, err := newKeyConfig(opts)
	if err != nil {
		return nil, err
	}
	if err := cfg.refuse("NewSSHKey", "WithPassphrase"); err != nil {
		return nil, err
	}
	if isNil(signer) {
		return nil, failf(ErrInvalidKey, "the ssh signer is nil").and(ErrInvalidOption)
	}
	public, err := sshPublic(signer)
	if err != nil {
		return nil, err
	}
	m, err := checkPublic(public.CryptoPublicKey(), cfg.weak)
	if err != nil {
		return nil, err
	}
	k := &keyPair{checkedKey: m, ssh: hide(signer), foreign: true}
	if err := k.bind(cfg); err != nil {
		return nil, err
	}
	if k.bound != 0 {
		if err := k.canSign(k.bound.scheme()); err != nil {
			return nil, wrapf(ErrInvalidKey, err, "the key does not fit its algorithm").and(ErrInvalidOption)
		}
	}
	return &PrivateKey{k}, nil
}

// canSign fails for an algorithm that an ssh key can't sign, although it verifies
// with the public key: ssh has no names for RS384 and PS*.
func (k *keyPair) canSign(s *scheme) error {
	switch {
	case k.ssh == nil:
		return nil
	case s.ssh == "":
		return failf(ErrInvalidKey, "a key held by an ssh signer can't sign %s: use %s, or a private key in memory", s.name, sshAlgorithms(k.checkedKey))
	case k.kind != kindRSA:
		return nil
	}
	signer := k.ssh()
	if _, ok := signer.(ssh.AlgorithmSigner); !ok {
		return failf(ErrInvalidKey, "this ssh signer (%T) can't choose %s for its RSA key: want an ssh.AlgorithmSigner", signer, s.ssh)
	}
	if multi, ok := signer.(ssh.MultiAlgorithmSigner); ok && !slices.Contains(multi.Algorithms(), s.ssh) {
		return failf(ErrInvalidKey, "this ssh signer does not offer %s, which %s needs", s.ssh, s.name)
	}
	return nil
}

// signSSH signs through the ssh signer and appends the signature in the form of JWS.
func (k *keyPair) signSSH(s *scheme, dst, input []byte) ([]byte, error) {
	sig, err := k.askSSH(s, input)
	switch {
	case err != nil:
		return dst, err
	case sig == nil:
		return dst, errors.New("it gave no signature")
	case sig.Format != s.ssh:
		return dst, errors.New("its signature has the format " + excerpt.Quote(sig.Format) + ", want " + excerpt.Quote(s.ssh))
	case len(sig.Rest) > 0:
		return dst, errors.New("its signature has something after it, as those of security keys do")
	}
	if k.kind == kindECDSA {
		return appendMPInts(s, dst, sig.Blob)
	}
	if want := k.signatureSize(); len(sig.Blob) != want {
		return dst, errors.New("its signature has " + itoa(len(sig.Blob)) + " bytes, want " + itoa(want))
	}
	return append(dst, sig.Blob...), nil
}

// askSSH lets the signer sign. Only an RSA key has a choice of algorithms.
func (k *keyPair) askSSH(s *scheme, input []byte) (*ssh.Signature, error) {
	input = slices.Clone(input) // as in ask
	if signer, ok := k.ssh().(ssh.AlgorithmSigner); ok && k.kind == kindRSA {
		return signer.SignWithAlgorithm(rand.Reader, input, s.ssh)
	}
	return k.ssh().Sign(rand.Reader, input)
}

// signatureSize is the length of a signature of an RSA (RFC 8332, Section 3) or Ed25519
// key (RFC 8709, Section 6).
func (k *keyPair) signatureSize() int {
	if k.kind == kindRSA {
		return k.rsa.Size()
	}
	return 64
}

// appendMPInts converts ssh's signature, mpint r and mpint s (RFC 5656, Section 3.1.2),
// to r‖s.
func appendMPInts(s *scheme, dst, blob []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	if err := ssh.Unmarshal(blob, &sig); err != nil || !bytes.Equal(ssh.Marshal(&sig), blob) {
		return dst, errors.New("its signature is not the ssh form of an ECDSA signature")
	}
	if sig.R.Sign() < 0 || sig.S.Sign() < 0 {
		return dst, errors.New("its signature has a number that is out of range")
	}
	return appendRS(dst, sig.R.Bytes(), sig.S.Bytes(), s.bits)
}

// sshPublic reads the signer's public key again from its blob, since an agent's signers
// give a type that does not say what it holds, and a foreign type could say anything.
func sshPublic(signer ssh.Signer) (ssh.CryptoPublicKey, error) {
	claimed := signer.PublicKey()
	if isNil(claimed) {
		return nil, failf(ErrInvalidKey, "the ssh signer has no public key")
	}
	blob := claimed.Marshal()
	public, err := ssh.ParsePublicKey(blob)
	if err != nil {
		return nil, failf(ErrInvalidKey, "the ssh signer's public key can't be read: want ssh-rsa, ecdsa-sha2-nistp* or ssh-ed25519")
	}
	if !bytes.Equal(public.Marshal(), blob) {
		return nil, failf(ErrInvalidKey, "the ssh signer's public key is not canonical")
	}
	switch name := public.Type(); {
	case strings.Contains(name, "-cert-v01@"):
		return nil, failf(ErrInvalidKey, "the ssh signer holds a certificate (%s): use the signer of the plain key", name)
	case strings.HasPrefix(name, "ssh-mldsa-"):
		return nil, failf(ErrInvalidKey, "the ssh signer holds an ML-DSA key (%s), whose OpenSSH form is a draft: use NewPrivateKey", excerpt.Quote(name))
	case strings.HasPrefix(name, "sk-"):
		return nil, failf(ErrInvalidKey, "the ssh signer is a security key (%s), which can't sign tokens", name)
	}
	if key, ok := public.(ssh.CryptoPublicKey); ok {
		return key, nil
	}
	return nil, failf(ErrInvalidKey, "an ssh key of type %s is not supported", excerpt.Quote(public.Type()))
}

// sshAlgorithms names what an ssh key of this kind can sign, for an error message.
func sshAlgorithms(m *checkedKey) string {
	var names []string
	for i := range schemes {
		if s := &schemes[i]; s.ssh != "" && s.family.fits(s, m) {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, " or ")
}
