package jwthttp

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// TestServiceFaults: what is neither the client's nor the token's fault, nor an outage, is a
// 500 without a challenge. A verifier that was made by its constructor gives no such error
// today; the status of one that is added later must not be 401.
func TestServiceFaults(t *testing.T) {
	for _, err := range []error{jwt.ErrInvalidKey, jwt.ErrInvalidOption, errors.New("other"), fmt.Errorf("x: %w", jwt.ErrInvalidKey)} {
		h := http.Header{}
		require.Equal(t, http.StatusInternalServerError, new(config).prepare(h, err), err)
		require.Empty(t, h)
	}
	for err, status := range map[error]int{
		ErrNoToken:          401,
		ErrInvalidRequest:   400,
		jwt.ErrInvalidToken: 401,
		errors.Join(jwt.ErrInvalidKey, jwt.ErrKeysUnavailable):    503,
		fmt.Errorf("%w: %w", jwt.ErrInvalidToken, jwt.ErrExpired): 401,
	} {
		require.Equal(t, status, new(config).prepare(http.Header{}, err), err)
	}
}
