// Testing is a service with its tests. service.go is the service, and service_test.go uses
// jwttest to test who gets in. The program calls the service once and ends.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"example.com/jwt"
)

const issuer = "https://login.example"

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	key, err := jwt.GeneratePrivateKey(jwt.ES256)
	if err != nil {
		return err
	}
	service, err := newOrders(issuer, key.Public())
	if err != nil {
		return err
	}
	server := httptest.NewServer(service)
	defer server.Close()
	token, err := jwt.Sign(jwt.MapClaims{"iss": issuer, "sub": "susan", "aud": "orders", "scope": "orders:read"}, key, jwt.ES256,
		jwt.WithExpiresIn(5*time.Minute))
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodGet, server.URL+"/orders", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n%s", resp.Status, body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}
