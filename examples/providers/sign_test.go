package providers

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"testing"
	"time"

	"example.com/jwt"
	"github.com/stretchr/testify/require"
)

// received verifies a token as the provider does: by the public key, with a lifetime of no more
// than the provider's limit, from now and from iat.
func received(t *testing.T, raw string, key *jwt.PublicKey, alg jwt.Algorithm, limit time.Duration, opts ...jwt.VerifyOption) *jwt.Token[jwt.MapClaims] {
	t.Helper()
	tok, err := jwt.Verify[jwt.MapClaims](raw, key, []jwt.Algorithm{alg}, append(opts, jwt.WithRequiredClaims("exp", "iat", "iss"))...)
	require.NoError(t, err)
	require.LessOrEqual(t, tok.ExpiresAt.Sub(tok.IssuedAt.Time), limit)
	require.LessOrEqual(t, time.Until(tok.ExpiresAt.Time), limit)
	return tok
}

func TestGitHubApp(t *testing.T) {
	key := rsaKeys()[0]
	file := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	token, err := GitHubApp(file, "Iv23liExample")
	require.NoError(t, err)
	raw, err := token()
	require.NoError(t, err)
	public, err := jwt.NewPublicKey(key.Public())
	require.NoError(t, err)
	tok := received(t, raw, public, jwt.RS256, 10*time.Minute, jwt.WithIssuer("Iv23liExample"))
	require.LessOrEqual(t, tok.IssuedAt.Unix(), in(-time.Minute))
}

func TestAppStoreConnect(t *testing.T) {
	key := ecKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	token, err := AppStoreConnect(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), "2X9R4HXF34", "57246542-96fe-1a63-e053-0824d011072a")
	require.NoError(t, err)
	raw, err := token()
	require.NoError(t, err)
	public, err := jwt.NewPublicKey(key.Public())
	require.NoError(t, err)
	tok := received(t, raw, public, jwt.ES256, 20*time.Minute, jwt.WithAudience("appstoreconnect-v1"), jwt.WithType("JWT"))
	require.Equal(t, "2X9R4HXF34", tok.Header.KeyID)
}

func TestGoogleServiceAccount(t *testing.T) {
	key := rsaKeys()[0]
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	file, err := json.Marshal(object{
		"type": "service_account", "project_id": "orders-1", "private_key_id": "f1c6",
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": "web@orders-1.iam.gserviceaccount.com", "token_uri": "https://oauth2.googleapis.com/token",
	})
	require.NoError(t, err)
	assertion, err := GoogleServiceAccount(file, "https://www.googleapis.com/auth/devstorage.read_only")
	require.NoError(t, err)
	raw, err := assertion()
	require.NoError(t, err)
	public, err := jwt.NewPublicKey(key.Public())
	require.NoError(t, err)
	tok := received(t, raw, public, jwt.RS256, time.Hour, jwt.WithIssuer("web@orders-1.iam.gserviceaccount.com"), jwt.WithAudience("https://oauth2.googleapis.com/token"))
	require.Equal(t, "f1c6", tok.Header.KeyID)
	require.Equal(t, "https://www.googleapis.com/auth/devstorage.read_only", tok.Claims["scope"])

	_, err = GoogleServiceAccount([]byte("{"), "scope")
	require.Error(t, err)
}
