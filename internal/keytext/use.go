package keytext

// Use is what a JWK states about the use of its key. Other formats state nothing.
type Use struct {
	KeyID string // "" if there is none
	Alg   string // as it stands there, since only the caller knows the algorithms; "" if there is none
	Ops   Ops    // what key_ops leave of the operations that the key has
}

// Ops are operations of a key.
type Ops uint8

// The operations of signature keys (RFC 7517, Section 4.3).
const (
	OpSign Ops = 1 << iota
	OpVerify
	OpAll = OpSign | OpVerify
)
