package jwt

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/jsonplan"
	"example.com/jwt/internal/strictjson"
)

// TestLegalClaimsAreThoseThatAreRead: what is signed without a second look is what the reader of
// tokens accepts, for each claim and value.
func TestLegalClaimsAreThoseThatAreRead(t *testing.T) {
	texts := []string{
		`"a"`, `""`, `"b\""`, `["a","b\"",""]`, `["a\\"]`, `[]`, `["a",1]`, `[null]`, `["a",["b"]]`, `[1,"a"]`, `{}`, `null`, `true`, `false`,
		`0`, `1`, `-5`, `1.5`, `1e3`, `253402300799`, `253402300800`, `-62135596799`, `-62135596800`, `99999999999999999999`, `18446744073709551617`, `-18446744073709551617`,
	}
	legal := 0
	for _, name := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"} {
		mark := claimMark(name)
		require.NotZero(t, mark)
		for _, text := range texts {
			w := getScratch()
			var c RegisteredClaims
			index := payloadIndex{text: `{"` + name + `":` + text + `}`}
			err := index.scan(&w.scanner, &c, textSubject, ErrMalformed)
			require.Equal(t, err == nil, legalClaim(mark, []byte(text)), "%s %s", name, text)
			if err == nil {
				legal++
				require.Equal(t, mark, uint8(index.has))
			}
			w.release()
		}
	}
	require.Equal(t, 4*3+3+3*7, legal)
	for _, name := range []string{"", "ISS", "is", "issu", "exp "} {
		require.Zero(t, claimMark(name))
	}
}

// TestWatchedClaims: the claims of a map are marked, and trusted if all of them are legal.
func TestWatchedClaims(t *testing.T) {
	for _, row := range []struct {
		claims  MapClaims
		trusted bool
	}{
		{MapClaims{"exp": int64(1), "aud": []string{"a", "b"}, "x": nil}, true},
		{MapClaims{"exp": NumericDate{time.Unix(5, 0)}, "iss": "i"}, true},
		{MapClaims{"exp": "1"}, false},
		{MapClaims{"aud": []any{"a", 1}, "iss": "i"}, false},
		{MapClaims{"x": MapClaims{"exp": "1"}}, true},
	} {
		_, info, err := plans.Append(nil, row.claims)
		require.NoError(t, err)
		require.Equal(t, row.trusted, info.Trusted, row.claims)
		for name := range row.claims {
			require.Equal(t, claimMark(name), info.Marks&claimMark(name))
		}
	}
}

func TestCodecsTakePointersAndValues(t *testing.T) {
	d, a := NewNumericDate(time.Unix(5, 0)), Audience{"x"}
	for want, values := range map[string][]any{"5": {d, &d}, `"x"`: {a, &a}} {
		for _, v := range values {
			got, err := codecAppend(v)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		}
	}
}

func codecAppend(v any) ([]byte, error) {
	switch v.(type) {
	case NumericDate, *NumericDate:
		return appendDateAny(nil, v)
	}
	return appendAudienceAny(nil, v)
}

func TestRegisteredClaimsAreWrittenAsABlockOrNotAtAll(t *testing.T) {
	at := NewNumericDate(time.Unix(5, 0))
	c := RegisteredClaims{"i", "s", Audience{"a"}, at, at, at, "j"}
	text, claims, ok := appendRegistered(nil, c)
	require.True(t, ok)
	require.Equal(t, `,"iss":"i","sub":"s","aud":"a","exp":5,"nbf":5,"iat":5,"jti":"j"`, string(text))
	require.Equal(t, hasIss|hasSub|hasAud|hasExp|hasNbf|hasIat|hasJti, claimSet(claims))
	text, claims, ok = appendRegistered(nil, &RegisteredClaims{})
	require.True(t, ok)
	require.Empty(t, text)
	require.Zero(t, claims)

	late := NumericDate{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i, change := range []func(*RegisteredClaims){
		func(c *RegisteredClaims) { c.Issuer = "\xff" },
		func(c *RegisteredClaims) { c.Subject = "\xff" },
		func(c *RegisteredClaims) { c.Audience = Audience{"\xff"} },
		func(c *RegisteredClaims) { c.ExpiresAt = late },
		func(c *RegisteredClaims) { c.IssuedAt = late },
		func(c *RegisteredClaims) { c.ID = "\xff" },
	} {
		c := c
		change(&c)
		_, _, ok := appendRegistered(nil, c)
		require.False(t, ok, i)
	}
}

func TestAnAudienceThatIsWrongChangesNothing(t *testing.T) {
	a := Audience{"before"}
	require.Error(t, a.UnmarshalJSON([]byte(`["x",5]`)))
	require.Equal(t, Audience{"before"}, a)
}

// The plan of the claims type relies on the set of members that are registered claims.
func TestMembersThatAreRegisteredClaimsAreMarked(t *testing.T) {
	read := func(payload string) uint64 {
		s := new(scratch)
		var c RegisteredClaims
		index := payloadIndex{text: payload}
		require.NoError(t, index.scan(&s.scanner, &c, textSubject, ErrMalformed))
		return index.read
	}
	require.Equal(t, uint64(0b101), read(`{"iss":"x","name":"y","exp":5}`))
	var text strings.Builder
	for i := range 63 {
		text.WriteString(`"a` + itoa(i) + `":1,`)
	}
	require.Equal(t, uint64(1)<<63, read("{"+text.String()+`"iss":"x"}`))
	require.Zero(t, read("{"+text.String()+`"b":1,"iss":"x"}`))
}

func TestWrongTypesOfClaimsAreNamed(t *testing.T) {
	for payload, want := range map[string][2]string{
		`{"aud":["x",5]}`: {"an array with something else in it", "a string or an array of strings"},
		`{"aud":5}`:       {"a number", "a string or an array of strings"},
		`{"iss":5}`:       {"a number", "a string"},
		`{"sub":5}`:       {"an integer", "a string"},
		`{"sub":5.5}`:     {"a number", "a string"},
		`{"exp":"5"}`:     {"a string", "a number of seconds since 1970 (use NewNumericDate)"},
	} {
		s := new(scratch)
		var c RegisteredClaims
		index := payloadIndex{text: payload}
		err := index.scan(&s.scanner, &c, textSubject, ErrInvalidOption)
		var e *ClaimError
		require.ErrorAs(t, err, &e)
		require.Equal(t, want, [2]string{e.Got.(string), e.Want.(string)}, payload)
	}
}

func TestDatesAtTheEdges(t *testing.T) {
	for raw, want := range map[string]int64{"0": 0, "9": 9, "10": 10, "99999999999": 99999999999, "12345678901": 12345678901} {
		seconds, ok := plainSeconds(raw)
		require.True(t, ok)
		require.Equal(t, want, seconds)
	}
	for _, raw := range []string{"-1", "1.5", "1e3", "1:", "1/", "100000000000"} {
		_, ok := plainSeconds(raw)
		require.False(t, ok, raw)
	}
	for at := range 10 {
		for c := range 256 {
			raw := []byte("1528560773")
			raw[at] = byte(c)
			want, wantOK := fewDigits(string(raw))
			got, ok := tenDigits(string(raw))
			require.Equal(t, wantOK, ok, "%q", raw)
			require.Equal(t, want, got, "%q", raw)
		}
	}
	for raw, want := range map[string]bool{
		"253402300799": true, "253402300799.999999999": true, "253402300800": false, "-62135596799": true, "-62135596799.000000001": false,
		"-62135596800": false, "1e9223372036854775807": false, "1e9223372036854775806": false, "1.111111e-9223372036854775808": true, "1e64": false,
		"1e30": false, "2534023007990": false,
		"184467441e11": false, "202914185e12": false, // an int64 that overflows makes dates of them
	} {
		_, ok := parseDate(raw)
		require.Equal(t, want, ok, raw)
	}
}

func TestDatesAreWrittenAsByStrconv(t *testing.T) {
	dates := []int64{minDate, -1528560773, -1, 0, 9, 999_999_999, 9_999_999_999, 10_000_000_000, maxDate}
	for n := range int64(10_000) {
		dates = append(dates, 1e9+100*n, 1e9+900_000*n, 1528560773+9999*n)
	}
	for _, seconds := range dates {
		text, ok := appendSeconds(nil, seconds)
		require.True(t, ok)
		require.Equal(t, strconv.FormatInt(seconds, 10), string(text))
	}
}

// The list that the audience and the lists of the claims share starts with nothing in it.
func TestAudienceOfAToken(t *testing.T) {
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	token, err := Sign(MapClaims{"aud": []string{"a", "b"}, "r": []string{"c"}}, key, HS256)
	require.NoError(t, err)
	tok, err := Verify[struct{ R []string }](token, key, []Algorithm{HS256}, AllowAnyAudience())
	require.NoError(t, err)
	require.Equal(t, Audience{"a", "b"}, tok.Audience)
	token, err = Sign(json.RawMessage(`{"aud":[5]}`), key, HS256)
	require.Error(t, err)
	require.Empty(t, token)
}

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

func FuzzPlainDate(f *testing.F) {
	for _, text := range []string{"0", "1528560773", "9999999999", "152856.773", "-152856077", "15285607e2", "253402300799", "99999999999", "253402300800", "-1", "1e3", "1.5"} {
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
		if ok {
			written, _ := appendSeconds(nil, got.Unix())
			require.Equal(t, strconv.FormatInt(got.Unix(), 10), string(written))
		}
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
		index := payloadIndex{text: text, lists: usual.lists[:0]}
		if index.scan(&s.scanner, &usual.RegisteredClaims, textSubject, ErrMalformed) != nil {
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
		err := decode(&usual.Claims, jsonplan.Known{Block: &usual.RegisteredClaims, Members: index.read, List: index.lists})
		require.Equal(t, plainErr == nil, err == nil)
		if err != nil {
			return
		}
		require.Equal(t, plain.usual(), usual.Claims)
		require.Equal(t, usual.RegisteredClaims, usual.Claims.RegisteredClaims)
		var placed usualClaims
		list := placed.registered().copy(&usual.RegisteredClaims, slices.Clone(index.lists))
		require.NoError(t, decode(&placed, jsonplan.Known{Block: &usual.RegisteredClaims, Placed: true, Members: index.read, List: list}))
		require.Equal(t, usual.Claims, placed)

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

// TestBlockBehindAnother embeds registered claims that a member of its own hides from Go's
// selectors, not from JSON's, and has some in a member besides.
func TestBlockBehindAnother(t *testing.T) {
	type Direct struct{ RegisteredClaims }
	type Deeper struct{ Direct }
	type claims struct {
		Direct `json:"direct"`
		Deeper
	}
	type actor struct {
		RegisteredClaims
		Actor Direct `json:"act"`
	}
	front, behind := RegisteredClaims{Subject: "front"}, RegisteredClaims{Subject: "behind", ID: "j"}
	requireEncodes(t, claims{Direct{front}, Deeper{Direct{behind}}})
	requireEncodes(t, actor{front, Direct{behind}})
	requireEncodes(t, Deeper{Direct{behind}})
	requireEncodes(t, Direct{behind})
	requireEncodes(t, behind)
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
	index := payloadIndex{text: text}
	require.NoError(t, index.scan(&s.scanner, &known, anySubject, ErrMalformed))
	got := reflect.New(reflect.TypeOf(want).Elem())
	plan, err := plans.Decoder(got.Type().Elem())
	require.NoError(t, err)
	require.NoError(t, plan.Decode(text, index.members, jsonplan.Known{Block: &known, Members: index.read, List: index.lists}, got.Elem()))
	require.Equal(t, want, got.Interface())
}

type (
	innerClaims  struct{ RegisteredClaims }
	nestedClaims struct{ innerClaims }
	tagged       struct {
		RegisteredClaims `json:"r"`
		innerClaims
	}
	hiding struct {
		RegisteredClaims
		Issuer string `json:"iss"`
	}
	pointing struct{ *RegisteredClaims }
	twice    struct {
		innerClaims
		Deep struct{ RegisteredClaims }
	}
)

// TestClaimsFindTheirPlaceWithoutReflection compares it with the way that the plan knows, through
// reflection, for all ways to embed the claims.
func TestClaimsFindTheirPlaceWithoutReflection(t *testing.T) {
	requirePlace[RegisteredClaims](t, true)
	requirePlace[usualClaims](t, true)
	requirePlace[innerClaims](t, true)
	requirePlace[plainClaims](t, false)
	requirePlace[nestedClaims](t, false)
	requirePlace[tagged](t, false)
	requirePlace[hiding](t, false)
	requirePlace[pointing](t, false)
	requirePlace[twice](t, false)
	requirePlace[*usualClaims](t, false)
	requirePlace[MapClaims](t, false)
}

func requirePlace[T any](t *testing.T, embeds bool) {
	t.Helper()
	key, err := NewSecretKey(make([]byte, 64))
	require.NoError(t, err)
	token, err := Sign(json.RawMessage(`{"iss":"i","sub":"s","aud":["a","b"],"exp":9999999999,"name":"n","roles":["r","s","t"],"r":{"iss":"x"}}`), key, HS256)
	require.NoError(t, err)
	v, err := NewVerifier[T](key, []Algorithm{HS256}, AllowAnyAudience())
	require.NoError(t, err)
	require.Equal(t, embeds, v.embeds)
	got, err := v.Verify(token)
	require.NoError(t, err)
	v.embeds = false
	want, err := v.Verify(token)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got.RegisteredClaims.Audience[0] = "changed"
	require.Equal(t, want.Claims, got.Claims, "they share no array")
}
