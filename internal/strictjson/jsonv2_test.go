//go:build go1.27 && goexperiment.jsonv2

package strictjson_test

import (
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzLikeJSONv2 states that the scanner accepts what encoding/json/v2 accepts, which is strict
// about duplicates and UTF-8 too, except for deeper nesting. Go has that package from 1.27 on,
// unless it is built with GOEXPERIMENT=nojsonv2.
func FuzzLikeJSONv2(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(requireLikeJSONv2)
}

func TestSuiteLikeJSONv2(t *testing.T) {
	for _, classes := range suite {
		for _, rows := range classes {
			for _, text := range rows {
				requireLikeJSONv2(t, text)
			}
		}
	}
	for _, c := range choices {
		requireLikeJSONv2(t, c.text)
	}
}

func requireLikeJSONv2(t *testing.T, text string) {
	var value any
	err := json.Unmarshal([]byte(text), &value, json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v *any) error {
		if dec.PeekKind() != '0' {
			return errors.ErrUnsupported
		}
		raw, err := dec.ReadValue() // a number of any size
		*v = string(raw)
		return err
	})))
	require.Equal(t, err == nil && nesting(text) <= 64, valid(text) == nil, "%.200q: %v", text, err)
}

// nesting counts the levels of a valid text.
func nesting(text string) (deepest int) {
	dec := jsontext.NewDecoder(strings.NewReader(text))
	for {
		if _, err := dec.ReadToken(); err != nil {
			return deepest
		}
		deepest = max(deepest, dec.StackDepth())
	}
}
