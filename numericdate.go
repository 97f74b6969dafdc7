package jwt

import (
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"example.com/jwt/internal/strictjson"
)

// The range of a NumericDate in seconds: the years 1 to 9999.
const (
	minDate = -62135596799
	maxDate = 253402300799
)

// NumericDate is the value of a date claim, in seconds since 1970 (RFC 7519, Section 2). The zero
// value is an absent claim. It unmarshals from any JSON number in the years 1 to 9999, exactly to
// the nanosecond, and marshals as whole seconds, rounded down.
type NumericDate struct{ time.Time }

// NewNumericDate converts a time to a NumericDate: UTC, whole seconds rounded down, and no
// monotonic clock reading, so that it equals the date decoded from a token. For the zero time, and
// any other in the same second, it returns a date out of range rather than an absent claim; [Sign]
// rejects it.
func NewNumericDate(t time.Time) NumericDate {
	whole := time.Unix(t.Unix(), 0).UTC()
	if whole.IsZero() {
		whole = whole.Add(1)
	}
	return NumericDate{whole}
}

// UnmarshalJSON decodes a JSON number exactly, without going through float64. It returns
// [ErrInvalidClaims] for any other value, or a date out of range; null changes nothing.
func (d *NumericDate) UnmarshalJSON(text []byte) error {
	var s strictjson.Scanner
	if _, err := s.Value(string(text)); err != nil {
		return wrapf(ErrInvalidClaims, err, "the date is not strict JSON")
	}
	return decodeDate(strings.TrimSpace(string(text)), d)
}

// MarshalJSON encodes the date as whole seconds, rounded down. It returns [ErrInvalidOption] for a
// date before the year 1 or after 9999.
func (d NumericDate) MarshalJSON() ([]byte, error) { return appendDate(nil, d) }

func decodeDate(raw string, d *NumericDate) error {
	if raw == "null" {
		return nil
	}
	t, ok := time.Time{}, strictjson.KindOf(raw) == strictjson.Number
	if ok {
		t, ok = parseDate(raw)
	}
	if !ok {
		return failf(ErrInvalidClaims, "not a NumericDate: want a JSON number of seconds from the year 1 to 9999")
	}
	d.Time = t
	return nil
}

func appendDate(dst []byte, d NumericDate) ([]byte, error) {
	dst, ok := appendSeconds(dst, d.Unix())
	if !ok {
		return dst, failf(ErrInvalidOption, "a date out of range: want the years 1 to 9999, or the zero NumericDate to omit the claim")
	}
	return dst, nil
}

// appendSeconds writes what strconv does, faster for the dates from 2001 to 2286. It reports false
// for a date out of range.
func appendSeconds(dst []byte, seconds int64) (_ []byte, ok bool) {
	if 1e9 <= seconds && seconds < 1e10 {
		return appendTenDigits(dst, seconds), true
	}
	if seconds < minDate || seconds > maxDate {
		return dst, false
	}
	return strconv.AppendInt(dst, seconds, 10), true
}

// appendTenDigits is the reverse of tenDigits: eight digits are halved to fours, pairs and digits,
// dividing by multiplication. The last two are written one by one.
func appendTenDigits(dst []byte, seconds int64) []byte {
	x, last := uint64(seconds/100), byte(seconds%100)
	x = x/10000 | x%10000<<32
	hundreds := x * 5243 >> 19 & 0x7F_0000007F
	x = hundreds | (x-100*hundreds)<<16
	tens := x * 103 >> 10 & 0xF_000F_000F_000F
	x = tens | (x-10*tens)<<8 | 0x3030303030303030
	return append(binary.LittleEndian.AppendUint64(dst, x), '0'+last/10, '0'+last%10)
}

// parseDate parses a valid JSON number as a date, exactly.
func parseDate(raw string) (time.Time, bool) {
	if seconds, ok := plainSeconds(raw); ok {
		return time.Unix(seconds, 0).UTC(), true
	}
	return parseAnyDate(raw)
}

// parseAnyDate parses a number of any form, digit by digit, and drops digits below the nanosecond.
// A float64 would lose the last digits of a date with a fraction, and its conversion depends on the
// machine.
func parseAnyDate(raw string) (time.Time, bool) {
	text, negative := strings.CutPrefix(raw, "-")
	mantissa, exponent := text, int64(0)
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		mantissa, exponent = text[:at], clampedInt(text[at+1:])
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	var d dateDigits
	d.weight = int64(len(whole)) + exponent
	if !d.add(whole) || !d.add(fraction) {
		return time.Time{}, false
	}
	for ; d.weight > 0 && d.seconds > 0; d.weight-- {
		if d.seconds *= 10; d.seconds > maxDate {
			return time.Time{}, false
		}
	}
	if negative {
		d.seconds, d.nanos = -d.seconds, -d.nanos
	}
	if d.seconds < minDate || d.seconds > maxDate || d.seconds == minDate && d.nanos < 0 {
		return time.Time{}, false
	}
	return time.Unix(d.seconds, d.nanos).UTC(), true
}

// plainSeconds parses the dates of nearly all tokens: up to 11 digits and nothing else, which is
// always in range.
func plainSeconds(raw string) (seconds int64, ok bool) {
	if len(raw) == 10 {
		return tenDigits(raw)
	}
	return fewDigits(raw)
}

// tenDigits does what fewDigits does with ten bytes, eight of them at once: in three steps, digits,
// pairs and fours are joined to numbers twice as long.
func tenDigits(raw string) (seconds int64, ok bool) {
	const each, low = 0x0101010101010101, 0x000000FF000000FF
	x := binary.LittleEndian.Uint64([]byte(raw[:8])) ^ '0'*each
	ninth, tenth := raw[8]-'0', raw[9]-'0'
	if (x|(x+6*each))&(0xF0*each) != 0 || ninth > 9 || tenth > 9 {
		return 0, false
	}
	x = x*10 + x>>8
	x = (x&low*(100+1000000<<32) + x>>16&low*(1+10000<<32)) >> 32
	return int64(x)*100 + int64(ninth)*10 + int64(tenth), true
}

func fewDigits(raw string) (seconds int64, ok bool) {
	if len(raw) > 11 {
		return 0, false
	}
	for i := range len(raw) {
		digit := raw[i] - '0'
		if digit > 9 {
			return 0, false
		}
		seconds = seconds*10 + int64(digit)
	}
	return seconds, true
}

// dateDigits accumulates the digits of a number. The next digit is worth 10^(weight-1) seconds.
type dateDigits struct{ seconds, nanos, weight int64 }

// add reports false once the number is certainly out of range.
func (d *dateDigits) add(digits string) bool {
	for i := range len(digits) {
		digit := int64(digits[i] - '0')
		switch {
		case d.weight > 0:
			if d.seconds = d.seconds*10 + digit; d.seconds > maxDate {
				return false
			}
		case d.weight > -9:
			d.nanos += digit * nanoWeight[-d.weight]
		}
		d.weight--
	}
	return true
}

var nanoWeight = [9]int64{1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1}

// clampedInt parses a decimal integer, and clamps it to ±2^40.
func clampedInt(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // out of range, it is the largest or the smallest int64
	return max(-1<<40, min(n, 1<<40))
}
