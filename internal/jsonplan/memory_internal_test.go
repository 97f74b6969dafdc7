package jsonplan

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/jwt/internal/strictjson"
)

// TestStacksKeepNoDocumentAlive: what was on the stack of a Decode is cleared before another one
// gets it.
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

	e := encoder{cache: new(Cache)}
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
