package jwks

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBombIsNotUnpacked: only as much of it is read as gives the most that is accepted.
func TestBombIsNotUnpacked(t *testing.T) {
	var member bytes.Buffer
	zw := gzip.NewWriter(&member)
	_, err := zw.Write(make([]byte, 1e6))
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	bomb := bytes.NewBuffer(bytes.Repeat(member.Bytes(), 100))
	size := bomb.Len()
	_, err = read(&http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}},
		Body:       io.NopCloser(bomb),
	}, false, setTypes)
	require.EqualError(t, err, "the answer is longer than 1048576 bytes")
	require.Less(t, size-bomb.Len(), size/10)
}
