package jwks

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWallClock: a monotonic reading stands still while a machine sleeps.
func TestWallClock(t *testing.T) {
	c, err := newConfig(nil)
	require.NoError(t, err)
	require.Contains(t, time.Now().String(), "m=", "this is how one looks")
	require.NotContains(t, c.time().String(), "m=")
}
