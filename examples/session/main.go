// Session signs a session token with a shared secret and verifies it. Copy it into a module of
// your own as a first program.
package main

import (
	"fmt"
	"log"
	"time"

	"example.com/jwt"
)

// Session has the claims of the token. The dates are checked even though they are not fields.
type Session struct {
	UserID int `json:"user_id"`
}

func main() {
	// A service reads at least 32 random bytes from its configuration: jwt.NewSecretKey(bytes).
	secret, err := jwt.GenerateSecretKey(jwt.HS256)
	if err != nil {
		log.Fatal(err)
	}
	token, err := jwt.Sign(Session{UserID: 123}, secret, jwt.HS256, jwt.WithExpiresIn(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	tok, err := jwt.Verify[Session](token, secret, []jwt.Algorithm{jwt.HS256}, jwt.WithRequiredClaims("exp"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(tok.Claims.UserID, "until", tok.ExpiresAt)
}
