package providers

import (
	"encoding/json"
	"fmt"
	"net/http"

	"example.com/jwt"
	"example.com/jwt/jwks"
	"example.com/jwt/jwthttp"
)

// SessionClaims are those of a session cookie of Firebase.
type SessionClaims struct {
	Email    string          `json:"email"`
	Verified bool            `json:"email_verified"`
	AuthTime jwt.NumericDate `json:"auth_time"` // when the user logged in
}

// FirebaseSession guards a handler with session cookies that the Firebase Admin SDK has made.
// Their keys are not those of ID tokens, and come as a map of kids and certificates. It needs
// rewrite.go. The cookie's name is the application's.
func FirebaseSession(client *http.Client, project, cookie string) (func(http.Handler) http.Handler, error) {
	keys, err := jwks.New("https://www.googleapis.com/identitytoolkit/v3/relyingparty/publicKeys",
		jwks.WithHTTPClient(rewriting(client, setOfCertificates)))
	if err != nil {
		return nil, err
	}
	verifier, err := jwt.NewVerifier[SessionClaims](jwt.KeyFunc(keys.Keys), []jwt.Algorithm{jwt.RS256},
		jwt.WithIssuer("https://session.firebase.google.com/"+project), jwt.WithAudience(project),
		jwt.WithRequiredClaims("exp", "sub", "auth_time"))
	if err != nil {
		return nil, err
	}
	guard := jwthttp.Middleware(verifier, jwthttp.WithTokenFrom(jwthttp.FromCookie(cookie)))
	return func(next http.Handler) http.Handler {
		return http.NewCrossOriginProtection().Handler(guard(next)) // browsers send cookies for other sites, too
	}, nil
}

// setOfCertificates makes a JWK Set of {"KID": "-----BEGIN CERTIFICATE-----…"}. The keys alone
// are used: Google puts them into certificates, and https says that they are Google's.
func setOfCertificates(body []byte) ([]byte, error) {
	var certificates map[string]string
	if err := json.Unmarshal(body, &certificates); err != nil {
		return nil, fmt.Errorf("not a map of certificates: %w", err)
	}
	keys := make([]jwt.VerificationKey, 0, len(certificates))
	for kid, certificate := range certificates {
		key, err := jwt.ParsePublicKey([]byte(certificate), jwt.WithKeyID(kid), jwt.WithAlgorithm(jwt.RS256))
		if err != nil {
			return nil, fmt.Errorf("the certificate of %.40q: %w", kid, err)
		}
		keys = append(keys, key)
	}
	set, err := jwt.NewKeySet(keys...)
	if err != nil {
		return nil, err
	}
	return set.MarshalJSON()
}
