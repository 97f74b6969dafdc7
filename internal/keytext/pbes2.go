package keytext

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"

	"golang.org/x/crypto/ssh"

	"example.com/jwt/internal/excerpt"
)

// maxPBKDF2Rounds bounds the work of deriving a key from a passphrase. openssl's default is 2,048,
// and OWASP asks for up to 1,300,000.
const maxPBKDF2Rounds = 2_000_000

// encryptedPKCS8 is a private key of any algorithm, encrypted (RFC 5958, Section 3).
type encryptedPKCS8 struct {
	Algorithm pkix.AlgorithmIdentifier
	Encrypted []byte
}

// pbes2Params and pbkdf2Params are the parameters of PBES2 and PBKDF2 (RFC 8018, Appendix A).
type (
	pbes2Params struct {
		KDF, Cipher pkix.AlgorithmIdentifier
	}
	pbkdf2Params struct {
		Salt      []byte
		Rounds    int
		KeyLength int                      `asn1:"optional"`
		PRF       pkix.AlgorithmIdentifier `asn1:"optional"` // HMAC-SHA-1 if there is none
	}
)

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
)

// pbkdf2Hashes are the hash functions of the HMACs that PBKDF2 uses.
var pbkdf2Hashes = map[string]func() hash.Hash{
	"":                    sha1.New,
	"1.2.840.113549.2.7":  sha1.New,
	"1.2.840.113549.2.8":  sha256.New224,
	"1.2.840.113549.2.9":  sha256.New,
	"1.2.840.113549.2.10": sha512.New384,
	"1.2.840.113549.2.11": sha512.New,
	"1.2.840.113549.2.12": sha512.New512_224,
	"1.2.840.113549.2.13": sha512.New512_256,
}

// pbes2Ciphers are block ciphers in CBC mode. Their parameters are an IV.
var pbes2Ciphers = map[string]struct {
	keyLength int
	new       func(key []byte) (cipher.Block, error)
}{
	"2.16.840.1.101.3.4.1.2":  {16, aes.NewCipher},
	"2.16.840.1.101.3.4.1.22": {24, aes.NewCipher},
	"2.16.840.1.101.3.4.1.42": {32, aes.NewCipher},
	"1.2.840.113549.3.7":      {24, des.NewTripleDESCipher},
}

// decryptPKCS8 returns the PKCS #8 key that was encrypted with a passphrase, by PBES2 with PBKDF2
// (RFC 8018). It bounds the work first. A nil passphrase is none.
func decryptPKCS8(der, passphrase []byte) ([]byte, error) {
	var outer encryptedPKCS8
	if err := sameDER(der, &outer); err != nil {
		return nil, err
	}
	if !outer.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, otherEncryption(outer.Algorithm.Algorithm)
	}
	var scheme pbes2Params
	if err := sameDER(outer.Algorithm.Parameters.FullBytes, &scheme); err != nil {
		return nil, err
	}
	if !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, otherEncryption(scheme.KDF.Algorithm)
	}
	var kdf pbkdf2Params
	if err := sameDER(scheme.KDF.Parameters.FullBytes, &kdf); err != nil {
		return nil, err
	}
	method, ok := pbes2Ciphers[scheme.Cipher.Algorithm.String()]
	if !ok {
		return nil, otherEncryption(scheme.Cipher.Algorithm)
	}
	newHash, ok := pbkdf2Hashes[kdf.PRF.Algorithm.String()]
	if !ok {
		return nil, otherEncryption(kdf.PRF.Algorithm)
	}
	if kdf.Rounds < 1 || kdf.Rounds > maxPBKDF2Rounds {
		return nil, found(Encrypted, "the encrypted PKCS #8 key asks for %d rounds of PBKDF2, want at most %d: `openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 600000 -in FILE` rewrites it", kdf.Rounds, maxPBKDF2Rounds)
	}
	if kdf.KeyLength != 0 && kdf.KeyLength != method.keyLength {
		return nil, fmt.Errorf("the encrypted PKCS #8 key asks for a key of %d bytes, and its cipher for one of %d", kdf.KeyLength, method.keyLength)
	}
	var iv []byte
	if err := sameDER(scheme.Cipher.Parameters.FullBytes, &iv); err != nil {
		return nil, err
	}
	if passphrase == nil {
		return nil, &Error{Found: Encrypted, text: "this is an encrypted PKCS #8 key: pass WithPassphrase", cause: &ssh.PassphraseMissingError{}}
	}
	key, err := pbkdf2.Key(newHash, string(passphrase), kdf.Salt, kdf.Rounds, method.keyLength)
	if err != nil {
		return nil, fmt.Errorf("the encrypted PKCS #8 key can't be read: %w", err)
	}
	block, err := method.new(key)
	if err != nil {
		return nil, fmt.Errorf("the encrypted PKCS #8 key can't be read: %w", err)
	}
	return decryptCBC(block, iv, outer.Encrypted)
}

// decryptCBC decrypts a PKCS #8 key. A wrong passphrase is the same error whether the padding is
// wrong or, as once in 256 times, what it pads: it is no oracle.
func decryptCBC(block cipher.Block, iv, encrypted []byte) ([]byte, error) {
	size := block.BlockSize()
	if len(iv) != size || len(encrypted) == 0 || len(encrypted)%size != 0 {
		return nil, errors.New("the encrypted PKCS #8 key is no whole number of blocks, or its IV is not one")
	}
	plain := make([]byte, len(encrypted))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, encrypted)
	padding := int(plain[len(plain)-1])
	if padded := len(plain) - padding; padding >= 1 && padding <= size {
		good := true
		for _, b := range plain[padded:] {
			good = good && int(b) == padding
		}
		if rest, err := asn1.Unmarshal(plain[:padded], new(pkcs8)); good && err == nil && len(rest) == 0 {
			return plain[:padded], nil
		}
	}
	return nil, &Error{Found: WrongPassword, text: "the passphrase of the encrypted PKCS #8 key is wrong", cause: x509.IncorrectPasswordError}
}

// otherEncryptions are those of files that people have. OpenSSL reads the old ones with its legacy
// provider alone.
var otherEncryptions = map[string]struct {
	name string
	old  bool
}{
	"1.3.6.1.4.1.11591.4.11":  {"scrypt", false},
	"1.2.840.113549.1.12.1.3": {"PBES1, by SHA-1 and 3DES", false},
	"1.2.840.113549.1.12.1.4": {"PBES1, by SHA-1 and 3DES", false},
	"1.2.840.113549.1.5.3":    {"PBES1, by MD5 and DES", true},
	"1.2.840.113549.1.5.10":   {"PBES1, by SHA-1 and DES", true},
	"1.2.840.113549.1.5.11":   {"PBES1, by SHA-1 and RC2", true},
	"1.2.840.113549.1.12.1.1": {"PBES1, by SHA-1 and RC4", true},
	"1.2.840.113549.1.12.1.2": {"PBES1, by SHA-1 and RC4", true},
	"1.2.840.113549.1.12.1.5": {"PBES1, by SHA-1 and RC2", true},
	"1.2.840.113549.1.12.1.6": {"PBES1, by SHA-1 and RC2", true},
	"1.2.840.113549.3.2":      {"RC2", true},
	"1.2.840.113533.7.66.10":  {"CAST5", true},
	"1.3.6.1.4.1.3029.1.2":    {"Blowfish", true},
	"1.2.410.200004.1.4":      {"SEED", true},
	"1.3.14.3.2.7":            {"DES", true},
}

func otherEncryption(oid asn1.ObjectIdentifier) error {
	other := otherEncryptions[oid.String()]
	if other.name == "" {
		other.name = excerpt.Quote(oid.String())
	}
	provider := ""
	if other.old {
		provider = "-provider legacy -provider default "
	}
	return found(Encrypted, "the PKCS #8 key is encrypted with %s: `openssl pkcs8 -topk8 -v2 aes-256-cbc %s-in FILE` rewrites it in a form that WithPassphrase reads", other.name, provider)
}
