package jsonplan

import (
	"math"
	"reflect"
	"strconv"
)

// appendFloat appends f in the format of encoding/json: like ECMAScript, with the fewest digits
// that parse as f again, and with an exponent only below 1e-6 and from 1e21 on. A float32 is
// compared with float32 bounds, since 1e-6 is not one.
func appendFloat(dst []byte, f float64, bits int, t reflect.Type) ([]byte, *EncodeError) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, &EncodeError{Type: t, reason: "it is not a finite number"}
	}
	abs, small, large := math.Abs(f), 1e-6, 1e21
	if bits == 32 {
		small, large = float64(float32(small)), float64(float32(large))
	}
	if abs == 0 || small <= abs && abs < large {
		return strconv.AppendFloat(dst, f, 'f', -1, bits), nil
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, bits)
	// strconv writes at least two digits of an exponent, but encoding/json writes 1e-07 as 1e-7. If
	// the third last character is the sign, there are just two.
	if n := len(dst); dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst, nil
}
