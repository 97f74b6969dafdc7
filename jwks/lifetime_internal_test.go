package jwks

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLifetime(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	const silent = -time.Second
	for _, c := range []struct {
		headers string // lines of a header
		want    time.Duration
	}{
		{"", silent},
		{"Age: 10", silent},
		{"Pragma: no-cache", silent},
		{"Cache-Control: public, must-revalidate, s-maxage=9", silent}, // s-maxage is for shared caches
		{"Cache-Control: max-age=60", time.Minute},
		{"Cache-Control: public,max-age=60,immutable", time.Minute},
		{"Cache-Control: PUBLIC ; x, MAX-Age=60", time.Minute},
		{"Cache-Control: ,, \t max-age = 60 ,", time.Minute},
		{`Cache-Control: max-age="60"`, time.Minute},
		{`Cache-Control: private="a, max-age=5\", max-age=6", max-age=60`, time.Minute},
		{`Cache-Control: private="a, max-age=5`, silent}, // the quote is not closed
		{`Cache-Control: private="a" x, max-age=60`, time.Minute},
		{`Cache-Control: x="\`, silent},
		{"Cache-Control: =, max-age=60", time.Minute},
		{"Cache-Control: max-age=60, max-age=50", 50 * time.Second},
		{"Cache-Control: max-age=50\nCache-Control: max-age=60", 50 * time.Second},
		{"Cache-Control: max-age", 0}, // malformed is as good as over (RFC 9111, Section 4.2.1)
		{"Cache-Control: max-age=", 0},
		{"Cache-Control: max-age=-1", 0},
		{"Cache-Control: max-age=1.5", 0},
		{"Cache-Control: max-age=60s", 0},
		{"Cache-Control: max-age=99999999999999999999", 1 << 31 * time.Second},
		{"Cache-Control: max-age=2147483649", 1 << 31 * time.Second},
		{"Cache-Control: no-store, max-age=60", 0},
		{"Cache-Control: max-age=60, no-cache", 0},
		{`Cache-Control: no-cache="Set-Cookie", max-age=60`, time.Minute},
		{"Cache-Control: max-age=60\nAge: 20", 40 * time.Second},
		{"Cache-Control: max-age=60\nAge: 20, 30", 40 * time.Second},
		{"Cache-Control: max-age=60\nAge: 61", 0},
		{"Cache-Control: max-age=60\nAge: -20", time.Minute},
		{"Cache-Control: max-age=60\nAge: 99999999999999999999", 0},
		{"Cache-Control: max-age=60\nExpires: Tue, 24 Nov 2026 12:00:30 GMT", time.Minute},
		{"Expires: Tue, 24 Nov 2026 12:00:30 GMT", 30 * time.Second},
		{"Expires: Tue, 24 Nov 2026 12:00:30 GMT\nDate: Tue, 24 Nov 2026 11:59:30 GMT", time.Minute},
		{"Expires: Tue, 24 Nov 2026 12:00:30 GMT\nDate: yesterday", 30 * time.Second},
		{"Expires: Tue, 24 Nov 2026 12:00:30 GMT\nAge: 10", 20 * time.Second},
		{"Expires: Tue, 24 Nov 2026 11:00:30 GMT", 0},
		{"Expires: 0", 0},
		{"Expires: -1", 0},
	} {
		h := make(http.Header)
		for line := range strings.SplitSeq(c.headers, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				h.Add(name, value)
			}
		}
		got, said := lifetime(h, now)
		if c.want == silent {
			require.False(t, said, c.headers)
			continue
		}
		require.True(t, said, c.headers)
		require.Equal(t, c.want, got, c.headers)
	}
}

// FuzzCacheControl: whatever stands around it, quoted or after it, a max-age is found, and
// what is no number never makes a set fresh.
func FuzzCacheControl(f *testing.F) {
	f.Add("public", `a, max-age=1 "`, uint32(60))
	f.Add(`private="`, `\`, uint32(0))
	f.Add("max-age=5", "", uint32(7))
	f.Fuzz(func(t *testing.T, line, quoted string, n uint32) {
		d, said := lifetime(http.Header{"Cache-Control": {line}}, time.Now())
		require.True(t, d >= 0 && d <= maxSeconds*time.Second)
		require.True(t, said || d == 0)

		want := time.Duration(min(int64(n), maxSeconds)) * time.Second
		escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(quoted)
		for _, text := range []string{`x="%s", max-age=%d`, `x = "%s" , MAX-AGE="%d"`, `private="%s",,max-age=%d ,no-cache="y"`} {
			got, said := lifetime(http.Header{"Cache-Control": {fmt.Sprintf(text, escaped, n)}}, time.Now())
			require.True(t, said)
			require.Equal(t, want, got)
		}

		got, _ := lifetime(http.Header{"Cache-Control": {line, fmt.Sprintf("max-age=%d", n)}}, time.Now())
		require.LessOrEqual(t, got, want, "a second one never makes it longer")
	})
}
