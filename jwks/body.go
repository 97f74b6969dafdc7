package jwks

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"example.com/jwt/internal/excerpt"
)

const (
	// maxBody bounds an answer, before and after decompression. It is also the most that
	// jwt.ParseKeySet reads.
	maxBody = 1 << 20
	// maxBeginning is how much of a body a message repeats.
	maxBeginning = 16
)

// beginnings are those of texts that are often sent in the place of keys.
var beginnings = []string{"<!doctype html", "<html", "<head", "<body", "<?xml", "-----begin", "null", "true", "false"}

// statusError is an answer other than 200.
type statusError struct {
	code     int
	location string
}

func (e *statusError) Error() string {
	text := fmt.Sprintf("the answer has the status %s, want 200", strings.TrimSpace(strconv.Itoa(e.code)+" "+http.StatusText(e.code)))
	if e.code/100 == 3 && e.location != "" {
		text += fmt.Sprintf(": a redirect, here to %s, is not followed; if you trust it, use that URL", excerpt.Quote(e.location))
	}
	return text
}

// read checks an answer and reads its body.
func read(res *http.Response, conditional bool) ([]byte, error) {
	if res.StatusCode == http.StatusNotModified && conditional {
		return nil, nil
	}
	if res.StatusCode != http.StatusOK {
		return nil, &statusError{res.StatusCode, res.Header.Get("Location")}
	}
	wire := &io.LimitedReader{R: res.Body, N: maxBody + 1}
	var plain io.Reader = wire
	switch coding := res.Header.Get("Content-Encoding"); strings.ToLower(coding) {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(wire)
		if err != nil {
			return nil, fmt.Errorf("the answer is not gzip as it says: %w", err)
		}
		plain = io.LimitReader(unzipped, maxBody+1)
	default:
		return nil, fmt.Errorf("the answer has the content coding %s, want gzip or none", excerpt.Quote(coding))
	}
	body, err := io.ReadAll(plain)
	if wire.N == 0 || len(body) > maxBody {
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxBody)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	return body, nil
}

// describe says what an answer is that is not what was asked for.
func describe(h http.Header, body []byte) string {
	contentType := "no content type"
	if text := h.Get("Content-Type"); text != "" {
		contentType = excerpt.Text(text)
	}
	start := beginning(string(body[:min(len(body), 4*maxBeginning)]))
	switch {
	case len(body) == 0:
		return contentType + ", empty"
	case start == "":
		return contentType + `, does not begin with "{"`
	case strings.HasPrefix(start, "<"):
		return fmt.Sprintf("%s, begins with %q: a login or error page?", contentType, start)
	case strings.HasPrefix(start, "-"):
		return fmt.Sprintf("%s, begins with %q: a PEM file?", contentType, start)
	}
	return fmt.Sprintf("%s, begins with %q", contentType, start)
}

// beginning returns what a body begins with as far as that is no part of a key: a text of the
// list, or the punctuation before the first letter or digit, but for that of base64.
func beginning(body string) string {
	body = strings.TrimLeft(strings.TrimPrefix(body, "\ufeff"), " \t\r\n")
	for _, text := range beginnings {
		if len(body) >= len(text) && strings.EqualFold(body[:len(text)], text) {
			return body[:len(text)]
		}
	}
	n := 0
	for n < min(len(body), maxBeginning) && strings.IndexByte("<>{}[]()\"'!?#%&*:;,.@|~ \t\r\n", body[n]) >= 0 {
		n++
	}
	return strings.TrimRight(body[:n], " \t\r\n")
}
