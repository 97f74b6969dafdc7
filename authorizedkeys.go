package jwt

import "bytes"

const (
	// maxAuthorizedText and maxAuthorizedLines bound an authorized_keys file.
	maxAuthorizedText  = 1 << 20
	maxAuthorizedLines = 1000
)

// ParseAuthorizedKeys reads an OpenSSH authorized_keys file as a set of keys to trust,
// of at most 1,000 lines and 1 MiB; each key's kid is its thumbprint (RFC 7638). A line
// that says more or less than "trust this key" is left out and listed in
// [KeySet.Skipped]: one with options, a certificate, a security key (sk-*), DSA, a weak
// key, and what cannot be read. A file without a usable key is [ErrInvalidKey].
func ParseAuthorizedKeys(data []byte) (*KeySet, error) {
	if len(data) > maxAuthorizedText {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d bytes is too long: want at most %d", len(data), maxAuthorizedText)
	}
	if lines := bytes.Count(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) + 1; lines > maxAuthorizedLines {
		return nil, failf(ErrInvalidKey, "an authorized_keys file of %d lines is too long: want at most %d", lines, maxAuthorizedLines)
	}
	s := newKeySet()
	number := 0
	for line := range bytes.Lines(data) {
		number++
		line = bytes.Trim(line, " \t\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, err := readAuthorizedKey(line)
		if err != nil {
			s.skipped = append(s.skipped, wrapf(ErrInvalidKey, err, "line %d of the authorized_keys file is skipped", number))
			continue
		}
		if err := s.add(key, key.m); err != nil {
			return nil, err // unreachable: the kid of different keys differs
		}
	}
	if len(s.keys) > 0 {
		return s, nil
	}
	if len(s.skipped) > 0 {
		return nil, wrapf(ErrInvalidKey, s.skipped[0], "none of the keys in the authorized_keys file can be used")
	}
	return nil, failf(ErrInvalidKey, "the authorized_keys file has no key")
}

func readAuthorizedKey(line []byte) (*PublicKey, error) {
	public, _, err := parseAuthorizedLine(line)
	if err != nil {
		return nil, err
	}
	return newPublic(public, &keyConfig{thumbprint: true})
}
