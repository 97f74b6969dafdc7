package docs_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the lines of benchmarks/README.md into README.md")

// UserClaims are the claims in the tokens of the documents.
type UserClaims struct {
	Roles []string `json:"roles"`
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func Example() {
	key := must(jwt.GenerateSecretKey(jwt.HS256)) // must panics on an error
	raw := must(jwt.Sign(jwt.MapClaims{"sub": "susan"}, key, jwt.HS256, jwt.WithExpiresIn(time.Hour)))
	tok := must(jwt.Verify[jwt.MapClaims](raw, key, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp")))
	fmt.Println(tok.Subject)
	// Output: susan
}

func keyPair(privateFile, publicFile []byte) {
	private := must(jwt.ParsePrivateKey(privateFile)) // the content of jwt-key
	raw := must(jwt.Sign(UserClaims{Roles: []string{"admin"}}, private, jwt.EdDSA, jwt.WithExpiresIn(time.Hour)))
	public := must(jwt.ParsePublicKey(publicFile)) // the content of jwt-key.pub
	tok := must(jwt.Verify[UserClaims](raw, public, []jwt.Algorithm{jwt.EdDSA}, jwt.WithRequiredClaims("exp")))
	fmt.Println(tok.Claims.Roles, tok.ExpiresAt)
}

func provider(mux *http.ServeMux, orders http.Handler) error {
	keys, err := jwks.Discover("https://login.example") // fetched when a token needs them
	if err != nil {
		return err
	}
	verifier, err := jwt.NewVerifier[UserClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256, jwt.ES256},
		jwt.WithIssuer("https://login.example"), jwt.WithAudience("orders"), jwt.WithRequiredClaims("exp", "sub"))
	if err != nil {
		return err
	}
	mux.Handle("GET /orders", jwthttp.Middleware(verifier)(orders)) // in it: jwthttp.TokenFromContext[UserClaims]
	return nil
}

func TestREADMESnippetsRun(t *testing.T) {
	private, err := os.ReadFile(filepath.Join(root, "testdata/keys/ed25519-default"))
	require.NoError(t, err)
	public, err := os.ReadFile(filepath.Join(root, "testdata/keys/ed25519-default.pub"))
	require.NoError(t, err)
	keyPair(private, public)
	require.NoError(t, provider(http.NewServeMux(), http.NotFoundHandler()))
}

// speedTasks are the rows of benchmarks/README.md that README.md repeats.
var speedTasks = []string{"sign HS256, struct", "verify HS256, struct", "verify RS256-2048"}

// TestSpeed: README.md repeats three rows of the table of targets in benchmarks/README.md.
// After a new run of the benchmarks, `go test ./docs -run Speed -update` writes them anew.
func TestSpeed(t *testing.T) {
	if !hasNestedModules(t) {
		t.Skip("a module's zip has no nested modules, such as benchmarks")
	}
	var s strings.Builder
	s.WriteString("| task | this | fastest peer | ratio |\n| --- | --: | --- | --: |\n")
	_, targets, ok := strings.Cut(read(t, "benchmarks/README.md"), "### Targets\n")
	require.True(t, ok)
	targets, _, _ = strings.Cut(targets, "\n#")
	for _, task := range speedTasks {
		_, row, ok := strings.Cut(targets, "\n| "+task+" | ")
		require.True(t, ok, "benchmarks/README.md has no row %q", task)
		cells := strings.Split(row, " | ")
		ratio, _, _ := strings.Cut(strings.ReplaceAll(cells[2], "*", ""), " ")
		fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", task, strings.ReplaceAll(cells[0], "*", ""), cells[1], ratio)
	}
	const begin, end = "<!-- begin speed -->\n", "<!-- end speed -->\n"
	text := read(t, "README.md")
	before, rest, ok := strings.Cut(text, begin)
	require.True(t, ok)
	lines, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join(root, "README.md"), []byte(before+begin+s.String()+end+after), 0o644))
		return
	}
	require.Equal(t, s.String(), lines, "go test ./docs -run Speed -update writes the lines anew")
}
