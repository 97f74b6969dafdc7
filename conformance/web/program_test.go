package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// program is a peer in another language: a process that answers a request, a line of JSON
// each, until its input ends.
type program struct {
	t      *testing.T
	name   string
	in     io.Writer
	out    *bufio.Reader
	errors *bytes.Buffer
}

type request struct {
	Op       string        `json:"op"`
	URL      string        `json:"url,omitempty"`
	Alg      string        `json:"alg,omitempty"`
	Algs     []string      `json:"algs,omitempty"`
	KeyID    string        `json:"kid,omitempty"`
	Token    string        `json:"token,omitempty"`
	Claims   jwt.MapClaims `json:"claims,omitempty"`
	Issuer   string        `json:"issuer"`
	Audience string        `json:"audience"`
}

type response struct {
	Error  string
	URL    string
	Token  string
	Claims jwt.MapClaims
}

func start(t *testing.T, name string, args ...string) *program {
	t.Helper()
	cmd := exec.Command(name, args...)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	p := &program{t: t, name: name, in: in, out: bufio.NewReader(out), errors: new(bytes.Buffer)}
	cmd.Stderr = p.errors
	cmd.WaitDelay = 10 * time.Second
	require.NoError(t, cmd.Start(), "%s must be installed", name)
	t.Cleanup(func() {
		require.NoError(t, in.Close())
		require.NoError(t, cmd.Wait(), "%s", p.errors)
	})
	return p
}

// call sends one request; the error is what the peer's library says.
func (p *program) call(r request) (*response, error) {
	p.t.Helper()
	r.Issuer, r.Audience = issuer, audience
	line, err := json.Marshal(r)
	require.NoError(p.t, err)
	_, err = p.in.Write(append(line, '\n'))
	require.NoError(p.t, err)
	answer, err := p.out.ReadBytes('\n')
	require.NoError(p.t, err, "%s and its library must be installed: %s", p.name, p.errors)
	var res response
	require.NoError(p.t, json.Unmarshal(answer, &res), "%s", answer)
	if res.Error != "" {
		return nil, errors.New(res.Error)
	}
	return &res, nil
}

// must is call for what has no reason to fail.
func (p *program) must(r request) *response {
	p.t.Helper()
	res, err := p.call(r)
	require.NoError(p.t, err)
	return res
}
