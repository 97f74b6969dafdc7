package keytext

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"example.com/jwt/internal/excerpt"
)

func isPrivate(b block) bool { return strings.HasSuffix(b.label, pkcs8Label) }
func isPublic(b block) bool {
	return strings.HasSuffix(b.label, pkixLabel) || strings.HasSuffix(b.label, certLabel)
}

// choose returns the one block that is wanted, with the curve of EC PARAMETERS beside it. Others
// that are legal beside it are left alone.
func choose(blocks []block, wanted, beside func(block) bool) (key *block, err error) {
	var curve elliptic.Curve
	for i := range blocks {
		b := &blocks[i]
		switch {
		case wanted(*b) && key != nil:
			return nil, twoKeys(*key, *b)
		case wanted(*b):
			key = b
		}
	}
	if key == nil {
		return nil, nil
	}
	for _, b := range blocks {
		if strings.HasPrefix(b.label, "DSA ") {
			return nil, noCure(dsaKey)
		}
		if b.label == ecParameters {
			own, err := b.readParameters()
			if err != nil {
				return nil, key.explain(err)
			}
			if curve != nil && curve != own {
				return nil, key.explain(rewritable{"there are EC PARAMETERS of two curves", ""})
			}
			curve = own
		} else if !wanted(b) && !beside(b) {
			return nil, key.explain(rewritable{fmt.Sprintf("there is a PEM block %s beside the key", excerpt.Quote(b.label)), ""})
		}
	}
	key.curve = curve
	return key, nil
}

// twoKeys says what to do with a file of several keys.
func twoKeys(first, second block) error {
	if first.label == certLabel && second.label == certLabel {
		return errors.New("there are two certificates: want the one of the signer, the first of a chain, which `openssl x509 -in FILE` prints")
	}
	if command := first.rewrites(); command != "" {
		return fmt.Errorf("there are two keys in PEM, %s and %s: want one and nothing else (`%s` prints the first)", excerpt.Quote(first.label), excerpt.Quote(second.label), command)
	}
	return fmt.Errorf("there are two keys in PEM, %s and %s: want one and nothing else", excerpt.Quote(first.label), excerpt.Quote(second.label))
}

// privatePEM reads the one private key of a text, whatever certificates and public keys are
// beside it.
func privatePEM(text string, passphrase []byte, weak bool) (crypto.Signer, error) {
	blocks, err := readPEM(text)
	if err != nil {
		return nil, err
	}
	key, err := choose(blocks, isPrivate, isPublic)
	switch {
	case err != nil:
		return nil, err
	case key != nil:
		return key.privateKey(passphrase, weak)
	}
	for _, b := range blocks {
		if isPublic(b) {
			return nil, found(PublicKey, "this is a public key (%s): it can't sign; use ParsePublicKey", excerpt.Quote(b.label))
		}
	}
	return nil, fmt.Errorf("a PEM block %s is no private key of a supported kind: want RSA, ECDSA or Ed25519", excerpt.Quote(blocks[0].label))
}

// publicPEM reads the one public key or certificate of a text.
func publicPEM(text string) (crypto.PublicKey, error) {
	blocks, err := readPEM(text)
	if err != nil {
		return nil, err
	}
	for _, b := range blocks {
		if isPrivate(b) {
			return nil, found(PrivateKey, "this is a private key (%s): keep it with the issuer; ParsePrivateKey and its Public() return the public one", excerpt.Quote(b.label))
		}
	}
	key, err := choose(blocks, isPublic, func(block) bool { return false })
	switch {
	case err != nil:
		return nil, err
	case key != nil:
		return key.publicKey()
	}
	return nil, notPublic(blocks[0].label)
}

// privateKey reads the key of the block, by its label, which must be true.
func (b *block) privateKey(passphrase []byte, weak bool) (key crypto.Signer, err error) {
	if err := b.decode(); err != nil {
		return nil, err
	}
	switch b.label {
	case opensshLabel:
		key, err = parseOpenSSH(b.der, passphrase, weak)
	case pkcs8Label:
		key, err = parsePKCS8(b.der, weak)
	case pkcs1Label:
		key, err = parsePKCS1(b.der, weak)
	case sec1Label:
		key, err = parseSEC1(b.der, b.curve)
	case encryptedLabel:
		var plain []byte
		if plain, err = decryptPKCS8(b.der, passphrase); err == nil {
			key, err = parsePKCS8(plain, weak)
		}
	default:
		if err = b.mislabelled(); err == nil {
			err = fmt.Errorf("a PEM block %s is no private key of a supported kind: want RSA, ECDSA or Ed25519", excerpt.Quote(b.label))
		}
	}
	if err == nil {
		err = b.checkCurve(key.Public())
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return key, nil
}

// publicKey reads the key of the block, by its label, which must be true.
func (b *block) publicKey() (key crypto.PublicKey, err error) {
	if err := b.decode(); err != nil {
		return nil, err
	}
	switch b.label {
	case pkixLabel:
		key, err = parsePKIX(b.der)
	case rsaPublicLabel:
		key, err = parsePKCS1Public(b.der)
	case certLabel:
		key, err = parseCertificate(b.der)
	default:
		if err = b.mislabelled(); err == nil || strings.HasSuffix(b.label, certLabel) { // openssl takes off what a trusted one has besides
			err = notPublic(b.label)
		}
	}
	if err == nil {
		err = b.checkCurve(key)
	}
	if err != nil {
		return nil, b.explain(err)
	}
	return key, nil
}

// readParameters reads the curve that EC PARAMETERS name.
func (b *block) readParameters() (elliptic.Curve, error) {
	if err := b.decode(); err != nil {
		return nil, err
	}
	var oid asn1.ObjectIdentifier
	if sameDER(b.der, &oid) != nil {
		return nil, rewritable{"the EC PARAMETERS do not name a curve", namedCurve}
	}
	if curve := curveByOID(oid); curve != nil {
		return curve, nil
	}
	return nil, otherCurve(oid)
}

// checkCurve fails unless EC PARAMETERS beside the key say what the key says itself.
func (b *block) checkCurve(key crypto.PublicKey) error {
	if b.curve == nil {
		return nil
	}
	if ec, ok := key.(*ecdsa.PublicKey); !ok || ec.Curve != b.curve {
		return rewritable{fmt.Sprintf("the EC PARAMETERS beside the key name %s, which is not its curve", b.curve.Params().Name), ""}
	}
	return nil
}
