package strictjson

import "iter"

// The functions of this file walk over text that a Scanner has accepted. They find where things end
// and check nothing: on any other text they may panic.

// SkipString returns the offset behind the string at i, and whether there is an escape in it.
func SkipString[T string | []byte](text T, i int) (end int, escaped bool) {
	for i++; ; i++ {
		switch text[i] {
		case '"':
			return i + 1, escaped
		case '\\':
			escaped = true
			i++ // the escaped character may be a quote
		}
	}
}

// StringAt returns the decoded string at i, a substring of text unless there is an escape in it,
// and the offset behind it.
func StringAt(text string, i int) (value string, end int) {
	end, escaped := SkipString(text, i)
	if escaped {
		return unescape(text[i+1 : end-1]), end
	}
	return text[i+1 : end-1], end
}

// SkipAtom returns the offset behind the number or literal at i.
func SkipAtom(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			return i
		}
	}
	return i
}

// SkipValue returns the offset behind the value at i.
func SkipValue(text string, i int) int {
	switch text[i] {
	case '"':
		end, _ := SkipString(text, i)
		return end
	case '{', '[':
		return skipContainer(text, i)
	}
	return SkipAtom(text, i)
}

func skipContainer(text string, i int) int {
	depth := 0
	for {
		switch text[i] {
		case '"':
			i, _ = SkipString(text, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// FirstElement returns, for the offset of the opening bracket of an array or an object, the offset
// of its first element or member; or 0, and the offset behind the closing bracket, if there is
// none.
func FirstElement(text string, i int) (first, end int) {
	i = skipBlank(text, i+1)
	if text[i] == ']' || text[i] == '}' {
		return 0, i + 1
	}
	return i, 0
}

// NextElement is like FirstElement, for the offset behind an element or member and the one that
// follows.
func NextElement(text string, i int) (next, end int) {
	i = skipBlank(text, i)
	if text[i] == ',' {
		return skipBlank(text, i+1), 0
	}
	return 0, i + 1
}

// MemberValue returns the offset of the value of the member whose name ends before i.
func MemberValue(text string, i int) int {
	return skipBlank(text, skipBlank(text, i)+1)
}

// Elements yields the exact text of each element of an array.
func Elements(array string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, _ := FirstElement(array, 0); i > 0; {
			end := SkipValue(array, i)
			if !yield(array[i:end]) {
				return
			}
			i, _ = NextElement(array, end)
		}
	}
}

// skipBlank returns the offset of the first byte from i on that is not white space; there must be
// one.
func skipBlank(text string, i int) int {
	for text[i] <= ' ' {
		i++
	}
	return i
}
