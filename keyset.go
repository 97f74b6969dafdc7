package jwt

// KeySet stub.
type KeySet struct {
	keys    []VerificationKey
	skipped []error
}
