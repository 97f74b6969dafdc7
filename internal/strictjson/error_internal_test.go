package strictjson

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachFaultHasItsWords(t *testing.T) {
	known := map[string]fault{}
	for f := faultCharacter; f <= faultSize; f++ {
		s := Scanner{fault: f}
		message := s.syntaxError(`""`).Error()
		what, found := strings.CutSuffix(message, " at offset 0")
		require.True(t, found, message)
		require.NotEmpty(t, what, "fault %d", f)
		require.NotContains(t, known, what)
		known[what] = f
	}
}
