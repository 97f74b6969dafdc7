package jwt_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestImports: a program that only signs and verifies links no HTTP client or server, and
// this package itself reaches neither for files nor for the network.
func TestImports(t *testing.T) {
	list := func(args ...string) []string {
		out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		require.NoError(t, err)
		return strings.Fields(string(out))
	}
	linked := list("-deps", ".")
	require.Contains(t, linked, "crypto/ed25519", "the list is one")
	for _, name := range []string{"net/http", "os/exec", "plugin", "example.com/jwt/jwks", "example.com/jwt/jwthttp", "example.com/jwt/jwttest"} {
		require.NotContains(t, linked, name)
	}
	imported := list("-f", `{{join .Imports " "}}`, ".", "./internal/...")
	require.Contains(t, imported, "crypto/ed25519")
	for _, name := range []string{"net", "net/http", "net/url", "os", "os/exec", "syscall", "unsafe"} {
		require.NotContains(t, imported, name)
	}
	for _, name := range linked {
		host, _, _ := strings.Cut(name, "/")
		known := !strings.Contains(host, ".") || strings.HasPrefix(name, "example.com/jwt") || strings.HasPrefix(name, "golang.org/x/crypto/")
		require.True(t, known, "%s is not to be linked", name)
	}
}
