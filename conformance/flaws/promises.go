package main

// promise is a row of the table of promises in SECURITY.md, by how it starts, and the flaws
// that break it. Each of the row's tests must find one of them.
type promise struct {
	starts string
	broken []string
}

// promises are in the order of the table.
var promises = []promise{
	{"Only the algorithms that the caller lists are used", []string{"none", "ignore_allowlist", "alg_optional"}},
	{"A key serves only the algorithms of its kind, size, curve, use and binding", []string{"any_curve", "hmac_size", "jwk_alg_lost", "ignore_use", "ignore_jwk_alg"}},
	{"A signature has the one length, hash and salt of its algorithm", []string{"mac_truncated", "ec_zero", "pss_auto_salt"}},
	{"The text or DER of a public key, a private key, a certificate or a JWK is never accepted as a secret", []string{"pem_as_hmac", "ssh_as_hmac", "der_as_hmac", "jwk_as_hmac"}},
	{"No key is ever taken from a token", []string{"trust_jwk", "trust_kid", "fetch_jku", "background"}},
	{"The signature is checked before the payload is parsed", []string{"payload_first", "forged_and_expired", "token_with_error"}},
	{"Whose fault an error is can be told", []string{"keyfunc_classes", "keyfunc_401"}},
	{"The checks of the registered claims do not depend on the claims type", []string{"checks_of_t"}},
	{"A claim of the wrong type is an error", []string{"ignore_bad_types", "date_float", "num_float_int"}},
	{"One spelling for each token", []string{"b64_newline", "b64_trailing_bits"}},
	{"Strict JSON in header, payload and JWK", []string{"json_dup_last", "json_ci", "json_utf8", "json_trailing", "json_depth", "lax_header", "lax_jwk"}},
	{"Any `crit` and any `b64` is refused", []string{"ignore_crit", "ignore_b64"}},
	{"What Sign returns, Verify does not call malformed", []string{"sign_unchecked", "sign_utf8", "sign_dates"}},
	{"Empty options are errors", []string{"empty_text", "empty_list"}},
	{"Secrets and private keys do not print, marshal or log", []string{"secret_prints", "private_marshals"}},
	{"No error has a segment of a token, a signature or a key in it", []string{"token_in_error", "mac_in_error", "quote_all", "quote_parser"}},
	{"MACs are compared in constant time", []string{"mac_equal"}},
	{"A forged token costs no memory in proportion to its length", []string{"payload_first", "eddsa_copies", "split_all", "quadratic", "try_all"}},
	{"Whatever kids tokens name, a source of package jwks fetches at most once per cooldown", []string{"no_cooldown", "no_pause"}},
	{"Keys come over https (http only with `AllowHTTP`) and from the configured place only", []string{"plain_http", "redirects", "issuer_slash"}},
	{"A fetch that fails erases no key", []string{"fault_erases", "empty_kept", "removed_kept"}},
	{"The sources of two issuers share no keys", []string{"shared_kids"}},
	{"Hostile key text is refused before it costs much", []string{"rsa_e", "rsa_huge", "ed_smallorder", "jwk_copies"}},
	{"Verifiers, signers and keys may be shared by goroutines", []string{"one_scratch", "one_digest", "cached"}},
}

var promiseFlaws = []flaw{
	{"alg_optional", "without a list every algorithm is allowed", []edit{{"verify.go", "\tif len(algs) == 0 {\n", "\tfor i := range schemes[1:] {\n\t\tif len(algs) == 0 {\n\t\t\tp.schemes = append(p.schemes, &schemes[i+1])\n\t\t}\n\t}\n\tif len(p.schemes) > 0 {\n\t\treturn nil\n\t}\n\tif len(algs) == 0 {\n"}}},

	// Keys.
	{"hmac_size", "a secret of 32 bytes serves HS512", []edit{{"algorithms.go", "(len(m.secret) >= s.hash.Size() || m.weak)", "(len(m.secret) >= minSecret || m.weak)"}}},
	{"jwk_alg_lost", "the alg of a JWK does not bind its key", []edit{{"jwk.go", "\tm.bound = j.alg\n", ""}}},
	{"ssh_as_hmac", "the OpenSSH line of a key is a secret", []edit{{"secretguard.go", "\t\tif strings.HasPrefix(kind, prefix) {\n\t\t\treturn true", "\t\tif strings.HasPrefix(kind, prefix) {\n\t\t\treturn false"}}},
	{"der_as_hmac", "DER is a secret", []edit{{"secretguard.go", "\tif !parses(new([]asn1.RawValue)) {\n", "\tif len(b) > 0 || !parses(new([]asn1.RawValue)) {\n"}}},
	{"jwk_as_hmac", "a JWK is a secret", []edit{{"secretguard.go", "(one[\"kty\"] != nil || one[\"keys\"] != nil)", "one == nil"}}},

	// What a token brings along.
	{"fetch_jku", "the key is fetched from the jku of the token", []edit{
		{"verify.go", "import (\n", "import (\n\t\"encoding/json\"\n\t\"io\"\n\t\"net/http\"\n"},
		{"verify.go", "\ts.keys = keys.candidates(", "\tif raw, ok := header.Param(\"jku\"); ok {\n\t\tvar address string\n\t\t_ = json.Unmarshal(raw, &address)\n\t\tif res, err := http.Get(address); err == nil {\n\t\t\ttext, _ := io.ReadAll(res.Body)\n\t\t\tif set, err := ParseKeySet(text); err == nil {\n\t\t\t\tkeys = keyring{set: set}\n\t\t\t}\n\t\t}\n\t}\n\ts.keys = keys.candidates("},
	}},
	{"background", "a goroutine reads keys from a file now and then", []edit{
		{"keyset.go", "import (\n", "import (\n\t\"os\"\n\t\"time\"\n"},
		{"keyset.go", "func newKeySet() *KeySet {\n", "func init() {\n\tgo func() {\n\t\tfor range time.Tick(time.Minute) {\n\t\t\ttext, _ := os.ReadFile(\"/etc/jwt/keys.json\")\n\t\t\t_, _ = ParseKeySet(text)\n\t\t}\n\t}()\n}\n\nfunc newKeySet() *KeySet {\n"},
	}},

	// The order of checks.
	{"payload_first", "the claims are checked before the signature", []edit{{"verify.go", "\theader, keyID, err := v.p.authenticate(", "\tif text, err := s.payload(seg.payload); err == nil {\n\t\tvar c RegisteredClaims\n\t\tindex, err := s.registered(text, &c, nil, ErrMalformed)\n\t\tif err == nil {\n\t\t\terr = v.p.check(&c, index)\n\t\t}\n\t\tif err != nil {\n\t\t\treturn nil, err\n\t\t}\n\t}\n\theader, keyID, err := v.p.authenticate("}}},
	{"forged_and_expired", "a forged token is also called expired", []edit{{"verify.go", "v.p.authenticate(ctx, s, &seg)\n\tif err != nil {\n", "v.p.authenticate(ctx, s, &seg)\n\tif err != nil {\n\t\tif text, bad := s.payload(seg.payload); bad == nil {\n\t\t\tvar c RegisteredClaims\n\t\t\tindex, bad := s.registered(text, &c, nil, ErrMalformed)\n\t\t\tif bad == nil {\n\t\t\t\tbad = v.p.check(&c, index)\n\t\t\t}\n\t\t\treturn nil, errors.Join(err, bad)\n\t\t}\n"}}},
	{"token_with_error", "a token is returned together with the error", []edit{{"verify.go", "v.p.check(&t.RegisteredClaims, index); err != nil {\n\t\treturn nil, err", "v.p.check(&t.RegisteredClaims, index); err != nil {\n\t\treturn t, err"}}},
	{"keyfunc_classes", "an error of a KeyFunc keeps its classes", []edit{{"verify.go", "wrapf(ErrKeysUnavailable, outside{err}, ", "wrapf(ErrKeysUnavailable, err, "}}},
	{"keyfunc_401", "a KeyFunc that fails refuses the token", []edit{{"verify.go", "wrapf(ErrKeysUnavailable, outside{err}, ", "wrapf(ErrKeyNotFound, outside{err}, "}}},

	// Claims.
	{"checks_of_t", "claims that the claims type does not have are not checked", []edit{
		{"verify.go", "import (\n", "import (\n\t\"encoding/json\"\n"},
		{"verify.go", "\tif err := v.p.check(&t.RegisteredClaims, index)", "\tvar own T\n\t_ = json.Unmarshal([]byte(payload), &own)\n\ttext, _ := json.Marshal(own)\n\tvar c RegisteredClaims\n\tkept, _ := new(scratch).registered(string(text), &c, nil, ErrMalformed)\n\tindex.has &= kept.has\n\tif err := v.p.check(&t.RegisteredClaims, index)"},
	}},
	{"date_float", "dates are read as float64", []edit{{"numericdate.go", "\treturn parseAnyDate(raw)\n", "\tf, err := strconv.ParseFloat(raw, 64)\n\tif err != nil || f < minDate || f > maxDate {\n\t\treturn time.Time{}, false\n\t}\n\treturn time.Unix(int64(f), int64((f-float64(int64(f)))*1e9)).UTC(), true\n"}}},

	// One spelling, strict JSON.
	{"lax_header", "the header is read by encoding/json", []edit{{"header.go", "\tmembers, err := s.scanner.Object(text)\n\tif err != nil {\n\t\treturn wrapf", "\tvar lax map[string]json.RawMessage\n\tif json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&lax) == nil {\n\t\tagain, _ := json.Marshal(lax)\n\t\ttext = string(again)\n\t}\n\tmembers, err := s.scanner.Object(text)\n\tif err != nil {\n\t\treturn wrapf"}, {"header.go", "import (\n", "import (\n\t\"bytes\"\n"}}},
	{"lax_jwk", "a JWK is read by encoding/json", []edit{{"jwk.go", "\tmembers, err := scanner.Object(text)\n", "\tvar lax map[string]any\n\tif json.Unmarshal([]byte(text), &lax) == nil {\n\t\tagain, _ := json.Marshal(lax)\n\t\ttext = string(again)\n\t}\n\tmembers, err := scanner.Object(text)\n"}, {"jwk.go", "import (\n", "import (\n\t\"encoding/json\"\n"}}},

	// Signing and options.
	{"sign_unchecked", "what is signed is not read once more", []edit{{"sign.go", "\tif !info.Trusted {\n", "\tif false && !info.Trusted {\n"}}},
	{"sign_utf8", "text that is not UTF-8 is signed", []edit{{"internal/strictjson/text.go", "\t\t\treturn dst[:n], false\n", "\t\t\tn, i = n, i+size\n\t\t\tcontinue\n"}}},
	{"sign_dates", "dates that are out of range are signed", []edit{{"numericdate.go", "\tif seconds < minDate || seconds > maxDate {\n\t\treturn dst, failf(", "\tif seconds == 0 && d.IsZero() {\n\t\treturn dst, failf("}}},
	{"empty_text", "an empty text in an option is no check", []edit{{"options.go", "\tif text == \"\" {\n", "\tif text == \"\\x00\" {\n"}}},
	{"empty_list", "an empty list in an option is no check", []edit{{"options.go", "\t\tset(c, list)\n\t\tif len(list) == 0 {\n", "\t\tif len(list) == 0 {\n\t\t\treturn nil\n\t\t}\n\t\tset(c, list)\n\t\tif len(list) == 0 {\n"}}},

	// What is told.
	{"secret_prints", "a secret prints as any struct does", []edit{{"keys.go", "func (k SecretKey) Format(", "func (k SecretKey) format("}}},
	{"private_marshals", "a private key marshals", []edit{{"keys.go", "func (k PrivateKey) MarshalJSON() ([]byte, error) {\n", "func (k PrivateKey) MarshalJSON() ([]byte, error) {\n\tif k.k != nil {\n\t\treturn k.ExportJWK()\n\t}\n"}}},
	{"token_in_error", "an error quotes the token", []edit{{"verify.go", "\treturn Header{}, \"\", errSignature\n}\n", "\treturn Header{}, \"\", failf(ErrInvalidSignature, \"the signature of %s does not match\", seg.input)\n}\n"}}},
	{"mac_in_error", "an error quotes the signature that was expected", []edit{{"verify.go", "\treturn Header{}, \"\", errSignature\n}\n", "\tfor _, m := range s.keys {\n\t\tif m.kind == kindSecret {\n\t\t\twant, _ := sc.family.sign(sc, &signing{material: m}, nil, []byte(seg.input))\n\t\t\treturn Header{}, \"\", failf(ErrInvalidSignature, \"the signature is not %s\", base64url.AppendEncode(nil, want))\n\t\t}\n\t}\n\treturn Header{}, \"\", errSignature\n}\n"}}},
	{"quote_all", "texts are quoted in full", []edit{{"errors.go", "const maxQuoted = 64", "const maxQuoted = 1 << 20"}}},
	{"quote_parser", "what another package says of a key text is told in full", []edit{{"errors.go", "const maxCause = 256", "const maxCause = 1 << 20"}}},
	{"mac_equal", "MACs are compared byte by byte", []edit{{"algorithms.go", "hmac.Equal(mac.sum(), sig)", "string(mac.sum()) == string(sig)"}}},

	// What it costs.
	{"eddsa_copies", "with EdDSA the token is copied for each use", []edit{{"algorithms.go", "ed25519.Verify(m.ed25519, *b, sig)", "ed25519.Verify(m.ed25519, []byte(string(*b)), sig)"}}},
	{"split_all", "the token is split at every dot", []edit{{"jwt.go", "\theader, rest, one := strings.Cut(token, \".\")\n", "\tif len(strings.Split(token, \".\")) > 5 {\n\t\treturn segments{}, errSegments\n\t}\n\theader, rest, one := strings.Cut(token, \".\")\n"}}},
	{"quadratic", "a long payload is copied for each of its pieces", []edit{{"jwt.go", "\t\ttext.Write(s.buf)\n", "\t\tsofar := text.String() + string(s.buf)\n\t\ttext.Reset()\n\t\ttext.WriteString(sofar)\n"}}},
	{"try_all", "hundreds of keys are tried on a token", []edit{{"keyset.go", "maxCandidates = 16\n", "maxCandidates = 1000\n"}}},
	{"rsa_huge", "an RSA key of any length", []edit{{"keymaterial.go", "maxRSABits     = 16384\n", "maxRSABits     = 1 << 30\n"}}},
	{"jwk_copies", "the text of a JWK is copied for each of its members", []edit{{"jwk.go", "name := m.Name(text); slices.Contains", "name := m.Name(strings.Clone(text)); slices.Contains"}}},

	// Fetching.
	{"no_cooldown", "an unknown kid causes a fetch at once", []edit{{"jwks/source.go", "next.pause = span{started, started.Add(s.cooldown)}", "next.pause = span{}"}}},
	{"no_pause", "a fetch that failed is tried again at once", []edit{{"jwks/source.go", "next.pause = span{ended, ended.Add(s.backoff(next.failures, old.usable(ended)))}", "next.pause = span{}"}}},
	{"plain_http", "http is as good as https", []edit{{"jwks/fetch.go", "case u.Scheme == \"http\" && !c.allowHTTP:", "case u.Scheme == \"http\" && c.timeout < 0:"}}},
	{"redirects", "redirects are followed", []edit{{"jwks/options.go", "return http.ErrUseLastResponse", "return nil"}}},
	{"issuer_slash", "the metadata's issuer is compared without its case and a slash at the end", []edit{{"jwks/discover.go", "got != s.issuer", "!strings.EqualFold(strings.TrimSuffix(got, \"/\"), s.issuer)"}}},
	{"fault_erases", "a fetch that fails drops the set", []edit{{"jwks/source.go", "\t\tnext.failures++\n", "\t\tnext.failures++\n\t\tnext.set, next.kids, next.unnamed = nil, nil, false\n"}}},
	{"empty_kept", "a set without keys does not replace the last one", []edit{{"jwks/source.go", "\tif a.set != nil {\n", "\tif a.set != nil && (old.set == nil || len(a.set.Keys()) > 0) {\n"}}},
	{"removed_kept", "keys that were removed stay", []edit{{"jwks/state.go", "\tst.set, st.skipped = set, len(set.Skipped())\n", "\tif st.set != nil {\n\t\tif both, err := jwt.NewKeySet(append(st.set.Keys(), set.Keys()...)...); err == nil {\n\t\t\tset = both\n\t\t}\n\t}\n\tst.set, st.skipped = set, len(set.Skipped())\n"}}},
	{"shared_kids", "sets are kept by kid alone", []edit{
		{"jwks/source.go", "\tst, now := s.state.Load(), s.time()\n", "\tif set, ok := byKid.Load(h.KeyID); ok {\n\t\treturn set.(jwt.KeySource), nil\n\t}\n\tst, now := s.state.Load(), s.time()\n"},
		{"jwks/source.go", "\treturn st.answer(s.name, h.KeyID, now)\n", "\tset, err := st.answer(s.name, h.KeyID, now)\n\tif err == nil {\n\t\tbyKid.Store(h.KeyID, set)\n\t}\n\treturn set, err\n"},
		{"jwks/source.go", "\nfunc newSource(", "\nvar byKid sync.Map\n\nfunc newSource("},
	}},

	// Goroutines.
	{"one_scratch", "all goroutines work in the same memory", []edit{{"jwt.go", "\treturn new(scratch)\n", "\treturn &shared\n"}, {"jwt.go", "\tscratches.Put(s)\n", ""}, {"jwt.go", "\nfunc getScratch(", "\nvar shared scratch\n\nfunc getScratch("}}},
	{"one_digest", "all goroutines use the same hash", []edit{{"algorithms.go", "type digestPool struct{ pool sync.Pool }", "type digestPool struct {\n\tpool sync.Pool\n\tone  *digest\n}"}, {"algorithms.go", "func (p *digestPool) get(s *scheme) *digest {\n", "func (p *digestPool) get(s *scheme) *digest {\n\tif p.one == nil {\n\t\tp.one = &digest{h: s.hash.New()}\n\t}\n\tif p.one.h.Reset(); p.one != nil {\n\t\treturn p.one\n\t}\n"}}},
	{"cached", "a result is kept by what the signature covers", []edit{
		{"verify.go", "import (\n", "import (\n\t\"sync\"\n"},
		{"verify.go", "\theader, keyID, err := v.p.authenticate(", "\tif t, ok := results.Load(seg.input); ok {\n\t\tif t, ok := t.(*Token[T]); ok {\n\t\t\treturn t, nil\n\t\t}\n\t}\n\theader, keyID, err := v.p.authenticate("},
		{"verify.go", "\treturn t, nil\n}\n", "\tresults.Store(seg.input, t)\n\treturn t, nil\n}\n\nvar results sync.Map\n"},
	}},
}
