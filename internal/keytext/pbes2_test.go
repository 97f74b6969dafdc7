package keytext

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

const testPassphrase = "correct horse"

// plainOf names the keys that the files in testdata/keys/encrypted hold, if it is not
// openssl-ed25519.pem.
var plainOf = map[string]string{"ecdsa": "openssl-ecparam.pem", "rsa": "openssl-genpkey-rsa.pem"}

// derOf returns the content of the last block of a file in testdata/keys.
func derOf(t *testing.T, name string) []byte {
	text, err := os.ReadFile(filepath.Join(testKeys, name))
	require.NoError(t, err)
	var der []byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		der = block.Bytes
	}
	require.NotEmpty(t, der)
	return der
}

func encryptedFiles(t *testing.T) []string {
	files, err := filepath.Glob(filepath.Join(testKeys, "encrypted", "*"))
	require.NoError(t, err)
	require.Len(t, files, 11)
	for i, file := range files {
		files[i] = filepath.Base(file)
	}
	return files
}

func TestEncryptedPKCS8IsDecrypted(t *testing.T) {
	for _, name := range encryptedFiles(t) {
		plain, err := decryptPKCS8(derOf(t, "encrypted/"+name), []byte(testPassphrase))
		require.NoError(t, err, name)
		switch source := plainOf[name]; source {
		case "":
			require.Equal(t, derOf(t, "openssl-ed25519.pem"), plain, name)
		case "openssl-genpkey-rsa.pem":
			require.Equal(t, derOf(t, source), plain, name)
		default: // is SEC 1 there
			key, err := x509.ParsePKCS8PrivateKey(plain)
			require.NoError(t, err)
			want, err := x509.ParseECPrivateKey(derOf(t, source))
			require.NoError(t, err)
			require.Equal(t, want, key)
		}
	}
}

func TestWrongPassphraseOfEncryptedPKCS8(t *testing.T) {
	for _, name := range encryptedFiles(t) {
		for _, passphrase := range []string{"", "wrong", testPassphrase + " "} {
			_, err := decryptPKCS8(derOf(t, "encrypted/"+name), []byte(passphrase))
			requireWrong(t, err)
		}
		_, err := decryptPKCS8(derOf(t, "encrypted/"+name), nil)
		missing := new(ssh.PassphraseMissingError)
		require.ErrorAs(t, err, &missing, name)
		require.Equal(t, Encrypted, err.(*Error).Found)
	}
	// Good padding around anything else says nothing more.
	key := []byte("\x30\x06\x02\x01\x00\x30\x00\x04\x00")
	for _, plain := range []string{
		"no key", "", strings.Repeat("k", 32), string(key[:8]), string(key) + "\x00", "\x30\x03\x02\x01\x00",
	} {
		_, err := decryptPKCS8(encryptPKCS8(t, []byte(plain), nil), []byte(testPassphrase))
		requireWrong(t, err)
	}
	whole := derOf(t, "openssl-ed25519.pem")
	require.Len(t, whole, 48) // three blocks
	for _, padded := range []string{
		"\x30\x0e\x02\x01\x00\x30\x03\x06\x01\x2a\x04\x04key\x00", // none
		string(whole), string(whole) + strings.Repeat("x", 15) + "\x10", string(whole) + strings.Repeat("\x11", 16), strings.Repeat("\x10", 16), strings.Repeat("\x20", 32), strings.Repeat("\xff", 32),
	} {
		_, err := decryptPKCS8(encryptPKCS8(t, []byte(padded), func(p *parameters) { p.padded = true }), []byte(testPassphrase))
		requireWrong(t, err)
	}
	_, err := decryptPKCS8(encryptPKCS8(t, append(slices.Clone(whole), 'k'), nil), []byte(testPassphrase))
	requireWrong(t, err)
}

func TestEncryptedPKCS8HasPaddingsOfAnyLength(t *testing.T) {
	for size := range 16 {
		want := append([]byte{0x30, byte(12 + size), 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, byte(size)}, make([]byte, size)...)
		got, err := decryptPKCS8(encryptPKCS8(t, want, nil), []byte(testPassphrase))
		require.NoError(t, err, "%d", len(want))
		require.Equal(t, want, got)
	}
}

func requireWrong(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, x509.IncorrectPasswordError)
	require.EqualError(t, err, "the passphrase of the encrypted PKCS #8 key is wrong")
	require.Equal(t, WrongPassword, err.(*Error).Found)
}

// parameters are what a test changes of an encryption with AES-256-CBC and HMAC-SHA-256.
type parameters struct {
	kdf                         pbkdf2Params
	kdfOID, cipherOID, prf, oid asn1.ObjectIdentifier
	iv, ciphertext              []byte
	padded                      bool   // the plain text has its padding
	more                        string // what has an element too many
}

func encryptPKCS8(t *testing.T, plain []byte, change func(*parameters)) []byte {
	p := parameters{kdf: pbkdf2Params{Salt: []byte("sixteen of salt!"), Rounds: 1000}, kdfOID: oidPBKDF2, cipherOID: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, prf: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, oid: oidPBES2, iv: []byte("sixteen of an IV")}
	if change != nil {
		change(&p)
	}
	raw := func(value any) asn1.RawValue {
		der, err := asn1.Marshal(value)
		require.NoError(t, err)
		if p.more == fmt.Sprintf("%T", value) && der[0] == 0x30 {
			der, err = asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(der[2:], 5, 0)})
			require.NoError(t, err)
		}
		return asn1.RawValue{FullBytes: der}
	}
	if !p.padded {
		padding := 16 - len(plain)%16
		plain = append(slices.Clone(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	}
	key, err := pbkdf2.Key(sha256.New, testPassphrase, p.kdf.Salt, 1000, 32)
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	encrypted := make([]byte, len(plain))
	if len(p.iv) == 16 {
		cipher.NewCBCEncrypter(block, p.iv).CryptBlocks(encrypted, plain)
	}
	if p.ciphertext != nil {
		encrypted = p.ciphertext
	}
	p.kdf.PRF = pkix.AlgorithmIdentifier{Algorithm: p.prf, Parameters: asn1.NullRawValue}
	if p.prf == nil {
		p.kdf.PRF = pkix.AlgorithmIdentifier{}
	}
	return raw(encryptedPKCS8{pkix.AlgorithmIdentifier{Algorithm: p.oid, Parameters: raw(pbes2Params{
		pkix.AlgorithmIdentifier{Algorithm: p.kdfOID, Parameters: raw(p.kdf)},
		pkix.AlgorithmIdentifier{Algorithm: p.cipherOID, Parameters: raw(p.iv)},
	})}, encrypted}).FullBytes
}

// What costs too much, or is no encryption that is known, is refused before anything is computed
// and whether there is a passphrase or not.
func TestParametersOfEncryptedPKCS8(t *testing.T) {
	plain := derOf(t, "openssl-ed25519.pem")
	for name, row := range map[string]struct {
		change func(*parameters)
		want   string // "" if it is read
	}{
		"plain":                          {func(*parameters) {}, ""},
		"the length of the key":          {func(p *parameters) { p.kdf.KeyLength = 32 }, ""},
		"more in the scheme":             {func(p *parameters) { p.more = "keytext.pbes2Params" }, "not canonical"},
		"more in the key derivation":     {func(p *parameters) { p.more = "keytext.pbkdf2Params" }, "not canonical"},
		"no salt":                        {func(p *parameters) { p.kdf.Salt = []byte{} }, ""},
		"another length of the key":      {func(p *parameters) { p.kdf.KeyLength = 16 }, "asks for a key of 16 bytes, and its cipher for one of 32"},
		"2,000,001 rounds":               {func(p *parameters) { p.kdf.Rounds = 2_000_001 }, "asks for 2000001 rounds of PBKDF2, want at most 2000000: `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE`"},
		"2^31-1 rounds":                  {func(p *parameters) { p.kdf.Rounds = 1<<31 - 1 }, "asks for 2147483647 rounds"},
		"no rounds":                      {func(p *parameters) { p.kdf.Rounds = 0 }, "asks for 0 rounds"},
		"one round":                      {func(p *parameters) { p.kdf.Rounds = 1 }, "the passphrase of the encrypted PKCS #8 key is wrong"},
		"negative rounds":                {func(p *parameters) { p.kdf.Rounds = -1 }, "asks for -1 rounds"},
		"another scheme":                 {func(p *parameters) { p.oid = asn1.ObjectIdentifier{1, 2, 3} }, `encrypted with "1.2.3"`},
		"another key derivation":         {func(p *parameters) { p.kdfOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11} }, "encrypted with scrypt"},
		"another cipher":                 {func(p *parameters) { p.cipherOID = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 41} }, `encrypted with "2.16.840.1.101.3.4.1.41"`},
		"another HMAC":                   {func(p *parameters) { p.prf = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 6} }, `encrypted with "1.2.840.113549.2.6"`},
		"a short IV":                     {func(p *parameters) { p.iv = p.iv[:15] }, "no whole number of blocks, or its IV is not one"},
		"a part of a block":              {func(p *parameters) { p.ciphertext = make([]byte, 63) }, "no whole number of blocks"},
		"nothing":                        {func(p *parameters) { p.ciphertext = []byte{} }, "no whole number of blocks"},
		"a cipher with another block":    {func(p *parameters) { p.cipherOID = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7} }, "no whole number of blocks, or its IV is not one"},
		"an old cipher":                  {func(p *parameters) { p.cipherOID = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 2} }, "encrypted with RC2: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE`"},
		"another old cipher":             {func(p *parameters) { p.cipherOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3029, 1, 2} }, "encrypted with Blowfish: `openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in FILE`"},
		"another default than HMAC-SHA1": {func(p *parameters) { p.prf = nil }, "the passphrase of the encrypted PKCS #8 key is wrong"},
	} {
		der := encryptPKCS8(t, plain, row.change)
		start := time.Now()
		got, err := decryptPKCS8(der, []byte(testPassphrase))
		require.Less(t, time.Since(start), time.Second, name)
		if row.want == "" {
			require.NoError(t, err, name)
			require.Equal(t, plain, got, name)
			continue
		}
		require.ErrorContains(t, err, row.want, name)
		require.Nil(t, got, name)
	}
	_, err := decryptPKCS8(encryptPKCS8(t, plain, func(p *parameters) { p.kdf.Rounds = 2_000_000 }), nil)
	require.EqualError(t, err, "this is an encrypted PKCS #8 key: pass WithPassphrase")
	_, err = decryptPKCS8(append(derOf(t, "encrypted/rsa"), 0), []byte(testPassphrase))
	require.ErrorContains(t, err, "not canonical")
}

func TestOldEncryptionsNeedTheLegacyProvider(t *testing.T) {
	for oid, other := range otherEncryptions {
		var numbers asn1.ObjectIdentifier
		for number := range strings.SplitSeq(oid, ".") {
			n, err := strconv.Atoi(number)
			require.NoError(t, err)
			numbers = append(numbers, n)
		}
		current := other.name == "scrypt" || strings.HasSuffix(other.name, "3DES")
		require.Equal(t, !current, strings.Contains(otherEncryption(numbers).Error(), " -provider legacy "), other.name)
	}
}

// fipsRun marks a run of this test in a process of its own.
const fipsRun = "JWT_TEST_FIPS_ONLY"

func TestEncryptedPKCS8UnderFIPS(t *testing.T) {
	if os.Getenv(fipsRun) == "" {
		run := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		run.Env = append(os.Environ(), fipsRun+"=1", "GODEBUG=fips140=only")
		output, err := run.CombinedOutput()
		require.NoError(t, err, "%s", output)
		require.Contains(t, string(output), "11 files and 3 variants")
		return
	}
	for _, name := range encryptedFiles(t) { // the salts of openssl 3.0 have 8 bytes
		for _, passphrase := range []string{testPassphrase, "wrong"} {
			_, err := decryptPKCS8(derOf(t, "encrypted/"+name), []byte(passphrase))
			require.ErrorContains(t, err, "is not allowed in FIPS 140-only mode", name)
			require.NotErrorIs(t, err, x509.IncorrectPasswordError, name)
		}
	}
	plain := derOf(t, "openssl-ed25519.pem")
	got, err := decryptPKCS8(encryptPKCS8(t, plain, nil), []byte(testPassphrase))
	require.NoError(t, err)
	require.Equal(t, plain, got)
	for _, forbidden := range []func(*parameters){
		func(p *parameters) { p.prf = nil },
		func(p *parameters) {
			p.cipherOID = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}
			p.ciphertext = make([]byte, 64)
		},
	} {
		_, err := decryptPKCS8(encryptPKCS8(t, plain, forbidden), []byte(testPassphrase))
		require.ErrorContains(t, err, "is not allowed in FIPS 140-only mode")
		require.NotErrorIs(t, err, x509.IncorrectPasswordError)
	}
	fmt.Println(len(encryptedFiles(t)), "files and 3 variants")
}
