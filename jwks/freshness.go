package jwks

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// silentFreshness is the lifetime of an answer that says nothing about it.
	silentFreshness = 10 * time.Minute
	// maxSeconds stands for all larger numbers (RFC 9111, Section 1.2.2).
	maxSeconds = 1 << 31
)

// bounds are those of the time for which an answer is used.
type bounds struct{ least, most time.Duration }

// of returns how long an answer is used: what it says, or else silent.
func (b bounds) of(h http.Header, now time.Time, silent time.Duration) time.Duration {
	d, said := lifetime(h, now)
	if !said {
		d = silent
	}
	return max(min(d, b.most), b.least)
}

// quietPart returns how much of a freshness passes before the set is asked for again: 60 to 90 %,
// by jitter from 0 to 1, so that services that have started together do not ask together.
func quietPart(freshness time.Duration, jitter float64) time.Duration {
	return freshness/10*6 + time.Duration(jitter*float64(freshness/10*3))
}

// lifetime returns how long an answer is still fresh for a private cache (RFC 9111,
// Section 4.2), and whether it says anything about that.
func lifetime(h http.Header, now time.Time) (d time.Duration, said bool) {
	for name, value := range directives(h.Values("Cache-Control")) {
		switch {
		case name == "no-store", name == "no-cache" && value == "": // with a value it names fields
			return 0, true
		case name == "max-age":
			age := time.Duration(seconds(value)) * time.Second
			if !said || age < d {
				d, said = age, true
			}
		}
	}
	if text := h.Get("Expires"); !said && text != "" {
		said = true
		if expires, err := http.ParseTime(text); err == nil { // "0" is common, and means the past
			if date, err := http.ParseTime(h.Get("Date")); err == nil {
				now = date
			}
			d = expires.Sub(now)
		}
	}
	age, _, _ := strings.Cut(h.Get("Age"), ",")
	return max(0, d-time.Duration(seconds(strings.TrimSpace(age)))*time.Second), said
}

// seconds reads a number; anything else counts as 0.
func seconds(text string) int64 {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxSeconds {
		return maxSeconds
	}
	return n
}

// directives yields the directives of Cache-Control lines, names in lower case, values without
// quotes (RFC 9111, Section 5.2). Where a line is malformed, the rest of it still counts.
func directives(lines []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, rest := range lines {
			for rest = skip(rest); rest != ""; rest = skip(rest) {
				var name, value string
				end := strings.IndexAny(rest, "=,")
				if end < 0 {
					end = len(rest)
				}
				name, rest = rest[:end], rest[end:]
				if strings.HasPrefix(rest, "=") {
					value, rest = argument(rest[1:])
				}
				if !yield(strings.ToLower(strings.TrimSpace(name)), value) {
					return
				}
			}
		}
	}
}

// skip removes what separates directives.
func skip(s string) string { return strings.TrimLeft(s, ", \t") }

// argument returns a token or a quoted string, and what follows the next comma.
func argument(s string) (value, rest string) {
	s = strings.TrimLeft(s, " \t")
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		return strings.TrimSpace(s[:end]), s[end:]
	}
	var b strings.Builder
	i := 1
	for ; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	_, after, _ := strings.Cut(s[min(i+1, len(s)):], ",")
	return b.String(), after
}
