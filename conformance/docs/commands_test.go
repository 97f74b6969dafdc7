// Package docs runs the command lines of the documents, as a reader would, beside ssh-keygen,
// ssh-agent and openssl. MIGRATION.md has none but in code of its own tests.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// stand says what runs in place of a command in the text: with a file, without a question,
// or in less time.
var stand = map[string]string{
	"ssh-keygen -t ed25519 -f jwt-key":     `ssh-keygen -q -t ed25519 -f jwt-key -N "" && jwt sign -key jwt-key -alg EdDSA -claims '{}' | jwt verify -key jwt-key.pub -alg EdDSA -`,
	"ssh-keygen -t rsa -b 4096 -f jwt-key": `ssh-keygen -q -t rsa -b 4096 -f jwt-key -N "" && jwt sign -key jwt-key -alg RS256 -claims '{}' | jwt verify -key jwt-key.pub -alg RS256 -`,
	"ssh-keygen -p -Z aes256-ctr -f FILE": `ssh-keygen -q -t ed25519 -Z aes256-cbc -f cbc -N secret && ssh-keygen -q -p -Z aes256-ctr -f cbc -P secret -N secret && ` +
		`printf secret > passphrase && chmod 600 passphrase && jwt sign -key cbc -passphrase-file passphrase -alg EdDSA -claims '{}'`,
	"ssh-keygen -p -a 64 -f FILE": `ssh-keygen -q -t ed25519 -a 1 -f rounds -N secret && ssh-keygen -q -p -a 64 -f rounds -P secret -N secret`,
	"ssh-keygen -p -N '' -f FILE": `ssh-keygen -q -t ed25519 -f locked -N secret && ssh-keygen -q -p -N '' -f locked -P secret && jwt sign -key locked -alg EdDSA -claims '{}'`,
	"ssh-keygen -y -f FILE":       `ssh-keygen -q -t ed25519 -f own -N secret && ssh-keygen -y -f own -P secret && ! ssh-keygen -y -f own -P another`,
	"openssl pkey -in FILE": `openssl genrsa -aes256 -traditional -passout pass:secret -out locked.pem 2048 && grep -q DEK-Info locked.pem && ` +
		`openssl pkey -in locked.pem -passin pass:secret -out key.pem && jwt sign -key key.pem -alg RS256 -claims '{}'`,
	"openssl pkey -in FILE -noout": `openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret -out own.pem && ` +
		`openssl pkey -in own.pem -noout -passin pass:secret && ! openssl pkey -in own.pem -noout -passin pass:another`,
	"openssl rand -out FILE 32": `(umask 077 && openssl rand -out secret 32) && jwt sign -key secret -alg HS256 -claims '{}'`,
	// Where Go or OpenSSL is too old for ML-DSA, the first says so, and the others have nothing to try.
	"jwt keygen -alg ML-DSA-65 -out key.pem": `jwt keygen -alg ML-DSA-65 -out key.pem || jwt keygen -alg ML-DSA-65 -out key.pem 2>&1 | grep 'Go 1.27'`,
	"openssl genpkey -algorithm ML-DSA-65 -provparam ml-dsa.output_formats=seed-only -out key.pem": `openssl list -signature-algorithms | grep -q ML-DSA || exit 0; ` +
		`openssl genpkey -algorithm ML-DSA-65 -provparam ml-dsa.output_formats=seed-only -out key.pem`,
	"openssl pkey -provparam ml-dsa.output_formats=seed-only -in FILE": `openssl list -signature-algorithms | grep -q ML-DSA || exit 0; ` +
		`openssl genpkey -algorithm ML-DSA-65 -out both.pem && openssl pkey -provparam ml-dsa.output_formats=seed-only -in both.pem`,
	"jwt inspect":              `jwt keygen -alg HS256 -out secret && jwt sign -key secret -alg HS256 -claims '{}' | jwt inspect -`,
	"go run ./cmd/jwt":         `cd jwt && go run ./cmd/jwt -h`,
	"go run ./cmd/jwt inspect": `jwt keygen -alg HS256 -out secret && jwt sign -key secret -alg HS256 -claims '{}' >jwt/token.txt && cd jwt && go run ./cmd/jwt inspect - <token.txt && rm token.txt`,
	"go test -run '^$' -fuzz '^FuzzVerify$' -fuzztime 1h .": `cd jwt && grep -q '^func FuzzVerify(' fuzz_test.go`,
}

// documents are those whose commands are run.
func documents(t *testing.T) []string {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	require.Greater(t, len(pages), 7)
	return append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "SECURITY.md"))
}

// workspace is a folder with the clone in it under the name jwt, and the command on the path.
func workspace(t *testing.T) (folder string, environment []string) {
	folder = t.TempDir()
	clone, err := filepath.Abs(root)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(clone, filepath.Join(folder, "jwt")))
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(programs, "jwt"), "./cmd/jwt")
	build.Dir = clone
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return folder, append(os.Environ(), "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func run(t *testing.T, folder string, environment []string, script string) {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = folder, environment
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", script, out)
}

// TestBlocks runs each block of shell, those that speak of the clone's own folders there and
// the others beside it. The whole of the tests is what .ci/run does anyway.
func TestBlocks(t *testing.T) {
	folder, environment := workspace(t)
	checks, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	require.NoError(t, err)
	count := 0
	for _, document := range documents(t) {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		for i, part := range strings.Split(string(text), "```") {
			script, ok := strings.CutPrefix(part, "sh\n")
			if !ok || i%2 == 0 {
				continue
			}
			if before, after, found := strings.Cut(script, "go test ./...\n"); found {
				require.Contains(t, string(checks), "all_run . local ./...\n")
				script = before + after
			}
			if strings.HasPrefix(script, "go run ./") {
				script = "cd jwt\n" + script
			}
			run(t, folder, environment, script)
			count++
		}
	}
	require.GreaterOrEqual(t, count, 4)
}

// inMessages returns the commands that the library's messages about key texts recommend.
func inMessages(t *testing.T, command *regexp.Regexp) (found []string) {
	sources, err := filepath.Glob(filepath.Join(root, "internal", "keytext", "*.go"))
	require.NoError(t, err)
	for _, source := range sources {
		text, err := os.ReadFile(source)
		require.NoError(t, err)
		for _, match := range command.FindAllStringSubmatch(string(text), -1) {
			found = append(found, match[1])
		}
	}
	require.NotEmpty(t, found)
	return found
}

// TestCommandsInTheText runs the commands between back quotes in documents, and those of the
// library's messages that stand knows: go doc as it is, and the others by way of stand.
func TestCommandsInTheText(t *testing.T) {
	folder, environment := workspace(t)
	command := regexp.MustCompile("`((?:go|jwt|openssl|ssh-keygen|ssh-add|curl) [^`\n]+)`")
	var commands []string
	for _, document := range documents(t) {
		text, err := os.ReadFile(document)
		require.NoError(t, err)
		for _, match := range command.FindAllStringSubmatch(string(text), -1) {
			commands = append(commands, match[1])
		}
	}
	for _, line := range inMessages(t, command) {
		if _, ok := stand[line]; ok {
			commands = append(commands, line)
		}
	}
	slices.Sort(commands)
	commands = slices.Compact(commands)
	require.Greater(t, len(commands), 5)
	for _, line := range commands {
		t.Run(line, func(t *testing.T) {
			script, ok := stand[line]
			if strings.HasPrefix(line, "go doc ") {
				script, ok = "cd jwt && "+line, true
			}
			require.True(t, ok, "say in stand how to run it")
			inside := filepath.Join(folder, "jwt")
			at := t.TempDir()
			require.NoError(t, os.Symlink(inside, filepath.Join(at, "jwt")))
			run(t, at, environment, script)
		})
	}
	for line := range stand {
		require.Contains(t, commands, line, "neither a document nor a message has this command any more")
	}
}
