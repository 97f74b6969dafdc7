package providers

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"example.com/jwt"
	"example.com/jwt/jwks"
)

const (
	// KubernetesServer is the API server, and ServiceAccount what a pod has of its account.
	KubernetesServer = "https://kubernetes.default.svc"
	ServiceAccount   = "/var/run/secrets/kubernetes.io/serviceaccount"
)

// KubernetesClaims are those of a projected token of a service account.
type KubernetesClaims struct {
	Kubernetes struct {
		Namespace string `json:"namespace"`
		Pod       struct {
			Name string `json:"name"`
			UID  string `json:"uid"`
		} `json:"pod"`
		ServiceAccount struct {
			Name string `json:"name"`
			UID  string `json:"uid"`
		} `json:"serviceaccount"`
	} `json:"kubernetes.io"`
}

// Kubernetes verifies tokens of service accounts of the cluster that the program runs in. It reads
// the keys from the API server, with the cluster's CA and the pod's own token, from the folder
// account. The issuer is what the API server's --service-account-issuer says, often another
// address; the audience is that of the volume the callers project their tokens with.
func Kubernetes(server, account, issuer, audience string) (*jwt.Verifier[KubernetesClaims], error) {
	ca, err := os.ReadFile(filepath.Join(account, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("ca.crt has no certificate")
	}
	client := &http.Client{Transport: bearer{
		file: filepath.Join(account, "token"),
		base: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, TLSHandshakeTimeout: 5 * time.Second},
	}}
	keys, err := jwks.New(server+"/openid/v1/jwks", jwks.WithHTTPClient(client))
	if err != nil {
		return nil, err
	}
	return jwt.NewVerifier[KubernetesClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256, jwt.ES256},
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithRequiredClaims("exp", "sub"))
}

// bearer sends a token, which is read anew each time because the kubelet replaces it.
type bearer struct {
	file string
	base http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := os.ReadFile(b.file)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(bytes.TrimSpace(token)))
	return b.base.RoundTrip(r)
}
