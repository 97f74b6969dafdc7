package providers

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

func TestKubernetes(t *testing.T) {
	key := rsaKeys()[0]
	token := "first"
	set := answer(object{"keys": []object{jwk(t, key, object{"kid": "OAjVVa", "alg": "RS256", "use": "sig"})}},
		"Content-Type", "application/jwk-set+json", "Cache-Control", "public, max-age=3600")
	server := httptest.NewTLSServer(at("/openid/v1/jwks", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		set(w, r)
	}))
	defer server.Close()
	account := t.TempDir()
	write := func(name string, content []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(account, name), content, 0o600))
	}
	write("ca.crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	write("token", []byte("stale\n"))

	const issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE"
	verifier, err := Kubernetes(server.URL, account, issuer, "orders")
	require.NoError(t, err)
	payload := object{
		"iss": issuer, "aud": []string{"orders"}, "sub": "system:serviceaccount:shop:web", "jti": "0b8d", "iat": in(0), "nbf": in(0), "exp": in(time.Hour),
		"kubernetes.io": object{"namespace": "shop", "node": object{"name": "n1", "uid": "1"}, "pod": object{"name": "web-0", "uid": "2"}, "serviceaccount": object{"name": "web", "uid": "3"}},
	}
	verify := func(payload object) (*jwt.Token[KubernetesClaims], error) {
		return verifier.VerifyContext(t.Context(), sign(t, key, raw, object{"kid": "OAjVVa"}, payload))
	}
	_, err = verify(payload)
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable, "the pod's own token is stale")

	write("token", []byte(token+"\n"))
	verifier, err = Kubernetes(server.URL, account, issuer, "orders")
	require.NoError(t, err)
	tok, err := verify(payload)
	require.NoError(t, err)
	require.Equal(t, "shop", tok.Claims.Kubernetes.Namespace)
	require.Equal(t, "web", tok.Claims.Kubernetes.ServiceAccount.Name)
	_, err = verify(with(payload, object{"aud": []string{"https://kubernetes.default.svc"}}))
	require.ErrorIs(t, err, jwt.ErrInvalidAudience, "the token that every pod has")

	write("ca.crt", []byte(certificatePEM(t, ecKey(t), "kubernetes.default.svc")))
	verifier, err = Kubernetes(server.URL, account, issuer, "orders")
	require.NoError(t, err)
	_, err = verify(payload)
	require.ErrorIs(t, err, jwt.ErrKeysUnavailable, "the server's certificate is of another CA")
}
