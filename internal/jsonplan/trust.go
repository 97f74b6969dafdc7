package jsonplan

// The years 1 to 9999, in seconds: the range of a NumericDate.
const (
	minDate = -62135596799
	maxDate = 253402300799
)

// maxText is the longest text that strictjson accepts.
const maxText = 1<<32 - 1

// note records a member of an object that was just written, if the object is the outermost one.
func (e *encoder) note(claim uint8, text []byte) {
	if e.depth == 1 {
		e.claims |= claim
		e.illegal = e.illegal || !isLegal(claim, text)
	}
}

// isLegal reports whether the compact, valid text of a value is certainly legal for a registered claim. It looks at what
// was written rather than at the Go type, so that an int64 in a map and a date of the root package count alike.
func isLegal(claim uint8, text []byte) bool {
	switch text[0] {
	case '"':
		return claim&(claimIss|claimSub|claimAud|claimJti) != 0
	case '[':
		return claim == claimAud && holdsStrings(text)
	}
	return claim&(claimExp|claimNbf|claimIat) != 0 && isDate(text)
}

// holdsStrings reports whether an array has strings only.
func holdsStrings(array []byte) bool {
	i := 1
	for array[i] == '"' {
		for i++; array[i] != '"'; i++ {
			if array[i] == '\\' {
				i++
			}
		}
		if i++; array[i] == ',' {
			i++
		}
	}
	return array[i] == ']'
}

// isDate reports whether a number is an integer in the range of dates.
func isDate(text []byte) bool {
	digits := text
	if text[0] == '-' {
		digits = text[1:]
	}
	seconds := int64(0)
	for _, c := range digits {
		if c < '0' || c > '9' || seconds > maxDate {
			return false
		}
		seconds = seconds*10 + int64(c-'0')
	}
	if text[0] == '-' {
		return seconds <= -minDate
	}
	return seconds <= maxDate
}
