package providers

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestALB(t *testing.T) {
	key := ecKey(t)
	const (
		host   = "public-keys.auth.elb.eu-central-1.amazonaws.com"
		kid    = "12345678-1234-1234-1234-123456789012"
		arn    = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/orders/50dc6c495c0c9188"
		issuer = "https://login.example"
	)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	require.NoError(t, err)
	var fetches atomic.Int64
	down := false
	client := internet(t, map[string]http.HandlerFunc{host: func(w http.ResponseWriter, r *http.Request) {
		fetches.Add(1)
		switch {
		case down:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.URL.Path != "/"+kid:
			w.WriteHeader(http.StatusForbidden)
		default:
			w.Header().Set("Content-Type", "binary/octet-stream")
			_ = pem.Encode(w, &pem.Block{Type: "PUBLIC KEY", Bytes: der})
		}
	}})
	header := object{"typ": "JWT", "kid": kid, "signer": arn, "iss": issuer, "client": "client-1", "exp": in(2 * time.Minute)}
	payload := object{"iss": issuer, "sub": "u-17", "email": "susan@example.com", "exp": in(2 * time.Minute)}
	const name = "X-Amzn-Oidc-Data"
	guarded := func(t *testing.T) func(header, payload object) int {
		fetches.Store(0)
		guard, err := NewALB(client, "https://"+host, arn, "client-1", issuer)
		require.NoError(t, err)
		return func(header, payload object) int {
			return status(guard, name, sign(t, key, base64.URLEncoding, header, payload))
		}
	}

	t.Run("tokens", func(t *testing.T) {
		get := guarded(t)
		require.True(t, strings.Contains(sign(t, key, base64.URLEncoding, header, payload), "="), "the imitation pads")
		require.Equal(t, 200, get(header, payload))
		require.Equal(t, 200, get(header, payload))
		require.Equal(t, 401, get(header, with(payload, object{"exp": in(-time.Second)})))
		require.Equal(t, int64(1), fetches.Load(), "the key is kept")
		require.Equal(t, 401, get(with(header, object{"signer": arn + "0"}), payload))
		require.Equal(t, 401, get(with(header, object{"client": "client-2"}), payload))
		require.Equal(t, 401, get(with(header, object{"kid": "../" + kid}), payload))
		require.Equal(t, int64(1), fetches.Load(), "nothing is fetched for them")
	})
	t.Run("an outage", func(t *testing.T) {
		get := guarded(t)
		require.Equal(t, 200, get(header, payload))
		down = true
		defer func() { down = false }()
		require.Equal(t, 200, get(header, payload))
		require.Equal(t, 503, get(with(header, object{"kid": "00000000-1234-1234-1234-123456789012"}), payload))
	})
	t.Run("made-up kids", func(t *testing.T) {
		get := guarded(t)
		for i := range 20 {
			want := 401
			if i >= albBurst {
				want = 503
			}
			require.Equal(t, want, get(with(header, object{"kid": fmt.Sprintf("%08d-1234-1234-1234-123456789012", i)}), payload))
		}
		require.Equal(t, int64(albBurst), fetches.Load())
	})
}

// TestALBKeepsFewKeys: the oldest key makes room, and one that is a day old is fetched anew.
func TestALBKeepsFewKeys(t *testing.T) {
	key, err := jwt.NewPublicKey(ecKey(t).Public())
	require.NoError(t, err)
	a := &ALB{keys: map[string]albKey{}}
	for i := range 2 * albKeys {
		a.keep(fmt.Sprint(i), key)
	}
	require.Len(t, a.keys, albKeys)
	_, ok := a.known(fmt.Sprint(albKeys - 1))
	require.False(t, ok)
	_, ok = a.known(fmt.Sprint(albKeys))
	require.True(t, ok)
	a.keys["0"] = albKey{key, time.Now().Add(-albAge)}
	_, ok = a.known("0")
	require.False(t, ok)
}
