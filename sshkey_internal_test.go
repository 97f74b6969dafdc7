package jwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/keycheck"
)

// liar is an ssh signer that changes the signatures of an honest one.
type liar struct {
	ssh.Signer
	change func(*ssh.Signature) (*ssh.Signature, error)
}

func (l liar) Sign(r io.Reader, data []byte) (*ssh.Signature, error) {
	sig, err := l.Signer.Sign(r, data)
	if err != nil {
		return nil, err
	}
	return l.change(sig)
}

func (l liar) SignWithAlgorithm(r io.Reader, data []byte, name string) (*ssh.Signature, error) {
	sig, err := l.Signer.(ssh.AlgorithmSigner).SignWithAlgorithm(r, data, name)
	if err != nil {
		return nil, err
	}
	return l.change(sig)
}

func honest(sig *ssh.Signature) (*ssh.Signature, error) { return sig, nil }

// sshSigner makes an ssh signer for the algorithm, without any choice of algorithm
// restricted.
func sshSigner(t *testing.T, alg algorithm) ssh.Signer {
	t.Helper()
	var key any
	var err error
	switch s := alg.scheme(); s.family.(type) {
	case ecdsaFamily:
		key, err = ecdsa.GenerateKey(keycheck.CurveByName("P-"+itoa(s.bits)), rand.Reader)
	case ed25519Family:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	return signer
}

var sshAlgs = []algorithm{RS256, RS512, ES256, ES384, ES512, EdDSA, Ed25519}

func TestSSHSignaturesAreConverted(t *testing.T) {
	for _, alg := range sshAlgs {
		t.Run(alg.String(), func(t *testing.T) {
			s := alg.scheme()
			inner := sshSigner(t, alg)
			for name, signer := range map[string]ssh.Signer{"honest": inner, "wrapped": liar{inner, honest}} {
				key, err := NewSSHKey(signer)
				require.NoError(t, err)
				require.True(t, key.pair.foreign)
				require.True(t, key.pair.serves(s, opSign))
				require.NoError(t, key.pair.canSign(s))
				for range 20 { // r or s has a leading zero now and then
					sig, err := (&signPolicy{scheme: s, key: key.pair}).ask([]byte("before"), []byte("input"))
					require.NoError(t, err, name)
					require.Equal(t, "before", string(sig[:6]))
					require.True(t, s.family.verify(s, key.pair.checkedKey, "input", sig[6:]))
				}
			}
		})
	}
}

func TestSSHSignaturesThatAreNoneAreRefused(t *testing.T) {
	cause := errors.New("agent refused operation")
	change := func(f func(*ssh.Signature)) func(*ssh.Signature) (*ssh.Signature, error) {
		return func(sig *ssh.Signature) (*ssh.Signature, error) {
			f(sig)
			return sig, nil
		}
	}
	rows := map[string]struct {
		change func(*ssh.Signature) (*ssh.Signature, error)
		want   string
	}{
		"an error":       {func(*ssh.Signature) (*ssh.Signature, error) { return nil, cause }, "agent refused"},
		"nothing":        {func(*ssh.Signature) (*ssh.Signature, error) { return nil, nil }, "no signature"},
		"SHA-1":          {change(func(s *ssh.Signature) { s.Format = "ssh-rsa" }), `format "ssh-rsa"`},
		"no format":      {change(func(s *ssh.Signature) { s.Format = "" }), `format ""`},
		"something more": {change(func(s *ssh.Signature) { s.Rest = []byte{1} }), "something after it"},
		"empty":          {change(func(s *ssh.Signature) { s.Blob = nil }), "signature"},
		"a byte less":    {change(func(s *ssh.Signature) { s.Blob = s.Blob[:len(s.Blob)-1] }), "signature"},
		"a byte more":    {change(func(s *ssh.Signature) { s.Blob = append(s.Blob, 0) }), "signature"},
		"a byte before":  {change(func(s *ssh.Signature) { s.Blob = append([]byte{0}, s.Blob...) }), "signature"},
	}
	for _, alg := range sshAlgs {
		signer := sshSigner(t, alg)
		for name, row := range rows {
			t.Run(alg.String()+", "+name, func(t *testing.T) {
				key, err := NewSSHKey(liar{signer, row.change})
				require.NoError(t, err)
				sig, err := key.pair.signSSH(alg.scheme(), []byte("before"), []byte("input"))
				require.ErrorContains(t, err, row.want)
				require.Equal(t, "before", string(sig))
				if name == "an error" {
					require.ErrorIs(t, err, cause)
				}
			})
		}
	}
}

func TestSSHNumbersAreCheckedBeforeTheyAreConverted(t *testing.T) {
	s := ES256.scheme()
	one := big.NewInt(1)
	mpints := func(r, s *big.Int) []byte { return ssh.Marshal(struct{ R, S *big.Int }{r, s}) }
	octets := func(r, s []byte) []byte { return ssh.Marshal(struct{ R, S []byte }{r, s}) }
	for name, blob := range map[string][]byte{
		"DER":                       {0x30, 6, 2, 1, 1, 2, 1, 1},
		"r‖s":                       make([]byte, 64),
		"r zero":                    mpints(new(big.Int), one),
		"s zero":                    mpints(one, new(big.Int)),
		"r negative":                mpints(big.NewInt(-1), one),
		"s negative":                mpints(one, big.NewInt(-1)),
		"r of 257 bits":             mpints(new(big.Int).Lsh(one, 256), one),
		"s of 257 bits":             mpints(one, new(big.Int).Lsh(one, 256)),
		"r with a superfluous zero": octets([]byte{0, 1}, []byte{1}),
		"s with a superfluous zero": octets([]byte{1}, []byte{0, 1}),
		"one number":                ssh.Marshal(struct{ R *big.Int }{one}),
		"three numbers":             ssh.Marshal(struct{ R, S, T *big.Int }{one, one, one}),
		"a length beyond the end":   {0, 0, 0, 9, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dst, err := appendMPInts(s, []byte("before"), blob)
			require.ErrorContains(t, err, "its signature")
			require.Equal(t, "before", string(dst))
		})
	}
	dst, err := appendMPInts(s, nil, mpints(one, new(big.Int).Lsh(one, 255)))
	require.NoError(t, err)
	require.Equal(t, append(append(make([]byte, 31), 1, 0x80), make([]byte, 31)...), dst)
}

func TestSSHKeySignsWhatSSHHasANameFor(t *testing.T) {
	signer := sshSigner(t, RS256)
	rsaKey, err := NewSSHKey(signer)
	require.NoError(t, err)
	for _, alg := range []algorithm{RS384, PS256, PS384, PS512} {
		err := rsaKey.pair.canSign(alg.scheme())
		require.ErrorIs(t, err, ErrInvalidKey)
		require.ErrorContains(t, err, alg.String())
		require.ErrorContains(t, err, "RS256 or RS512")

		_, err = NewSSHKey(signer, WithAlgorithm(alg))
		require.ErrorIs(t, err, ErrInvalidOption)
		require.ErrorIs(t, err, ErrInvalidKey)
		require.True(t, rsaKey.Public().checked.serves(alg.scheme(), opVerify))
	}

	plain, err := NewSSHKey(struct{ ssh.Signer }{signer})
	require.NoError(t, err)
	require.ErrorContains(t, plain.pair.canSign(RS256.scheme()), "ssh.AlgorithmSigner")
	ed, err := NewSSHKey(struct{ ssh.Signer }{sshSigner(t, EdDSA)})
	require.NoError(t, err)
	require.NoError(t, ed.pair.canSign(EdDSA.scheme()))

	limited, err := ssh.NewSignerWithAlgorithms(signer.(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSASHA512})
	require.NoError(t, err)
	key, err := NewSSHKey(limited)
	require.NoError(t, err)
	require.NoError(t, key.pair.canSign(RS512.scheme()))
	require.ErrorContains(t, key.pair.canSign(RS256.scheme()), "does not offer rsa-sha2-256")

	inMemory, err := GeneratePrivateKey(ES256)
	require.NoError(t, err)
	require.NoError(t, inMemory.pair.canSign(PS256.scheme()))
}

// publicLiar is an ssh signer with another public key.
type publicLiar struct {
	ssh.Signer
	public ssh.PublicKey
}

func (l publicLiar) PublicKey() ssh.PublicKey { return l.public }

// blobKey is a public key that is nothing but a blob, as those of an agent are.
type blobKey struct {
	ssh.PublicKey
	blob []byte
}

func (k blobKey) Marshal() []byte { return k.blob }

func TestNewSSHKeyRefusesWhatIsNoPlainKey(t *testing.T) {
	signer := sshSigner(t, EdDSA)
	cert := &ssh.Certificate{Key: signer.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	require.NoError(t, cert.SignCert(rand.Reader, signer))
	certSigner, err := ssh.NewCertSigner(cert, signer)
	require.NoError(t, err)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	weakSigner, err := ssh.NewSignerFromKey(weak)
	require.NoError(t, err)
	point, err := func() ([]byte, error) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		return key.PublicKey.Bytes()
	}()
	require.NoError(t, err)
	blob := func(fields any) ssh.PublicKey { return blobKey{blob: ssh.Marshal(fields)} }

	for name, row := range map[string]struct {
		signer ssh.Signer
		is     error
		want   string
	}{
		"nil":                {nil, ErrInvalidOption, "nil"},
		"typed nil":          {(*publicLiar)(nil), ErrInvalidOption, "nil"},
		"no public key":      {publicLiar{signer, nil}, ErrInvalidKey, "no public key"},
		"a nil public key":   {publicLiar{signer, (*ssh.Certificate)(nil)}, ErrInvalidKey, "no public key"},
		"a certificate":      {certSigner, ErrInvalidKey, "certificate"},
		"a weak key":         {weakSigner, ErrInvalidKey, "1024 bits is too weak"},
		"an unreadable blob": {publicLiar{signer, blobKey{blob: []byte{1}}}, ErrInvalidKey, "can't be read"},
		"an unknown type":    {publicLiar{signer, blob(struct{ A, B string }{"ssh-new", "x"})}, ErrInvalidKey, "can't be read"},
		"a security key": {publicLiar{signer, blob(struct {
			A    string
			B    []byte
			C, D string
		}{"sk-ecdsa-sha2-nistp256@openssh.com", []byte("nistp256"), string(point), "ssh:"})}, ErrInvalidKey, "security key"},
		"an Ed25519 security key": {publicLiar{signer, blob(struct{ A, B, C string }{"sk-ssh-ed25519@openssh.com", string(make([]byte, 32)), "ssh:"})}, ErrInvalidKey, "security key"},
		"a DSA key": {publicLiar{signer, blob(struct {
			A          string
			P, Q, G, Y *big.Int
		}{"ssh-dss", new(big.Int).SetBit(big.NewInt(1), 1023, 1), new(big.Int).SetBit(big.NewInt(1), 159, 1), big.NewInt(2), big.NewInt(3)})}, ErrInvalidKey, "not supported"},
		"a point of small order": {publicLiar{signer, blob(struct{ A, B string }{"ssh-ed25519", string(make([]byte, 32))})}, ErrInvalidKey, "small order"},
		"a blob not canonical": {publicLiar{signer, blob(struct {
			A    string
			E, N []byte
		}{"ssh-rsa", []byte{0, 1, 0, 1}, append([]byte{0, 0}, weak.N.Bytes()...)})}, ErrInvalidKey, "not canonical"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := NewSSHKey(row.signer)
			require.Nil(t, key)
			require.ErrorIs(t, err, row.is)
			require.ErrorIs(t, err, ErrInvalidKey)
			require.ErrorContains(t, err, row.want)
		})
	}
	for _, opt := range []KeyOption{nil, WithPassphrase([]byte("x")), WithKeyID(""), WithAlgorithm(ES256)} {
		_, err := NewSSHKey(signer, opt)
		require.ErrorIs(t, err, ErrInvalidOption)
	}
	_, err = NewSSHKey(weakSigner, InsecureAllowWeakKey())
	require.NoError(t, err)
}

func TestSSHKeyIsDescribedAndPublished(t *testing.T) {
	signer := sshSigner(t, ES384)
	key, err := NewSSHKey(signer, WithThumbprintKeyID(), WithAlgorithm(ES384))
	require.NoError(t, err)
	require.Equal(t, key.Public().Thumbprint(), key.KeyID())
	require.True(t, key.Public().Equal(key.Public()))
	require.Equal(t, signer.PublicKey().(ssh.CryptoPublicKey).CryptoPublicKey(), key.Public().Crypto())
	_, err = key.ExportJWK()
	require.ErrorIs(t, err, ErrInvalidKey)
	require.ErrorContains(t, err, "held elsewhere")
	require.Contains(t, key.String(), "ECDSA P-384")
}
