package jwt

import (
	"encoding/base64"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
	"github.com/stretchr/testify/require"
)

// The tests of this file hold the short ways through usual tokens against the long ways
// that read everything.

// plainClaims has the members of usualClaims, none of them read or written as a block.
type plainClaims struct {
	Issuer    string      `json:"iss,omitempty"`
	Subject   string      `json:"sub,omitempty"`
	Audience  Audience    `json:"aud,omitempty"`
	ExpiresAt NumericDate `json:"exp,omitzero"`
	NotBefore NumericDate `json:"nbf,omitzero"`
	IssuedAt  NumericDate `json:"iat,omitzero"`
	ID        string      `json:"jti,omitempty"`
	Name      string      `json:"name,omitempty"`
	Roles     []string    `json:"roles,omitempty"`
}

type usualClaims struct {
	RegisteredClaims
	Name  string   `json:"name,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

func (c *plainClaims) usual() usualClaims {
	return usualClaims{RegisteredClaims{c.Issuer, c.Subject, c.Audience, c.ExpiresAt, c.NotBefore, c.IssuedAt, c.ID}, c.Name, c.Roles}
}

func TestDefaultHeaderSegments(t *testing.T) {
	s := getScratch()
	defer s.release()
	count := 0
	for _, sc := range schemes {
		if sc.alg == 0 {
			continue
		}
		count++
		text := `{"alg":"` + sc.name + `","typ":"JWT"}`
		require.Equal(t, base64.RawURLEncoding.EncodeToString([]byte(text)), sc.header)
		want, err := s.header(sc.header)
		require.NoError(t, err)
		p := policy{schemes: []*scheme{&sc}}
		got, _, err := p.header(s, sc.header)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.Equal(t, 14, count)
}

func FuzzUsualHeader(f *testing.F) {
	for _, text := range []string{
		`{"alg":"HS256"}`, `{"alg":"RS256","typ":"JWT","kid":"k1"}`, `{"typ":"at+jwt","alg":"ES256","kid":""}`, `{"alg":"a","alg":"b"}`,
		`{"kid":"\u0061","alg":"HS256"}`, `{"alg":"HS256","typ":"JWT",}`, `{"alg":""}`, `{"alg":"HS256"} `, `{"alg":"é"}`, `{"typ":"JWT"}`,
		`{"alg":1}`, `{,"alg":"HS256"}`, `{"alg":"HS256","cty":"JWT"}`, `{"alg":"HS256"`, ``, `{`, `{"alg":"x` + "\x7f" + `"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var usual, any Header
		if !usual.readUsual(text) {
			return
		}
		s := getScratch()
		defer s.release()
		require.NoError(t, any.readAny(&s.scanner, string(text)))
		require.Equal(t, any, usual)
	})
}

func TestUsualHeaderIsUsed(t *testing.T) {
	for text, want := range map[string]Header{
		`{"alg":"HS256","typ":"JWT"}`:             {Algorithm: "HS256", Type: "JWT"},
		`{"typ":"JWT","alg":"ES256","kid":"k 1"}`: {Algorithm: "ES256", Type: "JWT", KeyID: "k 1"},
		`{"alg":"RS256","kid":"","typ":"other"}`:  {Algorithm: "RS256", Type: "other"},
	} {
		var got Header
		require.True(t, got.readUsual([]byte(text)), text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{`{"alg":"HS256","typ":"JWT","x":"y"}`, `{ "alg":"HS256"}`, `{"alg":"HS\u0032"}`, `{}`} {
		require.False(t, new(Header).readUsual([]byte(text)), text)
	}
}

func FuzzPlainDate(f *testing.F) {
	for _, text := range []string{"0", "1528560773", "253402300799", "99999999999", "253402300800", "-1", "1e3", "1.5"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s strictjson.Scanner
		if kind, err := s.Value(text); err != nil || kind != strictjson.Number || text[0] <= ' ' || text[len(text)-1] <= ' ' {
			return
		}
		want, wantOK := parseAnyDate(text)
		got, ok := parseDate(text)
		require.Equal(t, wantOK, ok)
		require.Equal(t, want, got)
	})
}

// FuzzBlock decodes and encodes a claims type that embeds the registered claims, and one
// that has the same members one by one.
func FuzzBlock(f *testing.F) {
	for _, text := range []string{
		`{"iss":"i","sub":"s","aud":"a","exp":1,"nbf":2,"iat":3,"jti":"j","name":"n","roles":["r","s"]}`,
		`{"roles":[],"aud":["a","b","c"],"name":"\u0061","iss":"é\n"}`, `{"aud":[],"exp":1.5}`, `{"roles":["a"],"sub":"","exp":-62135596799}`,
		`{"a":1,"name":null,"x":{"iss":5},"iss":""}`, `{"aud":["1","2","3","4","5"],"roles":["6"]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := getScratch()
		defer s.release()
		var usual result[usualClaims]
		index, err := readRegistered(&s.scanner, text, &usual.RegisteredClaims, usual.lists[:0], ErrMalformed)
		if err != nil {
			return
		}
		var plain plainClaims
		decode := func(v any, known jsonplan.Known) error {
			dst := reflect.ValueOf(v).Elem()
			plan, err := plans.Decoder(dst.Type())
			require.NoError(t, err)
			return plan.Decode(text, index.members, known, dst)
		}
		plainErr := decode(&plain, jsonplan.Known{})
		err = decode(&usual.Claims, jsonplan.Known{Block: &usual.RegisteredClaims, Members: index.read, List: index.lists})
		require.Equal(t, plainErr == nil, err == nil)
		if err != nil {
			return
		}
		require.Equal(t, plain.usual(), usual.Claims)
		require.Equal(t, usual.RegisteredClaims, usual.Claims.RegisteredClaims)

		want, wantInfo, wantErr := plans.Append(nil, plain)
		for _, v := range []any{usual.Claims, &usual.Claims} {
			got, info, err := plans.Append(nil, v)
			require.Equal(t, wantErr == nil, err == nil)
			require.Equal(t, string(want), string(got))
			require.Equal(t, wantInfo, info)
		}
	})
}

func TestBlockRefusesLikeThePlan(t *testing.T) {
	bad := NewNumericDate(time.Time{})
	for name, claims := range map[string]plainClaims{
		"iss": {Issuer: "\xff"}, "sub": {Subject: "\xff"}, "aud": {Audience: Audience{"\xff"}}, "jti": {ID: "\xff"},
		"exp": {ExpiresAt: bad}, "nbf": {NotBefore: bad}, "iat": {IssuedAt: bad},
	} {
		_, _, want := plans.Append(nil, claims)
		_, _, got := plans.Append(nil, claims.usual())
		require.EqualError(t, got, want.Error(), name)
		require.ErrorContains(t, got, name)
	}
}

// TestAudienceIsNotShared shows that the token's audience and that of embedded claims are
// two lists, although they are made in one array.
func TestAudienceIsNotShared(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 32))
	require.NoError(t, err)
	raw, err := Sign(usualClaims{RegisteredClaims: RegisteredClaims{Audience: Audience{"a"}}, Roles: []string{"r"}}, key, HS256)
	require.NoError(t, err)
	tok, err := Verify[usualClaims](raw, key, []Algorithm{HS256}, WithAudience("a"))
	require.NoError(t, err)
	tok.Audience[0] = "changed"
	tok.Audience = append(tok.Audience, "appended")
	tok.Claims.Roles = append(tok.Claims.Roles, "appended")
	require.Equal(t, Audience{"a"}, tok.Claims.Audience)
	require.Equal(t, []string{"r", "appended"}, tok.Claims.Roles)
}

// TestBlockNeedsTheWholeStruct checks claims types in which the embedded claims are not
// members, one by one, in their order: those must be decoded field by field.
func TestBlockNeedsTheWholeStruct(t *testing.T) {
	type inner struct{ RegisteredClaims }
	type hides struct {
		RegisteredClaims
		Subject int `json:"sub"`
	}
	type named struct {
		RegisteredClaims `json:"registered"`
		Issuer           string `json:"iss"`
	}
	type pointer struct{ *RegisteredClaims }
	type alias = RegisteredClaims
	type deep struct {
		Name string `json:"name"`
		inner
	}
	const text = `{"iss":"i","sub":5,"aud":"a","exp":1,"name":"n","registered":{"iss":"j"}}`
	for _, v := range []any{new(hides), new(named)} {
		require.NoError(t, json.Unmarshal([]byte(text), v))
		requireDecodes(t, text, v)
	}
	const legal = `{"iss":"i","sub":"s","aud":"a","exp":1,"name":"n"}`
	for _, v := range []any{new(inner), new(pointer), new(alias), new(deep)} {
		require.NoError(t, json.Unmarshal([]byte(legal), v))
		requireDecodes(t, legal, v)
	}
}

// TestBlockOfAnUnexportedField embeds the registered claims under an alias, which makes
// the field unexported: its members can be reached, the struct as a whole can't.
func TestBlockOfAnUnexportedField(t *testing.T) {
	type claims = RegisteredClaims
	type promoted struct{ claims }
	type member struct {
		claims `json:"registered"`
	}
	requireEncodes(t, promoted{claims{Subject: "s", Audience: Audience{"a"}}})
	requireEncodes(t, member{claims{Subject: "s", Audience: Audience{"a"}}})
}

// requireEncodes wants what encoding/json writes, by value and by pointer, and the value
// back from it.
func requireEncodes[T any](t *testing.T, v T) {
	t.Helper()
	want, err := json.Marshal(v)
	require.NoError(t, err)
	for _, claims := range []any{v, &v} {
		got, _, err := plans.Append(nil, claims)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
	requireDecodes(t, string(want), &v)
}

// requireDecodes wants a text, which is legal but for sub, to decode as it has into want.
func requireDecodes(t *testing.T, text string, want any) {
	t.Helper()
	s := getScratch()
	defer s.release()
	var known RegisteredClaims
	members, err := s.scanner.Object(text)
	require.NoError(t, err)
	index := payloadIndex{text: text, members: members}
	var read uint64
	for i := range members {
		if bit, err := known.set(&index, &members[i]); err == nil && bit != 0 {
			read |= 1 << i
		}
	}
	got := reflect.New(reflect.TypeOf(want).Elem())
	plan, err := plans.Decoder(got.Type().Elem())
	require.NoError(t, err)
	require.NoError(t, plan.Decode(text, members, jsonplan.Known{Block: &known, Members: read, List: index.lists}, got.Elem()))
	require.Equal(t, want, got.Interface())
}
