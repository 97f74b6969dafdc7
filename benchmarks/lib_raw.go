package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash"
	"strings"
	"sync"
)

// rawLibrary is the limit: the cryptography of the standard library, and
// encoding/base64 into buffers that are used again. It has no JSON, looks at no header
// and checks no claim.
type rawLibrary struct {
	setup
	header  string // encoded, with its dot
	payload []byte // of the standard claims
	states  sync.Pool
}

// rawState is what one call works in.
type rawState struct {
	mac, digest hash.Hash
	token       []byte
	payload     []byte
	sig         []byte
	sum         []byte
	der         []byte
}

var errSignature = errors.New("raw: wrong signature")

func newRaw(s setup) (library, error) {
	payload, err := json.Marshal(standard)
	if err != nil {
		return nil, err
	}
	l := &rawLibrary{setup: s, payload: payload, header: encode([]byte(header(s.alg, s.kid))) + "."}
	l.states.New = func() any {
		state := &rawState{digest: sha256.New()}
		if s.secret != nil {
			// The first Reset, not New, caches the state that later ones restore.
			state.mac = hmac.New(sha256.New, s.secret)
			state.mac.Reset()
		}
		return state
	}
	return l, nil
}

func (l *rawLibrary) Sign() (string, error) {
	b := l.states.Get().(*rawState)
	defer l.states.Put(b)
	b.token = append(b.token[:0], l.header...)
	b.token = base64.RawURLEncoding.AppendEncode(b.token, l.payload)
	if err := l.sign(b); err != nil {
		return "", err
	}
	b.token = append(b.token, '.')
	b.token = base64.RawURLEncoding.AppendEncode(b.token, b.sig)
	return string(b.token), nil
}

// sign signs b.token into b.sig.
func (l *rawLibrary) sign(b *rawState) (err error) {
	switch {
	case l.secret != nil:
		b.mac.Reset()
		b.mac.Write(b.token)
		b.sig = b.mac.Sum(b.sig[:0])
	case l.rsa != nil:
		b.sig, err = rsa.SignPKCS1v15(rand.Reader, l.rsa, crypto.SHA256, b.hash(b.token))
	case l.ecdsa != nil:
		der, err := ecdsa.SignASN1(rand.Reader, l.ecdsa, b.hash(b.token))
		if err != nil {
			return err
		}
		// SEQUENCE, length, and two INTEGERs.
		rest := der[2:]
		b.sig, rest = appendInteger(b.sig[:0], rest)
		b.sig, _ = appendInteger(b.sig, rest)
	case l.other != nil:
		b.sig, err = l.other.Sign(nil, b.token, crypto.Hash(0))
	default:
		b.sig = ed25519.Sign(l.ed25519, b.token)
	}
	return err
}

func (l *rawLibrary) Verify(token string) (any, error) {
	b := l.states.Get().(*rawState)
	defer l.states.Put(b)
	b.token = append(b.token[:0], token...)
	first, last := strings.IndexByte(token, '.'), strings.LastIndexByte(token, '.')
	if first < 0 || first == last {
		return nil, errors.New("raw: not three segments")
	}
	var err error
	if b.sig, err = base64.RawURLEncoding.AppendDecode(b.sig[:0], b.token[last+1:]); err != nil {
		return nil, err
	}
	if !l.verify(b, b.token[:last]) {
		return nil, errSignature
	}
	b.payload, err = base64.RawURLEncoding.AppendDecode(b.payload[:0], b.token[first+1:last])
	return nil, err
}

func (l *rawLibrary) verify(b *rawState, input []byte) bool {
	switch {
	case l.secret != nil:
		b.mac.Reset()
		b.mac.Write(input)
		b.sum = b.mac.Sum(b.sum[:0])
		return hmac.Equal(b.sum, b.sig)
	case l.rsa != nil:
		return rsa.VerifyPKCS1v15(&l.rsa.PublicKey, crypto.SHA256, b.hash(input), b.sig) == nil
	case l.ecdsa != nil:
		if len(b.sig) != 64 {
			return false
		}
		b.der = append(b.der[:0], 0x30, 0)
		b.der = appendDER(b.der, b.sig[:32])
		b.der = appendDER(b.der, b.sig[32:])
		b.der[1] = byte(len(b.der) - 2)
		return ecdsa.VerifyASN1(&l.ecdsa.PublicKey, b.hash(input), b.der)
	case l.other != nil:
		return l.other.verify(input, b.sig)
	}
	return ed25519.Verify(l.ed25519.Public().(ed25519.PublicKey), input, b.sig)
}

// appendInteger reads a DER integer that is not negative, and appends its 32 bytes.
func appendInteger(dst, der []byte) (sig, rest []byte) {
	n := int(der[1])
	number, rest := der[2:2+n], der[2+n:]
	if n > 32 {
		number = number[n-32:]
	}
	var zero [32]byte
	dst = append(dst, zero[:32-len(number)]...)
	return append(dst, number...), rest
}

// appendDER appends 32 bytes as a DER integer.
func appendDER(dst, number []byte) []byte {
	number = bytes.TrimLeft(number, "\x00")
	if len(number) == 0 || number[0] >= 0x80 {
		dst = append(dst, 2, byte(len(number)+1), 0)
	} else {
		dst = append(dst, 2, byte(len(number)))
	}
	return append(dst, number...)
}

func (b *rawState) hash(input []byte) []byte {
	b.digest.Reset()
	b.digest.Write(input)
	b.sum = b.digest.Sum(b.sum[:0])
	return b.sum
}

func (l *rawLibrary) VerifyRegistered(token string) (any, error) { return l.Verify(token) }

func (l *rawLibrary) VerifyMap(token string) (any, error) { return l.Verify(token) }

func (l *rawLibrary) Canon(any) claims { return claims{} }
