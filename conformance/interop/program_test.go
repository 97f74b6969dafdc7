package interop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program is a peer in another language: a process that says that it is ready, and then
// answers requests, a line of JSON each, until its input ends.
type program struct {
	library string // which of the process's libraries
	in      io.Writer
	out     *bufio.Reader
	errors  *bytes.Buffer
}

type request struct {
	Library  string          `json:"library"`
	Op       string          `json:"op"`
	Alg      string          `json:"alg"`
	KeyID    string          `json:"kid,omitempty"`
	Key      *keyText        `json:"key,omitempty"`
	Set      json.RawMessage `json:"set,omitempty"`
	Token    string          `json:"token,omitempty"`
	Claims   json.RawMessage `json:"claims,omitempty"`
	Issuer   string          `json:"issuer"`
	Audience string          `json:"audience"`
}

type response struct {
	Error   string
	Token   string
	Claims  json.RawMessage
	Private json.RawMessage
	Public  json.RawMessage
}

func start(t *testing.T, name string, args ...string) *program {
	t.Helper()
	cmd := exec.Command(name, args...)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	p := &program{in: in, out: bufio.NewReader(out), errors: new(bytes.Buffer)}
	cmd.Stderr = p.errors
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start(), "see README.md for what must be installed")
	ready, err := p.out.ReadString('\n')
	if err != nil {
		_ = cmd.Wait() // so that all it had to say is there
	}
	require.Equal(t, "ready\n", ready, "see README.md for what must be installed; %s says: %s", name, p.errors)
	t.Cleanup(func() {
		require.NoError(t, in.Close())
		require.NoError(t, cmd.Wait(), "%s", p.errors)
	})
	return p
}

// use gives the peer that a library of the process is.
func (p program) use(library string) *program {
	p.library = library
	return &p
}

func (p *program) call(r request) (*response, error) {
	r.Library, r.Issuer, r.Audience = p.library, issuer, audience
	line, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the program has ended: %w: %s", err, p.errors)
	}
	var res response
	if err := json.Unmarshal(answer, &res); err != nil {
		return nil, err
	}
	if res.Error != "" {
		return nil, errors.New(res.Error)
	}
	return &res, nil
}

func (p *program) sign(alg, kid string, key keyText, claims []byte) (string, error) {
	res, err := p.call(request{Op: "sign", Alg: alg, KeyID: kid, Key: &key, Claims: claims})
	if err != nil {
		return "", err
	}
	return res.Token, nil
}

func (p *program) verify(alg string, key keyText, token string) ([]byte, error) {
	res, err := p.call(request{Op: "verify", Alg: alg, Key: &key, Token: token})
	if err != nil {
		return nil, err
	}
	return res.Claims, nil
}

func (p *program) verifySet(alg string, jwks []byte, token string) ([]byte, error) {
	res, err := p.call(request{Op: "verify", Alg: alg, Set: jwks, Token: token})
	if err != nil {
		return nil, err
	}
	return res.Claims, nil
}

func (p *program) generate(alg, kid string) (private, public []byte, err error) {
	res, err := p.call(request{Op: "generate", Alg: alg, KeyID: kid})
	if err != nil {
		return nil, nil, err
	}
	return res.Private, res.Public, nil
}
