package jsonplan

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/strictjson"
)

// The tests of this file look at what has no influence on a result: memory that is kept, and time.

// TestStacksKeepNoDocumentAlive: what was on the stack of a Decode is cleared before another one gets it.
func TestStacksKeepNoDocumentAlive(t *testing.T) {
	var d decoder
	_, end := d.any(`{"a":[1,"x",{"b":["y"],"c":[[],[true,{"d":"z"}]]}],"e":{"f":null}}`, 0)
	require.Equal(t, 66, end)
	for _, name := range d.stack.names[:cap(d.stack.names)] {
		require.Empty(t, name)
	}
	for _, value := range d.stack.values[:cap(d.stack.values)] {
		require.Nil(t, value)
	}
	require.Empty(t, d.stack.names)
	require.Empty(t, d.stack.values)

	var e encoder
	_, err := e.any(nil, map[string]any{"a": map[string]any{"b": "x", "c": []any{map[string]any{"d": "y"}}}, "e": 1, "f": 2})
	require.Nil(t, err)
	require.Empty(t, e.stack.members)
	for _, m := range e.stack.members[:cap(e.stack.members)] {
		require.Zero(t, m)
	}
	failed := &mapStack{members: []mapMember{{name: "a", value: "x"}, {name: "b", value: "y"}}}
	members := failed.members
	failed.release()
	require.Equal(t, []mapMember{{}, {}}, members, "after an error")
}

// TestLargeStacksAreNotKept: one large document does not cost memory for ever.
func TestLargeStacksAreNotKept(t *testing.T) {
	for _, large := range []*anyStack{{values: make([]any, 0, maxStack+1)}, {names: make([]string, 0, maxStack+1)}} {
		large.release()
		for range 10 { // the pool gives back first what came last
			require.NotSame(t, large, anyStacks.Get().(*anyStack))
		}
	}
	large := &mapStack{members: make([]mapMember, 0, maxStack+1)}
	large.release()
	for range 10 {
		require.NotSame(t, large, mapStacks.Get().(*mapStack))
	}
}

// TestNamesAreFoundSoon: the names of usual structs hardly ever meet in the table, and are told apart by their first
// characters, their last ones, and their length.
func TestNamesAreFoundSoon(t *testing.T) {
	sets := map[string][]string{
		"claims": {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "nonce", "auth_time", "acr", "amr", "at_hash", "c_hash", "sid", "scope", "client_id", "name", "email", "roles"},
	}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 20} {
		for i := range 40 {
			number := strconv.Itoa(10 + i)
			if n == 1 {
				number = string(rune('0' + i))
			}
			pad := strings.Repeat("n", max(n-2, 0))
			key := strconv.Itoa(n)
			sets["first "+key] = append(sets["first "+key], number+pad)
			sets["last "+key] = append(sets["last "+key], pad+number)
			sets["length"] = append(sets["length"], strings.Repeat("n", n+20*i))
		}
	}
	for label, names := range sets {
		table := newNameTable(names)
		require.GreaterOrEqual(t, len(table.slots), 2*len(names))
		require.LessOrEqual(t, len(table.slots), 4*len(names))
		probes := 0
		for i, name := range names {
			require.Equal(t, i, table.find(name))
			require.Negative(t, table.find(name+"x"))
			for h := hashName(name); table.slots[h&table.mask] != uint16(i+1); h++ {
				probes++
			}
		}
		require.LessOrEqual(t, probes, 2*len(names), label)
	}
}

// TestPlainStringsShareTheText: a string without an escape costs no memory of its own.
func TestPlainStringsShareTheText(t *testing.T) {
	const doc = `{"a":"` + "some text that is no small string" + `","b":["x","y"]}`
	var s strictjson.Scanner
	members, err := s.Object(doc)
	require.NoError(t, err)
	type target struct {
		A string   `json:"a"`
		B []string `json:"b"`
	}
	plan, err := new(Cache).Decoder(reflect.TypeFor[target]())
	require.NoError(t, err)
	var v target
	list := make([]string, 0, 4)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		v = target{}
		if err := plan.Decode(doc, members, Known{List: list}, reflect.ValueOf(&v).Elem()); err != nil {
			t.Error(err)
		}
	}))
	require.Equal(t, "some text that is no small string", v.A)
}
