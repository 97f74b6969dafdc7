//go:build go1.27

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// An ML-DSA key has no OpenSSH format, so that PEM is the default.
func TestKeygenMLDSA(t *testing.T) {
	t.Chdir(t.TempDir())
	for format, args := range map[string][]string{"default": nil, "pem": {"-format", "pem"}, "jwk": {"-format", "jwk", "-thumbprint"}} {
		r := process{}.run(append([]string{"keygen", "-alg", "ML-DSA-65", "-out", format}, args...)...)
		require.Zero(t, r.status, r.stderr)
		raw := process{}.run("sign", "-alg", "ML-DSA-65", "-key", format, "-claims", "{}", "-expires", "5m")
		require.Zero(t, raw.status, raw.stderr)
		r = process{}.run("verify", "-alg", "ML-DSA-65", "-key", format+".pub", strings.TrimSpace(raw.stdout))
		require.Zero(t, r.status, r.stderr)
	}
	r := process{}.run("keygen", "-alg", "ML-DSA-65", "-out", "other", "-format", "openssh")
	require.Equal(t, 2, r.status)
	require.Contains(t, r.stderr, "use pem or jwk")
	require.NoFileExists(t, "other")
}
