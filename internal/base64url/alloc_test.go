//go:build !race

package base64url_test

import (
	"testing"

	"example.com/jwt/internal/base64url"
	"github.com/stretchr/testify/require"
)

func TestNothingIsAllocatedWhereThereIsRoom(t *testing.T) {
	text := string(base64url.AppendEncode(nil, payload))
	dst := make([]byte, 0, len(text))
	require.Zero(t, testing.AllocsPerRun(100, func() { base64url.AppendEncode(dst, payload) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { base64url.AppendDecode(dst, text) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { base64url.AppendDecode(dst, text[1:]+"") }))
}
