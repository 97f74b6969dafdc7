// Session makes a session token with a shared secret, and reads it back: a first program, to
// be copied into a module of one's own.
package main

import (
	"fmt"
	"log"
	"time"

	"example.com/jwt"
)

// Session is what the token says. Its dates are checked whether or not they are fields here.
type Session struct {
	UserID int `json:"user_id"`
}

func main() {
	// A service reads 32 or more random bytes from its configuration: jwt.NewSecretKey(bytes).
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
