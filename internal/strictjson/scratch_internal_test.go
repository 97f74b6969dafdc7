package strictjson

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachPieceOfScratchIsKeptUpToItsBound(t *testing.T) {
	const words = maxScratch / 4
	for name, test := range map[string]struct {
		bound int
		put   func(s *Scanner, n int)
		size  func(s *Scanner) int
	}{
		"members":   {maxScratch / 24, func(s *Scanner, n int) { s.members = make([]Member, 0, n) }, func(s *Scanner) int { return cap(s.members) }},
		"heads":     {words, func(s *Scanner, n int) { s.heads = make([]uint32, n) }, func(s *Scanner) int { return cap(s.heads) }},
		"unescaped": {maxScratch, func(s *Scanner, n int) { s.unescaped = make([]byte, n) }, func(s *Scanner) int { return cap(s.unescaped) }},
		"next, which is shorter than heads": {words, func(s *Scanner, n int) { s.heads, s.next = make([]uint32, n), make([]uint32, n-1) },
			func(s *Scanner) int { return cap(s.next) }},
	} {
		const text = `{"a":1,"bcd":"far from the end"}`
		var s Scanner
		test.put(&s, test.bound)
		before := test.size(&s)
		_, err := s.Object(text)
		require.NoError(t, err)
		require.Equal(t, before, test.size(&s), name)

		test.put(&s, test.bound+1)
		_, err = s.Object(text)
		require.NoError(t, err)
		require.Less(t, test.size(&s), 100, name)
	}
}

func TestRoomForMembersFollowsTheText(t *testing.T) {
	scan := func(members int, rest string) int {
		var b strings.Builder
		for i := range members {
			fmt.Fprintf(&b, `"%04d":0,`, i)
		}
		var s Scanner
		text := "{" + b.String() + `"rest":"` + rest + `"}`
		s.scan(text, true)
		require.Equal(t, faultNone, s.fault)
		require.Len(t, s.members, members+1)
		return cap(s.members)
	}
	require.Less(t, scan(900, strings.Repeat("x", 1_000_000)), 1800, "some members do not foretell more of them")
	for _, members := range []int{2000, 3000, 5000, 9000} {
		require.Less(t, scan(members, ""), members*3/2, "%d equal members", members)
	}
}
