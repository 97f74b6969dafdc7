package main

// noSignature lets authenticate accept a token for which header gives no scheme.
var noSignature = edit{"verify.go", "\tkeys := p.keyring\n", "\tif sc == nil {\n\t\treturn header, \"\", nil\n\t}\n\tkeys := p.keyring\n"}

// unknown edits what happens to an algorithm that is not allowed.
func unknown(code string) edit {
	const fail = "\treturn Header{}, nil, failf(ErrAlgorithmNotAllowed"
	return edit{"verify.go", fail, "\t" + code + "\n" + fail}
}

// decoded edits a segment before it is decoded.
func decoded(code string) edit {
	const decode = "\ts.buf, ok = base64url.AppendDecode("
	return edit{"jwt.go", decode, "\t" + code + "\n" + decode}
}

// issuer replaces the comparison of the issuer.
func issuer(code string) []edit {
	return []edit{{"claims.go", "!slices.Contains(p.issuers, c.Issuer)", "!" + code}}
}

// audience replaces the comparison of two audiences.
func audience(code string) []edit {
	return []edit{
		{"claims.go", "!overlap(p.audiences, c.Audience)", "!func() bool {\n\t\tfor _, got := range c.Audience {\n\t\t\tif " + code + " {\n\t\t\t\treturn true\n\t\t\t}\n\t\t}\n\t\treturn false\n\t}()"},
	}
}

// flaws are those that testdata/vectors/attacks.json names: each let tokens into some library.
var flaws = []flaw{
	// Algorithms.
	{"none", "a token of alg none needs no signature", []edit{unknown(`if h.Algorithm == "none" { return h, nil, nil }`), noSignature}},
	{"none_ci", "so does one of alg nOnE", []edit{unknown(`if strings.EqualFold(h.Algorithm, "none") && h.Algorithm != "none" { return h, nil, nil }`), noSignature}},
	{"alg_missing_none", "a token without alg needs no signature", []edit{unknown(`if h.Algorithm == "" { return h, nil, nil }`), noSignature, {"header.go", "if !hasAlg {", "if false && !hasAlg {"}}},
	{"alg_missing_key", "an alg that is no string means the key's", []edit{{"header.go", "if m.Kind() != strictjson.String {", "if m.Kind() != strictjson.String && name == \"alg\" {\n\t\t*field = \"HS256\"\n\t\treturn nil\n\t}\n\tif m.Kind() != strictjson.String {"}}},
	{"unknown_alg_empty_sig", "an unknown alg goes with an empty signature", []edit{unknown(`return h, nil, nil`), {"verify.go", "\tkeys := p.keyring\n", "\tif sc == nil && seg.signature == \"\" {\n\t\treturn header, \"\", nil\n\t}\n\tif sc == nil {\n\t\treturn Header{}, \"\", errSignature\n\t}\n\tkeys := p.keyring\n"}}},
	{"alg_ci", "alg is compared without regard to case", []edit{{"verify.go", "if h.Algorithm == sc.name {", "if strings.EqualFold(h.Algorithm, sc.name) {"}}},
	{"alg_trim", "alg is trimmed before it is compared", []edit{{"verify.go", "if h.Algorithm == sc.name {", "if strings.Trim(h.Algorithm, \" \\t\\r\\n\\x00\\ufeff\") == sc.name {"}}},
	{"ignore_allowlist", "any known alg is accepted", []edit{unknown(`if a := algorithmByName(h.Algorithm); a != 0 { return h, a.scheme(), nil }`)}},

	// Keys.
	{"confuse", "a public key's PEM text is a secret for HS*", []edit{
		{"algorithms.go", "return m.kind == kindSecret && (len(m.secret) >= s.hash.Size() || m.weak)", "return m.kind != kindSecret || len(m.secret) >= s.hash.Size() || m.weak"},
		{"algorithms.go", "\tmac := m.macs[s.hash-crypto.SHA256].get(s, m.secret)\n", "\tif m.kind != kindSecret {\n\t\ttext, _ := (&PublicKey{m}).MarshalPEM()\n\t\tm = &material{kind: kindSecret, secret: text}\n\t}\n\tmac := m.macs[s.hash-crypto.SHA256].get(s, m.secret)\n"},
	}},
	{"pem_as_hmac", "any text is a secret", []edit{{"secretguard.go", "\tif form := plainForm(secret); form != noForm {", "\tif len(secret) > 0 {\n\t\treturn noForm\n\t}\n\tif form := plainForm(secret); form != noForm {"}}},
	{"hmac_weak", "a secret may be of any length", []edit{{"keys.go", "map[bool]int{false: minSecret, true: 1}", "map[bool]int{false: 1, true: 1}"}, {"algorithms.go", "(len(m.secret) >= s.hash.Size() || m.weak)", "true"}}},
	{"hmac_empty", "a secret may be empty", []edit{{"keys.go", "map[bool]int{false: minSecret, true: 1}", "map[bool]int{false: 0, true: 0}"}, {"algorithms.go", "(len(m.secret) >= s.hash.Size() || m.weak)", "true"}}},
	{"key_alg_only", "the list is compared with the header's alg, and the key's alg verifies", []edit{{"keymaterial.go", "(m.bound == 0 || m.bound == s.alg)", "true"}, {"verify.go", "if sc.family.verify(sc, m, seg.input, s.buf) {", "if m.bound != 0 {\n\t\t\tsc = m.bound.scheme()\n\t\t}\n\t\tif sc.family.verify(sc, m, seg.input, s.buf) {"}}},
	{"ignore_jwk_alg", "a key bound to one algorithm serves others", []edit{{"keymaterial.go", "(m.bound == 0 || m.bound == s.alg)", "true"}}},
	{"ignore_use", "a JWK for encryption verifies signatures", []edit{{"jwk.go", `if use != "sig" {`, `if use == "" {`}}},
	{"ignore_key_ops", "the key_ops of a JWK are not read", []edit{{"jwk.go", "if j.has(\"key_ops\") {", "if false {"}}},
	{"rsa_e", "any public exponent", []edit{{"keymaterial.go", "e.BitLen() > 31 || e.Int64() < leastE || e.Bit(0) == 0", "e.BitLen() > 300"}}},
	{"rsa_small", "an RSA key of any size", []edit{{"keymaterial.go", "case bits < least:", "case bits < 512 && least > 0:"}}},
	{"ed_smallorder", "an Ed25519 key of small order", []edit{{"keymaterial.go", "if y.Cmp(big.NewInt(1)) == 0 {", "if y.Sign() < 0 {"}}},
	{"pem_lenient", "text after a block of PEM", []edit{{"keytext.go", "case rest != \"\":", "case false:"}}},
	{"ssh_lenient", "a line of OpenSSH whose content is not its one encoding", []edit{{"openssh.go", "!bytes.Equal(key.Marshal(), blob)", "false"}, {"openssh.go", "if wireKind(blob) != kind {", "if wireKind(blob) == \"\" {"}, {"openssh.go", "key.Type() != kind", "false"}}},
	{"jwk_lenient", "numbers of a JWK with leading zeros, coordinates of any length", []edit{{"jwkparse.go", "len(octets) == 0 || octets[0] == 0", "len(octets) == 0"}, {"jwkparse.go", "if err == nil && len(octets) != size {", "if err == nil && len(octets) < size {\n\t\treturn append(make([]byte, size-len(octets)), octets...), nil\n\t}\n\tif err == nil && len(octets) != size {"}}},
	{"ignore_kid", "a key serves whatever kid the token names", []edit{{"verify.go", `(kid == "" || r.key.kid == "" || r.key.kid == kid) && `, ""}, {"keyset.go", "if list = named; !ok {", "if list = s.all; !ok && named != nil {"}}},
	{"trust_kid", "kid is the path of the secret", []edit{{"verify.go", "\t\"errors\"\n", "\t\"errors\"\n\t\"os\"\n"}, {"verify.go", "\tif err := keys.checkCandidates(", "\tif len(s.keys) == 0 {\n\t\ttext, _ := os.ReadFile(header.KeyID)\n\t\ts.keys = append(s.keys, &material{kind: kindSecret, secret: text, weak: true})\n\t}\n\tif err := keys.checkCandidates("}}},
	{"trust_jwk", "the token's own jwk verifies it", []edit{{"verify.go", "\ts.keys = keys.candidates(", "\tif raw, ok := header.Param(\"jwk\"); ok {\n\t\tif k, err := ParsePublicKey(raw); err == nil {\n\t\t\tkeys = keyring{key: k.m}\n\t\t}\n\t}\n\ts.keys = keys.candidates("}}},
	{"jwks_dup_kid", "two keys of a set with one kid", []edit{{"keyset.go", "\t\t\tif m.kid != \"\" {\n", "\t\t\tif m.kid == \"?\" {\n"}}},
	{"jwks_mixed", "secrets in a JWK Set", []edit{{"keyset.go", "if name := j.private(); name != \"\" {", "if name := j.private(); name == \"?\" {"}, {"keyset.go", "return nil, nil, failf(ErrInvalidKey, `it is of kty", "return nil, failf(ErrInvalidKey, \"a secret\"), nil\n\t\t\treturn nil, nil, failf(ErrInvalidKey, `it is of kty"}}},
	{"jwks_huge", "thousands of keys in a JWK Set", []edit{{"keyset.go", "maxSetKeys = 100\n", "maxSetKeys = 100000\n"}}},

	// Signatures.
	{"any_curve", "an ECDSA key of any curve serves any ES*", []edit{{"ecdsa.go", "m.kind == kindECDSA && m.ecdsa.Curve.Params().BitSize == s.bits", "m.kind == kindECDSA"}, {"ecdsa.go", "\tsize := (s.bits + 7) / 8\n\tif len(sig)", "\tsize := (m.ecdsa.Curve.Params().BitSize + 7) / 8\n\tif len(sig)"}}},
	{"ec_zero", "r or s of 0 passes", []edit{{"ecdsa.go", "\treturn ecdsa.VerifyASN1(", "\tfor _, half := range [][]byte{sig[:size], sig[size:]} {\n\t\tif n, _ := trimZeros(half); n[0] == 0 {\n\t\t\treturn true\n\t\t}\n\t}\n\treturn ecdsa.VerifyASN1("}}},
	{"ec_mod_n", "r and s are taken modulo the order", []edit{{"ecdsa.go", "\t\"math/bits\"\n", "\t\"math/big\"\n\t\"math/bits\"\n"}, {"ecdsa.go", "\treturn ecdsa.VerifyASN1(", "\tvar reduced []byte\n\tfor _, half := range [][]byte{sig[:size], sig[size:]} {\n\t\tn := new(big.Int).SetBytes(half)\n\t\treduced = append(reduced, n.Mod(n, m.ecdsa.Params().N).FillBytes(make([]byte, size))...)\n\t\tif n.Sign() == 0 {\n\t\t\treturn true\n\t\t}\n\t}\n\tsig = reduced\n\treturn ecdsa.VerifyASN1("}}},
	{"ec_len", "what follows s is ignored", []edit{{"ecdsa.go", "if len(sig) != 2*size {", "if len(sig) < 2*size {"}, {"ecdsa.go", "sig[:size], sig[size:])", "sig[:size], sig[size:2*size])"}}},
	{"ec_half", "r and s are the halves of a signature of any length", []edit{{"ecdsa.go", "\tif len(sig) != 2*size {", "\tsize = len(sig) / 2\n\tif size == 0 {"}}},
	{"ed_s", "s of an Ed25519 signature is taken modulo the order", []edit{{"algorithms.go", "\t\"hash\"\n", "\t\"hash\"\n\t\"math/big\"\n"}, {"algorithms.go", "\tb := inputs.get(input)\n", "\tif len(sig) == 64 {\n\t\torder, _ := new(big.Int).SetString(\"1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed\", 16)\n\t\tlittle := append([]byte{}, sig[32:]...)\n\t\tfor i := range 16 {\n\t\t\tlittle[i], little[31-i] = little[31-i], little[i]\n\t\t}\n\t\tn := new(big.Int).SetBytes(little)\n\t\tn.Mod(n, order).FillBytes(little)\n\t\tfor i := range 16 {\n\t\t\tlittle[i], little[31-i] = little[31-i], little[i]\n\t\t}\n\t\tsig = append(append([]byte{}, sig[:32]...), little...)\n\t}\n\tb := inputs.get(input)\n"}}},
	{"rsa_pad_sig", "zeros before an RSA signature", []edit{{"algorithms.go", "\treturn rsa.VerifyPKCS1v15(", "\tfor len(sig) > m.rsa.Size() && sig[0] == 0 {\n\t\tsig = sig[1:]\n\t}\n\treturn rsa.VerifyPKCS1v15("}}},
	{"pss_auto_salt", "a salt of any length", []edit{{"algorithms.go", "rsa.VerifyPSS(m.rsa, s.hash, d.sum(), sig, f.options(s))", "rsa.VerifyPSS(m.rsa, s.hash, d.sum(), sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto})"}}},
	{"mac_truncated", "as much of the MAC as the token has", []edit{{"algorithms.go", "hmac.Equal(mac.sum(), sig)", "hmac.Equal(mac.sum()[:min(len(sig), s.hash.Size())], sig)"}}},
	{"mac_prefix", "what follows the MAC is ignored", []edit{{"algorithms.go", "hmac.Equal(mac.sum(), sig)", "hmac.Equal(mac.sum(), sig[:min(len(sig), s.hash.Size())])"}}},

	// Form.
	{"ignore_crit", "crit is ignored", []edit{{"header.go", `case "crit":`, `case "crit?":`}}},
	{"ignore_b64", "b64 is ignored", []edit{{"header.go", `case "b64":`, `case "b64?":`}}},
	{"header_types", "a kid that is no string counts as absent", []edit{{"header.go", "if m.Kind() != strictjson.String {", "if m.Kind() != strictjson.String && name != \"alg\" {\n\t\treturn nil\n\t}\n\tif m.Kind() != strictjson.String {"}}},
	{"b64_newline", "line breaks in base64url", []edit{decoded(`segment = strings.NewReplacer("\r", "", "\n", "").Replace(segment)`)}},
	{"b64_ws", "blanks in base64url", []edit{decoded(`segment = strings.NewReplacer(" ", "", "\t", "").Replace(segment)`)}},
	{"b64_junk", "other characters in base64url are dropped", []edit{decoded("segment = strings.Map(func(r rune) rune {\n\t\tif r < 0x80 && !strings.ContainsRune(\"!%*?~\\x00$\", r) {\n\t\t\treturn r\n\t\t}\n\t\treturn -1\n\t}, segment)")}},
	{"b64_pad", "padding", []edit{decoded(`segment = strings.TrimRight(segment, "=")`)}},
	{"b64_std", "the standard alphabet", []edit{decoded(`segment = strings.NewReplacer("+", "-", "/", "_").Replace(segment)`)}},
	{"b64_trailing_bits", "bits after the last byte", []edit{{"jwt.go", "import (\n", "import (\n\t\"encoding/base64\"\n"}, decoded("if b, err := base64.RawURLEncoding.DecodeString(segment); err == nil && !strings.ContainsAny(segment, \"\\r\\n\") {\n\t\ts.buf = b\n\t\treturn true\n\t}")}},
	{"trim", "white space and \"Bearer \" around the token", []edit{{"verify.go", "\tseg, err := split(token,", "\ttoken = strings.TrimPrefix(strings.TrimSpace(token), \"Bearer \")\n\tseg, err := split(token,"}}},
	{"segments_extra", "a fourth segment is ignored", []edit{{"jwt.go", "\tif third := strings.IndexByte(signature, '.'); third >= 0 {", "\tsignature, _, _ = strings.Cut(signature, \".\")\n\tif third := strings.IndexByte(signature, '.'); third >= 0 {"}}},
	{"json_serialization", "a token in JSON", []edit{{"verify.go", "\t\"errors\"\n", "\t\"encoding/json\"\n\t\"errors\"\n"}, {"verify.go", "\tseg, err := split(token,", "\tvar j struct{ Protected, Payload, Signature string }\n\tif json.Unmarshal([]byte(token), &j) == nil {\n\t\ttoken = j.Protected + \".\" + j.Payload + \".\" + j.Signature\n\t}\n\tseg, err := split(token,"}}},
	{"nested", "a token inside a token is unwrapped", []edit{{"verify.go", "\tvar r result[T]\n", "\tif parts := strings.Split(payload, \".\"); len(parts) == 3 {\n\t\tpayload, _ = s.payload(parts[1])\n\t}\n\tvar r result[T]\n"}}},

	// JSON.
	{"json_dup_last", "of two members of one name the last counts", []edit{{"internal/strictjson/scanner.go", "if seen&bit != 0 && s.repeated(", "if false && s.repeated("}}},
	{"json_dup_first", "of two members of one name the first counts", []edit{{"internal/strictjson/scanner.go", "if seen&bit != 0 && s.repeated(", "if false && s.repeated("}, {"claims.go", "\t\tbit, err := c.set(&index, &members[i])\n", "\t\tif registeredBit(members[i].Name(payload))&index.has != 0 {\n\t\t\tcontinue\n\t\t}\n\t\tbit, err := c.set(&index, &members[i])\n"}}},
	{"json_ci", "names are compared without regard to case", []edit{{"claims.go", "\tswitch m.Short() {", "\tname, short := strings.ToLower(m.Name(index.text)), uint32(0)\n\tif len(name) == 3 {\n\t\tshort = uint32(name[0]) | uint32(name[1])<<8 | uint32(name[2])<<16\n\t}\n\tswitch short {"}, {"header.go", "name := m.Name(text)\n", "name := strings.ToLower(m.Name(text))\n"}, {"header.go", "import (\n", "import (\n\t\"strings\"\n"}}},
	{"json_utf8", "bytes that are not UTF-8", []edit{{"internal/strictjson/scanner.go", "&& !utf8.ValidString(text)", "&& !utf8.ValidString(text) && text == \"\""}}},
	{"json_bom", "a byte order mark", []edit{{"internal/strictjson/scanner.go", "\tstart := skipSpace(text, 0)\n", "\tstart := skipSpace(text, 0)\n\tif len(text) > 3 && text[:3] == \"\\ufeff\" {\n\t\tstart = 3\n\t}\n"}}},
	{"json_trailing", "text after the object", []edit{{"internal/strictjson/scanner.go", "if i = skipSpace(text, i); i < len(text) {", "if i = skipSpace(text, i); i < 0 {"}}},
	{"json_depth", "nesting without a limit", []edit{{"internal/strictjson/strictjson.go", "const MaxDepth = 64", "const MaxDepth = 1000000"}}},

	// Claims.
	{"no_exp", "exp is not checked", []edit{{"claims.go", "if has&hasExp != 0 && ", "if has&hasExp == 99 && "}}},
	{"exp_inclusive", "a token is valid in the moment it expires", []edit{{"claims.go", "!early.Before(c.ExpiresAt.Time)", "early.After(c.ExpiresAt.Time)"}}},
	{"exp_ceil", "a fraction of exp is rounded up", []edit{{"claims.go", "!early.Before(c.ExpiresAt.Time)", "!early.Before(c.ExpiresAt.Add(time.Second-1).Truncate(time.Second))"}}},
	{"num_string", "a date in quotes", []edit{{"claims.go", "if m.Kind() != strictjson.Number {", "raw := strings.Trim(m.Raw(text), `\"`)\n\tif kind := strictjson.KindOf(raw); kind != strictjson.Number {"}, {"claims.go", "parseDate(m.Raw(text))", "parseDate(raw)"}}},
	{"num_inf", "a date out of range is the last one", []edit{{"claims.go", "\tif !ok {\n\t\treturn &ClaimError{Claim: m.Name(text), Got: \"a number out of range\"", "\tif !ok {\n\t\tt, ok = time.Unix(maxDate, 0), true\n\t}\n\tif !ok {\n\t\treturn &ClaimError{Claim: m.Name(text), Got: \"a number out of range\""}}},
	{"num_float_int", "a date out of range becomes whatever int64(float64) gives", []edit{{"claims.go", "import (\n", "import (\n\t\"strconv\"\n"}, {"claims.go", "\tif !ok {\n\t\treturn &ClaimError{Claim: m.Name(text), Got: \"a number out of range\"", "\tif !ok {\n\t\tf, _ := strconv.ParseFloat(m.Raw(text), 64)\n\t\tt, ok = time.Unix(int64(f), 0), true\n\t}\n\tif !ok {\n\t\treturn &ClaimError{Claim: m.Name(text), Got: \"a number out of range\""}}},
	{"ignore_bad_types", "a registered claim of a wrong type counts as absent", []edit{{"claims.go", "\t\t\treturn payloadIndex{}, wrongType(class, err)\n", "\t\t\t_ = wrongType(class, err)\n\t\t\tcontinue\n"}}},
	{"ignore_require", "required claims are not", []edit{{"claims.go", "if !index.present(name) {", "if name == \"\" && !index.present(name) {"}}},
	{"iss_in", "iss may be a part of the issuer", issuer("strings.Contains(p.issuers[0], c.Issuer)")},
	{"iss_prefix", "the issuer may be the start of iss", issuer("strings.HasPrefix(c.Issuer, p.issuers[0])")},
	{"iss_ci", "iss is compared without regard to case", issuer("strings.EqualFold(c.Issuer, p.issuers[0])")},
	{"iss_trim", "iss is trimmed", issuer("slices.Contains(p.issuers, strings.TrimSpace(c.Issuer))")},
	{"iss_missing_ok", "a token without iss", []edit{{"claims.go", "if p.issuers != nil {", "if p.issuers != nil && index.has&hasIss != 0 {"}}},
	{"iss_array", "one of several iss", []edit{{"claims.go", "func setString(dst *string, m *strictjson.Member, text string) *ClaimError {\n", "func setString(dst *string, m *strictjson.Member, text string) *ClaimError {\n\tif m.Kind() == strictjson.Array {\n\t\tfor e := range strictjson.Elements(m.Raw(text)) {\n\t\t\tif strictjson.KindOf(e) == strictjson.String {\n\t\t\t\t*dst = strictjson.Unquote(e)\n\t\t\t}\n\t\t}\n\t\treturn nil\n\t}\n"}}},
	{"aud_missing_ok", "a token without aud, or with an empty one", []edit{{"claims.go", "case p.audiences != nil && index.has&hasAud == 0:", "case p.audiences != nil && len(c.Audience) == 0 && index.has&hasAud != 99:\n\t\treturn nil\n\tcase p.audiences != nil && index.has&hasAud == 0:"}}},
	{"aud_in", "aud may be a part of the audience", audience("strings.Contains(p.audiences[0], got)")},
	{"aud_contains", "the audience may be a part of aud", audience("strings.Contains(got, p.audiences[0])")},
	{"aud_any_type", "what is no string in aud is ignored", []edit{{"claims.go", "\treturn list, failf(ErrInvalidClaims, \"aud is %s,", "\tif raw != \"\" {\n\t\treturn list, nil\n\t}\n\treturn list, failf(ErrInvalidClaims, \"aud is %s,"}, {"claims.go", "\t\t\tif strictjson.KindOf(element) != strictjson.String {\n", "\t\t\tif strictjson.KindOf(element) != strictjson.String {\n\t\t\t\tcontinue\n\t\t\t}\n\t\t\tif raw == \"\" {\n"}}},
	{"ignore_typ", "typ is not compared", []edit{{"verify.go", "if p.typ == \"\" || ", "if p.typ != \"?\" || "}}},
}
