package jwt

import (
	"encoding/json"
)

// maxScratch is the largest buffer that goes back into a pool.
const maxScratch = 64 << 10

// Header is the header of a token (RFC 7515, Section 4): the parameters that nearly
// all tokens have as fields, the others through [Header.Param]. A parameter that
// the token does not have is "".
type Header struct {
	Algorithm   string // "alg"
	KeyID       string // "kid"
	Type        string // "typ"
	ContentType string // "cty"

	raw string // the decoded header segment
}

// Param gives the JSON text of any parameter of the header by its exact name; false
// if the token has none of that name. The result is a copy.
func (h Header) Param(name string) (json.RawMessage, bool) { return nil, false }
