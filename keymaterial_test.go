package jwt_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash"
	"log/slog"
	"maps"
	"math/big"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"example.com/jwt"
)

// specimen is a value of one exported type that has to do with keys: alone, and as programs hold it.
type specimen struct {
	holders map[string]any
	others  map[string]any // the same, with another key
	secrets []hiddenNumber // what must not be seen of it
}

// holderError is an error as a program might make it, with a key in it.
type holderError[T any] struct{ key T }

func (e holderError[T]) Error() string { return fmt.Sprintf("the key %+v is unfit", e.key) }

func holdersOf[T any](v T) map[string]any {
	type exported struct {
		V T
		P *T
	}
	type unexported struct {
		v T
		p *T
	}
	return map[string]any{
		"value": v, "pointer": &v, "any": []any{v, &v}, "slice": []T{v}, "array": [1]T{v}, "map": map[string]T{"k": v}, "map of pointers": map[string]*T{"k": &v},
		"exported field": exported{v, &v}, "unexported field": unexported{v, &v}, "pointer to unexported field": &unexported{v, &v},
		"error": holderError[T]{v}, "error of a pointer": &holderError[*T]{&v}, "wrapped error": fmt.Errorf("%w, %v", holderError[T]{v}, &v),
	}
}

func specimenOf[T any](secrets []hiddenNumber, value, other T) specimen {
	return specimen{holdersOf(value), holdersOf(other), secrets}
}

// specimens returns every exported type of the package that has to do with keys, with every kind of key.
func specimens(t *testing.T) map[string]specimen {
	all := make(map[string]specimen)
	secret := secretKey(t, jwt.WithKeyID("k1"))
	otherSecret, err := jwt.NewSecretKey(bytes.Repeat([]byte("another "), 8))
	require.NoError(t, err)
	hidden := secretsOfHMAC(t, testSecret)
	all["SecretKey"] = specimenOf(hidden, *secret, *otherSecret)
	addUsers(t, all, "a secret", hidden, jwt.HS256, secret, otherSecret, secret, otherSecret)

	other, err := jwt.GeneratePrivateKey(jwt.ES256)
	require.NoError(t, err)
	for alg, key := range privateKeys(t) {
		hidden := privateNumbers(t, key)
		held := jwtKey(jwt.NewPrivateKey(struct{ crypto.Signer }{key.Crypto()}))(t)
		for name, key := range map[string]*jwt.PrivateKey{alg.String(): key, alg.String() + " held by a signer": held} {
			all["PrivateKey "+name] = specimenOf(hidden, *key, *other)
			all["PublicKey "+name] = specimenOf(hidden, *key.Public(), *other.Public())
			addUsers(t, all, name, hidden, alg, key, other, key.Public(), other.Public())
		}
		if signer, err := ssh.NewSignerFromSigner(key.Crypto()); err == nil && hasOpenSSHForm(key.Public()) {
			key := jwtKey(jwt.NewSSHKey(signer))(t)
			all["PrivateKey "+alg.String()+" of ssh"] = specimenOf(hidden, *key, *other)
		}
	}

	word := []hiddenNumber{hiddenNumberOf(testSecret)}
	text := mustRead("ed25519-passphrase")
	_, wrong := jwt.ParsePrivateKey(text, jwt.WithPassphrase(testSecret))
	require.Error(t, wrong)
	all["KeyOption"] = specimenOf(word, jwt.WithPassphrase(testSecret), jwt.WithPassphrase([]byte("x")))
	all["error about a passphrase"] = specimenOf(word, wrong, error(nil))
	all["KeyFunc"] = specimenOf(hidden, jwt.KeyFunc(func(context.Context, jwt.Header) (jwt.KeySource, error) { return secret, nil }), nil)
	return all
}

func jwtKey(key *jwt.PrivateKey, err error) func(*testing.T) *jwt.PrivateKey {
	return func(t *testing.T) *jwt.PrivateKey {
		require.NoError(t, err)
		return key
	}
}

// privateKeys returns a key of every kind. ML-DSA depends on the version of Go.
func privateKeys(t *testing.T) map[jwt.Algorithm]*jwt.PrivateKey {
	keys := make(map[jwt.Algorithm]*jwt.PrivateKey)
	for name, file := range map[string]string{"RS256": "rsa2048-default", "ES256": "ecdsa256-default", "ES384": "ecdsa384-default", "ES512": "ecdsa521-default", "EdDSA": "ed25519-default"} {
		alg, err := jwt.ParseAlgorithm(name)
		require.NoError(t, err)
		keys[alg] = jwtKey(jwt.ParsePrivateKey(mustRead(file), jwt.WithKeyID("k1")))(t)
	}
	for _, name := range []string{"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"} {
		if alg, err := jwt.ParseAlgorithm(name); err == nil {
			keys[alg] = jwtKey(jwt.GeneratePrivateKey(alg))(t)
		}
	}
	return keys
}

// addUsers adds what is made with a key: a Signer, a Verifier, a set, and the errors of a key that does not fit.
func addUsers(t *testing.T, all map[string]specimen, name string, hidden []hiddenNumber, alg jwt.Algorithm, key, other jwt.SigningKey, public, otherPublic jwt.VerificationKey) {
	signer, err := jwt.NewSigner(key, alg)
	require.NoError(t, err)
	raw, err := signer.Sign(jwt.RegisteredClaims{Issuer: "a"})
	require.NoError(t, err)
	all["Signer, "+name] = specimenOf(hidden, *signer, jwt.Signer{})
	set, err := jwt.NewKeySet(public)
	require.NoError(t, err)
	otherSet, err := jwt.NewKeySet(otherPublic, public)
	require.NoError(t, err)
	all["KeySet, "+name] = specimenOf(hidden, *set, *otherSet)
	verifier, err := jwt.NewVerifier[jwt.MapClaims](public, []jwt.Algorithm{alg}, jwt.WithIssuer("a"))
	require.NoError(t, err)
	_, err = verifier.Verify(raw) // from now on there are HMAC states
	require.NoError(t, err)
	ofSet, err := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{alg}, jwt.WithIssuer("b"))
	require.NoError(t, err)
	issuers, err := jwt.NewIssuers(verifier, ofSet)
	require.NoError(t, err)
	all["Issuers, "+name] = specimenOf(hidden, *issuers, jwt.Issuers[jwt.MapClaims]{})
	all["Verifier, "+name] = specimenOf(hidden, *verifier, *ofSet)
	unfit := jwt.HS512
	if alg == jwt.HS256 {
		unfit = jwt.RS256
	}
	_, err = jwt.NewSigner(key, unfit)
	require.ErrorIs(t, err, jwt.ErrInvalidKey)
	_, otherErr := jwt.NewVerifier[jwt.MapClaims](set, []jwt.Algorithm{unfit})
	require.ErrorIs(t, otherErr, jwt.ErrInvalidKey)
	all["error, "+name] = specimenOf(hidden, err, otherErr)
}

// hiddenNumber is a secret that is looked for.
type hiddenNumber struct {
	piece []byte   // a part of it: too long to be there by chance, and away from the ends, which may be masked
	forms []string // how a text could have it
}

// hiddenNumberOf takes the bytes of a secret: a number big-endian.
func hiddenNumberOf(secret []byte) hiddenNumber {
	n := new(big.Int).SetBytes(secret)
	h := hiddenNumber{secret[1:17], []string{string(secret[1:17]), n.String()[:24]}}
	add := func(verb string, list any) {
		text := fmt.Sprintf(verb, list)
		h.forms = append(h.forms, strings.Trim(text[max(0, strings.IndexByte(text, '{')):], `[]{}"`))
	}
	for _, verb := range []string{"%v", "%d", "%x", "%X", "%# x", "%#x", "%b", "%o", "%O", "%#v"} {
		add(verb, h.piece)
		add(verb, n.Bits()[:2]) // the words of math/big
		add(verb, n.Bits()[:1])
	}
	for _, verb := range []string{"%c", "%q", "%U"} {
		add(verb, h.piece)
	}
	for at := range 3 {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			h.forms = append(h.forms, enc.EncodeToString(secret[at:at+15]))
		}
	}
	return h
}

func (h *hiddenNumber) isIn(text string) bool {
	return slices.ContainsFunc(h.forms, func(form string) bool { return strings.Contains(text, form) })
}

// privateNumbers returns the private members of a key's JWK, and what Ed25519 signs with.
func privateNumbers(t *testing.T, key *jwt.PrivateKey) (numbers []hiddenNumber) {
	text, err := key.ExportJWK()
	require.NoError(t, err)
	var members map[string]any
	require.NoError(t, json.Unmarshal(text, &members))
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "priv"} {
		if value, ok := members[name].(string); ok {
			numbers = append(numbers, hiddenNumberOf(unb64(t, value)))
		}
	}
	require.NotEmpty(t, numbers)
	if members["kty"] == "OKP" {
		expanded := sha512.Sum512(unb64(t, members["d"].(string)))
		numbers = append(numbers, hiddenNumberOf(expanded[:32]), hiddenNumberOf(expanded[32:]))
	}
	return numbers
}

// secretsOfHMAC returns the secret, and what is as good: the padded keys, and the states of the
// hashes after them.
func secretsOfHMAC(t *testing.T, secret []byte) []hiddenNumber {
	numbers := []hiddenNumber{hiddenNumberOf(secret)}
	for _, h := range []hash.Hash{sha256.New(), sha512.New384(), sha512.New()} {
		for _, pad := range []byte{0x36, 0x5c} {
			block := bytes.Repeat([]byte{pad}, h.BlockSize())
			for i, b := range secret {
				block[i] ^= b
			}
			h.Reset()
			h.Write(block)
			state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
			require.NoError(t, err)
			const magic = 4
			numbers = append(numbers, hiddenNumberOf(block[:32]), hiddenNumberOf(state[magic:magic+32]))
		}
	}
	return numbers
}

// TestKeysDoNotPrint prints and logs every type with every verb, however a program holds it.
func TestKeysDoNotPrint(t *testing.T) {
	var verbs []string
	for _, flags := range []string{"", "+", "#", "-4.2", "0"} {
		for verb := 'A'; verb <= 'z'; verb++ {
			verbs = append(verbs, "%"+flags+string(verb))
		}
	}
	for name, s := range specimens(t) {
		t.Run(name, func(t *testing.T) {
			for holder, value := range s.holders {
				var log bytes.Buffer
				for _, verb := range verbs {
					fmt.Fprintf(&log, verb, value)
				}
				slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", value)
				slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", value)
				text, err := json.Marshal(value)
				fmt.Fprint(&log, string(text), err)
				s.requireNothingIn(t, holder, log.String())
			}
		})
	}
}

func (s *specimen) requireNothingIn(t *testing.T, holder, text string) {
	require.False(t, s.isIn(text), "%s: a secret is printed", holder)
}

// isIn reports whether a text has one of the secrets.
func (s *specimen) isIn(text string) bool {
	return slices.ContainsFunc(s.secrets, func(h hiddenNumber) bool { return h.isIn(text) })
}

// TestDumpersReachNoSecret looks at every type as testify's and other dumpers do, which follow unexported fields by reflection.
func TestDumpersReachNoSecret(t *testing.T) {
	for name, s := range specimens(t) {
		t.Run(name, func(t *testing.T) {
			for holder, value := range s.holders {
				require.False(t, s.isReachable(value), "%s: reflection reaches a secret", holder)
				var said message
				assert.Equal(&said, value, s.others[holder])
				s.requireNothingIn(t, holder, said.String())
			}
		})
	}
}

// message is what testify prints when an assertion fails.
type message struct{ strings.Builder }

func (m *message) Errorf(format string, args ...any) { fmt.Fprintf(m, format, args...) }

// The two tests above find secrets that lie open.
func TestSecretsInTheOpenAreFound(t *testing.T) {
	type open struct{ hidden any }
	secret := testSecret[:32]
	for name, value := range map[string]any{
		"bytes": secret, "a string": string(secret), "base64 text": base64.StdEncoding.EncodeToString(append([]byte{1}, secret...)),
		"an array": [32]byte(secret), "a map's key": map[[32]byte]int{[32]byte(secret): 1}, "a number": new(big.Int).SetBytes(secret),
		"the pads of an HMAC": hmac.New(sha256.New, secret),
	} {
		s := specimen{secrets: secretsOfHMAC(t, secret)}
		require.True(t, s.isReachable(&open{value}), name)
		if name != "the pads of an HMAC" { // behind a pointer in an interface, where fmt stops
			require.True(t, s.isIn(fmt.Sprint(value)), name)
		}
	}
	for alg, key := range privateKeys(t) {
		numbers := privateNumbers(t, key)
		s := specimen{secrets: numbers[:1]}
		require.True(t, s.isReachable(&open{key.Crypto()}), alg)
	}
}

// isReachable reports whether reflection finds one of the secrets in the memory that v leads to: as
// bytes, as words of either order, or in a text.
func (s *specimen) isReachable(v any) bool {
	w := walker{seen: make(map[visit]bool)}
	w.walk(reflect.ValueOf(v))
	return slices.ContainsFunc(s.secrets, func(h hiddenNumber) bool {
		reversed := slices.Clone(h.piece)
		slices.Reverse(reversed)
		return bytes.Contains(w.numbers, h.piece) || bytes.Contains(w.numbers, reversed) || h.isIn(w.texts.String())
	})
}

type visit struct {
	at  uintptr
	typ reflect.Type
}

// walker collects the numbers and texts that reflection finds.
type walker struct {
	seen    map[visit]bool
	numbers []byte
	texts   strings.Builder
}

func (w *walker) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if at := (visit{v.Pointer(), v.Type()}); !w.seen[at] {
			w.seen[at] = true
			w.walk(v.Elem())
		}
	case reflect.Interface:
		w.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			w.walk(v.Field(i))
		}
	case reflect.Map:
		for at := v.MapRange(); at.Next(); {
			w.walk(at.Key())
			w.walk(at.Value())
		}
	case reflect.Slice, reflect.Array:
		if v.Len() > 0 && (v.Index(0).CanUint() || v.Index(0).CanInt()) {
			w.list(v)
			return
		}
		for i := range v.Len() {
			w.walk(v.Index(i))
		}
	case reflect.String:
		w.texts.WriteString(v.String() + "\n")
	}
}

// list takes a list of integers up, each with its most significant byte first and last.
func (w *walker) list(v reflect.Value) {
	size := int(v.Type().Elem().Size())
	var first, last []byte
	for i := range v.Len() {
		n := v.Index(i)
		var word uint64
		if n.CanUint() {
			word = n.Uint()
		} else {
			word = uint64(n.Int())
		}
		for at := range size {
			first = append(first, byte(word>>(8*(size-1-at))))
			last = append(last, byte(word>>(8*at)))
		}
	}
	w.numbers = append(append(append(w.numbers, first...), 0), append(last, 0)...)
}

// Each type that could lead to a key is among the specimens.
func TestEveryTypeWithAKeyIsLookedAt(t *testing.T) {
	api, err := os.ReadFile("testdata/api.txt")
	require.NoError(t, err)
	root, _, _ := strings.Cut(string(api), "package example.com/jwt/")
	names := slices.Collect(maps.Keys(specimens(t)))
	for _, m := range regexp.MustCompile(`(?m)^type (\w+)\S* struct \{\n(?:\t.*\n)*\t// and unexported fields`).FindAllStringSubmatch(root, -1) {
		known := m[1] == "Header" || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, m[1]) })
		require.True(t, known, "add %s to specimens, so that TestKeysDoNotPrint and TestDumpersReachNoSecret look at it", m[1])
	}
}

func TestZeroValuesSayThatThereIsNothing(t *testing.T) {
	for want, zero := range map[string]interface {
		fmt.Stringer
		slog.LogValuer
	}{"jwt: no secret key": jwt.SecretKey{}, "jwt: no private key": jwt.PrivateKey{}, "jwt: no key set": jwt.KeySet{}, "jwt: no signer": jwt.Signer{}} {
		require.Equal(t, want, zero.String())
		require.Equal(t, want, fmt.Sprintf("%#v", zero))
		require.Equal(t, want, zero.LogValue().String())
	}
	require.Empty(t, new(jwt.SecretKey).KeyID()+new(jwt.PrivateKey).KeyID()+new(jwt.PublicKey).KeyID())
	require.Nil(t, new(jwt.PrivateKey).Public())
	require.Nil(t, new(jwt.PublicKey).Crypto())
	require.False(t, new(jwt.PublicKey).Equal(new(jwt.PublicKey)))
}

func TestWhatKeysAndTheirUsersPrint(t *testing.T) {
	secret := secretKey(t, jwt.WithKeyID("k1"))
	private := jwtKey(jwt.ParsePrivateKey(mustRead("ed25519-default")))(t)
	require.Equal(t, `jwt: secret key (a secret key of 64 bytes, kid "k1", redacted)`, secret.String())
	require.Equal(t, `jwt: private key (an Ed25519 key, redacted)`, private.String())
	signer, err := jwt.NewSigner(secret, jwt.HS256)
	require.NoError(t, err)
	require.Equal(t, `jwt: HS256 signer (a secret key of 64 bytes, kid "k1", redacted)`, signer.String())
	set, err := jwt.NewKeySet(secret, private.Public())
	require.NoError(t, err)
	require.Equal(t, "jwt: key set (keys: 2)", fmt.Sprint(set))
	set, err = jwt.ParseKeySet([]byte(`{"keys":[{"kty":"X"}]}`))
	require.NoError(t, err)
	require.Equal(t, "jwt: key set (keys: 0, skipped: 1)", fmt.Sprintf("%q", set))
}

// Equal and Crypto look at the key alone, not at its name and binding.
func TestEqualKeysAndTheirCopies(t *testing.T) {
	others := sshKeyPairs(t)
	for name, pair := range sshKeyPairs(t) {
		key, err := jwt.NewPrivateKey(pair, jwt.WithKeyID("a"))
		require.NoError(t, err)
		other, err := jwt.NewPrivateKey(others[name])
		require.NoError(t, err)
		require.False(t, key.Equal(other), name)
		require.False(t, other.Public().Equal(key.Public()), name)

		copied := key.Crypto()
		require.IsType(t, pair, copied)
		require.True(t, copied.(interface{ Equal(crypto.PrivateKey) bool }).Equal(pair), name)
		again, err := jwt.NewPrivateKey(copied)
		require.NoError(t, err)
		require.True(t, key.Equal(again), name)
		switch k := copied.(type) { // whoever changes the copy does not change the key
		case *rsa.PrivateKey:
			k.D.SetInt64(3)
			k.Primes[0].SetInt64(3)
			k.Precomputed.Dp.SetInt64(3)
		case *ecdsa.PrivateKey:
			//lint:ignore SA1019 The copy is spoilt on purpose.
			k.D.SetInt64(3)
		case ed25519.PrivateKey:
			clear(k)
		}
		require.True(t, key.Crypto().(interface{ Equal(crypto.PrivateKey) bool }).Equal(pair), name)

		held := &opaqueSigner{pair}
		foreign, err := jwt.NewPrivateKey(held)
		require.NoError(t, err)
		require.Same(t, held, foreign.Crypto())
		second, err := jwt.NewPrivateKey(&opaqueSigner{pair})
		require.NoError(t, err)
		require.True(t, foreign.Equal(second), name)
		require.True(t, foreign.Equal(key), name)
		require.False(t, foreign.Equal(other), name)

		signer, err := ssh.NewSignerFromKey(pair)
		require.NoError(t, err)
		agent, err := jwt.NewSSHKey(signer)
		require.NoError(t, err)
		require.Nil(t, agent.Crypto(), name)
		require.True(t, agent.Equal(key), name)
	}
	var private jwt.PrivateKey
	var secret jwt.SecretKey
	require.Nil(t, private.Crypto())
	require.False(t, private.Equal(&private) || private.Equal(nil) || (*jwt.PrivateKey)(nil).Equal(&private))
	require.False(t, secret.Equal(&secret) || secret.Equal(nil) || (*jwt.SecretKey)(nil).Equal(&secret))

	one, two := secretKey(t), secretKey(t, jwt.WithKeyID("a"), jwt.WithAlgorithm(jwt.HS256))
	require.True(t, one.Equal(two))
	require.False(t, one.Equal(nil) || one.Equal(&secret) || secret.Equal(one))
	pair, err := jwt.GeneratePrivateKey(jwt.EdDSA)
	require.NoError(t, err)
	require.False(t, pair.Equal(nil) || pair.Equal(&private) || private.Equal(pair))
	var public jwt.PublicKey
	require.False(t, pair.Public().Equal(nil) || pair.Public().Equal(&public) || public.Equal(pair.Public()) || (*jwt.PublicKey)(nil).Equal(pair.Public()))
	for _, bytes := range [][]byte{testSecret[1:], append([]byte("x"), testSecret[1:]...), append(testSecret[:63:63], 'x')} {
		other, err := jwt.NewSecretKey(bytes)
		require.NoError(t, err)
		require.False(t, one.Equal(other))
	}
}
