package keytext_test

import (
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/keytext"
	"example.com/jwt/internal/testkeys"
)

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/keys/" + name)
	require.NoError(t, err)
	return string(text)
}

// RFC 7468, Section 5.2, lets programs write explanation around a block.
func TestTextAroundABlockSaysNothing(t *testing.T) {
	private, public, certificate := file(t, "ecdsa256-pkcs8"), file(t, "openssl-ecparam.pub"), file(t, "openssl-genpkey-rsa.crt")
	attributes := "Bag Attributes\n    friendlyName: a – ü\n    localKeyID: 01 00 00 00 \nKey Attributes: <No Attributes>\n"
	parameters := string(pemText("EC PARAMETERS", []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7}))
	key, _, err := keytext.Private([]byte(private), nil, false)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"attributes before it": attributes + private, "and after it": attributes + private + attributes, "CRLF": strings.ReplaceAll(attributes+private+"\n", "\n", "\r\n"),
		"a certificate after it": private + certificate, "a chain before it": certificate + "subject=CN = b\n" + certificate + private, "its public key": private + "\n" + public,
		"parameters": parameters + private, "parameters twice": parameters + parameters + private, "parameters after it": private + parameters, "all of a proxy's file": certificate + parameters + attributes + private + certificate,
		"all of that from Windows":      "\ufeff" + strings.ReplaceAll(certificate+parameters+attributes+private+"\n"+certificate, "\n", "\r\n"),
		"two files from Windows":        "\ufeff" + certificate + "\ufeff" + private,
		"a certificate that is damaged": "-----BEGIN CERTIFICATE-----\nAAAA\n\n-----END CERTIFICATE-----\n" + private, "a comment in its style": "# for -----the----- issuer\n" + private,
	} {
		got, _, err := keytext.Private([]byte(text), nil, false)
		require.NoError(t, err, name)
		require.Equal(t, key, got, name)
		_, _, err = keytext.Public([]byte(text), false)
		require.Equal(t, keytext.PrivateKey, found(t, err), name)
	}
	want, _, err := keytext.Public([]byte(public), false)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"text": "my key\n" + public + "end", "a fingerprint": public + "SHA256:NBa0Zdxr1Td1+mXkvxKVu4QmMbOc3QRBNbrfyvTbzhI\n", "a hash in hex": "de305d54-75b4-431b-adb2-eb6b9e546014\n" + public, "parameters": parameters + public,
	} {
		got, _, err := keytext.Public([]byte(text), false)
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
}

func TestTextAroundABlockHasNoOtherKey(t *testing.T) {
	private, public := file(t, "ecdsa256-pkcs8"), file(t, "openssl-ecparam.pub")
	body := strings.Split(public, "\n")[1] + strings.Split(public, "\n")[2]
	var rows []refusal
	for name, other := range map[string]string{
		"a line of OpenSSH": file(t, "ed25519-default.pub"), "a JWK": testkeys.RFCPublicEC + "\n", "a block that is indented": " " + strings.ReplaceAll(strings.TrimSpace(public), "\n", "\n ") + "\n",
		"the end of a block": "-----END PUBLIC KEY-----\n", "a block in base64": b64std([]byte(public)) + "\n", "a block without its frame": body + "\n", "a comment with a block": "# -----BEGIN PUBLIC KEY-----\n",
	} {
		rows = append(rows, refusal{name + " before it", "text\n" + other + private, "beside the PEM block: `sed"}, refusal{name + " after it", private + other, "beside the PEM block: `sed"})
	}
	for name, text := range map[string]string{
		"another private key": file(t, "rsa2048-pem"), "the same again": private, "an OpenSSH key": file(t, "ed25519-default"), "an encrypted one": file(t, "encrypted/ecdsa"),
	} {
		rows = append(rows, refusal{name, private + text, "want one and nothing else"})
	}
	rows = append(rows,
		refusal{"parameters of another curve", private + string(pemText("EC PARAMETERS", []byte{6, 5, 0x2b, 0x81, 4, 0, 0x22})), "name P-384, which is not its curve"},
		refusal{"parameters of two curves", string(pemText("EC PARAMETERS", []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7})) + private + string(pemText("EC PARAMETERS", []byte{6, 5, 0x2b, 0x81, 4, 0, 0x22})), "two curves"},
		refusal{"parameters beside an RSA key", string(pemText("EC PARAMETERS", []byte{6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7})) + file(t, "rsa2048-pkcs8"), "not its curve"},
		refusal{"a request", private + file(t, "refused/request"), `a PEM block "CERTIFICATE REQUEST" beside the key`},
		refusal{"a request after an OpenSSH key", file(t, "ed25519-default") + file(t, "refused/request"), `a PEM block "CERTIFICATE REQUEST" beside the key`},
		refusal{"an OpenSSH key first", file(t, "ed25519-default") + private, "want one and nothing else"},
	)
	checkRefusals(t, rows, parsePrivate)
	checkRefusals(t, []refusal{
		{"another public key", public + file(t, "openssl-ed25519.pub"), "want one and nothing else"}, {"a certificate", file(t, "openssl-genpkey-rsa.crt") + public, "want one and nothing else"},
		{"a certificate after it", public + file(t, "openssl-genpkey-rsa.crt"), "want one and nothing else"}, {"a request", public + file(t, "refused/request"), `a PEM block "CERTIFICATE REQUEST" beside the key`},
		{"parameters of another curve", public + string(pemText("EC PARAMETERS", []byte{6, 5, 0x2b, 0x81, 4, 0, 0x22})), "name P-384, which is not its curve"},
	}, parsePublic)
}

// Editors on Windows begin a file with a byte order mark.
func TestByteOrderMarksSayNothing(t *testing.T) {
	const mark = "\ufeff"
	for name, text := range map[string]string{"PEM": file(t, "openssl-ecparam.pub"), "a line": file(t, "ed25519-default.pub"), "a JWK": testkeys.RFCPublicEC} {
		want, _, err := keytext.Public([]byte(text), false)
		require.NoError(t, err)
		for _, marked := range []string{mark + text, mark + "\r\n" + text, "\n" + mark + text} {
			got, _, err := keytext.Public([]byte(marked), false)
			require.NoError(t, err, name)
			require.Equal(t, want, got)
		}
		require.Error(t, parsePublic([]byte(mark+mark+text)), name)
	}
	for name, text := range map[string]string{"PEM": file(t, "ecdsa256-pkcs8"), "OpenSSH": file(t, "ed25519-default"), "a JWK": testkeys.RFCPrivateEC} {
		require.NoError(t, parsePrivate([]byte(mark+text)), name)
	}
	require.NoError(t, parseSecret([]byte(mark+testkeys.RFCSecret)))
}

// A text that went through a configuration is not read, since nobody knows what else has happened
// to it; but the error says what has.
func TestMangledTextsSayWhatHappened(t *testing.T) {
	public := file(t, "openssl-genpkey-rsa.pub")
	escaped := strings.ReplaceAll(public, "\n", `\n`)
	block, _ := pem.Decode([]byte(public))
	inJSON := func(members map[string]any) string {
		text, err := json.Marshal(members)
		require.NoError(t, err)
		return string(text)
	}
	large := strings.Repeat("a line\n", 10<<10)
	const escapes, blanks, before, repaired = `written \n`, "turned into blanks", "text before the PEM block in its first line", "FILE` writes it anew"
	for _, row := range []refusal{
		{`\n`, escaped, escapes}, {`\n in quotes`, `"` + escaped + `"`, escapes}, {`\n in single quotes`, `'` + escaped + `'`, escapes}, {`\r\n`, strings.ReplaceAll(public, "\n", `\r\n`), escapes},
		{`\n in a .env file`, `KEY="` + escaped + `"`, escapes}, {`a line of YAML`, `key: "` + escaped + `"`, escapes}, {"quotes", `"` + strings.TrimSpace(public) + `"`, before},
		{"blanks", strings.ReplaceAll(public, "\n", " "), blanks}, {"no breaks", strings.ReplaceAll(public, "\n", ""), "lost"}, {"CR", strings.ReplaceAll(public, "\n", "\r"), "carriage returns alone"},
		{"the first break", strings.ReplaceAll(strings.Replace(public, "\n", " ", 1), "\n", "\r\n"), blanks},
		{"indented", strings.ReplaceAll(public, "\n", "\n    "), "indented"}, {"indented below a name", "key: |\n" + "  " + strings.ReplaceAll(public, "\n", "\n  "), "indented"},
		{"\\r\\n of JSON", strings.ReplaceAll(strings.ReplaceAll(public, "\n", `\r\n`), "/", `\/`), escapes}, {"tabs", "\t" + strings.ReplaceAll(public, "\n", "\n\t"), "indented"},
		{"blanks at the ends of lines", strings.ReplaceAll(public, "\n", " \n"), "has blanks or blank lines"}, {"blank lines", strings.ReplaceAll(public, "\n", "\n\n"), "has blanks or blank lines"},
	} {
		checkRefusals(t, []refusal{row, {row.name + ", cure", row.text, repaired}}, parsePublic)
	}
	checkRefusals(t, []refusal{
		{"base64", b64std([]byte(public)), "encoded once more: `base64 -di FILE` decodes it"}, {"base64 in lines", wrap(b64std([]byte(public)), 76), "`base64 -di FILE` decodes it"},
		{"base64 of a JWK", b64std([]byte(testkeys.RFCPublicEC)), "`base64 -di FILE` decodes it"}, {"base64 of a line", b64std([]byte(file(t, "ed25519-default.pub"))), "`base64 -di FILE` decodes it"},
		{"base64 twice", b64std([]byte(b64std([]byte(public)))), "`base64 -di FILE` decodes it"}, {"base64 of RFC 4716", b64std([]byte(file(t, "refused/rfc4716"))), "`base64 -di FILE` decodes it"},
		{"base64 of a service account", b64std([]byte(inJSON(map[string]any{"type": "service_account", "private_key": file(t, "rsa2048-pkcs8")}))), "`base64 -di FILE` decodes it"},
		{"base64url", b64([]byte(public)), "encoded once more: `perl -MMIME::Base64"}, {"base64url of DER", b64(block.Bytes), "`perl -MMIME::Base64 -0ne 'tr{-_}{+/}; print decode_base64($_)' FILE | openssl pkey -pubin -inform DER`"},
		{"UTF-16 without a mark", strings.Join(strings.Split(public, ""), "\x00") + "\x00", "`iconv -f UTF-16LE -t UTF-8 FILE` converts it"}, {"with its high bytes first", "\x00" + strings.Join(strings.Split(public, ""), "\x00"), "`iconv -f UTF-16BE -t UTF-8 FILE` converts it"},
		{"UTF-32", "\xff\xfe\x00\x00" + strings.Join(strings.Split(public, ""), "\x00\x00\x00") + "\x00\x00\x00", "`iconv -f UTF-32 -t UTF-8 FILE` converts it"}, {"JSON in JSON", inJSON(map[string]any{"a": map[string]any{"pem": public}}), "has a PEM text somewhere in it"},
		{"PKCS #12 in base64", b64std([]byte(file(t, "refused/pkcs12.p12"))), "`base64 -di FILE > OUT` decodes it, and `openssl pkcs12 -nocerts -nodes -in OUT`"}, {"boundaries of another spelling", strings.ReplaceAll(public, "BEGIN", "Begin"), "with something around it"},
		{"no end line", `KEY="` + escaped[:200] + `"`, "has no end line"}, {"no end line behind a whole key", public[:strings.Index(public, "-----END")], "has no end line"},
		{"a block in a block", strings.Replace(public, "\n", "\n-----BEGIN X-----\n", 1), "has no end line"}, {"a line without its type", strings.Fields(file(t, "ed25519-default.pub"))[1], "without the type before it"},
		{"another line without its type", strings.Fields(sshBlob("ssh-dss", []byte("p")))[1], "want the plain .pub line"},
		{"nothing in the block", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "it is damaged"}, {"a line that is no base64", strings.Replace(public, "-----END", "!!!!\n-----END", 1), "it is damaged"},
		{"UTF-16LE with its mark", "\xff\xfe-\x00", "`iconv -f UTF-16"}, {"UTF-16BE with its mark", "\xfe\xff\x00-", "`iconv -f UTF-16"},
		{"a large text with a public key", large + public, "(`openssl pkey -pubin -in FILE` prints"}, {"a large text with a private key", large + file(t, "rsa2048-pem"), "(`openssl pkey -in FILE` prints"},
		{"a large text with a certificate", large + file(t, "openssl-genpkey-rsa.crt"), "(`openssl x509 -in FILE` prints"}, {"a large text", large, "is it the right file?"},
		{"a service account", inJSON(map[string]any{"type": "service_account", "private_key_id": "k1", "private_key": file(t, "rsa2048-pkcs8")}), `Google service account: its member "private_key" is the key`},
		{"another JSON", inJSON(map[string]any{"kid": "1", "pem": public}), `no JWK: its member "pem" is the key`},
		{"a JWK with another kty", inJSON(map[string]any{"kty": "X", "pem": public}), `its member "pem" is the key`},
		{"a JSON of certificates", inJSON(map[string]any{"b": file(t, "openssl-genpkey-rsa.crt"), "a": file(t, "openssl-genpkey-rsa.crt")}), `its member "a" is the key`},
		{"a JSON without a key", `{"type":"service_account"}`, "kty"}, {"a JWK with PEM beside its numbers", testkeys.Edit(t, testkeys.RFCPublicRSA, "e", "AA", "pem", public), "the JWK's e is zero"},
	}, parsePublic)
}

// Some programs make up labels, and OpenSSL reads them no more than this package does.
func TestLabelsThatNobodyKnowsAreCorrected(t *testing.T) {
	pkcs1 := []byte("\x30\x06\x02\x01\x03\x02\x01\x03")
	relabelled := func(name, from, to string) string { return strings.ReplaceAll(file(t, name), from, to) }
	checkRefusals(t, []refusal{
		{"PKCS #8", relabelled("ecdsa256-pkcs8", " PRIVATE", " ED25519 PRIVATE"), `says "ED25519 PRIVATE KEY" and holds what belongs into "PRIVATE KEY": ` + "`sed 's/ED25519 PRIVATE KEY-----/PRIVATE KEY-----/' FILE` corrects it"},
		{"SEC 1", relabelled("ecdsa256-pem", " EC PRIVATE", " ECDSA PRIVATE"), "`sed 's/ECDSA PRIVATE KEY-----/EC PRIVATE KEY-----/' FILE`"},
		{"PKCS #1", relabelled("rsa2048-pem", " RSA PRIVATE", " SSH PRIVATE"), "`sed 's/SSH PRIVATE KEY-----/RSA PRIVATE KEY-----/' FILE`"},
		{"OpenSSH", relabelled("ed25519-default", " OPENSSH PRIVATE", " SSH PRIVATE"), "`sed 's/SSH PRIVATE KEY-----/OPENSSH PRIVATE KEY-----/' FILE`"},
		{"one for sed", relabelled("ecdsa256-pkcs8", " PRIVATE", " /e;PRIVATE"), "no private key of a supported kind"},
		{"a long one", relabelled("ecdsa256-pkcs8", " PRIVATE", strings.Repeat(" A", 20)+" PRIVATE"), "no private key of a supported kind"},
		{"another content", string(pemText("FOO PRIVATE KEY", []byte("\x30\x03\x02\x01\x01"))), "no private key of a supported kind"},
	}, parsePrivate)
	checkRefusals(t, []refusal{
		{"PKIX", relabelled("openssl-ecparam.pub", " PUBLIC", " EC PUBLIC"), "`sed 's/EC PUBLIC KEY-----/PUBLIC KEY-----/' FILE` corrects it"},
		{"a certificate", relabelled("openssl-genpkey-rsa.crt", "CERTIFICATE", "X509 CERTIFICATE"), "`openssl x509 -in FILE` writes it as a plain CERTIFICATE"},
		{"a request", relabelled("refused/request", "CERTIFICATE", "NEW CERTIFICATE"), "this is a certificate request"}, {"PKCS #7", relabelled("refused/pkcs7.pem", "PKCS7", "CMS"), "this is a PKCS #7 file"},
		{"a certificate as a key", relabelled("openssl-genpkey-rsa.crt", "CERTIFICATE", "PUBLIC KEY"), "what belongs into \"CERTIFICATE\""},
		{"a key as a certificate", relabelled("openssl-ecparam.pub", "PUBLIC KEY", "CERTIFICATE"), "what belongs into \"PUBLIC KEY\""},
		{"PKCS #1 as PKIX", string(pemText("PUBLIC KEY", pkcs1)), "what belongs into \"RSA PUBLIC KEY\""},
		{"an encrypted key", relabelled("encrypted/rsa", "ENCRYPTED PRIVATE KEY", "PUBLIC KEY"), "what belongs into \"ENCRYPTED PRIVATE KEY\""},
		{"more after it", string(pemText("PUBLIC KEY", append(pkcs1, 0))), "is not what its label says"},
	}, parsePublic)
}
