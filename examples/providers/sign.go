package providers

import (
	"encoding/json"
	"fmt"
	"time"

	"example.com/jwt"
)

// GitHubApp returns a function that makes tokens of a GitHub App, for api.github.com. The key is
// the PEM file that GitHub has made. GitHub accepts 10 minutes at most, and recommends an iat a
// minute back, for clocks that differ.
func GitHubApp(pem []byte, clientID string) (token func() (string, error), err error) {
	key, err := jwt.ParsePrivateKey(pem)
	if err != nil {
		return nil, err
	}
	signer, err := jwt.NewSigner(key, jwt.RS256, jwt.WithExpiresIn(9*time.Minute))
	if err != nil {
		return nil, err
	}
	return func() (string, error) {
		return signer.Sign(jwt.RegisteredClaims{Issuer: clientID, IssuedAt: jwt.NewNumericDate(time.Now().Add(-time.Minute))})
	}, nil
}

// AppStoreConnect returns a function that makes tokens for the App Store Connect API. The key is
// the file AuthKey_KEYID.p8. Apple accepts 20 minutes at most, for most requests.
func AppStoreConnect(p8 []byte, keyID, issuerID string) (token func() (string, error), err error) {
	key, err := jwt.ParsePrivateKey(p8, jwt.WithKeyID(keyID))
	if err != nil {
		return nil, err
	}
	signer, err := jwt.NewSigner(key, jwt.ES256, jwt.WithExpiresIn(20*time.Minute))
	if err != nil {
		return nil, err
	}
	return func() (string, error) {
		return signer.Sign(jwt.RegisteredClaims{Issuer: issuerID, Audience: jwt.Audience{"appstoreconnect-v1"}})
	}, nil
}

// GoogleServiceAccount returns a function that makes assertions of a service account, to be
// exchanged for an access token at token_uri. The argument is the JSON file of the account.
// Google accepts an hour at most.
func GoogleServiceAccount(file []byte, scope string) (assertion func() (string, error), err error) {
	var account struct {
		Email    string `json:"client_email"`
		KeyID    string `json:"private_key_id"`
		Key      string `json:"private_key"`
		TokenURI string `json:"token_uri"`
	}
	if err := json.Unmarshal(file, &account); err != nil {
		return nil, fmt.Errorf("the service account's file: %w", err)
	}
	key, err := jwt.ParsePrivateKey([]byte(account.Key), jwt.WithKeyID(account.KeyID))
	if err != nil {
		return nil, err
	}
	signer, err := jwt.NewSigner(key, jwt.RS256, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		return nil, err
	}
	return func() (string, error) {
		return signer.Sign(struct {
			jwt.RegisteredClaims
			Scope string `json:"scope"`
		}{jwt.RegisteredClaims{Issuer: account.Email, Audience: jwt.Audience{account.TokenURI}}, scope})
	}, nil
}
