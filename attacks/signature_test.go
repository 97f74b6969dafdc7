package attacks_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"go/ast"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt"
	"example.com/jwt/internal/forge"
)

// curves are the ECDSA algorithms and a key of each.
func curves(t testing.TB) map[jwt.Algorithm]*ecdsa.PrivateKey {
	return map[jwt.Algorithm]*ecdsa.PrivateKey{
		jwt.ES256: keyFile[*ecdsa.PrivateKey](t, "ecdsa256-default"),
		jwt.ES384: keyFile[*ecdsa.PrivateKey](t, "ecdsa384-default"),
		jwt.ES512: keyFile[*ecdsa.PrivateKey](t, "ecdsa521-default"),
	}
}

// hashOf gives the hash of an ECDSA algorithm.
func hashOf(alg jwt.Algorithm) crypto.Hash {
	return map[jwt.Algorithm]crypto.Hash{jwt.ES256: crypto.SHA256, jwt.ES384: crypto.SHA384, jwt.ES512: crypto.SHA512}[alg]
}

// A signature of r = s = 0 verified any message: the range of the two was not checked.
func TestCVE_2022_21449_PsychicSignature(t *testing.T) {
	for alg, key := range curves(t) {
		size, n := (key.Params().BitSize+7)/8, key.Params().N
		header := `{"alg":"` + alg.String() + `"}`
		zero, one := big.NewInt(0), big.NewInt(1)
		less := new(big.Int).Sub(n, one)
		var attacks []attack
		for _, pair := range [][2]*big.Int{{zero, zero}, {zero, one}, {one, zero}, {n, n}, {zero, n}, {n, zero}, {n, one}, {one, one}, {less, less}} {
			sig := append(pair[0].FillBytes(make([]byte, size)), pair[1].FillBytes(make([]byte, size))...)
			attacks = append(attacks, attack{alg.String() + " " + pair[0].Text(36) + "," + pair[1].Text(36), forge.Token(header, `{}`, func(string) []byte { return sig }), jwt.ErrInvalidSignature})
		}
		refuseAll(t, publicOf(t, key), []jwt.Algorithm{alg}, forge.Token(header, `{}`, forge.ECDSA(t, key, hashOf(alg))), attacks)
	}
}

// One ECDSA signature was accepted in many encodings.
func TestCVE_2020_14966_ECDSASignatureInAnotherEncoding(t *testing.T) {
	for alg, key := range curves(t) {
		size := (key.Params().BitSize + 7) / 8
		header := `{"alg":"` + alg.String() + `"}`
		sign := forge.ECDSA(t, key, hashOf(alg))
		genuine := forge.Token(header, `{}`, sign)
		input, text := genuine[:strings.LastIndexByte(genuine, '.')], genuine[strings.LastIndexByte(genuine, '.')+1:]
		sig := unb64(t, text)
		r, s := sig[:size], sig[size:]
		der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)})
		require.NoError(t, err)
		join := func(parts ...[]byte) []byte {
			var all []byte
			for _, part := range parts {
				all = append(all, part...)
			}
			return all
		}
		var attacks []attack
		for name, other := range map[string][]byte{
			"ASN.1": der, "zero before r": join([]byte{0}, r, s), "zero before both": join([]byte{0}, r, []byte{0}, s), "zeros behind": join(r, s, []byte{0, 0}),
			"one octet short": sig[:len(sig)-1], "r alone": r, "halves swapped": join(s, r), "twice": join(sig, sig), "in hex": []byte(hex.EncodeToString(sig)), "empty": {},
		} {
			attacks = append(attacks, attack{alg.String() + " " + name, input + "." + forge.Encode(string(other)), jwt.ErrInvalidSignature})
		}
		refuseAll(t, publicOf(t, key), []jwt.Algorithm{alg}, genuine, attacks)
	}
}

// Characters that base64url does not have were dropped, or read as escapes, in a signature.
func TestCVE_2022_25898_JunkInTheSignature(t *testing.T) {
	genuine := token(`{}`)
	at := len(genuine) - 20
	var attacks []attack
	for _, junk := range []string{`\11`, `\x41`, "%41", "!", "*", "=", "+", "/", " ", "\n", "\r\n", "\t", "\x00", "\u00e9", "\u200b", "\xff", `\u0041`, `"`} {
		attacks = append(attacks, attack{strconv.Quote(junk), genuine[:at] + junk + genuine[at:], jwt.ErrInvalidSignature})
	}
	refuseAll(t, secretKey(t), hs256, genuine, attacks)
}

// The signature was verified with a secret that the caller had not checked to be there.
func TestCVE_2025_65945_SecretThatIsNotThere(t *testing.T) {
	for _, opts := range [][]jwt.KeyOption{nil, {jwt.InsecureAllowWeakKey()}} {
		for _, secret := range [][]byte{nil, {}} {
			key, err := jwt.NewSecretKey(secret, opts...)
			require.Nil(t, key)
			require.ErrorIs(t, err, jwt.ErrInvalidKey)
		}
	}
	refuseAll(t, secretKey(t), hs256, token(`{}`), []attack{{"keyed with nothing", forge.Token(`{"alg":"HS256"}`, `{}`, keyedWith("")), jwt.ErrInvalidSignature}})
}

// Only as many octets of the MAC were compared as the token had.
func TestCVE_2020_28042_TruncatedMAC(t *testing.T) {
	genuine := token(`{}`)
	input, mac := genuine[:strings.LastIndexByte(genuine, '.')+1], unb64(t, genuine[strings.LastIndexByte(genuine, '.')+1:])
	var attacks []attack
	for n := range len(mac) {
		attacks = append(attacks, attack{"first " + strconv.Itoa(n), input + forge.Encode(string(mac[:n])), jwt.ErrInvalidSignature}, attack{"last " + strconv.Itoa(n), input + forge.Encode(string(mac[len(mac)-n:])), jwt.ErrInvalidSignature})
	}
	for name, other := range map[string][]byte{"one more": append(append([]byte{}, mac...), 0), "zeros": make([]byte, 32), "in hex": []byte(hex.EncodeToString(mac)), "twice": append(append([]byte{}, mac...), mac...), "5000 octets": make([]byte, 5000)} {
		attacks = append(attacks, attack{name, input + forge.Encode(string(other)), jwt.ErrInvalidSignature})
	}
	refuseAll(t, secretKey(t), hs256, genuine, attacks)
}

// The signature was decoded and never compared.
func TestCVE_2023_23928_SignatureOfAnotherMessage(t *testing.T) {
	other := token(`{"sub":"a"}`)
	forged := forge.Encode(`{"sub":"admin"}`)
	parts := strings.Split(other, ".")
	refuseAll(t, secretKey(t), hs256, other, []attack{
		{"payload replaced", parts[0] + "." + forged + "." + parts[2], jwt.ErrInvalidSignature},
		{"header replaced", forge.Encode(`{"alg":"HS256"}`) + "." + parts[1] + "." + parts[2], jwt.ErrInvalidSignature},
		{"another secret", forge.Token(`{"alg":"HS256"}`, `{"sub":"a"}`, keyedWith(strings.Repeat("x", 64))), jwt.ErrInvalidSignature},
	})
}

// A service read the claims of tokens whose signature it never verified.
func TestCVE_2026_23518_24899_NothingIsReadWithoutASignature(t *testing.T) {
	forged := forge.Token(`{"alg":"HS256"}`, `{"sub":"admin"}`, keyedWith("not the secret"))
	tok, err := verify(t, forged)
	require.Nil(t, tok)
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	require.NotContains(t, err.Error(), "admin")
	for _, f := range exportedFuncs(t) {
		if f.Name.Name == "ParseUnverified" || f.Type.Results == nil {
			continue
		}
		for _, result := range f.Type.Results.List {
			text := printNode(t, result.Type)
			require.NotContains(t, text, "Unverified", f.Name.Name)
			if strings.Contains(text, "Token[") {
				require.Contains(t, []string{"Verify", "VerifyContext"}, f.Name.Name, "a function that returns a Token")
			}
			require.NotContains(t, text, "Claims", f.Name.Name)
		}
	}
	unverified, err := jwt.ParseUnverified(forged)
	require.NoError(t, err)
	require.Equal(t, "admin", unverified.UnverifiedClaims.Subject, "the field's name says what it is worth")
}

func exportedFuncs(t *testing.T) []*ast.FuncDecl {
	var funcs []*ast.FuncDecl
	for _, file := range parseSources(t) {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Name.IsExported() {
				funcs = append(funcs, f)
			}
		}
	}
	require.Greater(t, len(funcs), 50)
	return funcs
}

// A comparison that ends at the first difference tells how much of a MAC is right.
func TestCVE_2015_10004_2016_7036_ComparisonInConstantTime(t *testing.T) {
	compared := false
	for _, file := range parseSources(t) {
		importsHMAC := false
		for _, spec := range file.Imports {
			importsHMAC = importsHMAC || spec.Path.Value == `"crypto/hmac"`
		}
		if !importsHMAC {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				name := printNode(t, n)
				compared = compared || name == "hmac.Equal" || name == "subtle.ConstantTimeCompare"
				require.NotContains(t, []string{"bytes.Equal", "bytes.Compare", "bytes.HasPrefix", "slices.Equal", "slices.Compare", "reflect.DeepEqual", "strings.EqualFold"}, name)
			case *ast.BinaryExpr:
				require.NotContains(t, printNode(t, n), "string(", "octets compared as strings")
			}
			return true
		})
	}
	require.True(t, compared, "no constant-time comparison found")
}

// The message of the error had the signature that would have been right.
func TestCVE_2019_7644_ExpectedSignatureInTheError(t *testing.T) {
	input := forge.Encode(`{"alg":"HS256"}`) + "." + forge.Encode(`{"sub":"admin"}`)
	mac := hmac.New(sha256.New, testSecret)
	mac.Write([]byte(input))
	_, err := verify(t, input+"."+forge.Encode(string(make([]byte, 32))))
	require.ErrorIs(t, err, jwt.ErrInvalidSignature)
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range []string{forge.Encode(string(mac.Sum(nil))), base64.StdEncoding.EncodeToString(mac.Sum(nil)), hex.EncodeToString(mac.Sum(nil)), string(mac.Sum(nil)), string(testSecret)} {
			require.NotContains(t, e.Error(), text)
		}
	}
}

// A token of several signatures counted as valid when one of them was.
func TestCVE_2016_9122_OneOfSeveralSignatures(t *testing.T) {
	genuine := token(`{"sub":"a"}`)
	parts := strings.Split(genuine, ".")
	forged := forge.Encode(`{"sub":"admin"}`)
	general := `{"payload":"` + forged + `","signatures":[{"protected":"` + parts[0] + `","signature":"AAAA"},{"protected":"` + parts[0] + `","signature":"` + parts[2] + `"}]}`
	refuseAll(t, secretKey(t), hs256, genuine, []attack{
		{"general serialization", general, jwt.ErrMalformed},
		{"flattened serialization", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, jwt.ErrMalformed},
		{"two signatures", genuine + "." + parts[2], jwt.ErrMalformed},
		{"two tokens", genuine + "," + genuine, jwt.ErrMalformed},
	})
}
